"""The list of plans, with where each stands."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, cast

from typing_extensions import TypedDict

from domain.access.principal import Principal
from domain.facts import ADMINISTRATION, ANNULLED, LIFE, PLAN
from domain.plans.ids import id_not_free, id_of_another, is_own_id
from domain.plans.state import UNPUBLISHED, PlanStatus, status_of
from domain.point import Point
from domain.timelines import Cell, Entry
from domain.vocabulary import Identifier, Year
from projections.answers import Count, Day, PageCursor, Text, Version
from projections.store.append import Head
from projections.store.facts import CellFilter, day_number
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import (
    ADMINISTRATIONS,
    PLANS,
    PlanKnown,
    administration_stream,
    discarded,
    find_plan,
    heads_now,
    plan_is_there,
    plan_stream,
)

OF_PLANS = CellFilter((PLAN,), (LIFE, "parent"))
OF_A_PLAN = CellFilter((PLAN,), ())
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
    """Una pagina dei piani noti."""

    as_of: Day
    plans: list[PlanRow]
    next: PageCursor | None


class PageOfPlans(NamedTuple):
    """A page of the list, and the plan after which the next one begins; None where this is the last."""

    rows: list[PlanRow]
    after: str | None


PLANS_AT_A_TIME = 25
"""How many plans a page of the list has, unless another number is asked for."""


def readable_page(
    reader: Reader, principal: Principal, *points: Point, after: str = "", limit: int = PLANS_AT_A_TIME
) -> PageOfPlans:
    """A page of the plans that somebody may read at each of some points, as of the first, by their ids.

    The published ones, and the drafts of its own. A page costs its own rows, whatever there is besides; what is there of
    which nothing may be read costs a look at where it stands.
    """
    rows: list[PlanRow] = []
    last, point = plan_stream(after) if after else "", points[0]
    while streams := reader.plans_after(last, limit + 1):
        _look_ahead(reader, streams, point)
        for last in streams:
            row = plan_row(reader, last.removeprefix(PLANS), point)
            if row is None or not _is_readable(reader, row, principal, points[1:]):
                continue
            if len(rows) == limit:
                return PageOfPlans(rows, rows[-1]["id"])
            rows.append(row)
        if len(streams) <= limit:
            break
    return PageOfPlans(rows, None)


def _look_ahead(reader: Reader, streams: Sequence[str], point: Point) -> None:
    """Reads what the rows of some plans are made of by a few messages: of a server that may be far."""
    reader.look_ahead(streams)
    owners = {str(reader.only_value(stream, PLAN, "administration") or "") for stream in streams}
    owning = sorted(administration_stream(owner) for owner in owners)
    reader.look_ahead(owning)
    if point.known_at is not None:
        reader.foresee(lambda asking: [asking.known(stream, point.known_at) for stream in (*streams, *owning)])
    known = [
        find_plan(reader, stream.removeprefix(PLANS), point.known_at, even_discarded=True)
        for stream in streams
        if reader.known(stream, point.known_at).version
    ]
    reader.foresee(
        lambda asking: [_read_states(asking, one, point) for one in known if _kept_row(reader, one, point) is None]
    )


def readable_plans(reader: Reader, point: Point, principal: Principal) -> Iterator[PlanRow]:
    """Every plan known at the point that somebody may read, by their ids."""
    after: str | None = ""
    while after is not None:
        page = readable_page(reader, principal, point, after=after, limit=PAGE_OF_ALL)
        yield from page.rows
        after = page.after


PAGE_OF_ALL = 200


def _is_readable(reader: Reader, row: PlanRow, principal: Principal, points: Sequence[Point]) -> bool:
    if row["status"] in UNPUBLISHED and not principal.may(
        "read_drafts", str(reader.only_value(plan_stream(row["id"]), PLAN, "administration"))
    ):
        return False
    return not points or may_read_plan(reader, row["id"], principal, *points)


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
    owner = reader.only_value(plan_stream(plan), PLAN, "administration")
    if by.is_machine:
        # Whose a plan is never changes, of a draft that was discarded either: its name stays its administration's.
        if owner in {None, administration} or plan_is_there(reader, plan):
            return
        raise id_of_another(plan, str(owner))
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


_APPROVALS = """
SELECT CASE WHEN lies = 1 THEN '' ELSE originator_id END AS unsure, count(*) FROM (
    SELECT a.originator_id, max(CASE WHEN a.day <= ? AND NOT EXISTS (
        SELECT 1 FROM annulment n
        WHERE n.administration = a.administration AND n.originator_id = a.originator_id AND n.version = a.version) THEN 1 ELSE 0 END) AS lies
    FROM plan_owner o JOIN cell a ON a.administration = o.administration AND a.originator_id = o.originator_id
        AND a.object = 'plan' AND a.field >= 'approved/' AND a.field < 'approved0'
    GROUP BY a.originator_id) AS approved
