"""Changes that a document asks for by name, a row each: what no cell of a plan says (an approval, a withdrawal by an act)."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from domain.changes.commands import CHANGE, AnyChange
from domain.documents.difference import DifferenceItem, DiffStep, ItemType
from domain.documents.uploaded import RequestedRow, UploadedPlan
from domain.errors import DomainError, Malformed, Problem
from domain.facts import IN_FORCE, LIFE, PLAN, assignment_key, indicator_key, objective_key, target_field
from domain.plans.object_names import id_meant
from domain.plans.state import PlanState
from domain.spelling import as_seen, folded
from domain.targets.reader import read_one
from domain.timelines import Timelines
from domain.validation_errors import problem_of
from domain.vocabulary import JsonValue, ObjectKind


class Request(NamedTuple):
    """A verb as a row asks for it: the difference that it makes, the kind of its object, the field that takes its value."""

    type: ItemType
    of: ObjectKind | None = None
    value: str | None = None


REQUESTS: dict[str, Request] = {
    "revise_target": Request("target_revised", "indicator", "target"),
    "set_target": Request("target_set", "indicator", "target"),
    "withdraw_target": Request("target_withdrawn", "indicator"),
    "resolve_reference": Request("target_resolved", "indicator", "value"),
    "reword_objective": Request("reworded", "objective", "title"),
    "move_objective": Request("moved", "objective", "parent"),
    "reweigh_objective": Request("reweighted", "objective", "weight"),
    "withdraw_objective": Request("withdrawn", "objective"),
    "reinstate_objective": Request("reinstated", "objective"),
    "merge_objective": Request("merged", "objective", "into"),
    "neutralise_objective": Request("neutralised", "objective"),
    "meet_condition": Request("condition_met", "objective"),
    "fail_condition": Request("condition_failed", "objective"),
    "reweigh_indicator": Request("reweighted", "indicator", "weight"),
    "feed_indicator": Request("fed", "indicator", "feeds"),
    "assign_indicator": Request("assigned", "indicator", "objective"),
    "unassign_indicator": Request("unassigned", "indicator", "objective"),
    "withdraw_indicator": Request("withdrawn", "indicator"),
    "reinstate_indicator": Request("reinstated", "indicator"),
    "approve_plan": Request("plan_approved"),
    "approve_year": Request("year_approved"),
    "close_year": Request("year_closed"),
    "succeed_plan": Request("plan_succeeded", None, "by"),
}
"""The verbs that a row may ask for. What is added has a row of its own sheet."""
_REFERENCES = frozenset({"parent", "into", "objective"})
_OF_YEAR = frozenset({"neutralise_objective", "approve_year", "close_year"})
_FIELDS = {"object": "object", "year": "year", "ordinal": "ordinal", "effective_on": "effective_on"}


def requested_steps(uploaded: UploadedPlan, timelines: Timelines) -> tuple[DiffStep, ...]:
    """The differences that the rows ask for, without those that are so already; Malformed with every cell that is wrong."""
    steps: list[DiffStep] = []
    problems: list[Problem] = []
    for number, row in enumerate(uploaded.requests):
        asked = _Asked(uploaded, row, timelines)
        try:
            change = asked.change()
        except Malformed as error:
            problems += error.problems
            continue
        if not is_so(timelines, change):
            steps.append(DiffStep(asked.item(number, change), change))
    if problems:
        raise Malformed(problems)
    return tuple(steps)


class _Asked(NamedTuple):
    """A row, read against the plan."""

    uploaded: UploadedPlan
    row: RequestedRow
    timelines: Timelines

    @property
    def request(self) -> Request:
        return REQUESTS[self.row.verb]

    def change(self) -> AnyChange:
        """The change; Malformed with the cells that keep it from being one."""
        row, request = self.row, self.request
        content: dict[str, JsonValue | date] = {"verb": row.verb}
        problems: list[Problem] = []
        if request.of is not None:
            content["object"] = self._id(request.of, row.object, "object", problems)
        takes_year = "target" in request.type or row.verb in _OF_YEAR
        stated = {"year": row.year if takes_year else None, "ordinal": row.ordinal, "effective_on": row.effective_on}
        content |= {name: value for name, value in stated.items() if value is not None}
        if request.value in _REFERENCES and (row.value or row.verb != "move_objective"):
            content[request.value] = self._id("objective", row.value, "value", problems)
        elif request.value is not None:
            empty = request.value in {"parent", "weight"}
            content[request.value] = row.value if row.value or not empty else None
        motive = {
            "justification": row.justification,
            "cause": row.cause,
            "kind": "correction" if row.correction else None,
        }
        content |= {name: value for name, value in motive.items() if value}
        if not problems:
            try:
                return CHANGE.validate_python(content)
            except ValidationError as error:
                problems = [
                    problem_of(detail, self._place(str(detail["loc"][-1])))
                    for detail in error.errors(include_url=False)
                ]
        raise Malformed(problems)

    def item(self, number: int, change: AnyChange) -> DifferenceItem:
        """The difference that the change makes, as a preview lists it."""
        object_ = getattr(change, "object", None)
        return DifferenceItem(
            id=f"requested:{number}:{self.row.verb}",
            type=self.request.type,
            object=f"{self.request.of}/{object_}" if object_ else PLAN,
            name=self.row.object or "il piano",
            where=self._place("verb"),
            before=_stands(self.timelines, change),
            after=self.row.value,
            year=getattr(change, "year", None),
            ordinal=getattr(change, "ordinal", None),
            justification=self.row.justification,
            cause=self.row.cause,
        )

    def _id(self, kind: ObjectKind, name: str | None, field: str, problems: list[Problem]) -> str:
        if not name:
            problems.append(
                Problem(where=self._place(field), found="la cella è vuota", accepted="un id, un codice o un nome")
            )
            return ""
        try:
            return id_meant(self.timelines, kind, name, self._place(field))
        except DomainError as error:
            problems.append(error.problem)
            return ""

    def _place(self, field: str) -> str:
        return self.uploaded.location(self.row.where, _FIELDS.get(field, "verb" if field == "verb" else "value"))


def is_so(timelines: Timelines, change: AnyChange) -> bool:
    """Whether what a row asks for is so already: a file that is read again asks for nothing."""
    wanted = dict(_wanted(timelines, change))
    return bool(wanted) and all(_agrees(timelines, key, field, value) for (key, field), value in wanted.items())


def _stands(timelines: Timelines, change: AnyChange) -> JsonValue:
    """What stands where the change would leave something else, as people read it."""
    if REQUESTS[change.verb].value is None:
        return None
    for (key, field), _ in _wanted(timelines, change):
        if field != LIFE and (entries := timelines.entries(key, field)):
            value = entries[-1].value
            return value.get("text") if isinstance(value, dict) else value
    return None


def _agrees(timelines: Timelines, key: str, field: str, wanted: JsonValue) -> bool:
    entries = timelines.entries(key, field)
    value = entries[-1].value if entries else None
    if wanted == "?":
        return value is not None
    if isinstance(value, dict) and field.startswith("target/"):
        held = value.get("text") if not isinstance(wanted, dict) else {"value": value.get("value")}
        return _alike(held, wanted)
    if key.startswith("assignment/") and field == LIFE and wanted is None:
        return value != IN_FORCE
    return _alike(value, wanted)


def _alike(value: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return as_seen(value) == as_seen(wanted) or folded(value) == folded(wanted) != ""
    return value == wanted


def _wanted(timelines: Timelines, change: AnyChange) -> Iterator[tuple[tuple[str, str], JsonValue]]:
    """The fields that the change would leave, each with its value; "?" for any."""
    request, stated = REQUESTS[change.verb], change.model_dump(mode="json")
    object_, year = str(stated.get("object", "")), int(stated.get("year") or 0)
    indicator, objective = indicator_key(object_), objective_key(object_)
    target = (indicator, target_field(year, int(stated.get("ordinal") or 1)))
    key = objective if request.of == "objective" else indicator
    match change.verb:
        case "revise_target" | "set_target":
            yield target, stated["target"]
        case "withdraw_target":
            yield target, None
        case "resolve_reference":
            number = getattr(read_one(str(stated["value"]), year), "value", None)
            yield target, {"value": None if number is None else str(number)}
        case "reword_objective" | "move_objective" | "reweigh_objective":
            field = str(request.value)
            yield (objective, field), stated[field]
        case "withdraw_objective" | "withdraw_indicator":
            yield (key, LIFE), "withdrawn"
        case "reinstate_objective" | "reinstate_indicator":
            yield (key, LIFE), IN_FORCE
        case "merge_objective":
            yield (objective, LIFE), f"merged_into:{stated['into']}"
        case "neutralise_objective":
            yield (objective, f"neutralised/{year}"), True
        case "meet_condition":
            yield (objective, "condition_met"), True
        case "fail_condition":
            yield (objective, "condition_met"), False
        case "reweigh_indicator":
            for served in PlanState(timelines, date.max).serves(object_):
                yield (assignment_key(object_, served), "weight"), stated["weight"]
        case "feed_indicator":
            for served in PlanState(timelines, date.max).serves(object_):
                yield (assignment_key(object_, served), "feeds"), stated["feeds"]
        case "assign_indicator":
            yield (assignment_key(object_, str(stated["objective"])), LIFE), IN_FORCE
        case "unassign_indicator":
            yield (assignment_key(object_, str(stated["objective"])), LIFE), None
        case "approve_plan":
            yield (PLAN, f"approved/{PlanState(timelines, date.max).first_year}"), "?"
        case "approve_year":
            yield (PLAN, f"approved/{year}"), "?"
        case "close_year":
            yield (PLAN, f"closed/{year}"), True
        case "succeed_plan":
            yield (PLAN, "succeeded_by"), stated["by"]
        case _:  # what is added, or changed field by field, has a row of its own sheet
            return
