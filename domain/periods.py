"""Periods of a year as people write them: `I semestre 2024`, `marzo 2024`, `anno 2024`, `30/06/2024`."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from domain.italian import MONTHS, read_date
from domain.patterns import regex
from domain.vocabulary import PERIOD

_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2})"
_ORDER = r"(?:(?P<roman>i{1,3}|iv)|(?P<number>[1-4])|(?P<word>primo|secondo|terzo|quarto))\s*°?"
_LENGTH = r"(?P<length>sem(?:estre)?|trim(?:estre)?)\.?"
_PARTS = tuple(
    regex(form)
    for form in (
        rf"{_ORDER}\s*{_LENGTH}\s*(?:del\s+|/\s*)?{_YEAR}",
        rf"{_YEAR}\s*[-/,]?\s*{_ORDER}\s*{_LENGTH}",
        rf"{_LENGTH}\s*{_ORDER}\s*(?:del\s+|/\s*)?{_YEAR}",
        rf"{_YEAR}\s*[-/]?\s*(?P<length>[st])(?:(?P<number>[1-4])|(?P<roman>)(?P<word>))",  # 2024-S1, 2024 T3
    )
)
_MONTH = regex(rf"(?P<month>{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)})\.?\s+(?:del\s+)?{_YEAR}")
_NUMBERED_MONTH = regex(rf"(?P<month>0?[1-9]|1[0-2])\s*/\s*{_YEAR}")
_WHOLE_YEAR = regex(rf"(?:anno|esercizio|tutto il|intero)\s+(?:anno\s+)?{_YEAR}")
_ORDERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "primo": 1, "secondo": 2, "terzo": 3, "quarto": 4}
ENDS_OF_PARTS = {"-03-31": "-Q1", "-06-30": "-H1", "-09-30": "-Q3", "-12-31": ""}
"""The part of a year, by the day on which it ends; the whole year is the one that ends with it."""


def read_period(text: str) -> str | None:
    """The period that a text says, as it is recorded (`2024-H1`); None where it says none."""
    plain = " ".join(text.casefold().replace("º", "°").replace("ª", "°").split())
    for form in _PARTS:
        if match := form.fullmatch(plain):
            order = int(match["number"]) if match["number"] else _ORDERS[match["roman"] or match["word"]]
            half = match["length"].startswith("s")
            return f"{match['year']}-{'H' if half else 'Q'}{order}" if not half or order <= len(("H1", "H2")) else None
    if match := _MONTH.fullmatch(plain):
        number = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3]))
        return f"{match['year']}-{number:02}"
    if match := _NUMBERED_MONTH.fullmatch(plain):
        return f"{match['year']}-{int(match['month']):02}"
    if match := _WHOLE_YEAR.fullmatch(plain):
        return match["year"]
    day = read_date(text)
    part = None if day is None else ENDS_OF_PARTS.get(day.isoformat()[4:])
    return None if day is None or part is None else f"{day.year}{part}"


def _period(value: object) -> object:
    return (read_period(value) or value) if isinstance(value, str) and PERIOD.match(value) is None else value


Period = Annotated[
    str, StringConstraints(pattern=r"^[12][0-9]{3}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"), BeforeValidator(_period)
]
"""What a figure describes: a year `2022`, a half `2022-H1`, a quarter `2022-Q3`, a month `2022-09`.

Taken as people say it, too: `I semestre 2022`, `settembre 2022`.
"""


def period_ending(as_at: date) -> str:
    """The period of the data of a day: the half or the quarter of a year that ends on it, else the year."""
    return f"{as_at.year}{ENDS_OF_PARTS.get(as_at.isoformat()[4:], '')}"


PARTS_OF_YEAR = {
    "H1": "primo semestre",
    "H2": "secondo semestre",
    "Q1": "primo trimestre",
    "Q2": "secondo trimestre",
    "Q3": "terzo trimestre",
    "Q4": "quarto trimestre",
}
MONTH_NAMES = {f"{number:02}": name for number, name in enumerate(MONTHS, 1)}


def period_words(period: str) -> str:
    """A period as people say it: `2022-H1` is `primo semestre 2022`, `2022-09` is `settembre 2022`."""
    year, _, part = period.partition("-")
    words = MONTH_NAMES.get(part) or PARTS_OF_YEAR.get(part)
    return f"{words} {year}" if words else period


def periods_of(year: int) -> tuple[str, ...]:
    """The periods of a year for which values are recorded: the year, its halves, quarters and months."""
    return (
        str(year),
        *(f"{year}-{part}" for part in PARTS_OF_YEAR),
        *(f"{year}-{month}" for month in MONTH_NAMES),
    )


def period_said(period: str) -> str:
    """A period in a sentence, without its article: 2022, primo semestre 2022, settembre 2022."""
    year, _, part = period.partition("-")
    match part:
        case "H1":
            return f"primo semestre {year}"
        case "H2":
            return f"secondo semestre {year}"
        case "Q1":
            return f"primo trimestre {year}"
        case "Q2":
            return f"secondo trimestre {year}"
        case "Q3":
            return f"terzo trimestre {year}"
        case "Q4":
            return f"quarto trimestre {year}"
        case _:
            return period_words(period)


def is_month(period: str) -> bool:
    """Whether a period is a month, which is said without an article."""
    return period.partition("-")[2] in MONTH_NAMES
