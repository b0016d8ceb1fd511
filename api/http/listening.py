"""A socket on which several processes listen: each takes a connection when no other has fewer of them.

Whichever process the system wakes first would take all that wait, and the system likes to wake the same one: of two, one
answered everything while the other had nothing to do, and refused what came beyond its part of the connections.
"""

import asyncio
import logging
from collections.abc import Callable, MutableSequence
from socket import socket

from uvicorn import Config, Server

from api.http.connections import BACKLOG

ASIDE_SECONDS = 0.002
"""For how long who has more connections leaves a new one to the others; nobody took it by then, if they are busy."""

FULL_SECONDS = 1.0
"""How long nothing is taken where the system has no room for another connection."""

log = logging.getLogger("api.http")


class Listener:
    """Takes connections from a socket, one at a time, in turn with the other processes."""

    def __init__(
        self,
        listening: socket,
        connect: Callable[[], asyncio.Protocol],
        count: Callable[[], int],
        held: MutableSequence[int],
        place: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        self._connect = connect
        self._count = count
        self._held = held
        self._place = place
        self._coming: set[asyncio.Task[object]] = set()
        self._back: asyncio.TimerHandle | None = None
        listening.settimeout(0)
        listening.listen(BACKLOG)
        self._loop.add_reader(listening, self._wake)

    def close(self) -> None:
        """Takes no more."""
        if self._back is None:
            self._loop.remove_reader(self._listening)
        else:
            self._back.cancel()

    async def wait_closed(self) -> None:
        """Waits for nothing: what was taken is a connection of the server's."""

    def _wake(self) -> None:
        held = self._held[self._place] = self._count() + len(self._coming)
        if held > min(self._held):
            self._step_aside(ASIDE_SECONDS)
        else:
            self._take()

    def _take(self) -> None:
        try:
            taken, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process has it, or its client is gone
        except OSError as error:
            log.warning("no room for a connection: %s", error)
            if self._back is None:
                self._step_aside(FULL_SECONDS)
            return
        taken.settimeout(0)
        coming = self._loop.create_task(self._loop.connect_accepted_socket(self._connect, taken))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)
        self._held[self._place] += 1

    def _step_aside(self, seconds: float) -> None:
        self._loop.remove_reader(self._listening)
        self._back = self._loop.call_later(seconds, self._come_back)

    def _come_back(self) -> None:
        self._back = None
        self._loop.add_reader(self._listening, self._wake)
        self._take()


class SharingServer(Server):
    """The server of one of several processes: `held` says how many connections each of them has, `place` which is its own."""

    def __init__(self, config: Config, held: MutableSequence[int], place: int) -> None:
        super().__init__(config)
        self._held = held
        self._place = place

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begins to listen, once the application is ready."""
        await super().startup(sockets=[])
        self.servers = [
            Listener(one, self._connection, lambda: len(self.server_state.connections), self._held, self._place)  # type: ignore[misc]  # what is asked of a server, it has
            for one in sockets or ()
        ]

    def _connection(self) -> asyncio.Protocol:
        kind = self.config.http_protocol_class
        made: asyncio.Protocol = kind(  # type: ignore[call-arg]  # as uvicorn's own
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
