"""Turns pydantic's findings into problems: where, what was found, what is accepted, in Italian."""

from collections.abc import Sequence
from typing import get_args

from pydantic import StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from api.settings import Actor
from domain.changes.commands import VERBS
from domain.errors import Malformed
from domain.formulas.model import TermId
from domain.oiv.events import About, FlagId
from domain.validation_errors import document_place, problem_of
from domain.vocabulary import CommandId, Identifier, Period, Sha256, YearKey


def _pattern(text: object) -> str:
    return next(str(part.pattern) for part in get_args(text) if isinstance(part, StringConstraints))


FORMS = {
    _pattern(Actor): "un ruolo: lettere minuscole, cifre, punto, trattino, trattino basso; da 2 a 80",
    _pattern(Identifier): "lettere minuscole, cifre, punto, trattino, trattino basso; al più 120",
    _pattern(CommandId): "lettere, cifre, punto, trattino, trattino basso, due punti; al più 120",
    _pattern(YearKey): "un anno di quattro cifre",
    _pattern(Period): "2022, 2022-H1, 2022-Q3 oppure 2022-09",
    _pattern(TermId): "lettere minuscole, cifre, trattino basso; la prima è una lettera; al più 64",
    _pattern(Sha256): "le 64 cifre esadecimali di SHA-256, minuscole",
    _pattern(About): "plan, report, objective/ID, indicator/ID oppure proposal/ID",
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
                problem_of(error, document_place(error["loc"], where, _TAGS), FORMS)
                for error in errors
                if not _emptied(error)
            )
        )
    )


def _emptied(error: ErrorDetails) -> bool:
    return error["type"] == "too_short" and isinstance(error["input"], list | tuple) and len(error["input"]) > 0
