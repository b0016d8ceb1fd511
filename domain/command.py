"""What every command to a plan says beside its own fields."""

from datetime import date
from operator import not_
from typing import NamedTuple

from pydantic import Field

from domain.point import WrittenDay
from domain.recording import SaltedText
from domain.vocabulary import NO_PEOPLE, Cause, Claim, EventVersion, Frozen, Line

JUSTIFICATION = "più coerente con i dati disponibili al monitoraggio"
"""A motivation as an office writes it, for the examples of the fields."""


class Command(Frozen):
    """A change that somebody asks for, in the imperative.

    Whatever a change leaves out is taken from the file, or the request, that it stands in. `kind` may only be claimed
    as a correction or a reclassification; `restores` names the versions that a correction puts right; `retroactive`
    says why the change holds from before its act; `take_along` annuls what it would contradict at later dates.
    """

    justification: Line | None = Field(
        None,
        title="motivazione",
        description=f"La motivazione di questa modifica; quella del file, se manca. {NO_PEOPLE}",
        examples=[JUSTIFICATION],
    )
    cause: Cause | None = Field(
        None,
        title="causa",
        description="La causa di questa modifica; quella del file, se manca.",
        examples=["new_data"],
    )
    kind: Claim | None = Field(
        None,
        title="natura dichiarata",
        description="Se la modifica è dichiarata correzione (`correction`) o riclassificazione.",
    )
    restores: tuple[EventVersion, ...] = Field(
        (),
        title="versioni rimesse a posto",
        description="Le versioni che una correzione rimette a posto.",
        examples=[[12]],
    )
    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando vale questa modifica; la data del file, se manca.",
        examples=["2022-09-30"],
    )
    retroactive: Line | None = Field(
        None,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="perché retroattiva",
        description=f"Perché la modifica vale da prima della data dell'atto che la decide; quello del file, se manca. {NO_PEOPLE}",
        examples=["l'atto ratifica quanto disposto d'urgenza il 15/09/2022"],
    )
    take_along: bool = Field(
        default=False,
        title="anche ciò che contraddice",
        description="Annulla anche ciò che la modifica contraddirebbe a date successive.",
    )


class Motivation(NamedTuple):
    """The ground on which a command stands: from when, by which act, why.

    `act_date` is the date of the act, and `retroactive` why something may hold from before it.
    """

    effective_on: date
    act: str | None = None
    act_date: date | None = None
    cause: Cause | None = None
    claim: Claim | None = None
    restores: tuple[int, ...] = ()
    retrospective: bool = False
    justification: SaltedText | None = None
    retroactive: SaltedText | None = None
