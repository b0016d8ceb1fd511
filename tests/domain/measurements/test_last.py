"""The last figure of a series, of whatever is recorded of it."""

from datetime import date

import pytest

from domain.measurements.last import LastFigure, last_figure
from domain.measurements.reader import read_value
from domain.timelines import Entry


def entries(**texts: str) -> dict[str, Entry]:
    """Measurements by period, `y2022` or `y2022_H1`."""
    return {
        period[1:].replace("_", "-"): Entry(
            date(2023, 1, 15), 1, {"observed": read_value(text).model_dump(mode="json"), "data_as_at": "2022-12-31"}
        )
        for period, text in texts.items()
    }


@pytest.mark.parametrize(
    ("texts", "last", "of_year"),
    [
        ({"y2021": "60%", "y2022": "67,46%"}, ("67,46%", "2022"), ("67,46%", "2022")),
        ({"y2022": "60%", "y2023_H1": "35%"}, ("35%", "2023-H1"), ("60%", "2022")),
        ({"y2022_H2": "33%", "y2022": "60%"}, ("60%", "2022"), ("60%", "2022")),
        ({"y2023_H1": "9", "y2023_Q2": "4", "y2023_06": "1"}, ("9", "2023-H1"), None),
        ({"y2021": "60%", "y2022": "n.d."}, ("60%", "2021"), ("60%", "2021")),
        ({"y2023_Q1": "Sì"}, ("Sì", "2023-Q1"), None),
        ({}, None, None),
    ],
)
def test_the_period_that_ends_last_with_a_figure(
    texts: dict[str, str], last: tuple[str, str] | None, of_year: tuple[str, str] | None
) -> None:
    day = date(2022, 12, 31)
    assert last_figure(entries(**texts)) == (LastFigure(*last, day) if last else None)
    assert last_figure(entries(**texts), whole_year=True) == (LastFigure(*of_year, day) if of_year else None)
