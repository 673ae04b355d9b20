"""A visitor of the web application who fills in forms as a browser does: with the page's own CSRF token."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    client: FlaskClient
    email: str = ""
    token: str = field(default="")

    def get(self, path: str, **more: Any) -> TestResponse:
        more.setdefault("buffered", True)  # taken to the end, as a browser does: a download gives its place back
        answer = self.client.get(path, **more)
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return answer

    def open(self, path: str) -> str:
        """The page's text, or an assertion about its status."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[-400:]}"
        return unescape(answer.text)

    def send(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form with the token of the page that was opened last."""
        more.setdefault("follow_redirects", False)
        return self.client.post(path, data={"csrf_token": self.token, **(form or {})}, **more)

    def follow(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> str:
        """Post a form and read the page it leads to."""
        answer = self.send(path, form, follow_redirects=True, **more)
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return unescape(answer.text)
