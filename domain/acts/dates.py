"""The date of an act as its citation writes it: in figures, with the name of the month, or wholly in words."""

import re
from datetime import date
from functools import cache

from domain.italian import MONTHS, read_date
from domain.patterns import regex

_UNITS = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")
_TEENS = (
    *("dieci", "undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto"),
    "diciannove",
)
_TENS = ("venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_NAMES = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(month[:3] for month in MONTHS)}|sett)\b\.?)"
_FIGURES = regex(
    r"(?<![\w/.-])(?:[0-9]{4}\s*-\s*[0-9]{1,2}\s*-\s*[0-9]{1,2}"
    r"|[0-9]{1,2}\s*(?P<mark>[/.-])\s*[0-9]{1,2}\s*(?P=mark)\s*(?:[0-9]{4}|'?[0-9]{2}))(?![\w/-]|\.[0-9])"
)
_BLANKS_AT_MARK = regex(r"\s*([/.-])\s*")


@cache
def _numerals() -> dict[str, int]:
    numerals = {word: number for number, word in enumerate(_UNITS, 1)} | {"primo": 1}
    numerals |= {word: number for number, word in enumerate(_TEENS, 10)}
    for tens, word in enumerate(_TENS, 2):
        numerals[word] = tens * 10
        for number, unit in enumerate(_UNITS, 1):
            stem = word[:-1] if unit[0] in "ou" else word
            numerals[stem + unit] = tens * 10 + number
    return numerals | {word.replace("tre", "tré"): number for word, number in numerals.items() if word.endswith("tre")}


@cache
def _in_words() -> re.Pattern[str]:
    days = "|".join(sorted((w for w, n in _numerals().items() if n <= len(range(31))), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w/.-])(?P<day>[0-9]{{1,2}}[°º^]?|{days})\s*(?:-\s*)?(?:(?:del\s+)?mese\s+di\s+)?(?P<month>{_NAMES})\s*(?:-\s*)?"
        rf"(?:(?:dell')?\s*anno\s+)?(?P<year>[0-9]{{4}}|'?[0-9]{{2}}|duemila\s?[a-zé]*)(?![\w/-])",
        re.IGNORECASE,
    )


def says_number(text: str) -> bool:
    """Whether a word of a text is a number."""
    return any(word in _numerals() for word in re.findall(r"[^\W\d_]+", text.casefold()) if word != "primo")


def dates_in(text: str) -> list[tuple[int, int, date | None]]:
    """Where a text writes days, and which; None for one that the calendar does not have."""
    places = [(match.start(), match.end(), _of_figures(match[0])) for match in _FIGURES.finditer(text)]
    places += [(match.start(), match.end(), _of_words(match)) for match in _in_words().finditer(text)]
    return sorted(places, key=lambda place: place[:2])


def _of_figures(text: str) -> date | None:
    spelt = _BLANKS_AT_MARK.sub(r"\1", text).replace("'", "")
    year, mark, rest = spelt.partition("-")
    if mark and len(year) == len("AAAA"):
        month, _, day = rest.partition("-")
        spelt = f"{year}-{month:0>2}-{day:0>2}"
    return read_date(spelt)


def _of_words(match: re.Match[str]) -> date | None:
    day = match["day"].rstrip("°º^").casefold()
    number = int(day) if day.isdecimal() else _numerals()[day]
    name = match["month"].casefold().rstrip(".")[:3]
    month = next(place for place, known in enumerate(MONTHS, 1) if known.startswith(name))
    written = match["year"].casefold().lstrip("'")
    if written.isdecimal():
        year = int(written) if len(written) == len("AAAA") else 2000 + int(written)
    else:
        of_century = written.removeprefix("duemila").strip()
        if of_century and of_century not in _numerals():
            return None
        year = 2000 + (_numerals()[of_century] if of_century else 0)
    return read_date(f"{number:02}/{month:02}/{year}")
