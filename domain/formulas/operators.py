"""Which signs of a printed formula are operations, and how sure that is.

A slash is a division in `pratiche evase/pratiche ricevute` and an alternative in `eventi/iniziative di formazione`; a dash is
a minus, a hyphen or a pause. What stands on both sides decides: quantities, words in common, years, spaces.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.formulas.source import Source, SourceSpan
from domain.formulas.vocabulary import (
    PARTICIPLE,
    cannot_be_quantity,
    ends_in_participle,
    head_word,
    is_measured,
    is_money,
    is_quantity,
    same_word,
    starts_count,
    starts_percent,
    word_list,
)
from domain.formulas.years import is_year_mention, mean_of_earlier, year_mentions
from domain.patterns import regex


class OperatorKind(StrEnum):
    """What a sign does; named as the grammar names its token."""

    PLUS = "PLUS"
    MINUS = "MINUS"
    TIMES = "TIMES"
    OVER = "OVER"
    EACH = "EACH"


class Certainty(IntEnum):
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
    operation: OperatorKind
    certainty: Certainty
    multiplier: str = ""  # of how many each, for EACH: the sign takes the number with it


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sign with what stands around it, in the plain spelling."""

    source: Source
    span: SourceSpan
    position: int
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
        return (plain[self.position - 1 : self.position] == " ") + (plain[self.position + 1 : self.position + 2] == " ")

    @property
    def touches_brackets(self) -> bool:
        """Whether an operand in brackets, or a year in brackets, stands right beside it."""
        left, right = self.left.rstrip(), self.right.lstrip()
        if right.startswith("("):
            return True
        if not left.endswith(")"):
            return False
        return left.startswith("(") or (bool(year_mentions(left)) and year_mentions(left)[-1].end == len(left))


_MARKS = {
    "/": OperatorKind.OVER,
    "÷": OperatorKind.OVER,
    ":": OperatorKind.OVER,
    "*": OperatorKind.TIMES,
    "+": OperatorKind.PLUS,
    "-": OperatorKind.MINUS,
}
_TIMES_HUNDRED = regex(r"(?:[*]|(?<![^\W\d_])x|\bper)\s*100(?:,00?)?\s*%?\s*[.;]?$")
_TIMES_LETTER = regex(r"(?<=[\s)\d])x\s*(?=\d+(?:[.,]\d+)?\s*%?\s*(?:$|[)*/+-]))|(?<=[\s)])per\s+(?=100\s*%?$)")
_MULTIPLIER = regex(
    r"\s*(?P<multiplier>10{2,5}|1\.0{3}|100?\.000|mille|cento)\s+(?=[^\W\d])(?!(?:euro|eur|giorni|gg|ore|mesi|anni)\b)"
)
_MULTIPLIER_IN_WORDS = {"cento": "100", "mille": "1000"}
_SIGN = regex(r"[-+*/÷()]")
_IS_SUM = regex(r"^\s*(?:la\s+)?(?:σ|sommatoria|somma|somm\.|media)")
_PERIOD = regex(r"^\s*(?:anno|mese|giorno|settimana|trimestre|semestre|bimestre|ora)\s*$")  # a pace: n. incontri / anno
_SHORT = 5
_SYMBOL = regex(r"^\s*[a-z][0-9]?\s*$")
_NUMBER = regex(r"^\s*\d[\d.,]*\s*%?\s*$")


def find_signs(source: Source, span: SourceSpan, *, grouped: bool = False, ratio: bool = False) -> list[Sign]:
    """Every sign of a level, brackets left closed, with how sure it is an operation; in reading order."""
    plain = source.plain
    places = _places(source, span)
    ratio = ratio or bool(_TIMES_HUNDRED.search(source.seen(span)))
    slashes = [position for position, operation in places if operation is OperatorKind.OVER and plain[position] != ":"]
    signs: list[Sign] = []
    for order, (position, operation) in enumerate(places):
        before = places[order - 1][0] + 1 if order else span[0]
        after = places[order + 1][0] if order + 1 < len(places) else span[1]
        opened = max((sign.end for sign in signs if sign.certainty > Certainty.POSSIBLE), default=span[0])
        candidate = _Candidate(
            source,
            span,
            position,
            plain[opened:position],
            plain[before:position],
            plain[position + _width(plain, position, operation) : after],
            len(slashes) == 1,
            grouped,
            ratio,
        )
        signs.append(_judged(candidate, operation, has_slash=bool(slashes)))
    return signs


def _width(plain: str, position: int, operation: OperatorKind) -> int:
    """How many characters a sign has: `per` is one as well."""
    return 3 if operation is OperatorKind.TIMES and plain[position] == "p" else 1


def multiplier_of(plain: str) -> str:
    """The number in `ogni 1.000 abitanti`, `per mille abitanti`."""
    return _MULTIPLIER_IN_WORDS.get(plain, plain.replace(".", ""))


