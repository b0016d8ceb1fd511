"""The history of an object: each value with who, when, by which act, why, and both dates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NotRequired

import orjson
from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled, Reason
from domain.changes.kinds import ChangeKind
from domain.errors import NotFound
from domain.facts import indicator_key, objective_key, series_key
from domain.plans.history import Direction, PlanHistory, plan_changes
from domain.plans.object_names import id_meant, object_meant
from domain.point import Point
from domain.recording import Recorded
from domain.vocabulary import Cause, Claim, Identifier, JsonValue, ObjectKind, is_identifier
from projections.answers import ActorShown, Day, Instant, Name, OfPlan, Text, Version
from projections.plan_history import read_history
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class Annulment(TypedDict):
    """L'annullamento di un valore: quando, chi, con quale atto e perché."""

    version: Version
    effective_on: Day
    recorded_at: Instant
    actor: ActorShown
    act: Identifier | None
    reason: Reason
    justification: Text | None


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
    actor: ActorShown
    act: Identifier | None
    cause: Cause | None
    claim: Claim | None
    justification: Text | None
    note: Text | None
    retrospective: bool
    annulled: bool
    annulment: NotRequired[Annulment]
    kind: NotRequired[ChangeKind | None]
    direction: NotRequired[Direction | None]


class History(OfPlan):
    """La storia di un obiettivo o di un indicatore: i valori, e le misurazioni della sua serie."""

    object: Text
    values: list[HistoryValue]
    measurements: list[HistoryValue]


def object_key(reader: Reader, plan_known: PlanKnown, name: str, *, or_annulled: bool = False) -> str:
    """The object of a plan that an id, a code or an exact name means; NotFound otherwise.

    `or_annulled`: by its id, one of which all was annulled as well.
    """
    try:
        return object_meant(reader.timelines(plan_known.stream, plan_known.known.version), name)
    except NotFound:
        whole = name.startswith(("indicator/", "objective/"))
        keys = [
            key for key in ((name,) if whole else (indicator_key(name), objective_key(name))) if key.count("/") == 1
        ]
        for key in keys if or_annulled else ():
            if _facts_of(reader, plan_known.stream, key, plan_known.known.version):
                return key
        raise


def part_named(reader: Reader, plan_known: PlanKnown, kind: ObjectKind, name: str) -> str:
    """The id of the objective or indicator that an address names: by id, code, name, or «code name».

    What has the shape of an id and is none stays, for its question to refuse; NotFound, NameAmbiguous otherwise.
    """
    try:
        return id_meant(reader.timelines(plan_known.stream, plan_known.known.version), kind, name, kind)
    except NotFound:
        if is_identifier(name):
            return name
        raise


def history(reader: Reader, plan: str, name: str, point: Point, *, drafting: bool = True) -> History:
    """Every value that an indicator or an objective has had, up to the date, as known at the point; newest last.

    What was annulled by then is there, and says so: its own values, its places in objectives, its measurements. Without
    `drafting`, for whoever reads no drafts, the plan begins with what its first act approved.
    """
    known_plan = find_plan(reader, plan, point.known_at)
    return history_of_object(reader, known_plan, read_history(reader, known_plan), name, point, drafting=drafting)


