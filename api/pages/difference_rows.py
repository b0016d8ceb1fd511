"""The differences between two points as a page sets them out: by objective, what belongs together in one row."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from api.language.labels import DIFFERENCES, DIRECTIONS
from api.language.values import field_name, value_in_words
from api.pages import addresses
from api.pages.behind import ActBehind, Behind, PointSide, same_reason
from api.pages.templating import number_words, printed_signs
from api.pages.visit import PlanVisit
from domain.facts import ANNULLED, IN_FORCE, LIFE, indicator_key, objective_key
from domain.indicators.feeds import BOTH
from domain.plans.differences import DifferenceType, PutBack
from domain.vocabulary import JsonValue
from projections.differences import Difference

RowSign = Literal["changed", "added", "removed"]
RowType: TypeAlias = DifferenceType | Literal["restored"]
"""What a row tells: a difference, or that what acts changed stands as it stood."""
SIGNS: dict[DifferenceType, RowSign] = {
    "added": "added",
    "reinstated": "added",
    "assigned": "added",
    "target_set": "added",
    "withdrawn": "removed",
    "unassigned": "removed",
    "target_withdrawn": "removed",
}
"""Of the types that do more than change something."""

IN_PLAN, RESTORED, CAME_AND_WENT = "nel piano", "modificato e ripristinato", "aggiunto e poi ritirato"
"""Where something stands; what became of what stands at both points as it stood, and of what stands at neither."""

STANDS = {
    "approved": ("non approvato", "approvato", "approvazione annullata"),
    "closed": ("non chiuso", "chiuso", "chiusura annullata"),
}
"""What a year is before, after, and when an act annulled it."""


class SideLine(NamedTuple):
    """One difference of a row: of which year or field, before, after, and in which direction.

    `coded`: before and after are words of ours, and no text of an office; `is_target`: targets, whose signs are printed.
    """

    label: str
    before: str
    after: str
    coded: bool
    direction: str
    way: str
    is_target: bool = False


class DifferenceRow(NamedTuple):
    """What differs in one thing for the same reasons: a row, as high as it has lines."""

    key: str
    name: str
    address: str
    type: RowType
    what: str
    sign: RowSign
    lines: list[SideLine]
    reasons: tuple[ActBehind, ...]


class GroupShown(NamedTuple):
    """An objective with what differs in it, beneath the titles of those above; of the plan itself, it has no title."""

    above: list[str]
    code: str
    title: str
    address: str
    rows: list[DifferenceRow]


def grouped(
    visit: PlanVisit, behind: Behind, differences: Iterable[Difference], returned: Iterable[PutBack] = ()
) -> list[GroupShown]:
    """The rows of some differences, and of what was changed and restored, in the order of the tree: the plan's own first."""
    setting = DifferenceSetting(visit, behind)
    rows = [(setting.objective(difference["object"]), setting.row(difference)) for difference in differences]
    rows += [(setting.objective(each.object), setting.restored(each)) for each in returned]
    order = setting.order()
    rows.sort(key=lambda pair: (order.get(pair[0], len(order)), pair[1].key))
    return [
        setting.group(objective, _together(row for _, row in of_objective))
        for objective, of_objective in groupby(rows, key=lambda pair: pair[0])
    ]


def _together(rows: Iterable[DifferenceRow]) -> list[DifferenceRow]:
    """Rows of one thing and one type with the same reasons become one: several years that one act revised."""
    merged: list[DifferenceRow] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last and last.key == row.key and last.type == row.type and _same(last.reasons, row.reasons):
            reasons = tuple(
                one._replace(events=one.events + other.events, value="" if len(row.reasons) == 1 else one.value)
                for one, other in zip(last.reasons, row.reasons, strict=True)
            )
            merged[-1] = last._replace(lines=[*last.lines, *row.lines], reasons=reasons)
        else:
            merged.append(row)
    return merged


def _same(one: Sequence[ActBehind], other: Sequence[ActBehind]) -> bool:
    return len(one) == len(other) == 1 and same_reason(one[0], other[0])


