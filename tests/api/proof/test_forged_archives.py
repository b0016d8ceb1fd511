"""Forged archives: a pack has one content, whatever opens it, and costs no more to judge than it is large."""

import json
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from api.proof.pack import make_pack
from domain.proof.public_keys import encode
from initinere_verify.archive import write_archive
from initinere_verify.enclosed import SCHEMAS, digest_of
from initinere_verify.listed import UNVERIFIED
from initinere_verify.pack import OTHERS
from initinere_verify.trees import (
    Failed,
    Key,
    SortedTree,
    by_name_and_id,
    leaf_hash,
    printable,
    read_checkpoint,
    root_of,
)
from projections.proof.bundle import schema_files
from projections.proof.notes import Signing
from tests.support.forging import judged, key_of, pack_of, signed_pack_at
from tests.support.harness import PLAN, ServiceHarness, point
from tests.support.packs import Files, files_of, signed_anew, spelt


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
    path = pack_of(harness, tmp_path / "fascicolo.zip")
    assert judged(path).startswith("VERIFICATO")
    data = OTHER_BYTES[way](path.read_bytes(), files_of(path))
    assert data != path.read_bytes()
    path.write_bytes(data)
    assert judged(path).partition(":")[0] in {"not_canonical", "unreadable", "file_altered"}


def test_the_zip64_forgery_holds_the_true_files_for_one_program_and_others_for_another(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    path = pack_of(harness, tmp_path / "fascicolo.zip")
    true = files_of(path)
    path.write_bytes(_two_directories(path.read_bytes(), "index.html"))
    assert files_of(path) == true  # what Python reads
    assert b"contraffatto\n" in path.read_bytes()
    assert judged(path).startswith("not_canonical: ")


def test_no_text_of_a_pack_steers_the_terminal(harness: ServiceHarness, tmp_path: Path) -> None:
    escape = "\x1b[2K\rVERIFICATO\n\u202e\u2028\x9b"
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    about = json.loads(files["pack.json"]) | {"as_of": escape}
    for forged in (
        files | {f"{escape}.txt": b"x"},
        files | {"pack.json": spelt(about)},
        files | {"checkpoint.txt": escape.encode()},
        files | {"keys.txt": escape.encode()},
        files | {"plan.json": spelt(json.loads(files["plan.json"]) | {"as_of": escape})},
    ):
        words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness)))
        assert not words.startswith("VERIFICATO")
        assert all(character.isprintable() for line in words.split("\n") for character in line)
        assert not any(line.startswith("VERIFICATO") for line in words.split("\n"))


@pytest.mark.parametrize(
    "code", [0x3164, 0x115F, 0x1160, 0xFFA0, 0x2800, 0x34F, 0xFE0F, 0x17B4, 0x180B, 0x2061, 0xAD, 0xE0041]
)
def test_what_is_not_seen_is_spelled_out(code: int) -> None:
    assert printable(f"a{chr(code)}b") == "a" + chr(code).encode("unicode_escape").decode() + "b"


def test_blanks_carry_nothing_to_a_line_of_its_own(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    report["variations"][0]["after"] = "x" + " " * 400 + "VERIFICATO: 29 eventi di 4 flussi."
    words = judged(signed_pack_at(tmp_path / "forged.zip", files | {"report.json": spelt(report)}, key_of(harness)))
    assert words.startswith("report_differs: ")
    assert "x [400 spazi] VERIFICATO" in words
    assert printable("due  spazi") == "due  spazi"


def test_whatever_a_pack_says_its_verification_takes_no_more_than_it_is_large(tmp_path: Path) -> None:
    """Names by the thousand that all lead to the same bytes, and a file that unfolds to a thousand times its size."""
    shared = bytes(40_000)
    body, line = _entry(b"a", shared, 0)
    lines = b"".join(line[:46] + b"%04d" % place for place in range(1000))
    lines = lines.replace(struct.pack("<H", 1) + bytes(8), struct.pack("<H", 4) + bytes(8))
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1000, 1000, len(lines), len(body), 0)
    (tmp_path / "overlap.zip").write_bytes(body + lines + end)
    assert judged(tmp_path / "overlap.zip").startswith("unreadable: ")
    dense = {"pack.json": b"[" + b"[]," * 15_000_000 + b"[]]"}
    (tmp_path / "dense.zip").write_bytes(write_archive(dense, zipfile.ZIP_DEFLATED))
    assert (tmp_path / "dense.zip").stat().st_size < 100_000
    assert judged(tmp_path / "dense.zip").startswith("unreadable: ")


