"""The audit trail: every event that concerns a plan, newest first, one sentence each, filtered."""

from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.facts import facts_of, indicator_key, objective_key, series_key
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.recording import Recorded
from domain.timelines import annulled
from domain.vocabulary import JsonValue
from projections.proof.redactions import redactions
from projections.roles import role_of
from projections.sentences import Names, sentence
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, review_stream
from projections.variations import history_of, variations


class Filter(NamedTuple):
    """What of the trail is wanted; every part that is said must hold. Dates are of effect, both included."""

    since: date | None = None
    until: date | None = None
    actor: str | None = None
    kind: str | None = None
    object: str | None = None
    event: str | None = None
    role: str | None = None
    act: str | None = None
    recorded_since: date | None = None
    recorded_until: date | None = None


def audit_trail(
    reader: Reader, plan: str, point: Point, wanted: Filter | None = None, *, offset: int = 0, limit: int | None = None
) -> dict[str, Any]:
    """The events of a plan, with the measurements of its series, the acts that it cites, and what the OIV says of it.

    Newest first. `hash` is the beginning of the leaf hash of the event's bytes, by which its proof can be found.
    """
    wanted = wanted or Filter()
    found = find_plan(reader, plan, point.known_at)
    records = reader.records(found.stream, upto=found.known.version)
    gone = annulled(reader.annulments(found.stream), found.known.version)
    whole = history_of(found, records, gone)
    kinds = {one.record.version: one for one in variations(whole, date.max)}
    names = names_of(reader, found)
    owned = _owned(reader, found, whole.timelines.objects("indicator/"), records)
    owned_gone = annulled(reader.annulments(found.administration_stream), found.administration_known.version)
    rows: list[tuple[tuple[datetime, int, int], dict[str, Any]]] = []
    review = review_stream(plan)
    review_known = reader.known(review, point.known_at).version
    reviews = reader.records(review, upto=review_known)
    review_gone = reader.annulled(review, review_known)
    for rank, (group, left_out) in enumerate([(owned, owned_gone), (records, gone), (reviews, review_gone)]):
        for record in group:
            if record.effective_on > point.as_of:
                continue
            variation = kinds.get(record.version) if group is records else None
            kind = variation.kind if variation else None
            if _matches(record, kind, wanted):
                row = _row(record, names)
                row["kind"] = kind
                row["direction"] = variation.direction if variation else None
                row["annulled"] = record.version in left_out
                row["before"] = variation.before if variation else _before(record)
                row["after"] = variation.after if variation else _after(record)
                rows.append(((record.recorded_at, rank, record.version), row))
    rows.sort(key=lambda pair: pair[0], reverse=True)
    shown = [row for _, row in rows[offset : None if limit is None else offset + limit]]
    texts = reader.texts([str(row[name]) for row in shown for name in ("justification", "note") if row[name]])
    removed = redactions(reader, [found.stream, found.administration_stream, review])
    for row in shown:
        row["redaction"] = removed.get(str(row["justification"])) or removed.get(str(row["note"]))
        row["redacted"] = any(row[n] and texts.get(str(row[n])) is None for n in ("justification", "note"))
        row["justification"] = texts.get(str(row["justification"]))
        row["note"] = texts.get(str(row["note"]))
        row["position"], row["hash"] = place_of(reader, str(row["stream"]), int(str(row["version"])))
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": found.known.version,
        "total": len(rows),
        "events": list(shown),
    }


def names_of(reader: Reader, found: PlanKnown) -> Names:
    """How the objects of a plan are called, by their latest title or name."""
    timelines = reader.timelines(found.stream, found.known.version)
    by_key: dict[str, str] = {}
    for kind, field in (("objective/", "title"), ("indicator/", "name")):
        for key in timelines.objects(kind):
            said = timelines.entries(key, field)
            code = timelines.entries(key, "code")
            words = [str(entries[-1].value) for entries in (code, said) if entries and entries[-1].value]
            by_key[key] = " ".join(words)
            series = timelines.entries(key, "series")
            if series:
                by_key[series_key(str(series[-1].value))] = by_key[key]
    return Names(by_key)


