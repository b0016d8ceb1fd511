"""What every store promises, on a SQLite file, in SQLite memory, and on PostgreSQL."""

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import projections.store.append as appending
import projections.store.facts as storing_facts
from domain.annulments.events import EventsAnnulled
from domain.errors import CommandReused, ConcurrentChange, Malformed, StoreRefused, UnknownRecord
from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Pending
from domain.targets.events import TargetSet
from domain.targets.reader import read_one
from domain.timelines import fold
from projections.rebuild import rebuild
from projections.store import postgres
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness

STREAM = f"plan/{PLAN}"
OTHER = "plan/altro"
DAY = date(2022, 3, 1)
TABLES = ("stored_events", "append", "cell", "fact", "annulment", "leaf", "edge", "text", "receipt")


@pytest.fixture(params=["file", "memory", "postgresql"])
def location(request: pytest.FixtureRequest) -> str:
    """Where a store may be."""
    if request.param == "file":
        return str(request.getfixturevalue("sqlite_path"))
    if request.param == "memory":
        return f"file:{uuid4().hex}?mode=memory&cache=shared"
    url = str(request.getfixturevalue("postgres_url"))
    postgres.migrate(url)
    return url


@contextmanager
def _harness(location: str) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(location).on("2022-02-05")
    try:
        yield harness
    finally:
        harness.store.close()


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    """A harness with the small plan."""
    with _harness(location) as harness:
        harness.load()
        yield harness


def _append(stream: str, expected: int, *names: str, command_id: str = "") -> Append:
    pending = tuple(Pending(ObjectiveWithdrawn(objective=name), DAY) for name in names)
    return Append(command_id or uuid4().hex, "", "prova", (StreamAppend(stream, expected, pending),))


def _counts(store: Store) -> list[int]:
    with store.datastore.cursor() as cursor:
        return [row[0] for table in TABLES for row in cursor.execute(f"SELECT count(*) FROM {table}").fetchall()]


def _derived(store: Store) -> list[list[tuple[Any, ...]]]:
    """The derived rows in their order; the numbers of cells are the database's own."""
    questions = (
        "SELECT originator_id, recorded_at, first, last, horizon FROM append ORDER BY 1, 2",
        "SELECT originator_id, object, field, day, version, fragment, several FROM cell ORDER BY originator_id, id",
        "SELECT fragment FROM fact ORDER BY 1",
        "SELECT originator_id, version, since, annulled, named FROM annulment ORDER BY 1, 2, 3",
        "SELECT originator_id, version, hash FROM leaf ORDER BY 1, 2",
        "SELECT originator_id, size, root, nodes FROM edge ORDER BY 1",
    )
    with store.datastore.cursor() as cursor:
        return [cursor.execute(question).fetchall() for question in questions]


@pytest.mark.parametrize(
    ("as_of", "answers"),
    [
        ("2022-03-15", (">= 70,34%", ">= 70,34%", ">= 70,34%")),
        ("2022-07-15", (">= 70,34%", ">= 70,34%", ">= 69%")),
        ("2022-10-10", (">= 70,34%", ">= 68%", ">= 68%")),
    ],
)
def test_nine_answers_of_the_design(harness: ServiceHarness, as_of: str, answers: tuple[str, ...]) -> None:
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-11-15").revise(">= 69%", "2022-06-30")
    assert tuple(harness.target(as_of, known) for known in ("2022-08-01", "2022-10-10", "2022-12-01")) == answers


def test_an_annulled_revision_does_not_count_from_its_annulment_on(harness: ServiceHarness) -> None:
    mistaken = harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    first, last = mistaken.versions[STREAM]
    annulment = harness.on("2022-10-20").annul(*range(first, last + 1))
    assert harness.target("2022-10-01", "2022-10-10") == ">= 68%"
    assert harness.target("2022-10-01", "2022-10-25") == ">= 70,34%"
    first, last = annulment.versions[STREAM]
    harness.on("2022-11-20").annul(*range(first, last + 1))
    assert harness.target("2022-10-01", "2022-10-25") == ">= 70,34%"
    assert harness.target("2022-10-01", "2022-11-25") == ">= 68%"


