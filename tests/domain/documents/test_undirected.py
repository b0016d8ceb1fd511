"""Which indicators are asked whether more or less is better, and how the answer enters a new plan."""

from datetime import date
from typing import Any

import pytest

from domain.documents.load import load_document
from domain.documents.plan import PlanDocument
from domain.documents.undirected import undirected, with_polarities
from domain.documents.warnings import plan_warnings
from domain.errors import Malformed
from domain.indicators.events import IndicatorAdded
from domain.vocabulary import Polarity

_DAY = date(2022, 1, 31)


def plan(*targets: str, systems: dict[str, Any] | None = None, **card: Any) -> PlanDocument:
    """A plan of one indicator with these targets, one a year from 2022 on."""
    rows = [{"year": 2022 + place, "text": text} for place, text in enumerate(targets)]
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {"id": "piano", "title": "P", "first_year": 2022, "last_year": 2024, "systems": systems},
            "objectives": [{"id": "a", "level": "op"}],
            "indicators": [{"id": "i", "name": "I", "objective": "a", "targets": rows, **card}],
        }
    )


def asked(document: PlanDocument) -> list[str]:
    return [row.indicator for row in undirected(document)]


@pytest.mark.parametrize("text", ["70%", "12", "medio"])
def test_a_bare_value_does_not_say_its_direction(text: str) -> None:
    assert asked(plan(text)) == ["i"]


@pytest.mark.parametrize("text", [">= 70%", "< 5 gg", "Sì", "entro il 30/06/2022", "10-20%", "da definire", "n.l.q."])
def test_what_says_its_direction_or_has_none_is_not_asked(text: str) -> None:
    assert asked(plan(text)) == []


def test_a_polarity_that_is_known_inferred_ruled_or_said_to_be_unknown_is_not_asked() -> None:
    assert asked(plan("70%", polarity="up")) == []
    assert asked(plan("70%", ">= 72%")) == []
    assert asked(plan("70%", systems={"2022": {"bare_value": "up"}})) == []
    assert asked(plan("70%", "72%", systems={"2023": {"bare_value": "up"}})) == ["i"]
    assert asked(plan("70%", polarity_basis="stated")) == []


def test_all_are_told_in_one_notice() -> None:
    [notice] = [warning.notice for warning in plan_warnings(plan("70%")) if warning.notice.name == "polarity_unknown"]
    assert notice.words == "di un indicatore non si sa se più è meglio o meno è meglio: «I»"


@pytest.mark.parametrize(("word", "polarity"), [("up", "up"), ("down", "down"), ("unknown", None)])
def test_the_answers_enter_the_new_plan_as_stated(word: Any, polarity: Polarity | None) -> None:
    answered = with_polarities(plan("70%"), {"i": word})
    [added] = [
        event
        for event in load_document(answered, answered.plan.drafted_on or _DAY, approve=False).events
        if isinstance(event, IndicatorAdded)
    ]
    assert (added.card.polarity, added.card.polarity_basis) == (polarity, "stated")
    assert asked(answered) == []


def test_an_answer_of_no_indicator_or_against_the_plan_is_a_problem() -> None:
    with pytest.raises(Malformed) as refused:
        with_polarities(plan("70%", polarity="up"), {"i": "down", "x": "up"})
    assert [problem.where for problem in refused.value.problems] == ["polarities.i", "polarities.x"]
