"""A rebuild is made beside what answers: killed, it is gone on with; a check finds what the events do not say."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import psycopg
import pytest
from hypothesis import given

from domain.errors import ConcurrentChange, StoreBusy, StoreRefused
from domain.recording import Pending
from projections.proof.checkpoints import RecordAltered
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.rebuild import _Building, check_projections, migrate, rebuild
from projections.store import schema
from projections.store.envelope import EnvelopeMapper, Recordable, read_envelope, stamp
from projections.store.event_decoding import decode
from projections.store.location import is_server
from projections.store.store import Store
from tests.projections.test_facts_agree_with_the_fold import STEPS
from tests.projections.test_wire_samples import SAMPLES
from tests.support.earlier import FACT_INDEXES, as_of_version_5, as_of_version_6, server_of_version_7
from tests.support.harness import PLAN, ServiceHarness

STREAM = f"plan/{PLAN}"
QUESTIONS = (
    "SELECT administration, originator_id, recorded_at, first, last, horizon FROM append ORDER BY 2, 3",
    "SELECT administration, originator_id, day, version FROM boundary ORDER BY 2, 3",
    "SELECT administration, originator_id, object, field, day, version, fragment, several FROM cell ORDER BY originator_id, id",
    "SELECT fragment FROM fact ORDER BY 1",
    "SELECT administration, originator_id, version, since, annulled, named FROM annulment ORDER BY 2, 3, 4",
    "SELECT administration, originator_id, version, hash FROM leaf ORDER BY 2, 3",
    "SELECT administration, originator_id, size, root, nodes FROM edge ORDER BY 2",
    "SELECT originator_id, administration FROM plan_owner ORDER BY 1",
)


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.annul(harness.store.head(STREAM).version)
    harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    yield harness
    harness.store.close()


def derived(store: Store) -> list[list[tuple[object, ...]]]:
    with store.datastore.cursor() as cursor:
        return [cursor.execute(question).fetchall() for question in QUESTIONS]


def beside(store: Store) -> list[list[tuple[Any, ...]]]:
    """The rows of the record, and of what lies beside it."""
    with store.reading() as reader:
        return [
            sorted(map(tuple, reader.cursor.execute(f"SELECT {columns} FROM {table}").fetchall()))
            for table, columns in (
                ("stored_events", "administration, position, originator_id, originator_version, topic, state"),
                ("text", "administration, digest, salt, text"),
                ("receipt", "administration, command_id, request, answer"),
                ("preview", "administration, id, plan"),
            )
        ]


def load_another(harness: ServiceHarness) -> None:
    """A plan of another administration, and a file for it that is looked at."""
    plan = {"id": "cciaa-altra-2022", "title": "Piano di un'altra", "first_year": 2022, "last_year": 2024}
    harness.load(administration={"id": "cciaa-altra", "name": "Camera di Commercio Altra"}, plan=plan)
    columns = "administration, id, plan, version, created_at, expires_at, state, said, file"
    values = "'cciaa-altra', 'una', 'cciaa-altra-2022', 1, '2022', '2999', 'ready', '{}', CAST('file' AS {})"
    file = "BYTEA" if is_server(harness.store.location) else "BLOB"
    write(harness.store, f"INSERT INTO preview ({columns}) VALUES ({values.replace('AS {}', f'AS {file}')})")


def write(store: Store, statement: str) -> None:
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute(statement)


def test_a_check_leaves_everything_and_names_what_differs(harness: ServiceHarness) -> None:
    before = derived(harness.store)
    assert check_projections(harness.store) == []
    assert derived(harness.store) == before
    write(harness.store, "UPDATE fact SET fragment = replace(fragment, '70', '60')")
    write(harness.store, "UPDATE cell SET fragment = replace(fragment, '68', '60')")
    write(harness.store, "DELETE FROM boundary")
    altered = derived(harness.store)
    assert [row.table for row in check_projections(harness.store)] == ["boundary", "cell", "fact"]
    assert derived(harness.store) == altered
    write(harness.store, "UPDATE cell SET fragment = NULL WHERE id % 2 = 0")
    assert "cell" in [row.table for row in check_projections(harness.store)]
    rebuild(harness.store)
    assert derived(harness.store) == before
    assert check_projections(harness.store) == []


def test_what_is_deleted_after_a_rebuild_of_a_file_is_overwritten_as_before_it(tmp_path: Path) -> None:
    def overwrites() -> object:
        with store.datastore.cursor() as cursor:
            return cursor.execute("PRAGMA secure_delete").fetchone()

    store = ServiceHarness(str(tmp_path / "a.sqlite")).store
    always, only_where_it_costs_no_writing = (1,), (2,)
    assert overwrites() == always
    rebuild(store)
    assert check_projections(store) == []
    assert overwrites() == always
    with store.datastore.cursor() as cursor:
        with suppress(StoreBusy), store.datastore.leaving_what_is_freed(cursor):
            assert cursor.execute("PRAGMA secure_delete").fetchone() == only_where_it_costs_no_writing
            raise StoreBusy("")
        assert cursor.execute("PRAGMA secure_delete").fetchone() == always
    store.close()


_KILLED = """
import os, signal, sys
from projections import rebuild as one
from projections.store.store import Store

