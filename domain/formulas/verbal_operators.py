"""Operations said in words: `rapporto tra A e B`, `A sul totale di B`, `A diviso B`, `A ogni 1.000 B`, `differenza tra A e B`."""

import re
from dataclasses import dataclass

from domain.formulas.operators import Certainty, OperatorKind, multiplier_of
from domain.formulas.source import Source, SourceSpan
from domain.formulas.vocabulary import (
    ARTICLE,
    OF,
    cannot_be_quantity,
    ends_in_participle,
    head_word,
    is_quantity,
    same_word,
    starts_count,
    word_list,
)
from domain.formulas.years import year_mentions
from domain.patterns import regex

_TO = r"(?:a|ad|al|allo|alla|ai|agli|alle)\s+|all'"
_ON = r"(?:su|sul|sullo|sulla|sui|sugli|sulle)\s+|sull'"
_TOTAL = r"(?:total[ei]|tot\.|n[.°']|nr\.|numero\s+(?:total|complessiv)|complesso|ammontare|σ)"

_PAIR = regex(
    rf"^{ARTICLE}(?:(?P<ratio>rapporto|quoziente)(?:\s+percentuale|\s+in percentuale)?(?:\s+(?:esistente|intercorrente))?|(?P<difference>differenza|diff\.|scarto|saldo)|"
    rf"(?P<product>prodotto)|(?P<sum>somma|sommatoria)|(?P<mean>media(?:\s+aritmetica|\s+semplice)?))\s+(?P<of>tra|fra|{OF})\s*"
)
_RATIO = regex(rf"^{ARTICLE}rapporto(?:\s+percentuale|\s+in percentuale|\s+%)?(?:\s+(?:tra|fra))?[\s:]+{ARTICLE}(?=\S)")
_REPORT = regex(
    r"(?:annuale|semestrale|trimestrale|mensile|finale|di|del|della|dei|sul|sulla|sui|sulle|sullo|con|per)(?!\w)|sull'|dell'"
)
_AN_AMOUNT = regex(r"n[^a-z]{0,4}\d|numero\s+\d")
_DATE = regex(rf"^{ARTICLE}(?:data|date|giorno)(?!\w)")
_FRACTION = regex(r"numeratore\s*[:=]\s*(?P<left>\S.*?)\s*denominatore\s*[:=]\s*(?P<right>\S.*)$")
_AND = regex(r"\s(?:e|ed)\s+(?=\S)")
_DIVIDED = regex(
    rf"\s(?P<words>diviso(?:\s+per)?|fratto|(?:rapportat[oaie]|parametrat[oaie])\s+(?:{_TO})|in\s+rapporto\s+(?:{_TO}))\s*{ARTICLE}(?=\S)"
)
_ON_TOTAL = regex(rf"\s(?P<words>(?:{_ON})|rispetto\s+(?:{_TO}))(?={_TOTAL})")
_ON_NUMBER = regex(rf"\s(?P<words>(?:{_ON})|rispetto\s+(?:{_TO}))(?=numero\s)")
_ON_SAME = regex(rf"\s(?P<words>{_ON})(?=[^\W\d])")
_SHARE = regex(
    rf"^{ARTICLE}(?:incidenza(?:\s+(?:percentuale|%))?\s+(?:{OF})?|(?:peso|quota)(?:\s+(?:percentuale|%))?\s+{OF})"
)
_EVERY = regex(
    r"\s(?P<words>ogni|per)\s+(?P<multiplier>100|1\.?000|10\.?000|100\.?000|cento|mille)\s+"
    r"(?!(?:euro|eur|€|giorn|gg|or[ae]\b|mes[ei]|ann[io]))(?=[^\W\d])"
)


@dataclass(frozen=True, slots=True)
class VerbalOperation:
    """An operation in words: what it does, between which spans, how sure that is, and the words themselves."""

    operation: OperatorKind
    left: SourceSpan
    right: SourceSpan
    certainty: Certainty
    words: str
    mean: bool = False
    multiplier: str = "100"


def find_verbal_operation(source: Source, span: SourceSpan) -> VerbalOperation | None:
    """The operation that a phrase says in words, outside its brackets; None where it says none, or more than one."""
    pair = _pair(source, span)
    if pair is not None:
        return pair
    fraction = _FRACTION.match(source.plain, span[0], span[1])
    if fraction:
        left, right = source.trimmed(fraction.span("left"), " ;,."), source.trimmed(fraction.span("right"))
        return VerbalOperation(OperatorKind.OVER, left, right, Certainty.CERTAIN, "numeratore e denominatore")
    operations = [verbal for verbal in (_divided(source, span), _every(source, span)) if verbal]
    return operations[0] if len(operations) == 1 else None


def ratio_prefix(plain: str) -> int:
    """How much of `rapporto (percentuale) (tra)` stands before a formula that has its own sign; 0 where it is a report."""
    match = _RATIO.match(plain)
    return match.end() if match and not _REPORT.match(plain[match.end() :]) else 0


