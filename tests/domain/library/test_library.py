"""The library of indicators: what is stated, what is refused, and a card held against it."""

from datetime import date
from typing import Any

import pytest

from domain.errors import Malformed, NoChange, NotFound, OutsidePlan
from domain.library import decide
from domain.library.commands import LoadLibrary, StateEntry, TakePolarities, WithdrawEntry
from domain.library.known import Library
from domain.plans.state import PlanState
from tests.support.given import Given, Stream

TODAY = date(2022, 9, 30)
START = date(2022, 1, 1)
ENTRY = {
    "scheme": "KPISTD",
    "code": "84",
    "name": "Percentuale di incasso",
    "formula": "incassato / dovuto * 100",
    "unit": "%",
    "polarity": "up",
    "source": "contabilità",
}


def stated(**fields: Any) -> StateEntry:
    return StateEntry.model_validate(ENTRY | {"stated_on": START} | fields)


def library(*entries: StateEntry) -> Stream:
    stream = Stream(decide.LIBRARY)
    for entry in entries:
        event, day = decide.state_entry(stream.timelines, entry, TODAY)
        stream.add(day, event)
    return stream


def plan(**card: Any) -> PlanState:
    given = Given()
    given.objective("a")
    given.indicator("i", "a", "80", **({"name": "Percentuale di incasso", "codes": {"KPISTD": "84"}} | card))
    return PlanState(given.timelines, TODAY)


def test_an_entry_is_stated_once_and_again_where_it_says_something_else() -> None:
    stream = library(stated())
    with pytest.raises(NoChange):
        decide.state_entry(stream.timelines, stated(), TODAY)
    event, day = decide.state_entry(stream.timelines, stated(unit="punti", stated_on=None), TODAY)
    assert (event.entry.unit, day) == ("punti", TODAY)
    with pytest.raises(OutsidePlan):
        decide.state_entry(stream.timelines, stated(unit="euro", stated_on=date(2023, 1, 1)), TODAY)


def test_a_withdrawn_entry_is_there_until_its_day_and_is_not_withdrawn_twice() -> None:
    stream = library(stated())
    command = WithdrawEntry(scheme="kpistd", code=" 84", withdrawn_on=date(2022, 6, 1))
    event, day = decide.withdraw_entry(stream.timelines, command, TODAY)
    stream.add(day, event)
    known = Library(stream.timelines)
    assert known.entry("KPISTD", "84", date(2022, 5, 31)) is not None
    assert known.entry("KPISTD", "84", date(2022, 6, 1)) is None
    with pytest.raises(NotFound):
        decide.withdraw_entry(stream.timelines, command, TODAY)


def test_a_file_is_taken_but_for_what_is_there_and_refused_where_a_code_stands_twice() -> None:
    other = ENTRY | {"code": "9", "name": "Altro"}
    stream = library(stated())
    events, _ = decide.load_library(stream.timelines, LoadLibrary.model_validate({"entries": [ENTRY, other]}), TODAY)
    assert [event.entry.code for event in events] == ["9"]
    with pytest.raises(NoChange):
        decide.load_library(stream.timelines, LoadLibrary.model_validate({"entries": [ENTRY]}), TODAY)
    twice = LoadLibrary.model_validate({"entries": [other, ENTRY, other | {"code": " 9"}]})
    with pytest.raises(Malformed) as refused:
        decide.load_library(stream.timelines, twice, TODAY, {0: "riga 2", 2: "riga 4"})
    assert [(p.where, p.found) for p in refused.value.problems] == [("riga 4", "KPISTD 9 c'è già in riga 2")]


def test_entries_are_listed_by_scheme_and_the_value_of_their_codes() -> None:
    stream = library(*(stated(code=code) for code in ("225", "84", "76.b")), stated(scheme="EC", code="1"))
    listed = [known.entry.called for known in Library(stream.timelines).entries(TODAY)]
    assert listed == ["EC 1", "KPISTD 84", "KPISTD 225", "KPISTD 76.b"]


def test_a_card_departs_where_it_says_something_else_and_inherits_where_it_says_nothing() -> None:
    state = plan(name="PERCENTUALE  di incasso", formula="incassato - dovuto * 100", polarity="down", unit="%")
    (coded,) = Library(library(stated()).timelines).beside(state, TODAY)
    assert [field.field for field in coded.departs] == ["formula", "polarity"]
    assert [(field.field, field.library) for field in coded.inherits] == [("source", "contabilità")]


def test_a_code_that_the_library_does_not_have_is_told_as_such() -> None:
    (coded,) = Library(library(stated()).timelines).beside(plan(codes={"OC": "84"}), TODAY)
    assert (coded.called, coded.known, coded.departs) == ("OC 84", None, ())


def taken(stream: Stream, state: PlanState, *indicators: str) -> dict[str, Any]:
    command = TakePolarities(indicators=indicators or None)
    return decide.take_polarities(state, Library(stream.timelines), command, TODAY)


def test_a_polarity_is_taken_where_nobody_knows_it() -> None:
    stream = library(stated())
    assert taken(stream, plan()) == {"i": ("up", "KPISTD 84")}
    assert taken(stream, plan(polarity="down")) == {}
    assert taken(stream, plan(polarity_basis="stated")) == {}
    with pytest.raises(Malformed):
        taken(stream, plan(polarity="down"), "i")


def test_two_codes_that_say_two_polarities_say_none() -> None:
    stream = library(stated(), stated(scheme="OC", code="1", polarity="down"))
    assert taken(stream, plan(codes={"KPISTD": "84", "OC": "1"})) == {}
