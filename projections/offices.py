"""The offices of an administration: all of them, and those that a plan names."""

from domain.administrations.offices import spelling
from domain.facts import IN_FORCE, LIFE
from domain.indicators.card import card_offices
from domain.point import Point
from projections.answers import Day, OfAdministration
from projections.plan_in_force import OfficeAnswer, PlanInForce, plan_in_force
from projections.store.reader import Known, Reader
from projections.stored_objects import objects
from projections.streams import administration_stream, find_administration, find_plan


class ClosedOffice(OfficeAnswer):
    """Un ufficio cessato."""

    closed_on: Day


class OfficeList(OfAdministration):
    """Gli uffici di un'amministrazione."""

    offices: list[OfficeAnswer]
    closed: list[ClosedOffice]


def offices_of_administration(reader: Reader, administration: str, point: Point) -> OfficeList:
    """The offices in activity and those closed, with their other names; NotFound when the administration was not known."""
    return _offices(reader, administration, point, find_administration(reader, administration, point.known_at), None)


def offices_of_plan(reader: Reader, plan: str, point: Point) -> OfficeList:
    """The offices that the plan in force names, as responsible for objectives or owners of indicators."""
    known_plan = find_plan(reader, plan, point.known_at)
    spellings = _named(plan_in_force(reader, plan, point))
    return _offices(reader, known_plan.administration, point, known_plan.administration_known, spellings)


def _named(document: PlanInForce) -> set[str]:
    names = [office for objective in document["objectives"] for office in objective["offices"]]
    names += [office for indicator in document["indicators"] for office in card_offices(dict(indicator))]
    return {spelling(name) for name in names if name}


def _offices(reader: Reader, administration: str, point: Point, known: Known, spellings: set[str] | None) -> OfficeList:
    entries = reader.state(administration_stream(administration), point.as_of, known)
    state = objects(entries)
    active: list[OfficeAnswer] = []
    closed: list[ClosedOffice] = []
    for office in state.of("office"):
        key = f"office/{office}"
        stored = state.office(office)
        name, aliases = stored.get("name") or office, stored.get("aliases") or []
        if spellings is not None and spellings.isdisjoint(spelling(spelled) for spelled in (name, *aliases)):
            continue
        row: OfficeAnswer = {"id": office, "name": name, "aliases": aliases}
        if state.value(key, LIFE) == IN_FORCE:
            active.append(row)
        else:
            closed.append({**row, "closed_on": entries[key, LIFE].effective_on.isoformat()})
    return {
        "administration": administration,
        "as_of": point.as_of.isoformat(),
        "version": known.version,
        "offices": active,
        "closed": closed,
    }
