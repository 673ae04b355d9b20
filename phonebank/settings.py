"""The only reader of the environment: one frozen model, made once by whoever starts the program."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from phonebank.errors import BadInputError, UnavailableError

SHORTEST_SECRET = 32
_PLACEHOLDERS = Path(__file__).parents[1] / ".env.example"

Words = Annotated[str | None, NoDecode]


class Settings(BaseSettings):
    """Every setting of the README's table, under its own name in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = Field("", description="where the rows live; empty is SQLite in var/")
    redis_url: Words = Field(None, description="the doorbell; empty is the embedded one")
    public_url: str = Field("", description="where Twilio reaches us")
    secret_key: str = Field("", description="signs sign-ins; empty is made once into var/")
    twilio_account_sid: Words = None
    twilio_auth_token: Words = None
    twilio_auth_token_next: Words = None
    twilio_api_key: Words = None
    twilio_api_secret: Words = None
    twilio_api_base_url: Words = None
    port: int = Field(8000, ge=1, le=65535)
    web_concurrency: int = Field(2, ge=1, le=64)
    phonebank_home: Path = Field(Path(), description="the folder of .env and var/")
    log_level: str = "INFO"
    sentry_dsn: Words = None
    rehearsal: bool = Field(False, description="set by `phonebank run --rehearse` for its own parts")
    metrics_token: Words = Field(None, description="lets a scraper that is not on loopback read /metrics")

    @field_validator("log_level")
    @classmethod
    def _a_known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
            raise ValueError("use DEBUG, INFO, WARNING, ERROR or CRITICAL")
        return level.upper()

    @field_validator("public_url")
    @classmethod
    def _an_address_twilio_accepts(cls, url: str) -> str:
        loopback = url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
        if url and not url.startswith("https://") and not loopback:
            raise ValueError("use https://… (http is accepted on loopback only)")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _no_placeholder_secrets(self) -> "Settings":
        if not self.secret_key:
            return self
        if len(self.secret_key) < SHORTEST_SECRET:
            raise ValueError(
                f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters; make one with: openssl rand -hex 32"
            )
        if self.secret_key in _example_values():
            raise ValueError("SECRET_KEY is the example's own; make one with: openssl rand -hex 32")
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
    def has_twilio_keys(self) -> bool:
        return bool(self.twilio_account_sid and self.twilio_auth_token)

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """Every token a webhook may be signed with: the current one, and the next while it is being rotated."""
        return tuple(token for token in (self.twilio_auth_token, self.twilio_auth_token_next) if token)

    @cached_property
    def signing_key(self) -> str:
        """SECRET_KEY, or one made once into var/ and kept for the owner's eyes only."""
        return self.secret_key or _kept_secret(self.var / "secret_key")


def load(home: Path | None = None) -> Settings:
    """Settings from the environment over `.env` in the home folder. Raises BadInputError naming the wrong one."""
    folder = home or Path(os.environ.get("PHONEBANK_HOME") or ".")
    values = {**dotenv_values(folder / ".env"), **os.environ}
    chosen = {
        name: value for name, value in ((field, values.get(field.upper())) for field in Settings.model_fields) if value
    }
    if not values.get("REHEARSAL") or values["REHEARSAL"] != "1":
        chosen.pop("rehearsal", None)
    chosen["phonebank_home"] = str(folder)
    try:
        return Settings(**chosen)  # type: ignore[arg-type]  # pydantic parses the strings
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else ""
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise BadInputError(f"{name}: {reason}." if name else f"{reason}.") from None


def child_environment(settings: Settings, **more: str) -> dict[str, str]:
    """The process's environment for a part of the program started by `phonebank run`."""
    return {**os.environ, "PHONEBANK_HOME": str(settings.home), "PORT": str(settings.port), **more}


def _example_values() -> set[str]:
    return {value for value in dotenv_values(_PLACEHOLDERS).values() if value} if _PLACEHOLDERS.exists() else set()


def _kept_secret(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x") as new:
            path.chmod(0o600)
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as wrong:
        raise UnavailableError(
            f"Cannot write {path}: {wrong.strerror}. Make the folder writable, or set SECRET_KEY."
        ) from None
    return path.read_text()
