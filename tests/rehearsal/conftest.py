"""A product of sorts for the stand-in carrier to talk to: the official SDK one way, a port for webhooks the other."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from phonebank.rehearsal import remote
from phonebank.rehearsal.remote import Carrier

SERVICE = "MG" + "0" * 32
POOL = ("+12025550190", "+12025550191", "+12025550192")
LONE = "+12025550170"


@dataclass
class Posted:
    """One webhook as it came: `is_signed` says whether the signature holds for this address and form."""

    path: str
    form: dict[str, str]
    signature: str
    url: str
    at: float

    def is_signed(self, auth_token: str) -> bool:
        return RequestValidator(auth_token).validate(self.url, self.form, self.signature)


@dataclass
class Door:
    """The product's webhooks: keeps what is posted, answers what the test says."""

    url: str
    posted: list[Posted] = field(default_factory=list)
    answer: tuple[int, str, str] = (204, "text/xml", "")
    pages: dict[str, str] = field(default_factory=dict)
    """TwiML by path, without the Response around it."""

    def of(self, path: str) -> list[Posted]:
        return [each for each in self.posted if each.path == path]

    def statuses(self, path: str) -> list[str]:
        return [each.form["MessageStatus"] for each in self.of(path)]

    def bodies(self) -> list[str]:
        return [each.form["Body"] for each in self.of("/sms")]


class _Redirected(TwilioHttpClient):
    def __init__(self, to: str) -> None:
        super().__init__(timeout=20)
        self.to = to

    def request(self, method, url, *rest, **more):
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, self.to + parts.path + query, *rest, **more)


@pytest.fixture
def door() -> Iterator[Door]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            signature = self.headers["X-Twilio-Signature"]
            opened.posted.append(Posted(self.path, form, signature, opened.url + self.path, time.monotonic()))
            status, content_type, text = opened.answer
            if self.path in opened.pages:
                status, content_type, text = 200, "text/xml", f"<Response>{opened.pages[self.path]}</Response>"
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        opened = Door(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield opened
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def shared_carrier() -> Iterator[Carrier]:
    """One carrier for the tests of a file, without faults, that delivers almost at once; each test uses numbers of its own."""
    with remote.spawn(
        pick_delay=(0.01, 0.02),
        delivery_delay=(0.02, 0.03),
        number_rate=2.0,
        lone_numbers=[LONE],
        reply_pace=0,
        talk_pace=0,
        calls_per_second=100,
    ) as carrier:
        yield carrier


@pytest.fixture
def client_of() -> Iterator[Callable[[Carrier], Client]]:
    """The official SDK's client, its hosts moved to a carrier."""
    transports = []

    def opened(carrier: Carrier) -> Client:
        transports.append(_Redirected(carrier.url))
        return Client(carrier.account_sid, carrier.auth_token, http_client=transports[-1])

    yield opened
    for transport in transports:
        transport.session.close()


@pytest.fixture
def client(shared_carrier: Carrier, client_of: Callable[[Carrier], Client]) -> Client:
    return client_of(shared_carrier)


_UNUSED = (f"+1{area}55501{last:02d}" for area in (303, 404, 512, 615, 617, 704, 773, 917) for last in range(100))


@pytest.fixture
def number() -> str:
    """A person's number that no other test of this run has used."""
    return next(_UNUSED)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for something to come true, five seconds at most."""

    def wait(is_so: Callable[[], bool], within: float = 5.0) -> None:
        deadline = time.monotonic() + within
        while not is_so():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.02)

    return wait
