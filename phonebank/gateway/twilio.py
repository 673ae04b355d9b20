"""The only importer of twilio: send, list, ask, verify and make signatures."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from phonebank.errors import NotFoundError, UnavailableError
from phonebank.gateway.codes import CodeAction, action, meaning
from phonebank.gateway.contract import Accepted, Failure, GatewayError, LoggedText, OutgoingText
from phonebank.gateway.inbound import RANK
from phonebank.settings import Settings

CONNECT_S, ANSWER_S = 5, 32
"""Twilio ends a slow request itself after about 26 s; giving up before that would doubt texts for nothing."""

IN_FLIGHT = 128
LONGEST_VALID_S = 36_000
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
SERVICE = "MG"
"""How a Messaging Service's id begins."""

NOT_THERE = 20404


def verify(settings: Settings, url: str, params: Mapping[str, Any], signature: str) -> bool:
    """Whether this webhook was signed with one of our auth tokens, over this exact public address and form."""
    return any(RequestValidator(token).validate(url, params, signature) for token in settings.auth_tokens)


def sign(url: str, params: Mapping[str, Any], auth_token: str) -> str:
    """The X-Twilio-Signature a carrier with this token would send."""
    return str(RequestValidator(auth_token).compute_signature(url, params))


def browser_phone_token(settings: Settings, identity: str, lasts_s: int) -> str:
    """Lets one volunteer's browser speak through our TwiML app for so long. It takes no calls, and dials no number."""
    token = AccessToken(
        settings.twilio_account_sid,
        settings.twilio_api_key,
        settings.twilio_api_secret,
        identity=identity,
        ttl=lasts_s,
    )
    token.add_grant(VoiceGrant(outgoing_application_sid=settings.twilio_app_sid, incoming_allow=False))
    return str(token.to_jwt())


@lru_cache(maxsize=64)
def moved(url: str, base: str | None) -> str:
    """Any of Twilio's addresses, moved to a stand-in or proxy when one is set."""
    if not base:
        return url
    to, parts = urlsplit(base), urlsplit(url)
    return urlunsplit((to.scheme, to.netloc, to.path.rstrip("/") + parts.path, parts.query, ""))


class _Transport(AsyncTwilioHttpClient):
    """The SDK's asynchronous transport with a pool, timeouts, and no state shared between requests in flight."""

    def __init__(self, base: str | None, in_flight: int) -> None:
        super().__init__(pool_connections=False)
        self.base = base
        self.pool = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=in_flight),
            timeout=aiohttp.ClientTimeout(total=CONNECT_S + ANSWER_S, sock_connect=CONNECT_S),
        )

    async def request(  # type: ignore[override]  # noqa: PLR0913, PLR0917 - the SDK's own signature
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's own signature
        allow_redirects: bool = False,
    ) -> Response:
        del timeout
        async with self.pool.request(
            method.upper(),
            moved(url, self.base),
            params=params,  # type: ignore[arg-type]  # the SDK says object, and gives strings
            data=urlencode(data, doseq=True).encode() if data else None,  # aiohttp would make a multipart writer first
            headers=(headers or {}) | _authorization(auth),
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status, await answer.text(errors="replace"), answer.headers)


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(":".join(auth).encode()).decode()} if auth else {}


class Speaking:
    """A Gateway over Twilio's API; made by `speaking` inside a running event loop."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send(self, text: OutgoingText) -> Accepted:
        sender = {"messaging_service_sid" if text.sender.startswith(SERVICE) else "from_": text.sender}
        try:
            made = await self._client.messages.create_async(
                to=text.to,
                body=text.body,
                validity_period=max(1, min(LONGEST_VALID_S, text.valid_s)),
                status_callback=text.status_callback,
                **sender,
            )
        except Exception as wrong:  # whatever is not a plain refusal may have gone out
            raise failure(wrong) from wrong
        if not made.sid or made.account_sid not in {None, self._client.account_sid}:
            raise GatewayError("The carrier accepted a text without giving an id of ours.", Failure.UNKNOWN)
        return Accepted(sid=made.sid, rank=RANK.get(str(made.status), 0))

    async def texts_to(self, phone: str, since: datetime) -> list[LoggedText]:
        try:
            # DateSent is null while a text is queued, so the log is read by number alone, newest first.
            found = await self._client.messages.list_async(to=phone, limit=50, page_size=50)
        except Exception as wrong:
            raise failure(wrong) from wrong
        logged = [one for each in found if (one := _logged(each)) is not None]
        return [one for one in logged if one.created_at >= since - timedelta(seconds=1)]

    async def fetch(self, sid: str) -> LoggedText | None:
        try:
            found = _logged(await self._client.messages(sid).fetch_async())
        except Exception as wrong:
            if getattr(wrong, "code", None) == NOT_THERE:
                return None
            raise failure(wrong) from wrong
        if found is None:
            raise GatewayError("The carrier answered for a text with something else.", Failure.UNKNOWN)
        return found


def _logged(one: Any) -> LoggedText | None:
    """An entry of the log; None for what is none of Twilio's."""
    if not one.sid or not one.date_created:
        return None
    return LoggedText(one.sid, one.to or "", one.body or "", one.date_created, str(one.status), one.error_code)


