"""The processes that serve: one by itself, or several under one that starts them, watches them, and ends them together.

What they must know of each other stands in the database (sessions, tokens, attempts to sign in, previews), or in memory that
they share (how many requests there were): a process that is killed takes nothing along but the requests it was answering.
"""

import logging
import os
import signal
import threading
from collections.abc import MutableSequence
from functools import partial
from multiprocessing import parent_process
from multiprocessing.sharedctypes import RawArray
from socket import socket
from time import monotonic
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from projections.store.gc_tuning import collect_rarely, starting

with starting():
    from api.http.app import create_app
    from api.http.connections import BACKLOG, SERVED, ConnectionLimits, ConnectionTable
    from api.http.framing import MAX_HEAD_BYTES
    from api.http.listening import SharingServer
    from api.http.logs import configure_logs
    from api.http.network import require_declared
    from api.http.request_counts import RequestCounts, SharedMemory
    from api.settings import Settings
    from domain.errors import DomainError

log = logging.getLogger("api.http")
SILENT_SECONDS = 60
"""After how long a process that does not even say that it is there is ended, and another begun."""


class WatchedProcess(Process):
    """One of several processes, asked whether it is there and not waited for: the others are watched meanwhile.

    One that is starting answers nobody yet; who waited for it would neither replace one that was killed, nor end.
    """

    asked_at: float | None = None

    def __init__(self, config: uvicorn.Config, sockets: list[socket], held: MutableSequence[int], place: int) -> None:
        super().__init__(config, sockets)
        self._held = held
        self._place = place

    @property
    def server(self) -> SharingServer:
        """The server of this process, made in it."""
        if not isinstance(self._server, SharingServer):
            self._server = SharingServer(self.config, self._held, self._place)
        return self._server

    def ping(self, timeout: float = SILENT_SECONDS) -> bool:
        """Whether it has answered what it was asked, or may still."""
        try:
            while self.parent_conn.poll():
                self.parent_conn.recv()
                self.asked_at = None
            if self.asked_at is None:
                self.parent_conn.send(b"ping")
                self.asked_at = monotonic()
        except (OSError, EOFError):
            return False
        return monotonic() - self.asked_at < timeout


class Watch(Multiprocess):
    """Begins the processes, and another in the place of each that is gone, or silent."""

    def init_processes(self) -> None:
        """Begins them all."""
        self._held = RawArray("I", self.processes_num)
        self.processes = [self._begun(place) for place in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Replaces each that is gone or silent; ends with one that cannot serve, for another could not either."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set() or process.is_alive(timeout=SILENT_SECONDS):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                log.error("process %s cannot serve: the service ends", process.pid)
                self.should_exit.set()
                return
            log.warning("process %s is gone: another takes its place", process.pid)
            self.processes[place] = self._begun(place)

    def _begun(self, place: int) -> WatchedProcess:
        self._held[place] = 0
        process = WatchedProcess(self.config, self.sockets, self._held, place)
        process.start()
        return process


def serve(settings: Settings) -> None:
    """Serves until it is stopped; AddressRefused where too little is declared for the address."""
    require_declared(settings)
    configure_logs(settings.log, of_requests=settings.log_requests)
    if settings.workers == 1:
        uvicorn.run(_ready(settings, None), **_how(settings))
        return
    counts = RequestCounts()
    config = uvicorn.Config(
        partial(_worker, settings, counts.shared),
        factory=True,
        workers=settings.workers,
        **_how(settings),
    )
    listening = config.bind_socket()
    try:
        Watch(config, sockets=[listening]).run()
    finally:
        listening.close()
        counts.close()


def _how(settings: Settings) -> dict[str, Any]:
    """What the server is told; in the parent of several it is handed to each of them, so it is plain data."""
    return {
        "host": settings.host,
        "port": settings.port,
        "proxy_headers": False,
        "server_header": False,
        "log_config": None,
        "access_log": False,
        "http": SERVED,
        "h11_max_incomplete_event_size": MAX_HEAD_BYTES,
        "ws": "none",
        "backlog": BACKLOG,
        "timeout_keep_alive": settings.idle_seconds,
        "timeout_graceful_shutdown": _stop_seconds(settings),
    }


def _stop_seconds(settings: Settings) -> int:
    return (settings.stop_seconds + 1) // 2


def _worker(settings: Settings, counted_in: SharedMemory) -> FastAPI:
    """The application of one of several processes; called in it."""
    configure_logs(settings.log, of_requests=settings.log_requests)
    threading.Thread(target=_end_with_the_parent, name="parent", daemon=True).start()
    try:
        return _ready(settings, counted_in)
    except DomainError as error:
        log.error("this process cannot serve: %s", error)  # noqa: TRY400 - what is refused needs no trace
        raise SystemExit(STARTUP_FAILURE) from None  # another in its place could not either


def _ready(settings: Settings, counted_in: SharedMemory | None) -> FastAPI:
    with starting():
        SERVED.table = ConnectionTable(ConnectionLimits.of(settings))
        app = create_app(settings, counted_in=counted_in)
    app.state.stop_seconds = _stop_seconds(settings)
    collect_rarely()
    return app


def _end_with_the_parent() -> None:
    """A parent that is killed can end nobody: its processes end by themselves, and the address is free again."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
