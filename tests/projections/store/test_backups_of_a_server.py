"""PostgreSQL's own backup, as docs/archivi.md tells it: put back, prepared, verified against an earlier checkpoint."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import CliRunner, Result

from api.cli import app
from projections.proof.kept_checkpoint import kept_path
from projections.store import postgres
from tests.support.harness import PLAN, ServiceHarness
from tests.support.server import OwnServer, databases, own_server


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A server whose own programs can be run."""
    with own_server() as server:
        yield server


def _initinere(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def _empty(server: OwnServer, name: str) -> str:
    with closing(psycopg.connect(server.url, autocommit=True)) as connection:
        connection.execute(f"create database {name} template template0".encode())
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def test_a_dump_is_restored_into_an_empty_database_and_verified(
    server: OwnServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    dump = str(server._folder / "initinere.dump")
    with databases(server.url) as make, own_server() as other:
        location = make()
        harness = ServiceHarness(location)
        harness.load()
        harness.store.close()
        checkpoint = _initinere("checkpoint", "--database", location)
        assert checkpoint.exit_code == 0
        (tmp_path / "prima.txt").write_text(checkpoint.stdout, encoding="utf-8")
        server._run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={location}")
        Path(dump).chmod(0o644)
        server._folder.chmod(0o755)
        restored = _empty(other, "ripristinato")
        other._run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={restored}", dump)
        refused = _initinere("plans", "--database", restored)
        assert (refused.exit_code, "initinere migrate" in refused.stderr) == (1, True)
        for words in (("migrate",), ("verify", "--against", str(tmp_path / "prima.txt")), ("show", PLAN)):
            done = _initinere(*words, "--database", restored)
            assert (words, done.exit_code) == (words, 0), done.output


def test_a_server_is_brought_back_to_an_instant_and_says_what_it_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def checkpoint(location: str, name: str) -> str:
        taken = _initinere("checkpoint", "--database", location)
        assert taken.exit_code == 0, taken.output
        (tmp_path / name).write_text(taken.stdout, encoding="utf-8")
        return str(tmp_path / name)

    with own_server() as server, own_server() as other:
        logs, base = server._folder / "archivio", server._folder / "base"
        logs.mkdir()
        server._give(logs)
        with (server._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"archive_mode = on\narchive_command = 'test ! -f {logs}/%f && cp %p {logs}/%f'\n")
        server.restart()
        location = _empty(server, "initinere")
        postgres.migrate(location)
        harness = ServiceHarness(location)
        harness.load()
        before = checkpoint(location, "prima.txt")
        server._run("pg_basebackup", f"--pgdata={base}", "--checkpoint=fast", f"--dbname={server.url}")
        assert _initinere("office", "cciaa-prova", "Servizio Studi", "--database", location).exit_code == 0
        until = checkpoint(location, "fino-a-qui.txt")
        with closing(psycopg.connect(server.url, autocommit=True)) as connection:
            (instant,) = connection.execute("select clock_timestamp()").fetchone() or ("",)
            assert _initinere("office", "cciaa-prova", "Per sbaglio", "--database", location).exit_code == 0
            lost = checkpoint(location, "perduto.txt")
            (last,) = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        harness.store.close()
        while not (logs / str(last)).exists():
            time.sleep(0.02)
        other._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
        shutil.rmtree(other._data)
        base.rename(other._data)
        with (other._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"archive_mode = off\nunix_socket_directories = '{other._folder}'\n"
                f"restore_command = 'cp {logs}/%f %p'\n"
                f"recovery_target_time = '{instant}'\nrecovery_target_action = promote\n"
            )
        (other._data / "recovery.signal").touch()
        other._give(other._data / "recovery.signal")
        logs.chmod(0o755)
        server._folder.chmod(0o755)
        other._run("pg_ctl", "start", "--wait", "--silent", f"--log={other._folder / 'log'}")
        with closing(psycopg.connect(other.url, autocommit=True)) as connection:
            while connection.execute("select pg_is_in_recovery()").fetchone() != (False,):
                time.sleep(0.02)
        restored = urlsplit(other.url)._replace(path="/initinere").geturl()
        # What lies beside the key says by itself what is lost, until whoever brought it back puts it aside.
        told = _initinere("verify", "--database", restored)
        assert (told.exit_code, "registro troncato" in told.output, "trovato: 22 eventi" in told.output) == (
            1,
            True,
            True,
        )
        kept = kept_path(tmp_path / "initinere" / "signing.key")
        kept.rename(kept.with_suffix(".messo-da-parte"))
        for against in (before, until):
            verified = _initinere("verify", "--against", against, "--database", restored)
            assert verified.exit_code == 0, verified.output
        found = _initinere("verify", "--against", lost, "--database", restored)
        assert (found.exit_code, "registro troncato" in found.output) == (1, True), found.output
        assert _initinere("office", "cciaa-prova", "Servizio Nuovo", "--database", restored).exit_code == 0


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("drop table fact", "Archivio danneggiato"),
        ("drop table receipt", "Archivio danneggiato"),
        ("drop table next_leaf", "Archivio danneggiato"),
        ("drop table preview, checkpoint, edge", "Archivio danneggiato"),
        ("delete from meta", "Archivio non utilizzabile"),
        ("drop table meta", "Archivio non utilizzabile"),
    ],
)
def test_a_dump_that_was_restored_in_part_is_refused_by_every_command(
    server: OwnServer, statement: str, name: str
) -> None:
    with databases(server.url) as make:
        location = make()
        with closing(psycopg.connect(location, autocommit=True)) as connection:
            connection.execute(statement.encode())
        for words in (("plans",), ("verify",), ("checkpoint",), ("export", PLAN)):
            refused = _initinere(*words, "--database", location)
            assert (words, refused.exit_code, name in refused.stderr) == (words, 1, True)
