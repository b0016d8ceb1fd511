"""The events of what is observed: measurements of a series, statuses of an objective or indicator.

They are no changes of the plan: no act, no kind. They take effect on the day that the data are of.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.event import Event
from domain.formulas.model import TermId
from domain.measurements.values import Observed
from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Period

Finality = Literal["provisional", "final"]
StatusWord = Literal["in_line", "at_risk", "reached", "to_be_renegotiated", "not_reported"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Evidence(Frozen):
    """Where a figure can be checked: a reference in the office's own archive, and the digest of the file."""

    reference: Line | None = None
    sha256: Sha256 | None = None


class MeasurementRecorded(Event):
    """A series was measured for a period; `terms` are what its formula was worked out from, where there is one."""

    topic = "measurement-recorded"

    series: Identifier
    period: Period
    observed: Observed
    finality: Finality
    data_as_at: IsoDate
    office: Line | None = None
    evidence: Evidence | None = None
    terms: dict[TermId, Decimal] | None = None


class MeasurementRestated(Event):
    """A recorded figure was put right; `before` is kept as evidence, and the old event stays."""

    topic = "measurement-restated"

    series: Identifier
    period: Period
    before: Observed
    observed: Observed
    finality: Finality
    data_as_at: IsoDate
    office: Line | None = None
    evidence: Evidence | None = None
    terms: dict[TermId, Decimal] | None = None


class StatusReported(Event):
    """How an objective or an indicator stands; the words of the note lie beside the event, by digest."""

    topic = "status-reported"

    subject: Literal["objective", "indicator"]
    id: Identifier
    status: StatusWord
    progress: Annotated[Decimal, Field(ge=0, le=1000)] | None = None
    reported_on: IsoDate
