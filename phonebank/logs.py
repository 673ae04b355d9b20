"""Structured logging. Phone numbers and names leave masked: no log line may hold a person's data."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+?\d[\d\-. ()]{6,}\d")
_PERSONAL = frozenset({"name", "first_name", "last_name", "body", "text", "email", "reply"})


def mask(text: str) -> str:
    """The text with every run that could be a phone number reduced to its last two digits."""
    return _NUMBER.sub(lambda found: "…" + re.sub(r"\D", "", found[0])[-2:], text)


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key in _PERSONAL:
            event[key] = "…"
        elif key not in {"timestamp", "level"} and not isinstance(value, bool | None):
            event[key] = mask(str(value))
    return event


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The whole line, its traceback with it."""
        try:
            return mask(super().format(record))
        except (TypeError, ValueError):  # its words and arguments do not fit: logging itself would print both
            return f"{record.levelname} {record.name} a line that cannot be written"


def configure(level: str, sentry_dsn: str | None = None) -> None:
    """One line of key=value a happening on stderr; libraries' own lines pass the same mask. Errors go to Sentry too."""
    if sentry_dsn:
        _report_errors(sentry_dsn)
    handler = logging.StreamHandler()
    handler.setFormatter(_MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("twilio", "aiohttp.access", "rq", "gunicorn.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _masked,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=handler.stream),
        cache_logger_on_first_use=True,
    )


def get(room: str) -> Any:
    """The logger of a room: `log.info("claimed", messages=12)`."""
    return structlog.get_logger(room=room)


def _report_errors(dsn: str) -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        send_default_pii=False,
        include_local_variables=False,  # they hold texts, names and numbers
        max_request_body_size="never",
        before_send=lambda event, _hint: _without_numbers(event),
        before_breadcrumb=lambda _crumb, _hint: None,
    )


def _without_numbers(event: Any) -> Any:
    if isinstance(event, dict):
        return {key: _without_numbers(value) for key, value in event.items()}
    if isinstance(event, list):
        return [_without_numbers(value) for value in event]
    return mask(event) if isinstance(event, str) and not _IS_ID.fullmatch(event) else event


_IS_ID = re.compile(r"[0-9a-f-]{32,36}|\d{4}-\d\d-\d\dT[\d:.]+Z?")
