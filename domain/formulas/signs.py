"""Which signs of a printed formula are operations, and how sure that is.

A slash is a division in `pratiche evase/pratiche ricevute` and an alternative in `eventi/iniziative di formazione`; a dash is
a minus, a hyphen or a pause. What stands on both sides decides: quantities, words in common, years, spaces.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.formulas.source import Source, Span
from domain.formulas.words import (
    PARTICIPLE,
    cannot_be_quantity,
    ends_in_participle,
    head,
    is_measured,
    is_money,
    is_quantity,
    same_word,
    starts_count,
    starts_percent,
    words,
)
from domain.formulas.years import is_mark, marks, mean_of_earlier


class Operation(StrEnum):
    """What a sign does; named as the grammar names its token."""

    PLUS = "PLUS"
    MINUS = "MINUS"
    TIMES = "TIMES"
    OVER = "OVER"
    EACH = "EACH"


class Sure(IntEnum):
    """How sure a sign is an operation."""

    NO = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign found outside brackets: where it is, what it would do, how sure that is."""

    start: int
    end: int
    operation: Operation
    sure: Sure
    many: str = ""  # of how many each, for EACH: the sign takes the number with it


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sign with what stands around it, in the plain spelling."""

    source: Source
    span: Span
    at: int
    left: str  # the operand so far, from the last sign that is an operation
    near: str  # from the sign before to this one
    right: str  # from this one to the next
    alone: bool  # no other slash at this level
    grouped: bool  # the level is an operand in brackets
    ratio: bool  # the level is multiplied by 100, or said to be a ratio

    @property
    def spaced(self) -> int:
        """How many of the two sides have a space."""
        plain = self.source.plain
        return (plain[self.at - 1 : self.at] == " ") + (plain[self.at + 1 : self.at + 2] == " ")

    @property
    def touches_brackets(self) -> bool:
        """Whether an operand in brackets, or a year in brackets, stands right beside it."""
        left, right = self.left.rstrip(), self.right.lstrip()
        if right.startswith("("):
            return True
        if not left.endswith(")"):
            return False
        return left.startswith("(") or (bool(marks(left)) and marks(left)[-1].end == len(left))


_MARKS = {
    "/": Operation.OVER,
    "÷": Operation.OVER,
    ":": Operation.OVER,
    "*": Operation.TIMES,
    "+": Operation.PLUS,
    "-": Operation.MINUS,
}
_TIMES_HUNDRED = re.compile(r"(?:[*]|(?<![^\W\d_])x|\bper)\s*100(?:,00?)?\s*%?\s*[.;]?$")
_TIMES_LETTER = re.compile(r"(?<=[\s)\d])x\s*(?=\d+(?:[.,]\d+)?\s*%?\s*(?:$|[)*/+-]))|(?<=[\s)])per\s+(?=100\s*%?$)")
_MANY = re.compile(
    r"\s*(?P<many>10{2,5}|1\.0{3}|100?\.000|mille|cento)\s+(?=[^\W\d])(?!(?:euro|eur|giorni|gg|ore|mesi|anni)\b)"
)
_MANY_IN_WORDS = {"cento": "100", "mille": "1000"}
_SIGN = re.compile(r"[-+*/÷()]")
_IS_SUM = re.compile(r"^\s*(?:la\s+)?(?:σ|sommatoria|somma|somm\.|media)")
_PERIOD = re.compile(
    r"^\s*(?:anno|mese|giorno|settimana|trimestre|semestre|bimestre|ora)\s*$"
)  # a pace: n. incontri / anno
_SHORT = 5
_NUMBER = re.compile(r"^\s*\d[\d.,]*\s*%?\s*$")


def find_signs(source: Source, span: Span, *, grouped: bool = False, ratio: bool = False) -> list[Sign]:
    """Every sign of a level, brackets left closed, with how sure it is an operation; in reading order."""
    plain = source.plain
    places = _places(source, span)
    ratio = ratio or bool(_TIMES_HUNDRED.search(source.seen(span)))
    slashes = [at for at, operation in places if operation is Operation.OVER and plain[at] != ":"]
    found: list[Sign] = []
    for order, (at, operation) in enumerate(places):
        before = places[order - 1][0] + 1 if order else span[0]
        after = places[order + 1][0] if order + 1 < len(places) else span[1]
        opened = max((sign.end for sign in found if sign.sure > Sure.POSSIBLE), default=span[0])
        candidate = _Candidate(
            source,
            span,
            at,
            plain[opened:at],
            plain[before:at],
            plain[at + 1 : after],
            len(slashes) == 1,
            grouped,
            ratio,
        )
        found.append(_judged(candidate, operation, has_slash=bool(slashes)))
    return found


def many_of(plain: str) -> str:
    """The number in `ogni 1.000 abitanti`, `per mille abitanti`."""
    return _MANY_IN_WORDS.get(plain, plain.replace(".", ""))


def _places(source: Source, span: Span) -> list[tuple[int, Operation]]:
    letters = {m.start() for m in _TIMES_LETTER.finditer(source.plain, *span)}
    return [
        (at, Operation.TIMES if at in letters else _MARKS[source.plain[at]])
        for at in source.outside_brackets(span)
        if at in letters
        or (source.plain[at] in _MARKS and at not in source.protected and not _is_hyphen(source.plain, span, at))
    ]


def _is_hyphen(plain: str, span: Span, at: int) -> bool:
    """A dash within a word, as in `start-up`; in `proventi-costi`, or between two letters that stand for data, it is none."""
    if plain[at] != "-" or not plain[at - 1 : at].isalnum() or not plain[at + 1 : at + 2].isalnum():
        return False
    left, right = _SIGN.split(plain[span[0] : at])[-1], _SIGN.split(plain[at + 1 : span[1]])[0]
    letters = len(left.strip()) == 1 and len(right.strip()) == 1
    return (not letters and not (is_money(left) or starts_count(left))) or not (
        letters or is_money(right) or starts_count(right)
    )


def _judged(candidate: _Candidate, operation: Operation, *, has_slash: bool) -> Sign:
    source, at = candidate.source, candidate.at
    sign = source.plain[at]
    end = at + 1
    if (not candidate.left.strip() and operation is not Operation.MINUS) or not candidate.right.strip():
        return Sign(at, end, operation, Sure.NO)
    match operation:
        case Operation.OVER if sign == "÷":
            sure = Sure.CERTAIN
        case Operation.OVER if sign == ":":
            sure = Sure.NO if has_slash else _colon(candidate)
        case Operation.OVER if (many := _MANY.match(source.plain, at + 1)) and many.end() < candidate.span[1]:
            return Sign(at, many.end(), Operation.EACH, Sure.CERTAIN, many_of(many["many"]))
        case Operation.OVER:
            sure = _slash(candidate)
        case Operation.TIMES:
            end = at + (3 if sign == "p" else 1)
            sure = _times(candidate)
        case Operation.MINUS:
            sure = _minus(candidate, has_slash=has_slash)
        case _:
            sure = _plus(candidate)
    return Sign(at, end, operation, sure)


def _slash(it: _Candidate) -> Sure:
    left, right = words(it.left), words(it.right)
    tight = it.spaced == 0
    if it.touches_brackets or is_mark(it.right) or mean_of_earlier(it.right):
        return Sure.CERTAIN
    if _ends_in_year(it.near) and _ends_in_year(it.right):
        return Sure.CERTAIN
    if _NUMBER.match(it.right):
        return Sure.CERTAIN if it.ratio or not tight else Sure.POSSIBLE
    if it.grouped and len(it.left.strip()) == 1 and len(it.right.strip()) == 1:
        return Sure.LIKELY  # letters that stand for data
    if cannot_be_quantity(it.right) or _PERIOD.match(it.right):
        return Sure.NO
    related = same_word(head(it.left), head(it.right)) and len(left) + len(right) > 2
    if starts_count(it.right) or starts_percent(it.right):
        if len(it.left.split()) == 1 and tight and is_quantity(it.left) and not is_money(it.left):
            return Sure.NO
        sure = (
            related
            or ends_in_participle(it.left)
            or (is_quantity(it.left) and (len(it.left.split()) > 1 or is_money(it.left)))
        )
        return Sure.CERTAIN if sure or it.ratio else Sure.LIKELY
    if related:
        return Sure.LIKELY if tight and starts_count(it.left) and not _is_capital(it) else Sure.CERTAIN
    if it.ratio and it.alone:
        return Sure.CERTAIN
    if tight and _is_acronym(it):
        return Sure.NO
    if is_money(it.left) and is_money(it.right):
        return Sure.CERTAIN if len(left) > 1 else Sure.LIKELY if it.spaced else Sure.POSSIBLE
    if starts_count(it.left):
        return _after_count(it, left, right)
    afresh = _is_capital(it) and len(left) > 1
    if is_measured(it.left) or starts_percent(it.left):
        if afresh or (it.spaced and is_quantity(it.right)):
            return Sure.LIKELY
        return Sure.POSSIBLE if it.spaced or (is_money(it.left) and len(left) > 1) else Sure.NO
    if ends_in_participle(it.left):
        if tight and right and PARTICIPLE.search(right[0]) and right[0][-1] == left[-1][-1]:
            return Sure.NO
        if len(right) > 1:
            return Sure.LIKELY if afresh else Sure.POSSIBLE
        return Sure.POSSIBLE if it.spaced else Sure.NO
    return Sure.POSSIBLE if len(left) > 1 and (is_money(it.right) or (it.spaced and is_quantity(it.right))) else Sure.NO


def _after_count(it: _Candidate, left: list[str], right: list[str]) -> Sure:
    """A count on the left and none on the right: `n. eventi/iniziative` goes on counting; spaces leave it open."""
    if it.spaced == 2:
        return Sure.LIKELY if is_quantity(it.right) else Sure.POSSIBLE
    long = len(left) > 3
    return Sure.POSSIBLE if long and (it.spaced or (len(right) > 1 and _is_capital(it))) else Sure.NO


def _is_capital(it: _Candidate) -> bool:
    """Whether the right side starts afresh, with a capital after a small letter."""
    written = it.source.text
    after = written[it.at + 1 :].lstrip()
    before = written[: it.at].rstrip()
    return (
        after[:1].isupper() and after[1:2].islower() and before[-1:].islower() and not _last_word(before)[:1].isupper()
    )


def _is_acronym(it: _Candidate) -> bool:
    """`POS/Pagopa`, `PEC/SPID`, `ISO/IEC`: two names side by side."""
    written = it.source.text
    return (
        _last_word(written[: it.at])[:1].isupper()
        and len(words(it.near)) > 0
        and written[it.at + 1].isupper()
        and (_last_word(written[: it.at]).isupper() or len(words(it.near)) > 1)
    )


def _last_word(written: str) -> str:
    return re.split(r"[\s'’(]", written)[-1]


def _ends_in_year(plain: str) -> bool:
    found = marks(plain)
    return bool(found) and not plain[found[-1].end :].strip(" .,;")


def _colon(it: _Candidate) -> Sure:
    """A colon divides two quantities; after a title it only announces."""
    if it.spaced == 1 or not (is_quantity(it.left) and is_quantity(it.right)):
        return Sure.NO
    return Sure.LIKELY if starts_count(it.left) == starts_count(it.right) else Sure.POSSIBLE


def _times(it: _Candidate) -> Sure:
    if _IS_SUM.match(it.left) and not _NUMBER.match(it.right):
        return Sure.NO  # a sum of products is no product of sums: it is entered as one quantity
    if _NUMBER.match(it.right) or _NUMBER.match(it.left):
        return Sure.CERTAIN
    if it.right.lstrip()[:1].isdigit():
        return Sure.NO
    return Sure.LIKELY if it.touches_brackets or it.spaced == 2 else Sure.POSSIBLE


def _minus(it: _Candidate, *, has_slash: bool) -> Sure:
    if not it.left.strip():
        return Sure.CERTAIN if it.right.lstrip()[:1] == "(" or _NUMBER.match(it.right) else Sure.NO
    related = same_word(head(it.left), head(it.right))
    amounts = (is_money(it.left) and is_money(it.right)) or (starts_count(it.left) and starts_count(it.right))
    if _NUMBER.match(it.left) or _NUMBER.match(it.right):
        return Sure.CERTAIN if it.spaced != 1 else Sure.NO
    if it.touches_brackets:
        meant = it.spaced == 0 or related or it.right.lstrip().startswith("(") or is_quantity(it.right)
        return Sure.CERTAIN if meant else Sure.NO
    if it.spaced < 2 and not it.grouped:
        return Sure.LIKELY if amounts else Sure.NO
    if amounts or (related and is_quantity(it.left)):
        return Sure.CERTAIN
    if it.grouped:
        if related or is_money(it.left) or is_quantity(it.right):
            return Sure.CERTAIN
        return Sure.LIKELY if len(words(it.right)) <= _SHORT and len(words(it.left)) <= _SHORT else Sure.NO
    if is_measured(it.left) and is_measured(it.right):
        return Sure.LIKELY
    return Sure.POSSIBLE if has_slash and (is_money(it.left) or is_money(it.right)) else Sure.NO


def _plus(it: _Candidate) -> Sure:
    if it.touches_brackets or (is_quantity(it.right) and is_quantity(it.left)):
        return Sure.CERTAIN
    if _NUMBER.match(it.left) or _NUMBER.match(it.right):
        return Sure.LIKELY if it.spaced == 2 else Sure.NO
    if it.grouped and (it.spaced or is_quantity(it.left)):
        return Sure.LIKELY
    return Sure.POSSIBLE if it.spaced == 2 and is_quantity(it.left) else Sure.NO
