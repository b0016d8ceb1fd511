"""The reader of the event loop answers as any other, whatever was written meanwhile, by this process or by another."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from projections.plans import OF_A_PLAN
from projections.store import remembering_reader
from projections.store.reader import Known, Reader
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness

STREAMS = (f"plan/{PLAN}", "administration/cciaa-prova", "plan/mai-visto")
DAYS = [date(2022, 1, 1), date(2022, 1, 31), date(2022, 9, 29), date(2022, 9, 30), date(2022, 12, 31), date(2030, 1, 1)]


@pytest.fixture
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path_factory.mktemp("ciclo") / "ciclo.sqlite").on("2022-02-05")
    made.load()
    yield made
    made.store.close()


def everything(reader: Reader) -> list[object]:
    found: list[object] = [reader.redacted_texts()]
    for stream in STREAMS:
        instants = [at for *_, at in reader.appends(stream)]
        asked = [None, datetime(2021, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)]
        asked += [at + timedelta(microseconds=shift) for at in instants for shift in (-1, 0, 1)]
        found += [reader.head(stream), reader.only_value(stream, "plan", "administration")]
        for at in asked:
            known = reader.known(stream, at)
            found.append(known)
            for day in DAYS:
                found += [reader.boundary(stream, day, known), reader.state_json(stream, day, known, OF_A_PLAN)]
        found.append(reader.boundary(stream, DAYS[-1], Known(3, 100_000)))
    return found


def the_same(store: Store) -> None:
    with store.reading() as plain:
        expected = everything(plain)
    for _ in range(2):
        with store.reading_on_event_loop() as remembering:
            assert remembering is not None
            assert everything(remembering) == expected


def test_it_answers_as_any_other_after_each_write(harness: ServiceHarness) -> None:
    the_same(harness.store)
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    the_same(harness.store)
    harness.annul(harness.store.head(STREAMS[0]).version)
    the_same(harness.store)
    with closing(ServiceHarness(harness.store.location).store) as another:
        another.clock = harness.tick
        the_same(another)
    other = ServiceHarness(harness.store.location).on("2022-11-03")
    other.revise(">= 66%", "2022-08-30")
    other.store.close()
    the_same(harness.store)


def test_of_a_long_stream_nothing_is_remembered_but_where_it_stands(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering_reader, "LONGEST", 3)
    monkeypatch.setattr(remembering_reader, "MOST_STREAMS", 1)
    monkeypatch.setattr(remembering_reader, "MOST_STATES", 2)
    the_same(harness.store)


def test_within_a_reading_nothing_that_is_written_meanwhile_shows(harness: ServiceHarness) -> None:
    with harness.store.reading_on_event_loop() as reader:
        assert reader is not None
        before = reader.head(STREAMS[0])
        harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
        assert reader.head(STREAMS[0]) == before
    with harness.store.reading_on_event_loop() as reader:
        assert reader is not None
        assert reader.head(STREAMS[0]) != before
