"""What `phonebank replies report`, `calibrate` and `replay` print."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns.queries import by_name
from phonebank.cli import opening, printing
from phonebank.cli.printing import say
from phonebank.replies import agreement, calibrating, queries, recording, replaying
from phonebank.replies.calibrating import Refit
from phonebank.replies.models import ReplyThreshold
from phonebank.replies.reading import ACTS_FROM
from phonebank.replies.replaying import Replayed

_SHOWN = 20
_NONE_READ = "No reply has been read yet: there is nothing to {} until people answer a campaign."


def report(name: str | None, *, wants_json: bool) -> None:
    """Agreement, confusion, corrections and what is worth reading."""
    with opening.opened(), db.reading() as session:
        found = agreement.report(session, _id_of(session, name))
    if wants_json:
        printing.as_json({"campaign": name, **found})
    elif not found["replies"]:
        say(_NONE_READ.format("report"))
    else:
        _report(found)


def calibrate(name: str | None, *, applies: bool, wants_json: bool) -> None:
    """What a refit would change; with `applies`, it is changed and kept."""
    with opening.opened():
        with db.reading() as session:
            campaign_id = _id_of(session, name)
            acts_from = queries.acts_from(session, [campaign_id] if campaign_id else [])[campaign_id]
            with _counted(session, campaign_id, acts_from=calibrating.LOWEST) as replies:
                samples = calibrating.samples_of(replies)
        found = calibrating.refit(samples, acts_from)
        is_applied = applies and found.is_change
        if is_applied:
            with db.transaction() as session:
                recording.keep_threshold(session, _threshold(campaign_id, found, clock.now()))
    if wants_json:
        printing.as_json({"campaign": name, **found.as_json(), "applied": is_applied})
    else:
        _say_refit(found, is_applied=is_applied)


def replay(name: str | None, *, wants_json: bool) -> None:
    """The replies that would be read differently now, and how many."""
    changes: Counter[tuple[str, str]] = Counter()
    same = 0
    with opening.opened(), db.reading() as session, _counted(session, _id_of(session, name)) as replies:
        for one in replies:
            same += one.is_same
            if not one.is_same:
                changes[one.was, one.would_be] += 1
                _show(one, changes.total(), wants_json=wants_json)
    told = [{"from": was, "to": now, "replies": number} for (was, now), number in changes.most_common()]
    if wants_json:
        counts = {"replies": same + changes.total(), "same": same, "different": changes.total(), "changes": told}
        printing.as_json({"campaign": name, **counts})
    else:
        _say_changes(same, changes.total(), told)


@contextmanager
def _counted(session: Session, campaign_id: int | None, **more: Any) -> Iterator[Iterator[Replayed]]:
    """The replies read again, under a bar that counts their texts."""
    total = queries.count_read(session, campaign_id)
    with printing.progress(total, "Reading again") as bar:

        def each() -> Iterator[Replayed]:
            for one in replaying.replay(session, campaign_id, **more):
                bar.update(one.texts)
                yield one

        yield each()


def _id_of(session: Session, name: str | None) -> int | None:
    return by_name(session, name).id if name is not None else None


def _threshold(campaign_id: int | None, found: Refit, now: datetime) -> ReplyThreshold:
    return ReplyThreshold(
        campaign_id=campaign_id,
        acts_from=found.proposed,
        was=found.acts_from,
        readers_own=ACTS_FROM,
        because=found.says,
        set_by=opening.operator(),
        set_at=now,
    )


def _report(found: dict[str, Any]) -> None:
    say(f"{found['replies']:,} texts read, {found['acted']:,} answered by the machine; people judged {_judged(found)}.")
    if not found["verdicts"]:
        say("Volunteers judge in the inbox: what did they decide?")
        return
    say()
    say("Agreement (95 % interval)")
    printing.table(["READ AS", "JUDGED", "AGREED", "SHARE"], (_row(one) for one in found["agreement"] if one["judged"]))
    say()
    say("Read as × a person says")
    _matrix(found["confusion"])
    corrected = sum(sum(row.values()) for row in found["corrected"].values())
    say()
    say(f"Answered by the machine and corrected by a person: {corrected:,}")
    _matrix(found["corrected"])
    if found["worth_reading"]:
        say()
        say("Most worth reading: the surest readings that people judged otherwise")
        for one in found["worth_reading"]:
            acted = ", answered" if one["acted"] else ""
            say(f"  {one['confidence']:.2f}  {one['read']} → {one['verdict']}{acted}  “{one['text']}”  ({one['why']})")


def _judged(found: dict[str, Any]) -> str:
    more = f", and {found['after_answer']:,} more only after a volunteer had answered (not counted)"
    return f"{found['verdicts']:,} by their own words" + (more if found["after_answer"] else "")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    best, low, high = one["share"]
    return one["intent"], f"{one['judged']:,}", f"{one['agreed']:,}", f"{best:.1%} ({low:.1%} to {high:.1%})"


def _matrix(counts: dict[str, dict[str, int]]) -> None:
    said = [intent.value for intent in agreement.JUDGED if any(intent in row for row in counts.values())]
    if said:
        rows = ([read, *(f"{row[one]:,}" if one in row else "·" for one in said)] for read, row in counts.items())
        printing.table(["", *said], rows)


def _say_refit(found: Refit, *, is_applied: bool) -> None:
    say(f"The machine answers from a confidence of {found.acts_from:.3g} on: {found.answered_now:,} past replies.")
    say(found.says)
    if not found.is_change:
        return
    more = found.proposed < found.acts_from
    then = f"{found.answered_then:,}: {found.changed:,} {_less_or_more(more)}"
    say(f"From {found.proposed:.3g} on it would answer {then}.")
    low = f"; at least {found.precision_low:.1%} are right" if found.precision_low is not None and more else ""
    say(f"Of those {found.changed_judged:,} were judged, {found.changed_wrong:,} of them differently{low}.")
    say("What nobody judged is not known. Opt-outs are acted on as before.")
    say("Kept: it holds from the next reply on." if is_applied else "Nothing is changed: add --apply to keep it.")


def _less_or_more(is_more: bool) -> str:
    return "more" if is_more else "fewer, which go to a person"


def _show(one: Replayed, number: int, *, wants_json: bool) -> None:
    if wants_json:
        kept = {"id": one.id, "text": one.text, "from": one.was, "to": one.would_be, "verdict": one.verdict}
        printing.as_json({**kept, "confidence": one.reading.confidence, "why": one.reading.why})
    elif number <= _SHOWN:
        say(f"“{one.text}”  {one.was} → {one.would_be}  ({one.reading.why})")


def _say_changes(same: int, different: int, changes: list[dict[str, Any]]) -> None:
    if not same + different:
        say(_NONE_READ.format("replay"))
        return
    if different > _SHOWN:
        say(f"… and {different - _SHOWN:,} more: --json shows all.")
    say(f"{same + different:,} replies read again: {same:,} as before, {different:,} differently.")
    for change in changes:
        say(f"  {change['replies']:>7,}  {change['from']} → {change['to']}")
