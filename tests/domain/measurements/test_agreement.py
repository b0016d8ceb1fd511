"""A value beside its terms agrees with them rounded half up or cut at its own digits, on a scale that offices use."""

from decimal import Decimal

import pytest

from domain.measurements.agreement import agrees, scale_of
from domain.measurements.reader import read_value
from domain.measurements.values import NumberValue, stated_beside_terms


def number(value: str | None, numerator: str | None, denominator: str | None) -> NumberValue:
    """A value, and the terms beside it."""
    said = {"value": value, "numerator": numerator, "denominator": denominator}
    return NumberValue.model_validate({"text": "?"} | said)


@pytest.mark.parametrize(
    ("stated", "computed", "same"),
    [
        ("66.7", "66.66", True),  # rounded
        ("66.6", "66.66", True),  # cut
        ("66.5", "66.66", False),
        ("2.5", "2.45", True),  # half up, not half to even
        ("2.4", "2.45", True),
        ("-2.5", "-2.45", True),
        ("66.70", "66.66", False),  # the digits that are stated are said
        ("67", "66.66", True),
        ("1E+2", "149", True),
        ("1E+2", "200", False),
    ],
)
def test_a_stated_value_agrees_rounded_half_up_or_cut_at_its_digits(stated: str, computed: str, *, same: bool) -> None:
    assert agrees(Decimal(stated), Decimal(computed)) is same


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "scale"),
    [
        ("0.5", "1", "2", 1),
        ("50", "1", "2", 100),
        ("500", "1", "2", 1000),
        ("0", "0", "7", 1),
        ("12.5", "49", "400", None),
        ("12.3", "49", "400", 100),  # 12.25, which half to even would make 12.2
        ("12.2", "49", "400", 100),
        ("66.6", "2", "3", 100),
    ],
)
def test_a_ratio_is_stated_on_a_scale(value: str, numerator: str, denominator: str, scale: int | None) -> None:
    observed = number(value, numerator, denominator)
    assert observed.scale_stated() == scale
    assert (observed.differing_ratio() is None) is (scale is not None)


def test_only_the_scales_that_are_asked_for_are_tried() -> None:
    assert number("500", "1", "2").scale_stated((Decimal(1), Decimal(100))) is None


@pytest.mark.parametrize("terms", [("7", None, None), (None, "1", "2"), ("7", "1", "0"), ("7", "1", None)])
def test_nothing_differs_where_there_are_not_both(terms: tuple[str | None, str | None, str | None]) -> None:
    observed = number(*terms)
    assert observed.scale_stated() is None
    assert observed.differing_ratio() is None


def test_the_ratio_is_said_where_the_value_is_another() -> None:
    assert number("70", "1", "2").differing_ratio() == Decimal("0.5")


def test_nothing_over_zero_is_a_ratio() -> None:
    assert scale_of(Decimal(0), Decimal(0), Decimal(0)) is None


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("0,17 (112 imprese su 65.991)", True),  # 0.1697 in percent, rounded
        ("0,16 (112 imprese su 65.991)", True),  # the same, cut
        ("1,69 (112 imprese su 65.991)", False),  # per thousand is no scale that a remark is read on
        ("0,17 (112 imprese su 0)", False),
        (f"{'9' * 120} ({'9' * 120} imprese su 1)", False),  # more digits than are reckoned with
        (f"7 ({'9' * 120} imprese su 3)", False),
    ],
)
def test_the_terms_that_a_remark_names_are_taken_when_they_give_the_value(text: str, *, taken: bool) -> None:
    observed = read_value(text)
    assert isinstance(observed, NumberValue)
    assert (observed.numerator is not None, observed.note) == (taken, text.partition(" ")[2])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("70% Num 1 - Den 2", "il valore scritto 70 non è il rapporto fra 1 e 2 (50,00%)"),
        ("50% Num 1 - Den 2", None),
        ("70%", None),
        ("n.d.", None),
    ],
)
def test_a_value_that_is_not_the_ratio_of_its_terms_is_told_beside_them(text: str, words: str | None) -> None:
    assert stated_beside_terms(read_value(text)) == words
