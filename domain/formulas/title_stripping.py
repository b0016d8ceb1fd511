"""What stands around a formula in print and is not it: a title before it, a target or a remark after it."""

from dataclasses import dataclass

from domain.formulas.diagnostics import Diagnostics
from domain.formulas.model import Confidence
from domain.formulas.operators import Certainty, OperatorKind, find_signs
from domain.formulas.remarks import without_remark_after
from domain.formulas.source import Source, SourceSpan
from domain.formulas.verbal_operators import find_verbal_operation
from domain.formulas.vocabulary import starts_count, word_list
from domain.patterns import regex

_TARGET = regex(r"\s*(?:=|>\s?=|<\s?=|≥|≤|>|<)\s*\d[\d.,]*\s*%?\s*$")
_PERCENT_TAIL = regex(
    r"\s*(?:\(\s*(?:in\s+)?(?:%|percentuale|valore\s+(?:%|percentuale))\s*\)|(?:,?\s*espress[oa]\s+)?\bin\s+(?:%|percentuale)|(?<=[\s)])%|=\s*x\s*:\s*100)$"
)
_REMARK = regex(
    r"(?<=[\w).%])[\s.;]+(?P<remark>(?:nota|note|n\.b\.|nb)(?!\w)[\s:]|(?:(?:sono|è|si|da|il|la|fonte|rif\.|vedi|ad oggi|dato|dove)\s))"
)
_STARTERS_IN_CAPITALS = frozenset({"sono", "è", "si", "da", "il", "la", "fonte", "vedi", "ad", "dato", "dove", "rif."})
_STARTERS = frozenset({"nota", "note", "n.b.", "nb", "dove"})
_AFTER_NAMED = regex(r"^[\s.;]*(?:[-–]\s*\S.{0,60}|rif\..{0,60})?$")
_SIGNS = frozenset("/*+-÷:")
_MOST_COLONS = 8
_IS_SUM = regex(r"^(?:la\s+)?(?:σ|sommatoria|somma|media)(?!\w)")
_BULLET = regex(r"^(?:[-•*·]|\d{1,2}[.)]|[a-z]\))\s+")


@dataclass(frozen=True, slots=True)
class StrippedFormula:
    """Where the formula itself is; the title before it as written; whether a sign at its end says percentage."""

    span: SourceSpan
    label: str = ""
    percent: bool = False


def strip_title(source: Source, diagnostics: Diagnostics) -> StrippedFormula:
    """The formula without title, target and remark, each of which is noted where it costs certainty."""
    span = _bounds(source)
    span = _without_remark(source, span, diagnostics)
    span = without_remark_after(source, span, diagnostics)
    while source.is_bracketed(span):
        span = source.trimmed((span[0] + 1, span[1] - 1))
    target = _TARGET.search(source.seen(span))
    if target and target.start() and _divides(source, (span[0], span[0] + target.start())):
        diagnostics.lower(Confidence.MEDIUM, f"il testo dice anche un valore atteso: «{target[0].strip()}»")
        span = source.trimmed((span[0], span[0] + target.start()), " .;,")
    span, percent = _without_percent(source, span)
    titled = (
        _equals(source, span)
        or _colon(source, span)
        or _named(source, span, diagnostics)
        or _led(source, span, diagnostics)
    )
    if titled is None:
        return StrippedFormula(span, percent=percent)
    title, formula = titled
    inner, more = _without_percent(source, formula)
    return StrippedFormula(inner, source.written(title), percent or more)


def _bounds(source: Source) -> SourceSpan:
    span = source.trimmed((0, len(source.plain)), " .;,:=")
    bullet = _BULLET.match(source.seen(span))
    if bullet and "(" not in bullet[0]:
        span = (span[0] + bullet.end(), span[1])
    while source.is_bracketed(span):
        inner = source.trimmed((span[0] + 1, span[1] - 1))
        if inner[0] >= inner[1]:
            break
        span = inner
    return span


def _without_remark(source: Source, span: SourceSpan, diagnostics: Diagnostics) -> SourceSpan:
    outside = frozenset(source.outside_brackets(span))
    for match in _REMARK.finditer(source.plain, *span):
        position = match.start("remark")
        starter = source.text[position:].split(" ", 1)[0]
        afresh = (
            starter[:1].isupper()
            and starter.lower() in _STARTERS_IN_CAPITALS
            and not source.text[span[0] : position].isupper()
        )
        if position in outside and (afresh or starter.lower().rstrip(":") in _STARTERS):
            kept = source.trimmed((span[0], position), " .;,-")
            if _divides(source, kept):
                diagnostics.lower(
                    Confidence.MEDIUM, f"dopo la formula il testo continua: «{source.text[position : position + 60]}»"
                )
                return kept
    return span


def _without_percent(source: Source, span: SourceSpan) -> tuple[SourceSpan, bool]:
    tail = _PERCENT_TAIL.search(source.seen(span))
    if tail is None or not tail.start():
        return span, False
    kept = source.trimmed((span[0], span[0] + tail.start()))
    return (kept, True) if _divides(source, kept) else (span, False)


