"""What a monitoring round is: of which date its data are, what it asks for, until when they are awaited."""

from datetime import date
from typing import NamedTuple

from pydantic import Field

from domain.vocabulary import Frozen, Identifier, Line


class Scope(Frozen):
    """What a round asks for: everything, or what some offices, levels or objectives have to give.

    Each part that is said narrows the round; an objective takes along all that hangs from it.
    """

    offices: tuple[Line, ...] = Field(
        (),
        title="uffici",
        description="Solo ciò che spetta a questi uffici.",
        examples=[["Servizio Bilancio"]],
    )
    levels: tuple[Line, ...] = Field(
        (), title="livelli", description="Solo gli obiettivi di questi livelli.", examples=[["strategico"]]
    )
    objectives: tuple[Identifier, ...] = Field(
        (), title="obiettivi", description="Solo questi obiettivi, con ciò che ne dipende.", examples=[["s4"]]
    )


OF_DATE = "monitoraggio-"


def round_id(as_at: date) -> str:
    """The id of a round that was not given one."""
    return f"{OF_DATE}{as_at.isoformat()}"


def round_called(id_: str) -> str:
    """A round as people call it: by the date of its data, where its id was made of it."""
    try:
        return f"al {date.fromisoformat(id_.removeprefix(OF_DATE)):%d/%m/%Y}"
    except ValueError:
        return id_


class Round(NamedTuple):
    """A monitoring round as it stands; `closed_on` None while it is open."""

    id: str
    as_at: date
    opened_on: date
    due_by: date | None
    scope: Scope
    closed_on: date | None
    opened_version: int
    closed_version: int | None


def unopened_round(as_at: date) -> Round:
    """What stands for a date for which no round was opened: it asks for everything, by no day."""
    return Round(f"al {as_at:%d/%m/%Y}", as_at, date(as_at.year, 1, 1), None, Scope(), None, 0, None)
