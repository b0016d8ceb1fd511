"""The acts of an administration: all that are registered on a date, or those that a plan cites."""

from typing import Annotated

from domain.acts.model import Act
from domain.point import Point
from projections.answers import DescribedBy, OfAdministration
from projections.store.reader import Known, Reader
from projections.stored_objects import StoredAct, objects
from projections.streams import administration_stream, find_administration, find_plan


class ActList(OfAdministration):
    """Gli atti di un'amministrazione."""

    acts: list[Annotated[StoredAct, DescribedBy(Act)]]


def acts_of_administration(reader: Reader, administration: str, point: Point) -> ActList:
    """Every act registered with a date up to the point's; NotFound when the administration was not known."""
    return _acts(reader, administration, point, find_administration(reader, administration, point.known_at), None)


def acts_of_plan(reader: Reader, plan: str, point: Point) -> ActList:
    """The acts by which a plan was approved and changed; NotFound when the plan was not known."""
    known_plan = find_plan(reader, plan, point.known_at)
    cited = {record.act for record in reader.records(known_plan.stream, upto=known_plan.known.version) if record.act}
    return _acts(reader, known_plan.administration, point, known_plan.administration_known, cited)


def _acts(reader: Reader, administration: str, point: Point, known: Known, cited: set[str] | None) -> ActList:
    state = objects(reader.state(administration_stream(administration), point.as_of, known))
    return {
        "administration": administration,
        "as_of": point.as_of.isoformat(),
        "version": known.version,
        "acts": [
            act for name in state.of("act") if (cited is None or name in cited) and (act := state.act(name)) is not None
        ],
    }
