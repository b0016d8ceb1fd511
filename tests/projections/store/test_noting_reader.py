"""What a reader was asked is noted: where it would answer otherwise, what was made of its answers does not stand."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from projections.store.noting_reader import NotingReader, RestsOn
from projections.store.reader import Known, Reader
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness

STREAM, OWNER = f"plan/{PLAN}", "administration/cciaa-prova"
DAY, AT = date(2022, 12, 31), datetime(2022, 10, 5, tzinfo=UTC)
LAST = "SELECT max(last) FROM append WHERE originator_id = ?"

ASKED: dict[str, Callable[[Reader], object]] = {
    "head": lambda reader: reader.head(STREAM),
    "known now": lambda reader: reader.known(STREAM, None),
    "known at": lambda reader: reader.known(STREAM, AT),
    "known later": lambda reader: reader.known(STREAM, datetime(2022, 12, 1, tzinfo=UTC)),
    "annulled": lambda reader: reader.annulled(STREAM, reader.head(STREAM).version),
    "annulments": lambda reader: reader.annulments(STREAM),
    "boundary": lambda reader: reader.boundary(STREAM, DAY, reader.known(STREAM, None)),
    "state": lambda reader: reader.state(STREAM, DAY, reader.known(STREAM, None)),
    "state of a version": lambda reader: reader.state(STREAM, DAY, Known(13, 100_000)),
    "only value": lambda reader: reader.only_value(STREAM, "measurement/nessuna", "value"),
    "objects": lambda reader: reader.objects(STREAM),
    "timelines": lambda reader: list(reader.timelines(STREAM).objects("")),
    "fragments": lambda reader: reader.fragments(STREAM, "", "\x7f", 100),
    "records": lambda reader: reader.records(STREAM),
    "records to come": lambda reader: reader.records(STREAM, [1, 14]),
    "records up to": lambda reader: reader.records(STREAM, upto=14),
    "records of a range": lambda reader: reader.records(STREAM, range(2, 40)),
    "plan records": lambda reader: reader.plan_records(STREAM, OWNER),
    "positions": lambda reader: reader.positions(STREAM),
    "last position": lambda reader: reader.last_position(),
    "appends": lambda reader: reader.appends(STREAM),
    "streams": lambda reader: reader.streams("plan/"),
    "plans of": lambda reader: reader.plans_of(["cciaa-prova"]),
    "a statement": lambda reader: reader.cursor.execute(LAST, (STREAM,)).fetchone(),
    "a statement of a stream": lambda reader: reader.cursor_of([STREAM]).execute(LAST, (STREAM,)).fetchone(),
}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path_factory.mktemp("letto") / "letto.sqlite").on("2022-02-05")
    made.load()
    yield made
    made.store.close()


def noted(store: Store, asked: Callable[[Reader], object]) -> tuple[object, RestsOn]:
    with store.reading() as reader:
        noting = NotingReader(reader)
        answer, rests_on = asked(noting), noting.rests_on()
    assert rests_on is not None
    return answer, rests_on


def test_what_a_reader_would_answer_otherwise_does_not_stand(harness: ServiceHarness) -> None:
    def anew(store: Store, asked: Callable[[Reader], object]) -> tuple[object, bool]:
        with store.reading() as reader:
            stands = before[name][1].stands(reader)
            return asked(reader), stands

    steps: list[Callable[[], object]] = [
        lambda: harness.on("2022-10-03").revise(">= 68%", "2022-09-30"),
        lambda: harness.annul(harness.store.head(STREAM).version),
        lambda: harness.load(plan={"id": "altro-2022-2024", "title": "Altro", "first_year": 2022, "last_year": 2024}),
        lambda: harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30"),
    ]
    fell = set()
    for step in steps:
        before = {name: noted(harness.store, asked) for name, asked in ASKED.items()}
        for name, (answer, _) in before.items():
            assert anew(harness.store, ASKED[name]) == (answer, True), name
        step()
        for name, (answer, _) in before.items():
            now, stands = anew(harness.store, ASKED[name])
            assert not stands or now == answer, name
            fell |= set() if stands else {name}
    assert fell >= {"head", "records to come", "streams", "plans of", "a statement", "last position"}


def test_what_lies_in_the_past_stands_whatever_is_recorded_since(harness: ServiceHarness) -> None:
    def past(reader: Reader) -> object:
        known = reader.known(STREAM, datetime(2022, 3, 1, tzinfo=UTC))
        return reader.state(STREAM, DAY, known), reader.records(STREAM, upto=known.version)

    _, rests_on = noted(harness.store, past)
    harness.on("2022-11-03").revise(">= 66%", "2022-10-30")
    with harness.store.reading() as reader:
        assert rests_on.stands(reader)


def test_an_answer_that_reads_the_log_or_writes_is_not_kept(harness: ServiceHarness) -> None:
    with harness.store.reading() as reader:
        noting = NotingReader(reader)
        noting.select_notifications(limit=1)
        assert noting.rests_on() is None
        with pytest.raises(TypeError):
            NotingReader(reader).cursor.executemany("DELETE FROM cell", [()])
