"""The change file: what `change` takes. Described in docs/change-file.md.

`{plan, act, approves_year?, justification, cause, changes: [{verb, object, ...}]}`: recorded together or not at all.
"""

from typing import Annotated

from domain.acts.citation import ActText
from domain.changes.commands import Change
from domain.documents.plan import AtMost, MeasurementRow, StatusRow
from domain.vocabulary import Cause, Frozen, Identifier, IsoDate, Line, Year


class ChangeFile(Frozen):
    """Changes of one plan by one act. What a change leaves out (justification, cause) is taken from the file.

    A monitoring that brings values or statuses may carry them here too: they are recorded with the changes.
    """

    plan: Identifier
    act: ActText | None = None
    approves_year: Year | None = None
    justification: Line | None = None
    cause: Cause | None = None
    effective_on: IsoDate | None = None
    retrospective: bool = False
    changes: Annotated[tuple[Change, ...], AtMost] = ()
    measurements: Annotated[tuple[MeasurementRow, ...], AtMost] = ()
    statuses: Annotated[tuple[StatusRow, ...], AtMost] = ()
