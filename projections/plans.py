"""The list of plans, with where each stands."""

from typing_extensions import TypedDict

from domain.access.principal import Principal
from domain.facts import ADMINISTRATION, ANNULLED, LIFE, PLAN
from domain.plans.ids import id_not_free, is_own_id
from domain.plans.state import UNPUBLISHED, PlanStatus, status_of
from domain.point import Point
from domain.vocabulary import Identifier, Year
from projections.answers import Count, Day, Text, Version
from projections.store.facts import CellFilter
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import ADMINISTRATIONS, PLANS, discarded, find_plan, plan_stream

OF_PLANS = CellFilter((PLAN,), (LIFE, "parent"))
OF_A_PLAN = CellFilter((PLAN,), ("",))
OF_ADMINISTRATIONS = CellFilter((ADMINISTRATION,), (LIFE,))
"""What a row of the list is made from: not the whole of each plan."""


class PlanRow(TypedDict):
    """Un piano dell'elenco."""

    id: Identifier
    title: Text | None
    administration: Text
    first_year: Year | None
    last_year: Year | None
    status: PlanStatus
    approved_years: list[Year]
    objectives: Count
    indicators: Count
    version: Version


class PlanList(TypedDict):
    """I piani noti."""

    as_of: Day
    plans: list[PlanRow]


def readable_plans(reader: Reader, point: Point, principal: Principal) -> list[PlanRow]:
    """Every plan known at the point that somebody may read: the published ones, and the drafts of its own."""

    def reads_drafts(plan: str) -> bool:
        administration = reader.only_value(plan_stream(plan), PLAN, "administration")
        return principal.may("read_drafts", str(administration))

    return [row for row in plans(reader, point) if row["status"] not in UNPUBLISHED or reads_drafts(row["id"])]


def status_at(reader: Reader, plan: str, point: Point) -> PlanStatus:
    """The status of a plan on a date, for what was known of it."""
    stream = plan_stream(plan)
    state = reader.state(stream, point.as_of, reader.known(stream, point.known_at), OF_A_PLAN)
    return status_of({field: entry.value for (_, field), entry in state.items()})


def is_published(reader: Reader, plan: str, point: Point) -> bool:
    """Whether an act had approved a plan, on a date, for what was known of it."""
    return status_at(reader, plan, point) not in UNPUBLISHED


def may_read_plan(reader: Reader, plan: str, principal: Principal, *points: Point) -> bool:
    """Whether somebody may read a plan at all these points: published at each, or read by whoever reads its drafts."""
    administration = reader.only_value(plan_stream(plan), PLAN, "administration")
    if administration is None:
        return False
    return principal.may("read_drafts", str(administration)) or all(is_published(reader, plan, one) for one in points)


def may_be_followed(reader: Reader, plan: str, administration: object, point: Point) -> bool:
    """Whether a plan of an administration may be compared with the one that it names as its predecessor.

    With one of its own, or with one that is published: whoever names another's draft is shown nothing of it.
    """
    owner = reader.only_value(plan_stream(plan), PLAN, "administration")
    return owner is not None and (owner == administration or is_published(reader, plan, point))


def require_free_id(reader: Reader, plan: str, administration: str, by: Principal, point: Point) -> None:
    """IdNotFree for the id of a new plan that is not its administration's, or is taken by what is not told.

    Both are refused alike. The machine's own command line reads every draft: it names plans as it likes.
    """
    if by.is_machine:
        return
    owner = reader.only_value(plan_stream(plan), PLAN, "administration")
    if owner is not None and may_read_plan(reader, plan, by, point):
        if owner == administration:
            return
    elif owner is None and is_own_id(plan, administration):
        return
    raise id_not_free(plan, administration)


def sees_administration(reader: Reader, administration: str, by: Principal, *points: Point) -> bool:
    """Whether somebody is told of an administration: one that has published a plan at all these points, or one of its own."""
    if by.may("read_drafts", administration) or by.may("manage_accounts", administration):
        return True
    plans = (stream.removeprefix(PLANS) for stream in reader.plans_of([administration]))
    return any(all(is_published(reader, plan, point) for point in points) for plan in plans)


def administrations_seen(reader: Reader, by: Principal, *points: Point) -> list[str]:
    """The administrations that somebody is told of, in the order of entry."""
    names = (stream.removeprefix(ADMINISTRATIONS) for stream in reader.streams(ADMINISTRATIONS))
    return [name for name in names if sees_administration(reader, name, by, *points)]


def plans(reader: Reader, point: Point) -> list[PlanRow]:
    """Every plan known at the point, in the order of entry.

    One that did not exist on the date has status absent, a draft that was discarded has status discarded.
    """
    rows: list[PlanRow] = []
    for stream in reader.streams(PLANS):
        if not reader.known(stream, point.known_at).version:
            continue
        plan_known = find_plan(reader, stream.removeprefix(PLANS), point.known_at, even_discarded=True)
        state = objects(reader.state(stream, point.as_of, plan_known.known, OF_PLANS))
        alive = state.objectives_in_force()
        known = plan_known.administration_known
        owner = objects(reader.state(plan_known.administration_stream, point.as_of, known, OF_ADMINISTRATIONS))
        stored, fields = state.plan(), state.by_key.get(PLAN, {})
        approved = sorted(
            field.partition("/")[2]
            for field, value in fields.items()
            if field.startswith("approved/") and value != ANNULLED
        )
        rows.append(
            {
                "id": plan_known.plan,
                "title": stored["title"] if stored else None,
                "administration": owner.administration().get("name") or plan_known.administration,
                "first_year": stored["first_year"] if stored else None,
                "last_year": stored["last_year"] if stored else None,
                "status": "discarded" if discarded(reader, plan_known) else status_of(fields),
                "approved_years": [int(year) for year in approved],
                "objectives": len(alive),
                "indicators": len(state.places_in_force(alive)),
                "version": plan_known.known.version,
            }
        )
    return rows
