"""PostgreSQL's own backup, as docs/archivi.md tells it: put back, prepared, verified against an earlier checkpoint."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import CliRunner, Result

from api.cli import app
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