one.BATCH = 7
store = Store(sys.argv[1])
def kill(done, total):
    if done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
one.rebuild(store, kill)
"""


def test_a_rebuild_that_was_killed_is_gone_on_with(harness: ServiceHarness, location: str) -> None:
    before = derived(harness.store)
    for reached in (8, 15, 22):
        done = subprocess.run([sys.executable, "-c", _KILLED, location, str(reached)], check=False, timeout=60)
        assert done.returncode == -9
        assert derived(harness.store) == before
    with harness.store.datastore.cursor() as cursor:
        assert cursor.execute(f"SELECT done FROM {schema.PROGRESS}").fetchone() == (21,)
    harness.revise(">= 66%", "2022-09-30")
    before = derived(harness.store)
    said: list[int] = []
    rebuild(harness.store, lambda done, _: said.append(done))
    assert said[0] > 21
    assert derived(harness.store) == before
    harness.revise(">= 65%", "2022-09-30")


def test_what_another_version_began_is_begun_again(harness: ServiceHarness, location: str) -> None:
    subprocess.run([sys.executable, "-c", _KILLED, location, "8"], check=False, timeout=60)
    write(harness.store, f"UPDATE {schema.PROGRESS} SET version = version - 1")
    write(harness.store, f"DELETE FROM {schema.SHADOW}leaf")
    before = derived(harness.store)
    rebuild(harness.store)
    assert derived(harness.store) == before


_DAMAGES = (
    ("UPDATE append SET horizon = horizon + 1",),
    ("DELETE FROM append WHERE first > 3", "INSERT INTO append VALUES ('altra', 'plan/altro', 'ieri', 1, 1, 1)"),
    ("DELETE FROM cell WHERE object = 'plan'",),
    ("UPDATE cell SET id = id + 900 WHERE object = 'plan'",),
    ("UPDATE cell SET several = 0, day = 1",),
    ("DELETE FROM fact", "DELETE FROM annulment", "DELETE FROM leaf WHERE version = 2"),
    ("UPDATE fact SET fragment = replace(fragment, '70', '60')", "UPDATE edge SET size = size + 1"),
)


@pytest.mark.parametrize("damages", _DAMAGES, ids=lambda damages: damages[0])
def test_whatever_lies_in_a_table_is_as_the_events_say_after_it(
    harness: ServiceHarness, damages: tuple[str, ...]
) -> None:
    before = derived(harness.store)
    for damage in damages:
        write(harness.store, damage)
    assert derived(harness.store) != before
    rebuild(harness.store)
    assert derived(harness.store) == before
    harness.revise(">= 66%", "2022-09-30")
    assert check_projections(harness.store) == []


_KILLED_AT_THE_END = """
import os, signal, sys
from projections import rebuild as one
from projections.store.store import Store

one.STREAMS_IN_PLACE = 1
put = one._Building._next_in_place
def next_in_place(building):
    if building._in_place.stream.startswith("administration/"):
        os.kill(os.getpid(), signal.SIGKILL)
    return put(building)
