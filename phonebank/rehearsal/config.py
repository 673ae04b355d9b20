"""How one stand-in carrier is set up: whose account, which numbers, how fast, how faulty."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from phonebank.errors import BadInputError
from phonebank.rehearsal.faults import Fault


class Config(BaseModel):
    """All of it has defaults but the account. Rates are in segments a second, delays in seconds on the clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token: str = Field(min_length=1)
    api_key: str | None = None
    api_secret: str | None = None
    service_sid: str = Field("MG" + "0" * 32, pattern=r"^MG[0-9a-fA-F]{32}$")
    numbers: tuple[str, ...] = ("+12025550190", "+12025550191", "+12025550192")
    """In the Messaging Service's pool, and each usable as From."""
    lone_numbers: tuple[str, ...] = ()
    """Ours too, but in no service."""
    inbound_url: str | None = None
    """Where inbound texts go while neither the service nor the number names an address."""
    voice_url: str | None = None
    """Where calls to a number go while it names no address of its own."""
    service_rate: float = Field(225.0, gt=0)
    """Shared by the whole pool, as a 10DLC campaign's is; 225 is the top trust score's."""
    number_rate: float = Field(1.0, gt=0)
    """Of each lone number: a long code's."""
    pick_delay: tuple[float, float] = (0.05, 0.3)
    """From accepted to queued: the service chooses a sender."""
    delivery_delay: tuple[float, float] = (0.5, 3.0)
    """From sent to delivered."""
    latency_ms: float = Field(0.0, ge=0)
    """Real milliseconds every answer takes at least."""
    seed: int = 1
    failing_numbers: bool = False
    """Lets the numbers of codes.toml's `suffixes` fail."""
    errors: dict[str, int] = {}
    """A whole number, or its last digits, to the error code it meets: 2xxxx at create, 3xxxx at delivery."""
    faults: tuple[Fault, ...] = ()
    reported: tuple[str, ...] = ()
    """Which statuses are reported to the product; empty is all of them, as Twilio does."""

    reply_mix: dict[str, float] = {}
    """Weights of what supporters do with an ask: an intent or "silent"; empty is personas.toml's mix."""

    reply_pace: float = Field(1.0, ge=0)
    """Multiplies supporters' delays; 0 lets them answer at once, at any hour."""

    calls_per_second: float = Field(1.0, gt=0)
    """So many calls are dialed a second; the others wait their turn."""
    talk_pace: float = Field(1.0, ge=0)
    """Multiplies every wait in a call: ringing, speaking, thinking; 0 lets a call pass at once."""

    @property
    def owned(self) -> tuple[str, ...]:
        return self.numbers + self.lone_numbers


def load(path: Path | None, **chosen: object) -> Config:
    """The file's settings, with those chosen on the command line (not None) over them. Raises BadInputError."""
    written = read_json(path) if path else {}
    if not isinstance(written, dict):
        raise BadInputError(f"{path} should hold one JSON object of settings.")
    try:
        return Config.model_validate({**written, **{key: value for key, value in chosen.items() if value is not None}})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise BadInputError(f"Mend `{name}` of the stand-in carrier's settings: {first['msg']}.") from None


def read_json(path: Path) -> object:
    """What the file holds. Raises BadInputError when it cannot be read or is not JSON."""
    try:
        return json.loads(path.read_text())
    except OSError as wrong:
        raise BadInputError(f"Cannot read {path}: {wrong.strerror}. Name a file that is there.") from None
    except ValueError:
        raise BadInputError(f"{path} is not JSON. Mend it, or leave it out.") from None
