"""Reads files from outside in processes of their own, with limits of memory and time: the service goes on meanwhile.

A few are read at a time, a few more wait; beyond that the file is refused, to be sent again. What a reader answers is
JSON, judged again here; nothing that it says is run. A reader that passes a limit is ended by the kernel: the file is
refused, and nothing was recorded.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import NamedTuple

import orjson

from api.formats.reader_server import ANSWERED, FAILED, LENGTH, OUT_OF_MEMORY, OUT_OF_TIME, REFUSED
from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import JsonValue

AT_ONCE = 2
"""How many files are read at a time by one process of the service."""
WAITING = 8
"""How many more may wait for their turn."""
GRACE_SECONDS = 30
"""How much longer than a reader may run its answer is waited for: what starts the readers may be busy."""

_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from api.formats.reader_server import main; main()"


class ReaderLimits(NamedTuple):
    """What the reader of one file may use: seconds of a processor (twice as many on the wall), bytes of memory."""

    seconds: int = 60
    memory: int = 2_000_000_000


DEFAULT = ReaderLimits()
"""The limits where no setting says others."""


class FileTooCostly(DomainError):
    """A file whose reading passed the limit of time or memory, or with more rows than are compared; nothing was recorded."""

    name = "file_too_costly"
    title = "File troppo oneroso da leggere"
    status = 422


class ReadersBusy(DomainError):
    """As many files are being read, and wait to be, as there is room for: this one is to be sent again."""

    name = "readers_busy"
    title = "Troppi file in lettura"
    status = 503
    retry_after = 10


class ReaderFailed(DomainError):
    """A reader that ended without an answer, through no limit that is known; nothing was recorded."""

    name = "reader_failed"
    title = "Lettura del file non riuscita"
    status = 500


class Readers:
    """The readers of one process: what they are forked from is started when it is first wanted, or by `start`."""

    def __init__(self, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._turn = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = os.getpid()
        self._stopped = False
        self._output: int | None = subprocess.DEVNULL
        """Where the readers write why they failed: to the log of a service, never on the terminal of a command."""

    def serve(self) -> None:
        """Starts, for a service, what readers are forked from; told to end, the service ends the readers first.

        It is called in the main thread, once the server has its handlers of signals: a request that waits for a reader
        does not hold the end up. In any other thread (a test's) it does nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        self._output = None
        with self._lock:
            self._started()
        for number in (signal.SIGTERM, signal.SIGINT):
            if callable(before := signal.getsignal(number)):
                signal.signal(number, partial(self._end_with, before))

    def _end_with(
        self, before: Callable[[int, FrameType | None], object], number: int, frame: FrameType | None
    ) -> None:
        self._stopped = True
        if self._control is not None:
            with suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
        before(number, frame)

    def read(
        self,
        task: str,
        data: bytes,
        options: Mapping[str, JsonValue],
        limits: ReaderLimits,
        refusals: tuple[type[DomainError], ...] = (),
    ) -> bytes:
        """What a task answers of a file, in JSON; what it refuses is raised again: Malformed, or one of `refusals`.

        FileTooCostly beyond a limit, ReadersBusy where there is no room, or the service is stopping.
        """
        if not self._room.acquire(blocking=False):
            problem = "il servizio sta già leggendo tanti file quanti ne può leggere"
            raise ReadersBusy(problem, accepted="inviare di nuovo il file fra qualche secondo")
        try:
            with self._turn:
                if self._stopped:
                    raise _stopping()
                how, answer = self._ask(task, data, options, limits)
        finally:
            self._room.release()
        if how == ANSWERED:
            return answer
        if self._stopped:
            raise _stopping()
        if how == REFUSED:
            raise _refusal(answer, refusals)
        if how == OUT_OF_TIME:
            raise _too_costly(f"{limits.seconds} secondi", "INITINERE_READER_SECONDS")
        if how == OUT_OF_MEMORY:
            raise _too_costly(f"{limits.memory} byte di memoria", "INITINERE_READER_MEMORY_BYTES")
        raise ReaderFailed("la lettura del file si è interrotta", accepted="un altro file, o di nuovo lo stesso")

    def close(self) -> None:
        """Ends what readers are forked from, and with it the readers; the next file starts it again."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._server is not None and self._owner == os.getpid():
                self._server.wait()
            self._control = self._server = None

    def _ask(
        self, task: str, data: bytes, options: Mapping[str, JsonValue], limits: ReaderLimits
    ) -> tuple[bytes, bytes]:
        asked = {"task": task, "options": options, "seconds": limits.seconds, "memory": limits.memory}
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._send(theirs)
            ours.settimeout(2 * limits.seconds + GRACE_SECONDS)
            try:
                with suppress(BrokenPipeError, ConnectionResetError):  # it ended before it had read all: it says how
                    ours.sendall(orjson.dumps(asked) + b"\n")
                    ours.sendall(data)
                    ours.shutdown(socket.SHUT_WR)
                return _answer(ours)
            except TimeoutError:
                return OUT_OF_TIME, b""
            except OSError:
                return FAILED, b""

    def _send(self, connection: socket.socket) -> None:
        """Has a reader forked that works on a connection; once more where what it is forked from had ended."""
        with self._lock:
            try:
                socket.send_fds(self._started(), [b"+"], [connection.fileno()])
            except OSError:
                self._control = None
                socket.send_fds(self._started(), [b"+"], [connection.fileno()])

    def _started(self) -> socket.socket:
        server = self._server
        lives = self._owner == os.getpid() and server is not None and server.poll() is None
        if self._control is not None and lives:
            return self._control
        if self._control is not None:  # a copy of another process's, or of one that ended
            self._control.close()
        if server is not None and self._owner == os.getpid():
            server.wait()
        self._owner = os.getpid()
        ours, theirs = socket.socketpair()
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - this program, with this path and a socket
                [sys.executable, "-I", "-c", _BOOT, json.dumps(sys.path), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                env={"LANG": "C.UTF-8"},  # neither the address of the database nor that of the key
                start_new_session=True,
                cwd="/",
            )
        self._control = ours
        return ours


READERS = Readers()
"""The readers of this process."""

atexit.register(READERS.close)


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    with connection.makefile("rb") as received:
        head = received.read(1 + LENGTH.size)
        if len(head) < 1 + LENGTH.size:
            return FAILED, b""
        (length,) = LENGTH.unpack(head[1:])
        answer = received.read(length)
    return (head[:1], answer) if len(answer) == length else (FAILED, b"")


def _refusal(answer: bytes, refusals: tuple[type[DomainError], ...]) -> DomainError:
    refused = orjson.loads(answer)
    problems = [Problem.model_validate(problem) for problem in refused["problems"]]
    of_kind = next((kind for kind in refusals if kind.name == refused["error"]), None)
    if of_kind is None:
        return Malformed(problems)
    return of_kind(problems[0].found, accepted=problems[0].accepted, where=problems[0].where)


def _stopping() -> ReadersBusy:
    problem = "il servizio si sta fermando: il file non è stato letto"
    return ReadersBusy(problem, accepted="inviare di nuovo il file quando il servizio riparte")


def _too_costly(limit: str, setting: str) -> FileTooCostly:
    problem = f"la lettura richiede più di {limit}: è stata interrotta, e nulla è stato registrato"
    return FileTooCostly(problem, accepted=f"un file più semplice, o un limite più alto ({setting})", where="file")