@asynccontextmanager
async def speaking(settings: Settings, in_flight: int = IN_FLIGHT) -> AsyncIterator[Speaking]:
    """A gateway for as long as this block lasts; its connections are kept between batches."""
    async with connected(settings, in_flight) as client:
        yield Speaking(client)


@asynccontextmanager
async def connected(settings: Settings, in_flight: int) -> AsyncIterator[Client]:
    """The SDK's client over connections of its own, for as long as this block lasts."""
    transport = _Transport(settings.twilio_api_base_url, in_flight)
    try:
        yield _client(settings, transport)
    finally:
        await transport.pool.close()


def patient_client(settings: Settings) -> Client:
    """The SDK's plain client, with a timeout, for what a person waits for."""
    return _client(settings, _PatientTransport(settings.twilio_api_base_url))


class _PatientTransport(TwilioHttpClient):
    """The SDK's plain transport, with a timeout and the stand-in's address."""

    def __init__(self, base: str | None) -> None:
        super().__init__(timeout=20, max_retries=0)
        self.base = base

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Response:  # type: ignore[override]
        """As the SDK's own, at the address we are told to use."""
        return super().request(method, moved(url, self.base), *rest, **more)


@contextmanager
def asking() -> Iterator[None]:
    """Turns whatever the plain client meets into one sentence that says what to do."""
    try:
        yield
    except TwilioException as wrong:
        status, code = getattr(wrong, "status", None), getattr(wrong, "code", None)
        if status in {401, 403}:
            raise UnavailableError("Twilio refused the keys: check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN.") from wrong
        if status == 404:  # noqa: PLR2004
            raise NotFoundError("Twilio does not know this address or sender.") from wrong
        raise UnavailableError(
            f"Twilio could not answer: {meaning(code if isinstance(code, int) else None)}."
        ) from wrong
    except (RequestException, ValueError) as wrong:
        raise UnavailableError("Twilio could not be reached: check the network and TWILIO_API_BASE_URL.") from wrong


def _client(settings: Settings, transport: Any) -> Client:
    if not settings.has_twilio_keys:
        raise UnavailableError("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to speak to the carrier.")
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    user, password = settings.twilio_api_key or sid, settings.twilio_api_secret or token
    # An empty environment: TWILIO_REGION and TWILIO_EDGE would mangle the host.
    return Client(user, password, account_sid=sid, http_client=transport, environment={"-": "-"})


def failure(wrong: Exception, *, of_call: bool = False) -> GatewayError:
    """What went wrong, in our words: whether it was certainly not taken, and whether asking again helps."""
    if isinstance(wrong, _NEVER_CONNECTED):
        return GatewayError("The carrier could not be reached.", Failure.LATER)
    status, code = getattr(wrong, "status", None), getattr(wrong, "code", None)
    if not isinstance(wrong, TwilioException) or not isinstance(status, int):
        return GatewayError("The carrier did not answer plainly.", Failure.UNKNOWN)
    code = code if isinstance(code, int) else None
    if status == 429:  # noqa: PLR2004 - Twilio: the request was never processed
        return GatewayError(meaning(code or 20429, of_call=of_call), Failure.LATER, code or 20429)
    if not 400 <= status < 500:  # noqa: PLR2004
        return GatewayError(
            f"The carrier failed, and may have taken the {'call' if of_call else 'text'}.", Failure.UNKNOWN, code
        )
    kinds = {
        CodeAction.LATER: Failure.LATER,
        CodeAction.TOMORROW: Failure.LATER,
        CodeAction.DOUBTFUL: Failure.UNKNOWN,
    }
    return GatewayError(meaning(code, of_call=of_call), kinds.get(action(code), Failure.REFUSED), code)
