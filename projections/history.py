"""The history of an object: each value with who, when, by which act, why, and both dates."""

from collections.abc import Mapping
from datetime import date
from typing import NotRequired

from typing_extensions import TypedDict

from domain.changes.kinds import ChangeKind
from domain.facts import series_key
from domain.plans.history import Direction, direction, history_of, plan_changes
from domain.plans.object_names import object_meant
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import annulled, annulments_in
from domain.vocabulary import Cause, Claim, Identifier, JsonValue
from projections.answers import Day, Instant, Name, OfPlan, Text, Version
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class HistoryValue(TypedDict):
    """Un valore di un campo: da quando, chi, con quale atto e perché."""

    field: Name
    assignment: NotRequired[Text]
    period: NotRequired[Name]
    before: JsonValue
    value: JsonValue
    effective_on: Day
    recorded_at: Instant
    version: Version
    event: Name
    actor: Name
    act: Identifier | None
    cause: Cause | None
    claim: Claim | None
    justification: Text | None
    note: Text | None
    retrospective: bool
    annulled: NotRequired[bool]
    kind: NotRequired[ChangeKind | None]
    direction: NotRequired[Direction | None]


class History(OfPlan):
    """La storia di un obiettivo o di un indicatore: i valori, e le misurazioni della sua serie."""

    object: Text
    values: list[HistoryValue]
    measurements: list[HistoryValue]


def object_key(reader: Reader, plan_known: PlanKnown, name: str) -> str:
    """The object of a plan that an id, a code or an exact name means; NotFound otherwise."""
    return object_meant(reader.timelines(plan_known.stream, plan_known.known.version), name)


def history(reader: Reader, plan: str, name: str, point: Point) -> History:
    """Every value that an indicator or an objective has had, up to the date, as known at the point; newest last.

    What was annulled by then is there, and says so.
    """
    known_plan = find_plan(reader, plan, point.known_at)
    key = object_key(reader, known_plan, name)
    records = reader.plan_records(known_plan.stream, known_plan.administration_stream, upto=known_plan.known.version)
    left_out = annulled(annulments_in(records), known_plan.known.version)
    plan_history = history_of(plan, known_plan.known.version, records, left_out)
    by_version = {change.record.version: change for change in plan_changes(plan_history, date.max)}
    id_ = key.partition("/")[2]
    keys = {
        key,
        *(
            assignment
            for assignment in plan_history.timelines.objects("assignment/")
            if id_ in assignment.split("/")[1:]
        ),
    }
    rows: list[tuple[tuple[date, int], HistoryValue]] = []
    texts = reader.texts([r.justification for r in records] + [r.note for r in records])
    for record in records:
        if record.effective_on > point.as_of:
            continue
        for fact in record.event.facts():
            if fact.object not in keys:
                continue
            before = plan_history.timelines.value_before(fact.object, fact.field, record.effective_on, record.version)
            row = _row(record, fact.field, before, fact.value, texts)
            row["annulled"] = record.version in left_out
            variation = by_version.get(record.version)
            row["kind"] = variation.kind if variation else None
            if fact.field.startswith("target/"):
                row["direction"] = (
                    variation.direction
                    if variation
                    else direction(plan_history.state(record.effective_on), record.event, before)
                )
            if fact.object != key:
                row["assignment"] = fact.object.removeprefix("assignment/")
            rows.append(((record.effective_on, record.version), row))
    series = plan_history.timelines.entries(key, "series")
    return {
        "plan": plan,
        "object": key,
        "as_of": point.as_of.isoformat(),
        "version": known_plan.known.version,
        "values": [row for _, row in sorted(rows, key=lambda pair: pair[0])],
        "measurements": _measurements(reader, known_plan, str(series[-1].value), point) if series else [],
    }


def _measurements(reader: Reader, known_plan: PlanKnown, series: str, point: Point) -> list[HistoryValue]:
    timelines = reader.timelines(known_plan.administration_stream, known_plan.administration_known.version)
    fields = timelines.fields(series_key(series))
    versions = timelines.versions_of(series_key(series))
    records = {record.version: record for record in reader.records(known_plan.administration_stream, versions)}
    texts = reader.texts([record.note for record in records.values()])
    rows: list[HistoryValue] = []
    for period, entries in sorted(fields.items()):
        before: JsonValue = None
        for entry in entries:
            if entry.effective_on <= point.as_of:
                row = _row(records[entry.version], period, before, entry.value, texts)
                row["period"] = period
                rows.append(row)
                before = entry.value
    return rows


def _row(
    record: Recorded, field: str, before: JsonValue, value: JsonValue, texts: Mapping[str, str | None]
) -> HistoryValue:
    return {
        "field": field,
        "before": before,
        "value": value,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "version": record.version,
        "event": record.event.topic,
        "actor": record.actor,
        "act": record.act,
        "cause": record.cause,
        "claim": record.claim,
        "justification": texts.get(record.justification or ""),
        "note": texts.get(record.note or ""),
        "retrospective": record.retrospective,
    }
