"""Our own CSS and scripts: small on the wire, kept for a year, at addresses that change with them."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from phonebank.web.guards import public

_YEAR_S = 31_536_000
_PRESSED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}
_pressed = cache(gzip.compress)  # they are few, and the same for everybody


def init_app(app: Flask) -> None:
    """Open static files to everybody and put a mark of the content on their addresses."""
    folder = Path(app.static_folder or "")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR_S
    app.view_functions["static"] = public(app.view_functions["static"])
    mark = cache(_mark)

    @app.url_defaults
    def version(endpoint: str, values: dict[str, Any]) -> None:
        path = folder / str(values.get("filename", ""))
        if endpoint == "static" and "v" not in values and path.is_file():
            values["v"] = mark(path, path.stat().st_mtime_ns)

    @app.after_request
    def press(response: Response) -> Response:
        """Only what holds nobody's secrets: pressed pages would tell of theirs by their length."""
        is_ours = request.endpoint == "static" and response.status_code == 200 and response.mimetype in _PRESSED  # noqa: PLR2004
        if is_ours and request.accept_encodings.quality("gzip"):
            response.direct_passthrough = False
            whole = response.get_data()
            response.close()  # the file
            response.set_data(_pressed(whole))
            response.headers["Content-Encoding"] = "gzip"
        if is_ours:
            response.vary.add("Accept-Encoding")
        return response


def _mark(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
