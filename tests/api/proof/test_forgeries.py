"""Forgeries: by whoever has no key, or one that was rotated away, and by the holder of the key; each with the verifier's words."""

import hashlib
import json
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from api.commands.oversight import say
from api.commands.service import Service
from api.proof.pack import make_pack, signed_pack
from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.installation.events import SigningKeyEvent, SigningKeyLost, SigningKeyMade, SigningKeyRotated
from domain.installation.succession import INSTALLATION, SuccessionBroken, endorsed
from domain.measurements.events import MeasurementRecorded
from domain.oiv.commands import GiveOpinion, MakeRemark
from domain.oiv.events import DocumentOpened
from domain.plans.events import PlanApproved, YearApproved
from domain.point import today
from domain.proof.public_keys import Verifying, encode
from domain.recording import Pending
from domain.targets.events import TargetReferenceResolved, TargetSet
from domain.targets.reader import read_one
from initinere_verify.__main__ import main
from initinere_verify.archive import write_archive
from initinere_verify.pack import verify_pack
from initinere_verify.succession import Trusted
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Key,
    SortedTree,
    by_name_and_id,
    leaf_hash,
    read_checkpoint,
    root_of,
)
from initinere_verify.trees import read_key as read_key_line
from projections.proof.checkpoints import RecordAltered, make
from projections.proof.kept_checkpoint import kept_note, kept_path
from projections.proof.keys import KeyUnusable, make_key, read_key, write_key
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.proof.notes import Signing
from projections.store import append as recording
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness, point, versions
from tests.support.packs import spelt

AT = point("2022-12-31")
Files = dict[str, bytes]


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A plan with a revision, one put right, one annulled, a remark of the OIV."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    harness.on("2022-07-15").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    revised = versions(harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30"))[0]
    remark = MakeRemark(about="indicator/incasso", versions=(revised,), words="Perché?")
    say(harness.service, PLAN, remark, harness.caller())
    mistaken = versions(harness.on("2022-10-20").revise(">= 14,5%", "2022-10-18", indicator="cassetto"))[0]
    harness.annul(mistaken, act="delibera di Giunta n. 12 del 20/10/2022")
    yield harness
    harness.store.close()


def _key(harness: ServiceHarness) -> Signing:
    key = read_key(harness.service.transparency_log.path)
    assert key is not None
    return key


def _published(key: Signing) -> Key:
    return Key(*key.verifying)


def _live(harness: ServiceHarness, against: Checkpoint | None = None, published: Key | None = None) -> str:
    with harness.store.datastore.cursor() as cursor:
        try:
            return verify_database(cursor, against, trusted=Trusted(published)).statement()
        except Failed as failure:
            return f"{failure.kind}: {failure}"


def _judged(path: Path, against: Checkpoint | None = None, published: Key | None = None) -> str:
    try:
        return verify_pack(path, against, published=published).statement()
    except Failed as failure:
        return f"{failure.kind}: {failure}"