one._Building._next_in_place = next_in_place
one.rebuild(Store(sys.argv[1]))
"""


def test_a_server_is_whole_whenever_a_rebuild_is_killed_and_what_was_recorded_since_is_in_it(
    postgres_url: str, tmp_path: Path
) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    before = derived(harness.store)
    write(harness.store, "UPDATE boundary SET version = version + 1")
    write(harness.store, "INSERT INTO fact VALUES ('', 0, 1, 1, '[]')")  # of no cell
    harness.service.log = Log(harness.store, tmp_path / "signing.key")
    harness.service.log.checkpoint()
    killed = subprocess.run([sys.executable, "-c", _KILLED_AT_THE_END, postgres_url], check=False, timeout=60)
    assert killed.returncode == -9
    with harness.store.datastore.cursor() as cursor:
        assert cursor.execute(f"SELECT in_place FROM {schema.PROGRESS}").fetchone() == ("administration/cciaa-prova",)
    of_the_first = "SELECT * FROM boundary WHERE originator_id LIKE 'administration/%' ORDER BY day"
    with harness.store.datastore.cursor() as cursor:
        mended = cursor.execute(of_the_first).fetchall()
    assert mended == [row for row in before[1] if str(row[1]).startswith("administration/")]
    harness.revise(">= 66%", "2022-09-30")
    harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    harness.service.log.checkpoint()  # of streams that are in place, and of those that are not
    rebuild(harness.store)
    assert check_projections(harness.store) == []
    assert all("[]" not in row for row in derived(harness.store)[3])
    harness.store.close()


def test_what_is_signed_between_building_and_confirming_is_confirmed_after_it(
    harness: ServiceHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.service.log = Log(harness.store, tmp_path / "signing.key")
    confirming = _Building.confirm_beside

    targets = count(60)

    def once_more_first(building: _Building[Any]) -> None:
        harness.revise(f">= {next(targets)},5%", "2022-09-30")
        harness.service.transparency_log.checkpoint()
        confirming(building)
        if altered:
            last = "number = (SELECT max(number) FROM checkpoint)"
            write(harness.store, f"UPDATE checkpoint_head SET size = size + 1 WHERE {last}")

    altered = False
    monkeypatch.setattr(_Building, "confirm_beside", once_more_first)
    rebuild(harness.store)
    assert check_projections(harness.store) == []
    altered = True
    with pytest.raises(RecordAltered):
        rebuild(harness.store)


@given(STEPS)
def test_what_is_read_without_the_models_is_what_they_say(steps: list[Any]) -> None:
    mapper = EnvelopeMapper()
    for events, *_ in steps:
        for event, day in events:
            stored = mapper.to_stored_event(Recordable("plan/p", 1, Pending(event, day), "prova", "c"))
            state = stamp(stored.state, "2022-10-03T08:15:30.123456Z")
            assert decode(stored.topic, state).facts == event.facts()


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda path: str(path.stem))
def test_every_sample_of_an_event_is_read_the_same_without_its_model(sample: Path) -> None:
    state = sample.read_bytes().strip()
    topic = str(orjson.loads(state)["topic"])
    assert decode(topic, state).facts == read_envelope(topic, state).event.facts()


_VERSION_1 = (
    "CREATE TABLE append (stream TEXT, recorded_at TEXT, first INTEGER, last INTEGER, horizon INTEGER)",
    "CREATE TABLE cell (id INTEGER PRIMARY KEY, stream TEXT, object TEXT, field TEXT)",
    "CREATE TABLE fact (cell INTEGER, effective_on INTEGER, version INTEGER, value TEXT)",
    "CREATE TABLE annulment (stream TEXT, version INTEGER, since INTEGER, annulled INTEGER, named INTEGER)",
    "CREATE TABLE leaf (stream TEXT, version INTEGER, hash TEXT)",
    "CREATE TABLE edge (stream TEXT PRIMARY KEY, size INTEGER, root TEXT, nodes TEXT)",
)


def test_an_archive_of_the_first_version_is_migrated_and_answers_the_same(
    harness: ServiceHarness, location: str
) -> None:
    before = derived(harness.store)
    harness.store.close()
    as_of_version_5(location)
    derived_then = [table for table in schema.PROJECTED if table != "plan_owner"]
    dropped = [f"DROP TABLE {table}" for table in (*derived_then, *schema.FOLLOWED, *schema.OF_THE_DOOR)]
    if is_server(location):
        shadows = [f"DROP TABLE {schema.SHADOW}{table}" for table in (*derived_then, "progress")]
        with psycopg.connect(location) as connection:
            for statement in (
                *dropped,
                *shadows,
                "DROP SEQUENCE cell_number",
                *_VERSION_1,
                "UPDATE meta SET version = 1",
            ):
                connection.execute(statement)
    else:
        with closing(sqlite3.connect(location)) as file:
            for statement in (*dropped, *_VERSION_1, "PRAGMA user_version = 1"):
                file.execute(statement)
    with pytest.raises(Exception, match="versione 1"):
        Store(location)
    assert migrate(location, None, lambda _done, _total: None) == (1, schema.SCHEMA_VERSION)
    with closing(Store(location)) as store:
        assert derived(store) == before
        assert check_projections(store) == []


@pytest.mark.parametrize(("version", "as_then"), [(5, as_of_version_5), (6, as_of_version_6)])
def test_an_archive_of_an_earlier_version_is_given_the_tables_of_today_and_answers_the_same(
    harness: ServiceHarness, location: str, version: int, as_then: Callable[[str], None]
) -> None:
    harness.revise(">= 66%", "2022-10-10", justification="parole da conservare")
    load_another(harness)
    with closing(harness.store):
        before, record = derived(harness.store), beside(harness.store)
    as_then(location)
    with pytest.raises(Exception, match=f"versione {version}") as refused:
        Store(location)
    assert "initinere migrate" in str(refused.value)
    assert migrate(location, None, lambda _done, _total: None) == (version, schema.SCHEMA_VERSION)
    another = ServiceHarness(location).on("2022-11-10")
    assert (derived(another.store), beside(another.store)) == (before, record)
    another.revise(">= 65%", "2022-11-01")
    with another.store.datastore.cursor() as cursor:
        verify_database(cursor)
    assert check_projections(another.store) == []
    assert migrate(location, None, lambda _done, _total: None) == (schema.SCHEMA_VERSION, schema.SCHEMA_VERSION)
    another.store.close()


_MIGRATED_UNTIL = """
import os, signal, sys
from projections import rebuild
from projections.store import keying, postgres

