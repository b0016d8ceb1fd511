"""The walk of a comparison, once for every kind of object: its rows, and in each row the fields of a table.

A field that changes is a line of `OBJECTIVE`, `INDICATOR` or `ASSIGNMENT`: what its change is called, and the command that
makes it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from domain.documents.diff_builder import DiffBuilder, Subject, norm
from domain.documents.difference import ItemType
from domain.documents.matching import Ambiguous
from domain.documents.plan import AssignmentRow, IndicatorRow, ObjectiveRow
from domain.documents.references import MatchedRows
from domain.documents.uploaded import UploadedIndicator, UploadedObjective, UploadedRow
from domain.indicators import card
from domain.objectives.fields import DEFINITION_FIELDS

Row = TypeVar("Row", UploadedObjective, UploadedIndicator)
Current = TypeVar("Current", ObjectiveRow, IndicatorRow)

PLURALS = {"objective": "obiettivi", "indicator": "indicatori"}


class FieldChange(NamedTuple):
    """A field that may change: the type of its difference, the command, the command's name for it and for empty."""

    field: str
    type: ItemType
    verb: str
    parameter: str
    empty: str | None = None


class FixedField(NamedTuple):
    """A field that no command changes: how a difference in it is told; whether an empty cell is one."""

    field: str
    words: str
    may_be_emptied: bool = False


class FieldTable(NamedTuple):
    """What a comparison looks at in the rows of one kind."""

    changes: tuple[FieldChange, ...]
    fixed: tuple[FixedField, ...] = ()

    def parameters(self) -> dict[str, str]:
        """By field, what the commands call it."""
        return {change.field: change.parameter for change in self.changes}


def _reclassified(verb: str, *fields: str) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(field, "reclassified", verb, field) for field in fields)


OBJECTIVE = FieldTable(
    (
        FieldChange("title", "reworded", "reword_objective", "title", empty=""),
        FieldChange("parent", "moved", "move_objective", "parent"),
        FieldChange("weight", "reweighted", "reweigh_objective", "weight"),
        *(FieldChange(field, "redefined", "redefine_objective", field) for field in DEFINITION_FIELDS),
        *_reclassified("reclassify_objective", "code", "level", "classifications", "offices"),
    ),
    (
        FixedField("condition", "la condizione di {name!r}", may_be_emptied=True),
        FixedField("period", "il periodo di {name!r}", may_be_emptied=True),
    ),
)
INDICATOR = FieldTable(
    (
        FieldChange("name", "reworded", "redefine_indicator", "name"),
        *(
            FieldChange(field, "redefined", "redefine_indicator", field.replace("kind", "indicator_kind"))
            for field in card.DEFINITION_FIELDS
            if field != "name"
        ),
        *_reclassified("reclassify_indicator", *card.CLASSIFICATION_FIELDS),
    ),
    (
        FixedField("series", "la serie di {name!r}"),
        FixedField("common", "il segno di indicatore comune di {name!r}"),
        FixedField("name_from_formula", "il nome dalla formula di {name!r}"),
    ),
)
ASSIGNMENT = FieldTable(
    (
        FieldChange("weight", "reweighted", "reweigh_indicator", "weight"),
        FieldChange("feeds", "fed", "feed_indicator", "feeds"),
    ),
)


class Sides(NamedTuple, Generic[Current]):
    """The objects of one kind by id: those in force, those of the base, those that were withdrawn."""

    current: Mapping[str, Current]
    base: Mapping[str, Current]
    withdrawn: Mapping[str, Current]


class AbsentObjects(NamedTuple):
    """The ids of the objects that have no row; withdrawn where the part is in the document, and complete."""

    ids: list[str]
    withdrawn: bool


class RowHandler(NamedTuple, Generic[Row, Current]):
    """What is done with the rows of a kind: how they are called, what a row that is there comes to, what a new one."""

    title: Callable[[Row], str | None]
    label: Callable[[Row], str]
    compare: Callable[[Row, Current, Current, int], None]
    add: Callable[[Row, str, int], None]


def diff_rows(
    handler: RowHandler[Row, Current],
    rows: Sequence[Row] | None,
    matched: MatchedRows,
    sides: Sides[Current],
    builder: DiffBuilder,
    *,
    complete: bool,
) -> AbsentObjects:
    """Writes down what differs row by row; answers the objects that have no row."""
    present: set[str] = set()
    for position, (row, id_) in enumerate(zip(rows or (), matched.ids, strict=True)):
        if id_ is None:  # which object it is, somebody has still to say
            match = matched.found[position]
            if isinstance(match, Ambiguous):
                present.update(candidate for candidate, _ in match.candidates)
            continue
        present.add(id_)
        if id_ in sides.current:
            handler.compare(row, sides.current[id_], sides.base.get(id_, sides.current[id_]), position)
        elif id_ in sides.base:
            words = f"{handler.label(row)!r} è stato ritirato nel frattempo: resta ritirato"
            builder.warn(row.where, None, "withdrawn_meanwhile", words)
        elif id_ in sides.withdrawn:
            subject = Subject(f"{matched.kind}/{id_}", handler.label(row), matched.match(position))
            command = {"verb": f"reinstate_{matched.kind}", "object": id_}
            builder.step("reinstated", subject, row, command, after=handler.title(row))
            handler.compare(row, sides.withdrawn[id_], sides.withdrawn[id_], position)
        else:
            handler.add(row, id_, position)
    missing = [id_ for id_ in sides.current if id_ in sides.base and id_ not in present]
    withdrawn = complete and rows is not None
    if rows is not None and missing and not withdrawn:
        listed = ", ".join(missing[:10])
        builder.ignored.append(
            f"{len(missing)} {PLURALS[matched.kind]} non sono nel file e restano com'erano: {listed}"
        )
    return AbsentObjects(missing, withdrawn=withdrawn)


def diff_fields(
    table: FieldTable,
    subject: Subject,
    row: UploadedRow,
    current: ObjectiveRow | IndicatorRow | AssignmentRow,
    base: ObjectiveRow | IndicatorRow | AssignmentRow,
    builder: DiffBuilder,
    *,
    named: Mapping[str, str],
    values: Mapping[str, object] | None = None,
) -> None:
    """Writes down each field of a table that a row says otherwise, as the change of the object that `named` names.

    `values` are what the row says, where that is not what is written in it.
    """
    values = said_by(row, table) if values is None else values
    for change in table.changes:
        field = change.field
        if field not in values:
            continue
        value, now = values[field], getattr(current, field)
        if builder.differs(subject, row, field, uploaded=value, current=now, base=getattr(base, field)):
            command = {"verb": change.verb, **named, change.parameter: change.empty if value is None else value}
            builder.step(change.type, subject, row, command, field=field, before=now, after=value)
    for fixed in table.fixed:
        value, now = getattr(row, fixed.field), getattr(current, fixed.field)
        if value == now or not row.says(fixed.field) or (value is None and not fixed.may_be_emptied):
            continue
        then = getattr(base, fixed.field)
        if norm(value or None, fixed.field) not in (norm(now or None, fixed.field), norm(then or None, fixed.field)):
            location = builder.uploaded.location(row.where, fixed.field)
            words = fixed.words.format(name=subject.name)
            builder.ignored.append(f"{location}: {words} non si modifica, resta {now!r}")


def said_by(row: UploadedRow, table: FieldTable) -> dict[str, object]:
    """The fields of a table that a row says, be they empty."""
    return {change.field: getattr(row, change.field) for change in table.changes if row.says(change.field)}
