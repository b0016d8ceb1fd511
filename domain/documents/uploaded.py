"""The uploaded plan: what an office wants its plan to be, as far as the rows of its workbook or document say it.

A field that a row does not set was not said (no column, no key) and is left alone; a field set to None is said empty.
References (parent, objective, indicator) are as written: an id, a code or a name.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, NamedTuple, TypeVar, cast

from pydantic import Field

from domain.acts.citation import ActPart, ActText
from domain.documents.answers import GivenAnswer
from domain.documents.plan import (
    AdministrationPart,
    MeasurementRow,
    PlanDocument,
    PlanPart,
    StatusRow,
    TargetRow,
)
from domain.documents.row_targets import targets_of
from domain.errors import Problem
from domain.indicators.card import Card, StatedName
from domain.indicators.feeds import PlaceFeeds
from domain.objectives.fields import ObjectiveFields
from domain.trees.fields import NodeFields
from domain.vocabulary import Cause, Frozen, Identifier, JsonValue, Line, Points, Year

Where = tuple[str, int]
"""Sheet and row of a workbook (from 1), or list and place of a JSON document (from 0)."""


class UploadedRow(Frozen):
    """What every row has beside its fields: where it stands, and the reason for what it changes, where it gives one."""

    where: Where
    justification: Line | None = None
    cause: Cause | None = None
    extra: dict[str, JsonValue] = {}

    def says(self, field: str) -> bool:
        """Whether the row says this field, be it empty."""
        return field in self.model_fields_set


Row = TypeVar("Row", bound=UploadedRow)


class UploadedObjective(UploadedRow, ObjectiveFields):
    """An objective as the office wrote it."""

    id: Identifier | None = None
    parent: Line | None = None
    condition_met: bool | None = None
    neutralised: tuple[Year, ...] = ()


class UploadedNode(UploadedRow, NodeFields):
    """A node of a further tree as the office wrote it; its tree by any name, its parent by id, code or title."""

    tree: Annotated[Line, Field(min_length=1)]
    id: Identifier | None = None
    parent: Line | None = None


class UploadedIndicator(UploadedRow, Card):
    """The card of an indicator as the office wrote it."""

    id: Identifier | None = None
    series: Identifier | None = None
    name: Annotated[StatedName, Field(min_length=1)]


class UploadedPlace(UploadedRow):
    """An objective that an indicator serves, as the office wrote it."""

    indicator: Line
    objective: Line
    weight: Points | None = None
    feeds: PlaceFeeds | None = None


class UploadedTarget(NamedTuple):
    """A target as the office wrote it: None for a cell that is empty, and `struck` for what it struck out.

    One that `revises` stands beside another of the same indicator and year, and holds in its place where it says something.
    """

    where: Where
    indicator: str
    year: int
    ordinal: int | None
    text: str | None
    typed: TargetRow | None = None
    struck: str | None = None
    justification: str | None = None
    cause: Cause | None = None
    revises: bool = False


SERIES_LATER = "serie-dell-indicatore"
"""Stands in a measurement for the series of the indicator that its row names."""


class UploadedMeasurement(NamedTuple):
    """A measurement as the office wrote it; the series may be named by its indicator."""

    where: Where
    indicator: str | None
    row: MeasurementRow


class UploadedStatus(NamedTuple):
    """A status as the office wrote it; the id may be a code or a name."""

    where: Where
    row: StatusRow


class RequestedRow(NamedTuple):
    """A change that is asked for by name: the verb, its object as written, what it takes, by which act and why."""

    where: Where
    verb: str
    object: str | None = None
    year: int | None = None
    ordinal: int | None = None
    value: str | None = None
    act: str | None = None
    justification: str | None = None
    cause: Cause | None = None
    effective_on: date | None = None
    correction: bool = False


class Base(NamedTuple):
    """What a document says that it was exported from: the two dates, the version, a digest of what it held."""

    as_of: str
    known_at: str | None = None
    version: int | None = None
    digest: str | None = None


class FileMotivation(NamedTuple):
    """Act, justification and cause of the changes, where the document itself gives them; `act_at` is the cell of the act."""

    act: ActText | None = None
    justification: str | None = None
    cause: Cause | None = None
    approves_year: int | None = None
    act_at: str = ""


class FileDoubt(NamedTuple):
    """Something of a file that was not taken and looks like what a plan needs: it is asked about.

    Of a row that is struck out whole `part` says which part it is of, `called` what stands in it, `years` its targets.
    `id` and `options` (answer and words of each) are of a question of its own, `taken` the answer that the file was
    read with; without them it can only be left out.
    """

    where: str
    words: str
    part: str = ""
    called: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    id: str = ""
    options: tuple[tuple[str, str], ...] = ()
    taken: str | None = None


class ReadingLine(NamedTuple):
    """A line of the reading of an office's own layout: what it is about, what that is, what an office should know of it."""

    label: str
    value: str
    note: str = ""


class OfficeReading(NamedTuple):
    """How a file in an office's own layout was read: line by line, and as a tree, each line with its depth; `remembered` from an earlier file."""

    lines: tuple[ReadingLine, ...]
    tree: tuple[tuple[int, str], ...]
    remembered: bool = False


