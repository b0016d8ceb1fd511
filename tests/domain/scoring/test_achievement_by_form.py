"""The achievement of one target by its form, with every edge case by its name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.measurements.reader import read_value
from domain.measurements.values import NumberValue
from domain.scoring.achievement import both_to_be_met
from domain.scoring.forms import Circumstances, achieve
from domain.systems.model import Lateness, MeasurementSystem, Rounding
from domain.targets.model import Reference
from domain.targets.reader import read_target
from domain.vocabulary import Polarity

YEAR = 2022


def judged(target: str, observed: str | None, polarity: Polarity | None = None, **case: Any) -> object:
    """The achievement, the rule, and whether the target is met."""
    made = Circumstances(polarity=polarity, year=YEAR)._replace(**case)
    seen = None if observed is None else read_value(observed, YEAR)
    found = both_to_be_met([achieve(one, seen, made) for one in read_target(target, YEAR, polarity)])
    figure = None if found.achievement is None else str(round(found.achievement, 4).normalize())
    return figure, found.rule, found.met


@pytest.mark.parametrize(
    ("target", "observed", "polarity", "figure", "rule", "met"),
    [
        (">= 70,34%", "68%", None, "96.6733", "observed_over_target", False),
        (">= 70", "69.5", "up", "99.2857", "observed_over_target", False),
        (">= 70", "84", None, "1E+2", "observed_over_target", True),
        ("90,00%", "85", "up", "94.4444", "observed_over_target", False),
        ("90,00%", "95", "down", "94.7368", "target_over_observed", False),
        ("90,00%", "85", None, None, "unknown_polarity", None),
        ("90,00%", "90", None, "1E+2", "equal", True),
        ("< 30 gg", "35", None, "85.7143", "target_over_observed", False),
        ("< 30 gg", "30", None, "1E+2", "target_over_observed", False),
        ("< 5", "0", None, "1E+2", "zero_observed", True),
        ("zero", "0", None, "1E+2", "equal", True),
        ("zero", "2", None, "0", "zero_target", False),
        ("<= 0", "2", None, "0", "zero_target", False),
        ("<=20gg.+5", "22", None, "1E+2", "within_tolerance", True),
        ("<=20gg.+5", "26", None, "96.1538", "target_over_observed", False),
        ("ITP < -10", "-5", None, "5E+1", "negative_values", False),
        ("ITP < -10", "-12", None, "1E+2", "negative_values", True),
        ("ITP < -10", "3", None, "0", "sign_change", False),
        (">= 10", "-3", None, "0", "sign_change", False),
        ("<= 10", "-3", None, "1E+2", "sign_change", True),
        ("tra 5 e 10", "7", None, "1E+2", "within_range", True),
        ("tra 5 e 10", "4", None, "8E+1", "below_range", False),
        ("tra 5 e 10", "20", None, "5E+1", "above_range", False),
        ("entro il 31/7", "28/07/2022", None, "1E+2", "deadline_met", True),
        ("entro il 31/7", "03/08/2022", None, "0", "days_late", False),
        ("entro il 31/7", "si", None, "1E+2", "deadline_met", True),
        ("entro il 31/7", "no", None, "0", "not_done", False),
        ("Sì", "si", None, "1E+2", "yes_no", True),
        ("Sì", "no", None, "0", "yes_no", False),
        ("Sì", "69,5%", None, None, "not_comparable", None),
        ("≥ Medio", "alto", None, "1E+2", "level", True),
        ("≥ Medio", "basso", None, "0", "level", False),
        ("≥ Medio", "ottimo", None, None, "scale_unknown", None),
        ("≤ dato medio nazionale", "3", None, None, "reference_unresolved", None),
        ("Anno di rilevazione", "3", None, None, "survey_year", None),
        ("Annuale", "si", None, "1E+2", "recurring", True),
        ("da def.", "3", None, None, "target_to_be_defined", None),
        ("---", "3", None, None, "no_target", None),
        ("un buon risultato", "3", None, None, "target_unread", None),
        (">= 5", "n.d.", None, None, "not_available", None),
        (">= 5", "I dati si avranno a fine anno", None, None, "not_yet_due", None),
        (">= 5", "non applicabile", None, None, "not_applicable", None),
        (">= 5", None, None, None, "not_measured", None),
        (">= 5", "3/5", None, None, "value_unread", None),
        (">= 5", "NUM 3 DEN 0", None, None, "denominator_zero", None),
        (">= 5 gg", "3 €", None, None, "unit_mismatch", None),
        (">= 24 ore", "2 giorni", None, "1E+2", "observed_over_target", True),
        ("30/06/2022 31/12/2022", "15/12/2022", None, "0", "days_late", False),
    ],
)
def test_each_form_has_its_rule_and_each_case_its_name(
    target: str,
    observed: str | None,
    polarity: Polarity | None,
    figure: str | None,
    rule: str,
    met: bool | None,  # noqa: FBT001
) -> None:
    assert judged(target, observed, polarity) == (figure, rule, met)


def test_the_uncut_value_is_shown_beside_the_one_that_counts() -> None:
    found = achieve(read_target(">= 50")[0], read_value("60"))
    assert [found.achievement, found.uncut] == [100, 120]


def test_a_ratio_counts_from_its_terms_and_the_stated_value_stands_beside() -> None:
    target = read_target(">= 10%")[0]
    found = achieve(target, read_value("10,03% Num 6.551 - Den 65.291"))
    assert found.achievement == 100
    assert found.uncut is not None
    assert str(found.uncut).startswith("100.335")
    odd = achieve(target, NumberValue(text="", value=Decimal(9), numerator=Decimal(1), denominator=Decimal(10)))
    assert odd.achievement == 100
    assert odd.note is not None
    assert "differenza -1" in odd.note


@pytest.mark.parametrize(
    ("rule", "late", "figure"),
    [
        (Lateness(rule="points_per_day", points_per_day=Decimal(2)), "10/08/2022", "80"),
        (Lateness(rule="points_per_day", points_per_day=Decimal(2), days_of_grace=10), "10/08/2022", "100"),
        (Lateness(rule="points_per_day", points_per_day=Decimal(2), worthless_after=5), "10/08/2022", "0"),
        (Lateness(rule="points_per_day", points_per_day=Decimal(20)), "10/08/2022", "0"),
        (Lateness(), "01/08/2022", "0"),
    ],
)
def test_days_late_cost_what_the_rules_declare(rule: Lateness, late: str, figure: str) -> None:
    case = Circumstances(system=MeasurementSystem(lateness=rule), year=YEAR)
    found = achieve(read_target("entro il 31/7", YEAR)[0], read_value(late), case)
    assert found.achievement == Decimal(figure)
    assert found.met is False


def test_milestones_are_judged_by_what_was_observed_at_their_days() -> None:
    target = read_target("giugno 60%; ottobre 100%", YEAR)[0]
    parts = {"2022-H1": read_value("30%"), "2022-10": read_value("100%")}
    mean = achieve(target, None, Circumstances(year=YEAR, within_year=parts))
    assert mean.achievement == 75
    assert mean.rule == "milestones"
    worst = achieve(
        target, None, Circumstances(system=MeasurementSystem(milestones="all"), year=YEAR, within_year=parts)
    )
    assert worst.achievement == 50
    early = achieve(target, None, Circumstances(year=YEAR, within_year=parts, on=date(2022, 7, 1)))
    assert early.achievement == 50


@pytest.mark.parametrize(
    ("target", "case", "observed", "figure"),
    [
        ("+10% sul 2018", {"earlier": {2018: Decimal(200)}}, "220", "100"),
        ("+10% sul 2018", {"earlier": {2018: Decimal(200)}}, "210", "50"),
        ("riduzione del 5% rispetto all'anno precedente", {"earlier": {2021: Decimal(100)}}, "95", "100"),
        ("+10% rispetto alla baseline", {"baseline": Decimal(50)}, "55", "100"),
        (
            "+10% rispetto al triennio precedente",
            {"earlier": dict.fromkeys((2019, 2020, 2021), Decimal(10))},
            "11",
            "100",
        ),
    ],
)
def test_a_change_is_resolved_against_the_series(target: str, case: dict[str, Any], observed: str, figure: str) -> None:
    found = achieve(read_target(target, YEAR)[0], read_value(observed), Circumstances(year=YEAR)._replace(**case))
    assert (found.rule, found.achievement) == ("change", Decimal(figure))


def test_a_change_on_a_value_nobody_knows_or_on_zero_has_a_name() -> None:
    target = read_target("+10% sul 2018", YEAR)[0]
    assert achieve(target, read_value("5"), Circumstances(year=YEAR)).rule == "earlier_value_unknown"
    on_zero = Circumstances(year=YEAR, earlier={2018: Decimal(0)})
    assert achieve(target, read_value("5"), on_zero).rule == "base_zero"


def test_a_reference_is_judged_once_its_value_is_published() -> None:
    target = Reference(text="<= media", comparator="<=", reference="media nazionale", value=Decimal(10))
    found = achieve(target, read_value("12,5"))
    assert found.rule == "reference"
    assert found.achievement == 80


def test_missing_data_count_nothing_where_the_rules_say_zero_and_what_cannot_be_is_left_out() -> None:
    zero = Circumstances(system=MeasurementSystem(missing="zero"), year=YEAR)
    assert achieve(read_target(">= 5")[0], read_value("n.d."), zero).achievement == 0
    assert achieve(read_target(">= 5")[0], read_value("non applicabile"), zero).standing == "outside"


@pytest.mark.parametrize(
    ("system", "figure"),
    [
        (MeasurementSystem(achievements=Rounding(how="half_up", step=Decimal("0.01"))), "66.67"),
        (MeasurementSystem(achievements=Rounding(how="truncated", step=Decimal(1))), "66"),
        (MeasurementSystem(achievements=Rounding(how="half_up", step=Decimal("0.5"))), "66.5"),
        (MeasurementSystem(worthless_below=Decimal(70)), "0"),
        (MeasurementSystem(floor=Decimal(80)), "80"),
        (MeasurementSystem(thresholds="met_or_not"), "0"),
        (MeasurementSystem(cut_at=Decimal(50)), "50"),
    ],
)
def test_rounding_floor_and_cut_are_as_declared(system: MeasurementSystem, figure: str) -> None:
    found = achieve(read_target(">= 3")[0], read_value("2"), Circumstances(system=system))
    assert found.achievement == Decimal(figure)


def test_what_is_beyond_the_target_is_credited_where_the_rules_do_not_cut() -> None:
    uncut = Circumstances(system=MeasurementSystem(cut_at=None))
    assert achieve(read_target(">= 50")[0], read_value("60"), uncut).achievement == 120


def test_the_distance_rule_takes_off_what_lacks_in_percent_of_the_target() -> None:
    distance = Circumstances(system=MeasurementSystem(thresholds="distance"))
    assert achieve(read_target("<= 30 gg")[0], read_value("36"), distance).achievement == 80