def _pack(harness: ServiceHarness, path: Path) -> Path:
    path.write_bytes(make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    return path


def _taken(harness: ServiceHarness) -> Checkpoint:
    return read_checkpoint(harness.service.transparency_log.checkpoint().note, "prova")


def _files(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _signed(path: Path, files: Files, key: Signing) -> Path:
    """A pack of other files, signed anew."""
    files = dict(files)
    heading = files.pop("manifest.txt").decode().split("\n")[0]
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["manifest.txt"] = key.note(f"{heading}\n{listed}").encode()
    path.write_bytes(write_archive(files))
    return path


# -- keys --------------------------------------------------------------------------------------------------------------


def _entered(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, *events: SigningKeyEvent) -> None:
    """Enters events of keys as a program would that asks nothing: the recorder's own check is put out of the way."""
    with monkeypatch.context() as patch:
        patch.setattr(recording, "require_succession", lambda *_: None)
        for event in events:
            _append(harness.store, event)


def _append(store: Store, event: SigningKeyEvent, stream: str = INSTALLATION) -> None:
    part = StreamAppend(stream, store.head(stream).version, (Pending(event, today(store.clock())),))
    store.append(Append(f"key-{event.key[-20:-4]}-{part.expected}", "", "initinere", (part,)))


def _made(key: Signing) -> SigningKeyMade:
    return SigningKeyMade(origin=key.name, key=str(key.verifying))


def _rotated(old: Signing, new: Signing, by: Signing | None = None) -> SigningKeyRotated:
    signature = encode((by or old).sign(endorsed(str(new.verifying))))
    return SigningKeyRotated(origin=old.name, key=str(new.verifying), before=str(old.verifying), endorsement=signature)


def _lost(old: Signing, new: Signing) -> SigningKeyLost:
    return SigningKeyLost(origin=old.name, key=str(new.verifying), before=str(old.verifying))


def _checkpoint_by(harness: ServiceHarness, key: Signing) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        make(cursor, key, harness.now, "on-demand")


def _ways(true: Signing, mine: Signing) -> dict[str, list[SigningKeyEvent]]:
    """Ways to bring a key of one's own into the record without the true one."""
    return {
        "made again": [_made(mine)],
        "made again, and the true one after it": [_made(mine), _made(true)],
        "rotated, signed by itself": [_rotated(true, mine, by=mine)],
        "rotated twice, back to the true one": [_rotated(true, mine, by=mine), _rotated(mine, true)],
        "rotated from itself": [_rotated(mine, true)],
        "the true one again": [_rotated(true, true)],
        "of another origin": [_rotated(true, make_key("in-itinere/altra"))],
    }


@pytest.mark.parametrize("way", list(_ways(make_key("in-itinere/a"), make_key("in-itinere/a"))))
def test_a_key_that_nobody_endorsed_signs_nothing(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    """On the live database, in a pack of it, against the OIV's own checkpoint, and by the published key."""
    true, against = _key(harness), _taken(harness)
    mine = make_key(true.name)
    events = _ways(true, mine)[way]
    for event in events[:1]:
        with pytest.raises(SuccessionBroken):
            _append(harness.store, event)
    _entered(harness, monkeypatch, *events)
    _checkpoint_by(harness, mine)
    for anchor in (None, against):
        for published in (None, _published(true), _published(mine)):
            assert not _live(harness, anchor, published).startswith("VERIFICATO")
    with monkeypatch.context() as patch:
        patch.setattr(Log, "key_in_force", lambda _: mine)
        patch.setattr("api.proof.pack.public_keys", lambda _: [true.verifying, mine.verifying])
        pack = tmp_path / "forged.zip"
        pack.write_bytes(signed_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    for anchor in (None, against):
        for published in (None, _published(true)):
            kind = _judged(pack, anchor, published).partition(":")[0]
            assert kind in {"broken_succession", "tree_altered"}  # of a checkpoint by a key that no event names


def test_the_record_rewritten_from_the_start_is_not_that_of_the_published_key(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    """My key made the first, everything signed with it, the true one put in its place at the end."""
    true = _key(harness)
    forged = ServiceHarness(tmp_path / "forged.sqlite").on("2022-02-05")
    mine = make_key(true.name)
    write_key(tmp_path / "mine.key", mine)
    forged.service = Service(forged.store, Log(forged.store, tmp_path / "mine.key"))
    forged.load()
    _append(forged.store, _rotated(mine, true))
    assert _live(forged, published=_published(true)).startswith("other_key: ")
    _checkpoint_by(forged, mine)
    assert _live(forged).startswith("other_key: ")
    forged.store.close()


def test_a_key_that_was_rotated_away_endorses_and_signs_nothing_more(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    leaked = _key(harness)
    harness.service.transparency_log.rotate()
    present, mine = _key(harness), make_key(leaked.name)
    files = _files(_pack(harness, tmp_path / "true.zip"))
    assert _judged(_signed(tmp_path / "forged.zip", files, leaked)).startswith("bad_signature: ")
    with pytest.raises(SuccessionBroken):
        _append(harness.store, _rotated(leaked, mine))
    with pytest.raises(SuccessionBroken):
        _append(harness.store, _rotated(present, mine, by=leaked))
    _entered(harness, monkeypatch, _rotated(present, mine, by=leaked))
    assert _live(harness).startswith("broken_succession: ")
    _checkpoint_by(harness, mine)
    assert _live(harness).startswith("broken_succession: ")


@pytest.mark.parametrize("by", ["old", "new"])
def test_the_checkpoint_that_covers_a_rotation_is_signed_by_the_new_key(harness: ServiceHarness, by: str) -> None:
    old = _key(harness)
    new = make_key(old.name)
    _append(harness.store, _rotated(old, new))
    _checkpoint_by(harness, old if by == "old" else new)
    assert _live(harness).startswith("VERIFICATO" if by == "new" else "other_key: ")


def test_a_key_declared_lost_is_said_aloud_and_vouches_for_nothing_after(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    """Anybody may declare it: whoever has a checkpoint or a key of before is asked for the one published now."""
    true, against = _key(harness), _taken(harness)
    mine = make_key(true.name)
    _append(harness.store, _lost(true, mine))
    _checkpoint_by(harness, mine)
    statement = _live(harness)
    assert "ATTENZIONE: Chiave " in statement.splitlines()[1]
    assert "SENZA la firma" in statement.splitlines()[1]
    assert _live(harness, against).startswith("key_lost: ")
    assert _live(harness, published=_published(true)).startswith("key_lost: ")
    assert _live(harness, against, _published(mine)).startswith("VERIFICATO")
    write_key(harness.service.transparency_log.path, mine, replace=True)
    pack = _pack(harness, tmp_path / "lost.zip")
    assert "ATTENZIONE: Chiave " in _judged(pack)
    assert _judged(pack, against).startswith("key_lost: ")
    assert _judged(pack, published=_published(true)).startswith("key_lost: ")


def test_the_statement_names_the_first_key_each_rotation_and_the_present_one(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    keys = [_key(harness)]
    for _ in range(2):
        harness.service.transparency_log.rotate()
        keys.append(_key(harness))
    pack = _pack(harness, tmp_path / "fascicolo.zip")
    for statement in (_judged(pack), _live(harness)):
        lines = [line for line in statement.splitlines() if line.startswith("Chiave ")]
        assert [str(key.verifying) in line for key, line in zip(keys, lines, strict=False)] == [True] * 3
        assert lines[0].endswith("la prima.")
        assert all("firmata dalla precedente" in line for line in lines[1:3])
    assert "ogni successiva ne discende" in _judged(pack, published=_published(keys[0]))
    assert "è quella in vigore" in _judged(pack, published=_published(keys[2]))
    assert _judged(pack, published=_published(make_key(keys[0].name))).startswith("other_key: ")


def test_no_event_of_a_key_stands_in_another_stream(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    event = _made(make_key("in-itinere/altra"))
    with pytest.raises(SuccessionBroken):
        _append(harness.store, event, f"plan/{PLAN}")
    with monkeypatch.context() as patch:
        patch.setattr(recording, "require_succession", lambda *_: None)
        _append(harness.store, event, f"plan/{PLAN}")
    assert _live(harness).startswith("broken_succession: ")


def test_the_first_event_of_an_installation_makes_its_key(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "archivio.sqlite"))
    old, new = make_key("in-itinere/prova"), make_key("in-itinere/prova")
    for event in (_rotated(old, new), _lost(old, new)):
        with pytest.raises(SuccessionBroken):
            _append(store, event)
    _append(store, _made(old))
    with pytest.raises(SuccessionBroken):
        _append(store, _made(new))
    store.close()


# -- one pack, one content ---------------------------------------------------------------------------------------------


def _entry(name: bytes, data: bytes, offset: int) -> tuple[bytes, bytes]:
    """A file as it lies in a ZIP, and its line in the directory."""
    sizes = struct.pack("<LLL", zlib.crc32(data), len(data), len(data))
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 0, 0, 33) + sizes + struct.pack("<HH", len(name), 0) + name
    central = b"PK\x01\x02" + struct.pack("<HHHHHH", 0x0314, 20, 0, 0, 0, 33) + sizes
    central += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0o644 << 16, offset) + name
    return local + data, central


def _two_directories(true: bytes, name: str) -> bytes:
    """A ZIP64 end record leads to the true directory, the plain end record to one whose `name` holds other bytes."""
    end = true.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HLL", true[end + 10 : end + 20])
    directory = true[start : start + size]
    other, line = _entry(name.encode(), b"contraffatto\n", start)
    lines = [directory[at : at + 46 + _name_length(directory, at)] for at in _lines(directory)]
    altered = b"".join(line if one[46:] == name.encode() else one for one in lines)
    body = true[:start] + other
    altered_at, true_at = len(body), len(body) + len(altered)
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, true_at)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, true_at + size, 1)
    last = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, len(altered), altered_at, 0)
    return body + altered + directory + record + locator + last


def _lines(directory: bytes) -> Iterator[int]:
    at = 0
    while at < len(directory):
        yield at
        at += 46 + _name_length(directory, at)


def _name_length(directory: bytes, at: int) -> int:
    return int(struct.unpack("<H", directory[at + 28 : at + 30])[0])


def _rezipped(files: Files, **how: Any) -> bytes:
    import io  # noqa: PLC0415 - one of the ways

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how.get("method", zipfile.ZIP_STORED)) as archive:
        archive.comment = how.get("comment", b"")
        for name, data in how.get("order", sorted)(files.items()):
            info = zipfile.ZipInfo(name, how.get("date", (1980, 1, 1, 0, 0, 0)))
            info.compress_type = how.get("method", zipfile.ZIP_STORED)
            info.external_attr, info.create_system, info.extra = 0o644 << 16, 3, how.get("extra", b"")
            archive.writestr(info, data)
    return buffer.getvalue()


OTHER_BYTES: dict[str, Callable[[bytes, Files], bytes]] = {
    "two directories": lambda true, _: _two_directories(true, "index.html"),
    "a comment": lambda _, files: _rezipped(files, comment=b"altro"),
    "an extra field": lambda _, files: _rezipped(files, extra=b"\xfe\xca\x04\x00abcd"),
    "a date": lambda _, files: _rezipped(files, date=(2022, 1, 1, 0, 0, 0)),
    "another order": lambda _, files: _rezipped(files, order=lambda items: sorted(items, reverse=True)),
    "compressed": lambda _, files: _rezipped(files, method=zipfile.ZIP_DEFLATED),
    "bytes before": lambda true, _: b"altro" + true,
    "bytes after": lambda true, _: true + b"altro",
    "a gap": lambda true, _: true[: (end := true.rindex(b"PK\x05\x06"))] + bytes(9) + true[end:],
    "a local name that differs": lambda true, _: true.replace(b"acts.json", b"acts.jsoN", 1),
    "a flag": lambda true, _: true[:6] + b"\x08" + true[7:],
}


@pytest.mark.parametrize("way", OTHER_BYTES)
def test_a_pack_is_the_one_archive_of_its_files(harness: ServiceHarness, tmp_path: Path, way: str) -> None:
    path = _pack(harness, tmp_path / "fascicolo.zip")
    assert _judged(path).startswith("VERIFICATO")
    data = OTHER_BYTES[way](path.read_bytes(), _files(path))
    assert data != path.read_bytes()
    path.write_bytes(data)
    assert _judged(path).partition(":")[0] in {"not_canonical", "unreadable", "file_altered"}


def test_the_zip64_forgery_holds_the_true_files_for_one_program_and_others_for_another(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    path = _pack(harness, tmp_path / "fascicolo.zip")
    true = _files(path)
    path.write_bytes(_two_directories(path.read_bytes(), "index.html"))
    assert _files(path) == true  # what Python reads
    assert b"contraffatto\n" in path.read_bytes()
    assert _judged(path).startswith("not_canonical: ")


def test_no_text_of_a_pack_steers_the_terminal(harness: ServiceHarness, tmp_path: Path) -> None:
    escape = "\x1b[2K\rVERIFICATO\n\u202e\u2028\x9b"
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    about = json.loads(files["pack.json"]) | {"as_of": escape}
    for forged in (
        files | {f"{escape}.txt": b"x"},
        files | {"pack.json": spelt(about)},
        files | {"checkpoint.txt": escape.encode()},
        files | {"keys.txt": escape.encode()},
        files | {"plan.json": spelt(json.loads(files["plan.json"]) | {"as_of": escape})},
    ):
        words = _judged(_signed(tmp_path / "forged.zip", forged, _key(harness)))
        assert not words.startswith("VERIFICATO")
        assert all(character.isprintable() for line in words.split("\n") for character in line)
        assert not any(line.startswith("VERIFICATO") for line in words.split("\n"))


def test_whatever_a_pack_says_its_verification_takes_no_more_than_it_is_large(tmp_path: Path) -> None:
    """Names by the thousand that all lead to the same bytes, and a file that unfolds to a thousand times its size."""
    shared = bytes(40_000)
    body, line = _entry(b"a", shared, 0)
    lines = b"".join(line[:46] + b"%04d" % place for place in range(1000))
    lines = lines.replace(struct.pack("<H", 1) + bytes(8), struct.pack("<H", 4) + bytes(8))
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1000, 1000, len(lines), len(body), 0)
    (tmp_path / "overlap.zip").write_bytes(body + lines + end)
    assert _judged(tmp_path / "overlap.zip").startswith("unreadable: ")
    dense = {"pack.json": b"[" + b"[]," * 15_000_000 + b"[]]"}
    (tmp_path / "dense.zip").write_bytes(write_archive(dense, zipfile.ZIP_DEFLATED))
    assert (tmp_path / "dense.zip").stat().st_size < 100_000
    assert _judged(tmp_path / "dense.zip").startswith("unreadable: ")


# -- what the holder of the key may not hide ---------------------------------------------------------------------------


def _about(files: Files, **changed: object) -> Files:
    return {"pack.json": spelt(json.loads(files["pack.json"]) | changed)}


def test_an_older_plan_cannot_be_shown_under_a_later_instant(harness: ServiceHarness, tmp_path: Path) -> None:
    log, older = harness.service.transparency_log, point("2022-12-31", "2022-09-01")
    now = _files(_pack(harness, tmp_path / "now.zip"))
    path = tmp_path / "older.zip"
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, older).content)
    then = _files(path)
    about, known_at = json.loads(now["pack.json"]), json.loads(now["pack.json"])["known_at"]
    about["streams"] = {name: row | {"known": _known_then(then, name, row)} for name, row in about["streams"].items()}
    report = json.loads(then["report.json"]) | {"known_at": known_at}
    plan = {name: value for name, value in json.loads(then["plan.json"]).items() if name != "known_at"}
    forged = now | {"plan.json": spelt(plan), "pack.json": spelt(about)}
    forged["report.json"] = spelt(report)
    words = _judged(_signed(tmp_path / "forged.zip", forged, _key(harness)), _taken(harness))
    assert words.startswith("file_altered: ")
    assert "noto fino all'evento" in words