@pytest.mark.parametrize(
    "said",
    [
        *({"year": "2022"}, {"year": 2022.0}, {"as_of": "2022-12-31, e oltre"}, {"as_of": "2022-13-31"}),
        *({"known_at": "2022-10-20"}, {"altro": 1}, {"format": 1}, {"checkpoint": True}),
    ],
)
def test_what_a_pack_says_of_itself_has_one_form(harness: ServiceHarness, tmp_path: Path, said: dict[str, Any]) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    about, report, plan = (json.loads(files[name]) for name in ("pack.json", "report.json", "plan.json"))
    shared = {name: value for name, value in said.items() if name in {"year", "as_of", "known_at"}}
    forged = files | {"pack.json": spelt(about | said), "report.json": spelt(report | shared)}
    forged["plan.json"] = spelt(plan | {name: value for name, value in shared.items() if name == "as_of"})
    assert not judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness))).startswith("VERIFICATO")


@pytest.mark.parametrize(
    "name",
    [
        *("report.json/.", "./report.json", "report.json/x", "Report.json", "INDEX.html", "report.json.", "json.py"),
        *("events/altro.jsonl", "initinere_verify/__Main__.py", "acts/delibera.pdf", "checkpoint.tsr"),
    ],
)
def test_no_file_is_there_that_the_product_does_not_write(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    words = judged(signed_pack_at(tmp_path / "forged.zip", files | {name: b"x"}, key_of(harness)))
    assert words.startswith("file_altered: ")


@pytest.mark.parametrize("name", ["report.json", "plan.json", "acts.json", "pack.json"])
def test_a_document_is_spelt_in_one_way(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    twice = files[name].replace(b"{\n", b'{\n "as_of": "2022-01-01",\n', 1)
    for data in (files[name].rstrip(b"\n"), b" " + files[name], twice, files[name].replace(b"\n ", b"\n  ", 1)):
        words = judged(signed_pack_at(tmp_path / "forged.zip", files | {name: data}, key_of(harness)))
        assert not words.startswith("VERIFICATO")


def test_a_pack_in_the_form_of_before_is_refused_on_a_checkpoint_of_after(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    harness.on("2026-12-05")
    harness.service.register_act("cciaa-prova", "delibera di Giunta n. 7 del 04/12/2026", harness.caller())
    path, log = tmp_path / "new.zip", harness.service.transparency_log
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2026-12-05")).content)
    files = files_of(path)
    about = {name: value for name, value in json.loads(files["pack.json"]).items() if name != "format"}
    report = json.loads(files["report.json"]) | {"variations": [], "corrections": []}
    forged = files | {"pack.json": spelt(about), "report.json": spelt(report)}
    signed_pack_at(path, forged, key_of(harness))
    path.write_bytes(write_archive(files_of(path), zipfile.ZIP_DEFLATED))
    assert judged(path).partition(":")[0] in {"not_canonical", "file_altered"}


def _in_the_form_of_before(path: Path, files: Files, key: Signing, **report: Any) -> Path:
    about = {name: value for name, value in json.loads(files["pack.json"]).items() if name != "format"}
    files = {name: data for name, data in files.items() if name not in OTHERS}
    shown = json.loads(files["report.json"]) | report
    forged = files | {"pack.json": spelt(about), "report.json": spelt(shown)}
    path.write_bytes(write_archive(signed_anew(forged, key), zipfile.ZIP_DEFLATED))
    return path


@pytest.mark.parametrize("name", ["variations", "corrections", "acts_of_the_oiv", "redactions"])
def test_the_lists_of_a_pack_in_the_form_of_before_are_recomputed_as_well(
    harness: ServiceHarness, tmp_path: Path, name: str
) -> None:
    files, key = files_of(pack_of(harness, tmp_path / "fascicolo.zip")), key_of(harness)
    path = tmp_path / "before.zip"
    assert judged(_in_the_form_of_before(path, files, key)).startswith("VERIFICATO")
    rows = json.loads(files["report.json"])[name]
    forgeries: list[list[dict[str, Any]]] = [[*rows, {"digest": "sha256:0", "act": None}]] if not rows else []
    for row in rows[:1]:
        forgeries += [[{**row, field: "altro"}, *rows[1:]] for field in row if field not in UNVERIFIED[name]]
        forgeries += [[{**row, "altro": 0}, *rows[1:]], [row, *rows]]
    for forged in [*forgeries, *([[]] if rows else [])]:
        words = judged(_in_the_form_of_before(path, files, key, **{name: forged}))
        assert not words.startswith("VERIFICATO"), forged


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
    assert judged(tmp_path / "bomb.zip").startswith("not_canonical: ")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def _rows(files: Files, name: str) -> list[Any]:
    return [json.loads(line) for line in files[name].splitlines()]


def _row_lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def _first(row: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda rows: [rows[0] | row, *rows[1:]]


OTHER_SPELLINGS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "a field more": _first({"altro": ""}),
    "fields in another order": lambda rows: [dict(reversed(rows[0].items())), *rows[1:]],
    "a row twice": lambda rows: [rows[0], *rows],
    "in another order": lambda rows: rows[::-1],
    "a row more": lambda rows: [*rows, rows[-1] | {next(iter(rows[-1])): "z"}],
}
LINES = ("texts.jsonl", "heads.jsonl", "checkpoints.jsonl", "proofs/inclusion.jsonl")


def test_the_rows_of_a_pack_are_spelt_in_one_way(harness: ServiceHarness, tmp_path: Path) -> None:
    harness.on("2022-11-03").revise(">= 66%", "2022-11-01")
    files, key = files_of(pack_of(harness, tmp_path / "fascicolo.zip")), key_of(harness)
    leaves = f"leaves/plan_{PLAN}.jsonl"
    head, leaf = _rows(files, "heads.jsonl")[0], _rows(files, leaves)
    forged: dict[str, tuple[str, list[Any]]] = {
        f"{name}, {way}": (name, respelt(_rows(files, name)))
        for name in LINES
        for way, respelt in OTHER_SPELLINGS.items()
    }
    forged["upper case"] = "heads.jsonl", _first({"root": head["root"].upper()})(_rows(files, "heads.jsonl"))
    forged["a blank"] = "heads.jsonl", _first({"root": " " + head["root"]})(_rows(files, "heads.jsonl"))
    forged["true"] = "checkpoints.jsonl", _first({"number": True})(_rows(files, "checkpoints.jsonl"))
    forged["true in a leaf"] = leaves, [[True, *leaf[0][1:]], *leaf[1:]]
    forged["a leaf in upper case"] = leaves, [[*leaf[0][:2], leaf[0][2].upper()], *leaf[1:]]
    extra = {"stream": "plan/altro", "first": 1, "second": 2, "path": []}
    forged["a proof more"] = "proofs/consistency.jsonl", [extra]
    for way, (name, rows) in forged.items():
        changed = files | {name: _row_lines(rows)}
        assert changed[name] != files[name], way
        words = judged(signed_pack_at(tmp_path / "forged.zip", changed, key))
        assert words.partition(":")[0] in {"file_altered", "tree_altered", "text_altered"}, way
    acts = json.loads(files["acts.json"])
    acts[0]["assumed"] = 0
    words = judged(signed_pack_at(tmp_path / "forged.zip", files | {"acts.json": spelt(acts)}, key))
    assert words.startswith("file_altered: ")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("schemas/altro.json", b"{}"),
        ("initinere_verify/json.py", b"print('VERIFICATO')"),
        ("LEGGIMI.txt", b"Si verifichi con il verificatore accluso."),
    ],
)
def test_a_pack_encloses_no_file_that_no_program_writes(
    harness: ServiceHarness, tmp_path: Path, name: str, data: bytes
) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    forged = signed_pack_at(tmp_path / "forged.zip", files | {name: data}, key_of(harness))
    assert judged(forged).startswith("file_altered: ")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("schemas/envelope.json", b"{}\n"),
        ("initinere_verify/__main__.py", b"print('VERIFICATO')"),
        ("initinere_verify/__main__.py", None),
    ],
)
def test_a_verifier_or_schemas_of_another_program_are_told_and_the_pack_is_judged_by_this_one(
    harness: ServiceHarness, tmp_path: Path, name: str, data: bytes | None
) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    forged = {each: content for each, content in files.items() if each != name} | ({name: data} if data else {})
    words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness)))
    assert "VERIFICATO" in words
    assert "ATTENZIONE: il verificatore accluso, o gli schemi, non sono quelli di questo programma" in words


def test_the_verifier_knows_the_schemas_that_the_program_writes() -> None:
    assert digest_of(schema_files()) == SCHEMAS, "python -m api.documentation.verifier"
