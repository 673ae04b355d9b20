"""Our own CSS and scripts: kept by the browser for a year, under an address that changes with their content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from phonebank.web.guards import public

_YEAR_S = 31_536_000


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


def _mark(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
