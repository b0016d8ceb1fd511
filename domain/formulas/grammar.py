"""The grammar of formulas, and its reduction to a tree: one for what offices print and for what they edit.

Both come as the same tokens. The editor's language is cut by the patterns below; in a printed formula the terms
are whole phrases, which `tokenizer` finds and names, and the last three tokens are what only print has.
The tree is built while parsing, so that a long input costs no recursion.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from lark import Lark, Token, Transformer, v_args

from domain.formulas.model import Binary, Expression, Mean, Negate, Number, Percent, Sum, Term, years_earlier

GRAMMAR = r"""
?start: sum
?sum: product
    | sum PLUS product               -> binary
    | sum MINUS product              -> binary
?product: signed
    | product TIMES signed           -> binary
    | product OVER signed            -> binary
    | product EACH NUMBER dated      -> for_each     // imprese assistite / 100 imprese attive
?signed: dated
    | MINUS signed                   -> negate
?dated: operand
    | operand YEAR                   -> years_before // soggetti(t-1), (costi / proventi) anno n-1
?operand: NUMBER                     -> number
    | TERM                           -> term
    | _OPEN sum _CLOSE
    | _SUM _OPEN list _CLOSE         -> sum_of
    | _MEAN _OPEN list _CLOSE        -> mean_of
    | _PERCENT _OPEN sum _CLOSE      -> percent
    | _EARLIER _OPEN TERM _SEPARATOR MINUS NUMBER _CLOSE -> year_before
    | TERM YEARS                     -> mean_of_years // media interventi anni n-1_n-3
list: sum (_SEPARATOR sum)*

PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
NUMBER: /\d+([.,]\d+)?/
TERM: /[a-z][a-z0-9_]*/i
_SUM.2: /somma(?=\s*\()/i
_MEAN.2: /media(?=\s*\()/i
_PERCENT.2: /percentuale(?=\s*\()/i
_EARLIER.2: /t(?=\s*\()/i
_OPEN: "("
_CLOSE: ")"
_SEPARATOR: /[;,]/
%declare EACH YEAR YEARS
%ignore /\s+/
"""


@v_args(inline=True)
class _Tree(Transformer[Token, Expression]):
    """Reduces each rule to its node; knows no state."""

    def number(self, token: Token) -> Expression:
        return Number(value=Decimal(token.replace(",", ".")))

    def term(self, token: Token) -> Expression:
        return Term(id=token.lower())

    def negate(self, _sign: Token, operand: Expression) -> Expression:
        return Negate(operand=operand)

    def binary(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return Binary(operator=cast("Literal['+', '-', '*', '/']", str(sign)), left=left, right=right)

    def for_each(self, left: Expression, _sign: Token, multiplier: Token, right: Expression) -> Expression:
        return Binary(
            operator="*", left=Binary(operator="/", left=left, right=right), right=Number(value=Decimal(multiplier))
        )

    def year_before(self, token: Token, _sign: Token, years: Token) -> Expression:
        return Term(id=token.lower(), years_back=int(years))

    def years_before(self, operand: Expression, years: Token) -> Expression:
        return years_earlier(operand, int(years))

    def mean_of_years(self, token: Token, years: Token) -> Expression:
        return Mean(items=tuple(Term(id=str(token), years_back=back) for back in range(1, int(years) + 1)))

    def list(self, *items: Expression) -> tuple[Expression, ...]:
        return items

    def sum_of(self, items: tuple[Expression, ...]) -> Expression:
        return Sum(items=items)

    def mean_of(self, items: tuple[Expression, ...]) -> Expression:
        return Mean(items=items)

    def percent(self, operand: Expression) -> Expression:
        return Percent(operand=operand)


@cache
def parser() -> Lark:
    """The parser of both forms, made once."""
    return Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=_Tree())


def parse_text(text: str) -> Expression:
    """A text of the editor's language as a tree; lark's `UnexpectedInput` where the text leaves the grammar."""
    return cast("Expression", parser().parse(text))


def parse_tokens(tokens: Iterable[Token]) -> Expression:
    """Tokens cut from print as a tree; lark's `UnexpectedInput` where they leave the grammar."""
    parsing = parser().parse_interactive("")
    for token in tokens:
        parsing.feed_token(token)
    return cast("Expression", parsing.feed_token(Token("$END", "")))
