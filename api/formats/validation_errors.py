"""Turns pydantic's findings into problems: where, what was found, what is accepted, in Italian.

What a closed list accepts is told by its words, and taken by them: a document may say `fattori esterni`, too.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import get_args

from pydantic import StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from api.language.closed_lists import code_of, listed_words, near_word
from api.settings import Actor, PublicAddress, SpacedWords
from domain.access.commands import Login
from domain.access.events import AccountId, TokenId, TokenRight
from domain.changes.commands import VERBS
from domain.errors import Malformed, Problem
from domain.formulas.model import TermId
from domain.oiv.events import About, FlagId
from domain.periods import Period
from domain.validation_errors import document_place, problem_of
from domain.vocabulary import CommandId, Identifier, JsonValue, Sha256, YearKey


def _pattern(text: object) -> str:
    return next(str(part.pattern) for part in get_args(text) if isinstance(part, StringConstraints))


FORMS = {
    _pattern(Actor): "un ruolo: lettere minuscole, cifre, punto, trattino, trattino basso; da 2 a 80",
    _pattern(Identifier): "lettere minuscole, cifre, punto, trattino, trattino basso; al più 120",
    _pattern(CommandId): "lettere, cifre, punto, trattino, trattino basso, due punti; al più 120",
    _pattern(YearKey): "un anno di quattro cifre",
    _pattern(
        Period
    ): "un anno, un semestre, un trimestre o un mese: 2022, I semestre 2022, III trimestre 2022, settembre 2022",
    _pattern(TermId): "lettere minuscole, cifre, trattino basso; la prima è una lettera; al più 64",
    _pattern(Sha256): "le 64 cifre esadecimali di SHA-256, minuscole",
    _pattern(About): "piano, relazione, obiettivo/ID, indicatore/ID oppure proposta/ID",
    _pattern(PublicAddress): "https:// e il nome del servizio, senza altro: https://piani.ente.example",
    _pattern(SpacedWords): "parole senza accenti, con uno spazio fra l'una e l'altra",
    _pattern(Login): "lettere minuscole, cifre, punto, trattino, trattino basso, @, +; da 2 a 120",
    _pattern(AccountId): "l'identificativo di un'utenza, come acc-k3v5o2aq7x4mlc6e",
    _pattern(TokenId): "l'identificativo di un token, come tok-k3v5o2aq7x4mlc6e",
    _pattern(TokenRight): "ruolo@amministrazione, come programmatore@cciaa-riviere-di-liguria",
    _pattern(FlagId): "una segnalazione come la elenca flags: regola/oggetto",
}
"""What a person is told in the place of a pattern."""

_TAGS = frozenset({"in_full", "cited", "phrase", "constrained-str", "body", *VERBS})
"""What pydantic puts into a place to say which of several shapes it speaks of."""


def malformed(error: ValidationError, where: str = "", first: int = 0) -> Malformed:
    """Every finding of a validation as a problem with its place; of a list that is a part of one, from `first` on."""
    errors = error.errors(include_url=False)
    for detail in errors if first else ():
        index, *within = detail["loc"]
        detail["loc"] = (first + int(index), *within)
    return problems_of(errors, where)


def problems_of(errors: Sequence[ErrorDetails], where: str = "") -> Malformed:
    """The same, from the list that pydantic (or the framework on it) gives.

    A list all of whose items are wrong is to pydantic empty as well: that is not said of it.
    """
    return Malformed(
        list(
            dict.fromkeys(
                _problem(error, document_place(error["loc"], where, _TAGS)) for error in errors if not _emptied(error)
            )
        )
    )


def _problem(error: ErrorDetails, where: str) -> Problem:
    problem = problem_of(error, where, FORMS)
    codes = _codes(error)
    if not codes:
        return problem
    near = near_word(str(error["input"]), codes)
    found = f"{problem.found}; forse {near!r}" if near is not None else problem.found
    return Problem(where=where, found=found, accepted=listed_words(codes))


def _codes(error: ErrorDetails) -> tuple[str, ...]:
    """The codes that a closed list has; none for any other finding."""
    expected = error.get("ctx", {}).get("expected", "") if error["type"] == "literal_error" else ""
    return tuple(re.findall(r"'([^']*)'", str(expected)))


def with_codes(content: JsonValue, error: ValidationError) -> JsonValue | None:
    """A document in which the words of closed lists are their codes; None where that is not all, or none, of what is wrong."""
    said = [
        (finding["loc"], code_of(str(finding["input"]), codes))
        for finding in error.errors()
        if (codes := _codes(finding))
    ]
    if not any(code for _, code in said):
        return None
    coded = deepcopy(content)
    for place, code in said:
        if code is not None:
            _put(coded, place, code)
    return coded


def _put(content: JsonValue, place: tuple[int | str, ...], code: str) -> None:
    """Puts a code where pydantic says; what it names of a union is no part of the document."""
    *way, last = place
    for part in way:
        if isinstance(content, dict) and part in content:
            content = content[str(part)]
        elif isinstance(content, list) and isinstance(part, int):
            content = content[part]
    if isinstance(content, dict):
        content[str(last)] = code
    elif isinstance(content, list) and isinstance(last, int):
        content[last] = code


def _emptied(error: ErrorDetails) -> bool:
    return error["type"] == "too_short" and isinstance(error["input"], list | tuple) and len(error["input"]) > 0
