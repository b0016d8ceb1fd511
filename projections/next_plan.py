"""The plan of the next years, prepared from one that there is: to be filled in, then loaded; nothing is recorded here."""

from domain.access.principal import MACHINE, Principal
from domain.documents.next_plan import LastFigures, NextYears, next_plan
from domain.documents.plan import PlanDocument
from domain.errors import AlreadyThere
from domain.measurements.last import last_figure
from domain.point import Point
from projections.plan_in_force import plan_in_force
from projections.plans import may_read_plan
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import find_plan, plan_is_there


def next_plan_of(reader: Reader, plan: str, point: Point, wanted: NextYears, by: Principal = MACHINE) -> PlanDocument:
    """The document of the plan that follows one, as that is in force at a point, with what was last measured.

    NotFound as for the plan itself; Malformed for years that do not follow; AlreadyThere where a plan that whoever asks
    may read has the id: what was prepared would be taken for a change of it.
    """
    document = PlanDocument.model_validate(plan_in_force(reader, plan, point))
    record = administration_record(reader, find_plan(reader, plan, point.known_at), point.known_at)
    figures: dict[str, LastFigures] = {}
    for series in filter(None, (row.series for row in document.indicators)):
        measured = record.measured(series, point.as_of) or record.inherited(series, point.as_of)
        figures[series] = LastFigures(last_figure(measured), last_figure(measured, whole_year=True))
    prepared = next_plan(document, wanted, figures)
    if plan_is_there(reader, prepared.plan.id) and may_read_plan(reader, prepared.plan.id, by, Point(point.as_of)):
        raise AlreadyThere(f"c'è già un piano {prepared.plan.id}", accepted="un altro id per il piano", where="id")
    return prepared
