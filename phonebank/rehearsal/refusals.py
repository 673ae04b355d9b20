"""What the carrier says no with: Twilio's error body, and the published meaning of each code."""

import tomllib
from functools import cache
from pathlib import Path
from typing import TypedDict

from phonebank.errors import PhonebankError


class Meaning(TypedDict):
    """One row of codes.toml: how the code shows, at create (`http`) or at delivery (`status`), and its words."""

    http: int
    status: str
    message: str


class CarrierRefusalError(PhonebankError):
    """The carrier does not take this request; `code` is Twilio's, `status` is the HTTP one."""

    def __init__(self, code: int, message: str | None = None, status: int | None = None) -> None:
        super().__init__(message or meaning(code)["message"])
        self.code = code
        self.status = status or meaning(code)["http"]

    def body(self) -> dict[str, object]:
        """The JSON Twilio answers with."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def meaning(code: int) -> Meaning:
    """The published meaning; an unlisted code is refused at create, or `undelivered` when it is a 3xxxx."""
    known = _published().get(str(code))
    return known or Meaning(http=400, status="undelivered", message=f"Error {code}")


def is_met_at_delivery(code: int) -> bool:
    """Whether this code comes in a delivery report (3xxxx) and not in the answer to a create."""
    return 30000 <= code < 40000  # noqa: PLR2004  # Twilio's own numbering


@cache
def _published() -> dict[str, Meaning]:
    table: dict[str, Meaning] = tomllib.loads(Path(__file__).with_name("codes.toml").read_text())["codes"]
    return table
