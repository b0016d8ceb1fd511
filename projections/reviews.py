"""What the OIV said of a plan and was answered, and the log of its diligence."""

from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.indicators.series import series_of
from domain.oiv.decide import ranking
from domain.oiv.events import SampleDrawn
from domain.oiv.reviewed import comes_again, population, unanswered
from domain.point import Point
from domain.recording import Recorded
from domain.vocabulary import Identifier, JsonValue, Line, Year
from projections.answers import ActorShown, Count, Day, Digest, Instant, Name, Text, Version
from projections.audit import names_of
from projections.proof.redactions import Redaction, redactions
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, diligence_stream, find_plan, review_stream

Words = Annotated[str, Field(max_length=20_000)]
"""What somebody said, whole."""


class ReviewRow(TypedDict):
    """Un atto dell'OIV, una risposta dell'ufficio, o una riga del diario."""

    version: Version
    event: Name
    sentence: Text
    on: Day
    recorded_at: Instant
    actor: ActorShown
    role: Name
    words: Words | None
    redaction: Redaction | None
    body: dict[str, JsonValue]


class SampleRow(TypedDict):
    """Un campione estratto a sorte: il seme, e le misurazioni (serie, periodo, versione) estratte."""

    version: Version
    sample: Identifier
    year: Year
    seed: Line
    known: Version
    population: Count
    drawn: list[Text]


class Reviews(TypedDict):
    """Gli atti dell'OIV e le risposte; `open` sono rilievi e richieste senza risposta."""

    plan: Identifier
    as_of: Day
    events: list[ReviewRow]
    open: list[Identifier]
    samples: list[SampleRow]


class Ranked(TypedDict):
    """Una misurazione (serie, periodo, versione) e l'impronta che le dà il suo posto nell'estrazione."""

    hash: Digest
    measurement: Text


class SampleAgain(TypedDict):
    """Un campione estratto di nuovo, fra ciò che era noto allora; `same` dice se è quello registrato."""

    plan: Identifier
    sample: Identifier
    year: Year
    seed: Line
    known: Version
    recorded_at: Instant
    population: Count
    drawn: list[Text]
    same: bool
    ranking: list[Ranked]


class Diligence(TypedDict):
    """Il diario dell'OIV: che cosa ha aperto, estratto, portato via."""

    plan: Identifier
    as_of: Day
    events: list[ReviewRow]


class _Listed(NamedTuple):
    """The events of a stream that hold at a point, and their rows."""

    records: list[Recorded]
    rows: list[ReviewRow]


def reviews(reader: Reader, plan: str, point: Point) -> Reviews:
    """Opinions, remarks, requests, answers, validations, samples and answers to flags, in order.

    `open` are the remarks and requests that no answer names.
    """
    listed = _listed(reader, plan, review_stream(plan), point)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "events": listed.rows,
        "open": unanswered([record.event for record in listed.records]),
        "samples": [
            _sample(record.version, record.event) for record in listed.records if isinstance(record.event, SampleDrawn)
        ],
    }


def _sample(version: int, event: SampleDrawn) -> SampleRow:
    return {
        "version": version,
        "sample": event.sample,
        "year": event.year,
        "seed": event.seed,
        "known": event.known,
        "population": event.population,
        "drawn": list(event.drawn),
    }


def diligence(reader: Reader, plan: str, point: Point) -> Diligence:
    """What the OIV opened, drew and took away, in order."""
    opened = _listed(reader, plan, diligence_stream(plan), point).rows
    reviewed = _listed(reader, plan, review_stream(plan), point).rows
    samples = [row for row in reviewed if row["event"] == SampleDrawn.topic]
    events = sorted([*opened, *samples], key=lambda row: row["recorded_at"])
    return {"plan": plan, "as_of": point.as_of.isoformat(), "events": events}


def sample_again(reader: Reader, plan: str, sample: str) -> SampleAgain:
    """A sample drawn again from its seed, among what was known when it was drawn, whatever came later.

    `ranking` is the whole population in the order of the draw: anybody can work out each `hash` and compare.
    """
    find_plan(reader, plan)
    samples = {
        record.event.sample: (record, record.event)
        for record in reader.records(review_stream(plan))
        if isinstance(record.event, SampleDrawn)
    }
    if sample not in samples:
        accepted = f"uno fra: {', '.join(samples) or 'nessuno finora'}"
        raise NotFound(f"il campione {sample[:120]!r} non c'è", accepted=accepted, where="sample")
    record, event = samples[sample]
    known = find_plan(reader, plan, record.recorded_at)
    known = known._replace(administration_known=known.administration_known._replace(version=event.known))
    ranked = ranking(measurements_to_draw(reader, known, event.year), event.seed)
    return {
        "plan": plan,
        "sample": sample,
        "year": event.year,
        "seed": event.seed,
        "known": event.known,
        "recorded_at": write_instant(record.recorded_at),
        "population": len(ranked),
        "drawn": list(event.drawn),
        "same": comes_again(event, ranked),
        "ranking": [{"hash": digest, "measurement": measurement} for digest, measurement in ranked],
    }


def measurements_to_draw(reader: Reader, known: PlanKnown, year: int) -> list[str]:
    """The measurements of a plan's series that a draw is made from."""
    stream, version = known.administration_stream, known.administration_known.version
    annulled = reader.annulled(stream, version)
    counting = (record for record in reader.records(stream, upto=version) if record.version not in annulled)
    return population(counting, series_of(reader.timelines(known.stream, known.known.version)), year)


def _listed(reader: Reader, plan: str, stream: str, point: Point) -> _Listed:
    names = names_of(reader, find_plan(reader, plan, point.known_at))
    version = reader.known(stream, point.known_at).version
    annulled = reader.annulled(stream, version)
    records = [
        record
        for record in reader.records(stream, upto=version)
        if record.version not in annulled and record.effective_on <= point.as_of
    ]
    texts = reader.texts([record.note for record in records], stream)
    removed = redactions(reader, [stream])
    rows: list[ReviewRow] = [
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
    ]
    return _Listed(records, rows)