def _owned(reader: Reader, found: PlanKnown, indicators: list[str], records: list[Recorded]) -> list[Recorded]:
    """Of the administration's stream, what concerns the plan: its acts, the measurements of its series."""
    timelines = reader.timelines(found.stream, found.known.version)
    series = {str(e.value) for key in indicators for e in timelines.entries(key, "series")}
    acts = {record.act for record in records}
    kept: list[Recorded] = []
    for record in reader.records(found.administration_stream, upto=found.administration_known.version):
        event = record.event
        if isinstance(event, MeasurementRecorded | MeasurementRestated):
            if event.series in series or event.series.startswith(f"{found.plan}."):
                kept.append(record)
        elif any(fact.object.removeprefix("act/") in acts for fact in facts_of(event)):
            kept.append(record)
    return kept


def series_of_plan(reader: Reader, found: PlanKnown) -> set[str]:
    """The series that the indicators of a plan measure, or have measured."""
    timelines = reader.timelines(found.stream, found.known.version)
    return {str(e.value) for key in timelines.objects("indicator/") for e in timelines.entries(key, "series")}


def place_of(reader: Reader, stream: str, version: int) -> tuple[int, str]:
    """The position of an event in the log, and the first 16 hexadecimal digits of its leaf hash."""
    sql = """
SELECT e.position, l.hash FROM stored_events e
JOIN leaf l ON l.stream = e.originator_id AND l.version = e.originator_version
WHERE e.originator_id = ? AND e.originator_version = ?"""
    row = reader.cursor.execute(sql, (stream, version)).fetchone()
    return (int(row[0]), bytes(row[1]).hex()[:16]) if row else (0, "")


def _before(record: Recorded) -> JsonValue:
    before = getattr(record.event, "before", None)
    return before.model_dump(mode="json", exclude_none=True) if isinstance(before, BaseModel) else None


def _after(record: Recorded) -> JsonValue:
    stated = facts_of(record.event)
    return stated[0].value if len(stated) == 1 else {fact.field: fact.value for fact in stated}


def _object(record: Recorded) -> str | None:
    return next((fact.object for fact in facts_of(record.event)), None)


def _matches(record: Recorded, kind: str | None, wanted: Filter) -> bool:
    if wanted.since and record.effective_on < wanted.since:
        return False
    if wanted.until and record.effective_on > wanted.until:
        return False
    if wanted.actor and record.actor != wanted.actor:
        return False
    if wanted.kind and kind != wanted.kind:
        return False
    if wanted.event and record.event.topic != wanted.event:
        return False
    if wanted.role and role_of(record.actor) != wanted.role:
        return False
    if wanted.act and record.act != wanted.act:
        return False
    recorded_on = today(record.recorded_at)
    if wanted.recorded_since and recorded_on < wanted.recorded_since:
        return False
    if wanted.recorded_until and recorded_on > wanted.recorded_until:
        return False
    return not wanted.object or _concerns(record, wanted.object)


def _concerns(record: Recorded, one: str) -> bool:
    keys = {one, objective_key(one), indicator_key(one), series_key(one)}
    for fact in facts_of(record.event):
        if fact.object in keys or (fact.object.startswith("assignment/") and one in fact.object.split("/")[1:]):
            return True
        if fact.object.startswith("series/") and fact.object.rpartition(".")[2] == one:
            return True
    return False


def _row(record: Recorded, names: Names) -> dict[str, Any]:
    return {
        "sentence": sentence(record.event, names),
        "event": record.event.topic,
        "stream": record.stream,
        "version": record.version,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "actor": record.actor,
        "role": role_of(record.actor),
        "object": _object(record),
        "act": record.act,
        "cause": record.cause,
        "claim": record.claim,
        "restores": list(record.restores),
        "retrospective": record.retrospective,
        "command_id": record.command_id,
        "justification": record.justification,
        "note": record.note,
        "body": record.event.model_dump(mode="json", exclude_none=True),
    }