def _known_then(then: Files, name: str, row: dict[str, Any]) -> int:
    streams = json.loads(then["pack.json"])["streams"]
    return int(streams[name]["known"] if name in streams else 0) if row["role"] != "installation" else row["known"]


@pytest.mark.parametrize("role", ["review", "installation"])
def test_a_stream_that_the_checkpoint_covers_is_in_the_pack(harness: ServiceHarness, tmp_path: Path, role: str) -> None:
    """The OIV's remark is left out with its stream; a consistency proof takes its place, as of a stream of another's."""
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    about = json.loads(files["pack.json"])
    name, row = next((name, row) for name, row in about["streams"].items() if row["role"] == role)
    left = {key: data for key, data in files.items() if not key.endswith(f"/{row['file']}")}
    del about["streams"][name]
    report = json.loads(files["report.json"]) | {"acts_of_the_oiv": []}
    left |= {"pack.json": spelt(about), "report.json": spelt(report)}
    left["proofs/inclusion.jsonl"] = b"".join(
        line + b"\n" for line in files["proofs/inclusion.jsonl"].splitlines() if json.loads(line)["stream"] != name
    )
    words = _judged(_signed(tmp_path / "forged.zip", left, _key(harness)), _taken(harness))
    assert words.partition(":")[0] in {"stream_vanished", "other_key", "text_altered"}


