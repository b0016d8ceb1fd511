"""What may be a slip of the pen in a new target is asked about; what cannot be one is not."""

import pytest

from domain.targets.doubts import doubts_between
from domain.targets.reader import read_one
from domain.vocabulary import Polarity


@pytest.mark.parametrize(
    ("before", "after", "polarity", "asked"),
    [
        (">= 5%", "6", None, ["unit"]),
        (">= 5%", "6%", None, []),
        ("<= 20 gg", "<= 3 mesi", None, ["unit"]),
        (">= 5%", "<= 5%", None, ["side"]),
        ("5%", "<= 5%", "up", ["side"]),
        ("5%", "<= 5%", "down", []),
        (">= 5%", ">= -5%", None, ["sign"]),
        (">= 4.000", ">= 400", None, ["size"]),
        (">= 4.000", ">= 401", None, []),
        (">= 5%", "entro il 31/12", None, ["form"]),
        (">= 5%", "da definire", None, []),
        ("da definire", ">= 5%", None, []),
    ],
)
def test_a_slip_is_asked_about(before: str, after: str, polarity: Polarity | None, asked: list[str]) -> None:
    was, now = (read_one(text, 2022, polarity=polarity) for text in (before, after))
    assert [doubt.name for doubt in doubts_between(was, now, polarity)] == asked


def test_of_another_year_neither_size_nor_form_is_asked_about() -> None:
    for after in (">= 400", "entro il 31/12"):
        was, now = (read_one(text, 2022) for text in (">= 4.000", after))
        assert list(doubts_between(was, now, None, same_cell=False)) == []
