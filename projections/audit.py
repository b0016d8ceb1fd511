"""The audit trail: every event that concerns a plan, newest first, one sentence each, filtered."""

from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.administrations.events import ActRegistered
from domain.annulments.events import EventsAnnulled
from domain.errors import NotFound
from domain.facts import facts_of, indicator_key, objective_key, series_key
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.oiv.events import OpinionGiven, RemarkMade, RequestMade
from domain.plans.history import history_of, plan_changes
from domain.point import Point, today
from domain.recording import Recorded
from domain.timelines import annulled
from domain.vocabulary import JsonValue
from projections.history import object_key
from projections.proof.redactions import redactions
from projections.roles import role_of
from projections.sentences import Names, sentence
from projections.store.reader import Reader
from projections.streams import PLANS, REVIEWS, PlanKnown, find_plan, review_stream


class Filter(NamedTuple):
    """What of the trail is wanted; every part that is said must hold.

    Dates, all included, are of effect, or of recording in Rome; `event` is a topic; `text` is looked for in the
    sentence, the justification and the note, whatever the case, and never in what was redacted.
    """

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
    cause: str | None = None
    text: str | None = None


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
    whole = history_of(plan, found.known.version, records, gone)
    kinds = {one.record.version: one for one in plan_changes(whole, date.max)}
    names = names_of(reader, found)
    owned = _owned(reader, found, whole.timelines.objects("indicator/"), records)
    owned_gone = annulled(reader.annulments(found.administration_stream), found.administration_known.version)
    rows: list[tuple[tuple[datetime, int, int], dict[str, Any]]] = []
    concerned = _Concerned(_object_id(reader, found, wanted.object))
    review = review_stream(plan)
    review_known = reader.known(review, point.known_at).version
    reviews = reader.records(review, upto=review_known)
    review_gone = reader.annulled(review, review_known)
    for rank, (group, left_out) in enumerate([(owned, owned_gone), (records, gone), (reviews, review_gone)]):
        for record in group:
            if record.effective_on > point.as_of or not concerned.by(record):
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
    if wanted.text:
        rows = _saying(reader, rows, wanted.text)
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


_PLACES = """
SELECT e.originator_version, e.position, l.hash FROM stored_events e
JOIN leaf l ON l.stream = e.originator_id AND l.version = e.originator_version
WHERE e.originator_id = ?"""


def place_of(reader: Reader, stream: str, version: int) -> tuple[int, str]:
    """The position of an event in the log, and the first 16 hexadecimal digits of its leaf hash."""
    row = reader.cursor.execute(f"{_PLACES} AND e.originator_version = ?", (stream, version)).fetchone()
    return (int(row[1]), bytes(row[2]).hex()[:16]) if row else (0, "")


def places_of(reader: Reader, stream: str) -> dict[int, tuple[int, str]]:
    """The same of every event of a stream, by version."""
    rows = reader.cursor.execute(_PLACES, (stream,)).fetchall()
    return {int(version): (int(position), bytes(leaf).hex()[:16]) for version, position, leaf in rows}


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
    if wanted.act and wanted.act not in {record.act, _registered(record)}:
        return False
    if wanted.cause and record.cause != wanted.cause:
        return False
    recorded_on = today(record.recorded_at)
    if wanted.recorded_since and recorded_on < wanted.recorded_since:
        return False
    return not wanted.recorded_until or recorded_on <= wanted.recorded_until


def _object_id(reader: Reader, found: PlanKnown, name: str | None) -> str | None:
    """The id of an object that is called by its code or name; what is no object of the plan is taken as it is."""
    if name is None:
        return None
    try:
        return object_key(reader, found, name).partition("/")[2]
    except NotFound:
        return name


class _Concerned:
    """Whether records concern an object: their own, what the OIV says of it, and the annulment of any of them."""

    def __init__(self, one: str | None) -> None:
        self.one = one
        self._places: set[tuple[str, int]] = set()

    def by(self, record: Recorded) -> bool:
        """Asked of the records of a stream in their order: an annulment names earlier ones."""
        if not self.one:
            return True
        event = record.event
        named = event.versions if isinstance(event, EventsAnnulled | OpinionGiven | RemarkMade | RequestMade) else ()
        stream = record.stream if isinstance(event, EventsAnnulled) else record.stream.replace(REVIEWS, PLANS, 1)
        concerned = _concerns(record, self.one) or any((stream, version) in self._places for version in named)
        if concerned:
            self._places.add((record.stream, record.version))
        return concerned


def _registered(record: Recorded) -> str | None:
    return record.event.act.id if isinstance(record.event, ActRegistered) else None


def _saying(
    reader: Reader, rows: list[tuple[tuple[datetime, int, int], dict[str, Any]]], wanted: str
) -> list[tuple[tuple[datetime, int, int], dict[str, Any]]]:
    texts = reader.texts([str(row[name]) for _, row in rows for name in ("justification", "note") if row[name]])
    sought = wanted.casefold()

    def says(row: dict[str, Any]) -> bool:
        words = (row["sentence"], *(texts.get(str(row[name])) or "" for name in ("justification", "note")))
        return any(sought in str(one).casefold() for one in words)

    return [pair for pair in rows if says(pair[1])]


def _concerns(record: Recorded, one: str) -> bool:
    keys = {one, objective_key(one), indicator_key(one), series_key(one)}
    if getattr(record.event, "about", None) in keys or getattr(record.event, "into", None) == one:
        return True
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
