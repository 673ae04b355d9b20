"""Campaigns in words: an estimate, a line of the list, a status report."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from phonebank.campaigns.models import Campaign, Channel
from phonebank.campaigns.preflight import MICROS, Preflight
from phonebank.cli.printing import say
from phonebank.web.hours import openings

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TEXTS_SHOWN = 5


def estimate(found: Preflight, channel: Channel) -> str:
    """What a launch would take, as in “1,204 people, 2,408 segments, $30.82 for the first texts, about 40 minutes”."""
    people = "1 person" if found.recipients == 1 else f"{found.recipients:,} people"
    more = [(found.opted_out, "opted out"), (found.textless, "cannot be reached by text")]
    told = ", ".join(f"{number:,} more {why}" for number, why in more if number)
    left_out = f" ({told})" if told else ""
    cost = f"${found.cost_micros / MICROS:,.2f}"
    pays = f"{found.segments:,} segments, {cost} for the first texts"
    if channel is Channel.CALL:
        pays = f"{cost} for a first call of a minute to everyone"
    return f"{people}{left_out}, {pays}, {span(found.seconds)}."


def hours(found: Preflight, zone: str, now: datetime) -> None:
    """When the people of each place may be reached next, those who may be now first."""
    for one in openings(found.windows, now):
        when = "open now" if one.is_open else f"open {moment(one.at, zone)}" if one.at else "never open in two weeks"
        say(f"  {one.place}: {when}")


def span(seconds: float) -> str:
    """How long in words, rounded up."""
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < 2 * _HOUR:
        return f"about {-(-seconds // _MINUTE):.0f} minutes"
    if seconds < 2 * _DAY:
        return f"about {-(-seconds // _HOUR):.0f} hours, contact hours included"
    return f"about {-(-seconds // _DAY):.0f} days, contact hours included"


def moment(at: datetime, zone: str) -> str:
    """A moment as people of this zone write it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def listed(campaign: Campaign) -> dict[str, Any]:
    """One campaign of the list, for programs."""
    return {
        "name": campaign.name,
        "status": campaign.status.value,
        "paused_reason": campaign.paused_reason,
        "launch_at": campaign.launch_at.isoformat() if campaign.launch_at else None,
        "launched_at": campaign.launched_at.isoformat() if campaign.launched_at else None,
        "cost": campaign.spent_micros / MICROS,
    }


def line(campaign: Campaign) -> dict[str, Any]:
    """One campaign of the list, for people."""
    launched = ""
    if campaign.launched_at is not None:
        launched = moment(campaign.launched_at, campaign.timezone)
    elif campaign.launch_at is not None:
        launched = f"at {moment(campaign.launch_at, campaign.timezone)}"
    return {
        "name": campaign.name,
        "status": campaign.status.value,
        "launched": launched,
        "spent": f"${campaign.spent_micros / MICROS:,.2f}",
    }


def report(name: str, counted: dict[str, Any]) -> None:
    """A status report: only what is not nought."""
    because = f": {counted['paused_reason']}" if counted["paused_reason"] else ""
    say(f"“{name}” is {counted['status']}{because}")
    if counted["stop"] and counted["status"] != "closed":
        _stop(counted["stop"])
    for sentence in counted["holds"]:
        say(f"  {'holds':<11} {sentence}")
    for title in (title for title in ("recipients", "outcomes", "calls", "messages", "handoffs") if title in counted):
        numbers = [f"{number:,} {word.replace('_', ' ')}" for word, number in counted[title].items() if number]
        say(f"  {title:<11} {', '.join(numbers) or 'none'}")
    say(f"  {'inbound':<11} {counted['inbound']:,}")
    what_for = "calls and texts" if "calls" in counted else f"{counted['segments']:,} segments"
    say(f"  {'cost':<11} ${counted['cost']:,.2f} for {what_for}")
    for sentence in counted["waiting"]["says"]:
        say(f"  {'waiting':<11} {sentence}")
    for reason, number in counted["left_out"].items():
        say(f"  {'left out':<11} {number:,}: {reason.rstrip('.')}.")
    if "experiment" in counted:
        _experiment(counted["experiment"])


def _stop(found: dict[str, Any]) -> None:
    say(f"  {'to do':<11} {found['do']}")
    for one in found["texts"][:_TEXTS_SHOWN]:
        said = " ".join(one["says"].split())
        about = one["means"] or f"“{said[:60]}{'…' if len(said) > 60 else ''}”"  # noqa: PLR2004 - a line's width
        say(f"    {one['at'][:16].replace('T', ' ')} UTC  {one['to']}  {about}")


def _experiment(found: dict[str, Any]) -> None:
    say(f"  {'experiment':<11} {found['says']}")
    for one in found["texts"]:
        yes = f"{one['yes']:,} yes{_share(one['yes_rate'])}"
        out = f"{one['opted_out']:,} opted out{_share(one['opt_out_rate'])}"
        say(f"    text {one['text']}: {one['asked']:,} asked, {yes}, {one['no']:,} no, {one['other']:,} other, {out}")
    say(f"    counted are those asked {found['counted_after_minutes']} minutes ago or earlier")


def _share(rate: list[float | None]) -> str:
    """A counted share with what it may be, in percent."""
    counted, low, high = rate
    return "" if counted is None else f" ({counted:.1%}; {low:.1%} to {high:.1%})"


def worked(found: dict[str, Any]) -> None:
    """Yes-rates by finding, and what they do not show."""
    if not found["asked"]:
        say("Nothing to tell yet: nobody was asked an hour ago or earlier.")
        return
    texts, campaigns = _some(found["texts"], "text"), _some(found["campaigns"], "campaign")
    say(f"{texts} of {campaigns}: {_yes(found)}.")
    for one in found["verdicts"]:
        say(f"  {one['verdict']:<12} {_yes(one)}")
    for one in found["findings"]:
        say(f"  {one['principle']:<12} met: {_yes(one['met'])}; missed: {_yes(one['missed'])}")
    say(found["says"])


def _yes(of: dict[str, Any]) -> str:
    return f"{of['yes']:,} of {of['asked']:,} said yes{_share(of['yes_rate'])}" if of["asked"] else "no text"


def _some(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
