"""A carrier, or something in its place, that answers what no carrier should: nothing is lost, and nobody is given up for it."""

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from phonebank.gateway import twilio
from phonebank.gateway.codes import CodeAction, action
from phonebank.gateway.contract import Failure, GatewayError, OutgoingText
from phonebank.settings import Settings

OURS, ANOTHER = "AC" + "0" * 32, "AC" + "1" * 32
SID = "SM" + "2" * 32
HTML = "<html><body><h1>It works!</h1></body></html>"


@pytest.fixture
def answering():
    """answering(200, "…"): what the gateway makes of this answer to a text."""
    said = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = said["body"].encode()
            self.send_response(said["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(twilio_account_sid=OURS, twilio_auth_token="t" * 32, twilio_api_base_url=address)

    async def speak():
        async with twilio.speaking(settings) as gateway:
            return await gateway.send(OutgoingText("+12025550143", "+12025550190", "Hi", 600, "http://127.0.0.1/"))

    def answer(status, body):
        said.update(status=status, body=body if isinstance(body, str) else json.dumps(body))
        try:
            return asyncio.run(speak())
        except GatewayError as wrong:
            return wrong

    yield answer
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, HTML),
        (201, HTML),
        (500, HTML),
        (502, HTML),
        (302, ""),
        (201, ""),
        (201, {}),
        (201, {"status": "queued"}),
        (201, {"sid": "", "status": "queued"}),
        (201, {"sid": SID, "account_sid": ANOTHER, "status": "queued"}),
        (201, "[]"),
        (201, '{"sid": '),
    ],
)
def test_what_may_have_been_taken_is_in_doubt(answering, status, body):
    wrong = answering(status, body)
    assert isinstance(wrong, GatewayError)
    assert wrong.kind is Failure.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "does"),
    [
        (400, HTML, CodeAction.PAUSE_CAMPAIGN),
        (404, HTML, CodeAction.PAUSE_CAMPAIGN),
        (404, {"code": 20404, "message": "not found"}, CodeAction.PAUSE_CAMPAIGN),
        (400, {"code": 21703, "message": "no numbers"}, CodeAction.PAUSE_CAMPAIGN),
        (401, HTML, CodeAction.STOP_EVERYTHING),
        (403, HTML, CodeAction.STOP_EVERYTHING),
        (401, {"code": 20003, "message": "Authenticate"}, CodeAction.STOP_EVERYTHING),
    ],
)
def test_what_was_certainly_refused_for_no_fault_of_the_persons_gives_nobody_up(answering, status, body, does):
    wrong = answering(status, body)
    assert (wrong.kind, action(wrong.code)) == (Failure.REFUSED, does)


def test_too_many_requests_is_later_whatever_the_body(answering):
    for body in (HTML, {"code": 20429, "message": "slow"}):
        assert answering(429, body).kind is Failure.LATER


def test_a_plain_yes_is_one(answering):
    assert answering(201, {"sid": SID, "account_sid": OURS, "status": "queued"}).sid == SID
