"""A mail server of a test's own: it takes what it is given, and can be told to be out of order."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class Mailbox:
    """`letters` are the messages as they came over the wire; `url` is what SMTP_URL says."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refuses = False
        self.url = ""


@contextmanager
def opened() -> Iterator[Mailbox]:
    """A mail server on a free port of 127.0.0.1 for as long as this lasts."""
    box = Mailbox()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _talk_to(box))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()


def _talk_to(box: Mailbox) -> type[socketserver.StreamRequestHandler]:
    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("451 not now" if box.refuses else "220 mailbox ready")
            while line := self.rfile.readline().decode().strip():
                if line.upper() == "DATA":
                    self._say("354 go on")
                    box.letters.append(self._letter())
                self._say("221 bye" if line.upper() == "QUIT" else "250 fine")
                if line.upper() == "QUIT":
                    return

        def _letter(self) -> str:
            lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
            return "".join(lines)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    return Talk
