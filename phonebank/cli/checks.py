"""What `phonebank doctor` looks at: each check says how a part stands and how to mend it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import requests
from sqlalchemy import Engine

from phonebank import db, jobs, migrations
from phonebank.campaigns import queries
from phonebank.campaigns.models import CampaignStatus
from phonebank.cli import opening, premises
from phonebank.errors import NotFoundError, PhonebankError, RefusedError, UnavailableError
from phonebank.gateway.account import Account
from phonebank.migrations import Shape
from phonebank.settings import Settings

_ANSWERS_WITHIN_S = 10
_LITTLE_ROOM = 200_000_000  # bytes
_LIVE = "/health/live"
_BROWSER = "browser phone"


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One part: how it stands, in a few words, and what mends it (empty when it is well)."""

    part: str
    state: State
    told: str
    mend: str = ""


def look(settings: Settings, *, fix: bool) -> Iterator[Finding]:
    """Every part in turn, each as soon as it is known. `fix` sets the webhook addresses at Twilio."""
    yield database(settings)
    yield disk(settings)
    yield from doorbell(settings)
    yield web(settings)
    yield address(settings)
    account, finding = keys(settings)
    yield finding
    if account is not None:
        for sender in _senders():
            yield from _sender(account, sender, settings, fix=fix)
        if settings.twilio_app_sid:
            yield _asked(_BROWSER, lambda: _browser(account, settings, fix=fix))


def database(settings: Settings) -> Finding:
    """Whether it is there, in this version's shape, and can be written."""
    try:
        with opening.told_plainly():
            engine = opening.connected(settings)
            shape = migrations.shape(engine)
            _write_nothing(engine)
    except PhonebankError as wrong:
        return Finding("database", State.BAD, str(wrong), "Mend that, then ask again.")
    kind = engine.dialect.name
    if shape is Shape.CURRENT:
        return Finding("database", State.OK, f"{kind}, in this version's shape")
    if shape is Shape.NEWER:
        return Finding("database", State.BAD, f"{kind}, from a newer version", "Install that version.")
    return Finding("database", State.BAD, f"{kind}, not in this version's shape", "Run `phonebank db upgrade`.")


def disk(settings: Settings) -> Finding:
    """Whether there is room for what people text us."""
    try:
        free = shutil.disk_usage(settings.var if settings.var.exists() else settings.home).free
    except OSError as wrong:
        return Finding("disk", State.BAD, f"{settings.home} cannot be read: {wrong.strerror}", "Mend PHONEBANK_HOME.")
    told = f"{free / 1e9:,.1f} GB free"
    if free < _LITTLE_ROOM:
        return Finding("disk", State.WARN, told, "Make some room: replies that cannot be kept are lost.")
    return Finding("disk", State.OK, told)


def doorbell(settings: Settings) -> Iterator[Finding]:
    """Redis, and who answers it: workers for every queue, and a clock."""
    jobs.configure(settings)
    mend = "Start `phonebank run`, or the parts of the Procfile."
    if not jobs.is_up():
        redis_mend = "Start that server, or mend REDIS_URL." if settings.redis_url else mend
        yield Finding("redis", State.BAD, "does not answer", redis_mend)
        return
    yield Finding("redis", State.OK, "answers")
    missing = [name for name, many in jobs.hands().items() if not many]
    if missing:
        yield Finding("workers", State.BAD, f"nobody works {', '.join(missing)}", mend)
    else:
        yield Finding("workers", State.OK, "every queue has its worker")
    if jobs.is_swept():
        yield Finding("clock", State.OK, "sweeps")
    else:
        yield Finding("clock", State.BAD, "has not swept for half a minute", mend)


def web(settings: Settings) -> Finding:
    """Whether something listens where the pages should."""
    try:
        premises.refuse_taken_port(premises.LOOPBACK, settings.port)
    except RefusedError:
        return Finding("web", State.OK, f"listens on port {settings.port}")
    mend = "Start `phonebank run`, or `phonebank web`."
    return Finding("web", State.WARN, f"nothing listens on port {settings.port} of this machine", mend)


def address(settings: Settings) -> Finding:
    """Whether Twilio could reach us under our public address."""
    if not settings.public_url.startswith("https://"):
        mend = "Set PUBLIC_URL to the https:// address under which this program is reached."
        return Finding("address", State.WARN, f"{settings.address} is for this machine alone", mend)
    try:
        answer = requests.get(f"{settings.public_url}{_LIVE}", timeout=_ANSWERS_WITHIN_S)
    except requests.RequestException:
        mend = "Check PUBLIC_URL, its DNS and certificate, and the proxy in front of us."
        return Finding("address", State.BAD, f"{settings.public_url} does not answer", mend)
    if answer.ok and answer.headers.get("Content-Type", "").startswith("application/json"):
        return Finding("address", State.OK, f"{settings.public_url} leads here")
    told = f"{settings.public_url} answers, but not as phonebank does ({answer.status_code})"
    return Finding("address", State.BAD, told, "Point PUBLIC_URL, or the proxy behind it, at this program.")


