"""Periods as people write them."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.periods import Period, period_ending, period_said, period_words, periods_of, read_period

PERIOD = TypeAdapter[str](Period)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("I semestre 2024", "2024-H1"),
        ("2° sem. 2024", "2024-H2"),
        ("secondo semestre del 2024", "2024-H2"),
        ("2024 - I semestre", "2024-H1"),
        ("semestre II/2024", "2024-H2"),
        ("2024-S1", "2024-H1"),
        ("III trim. 2024", "2024-Q3"),
        ("Marzo 2024", "2024-03"),
        ("09/2024", "2024-09"),
        ("anno 2024", "2024"),
        ("30/06/2024", "2024-H1"),
        ("31 dicembre 2024", "2024"),
        ("2024-Q3", "2024-Q3"),
    ],
)
def test_a_period_is_read_as_people_write_it(written: str, period: str) -> None:
    assert PERIOD.validate_python(written) == period


@pytest.mark.parametrize(
    "written", ["III semestre 2024", "15/06/2024", "V trimestre 2024", "13/2024", "semestre", "2024-H3"]
)
def test_what_is_no_period_is_refused(written: str) -> None:
    assert read_period(written) is None
    with pytest.raises(ValidationError):
        PERIOD.validate_python(written)


def test_every_period_of_a_year_reads_as_it_is_said() -> None:
    for period in periods_of(2024):
        words = period_words(period)
        assert words == period == "2024" or read_period(words) == period
        assert period_said(period) == words


def test_data_of_a_day_are_of_the_period_that_ends_on_it() -> None:
    assert [period_ending(date(2024, m, d)) for m, d in ((6, 30), (3, 31), (12, 31), (7, 15))] == [
        "2024-H1", "2024-Q1", "2024", "2024",
    ]  # fmt: skip