def history_of_object(
    reader: Reader, known_plan: PlanKnown, plan_history: PlanHistory, name: str, point: Point, *, drafting: bool = True
) -> History:
    """The same, of a plan whose history was read before."""
    records, left_out = plan_history.records, plan_history.annulled
    key = object_key(reader, known_plan, name, or_annulled=True)
    by_version = {change.record.version: change for change in plan_changes(plan_history, date.max)}
    id_ = key.partition("/")[2]
    rows: list[tuple[tuple[date, int], HistoryValue]] = []
    annulments = _annulments(reader, [record for record in records if record.version not in left_out])
    texts = reader.texts([r.justification for r in records] + [r.note for r in records], known_plan.stream)
    series: dict[str, None] = {}
    for record in records:
        if record.effective_on > point.as_of:
            continue
        for fact in record.event.facts():
            if fact.object != key and not (fact.object.startswith("assignment/") and id_ in fact.object.split("/")[1:]):
                continue
            before = plan_history.timelines.value_before(fact.object, fact.field, record.effective_on, record.version)
            row = _row(record, fact.field, before, fact.value, texts, annulments)
            variation = by_version.get(record.version)
            row["kind"] = variation.kind if variation else None
            if fact.field.startswith("target/"):
                row["direction"] = variation.direction if variation else plan_history.direction(record, before)
            if fact.object != key:
                row["assignment"] = fact.object.removeprefix("assignment/")
            elif fact.field == "series":
                series[str(fact.value)] = None
            rows.append(((record.effective_on, record.version), row))
    values = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    return {
        "plan": known_plan.plan,
        "object": key,
        "as_of": point.as_of.isoformat(),
        "version": known_plan.known.version,
        "values": values if drafting else _as_published(values, plan_history.published_from),
        "measurements": [row for one in series for row in _measurements(reader, known_plan, one, point)],
    }


def _as_published(values: list[HistoryValue], first: int | None) -> list[HistoryValue]:
    """Of what was drafted before the first act, that which the act approved, and none of the words beside it."""
    drafted = [row for row in values if (first is None or row["version"] < first) and not row["annulled"]]
    approved = {(row["field"], row.get("assignment")): row for row in drafted}
    kept = {id(row) for row in approved.values()} | {
        id(row) for row in values if first is not None and row["version"] >= first
    }
    shown = [row for row in values if id(row) in kept]
    for row in shown:
        if first is None or row["version"] < first:
            row["before"] = row["justification"] = row["note"] = None
    return shown


def _facts_of(reader: Reader, stream: str, key: str, version: int) -> list[int]:
    """The versions of the facts of an object, of annulled events as well: timelines hold what counts."""
    fragments = reader.fragments(stream, key, key + "\x01", version)
    return sorted({int(v) for object_, _, _, v, _ in orjson.loads(f"[{','.join(fragments)}]") if object_ == key})


def _annulments(reader: Reader, counting: Sequence[Recorded]) -> dict[int, Annulment]:
    """By which annulment each version was left out, of the events that count."""
    by = [(record, record.event) for record in counting if isinstance(record.event, EventsAnnulled)]
    texts = reader.texts([record.justification for record, _ in by], by[0][0].stream) if by else {}
    return {
        version: {
            "version": record.version,
            "effective_on": record.effective_on.isoformat(),
            "recorded_at": write_instant(record.recorded_at),
            "actor": record.actor,
            "act": record.act,
            "reason": event.reason,
            "justification": texts.get(record.justification or ""),
        }
        for record, event in by
        for version in event.versions
    }


def _measurements(reader: Reader, plan_known: PlanKnown, series: str, point: Point) -> list[HistoryValue]:
    stream, version = plan_known.administration_stream, plan_known.administration_known.version
    key = series_key(series)
    versions = _facts_of(reader, stream, key, version)
    records = reader.records(stream, versions)
    left_out = reader.annulled(stream, version)
    by = [since for since in reader.annulments(stream) if since <= version and since not in left_out]
    annulments = _annulments(reader, reader.records(stream, by)) if not left_out.isdisjoint(versions) else {}
    texts = reader.texts([record.note for record in records], stream)
    rows: list[tuple[tuple[str, date, int], HistoryValue]] = []
    before: dict[str, JsonValue] = {}
    for record in sorted(records, key=lambda record: (record.effective_on, record.version)):
        for fact in record.event.facts():
            if fact.object != key or record.effective_on > point.as_of:
                continue
            period = fact.field
            row = _row(record, period, before.get(period), fact.value, texts, annulments)
            row["period"] = period
            if not row["annulled"]:
                before[period] = fact.value
            rows.append(((period, record.effective_on, record.version), row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _row(
    record: Recorded,
    field: str,
    before: JsonValue,
    value: JsonValue,
    texts: Mapping[str, str | None],
    annulments: Mapping[int, Annulment],
) -> HistoryValue:
    row: HistoryValue = {
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
        "annulled": record.version in annulments,
    }
    if record.version in annulments:
        row["annulment"] = annulments[record.version]
    return row
