"""What a number format of Excel (ECMA-376, 18.8.31) adds to what a cell holds: comparator, unit, scale, words.

People read what is shown. Where a format only says how a number is spelled (decimals, thousands, colour, currency, per
cent) the number itself is kept with all its digits; where it adds words or signs, or scales, what is shown is the value.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from api.workbook.cells import plain_decimal
from domain.italian import MONTHS, print_date, print_number
from domain.patterns import regex

_TOKEN = regex(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<condition>[<>=]{1,2}-?[0-9.]+)\]|\[(?P<note>[^\]]*)\]'
    r"|_(?P<blank>.)|\*(?P<fill>.)|(?P<general>General|Standard)|(?P<exponent>E[+-]0+)|(?P<digits>[0#?][0#?.,]*|\.[0#?]+)|(?P<percent>%)"
    r"|(?P<text>@)|(?P<date>AM/PM|A/P|[dDmMyYhHsSgGaA]+)|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN_LITERALS = frozenset(" -()€'\u00a0\u202f/:.,")
_MEANT = regex(r"[^\W\d_]|[<>=≤≥±~%+°#\"§&≈≠$£¥]|\d")
"""What a literal may say that is more than spelling."""
_MOST_DECIMALS = 15


class _Section(NamedTuple):
    """One section of a format: its tokens in order, as (kind, text); the condition under which it is used."""

    tokens: tuple[tuple[str, str], ...]
    condition: str | None

    def has(self, kind: str) -> bool:
        return any(name == kind for name, _ in self.tokens)

    @property
    def literals(self) -> str:
        return "".join(text for name, text in self.tokens if name in {"quoted", "escaped", "literal"})

    @property
    def scale(self) -> int:
        """By how many thousands the number is divided before it is shown."""
        digits = "".join(text for name, text in self.tokens if name == "digits").partition(".")[0]
        return len(digits) - len(digits.rstrip(","))

    @property
    def adds(self) -> bool:
        """Whether it shows more than the number."""
        quoted = "".join(text for name, text in self.tokens if name in {"quoted", "escaped"})
        bare = "".join(text for name, text in self.tokens if name == "literal" and text not in _PLAIN_LITERALS)
        other = any(text not in {"", "€", "EUR"} for name, text in self.tokens if name == "currency")
        return other or bool(
            _MEANT.search(quoted.replace("€", "").replace("EUR", "")) or _MEANT.search(bare) or self.scale
        )


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: str | None = None
    for match in _TOKEN.finditer(code):
        kind = str(match.lastgroup)
        text = match[kind]
        if kind == "literal" and text == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "condition":
            condition = text
        else:
            tokens.append((kind, text))
    return (*sections, _Section(tuple(tokens), condition))


def shown_number(code: str, number: Decimal) -> str | None:
    """The text that a number is shown as, where its format adds to it; None where it only spells it."""
    if not code:
        return None
    section, absolute = _section_of(_sections(code), number)
    if section is None or section.has("date") or section.has("exponent") or not (section.adds or _is_words(section)):
        return None
    if not section.has("digits") and not section.has("general"):
        return section.literals.strip() or None
    value = abs(number) if absolute else number
    value = value * (Decimal(100) ** sum(name == "percent" for name, _ in section.tokens))
    value = value / (Decimal(1000) ** section.scale)
    return _rendered(section, value, negative=number < 0 and not absolute)


def shown_text(code: str, text: str) -> str:
    """What a text is shown as: with the words that the format of its cell puts around it (`"entro il "@`)."""
    sections = _sections(code) if "@" in code else ()
    section = next((section for section in reversed(sections) if section.has("text")), None)
    if section is None or not section.adds or "\n" in text:
        return text
    pieces = (
        text if kind == "text" else literal
        for kind, literal in section.tokens
        if kind in {"text", "quoted", "escaped", "literal"}
    )
    return " ".join("".join(pieces).split())


def _is_words(section: _Section) -> bool:
    return (
        bool(section.tokens)
        and not any(section.has(kind) for kind in ("digits", "general", "text", "date"))
        and bool(_MEANT.search(section.literals))
    )


def _section_of(sections: tuple[_Section, ...], number: Decimal) -> tuple[_Section | None, bool]:
    """The section for a number, and whether it shows it without its sign."""
    conditional = [section for section in sections if section.condition]
    for section in conditional:
        if _holds(section.condition or "", number):
            return section, False
    left = [section for section in sections if not section.condition]
    if conditional:
        return (left[0] if left else None), False
    if number < 0 and len(left) > 1:
        return left[1], True
    if number == 0 and len(left) > 2:
        return left[2], False
    return left[0], False


def _holds(condition: str, number: Decimal) -> bool:
    sign, limit = condition.rstrip("0123456789.-"), Decimal(condition.lstrip("<>="))
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }.get(sign, False)


def _rendered(section: _Section, value: Decimal, *, negative: bool) -> str:
    first = True
    pieces: list[str] = ["-"] if negative else []
    value = abs(value)
    for kind, text in section.tokens:
        if kind in {"digits", "general"}:
            pieces.append(_spelt(text, value) if first else "")
            first = False
        elif kind in {"quoted", "escaped", "literal", "percent", "currency"}:
            pieces.append(text)
        elif kind == "blank":
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def _spelt(placeholders: str, value: Decimal) -> str:
    if placeholders[:1] in "GgSs":
        return print_number(plain_decimal(value), grouped=False)
    decimals = placeholders.partition(".")[2].rstrip(",")
    rounded = value.quantize(Decimal(1).scaleb(-min(len(decimals), _MOST_DECIMALS)), rounding=ROUND_HALF_UP)
    optional = len(decimals) - len(decimals.rstrip("#?"))
    text = print_number(rounded, grouped=False)
    while optional and text.endswith("0") and "," in text:
        text, optional = text[:-1], optional - 1
    return text.rstrip(",")


def shown_day(code: str, moment: date) -> str | date:
    """What a date is shown as: the day; the month or the year where the format shows no more; words that the format adds."""
    section = _sections(code)[0] if code else None
    if section is None:
        return moment
    letters = "".join(text.lower() for name, text in section.tokens if name == "date")
    hours = "h" in letters or "s" in letters
    day = moment.date() if isinstance(moment, datetime) and not hours else moment
    if not letters or hours:
        return day
    plain = day.date() if isinstance(day, datetime) else day
    if "d" in letters:
        text = print_date(plain)
    elif "m" in letters and "y" in letters and plain.day == 1:
        text = f"{MONTHS[plain.month - 1]} {plain.year}"
    elif "m" not in letters and "y" in letters:
        text = str(plain.year)
    else:
        text = print_date(plain)
    words = [text if name in {"quoted", "escaped"} else "\0" for name, text in section.tokens if name != "note"]
    before, _, after = "".join(words).partition("\0")
    after = after.rpartition("\0")[2]
    said = f"{before if _MEANT.search(before) else ''}{text}{after if _MEANT.search(after) else ''}"
    return day if said == print_date(plain) else " ".join(said.split())
