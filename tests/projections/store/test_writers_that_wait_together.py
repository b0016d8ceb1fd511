"""Writers that wait together stand each for itself: what fails, fails alone, or all of it is as if never begun."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date

import pytest
from eventsourcing.persistence import PersistenceError

from domain.errors import ConcurrentChange
from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Pending, SaltedText
from projections.proof.live_verification import verify_database
from projections.store import postgres
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

WRITERS = 12
DAY = date(2022, 3, 1)
SPOILED = "plan/guasto"
FAILURES = {
    "file": "CREATE TRIGGER spoil BEFORE INSERT ON leaf WHEN new.originator_id = 'plan/guasto' BEGIN SELECT RAISE({}, 'guasto'); END",
    "server": "CREATE TRIGGER spoil BEFORE INSERT ON leaf FOR EACH ROW WHEN (new.originator_id = 'plan/guasto') "
    "EXECUTE FUNCTION spoil()",
}


@pytest.fixture(params=[("file", "ABORT"), ("file", "ROLLBACK"), ("server", "ABORT")], ids=" ".join)
def spoiled(request: pytest.FixtureRequest) -> Iterator[tuple[Store, str, str]]:
    """A store on which a projection of one plan fails, in the database; ROLLBACK undoes all, as a full disk does.

    With it, how it fails, and the statement that mends it.
    """
    kind, how = request.param
    location = str(request.getfixturevalue("sqlite_path" if kind == "file" else "postgres_url"))
    if kind == "server":
        postgres.migrate(location)
    with closing(Store(location)) as store:
        with store.datastore.cursor(commit=True) as cursor:
            if kind == "server":
                body = "BEGIN RAISE EXCEPTION 'guasto'; END"
                cursor.execute(f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
            cursor.execute(FAILURES[kind].format(how))
        yield store, how, "DROP TRIGGER spoil" + (" ON leaf" if kind == "server" else "")


def _append(stream: str, name: str) -> Append:
    said = SaltedText(salt="5a" * 16, text=name)
    pending = Pending(ObjectiveWithdrawn(objective=name), DAY, justification=said)
    other = StreamAppend(f"plan/beside-{name}", 0, (pending._replace(justification=None),))
    return Append(name, "", "prova", (other, StreamAppend(stream, 0, (pending,))))


@contextmanager
def _held(store: Store) -> Iterator[None]:
    """Somebody writes, and all the others wait."""
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute("INSERT INTO receipt (administration, command_id, request, answer) VALUES ('', 'primo', '', '')")
        yield
        time.sleep(0.3)


def test_a_projection_that_fails_among_writers_leaves_no_event_of_its_own_and_all_of_the_others(
    spoiled: tuple[Store, str, str],
) -> None:
    store, how, mended = spoiled
    names = [f"n{number}" for number in range(WRITERS)]
    streams = {name: SPOILED if number % 4 == 3 else f"plan/{name}" for number, name in enumerate(names)}

    def write(name: str) -> bool:
        try:
            store.append(_append(streams[name], name))
        except (ConcurrentChange, PersistenceError, sqlite3.Error):
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        with _held(store):
            waiting = [pool.submit(write, name) for name in names]
            time.sleep(0.2)
        written = {name for name, one in zip(names, waiting, strict=True) if one.result(30)}
    assert not any(streams[name] == SPOILED for name in written)
    if how == "ABORT":
        assert written == {name for name in names if streams[name] != SPOILED}
    with store.datastore.cursor(commit=True) as cursor:  # a trigger that stands there is an alteration by itself
        cursor.execute(mended)
    with store.datastore.cursor() as cursor:
        verify_database(cursor)
        recorded = [str(row[0]) for row in cursor.execute("SELECT originator_id FROM stored_events").fetchall()]
        assert sorted(recorded) == sorted([f"plan/beside-{n}" for n in written] + [streams[n] for n in written])
        assert {row[0] for row in cursor.execute("SELECT command_id FROM receipt").fetchall()} == {"primo", *written}
        assert {row[0] for row in cursor.execute("SELECT text FROM text").fetchall()} == written
    left = [name for name in names if name not in written and streams[name] != SPOILED]
    assert [write(name) for name in left] == [True] * len(left)
