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
