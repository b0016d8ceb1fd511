"""What a file changes, as a page sets it out: before and after, under the objective that each thing belongs to."""

from collections.abc import Mapping
from typing import NamedTuple

from api.imports.import_preview import FilePreview
from api.language.labels import DIRECTIONS, FILE_DIFFERENCES
from api.language.translation import translated
from api.pages.templating import number_words
from api.pages.upload.foreseen import FileForeseen, titles_of
from api.pages.visit import PlanVisit
from domain.documents.difference import DifferenceItem
from domain.indicators.card import CARD_LABELS
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.vocabulary import JsonValue

SHOWN = 300
"""How many differences a page lists; the workbook has them all."""
WITHOUT_VALUES = frozenset({"added", "reinstated", "withdrawn", "status_reported"})


class ItemLine(NamedTuple):
    """A difference in words; `where` is the cell that says so."""

    id: str
    what: str
    name: str
    part: str
    before: str
    after: str
    direction: str
    where: str
    why: str


class ObjectiveGroup(NamedTuple):
    """The differences under an objective; of the plan itself, it has no title."""

    title: str
    items: list[ItemLine]


def grouped_items(preview: FilePreview, foreseen: FileForeseen | None, visit: PlanVisit) -> list[ObjectiveGroup]:
    """The first differences of a file, by objective, in the order of the tree."""
    document = visit.reading.document
    places = {row["id"]: row["objective"] for row in document["indicators"]} | (foreseen.places if foreseen else {})
    titles = (foreseen.titles if foreseen else {}) | titles_of(visit.reading)
    order = list(titles)
    groups: dict[str, list[ItemLine]] = {}
    for item in preview.items[:SHOWN]:
        groups.setdefault(_objective(item, places), []).append(_line(item, visit))
    rank = {objective: place for place, objective in reversed(list(enumerate(order)))}
    ordered = sorted(groups.items(), key=lambda group: rank.get(group[0], -1 if not group[0] else len(order)))
    return [ObjectiveGroup(titles.get(objective, objective), items) for objective, items in ordered]


def types_counted(changes: Mapping[str, int], visit: PlanVisit) -> list[tuple[str, int]]:
    """How many differences of each type there are, in words."""
    return [(translated(FILE_DIFFERENCES.get(kind, kind), visit.language), count) for kind, count in changes.items()]


def _objective(item: DifferenceItem, places: Mapping[str, str]) -> str:
    kind, _, rest = item.object.partition("/")
    id_ = rest.partition("/")[0]
    return id_ if kind == "objective" else places.get(id_, "")


def _line(item: DifferenceItem, visit: PlanVisit) -> ItemLine:
    field = OBJECTIVE_LABELS.get(item.field or "") or CARD_LABELS.get(item.field or "") or ""
    with_values = item.type not in WITHOUT_VALUES
    return ItemLine(
        id=item.id,
        what=translated(FILE_DIFFERENCES[item.type], visit.language),
        name=item.name or item.object.partition("/")[2],
        part=str(item.year) if item.year else translated(str(field), visit.language),
        before=_value(item.before, visit) if with_values else "",
        after=_value(item.after, visit) if with_values else "",
        direction=translated(DIRECTIONS[item.direction], visit.language) if item.direction else "",
        where=item.where,
        why=item.justification or "",
    )


def _value(value: JsonValue, visit: PlanVisit) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return translated("sì" if value else "no", visit.language)
    if isinstance(value, list):
        return ", ".join(_value(item, visit) for item in value)
    if isinstance(value, dict):
        text = value.get("text")
        return str(text) if text else ", ".join(_value(item, visit) for item in value.values())
    return number_words(value, visit.language) if isinstance(value, int | float) else value
