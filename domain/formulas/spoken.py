"""Operations said in words: `rapporto tra A e B`, `A sul totale di B`, `A diviso B`, `A ogni 1.000 B`, `differenza tra A e B`."""

import re
from dataclasses import dataclass

from domain.formulas.signs import Operation, Sure, many_of
from domain.formulas.source import Source, Span
from domain.formulas.words import (
    ARTICLE,
    OF,
    cannot_be_quantity,
    ends_in_participle,
    head,
    is_quantity,
    same_word,
    starts_count,
    words,
)
from domain.formulas.years import marks

_TO = r"(?:a|ad|al|allo|alla|ai|agli|alle)\s+|all'"
_ON = r"(?:su|sul|sullo|sulla|sui|sugli|sulle)\s+|sull'"
_TOTAL = r"(?:total[ei]|tot\.|n[.°']|nr\.|numero\s+(?:total|complessiv)|complesso|ammontare|σ)"

_PAIR = re.compile(
    rf"^{ARTICLE}(?:(?P<ratio>rapporto|quoziente)(?:\s+percentuale|\s+in percentuale)?(?:\s+(?:esistente|intercorrente))?|(?P<difference>differenza|diff\.|scarto|saldo)|"
    rf"(?P<product>prodotto)|(?P<sum>somma|sommatoria)|(?P<mean>media(?:\s+aritmetica|\s+semplice)?))\s+(?P<of>tra|fra|{OF})\s*"
)
_RATIO = re.compile(
    rf"^{ARTICLE}rapporto(?:\s+percentuale|\s+in percentuale|\s+%)?(?:\s+(?:tra|fra))?[\s:]+{ARTICLE}(?=\S)"
)
_REPORT = re.compile(
    r"(?:annuale|semestrale|trimestrale|mensile|finale|di|del|della|dei|sul|sulla|sui|sulle|sullo|con|per)(?!\w)|sull'|dell'"
)
_AN_AMOUNT = re.compile(r"n[^a-z]{0,4}\d|numero\s+\d")
_DATE = re.compile(rf"^{ARTICLE}(?:data|date|giorno)(?!\w)")
_FRACTION = re.compile(r"numeratore\s*[:=]\s*(?P<left>\S.*?)\s*denominatore\s*[:=]\s*(?P<right>\S.*)$")
_AND = re.compile(r"\s(?:e|ed)\s+(?=\S)")
_DIVIDED = re.compile(
    rf"\s(?P<words>diviso(?:\s+per)?|(?:rapportat[oaie]|parametrat[oaie])\s+(?:{_TO})|in\s+rapporto\s+(?:{_TO}))\s*{ARTICLE}(?=\S)"
)
_ON_TOTAL = re.compile(rf"\s(?P<words>(?:{_ON})|rispetto\s+(?:{_TO}))(?={_TOTAL})")
_ON_NUMBER = re.compile(rf"\s(?P<words>(?:{_ON})|rispetto\s+(?:{_TO}))(?=numero\s)")
_ON_SAME = re.compile(rf"\s(?P<words>{_ON})(?=[^\W\d])")
_SHARE = re.compile(
    rf"^{ARTICLE}(?:incidenza(?:\s+(?:percentuale|%))?\s+(?:{OF})?|(?:peso|quota)(?:\s+(?:percentuale|%))?\s+{OF})"
)
_EVERY = re.compile(
    r"\s(?P<words>ogni|per)\s+(?P<many>100|1\.?000|10\.?000|100\.?000|cento|mille)\s+"
    r"(?!(?:euro|eur|€|giorn|gg|or[ae]\b|mes[ei]|ann[io]))(?=[^\W\d])"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An operation in words: what it does, between which spans, how sure that is, and the words themselves."""

    operation: Operation
    left: Span
    right: Span
    sure: Sure
    words: str
    mean: bool = False
    many: str = "100"


def find_spoken(source: Source, span: Span) -> Spoken | None:
    """The operation that a phrase says in words, outside its brackets; None where it says none, or more than one."""
    pair = _pair(source, span)
    if pair is not None:
        return pair
    fraction = _FRACTION.match(source.plain, span[0], span[1])
    if fraction:
        left, right = source.trimmed(fraction.span("left"), " ;,."), source.trimmed(fraction.span("right"))
        return Spoken(Operation.OVER, left, right, Sure.CERTAIN, "numeratore e denominatore")
    found = [spoken for spoken in (_divided(source, span), _every(source, span)) if spoken]
    return found[0] if len(found) == 1 else None


def ratio_prefix(plain: str) -> int:
    """How much of `rapporto (percentuale) (tra)` stands before a formula that has its own sign; 0 where it is a report."""
    match = _RATIO.match(plain)
    return match.end() if match and not _REPORT.match(plain[match.end() :]) else 0


def _pair(source: Source, span: Span) -> Spoken | None:
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
    left, right, sure = split
    if match["difference"] and _DATE.match(source.seen(left)):
        return None  # days between two dates are one quantity
    both = starts_count(source.seen(left)) and starts_count(source.seen(right))
    if not between and not both:
        return None  # `somma dei giorni tra arrivo e risposta` is one quantity
    if not between or (match["mean"] and not both):
        sure = min(sure, Sure.LIKELY)
    operation = Operation.PLUS
    if match["ratio"]:
        operation = Operation.OVER
    elif match["difference"]:
        operation = Operation.MINUS
    elif match["product"]:
        operation = Operation.TIMES
    return Spoken(operation, left, right, sure, match[0].strip(), mean=bool(match["mean"]))


def _and(source: Source, span: Span) -> tuple[Span, Span, Sure] | None:
    """Where `A e B` parts: at its only `e`, or at the only one that a quantity follows."""
    outside = frozenset(source.outside_brackets(span))
    splits = []
    for match in _AND.finditer(source.plain, *span):
        if match.start() in outside and match.start() + 1 not in source.protected:
            left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
            splits.append((left, right, _resemble(source.seen(left), source.seen(right))))
    alike = [split for split in splits if split[2] is not Sure.POSSIBLE]
    if len(splits) == 1:
        return splits[0]
    return (*alike[0][:2], Sure.LIKELY) if len(alike) == 1 else None


def _resemble(left: str, right: str) -> Sure:
    if is_quantity(right) or same_word(head(left), head(right)) or (marks(left) and marks(right)):
        return Sure.CERTAIN
    return (
        Sure.LIKELY
        if len(words(right)) > 1 and len(words(left)) > 1 and re.match(rf"^(?:{ARTICLE})(?<=[\s'])", right)
        else Sure.POSSIBLE
    )


def _divided(source: Source, span: Span) -> Spoken | None:
    plain = source.seen(span)
    share = _SHARE.match(plain)
    attempts = ((_DIVIDED, Sure.CERTAIN), (_ON_TOTAL, Sure.CERTAIN), (_ON_NUMBER, Sure.POSSIBLE), (_ON_SAME, Sure.NO))
    for pattern, sure in attempts:
        found = _outside(source, span, pattern)
        if len(found) > 1 and pattern is not _ON_SAME:
            return None
        for match in found:
            left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
            judged = _sureness(source.seen(left), source.seen(right), match, sure, share=share is not None)
            if judged is Sure.NO or left[0] >= left[1]:
                continue
            if share and share.end() < left[1] - span[0]:
                left = (span[0] + share.end(), left[1])
            return Spoken(Operation.OVER, left, right, judged, match["words"].strip())
    return None


def _sureness(left: str, right: str, match: re.Match[str], sure: Sure, *, share: bool) -> Sure:
    same = same_word(head(left), head(right))
    if match.re is _ON_SAME:
        return Sure.LIKELY if same or share else Sure.NO
    if match.re is _ON_NUMBER:
        return Sure.LIKELY if same or share else sure
    if cannot_be_quantity(right) or _AN_AMOUNT.match(right):
        return Sure.NO  # `diviso in lotti`, `controlli su n. 50 imprese`
    counted = same or starts_count(right)
    if not (counted or is_quantity(left)):
        return Sure.POSSIBLE if ends_in_participle(left) else Sure.NO
    if match.re is _ON_TOTAL and not same:
        # `sul totale`: of what, it does not say
        return Sure.POSSIBLE if len(words(right)) < 2 else sure if is_quantity(left) or share else Sure.LIKELY
    return Sure.POSSIBLE if match["words"].startswith("diviso per") and not counted else sure


def _every(source: Source, span: Span) -> Spoken | None:
    found = _outside(source, span, _EVERY)
    if len(found) != 1:
        return None
    match = found[0]
    left, right = source.trimmed((span[0], match.start())), source.trimmed((match.end(), span[1]))
    sure = Sure.LIKELY if match["words"] == "ogni" or starts_count(source.seen(left)) else Sure.POSSIBLE
    return Spoken(Operation.EACH, left, right, sure, match[0].strip(), many=many_of(match["many"]))


def _outside(source: Source, span: Span, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    outside = frozenset(source.outside_brackets(span))
    return [match for match in pattern.finditer(source.plain, *span) if match.start() in outside]
