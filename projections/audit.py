"""The audit trail: every event that concerns a plan, newest first, one sentence each, filtered."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel
from typing_extensions import TypedDict

from domain.administrations.events import ActRegistered
from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import ChangeKind
from domain.errors import NotFound
from domain.indicators.series import series_of
from domain.names import Names
from domain.oiv.events import OpinionGiven, RemarkMade, RequestMade
from domain.plans.concerned import concerning_plan, concerns_object
from domain.plans.history import Direction, PlanChange, history_of, plan_changes
from domain.plans.object_names import names_in
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Recorded
from domain.timelines import annulled
from domain.vocabulary import Cause, Claim, Identifier, JsonValue
from projections.answers import Count, Day, Instant, Name, OfPlan, PageCursor, ShortHash, Text, Version
from projections.history import object_key
from projections.plan_history import systems_of
from projections.proof.redactions import Redaction, redactions
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.owners import LEAF_OF_EVENT, OF_STREAM
from projections.store.reader import Reader
from projections.streams import PLANS, REVIEWS, PlanKnown, find_plan, proposals_stream, review_stream


class Filter(NamedTuple):
    """What of the trail is wanted; every part that is said must hold.

    Dates, all included, are of effect, or of recording in Rome; `event` is a topic; `text` is looked for in the
    sentence, the justification and the note, whatever the case, and never in what was redacted; `place` is the stream and version of one event.
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
    place: tuple[str, int] | None = None


class AuditRow(TypedDict):
    """Un evento del registro, in una frase."""

    sentence: Text
    event: Name
    stream: Text
    version: Version
    position: Version
    effective_on: Day
    recorded_at: Instant
    hash: ShortHash
    actor: Name
    role: Name
    object: Text | None
    before: JsonValue
    after: JsonValue
    act: Identifier | None
    cause: Cause | None
    claim: Claim | None
    restores: list[Version]
    retrospective: bool
    command_id: Name
    justification: Text | None
    note: Text | None
    redacted: bool
    redaction: Redaction | None
    kind: ChangeKind | None
    direction: Direction | None
    annulled: bool
    body: dict[str, JsonValue]


class AuditEvents(OfPlan):
    """Eventi del registro, dal più recente; `total` conta anche quelli delle altre pagine."""

    total: Count
    events: list[AuditRow]


class AuditTrail(AuditEvents):
    """Una pagina del registro, dal più recente."""

    next: PageCursor | None


