"""The plan document: what `export` writes and `import` takes. Described in docs/plan-document.md.

What an export adds for its reader (dates of the question, status, typed fields) is taken back and checked or ignored,
so that an exported document can be imported as it is.
"""

from operator import not_
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.acts.citation import ActPart, ActText
from domain.documents.beside import ActionRow, CauseRow, PublishedRow
from domain.formulas.model import TermId
from domain.indicators.card import Card, StatedName
from domain.indicators.feeds import PlaceFeeds
from domain.italian import WrittenPercent
from domain.measurements.commands import StatedFigure, StatedTerm
from domain.measurements.events import Evidence, Finality, StatusWord
from domain.measurements.values import ObservedText
from domain.objectives.fields import DefinitionSaid, ObjectiveFields, StatedLevel
from domain.periods import Period
from domain.point import WrittenDay
from domain.trees.fields import NodeFields, TreeId
from domain.vocabulary import (
    NO_FLAG,
    NO_PEOPLE,
    Frozen,
    Identifier,
    JsonValue,
    Line,
    ObjectKind,
    Ordinal,
    Points,
    Polarity,
    TrueOrFalse,
    Year,
    YearKey,
    is_year,
    polarity_of,
)

MAX_ROWS = 60_000
"""How many objectives, indicators, measurements or statuses one document may hold."""


def _not_too_many(rows: object) -> object:
    """Counts the rows before they are judged one by one."""
    if isinstance(rows, list | tuple) and len(rows) > MAX_ROWS:
        msg = f"{len(rows)} righe sono troppe: al più {MAX_ROWS}"
        raise ValueError(msg)
    return rows


AtMost = BeforeValidator(_not_too_many)
"""Refuses a list of more than `MAX_ROWS` at once, whatever its rows hold."""


class OfficeRow(Frozen):
    """An office and its other spellings."""

    id: Identifier | None = None
    name: Annotated[Line, Field(min_length=1)]
    aliases: tuple[Line, ...] = ()


class AdministrationPart(Frozen):
    """The owner of the plan."""

    id: Identifier
    name: Annotated[Line, Field(min_length=1)]
    ipa_code: Line | None = None
    offices: tuple[OfficeRow, ...] = ()


class YearPart(Frozen):
    """Where a year of the plan stands: approved and closed on which day, by which act."""

    approved_on: WrittenDay | None = None
    act: Identifier | None = None
    approval_annulled_on: WrittenDay | None = Field(None, exclude_if=not_)
    approval_annulled_by: Identifier | None = Field(None, exclude_if=not_)
    closed_on: WrittenDay | None = None
    closing_act: Identifier | None = None
    closing_annulled_on: WrittenDay | None = Field(None, exclude_if=not_)
    closing_annulled_by: Identifier | None = Field(None, exclude_if=not_)


class PlanPart(Frozen):
    """The plan itself. `drafted_on` is the act's date when the document brings its act."""

    id: Identifier
    title: Annotated[Line, Field(min_length=1)]
    first_year: Year
    last_year: Year
    levels: tuple[Line, ...] = ()
    drafted_on: WrittenDay | None = None
    predecessor: Identifier | None = None
    status: str | None = None
    years: dict[YearKey, YearPart] | None = None
    succeeded_by: Identifier | None = None
    systems: dict[YearKey, JsonValue] | None = None

    def bare_value(self, year: int) -> Polarity | None:
        """Which way is better for a bare value of a year, by the rules that the document brings."""
        brought = {int(of): rules for of, rules in (self.systems or {}).items() if is_year(of) and int(of) <= year}
        rules = brought[max(brought)] if brought else None
        return polarity_of(rules.get("bare_value")) if isinstance(rules, dict) else None


class ObjectiveRow(DefinitionSaid, ObjectiveFields):
    """An objective; `parent` is the id of another."""

    id: Identifier
    level: Annotated[StatedLevel, Field(min_length=1)]
    condition_met: TrueOrFalse | None = None
    neutralised: tuple[Year, ...] = ()


class TreeNodeRow(NodeFields):
    """A node of a further tree: missions and programmes, perspectives, areas; `parent` is the id of another of its tree.

    Where an objective stands is said by its classifications.
    """

    tree: TreeId
    id: Identifier