GROUP BY unsure"""
"""How many plans have an approval that is the latest of its year, of a day or before, and was never annulled.

Beside them, one by one, those whose approvals are of later days, or were annulled: what they are on the day is to be seen.
"""


def count_published(reader: Reader, day: date) -> int:
    """How many plans are published on a day, as known now: by one statement of a seek a plan.

    The few whose approvals are not plain by that are looked at. Whatever is closed, or succeeded, was approved before: no
    plan without an approval is published.
    """
    rows = reader.cursor.execute(_APPROVALS, (day_number(day),)).fetchall()
    point = Point(day)
    unsure = [str(stream) for stream, _ in rows if stream]
    plain = sum(int(count) for stream, count in rows if not stream)
    return plain + sum(is_published(reader, stream.removeprefix(PLANS), point) for stream in unsure)


ADMINISTRATIONS_TOLD = 20
"""How many administrations whoever asks for one that is not there is told, at the most."""


def administrations_seen(reader: Reader, by: Principal, *points: Point) -> list[str]:
    """The first administrations that somebody is told of, in the order of entry: as many as are told."""
    names = (stream.removeprefix(ADMINISTRATIONS) for stream in reader.streams(ADMINISTRATIONS))
    return list(
        islice((name for name in names if sees_administration(reader, name, by, *points)), ADMINISTRATIONS_TOLD)
    )


def plans(reader: Reader, point: Point) -> list[PlanRow]:
    """Every plan known at the point, in the order of entry."""
    rows = (plan_row(reader, stream.removeprefix(PLANS), point) for stream in reader.streams(PLANS))
    return [row for row in rows if row is not None]


def plan_row(reader: Reader, plan: str, point: Point) -> PlanRow | None:
    """The row of a plan, from what was read of it before where that says the same; None where nothing was known of it.

    One that did not exist on the date has status absent, a draft that was discarded has status discarded.
    """
    if not reader.known(plan_stream(plan), point.known_at).version:
        return None
    known = find_plan(reader, plan, point.known_at, even_discarded=True)
    if (kept := _kept_row(reader, known, point)) is not None:
        return kept
    row, heads = _read_row(reader, known, point), _heads(reader, known, point)
    if reader.plan_rows and heads is not None:
        reader.plan_rows.put(plan, heads, _days(reader, known, point), row)
    return row


def _kept_row(reader: Reader, known: PlanKnown, point: Point) -> PlanRow | None:
    heads = _heads(reader, known, point)
    if reader.plan_rows is None or heads is None:
        return None
    return cast("PlanRow | None", reader.plan_rows.get(known.plan, heads, day_number(point.as_of)))


def _heads(reader: Reader, known: PlanKnown, point: Point) -> tuple[Head, ...] | None:
    return heads_now(reader, (known.stream, known.administration_stream), point.known_at)


def _days(reader: Reader, known: PlanKnown, point: Point) -> tuple[int, int | None]:
    """From which day until which the state of a plan, and that of its administration, are those of a date."""
    of = ((known.stream, known.known), (known.administration_stream, known.administration_known))
    since = max(reader.boundary(stream, point.as_of, upto) for stream, upto in of)
    following = [day for stream, upto in of if (day := reader.next_boundary(stream, point.as_of, upto)) is not None]
    return since, min(following, default=None)


def _read_states(reader: Reader, known: PlanKnown, point: Point) -> tuple[dict[Cell, Entry], dict[Cell, Entry]]:
    """What a row is made of: of the plan, and of its administration."""
    return (
        reader.state(known.stream, point.as_of, known.known, OF_PLANS),
        reader.state(known.administration_stream, point.as_of, known.administration_known, OF_ADMINISTRATIONS),
    )


def _read_row(reader: Reader, known: PlanKnown, point: Point) -> PlanRow:
    of_plan, owned = _read_states(reader, known, point)
    state = objects(of_plan)
    alive = state.objectives_in_force()
    stored, fields = state.plan(), state.by_key.get(PLAN, {})
    approved = sorted(
        field.partition("/")[2]
        for field, value in fields.items()
        if field.startswith("approved/") and value != ANNULLED
    )
    return {
        "id": known.plan,
        "title": stored["title"] if stored else None,
        "administration": objects(owned).administration().get("name") or known.administration,
        "first_year": stored["first_year"] if stored else None,
        "last_year": stored["last_year"] if stored else None,
        "status": "discarded" if discarded(reader, known) else status_of(fields),
        "approved_years": [int(year) for year in approved],
        "objectives": len(alive),
        "indicators": len(state.places_in_force(alive)),
        "version": known.known.version,
    }
