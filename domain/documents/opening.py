"""What of a document opens a plan: what is of the plan itself, and of the figures what their series do not know yet.

A new plan is made from the export of the one before: the years, the statuses and the figures of that one are not its own.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.administrations.offices import KnownOffices
from domain.documents.figures import BroughtFigure, SeriesFigures, figure_to_take
from domain.documents.offices_asked import offices_of_document
from domain.documents.plan import MeasurementRow, ObjectiveRow, PlanDocument, StatusRow, YearPart
from domain.documents.questions import Asking, OpenQuestion, asked_level
from domain.italian import print_date
from domain.measurements.events import STATUS_WORDS
from domain.objectives.levels import spelled_level
from domain.vocabulary import JsonValue, is_year


class OpeningDocument(NamedTuple):
    """A document as it opens its plan; measurements and statuses are apart, each with its place in the document."""

    document: PlanDocument
    measurements: tuple[tuple[int, MeasurementRow], ...]
    statuses: tuple[tuple[int, StatusRow], ...]
    questions: tuple[OpenQuestion, ...]
    left_alone: tuple[str, ...]


def opening_document(
    document: PlanDocument,
    opened_on: date,
    known: SeriesFigures,
    answers: Mapping[str, str],
    offices: KnownOffices | None = None,
) -> OpeningDocument:
    """What a document brings into a plan that is not there; `opened_on` is the day from which the plan is.

    Names that look like a person's are asked about where the `offices` are said that the administration knows.
    """
    asking = Asking(answers)
    if offices is not None:
        document = offices_of_document(document, asking, lambda name: offices.id(name) is not None)
    plan = document.plan
    years = range(plan.first_year, plan.last_year + 1)
    began = max(min(opened_on, plan.drafted_on or opened_on), date(plan.first_year, 1, 1))
    kept: dict[str, object] = {
        "years": dict(_years(plan.years or {}, years, opened_on, asking)) if plan.years else plan.years,
        "systems": dict(_systems(plan.systems or {}, years, asking)) if plan.systems else plan.systems,
    }
    names = {row.series or f"{plan.id}.{row.id}"[:120]: row.name for row in document.indicators}
    objectives, kept["levels"] = _levelled(document, asking)
    for row in objectives:
        for year in row.neutralised:
            if year not in years:
                asking.ignored.append(f"{row.id!r} era neutralizzato nel {year}, che non è del piano: non si prende")
    if any(row.neutralised for row in objectives):
        objectives = tuple(
            row.model_copy(update={"neutralised": tuple(year for year in row.neutralised if year in years)})
            for row in objectives
        )
    measurements = [
        (place, taken)
        for place, row in enumerate(document.measurements)
        if (taken := _taken(place, row, names, known, asking)) is not None
    ]
    statuses = list(_statuses(document, began, asking))
    return OpeningDocument(
        document.model_copy(update={"plan": plan.model_copy(update=kept), "objectives": objectives}),
        tuple(measurements),
        tuple(statuses),
        tuple(asking.questions),
        tuple(asking.ignored),
    )


def _levelled(document: PlanDocument, asking: Asking) -> tuple[tuple[ObjectiveRow, ...], tuple[str, ...]]:
    """The objectives with their levels in one spelling, and the levels that the plan names, the new ones with them."""
    named = list(document.plan.levels)
    levels = list(named)
    rows: list[ObjectiveRow] = []
    for place, row in enumerate(document.objectives):
        level = spelled_level(row.level, levels)
        if level is None and named:
            level = asked_level(row.level, named, f"objectives[{place}].level", asking) or row.level
        if level is None or level not in levels:
            levels.append(level or row.level)
        rows.append(row.model_copy(update={"level": level}) if level and level != row.level else row)
    return tuple(rows), tuple(levels) if named else ()


def _years(
    stated: Mapping[str, YearPart], years: range, opened_on: date, asking: Asking
) -> Iterator[tuple[str, YearPart]]:
    """Where the years of the plan stand; what was approved before there was the plan is of another."""
    for year, stands in sorted(stated.items()):
        if int(year) not in years:
            asking.ignored.append(f"il {year} non è un anno del piano: la sua approvazione non si prende")
        elif stands.approved_on is not None and stands.approved_on < opened_on:
            day = print_date(stands.approved_on)
            asking.ignored.append(f"il {year} era approvato dal {day}, prima del piano: l'approvazione non si prende")
        else:
            yield year, stands


def _systems(stated: Mapping[str, JsonValue], years: range, asking: Asking) -> Iterator[tuple[str, JsonValue]]:
    for year, system in sorted(stated.items()):
        if (
            is_year(year) and int(year) >= years.stop
        ):  # those of an earlier year hold for the first, for want of its own
            asking.ignored.append(f"il {year} non è un anno del piano: il suo sistema di misurazione non si prende")
        else:
            yield year, system


def _taken(
    place: int, row: MeasurementRow, names: Mapping[str, str], known: SeriesFigures, asking: Asking
) -> MeasurementRow | None:
    figure = BroughtFigure(row, names.get(row.series, row.series), f"measurements[{place}]")
    return figure_to_take(figure, known.get((row.series, row.period), ()), asking)


def _statuses(document: PlanDocument, began: date, asking: Asking) -> Iterator[tuple[int, StatusRow]]:
    for place, row in enumerate(document.statuses):
        if row.reported_on < began:
            words = f"{row.id!r} era {STATUS_WORDS[row.status]} al {print_date(row.reported_on)}"
            asking.ignored.append(f"{words}, prima del piano: lo stato non si prende")
        else:
            yield place, row