class UploadedPlan(NamedTuple):
    """The whole of it. A part that is None is not in the document and is left alone.

    `complete` names the parts whose missing rows are withdrawals; `columns` gives the letters by sheet and field;
    `remarks` are what was not taken, or was taken although nobody sees it, each with its place; `answers` are those that
    the document brings to the questions of an earlier preview of it, `requests` the changes that it asks for by name. With `problems` it is what could be read of a document that
    cannot be taken, and `unread` what the rows call themselves that could not. Where one sheet holds
    several kinds of rows each kind has columns of its own, and the empty field says which sheet that is.
    """

    administration: AdministrationPart | None
    plan: PlanPart | None
    act: ActText | None = None
    acts: tuple[ActPart, ...] = ()
    retrospective: bool = False
    objectives: tuple[UploadedObjective, ...] | None = None
    trees: tuple[UploadedNode, ...] | None = None
    indicators: tuple[UploadedIndicator, ...] | None = None
    places: tuple[UploadedPlace, ...] | None = None
    targets: tuple[UploadedTarget, ...] | None = None
    measurements: tuple[UploadedMeasurement, ...] | None = None
    statuses: tuple[UploadedStatus, ...] | None = None
    complete: frozenset[str] = frozenset()
    base: Base | None = None
    motivation: FileMotivation = FileMotivation()
    columns: dict[str, dict[str, str]] = {}
    remarks: tuple[tuple[str, str], ...] = ()
    doubts: tuple[FileDoubt, ...] = ()
    reading: OfficeReading | None = None
    answers: tuple[GivenAnswer, ...] = ()
    requests: tuple[RequestedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: frozenset[str] = frozenset()

    def location(self, where: Where, field: str | None = None) -> str:
        """A place in the document, in the words of its users: `Target!C5`, or `indicators[3].name`."""
        sheet, row = where
        if sheet not in self.columns:
            return f"{sheet}[{row}]" + (f".{field}" if field else "")
        columns = self.columns[sheet]
        name, column = columns.get("", sheet), columns.get(field) if field else None
        return f"{name}!{column}{row}" if column else f"{name}, riga {row}"


def uploaded_of(document: PlanDocument, *, complete: Iterable[str] = ()) -> UploadedPlan:
    """What a JSON plan document says."""
    indicators: list[UploadedIndicator] = []
    places: list[UploadedPlace] = []
    targets: list[UploadedTarget] = []
    for position, row in enumerate(document.indicators):
        where = ("indicators", position)
        indicators.append(_constructed(UploadedIndicator, where, row, row.model_fields_set & _CARD))
        for place in row.places():
            fields = {"weight", "feeds"} & (place if row.assignments else row).model_fields_set
            references = {"indicator": row.id, "objective": place.objective}
            places.append(_constructed(UploadedPlace, where, place, fields, **references))
        targets += [
            UploadedTarget(where, row.id, target.year, target.ordinal, target.text, target if target.form else None)
            for _, target in targets_of(row)
        ]
    base = None
    if document.as_of is not None and document.version is not None:
        base = Base(document.as_of.isoformat(), document.known_at, document.version)
    measurements = [
        UploadedMeasurement(("measurements", position), None, row) for position, row in enumerate(document.measurements)
    ]
    statuses = [UploadedStatus(("statuses", position), row) for position, row in enumerate(document.statuses)]
    return UploadedPlan(
        administration=document.administration,
        plan=document.plan,
        act=document.act,
        acts=document.acts,
        retrospective=document.retrospective,
        objectives=tuple(
            _constructed(UploadedObjective, ("objectives", position), row, row.model_fields_set)
            for position, row in enumerate(document.objectives)
        ),
        trees=tuple(
            _constructed(UploadedNode, ("trees", position), row, row.model_fields_set)
            for position, row in enumerate(document.trees)
        )
        if "trees" in document.model_fields_set
        else None,
        indicators=tuple(indicators),
        places=tuple(places),
        targets=tuple(targets),
        measurements=tuple(measurements) if "measurements" in document.model_fields_set else None,
        statuses=tuple(statuses) if "statuses" in document.model_fields_set else None,
        complete=frozenset(complete),
        base=base,
        remarks=tuple(_beside(document)),
    )


def _beside(document: PlanDocument) -> Iterator[tuple[str, str]]:
    """What a document brings beside the plan, which goes into a plan that it opens and into no other."""
    for part, words in BESIDE.items():
        if rows := getattr(document, part):
            yield part, f"{words}, {len(rows)}: entrano solo con un piano che non c'è ancora, e qui non si prendono"


BESIDE = {
    "benchmarks": "valori pubblicati da altri",
    "deviations": "cause di scostamenti",
    "corrective_actions": "azioni correttive",
}
"""The lists of a document that stand beside the plan, in words."""
_CARD = set(UploadedIndicator.model_fields) - set(UploadedRow.model_fields)


def _constructed(model: type[Row], where: Where, source: Frozen, fields: set[str], **more: str) -> Row:
    """An uploaded row with the fields that its source says; they were judged already."""
    values = {field: getattr(source, field) for field in fields} | more
    return cast("Row", model.model_construct(_fields_set={*values, "where"}, where=where, **values))
