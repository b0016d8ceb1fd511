"""Numbers and dates as Italians write them, read for certain or not at all.

`number_at`, `day_at` and `period_end_at` read from a place in a longer text in its plain spelling (`domain.spelling`); they give the
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

from domain.patterns import regex
from domain.spelling import plain_text

LONGEST = 500
"""Characters: a longer text is prose, and is not read."""

YEARS = range(1990, 2100)
"""The years that a plan may speak of."""

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
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()}
_MONTH_NUMBERS |= {"genn": 1, "febbr": 2, "magg": 5, "sett": 9}
_WEEKDAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")

ADDRESS = regex(r"(https?://\S+)")
_SPLIT_SIGN = regex(r"([<>!])[ \u00a0]?=")
_LOOSE_MINUS = regex(r"([≥≤≠<>=])\s*[-−]\s+(?=[0-9])")
_DIGITS = regex(r"[0-9](?:[0-9.,]*[0-9])?")
_WHOLE = r"(?:0|[1-9][0-9]*)"
_GROUPED = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_WITH_COMMA = regex(rf"(?:{_WHOLE}|{_GROUPED})(?:,[0-9]+)?")
_WITH_POINT = regex(r"0\.[0-9]+|[1-9][0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})")

_YEAR = r"(?P<year>[0-9]{4})\b"
_SHORT_YEAR = r"-'?(?P<short>[0-9]{2})(?![0-9]|[/.-][0-9]|\s*[a-z])"  # as a spreadsheet shows it: 31-dic-24
_NAMES = "|".join(sorted(_MONTH_NUMBERS.keys() - {"set"}, key=len, reverse=True))
_MONTH = rf"(?:(?P<month>{_NAMES}|set(?=\.|\s+[0-9]{{4}}\b|-[0-9]))\b\.?)"  # "3 set" may be three sets
_ISO_DAY = regex(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9/.-]*[0-9])")
_NUMERIC_DAY = regex(
    r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9/-]*[0-9])"
)
_SHORT_DAY = regex(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?![0-9/-]*[0-9])")
_DAY_OF_MONTH = regex(rf"(?P<day>[0-9]{{1,2}}|primo)°?[\s-]*{_MONTH}(?:[\s-]*{_YEAR}|{_SHORT_YEAR})?", re.IGNORECASE)
_WEEKDAY = regex(
    r"(?P<name>lun(?:ed[iì]'?)?|mar(?:ted[iì]'?)?|mer(?:coled[iì]'?)?|gio(?:ved[iì]'?)?|ven(?:erd[iì]'?)?|sab(?:ato)?"
    r"|dom(?:enica)?)[.,]?\s+(?=[0-9])",
    re.IGNORECASE,
)
_TIME = regex(r"(?:T|\s+)(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?Z?(?![\w:])")
_END_OF_MONTH = regex(
    rf"(?:(?:la\s+)?fine\s+(?:di\s+|(?:del\s+)?mese\s+di\s+)?|(?:il\s+)?mese\s+di\s+)?{_MONTH}(?:(?:\s+|-|/){_YEAR}|{_SHORT_YEAR})?",
    re.IGNORECASE,
)
_END_OF_YEAR = regex(
    rf"(?:(?:la\s+)?fine\s+(?:del\s+|dell')?(?:anno\b(?:\s+{_YEAR})?|(?P<named>[0-9]{{4}})\b)|l'anno\b(?!\s+(?:scolastic|accademic|successiv|prossim|seguent|precedent|formativ))(?:\s+(?P<said>[0-9]{{4}})\b)?)",
    re.IGNORECASE,
)
_ORDINALS = {"i": 1, "1": 1, "primo": 1, "ii": 2, "2": 2, "secondo": 2}
_ORDINALS |= {"iii": 3, "3": 3, "terzo": 3, "iv": 4, "4": 4, "quarto": 4}
_PARTS = {"semestre": 6, "sem": 6, "quadrimestre": 4, "quadr": 4, "trimestre": 3, "trim": 3}
_END_OF_PART = regex(
    r"(?:(?:la\s+)?fine\s+(?:del(?:l'|\s))?\s*)?(?P<ordinal>(?:iii|ii|iv|i)\s?°?|[1-4]\s?[°^]|primo|secondo|terzo|quarto|ultimo)"
    rf"\s*(?P<part>{'|'.join(_PARTS)})\b\.?(?:\s+(?:(?:del\s+|dell')(?:anno\s+)?)?{_YEAR})?",
    re.IGNORECASE,
)
_CODES = {"Q": 3, "T": 3, "S": 6, "H": 6}
_CODED_PART = regex(rf"(?:(?P<code>[QTSH])(?P<nth>[1-4])|(?P<before>[1-4])(?P<after>[QT]))[\s/-]*{_YEAR}")
_NEARBY = 5
"""Years from the year of the text: a year of two digits further than that may be no year (`10/11/12`, `giu-30`)."""


class Unclear(ValueError):
    """A text that is not certain: the reason in Italian, and the character (0-based) from which it is not."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = position


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
    match = re.fullmatch(r"\s*(?P<sign>[+-]?)\s*(?P<digits>[0-9.,]+)\s*", plain_text(text[: LONGEST + 1]).text)
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


