"""Draws a forecast on a page of its own: one file, no scripts, nothing to load."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from phonebank.app import create_app
from phonebank.errors import BadInputError
from phonebank.settings import Settings

_SHEETS = ("tokens", "base", "card", "table", "figures", "forecast")


def draw(page: Path, settings: Settings, name: str, told: dict[str, Any]) -> None:
    """Write it there. Raises BadInputError when that cannot be."""
    app = create_app(settings)
    assert app.static_folder
    folder = Path(app.static_folder) / "css"
    style = "\n".join((folder / f"{sheet}.css").read_text() for sheet in _SHEETS)
    template = app.jinja_env.get_template("rehearsal/forecast.html")
    drawn = template.render(name=name, told=told, style=Markup(f"<style>\n{style}</style>"))  # noqa: S704  # our own sheets
    try:
        page.write_text(drawn, "utf-8")
    except OSError as wrong:
        raise BadInputError(f"The page cannot be written to {page}: {wrong.strerror}.") from None