def _pair(source: Source, span: SourceSpan) -> VerbalOperation | None:
    plain = source.seen(span)
    match = _PAIR.match(plain)
    if match is None:
        return None
    between = match["of"] in {"tra", "fra"}
    if not between and not (match["sum"] or match["mean"]):
        return None
    start = span[0] + match.end()
    split = _and(source, (start, span[1]))
    if split is None:
        return None
    left, right, certainty = split
    if match["difference"] and _DATE.match(source.seen(left)):
        return None  # days between two dates are one quantity
    both = starts_count(source.seen(left)) and starts_count(source.seen(right))
    if not between and not both:
        return None  # `somma dei giorni tra arrivo e risposta` is one quantity
    if not between or (match["mean"] and not both):
        certainty = min(certainty, Certainty.LIKELY)
    operation = OperatorKind.PLUS
    if match["ratio"]:
        operation = OperatorKind.OVER
    elif match["difference"]:
        operation = OperatorKind.MINUS
    elif match["product"]:
        operation = OperatorKind.TIMES
    return VerbalOperation(operation, left, right, certainty, match[0].strip(), mean=bool(match["mean"]))


def _and(source: Source, span: SourceSpan) -> tuple[SourceSpan, SourceSpan, Certainty] | None:
    """Where `A e B` parts: at its only `e`, or at the only one that a quantity follows."""
    outside = frozenset(source.outside_brackets(span))
    splits = []
    for match in _AND.finditer(source.plain, *span):
        if match.start() in outside and match.start() + 1 not in source.protected:
            left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
            splits.append((left, right, _resemble(source.seen(left), source.seen(right))))
    alike = [split for split in splits if split[2] is not Certainty.POSSIBLE]
    if len(splits) == 1:
        return splits[0]
    return (*alike[0][:2], Certainty.LIKELY) if len(alike) == 1 else None


def _resemble(left: str, right: str) -> Certainty:
    if (
        is_quantity(right)
        or same_word(head_word(left), head_word(right))
        or (year_mentions(left) and year_mentions(right))
    ):
        return Certainty.CERTAIN
    return (
        Certainty.LIKELY
        if len(word_list(right)) > 1 and len(word_list(left)) > 1 and re.match(rf"^(?:{ARTICLE})(?<=[\s'])", right)
        else Certainty.POSSIBLE
    )


def _divided(source: Source, span: SourceSpan) -> VerbalOperation | None:
    plain = source.seen(span)
    share = _SHARE.match(plain)
    attempts = (
        (_DIVIDED, Certainty.CERTAIN),
        (_ON_TOTAL, Certainty.CERTAIN),
        (_ON_NUMBER, Certainty.POSSIBLE),
        (_ON_SAME, Certainty.NO),
    )
    for pattern, certainty in attempts:
        matches = _outside(source, span, pattern)
        if len(matches) > 1 and pattern is not _ON_SAME:
            return None
        for match in matches:
            left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
            seen = source.seen(left), source.seen(right)
            judged = _sureness(*seen, pattern, match, certainty, share=share is not None)
            if judged is Certainty.NO or left[0] >= left[1]:
                continue
            if share and share.end() < left[1] - span[0]:
                left = (span[0] + share.end(), left[1])
            return VerbalOperation(OperatorKind.OVER, left, right, judged, match["words"].strip())
    return None


def _sureness(
    left: str, right: str, pattern: re.Pattern[str], match: re.Match[str], certainty: Certainty, *, share: bool
) -> Certainty:
    same = same_word(head_word(left), head_word(right))
    if pattern is _ON_SAME:
        return Certainty.LIKELY if same or share else Certainty.NO
    if pattern is _ON_NUMBER:
        return Certainty.LIKELY if same or share else certainty
    if cannot_be_quantity(right) or _AN_AMOUNT.match(right):
        return Certainty.NO  # `diviso in lotti`, `controlli su n. 50 imprese`
    counted = same or starts_count(right)
    if not (counted or is_quantity(left)):
        return Certainty.POSSIBLE if ends_in_participle(left) else Certainty.NO
    if pattern is _ON_TOTAL and not same:
        # `sul totale`: of what, it does not say
        return (
            Certainty.POSSIBLE
            if len(word_list(right)) < 2
            else certainty
            if is_quantity(left) or share
            else Certainty.LIKELY
        )
    return Certainty.POSSIBLE if match["words"].startswith("diviso per") and not counted else certainty


def _every(source: Source, span: SourceSpan) -> VerbalOperation | None:
    matches = _outside(source, span, _EVERY)
    if len(matches) != 1:
        return None
    match = matches[0]
    left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
    certainty = Certainty.LIKELY if match["words"] == "ogni" or starts_count(source.seen(left)) else Certainty.POSSIBLE
    return VerbalOperation(
        OperatorKind.EACH, left, right, certainty, match[0].strip(), multiplier=multiplier_of(match["multiplier"])
    )


def _outside(source: Source, span: SourceSpan, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    outside = frozenset(source.outside_brackets(span))
    return [match for match in pattern.finditer(source.plain, *span) if match.start() in outside]