class DifferenceSetting:
    """How the things of both points are called, and where they hang."""

    def __init__(self, visit: PlanVisit, behind: Behind) -> None:
        self.visit, self.behind = visit, behind
        self.sides = (behind.end, behind.start)
        self.names = behind.known.names.by_key
        offices = behind.known.document["administration"]["offices"]
        self.offices = {office["id"]: office["name"] for office in offices}

    def order(self) -> dict[str, int]:
        """The place of each objective in the tree: its parent's before its own."""
        objectives = [
            key.removeprefix("objective/") for side in self.sides for key in side.timelines.objects("objective/")
        ]
        children: dict[str, list[str]] = {}
        for objective in dict.fromkeys(objectives):
            children.setdefault(self._parent(objective), []).append(objective)
        ordered: list[str] = [""]
        waiting = children.get("", [])[::-1]
        while waiting:
            objective = waiting.pop()
            ordered.append(objective)
            waiting += children.get(objective, [])[::-1]
        return {objective: place for place, objective in enumerate(ordered)}

    def objective(self, key: str) -> str:
        """The objective that what differs in an object is shown under; none for the plan itself."""
        kind, _, id_ = key.partition("/")
        match kind:
            case "objective":
                return id_
            case "assignment":
                return id_.partition("/")[2]
            case "indicator":
                return next((served for side in self.sides for served in _serves(side, id_)), "")
            case _:
                return ""

    def group(self, objective: str, rows: list[DifferenceRow]) -> GroupShown:
        """The heading of an objective."""
        if not objective:
            return GroupShown([], "", "", "", rows)
        above: list[str] = []
        parent = self._parent(objective)
        while parent and len(above) < len(self.names):
            above.append(self._called(objective_key(parent)))
            parent = self._parent(parent)
        code = str(self._value(objective_key(objective), "code") or "")
        title = str(self._value(objective_key(objective), "title") or code or objective)
        return GroupShown(above[::-1], code, title, self._address(objective_key(objective)), rows)

    def row(self, difference: Difference) -> DifferenceRow:
        """A difference as a row of its own."""
        key, field, what = difference["object"], difference["field"], difference["type"]
        direction = difference.get("direction")
        of = indicator_key(key.split("/")[1]) if key.startswith("assignment/") else key
        way = direction or ""
        return DifferenceRow(
            key=key,
            name="" if key == "plan" else self._called(of),
            address=self._address(of),
            type=what,
            what=DIFFERENCES[what],
            sign=SIGNS.get(what, "changed"),
            lines=[
                SideLine(
                    label=self.label(field),
                    before=self.words(difference["before"], field, of_life=field == LIFE),
                    after=self.words(difference["after"], field, of_life=field == LIFE),
                    coded=field == LIFE or field.partition("/")[0] in STANDS,
                    direction=DIRECTIONS[direction] if direction else "",
                    way=way,
                    is_target=field.startswith("target/"),
                )
            ],
            reasons=self.behind.reasons(key, field),
        )

    def restored(self, each: PutBack) -> DifferenceRow:
        """What acts changed and changed back as a row: what it says at both points, every step between them."""
        of = indicator_key(each.object.split("/")[1]) if each.object.startswith("assignment/") else each.object
        of_life = each.field == LIFE
        said = self.words(each.value, each.field, of_life=of_life)
        is_target = each.field.startswith("target/")
        line = SideLine(self.label(each.field), said, said, coded=of_life, direction="", way="", is_target=is_target)
        return DifferenceRow(
            key=each.object,
            name="" if each.object == "plan" else self._called(of),
            address=self._address(of),
            type="restored",
            what=RESTORED if each.value is not None else CAME_AND_WENT if of_life else RESTORED,
            sign="changed",
            lines=[line],
            reasons=self.behind.reasons(each.object, each.field),
        )

    def label(self, field: str) -> str:
        """What a field is called at the head of its line; a target by its year, a life not at all."""
        kind, _, rest = field.partition("/")
        if kind == "target":
            year, _, ordinal = rest.partition("/")
            return year + (f" ({ordinal}°)" if ordinal != "1" else "")
        return "" if field == LIFE else field_name(field, self.visit.language)

    def words(self, value: JsonValue, field: str, *, of_life: bool = False) -> str:
        """What a field says, in words; nothing of no value."""
        kind = field.partition("/")[0]
        if kind in STANDS:
            without, stands, annulled = STANDS[kind]
            return without if value is None else annulled if value == ANNULLED else stands
        if value is None or of_life:
            return "" if value is None else IN_PLAN
        if kind == "system" and isinstance(value, dict):
            return str(value.get("name") or "")
        if field == "parent":
            return self._called(objective_key(str(value)))
        if field == "owner":
            return self.offices.get(str(value), str(value))
        return value_in_words(value, field, self.visit.language)

    def in_text(self, value: JsonValue, field: str) -> str:
        """What a field says in the text of a plan: as `words`, but a target as it was written, a weight as it prints.

        Nothing of a row that counts in the scores in which all do.
        """
        if value is None or value is False or value in ([], {}) or (field == "feeds" and value == BOTH):
            return ""
        if isinstance(value, dict) and "text" in value:
            meaning = (
                self.visit.worded("interpretato: %(meaning)s", meaning=value["meaning"]) if value.get("meaning") else ""
            )
            text = printed_signs(str(value["text"])) if value["text"] else ""
            return f"{text} ({meaning})" if meaning else text
        if field == "weight":
            return number_words(str(value), self.visit.language)
        if field == "baseline":
            return printed_signs(str(value))
        if field.partition("/")[0] == "neutralised":
            value = True
        return self.words(value, field)

    def _called(self, key: str) -> str:
        return self.names.get(key) or key.partition("/")[2]

    def _address(self, key: str) -> str:
        """The page of what is in force at the second point: from there it is seen."""
        kind, _, id_ = key.partition("/")
        end = self.behind.end
        if kind not in {"indicator", "objective"} or end.value(key, LIFE) != IN_FORCE:
            return ""
        dates = addresses.from_point(end.point)
        if kind == "indicator":
            return addresses.page_address(addresses.INDICATOR, dates, plan=self.visit.plan, indicator=id_)
        return addresses.page_address(addresses.OBJECTIVE, dates, plan=self.visit.plan, objective=id_)

    def _parent(self, objective: str) -> str:
        return str(self._value(objective_key(objective), "parent") or "")

    def _value(self, key: str, field: str) -> object:
        return next((value for side in self.sides if (value := side.value(key, field)) is not None), None)


def _serves(side: PointSide, indicator: str) -> list[str]:
    prefix = f"assignment/{indicator}/"
    keys = side.timelines.objects(prefix)
    return [key.removeprefix(prefix) for key in keys if side.value(key, LIFE) == IN_FORCE]
