"""What every command to a plan says beside its own fields."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.recording import SaltedText
from domain.vocabulary import Cause, Claim, Frozen, IsoDate, Line


class Command(Frozen):
    """A change that somebody asks for, in the imperative.

    Whatever a change leaves out is taken from the file, or the request, that it stands in. `kind` may only be claimed
    as a correction or a reclassification; `restores` names the versions that a correction puts right; `take_along`
    annuls what the change would contradict at later dates.
    """

    justification: Line | None = None
    cause: Cause | None = None
    kind: Claim | None = None
    restores: tuple[Annotated[int, Field(ge=1, le=2**53)], ...] = ()
    effective_on: IsoDate | None = None
    take_along: bool = False


class Motivation(NamedTuple):
    """The ground on which a command stands: from when, by which act, why."""

    effective_on: date
    act: str | None = None
    cause: Cause | None = None
    claim: Claim | None = None
    restores: tuple[int, ...] = ()
    retrospective: bool = False
    justification: SaltedText | None = None