def test_a_repeated_command_gives_its_first_answer_and_no_event(harness: ServiceHarness) -> None:
    first = harness.on("2022-10-03").revise(">= 68%", "2022-09-30", command_id="una-volta")
    before = _counts(harness.store)
    again = harness.on("2022-10-04").revise(">= 68%", "2022-09-30", command_id="una-volta")
    assert again.versions == first.versions
    assert _counts(harness.store) == before
    with pytest.raises(CommandReused):
        harness.revise(">= 67%", "2022-09-30", command_id="una-volta")
    with harness.store.reading() as reader:
        kept = reader.receipt("una-volta")
        assert kept is not None
        assert json.loads(kept[1])["versions"] == {stream: list(pair) for stream, pair in first.versions.items()}
        assert reader.receipt("mai-visto") is None


def test_a_command_id_is_taken_once(harness: ServiceHarness) -> None:
    harness.store.append(_append(OTHER, 0, "uno", command_id="preso"))
    before = _counts(harness.store)
    with pytest.raises(ConcurrentChange):
        harness.store.append(_append(OTHER, 1, "due", command_id="preso"))
    assert _counts(harness.store) == before


def test_writers_on_one_plan_are_all_recorded_without_a_gap(harness: ServiceHarness) -> None:
    before = harness.store.head(STREAM).version
    harness.on("2022-10-03")

    def revise(turn: int) -> None:
        command = {"verb": "revise_target", "year": 2022, "target": f">= {20 + turn}%"}
        for _ in range(20):
            try:
                harness.change(command | {"object": ("incasso", "cassetto")[turn % 2]}, command_id=f"comando-{turn}")
            except ConcurrentChange:
                continue
            return
        pytest.fail("never recorded")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(revise, range(12)))
    with harness.store.reading() as reader:
        records = reader.records(STREAM)
        assert [r.version for r in records] == list(range(1, len(records) + 1))
        said = [r.command_id for r in records if r.version > before]
        assert set(said) == {f"comando-{turn}" for turn in range(12)}
        positions = [reader.positions(STREAM)[r.version] for r in records]
        assert positions == sorted(positions)
        assert all(reader.receipt(f"comando-{turn}") for turn in range(12))


def test_one_of_two_appends_on_the_same_version_is_refused(harness: ServiceHarness) -> None:
    def append(name: str) -> bool:
        try:
            harness.store.append(_append(OTHER, 0, name))
        except ConcurrentChange:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(append, "abcd")) == 1
    assert harness.store.head(OTHER).version == 1


