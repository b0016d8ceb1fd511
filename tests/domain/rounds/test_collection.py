"""What a round asks for, what counts as having come, and when; who is reminded of what."""

from datetime import date

import pytest

from domain.rounds.collection import CollectedRound, arrival, came_late, reminders, statuses_counted
from domain.rounds.contradictions import contradictions_of
from domain.rounds.model import Round, Scope
from tests.support.given import Given
from tests.support.rounds import AS_AT, ROUND, collect, measure, reported


@pytest.fixture
def plan() -> Given:
    """Two indicators of one office, one of another, one without a commitment for the year."""
    plan = Given()
    plan.objective("a", offices=("Bilancio",))
    plan.objective("b", offices=("Cultura",))
    plan.indicator("i", "a", ">= 80%")
    plan.indicator("j", "a", ">= 10")
    plan.indicator("k", "b", ">= 10")
    plan.indicator("w", "b", "---")
    return plan.approved()


def came(whole: CollectedRound) -> dict[str, str | None]:
    return {due.indicator: arrival(whole.round, due) for due in whole.dues}


def test_it_asks_for_what_has_a_commitment_for_the_year(plan: Given) -> None:
    assert [due.indicator for due in collect(plan).dues] == ["i", "j", "k"]


@pytest.mark.parametrize(
    ("scope", "asked"),
    [
        (Scope(objectives=("b",)), ["k"]),
        (Scope(offices=("Bilancio",)), ["i", "j"]),
        (Scope(levels=("strategico",)), []),
    ],
)
def test_its_scope_narrows_it(plan: Given, scope: Scope, asked: list[str]) -> None:
    assert [due.indicator for due in collect(plan, ROUND._replace(scope=scope)).dues] == asked


def test_a_value_counts_when_its_period_ends_within_the_round(plan: Given) -> None:
    measure(plan, "i", "35%", "2022-H1", AS_AT, recorded_on=date(2022, 7, 10))
    measure(plan, "j", "5", "2022-H2", date(2022, 12, 31))
    measure(plan, "k", "5", "2021", date(2021, 12, 31))
    assert came(collect(plan)) == {"i": "in_time", "j": None, "k": None}


def test_what_came_for_an_earlier_round_does_not_count_again(plan: Given) -> None:
    march = Round("marzo", date(2022, 3, 31), date(2022, 4, 1), None, Scope(), None, 1, None)
    measure(plan, "i", "20%", "2022-Q1", date(2022, 3, 31))
    reported(plan, "j", "in_line", date(2022, 4, 5))
    assert came(collect(plan, march, ROUND)) == {"i": "in_time", "j": "in_time", "k": None}
    later = ROUND._replace(opened_on=date(2022, 4, 20))
    assert came(collect(plan, later, march)) == {"i": None, "j": None, "k": None}


def test_it_comes_late_after_the_day_by_which_it_was_awaited_and_later_still_after_closing(plan: Given) -> None:
    measure(plan, "i", "35%", "2022-H1", AS_AT, recorded_on=date(2022, 7, 16))
    measure(plan, "j", "5", "2022-H1", AS_AT, recorded_on=date(2022, 9, 1))
    measure(plan, "k", "5", "2022-H1", AS_AT, recorded_on=date(2023, 9, 1), retrospective=True)
    whole = collect(plan, ROUND._replace(closed_on=date(2022, 8, 31)))
    assert came(whole) == {"i": "late", "j": "after_closing", "k": "not_knowable"}
    assert [due.indicator for due in whole.dues if came_late(whole.round, due)] == ["i", "j"]


def test_an_office_is_reminded_of_what_it_lacks_and_not_reported_is_no_answer(plan: Given) -> None:
    measure(plan, "i", "35%", "2022-H1", AS_AT)
    reported(plan, "j", "in_line", date(2022, 7, 2))
    reported(plan, "k", "not_reported", date(2022, 7, 2))
    whole = collect(plan)
    assert statuses_counted(whole.dues) == {"in_line": 1, "none": 1, "not_reported": 1}
    first, second = reminders(whole)
    assert (first.office, first.missing, first.values) == ("Bilancio", [], ["J"])
    assert second.words == "Cultura: dei dati al 30/06/2022 mancano 1 risposta e 0 valori, attesi entro il 15/07/2022"


def test_words_do_not_hold_together_with_figures(plan: Given) -> None:
    measure(plan, "i", "35%", "2022-H1", AS_AT)
    reported(plan, "i", "in_line", date(2022, 7, 2))
    reported(plan, "j", "in_line", date(2022, 7, 2), progress="10")
    reported(plan, "k", "reached", date(2022, 7, 2), progress="100")
    kinds = {contradiction.subjects: contradiction.kind for contradiction in contradictions_of(collect(plan))}
    assert kinds == {
        ("indicator/i",): "in_line_below_target",
        ("indicator/j",): "in_line_behind",
        ("indicator/k",): "complete_without_value",
    }


def test_what_is_as_expected_is_no_contradiction(plan: Given) -> None:
    measure(plan, "i", "85%", "2022-H1", AS_AT)
    reported(plan, "i", "in_line", date(2022, 7, 2))
    reported(plan, "j", "in_line", date(2022, 7, 2), progress="50")
    assert list(contradictions_of(collect(plan))) == []


def test_not_available_is_a_reply_and_no_value_and_the_office_is_reminded_of_the_value(plan: Given) -> None:
    measure(plan, "i", "n.d.", "2022-H1", AS_AT)
    (due,) = [due for due in collect(plan).dues if due.indicator == "i"]
    assert (due.answered, due.has_value) == (True, False)
    assert "I" in reminders(collect(plan))[0].values
