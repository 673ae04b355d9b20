"""Texts that did not arrive: how many for which reason, in words, and what to do about it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from phonebank.gateway.codes import CodeAction, action, meaning
from phonebank.messages import queries as messages


def trouble(session: Session, campaign_id: int) -> list[dict[str, Any]]:
    """{"code", "means", "number", "do"}, the commonest first; `code` is the carrier's, None where it gave none."""
    failed = messages.not_arrived(session, campaign_id, None)
    told = [
        {"code": code, "means": meaning(code), "number": number, "do": _advice()[action(code)]}
        for code, number in failed.items()
    ]
    return sorted(told, key=lambda one: (-one["number"], one["code"] or 0))


@cache
def _advice() -> dict[CodeAction, str]:
    read = tomllib.loads(Path(__file__).with_name("trouble.toml").read_text())["do"]
    return {CodeAction(what): words for what, words in read.items()}
