"""What the OIV said of a plan and was answered, and the log of its diligence."""

from typing import Any

from domain.errors import NotFound
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.oiv.decide import ranking
from domain.oiv.events import AnswerGiven, RemarkMade, RequestMade, SampleDrawn
from domain.point import Point
from domain.vocabulary import period_year
from projections.audit import names_of, series_of_plan
from projections.proof.redactions import redactions
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, diligence_stream, find_plan, review_stream


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


def sample_again(reader: Reader, plan: str, sample: str) -> dict[str, Any]:
    """A sample drawn again from its seed, among what was known when it was drawn, whatever came later.

    `ranking` is the whole population in the order of the draw: anybody can work out each `hash` and compare.
    """
    find_plan(reader, plan)
    records = {
        record.event.sample: (record, record.event)
        for record in reader.records(review_stream(plan))
        if isinstance(record.event, SampleDrawn)
    }
    if sample not in records:
        accepted = f"uno fra: {', '.join(records) or 'nessuno finora'}"
        raise NotFound(f"il campione {sample[:120]} non c'è", accepted=accepted, where="sample")
    record, event = records[sample]
    found = find_plan(reader, plan, record.recorded_at)
    found = found._replace(administration_known=found.administration_known._replace(version=event.known))
    everything = population(reader, found, event.year)
    ranked = ranking(everything, event.seed)
    drawn = tuple(one for _, one in ranked[: len(event.drawn)])
    return {
        "plan": plan,
        "sample": sample,
        "year": event.year,
        "seed": event.seed,
        "known": event.known,
        "recorded_at": write_instant(record.recorded_at),
        "population": len(everything),
        "drawn": list(event.drawn),
        "same": drawn == event.drawn and len(everything) == event.population,
        "ranking": [{"hash": digest, "measurement": one} for digest, one in ranked],
    }


def population(reader: Reader, found: PlanKnown, year: int) -> list[str]:
    """The measurements of a plan's series that a draw is made from: series, period and version of each that counts."""
    stream, known = found.administration_stream, found.administration_known.version
    gone = reader.annulled(stream, known)
    series = series_of_plan(reader, found)
    return [
        f"{record.event.series}\n{record.event.period}\n{record.version}"
        for record in reader.records(stream, upto=known)
        if isinstance(record.event, MeasurementRecorded | MeasurementRestated)
        and record.version not in gone
        and record.event.series in series
        and period_year(record.event.period) == year
    ]


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
                "sentence": record.event.sentence(names),
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
