"""The page of what differs from the plan before: what a new document says otherwise in silence."""

from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import DIRECTIONS, FATES
from api.language.values import field_name, value_in_words
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import render
from api.pages.recorded_event import EventAddresses
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.vocabulary import JsonValue
from projections.successive_plans import (
    FromPlanBefore,
    ObjectiveOfBoth,
    SeriesOfBoth,
    TargetOfBoth,
    predecessor_differences,
)

SHOWS = {
    "tutto": "Tutto",
    "facili": "Target più facili",
    "difficili": "Target più difficili",
    "lasciati": "Lasciati fuori",
    "nuovi": "Nuovi",
    "ridefiniti": "Ridefiniti",
    "ripesati": "Ripesati",
}
COLUMNS = ("indicatore o obiettivo", "che cosa ne è stato", "che cosa", "prima", "dopo", "verso")
WORDED = ("che cosa ne è stato", "che cosa", "verso")


class PairedLine(NamedTuple):
    """One difference: what, before and after, in which direction."""

    field: str
    before: str
    after: str
    direction: str
    direction_words: str


class PairedRow(NamedTuple):
    """An indicator, or an objective, in the two plans."""

    name: str
    address: str
    fate: str
    fate_words: str
    lines: list[PairedLine]
    event: str
    version: int | None


def preceding_page(visit: PlanVisit) -> Response:
    """The differences from the plan before, as the plan was approved; a plan that follows none says so."""
    answer = predecessor_differences(visit.reading.reader, visit.plan, visit.point)
    compared, show = answer["differences"], visit.choice("mostra", SHOWS)
    indicators = _indicators(visit, compared, show) if compared else []
    objectives = _objectives(visit, compared, show) if compared else []
    if wants_file(visit):
        return table_file(
            visit, f"dal-piano-precedente-{visit.plan}", COLUMNS, _rows([*indicators, *objectives]), WORDED
        )
    return render(
        "preceding.html",
        "Dal piano precedente",
        visit.frame(
            these_rows(visit, visit.data("/predecessor-differences"), "mostra"), streams=visit.reading.preceding_streams
        ),
        visit.language,
        scripts=("pages.js",),
        compared=compared,
        before_address=page_address(addresses.PLAN, plan=compared["predecessor"]) if compared else "",
        indicators=indicators,
        objectives=objectives,
        directions=DIRECTIONS,
        chosen=show,
        shows=visit.choices("mostra", SHOWS, "tutto"),
        changes_address=visit.to(addresses.CHANGES),
    )


def _indicators(visit: PlanVisit, compared: FromPlanBefore, show: str) -> list[PairedRow]:
    events = EventAddresses(visit)
    rows: list[PairedRow] = []
    for series in compared["series"]:
        targets = [target for target in series["targets"] if target["direction"] != "neutral"]
        if not _wanted(series, targets, show):
            continue
        lines = [_target(visit, target) for target in targets if show in {"tutto", "facili", "difficili"}]
        if show in {"tutto", "ridefiniti"}:
            lines += [_field(visit, each["field"], each["before"], each["after"]) for each in series["redefined"]]
        if show in {"tutto", "ripesati"}:
            places = series["places"]
            lines += [_field(visit, "weight", place["weight_before"], place["weight_after"]) for place in places]
        if series["change"] == "continues" and not lines:
            continue
        version = series["events"][0]["version"] if series["events"] else None
        rows.append(
            PairedRow(
                name=series["name"],
                address=visit.to(addresses.INDICATOR, indicator=series["indicator_after"])
                if series["indicator_after"]
                else "",
                fate=series["change"],
                fate_words=FATES[series["change"]],
                lines=lines,
                event=events.of_plan(version) if version else "",
                version=version,
            )
        )
    return rows


def _wanted(series: SeriesOfBoth, targets: list[TargetOfBoth], show: str) -> bool:
    match show:
        case "facili":
            return any(target["direction"] == "easier" for target in targets)
        case "difficili":
            return any(target["direction"] == "harder" for target in targets)
        case "lasciati":
            return series["change"] == "dropped"
        case "nuovi":
            return series["change"] == "added"
        case "ridefiniti":
            return bool(series["redefined"])
        case "ripesati":
            return bool(series["places"])
        case _:
            return True


def _objectives(visit: PlanVisit, compared: FromPlanBefore, show: str) -> list[PairedRow]:
    fates = {"tutto": {"continues", "dropped", "added"}, "lasciati": {"dropped"}, "nuovi": {"added"}}
    events = EventAddresses(visit)
    return [_objective(visit, each, events) for each in compared["objectives"] if each["change"] in fates.get(show, ())]


def _objective(visit: PlanVisit, pair: ObjectiveOfBoth, events: EventAddresses) -> PairedRow:
    version = pair["events"][0]["version"] if pair["events"] else None
    after = pair["objective_after"]
    return PairedRow(
        name=pair["name"],
        address=visit.to(addresses.OBJECTIVE, objective=after) if after else "",
        fate=pair["change"],
        fate_words=FATES[pair["change"]],
        lines=[_field(visit, each["field"], each["before"], each["after"]) for each in pair["fields"]],
        event=events.of_plan(version) if version else "",
        version=version,
    )


def _target(visit: PlanVisit, target: TargetOfBoth) -> PairedLine:
    field = field_name(f"target/{target['year']}/{target['ordinal']}", visit.language)
    before, after = (value_in_words(target[side], language=visit.language) for side in ("before", "after"))
    return PairedLine(field, before, after, target["direction"], DIRECTIONS[target["direction"]])


def _field(visit: PlanVisit, field: str, before: JsonValue, after: JsonValue) -> PairedLine:
    was, becomes = (value_in_words(value, field, visit.language) for value in (before, after))
    return PairedLine(field_name(field, visit.language), was, becomes, "", "")


def _rows(rows: list[PairedRow]) -> list[tuple[object, ...]]:
    return [
        (row.name, row.fate_words, line.field, line.before, line.after, line.direction_words)
        for row in rows
        for line in row.lines or [PairedLine("", "", "", "", "")]
    ]