class TargetRow(Frozen):
    """A target of one year: the text is read; typed fields, where given, must agree with it."""

    year: Year
    ordinal: Ordinal = 1
    text: Line
    form: str | None = None
    comparator: str | None = None
    value: str | None = None
    unit: str | None = None
    implied: str | None = None
    tolerance: str | None = None
    note: str | None = None
    meaning: str | None = None
    low: str | None = None
    high: str | None = None
    steps: tuple[dict[str, JsonValue], ...] | None = None
    scale: tuple[str, ...] | None = None
    base: str | int | None = None
    reference: str | None = None
    resolved: str | None = None
    period: str | None = None
    published_on: str | None = None
    source: str | None = None
    reason: str | None = None
    at: int | None = None


class AssignmentRow(Frozen):
    """One of the objectives that an indicator serves."""

    objective: Identifier
    weight: Points | None = None
    feeds: PlaceFeeds = "both"


class LastMeasured(Frozen):
    """The last figure of an indicator's series: as it is printed, of which period, from data of which day."""

    text: Line
    period: Period
    data_as_at: WrittenDay


class IndicatorRow(Card):
    """An indicator: its card, its place or places in the tree, its targets.

    `last_measured` stands beside for whoever fills in the next plan; it is not taken in.
    """

    id: Identifier
    series: Identifier | None = None
    objective: Identifier | None = None
    weight: Points | None = None
    feeds: PlaceFeeds = "both"
    assignments: tuple[AssignmentRow, ...] = ()
    name: Annotated[StatedName, Field(min_length=1)]
    targets: tuple[TargetRow, ...] = ()
    last_measured: LastMeasured | None = Field(None, exclude_if=not_)

    def places(self) -> tuple[AssignmentRow, ...]:
        """Where the indicator stands: its assignments, or the one that its own row says."""
        if self.assignments or self.objective is None:
            return self.assignments
        return (AssignmentRow(objective=self.objective, weight=self.weight, feeds=self.feeds),)


class MeasurementRow(Frozen):
    """What was observed of a series for a period: a text that is read, or figures."""

    series: Identifier
    period: Period
    text: ObservedText | None = None
    value: StatedFigure | None = None
    unit: Line | None = None
    numerator: StatedTerm | None = None
    denominator: StatedTerm | None = None
    data_as_at: WrittenDay
    finality: Finality = "final"
    office: Line | None = None
    evidence: Evidence | None = None
    note: Line | None = Field(None, description=NO_PEOPLE)
    terms: dict[TermId, StatedTerm] | None = None
    confirm_unit: TrueOrFalse | None = None
    observed: dict[str, JsonValue] | None = None
    restated: TrueOrFalse | None = None


class StatusRow(Frozen):
    """How an objective or an indicator was reported to stand."""

    subject: ObjectKind
    id: Identifier
    status: StatusWord
    progress: Annotated[WrittenPercent, Field(ge=0, le=1000, allow_inf_nan=False, max_digits=28)] | None = None
    reported_on: WrittenDay
    note: Line | None = Field(None, description=NO_PEOPLE)


class PlanDocument(Frozen):
    """A whole plan on one date."""

    administration: AdministrationPart
    plan: PlanPart
    act: ActText | None = None
    acts: tuple[ActPart, ...] = ()
    retrospective: TrueOrFalse = False
    objectives: Annotated[tuple[ObjectiveRow, ...], AtMost] = ()
    trees: Annotated[tuple[TreeNodeRow, ...], AtMost] = Field((), exclude_if=not_)
    indicators: Annotated[tuple[IndicatorRow, ...], AtMost] = ()
    measurements: Annotated[tuple[MeasurementRow, ...], AtMost] = ()
    statuses: Annotated[tuple[StatusRow, ...], AtMost] = ()
    benchmarks: Annotated[tuple[PublishedRow, ...], AtMost] = Field((), exclude_if=not_)
    deviations: Annotated[tuple[CauseRow, ...], AtMost] = Field((), exclude_if=not_)
    corrective_actions: Annotated[tuple[ActionRow, ...], AtMost] = Field((), exclude_if=not_)
    as_of: WrittenDay | None = None
    known_at: str | None = None
    version: Annotated[int, Field(ge=0, le=2**53), NO_FLAG] | None = None
    warnings: tuple[JsonValue, ...] = ()
    confirmed_offices: Annotated[tuple[Line, ...], AtMost] = Field((), exclude_if=not_)