def _places(source: Source, span: SourceSpan) -> list[tuple[int, OperatorKind]]:
    letters = {m.start() for m in _TIMES_LETTER.finditer(source.plain, *span)}
    return [
        (position, OperatorKind.TIMES if position in letters else _MARKS[source.plain[position]])
        for position in source.outside_brackets(span)
        if position in letters
        or (
            source.plain[position] in _MARKS
            and position not in source.protected
            and not _is_hyphen(source.plain, span, position)
        )
    ]


def _is_hyphen(plain: str, span: SourceSpan, position: int) -> bool:
    """A dash within a word, as in `start-up`; in `proventi-costi`, or between two letters that stand for data, it is none."""
    if (
        plain[position] != "-"
        or not plain[position - 1 : position].isalnum()
        or not plain[position + 1 : position + 2].isalnum()
    ):
        return False
    left, right = _SIGN.split(plain[span[0] : position])[-1], _SIGN.split(plain[position + 1 : span[1]])[0]
    letters = len(left.strip()) == 1 and len(right.strip()) == 1
    return (not letters and not (is_money(left) or starts_count(left))) or not (
        letters or is_money(right) or starts_count(right)
    )


def _judged(candidate: _Candidate, operation: OperatorKind, *, has_slash: bool) -> Sign:
    source, position = candidate.source, candidate.position
    sign = source.plain[position]
    end = position + 1
    if (not candidate.left.strip() and operation is not OperatorKind.MINUS) or not candidate.right.strip():
        return Sign(position, end, operation, Certainty.NO)
    match operation:
        case OperatorKind.OVER if sign == "÷":
            certainty = Certainty.CERTAIN
        case OperatorKind.OVER if sign == ":":
            certainty = Certainty.NO if has_slash else _colon(candidate)
        case OperatorKind.OVER if (
            multiplier := _MULTIPLIER.match(source.plain, position + 1)
        ) and multiplier.end() < candidate.span[1]:
            return Sign(
                position,
                multiplier.end(),
                OperatorKind.EACH,
                Certainty.CERTAIN,
                multiplier_of(multiplier["multiplier"]),
            )
        case OperatorKind.OVER:
            certainty = _slash(candidate)
        case OperatorKind.TIMES:
            end = position + _width(source.plain, position, operation)
            certainty = _times(candidate)
        case OperatorKind.MINUS:
            certainty = _minus(candidate, has_slash=has_slash)
        case _:
            certainty = _plus(candidate)
    return Sign(position, end, operation, certainty)


def _slash(it: _Candidate) -> Certainty:
    left, right = word_list(it.left), word_list(it.right)
    tight = it.spaced == 0
    if it.touches_brackets or is_year_mention(it.right) or mean_of_earlier(it.right):
        return Certainty.CERTAIN
    if _ends_in_year(it.near) and _ends_in_year(it.right):
        return Certainty.CERTAIN
    if _NUMBER.match(it.right):
        return Certainty.CERTAIN if it.ratio or not tight else Certainty.POSSIBLE
    if it.grouped and len(it.left.strip()) == 1 and len(it.right.strip()) == 1:
        return Certainty.LIKELY  # letters that stand for data
    if cannot_be_quantity(it.right) or _PERIOD.match(it.right):
        return Certainty.NO
    related = same_word(head_word(it.left), head_word(it.right)) and len(left) + len(right) > 2
    if it.alone and len(right) == 1 and len(left) > 2 and any(same_word(word, right[0]) for word in left[:-1]):
        return Certainty.LIKELY  # `studi e progetti di massima/progetti`: the whole of what is named on the left
    if starts_count(it.right) or starts_percent(it.right):
        if len(it.left.split()) == 1 and tight and is_quantity(it.left) and not is_money(it.left):
            return Certainty.NO
        certainty = (
            related
            or ends_in_participle(it.left)
            or (is_quantity(it.left) and (len(it.left.split()) > 1 or is_money(it.left)))
        )
        return Certainty.CERTAIN if certainty or it.ratio else Certainty.LIKELY
    if related:
        return Certainty.LIKELY if tight and starts_count(it.left) and not _is_capital(it) else Certainty.CERTAIN
    if it.ratio and it.alone:
        return Certainty.CERTAIN
    if tight and _is_acronym(it):
        return Certainty.NO
    if is_money(it.left) and is_money(it.right):
        return Certainty.CERTAIN if len(left) > 1 else Certainty.LIKELY if it.spaced else Certainty.POSSIBLE
    if starts_count(it.left):
        return _after_count(it, left, right)
    afresh = _is_capital(it) and len(left) > 1
    if is_measured(it.left) or starts_percent(it.left):
        if afresh or (it.spaced and is_quantity(it.right)):
            return Certainty.LIKELY
        return Certainty.POSSIBLE if it.spaced or (is_money(it.left) and len(left) > 1) else Certainty.NO
    if ends_in_participle(it.left):
        if tight and right and PARTICIPLE.search(right[0]) and right[0][-1] == left[-1][-1]:
            return Certainty.NO
        if len(right) > 1:
            return Certainty.LIKELY if afresh else Certainty.POSSIBLE
        return Certainty.POSSIBLE if it.spaced else Certainty.NO
    return (
        Certainty.POSSIBLE
        if len(left) > 1 and (is_money(it.right) or (it.spaced and is_quantity(it.right)))
        else Certainty.NO
    )


