"""Rows of targets and values, one by one: what is read, what is refused, what comes out."""

from decimal import Decimal

import pytest

from domain.errors import Malformed
from domain.scoring.row import achieve_row, read_achieve_row
from domain.vocabulary import JsonValue


@pytest.mark.parametrize(
    ("row", "figure", "rule"),
    [
        ({"target": ">= 0,21%", "numerator": "112", "denominator": "65991"}, "80.81", "observed_over_target"),
        ({"target": "90", "observed": "85", "polarity": "up", "rounding": "half_up"}, "94.44", "observed_over_target"),
        ({"target": "90", "observed": 85.5, "polarity": "up", "rounding": "truncated:1"}, "95", "observed_over_target"),
        ({"target": 90, "observed": 45, "polarity": "up"}, "50", "observed_over_target"),
        ({"target": "90", "observed": 95, "polarity": "down", "rounding": {"how": "truncated", "step": "0.1"}}, "94.7", "target_over_observed"),
        ({"target": "entro il 31/7", "observed": "28/7"}, "100", "deadline_met"),
        ({"target": "entro il 31/7", "observed": "5/8/2023"}, "0", "days_late"),
        ({"target": "Sì", "observed": True}, "100", "yes_no"),
        ({"target": "+10% sul 2018", "observed": "105", "previous": 100}, "50", "change"),
        ({"target": "zero", "observed": 0}, "100", "equal"),
        ({"target": ">= 5", "numerator": 3, "denominator": 0}, None, "denominator_zero"),
        ({"target": ">= 5"}, None, "not_measured"),
        ({"target": "boh", "observed": 1}, None, "target_unread"),
    ],
)  # fmt: skip
def test_a_row_is_read_and_judged(row: dict[str, JsonValue], figure: str | None, rule: str) -> None:
    found = achieve_row(read_achieve_row(row))
    shown = None if found.achievement is None else format(found.achievement, "f")
    assert (None if shown is None else shown[: len(figure or "")], found.rule) == (figure, rule)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({}, "target"),
        ({"target": "5", "observed": [1]}, "observed"),
        ({"target": "5", "polarity": "sideways"}, "polarity"),
        ({"target": "5", "rounding": "bankers"}, "rounding"),
        ({"target": "5", "rounding": "half_up:0"}, "rounding"),
        ({"target": "5", "numerator": "1"}, "denominator"),
        ({"target": "5", "numerator": "x", "denominator": "1"}, "numerator"),
        ({"target": "5", "numerator": "6.551", "denominator": "1"}, "numerator"),
        ({"target": "5", "surprise": 1}, "surprise"),
    ],
)
def test_a_bad_row_says_what_and_where(row: dict[str, JsonValue], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_achieve_row(row)
    assert [problem.where for problem in refusal.value.problems] == [where]


@pytest.mark.parametrize(
    ("target", "observed", "figure", "rule"),
    [
        (">= 0,7", "68%", None, "unit_doubtful"),
        (">= 0,7", "5%", None, "unit_doubtful"),
        (">= 70%", "0,68", None, "unit_doubtful"),
        (">= 70%", 0.22, None, "unit_doubtful"),
        (">= 10%", "0,5", None, "unit_doubtful"),
        (">= 0,15%", "15", None, "unit_doubtful"),
        (">= 2 al mese", "24", None, "unit_doubtful"),
        (">= 24", "2 al mese", None, "unit_doubtful"),
        (">= 5 gg", "3 €", None, "unit_differs"),
        (">= 2 al mese", "68%", None, "unit_differs"),
        (">= 2 al mese", "24 all'anno", None, "unit_differs"),
        (">= 2 al mese", "2 al mese", "100", "observed_over_target"),
        (">= 70%", "35", "50", "observed_over_target"),
        (">= 70%", 35, "50", "observed_over_target"),
        (">= 70", "35%", "50", "observed_over_target"),
        (">= 0,2%", "0,1", "50", "observed_over_target"),
        (">= 0,15%", "15%", "100", "observed_over_target"),
        (">= 70%", "0", "0", "observed_over_target"),
        ("< 30 gg", "60", "50", "target_over_observed"),
        (">= 70%", "72 punti", None, "unit_differs"),
        (">= 70%", "72 p.p.", None, "unit_differs"),
        (">= 70%", "7200%", None, "unit_doubtful"),
        (">= 70%", "+4%", None, "unit_doubtful"),
        ("almeno 4 seminari", "130%", None, "unit_differs"),
        ("almeno 4 seminari", "5 gg", None, "unit_differs"),
        ("almeno 4 seminari", "€ 5", None, "unit_differs"),
        ("almeno 4", "130%", None, "unit_differs"),
        ("<= 20 gg", "-3", None, "unit_doubtful"),
        (">= 8.000 €", "8,250", None, "unit_doubtful"),
        (">= 8", "8,250", "100", "observed_over_target"),
    ],
)
def test_units_that_differ_or_may_are_named_and_never_counted(
    target: str, observed: JsonValue, figure: str | None, rule: str
) -> None:
    found = achieve_row(read_achieve_row({"target": target, "observed": observed}))
    assert (None if found.achievement is None else str(found.achievement), found.rule) == (figure, rule)
    assert figure is not None or "scrivere" in (found.note or "")


@pytest.mark.parametrize(
    ("target", "observed", "ways"),
    [
        (">= 0,7", "68%", ("«0,7%»", "«70%»")),
        (">= 70%", "0,68", ("«0,68%»", "«68%»")),
        (">= 0,15%", "15", ("«15%»", "«0,15%»")),
        (">= 2 al mese", "24", ("«24 al mese»",)),
    ],
)
def test_a_doubtful_unit_says_what_to_write(target: str, observed: str, ways: tuple[str, ...]) -> None:
    note = achieve_row(read_achieve_row({"target": target, "observed": observed})).note
    assert note is not None
    assert all(way in note for way in ways)


def test_the_terms_of_a_ratio_take_the_unit_of_a_percentage_target_and_not_of_a_plain_one() -> None:
    terms: dict[str, JsonValue] = {"observed": "70%", "numerator": 7, "denominator": 10}
    assert achieve_row(read_achieve_row({"target": ">= 70%"} | terms)).achievement == 100
    assert achieve_row(read_achieve_row({"target": ">= 0,7"} | terms)).rule == "unit_doubtful"


@pytest.mark.parametrize(
    ("target", "observed"),
    [
        ("+4 punti percentuali", "+4%"),
        ("+4%", "+4 p.p."),
        ("+4%", "+9 iscritti"),
        ("riduzione del 4%", "9 in meno"),
    ],
)
def test_a_variation_in_another_unit_is_not_the_one_that_is_asked_for(target: str, observed: str) -> None:
    found = achieve_row(read_achieve_row({"target": target, "observed": observed, "year": 2022}))
    assert (found.achievement, found.rule) == (None, "unit_mismatch")


@pytest.mark.parametrize("observed", ["+9 iscritti", "9 in più", "+9"])
def test_a_variation_of_things_is_compared_with_things(observed: str) -> None:
    found = achieve_row(read_achieve_row({"target": "+6 iscritti", "observed": observed, "year": 2022}))
    assert (found.achievement, found.rule) == (Decimal(100), "change")


def test_no_variation_is_one_in_every_unit() -> None:
    found = achieve_row(read_achieve_row({"target": "+4%", "observed": "invariato", "year": 2022}))
    assert (found.achievement, found.rule) == (Decimal(0), "change")


@pytest.mark.parametrize(("target", "observed"), [("almeno 4", "5 gg"), ("tra 3 e 8", "€ 5"), (">= 70", "72%")])
def test_a_unit_that_only_the_value_has_is_told(target: str, observed: str) -> None:
    found = achieve_row(read_achieve_row({"target": target, "observed": observed}))
    assert found.met
    assert "senza unità" in (found.note or "")


def test_a_day_before_the_year_of_the_target_is_asked_about() -> None:
    row: dict[str, JsonValue] = {"target": "entro il 31/7/2022", "year": 2022}
    assert achieve_row(read_achieve_row(row | {"observed": "10/06/2022"})).rule == "deadline_met"
    early = achieve_row(read_achieve_row(row | {"observed": "10/06/2021"}))
    assert (early.rule, "scrivere" in (early.note or "")) == ("not_comparable", True)
    next_year: dict[str, JsonValue] = {"target": "entro il 31/1/2023", "year": 2022, "observed": "15/12/2022"}
    assert achieve_row(read_achieve_row(next_year)).rule == "deadline_met"


def test_no_year_is_printed_that_nobody_said() -> None:
    row: dict[str, JsonValue] = {"target": "+10% rispetto all'anno precedente", "observed": "77%"}
    known = achieve_row(read_achieve_row(row | {"previous": "70%"}))
    assert (known.achievement, known.note) == (Decimal(100), "base: il valore dell'anno precedente")
    unknown = achieve_row(read_achieve_row(row))
    assert (unknown.rule, "(" in (unknown.note or "")) == ("earlier_value_unknown", False)
    assert "(2021)" in (achieve_row(read_achieve_row(row | {"previous": "70%", "year": 2022})).note or "")
    assert (
        achieve_row(read_achieve_row({"target": "entro il 31/7", "observed": "28/7"})).arithmetic
        == "28/07 rispetto a 31/07"
    )


@pytest.mark.parametrize(("said", "value"), [("70%", "70"), ("€ 1.500", "1500"), ("12,5", "12.5"), (70, "70")])
def test_an_earlier_value_is_read_as_an_observed_one(said: JsonValue, value: str) -> None:
    row = read_achieve_row({"target": "5", "previous": said, "baseline": said})
    assert (str(row.previous), str(row.baseline)) == (value, value)
