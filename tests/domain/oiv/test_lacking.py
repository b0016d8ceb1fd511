"""What indicators and objectives lack for a year to be told by them."""

from datetime import date

from domain.formulas.commands import ConfirmFormula
from domain.formulas.decide import confirm_formula
from domain.indicators.series import series_of
from domain.objectives.events import ObjectiveConditionMet
from domain.oiv.lacking import lacking_indicators, lacking_objectives
from domain.oiv.year_record import YearRecord
from domain.plans.state import PlanState
from tests.support.given import DRAFTED, Given, measured

FORMULA = "Pratiche evase / Pratiche pervenute"


def record(plan: Given, year: int = 2022) -> YearRecord:
    history, records = plan.history, plan.administration.records
    return YearRecord(history, records, records, series_of(history.timelines), year, date(2023, 12, 31))


def test_each_indicator_says_all_that_it_lacks_and_one_that_lacks_nothing_is_not_there() -> None:
    plan = Given().objective("a", offices=["Servizio A"]).objective("b")
    plan.indicator("whole", "a", ">= 80", formula=FORMULA).indicator("bare", "b", years=(2023,))
    plan.indicator("said", "a", ">= 10", formula=FORMULA)
    plan.approved()
    confirmed = ConfirmFormula(indicator="whole")
    plan.later(DRAFTED, confirm_formula(PlanState(plan.timelines, DRAFTED), confirmed))
    plan.administration.add("2022-12-31", measured("s.whole", "81", "2022", "2022-12-31"))
    plan.administration.add("2022-12-31", measured("s.said", "n.d.", "2022", "2022-12-31"))
    assert lacking_indicators(record(plan), {"bare"}) == {
        "bare": ["no_target", "no_office", "no_polarity", "no_formula"],
        "said": ["never_measured", "no_formula_terms"],
    }


def test_what_the_system_measures_lacks_neither_a_value_nor_a_formula() -> None:
    plan = Given().objective("a", offices=["Servizio A"])
    mean = "Media ponderata di performance delle azioni associate"
    plan.indicator("mean", "a", ">= 80", formula=mean).approved()
    assert lacking_indicators(record(plan), ()) == {}


def test_an_objective_lacks_indicators_or_an_office_where_nothing_around_it_has_any() -> None:
    plan = Given().objective("a").objective("b", parent="a").objective("c", parent="a")
    plan.objective("d", offices=["Servizio D"]).objective("e", parent="d")
    plan.indicator("i", "b", ">= 80", owner="Servizio B").indicator("j", "e", ">= 80")
    plan.objective("f").indicator("k", "f", ">= 80")
    assert lacking_objectives(record(plan.approved())) == {
        "c": ["no_indicators", "no_office"],
        "f": ["no_office"],
    }


def test_what_waits_for_a_trigger_is_not_chased() -> None:
    plan = Given().objective("a", condition="se arriva il finanziamento").objective("b", parent="a")
    plan.indicator("i", "b", ">= 80").approved()
    assert lacking_indicators(record(plan), ()) == {}
    assert lacking_objectives(record(plan)) == {}
    plan.later("2022-05-01", ObjectiveConditionMet(objective="a"))
    assert lacking_indicators(record(plan), ()) == {"i": ["never_measured", "no_office", "no_formula"]}


def test_what_hangs_from_an_objective_is_there_even_while_it_waits_for_its_trigger() -> None:
    plan = Given().objective("a").objective("b", parent="a", condition="se arriva il finanziamento")
    plan.indicator("i", "b", ">= 80", owner="Servizio B").approved()
    assert lacking_objectives(record(plan)) == {}