def _after_count(it: _Candidate, left: list[str], right: list[str]) -> Certainty:
    """A count on the left and none on the right: `n. eventi/iniziative` goes on counting; spaces leave it open."""
    if it.spaced == 2:
        return Certainty.LIKELY if is_quantity(it.right) else Certainty.POSSIBLE
    long = len(left) > 3
    return Certainty.POSSIBLE if long and (it.spaced or (len(right) > 1 and _is_capital(it))) else Certainty.NO


def _is_capital(it: _Candidate) -> bool:
    """Whether the right side starts afresh, with a capital after a small letter."""
    written = it.source.text
    after = written[it.position + 1 :].lstrip()
    before = written[: it.position].rstrip()
    return (
        after[:1].isupper() and after[1:2].islower() and before[-1:].islower() and not _last_word(before)[:1].isupper()
    )


def _is_acronym(it: _Candidate) -> bool:
    """`POS/Pagopa`, `PEC/SPID`, `ISO/IEC`: two names side by side."""
    written = it.source.text
    return (
        _last_word(written[: it.position])[:1].isupper()
        and len(word_list(it.near)) > 0
        and written[it.position + 1].isupper()
        and (_last_word(written[: it.position]).isupper() or len(word_list(it.near)) > 1)
    )


def _last_word(written: str) -> str:
    return re.split(r"[\s'’(]", written)[-1]


def _ends_in_year(plain: str) -> bool:
    mentions = year_mentions(plain)
    return bool(mentions) and not plain[mentions[-1].end :].strip(" .,;")


def _colon(it: _Candidate) -> Certainty:
    """A colon divides two quantities; after a title it only announces."""
    if it.spaced == 1 or not (is_quantity(it.left) and is_quantity(it.right)):
        return Certainty.NO
    return Certainty.LIKELY if starts_count(it.left) == starts_count(it.right) else Certainty.POSSIBLE


def _times(it: _Candidate) -> Certainty:
    if _IS_SUM.match(it.left) and not _NUMBER.match(it.right):
        return Certainty.NO  # a sum of products is no product of sums: it is entered as one quantity
    if _NUMBER.match(it.right) or _NUMBER.match(it.left):
        return Certainty.CERTAIN
    if it.right.lstrip()[:1].isdigit():
        return Certainty.NO
    return Certainty.LIKELY if it.touches_brackets or it.spaced == 2 else Certainty.POSSIBLE


def _minus(it: _Candidate, *, has_slash: bool) -> Certainty:
    if not it.left.strip():
        return Certainty.CERTAIN if it.right.lstrip()[:1] == "(" or _NUMBER.match(it.right) else Certainty.NO
    related = same_word(head_word(it.left), head_word(it.right))
    amounts = (is_money(it.left) and is_money(it.right)) or (starts_count(it.left) and starts_count(it.right))
    if _NUMBER.match(it.left) or _NUMBER.match(it.right):
        return Certainty.CERTAIN if it.spaced != 1 else Certainty.NO
    if it.touches_brackets:
        meant = it.spaced == 0 or related or it.right.lstrip().startswith("(") or is_quantity(it.right)
        return Certainty.CERTAIN if meant else Certainty.NO
    if it.spaced < 2 and not it.grouped:
        return Certainty.LIKELY if amounts else Certainty.NO
    if amounts or (related and is_quantity(it.left)):
        return Certainty.CERTAIN
    if it.grouped:
        if related or is_money(it.left) or is_quantity(it.right):
            return Certainty.CERTAIN
        return (
            Certainty.LIKELY
            if len(word_list(it.right)) <= _SHORT and len(word_list(it.left)) <= _SHORT
            else Certainty.NO
        )
    if is_measured(it.left) and is_measured(it.right):
        return Certainty.LIKELY
    return Certainty.POSSIBLE if has_slash and (is_money(it.left) or is_money(it.right)) else Certainty.NO


def _is_symbol(plain: str) -> bool:
    """A letter, or a letter with a number, that stands for a datum: `a`, `n1`."""
    return bool(_SYMBOL.match(plain))


def _plus(it: _Candidate) -> Certainty:
    if it.touches_brackets or (is_quantity(it.right) and is_quantity(it.left)):
        return Certainty.CERTAIN
    if _NUMBER.match(it.left) or _NUMBER.match(it.right):
        return Certainty.LIKELY if it.spaced == 2 else Certainty.NO
    if it.grouped and (it.spaced or is_quantity(it.left)):
        return Certainty.LIKELY
    if it.grouped and _is_symbol(it.left) and _is_symbol(it.right):
        return Certainty.LIKELY
    return Certainty.POSSIBLE if it.spaced == 2 and is_quantity(it.left) else Certainty.NO
