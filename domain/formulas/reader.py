"""A printed formula read into a proposal: terms and an expression where the print says them, prose where it does not.

The reading never guesses in silence: what is not certain lowers the confidence and says why, and what would be
a guess stays prose, whose value the office enters directly.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from lark import Token
from lark.exceptions import UnexpectedInput

from domain.formulas.changes import is_change
from domain.formulas.diagnostics import Diagnostics, Unparseable
from domain.formulas.grammar import parse_tokens
from domain.formulas.legends import spelt_out
from domain.formulas.meta import PlanMeasure, is_weighted_mean, of_ratio
from domain.formulas.model import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    Binary,
    Confidence,
    Expression,
    FormulaKind,
    Meta,
    Number,
    Percent,
    Proposal,
    Term,
    depth_of,
)
from domain.formulas.operators import Certainty, OperatorKind, find_signs
from domain.formulas.printing import print_expression
from domain.formulas.source import Source, SourceSpan, prepare_source
from domain.formulas.title_stripping import strip_title
from domain.formulas.tokenizer import Tokenizer, Tokens
from domain.formulas.verbal_operators import find_verbal_operation, ratio_prefix
from domain.formulas.vocabulary import OF, PERCENT_LEAD, is_quantity, starts_percent
from domain.formulas.years import mean_of_earlier
from domain.patterns import regex

_YES_NO = regex(
    r"(?<!\w)(?:s[iì]'?\s*(?:[/\\|-]|o(?=\s)|oppure)\s*no|no\s*/\s*s[iì]'?|on\s*/\s*off|(?P<done>\w+ato)\s*/\s*non\s+(?P=done))[\s).]*$"
)
_CHANGE = regex(
    r"^(?:il\s+|la\s+|l')?(?:tasso\s+(?:%\s+|percentuale\s+)?di\s+(?:variazione|crescita|incremento)|"
    r"(?:variazione|incremento|aumento|crescita)\s*(?:%|percentuale|in\s+percentuale|in\s+%))"
    rf"(?:\s+(?:annu[ao]|media|annuale))?\s*(?:{OF})?"
)
_VERSUS = regex(
    r"\s*,?\s*(?:rispetto\s+)?(?:all'|sull'|nell'|dell'|su\s+|al\s+)(?:anno|esercizio)\s+(?:precedente|prec\.|scorso|[tnx]-1)$"
)
_COMPARED = regex(r"\s(?:rispetto|in\s+confronto)\s+a")
_FALL = r"(?:decremento|diminuzione|riduzione|calo|contrazione)"
_VAGUE_CHANGE = regex(
    rf"^(?:il\s+|la\s+|l')?(?:(?:%|percentuale|tasso)\s+(?:di\s+)?)?(?:(?:variazione|incremento|aumento|crescita|{_FALL})(?!\w)[^/]*\srispetto\s+a"
    rf"|{_FALL}\s+(?:%|percentuale|in\s+(?:%|percentuale))|(?<=%)\s*{_FALL}|(?<=percentuale di ){_FALL})"
)
_SAYS_PERCENT = regex(
    r"^(?:il\s+|l')?(?:rapporto|incidenza|quota|peso|valore)\s+(?:%|percentuale|in\s+(?:%|percentuale))(?!\w)"
)
_MAYBE_RATIO = regex(r"\ssu(?:\s|l\s|ll\w\s)(?!un[oa]?\s)(?P<right>.*)$")
_TITLE_END = regex(r":(?!\d)|\s-\s")
_OF_A_SHEET = regex(r"^\s*=.*(?<![^\W\d_])\$?[A-Z]{1,3}\$?[0-9]{1,5}(?!\w)|^\s*=\s*[A-Z.]{2,}\(")
_LETTER = regex(r"[^\W\d_]\d?")
_NUMBERED = regex(r"^\s*(?:1\s?[).]|a\)|i\))\s*\S.*?(?<=[\s;,.])(?:2\s?[).]|b\)|ii\))\s*[^\W\d]", re.DOTALL)
"""Two formulas, each with its number or letter: `1) a / b 2) c`."""
_CELL = regex(r"\$?[A-Z]{1,3}\$?[0-9]{1,5}")
_CUT = regex(
    r"(?:[-+*/÷:=(,;\\]|(?<!\w)(?:di|del|dello|della|dei|degli|delle|dell'|a|al|allo|alla|ai|agli|alle|all'|da|dal|dalla|dai|dalle|in|nel|nella|"
    r"nei|nelle|con|su|sul|sulla|per|tra|fra|e|ed|o|il|lo|la|i|gli|le|l'|un|una|che|entro|rispetto|x|non))\s*$"
)
"""A line that goes on in the next."""
_BEGINS_WITH_SIGN = regex(r"^\s*(?:[-+*/÷:=),;\\⁄∕×_—–]|x\s)")
_SIGNS = "/*+-÷:=("
_MAX_SIGNS = 100
_MAX_OPERATIONS = 100
_OPERATIONS = frozenset(operation.value for operation in OperatorKind)


def read_formula(text: str) -> Proposal:
    """The proposal for a formula as printed; any text has one, and nothing is raised."""
    if len(text) > MAX_CHARACTERS:
        return _prose(text, f"il testo supera i {MAX_CHARACTERS} caratteri")
    if (spelt := spelt_out(text)) is not None and (read := read_formula(spelt)).kind is FormulaKind.EXPRESSION:
        reasons = ("le lettere sono lette dalla loro spiegazione", *read.reasons)
        confidence = Confidence.MEDIUM if read.confidence is Confidence.HIGH else read.confidence
        return read.model_copy(update={"text": text, "confidence": confidence, "reasons": reasons})
    source = prepare_source(text)
    if not source.plain:
        return _prose(text, "non c'è testo")
    if source.depth > MAX_DEPTH:
        return _prose(text, f"le parentesi superano i {MAX_DEPTH} livelli")
    if sum(map(source.plain.count, _SIGNS)) > _MAX_SIGNS:
        return _prose(text, f"il testo ha più di {_MAX_SIGNS} segni")
    if _YES_NO.search(source.plain):
        return Proposal(text=text, kind=FormulaKind.YES_NO)
    if is_weighted_mean(source.plain):
        unit: Literal["%"] | None = "%" if re.search(r"100|%", source.plain) else None
        return Proposal(text=text, kind=FormulaKind.META, meta=Meta.WEIGHTED_MEAN_OF_CHILDREN, unit=unit)
    if why := _no_formula(text, source):
        return _prose(text, why)
    try:
        return _read(text, source)
    except Unparseable as reason:
        return _prose(text, str(reason))
    except UnexpectedInput:
        return _prose(text, "i segni non formano un'espressione")


def _no_formula(text: str, source: Source) -> str | None:
    """Why a text that has signs is not to be read as a calculation."""
    if "|" in source.plain:
        return "la barra verticale non è un segno di calcolo"
    if _OF_A_SHEET.search(text):
        return "è la formula di un foglio: i riferimenti alle celle non dicono quali sono i dati"
    if _NUMBERED.search(source.plain):
        return "il testo contiene più formule, ciascuna con il suo numero"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line, next_line in pairwise(lines):
        plain, next_plain = line.casefold(), next_line.casefold()
        broken = _CUT.search(plain) or _BEGINS_WITH_SIGN.match(plain) or _BEGINS_WITH_SIGN.match(next_plain)
        if not broken and is_quantity(plain) and is_quantity(next_plain):
            return "due dati stanno su due righe, senza un segno fra l'uno e l'altro"
    return None


def _prose(text: str, reason: str) -> Proposal:
    return Proposal(text=text, kind=FormulaKind.PROSE, confidence=Confidence.LOW, reasons=(reason,))


def _read(text: str, source: Source) -> Proposal:
    diagnostics = Diagnostics()
    if source.odd_sign:
        diagnostics.lower(Confidence.MEDIUM, "una doppia barra, o una barra rovesciata, è letta come divisione")
    stripped = strip_title(source, diagnostics)
    span = _without_ratio_prefix(source, stripped.span, diagnostics)
    percentage = _percentage_of(source, span)
    tokenizer = Tokenizer(source, diagnostics, label=stripped.label, ratio=stripped.percent or span != stripped.span)
    changing = _CHANGE.match(source.seen(span))
    if changing and not _operates(source, span):
        tokens = _change_in_words(tokenizer, span, span[0] + changing.end())
    else:
        tokens = tokenizer.tokenize(percentage or span)
    if len(tokens) == 1 or [token.type for token in tokens] == ["TERM", "YEAR"]:
        return _single(text, tokenizer, tokens, span)
    expression = _parsed(source, span, tokens)
    says_percent = (
        _SAYS_PERCENT.match(source.seen(stripped.span))
        or percentage is not None
        or stripped.percent
        or starts_percent(stripped.label.lower())
    )
    if says_percent and not _is_times_hundred(expression):
        expression = Percent(operand=expression)
    terms = tokenizer.naming.terms(expression)
    phrases = {term.id: term.phrase.lower() for term in terms}
    unit: Literal["%"] | None = "%" if isinstance(expression, Percent) or _is_times_hundred(expression) else None
    if all(_CELL.fullmatch(term.phrase) for term in terms):
        diagnostics.lower(Confidence.LOW, "i dati sembrano celle di un foglio")
    if any(_LETTER.fullmatch(term.phrase) for term in terms):
        diagnostics.lower(Confidence.MEDIUM, "un dato è indicato con una lettera, senza dire che cosa è")
    measure = _about_the_plan(expression, phrases)
    confidence, reasons = diagnostics.confidence, tuple(diagnostics.reasons)
    if measure:
        return Proposal(
            text=text,
            kind=FormulaKind.META,
            meta=measure.meta,
            threshold=measure.threshold,
            unit=unit,
            confidence=confidence,
            reasons=reasons,
        )
    return Proposal(
        text=text,
        kind=FormulaKind.EXPRESSION,
        terms=terms,
        expression=expression,
        printed=print_expression(expression),
        unit=unit,
        is_change=is_change(expression, phrases) or bool(_CHANGE.match(stripped.label.lower())),
        confidence=confidence,
        reasons=reasons,
    )


def _without_ratio_prefix(source: Source, span: SourceSpan, diagnostics: Diagnostics) -> SourceSpan:
    """`Rapporto tra A/B` without its first words, where a sign already says the division."""
    prefix = ratio_prefix(source.seen(span))
    inner = (span[0] + prefix, span[1])
    if prefix and any(
        sign.certainty >= Certainty.LIKELY and sign.operation is not OperatorKind.TIMES
        for sign in find_signs(source, inner)
    ):
        return inner
    slashes = [sign for sign in find_signs(source, inner, ratio=True) if sign.operation is OperatorKind.OVER]
    if not prefix or len(slashes) != 1 or slashes[0].certainty is Certainty.NO:
        return span
    diagnostics.lower(Confidence.MEDIUM, "la barra è letta come divisione perché il testo dice «rapporto»")
    return inner


def _operates(source: Source, span: SourceSpan) -> bool:
    return any(sign.certainty >= Certainty.LIKELY for sign in find_signs(source, span))


def _percentage_of(source: Source, span: SourceSpan) -> SourceSpan | None:
    """The ratio in `percentuale di A / B`; None where there is none, or where B is itself a percentage."""
    lead = PERCENT_LEAD.match(source.seen(span))
    if lead is None:
        return None
    rest = (span[0] + lead.end(), span[1])
    firm = [sign for sign in find_signs(source, rest) if sign.certainty >= Certainty.LIKELY]
    if len(firm) == 1 and firm[0].operation is OperatorKind.OVER:
        denominator = source.seen((firm[0].end, rest[1]))
    elif not firm and (verbal := find_verbal_operation(source, rest)) and verbal.operation is OperatorKind.OVER:
        denominator = source.seen(verbal.right)
    else:
        return None
    return None if starts_percent(denominator) or mean_of_earlier(denominator) else rest


def _change_in_words(tokenizer: Tokenizer, whole: SourceSpan, start: int) -> Tokens:
    """`variazione percentuale di X rispetto all'anno precedente`, spelt out; one phrase where it compares with another thing."""
    source, diagnostics = tokenizer.source, tokenizer.diagnostics
    span = (start, whole[1])
    versus = _VERSUS.search(source.seen(span))
    if versus:
        span = (span[0], span[0] + versus.start())
    if _COMPARED.search(source.seen(span)):
        return [tokenizer.phrase(whole)]
    if versus:
        diagnostics.lower(Confidence.MEDIUM, "la variazione è letta come (anno - anno precedente) / anno precedente")
    else:
        diagnostics.lower(
            Confidence.LOW, "il testo non dice rispetto a che cosa: la variazione è letta sull'anno precedente"
        )
    term = tokenizer.phrase(span)
    before = [term, Token("YEAR", "1")]
    opened, closed = Token("_OPEN", "("), Token("_CLOSE", ")")
    return [
        *(Token("_PERCENT", "percentuale"), opened, opened, term, Token("MINUS", "-")),
        *(*before, closed, Token("OVER", "/"), *before, closed),
    ]


def _single(text: str, tokenizer: Tokenizer, tokens: Tokens, span: SourceSpan) -> Proposal:
    """One phrase: a quantity to enter, or prose."""
    source, diagnostics = tokenizer.source, tokenizer.diagnostics
    if tokens[0].type != "TERM":
        return _prose(text, "c'è solo un numero")
    plain = source.seen(span)
    vague = bool(_VAGUE_CHANGE.match(plain) or _CHANGE.match(plain))
    if vague:
        diagnostics.lower(Confidence.LOW, "è una variazione, ma il testo non dice come si calcola")
    elif not is_quantity(plain):
        titled = _after_title(source, span)
        if titled is None:
            return Proposal(
                text=text, kind=FormulaKind.PROSE, confidence=diagnostics.confidence, reasons=tuple(diagnostics.reasons)
            )
        diagnostics.lower(Confidence.MEDIUM, f"«{source.written((span[0], titled[0])).strip()}» è letto come titolo")
        tokens = tokenizer.tokenize(titled)
    about = _MAYBE_RATIO.search(plain)
    if about and (is_quantity(about["right"]) or starts_percent(plain)):
        diagnostics.lower(Confidence.LOW, "«su» potrebbe dire un rapporto: letto come parte della frase")
    if source.stray:
        diagnostics.lower(Confidence.MEDIUM, "una parentesi non si chiude")
    expression = parse_tokens(tokens)
    return Proposal(
        text=text,
        kind=FormulaKind.SINGLE_TERM,
        terms=tokenizer.naming.terms(expression),
        expression=expression,
        printed=print_expression(expression),
        unit="%" if starts_percent(plain) or _SAYS_PERCENT.match(plain) or (vague and "%" in plain[:40]) else None,
        is_change=vague,
        confidence=diagnostics.confidence,
        reasons=tuple(diagnostics.reasons),
    )


def _after_title(source: Source, span: SourceSpan) -> SourceSpan | None:
    """The count that follows a title: `Sportello brevetti - n. colloqui svolti`."""
    outside = frozenset(source.outside_brackets(span))
    for match in reversed(list(_TITLE_END.finditer(source.plain, *span))):
        rest = source.trimmed((match.end(), span[1]))
        if match.start() in outside and is_quantity(source.seen(rest)):
            return rest
    return None


def _parsed(source: Source, span: SourceSpan, tokens: Tokens) -> Expression:
    """The tree of several tokens; `Unparseable` where the print cannot have meant one tree."""
    if source.stray:
        msg = "una parentesi non si chiude"
        raise Unparseable(msg)
    if not any(token.type == "TERM" for token in tokens):
        msg = "ci sono solo numeri"
        raise Unparseable(msg)
    listed = any(token.type == "_SEPARATOR" for token in tokens) or "numeratore" in source.seen(span)
    if not listed and any(source.plain[position] == ";" for position in source.outside_brackets(span)):
        msg = "il testo contiene più formule o frasi, separate da punto e virgola"
        raise Unparseable(msg)
    if sum(token.type in _OPERATIONS for token in tokens) > _MAX_OPERATIONS:
        msg = f"la formula ha più di {_MAX_OPERATIONS} operazioni"
        raise Unparseable(msg)
    expression = parse_tokens(tokens)
    if depth_of(expression) > MAX_DEPTH:
        msg = f"la formula ha più di {MAX_DEPTH} livelli"
        raise Unparseable(msg)
    return expression


def _is_times_hundred(expression: Expression) -> bool:
    match expression:
        case Binary(operator="*", right=Number(value=value)) | Binary(operator="*", left=Number(value=value)):
            return value == 100
        case Binary(operator="/", left=Binary(operator="*", left=Number(value=value))):
            return value == 100
        case _:
            return False


def _about_the_plan(expression: Expression, phrases: Mapping[str, str]) -> PlanMeasure | None:
    """Whether the ratio is one that the system measures by itself."""
    match expression:
        case Percent(operand=inner):
            return _about_the_plan(inner, phrases)
        case Binary(operator="*", left=inner, right=Number()):
            return _about_the_plan(inner, phrases)
        case Binary(operator="/", left=Term(id=numerator), right=Term(id=denominator)):
            return of_ratio(phrases[numerator], phrases[denominator])
        case _:
            return None
