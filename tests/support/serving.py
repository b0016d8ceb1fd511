"""The service as a process of its own, and what it answers."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PROGRAM = "from api.cli import main; main()"


class Answered(NamedTuple):
    """An answer of HTTP."""

    status: int
    headers: Mapping[str, str]
    body: str


class Served:
    """A service that runs; what it printed is in `told` when it has ended."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    @property
    def told(self) -> str:
        """All that it printed so far."""
        return self.log.read_text(encoding="utf-8")

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """One request; a refusal is an answer too."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return Answered(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answered(error.code, dict(error.headers), error.read().decode())

    def until(self, status: int, path: str = "/v1/status", seconds: float = 40) -> Answered:
        """Asks until it is answered with this status."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self.ask(path)
            except OSError:
                answer = Answered(0, {}, "")
            if answer.status == status:
                return answer
            assert self.process.poll() is None, self.told
            assert time.monotonic() < deadline, (answer, self.told)
            time.sleep(0.1)


@contextmanager
def serving(database: str, folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """A service on a database, for a while; the database is said in the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / f"servizio-{port}.log"
    settings = {
        "INITINERE_DATABASE": database,
        "XDG_DATA_HOME": str(folder / "dati"),
        "COLUMNS": "200",
        "INITINERE_SIGN_IN": "open",
    }
    settings |= environment
    with (
        log.open("w", encoding="utf-8") as told,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "serve", "--port", str(port), *arguments],
            stdout=told,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **settings},
        ) as process,
    ):
        try:
            yield Served(process, port, log)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def serving_app(app: "ASGIApp", port: int = 0, certificate: Path | None = None) -> Iterator[str]:
    """An application served by a thread of this process, for a while; its origin, of TLS where it has a certificate."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="error", ws="none", lifespan="off", ssl_certfile=certificate
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        scheme = "https" if certificate else "http"
        yield f"{scheme}://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
