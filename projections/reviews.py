"""What the OIV said of a plan and was answered, and the log of its diligence."""

from typing import Any

from domain.oiv.events import AnswerGiven, RemarkMade, RequestMade, SampleDrawn
from projections.audit import names_of
from projections.proof.redactions import redactions
from projections.roles import role_of
from projections.sentences import sentence
from projections.store.envelope import write_instant
from projections.store.point import Point
from projections.store.reader import Reader
from projections.streams import diligence_stream, find_plan, review_stream


def reviews(reader: Reader, plan: str, point: Point) -> dict[str, Any]:
    """Opinions, remarks, requests, answers, validations, samples and answers to flags, in order.

    `open` are the remarks and requests that no answer names.
    """
    found = _listed(reader, plan, review_stream(plan), point)
    events = found["records"]
    answered = {record.event.to for record in events if isinstance(record.event, AnswerGiven)}
    named = [r.event.remark for r in events if isinstance(r.event, RemarkMade)]
    named += [r.event.request for r in events if isinstance(r.event, RequestMade)]
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "events": found["events"],
        "open": [name for name in named if name not in answered],
        "samples": [
            {"version": r.version, **r.event.model_dump(mode="json")}
            for r in events
            if isinstance(r.event, SampleDrawn)
        ],
    }


def diligence(reader: Reader, plan: str, point: Point) -> dict[str, Any]:
    """What the OIV opened, drew and took away, in order."""
    opened = _listed(reader, plan, diligence_stream(plan), point)["events"]
    drawn = [
        one for one in _listed(reader, plan, review_stream(plan), point)["events"] if one["event"] == "sample-drawn"
    ]
    events = sorted([*opened, *drawn], key=lambda one: str(one["recorded_at"]))
    return {"plan": plan, "as_of": point.as_of.isoformat(), "events": events}


def _listed(reader: Reader, plan: str, stream: str, point: Point) -> dict[str, Any]:
    found = find_plan(reader, plan, point.known_at)
    names = names_of(reader, found)
    known = reader.known(stream, point.known_at)
    gone = reader.annulled(stream, known.version)
    records = [
        record
        for record in reader.records(stream, upto=known.version)
        if record.version not in gone and record.effective_on <= point.as_of
    ]
    texts = reader.texts([record.note for record in records])
    removed = redactions(reader, [stream])
    return {
        "records": records,
        "events": [
            {
                "version": record.version,
                "event": record.event.topic,
                "sentence": sentence(record.event, names),
                "on": record.effective_on.isoformat(),
                "recorded_at": write_instant(record.recorded_at),
                "actor": record.actor,
                "role": role_of(record.actor),
                "words": texts.get(record.note or ""),
                "redaction": removed.get(record.note or ""),
                "body": record.event.model_dump(mode="json", exclude_none=True),
            }
            for record in records
        ],
    }
