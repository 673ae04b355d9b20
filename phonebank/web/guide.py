"""The guide: docs/guide shown in the house itself, so that help is one tap away and needs no other site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from phonebank.people.models import Role
from phonebank.web.guards import requires

blueprint = Blueprint("guide", __name__, url_prefix="/guide")

_PACKAGE = Path(__file__).parent.parent
_DOCS = next(folder for folder in (_PACKAGE / "docs", _PACKAGE.parent / "docs") if folder.exists())
SHELVES = {"volunteers": "For volunteers", "staff": "For staff"}
_TITLE = re.compile(r"# (.+)")


@dataclass(frozen=True)
class Topic:
    """One page of the guide. `title` is its first heading."""

    shelf: str
    name: str
    title: str

    @property
    def address(self) -> str:
        return url_for("guide.topic", shelf=self.shelf, name=self.name)


@blueprint.get("")
@requires(Role.VOLUNTEER)
def index() -> ResponseReturnValue:
    return render_template("guide/index.html", shelves=SHELVES, topics=list(topics().values()))


@blueprint.get("/<shelf>/<name>")
@requires(Role.VOLUNTEER)
def topic(shelf: str, name: str) -> ResponseReturnValue:
    found = topics().get(name)
    if found is None or found.shelf != shelf:
        abort(404)
    return render_template("guide/topic.html", topic=found, text=_rendered(_file(found).read_text("utf-8"), shelf))


@blueprint.get("/pictures/<name>.png")
@requires(Role.VOLUNTEER)
def picture(name: str) -> ResponseReturnValue:
    return send_from_directory(_DOCS / "screenshots", f"{name}.png", max_age=86_400)


@cache
def topics() -> dict[str, Topic]:
    """Every page of the guide by its name, which no other shelf uses too."""
    return {found.name: found for found in _found()}


def help_address(name: str) -> str:
    """Where the guide explains this; LookupError for a page that nobody wrote."""
    return topics()[name].address


def _found() -> Iterator[Topic]:
    for shelf in SHELVES:
        for file in sorted((_DOCS / "guide" / shelf).glob("*.md")):
            heading = _TITLE.match(file.read_text("utf-8"))
            yield Topic(shelf, file.stem, heading[1] if heading else file.stem)


def _file(found: Topic) -> Path:
    return _DOCS / "guide" / found.shelf / f"{found.name}.md"


def _rendered(text: str, shelf: str) -> Markup:
    """The Markdown as HTML, its links and pictures pointing into the house."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token in tokens:
        for inner in token.children or ():
            _point(inner, shelf)
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704  # our own docs, HTML off


def _point(token: Token, shelf: str) -> None:
    name = "src" if token.type == "image" else "href"
    target = Path(str(token.attrs.get(name, "")))
    if target.suffix == ".png":
        token.attrs[name] = url_for("guide.picture", name=target.stem)
        token.attrs["loading"] = "lazy"
    elif target.suffix == ".md":
        token.attrs[name] = url_for("guide.topic", shelf=_shelf_of(target, shelf), name=target.stem)


def _shelf_of(target: Path, shelf: str) -> str:
    return target.parent.name if target.parent.name in SHELVES else shelf


def template_names() -> dict[str, Any]:
    """What the templates may call."""
    return {"help_address": help_address, "help_topics": topics}
