"""The process from which the readers of files are forked: one for each file, ended by the kernel beyond its limits.

It has no database, no key and none of the environment of the service, and imports what reads beforehand, so that a
reader begins within milliseconds. `api.formats.readers` starts it and speaks with it.
"""

import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable

import orjson

from domain.errors import DomainError, Malformed

PRELOADED = (
    "api.imports.reading",
    "api.imports.collection_reading",
    "api.formats.json_reader",
    "api.paper.docx_template",
    "api.paper.setting",
)
"""What the readers import; a task is a function of one of these: (the file, its options) -> the answer, in JSON; of what
sets a paper, its file."""

LENGTH = struct.Struct(">Q")
ANSWERED, REFUSED, OUT_OF_MEMORY, OUT_OF_TIME, FAILED = b"A", b"R", b"M", b"T", b"F"
"""How a reader ends: the first byte of what it sends, before the length of the rest and the rest."""

_MEMORY_EXIT = 3
_WITHOUT_MEMORY = {_MEMORY_EXIT, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGSEGV}
"""How a process ends that did not get memory: by itself, by the kernel, by a library that cannot go on without."""
_NICE = 5
"""Readers give way to the service."""


def main() -> None:
    """Forks a reader for each connection that comes through the socket, until that is closed; then ends them all."""
    control = socket.socket(fileno=int(sys.argv[2]))
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what was imported stays shared between the readers
    awake, waker = socket.socketpair()
    for end in (awake, waker):
        end.settimeout(0)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    readers: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([control, awake], [], [])
        if awake in ready:
            awake.recv(4_096)
            _bury(readers)
        if control in ready:
            sign, received, _, _ = socket.recv_fds(control, 1, 1)
            if not sign:
                os.killpg(0, signal.SIGKILL)
            connection = socket.socket(fileno=received[0])
            pid = os.fork()
            if pid == 0:
                for other in (control, awake, waker, *readers.values()):
                    other.close()
                _read(connection)
            readers[pid] = connection


def _bury(readers: dict[int, socket.socket]) -> None:
    """Says of each reader that ended without an answer how it ended."""
    while readers:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with readers.pop(pid) as connection:
            connection.settimeout(0)
            if (how := _ended(os.waitstatus_to_exitcode(status))) is not None:
                try:
                    connection.sendall(how + LENGTH.pack(0))
                except OSError:  # whoever asked has gone, or has half of an answer before it
                    continue


def _ended(code: int) -> bytes | None:
    if code in {-signal.SIGXCPU, -signal.SIGALRM}:
        return OUT_OF_TIME
    if code in _WITHOUT_MEMORY:
        return OUT_OF_MEMORY
    return None if code == 0 else FAILED


def _read(connection: socket.socket) -> None:
    """One reader: never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.nice(_NICE)
        with connection.makefile("rb") as sent:
            asked = json.loads(sent.readline())
            _limit(asked["seconds"], asked["memory"])
            data = sent.read()
        answer = _answered(asked["task"], data, asked["options"])
        connection.sendall(answer)
        code = 0
    except MemoryError:
        code = _MEMORY_EXIT
    except BrokenPipeError:
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the reader ends with it
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds)  # of the clock on the wall: it may have waited for its turn


def _answered(task: str, data: bytes, options: dict[str, object]) -> bytes:
    module, _, name = task.partition(":")
    if module not in PRELOADED:
        raise ValueError(task)
    function: Callable[[bytes, dict[str, object]], bytes] = getattr(importlib.import_module(module), name)
    try:
        kind, answer = ANSWERED, function(data, options)
    except DomainError as error:
        problems = error.problems if isinstance(error, Malformed) else [error.problem]
        refusal = {"error": error.name, "problems": [problem.model_dump() for problem in problems]}
        kind, answer = REFUSED, orjson.dumps(refusal)
    return kind + LENGTH.pack(len(answer)) + answer