@pytest.mark.parametrize("hurt", ["write_boundaries", "write_leaves", "write_annulment"])
def test_a_failing_projection_leaves_no_event(
    harness: ServiceHarness, hurt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    before = _counts(harness.store)

    def fail(*_: object) -> None:
        raise ArithmeticError(hurt)

    with monkeypatch.context() as patch:
        patch.setattr(appending, hurt, fail)
        with pytest.raises(ArithmeticError):
            harness.annul(*range(recorded.versions[STREAM][0], recorded.versions[STREAM][1] + 1))
    assert _counts(harness.store) == before
    harness.annul(*range(recorded.versions[STREAM][0], recorded.versions[STREAM][1] + 1))


def test_a_statement_that_fails_leaves_no_event(harness: ServiceHarness) -> None:
    append = _append(OTHER, 0, "uno")
    harness.store.append(append)
    before = _counts(harness.store)
    with pytest.raises(ConcurrentChange):  # the last statement of an append, its receipt, fails
        harness.store.append(append._replace(streams=_append("plan/terzo", 0, "due").streams))
    assert _counts(harness.store) == before


def test_recorded_at_rises_with_the_version_whatever_the_clock_does(location: str) -> None:
    clock = iter([datetime(2022, 1, 1, tzinfo=UTC) - timedelta(days=turn) for turn in range(5)])
    store = Store(location, lambda: next(clock))
    try:
        for version in range(5):
            store.append(_append(OTHER, version, "uno"))
        with store.reading() as reader:
            instants = [r.recorded_at for r in reader.records(OTHER)]
        assert instants == [datetime(2022, 1, 1, 0, 0, 0, turn, tzinfo=UTC) for turn in range(5)]
    finally:
        store.close()


def test_a_preview_answers_from_after_and_leaves_nothing(harness: ServiceHarness) -> None:
    before = _counts(harness.store)
    head = harness.store.head(STREAM).version
    after = harness.store.preview(lambda _: _append(STREAM, head, "a1"), lambda reader: reader.head(STREAM).version)
    assert (after, harness.store.head(STREAM).version) == (head + 1, head)
    with pytest.raises(ZeroDivisionError):
        harness.store.preview(lambda _: _append(STREAM, head, "a1"), lambda _: 1 // 0)
    assert _counts(harness.store) == before


def test_a_rebuild_gives_the_same_rows(harness: ServiceHarness) -> None:
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.annul(harness.store.head(STREAM).version)
    before, counts = _derived(harness.store), _counts(harness.store)
    said: list[tuple[int, int]] = []
    assert rebuild(harness.store, lambda done, total: said.append((done, total))) == counts[0]
    assert (_derived(harness.store), _counts(harness.store)) == (before, counts)
    assert said[-1] == (counts[0], counts[0])
    harness.revise(">= 67%", "2022-09-30")


def _settle(store: Store) -> None:
    """Waits until nothing that the feed holds for is under way: other tests write on the same server."""
    written = _counts(store)[0]
    for _ in range(500):
        with store.reading() as reader:
            if len(reader.select_notifications(limit=written)) == written:
                return
        time.sleep(0.02)
    pytest.fail("the feed still holds")


def _unknown(harness: ServiceHarness) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(
            "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) "
            "VALUES (?, ?, ?, ?, ?)",
            ("", "plan/ignoto", 1, "mai.visto", b"{}"),
        )


def test_an_unknown_topic_is_refused_and_stops_a_rebuild_that_changes_nothing(harness: ServiceHarness) -> None:
    _unknown(harness)
    before = _derived(harness.store)
    with harness.store.reading() as reader, pytest.raises(UnknownRecord):
        reader.records("plan/ignoto")
    with pytest.raises(UnknownRecord):
        rebuild(harness.store)
    assert _derived(harness.store) == before


def test_the_environment_of_the_process_is_not_obeyed(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = {
        "CIPHER_KEY": "0" * 44,
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "COMPRESSOR_TOPIC": "zlib",
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        "INITINERE_PERSISTENCE_MODULE": "eventsourcing.postgres",
    }
    for name, value in stray.items():
        monkeypatch.setenv(name, value)
    with _harness(location) as harness:
        harness.load()
        with harness.store.reading() as reader:
            rows = reader.select_notifications(stream=STREAM)
        assert rows
        assert all(json.loads(row.state)["stream"] == row.originator_id for row in rows)


def test_the_feed_is_read_on_from_any_of_its_positions(harness: ServiceHarness) -> None:
    harness.store.append(_append(OTHER, 0, "uno", "due", "tre"))
    _settle(harness.store)
    with harness.store.reading() as reader:
        whole = reader.select_notifications()
        assert len(whole) == _counts(harness.store)[0]
        read, after = [], 0
        while rows := reader.select_notifications(after, 2, inclusive_of_start=False):
            read += rows
            after = rows[-1].id
        assert read == whole
        own = reader.select_notifications(stream=OTHER)
        assert [row.originator_version for row in own] == [1, 2, 3]
        assert [row.originator_version for row in reader.select_notifications(own[1].id, stream=OTHER)] == [2, 3]


def test_the_recorder_keeps_the_words_of_the_library(harness: ServiceHarness) -> None:
    harness.store.append(_append(OTHER, 0, "uno", "due", "tre"))
    _settle(harness.store)
    recorder = harness.store.recorder
    versions: Callable[..., list[int]] = lambda **said: [  # noqa: E731
        one.originator_version for one in recorder.select_events(OTHER, **said)
    ]
    assert versions() == [1, 2, 3]
    assert versions(gt=1, desc=True, limit=1) == [3]
    assert versions(lte=2) == [1, 2]
    last = recorder.max_notification_id()
    assert last is not None
    assert [one.id for one in recorder.select_notifications(last - 1, 10)] == [last - 1, last]
    assert [one.id for one in recorder.select_notifications(last - 1, 10, inclusive_of_start=False)] == [last]
    assert [one.id for one in recorder.select_notifications(None, 10, stop=1)] == [1]
    assert len(recorder.select_notifications(None, 10, topics=[ObjectiveWithdrawn.topic])) == 3
    with pytest.raises(NotImplementedError):
        recorder.subscribe()


def test_a_text_that_reads_like_a_statement_is_a_text(harness: ServiceHarness) -> None:
    said = "100 % di quanto? %s; '?' \\ %(x)s"
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30", justification=said)
    with harness.store.reading() as reader:
        record = reader.records(STREAM)[-1]
        assert record.justification is not None
        assert reader.texts([record.justification], STREAM) == {record.justification: said}


@pytest.mark.parametrize("content", [b"non sono un archivio" * 100, b"SQLite format 3\x00" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused(sqlite_path: Path, content: bytes) -> None:
    sqlite_path.write_bytes(content)
    with pytest.raises(StoreRefused):
        Store(sqlite_path)
    assert sqlite_path.read_bytes() == content
    assert [one.name for one in sqlite_path.parent.iterdir()] == [sqlite_path.name]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_of_another_program_is_refused_and_nothing_is_left_beside_it(sqlite_path: Path, mode: str) -> None:
    with closing(sqlite3.connect(sqlite_path)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute("CREATE TABLE cose (nome TEXT)")
    content = sqlite_path.read_bytes()
    with pytest.raises(StoreRefused, match="altro programma"):
        Store(sqlite_path)
    assert sqlite_path.read_bytes() == content
    assert [one.name for one in sqlite_path.parent.iterdir()] == [sqlite_path.name]


def test_a_store_that_is_open_elsewhere_can_be_opened(sqlite_path: Path) -> None:
    with closing(Store(sqlite_path)) as first:
        first.append(_append(OTHER, 0, "uno"))
        with closing(Store(sqlite_path)) as second:
            assert second.head(OTHER).version == 1


def test_what_the_tables_have_no_place_for_is_refused(harness: ServiceHarness) -> None:
    before = _counts(harness.store)
    with pytest.raises(StoreRefused, match="eventi, o quasi"):
        harness.store.append(_append(OTHER, 2**22 - 1, "uno"))
    for day in (date(1899, 12, 31), date(2258, 11, 12)):
        pending = (Pending(ObjectiveWithdrawn(objective="uno"), day),)
        with pytest.raises(Malformed, match="non è valido"):
            harness.store.append(Append(uuid4().hex, "", "prova", (StreamAppend(OTHER, 0, pending),)))
    assert _counts(harness.store) == before
    with harness.store.reading() as reader:
        assert reader.state(STREAM, date(1800, 1, 1), reader.known(STREAM, None)) == {}
        assert reader.state(STREAM, date.max, reader.known(STREAM, None))


def test_a_long_history_answers_what_the_fold_defines(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields of many facts and of few, seldom and often revised: what lies near the day, and what does not."""
    monkeypatch.setattr(storing_facts, "LONG_HISTORY", 0)
    monkeypatch.setattr(storing_facts, "NEAR_EVENTS", 30)
    chance = random.Random(1)  # noqa: S311 - a test is the same each time
    clock = iter(datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(1000))
    with closing(Store(location, lambda: next(clock))) as store:
        version = 0
        for _ in range(60):
            cells = chance.choices(["spesso", "talvolta", "raro"], [90, 9, 1], k=8)
            pending = [
                Pending(
                    TargetSet(indicator=name, year=2022, target=read_one(f">= {chance.randrange(100)}%", 2022)),
                    date(2022, 1, 1) + timedelta(days=chance.randrange(chance.choice([30, 900]))),
                )
                for name in cells
            ]
            if version and chance.random() < 0.2:
                versions = tuple(sorted(chance.sample(range(max(1, version - 20), version + 1), 3)))
                pending.append(Pending(EventsAnnulled(versions=versions, reason="recorded_by_mistake"), DAY))
            store.append(Append(uuid4().hex, "", "prova", (StreamAppend(OTHER, version, tuple(pending)),)))
            version += len(pending)
        with store.reading() as reader:
            records = reader.records(OTHER)
            for _ in range(150):
                as_of = date(2021, 12, 20) + timedelta(days=chance.randrange(950))
                known = reader.known(OTHER, chance.choice(records).recorded_at)
                assert reader.state(OTHER, as_of, known) == fold(records, as_of, known.version)
