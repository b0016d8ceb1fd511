"""The ids of plans: one for the whole installation, and bound to an administration, so that none tells of another's drafts."""

from domain.errors import Refusal

AFTER_THE_NAME = "-._"


class IdNotFree(Refusal):
    """An id that a new plan of an administration cannot have: of another, or taken by what is not told."""

    name = "plan_id_not_free"
    title = "Identificativo non libero"


def beginnings_of(administration: str) -> tuple[str, ...]:
    """What the id of a plan may begin with: the administration's own, with and without its first word."""
    _, hyphen, rest = administration.partition("-")
    return (rest, administration) if hyphen and rest else (administration,)


def is_own_id(plan: str, administration: str) -> bool:
    """Whether an id says that a plan is of an administration."""
    return any(
        plan.startswith(beginning) and plan[len(beginning) : len(beginning) + 1] in AFTER_THE_NAME
        for beginning in beginnings_of(administration)
    )


def id_not_free(plan: str, administration: str) -> IdNotFree:
    """The one refusal of an id that is not free, whether it is another's or is taken."""
    accepted = " o ".join(f"«{beginning}-…»" for beginning in beginnings_of(administration))
    return IdNotFree(
        f"l'identificativo {plan[:120]!r} non è libero per {administration[:120]}",
        accepted=f"un altro, che cominci come l'ente: {accepted}",
        where="plan.id",
    )


def id_of_another(plan: str, owner: str) -> IdNotFree:
    """The refusal of an id that a discarded draft of another administration had, to who may know that."""
    return IdNotFree(
        f"l'identificativo {plan[:120]!r} è stato di una bozza di {owner[:120]}, scartata: torna libero solo per un suo piano",
        accepted="un altro",
        where="plan.id",
    )
