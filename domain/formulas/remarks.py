"""What stands after a formula and is no part of the calculation: `* 100 (fonte: protocollo)`, `[a / b] rilevato a fine anno`.

A remark is set aside where the formula before it is whole: a multiplier closes it, or brackets hold all of it. What goes on
with a sign, or with another quantity, is no remark.
"""

import re

from domain.formulas.diagnostics import Diagnostics, Unparseable
from domain.formulas.model import Confidence
from domain.formulas.operators import Certainty, OperatorKind, find_signs
from domain.formulas.source import MULTIPLIER, Source, SourceSpan
from domain.formulas.verbal_operators import find_verbal_operation
from domain.formulas.vocabulary import is_quantity
from domain.formulas.years import year_mentions
from domain.patterns import regex

_TIMES = regex(rf"(?:\*|(?<![^\W\d_])x|(?<=[\s)])per)\s*(?:{MULTIPLIER})(?![\d.,]*\d)\s*%?")
_GOES_ON = regex(
    r"^\s*(?:[-+*/÷^=<>≥≤%]|x\s*\d|in\s+(?:%|percentuale)|(?:,?\s*espress[oa]\s+)in\s+%|\(\s*(?:in\s+)?(?:%|percentuale)\s*\)\s*$)"
)
_PAUSE = regex(r"^\s*[-,;:.]\s*|^\s+")
_AND = regex(r"^\s*(?:[,;]|ed?\s)\s*")
_SHOWN = 60


def without_remark_after(source: Source, span: SourceSpan, diagnostics: Diagnostics) -> SourceSpan:
    """The span up to where its formula is whole; Unparseable where another formula follows."""
    for end in _ends(source, span):
        rest = source.seen((end, span[1]))
        if not rest.strip(" .;,:"):
            return span
        dash = re.match(r"^\s*-\s*(?=[^\W\d_])", rest)
        if _GOES_ON.match(rest) and not (dash and not is_quantity(rest[dash.end() :])):
            continue
        pause = _PAUSE.match(rest)
        following = (end + (pause.end() if pause else 0), span[1])
        if _operates(source, following):
            msg = "dopo la formula ce n'è un'altra"
            raise Unparseable(msg)
        joined = _AND.match(rest)
        if joined and is_quantity(rest[joined.end() :]):
            msg = "dopo la formula c'è un altro dato"
            raise Unparseable(msg)
        if any(mention.years_back for mention in year_mentions(source.seen(following))):
            continue
        diagnostics.lower(
            Confidence.MEDIUM,
            f"dopo la formula il testo continua: «{source.written(source.trimmed(following))[:_SHOWN]}»",
        )
        return source.trimmed((span[0], end))
    return span


def _ends(source: Source, span: SourceSpan) -> list[int]:
    """Where a formula may be whole: after its last multiplier, after the brackets that hold it."""
    places = source.outside_brackets(span)
    outside = frozenset(places)
    ends = [
        match.end()
        for match in _TIMES.finditer(source.plain, *span)
        if match.start() in outside and _operates(source, (span[0], match.start()))
    ][-1:]
    for place in places:
        closing = source.closing.get(place)
        before = source.seen((span[0], place)).rstrip()
        if closing is not None and (not before or before[-1] in ":=") and _operates(source, (place + 1, closing)):
            ends.append(closing + 1)
    return ends


def _operates(source: Source, span: SourceSpan) -> bool:
    """Whether a piece of text divides, or takes one thing from another, within brackets or outside."""
    span = source.trimmed(span)
    if span[0] >= span[1]:
        return False
    signs = find_signs(source, span, ratio=True)
    if any(sign.certainty >= Certainty.POSSIBLE and sign.operation in _RATIO for sign in signs):
        return True
    verbal = find_verbal_operation(source, span)
    if verbal is not None and verbal.certainty >= Certainty.LIKELY:
        return True
    inside = [place for place in source.outside_brackets(span) if place in source.closing]
    return any(_operates(source, (place + 1, source.closing[place])) for place in inside)


_RATIO = frozenset({OperatorKind.OVER, OperatorKind.EACH})
