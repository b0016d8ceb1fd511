"""A database that is locked, starts, stops, recovers or only reads is busy: 503 with when to try again, and then goes on."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import psycopg
import pytest
from click.testing import CliRunner, Result

from api.cli import app
from projections.store import postgres, sqlite
from tests.support.harness import PLAN, document
from tests.support.server import OwnServer, databases, own_server
from tests.support.serving import PROGRAM, Answered, Served, serving

_LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "reading":
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
connection.execute("BEGIN EXCLUSIVE")
connection.execute("UPDATE followed SET position = position")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def _locked(path: Path, against: str) -> Iterator[None]:
    """Another process keeps a file to itself: against `writing`, or against `reading` too."""
    with subprocess.Popen(
        [sys.executable, "-c", _LOCKS, path, against], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield
        process.kill()


def _initinere(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def _is_busy(answer: Answered) -> None:
    assert (answer.status, "store-busy" in answer.body) == (503, True), answer
    assert int(answer.headers["retry-after"]) > 0
    assert "segreto" not in answer.body


WRITES_AT = "https://piani.camera.example"


def _is_read_only(answer: Answered) -> None:
    assert (answer.status, "store-read-only" in answer.body) == (503, True), answer
    assert int(answer.headers["retry-after"]) > 0
    assert f"lo stesso comando a {WRITES_AT}" in answer.body


def _is_read_only_on_the_line(done: Result) -> None:
    assert (done.exit_code, "Archivio in sola lettura" in done.stderr) == (1, True), done.output
    assert "lo stesso comando al server primario" in done.stderr


def _is_busy_on_the_line(done: Result) -> None:
    assert (done.exit_code, "Archivio momentaneamente non disponibile" in done.stderr) == (1, True), done.output
    assert "riprovare fra" in done.stderr


def _import(served: Served, plan: str = PLAN) -> Answered:
    content = document(plan={"id": plan, "title": "T", "first_year": 2022, "last_year": 2024})
    return served.ask(
        "/v1/plans", orjson.dumps(content), Content_Type="application/json", Actor="prova", Idempotency_Key=plan
    )


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the small plan."""
    monkeypatch.setenv("INITINERE_DATABASE", str(tmp_path / "archivio.sqlite"))
    (tmp_path / "piano.json").write_bytes(orjson.dumps(document()))
    assert _initinere("import", str(tmp_path / "piano.json")).exit_code == 0
    return tmp_path / "archivio.sqlite"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnServer]:
    """A server of this test's own, to be stopped and started."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "dati"))
    with own_server() as server:
        yield server


def test_a_locked_file_is_busy_on_the_command_line(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    with _locked(archive, "writing"):
        _is_busy_on_the_line(_initinere("office", "cciaa-prova", "Servizio Studi"))
        assert _initinere("plans").exit_code == 0
    with _locked(archive, "reading"):
        for words in (("plans",), ("verify",), ("migrate",), ("export", PLAN)):
            _is_busy_on_the_line(_initinere(*words))
    assert _initinere("plans").exit_code == 0


def test_a_service_starts_on_a_locked_file_and_goes_on_when_it_is_free(archive: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        with _locked(archive, "reading"):
            served = stack.enter_context(serving(str(archive), tmp_path))
            _is_busy(served.until(503))
            _is_busy(served.ask("/v1/plans"))
            assert "risponde 503" in served.told
        served.until(200)
        assert PLAN in served.ask("/v1/plans").body
        assert _import(served, "altro-2022-2024").status == 201
        assert "Traceback" not in served.told


def test_a_service_waits_for_a_server_that_is_not_up_yet_and_outlives_its_restart(
    server: OwnServer, tmp_path: Path
) -> None:
    with databases(server.url) as make:
        location = make()
        address = urlsplit(location)._replace(query=f"{urlsplit(location).query}&password=segreto").geturl()
        server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
        _is_busy_on_the_line(_initinere("plans", "--database", location))
        with serving(address, tmp_path) as served:
            _is_busy(served.until(503))
            _is_busy(served.ask("/v1/plans"))
            server._run("pg_ctl", "start", "--wait", "--silent", f"--log={server._folder / 'log'}")
            served.until(200)
            assert _import(served).status == 201
            # A restart in between, and a longer absence, need no restart of the service.
            server.restart()
            served.until(200)
            server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
            _is_busy(served.until(503))
            _is_busy(_import(served, "altro-2022-2024"))
            server._run("pg_ctl", "start", "--wait", "--silent", f"--log={server._folder / 'log'}")
            served.until(200)
            assert PLAN in served.ask("/v1/plans").body
            assert "segreto" not in served.told
            assert "Traceback" not in served.told


def test_a_follower_waits_for_its_server_and_outlives_a_restart(server: OwnServer, tmp_path: Path) -> None:
    with databases(server.url) as make:
        location = make()
        server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
        words = [sys.executable, "-c", PROGRAM, "follow", "--database", location]
        log = tmp_path / "follow.log"
        with log.open("wb") as output:
            follower = subprocess.Popen(words, stderr=output, stdout=subprocess.DEVNULL, cwd=tmp_path)
        try:
            _says(follower, log, "Si riprova")
            server._run("pg_ctl", "start", "--wait", "--silent", f"--log={server._folder / 'log'}")
            _says(follower, log, "Si riprova.*Al passo")
            server.restart()
            _says(follower, log, "Al passo.*Si riprova.*Al passo")
            follower.send_signal(signal.SIGTERM)
            assert follower.wait(60) == 0
        finally:
            follower.kill()
            follower.wait()


def _says(process: "subprocess.Popen[bytes]", log: Path, pattern: str) -> None:
    """Waits until a process has written this, for a minute at the most."""
    deadline = time.monotonic() + 60
    while not re.search(pattern, log.read_text(encoding="utf-8"), re.DOTALL):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def test_a_server_that_only_reads_is_busy_for_who_writes_and_answers_who_reads(
    server: OwnServer, tmp_path: Path
) -> None:
    with databases(server.url) as make:
        location = make()
        with serving(location, tmp_path, INITINERE_WRITES_AT=WRITES_AT) as served:
            served.until(200)
            assert _import(served).status == 201
            _set(server.url, "alter system set default_transaction_read_only = on")
            assert PLAN in served.ask("/v1/plans").body
            _is_read_only(_import(served, "altro-2022-2024"))
            _is_read_only_on_the_line(_initinere("office", "cciaa-prova", "Servizio Studi", "--database", location))
            assert _initinere("plans", "--database", location).exit_code == 0
            _set(server.url, "alter system reset default_transaction_read_only")
            assert _import(served, "altro-2022-2024").status == 201


def test_a_service_under_which_a_later_program_has_migrated_says_so(postgres_url: str, tmp_path: Path) -> None:
    postgres.migrate(postgres_url)
    with serving(postgres_url, tmp_path) as served:
        served.until(200)
        assert _import(served).status == 201
        with psycopg.connect(postgres_url) as later:
            later.execute("ALTER TABLE append RENAME COLUMN originator_id TO of_stream")
            later.execute("UPDATE meta SET version = version + 1")
        for answer in (served.ask(f"/v1/plans/{PLAN}?as_of=2022-03-01"), _import(served, "altro-2022-2024")):
            _is_busy(answer)
            assert "aggiornato da un programma più recente" in answer.body


def test_a_server_that_recovers_is_busy_and_a_standby_only_reads(server: OwnServer, tmp_path: Path) -> None:
    with databases(server.url) as make:
        location = make()
        (tmp_path / "piano.json").write_bytes(orjson.dumps(document()))
        assert _initinere("import", str(tmp_path / "piano.json"), "--database", location).exit_code == 0
        imported = time.monotonic()
        standby = server._data / "standby.signal"
        server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
        standby.touch()
        server._give(standby)
        server._run("pg_ctl", "start", "--wait", "--silent", f"--log={server._folder / 'log'}")
        _is_read_only_on_the_line(_initinere("office", "cciaa-prova", "Servizio Studi", "--database", location))
        _is_read_only_on_the_line(_initinere("follow", "--once", "--database", location))
        _is_read_only_on_the_line(_initinere("rebuild", "--database", location))
        _is_read_only_on_the_line(_initinere("rebuild", "--check", "--database", location))
        assert _initinere("plans", "--database", location).exit_code == 0
        with serving(location, tmp_path, INITINERE_WRITES_AT=WRITES_AT) as served:
            served.until(200)
            assert PLAN in served.ask("/v1/plans").body
            _is_read_only(_import(served, "altro-2022-2024"))
            # What is not followed yet is said, and not written.
            across = served.ask("/v1/change-rates?year=2022")
            assert across.status == 200
            assert orjson.loads(across.body)["followed"]["behind"] > 0
            # It receives from nobody: what was known lately may be more than it has. An instant is asked in whole seconds:
            # that of 61 ago, cut, lies less than a minute before the import only two seconds after it.
            time.sleep(max(0, imported + 2 - time.monotonic()))
            for seconds in (1, 61):
                lately = datetime.now(UTC) - timedelta(seconds=seconds)
                behind = served.ask(f"/v1/plans/{PLAN}?as_of=2022-12-31&known_at={lately:%Y-%m-%dT%H:%M:%SZ}")
                assert (behind.status, "standby-behind" in behind.body) == (503, True), behind
            server._run("pg_ctl", "promote", "--wait", "--silent")
            assert _import(served, "altro-2022-2024").status == 201
        # Not yet consistent, it takes no connection at all.
        server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
        standby.touch()
        server._give(standby)
        with (server._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write("hot_standby = off\n")
        server._run("pg_ctl", "start", "--no-wait", "--silent", f"--log={server._folder / 'log'}")
        _is_busy_on_the_line(_initinere("plans", "--database", location))
        server._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
        standby.unlink()
        server._run("pg_ctl", "start", "--wait", "--silent", f"--log={server._folder / 'log'}")


def test_a_server_without_a_connection_left_is_busy(postgres_url: str, tmp_path: Path) -> None:
    postgres.migrate(postgres_url)
    name = urlsplit(postgres_url).path.strip("/")
    role = f"ospite_{name[-12:]}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"create role {role} login connection limit 0".encode())
    try:
        postgres.migrate(postgres_url, role)
        location = urlsplit(postgres_url)._replace(netloc=f"{role}@{_host(postgres_url)}").geturl()
        _is_busy_on_the_line(_initinere("plans", "--database", location))
        with serving(location, tmp_path) as served:
            _is_busy(served.until(503))
            with psycopg.connect(postgres_url, autocommit=True) as owner:
                owner.execute(f"alter role {role} connection limit -1".encode())
            served.until(200)
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute(f"drop owned by {role}; drop role {role}".encode())


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _set(url: str, statement: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute(statement.encode())
        connection.execute("select pg_reload_conf()")
        connection.execute("select pg_sleep(0.5)")


def test_a_service_does_not_start_on_what_it_will_never_open(tmp_path: Path) -> None:
    (tmp_path / "testo").write_text("testo, e non un archivio" * 40, encoding="ascii")
    for database in (str(tmp_path / "testo"), str(tmp_path), "postgresql://u:se/gr@h/d"):
        with serving(database, tmp_path) as served:
            assert served.process.wait(60) == 1
            assert "Archivio non utilizzabile" in served.told
            assert "Traceback" not in served.told


def test_a_damaged_file_is_not_served(archive: Path, tmp_path: Path) -> None:
    with archive.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(os.urandom(4096))
    with serving(str(archive), tmp_path) as served:
        assert served.process.wait(60) == 1
        assert "Archivio danneggiato" in served.told


def test_a_file_that_is_damaged_while_it_is_served_is_said_to_be(archive: Path, tmp_path: Path) -> None:
    with serving(str(archive), tmp_path) as served:
        served.until(200)
        with archive.open("r+b") as file:
            file.seek(4096)
            file.write(bytes(archive.stat().st_size - 4096))
        answer = served.ask(f"/v1/plans/{PLAN}?as_of=2022-03-03")
        assert (answer.status, "store-damaged" in answer.body, "retry-after" in answer.headers) == (503, True, False)


def test_a_lock_of_the_library_does_not_outlive_a_connection_that_failed(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_pool: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    with closing(sqlite.Datastore(str(archive))) as datastore:
        datastore.prepare(patient=True)
        datastore.pool._pool.clear()
        with monkeypatch.context() as patched:
            patched.setattr(type(datastore.pool), "_create_connection", fails)
            with pytest.raises(sqlite3.OperationalError), datastore.cursor(commit=True):
                pass
        with datastore.cursor(commit=True) as cursor:
            cursor.execute("UPDATE followed SET position = position")
