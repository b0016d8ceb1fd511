"""The small language in which the office confirms an edited formula.

Names of terms, numbers, `+ - * /`, parentheses, `somma(a; b)`, `media(a; b)`, `percentuale(a / b)`, and `t(a, -1)` for
the value of the year before. Decimals take a comma or a point; a comma between two digits is never a separator.
"""

from collections.abc import Collection, Iterable
from typing import ClassVar

from lark import Token
from lark.exceptions import UnexpectedInput, UnexpectedToken

from domain.errors import Refusal
from domain.formulas.grammar import parse_text, parser
from domain.formulas.model import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_TERMS,
    MAX_YEARS_BACK,
    RESERVED,
    Expression,
    depth_of,
    keys_of,
)
from domain.patterns import regex

_WORDS = {
    "NUMBER": "un numero",
    "TERM": "un termine",
    "PLUS": "+",
    "MINUS": "-",
    "TIMES": "*",
    "OVER": "/",
    "_OPEN": "(",
    "_CLOSE": ")",
    "_SEPARATOR": ";",
    "_SUM": "somma(...)",
    "_MEAN": "media(...)",
    "_PERCENT": "percentuale(...)",
    "_EARLIER": "t(termine, -1)",
    "$END": "la fine della formula",
}
_GROUPED = regex(r"^[1-9]\d{0,2}\.\d{3}$")
_YEARS = regex(rf"^[1-{MAX_YEARS_BACK}]$")
_YEAR_BEFORE = ["_EARLIER", "_OPEN", "TERM", "_SEPARATOR", "MINUS"]


class FormulaRefused(Refusal):
    """A text that is not a formula of the editor's language; `position` counts characters from 1."""

    name: ClassVar[str] = "formula_refused"
    title: ClassVar[str] = "Formula non accettata"

    def __init__(
        self, found: str, *, accepted: str = "", where: str = "", listed: tuple[str, ...] = (), position: int = 1
    ) -> None:
        self.position = position
        super().__init__(found, accepted=accepted, where=where, listed=listed)

    def located(self, where: str) -> "FormulaRefused":
        """The same refusal, said of a place in the input."""
        problem = super().located(where).problem
        return FormulaRefused(
            problem.found, accepted=problem.accepted, where=problem.where, listed=self.listed, position=self.position
        )


def parse_expression(text: str, terms: Iterable[str]) -> Expression:
    """The tree of an edited formula over the given term ids; raises `FormulaRefused` for whatever else."""
    if len(text) > MAX_CHARACTERS:
        raise _refused(f"la formula ha {len(text)} caratteri", f"al più {MAX_CHARACTERS} caratteri", MAX_CHARACTERS + 1)
    try:
        _check_tokens(list(parser().lex(text)), frozenset(terms) - RESERVED)
        expression = parse_text(text)
    except UnexpectedInput as unexpected:
        raise _unexpected(unexpected, text) from None
    if depth_of(expression) > MAX_DEPTH:
        raise _refused("la formula ha troppi livelli", f"al più {MAX_DEPTH} livelli")
    if len(keys_of(expression)) > MAX_TERMS:
        raise _refused("la formula ha troppi termini", f"al più {MAX_TERMS} termini")
    return expression


def _check_tokens(tokens: list[Token], terms: frozenset[str]) -> None:
    """What the grammar cannot know: which terms there are, and how long or how ambiguous a number may be."""
    for place, token in enumerate(tokens):
        position = (token.start_pos or 0) + 1
        if token.type == "TERM" and token.lower() not in terms:
            raise _refused(
                f"il termine {_short(token)} non c'è", ", ".join(sorted(terms)) or "nessun termine", position
            )
        if token.type != "NUMBER":
            continue
        if sum(map(str.isdigit, token)) > MAX_DIGITS:
            raise _refused("il numero è troppo lungo", f"al più {MAX_DIGITS} cifre", position)
        if _GROUPED.match(token):
            accepted = f"{token.replace('.', '')} per le migliaia, {token.replace('.', ',')} per i decimali"
            raise _refused(f"{token} può essere letto in due modi", accepted, position)
        if [before.type for before in tokens[max(place - 5, 0) : place]] == _YEAR_BEFORE and not _YEARS.match(token):
            raise _refused(f"l'anno -{_short(token)} non è ammesso", f"un intero tra -1 e -{MAX_YEARS_BACK}", position)


def _unexpected(unexpected: UnexpectedInput, text: str) -> FormulaRefused:
    if isinstance(unexpected, UnexpectedToken) and unexpected.token.type != "$END":
        return _refused(
            f"qui non si aspetta {_short(unexpected.token)}",
            _in_words(unexpected.accepts or unexpected.expected),
            (unexpected.token.start_pos or 0) + 1,
        )
    if isinstance(unexpected, UnexpectedToken):
        return _refused("la formula finisce prima del tempo", _in_words(unexpected.accepts), len(text) + 1)
    position = int(getattr(unexpected, "pos_in_stream", 0) or 0)
    return _refused(f"il carattere {text[position]!r} non è ammesso", _in_words(set(_WORDS) - {"$END"}), position + 1)


def _in_words(terminals: Collection[str]) -> str:
    return ", ".join(words for terminal, words in _WORDS.items() if terminal in terminals)


def _short(text: str) -> str:
    return repr(str(text) if len(text) <= 40 else f"{text[:40]}…")


def _refused(found: str, accepted: str, position: int = 1) -> FormulaRefused:
    return FormulaRefused(found, accepted=accepted, where=f"carattere {position}", position=position)