keying.BATCH = rebuild.BATCH = 7
told = 0
def kill(done, total):
    global told
    told += 1
    if told >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
rebuild.migrate(sys.argv[1], None, kill)
"""


def test_a_migration_of_a_server_that_is_killed_leaves_the_archive_of_before_and_is_gone_on_with(
    postgres_url: str,
) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30", justification="parole da conservare")
    load_another(harness)
    with closing(harness.store):
        before, record = derived(harness.store), beside(harness.store)
    as_of_version_5(postgres_url)
    recorded = "SELECT position, originator_id, originator_version, topic, state FROM stored_events ORDER BY position"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        events = connection.execute(recorded).fetchall()
        for reached in (1, 3, 6):
            command = [sys.executable, "-c", _MIGRATED_UNTIL, postgres_url, str(reached)]
            assert subprocess.run(command, check=False, timeout=60).returncode == -9
            assert connection.execute("SELECT version FROM meta").fetchone() == (5,)
            assert connection.execute(recorded).fetchall() == events
            assert connection.execute("SELECT count(*) FROM leaf").fetchone() == (len(events),)
    assert migrate(postgres_url, None, lambda _done, _total: None) == (5, schema.SCHEMA_VERSION)
    with closing(Store(postgres_url)) as store:
        assert (derived(store), beside(store)) == (before, record)
        with store.datastore.cursor() as cursor:
            verify_database(cursor)


_RECORDED_BY_A_PROGRAM_OF_BEFORE = (
    """
