"""Whole numbers in Italian words: `due`, `ventitré`, `cento`, `tremila`."""

import re

from domain.patterns import regex

_UNITS = ("", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici")
_TEENS = ("tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove")
_TENS = ("venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_ONE = ("un", "una", "un'")
_THOUSAND = 1000
_WORD = regex(r"(?:un'|[a-zàèéìòù]+(?![a-zà-öø-ÿ']))", re.IGNORECASE)


def _below_hundred(number: int) -> str:
    small = _UNITS + _TEENS
    if number < len(small):
        return small[number]
    tens, unit = _TENS[number // 10 - 2], _UNITS[number % 10]
    return tens[:-1] + unit if unit in {"uno", "otto"} else tens + unit


def _below_thousand(number: int) -> str:
    hundreds = number // 100
    return ("" if not hundreds else f"{'' if hundreds == 1 else _UNITS[hundreds]}cento") + _below_hundred(number % 100)


def _spellings() -> dict[str, int]:
    words = {_below_thousand(number): number for number in range(1, _THOUSAND)}
    thousands = {f"{word}mila": number * _THOUSAND for word, number in words.items() if number > 1} | {
        "mille": _THOUSAND
    }
    words |= thousands | dict.fromkeys(_ONE, 1)
    accented = {
        f"{word[:-1]}{accent}": number for word, number in words.items() if word.endswith("tre") for accent in "éè"
    }
    elided = {word[:-1]: number for word, number in words.items() if word.endswith("uno")}
    return words | accented | elided


_NUMBERS = _spellings()


def number_word_at(text: str, position: int) -> tuple[int, int] | None:
    """The number that the word at a place says, and where the word ends; None where it says none."""
    match = _WORD.match(text, position)
    number = _NUMBERS.get(match[0].lower()) if match else None
    return None if match is None or number is None else (number, match.end())
