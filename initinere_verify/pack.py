"""A pack: one ZIP with the bytes of the events and all that proves them. Opens it, and verifies it whole."""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from initinere_verify.archive import read_archive
from initinere_verify.enclosed import check_enclosed, readme
from initinere_verify.files import LARGEST_PACK, read_regular
from initinere_verify.fold import Event, counting
from initinere_verify.record import verify_record
from initinere_verify.report import check_lists, check_report, citations
from initinere_verify.shown import PackEvents, check_plan
from initinere_verify.sources import Others, Record, Row, Verdict
from initinere_verify.succession import INSTALLATION, Trusted
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Head,
    Key,
    by_name_and_id,
    decoded,
    included,
    leaf_hash,
    read_checkpoint,
    spelling,
    strict,
)

SIGNED_ONLY = (
    "il verso delle modifiche, gli obiettivi toccati e ciò che allora si sapeva, effetti degli atti, misure contate a parte, registrazioni tarde, "
    "indicatori mai misurati, differenze dal piano precedente, criteri, frasi che descrivono gli eventi"
)
"""What of a report is neither recomputed nor held against the events."""
FORMAT = 3
"""What `pack.json` calls the packs of today. Those of 2 name every stream of the installation; those of earlier programs
are compressed besides, and list the rules of a year as well."""
NAMING_ALL = 2
FORMAT_SINCE = "2026-12-01"
"""Since when no pack is in the form of before: one that stands on a later checkpoint is none."""
ABOUT = {"format", "plan", "year", "as_of", "known_at", "checkpoint", "streams"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
"""A day and an instant, in the digits of ASCII alone."""
CLOCKS = 10
"""Minutes by which an event may have been recorded after the checkpoint that covers it, by the clock of another machine."""
NAMES = re.compile(r"schemas/[a-z-]+\.json|initinere_verify/[a-z_]+\.py")
FIXED = {
    *("LEGGIMI.txt", "acts.json", "checkpoint.txt", "checkpoints.jsonl", "heads.jsonl", "index.html", "keys.txt"),
    *("manifest.txt", "pack.json", "plan.json", "proofs/consistency.jsonl", "proofs/inclusion.jsonl", "report.json"),
    "texts.jsonl",
}
OTHERS = {"others.jsonl", "others-before.jsonl"}
"""What a pack holds of the streams that it does not name."""


HASH, HEX, PLACE = re.compile(r"[0-9a-f]{64}"), re.compile(r"([0-9a-f]{2})+"), re.compile(r"[01]{1,128}")
Shape = Callable[[Any], bool]


def _number(value: object) -> bool:
    return type(value) is int


def _string(value: object) -> bool:
    return type(value) is str


def _hash(value: object) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def _path(value: object) -> bool:
    return isinstance(value, list) and all(_hash(node) for node in value)


CHECKPOINT: Mapping[str, Shape] = {"number": _number, "note": _string}
STAMPED: Mapping[str, Shape] = {
    **CHECKPOINT,
    "stamped": lambda value: isinstance(value, str) and HEX.fullmatch(value) is not None,
}
HEAD: Mapping[str, Shape] = {"number": _number, "stream": _string, "size": _number, "root": _hash, "positions": _hash}
NODE: Mapping[str, Shape] = {
    "number": _number,
    "place": lambda value: isinstance(value, str) and PLACE.fullmatch(value) is not None,
    "hash": lambda value: value is None or _hash(value),
}
LEAF: Mapping[str, Shape] = {"number": _number, "place": lambda value: _number(value) and value >= 0, "hash": _hash}
CONSISTENCY: Mapping[str, Shape] = {"stream": _string, "first": _number, "second": _number, "path": _path}
INCLUSION: Mapping[str, Shape] = {"stream": _string, "version": _number, "path": _path}
TEXT: Mapping[str, Shape] = {"digest": _string, "salt": _string, "text": lambda value: value is None or _string(value)}
"""The rows of each file of JSON lines: its fields, in their order, and the shape of each."""
ROLES = ("plan", "administration", "review", "proposals", INSTALLATION)
"""The roles of the streams in a pack, in the order of their proofs."""


class Pack:
    """The files of a pack, in memory."""

    def __init__(self, path: Path) -> None:
        try:
            self.files, self.compressed = read_archive(read_regular(path, LARGEST_PACK), str(path))
            self.about: dict[str, Any] = strict(self.files["pack.json"])
        except Failed:
            raise
        except OSError as error:
            cause = str(error.strerror or error)
            raise Failed("unreadable", str(path), "un fascicolo (ZIP) integro", cause) from None
        except Exception as error:  # noqa: BLE001 - any byte of it may be wrong, and none may stop the verifier
            cause = f"{type(error).__name__}: {error}"
            raise Failed("unreadable", str(path), "un fascicolo (ZIP) integro", cause) from None

    def lines(self, name: str) -> list[Any]:
        """The rows of a file of JSON lines."""
        try:
            *lines, rest = self.files.get(name, b"").split(b"\n")
            rows = [strict(line) for line in lines]
        except ValueError:
            raise Failed("file_altered", name, "righe JSON", "una riga che non lo è") from None
        if rest or any(_line(row) != line for row, line in zip(rows, lines, strict=True)):
            raise Failed("file_altered", name, "righe JSON come furono scritte", "le stesse, scritte altrimenti")
        return rows

    def document(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """A file of JSON, spelt as the product spells it."""
        document = strict(self.files[name])
        if _spelt(document) != self.files[name]:
            raise Failed("file_altered", name, "un documento come fu scritto", "lo stesso, scritto altrimenti")
        return document

    def events(self, stream: str) -> list[bytes]:
        """The bytes of the events of a stream, as they were stored: one a line, the line end not included."""
        name = f"events/{_file_of(stream)}"
        *events, rest = self.files.get(name, b"").split(b"\n")
        if rest:
            raise Failed("file_altered", name, "un evento per riga", "una riga senza fine")
        return events

    def leaves(self, stream: str) -> list[tuple[int, int, bytes]]:
        """The version, the position and the leaf hash that were kept of each event of a stream."""
        name = f"leaves/{_file_of(stream)}"
        rows = self.lines(name)
        for row in rows:
            if not (
                isinstance(row, list) and [type(cell) for cell in row] == [int, int, str] and HASH.fullmatch(row[2])
            ):
                raise _odd(name, row)
        return [(version, position, bytes.fromhex(leaf)) for version, position, leaf in rows]

    def table(self, name: str, fields: Mapping[str, Shape], key: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The rows of a file of JSON lines that have these fields, in this order and of these shapes, each once, sorted by a key."""
        rows = self.lines(name)
        for row in rows:
            if not isinstance(row, dict) or list(row) != list(fields) or not all(fields[f](row[f]) for f in fields):
                raise _odd(name, row)
        keys = [tuple(row[field] for field in key) for row in rows]
        if key and any(before >= after for before, after in pairwise(keys)):
            raise Failed(
                "file_altered", name, f"righe in ordine di {', '.join(key)}, ognuna una volta", "un altro ordine"
            )
        return rows

    def rows(self, stream: str) -> Iterable[Row]:
        """The events of a stream; their positions stand beside the leaves."""
        positions = {version: position for version, position, _ in self.leaves(stream)}
        for place, state in enumerate(self.events(stream), 1):
            yield Row(positions.get(place, 0), place, None, state)

    def record(self) -> Record:
        """The pack as a record: some streams whole, of the others the heads and the proofs that they only grew."""
        proofs: dict[str, list[tuple[int, int, list[bytes]]]] = {}
        for row in self.table("proofs/consistency.jsonl", CONSISTENCY, ("stream", "first")):
            path = [bytes.fromhex(node) for node in row["path"]]
            proofs.setdefault(row["stream"], []).append((row["first"], row["second"], path))
        checkpoints = self.checkpoints()
        heads = [
            Head(row["number"], row["stream"], row["size"], bytes.fromhex(row["root"]), bytes.fromhex(row["positions"]))
            for row in self.table("heads.jsonl", HEAD, ("number", "stream"))
        ]
        _consistency_of(heads, set(self.about["streams"]), proofs)
        return Record(
            checkpoints=[(row["number"], row["note"]) for row in checkpoints],
            heads=heads,
            streams=sorted(self.about["streams"]),
            rows=self.rows,
            leaves=lambda stream: [(version, leaf) for version, _, leaf in self.leaves(stream)],
            edges=None,
            texts=lambda: [(row["digest"], row["salt"], row["text"]) for row in self.texts()],
            whole=False,
            proofs=proofs,
            stamps={row["number"]: bytes.fromhex(row["stamped"]) for row in checkpoints if "stamped" in row},
            others=self.others() if self.hides else None,
        )

    @property
    def hides(self) -> bool:
        """Whether the streams of others are there as hashes alone."""
        return bool(self.about.get("format", 0) == FORMAT)

    def others(self) -> Others:
        """What is shown of the streams of others."""
        key = ("number", "place")
        nodes = self.table("others.jsonl", NODE, key)
        leaves = self.table("others-before.jsonl", LEAF, key)
        return Others(
            [(row["number"], row["place"], row["hash"] and bytes.fromhex(row["hash"])) for row in nodes],
            [(row["number"], row["place"], bytes.fromhex(row["hash"])) for row in leaves],
        )

    def checkpoints(self) -> list[dict[str, Any]]:
        """The rows of the checkpoints; those that bear a time stamp have it as a field more."""
        rows = self.lines("checkpoints.jsonl")
        for row in rows:
            fields = STAMPED if "stamped" in row else CHECKPOINT
            if not isinstance(row, dict) or list(row) != list(fields) or not all(fields[f](row[f]) for f in fields):
                raise _odd("checkpoints.jsonl", row)
        return rows

    def texts(self) -> list[dict[str, Any]]:
        """The rows of the texts."""
        return self.table("texts.jsonl", TEXT, ("digest",))

    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the pack stands on."""
        return read_checkpoint(self.files.get("checkpoint.txt", b"").decode(errors="replace"), "checkpoint.txt")


def verify_pack(
    path: Path,
    against: Checkpoint | None = None,
    known: Mapping[str, list[bytes]] | None = None,
    published: Key | None = None,
) -> Verdict:
    """Verifies a pack whole: the record, the keys, the proofs, the plan shown, the report, every file; or Failed."""
    try:
        return _verify(Pack(path), against, known, published)
    except Failed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a file of it says, the answer is a verdict
        cause = f"{type(error).__name__}: {error}"
        raise Failed("file_altered", str(path), "un fascicolo come fu scritto", cause) from None


def _verify(
    pack: Pack, against: Checkpoint | None, known: Mapping[str, list[bytes]] | None, published: Key | None
) -> Verdict:
    record = pack.record()
    verdict = verify_record(record, against, known, trusted=Trusted(published))
    if verdict.last is None or verdict.uncovered:
        raise Failed(
            "inserted_event", "events/", f"i soli eventi che copre il {verdict.last}", f"{verdict.uncovered} di più"
        )
    keys = [entry.key for entry in verdict.keys]
    pack.checkpoint().signed_by(by_name_and_id(keys), "checkpoint.txt")
    if pack.files["checkpoint.txt"] != verdict.last.note.encode():
        raise Failed("file_altered", "checkpoint.txt", f"il {verdict.last}", f"il {pack.checkpoint()}")
    if pack.files.get("keys.txt", b"") != "".join(f"{key}\n" for key in keys).encode():
        expected = ", ".join(key.id.hex() for key in keys)
        raise Failed("file_altered", "keys.txt", expected, pack.files.get("keys.txt", b"").decode(errors="replace"))
    pack_events, document, report = _events_of(pack), pack.document("plan.json"), pack.document("report.json")
    _about(pack, document, report, pack_events)
    _streams(pack, record, document)
    _known(pack, document, report, pack_events)
    compared = check_plan(document, pack_events)
    acts = _acts(pack, pack_events.events["administration"], pack_events.known["administration"])
    cited = check_report(report, pack_events)
    proofs = _inclusions(pack, record, report)
    _names(pack, verdict.last.number in record.stamps)
    if pack.compressed and verdict.last.made_at >= FORMAT_SINCE:
        expected = f"un fascicolo non compresso, come dal {FORMAT_SINCE}: si faccia di nuovo"
        raise Failed("not_canonical", "pack.json", expected, "un fascicolo nella forma di un programma anteriore")
    check_lists(report, pack_events, earlier=pack.compressed)
    _files(pack, keys[-1])
    expected_readme = readme(pack.about["plan"], pack.about["year"], pack.about["checkpoint"], keys[-1])
    enclosed = check_enclosed(pack.files, expected_readme)
    counts = Counts(compared, proofs, acts, cited, enclosed)
    return verdict._replace(notes=[*verdict.notes, *_notes(pack, verdict.last, document, pack_events, counts)])


class Counts(NamedTuple):
    """How much of a pack was held against its events: rows of the plan, proofs, acts, citations; and what it encloses."""

    compared: int
    proofs: int
    acts: int
    cited: int
    enclosed: str


def _notes(
    pack: Pack,
    last: Checkpoint,
    document: Mapping[str, Any],
    pack_events: PackEvents,
    counts: Counts,
) -> list[str]:
    """What the statement says of a pack: what it is of, what was held against the events, and what was not."""
    lists = (
        "variazioni dell'anno, rettifiche, punteggi forzati, atti dell'OIV, proposte respinte, eccezioni alla separazione "
        "dei compiti e testi oscurati"
    )
    shown = f"Piano {pack.about['plan']}, anno {pack.about['year']}, in vigore al {document['as_of']}"
    asked = _asked(pack, document)
    known = pack.about["known_at"] + (f" (chiesto al {asked})" if asked != pack.about["known_at"] else "")
    later = sum(len(events) - pack_events.known[role] for role, events in pack_events.events.items())
    return [
        *_adopted_again(pack_events),
        *_unnamed(pack),
        f"{shown}, noto al {known}"
        + (f": {later} eventi successivi, coperti dal checkpoint, NON sono mostrati." if later else "."),
        f"Il piano mostrato ({counts.compared} fra obiettivi, indicatori e misurazioni, in vigore al {document['as_of']}) segue dagli eventi.",
        f"{counts.proofs} prove di inclusione, {counts.acts} impronte di atti e {counts.cited} richiami a eventi nella relazione tornano.",
        f"Elenchi ricalcolati dagli eventi: {lists}, tutti e soli"
        + (", come li elencava il programma, anteriore, che fece il fascicolo." if pack.compressed else "."),
        "Punteggi, tassi e segnalazioni della relazione sono firmati, non ricalcolati: si ricalcolano dagli eventi.",
        f"Firmati e non ricalcolati anche: {SIGNED_ONLY}.",
        "Le parole della pagina index.html sono firmate, e non verificate: a valere sono i file di dati.",
        counts.enclosed,
        f"Di ciò che fu registrato dopo il {last} il fascicolo non dice nulla.",
    ]


def _unnamed(pack: Pack) -> list[str]:
    """What is not proven of the streams that are not named."""
    if not pack.hides:
        return []
    others = "I flussi di altre amministrazioni vi sono come sole impronte, senza nome"
    lines = [f"{others}: che siano soltanto cresciuti lo prova il fascicolo di ciascuna."]
    if last := max((row["number"] for row in pack.lines("others-before.jsonl")), default=0):
        lines.append(
            f"Attenzione: fino al checkpoint n. {last}, di un programma anteriore, fra le impronte senza nome potrebbe esservi "
            "altro di questo piano; dal successivo è provato di no."
        )
    return lines


def _adopted_again(pack_events: PackEvents) -> list[str]:
    """The years whose rules were adopted more than once: the scores follow the last, and no list tells of it."""
    events = pack_events.events["administration"][: pack_events.known["administration"]]
    by_year: dict[int, list[str]] = {}
    for event in counting(events, len(events)):
        if event["topic"] == "administration-system-adopted":
            by_year.setdefault(event["body"]["year"], []).append(f"{event['version']} (dal {event['effective_on']})")
    return [
        f"Attenzione: il sistema di misurazione {year} fu adottato più volte, eventi {', '.join(adoptions)} dell'ente."
        for year, adoptions in sorted(by_year.items())
        if len(adoptions) > 1
    ]


def _odd(name: str, row: object) -> Failed:
    return Failed("file_altered", name, "righe coi campi e la forma che il programma scrive", _line(row).decode()[:200])


def _consistency_of(
    heads: list[Head], packed: set[str], proofs: Mapping[str, list[tuple[int, int, list[bytes]]]]
) -> None:
    """The proofs are those of the streams that are not in the pack, from each head to the next, and no others."""
    sizes: dict[str, list[int]] = {}
    for head in heads:
        if head.stream not in packed:
            sizes.setdefault(head.stream, []).append(head.size)
    wanted = {stream: list(pairwise(of)) for stream, of in sizes.items() if len(of) > 1}
    listed = {stream: [(first, second) for first, second, _ in rows] for stream, rows in proofs.items()}
    if extra := sorted(stream for stream, pairs in listed.items() if not set(pairs) <= set(wanted.get(stream, []))):
        raise Failed(
            "file_altered", "proofs/consistency.jsonl", f"nessun'altra prova di {extra[0]}", "una prova di più"
        )


def _line(row: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _spelt(document: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _file_of(stream: str) -> str:
    return stream.replace("/", "_") + ".jsonl"


def _names(pack: Pack, stamped: bool) -> None:  # noqa: FBT001 - whether the checkpoint bears a stamp
    """No file is there that the product does not write: any other might be unpacked in the place of one that is."""
    of_streams = {f"{folder}/{_file_of(stream)}" for stream in pack.about["streams"] for folder in ("events", "leaves")}
    wanted = FIXED | of_streams | (OTHERS if pack.hides else set()) | ({"checkpoint.tsr"} if stamped else set())
    for name in sorted({name for name in pack.files if not NAMES.fullmatch(name)} ^ wanted):
        raise Failed("file_altered", name, "un file" if name in wanted else "nessun file", "il contrario")


def _events_of(pack: Pack) -> PackEvents:
    roles = {entry["role"]: stream for stream, entry in pack.about["streams"].items()}
    return PackEvents(
        events={role: [strict(state) for state in pack.events(stream)] for role, stream in roles.items()},
        known={role: pack.about["streams"][stream]["known"] for role, stream in roles.items()},
        texts={row["digest"]: row["text"] for row in pack.texts()},
    )


def _about(pack: Pack, document: Mapping[str, Any], report: Mapping[str, Any], pack_events: PackEvents) -> None:
    """The pack is of the plan, the year, the checkpoint and the point in time that its page says."""
    about = pack.about
    _said_well(pack)
    streams = {"plan": f"plan/{about['plan']}", "review": f"review/{about['plan']}", "installation": "installation"}
    streams["administration"] = f"administration/{document['administration']['id']}"
    streams["proposals"] = f"proposals/{about['plan']}"
    expected = (about["plan"], about["year"], about["as_of"], about["known_at"], pack_events.known["plan"])
    for actual in (
        (document["plan"]["id"], about["year"], document["as_of"], about["known_at"], document["version"]),
        (report["plan"], report["year"], report["as_of"], report["known_at"], report["version"]),
    ):
        if json.dumps(actual) != json.dumps(expected):
            raise Failed("file_altered", "pack.json", str(expected), str(actual))
    for stream, entry in about["streams"].items():
        size = len(pack.events(stream))
        if streams[entry["role"]] != stream or not 0 <= entry["known"] <= size:
            extent = f"{stream}, fino all'evento {entry['known']} di {size}"
            raise Failed("file_altered", "pack.json", streams[entry["role"]], extent)
    if about["checkpoint"] != pack.checkpoint().number:
        raise Failed("file_altered", "pack.json", f"il {pack.checkpoint()}", f"n. {about['checkpoint']}")


def _streams(pack: Pack, record: Record, document: Mapping[str, Any]) -> None:
    """Each stream that the evidence rests on is in the pack, where the checkpoint covers any event of it."""
    plan = pack.about["plan"]
    rests_on = {f"{role}/{plan}" for role in ("plan", "review", "proposals")}
    rests_on |= {f"administration/{document['administration']['id']}", INSTALLATION}
    for head in record.heads:
        if head.stream in rests_on and head.stream not in record.streams:
            expected = f"{head.size} eventi, secondo il checkpoint n. {head.number}"
            raise Failed("stream_vanished", head.stream, expected, "nessun evento nel fascicolo")


def _known(pack: Pack, document: Mapping[str, Any], report: Mapping[str, Any], pack_events: PackEvents) -> None:
    """What is called known is all that was recorded up to that instant, in each stream, and nothing later.

    A plan that was asked for as known at a later instant says so: by then nothing more was recorded, as far as the
    checkpoint tells. Of what came after that it tells nothing.
    """
    known_at, asked = pack.about["known_at"], _asked(pack, document)
    covered = max(known_at, pack.checkpoint().made_at)
    if not INSTANT.fullmatch(asked) or not known_at <= asked <= covered:
        expected = f"un istante fra il {known_at} e il {covered}, fin dove giunge il checkpoint"
        raise Failed("plan_differs", "plan.json, known_at", expected, asked)
    last = ""
    for role, events in pack_events.events.items():
        instants = [event["recorded_at"] for event in events]
        reached = len(events) if role == INSTALLATION else bisect_right(instants, asked)
        if pack_events.known[role] != reached or instants != sorted(instants):
            expected = f"noto fino all'evento {reached}, l'ultimo registrato entro il {known_at}"
            raise Failed(
                "file_altered", f"pack.json, {role}", expected, f"noto fino all'evento {pack_events.known[role]}"
            )
        if role != INSTALLATION and reached:
            last = max(last, instants[reached - 1])
    rests_on_another = report.get("from_plan_before") is not None
    latest = datetime.fromisoformat(pack.checkpoint().made_at) + timedelta(minutes=CLOCKS)
    if known_at < last or (known_at != last and not rests_on_another) or datetime.fromisoformat(known_at) > latest:
        raise Failed("file_altered", "pack.json, known_at", f"l'istante dell'ultimo evento noto, {last}", known_at)


def _asked(pack: Pack, document: Mapping[str, Any]) -> str:
    """The instant as known at which the plan was asked for."""
    return str(document.get("known_at", pack.about["known_at"]))


def _said_well(pack: Pack) -> None:
    """What `pack.json` says has the form that it has to have."""
    about = pack.document("pack.json")
    roles = [entry["role"] for entry in about["streams"].values()]
    well = (
        set(about) | {"format"} == ABOUT
        and about.get("format") in ({None} if pack.compressed else {NAMING_ALL, FORMAT})
        and type(about.get("format", 0)) is int
        and all(type(about[name]) is int for name in ("year", "checkpoint"))
        and len(set(roles)) == len(roles)
        and all(set(entry) == {"role", "file", "known"} for entry in about["streams"].values())
        and all(type(entry["known"]) is int for entry in about["streams"].values())
        and all(entry["file"] == _file_of(stream) for stream, entry in about["streams"].items())
        and DAY.fullmatch(about["as_of"])
        and INSTANT.fullmatch(about["known_at"])
    )
    if not well or date.fromisoformat(about["as_of"]).isoformat() != about["as_of"]:
        raise Failed("file_altered", "pack.json", "i campi di un fascicolo, ciascuno nella sua forma", str(about))


def _inclusions(pack: Pack, record: Record, report: Mapping[str, Any]) -> int:
    """Each event that the report cites has its inclusion proof, and each leads from the bytes of its event to the signed head of its stream (RFC 9162, 2.1.3)."""
    last_heads: dict[str, Head] = {}
    for head in sorted(record.heads, key=lambda head: head.number):
        last_heads[head.stream] = head
    rows = pack.table("proofs/inclusion.jsonl", INCLUSION)
    states = {stream: pack.events(stream) for stream in record.streams}
    stream_of = {entry["role"]: stream for stream, entry in pack.about["streams"].items()}
    cited = sorted((ROLES.index(role), version) for role, version in citations(report) if role in stream_of)
    wanted = [(stream_of[ROLES[place]], version) for place, version in cited]
    if [(row["stream"], row["version"]) for row in rows] != wanted:
        raise Failed(
            "file_altered", "proofs/inclusion.jsonl", f"{len(wanted)} prove, una per evento citato", f"{len(rows)}"
        )
    for row in rows:
        head, version = last_heads[row["stream"]], row["version"]
        leaf = leaf_hash(states[row["stream"]][version - 1])
        path = [bytes.fromhex(node) for node in row["path"]]
        if not included(leaf, version - 1, head.size, path, head.root):
            raise Failed(
                "tree_altered",
                f"{row['stream']}, prova dell'evento {version}",
                f"radice {head.root.hex()[:16]}…",
                "un'altra",
            )
    return len(rows)


def _acts(pack: Pack, events: list[Event], known: int) -> int:
    """The acts are those that the events registered and completed, every one, with the digests of their files."""
    registered: list[dict[str, Any]] = []
    for event in events:
        if event["version"] <= known and event["topic"] == "act-registered":
            registered.append(dict(event["body"]["act"]))
        elif event["version"] <= known and event["topic"] == "act-completed":
            later = {name: value for name, value in event["body"].items() if name != "act" and value is not None}
            for act in registered:
                if act["id"] == event["body"]["act"]:
                    act.update(later)
    listed = pack.document("acts.json")
    if spelling(listed) != spelling(registered):
        odd = next((act for act in registered if act not in listed), None)
        expected = f"{len(registered)} atti, fra cui {odd}" if odd else f"{len(registered)} atti, secondo gli eventi"
        raise Failed("file_altered", "acts.json", expected, f"{len(listed)} atti")
    return len(listed)


def _files(pack: Pack, key: Key) -> None:
    """The manifest is the one of these files, signed by the key in force; there is no other file."""
    note = pack.files.get("manifest.txt", b"").decode()
    text, _, signature = note.partition("\n\n")
    dash, name, coded = signature.split(" ")
    data = decoded(coded.removesuffix("\n"))
    if (dash, name, data[:4]) != ("\N{EM DASH}", key.name, key.id) or not key.verifies(data[4:], f"{text}\n".encode()):
        raise Failed(
            "bad_signature", "manifest.txt", f"la firma della chiave in vigore, {key.id.hex()}", data[:4].hex()
        )
    heading, *lines = text.split("\n")
    expected = f"{key.name} {pack.about['plan']} {pack.about['year']} checkpoint {pack.about['checkpoint']}"
    if heading != expected:
        raise Failed("file_altered", "manifest.txt", expected, heading)
    listed = dict(line.split("  ", 1)[::-1] for line in lines)
    for name in sorted(set(listed) | set(pack.files) - {"manifest.txt"}):
        digest = hashlib.sha256(pack.files[name]).hexdigest() if name in pack.files else "nessun file"
        if listed.get(name) != digest:
            raise Failed("file_altered", name, listed.get(name, "nessun file"), digest)
