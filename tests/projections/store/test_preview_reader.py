"""A preview answers as the store does once the append is recorded, whatever the history and whatever the append."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.point import Point
from projections.change_preview import ChangePreview, change_preview
from projections.change_rate import changes_of_year
from projections.differences import differences
from projections.store.append import Append, StreamAppend
from projections.store.facts import CellFilter
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.store.store import Store
from tests.projections.across.histories import FIRST, STEPS, Clock, pending_of, recorded

DAYS = [date(2022, 1, 25), date(2022, 9, 30), date(2023, 7, 1), date(2026, 1, 1)]
LONG_AGO = datetime(2022, 1, 1, 4, 30, tzinfo=UTC)
SOME = CellFilter(("plan",), ("life", "title"))


def answers(reader: Reader, stream: str) -> list[Any]:
    """What a reader answers of a stream, question by question."""
    head = reader.head(stream)
    known = [reader.known(stream, instant) for instant in (None, LONG_AGO, datetime(2030, 1, 1, tzinfo=UTC))]
    timelines = reader.timelines(stream)
    return [
        head._replace(recorded_at=""),
        known,
        sorted(reader.annulled(stream, head.version)),
        reader.annulments(stream),
        [reader.boundary(stream, day, point) for day in DAYS for point in known],
        [reader.state(stream, day, point, some) for day in DAYS for point in known for some in (None, SOME)],
        reader.objects(stream),
        {key: dict(timelines.fields(key)) for key in reader.objects(stream)},
        dict(reader.timelines(stream).fields("objective/uno")),
        [record.event for record in reader.records(stream)],
        [record.event for record in reader.records(stream, range(head.version - 1, head.version + 1))],
        [record.version for record in reader.records(stream, [2, head.version])],
        [(first, last) for first, last, _ in reader.appends(stream)],
        [reader.only_value(stream, "plan", "first_year"), reader.only_value(stream, "plan", "nothing")],
        reader.streams("plan/"),
    ]


@settings(max_examples=25, phases=(Phase.explicit, Phase.generate))
@given(STEPS.filter(bool), st.sampled_from(DAYS))
def test_a_preview_answers_as_the_store_does_once_the_append_is_recorded(steps: list[Any], on: date) -> None:
    store = Store(f"file:{uuid4().hex}?mode=memory&cache=shared", Clock())
    try:
        recorded(store, steps[:-1], lambda _: None)
        plan = steps[-1][0]
        stream = f"plan/{plan}"
        version = store.head(stream).version
        pending = tuple(pending_of(store, steps[-1]))
        append = Append(uuid4().hex, "", "ufficio-performance", (StreamAppend(stream, version, pending),))

        def foreseen(reader: PreviewReader) -> tuple[list[Any], ChangePreview]:
            return answers(reader, stream), change_preview(reader, plan, on)

        before, preview = store.preview(lambda _: append, foreseen)
        assert store.head(stream).version == version, "nothing is recorded"
        earlier = {y: _rates(store, plan, y, on) for y in range(FIRST[plan], FIRST[plan] + 3)}
        knowledge = store.clock()
        store.append(append)
        with store.reading() as reader:
            assert answers(reader, stream) == before
            difference = differences(reader, plan, Point(on, knowledge), Point(on))
            assert preview["differences"] == difference["differences"]
        for year, rates in preview["change_rate"].items():
            assert rates["before"] == earlier[int(year)]
            assert rates["after"] == _rates(store, plan, int(year), on)
    finally:
        store.close()


def _rates(store: Store, plan: str, year: int, on: date) -> Any:
    with store.reading() as reader:
        return changes_of_year(reader, plan, year, Point(on))["change_rate"]
