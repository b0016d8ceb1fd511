"""What only PostgreSQL has: the schema made by a command, a role that only appends, a feed that holds, processes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from psycopg import sql

from api.cli import app
from domain.annulments.events import EventsAnnulled
from domain.errors import StoreBusy, StoreRefused
from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Pending
from domain.timelines import fold
from projections.proof.live_verification import verify_database
from projections.rebuild import check_projections, rebuild
from projections.store import postgres, schema
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from tests.projections.test_facts_agree_with_the_fold import STEPS, STREAM, _points
from tests.support.harness import ServiceHarness

DAY = date(2022, 3, 1)


def _append(stream: str, expected: int = 0) -> Append:
    pending = (Pending(ObjectiveWithdrawn(objective="uno"), DAY),)
    return Append(uuid4().hex, "", "prova", (StreamAppend(stream, expected, pending),))


def _do(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _tables(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()


@pytest.fixture
def migrated(postgres_url: str) -> str:
    """URL of a database with our tables."""
    assert postgres.migrate(postgres_url) == (0, schema.SCHEMA_VERSION)
    return postgres_url


@pytest.fixture
def store(migrated: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with closing(Store(migrated)) as store:
        assert isinstance(store.datastore, postgres.Datastore)
        for pool in store.datastore.opened():  # what connects draws at random beside Hypothesis, which minds
            pool.wait()
        yield store


# -- the schema --------------------------------------------------------------------------------------------------------


def test_a_store_is_not_made_by_starting(postgres_url: str) -> None:
    with pytest.raises(StoreRefused) as refused:
        Store(postgres_url)
    assert "initinere migrate" in refused.value.problem.accepted
    assert _tables(postgres_url) == []


def test_migrating_twice_changes_nothing(migrated: str) -> None:
    with closing(ServiceHarness(migrated).store) as store:
        store.append(_append(STREAM))
    assert postgres.migrate(migrated) == (schema.SCHEMA_VERSION, schema.SCHEMA_VERSION)
    with closing(Store(migrated)) as store:
        assert store.head(STREAM).version == 1


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE cose (nome text)", "CREATE TABLE meta (product text, version integer)"]
)
def test_a_database_of_another_program_is_refused_and_untouched(postgres_url: str, statement: str) -> None:
    _do(postgres_url, statement)
    before = _tables(postgres_url)
    for opening in (Store, postgres.migrate):
        with pytest.raises(StoreRefused, match="altro programma"):
            opening(postgres_url)
    assert _tables(postgres_url) == before


def test_a_newer_database_is_refused_and_an_older_one_names_the_command(migrated: str) -> None:
    _do(migrated, f"UPDATE meta SET version = {schema.SCHEMA_VERSION + 1}")
    for opening in (Store, postgres.migrate):
        with pytest.raises(StoreRefused, match="questo programma legge"):
            opening(migrated)
    _do(migrated, f"UPDATE meta SET version = {schema.SCHEMA_VERSION - 1}")
    with pytest.raises(StoreRefused) as refused:
        Store(migrated)
    assert "initinere migrate" in refused.value.problem.accepted


def test_a_server_that_is_not_there_is_a_refusal_that_keeps_the_password() -> None:
    with pytest.raises(StoreBusy) as refused:
        Store("postgresql://ufficio:segretissimo@127.0.0.1:1/niente")
    assert "segretissimo" not in str(refused.value)


def test_the_command_migrates(postgres_url: str, tmp_path: Any) -> None:
    for said in ("ora è", "era già"):
        done = CliRunner().invoke(app, ["migrate", "--database", postgres_url])
        assert (done.exit_code, said in done.output) == (0, True)
    done = CliRunner().invoke(app, ["migrate", "--json", "--database", str(tmp_path / "nuovo.sqlite")])
    assert done.exit_code == 0
    done = CliRunner().invoke(app, ["migrate", "--append-only-role", "x", "--database", str(tmp_path / "nuovo.sqlite")])
    assert done.exit_code == 1


def test_every_table_has_its_rights_and_every_version_its_migration(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {row[0] for row in rows} == set(schema.RIGHTS)
    assert set(schema.MIGRATIONS) == set(range(2, schema.SCHEMA_VERSION + 1))


def test_a_role_that_only_appends_serves_and_cannot_change_an_event(postgres_url: str) -> None:
    role = f"solo_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    try:
        postgres.migrate(postgres_url, role)
        url = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20role%3D{role}"
        with closing(ServiceHarness(url).store) as store:
            store.append(_append(STREAM))
            store.append(_append(STREAM, 1))
            assert rebuild(store) == 2
            assert store.head(STREAM).version == 2
        for statement in (
            "UPDATE stored_events SET topic = ''",
            "DELETE FROM stored_events",
            "TRUNCATE stored_events",
            "DROP TABLE stored_events",
            "DELETE FROM receipt",
            "UPDATE checkpoint SET note = ''",
            "UPDATE meta SET version = 0",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                _do(url, statement)
    finally:
        _do(postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


# -- the feed ----------------------------------------------------------------------------------------------------------


def _feed(store: Store, after: int = 0, count: int = 1) -> list[str]:
    """The streams of the feed, once it shows as many: other databases of the server hold it too."""
    shown: list[str] = []
    for _ in range(500):
        with store.reading() as reader:
            shown = [str(row.originator_id) for row in reader.select_notifications(after, inclusive_of_start=False)]
        if len(shown) >= count:
            break
        time.sleep(0.02)
    return shown


def test_an_event_that_commits_late_is_never_behind_who_reads_on(store: Store, migrated: str) -> None:
    insert = "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) VALUES ('', 'plan/b', 1, 't', '')"
    with psycopg.connect(migrated) as late:
        late.execute(insert.encode())  # takes the first position, and commits last
        store.append(_append("plan/a"))
        with store.reading() as reader:
            assert reader.select_notifications() == []
            assert [row.originator_id for row in reader.select_notifications(stream="plan/a")] == ["plan/a"]
    assert _feed(store, count=2) == ["plan/b", "plan/a"]
    with store.reading() as reader:
        first, second = reader.select_notifications()
        assert _feed(store, first.id) == ["plan/a"]
        assert reader.select_notifications(second.id, inclusive_of_start=False) == []
        assert reader.select_notifications(second.id + 100) == []


def test_a_position_is_read_on_from_in_the_order_of_transactions(store: Store, migrated: str) -> None:
    insert = "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) VALUES ('', 'plan/b', 1, 't', '')"
    with psycopg.connect(migrated) as late:
        late.execute("SELECT pg_current_xact_id()")  # the lower transaction takes the greater position
        store.append(_append("plan/a"))
        late.execute(insert.encode())
    assert _feed(store, count=2) == ["plan/b", "plan/a"]
    with store.reading() as reader:
        first, second = reader.select_notifications()
        assert first.id > second.id
        assert [row.originator_id for row in reader.select_notifications(first.id)] == ["plan/b", "plan/a"]
        assert reader.select_notifications(second.id, inclusive_of_start=False) == []


def test_a_record_brought_from_another_server_waits_for_its_migration(store: Store, migrated: str) -> None:
    store.append(_append("plan/a"))
    store.append(_append("plan/b"))
    _do(migrated, "UPDATE stored_events SET transaction = '99999999999'")
    with pytest.raises(StoreRefused) as refused:
        Store(migrated)
    assert "initinere migrate" in refused.value.problem.accepted
    postgres.migrate(migrated)
    with closing(Store(migrated)) as moved:
        moved.append(_append("plan/c"))
        assert _feed(moved, count=3) == ["plan/a", "plan/b", "plan/c"]


def test_a_reader_sees_one_snapshot_and_cannot_write(store: Store) -> None:
    with store.reading() as reader:
        assert reader.head(STREAM).version == 0
        store.append(_append(STREAM))
        assert reader.head(STREAM).version == 0
        rebuild(store)
        assert reader.streams("plan/") == []
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.cursor.execute("DELETE FROM append")


# -- writers -----------------------------------------------------------------------------------------------------------

_PROGRAM = """
import sys
from datetime import date
from domain.errors import ConcurrentChange
from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Pending
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
url, name = sys.argv[1:]
store = Store(url)
for turn in range(25):
    while True:
        pending = (Pending(ObjectiveWithdrawn(objective=name), date(2022, 3, 1)),) * 2
        part = StreamAppend("plan/prova", store.head("plan/prova").version, pending)
        try:
            store.append(Append(f"{name}-{turn}", "", "prova", (part,)))
            break
        except ConcurrentChange:
            pass
