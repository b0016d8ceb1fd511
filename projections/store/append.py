"""An append: what it writes beside the events, on any store: facts, annulments, texts, the receipt of the command.

Everything is computed and validated before the transaction; inside it there is SQL only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from eventsourcing.persistence import StoredEvent

from domain.access.events import PersonErased
from domain.annulments.events import EventsAnnulled
from domain.errors import StoreRefused
from domain.installation.events import SigningKeyEvent
from domain.installation.succession import INSTALLATION, SuccessionBroken, require_key_in_place
from domain.plans.events import PlanDrafted
from domain.proof.merkle import Edge, leaf_hash, unpacked
from domain.proof.public_keys import read_public
from domain.recording import Pending, SaltedText
from domain.redactions.events import TextRedacted
from domain.timelines import Cell, annulled
from initinere_verify.slots import subject_of
from initinere_verify.trees import read_key
from projections.store.cursor import Cursor
from projections.store.envelope import Recordable, read_envelope, read_instant, receipt_digest, stamp
from projections.store.facts import MAX_VERSIONS, FactRow, FactTable, day_number, fact_rows
from projections.store.owners import NOBODY, OF_STREAM, PLAN, StreamKey, receipt_owner
from projections.store.request_digest import blinded
from projections.store.schema import ANNULMENT_COLUMNS


class Append(NamedTuple):
    """One append: the command that it answers, what is asked of each stream, and the answer to keep."""

    command_id: str
    request: str
    actor: str
    streams: tuple["StreamAppend", ...]
    answer: str = ""


class StreamAppend(NamedTuple):
    """The events that go to one stream, after the version that they were decided on."""

    stream: str
    expected: int
    pending: tuple[Pending, ...]

    @property
    def last(self) -> int:
        """The version of the stream after this append."""
        return self.expected + len(self.pending)


class Prepared(NamedTuple):
    """The rows of one append, ready to be written."""

    append: Append
    facts: dict[str, list[FactRow]]
    texts: dict[str, list[SaltedText]]
    bodies: list[list[bytes]]
    """Of the events of each stream that it writes to, in their order."""

    def cells(self, stream: str) -> frozenset[Cell]:
        """The fields of which it speaks in a stream."""
        return frozenset((row.object, row.field) for row in self.facts[stream])

    def redacts(self) -> bool:
        """Whether it removes a text by order."""
        return any(isinstance(p.event, TextRedacted) for part in self.append.streams for p in part.pending)

    def erases_people(self) -> bool:
        """Whether the person of an account is erased with it."""
        return any(isinstance(p.event, PersonErased) for part in self.append.streams for p in part.pending)

    def recordables(self) -> list[Recordable]:
        """The events in the order of their positions; the first of each stream carries the digest of the receipt."""
        _, request, actor, _, answer = self.append
        digest = receipt_digest(request, answer)
        return [
            Recordable(
                part.stream,
                part.expected + place,
                pending,
                actor,
                self.append.command_id,
                digest if place == 1 and request else None,
                body,
            )
            for part, bodies in zip(self.append.streams, self.bodies, strict=True)
            for place, (pending, body) in enumerate(zip(part.pending, bodies, strict=True), start=1)
        ]


def prepare(append: Append) -> Prepared:
    """Computes every row of an append: nothing is left to fail inside the transaction but the database.

    StoreRefused past the last version that a stream can have.
    """
    if too_long := next((part.stream for part in append.streams if part.last >= MAX_VERSIONS), None):
        detail = f"{too_long} ha già {MAX_VERSIONS - 1} eventi, o quasi"
        raise StoreRefused(detail, accepted="un piano nuovo, che gli succede")
    facts: dict[str, list[FactRow]] = {}
    texts: dict[str, list[SaltedText]] = {}
    bodies = [[pending.event.body() for pending in part.pending] for part in append.streams]
    for part, made in zip(append.streams, bodies, strict=True):
        rows = facts.setdefault(part.stream, [])
        for version, (pending, body) in enumerate(zip(part.pending, made, strict=True), start=part.expected + 1):
            rows += fact_rows(pending.event.facts_beside(body), pending.effective_on, version)
            texts.setdefault(part.stream, []).extend(
                text for text in (pending.justification, pending.note) if text is not None
            )
    return Prepared(append, facts, texts, bodies)


def drafted_in(parts: Iterable[StreamAppend]) -> dict[str, str]:
    """The streams of the plans that an append begins, with the administration that drafts each."""
    return {
        part.stream: part.pending[0].event.administration
        for part in parts
        if not part.expected
        and part.stream.startswith(PLAN)
        and part.pending
        and isinstance(part.pending[0].event, PlanDrafted)
    }


def stream_keys(parts: Sequence[StreamAppend], key: Callable[[str], StreamKey]) -> dict[str, StreamKey]:
    """The key of each stream of an append; those of a plan that it begins are of whoever drafts it."""
    drafted = drafted_in(parts)
    owners = {part.stream: drafted.get(subject_of(part.stream)) for part in parts}
    return {stream: key(stream) if owner is None else StreamKey(owner, stream) for stream, owner in owners.items()}


class Head(NamedTuple):
    """Where a stream stands: its last version, the instant of its last append, its greatest effective date."""

    version: int = 0
    recorded_at: str = ""
    horizon: int = 0


def read_head(cursor: Cursor, key: StreamKey) -> Head:
    """The head of a stream; the head of nothing when the stream is not there."""
    sql = f"SELECT last, recorded_at, horizon FROM append WHERE {OF_STREAM} ORDER BY recorded_at DESC LIMIT 1"  # noqa: S608
    row = cursor.execute(sql, key).fetchone()
    return Head(*row) if row else Head()


def next_instant(heads: Iterable[Head], now: datetime) -> datetime:
    """The instant of this append: now, or a microsecond after the last of its streams when the clock does not rise."""
    last = max((head.recorded_at for head in heads), default="")
    now = now.astimezone(UTC)
    return max(now, read_instant(last) + timedelta(microseconds=1)) if last else now


def record_rows(
    stored_events: Sequence[StoredEvent], keys: Mapping[str, StreamKey], recorded_at: str
) -> list[tuple[str, object, int, str, bytes]]:
    """The rows of the record: whose each event is, its stream and version, its topic, its bytes with the instant in them."""
    return [
        (
            keys[str(event.originator_id)].administration,
            event.originator_id,
            event.originator_version,
            event.topic,
            stamp(event.state, recorded_at),
        )
        for event in stored_events
    ]


def write(
    cursor: Cursor,
    table: FactTable,
    prepared: Prepared,
    keys: Mapping[str, StreamKey],
    heads: Mapping[str, Head],
    recorded_at: str,
    states: Sequence[bytes],
) -> None:
    """Writes what goes with the events, in their transaction; `states` are their bytes as stored, in order."""
    stored = iter(states)
    if drafted := drafted_in(prepared.append.streams):
        cursor.executemany(
            "INSERT INTO plan_owner (originator_id, administration) VALUES (?, ?)", list(drafted.items())
        )
    for part in prepared.append.streams:
        key = keys[part.stream]
        require_succession(cursor, part)
        horizon = max(heads[part.stream].horizon, *(day_number(pending.effective_on) for pending in part.pending))
        cursor.execute(
            "INSERT INTO append (administration, originator_id, recorded_at, first, last, horizon) VALUES (?, ?, ?, ?, ?, ?)",
            (*key, recorded_at, part.expected + 1, part.last, horizon),
        )
        write_boundaries(
            cursor, key, [(p.effective_on, v) for v, p in enumerate(part.pending, start=part.expected + 1)]
        )
        write_leaves(cursor, key, [next(stored) for _ in part.pending])
        table.write(cursor, key, prepared.facts[part.stream])
        for version, pending in enumerate(part.pending, start=part.expected + 1):
            if isinstance(pending.event, EventsAnnulled):
                write_annulment(cursor, key, version, pending.event.versions)
            if isinstance(pending.event, TextRedacted):
                remove_words(cursor, key, pending.event.digests)
    cursor.executemany(
        "INSERT INTO text (administration, digest, salt, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (keys[stream].administration, text.digest, text.salt, text.text)
            for stream, texts in prepared.texts.items()
            for text in texts
        ],
    )
    cursor.execute(
        "INSERT INTO receipt (administration, command_id, request, answer) VALUES (?, ?, ?, ?)",
        (receipt_owner(keys.values()), prepared.append.command_id, prepared.append.request, prepared.append.answer),
    )


def require_succession(cursor: Cursor, part: StreamAppend) -> None:
    """SuccessionBroken where an append would break the succession of the signing keys; most say nothing of keys."""
    if part.stream != INSTALLATION and not any(isinstance(p.event, SigningKeyEvent) for p in part.pending):
        return
    sql = f"""
