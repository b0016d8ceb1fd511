"""Columns of one year's target by parts of the year: `Target I semestre 2024`, `Target al 30/06/2024`; what they say together."""

import re
from collections.abc import Mapping
from datetime import date

from domain.italian import Unclear, day_at, period_end_at
from domain.patterns import regex
from domain.spelling import plain_text

_WORD = regex(r"(?<![\w/.,-])(?=\w)")
_YEAR_ALONE = regex(r"(?:anno\s+)?(?:19|20|21)[0-9]{2}\W*", re.IGNORECASE)
_AT_LEAST = regex(r"\s*(?:>=|=>|≥|almeno(?=\s))\s*", re.IGNORECASE)
ANY_YEAR = 2024
"""Stands for the year of a heading that says none."""
END = "12-31"
"""The day by which the target of a year is due."""


def step_of_heading(text: str, year: int | None) -> str:
    """The day of the year (MM-DD) by which a column of targets is due; empty where its heading says no part of a year."""
    spelt = plain_text(text.replace("\n", " ")).text
    for begins in _WORD.finditer(spelt):
        if _YEAR_ALONE.fullmatch(spelt, begins.start()):
            return ""
        due = _due_at(spelt, begins.start(), year or ANY_YEAR)
        if due is not None:
            return f"{due:%m-%d}" if year is None or due.year == year else ""
    return ""


def _due_at(text: str, position: int, year: int) -> date | None:
    try:
        due = day_at(text, position, year) or period_end_at(text, position, year)
    except Unclear:
        return None
    return due[0] if due is not None else None


def step_words(day: str) -> str:
    """A day of the year as people write it: `30/06`."""
    month, _, number = day.partition("-")
    return f"{number}/{month}"


def together(steps: Mapping[str, str]) -> str:
    """What the steps of a year say: one target where all say the same, or only its end says one; otherwise each with its day.

    That a quantity is to be reached by a day is what a step says: `>=` before it adds nothing.
    """
    said = {" ".join(text.split()) for text in steps.values()}
    if len(said) == 1 and (len(steps) > 1 or END in steps):
        return said.pop()
    return "; ".join(f"{step_words(day)}: {_AT_LEAST.sub('', text, count=1)}" for day, text in sorted(steps.items()))
