"""Several processes on one socket: each has its part of the connections, and none waits for one that is not there."""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
import uvloop

from api.http import listening
from api.http.listening import Listener

Loop = Callable[[], asyncio.AbstractEventLoop]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """Runs what is awaited, on either loop."""
    with asyncio.Runner(loop_factory=request.param) as runner:
        yield runner


class Process:
    """One of several that listen: as far as the socket is concerned."""

    def __init__(self, shared: socket.socket, held: list[int], place: int) -> None:
        self.transports: list[asyncio.BaseTransport] = []
        self._own = shared.dup()
        self._listener = Listener(self._own, self._connection, lambda: len(self.transports), held, place)

    def _connection(self) -> asyncio.Protocol:
        transports = self.transports

        class Noting(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                transports.append(transport)

        return Noting()

    def close(self) -> None:
        """Takes no more, and ends what it has."""
        self._listener.close()
        self._own.close()
        for transport in self.transports:
            transport.close()


async def _taken(processes: list[Process], port: int, number: int, held_by: ExitStack) -> float:
    """Connects so often; the seconds until somebody has each."""
    began, before = time.monotonic(), sum(len(one.transports) for one in processes)
    for _ in range(number):
        client = held_by.enter_context(socket.socket())
        client.settimeout(0)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    while sum(len(one.transports) for one in processes) < before + number:
        assert time.monotonic() - began < 20
        await asyncio.sleep(0.001)
    return time.monotonic() - began


def test_each_process_has_its_part_of_the_connections(run: asyncio.Runner) -> None:
    async def tried() -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as shared, ExitStack() as open_:
            held = [0, 0, 0]
            processes = [open_.enter_context(closing(Process(shared, held, place))) for place in range(3)]
            await _taken(processes, shared.getsockname()[1], 30, open_)
            assert min(len(one.transports) for one in processes) >= 7  # who is woken late has fewer
        await asyncio.sleep(0.05)  # what was ended is gone

    run.run(tried())


def test_a_process_that_takes_nothing_is_not_waited_for(run: asyncio.Runner) -> None:
    async def tried() -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as shared, ExitStack() as open_:
            one = open_.enter_context(closing(Process(shared, [0, 0], 0)))
            assert await _taken([one], shared.getsockname()[1], 10, open_) < 5
        await asyncio.sleep(0.05)  # what was ended is gone

    run.run(tried())


def test_where_the_system_has_no_room_it_is_asked_again(run: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "FULL_SECONDS", 0.05)
    refused: list[int] = []

    class Full(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            if len(refused) < 2:
                refused.append(errno.EMFILE)
                raise OSError(errno.EMFILE, "too many files")
            return super().accept()

        def dup(self) -> "Full":
            return Full(fileno=socket.dup(self.fileno()))

    async def tried() -> None:
        with closing(Full()) as shared, ExitStack() as open_:
            shared.bind(("127.0.0.1", 0))
            one = open_.enter_context(closing(Process(shared, [0, 0], 0)))
            assert await _taken([one], shared.getsockname()[1], 1, open_) >= 0.1
        await asyncio.sleep(0.05)  # what was ended is gone

    run.run(tried())
    assert refused == [errno.EMFILE] * 2