class _Listed(NamedTuple):
    """An event that is in the trail, before its row is written."""

    record: Recorded
    rank: int
    variation: PlanChange | None
    annulled: bool

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Where it stands among the others."""
        return self.record.recorded_at, self.rank, self.record.version


def audit_trail(
    reader: Reader,
    plan: str,
    point: Point,
    criteria: Filter | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> AuditEvents:
    """The events of a plan, with the measurements of its series, the acts that it cites, what the OIV says, what is proposed.

    Newest first. `hash` is the beginning of the leaf hash of the event's bytes, by which its proof can be found.
    """
    criteria = criteria or Filter()
    known_plan = find_plan(reader, plan, point.known_at, even_discarded=True)
    owner = known_plan.administration_stream
    records = reader.plan_records(known_plan.stream, owner, upto=known_plan.known.version)
    left_out = annulled(reader.annulments(known_plan.stream), known_plan.known.version)
    plan_history = history_of(plan, known_plan.known.version, records, left_out, systems_of(reader, known_plan))
    by_version = {change.record.version: change for change in plan_changes(plan_history, date.max)}
    names = names_of(reader, known_plan)
    owned = _owned(reader, known_plan, records)
    owned_left_out = annulled(reader.annulments(owner), known_plan.administration_known.version)
    review = review_stream(plan)
    review_known = reader.known(review, point.known_at).version
    reviews = reader.records(review, upto=review_known)
    review_left_out = reader.annulled(review, review_known)
    beside = proposals_stream(plan)
    proposals = reader.records(beside, upto=reader.known(beside, point.known_at).version)
    _require_act(criteria.act, [*owned, *records, *reviews, *proposals])
    concerned = _Concerned(_object_id(reader, known_plan, criteria.object))
    listed: list[_Listed] = []
    groups = [(owned, owned_left_out), (records, left_out), (reviews, review_left_out), (proposals, set[int]())]
    for rank, (group, group_left_out) in enumerate(groups):
        for record in group:
            if record.effective_on > point.as_of or not concerned.by(record):
                continue
            variation = by_version.get(record.version) if group is records else None
            if _matches(record, variation.kind if variation else None, criteria):
                listed.append(_Listed(record, rank, variation, record.version in group_left_out))
    if criteria.text:
        listed = _saying(reader, listed, names, criteria.text)
    listed.sort(key=lambda event: event.order, reverse=True)
    page = listed[offset : None if limit is None else offset + limit]
    texts = reader.texts([text for event in page for text in _words_beside(event.record)], known_plan.stream)
    removed = redactions(reader, [known_plan.stream, owner, review, beside])
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": known_plan.known.version,
        "total": len(listed),
        "events": [_row(reader, event, names, texts, removed) for event in page],
    }


def names_of(reader: Reader, plan_known: PlanKnown) -> Names:
    """How the objects of a plan are called, by their latest title or name."""
    return names_in(reader.timelines(plan_known.stream, plan_known.known.version))


def _owned(reader: Reader, plan_known: PlanKnown, records: list[Recorded]) -> list[Recorded]:
    """Of the administration's stream, what concerns the plan."""
    timelines = reader.timelines(plan_known.stream, plan_known.known.version)
    owned = reader.records(plan_known.administration_stream, upto=plan_known.administration_known.version)
    acts, last_year = {record.act for record in records}, PlanState(timelines, date.max).last_year
    return concerning_plan(owned, plan_known.plan, series_of(timelines), acts, last_year)


_PLACES = f"SELECT e.originator_version, e.position, ({LEAF_OF_EVENT}) AS leaf FROM stored_events e WHERE {OF_STREAM}"  # noqa: S608


def place_of(reader: Reader, stream: str, version: int) -> tuple[int, str]:
    """The position of an event in the log, and the first 16 hexadecimal digits of its leaf hash."""
    params = *reader.key(stream), version
    row = reader.cursor_of([stream]).execute(f"{_PLACES} AND originator_version = ?", params).fetchone()
    return (int(row[1]), bytes(row[2]).hex()[:16]) if row and row[2] else (0, "")


def places_of(reader: Reader, stream: str) -> dict[int, tuple[int, str]]:
    """The same of every event of a stream, by version."""
    rows = reader.cursor_of([stream]).execute(_PLACES, reader.key(stream)).fetchall()
    return {int(version): (int(position), bytes(leaf).hex()[:16]) for version, position, leaf in rows if leaf}


def _before(record: Recorded) -> JsonValue:
    before = getattr(record.event, "before", None)
    return before.model_dump(mode="json", exclude_none=True) if isinstance(before, BaseModel) else None


def _after(record: Recorded) -> JsonValue:
    stated = record.event.facts()
    return stated[0].value if len(stated) == 1 else {fact.field: fact.value for fact in stated}


def _object(record: Recorded) -> str | None:
    return next((fact.object for fact in record.event.facts()), None)


def _require_act(act: str | None, records: Iterable[Recorded]) -> None:
    """Refuses an act that the trail does not have, with those that it has."""
    there = dict.fromkeys(id_ for record in records for id_ in (record.act, _registered(record)) if id_)
    if act is not None and act not in there:
        raise NotFound(f"l'atto {act[:80]!r} non c'è nel registro", accepted=", ".join(there) or "nessuno", where="act")