@pytest.mark.parametrize("name", ["variations", "corrections", "acts_of_the_oiv"])
def test_no_row_of_the_lists_of_a_report_is_left_out_or_put_in(
    harness: ServiceHarness, tmp_path: Path, name: str
) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    rows = report[name]
    assert rows
    for other in ([], rows[1:], [*rows, rows[0]], rows[::-1] if len(rows) > 1 else []):
        forged = files | {"report.json": spelt(report | {name: other})}
        words = _judged(_signed(tmp_path / "forged.zip", forged, _key(harness)), _taken(harness))
        assert words.startswith("report_differs: ")


def test_a_variation_keeps_its_kind(harness: ServiceHarness, tmp_path: Path) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    for kind in ("drafting", "rolling_update", "correction", "reclassification"):
        report["variations"][0]["kind"] = kind
        forged = files | {"report.json": spelt(report)}
        assert _judged(_signed(tmp_path / "forged.zip", forged, _key(harness))).startswith("report_differs: ")


def test_no_act_is_left_out(harness: ServiceHarness, tmp_path: Path) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    acts = json.loads(files["acts.json"])
    forged = files | {"acts.json": spelt(acts[:-1])}
    assert _judged(_signed(tmp_path / "forged.zip", forged, _key(harness))).startswith("file_altered: ")


