"""Which change calls for which rule of attention, on which values: from the events alone."""

from datetime import date
from typing import Any

import pytest

from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.flags.cases import cases_of
from domain.flags.context import YearOnRecord
from domain.flags.figures import KnownFigures
from domain.flags.model import Case, Corrected, EasedYears, Moved, Overridden, Restated, Revised, Started
from domain.indicators.card import Card
from domain.indicators.events import IndicatorFeedsChanged, IndicatorRedefined, IndicatorReweighted
from domain.measurements.events import MeasurementRestated
from domain.measurements.reader import read_value
from domain.names import Names
from domain.objectives.events import ObjectiveWithdrawn
from domain.plans.history import plan_changes
from domain.point import Point
from domain.scoring.events import ScoreOverridden
from tests.support.given import Given, measured, revised

AS_OF = date(2023, 12, 31)


@pytest.fixture
def plan() -> Given:
    """One objective, two indicators with points, a value of the first half of the year that misses its target."""
    plan = Given()
    plan.objective("a")
    plan.indicator("i", "a", ">= 80", weight="50", polarity="up", baseline="90")
    plan.indicator("j", "a", ">= 10", weight="50", polarity="up")
    plan.approved()
    measure(plan, "i", "35", "2022-H1", date(2022, 7, 10))
    return plan


def measure(plan: Given, series: str, text: str, period: str, day: date, **envelope: Any) -> int:
    return plan.administration.add(day, measured(f"s.{series}", text, period, day), **envelope).version


def revise(plan: Given, before: str, after: str, day: date, **envelope: Any) -> int:
    return plan.add(day, revised("i", before, after), **envelope).version


def change(plan: Given, day: date, event: Event) -> None:
    plan.add(day, event)


def cases(plan: Given, *kinds: type[Case]) -> list[Any]:
    history, point = plan.history, Point(AS_OF)
    year = YearOnRecord(
        history=history,
        changes=plan_changes(history, AS_OF, drafting=False),
        year=2022,
        as_of=AS_OF,
        figures=KnownFigures(history, plan.record, plan.administration.records, 2022, point),
        names=Names({}),
        field_words={"formula": "formula", "unit": "unità di misura", "source": "fonte"},
        validated_on=date(2023, 5, 20),
    )
    return [located.case for located in cases_of(year) if isinstance(located.case, kinds or Case)]


def test_a_revision_is_seen_with_the_value_that_was_recorded_by_then(plan: Given) -> None:
    revise(plan, ">= 80", ">= 30", date(2022, 9, 30))
    measure(plan, "i", "95", "2022", date(2022, 12, 31))
    (case,) = cases(plan, Revised)
    assert (case.direction, case.before, case.after) == ("easier", "«≥ 80»", "«≥ 30»")
    assert (case.known.text, case.known.period, case.known.interim) == ("35", "2022-H1", True)
    assert (case.known.meets_before, case.known.meets_after) == (False, True)


def test_what_was_annulled_since_had_been_known_all_the_same(plan: Given) -> None:
    revise(plan, ">= 80", ">= 30", date(2022, 9, 30))
    plan.administration.add(date(2022, 11, 1), EventsAnnulled(versions=(1,), reason="recorded_by_mistake"))
    (case,) = cases(plan, Revised)
    assert (case.known.text, case.known.annulled) == ("35", True)


def test_of_a_change_that_was_loaded_later_the_value_is_that_of_its_own_date(plan: Given) -> None:
    revise(plan, ">= 80", ">= 30", date(2022, 9, 30), recorded_on=date(2023, 3, 1), retrospective=True)
    measure(plan, "i", "95", "2022", date(2022, 12, 31))
    assert cases(plan, Revised)[0].known.text == "35"


def test_a_change_before_any_value_has_none_beside_it(plan: Given) -> None:
    revise(plan, ">= 80", ">= 30", date(2022, 6, 1))
    assert cases(plan, Revised)[0].known is None


def test_a_withdrawal_is_seen_with_the_indicator_that_was_failing(plan: Given) -> None:
    change(plan, date(2022, 9, 30), ObjectiveWithdrawn(objective="a"))
    (case,) = cases(plan, Revised)
    assert case.withdrawn == "ritirato l'obiettivo"
    assert case.before == "indicatore «i», «≥ 80»"


