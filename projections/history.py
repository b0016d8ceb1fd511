"""The history of an object: each value with who, when, by which act, why, and both dates."""

from datetime import date
from typing import Any

from domain.errors import NotFound
from domain.facts import facts_of, indicator_key, objective_key, series_key
from domain.plans.history import direction, history_of, plan_changes
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import Entry, annulled, annulments_in, place
from domain.vocabulary import JsonValue
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


def object_key(reader: Reader, found: PlanKnown, name: str) -> str:
    """The object that an id, a code or an exact name means: an indicator before an objective; NotFound otherwise.

    "objective/ID" and "indicator/ID" say which.
    """
    timelines = reader.timelines(found.stream, found.known.version)
    whole = name.startswith(("indicator/", "objective/"))
    for key in (name,) if whole else (indicator_key(name), objective_key(name)):
        if key.count("/") == 1 and timelines.known(key):
            return key
    wanted = name.casefold().strip()
    for kind, fields in (("indicator/", ("code", "name")), ("objective/", ("code", "title"))):
        agreeing = [
            key
            for key in timelines.objects(kind)
            if any(str(e.value).casefold() == wanted for field in fields for e in timelines.entries(key, field))
        ]
        if len(agreeing) == 1:
            return agreeing[0]
        if agreeing:
            which = ", ".join(key.partition("/")[2] for key in agreeing)
            raise NotFound(f"{name!r} può essere più cose", accepted=f"uno fra: {which}", where="object")
    raise NotFound(
        f"{name[:120]!r} non è nel piano",
        accepted="l'id (o il codice, o il nome) di un indicatore o obiettivo",
        where="object",
    )


def history(reader: Reader, plan: str, name: str, point: Point) -> dict[str, Any]:
    """Every value that an indicator or an objective has had, up to the date, as known at the point; newest last.

    What was annulled by then is there, and says so.
    """
    found = find_plan(reader, plan, point.known_at)
    key = object_key(reader, found, name)
    records = reader.records(found.stream, upto=found.known.version)
    gone = annulled(annulments_in(records), found.known.version)
    whole = history_of(plan, found.known.version, records, gone)
    kinds = {one.record.version: one for one in plan_changes(whole, date.max)}
    one = key.partition("/")[2]
    keys = {key, *(k for k in whole.timelines.objects("assignment/") if one in k.split("/")[1:])}
    rows: list[tuple[tuple[date, int], dict[str, Any]]] = []
    texts = reader.texts([r.justification for r in records] + [r.note for r in records])
    for record in records:
        if record.effective_on > point.as_of:
            continue
        for fact in facts_of(record.event):
            if fact.object not in keys:
                continue
            entries = whole.timelines.entries(fact.object, fact.field)
            earlier = [e for e in entries if place(e) < (record.effective_on, record.version)]
            before = earlier[-1].value if earlier else None
            row = _row(record, fact.field, before, fact.value, texts)
            row["annulled"] = record.version in gone
            variation = kinds.get(record.version)
            row["kind"] = variation.kind if variation else None
            if fact.field.startswith("target/"):
                row["direction"] = direction(whole.state(record.effective_on), record.event, before, fact.value)
            if fact.object != key:
                row["assignment"] = fact.object.removeprefix("assignment/")
            rows.append(((record.effective_on, record.version), row))
    series = whole.timelines.entries(key, "series")
    return {
        "plan": plan,
        "object": key,
        "as_of": point.as_of.isoformat(),
        "version": found.known.version,
        "values": [row for _, row in sorted(rows, key=lambda pair: pair[0])],
        "measurements": _measurements(reader, found, str(series[-1].value), point) if series else [],
    }


def _measurements(reader: Reader, found: PlanKnown, series: str, point: Point) -> list[Any]:
    timelines = reader.timelines(found.administration_stream, found.administration_known.version)
    fields = timelines.fields(series_key(series))
    versions = timelines.versions_of(series_key(series))
    records = {r.version: r for r in reader.records(found.administration_stream, versions)}
    texts = reader.texts([r.note for r in records.values()])
    rows: list[Any] = []
    for period, entries in sorted(fields.items()):
        before: JsonValue = None
        for entry in entries:
            if entry.effective_on <= point.as_of:
                record = records[entry.version]
                rows.append(_row(record, period, before, entry.value, texts) | {"period": period})
                before = entry.value
    return rows


def _row(record: Recorded, field: str, before: JsonValue, value: JsonValue, texts: object) -> dict[str, Any]:
    words = texts if isinstance(texts, dict) else {}
    return {
        "field": field,
        "before": before,
        "value": value,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "version": record.version,
        "event": record.event.topic,
        "actor": record.actor,
        "act": record.act,
        "cause": record.cause,
        "claim": record.claim,
        "justification": words.get(record.justification),
        "note": words.get(record.note),
        "retrospective": record.retrospective,
    }


__all__ = ["Entry", "history", "object_key"]
