"""The tokenizer (lexer) of printed formulas: a formula is cut into the tokens of the grammar: each phrase becomes a term, each sign that is one an operation.

A level (the whole formula, or the inside of a pair of brackets) is cut at its signs; what lies between two signs is an
operand: brackets, a number, a year alone, a ratio said in words, or a phrase. Where the office left the parentheses
out, they are put back when only one reading makes sense, and the confidence says so.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from lark import Token

from domain.formulas.diagnostics import Diagnostics, Unparseable
from domain.formulas.model import MAX_DIGITS, MAX_YEARS_BACK, Confidence
from domain.formulas.naming import TermNames
from domain.formulas.operators import Certainty, OperatorKind, Sign, find_signs
from domain.formulas.source import MULTIPLIER, Source, SourceSpan
from domain.formulas.verbal_operators import VerbalOperation, find_verbal_operation
from domain.formulas.vocabulary import ARTICLE, COUNT, is_quantity, starts_count
from domain.formulas.years import YearMention, mean_of_earlier, says_later_year, year_mentions
from domain.patterns import regex

Tokens = list[Token]

_OPEN, _CLOSE = Token("_OPEN", "("), Token("_CLOSE", ")")
_SIGNS = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/", "EACH": "/"}
_NUMBER = regex(r"^(?P<digits>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)\s*(?P<percent>%)?$")
_ENGLISH = regex(r"[1-9]\d{0,2},\d{3}")
_LETTER_FOR_IT = regex(r"(?<=[\w.])\s\([a-z]\d?\)$")
"""The letter by which a table names what stands before it: `pratiche evase (A)`."""
_TIMES_WITHIN = regex(rf"(?:\s(?:x|per)|\*)\s*(?:{MULTIPLIER})\s*%?$")
_PRODUCT = regex(r"[^\W_]\s?\*\s?[^\W_]")
_IS_SUM = regex(r"^\s*(?:la\s+)?(?:σ|sommatoria|somma|somm\.|media)")
_HALVES = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
_LEADING_ARTICLE = regex(rf"^{ARTICLE}")
_EDGES = " ,;:="
_LIST = regex(r"^(?P<word>somma|sommatoria|media|media aritmetica|media semplice)\s*(?:di|tra|fra)?\s*(?=\()")
_TWO_COUNTS = regex(rf"\S\s*(?:,|\be|\bed|\+|\*|\bx)\s+{ARTICLE}{COUNT}\s*(?:di\s+)?[^\W\d]")
_MULTIPLIED = regex(
    rf"(?:[*]|(?<![^\W\d_])x|(?<!\w)per)\s*(?:{MULTIPLIER})(?![\d.,]*\d)|(?:[*÷]|(?<![^\W\d_])x)\s*\d|\(\s*100\s*%?\s*\)|="
)
_COUNT_WITHIN = regex(
    r"(?P<before>[^\W\d_]{4,})[.)\"']?\s+(?:n\.|n°|nr\.|num\.|numero)\s*(?:di\s+|delle\s+|dei\s+|degli\s+)?[^\W\d]{3}"
)
_LEADS_ON = regex(
    r"(?:d?[aei]ll[aeo]|degli|nell[aeo]|negli|sull[aeo]|sugli|entro|oltre|almeno|ogni|rispetto|minimo|massimo|medi[oa]|sotto|sopra|circa"
    r"|pari|ciascun[ao]?|nonché|numero|valore|costo|importo|totale|come|dove)"
)
"""A word after which a count belongs to the phrase: `entro n. giorni`."""
_TOO_LONG_PHRASE = 250
_DIVIDES = frozenset({OperatorKind.OVER, OperatorKind.EACH})
_LINES = frozenset({OperatorKind.PLUS, OperatorKind.MINUS})


class Tokenizer:
    """One reading of one source: the terms that it names and the doubts that it notes."""

    def __init__(self, source: Source, diagnostics: Diagnostics, *, label: str = "", ratio: bool = False) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.naming = TermNames()
        self._label = label
        self._ratio = ratio
        self._last: str | None = None

    def tokenize(self, span: SourceSpan, *, grouped: bool = False) -> Tokens:
        """The tokens of a level; `Unparseable` where they would be a guess."""
        span = self.source.trimmed(span)
        if span[0] >= span[1]:
            msg = "manca un operando accanto a un segno"
            raise Unparseable(msg)
        signs = self._operations(span, grouped=grouped)
        if not signs:
            return self._operand(span)
        operands: list[Tokens] = []
        start = span[0]
        for sign in [*signs, None]:
            end = sign.start if sign else span[1]
            piece = self.source.trimmed((start, end))
            empty = piece[0] >= piece[1]
            if empty and not (sign is signs[0] and sign.operation is OperatorKind.MINUS):
                msg = "manca un operando accanto a un segno"
                raise Unparseable(msg)
            operands.append([] if empty else self._operand(piece))
            start = sign.end if sign else end
        return self._joined(operands, signs)

    def _operations(self, span: SourceSpan, *, grouped: bool) -> list[Sign]:
        """The signs of a level that are taken as operations, with a note on every doubt."""
        signs = find_signs(self.source, span, grouped=grouped, ratio=self._ratio)
        firm = [sign for sign in signs if sign.certainty >= Certainty.LIKELY]
        possible = [sign for sign in signs if sign.certainty is Certainty.POSSIBLE]
        if possible and not any(sign.operation in _DIVIDES for sign in firm):
            divisions = [sign for sign in possible if sign.operation in _DIVIDES]
            if len(divisions) == 1:
                self.diagnostics.lower(
                    Confidence.LOW, f"non è certo che {self._around(divisions[0])} sia una divisione"
                )
                firm = sorted([*firm, *divisions], key=lambda sign: sign.start)
                possible.remove(divisions[0])
        for sign in possible:
            if sign.operation is OperatorKind.MINUS and firm:
                self.diagnostics.lower(Confidence.LOW, f"non è certo che {self._around(sign)} sia una differenza")
                firm = sorted([*firm, sign], key=lambda sign: sign.start)
            else:
                self.diagnostics.lower(
                    Confidence.LOW, f"{self._around(sign)} potrebbe essere un'operazione: letto come testo"
                )
        for sign in firm:
            if sign.certainty is Certainty.LIKELY:
                self.diagnostics.lower(Confidence.MEDIUM, f"{self._around(sign)} è letto come operazione dal contesto")
        for sign in signs:
            if sign.certainty is Certainty.NO and (
                self.source.plain[sign.start] == "/" or (firm and sign.operation in _LINES)
            ):
                self.diagnostics.lower(
                    Confidence.MEDIUM, f"il segno in {self._around(sign)} è letto come parte della frase"
                )
        divisions = [sign for sign in firm if sign.operation in _DIVIDES]
        for division, next_division in pairwise(divisions):
            if not any(division.start < sign.start < next_division.start for sign in firm):
                if _TWO_COUNTS.search(self.source.plain, division.end, next_division.start):
                    msg = "il testo sembra contenere due formule"
                    raise Unparseable(msg)
                self.diagnostics.lower(Confidence.LOW, "due divisioni di seguito senza parentesi")
        return firm

    def _around(self, sign: Sign) -> str:
        text = self.source.text
        before = text[: sign.start].rstrip().rsplit(" ", 1)[-1]
        after = text[sign.end :].lstrip().split(" ", 1)[0]
        return f"«{before[-30:]}{text[sign.start : sign.end]}{after[:30]}»"

    def _joined(self, operands: list[Tokens], signs: Sequence[Sign]) -> Tokens:
        """Operands and operations in one line, with the parentheses that were left out."""
        operands = [list(tokens) for tokens in operands]
        self._group(operands, [sign.operation for sign in signs])
        line = list(operands[0])
        for sign, tokens in zip(signs, operands[1:], strict=True):
            multiplier = [Token("NUMBER", sign.multiplier)] if sign.multiplier else []
            line += [Token(sign.operation.value, _SIGNS[sign.operation]), *multiplier, *tokens]
        return line

    def _group(self, operands: list[Tokens], operations: Sequence[OperatorKind]) -> None:
        """Put back the parentheses of `a - b / c`, where taking a ratio from an amount makes no sense."""
        additive = [i for i, o in enumerate(operations) if o in {OperatorKind.PLUS, OperatorKind.MINUS}]
        divisions = [i for i, o in enumerate(operations) if o is OperatorKind.OVER]
        if not additive or len(divisions) != 1 or OperatorKind.EACH in operations:
            return
        division = divisions[0]
        last = len(operations)  # a closing `* 100` stays outside
        while last > division + 1 and operations[last - 1] is OperatorKind.TIMES and _is_number(operands[last]):
            last -= 1
        sides = [operands[i] for i in (*additive, *(i + 1 for i in additive)) if i not in {division, division + 1}]
        if any(_is_pure_number(tokens) or any(t.type == "OVER" for t in tokens) for tokens in sides):
            return
        if OperatorKind.TIMES in operations[:last]:
            msg = "mancano le parentesi: non si sa che cosa sia moltiplicato e che cosa diviso"
            raise Unparseable(msg)
        before, after = any(i < division for i in additive), any(i > division for i in additive)
        if (before and after) or (after and last < len(operations)):
            msg = "mancano le parentesi: non si sa che cosa sia diviso per che cosa"
            raise Unparseable(msg)
        first, final = (0, division) if before else (division + 1, last)
        operands[first].insert(0, _OPEN)
        operands[final].append(_CLOSE)
        self.diagnostics.lower(
            Confidence.LOW,
            "mancano le parentesi: somme e differenze sono lette insieme, prima della divisione",
        )

    def _operand(self, span: SourceSpan) -> Tokens:
        """The tokens of what lies between two signs."""
        source = self.source
        span = source.trimmed(span)
        body, mark = self._without_year(span)
        if body[0] >= body[1]:
            return self._year_alone(mark)
        year = [Token("YEAR", str(mark.years_back))] if mark and mark.years_back else []
        grouped = self._list(body)
        if source.is_bracketed(body):
            grouped = [_OPEN, *self._bracketed((body[0] + 1, body[1] - 1)), _CLOSE]
        if grouped:
            if year and any(token.type in {"YEAR", "YEARS"} for token in grouped):
                msg = "un anno è detto sia dentro sia fuori dalla parentesi"
                raise Unparseable(msg)
            return [*grouped, *year]
        if number := self._number(source.seen(source.trimmed(body))):
            return number
        if mark is None and (earlier := self._mean_of_earlier(span)):
            return earlier
        verbal = find_verbal_operation(source, span)
        if verbal:
            return self._verbal(verbal)
        if mark and any(other.years_back != mark.years_back for other in year_mentions(source.seen(body))):
            msg = "due anni stanno nello stesso dato, senza un segno tra l'uno e l'altro"
            raise Unparseable(msg)
        return [self.phrase(body), *year]

    def _without_year(self, span: SourceSpan) -> tuple[SourceSpan, YearMention | None]:
        """The span without the year at its end, and that year."""
        phrase = self.source.seen(span)
        tail = len(phrase.rstrip(" .,;"))
        for mark in reversed(year_mentions(phrase)):
            if mark.end >= tail:
                if mark.years_back > MAX_YEARS_BACK:
                    msg = f"è nominato un anno più lontano di {MAX_YEARS_BACK}"
                    raise Unparseable(msg)
                return self.source.trimmed((span[0], span[0] + mark.start)), mark
        return span, None

    def _year_alone(self, mark: YearMention | None) -> Tokens:
        """A year without a phrase, as the second of `accessi anno n / anno n-1`: the phrase is the one before."""
        known = self._last
        if known is None and self._label:
            known = self._last = self.naming.id_of(self._label, self._label.lower())
        if known is None or mark is None:
            msg = "c'è un anno senza il dato a cui si riferisce"
            raise Unparseable(msg)
        self.diagnostics.lower(Confidence.MEDIUM, "un anno senza dato è riferito al dato che precede")
        return [Token("TERM", known), *([Token("YEAR", str(mark.years_back))] if mark.years_back else [])]

    def _bracketed(self, span: SourceSpan) -> Tokens:
        """The inside of brackets; in `(costi / proventi anno n-1)` the year is said once for all."""
        known = self.naming.known()
        tokens = self.tokenize(span, grouped=True)
        if [token.type for token in tokens] != ["TERM", "OVER", "TERM", "YEAR"] or tokens[0] == tokens[2]:
            return tokens
        if not {str(tokens[0]), str(tokens[2])} <= known:
            self.diagnostics.lower(Confidence.LOW, "non è certo a quali dati della parentesi si riferisca l'anno")
            return tokens
        self.diagnostics.lower(Confidence.MEDIUM, "l'anno scritto alla fine è letto per tutta la parentesi")
        return [_OPEN, *tokens[:3], _CLOSE, tokens[3]]

    def _number(self, plain: str) -> Tokens:
        if plain in _HALVES:
            return [Token("NUMBER", _HALVES[plain])]
        match = _NUMBER.match(plain)
        if match is None:
            return []
        digits = match["digits"]
        if _ENGLISH.fullmatch(digits):
            msg = f"«{digits}» può essere scritto all'inglese: {digits.replace(',', '.')} se sono migliaia"
            raise Unparseable(msg)
        digits = digits.replace(".", "") if re.search(r"\.\d{3}(?!\d)", digits) else digits
        if sum(map(str.isdigit, digits)) > MAX_DIGITS:
            msg = f"un numero ha più di {MAX_DIGITS} cifre"
            raise Unparseable(msg)
        if match["percent"] and digits != "100":
            return [_OPEN, Token("NUMBER", digits), Token("OVER", "/"), Token("NUMBER", "100"), _CLOSE]
        return [Token("NUMBER", digits.replace(",", "."))]

    def _list(self, span: SourceSpan) -> Tokens:
        """`media (A; B; C)`: a list in brackets; one phrase in brackets is no list, and stays a phrase."""
        source = self.source
        match = _LIST.match(source.seen(span))
        if match is None or not source.is_bracketed((span[0] + match.end(), span[1])):
            return []
        inside = (span[0] + match.end() + 1, span[1] - 1)
        items = _split(source, inside, ";")
        if len(items) == 1:
            items = _split(source, inside, ",")
            if not all(is_quantity(source.seen(source.trimmed(item))) for item in items):
                return []
        if len(items) < 2:
            return []
        tokens: Tokens = [Token("_SUM" if match["word"].startswith("somma") else "_MEAN", match["word"]), _OPEN]
        for item in items:
            tokens += [*self.tokenize(item, grouped=True), Token("_SEPARATOR", ";")]
        return [*tokens[:-1], _CLOSE]

    def _mean_of_earlier(self, span: SourceSpan) -> Tokens:
        mean = mean_of_earlier(self.source.seen(span))
        if mean is None:
            return []
        start, end, years = mean
        body = self.source.trimmed((span[0] + start, span[0] + end))
        if body[0] < body[1]:
            term = self.phrase(body)
        elif self._last:
            self.diagnostics.lower(Confidence.MEDIUM, "la media degli anni precedenti è riferita al dato che precede")
            term = Token("TERM", self._last)
        else:
            msg = "c'è una media di anni senza il dato a cui si riferisce"
            raise Unparseable(msg)
        return [term, Token("YEARS", str(years))]

    def _verbal(self, verbal: VerbalOperation) -> Tokens:
        """A ratio, a difference or a sum said in words, in parentheses of its own."""
        if verbal.certainty < Certainty.CERTAIN:
            confidence = Confidence.MEDIUM if verbal.certainty is Certainty.LIKELY else Confidence.LOW
            self.diagnostics.lower(confidence, f"«{verbal.words}» è letto come operazione dal contesto")
        left, right = self.tokenize(verbal.left, grouped=True), self.tokenize(verbal.right, grouped=True)
        if verbal.mean:
            return [Token("_MEAN", "media"), _OPEN, *left, Token("_SEPARATOR", ";"), *right, _CLOSE]
        if verbal.operation is OperatorKind.EACH:
            ratio = [*_as_operand(left), Token("EACH", "/"), Token("NUMBER", verbal.multiplier), *_as_operand(right)]
        else:
            ratio = [*_as_operand(left), Token(verbal.operation.value, _SIGNS[verbal.operation]), *_as_operand(right)]
        return [_OPEN, *ratio, _CLOSE]

    def phrase(self, span: SourceSpan) -> Token:
        """A phrase as a term."""
        source = self.source
        span = source.trimmed(span, _EDGES)
        while span[0] < span[1] and source.plain[span[0]] == ".":
            span = source.trimmed((span[0] + 1, span[1]))
        article = _LEADING_ARTICLE.match(source.seen(span))
        if article:
            span = (span[0] + article.end(), span[1])
        written, plain = source.written(span), source.seen(span)
        if not any(map(str.isalpha, plain)):
            msg = "accanto a un segno non c'è un dato"
            raise Unparseable(msg)
        letter = _LETTER_FOR_IT.search(plain)
        if letter is not None:
            span = (span[0], span[0] + letter.start())
            written, plain = source.written(span), source.seen(span)
        self._doubt(written, plain)
        within = [match for match in _COUNT_WITHIN.finditer(plain) if not _LEADS_ON.fullmatch(match["before"])]
        if within and starts_count(plain):
            self.diagnostics.lower(Confidence.LOW, f"«{written[:60]}» sembra contenere due conteggi senza un segno")
        if self._swallows(span):
            msg = "un'operazione è rimasta dentro una frase"
            raise Unparseable(msg)
        self._last = self.naming.id_of(written, plain)
        return Token("TERM", self._last)

    def _swallows(self, span: SourceSpan) -> bool:
        """Whether brackets within a phrase hold a division: the phrase is more than a datum."""
        source = self.source
        inside = [(p + 1, source.closing[p]) for p in source.outside_brackets(span) if p in source.closing]
        return any(
            sign.operation in _DIVIDES and sign.certainty is Certainty.CERTAIN
            for group in inside
            for sign in find_signs(source, group)
        )

    def _doubt(self, written: str, plain: str) -> None:
        if _TIMES_WITHIN.search(plain) or (_PRODUCT.search(plain) and not _IS_SUM.match(plain)):
            msg = "un'operazione è rimasta dentro una frase"
            raise Unparseable(msg)
        if _MULTIPLIED.search(plain):
            self.diagnostics.lower(Confidence.LOW, f"in «{written[:60]}» sembra esserci un calcolo")
        mentions = year_mentions(plain)
        if says_later_year(plain) or any(mark.years_back > MAX_YEARS_BACK for mark in mentions):
            msg = "è nominato un anno che non si può conoscere"
            raise Unparseable(msg)
        if len({mark.years_back for mark in mentions}) > 1 or any(starts_count(plain[mark.end :]) for mark in mentions):
            msg = "due dati stanno uno accanto all'altro senza un segno"
            raise Unparseable(msg)
        if _TWO_COUNTS.search(plain):
            self.diagnostics.lower(Confidence.LOW, f"«{written[:60]}» sembra contenere due conteggi")
        if any(mark.years_back for mark in mentions):
            self.diagnostics.lower(
                Confidence.LOW, f"l'anno nominato in «{written[:60]}» è letto come parte della frase"
            )
        if len(written) > _TOO_LONG_PHRASE:
            self.diagnostics.lower(Confidence.MEDIUM, "una frase è molto lunga: forse contiene più di un dato")


def _split(source: Source, span: SourceSpan, separator: str) -> list[SourceSpan]:
    """A span cut at a separator outside brackets."""
    items, start = [], span[0]
    for position in source.outside_brackets(span):
        if source.plain[position] == separator:
            items.append((start, position))
            start = position + 1
    return [*items, (start, span[1])]


def _as_operand(tokens: Tokens) -> Tokens:
    """Tokens in parentheses, unless they are one operand."""
    return tokens if len(tokens) == 1 or (tokens[1].type == "YEAR" and len(tokens) == 2) else [_OPEN, *tokens, _CLOSE]


def _is_number(tokens: Tokens) -> bool:
    return len(tokens) == 1 and tokens[0].type == "NUMBER"


def _is_pure_number(tokens: Tokens) -> bool:
    return bool(tokens) and all(token.type != "TERM" for token in tokens)
