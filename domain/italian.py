"""Numbers and dates as Italians write them, read for certain or not at all.

`number_at`, `day_at` and `period_end_at` read from a place in a longer text that `tidy` has prepared; they give the
value and where it ends, None where there is no such thing, and raise `Unclear` where there is one that is wrong or
ambiguous. `read_number` and `read_date` read a whole text, and give None for all that is not certain.
"""

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError

LONGEST = 500
"""Characters: a longer text is prose, and is not read."""

YEARS = range(1990, 2100)
"""The years that a plan may speak of."""

_SPACES = "\t\n\r\v\f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_QUOTES = "\u2018\u2019\u02bc\u00b4`"
_ALIKE = (
    dict.fromkeys(map(ord, _SPACES), " ")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _QUOTES), "'")
    | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {ord("≧"): "≥", ord("⩾"): "≥", ord("≦"): "≤", ord("⩽"): "≤", ord("º"): "°"}
)

MONTHS = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)
_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()} | {"sett": 9}

_DIGITS = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")
_WHOLE = r"(?:0|[1-9][0-9]*)"
_GROUPED = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_WITH_COMMA = re.compile(rf"(?:{_WHOLE}|{_GROUPED})(?:,[0-9]+)?")
_WITH_POINT = re.compile(r"0\.[0-9]+|[1-9][0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})")

_YEAR = r"(?P<year>[0-9]{4})\b"
_NAMES = "|".join(sorted(_MONTH_NUMBERS.keys() - {"set"}, key=len, reverse=True))
_MONTH = rf"(?:(?P<month>{_NAMES}|set(?=\.|\s+[0-9]{{4}}\b))\b\.?)"  # "3 set" may be three sets
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9/.-]*[0-9])")
_NUMERIC_DAY = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9/-]*[0-9])"
)
_SHORT_DAY = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?![0-9/-]*[0-9])")
_DAY_OF_MONTH = re.compile(rf"(?P<day>[0-9]{{1,2}})°?\s*{_MONTH}(?:\s*{_YEAR})?", re.IGNORECASE)
_END_OF_MONTH = re.compile(
    rf"(?:(?:la\s+)?fine\s+(?:di\s+)?|(?:il\s+)?mese\s+di\s+)?{_MONTH}(?:\s+{_YEAR})?", re.IGNORECASE
)
_END_OF_YEAR = re.compile(
    rf"(?:(?:la\s+)?fine\s+(?:del\s+|dell')?(?:anno\b(?:\s+{_YEAR})?|(?P<named>[0-9]{{4}})\b)|l'anno\b(?:\s+(?P<said>[0-9]{{4}})\b)?)",
    re.IGNORECASE,
)
_ORDINALS = {"i": 1, "1°": 1, "primo": 1, "ii": 2, "2°": 2, "secondo": 2}
_ORDINALS |= {"iii": 3, "3°": 3, "terzo": 3, "iv": 4, "4°": 4, "quarto": 4}
_PARTS = {"semestre": 6, "sem": 6, "quadrimestre": 4, "quadr": 4, "trimestre": 3, "trim": 3}
_END_OF_PART = re.compile(
    rf"(?P<ordinal>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\s*(?P<part>{'|'.join(_PARTS)})\b\.?"
    rf"(?:\s+(?:del\s+)?{_YEAR})?",
    re.IGNORECASE,
)


class Unclear(ValueError):
    """A text that is not certain: the reason in Italian, and the character (0-based) from which it is not."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = position


def tidy(text: str) -> str:
    """Spell spaces, dashes, apostrophes and full-width signs one way, character by character: places stay the same."""
    return text.translate(_ALIKE)


def number_at(text: str, position: int) -> tuple[Decimal, int] | None:
    """The number, unsigned, that begins at a place.

    Three digits after a point are thousands (`3.500`), unless zero stands before it (`0.125`); one, two or more than
    three are decimals (`69.5`). The comma is always decimal. Unclear: `1,234,567`, `1234.567`, `007`.
    """
    match = _DIGITS.match(text, position)
    if match is None:
        return None
    digits = match[0]
    if _WITH_COMMA.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(",", ".")), match.end()
    if _WITH_POINT.fullmatch(digits):
        return Decimal(digits), match.end()
    raise Unclear(
        f"il numero «{digits}» non è scritto all'italiana: si accetta 3.500 oppure 3500 oppure 3500,00", position
    )


def read_number(text: str) -> Decimal | None:
    """The number, with its sign, that a whole text says; None unless it is certain."""
    match = re.fullmatch(r"\s*(?P<sign>[+-]?)\s*(?P<digits>[0-9.,]+)\s*", tidy(text[: LONGEST + 1]))
    if match is None or len(text) > LONGEST:
        return None
    try:
        number = number_at(match["digits"], 0)
    except Unclear:
        return None
    if number is None or number[1] != len(match["digits"]):
        return None
    return number[0].copy_negate() if match["sign"] == "-" else number[0]


def written_decimal(value: object) -> object:
    """A decimal as a document writes it, with a point (`12.5`) or a comma (`12,5`); what is no number stays for the model to refuse.

    A binary number, and digits that are not those of ASCII, are refused: Python would take them.
    """
    if isinstance(value, float):
        msg = "scrivere il numero come testo decimale ('12.5'): un numero binario ne perde le cifre"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    if not isinstance(value, str):
        return value
    if "," in value:
        return value if (number := read_number(value)) is None else number
    if not value.isascii() or "_" in value:
        raise PydanticKnownError("decimal_parsing")
    return value


WrittenDecimal = Annotated[Decimal, BeforeValidator(written_decimal)]
"""A decimal of a document or a command, whoever writes it."""


def print_number(number: Decimal, *, grouped: bool = True) -> str:
    """Spell a number with decimal comma, all its digits, and thousands points unless not `grouped`."""
    sign = "-" if number.is_signed() else ""
    whole, _, decimals = f"{number.copy_abs():f}".partition(".")
    spelt = f"{int(whole):,}".replace(",", ".") if grouped else whole
    return f"{sign}{spelt},{decimals}" if decimals else f"{sign}{spelt}"


def print_signs(text: str) -> str:
    """A text of an office with its comparisons as people print them: `>= 15%` is `≥ 15%`."""
    return text.replace(">=", "≥").replace("<=", "≤").replace("!=", "≠")


def day_at(text: str, position: int, year: int | None) -> tuple[date, int] | None:
    """The day of the calendar that begins at a place: `31/12/2022`, `31/12`, `1° luglio 2022`, `2022-12-31`.

    `year` is the one that a day without a year belongs to. Unclear: a day that does not exist, or whose year is unknown.
    """
    for pattern in (_ISO_DAY, _NUMERIC_DAY, _DAY_OF_MONTH, _SHORT_DAY):
        match = pattern.match(text, position)
        if match is not None:
            month = match["month"].lower()
            number = int(month) if month.isdigit() else _MONTH_NUMBERS[month]
            return _day(
                int(match["day"]), number, _year(match.groupdict().get("year"), year, position), position
            ), match.end()
    return None


def period_end_at(text: str, position: int, year: int | None) -> tuple[date, int] | None:
    """The last day of the period that begins at a place: `giugno`, `dicembre 2023`, `fine anno`, `I semestre`."""
    match = _END_OF_MONTH.match(text, position)
    if match is not None:
        return _last_day(_MONTH_NUMBERS[match["month"].lower()], _year(match["year"], year, position)), match.end()
    match = _END_OF_YEAR.match(text, position)
    if match is not None:
        return date(_year(match["year"] or match["named"] or match["said"], year, position), 12, 31), match.end()
    match = _END_OF_PART.match(text, position)
    if match is None:
        return None
    month = _ORDINALS[match["ordinal"].lower()] * _PARTS[match["part"].lower()]
    if month > len(MONTHS):
        raise Unclear(f"«{match[0]}» non esiste in un anno", position)
    return _last_day(month, _year(match["year"], year, position)), match.end()


def read_date(text: str, year: int | None = None) -> date | None:
    """The day that a whole text says; None unless it is certain (a month alone is no day)."""
    if len(text) > LONGEST:
        return None
    spelt = tidy(text).strip()
    try:
        day = day_at(spelt, 0, year)
    except Unclear:
        return None
    return day[0] if day is not None and day[1] == len(spelt) else None


def print_date(day: date) -> str:
    """Spell a day `31/07/2023`."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def print_month(day: date) -> str | None:
    """Name the month that a day ends; None when it does not end one."""
    return MONTHS[day.month - 1] if day == _last_day(day.month, day.year) else None


def _year(digits: str | None, known: int | None, position: int) -> int:
    if digits is not None:
        year = int(digits) if len(digits) == len("AAAA") else 2000 + int(digits)
        if year not in YEARS:
            raise Unclear(f"l'anno {digits} non è tra il 1990 e il 2099", position)
        return year
    if known is None:
        raise Unclear("manca l'anno della data: si accetta GG/MM/AAAA", position)
    return known


def _day(day: int, month: int, year: int, position: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(f"il giorno {day}/{month}/{year} non esiste", position) from None


def _last_day(month: int, year: int) -> date:
    return date(year, month, monthrange(year, month)[1])