def _matches(record: Recorded, kind: str | None, criteria: Filter) -> bool:
    if criteria.place and criteria.place != (record.stream, record.version):
        return False
    if criteria.since and record.effective_on < criteria.since:
        return False
    if criteria.until and record.effective_on > criteria.until:
        return False
    if criteria.actor and record.actor != criteria.actor:
        return False
    if criteria.kind and kind != criteria.kind:
        return False
    if criteria.event and record.event.topic != criteria.event:
        return False
    if criteria.role and role_of(record.actor) != criteria.role:
        return False
    if criteria.act and criteria.act not in {record.act, _registered(record)}:
        return False
    if criteria.cause and record.cause != criteria.cause:
        return False
    recorded_on = today(record.recorded_at)
    if criteria.recorded_since and recorded_on < criteria.recorded_since:
        return False
    return not criteria.recorded_until or recorded_on <= criteria.recorded_until


def _object_id(reader: Reader, plan_known: PlanKnown, name: str | None) -> str | None:
    """The id of an object that is called by its code or name; what is no object of the plan is taken as it is."""
    if name is None:
        return None
    try:
        return object_key(reader, plan_known, name).partition("/")[2]
    except NotFound:
        return name


class _Concerned:
    """Whether records concern an object: their own, what the OIV says of it, and the annulment of any of them."""

    def __init__(self, id_: str | None) -> None:
        self.id = id_
        self._places: set[tuple[str, int]] = set()

    def by(self, record: Recorded) -> bool:
        """Asked of the records of a stream in their order: an annulment names earlier ones."""
        if not self.id:
            return True
        event = record.event
        versions = event.versions if isinstance(event, EventsAnnulled | OpinionGiven | RemarkMade | RequestMade) else ()
        stream = record.stream if isinstance(event, EventsAnnulled) else record.stream.replace(REVIEWS, PLANS, 1)
        concerned = concerns_object(event, self.id) or any((stream, version) in self._places for version in versions)
        if concerned:
            self._places.add((record.stream, record.version))
        return concerned


def _registered(record: Recorded) -> str | None:
    return record.event.act.id if isinstance(record.event, ActRegistered) else None


def _words_beside(record: Recorded) -> list[str | None]:
    """The digests of the words beside an event; a document that lies there is for programs, and not read."""
    return [record.justification, None if record.event.holds_document else record.note]


def _saying(reader: Reader, listed: list[_Listed], names: Names, query: str) -> list[_Listed]:
    stream = listed[0].record.stream if listed else ""
    texts = reader.texts([text for event in listed for text in _words_beside(event.record)], stream)
    folded_query = query.casefold()

    def says(record: Recorded) -> bool:
        words = (record.event.sentence(names), texts.get(record.justification or ""), texts.get(record.note or ""))
        return any(folded_query in text.casefold() for text in words if text)

    return [event for event in listed if says(event.record)]


def _row(
    reader: Reader,
    listed: _Listed,
    names: Names,
    texts: Mapping[str, str | None],
    removed: Mapping[str, Redaction],
) -> AuditRow:
    record, variation = listed.record, listed.variation
    digests = (record.justification or "", record.note or "")
    position, hash_ = place_of(reader, record.stream, record.version)
    return {
        "sentence": record.event.sentence(names),
        "event": record.event.topic,
        "stream": record.stream,
        "version": record.version,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "actor": record.actor,
        "role": role_of(record.actor),
        "object": _object(record),
        "act": record.act,
        "cause": record.cause,
        "claim": record.claim,
        "restores": list(record.restores),
        "retrospective": record.retrospective,
        "command_id": record.command_id,
        "justification": texts.get(digests[0]),
        "note": texts.get(digests[1]),
        "body": record.event.model_dump(mode="json", exclude_none=True),
        "kind": variation.kind if variation else None,
        "direction": variation.direction if variation else None,
        "annulled": listed.annulled,
        "before": variation.before if variation else _before(record),
        "after": variation.after if variation else _after(record),
        "redaction": removed.get(digests[0]) or removed.get(digests[1]),
        "redacted": any(digest and texts.get(digest) is None for digest in _words_beside(record))
        or (record.event.holds_document and digests[1] in removed),
        "position": position,
        "hash": hash_,
    }
