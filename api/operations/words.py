"""Which answers may hold words that are redacted one day, or whatever else has a name: told by their types."""

from functools import cache
from typing import get_args, get_origin

from pydantic import BaseModel
from typing_extensions import get_type_hints, is_typeddict

WORDS = frozenset({"justification", "note", "notes", "words", "said", "reason", "redacted", "redaction", "redactions"})
"""The fields of answers in which stands what lies beside an event: why it was done, and what was noted of it."""


def may_hold_words(answer: object) -> bool:
    """Whether an answer of a type may hold such words; so may one of which the type does not tell."""
    return may_hold(answer, WORDS)


@cache
def may_hold(answer: object, names: frozenset[str]) -> bool:
    """Whether an answer of a type may hold a field of one of some names; so may one of which the type does not tell."""
    return _may(answer, names, frozenset())


def _may(answer: object, names: frozenset[str], above: frozenset[object]) -> bool:
    if answer in above:
        return False
    if is_typeddict(answer) or (isinstance(answer, type) and issubclass(answer, BaseModel)):
        fields = get_type_hints(answer)
        return bool(names & fields.keys()) or any(_may(kind, names, above | {answer}) for kind in fields.values())
    if arguments := [kind for kind in get_args(answer) if isinstance(kind, type) or get_origin(kind) is not None]:
        return any(_may(kind, names, above) for kind in arguments)
    return answer in {object, dict, list}
