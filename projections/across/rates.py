"""The change rate of all administrations in a year: each plan's, and what they come to together.

The figures are sums of counted rows, which agree with what `change_rate` answers for each plan (a property test says
so). In the totals an administration counts once a year, by the last plan that covers it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.changes.counted_by_day import ALL_CAUSES, PLANNED
from domain.changes.rate import VARIANTS
from domain.facts import ADMINISTRATION, ANNULLED, PLAN, approved_field
from domain.objectives.levels import level_key, named_level, spelled_level
from domain.vocabulary import Identifier, Year
from projections.across.view import Followed, followed, rows_cursor
from projections.answers import Count, Day, PageCursor, Text
from projections.change_rate import PlainRates, rate_figure
from projections.store.reader import Reader
from projections.streams import administration_stream, plan_stream

_LISTED = """
listed AS (
    SELECT plan, administration, first_year, last_year, since,
        row_number() OVER (PARTITION BY administration ORDER BY first_year DESC, since DESC, plan DESC) AS place
    FROM across_plan WHERE first_year <= ? AND last_year >= ? AND since <= ?)"""
_TOTALS = f"""
WITH {_LISTED}
SELECT c.measure, c.cause, c.level, sum(c.objectives) FROM listed l JOIN across_count c ON c.year = ? AND c.plan = l.plan
WHERE l.place = 1 AND c.since <= ? GROUP BY c.measure, c.cause, c.level ORDER BY c.level, c.cause"""  # noqa: S608 - ours
_NUMBERS = f"WITH {_LISTED} SELECT count(*), count(DISTINCT administration) FROM listed"  # noqa: S608
_PAGE = f"""
WITH {_LISTED}
SELECT plan, administration, first_year, last_year, since, place FROM listed WHERE plan > ? ORDER BY plan LIMIT ?"""  # noqa: S608
_OF_PLANS = """
SELECT plan, measure, cause, level, sum(objectives) FROM across_count
WHERE year = ? AND plan >= ? AND plan <= ? AND since <= ? GROUP BY plan, measure, cause, level ORDER BY plan, level, cause"""

_LEVELS = "SELECT DISTINCT level FROM across_count"

Counted = tuple[str, str, str, int]
"""Measure, cause, level, how many objectives."""


class RatesTogether(TypedDict):
    """I tassi di più obiettivi insieme: in tutto, per livello, e per causa come se fosse la sola."""

    change_rate: PlainRates
    by_level: dict[str, PlainRates]
    by_cause: dict[str, PlainRates]


class RatesOfPlan(RatesTogether):
    """I tassi di un piano; `counted` dice se è quello con cui la sua amministrazione conta nei totali."""

    plan: Identifier
    administration: Identifier
    name: Text
    first_year: Year
    last_year: Year
    approved_on: Day
    approvals_annulled: Annotated[
        list[Day], Field(description="Quando atti hanno annullato approvazioni dell'anno: il tasso conta dall'ultima.")
    ]
    counted: bool


class RatesAcross(TypedDict):
    """I tassi di modifica di un anno di tutte le amministrazioni."""

    year: Year
    level: Text | None
    as_of: Day
    followed: Followed
    administrations: Count
    plans: Count
    total: RatesTogether
    rows: list[RatesOfPlan]
    next: PageCursor | None


def rates_across(
    reader: Reader, year: int, as_of: date, *, level: str | None = None, after: str = "", limit: int = 100
) -> RatesAcross:
    """The rates of a year on a date, as known now: of all administrations together, and of a page of their plans.

    NotFound, with those there are, for a level that no plan has.

    A plan is there when it covers the year and an act had approved it by the date. `after` is the last plan of the page
    before; `total` counts no plan whose administration has a later one for the year (`counted` says which it is).
    """
    day = as_of.isoformat()
    listed = (year, year, day)
    if level is not None:
        level = _level(reader, year, level)
    cursor = rows_cursor(reader)
    totals = cursor.execute(_TOTALS, (*listed, year, day)).fetchall()
    numbers = cursor.execute(_NUMBERS, listed).fetchone() or (0, 0)
    page = cursor.execute(_PAGE, (*listed, after, limit + 1)).fetchall()
    shown = page[:limit]
    of_plans: dict[str, list[Counted]] = {plan: [] for plan, *_ in shown}
    if shown:
        params = (year, shown[0][0], shown[-1][0], day)
        for plan, *counted in cursor.execute(_OF_PLANS, params).fetchall():
            if plan in of_plans:
                of_plans[plan].append((counted[0], counted[1], counted[2], int(counted[3])))
    return {
        "year": year,
        "level": level,
        "as_of": day,
        "followed": followed(reader),
        "administrations": int(numbers[1]),
        "plans": int(numbers[0]),
        "total": rates_of([(m, c, level, int(n)) for m, c, level, n in totals], level),
        "rows": [
            {
                "plan": plan,
                "administration": administration,
                "name": _name(reader, administration, as_of),
                "first_year": first_year,
                "last_year": last_year,
                "approved_on": since,
                "approvals_annulled": _annulled(reader, plan, year, as_of),
                "counted": place == 1,
                **rates_of(of_plans[plan], level),
            }
            for plan, administration, first_year, last_year, since, place in shown
        ],
        "next": shown[-1][0] if len(page) > len(shown) else None,
    }


def _level(reader: Reader, year: int, name: str) -> str:
    """The level that a name means, as a plan of the year spells it, or of another year; NotFound where none has it."""
    cursor = rows_cursor(reader)
    of_year = [level for (level,) in cursor.execute(f"{_LEVELS} WHERE year = ?", (year,)).fetchall()]
    if (spelled := spelled_level(name, of_year)) is not None or not of_year:
        return spelled or name
    of_any = [level for (level,) in cursor.execute(_LEVELS).fetchall()]
    return spelled_level(name, of_any) or named_level(name, of_year, of=f"degli obiettivi che contano nel {year}")


def rates_of(counted: Iterable[Counted], level: str | None = None) -> RatesTogether:
    """The rates that counts come to: in the three variants, by level, and by cause (each cause as if alone).

    Levels that differ in case or spacing are one, in the spelling that comes first.
    """
    spelled: dict[str, str] = {}
    rows = [(measure, cause, spelled.setdefault(level_key(of), of), n) for measure, cause, of, n in counted]
    kept = [row for row in rows if level is None or level_key(row[2]) == level_key(level)]
    levels = dict.fromkeys(row[2] for row in kept if row[0] == PLANNED)
    causes = dict.fromkeys(sorted(row[1] for row in kept if row[1] != ALL_CAUSES))
    planned = _sum(kept, PLANNED, ALL_CAUSES)
    return {
        "change_rate": _variants(kept, ALL_CAUSES, planned),
        "by_level": {
            name: _variants(of_level, ALL_CAUSES, _sum(of_level, PLANNED, ALL_CAUSES))
            for name in levels
            if (of_level := [row for row in kept if row[2] == name])
        },
        "by_cause": {cause: _variants(kept, cause, planned) for cause in causes},
    }


def _variants(counted: list[Counted], cause: str, planned: int) -> PlainRates:
    any_, substance, easier = (rate_figure(_sum(counted, variant, cause), planned) for variant in VARIANTS)
    return {"any": any_, "substance": substance, "easier": easier}


def _sum(counted: list[Counted], measure: str, cause: str) -> int:
    return sum(objectives for m, c, _, objectives in counted if m == measure and c == cause)


def _annulled(reader: Reader, plan: str, year: int, as_of: date) -> list[str]:
    """The days up to a date on which acts annulled approvals of a year of a plan."""
    entries = reader.timelines(plan_stream(plan)).entries(PLAN, approved_field(year))
    return [e.effective_on.isoformat() for e in entries if e.value == ANNULLED and e.effective_on <= as_of]


def _name(reader: Reader, administration: str, as_of: date) -> str:
    """How an administration is called on a date; its id before it has a name."""
    timelines = reader.timelines(administration_stream(administration))
    return str(timelines.value(ADMINISTRATION, "name", as_of) or administration)