def _equals(source: Source, span: SourceSpan) -> tuple[SourceSpan, SourceSpan] | None:
    """`Indice di tempestività = giorni / fatture`."""
    places = [
        position
        for position in source.outside_brackets(span)
        if source.plain[position] == "=" and source.plain[position - 1 : position] not in {"<", ">"}
    ]
    if len(places) != 1:
        return None
    title, formula = source.trimmed((span[0], places[0])), source.trimmed((places[0] + 1, span[1]))
    return (title, formula) if title[0] < title[1] and _divides(source, formula) else None


def _colon(source: Source, span: SourceSpan) -> tuple[SourceSpan, SourceSpan] | None:
    """`Biblioteca storica: n. accessi anno x/n. accessi anno x-1`: the last colon before the first operation."""
    colons = [
        position
        for position in source.outside_brackets(span)
        if source.plain[position] == ":" and position not in source.protected
    ]
    for position in reversed(colons[-_MOST_COLONS:]):
        title, formula = source.trimmed((span[0], position)), source.trimmed((position + 1, span[1]))
        if title[0] < title[1] and _divides(source, formula) and not _has_signs(source, title):
            return title, formula
    return None


def _named(source: Source, span: SourceSpan, diagnostics: Diagnostics) -> tuple[SourceSpan, SourceSpan] | None:
    """`Percentuale di servizi digitali (n. servizi digitali / n. servizi) - rif. Pareto`: the formula in its last brackets."""
    opened = [position for position in source.outside_brackets(span) if position in source.closing]
    if not opened or opened[-1] == span[0]:
        return None
    start, end = opened[-1], source.closing[opened[-1]] + 1
    title, formula = source.trimmed((span[0], start)), source.trimmed((start + 1, end - 1))
    if source.plain[title[1] - 1] in _SIGNS - {":"} or not word_list(source.seen(title)):
        return None
    rest = source.seen((end, span[1]))
    if not _AFTER_NAMED.match(rest) or not _divides(source, formula) or _has_signs(source, title):
        return None
    if starts_count(source.seen(title)):
        diagnostics.lower(
            Confidence.LOW, "la formula è tra parentesi dopo un conteggio: potrebbe esserne solo un dettaglio"
        )
    return title, formula


def _led(source: Source, span: SourceSpan, diagnostics: Diagnostics) -> tuple[SourceSpan, SourceSpan] | None:
    """`Incremento degli utenti (utenti anno n - utenti anno n-1) / utenti anno n-1`: a title, brackets, and a sign after them."""
    opened = [position for position in source.outside_brackets(span) if position in source.closing]
    if not opened:
        return None
    title, inside = source.trimmed((span[0], opened[0])), (opened[0] + 1, source.closing[opened[0]])
    name, after = source.seen(title), source.seen((inside[1] + 1, span[1])).lstrip()
    if (
        after[:1] not in _SIGNS
        or not word_list(name)
        or name[-1] in _SIGNS
        or not _takes_away(source, inside, grouped=True)
    ):
        return None
    if starts_count(name) or _IS_SUM.match(name) or _has_signs(source, title):
        return None
    confidence = Confidence.MEDIUM if _takes_away(source, inside, grouped=False) else Confidence.LOW
    diagnostics.lower(confidence, f"«{source.written(title)}» è letto come titolo")
    return title, (opened[0], span[1])


def _takes_away(source: Source, span: SourceSpan, *, grouped: bool) -> bool:
    """Whether the brackets hold an operation other than a sum, which could be only a list."""
    signs = find_signs(source, span, grouped=grouped)
    return any(sign.certainty >= Certainty.LIKELY and sign.operation is not OperatorKind.PLUS for sign in signs)


def _divides(source: Source, span: SourceSpan) -> bool:
    """Whether a piece of text holds an operation that is more than possible."""
    if span[0] >= span[1]:
        return False
    if source.is_bracketed(span):
        return _divides(source, (span[0] + 1, span[1] - 1))
    if _has_signs(source, span):
        return True
    multiplied = [position for position in source.outside_brackets(span) if position in source.closing]
    if any(
        _has_signs(source, (position + 1, source.closing[position]), grouped=True) for position in multiplied
    ) and _is_multiplied(source, span):
        return True
    verbal = find_verbal_operation(source, span)
    return verbal is not None and verbal.certainty >= Certainty.LIKELY


def _is_multiplied(source: Source, span: SourceSpan) -> bool:
    return any(
        sign.operation is OperatorKind.TIMES and sign.certainty is Certainty.CERTAIN
        for sign in find_signs(source, span)
    )


def _has_signs(source: Source, span: SourceSpan, *, grouped: bool = False) -> bool:
    signs = find_signs(source, span, grouped=grouped)
    return any(sign.certainty >= Certainty.LIKELY and sign.operation is not OperatorKind.TIMES for sign in signs)