def test_a_row_taken_out_of_a_score_while_it_was_failing_is_seen_as_a_withdrawal(plan: Given) -> None:
    change(plan, date(2022, 9, 30), IndicatorFeedsChanged(indicator="i", objective="a", feeds="dirigenti"))
    (case,) = cases(plan, Revised)
    assert case.withdrawn == "tolto dal punteggio (produttività, albero) l'indicatore"
    assert case.known.meets_before is False
    change(plan, date(2022, 10, 30), IndicatorFeedsChanged(indicator="i", objective="a", feeds="both; dirigenti"))
    assert cases(plan, Revised)[-1].withdrawn is None


def test_a_card_is_seen_where_what_is_measured_changes(plan: Given) -> None:
    for card, fields in ((Card(formula="x / y"), ("formula",)), (Card(frequency="annuale"), ())):
        change(plan, date(2022, 9, 30), IndicatorRedefined(indicator="i", card=card))
        case = cases(plan, Revised)[-1]
        assert (case.fields, case.known is not None) == (fields, bool(fields))


def test_weights_of_one_day_are_one_case_by_share(plan: Given) -> None:
    for indicator, weight in (("i", "25"), ("j", "75")):
        event = IndicatorReweighted.model_validate({"indicator": indicator, "objective": "a", "weight": weight})
        change(plan, date(2022, 9, 30), event)
    (case,) = cases(plan, Moved)
    assert case.lost == (("«i»", "da 50 a 25 punti, dal 50,0% al 25,0%", False),)
    assert case.gained == (("«j»", "da 50 a 75 punti, dal 50,0% al 75,0%", None),)


def test_a_target_stands_beside_its_start_value(plan: Given) -> None:
    assert [(case.name, case.easier) for case in cases(plan, Started)] == [("«i»", True)]


def test_a_year_is_eased_by_where_it_ends_up_not_by_each_step(plan: Given) -> None:
    revise(plan, ">= 80", ">= 70", date(2022, 5, 1))
    assert [case.years for case in cases(plan, EasedYears)] == [(2022,)]
    revise(plan, ">= 70", ">= 85", date(2022, 10, 1))
    assert cases(plan, EasedYears) == []


def test_a_forced_score_is_seen_with_what_was_calculated(plan: Given) -> None:
    event = ScoreOverridden.model_validate({"subject": "indicator", "id": "i", "year": 2022, "forced": "95"})
    change(plan, date(2023, 6, 1), event)
    assert cases(plan, Overridden) == [Overridden("«i»", 2022, "95", None)]


def test_a_figure_is_put_right_by_a_restatement_a_later_recording_or_an_annulment(plan: Given) -> None:
    measure(plan, "i", "40", "2022-H1", date(2022, 7, 20))
    restated = MeasurementRestated(
        series="s.i",
        period="2022-H1",
        before=read_value("40"),
        observed=read_value("45"),
        finality="final",
        data_as_at=date(2022, 6, 30),
    )
    plan.administration.add(date(2023, 6, 1), restated)
    plan.administration.add(date(2023, 6, 2), EventsAnnulled(versions=(3,), reason="recorded_by_mistake"))
    # The restatement counts no more: what is left is the later recording, and the annulment itself.
    seen = [(case.before, case.after, case.validated_on) for case in cases(plan, Restated)]
    assert seen == [("35", "40", date(2023, 5, 20)), ("45", "nessun valore (annullato)", date(2023, 5, 20))]


def test_a_revision_of_the_day_of_an_annulment_is_no_part_of_it(plan: Given) -> None:
    day = date(2022, 5, 1)
    annulled = revise(plan, ">= 80", ">= 60", day)
    change(plan, day, EventsAnnulled(versions=(annulled,), reason="recorded_by_mistake"))
    revise(plan, ">= 80", ">= 40", day)
    (case,) = cases(plan, Corrected)
    assert (case.recorded, case.corrected, case.direction) == ("«≥ 60»", "«≥ 80»", "harder")


def test_a_correction_and_an_annulment_are_seen_with_the_way_they_go(plan: Given) -> None:
    wrong = revise(plan, ">= 80", ">= 90", date(2022, 5, 1))
    revise(
        plan, ">= 90", ">= 60", date(2022, 5, 1), recorded_on=date(2022, 6, 1), claim="correction", restores=(wrong,)
    )
    (case,) = cases(plan, Corrected)
    assert (case.recorded, case.corrected, case.direction) == ("«≥ 90»", "«≥ 60»", "easier")
