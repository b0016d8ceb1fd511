"""The two dates: what a stream says, as of a date and as known at a version."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.indicators.events import IndicatorAssigned, IndicatorReweighted
from domain.objectives import events as oe
from domain.timelines import Annulments, Entry, Timelines, annulled, annulments_in, fold, timelines_of
from tests.support.given import Stream

DAY = date(2022, 6, 30)
DAYS = [DAY + timedelta(days=after) for after in range(4)]
CELLS: st.SearchStrategy[Event] = st.one_of(
    st.builds(oe.ObjectiveAdded, objective=st.sampled_from("ab"), level=st.just("operativo")),
    st.builds(oe.ObjectiveReworded, objective=st.sampled_from("ab"), title=st.sampled_from("xyz")),
    st.builds(oe.ObjectiveMoved, objective=st.sampled_from("ab"), parent=st.sampled_from([None, "a", "b"])),
    st.builds(IndicatorAssigned, indicator=st.just("i"), objective=st.sampled_from("ab")),
    st.builds(IndicatorReweighted, indicator=st.just("i"), objective=st.sampled_from("ab"), weight=st.none()),
)


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """Changes on a few days, in any order, and annulments of some of them, and of annulments."""
    stream = Stream("plan/p")
    for version in range(1, draw(st.integers(1, 12)) + 1):
        if version > 1 and draw(st.booleans()):
            versions = tuple(draw(st.sets(st.integers(1, version - 1), min_size=1, max_size=2)))
            event: Event = EventsAnnulled(versions=versions, reason="recorded_by_mistake")
        else:
            event = draw(CELLS)
        stream.add(draw(st.sampled_from(DAYS)), event)
    return stream


def rows(timelines: Timelines, under: str = "/") -> list[tuple[str, str, Entry]]:
    """What timelines hold under a prefix, or of an object, as a store would hand it over."""
    keys = timelines.objects(under) if under.endswith("/") else [under]
    return [
        (key, field, entry) for key in keys for field, entries in timelines.fields(key).items() for entry in entries
    ]


@given(streams(), st.sampled_from(DAYS), st.integers(0, 12))
def test_timelines_answer_what_the_fold_defines(stream: Stream, as_of: date, known: int) -> None:
    timelines = timelines_of(stream.records, known)
    answered = {
        (key, field): entry
        for key in timelines.objects("/")
        for field in timelines.fields(key)
        if (entry := timelines.entry(key, field, as_of)) is not None
    }
    assert answered == fold(stream.records, as_of, known)


@given(streams())
def test_what_is_forgotten_was_never_said(stream: Stream) -> None:
    left_out = {record.version for record in stream.records if record.effective_on == DAY}
    rest = [record for record in stream.records if record.version not in left_out]
    never = Timelines()
    for record in rest:
        for fact in record.event.facts():
            never.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))
    whole = Timelines()
    for record in stream.records:
        whole.evolve(record.event, record.effective_on)
    before = rows(whole)
    without = whole.without([record for record in stream.records if record.version in left_out])
    assert sorted(rows(without), key=str) == sorted(rows(never), key=str)
    assert without.version == whole.version == len(stream.records)
    assert rows(whole) == before, "a copy leaves what it was made of as it is"
    stream.add(DAY, oe.ObjectiveReworded(objective="c", title="Nuovo"), oe.ObjectiveMoved(objective="z", parent=None))
    without.followed_by(stream.records[-2:])
    assert rows(whole) == before
    whole.exclude(left_out)
    assert sorted(rows(whole), key=str) == sorted(rows(never), key=str)


def test_an_annulment_that_is_annulled_leaves_nothing_out() -> None:
    annulments = {3: [1, 2], 5: [3], 6: [4]}
    assert annulled(annulments, 2) == set()
    assert annulled(annulments, 4) == {1, 2}
    assert annulled(annulments, 5) == {3}
    assert annulled(annulments, 6) == {3, 4}
    stream = Stream("plan/p")
    stream.add(DAY, oe.ObjectiveWithdrawn(objective="a"), EventsAnnulled(versions=(1,), reason="corrected"))
    assert annulments_in(stream.records) == {2: (1,)}


@given(st.lists(st.sets(st.integers(min_value=1, max_value=40), max_size=4), max_size=40))
def test_annulments_taken_in_one_by_one_leave_out_what_they_leave_out_together(named: list[set[int]]) -> None:
    one_by_one, together = Annulments(), dict[int, list[int]]()
    for version, versions in enumerate(named, 1):
        before = annulled(together, version)
        together[version] = [earlier for earlier in versions if earlier < version]
        turned_over = one_by_one.add(version, versions)
        assert one_by_one.left_out == annulled(together, version)
        assert turned_over == before ^ one_by_one.left_out


def test_what_is_recorded_later_of_one_day_wins_and_what_is_of_a_later_day_wins_over_that() -> None:
    timelines = Timelines()
    for version, day, value in (
        (1, 30, {"text": "a"}),
        (3, 30, {"text": "c"}),
        (2, 30, {"text": "b"}),
        (4, 29, {"text": "d"}),
    ):
        timelines.insert("objective/a", "title", Entry(date(2022, 6, day), version, dict(value)))
    assert [entry.version for entry in timelines.entries("objective/a", "title")] == [4, 1, 2, 3]
    assert timelines.value("objective/a", "title", date(2022, 6, 28)) is None
    assert timelines.value("objective/a", "title", date(2022, 6, 29)) == {"text": "d"}
    assert timelines.value("objective/a", "title", date(2022, 6, 30)) == {"text": "c"}
    assert [entry.version for _, entry in timelines.later("objective/a", date(2022, 6, 29))] == [1, 2, 3]
    assert list(timelines.later("objective/a", date(2022, 6, 30))) == []


def test_nothing_is_left_of_what_was_never_taken_in() -> None:
    stream = Stream("plan/p")
    stream.add(DAY, oe.ObjectiveAdded(objective="a", level="operativo"))
    assert rows(Timelines().without(stream.records)) == []
    titled = Timelines()
    titled.insert("objective/a", "title", Entry(DAY, 9, "Altro"))
    assert rows(titled.without(stream.records)) == [("objective/a", "title", Entry(DAY, 9, "Altro"))]


@pytest.fixture
def recorded() -> Timelines:
    """Two objectives, two assignments of one indicator."""
    timelines = Timelines()
    for name in "ab":
        timelines.evolve(oe.ObjectiveAdded(objective=name, level="operativo"), DAY)
        timelines.evolve(IndicatorAssigned(indicator="i", objective=name), DAY)
    return timelines


def loading(recorded: Timelines) -> tuple[Timelines, list[str]]:
    """Timelines that ask for rows when they are first wanted, and what they asked for so far."""
    asked: list[str] = []

    def load(key: str) -> list[tuple[str, str, Entry]]:
        asked.append(key)
        return rows(recorded, key)

    return Timelines(version=4, load=load), asked


def test_rows_are_asked_for_once_and_no_more_of_them_than_are_wanted(recorded: Timelines) -> None:
    timelines, asked = loading(recorded)
    assert asked == []
    assert timelines.value("objective/a", "level", DAY) == "operativo"
    assert timelines.known("objective/a")
    assert asked == ["objective/a"]
    assert timelines.objects("assignment/i/") == ["assignment/i/a", "assignment/i/b"]
    assert timelines.entries("assignment/i/b", "life")
    assert asked == ["objective/a", "assignment/i/"]
    assert timelines.objects("objective/") == ["objective/a", "objective/b"]
    assert timelines.objects("/") == ["objective/a", "assignment/i/a", "assignment/i/b", "objective/b"]
    assert rows(timelines) == [row for key in timelines.objects("/") for row in rows(recorded, key)]
    assert asked == ["objective/a", "assignment/i/", "objective/", "/"]
    assert not timelines.known("objective/c")
    assert asked[-1] == "/"


def test_what_is_decided_lies_over_what_is_loaded(recorded: Timelines) -> None:
    timelines, _ = loading(recorded)
    assert timelines.evolve(oe.ObjectiveReclassified(objective="b", level="strategico"), DAY) == 5
    assert [entry.value for entry in timelines.entries("objective/b", "level")] == ["operativo", "strategico"]


@pytest.mark.parametrize("how", ["forget", "without"])
def test_what_is_left_out_is_left_out_of_what_was_not_asked_for_yet(recorded: Timelines, how: str) -> None:
    timelines, asked = loading(recorded)
    if how == "forget":
        timelines.exclude([1])
    else:
        stream = Stream("plan/p")
        stream.add(DAY, oe.ObjectiveAdded(objective="a", level="operativo"))
        timelines = timelines.without(stream.records)
    assert asked == ["/"]
    assert timelines.objects("objective/") == ["objective/b"]
    assert timelines.versions_of("assignment/i/a") == {2}


def test_the_value_before_is_that_of_the_last_place_before_a_version_s_own() -> None:
    timelines = Timelines()
    for day, version, value in ((1, 1, "a"), (3, 2, "b"), (3, 4, "c")):
        timelines.insert("x", "f", Entry(date(2022, 1, day), version, value))
    before = [timelines.value_before("x", "f", date(2022, 1, day), v) for day, v in ((1, 1), (2, 9), (3, 2), (3, 4))]
    assert before == [None, "a", "a", "b"]
    assert timelines.value_before("x", "g", date(2022, 1, 3), 9) is None