def _without(sign: str) -> BeforeValidator:
    """Reads a decimal beside which people may write a sign that says nothing more there."""
    beside = re.compile(rf"\s*(?:{sign})?\s*([+-]?[0-9][0-9.,]*)\s*(?:{sign})?\s*", re.IGNORECASE)

    def read(value: object) -> object:
        match = beside.fullmatch(value) if isinstance(value, str) else None
        if match is None or match[1] == str(value).strip():
            return written_decimal(value)
        return value if (number := read_number(match[1])) is None else number

    return BeforeValidator(read)


WrittenPercent = Annotated[Decimal, _without(r"%|per\s+cento")]
"""A percentage, with or without its sign: 45, 45%."""
WrittenAmount = Annotated[Decimal, _without("€|euro|eur")]
"""A number that may be an amount of money, with or without its sign: 1200, 1.234,50 €."""


def print_number(number: Decimal, *, grouped: bool = True) -> str:
    """Spell a number with decimal comma, all its digits, and thousands points unless not `grouped`."""
    sign = "-" if number.is_signed() else ""
    whole, _, decimals = f"{number.copy_abs():f}".partition(".")
    spelt = f"{int(whole):,}".replace(",", ".") if grouped else whole
    return f"{sign}{spelt},{decimals}" if decimals else f"{sign}{spelt}"


def print_signs(text: str) -> str:
    """A text of an office with its comparisons as people print them: `>= 15%` is `≥ 15%`, `> = - 6` is `≥ -6`.

    An address stays as it is: with other signs it would be another.
    """
    parts = ADDRESS.split(text)
    parts[::2] = map(_signs_printed, parts[::2])
    return "".join(parts)


def _signs_printed(text: str) -> str:
    signed = _SPLIT_SIGN.sub(lambda sign: {">": "≥", "<": "≤", "!": "≠"}[sign[1]], text)
    return _LOOSE_MINUS.sub(r"\1 -", signed)


def day_at(text: str, position: int, year: int | None) -> tuple[date, int] | None:
    """The day of the calendar that begins at a place: `31/12/2022`, `31/12`, `1° luglio 2022`, `2022-12-31`, `31-dic-22`.

    A weekday before it must be its own; an hour after it is left out. `year` is the one that a day without a year belongs
    to. Unclear: a day that does not exist, or whose year is unknown.
    """
    weekday = _WEEKDAY.match(text, position)
    begin = weekday.end() if weekday else position
    for pattern in (_ISO_DAY, _NUMERIC_DAY, _DAY_OF_MONTH, _SHORT_DAY):
        match = pattern.match(text, begin)
        if match is None:
            continue
        month, spelt = match["month"].lower(), match["day"].lower()
        number = int(month) if month.isdigit() else _MONTH_NUMBERS[month]
        day = _day(1 if spelt == "primo" else int(spelt), number, _year_of(match, year, position), position)
        if weekday is not None and _WEEKDAYS[day.weekday()] != weekday["name"][:3].lower():
            raise Unclear(f"il {print_date(day)} non è un {weekday['name'].lower()}", position)
        hour = _TIME.match(text, match.end()) if match.groupdict().get("year") is not None else None
        return day, hour.end() if hour else match.end()
    return None


def period_end_at(text: str, position: int, year: int | None) -> tuple[date, int] | None:
    """The last day of the period that begins at a place: `giugno`, `dicembre 2023`, `fine anno`, `I semestre`, `Q1 2022`."""
    match = _END_OF_MONTH.match(text, position)
    if match is not None:
        return _last_day(_MONTH_NUMBERS[match["month"].lower()], _year_of(match, year, position)), match.end()
    match = _END_OF_YEAR.match(text, position)
    if match is not None:
        return date(_year(match["year"] or match["named"] or match["said"], year, position), 12, 31), match.end()
    match = _CODED_PART.match(text, position)
    if match is not None:
        length = _CODES[match["code"] or match["after"]]
        month = int(match["nth"] or match["before"]) * length
    else:
        match = _END_OF_PART.match(text, position)
        if match is None:
            return None
        length = _PARTS[match["part"].lower()]
        ordinal = match["ordinal"].lower().rstrip("°^ ")
        month = len(MONTHS) if ordinal == "ultimo" else _ORDINALS[ordinal] * length
    if month > len(MONTHS):
        raise Unclear(f"«{match[0]}» non esiste in un anno", position)
    return _last_day(month, _year(match["year"], year, position)), match.end()


def read_date(text: str, year: int | None = None) -> date | None:
    """The day that a whole text says; None unless it is certain (a month alone is no day)."""
    if len(text) > LONGEST:
        return None
    spelt = plain_text(text).text.strip()
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


def _year_of(match: re.Match[str], known: int | None, position: int) -> int:
    """The year of a day or month that may be spelt with two digits (`31-dic-24`): such a one is near the known year."""
    fields = match.groupdict()
    year = _year(fields.get("year") or fields.get("short"), known, position)
    if fields.get("short") is not None and known is not None and abs(year - known) > _NEARBY:
        raise Unclear("l'anno di due cifre non è certo: si accetta GG/MM/AAAA", position)
    return year


def _day(day: int, month: int, year: int, position: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(f"il giorno {day}/{month}/{year} non esiste", position) from None


def _last_day(month: int, year: int) -> date:
    return date(year, month, monthrange(year, month)[1])