def keys(settings: Settings) -> tuple[Account | None, Finding]:
    """The account, when its keys are good."""
    if not settings.has_twilio_keys:
        mend = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; until then nothing can be launched."
        return None, Finding("keys", State.WARN, "none are set", mend)
    account = Account(settings)
    try:
        return account, Finding("keys", State.OK, f"of the account “{account.check()}”")
    except PhonebankError as wrong:
        return None, Finding("keys", State.BAD, str(wrong), "Copy both from the Twilio console.")


def _sender(account: Account, sender: str, settings: Settings, *, fix: bool) -> Iterator[Finding]:
    owned = _asked(f"sender {sender}", lambda: _owned(account, sender))
    yield owned
    if owned.state is State.OK:
        yield _asked(f"webhooks {sender}", lambda: _webhooks(account, sender, settings, fix=fix))
        if sender.startswith("+"):
            yield _asked(f"calls {sender}", lambda: _voice(account, sender, settings, fix=fix))


def _owned(account: Account, sender: str) -> Finding:
    if account.owns_sender(sender):
        return Finding(f"sender {sender}", State.OK, "is the account's own")
    mend = "Name one of the account's own in the campaign."
    return Finding(f"sender {sender}", State.BAD, "is not the account's own", mend)


def _webhooks(account: Account, sender: str, settings: Settings, *, fix: bool) -> Finding:
    part, found = f"webhooks {sender}", account.webhooks(sender)
    if found.is_ours:
        return Finding(part, State.OK, "replies come here")
    if not fix:
        where = f"to {found.inbound_url}" if found.inbound_url else "nowhere"
        return Finding(part, State.BAD, f"replies go {where}", "Run `phonebank doctor --fix`.")
    if not settings.public_url and not settings.twilio_api_base_url:
        return Finding(part, State.BAD, "cannot be set to this machine's own address", "Set PUBLIC_URL first.")
    account.set_webhooks(sender)
    return Finding(part, State.OK, f"set: replies come to {settings.address}/twilio/sms")


def _voice(account: Account, sender: str, settings: Settings, *, fix: bool) -> Finding:
    part, where = f"calls {sender}", account.voice_url(sender)
    if where == account.our_voice_url:
        return Finding(part, State.OK, "who calls it back is answered here")
    if not fix:
        told = f"who calls it back reaches {where}" if where else "nobody answers who calls it back"
        return Finding(part, State.WARN, told, "Run `phonebank doctor --fix`; campaigns of calls need it.")
    if not settings.public_url and not settings.twilio_api_base_url:
        return Finding(part, State.WARN, "cannot be set to this machine's own address", "Set PUBLIC_URL first.")
    account.set_voice_url(sender)
    return Finding(part, State.OK, f"set: calls come to {settings.address}/twilio/voice")


def _browser(account: Account, settings: Settings, *, fix: bool) -> Finding:
    if not settings.has_browser_phone:
        mend = "Set TWILIO_API_KEY and TWILIO_API_SECRET beside TWILIO_APP_SID."
        return Finding(_BROWSER, State.WARN, "has no API key, so volunteers take calls at their own phones", mend)
    try:
        where = account.browser_url()
    except NotFoundError:
        mend = "Copy TWILIO_APP_SID from the TwiML apps of this account."
        return Finding(_BROWSER, State.BAD, "the account has no such TwiML app", mend)
    if where == account.our_browser_url:
        return Finding(_BROWSER, State.OK, "volunteers speak in their browsers")
    if not fix:
        told = f"its TwiML app leads {f'to {where}' if where else 'nowhere'}"
        return Finding(_BROWSER, State.BAD, told, "Run `phonebank doctor --fix`.")
    account.set_browser_url()
    return Finding(_BROWSER, State.OK, f"set: it leads to {account.our_browser_url}")


def _asked(part: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except UnavailableError as wrong:
        return Finding(part, State.BAD, str(wrong), "Mend that, then ask again.")


def _senders() -> list[str]:
    """Of the campaigns that are not over; none when the database cannot say."""
    try:
        with db.told_plainly(), db.reading() as session:
            campaigns = queries.all_(session)
    except UnavailableError:
        return []
    return sorted({one.sender for one in campaigns if one.status is not CampaignStatus.CLOSED})


def _write_nothing(engine: Engine) -> None:
    """Takes the writer's place in a transaction, and gives it back."""
    with engine.connect() as connection:
        connection.begin().rollback()