def test_what_cannot_be_verified_is_named(harness: ServiceHarness, tmp_path: Path) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    forged = _signed(tmp_path / "forged.zip", files | {"index.html": b"<p>Nessuna variazione.</p>"}, _key(harness))
    assert "Le parole della pagina index.html sono firmate, e non verificate" in _judged(forged)
    assert "non sono verificate" in files["index.html"].decode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_checkpoint_is_read_as_whatever_program_saved_it(
    harness: ServiceHarness, tmp_path: Path, encoding: str
) -> None:
    path = _pack(harness, tmp_path / "fascicolo.zip")
    saved = tmp_path / "checkpoint.txt"
    saved.write_bytes(harness.service.transparency_log.latest().note.replace("\n", "\r\n").encode(encoding))
    assert main([str(path), "--against", str(saved)]) == 0
    harness.service.transparency_log.rotate()
    assert main([str(_pack(harness, tmp_path / "after.zip")), "--against", str(saved)]) == 0


def test_a_pack_of_before_a_rotation_is_older_and_not_of_another_installation(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    before = _pack(harness, tmp_path / "before.zip")
    harness.service.transparency_log.rotate()
    assert _judged(before, _taken(harness)).startswith("older_pack: ")


# -- what lies with the key --------------------------------------------------------------------------------------------


def _without_checkpoints(harness: ServiceHarness, after: int = 0) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        for table in ("checkpoint", "checkpoint_head"):
            cursor.execute(f"DELETE FROM {table} WHERE number > ?", (after,))


def test_without_a_checkpoint_no_key_vouches_for_anything(harness: ServiceHarness) -> None:
    true = _key(harness)
    _without_checkpoints(harness)
    assert _live(harness, published=_published(true)).startswith("other_key: ")
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed, match="nessun checkpoint"):
        verify_database(cursor, trusted=Trusted(holder=_published(true)))


@pytest.mark.parametrize("left", [0, 1])
def test_the_key_does_not_sign_a_history_that_its_last_checkpoint_is_not_of(harness: ServiceHarness, left: int) -> None:
    """Nobody is asked when a checkpoint is made: what the key signed last lies beside it, out of the database."""
    log = harness.service.transparency_log
    note = kept_note(log.path)
    assert note == log.latest().note
    _without_checkpoints(harness, left)
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed, match="conservato accanto alla chiave"):
        verify_database(cursor, trusted=Trusted(kept=read_checkpoint(note, "prova")))
    with pytest.raises(RecordAltered, match="l'archivio non contiene il checkpoint"):
        log.checkpoint()
    with pytest.raises(RecordAltered):
        log.rotate()
    outcome = harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    assert [warning.name for warning in outcome.warnings] == ["checkpoint_missing"]
    kept_path(log.path).unlink()
    assert log.checkpoint().number == left + 1
    assert kept_note(log.path) == log.latest().note


