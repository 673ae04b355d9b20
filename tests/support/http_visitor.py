"""Somebody's browser, over HTTP: keeps cookies, and posts forms with the page's own token."""

import re
from html import unescape
from typing import Any

import requests

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class HttpVisitor:
    """Opens pages of one address and sends their forms."""

    def __init__(self, address: str) -> None:
        self._address, self._token = address, ""
        self._session = requests.Session()
        self._session.trust_env = False

    def open(self, path: str) -> str:
        """The page's text."""
        answer = self._session.get(self._address + path, timeout=60)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[-400:]}"
        self._note(answer)
        return unescape(answer.text)

    def send(self, path: str, form: dict[str, Any] | None = None) -> requests.Response:
        """Post a form, and come to the page it leads to."""
        answer = self._session.post(self._address + path, data={"csrf_token": self._token} | (form or {}), timeout=60)
        self._note(answer)
        return answer

    def field(self, page: str, name: str) -> str:
        """The value of a form's field on a page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert found, f"no field {name} on the page"
        return found[1]

    def close(self) -> None:
        self._session.close()

    def _note(self, answer: requests.Response) -> None:
        found = _TOKEN.search(answer.text)
        self._token = found[1] if found else self._token
