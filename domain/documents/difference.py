"""What differs between the plan in force and what a document wants: items to read, questions to answer, changes to make.

Nothing is decided for anybody: what may be two things is a question, and no change is made until each is answered.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import not_
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from domain.acts.citation import ActText
from domain.changes.commands import CHANGE, AnyChange
from domain.command import JUSTIFICATION
from domain.documents.changes import ChangeFile
from domain.documents.figures import SeriesFigures
from domain.documents.matching import By
from domain.documents.plan import IndicatorRow, MeasurementRow, ObjectiveRow, PlanDocument, StatusRow
from domain.documents.questions import OpenQuestion
from domain.errors import Problem
from domain.indicators.commands import Polarities, PolarityWord
from domain.notice import Notice
from domain.plans.commands import ApprovePlan
from domain.point import WrittenDay
from domain.systems.decide import BareValues, nobody_says
from domain.targets.easing import Easing
from domain.timelines import Entry
from domain.vocabulary import (
    NO_PEOPLE,
    Cause,
    Claim,
    EventVersion,
    Frozen,
    JsonValue,
    Line,
    Polarity,
    TrueOrFalse,
    Year,
)

ItemType = Literal[
    "added", "withdrawn", "reinstated", "reworded", "moved", "reweighted", "fed", "reclassified", "redefined", "assigned",
    "unassigned", "target_set", "target_revised", "target_withdrawn", "target_resolved", "neutralised",
    "condition_met", "condition_failed", "plan_changed", "measurement_new", "measurement_restated", "status_reported",
    "polarity_stated", "continues", "ends", "merged", "plan_approved", "year_approved", "year_closed", "plan_succeeded",
]  # fmt: skip
MERGED_VERBS = {
    "redefine_objective",
    "redefine_indicator",
    "reclassify_indicator",
    "reclassify_objective",
    "state_tree_node",
}
"""Changes of several fields of one object that are one change."""


class DifferenceItem(Frozen):
    """One difference: what, of which object, before and after, and the cell that says so.

    `set_by` is the version that recorded what is in force: what a correction of it would restore.
    """

    id: str
    type: ItemType
    object: str
    name: str = ""
    where: str = ""
    field: str | None = None
    before: JsonValue = None
    after: JsonValue = None
    year: int | None = None
    ordinal: int | None = None
    direction: Easing | None = None
    matched_by: By | None = None
    score: float | None = None
    set_by: int | None = None
    justification: str | None = None
    cause: Cause | None = None

    @model_serializer(mode="wrap")
    def _what_it_says(self, serialize: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        """An item says what it has, and nothing of the rest."""
        dumped: dict[str, JsonValue] = serialize(self)
        return {name: value for name, value in dumped.items() if value is not None}


class UnreadCell(Frozen):
    """A target or a value that cannot be read: it is kept as it is written."""

    where: str
    text: str
    reason: str


class RowDecision(Frozen):
    """What is said of one difference, or of all of one row or object, in the place of what is said for all."""

    justification: Line | None = Field(
        None,
        title="motivazione",
        description=f"La motivazione di queste righe; quella detta per tutte, se manca. {NO_PEOPLE}",
        examples=[JUSTIFICATION],
    )
    cause: Cause | None = Field(
        None,
        title="causa",
        description="La causa di queste righe; quella detta per tutte, se manca.",
        examples=["new_data"],
    )
    kind: Claim | None = Field(
        None,
        title="natura dichiarata",
        description="Se la modifica è dichiarata correzione (`correction`) o riclassificazione.",
    )
    restores: tuple[EventVersion, ...] = Field(
        (),
        title="versioni rimesse a posto",
        description="Le versioni che una correzione rimette a posto.",
        examples=[[12]],
    )
    skip: TrueOrFalse = Field(default=False, title="lascia fuori", description="Lascia fuori queste righe.")


class Decisions(Frozen):
    """What a confirmation says: for all, row by row, and the answers to the questions.

    A row is named by the id of a difference, by its cell (`Target!C5`), its row (`Target, riga 5`) or its object.
    """

    act: ActText | None = Field(
        None,
        title="atto",
        description='L\'atto, per esteso o con la frase che lo cita: "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    justification: Line | None = Field(
        None,
        title="motivazione",
        description=f"La motivazione delle righe che non ne hanno una propria. {NO_PEOPLE}",
        examples=[JUSTIFICATION],
    )
    cause: Cause | None = Field(
        None, title="causa", description="La causa delle righe che non ne hanno una propria.", examples=["new_data"]
    )
    approves_year: Year | None = Field(
        None,
        title="anno approvato",
        description="L'anno che l'atto approva, se è l'aggiornamento annuale.",
        examples=[2023],
    )
    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando valgono; la data dell'atto, se manca.",
        examples=["2022-09-30"],
    )
    answers: dict[str, str] = Field(
        {},
        title="risposte",
        description="Le risposte alle domande dell'anteprima, per id, numero o cella della domanda.",
        examples=[{"3": "sì"}],
    )
    polarities: Annotated[Polarities, Field(max_length=20_000, exclude_if=not_)] = {}
    rows: dict[str, RowDecision] = Field(
        {},
        title="righe",
        description="Che cosa si dice di una riga: per id della differenza, cella (`Target!C5`), riga o oggetto.",
    )


class DiffStep(NamedTuple):
    """What a difference comes to: a change, a measurement, a status or a polarity; which item it makes true."""

    item: DifferenceItem
    change: AnyChange | None = None
    measurement: MeasurementRow | None = None
    status: StatusRow | None = None
    polarity: Polarity | None = None


class CurrentPlan(NamedTuple):
    """The plan that a document is compared with; `taken` are all the ids that it ever knew, at whatever date.

    `set_by` says the version of the event that each (object, field) in force comes from. `base` is what the document
    was exported from, where that is known: only what the office changed since is a difference. `bare_value` is what the
    rules of each year say of one; `figures` is all that the series know of what the document brings, `reported` all the
    statuses of its objects, by their key. `knows_office` says whether an office was ever registered by a name.
    """

    document: PlanDocument
    withdrawn_objectives: Mapping[str, ObjectiveRow] = {}
    withdrawn_indicators: Mapping[str, IndicatorRow] = {}
    set_by: Mapping[tuple[str, str], int] = {}
    taken: frozenset[str] = frozenset()
    base: PlanDocument | None = None
    bare_value: BareValues = nobody_says
    figures: SeriesFigures = {}
    reported: Mapping[str, Sequence[Entry]] = {}
    knows_office: Callable[[str], bool] = lambda _: False


class PlanDiff(NamedTuple):
    """All that differs, in the order in which it can be recorded; what is open, unread, odd or ignored.

    `confirmed_offices` are names that look like a person's, and are known or were said to be an office's.
    """

    steps: tuple[DiffStep, ...]
    questions: tuple[OpenQuestion, ...]
    unread: tuple[UnreadCell, ...]
    warnings: tuple[Notice, ...]
    ignored: tuple[str, ...]
    confirmed_offices: tuple[str, ...] = ()
    remarks: tuple[Notice, ...] = ()
    """What the file holds and was not taken, or was taken although nobody sees it."""
    problems: tuple[Problem, ...] = ()
    """The cells that cannot be taken: with them it is only what differs beside."""
    of_another: str = ""
    """Why the document may be that of another plan, or of another body; empty where nothing says so."""

    @property
    def items(self) -> tuple[DifferenceItem, ...]:
        """What differs."""
        return tuple(step.item for step in self.steps)

    def count_by_type(self) -> dict[str, int]:
        """How many differences of each type, in the order in which they come."""
        return dict(Counter(item.type for item in self.items))

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """What nobody has answered yet."""
        return tuple(question for question in self.questions if question.answer is None)


def decision_for(item: DifferenceItem, decisions: Decisions) -> RowDecision:
    """What is said of a difference: by its id, its cell, its row, its object, in this order."""
    sheet, _, cell = item.where.partition("!")
    row = f"{sheet}, riga {cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" if cell else item.where
    for key in (item.id, item.where, row, item.object):
        if key and key in decisions.rows:
            return decisions.rows[key]
    return RowDecision()


class _Brought(NamedTuple):
    """What a confirmed difference comes to, each part with the place in the document that it comes of."""

    changes: list[tuple[AnyChange, str]]
    measurements: list[tuple[MeasurementRow, str]]
    statuses: list[tuple[StatusRow, str]]
    polarities: dict[str, PolarityWord]


def _brought(difference: PlanDiff, decisions: Decisions) -> _Brought:
    brought = _Brought([], [], [], {})
    for step in difference.steps:
        decision, where = decision_for(step.item, decisions), step.item.where
        if decision.skip:
            continue
        if step.measurement is not None:
            brought.measurements.append((step.measurement, where))
        elif step.status is not None:
            brought.statuses.append((step.status, where))
        elif step.polarity is not None:
            brought.polarities[step.item.object.partition("/")[2]] = step.polarity
        elif step.change is not None:
            _append(brought.changes, _motivated(step, step.change, decision), where)
    return brought


def cells_of_changes(difference: PlanDiff, decisions: Decisions) -> dict[str, str]:
    """Where in the document each part of its change file comes of: `changes[3]` of `Target!C5`."""
    brought = _brought(difference, decisions)
    return {
        f"{name}[{position}]": where
        for name, places in (
            ("changes", [where for _, where in brought.changes]),
            ("measurements", [where for _, where in brought.measurements]),
            ("statuses", [where for _, where in brought.statuses]),
        )
        for position, where in enumerate(places)
        if where
    }


def change_file_of(
    plan: str, difference: PlanDiff, decisions: Decisions, *, retrospective: bool = False, approves: bool = False
) -> ChangeFile:
    """The change file that a confirmed difference comes to; `approves` is said of a draft that comes with its act."""
    brought = _brought(difference, decisions)
    changes = [change for change, _ in brought.changes]
    if approves:
        changes.append(ApprovePlan(verb="approve_plan"))
    return ChangeFile(
        plan=plan,
        act=decisions.act,
        approves_year=decisions.approves_year,
        justification=decisions.justification,
        cause=decisions.cause,
        effective_on=decisions.effective_on,
        retrospective=retrospective,
        changes=tuple(changes),
        measurements=tuple(row for row, _ in brought.measurements),
        statuses=tuple(row for row, _ in brought.statuses),
        polarities=brought.polarities | decisions.polarities,
        confirmed_offices=difference.confirmed_offices,
    )


def _motivated(step: DiffStep, change: AnyChange, decision: RowDecision) -> AnyChange:
    """A change with what is said of it: in the decisions, else in its row."""
    item = step.item
    motivation: dict[str, str | tuple[int, ...] | None] = {
        "justification": decision.justification or item.justification,
        "cause": decision.cause or item.cause,
        "kind": decision.kind,
        "restores": decision.restores,
    }
    if decision.kind == "correction" and not decision.restores and item.set_by is not None:
        motivation["restores"] = (item.set_by,)
    return change.model_copy(update={name: value for name, value in motivation.items() if value})


def _append(changes: list[tuple[AnyChange, str]], change: AnyChange, where: str) -> None:
    """Puts a change at the end, or into the one before where both are of one object, one verb and one motivation."""
    if changes and change.verb in MERGED_VERBS and _mergeable(changes[-1][0], change):
        both = (changes[-1][0], change)
        fields = {name: getattr(part, name) for part in both for name in part.model_fields_set}
        changes[-1] = CHANGE.validate_python(fields), changes[-1][1]
    else:
        changes.append((change, where))


def _mergeable(first: AnyChange, second: AnyChange) -> bool:
    fields = ("verb", "object", "tree", "node", "justification", "cause", "kind", "restores")
    return all(getattr(first, name, None) == getattr(second, name, None) for name in fields)
