"""Prepares the plan of the next years from one that there is: a document to fill in, of which nothing is recorded.

Series, ids, tree, cards and weights go on. Targets of the years that both plans cover are carried as they stand; those of
new years are the office's to set. What belongs to the past (approvals, closings, statuses, measurements, acts) is not.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from domain.documents.plan import IndicatorRow, LastMeasured, ObjectiveRow, PlanDocument, PlanPart
from domain.errors import Malformed, Problem
from domain.measurements.last import LastFigure
from domain.vocabulary import JsonValue

MOST_YEARS = 10


class NextYears(NamedTuple):
    """What is said of the plan to prepare: its first and last year and, where they are said, its title and its id."""

    first: int
    last: int
    title: str | None = None
    id: str | None = None


class LastFigures(NamedTuple):
    """The last figure of a series, and the last of a whole year: where its next plan starts from."""

    last: LastFigure | None = None
    last_of_year: LastFigure | None = None


def next_plan(document: PlanDocument, wanted: NextYears, figures: Mapping[str, LastFigures]) -> PlanDocument:
    """The document of the next plan; `figures` by series. Malformed for years that do not follow those of the plan."""
    plan = document.plan
    _check_years(plan, wanted)
    years = range(wanted.first, wanted.last + 1)
    return PlanDocument(
        administration=document.administration,
        plan=PlanPart(
            id=wanted.id or next_plan_id(document, wanted),
            title=wanted.title or _with_years(plan.title, plan, wanted) or f"Piano della performance {_span(wanted)}",
            first_year=wanted.first,
            last_year=wanted.last,
            levels=plan.levels,
            predecessor=plan.id,
            systems=_systems(plan, years),
        ),
        objectives=tuple(_objective(row, plan, wanted, years) for row in document.objectives),
        trees=document.trees,
        indicators=tuple(_indicator(row, years, figures.get(row.series or "")) for row in document.indicators),
    )


def next_plan_id(document: PlanDocument, wanted: NextYears) -> str:
    """The id of the plan with the new years in the place of the old, or that of its owner with them."""
    moved = _with_years(document.plan.id, document.plan, wanted)
    return moved or f"{document.administration.id[:110]}-{_span(wanted)}"


def _check_years(plan: PlanPart, wanted: NextYears) -> None:
    problem = f"gli anni {_span(wanted)}"
    if wanted.last < wanted.first or wanted.last - wanted.first >= MOST_YEARS:
        problem += " non sono quelli di un piano"
        raise Malformed(
            [Problem(where="years", found=problem, accepted=f"dal primo all'ultimo anno, al più {MOST_YEARS}")]
        )
    if wanted.first <= plan.first_year or wanted.last <= plan.last_year:
        problem += f" non vengono dopo quelli di {plan.id} ({plan.first_year}-{plan.last_year})"
        accepted = f"anni che comincino dopo il {plan.first_year} e finiscano dopo il {plan.last_year}"
        raise Malformed([Problem(where="years", found=problem, accepted=accepted)])


def _span(wanted: NextYears) -> str:
    return f"{wanted.first}-{wanted.last}"


def _with_years(text: str, plan: PlanPart, wanted: NextYears) -> str | None:
    """A text with the new years where the plan's stood; None where they did not."""
    for sign in ("-", "/", "–", " - "):
        old = f"{plan.first_year}{sign}{plan.last_year}"
        if old in text:
            return text.replace(old, f"{wanted.first}{sign}{wanted.last}")
    return None


def _systems(plan: PlanPart, years: range) -> dict[str, JsonValue] | None:
    """The rules in force in the first of the years, and those that later ones adopted."""
    adopted = {int(year): system for year, system in (plan.systems or {}).items()}
    goes_on = max((year for year in adopted if year <= years.start), default=None)
    systems = {} if goes_on is None else {years.start: adopted[goes_on]}
    systems |= {year: system for year, system in adopted.items() if year in years}
    return {str(year): system for year, system in sorted(systems.items())} or None


def _objective(row: ObjectiveRow, plan: PlanPart, wanted: NextYears, years: range) -> ObjectiveRow:
    changed = {
        "period": _period(row.period, plan, wanted),
        "neutralised": tuple(year for year in row.neutralised if year in years),
    }
    return row.model_copy(update=changed)


def _period(printed: str | None, plan: PlanPart, wanted: NextYears) -> str | None:
    """A printed period with the new years; None for one that names others: those are of the past."""
    if printed is None or not re.search(r"\d{4}", printed):
        return printed
    return _with_years(printed, plan, wanted)


def _indicator(row: IndicatorRow, years: range, figures: LastFigures | None) -> IndicatorRow:
    changed: dict[str, object] = {"targets": tuple(target for target in row.targets if target.year in years)}
    if figures is not None and figures.last is not None:
        changed["last_measured"] = LastMeasured(**figures.last._asdict())
    if figures is not None and figures.last_of_year is not None:
        changed |= {"baseline": figures.last_of_year.text, "baseline_on": figures.last_of_year.data_as_at}
    return row.model_copy(update=changed)
