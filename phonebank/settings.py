"""The only reader of the environment: one frozen model, made once by whoever starts the program."""

import os
import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from phonebank.errors import BadInputError, UnavailableError

SHORTEST_SECRET = 32
_PLACEHOLDERS = Path(__file__).parents[1] / ".env.example"
_SECRETS = (
    "secret_key",
    "twilio_auth_token",
    "twilio_auth_token_next",
    "twilio_api_secret",
    "metrics_token",
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_KEPT_IN_A_REHEARSAL = ("PHONEBANK_HOME", "PORT", "WEB_CONCURRENCY", "LOG_LEVEL")


def _home() -> Path:
    return Path(os.environ.get("PHONEBANK_HOME") or ".")


class Settings(BaseModel):
    """Every setting of the README's table, under its own name in lower case."""

    model_config = ConfigDict(frozen=True)

    database_url: str = Field("", description="where the rows live; empty is SQLite in var/")
    redis_url: str | None = Field(None, description="the doorbell; empty is the embedded one")
    public_url: str = Field("", description="where Twilio reaches us")
    secret_key: str = Field("", description="signs sign-ins; empty is made once into var/")
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = None
    twilio_auth_token_next: str | None = None
    twilio_api_key: str | None = None
    twilio_api_secret: str | None = None
    twilio_app_sid: str | None = Field(None, description="the TwiML app of the volunteers' browser phones")
    twilio_api_base_url: str | None = None
    port: int = Field(8000, ge=1, le=65535)
    web_concurrency: int = Field(2, ge=1, le=64)
    phonebank_home: Path = Field(default_factory=_home, description="the folder of .env and var/")
    log_level: str = "INFO"
    sentry_dsn: str | None = None
    rehearsal: bool = Field(False, description="set by `phonebank run --rehearse` for its own parts")
    smtp_url: str | None = Field(None, description="the mail server of alerts: smtp://… or smtps://…")
    mail_from: str | None = Field(None, description="who alerts by e-mail are from")
    metrics_token: str | None = Field(None, description="lets a scraper that is not on loopback read /metrics")

    @field_validator("log_level")
    @classmethod
    def _a_known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
            raise ValueError("use DEBUG, INFO, WARNING, ERROR or CRITICAL")
        return level.upper()

    @field_validator("public_url")
    @classmethod
    def _an_address_twilio_accepts(cls, url: str) -> str:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if parts.query or parts.fragment or parts.username:
            raise ValueError("give the address alone, without ?, # or @")
        if url and not (is_safe and parts.hostname):
            raise ValueError("use https://… (http is accepted on loopback only)")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str | None) -> str | None:
        if url and not (urlsplit(url).scheme in {"smtp", "smtps"} and urlsplit(url).hostname):
            raise ValueError("use smtp://user:password@host:587 or smtps://…")
        return url

    @model_validator(mode="after")
    def _no_placeholder_secrets(self) -> "Settings":
        copied = next((name for name in _SECRETS if getattr(self, name) in _example_values()), None)
        if copied:
            raise ValueError(f"{copied.upper()} is the example's own; put one of your own in its place")
        if self.secret_key and len(self.secret_key) < SHORTEST_SECRET:
            raise ValueError(
                f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters; make one with: openssl rand -hex 32"
            )
        return self

    @property
    def home(self) -> Path:
        return self.phonebank_home.resolve()

    @property
    def var(self) -> Path:
        """Everything this program writes: database, embedded Redis, keys, spool."""
        return self.home / "var" / "rehearsal" if self.rehearsal else self.home / "var"

    @property
    def clock_file(self) -> Path | None:
        """A rehearsal's dial; None outside one."""
        return self.var / "clock.json" if self.rehearsal else None

    @property
    def database(self) -> str:
        """The SQLAlchemy URL, with psycopg 3 for PostgreSQL and an absolute path for SQLite."""
        url = self.database_url or f"sqlite:///{self.var / 'phonebank.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            return f"sqlite:///{self.home / url.removeprefix('sqlite:///')}"
        return url

    @property
    def address(self) -> str:
        """The public address without a trailing slash; loopback when none is set."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def sends_mail_from(self) -> str:
        """MAIL_FROM, else an address at our own public name."""
        return self.mail_from or f"phonebank@{urlsplit(self.address).hostname}"

    @property
    def has_twilio_keys(self) -> bool:
        return bool(self.twilio_account_sid and self.twilio_auth_token)

    @property
    def has_browser_phone(self) -> bool:
        """Whether volunteers can speak in the browser: a token for it needs an API key and a TwiML app."""
        return bool(self.twilio_account_sid and self.twilio_api_key and self.twilio_api_secret and self.twilio_app_sid)

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """Every token a webhook may be signed with: the current one, and the next while it is being rotated."""
        return tuple(token for token in (self.twilio_auth_token, self.twilio_auth_token_next) if token)

    @cached_property
    def signing_key(self) -> str:
        """SECRET_KEY, or one made once into var/ and kept for the owner's eyes only."""
        return self.secret_key or _kept_secret(self.var / "secret_key")


def load(home: Path | None = None, *, port: int | None = None) -> Settings:
    """Settings from the environment over `.env` in the home folder. Raises BadInputError naming the wrong one.

    `port` is what somebody typed: it goes before both.
    """
    return _made(_written(home, port))


def load_for_rehearsal(home: Path | None = None, *, port: int | None = None) -> Settings:
    """The settings of a rehearsal: a database, a Redis, keys and an address of its own, whatever the real ones are."""
    written = _written(home, port)
    return _made({name: written.get(name) for name in _KEPT_IN_A_REHEARSAL} | {"REHEARSAL": "1"})


def child_environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a part: these very settings, whatever `.env` says by then."""
    named = {name.upper(): getattr(settings, name) for name in Settings.model_fields}
    written = {name: "" if value in (None, False) else str(value) for name, value in named.items()}
    told = {"PHONEBANK_HOME": str(settings.home), "REHEARSAL": "1" if settings.rehearsal else ""}
    return {**os.environ, **written, **told, **more}


def _written(home: Path | None, port: int | None) -> dict[str, str | None]:
    folder = home or _home()
    chosen = {"PHONEBANK_HOME": str(folder)} | ({"PORT": str(port)} if port else {})
    try:
        return {**dotenv_values(folder / ".env"), **os.environ, **chosen}
    except UnicodeDecodeError:
        raise BadInputError(f"{folder / '.env'} is not text in UTF-8: write it again, as .env.example shows.") from None


def _made(values: Mapping[str, str | None]) -> Settings:
    chosen = {name: value for name in Settings.model_fields if (value := values.get(name.upper()))}
    if chosen.get("rehearsal") != "1":
        chosen.pop("rehearsal", None)
    try:
        return Settings.model_validate(chosen)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else ""
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise BadInputError(f"{name}: {reason}." if name else f"{reason}.") from None


def _example_values() -> set[str]:
    return {value for value in dotenv_values(_PLACEHOLDERS).values() if value} if _PLACEHOLDERS.exists() else set()


def _kept_secret(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x") as new:
            path.chmod(0o600)
            new.write(secrets.token_hex(32))
    except OSError as wrong:
        if not path.is_file():  # it may be there from before
            raise UnavailableError(
                f"Cannot write {path}: {wrong.strerror}. Make the folder writable, or set SECRET_KEY."
            ) from None
    return path.read_text()