WITH one AS (SELECT topic, convert_from(state, 'UTF8')::jsonb - 'receipt' AS state FROM stored_events
    WHERE originator_id = 'administration/cciaa-prova' AND originator_version = 1)
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT 'administration/tardi', 1, topic,
    convert_to((state || '{"stream": "administration/tardi", "command_id": "tardi"}')::text, 'UTF8') FROM one""",
    "INSERT INTO receipt (command_id, request, answer) VALUES ('tardi', '', '')",
)


def small_plan_of_version_5(postgres_url: str) -> None:
    """A server with the small plan, as a program of version 5 left it."""
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    harness.store.close()
    as_of_version_5(postgres_url)


@pytest.mark.parametrize("before", [5, 7])
def test_the_facts_of_a_server_are_sought_by_numbers_wherever_it_comes_from(postgres_url: str, before: int) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    harness.revise(">= 66%", "2022-10-10")
    harness.store.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        today = connection.execute(FACT_INDEXES).fetchall()
        {5: as_of_version_5, 7: server_of_version_7}[before](postgres_url)
        with pytest.raises(StoreRefused, match=f"versione {before}"):
            Store(postgres_url)
        assert migrate(postgres_url, None, lambda _done, _total: None) == (before, schema.SCHEMA_VERSION)
        assert connection.execute(FACT_INDEXES).fetchall() == today
        assert today[0] == ("fact", False, ["cell", "day", "version"])
    with closing(Store(postgres_url)) as store:
        assert check_projections(store) == []


def test_a_role_that_could_append_can_after_a_migration_and_no_more(postgres_url: str) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    as_of_version_5(postgres_url)
    role = f"aggiunge_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}".encode())
        columns = "originator_id, originator_version, topic, state"
        connection.execute(f"GRANT SELECT, INSERT ({columns}) ON stored_events TO {role}".encode())
        try:
            assert migrate(postgres_url, None, lambda _done, _total: None) == (5, schema.SCHEMA_VERSION)
            may = "SELECT has_column_privilege(%s, 'stored_events', %s, %s)"
            asked = (("administration", "INSERT"), ("administration", "UPDATE"), ("position", "INSERT"))
            assert [connection.execute(may, (role, *one)).fetchone() for one in asked] == [(True,), (False,), (False,)]
            may = "SELECT has_table_privilege(%s, 'plan_owner', 'INSERT')"
            assert connection.execute(may, (role,)).fetchone() == (True,)
        finally:
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())


def test_what_a_program_of_before_records_while_a_server_is_migrated_is_in_it(postgres_url: str) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    load_another(harness)
    harness.store.close()
    as_of_version_5(postgres_url)
    told: list[int] = []

    def meanwhile(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == 2:  # once what was there is said, and taken in
            with psycopg.connect(postgres_url) as connection:
                for statement in _RECORDED_BY_A_PROGRAM_OF_BEFORE:
                    connection.execute(statement.encode())

    assert migrate(postgres_url, None, meanwhile) == (5, schema.SCHEMA_VERSION)
    with closing(Store(postgres_url)) as store:
        assert store.head("administration/tardi").version == 1
        with store.datastore.cursor() as cursor:
            assert cursor.execute("SELECT administration FROM receipt WHERE command_id = 'tardi'").fetchone() == (
                "tardi",
            )
            verify_database(cursor)
        assert check_projections(store) == []


def test_a_server_is_rebuilt_by_one_at_a_time(postgres_url: str) -> None:
    migrate(postgres_url, None, lambda _done, _total: None)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    harness.load()
    with harness.store.datastore.only_rebuild():
        for work in (rebuild, check_projections):
            with pytest.raises(ConcurrentChange, match="un'altra ricostruzione"):
                work(harness.store)
    assert check_projections(harness.store) == []
    harness.store.close()


def test_a_file_that_a_program_of_before_has_open_is_not_taken_from_it(tmp_path: Path) -> None:
    location = str(tmp_path / "archivio.sqlite")
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.store.close()
    as_of_version_5(location)
    with closing(sqlite3.connect(location)) as held:
        assert held.execute("SELECT count(*) FROM edge").fetchone() == (2,)
        with pytest.raises(StoreBusy, match="si fermino il servizio"):
            migrate(location, None, lambda _done, _total: None)
        assert held.execute("PRAGMA user_version").fetchone() == (5,)
    assert migrate(location, None, lambda _done, _total: None) == (5, schema.SCHEMA_VERSION)


def test_who_began_to_read_before_a_migration_of_a_server_reads_no_table_that_has_no_rows_for_it(
    postgres_url: str,
) -> None:
    small_plan_of_version_5(postgres_url)
    told: list[int] = []
    with psycopg.connect(postgres_url) as program_of_before:
        program_of_before.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

        def meanwhile(done: int, _total: int) -> None:
            told.append(done)
            if len(told) == 2:  # once the keys are made: making one waits for who reads
                program_of_before.execute("SELECT max(number) FROM checkpoint")

        assert migrate(postgres_url, None, meanwhile) == (5, schema.SCHEMA_VERSION)
        for table in sorted({*schema.PROJECTED} - {"fact", "plan_owner"}):  # of a cell; of no program before
            with pytest.raises(psycopg.errors.UndefinedColumn), program_of_before.transaction():
                program_of_before.execute(f"SELECT count(*) FROM {table} WHERE stream = 'plan/x'".encode())


def test_a_second_migration_waits_for_the_first_and_keeps_nobody_waiting(postgres_url: str) -> None:
    small_plan_of_version_5(postgres_url)

    def migrated() -> tuple[int, int]:
        return migrate(postgres_url, None, lambda _done, _total: None)

    with ThreadPoolExecutor(2) as both:
        found = [one.result(timeout=60) for one in [both.submit(migrated), both.submit(migrated)]]
    assert sorted(found) == [(5, schema.SCHEMA_VERSION), (schema.SCHEMA_VERSION, schema.SCHEMA_VERSION)]
