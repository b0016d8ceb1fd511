"""Turns of what is long: commands, files and documents that are large have threads of their own, and wait in a bounded queue.

Endpoints run in the threads that all requests share. Were long ones to take them all, a question that takes a moment,
and whoever asks whether the service is there, would wait for minutes.
"""

from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from api.http.problems import ConnectionsBusy
from api.operations.model import JSON, Command, Question

Answer = TypeVar("Answer")
LARGE_BODY = 50_000
"""Bytes from which on a body is large: some hundreds of changes."""


class Turns:
    """Threads of one kind of work: how many work at a time, and how many more requests may wait for one."""

    def __init__(self, name: str, *, at_once: int, waiting: int) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self._limiter: RunVar[CapacityLimiter] = RunVar(name)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """What the work answers, done in its turn; ConnectionsBusy where as many wait as may."""
        limiter = self._limiter.get(None)
        if limiter is None:  # each event loop has its own
            limiter = CapacityLimiter(self.at_once)
            self._limiter.set(limiter)
        if limiter.statistics().tasks_waiting >= self.waiting:
            found = "il servizio sta già svolgendo tanti lavori lunghi quanti ne può svolgere"
            raise ConnectionsBusy(found, accepted="riprovare fra qualche secondo")
        return await to_thread.run_sync(work, limiter=limiter)


LONG = Turns("long work", at_once=4, waiting=16)
"""Files, taken in or given out, and large bodies."""
SHORT = Turns("short commands", at_once=32, waiting=500)
"""Any other body: what it asks for may wait for the database, or for another command."""


def in_turn(operation: Command | Question, endpoint: Callable[..., object]) -> Callable[..., object]:
    """The endpoint of an operation, waiting for its turn where its row says that it may be long; else as it is."""
    if iscoroutinefunction(endpoint) or (operation.method == "GET" and operation.answer is not bytes):
        return endpoint
    of_files = operation.answer is bytes or operation.media_types != JSON

    @wraps(endpoint)
    async def waiting(**given: object) -> object:
        large = sum(len(value) for value in given.values() if isinstance(value, bytes)) > LARGE_BODY
        turns = LONG if of_files or large else SHORT
        return await turns.run(partial(endpoint, **given))

    # What is called is the coroutine, what is bound is what the endpoint takes.
    del waiting.__wrapped__
    waiting.__signature__ = signature(endpoint)  # type: ignore[attr-defined]
    return waiting