store.close()
"""


def test_processes_that_write_to_one_plan_record_everything_without_a_gap(store: Store, migrated: str) -> None:
    started = [subprocess.Popen([sys.executable, "-c", _PROGRAM, migrated, f"p{turn}"]) for turn in range(3)]
    assert [one.wait(60) for one in started] == [0, 0, 0]
    with store.reading() as reader:
        records = reader.records(STREAM)
        assert [r.version for r in records] == list(range(1, 151))
        assert len({r.command_id for r in records}) == 75
        instants = [r.recorded_at for r in records if r.version % 2]
        assert instants == sorted(set(instants))


def test_a_rebuild_among_writers_leaves_what_they_record(store: Store, migrated: str) -> None:
    started = [subprocess.Popen([sys.executable, "-c", _PROGRAM, migrated, f"p{turn}"]) for turn in range(2)]
    while any(one.poll() is None for one in started):
        rebuild(store)
    assert [one.wait(60) for one in started] == [0, 0]
    with store.datastore.cursor() as cursor:
        questions = (
            "SELECT originator_id, recorded_at, first, last, horizon FROM append ORDER BY 1, 2",
            "SELECT * FROM edge",
        )
        before = [cursor.execute(question).fetchall() for question in questions]
    rebuild(store)
    with store.datastore.cursor() as cursor:
        assert [cursor.execute(question).fetchall() for question in questions] == before


# -- the fold ----------------------------------------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_store_answers_what_the_fold_defines(store: Store, steps: list[Any]) -> None:
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*schema.PROJECTED, 'stored_events', 'receipt'))}")
    version = 0
    for events, annuls, _ in steps:
        pending = [Pending(event, day) for event, day in events]
        if versions := tuple(sorted({v for v in annuls if v <= version})):
            pending.append(Pending(EventsAnnulled(versions=versions, reason="recorded_by_mistake"), DAY))
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, version, tuple(pending)),)))
        version += len(pending)
    with store.reading() as reader:
        records = reader.records(STREAM)
        assert [r.version for r in records] == list(range(1, reader.head(STREAM).version + 1))
        for as_of, version in _points(len(records)):
            known = reader.known(STREAM, next(r.recorded_at for r in records if r.version == version))
            assert reader.state(STREAM, as_of, known) == fold(records, as_of, known.version)


def test_large_appends_are_written_whole_whatever_the_server_answers_late(store: Store) -> None:
    for turn in range(12):
        head = store.head(STREAM).version
        pending = tuple(Pending(ObjectiveWithdrawn(objective=f"o{turn}-{n}"), DAY) for n in range(1_500))
        store.append(Append(uuid4().hex, "", "prova", (StreamAppend(STREAM, head, pending),)))
    assert store.head(STREAM).version == 12 * 1_500
    assert check_projections(store) == []
    with store.reading() as reader:
        verify_database(reader.cursor)


def test_what_a_command_asks_is_planned_once_a_connection(store: Store) -> None:
    """And what a question asks each time that the server would."""
    modes = []
    for commit in (True, False):
        with store.datastore.cursor(commit=commit) as cursor:
            modes.append(cursor.execute("SHOW plan_cache_mode").fetchone())
    assert modes == [("force_generic_plan",), ("auto",)]