# -- texts, notes and stamps -------------------------------------------------------------------------------------------


def test_a_salt_does_not_swallow_the_first_line_of_a_text(harness: ServiceHarness) -> None:
    remark = MakeRemark(about="plan", words="Rilievo grave: il target fu abbassato.\nSi chiede di ripristinarlo.")
    say(harness.service, PLAN, remark, harness.caller())
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(
            "UPDATE text SET salt = salt || char(10) || ?, text = ? WHERE text LIKE 'Rilievo grave%'",
            ("Rilievo grave: il target fu abbassato.", "Si chiede di ripristinarlo."),
        )
    assert _live(harness).startswith("text_altered: ")


def test_a_note_bears_its_one_signature_and_nothing_else(harness: ServiceHarness) -> None:
    foreign = make_key("esempio.it/altro").note("altro\n").rpartition("\n\n")[2]
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE checkpoint SET note = note || ? WHERE number = 1", (foreign,))
    assert _live(harness).startswith("tree_altered: ")


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\x01" + bytes(30) + b"\x80"])
def test_a_key_under_which_anything_verifies_is_none(public: bytes) -> None:
    with pytest.raises(ValueError, match="qualunque cosa"):
        read_key_line(str(Verifying("in-itinere/prova", public)))


# -- every field of a pack ---------------------------------------------------------------------------------------------


def _altered_rows(rows: list[Any]) -> Iterator[list[Any]]:
    """Rows with a field that is gone, or says something else; with one too many; with events that are cited otherwise."""
    for place, row in enumerate(rows):
        for field in row:
            if field not in VERIFIER_LEAVES:
                other = [*row[field], {}] if isinstance(row[field], list) else {"altro": 1}
                yield [*rows[:place], row | {field: other}, *rows[place + 1 :]]
            yield [*rows[:place], {name: said for name, said in row.items() if name != field}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"altro": 1}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"events": []}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"events": row["events"] * 2}, *rows[place + 1 :]]


VERIFIER_LEAVES = {"what", "objectives", "direction", "known", "score", "change_rate"}


