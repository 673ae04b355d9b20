"""Starts what a rehearsal has beside the product itself: a clock of its own and a stand-in carrier."""

import json
import secrets
import socket
from typing import Any

from phonebank import clock
from phonebank.cli import premises
from phonebank.cli.supervising import Part, Supervisor, ours
from phonebank.people.models import Role
from phonebank.rehearsal import staging
from phonebank.settings import Settings

_CARRIER = "phonebank carrier"
_CARRIER_RANK = 2  # after the pages, which it calls
_STARTS_WITHIN_S = 90
_PACE = 0.15  # supporters answer within seconds, so that a visitor need not wait
_DELIVERED_WITHIN = (0.3, 1.5)

TROUBLES = ("undelivered", "failed")
"""The reports on which a campaign's course depends. The others, most of all webhooks, say that all is well."""


def start_clock(chosen: Settings, speed: float = 1.0) -> None:
    """The rehearsal's own clock, beginning inside contact hours."""
    assert chosen.clock_file
    clock.wind(chosen.clock_file, to=staging.curtain(clock.now()), speed=speed)


def start_carrier(chosen: Settings, supervisor: Supervisor, *, remembers: bool = True, **config: Any) -> Settings:
    """Start a stand-in carrier. Gives the settings with which it is spoken to. `config`: its own.

    One that `remembers` is the same after it died and was started again.
    """
    port, keys = free_port(), {"account_sid": "AC" + secrets.token_hex(16), "auth_token": secrets.token_hex(16)}
    calls = {"lone_numbers": (staging.CALLS_FROM,), "voice_url": f"{chosen.address}/twilio/voice"}
    config = {"reply_pace": _PACE, "delivery_delay": _DELIVERED_WITHIN} | calls | config
    written = chosen.var / "carrier.json"
    written.touch(mode=0o600)
    written.write_text(json.dumps({**config, **keys}))
    files = ["--config", str(written), "--clock-file", str(chosen.clock_file)]
    files += ["--state-file", f"{chosen.var}/carrier"] if remembers else []
    command = (*ours("phonebank.rehearsal"), "--port", str(port), "--with-parent", *files)
    supervisor.start(Part(_CARRIER, command, _CARRIER_RANK))
    told = {f"twilio_{name}": value for name, value in keys.items()}
    return chosen.model_copy(update={**told, "twilio_api_base_url": f"http://{premises.LOOPBACK}:{port}"})


def wait_for_carrier(chosen: Settings, supervisor: Supervisor) -> None:
    """Until it answers. Raises UnavailableError when it never does."""
    supervisor.wait_until(staging.carrier_of(chosen).health, within=_STARTS_WITHIN_S, needs=_CARRIER)


def welcome(chosen: Settings) -> list[str]:
    """Sets the stage and gives what to tell: the address, and where each role signs in."""
    links = staging.set_stage(chosen, clock.now())
    return [
        f"A rehearsal is on at {chosen.address}: nothing leaves this machine, and no number is anybody's.",
        "",
        *(f"  {role.capitalize():<10} {chosen.address}/sign-in/{links[role]}" for role in Role),
        f"  {'Phones':<10} {chosen.address}/rehearsal",
        "",
        "Each link signs in once. The phones show what supporters see, and let you answer as them.",
    ]


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((premises.LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
