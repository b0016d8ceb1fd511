"""What the evidence on a year is made of: the records of the plan, its administration and the OIV, read once."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from domain.administrations.events import ActRegistered
from domain.changes.rate import concerns
from domain.flags.context import StreamName
from domain.flags.figures import KnownFigures
from domain.indicators.series import series_of
from domain.names import Names
from domain.oiv.year_record import YearRecord
from domain.plans.decide import require_plan_year
from domain.plans.history import PlanChange, plan_changes
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.inputs import AdministrationRecord
from domain.scoring.numbers import HUNDREDTH, at_step, decimal_string
from domain.systems.model import MeasurementSystem
from projections.audit import names_of
from projections.flags import Cited, cited
from projections.plan_history import read_history
from projections.predecessors import PrecedingPlan, administration_record, preceding_plan
from projections.proof.redactions import Redaction, redactions
from projections.proposals import ProposalsKnown, proposals_known
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, proposals_stream, review_stream


class EvidenceSources(NamedTuple):
    """The records that every part of the evidence reads, with the names and texts that it shows."""

    record: YearRecord
    administration: AdministrationRecord
    known: PlanKnown
    point: Point
    names: Names
    acts: dict[str, str]
    changes: list[PlanChange]
    reviews: list[Recorded]
    texts: dict[str, str | None]
    redacted: dict[str, Redaction]
    figures: KnownFigures
    preceding: PrecedingPlan | None
    proposed: ProposalsKnown

    @property
    def system(self) -> MeasurementSystem:
        """The rules of the year."""
        return self.record.history.system(self.record.year, self.point.as_of).system

    def text(self, digest: str | None) -> str | None:
        """The words that an event names by digest, None where there are none or they were removed."""
        return self.texts.get(digest or "")

    def act(self, record: Recorded) -> str | None:
        """The act of an event, as it is cited."""
        return self.acts.get(record.act or "", record.act)


def read_sources(reader: Reader, plan: str, year: int, point: Point) -> EvidenceSources:
    """Reads them all; OutsidePlan for a year that the plan does not cover."""
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    require_plan_year(history.state(point.as_of), year)
    administration = administration_record(reader, known, point.known_at)
    owned = reader.records(known.administration_stream, upto=known.administration_known.version)
    figures = KnownFigures(history, administration, owned, year, point)
    review = review_stream(plan)
    review_known = reader.known(review, point.known_at).version
    annulled = reader.annulled(review, review_known)
    reviews = [r for r in reader.records(review, upto=review_known) if r.version not in annulled]
    counting = [r for r in owned if r.version not in figures.annulled]
    changes = plan_changes(history, point.as_of, drafting=False)
    digests = [digest for r in (*history.records, *owned, *reviews) for digest in (r.justification, r.note)]
    return EvidenceSources(
        record=YearRecord(history, counting, owned, series_of(history.timelines), year, point.as_of),
        administration=administration,
        known=known,
        point=point,
        names=names_of(reader, known),
        acts={r.event.act.id: str(r.event.act) for r in owned if isinstance(r.event, ActRegistered)},
        changes=[change for change in changes if concerns(change, year)],
        reviews=reviews,
        texts=dict(reader.texts(digests, known.stream)),
        redacted=redactions(reader, [known.stream, known.administration_stream, review, proposals_stream(plan)]),
        figures=figures,
        preceding=preceding_plan(reader, known, history, point),
        proposed=proposals_known(reader, plan, point),
    )


def cited_events(stream: StreamName, versions: Iterable[int]) -> list[Cited]:
    """Events of one stream, as an answer names them."""
    return [cited(stream, version) for version in versions]


def two_decimals(value: Decimal | None) -> str | None:
    """A figure as a decimal string with at most two decimals, half up."""
    return decimal_string(at_step(value, HUNDREDTH, "half_up")) if value is not None else None
