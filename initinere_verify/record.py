"""The record: every event re-read and re-hashed, held against what was signed; the first that differs, named."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from initinere_verify.diagnosis import check_tree_tables, fault
from initinere_verify.rules import Rules
from initinere_verify.signed import (
    continues,
    handed_over,
    installation_trees,
    own_checkpoint,
)
from initinere_verify.sources import Record, Row, Verdict
from initinere_verify.stamps import check_stamp
from initinere_verify.succession import INSTALLATION, Anchor, Trusted, key_event_elsewhere, succession_of
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Growing,
    Head,
    by_name_and_id,
    leaf_hash,
    utf8,
)

SALT = re.compile(r"[0-9a-f]{32}")
"""A salt as it is made: nothing of a text can pass for a part of it."""
LATENESS = 60
"""Seconds by which an append may still have been under way when a checkpoint was made."""


def verify_record(
    record: Record,
    against: Checkpoint | None = None,
    known: Mapping[str, list[bytes]] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
    trusted: Trusted = Trusted(),  # noqa: B008 - it is never changed
) -> Verdict:
    """Verifies a record against its own checkpoints and one from outside; Failed at the first thing that fails.

    `known` are leaf hashes of streams from an older pack, that passed: they name the event that a rewriting changed.
    What follows from a key of `trusted`, signature by signature, is trusted.
    """
    handed: list[str] = []
    succession = succession_of(record.rows(INSTALLATION) if INSTALLATION in record.streams else ())
    keys = by_name_and_id(succession.all())
    checkpoints = [
        own_checkpoint(number, note, place, keys) for place, (number, note) in enumerate(record.checkpoints, 1)
    ]
    _rising(checkpoints)
    stamped = [
        _stamped(checkpoint, record.stamps[checkpoint.number])
        for checkpoint in checkpoints
        if checkpoint.number in record.stamps
    ]
    marks: dict[str, list[Head]] = {}
    for head in sorted(record.heads, key=lambda head: head.number):
        marks.setdefault(head.stream, []).append(head)
    published, holder, kept = trusted
    handed_over(record, kept, checkpoints, keys, known or {}, marks, "checkpoint conservato accanto alla chiave")
    against_key = handed_over(record, against, checkpoints, keys, known or {}, marks)
    installation_trees(checkpoints, record.heads, record.others)
    last_checkpoint = checkpoints[-1] if checkpoints else None
    for stream, heads in marks.items():
        if record.whole and stream not in record.streams:
            raise Failed(
                "stream_vanished",
                stream,
                f"{heads[-1].size} eventi, secondo il checkpoint n. {heads[-1].number}",
                "nessun evento",
            )
        if stream not in record.streams:
            continues(stream, heads, record.proofs.get(stream, []))
    events = uncovered = 0
    mentions: dict[str, tuple[str, int]] = {}
    redacted: dict[str, str] = {}
    for stream in record.streams:
        heads = marks.get(stream, [])
        known_leaves = (known or {}).get(stream, [])
        walk = Walk(
            stream,
            heads,
            [_since(checkpoints, head.number - 1) for head in heads] + [_since(checkpoints, len(checkpoints))],
            [],
        )
        size = _stream(record, walk, known_leaves, mentions, redacted, partial(_further, progress, events))
        if not heads and walk.backdated:
            raise Failed(
                "stream_new",
                stream,
                f"di averlo già nel {last_checkpoint}",
                f"{size} eventi, il primo registrato prima",
            )
        if walk.backdated:
            handed.append(_backdated(stream, walk.backdated))
        events, uncovered = events + size, uncovered + size - (heads[-1].size if heads else 0)
    if published is not None:  # whoever names the key of today settles what was lost before
        anchors = [Anchor(published, "chiave data, quella che l'ente pubblica")]
    else:
        anchors = [Anchor(against_key, "chiave del checkpoint consegnato")] if against_key else []
    anchors += [Anchor(holder, "chiave che sta accanto all'archivio")] if holder else []
    succession.check(checkpoints, marks.get(INSTALLATION, []), anchors)
    texts = _texts(record, mentions, redacted)
    old = {h.stream for h in record.heads if against and h.number <= against.number}
    new = sorted({*marks, *record.streams} - old) if against else []
    return Verdict(
        events,
        len(record.streams),
        len(checkpoints),
        texts,
        [redacted[digest] for digest in sorted(redacted)],
        uncovered,
        last_checkpoint,
        against,
        new,
        [*handed, *stamped],
        succession.keys,
        published,
    )


def _rising(checkpoints: list[Checkpoint]) -> None:
    """No checkpoint says that it was made before the one before it."""
    for before, after in pairwise(checkpoints):
        if datetime.fromisoformat(after.made_at) < datetime.fromisoformat(before.made_at):
            where = f"checkpoint n. {after.number} dell'archivio"
            raise Failed("tree_altered", where, f"un istante non prima del {before.made_at}", after.made_at)


def _stamped(checkpoint: Checkpoint, token: bytes) -> str:
    stamp = check_stamp(token, utf8(checkpoint.note), f"marca temporale del checkpoint n. {checkpoint.number}")
    by = f"firmata da {stamp.by} (certificato di {stamp.issuer}, SHA-256 {stamp.fingerprint})"
    return f"Il checkpoint n. {checkpoint.number} porta una marca temporale del {stamp.at}, {by}: se fidarsene, lo decide chi legge."


def _further(progress: Callable[[int], None], events_before: int, events_read: int) -> None:
    progress(events_before + events_read)


def _since(checkpoints: list[Checkpoint], number: int) -> str:
    """The instant before which an event that checkpoint `number` does not hold cannot honestly have been recorded."""
    if not number:
        return ""
    at = datetime.fromisoformat(checkpoints[number - 1].made_at) - timedelta(seconds=LATENESS)
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _backdated(stream: str, versions: list[int]) -> str:
    return (
        f"Attenzione: {len(versions)} eventi di {stream}, dal {versions[0]}, dicono di essere stati registrati prima di"
        " un checkpoint che non li conteneva: l'orologio era stato portato indietro, o quell'istante non è vero."
    )


class Walk(NamedTuple):
    """The walk over one stream: its signed heads, and from what instant on the events up to each may be dated.

    `backdated` are the versions of those that are dated before.
    """

    stream: str
    heads: list[Head]
    since: list[str]
    backdated: list[int]


def _stream(
    record: Record, walk: Walk, known_leaves: list[bytes],
    mentions: dict[str, tuple[str, int]], redacted: dict[str, str], progress: Callable[[int], None],
) -> int:  # fmt: skip
    """Every event of a stream: its bytes, its number, its place, and the root at each checkpoint (RFC 9162, 2.1.1)."""
    stream, heads = walk.stream, walk.heads
    tree, chain, waiting, since, last_position = Growing(), bytes(32), list(heads), list(walk.since), 0
    hashes: list[bytes] = []
    rules = Rules(stream)
    wrong: Failed | None = None
    for row in record.rows(stream):
        leaf = leaf_hash(row.state)
        tree.add(leaf)
        hashes.append(leaf)
        chain = hashlib.sha256(chain + row.position.to_bytes(8, "big", signed=True)).digest()
        try:
            event = _envelope(row.state)
        except ValueError:
            event = {}
        wrong = wrong or _columns(stream, row, event, len(hashes), last_position) or key_event_elsewhere(stream, event)
        wrong = wrong or rules.fault(event)
        last_position = row.position
        if str(event.get("recorded_at")) < since[0]:
            walk.backdated.append(row.version)
        if waiting and tree.size == waiting[0].size:
            head, _ = waiting.pop(0), since.pop(0)
            if wrong or tree.root != head.root:
                fault(record, stream, heads, known_leaves, head, wrong)
            if chain != head.positions:
                expected = f"le posizioni firmate dal checkpoint n. {head.number}"
                raise Failed(
                    "moved_event", f"{stream}, fra gli eventi fino al {head.size}", expected, "altre posizioni"
                )
        if wrong is None:
            _mentions(stream, event, mentions, redacted)
        if len(hashes) % 1000 == 0:
            progress(len(hashes))
    if waiting or wrong:
        fault(record, stream, heads, known_leaves, waiting[0] if waiting else None, wrong)
    check_tree_tables(record, stream, hashes, tree)
    progress(len(hashes))
    return len(hashes)


def _columns(stream: str, row: Row, event: Mapping[str, Any], version: int, last_position: int) -> Failed | None:
    """The columns say what the bytes say, the version is the next one, the place in the log is a later one."""
    where = f"{stream}, evento {row.version}"
    if row.version != version:
        return Failed("missing_event", f"{stream}, evento {version}", f"l'evento {version}", f"l'evento {row.version}")
    if not event:
        return Failed("altered_event", where, "un evento", "byte che non sono un evento")
    if (event.get("stream"), event.get("version")) != (stream, row.version):
        return Failed(
            "renumbered_event",
            where,
            f"{event.get('stream')}, evento {event.get('version')}, come dicono i byte",
            where,
        )
    if row.topic is not None and event.get("topic") != row.topic:
        return Failed("altered_event", where, f"tipo {event.get('topic')}, come dicono i byte", f"tipo {row.topic}")
    if row.position <= last_position:
        return Failed("moved_event", where, f"una posizione dopo la {last_position}", str(row.position))
    return None


# -- the texts beside the events ---------------------------------------------------------------------------------------


def _mentions(
    stream: str, event: Mapping[str, Any], mentions: dict[str, tuple[str, int]], redacted: dict[str, str]
) -> None:
    """Which texts an event names, and which it removes by order."""
    for name in ("justification", "note"):
        if event.get(name):
            mentions.setdefault(str(event[name]), (stream, event["version"]))
    if event["topic"] == "text-redacted":
        for digest in event["body"]["digests"]:
            redacted[digest] = (
                f"{digest[:23]}…, il {event['effective_on']}, atto {event.get('act')} ({stream}, evento {event['version']})"
            )


def _texts(record: Record, mentions: dict[str, tuple[str, int]], redacted: Mapping[str, str]) -> int:
    """Each text is the one whose salted digest its event holds; one that is not there was removed by order."""
    digests_read: set[str] = set()
    for digest, salt, text in record.texts():
        stream, version = mentions.get(digest, ("", 0))
        where = f"testo {digest[:23]}… ({stream}, evento {version})" if version else f"testo {digest[:40]}"
        if not version:
            raise Failed(
                "text_altered", where, "l'impronta di un testo che un evento nomina", "nessun evento la nomina"
            )
        if (text is None) != (digest in redacted):
            actual = (
                "nessun testo, e nessun ordine di oscurarlo"
                if text is None
                else "il testo oscurato per ordine è ricomparso"
            )
            raise Failed("text_altered", where, "un testo, o l'ordine di oscurarlo", actual)
        if text is not None and not SALT.fullmatch(salt):
            raise Failed("text_altered", where, "un sale di 32 cifre esadecimali", f"«{salt}»")
        if text is not None and "sha256:" + hashlib.sha256(utf8(f"{salt}\n{text}")).hexdigest() != digest:
            raise Failed("text_altered", where, digest, f"un testo con un'altra impronta: «{text[:80]}»")
        if text is None and salt:
            raise Failed("text_altered", where, "nulla, del testo oscurato", "il sale")
        digests_read.add(digest)
    for digest, (stream, version) in mentions.items():
        if digest not in digests_read:
            raise Failed("text_missing", f"{stream}, evento {version}", f"il testo {digest[:23]}…", "nessun testo")
    return len(digests_read)


def _envelope(state: bytes) -> dict[str, Any]:
    event = json.loads(state)
    if not isinstance(event, dict):
        raise ValueError(state[:40])  # noqa: TRY004 - one error for all that is no event
    return event
