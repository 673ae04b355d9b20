"""A bare carrier for benchmarks: `python -m tests.support.answering PORT LATENCY_S` takes every text, and does nothing else."""

import asyncio
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.support import servers

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_numbers = itertools.count(1)


class _Answering(asyncio.Protocol):
    """Answers each request on a kept connection with 201 and a message, after a while."""

    latency_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.heard = transport, b""

    def data_received(self, data: bytes) -> None:
        self.heard += data
        while (head := self.heard.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.heard, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self.heard) < end:
                return
            self.heard = self.heard[end:]
            if self.latency_s:
                asyncio.get_running_loop().call_later(self.latency_s, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        self.transport.write(_taken())


def _taken() -> bytes:
    body = json.dumps(
        {
            "sid": f"SM{next(_numbers):032x}",
            "status": "accepted",
            "account_sid": "AC" + "0" * 32,
            "api_version": "2010-04-01",
            "date_created": "Sun, 22 Nov 2026 10:00:00 +0000",
            "date_updated": "Sun, 22 Nov 2026 10:00:00 +0000",
            "date_sent": None,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": None,
            "to": "+12025550143",
            "body": "Hi there, can I count on you?",
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": None,
            "messaging_service_sid": "MG" + "0" * 32,
            "subresource_uris": {},
            "uri": "/",
        }
    ).encode()
    head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def carrier(latency_s: float = 0.0) -> Iterator[str]:
    """The address of such a carrier, in a process of its own, for as long as this block lasts."""
    port = servers.free_port()
    child = subprocess.Popen([sys.executable, "-m", "tests.support.answering", str(port), str(latency_s)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(address, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        child.terminate()
        child.wait()


async def _serve(port: int, latency_s: float) -> None:
    _Answering.latency_s = latency_s
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
