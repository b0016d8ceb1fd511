"""A PostgreSQL server of one test's own, that keeps what it acknowledged, and that may be struck or left without room."""

import os
import random
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from projections.store import postgres
from tests.conftest import _Server
from tests.support.disk import Tmpfs, tmpfs

SETTINGS = """
fsync = on
full_page_writes = on
synchronous_commit = on
min_wal_size = 2MB
"""
"""What the session's server does without, which dies with its data."""
ATTEMPTS = 50


class OwnServer(_Server):
    """Beside the session's server; its files of the log are of 1 MB, so that little room is soon used up by tables."""

    def start(self) -> None:
        """Starts it, and asks for all that makes what is acknowledged last."""
        super().start()
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(SETTINGS)
        self.restart()

    def restart(self) -> None:
        """Ends every process of the server at once, with no time for anything, and starts it again."""
        self._run("pg_ctl", "restart", "--wait", "--silent", "--mode=immediate", f"--log={self._folder / 'log'}")

    def kill_one(self) -> None:
        """Kills one of the processes that serve a connection; the server then ends the others, and recovers."""
        with closing(self._connected()) as connection:
            statement = (
                "SELECT pid FROM pg_stat_activity WHERE datname <> 'postgres' AND backend_type = 'client backend'"
            )
            backends = [row[0] for row in connection.execute(statement).fetchall()]
        if backends:
            struck = random.choice(backends)  # noqa: S311 - no secret hangs on it
            with suppress(ProcessLookupError):
                os.kill(struck, signal.SIGKILL)
            while Path(f"/proc/{struck}").exists():  # until the server has seen it
                time.sleep(0.01)
        self._connected().close()

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        deadline = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(self.url, autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def log(self) -> str:
        """What the server said."""
        return (self._folder / "log").read_text(encoding="utf-8")

    def limit_files(self, size: str = "unlimited") -> None:
        """Lets no file of the server grow over a size, in bytes; its log's, of 1 MB, must be within it."""
        postmaster = (self._data / "postmaster.pid").read_text(encoding="ascii").split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        user = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}
        for process in (postmaster, *children):
            command = ["prlimit", f"--pid={process}", f"--fsize={size}:"]
            limited = subprocess.run(command, check=False, cwd="/", **user)  # type: ignore[call-overload]
            assert limited.returncode == 0 or not Path(f"/proc/{process}").exists()  # it ended meanwhile

    @contextmanager
    def tablespace(self) -> Iterator[Tmpfs]:
        """A file system in memory as the tablespace `little`."""
        folder = self._folder / "little"
        folder.mkdir()
        with tmpfs(folder) as disk:
            self._give(folder)
            _do(self.url, f"create tablespace little location '{folder}'")
            yield disk

    def _run(self, program: str, *arguments: str) -> None:
        super()._run(program, *arguments, *(["--wal-segsize=1"] if program == "initdb" else []))


@contextmanager
def own_server(beneath: Path | None = None) -> Iterator[OwnServer]:
    """A server that is there for a while, with all its files beneath a folder."""
    beneath = beneath or Path(tempfile.gettempdir()).resolve()
    server = OwnServer(beneath / f"in-itinere-own-{secrets.token_hex(4)}")
    try:
        server.start()
        yield server
    finally:
        server.stop()


class HotStandby(OwnServer):
    """A standby of a server of a test's own, which streams from it and is read; its replay may be held back."""

    def __init__(self, folder: Path, primary: OwnServer) -> None:
        super().__init__(folder)
        self._primary = primary

    def start(self) -> None:
        """Copies the primary as it runs, and follows it."""
        self._folder.mkdir(mode=0o700)
        self._give(self._folder)
        if self._user and not self._reaches():
            self._copy()
        source = f"--dbname={self._primary.url}"
        self._run("pg_basebackup", f"--pgdata={self._data}", "--checkpoint=fast", "--write-recovery-conf", source)
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"unix_socket_directories = '{self._folder}'\n")
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._folder / 'log'}")

    def hold_back(self) -> None:
        """Receives, and shows nothing more of it."""
        _do(self.url, "SELECT pg_wal_replay_pause()")
        with closing(self._connected()) as connection:
            while connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                time.sleep(0.01)

    def go_on(self) -> None:
        """Shows what it received."""
        _do(self.url, "SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Waits until it shows all that its primary has recorded."""
        with closing(self._primary._connected()) as primary, closing(self._connected()) as own:
            (end,) = primary.execute("SELECT pg_current_wal_flush_lsn()").fetchone() or ("",)
            while own.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (end,)).fetchone() != (True,):
                time.sleep(0.01)


@contextmanager
def hot_standby(primary: OwnServer) -> Iterator[HotStandby]:
    """A standby that is there for a while."""
    standby = HotStandby(Path(tempfile.gettempdir()).resolve() / f"in-itinere-own-{secrets.token_hex(4)}", primary)
    try:
        standby.start()
        yield standby
    finally:
        standby.stop()


@contextmanager
def databases(url: str, options: str = "") -> Iterator[Callable[[], str]]:
    """Makes databases with our tables; gone at the end."""
    with ExitStack() as stack:

        def create() -> str:
            name = f"in_itinere_own_{secrets.token_hex(6)}"
            _do(url, f"create database {name} template template0 {options}")
            stack.callback(_do, url, f"drop database {name} with (force)")
            location = urlsplit(url)._replace(path=f"/{name}").geturl()
            postgres.migrate(location)
            return location

        yield create


def _do(url: str, statement: str) -> None:
    with closing(_connected(url)) as connection:
        connection.execute(statement.encode())


def _connected(url: str) -> psycopg.Connection[Any]:
    """A connection, once the server takes one: it may be said to have started while it still recovers."""
    for _ in range(ATTEMPTS):
        with suppress(psycopg.OperationalError):
            return psycopg.connect(url, autocommit=True)
        time.sleep(0.1)
    return psycopg.connect(url, autocommit=True)
