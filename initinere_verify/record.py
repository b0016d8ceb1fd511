"""The record: every event re-read and re-hashed, held against what was signed; the first that differs, named."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from initinere_verify.diagnosis import diagnose, fault, kept
from initinere_verify.sources import Record, Row, Verdict
from initinere_verify.stamps import check_stamp
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Growing,
    Head,
    Key,
    consistent,
    decoded,
    leaf_hash,
    read_checkpoint,
    read_key,
    root_of,
    utf8,
)

LATENESS = 60
"""Seconds by which an append may still have been under way when a checkpoint was made."""


def verify_record(
    record: Record,
    against: Checkpoint | None = None,
    known: Mapping[str, list[bytes]] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Verdict:
    """Verifies a record against its own checkpoints and one from outside; Failed at the first thing that fails.

    `known` are leaf hashes of streams from an older pack, that passed: they name the event that a rewriting changed.
    """
    handed: list[str] = []
    keys = keys_of(record, handed)
    made = [_own_checkpoint(number, note, place, keys) for place, (number, note) in enumerate(record.checkpoints, 1)]
    stamped = [_stamped(one, record.stamps[one.number]) for one in made if one.number in record.stamps]
    marks: dict[str, list[Head]] = {}
    for head in sorted(record.heads, key=lambda one: one.number):
        marks.setdefault(head.stream, []).append(head)
    _against(record, against, made, keys, known or {}, marks)
    _installation_trees(made, record.heads)
    last = made[-1] if made else None
    for stream, heads in marks.items():
        if record.whole and stream not in record.streams:
            raise Failed(
                "stream_vanished",
                stream,
                f"{heads[-1].size} eventi, secondo il checkpoint n. {heads[-1].number}",
                "nessun evento",
            )
        if stream not in record.streams:
            _continues(stream, heads, record.proofs.get(stream, []))
    events = uncovered = 0
    named: dict[str, tuple[str, int]] = {}
    redacted: dict[str, str] = {}
    for stream in record.streams:
        heads = marks.get(stream, [])
        before = (known or {}).get(stream, [])
        size = _stream(record, stream, heads, before, named, redacted, partial(_further, progress, events))
        first = next(iter(record.rows(stream)), None)
        if (
            not heads
            and last
            and first
            and _seconds(last.made_at) - _seconds(str(_envelope(first.state)["recorded_at"])) > LATENESS
        ):
            raise Failed("stream_new", stream, f"di averlo già nel {last}", f"{size} eventi, il primo registrato prima")
        events, uncovered = events + size, uncovered + size - (heads[-1].size if heads else 0)
    texts = _texts(record, named, redacted)
    old = {h.stream for h in record.heads if against and h.number <= against.number}
    new = sorted(set(marks) - old) if against else []
    return Verdict(
        events,
        len(record.streams),
        len(made),
        texts,
        [redacted[one] for one in sorted(redacted)],
        uncovered,
        last,
        against,
        new,
        [*handed, *stamped],
    )


def _stamped(made: Checkpoint, token: bytes) -> str:
    stamp = check_stamp(token, utf8(made.note), f"marca temporale del checkpoint n. {made.number}")
    return f"Il checkpoint n. {made.number} porta una marca temporale del {stamp.at}, firmata da {stamp.by}."


def _further(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)


def keys_of(record: Record, notes: list[str] | None = None) -> list[Key]:
    """The keys of the installation, from its own events, the current one last.

    A new key bears the signature of the one before; where that was lost it does not, which `notes` then says.
    """
    keys: list[Key] = []
    for row in record.rows("installation") if "installation" in record.streams else ():
        try:
            event = json.loads(row.state)
            body = event["body"]
            if event["topic"] == "signing-key-rotated":
                text = f"in-itinere: la chiave che segue prende il posto di questa\n{body['key']}\n".encode()
                before = read_key(body["before"])
                signed = body.get("endorsement")
                if signed and not (before in keys and before.verifies(decoded(signed), text)):
                    where = f"installation, evento {row.version}"
                    raise Failed(
                        "other_key", where, "la firma della chiave precedente sulla nuova", "una firma non valida"
                    )
                if not signed and notes is not None:
                    words = (
                        f"La chiave {read_key(body['key']).id.hex()} non porta la firma della precedente, perduta: ciò"
                    )
                    notes.append(f"{words} che firma vale quanto la fiducia in chi la pubblica.")
            elif event["topic"] != "signing-key-made":
                continue
            keys.append(read_key(body["key"]))
        except (KeyError, TypeError, ValueError):
            continue  # the event itself will not pass
    return keys


def _own_checkpoint(number: int, note: str, place: int, keys: list[Key]) -> Checkpoint:
    where = f"checkpoint n. {number} dell'archivio"
    try:
        made = read_checkpoint(note, where)
        if keys:
            made.signed_by(keys, where)
    except (Failed, ValueError) as error:
        found = error.found if isinstance(error, Failed) else "un testo che non è un checkpoint"
        raise Failed("tree_altered", where, "il checkpoint come fu firmato", found) from None
    if not made.number == number == place:
        raise Failed("tree_altered", where, f"il checkpoint n. {place}", f"n. {made.number}")
    return made


def _against(
    record: Record, against: Checkpoint | None, made: list[Checkpoint], keys: list[Key],
    known: Mapping[str, list[bytes]], marks: Mapping[str, list[Head]],
) -> None:  # fmt: skip
    """Is the checkpoint from outside one that this record made? If not, says what became of it."""
    if against is None:
        return
    where = f"checkpoint consegnato, n. {against.number}"
    against.signed_by(keys, where)
    if any(one.root == against.root and one.number == against.number for one in made):
        return
    for stream, leaves in known.items():  # an older pack names the event
        rows = list(record.rows(stream)) if stream in record.streams else []
        diagnose(stream, rows, leaves, f"il {against}")
    last = made[-1] if made else None
    present = sum(heads[-1].size for heads in marks.values())
    if last is None or last.number < against.number:
        expected = f"almeno {against.events} eventi in {against.streams} flussi"
        if present < against.events or last is None:
            raise Failed(
                "truncated", where, expected, f"{present} eventi; l'ultimo stato firmato è {last or 'nessuno'}"
            )
        raise Failed("tree_altered", where, f"il {against}", f"l'ultimo checkpoint dell'archivio è il {last}")
    own = made[against.number - 1]
    expected = f"radice {base64.b64encode(against.root).decode()}"
    raise Failed(
        "rewritten", where, expected, f"radice {base64.b64encode(own.root).decode()}, firmata il {own.made_at}"
    )


def _installation_trees(made: list[Checkpoint], heads: list[Head]) -> None:
    """At each checkpoint the root over the heads of all streams, sorted by name, is the one that was signed."""
    state: dict[str, Head] = {}
    pending = sorted(heads, key=lambda one: one.number)
    for one in made:
        while pending and pending[0].number <= one.number:
            head = pending.pop(0)
            before = state.get(head.stream)
            if before and head.size <= before.size:
                raise Failed(
                    "tree_altered",
                    f"{head.stream}, testa al checkpoint n. {head.number}",
                    f"più di {before.size} eventi",
                    str(head.size),
                )
            state[head.stream] = head
        leaves = [state[name].leaf() for name in sorted(state, key=utf8)]
        if len(leaves) != one.streams or root_of(leaves) != one.root:
            expected = f"{one.streams} flussi, radice {one.root.hex()[:16]}…"
            raise Failed(
                "tree_altered",
                f"teste dei flussi al checkpoint n. {one.number}",
                expected,
                f"{len(leaves)} flussi, radice {root_of(leaves).hex()[:16]}…",
            )
    if pending:
        raise Failed(
            "tree_altered",
            f"{pending[0].stream}, testa al checkpoint n. {pending[0].number}",
            "un checkpoint di quel numero",
            "nessuno",
        )


def _continues(stream: str, heads: list[Head], proofs: list[tuple[int, int, list[bytes]]]) -> None:
    """A stream that is not in the pack: each head continues the one before, by proof (RFC 9162, 2.1.4)."""
    paths = {(first, second): path for first, second, path in proofs}
    for old, new in pairwise(heads):
        if not consistent(old.size, new.size, old.root, new.root, paths.get((old.size, new.size), [])):
            raise Failed(
                "rewritten",
                stream,
                f"che i suoi {new.size} eventi ne continuino {old.size}",
                "una prova di consistenza che non torna",
            )


def _stream(
    record: Record, stream: str, heads: list[Head], known: list[bytes],
    named: dict[str, tuple[str, int]], redacted: dict[str, str], progress: Callable[[int], None],
) -> int:  # fmt: skip
    """Every event of a stream: its bytes, its number, its place, and the root at each checkpoint."""
    tree, chain, waiting, after = Growing(), bytes(32), list(heads), 0
    hashes: list[bytes] = []
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
        wrong = wrong or _columns(stream, row, event, len(hashes), after)
        after = row.position
        if waiting and tree.size == waiting[0].size:
            head = waiting.pop(0)
            if wrong or tree.root != head.root:
                fault(record, stream, heads, known, head, wrong)
            if chain != head.positions:
                expected = f"le posizioni firmate dal checkpoint n. {head.number}"
                raise Failed(
                    "moved_event", f"{stream}, fra gli eventi fino al {head.size}", expected, "altre posizioni"
                )
        if wrong is None:
            _mentions(stream, event, named, redacted)
        if len(hashes) % 1000 == 0:
            progress(len(hashes))
    if waiting or wrong:
        fault(record, stream, heads, known, waiting[0] if waiting else None, wrong)
    kept(record, stream, hashes, tree)
    progress(len(hashes))
    return len(hashes)


def _columns(stream: str, row: Row, event: Mapping[str, Any], version: int, after: int) -> Failed | None:
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
    if row.position <= after:
        return Failed("moved_event", where, f"una posizione dopo la {after}", str(row.position))
    return None


# -- the texts beside the events ---------------------------------------------------------------------------------------


def _mentions(
    stream: str, event: Mapping[str, Any], named: dict[str, tuple[str, int]], redacted: dict[str, str]
) -> None:
    """Which texts an event names, and which it removes by order."""
    for name in ("justification", "note"):
        if event.get(name):
            named.setdefault(str(event[name]), (stream, event["version"]))
    if event["topic"] == "text-redacted":
        for digest in event["body"]["digests"]:
            redacted[digest] = (
                f"{digest[:23]}…, il {event['effective_on']}, atto {event.get('act')} ({stream}, evento {event['version']})"
            )


def _texts(record: Record, named: dict[str, tuple[str, int]], redacted: Mapping[str, str]) -> int:
    """Each text is the one whose salted digest its event holds; one that is not there was removed by order."""
    seen: set[str] = set()
    for digest, salt, text in record.texts():
        stream, version = named.get(digest, ("", 0))
        where = f"testo {digest[:23]}… ({stream}, evento {version})" if version else f"testo {digest[:40]}"
        if not version:
            raise Failed(
                "text_altered", where, "l'impronta di un testo che un evento nomina", "nessun evento la nomina"
            )
        if (text is None) != (digest in redacted):
            found = (
                "nessun testo, e nessun ordine di oscurarlo"
                if text is None
                else "il testo oscurato per ordine è ricomparso"
            )
            raise Failed("text_altered", where, "un testo, o l'ordine di oscurarlo", found)
        if text is not None and "sha256:" + hashlib.sha256(utf8(f"{salt}\n{text}")).hexdigest() != digest:
            raise Failed("text_altered", where, digest, f"un testo con un'altra impronta: «{text[:80]}»")
        if text is None and salt:
            raise Failed("text_altered", where, "nulla, del testo oscurato", "il sale")
        seen.add(digest)
    for digest, (stream, version) in named.items():
        if digest not in seen:
            raise Failed("text_missing", f"{stream}, evento {version}", f"il testo {digest[:23]}…", "nessun testo")
    return len(seen)


def _envelope(state: bytes) -> dict[str, Any]:
    event = json.loads(state)
    if not isinstance(event, dict):
        raise ValueError(state[:40])  # noqa: TRY004 - one error for all that is no event
    return event


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
