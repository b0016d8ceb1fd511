"""A receiver of events over HTTPS on loopback: it notes what it is sent, and answers what a test says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.https import https_server


class Received(NamedTuple):
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The event that it is."""
        event: dict[str, Any] = json.loads(self.body)
        return event


class Receiver:
    """What came, and what is answered: a status for each message, the last one for all that follow."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = [204]
        self.headers: dict[str, str] = {}
        self.before_answering: Callable[[Received], None] = lambda _: None
        self.address = ""

    @property
    def sequences(self) -> list[int]:
        """The places in the log of what came."""
        return [int(each.event["sequence"]) for each in self.received]

    def forget(self, *statuses: int) -> None:
        """Forgets what came, and answers so from here on."""
        self.received, self.statuses, self.headers = [], list(statuses) or [204], {}


@contextmanager
def receiving(certificate: Path) -> Iterator[Receiver]:
    """A receiver, until the end."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.before_answering(got)
            receiver.received.append(got)
            status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # as the library calls it
            """Nothing."""

    with https_server(Handler, certificate) as address:
        receiver.address = address
        yield receiver
