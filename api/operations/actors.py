"""Who recorded what: shown to whoever may read the record of an administration, and left out of the answers of others.

A plan that is published says what offices decided; which account typed it is nobody else's business.
"""

from typing import TypeVar, cast

from api.operations.words import may_hold
from domain.access.principal import Principal
from domain.access.roles import Permission

SHOWN_WITH: Permission = "read_record"
"""What it takes, in the administration that an answer is of, to be shown who recorded what it says."""

ACTOR = "actor"
OF = "administration"
Answer = TypeVar("Answer")


def may_hold_actors(answer: object) -> bool:
    """Whether an answer of a type may say who recorded something."""
    return may_hold(answer, frozenset({ACTOR}))


def are_shown(principal: Principal, administration: str | None) -> bool:
    """Whether somebody is shown who recorded what an administration decided; None: what all did."""
    return principal.is_machine or principal.may(SHOWN_WITH, administration or "")


def as_shown(answer: Answer, principal: Principal, administration: str | None) -> Answer:
    """An answer about an administration as somebody may read it; where its parts say whose they are, each by its own."""
    if principal.is_machine:
        return answer
    return cast("Answer", _without(answer, principal, administration))


def _without(part: object, principal: Principal, administration: str | None) -> object:
    if isinstance(part, list):
        return [_without(item, principal, administration) for item in part]
    if not isinstance(part, dict):
        return part
    if isinstance(of := part.get(OF), str):
        administration = of
    shown = {name: _without(value, principal, administration) for name, value in part.items()}
    if ACTOR in shown and not are_shown(principal, administration):
        shown[ACTOR] = None
    return shown
