"""Starts a stand-in carrier as a process of its own and speaks to its control door."""

import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import requests

from phonebank.errors import UnavailableError

_STARTS_WITHIN_S = 20.0
_STOPS_WITHIN_S = 5.0
_ANSWERS_WITHIN_S = 60.0


@dataclass
class Carrier:
    """A running carrier. Only the `account_sid` and `auth_token` it was given open it."""

    url: str
    account_sid: str
    auth_token: str
    child: subprocess.Popen[bytes] | None = None
    _session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __post_init__(self) -> None:
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {self.auth_token}"

    def health(self) -> bool:
        try:
            return bool(self._get("health")["ok"])
        except (requests.RequestException, UnavailableError):
            return False

    def ledger(self, to: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Every create the carrier accepted, oldest first, as ledger.as_row says."""
        rows: list[dict[str, Any]] = self._get("ledger", to=to, since=since)
        return rows

    def told(self, since: int = 0) -> list[dict[str, Any]]:
        """Every text of a person posted to the product, oldest first: sid, sender, body, answers, monotonic."""
        rows: list[dict[str, Any]] = self._get("told", since=since)
        return rows

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self._get("stats")
        return stats

    def phones(self, limit: int = 200) -> list[dict[str, Any]]:
        """Summaries, latest talk first: number, first_name, zone, texts, last, blocked, visited, automatic."""
        phones: list[dict[str, Any]] = self._get("phones", limit=limit)
        return phones

    def thread(self, number: str) -> list[dict[str, Any]]:
        """What this person sees, oldest first: sid, at, from_me, body, media, our_number, automatic."""
        lines: list[dict[str, Any]] = self._get(f"phones/{number}/thread")["lines"]
        return lines

    def reply(self, number: str, body: str, media: Iterable[str] = ()) -> dict[str, Any]:
        """A visitor answers as this person; `answers` are the statuses of the product's webhook."""
        return self._post(f"phones/{number}/reply", {"body": body, "media": list(media)})

    def inbound(self, **text: Any) -> dict[str, Any]:
        """A raw text: `sender` (or `from`), `to`, `body`, and if wanted `media`, `sid` and `times`, at once."""
        if "sender" in text:
            text["from"] = text.pop("sender")
        return self._post("inbound", text)

    def faults(self, *kinds: str, clear: bool = False, **rule: Any) -> list[dict[str, Any]]:
        """Adds a rule for each kind (see faults.FaultKind): on, number, rate, times, seconds. Gives those in force."""
        rules: Any = self._post("faults", {"clear": clear, "add": [{"kind": kind, **rule} for kind in kinds]})
        return list(rules)

    def errors(self, codes: dict[str, int] | None = None, *, clear: bool = False) -> dict[str, int]:
        """Lets numbers (whole, or last digits) meet an error code: 2xxxx at create, 3xxxx at delivery."""
        return self._post("errors", {"clear": clear, "add": codes or {}})

    def calls(self, person: str | None = None, since: int = 0, *, brief: bool = False) -> list[dict[str, Any]]:
        """Every call and leg, oldest first, as phonecalls.as_row says; `person`: those with one number or client.

        `brief`: without what was said, for thousands at once.
        """
        rows: list[dict[str, Any]] = self._get("calls", **{"with": person}, since=since, brief=int(brief) or None)
        return rows

    def call(self, sid: str) -> dict[str, Any]:
        """One call, with its transcript so far."""
        row: dict[str, Any] = self._get(f"calls/{sid}")
        return row

    def manner(self, person: str, **manner: Any) -> None:
        """How this number, or `client:name`, takes calls from now on: fields of manners.Manner."""
        self.manners({person: manner})

    def manners(self, people: Mapping[str, dict[str, Any]]) -> None:
        """The same of many at once."""
        self._post("manners", {"people": dict(people)})

    def call_in(self, sender: str, to: str, **more: Any) -> dict[str, Any]:
        """Somebody calls a number of ours, by hand unless a `manner` says how; `url`, `told`: see calling_in."""
        return self._post("calls", {"from": sender, "to": to, **more})

    def on_line(self, person: str, does: str, **more: Any) -> dict[str, Any]:
        """A visitor's deed on this person's open line: pick_up, hang_up, press (digits), speak (words), wait."""
        return self._post(f"lines/{person}", {"does": does, **more})

    def supporters(self, people: Iterable[dict[str, Any]], *, replace: bool = False) -> int:
        """Registers simulated people: number, and if wanted first_name, zone, language, persona. How many there are."""
        answer = self._post("supporters", {"people": list(people), "replace": replace})
        return int(answer["supporters"])

    def stop(self) -> None:
        self._session.close()
        if self.child and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(_STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _get(self, path: str, **query: Any) -> Any:
        return self._answer(self._session.get(f"{self.url}/_standin/{path}", params=query, timeout=_ANSWERS_WITHIN_S))

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        answer = self._session.post(f"{self.url}/_standin/{path}", json=body, timeout=_ANSWERS_WITHIN_S)
        written: dict[str, Any] = self._answer(answer)
        return written

    def _answer(self, answer: requests.Response) -> Any:
        if not answer.ok:
            raise UnavailableError(f"The stand-in carrier answered {answer.status_code}: {answer.text}")
        return answer.json()


def spawn(
    *,
    account_sid: str | None = None,
    auth_token: str | None = None,
    port: int | None = None,
    clock_file: Path | None = None,
    state_file: Path | None = None,
    **config: Any,
) -> Carrier:
    """A carrier on a free port of 127.0.0.1, answering. `config`: fields of config.Config. It ends with this process.

    Raises UnavailableError when it does not come up.
    """
    account_sid = account_sid or "AC" + secrets.token_hex(16)
    auth_token = auth_token or secrets.token_hex(16)
    port = port or _free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as written:
        json.dump({"account_sid": account_sid, "auth_token": auth_token, **config}, written)
        written.flush()
        command = [sys.executable, "-m", "phonebank.rehearsal", "--port", str(port), "--config", written.name]
        command += ["--with-parent", *_named("--clock-file", clock_file), *_named("--state-file", state_file)]
        child = subprocess.Popen(command, cwd=Path(__file__).parents[2])  # noqa: S603  # our own module
        carrier = Carrier(f"http://127.0.0.1:{port}", account_sid, auth_token, child)
        _wait_until_up(carrier)
    return carrier


def _named(option: str, path: Path | None) -> list[str]:
    return [option, str(path)] if path else []


def _wait_until_up(carrier: Carrier) -> None:
    assert carrier.child
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if carrier.child.poll() is not None:
            raise UnavailableError("The stand-in carrier stopped as it started; its last words are above.")
        if carrier.health():
            return
        time.sleep(0.05)
    carrier.stop()
    raise UnavailableError(f"The stand-in carrier did not answer within {_STARTS_WITHIN_S:.0f} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
