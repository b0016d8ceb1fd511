"""Round trips: how often a client waits for a server, by how much longer it takes where the server is far.

A relay between the two holds back all that either says: what is sent without waiting for an answer takes no longer.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

CHUNK = 65_536
DELAY_SECONDS = 0.02
"""How far away the server is made, each way."""


class _Side:
    """One direction of a connection: what comes in goes out a little later, in the same order."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self._source, self._target = source, target
        self._held: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        for work in (self._take, self._give):
            threading.Thread(target=work, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while said := self._source.recv(CHUNK):
                self._held.put((monotonic() + DELAY_SECONDS, said))
        self._held.put((0, b""))

    def _give(self) -> None:
        with suppress(OSError):
            while True:
                due, said = self._held.get()
                if not said:
                    self._target.shutdown(socket.SHUT_RDWR)
                    return
                sleep(max(0, due - monotonic()))
                self._target.sendall(said)


@contextmanager
def far(url: str) -> Iterator[str]:
    """The address under which a server on a socket of a folder is as far as `DELAY_SECONDS` says."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query)["host"][0]
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{folder}/.s.PGSQL.5432")
                _Side(client, server)
                _Side(server, client)

    threading.Thread(target=accept, daemon=True).start()
    try:
        port = listening.getsockname()[1]
        yield f"postgresql://postgres@127.0.0.1:{port}{parts.path}?sslmode=disable&gssencmode=disable"
    finally:
        listening.close()


def trips(seconds: float) -> float:
    """To how many round trips a time comes that was taken through the relay, beside which the work itself is short."""
    return seconds / (2 * DELAY_SECONDS)