@pytest.mark.parametrize("name", ["variations", "corrections", "acts_of_the_oiv"])
def test_a_row_of_the_report_is_whole_and_as_its_event_says(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    for rows in _altered_rows(report[name]):
        forged = files | {"report.json": spelt(report | {name: rows})}
        words = _judged(_signed(tmp_path / "forged.zip", forged, _key(harness)), _taken(harness))
        assert words.partition(":")[0] in {"report_differs", "file_altered"}, rows


def test_an_opinion_keeps_its_judgement_and_its_words(harness: ServiceHarness, tmp_path: Path) -> None:
    revised = versions(harness.on("2022-11-03").revise(">= 60%", "2022-10-30"))[0]
    opinion = GiveOpinion(judgement="contrary", about="plan", versions=(revised,), words="Contrario.")
    say(harness.service, PLAN, opinion, harness.caller())
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    for field, said in (("judgement", "favorevole"), ("words", "Favorevole."), ("opinion", "parere-9")):
        report = json.loads(files["report.json"])
        row = next(row for row in report["variations"] if row["opinions"])
        row["opinions"][0][field] = said
        words = _judged(_signed(tmp_path / "forged.zip", files | {"report.json": spelt(report)}, _key(harness)))
        assert words.startswith("report_differs: ")


@pytest.mark.parametrize(
    "said",
    [
        *({"year": "2022"}, {"year": 2022.0}, {"as_of": "2022-12-31, e oltre"}, {"as_of": "2022-13-31"}),
        *({"known_at": "2022-10-20"}, {"altro": 1}, {"format": 1}, {"checkpoint": True}),
    ],
)
def test_what_a_pack_says_of_itself_has_one_form(harness: ServiceHarness, tmp_path: Path, said: dict[str, Any]) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    about, report, plan = (json.loads(files[name]) for name in ("pack.json", "report.json", "plan.json"))
    shared = {name: value for name, value in said.items() if name in {"year", "as_of", "known_at"}}
    forged = files | {"pack.json": spelt(about | said), "report.json": spelt(report | shared)}
    forged["plan.json"] = spelt(plan | {name: value for name, value in shared.items() if name == "as_of"})
    assert not _judged(_signed(tmp_path / "forged.zip", forged, _key(harness))).startswith("VERIFICATO")


@pytest.mark.parametrize(
    "name",
    [
        *("report.json/.", "./report.json", "report.json/x", "Report.json", "INDEX.html", "report.json.", "json.py"),
        *("events/altro.jsonl", "initinere_verify/__Main__.py", "acts/delibera.pdf", "checkpoint.tsr"),
    ],
)
def test_no_file_is_there_that_the_product_does_not_write(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    words = _judged(_signed(tmp_path / "forged.zip", files | {name: b"x"}, _key(harness)))
    assert words.startswith("file_altered: ")


@pytest.mark.parametrize("name", ["report.json", "plan.json", "acts.json", "pack.json"])
def test_a_document_is_spelt_in_one_way(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    twice = files[name].replace(b"{\n", b'{\n "as_of": "2022-01-01",\n', 1)
    for data in (files[name].rstrip(b"\n"), b" " + files[name], twice, files[name].replace(b"\n ", b"\n  ", 1)):
        words = _judged(_signed(tmp_path / "forged.zip", files | {name: data}, _key(harness)))
        assert not words.startswith("VERIFICATO")


def test_nothing_of_the_plan_is_shown_twice(harness: ServiceHarness, tmp_path: Path) -> None:
    files = _files(_pack(harness, tmp_path / "fascicolo.zip"))
    plan = json.loads(files["plan.json"])
    for part in ("objectives", "indicators", "measurements", "statuses"):
        for row in plan[part][:1]:
            forged = files | {"plan.json": spelt(plan | {part: [row | {"altro": "altro"}, *plan[part]]})}
            assert _judged(_signed(tmp_path / "forged.zip", forged, _key(harness))).startswith("plan_differs: ")


def test_a_pack_says_of_what_it_is_and_how_much_it_leaves_out(harness: ServiceHarness, tmp_path: Path) -> None:
    path, log = tmp_path / "older.zip", harness.service.transparency_log
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2022-12-31", "2022-09-01")).content)
    line = next(line for line in _judged(path).splitlines() if line.startswith("Piano "))
    assert f"Piano {PLAN}, anno 2022, in vigore al 2022-12-31, noto al 2022-" in line
    later = _judged(_pack(harness, tmp_path / "now.zip"))
    assert "NON sono mostrati" not in later


def test_a_pack_in_the_form_of_before_is_refused_on_a_checkpoint_of_after(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    harness.on("2026-12-05")
    harness.service.register_act("cciaa-prova", "delibera di Giunta n. 7 del 04/12/2026", harness.caller())
    path, log = tmp_path / "new.zip", harness.service.transparency_log
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2026-12-05")).content)
    files = _files(path)
    about = {name: value for name, value in json.loads(files["pack.json"]).items() if name != "format"}
    report = json.loads(files["report.json"]) | {"variations": [], "corrections": []}
    forged = files | {"pack.json": spelt(about), "report.json": spelt(report)}
    _signed(path, forged, _key(harness))
    path.write_bytes(write_archive(_files(path), zipfile.ZIP_DEFLATED))
    assert _judged(path).startswith("not_canonical: ")


def test_the_work_grows_with_what_is_read_and_no_faster() -> None:
    """Streams that are all put first, keys without end, signatures without end: as long as they are many, and no longer."""
    tree, names = SortedTree(), [f"plan/{place:06}".encode() for place in range(2000)]
    for name in reversed(names):
        tree.put(name, leaf_hash(name))
    assert tree.root() == root_of([leaf_hash(name) for name in names])
    for name in names[::7]:
        tree.put(name, leaf_hash(name + b"!"))
    changed = [leaf_hash(name + b"!" if place % 7 == 0 else name) for place, name in enumerate(names)]
    assert tree.root() == root_of(changed)
    signature = "\N{EM DASH} in-itinere/prova " + encode(bytes(68)) + "\n"
    note = (
        f"in-itinere/prova\n1\n{encode(bytes(32))}\nnumber 1\nevents 1\nmade_at x\noccasion y\n\n" + signature * 50_000
    )
    keys = [Key("in-itinere/prova", place.to_bytes(32, "big")) for place in range(2, 2000)]
    begun = perf_counter()
    with pytest.raises(Failed):
        read_checkpoint(note, "prova").signed_by(by_name_and_id(keys), "prova")
    assert perf_counter() - begun < 2


# -- events that the product never records -----------------------------------------------------------------------------


def _put(harness: ServiceHarness, stream: str, event: Event, on: str = "2022-11-01", **beside: Any) -> None:
    """Writes an event past the rules of the domain, as whoever holds the key may."""
    part = StreamAppend(stream, harness.store.head(stream).version, (Pending(event, date.fromisoformat(on), **beside),))
    harness.store.append(Append(f"forged-{stream}-{part.expected}", "", "ufficio", (part,)))
    harness.service.transparency_log.checkpoint()


def test_an_annulment_of_acts_of_the_oiv_is_none(harness: ServiceHarness, tmp_path: Path) -> None:
    against = _taken(harness)
    _put(harness, f"review/{PLAN}", EventsAnnulled(versions=(1,), reason="recorded_by_mistake"))
    assert _live(harness, against).startswith("rule_broken: ")
    assert _judged(_pack(harness, tmp_path / "forged.zip"), against).startswith("rule_broken: ")


@pytest.mark.parametrize(
    ("event", "beside"),
    [
        (PlanApproved(year=2022), {}),
        (YearApproved(year=2022), {}),
        (TargetSet(indicator="incasso", year=2023, ordinal=1, target=read_one(">= 1%", 2023)), {"claim": "drafting"}),
        (TargetReferenceResolved(indicator="incasso", year=2022, ordinal=1, target=read_one(">= 1%", 2022)), {}),
    ],
    ids=["approved again", "a year approved again", "a claim of its own", "another target as a reference"],
)
def test_an_event_of_the_plan_that_no_rule_admits_is_found(
    harness: ServiceHarness, tmp_path: Path, event: Event, beside: dict[str, Any]
) -> None:
    against = _taken(harness)
    _put(harness, f"plan/{PLAN}", event, "2022-12-20", **beside)
    assert _live(harness, against).startswith("rule_broken: ")
    assert _judged(_pack(harness, tmp_path / "forged.zip"), against).startswith("rule_broken: ")


def test_an_annulment_is_listed_whatever_its_own_date(harness: ServiceHarness, tmp_path: Path) -> None:
    """By a date after the one that is asked about it would undo a change that nothing names."""
    revised = versions(harness.on("2022-11-03").revise(">= 60%", "2022-10-30"))[0]
    _put(harness, f"plan/{PLAN}", EventsAnnulled(versions=(revised,), reason="recorded_by_mistake"), "2099-01-01")
    path = _pack(harness, tmp_path / "fascicolo.zip")
    assert _judged(path).startswith("VERIFICATO")
    listed = [row["restores"] for row in json.loads(_files(path)["report.json"])["corrections"]]
    assert [revised] in listed


def test_a_final_figure_is_not_measured_over(harness: ServiceHarness) -> None:
    harness.on("2023-02-01").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-12-31")
    with harness.store.reading() as reader:
        records = reader.records("administration/cciaa-prova")
    event = next(r.event for r in reversed(records) if isinstance(r.event, MeasurementRecorded))
    _put(harness, "administration/cciaa-prova", event, "2023-01-31")
    assert _live(harness).startswith("rule_broken: ")


def test_checkpoints_do_not_go_back_in_time(harness: ServiceHarness) -> None:
    key, last = _key(harness), harness.service.transparency_log.latest()
    harness.on("2022-12-12")
    part = StreamAppend("diligence/x", 0, (Pending(DocumentOpened(what="x"), date(2022, 12, 12)),))
    harness.store.append(Append("opened", "", "oiv", (part,)))
    with harness.store.datastore.cursor(commit=True) as cursor:
        checkpoint = make(cursor, key, harness.now, "on-demand")
        text = checkpoint.text._replace(made_at=last.text.made_at - timedelta(days=30))
        note, made_at = key.note(text.body()), text.body().split("\nmade_at ")[1].split("\n")[0]
        sql = "UPDATE checkpoint SET note = ?, made_at = ? WHERE number = ?"
        cursor.execute(sql, (note, made_at, checkpoint.number))
    assert _live(harness).startswith("tree_altered: ")


def test_no_more_of_a_pack_is_unfolded_than_it_says(tmp_path: Path) -> None:
    packed = zlib.compress(bytes(200_000_000), 9)[2:-4]
    name = b"pack.json"
    sizes = struct.pack("<LLL", 0, len(packed), 10)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(name), 0) + name
    central = b"PK\x01\x02" + struct.pack("<HHHHHH", 0x0314, 20, 0, 8, 0, 33) + sizes
    central += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0o644 << 16, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    (tmp_path / "bomb.zip").write_bytes(local + packed + central + end)
    tracemalloc.start()
    assert _judged(tmp_path / "bomb.zip").startswith("not_canonical: ")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_key_that_signed_another_record_begins_no_new_one(harness: ServiceHarness, tmp_path: Path) -> None:
    """Beside an archive that was made again it goes aside; where a setting names it, it is refused."""
    key = harness.service.transparency_log.path
    other = Store(str(tmp_path / "altro.sqlite"))
    with pytest.raises(KeyUnusable, match="ha già firmato un altro archivio"):
        Log(other, key).begin()
    beside = tmp_path / "altro.sqlite.key"
    for suffix in ("", ".last"):
        beside.with_name(beside.name + suffix).write_bytes(key.with_name(key.name + suffix).read_bytes())
    beside.chmod(0o600)
    assert Log(other, beside).begin().verifying != _key(harness).verifying
    assert Log(other, beside).checkpoint().number == 1
    assert len(list(tmp_path.glob("altro.sqlite.key*.replaced-*"))) == 2
    other.close()
