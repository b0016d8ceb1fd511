"""The files that a plan goes out as: the document in JSON, the workbook in XLSX, its sheets as CSV in a ZIP."""

from collections.abc import Mapping
from dataclasses import replace

import orjson
from typing_extensions import TypedDict

from api.language.labels import CAUSES, DIRECTIONS, KINDS, REDACTED
from api.language.values import field_of_event, value_in_words
from api.workbook.write import write_csv, write_xlsx
from domain.access.principal import MACHINE, Principal
from domain.documents.next_plan import NextYears
from domain.names import Names
from domain.plans.history import PlanChange, plan_changes
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.beside_plan import beside_plan
from projections.next_plan import next_plan_of
from projections.plan_history import plan_history
from projections.plan_in_force import PlanInForce, plan_in_force
from projections.proof.checkpoint_footer import covered_by, footer_line
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import plan_stream

MEDIA_TYPES = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}


class RecordedChange(TypedDict):
    """A row of the sheet of changes."""

    version: int
    effective_on: str
    recorded_on: str
    kind: str
    what: str
    before: JsonValue
    after: JsonValue
    direction: str | None
    act: str | None
    cause: str | None
    justification: str | None


def exported(reader: Reader, plan: str, point: Point, format_: str) -> bytes:
    """A plan at a point in one of the formats."""
    document = plan_in_force(reader, plan, point)
    if format_ == "json":
        beside = {part: rows for part, rows in beside_plan(reader, plan, point).items() if rows}
        return orjson.dumps({**document, **beside}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    changes = recorded_changes(reader, plan, point, document)
    if format_ == "csv":
        checkpoint = covered_by(reader, plan, point)
        return write_csv(document, changes, checkpoint.note if checkpoint else None)
    return write_xlsx(document, changes, footer_line(reader, plan, point))


def not_in_a_workbook(reader: Reader, plan: str, point: Point) -> dict[str, int]:
    """How many rows of each list that stands beside a plan its workbook does not have; what has none is not named."""
    return {
        part: len(rows) for part, rows in beside_plan(reader, plan, point).items() if isinstance(rows, list) and rows
    }


def prepared_next_plan(
    reader: Reader, plan: str, point: Point, wanted: NextYears, format_: str, by: Principal = MACHINE
) -> bytes:
    """The plan of the next years, prepared from one at a point, in one of the formats: to be filled in and loaded."""
    prepared = next_plan_of(reader, plan, point, wanted, by)
    content = orjson.dumps(
        prepared.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )
    if format_ == "json":
        return content
    document: PlanInForce = orjson.loads(content)  # a plan document: what is not in it yet is left out
    document.setdefault("objectives", [])
    document.setdefault("indicators", [])
    return write_csv(document) if format_ == "csv" else write_xlsx(document)


def recorded_changes(reader: Reader, plan: str, point: Point, document: PlanInForce) -> list[RecordedChange]:
    """The changes of a plan after its first approval, one a row, as known at the point."""
    history = plan_history(reader, plan, point)
    first = history.approvals.get(history.years[0]) if history.years else None
    if first is None:
        return []
    later = [record for record in history.counting if not first.reaches(history.places[record.version])]
    if not later:
        return []
    listed = plan_changes(replace(history, counting=later), point.as_of)
    texts = reader.texts([change.record.justification for change in listed], plan_stream(plan))
    names = Names(
        {
            f"objective/{row['id']}": " ".join(filter(None, (row["code"], row["title"])))
            for row in document["objectives"]
        }
        | {f"indicator/{row['id']}": row["name"] for row in document["indicators"]}
    )
    return [_row(change, names, _reason(change, texts)) for change in listed]


def _reason(change: PlanChange, texts: Mapping[str, str | None]) -> str | None:
    """Why something changed, or that an order took the words away."""
    digest = change.record.justification
    return None if digest is None else texts.get(digest) or REDACTED


def _row(change: PlanChange, names: Names, justification: str | None) -> RecordedChange:
    record = change.record
    field = field_of_event(record.event)
    return {
        "version": record.version,
        "effective_on": record.effective_on.isoformat(),
        "recorded_on": write_instant(record.recorded_at),
        "kind": KINDS[change.kind],
        "what": record.event.sentence(names),
        "before": _short(change.before, field, names),
        "after": _short(change.after, field, names),
        "direction": DIRECTIONS[change.direction] if change.direction else None,
        "act": record.act,
        "cause": CAUSES[record.cause] if record.cause else None,
        "justification": justification,
    }


def _short(value: JsonValue, field: str, names: Names) -> JsonValue:
    if isinstance(value, dict) and "text" in value:
        return value["text"]
    return None if value is None else value_in_words(value, field, names=names)[:2000]