SELECT topic, state FROM stored_events
WHERE {OF_STREAM} AND originator_version <= ? ORDER BY originator_version"""  # noqa: S608 - our own words
    rows = cursor.execute(sql, (NOBODY, INSTALLATION, part.expected)).fetchall()
    recorded = [read_envelope(str(topic), bytes(state)).event for topic, state in rows]
    keys = [read_public(event.key) for event in recorded if isinstance(event, SigningKeyEvent)]
    for version, pending in enumerate(part.pending, start=part.expected + 1):
        require_key_in_place(pending.event, part.stream, version, keys)
        if isinstance(pending.event, SigningKeyEvent):
            _require_verifiable(pending.event)
            keys.append(read_public(pending.event.key))


def _require_verifiable(event: SigningKeyEvent) -> None:
    """SuccessionBroken for a key that the verifier takes for none: under some, one signature holds for every text."""
    try:
        read_key(event.key)
    except ValueError as error:
        found = f"il verificatore non prende per una chiave {event.key[:80]}"
        raise SuccessionBroken(found, accepted="una chiave fatta da initinere keys rotate") from error


def remove_words(cursor: Cursor, key: StreamKey, digests: Sequence[str]) -> None:
    """Removes texts that events of a stream name, and whatever else may hold their words or confirm a guess of them.

    Of the receipts: those of the commands that recorded the texts, and those that no event proves. Of the previews:
    all, for any file may hold the words.
    """
    cursor.executemany(
        "UPDATE text SET salt = '', text = NULL WHERE administration = ? AND digest = ?",
        [(key.administration, digest) for digest in digests],
    )
    cursor.execute("DELETE FROM preview")
    commands = set()
    for topic, state in cursor.execute(
        f"SELECT topic, state FROM stored_events WHERE {OF_STREAM} ORDER BY originator_version",  # noqa: S608
        key,
    ).fetchall():
        if any(digest.encode() in bytes(state) for digest in digests):
            commands.add(read_envelope(str(topic), bytes(state)).command_id)
    receipts = [
        row
        for command in sorted(commands)
        for row in cursor.execute(
            "SELECT administration, command_id, request FROM receipt WHERE command_id = ?", (command,)
        ).fetchall()
    ]
    sql = "SELECT administration, command_id, request FROM receipt WHERE answer LIKE ?"
    receipts += cursor.execute(sql, ('%"versions":{}%',)).fetchall()
    cursor.executemany(
        "UPDATE receipt SET request = ? WHERE administration = ? AND command_id = ?",
        [(blinded(str(request)), administration, command_id) for administration, command_id, request in receipts],
    )


def read_edge(cursor: Cursor, key: StreamKey) -> Edge:
    """The right edge of the tree of a stream; the empty tree when the stream is not there."""
    row = cursor.execute(f"SELECT size, nodes FROM edge WHERE {OF_STREAM}", key).fetchone()  # noqa: S608
    return unpacked(int(row[0]), bytes(row[1])) if row else Edge()


def write_leaves(cursor: Cursor, key: StreamKey, states: Sequence[bytes]) -> None:
    """Appends events, as their bytes lie, to the tree of their stream (RFC 9162, 2.1.1)."""
    before = read_edge(cursor, key)
    hashes = [leaf_hash(state) for state in states]
    cursor.executemany(
        "INSERT INTO leaf (administration, originator_id, version, hash) VALUES (?, ?, ?, ?)",
        [(*key, version, leaf) for version, leaf in enumerate(hashes, start=before.size + 1)],
    )
    edge = before.grown(hashes)
    sql = f"UPDATE edge SET size = ?, root = ?, nodes = ? WHERE {OF_STREAM}"  # noqa: S608
    if not before.size:
        sql = "INSERT INTO edge (size, root, nodes, administration, originator_id) VALUES (?, ?, ?, ?, ?)"
    cursor.execute(sql, (edge.size, edge.root, edge.packed(), *key))


def write_boundaries(cursor: Cursor, key: StreamKey, effective: Sequence[tuple[date, int]]) -> None:
    """Writes the days on which something takes effect for the first time, of events in the order of their versions."""
    first: dict[int, int] = {}
    for day, version in effective:
        first.setdefault(day_number(day), version)
    cursor.executemany(
        "INSERT INTO boundary (administration, originator_id, day, version) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(*key, day, version) for day, version in first.items()],
    )


def write_annulment(
    cursor: Cursor, key: StreamKey, since: int, versions: Sequence[int], table: str = "annulment"
) -> None:
    """Writes whose state an annulment changes: what it names and, where it names an annulment, what that had named."""
    sql = f"SELECT since, version FROM {table} WHERE {OF_STREAM} AND named = 1"  # noqa: S608 - a name of ours
    rows = cursor.execute(sql, key).fetchall()
    annulled_by: dict[int, list[int]] = {}
    for by, version in rows:
        annulled_by.setdefault(by, []).append(version)
    annulled_before = annulled(annulled_by, since)
    annulled_after = annulled(annulled_by | {since: list(versions)}, since)
    changed = [
        (*key, v, since, int(v in annulled_after), int(v in versions))
        for v in sorted(annulled_before ^ annulled_after | set(versions))
    ]
    sql = f"INSERT INTO {table} ({', '.join(ANNULMENT_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
    cursor.executemany(sql, changed)
