"""A pack names nothing of other administrations, and proves of its own plan what it proved when it named all."""

import hashlib
import json
import lzma
from collections.abc import Callable, Iterator
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import projections.proof.checkpoints
from api.commands.oversight import say
from api.commands.service import Service
from domain.administrations.commands import RegisterOffice
from domain.oiv.commands import MakeRemark
from initinere_verify.pack import OTHERS
from initinere_verify.slots import DEPTH, Slots, address_of
from initinere_verify.trees import EMPTY, Failed, leaf_hash, node_hash, read_checkpoint
from projections.proof.log import Log
from projections.proof.notes import CheckpointText, Signing
from tests.support.forging import judged, judged_live, key_of, pack_of, signed_pack_at, taken
from tests.support.harness import PLAN, ServiceHarness, versions
from tests.support.packs import Files, files_of, packed

ELSEWHERE: dict[str, Any] = {
    "administration": {"id": "cciaa-kappa", "name": "Camera di Commercio Kappa"},
    "plan": {"id": "kappa-2022-2024", "title": "In segreto", "first_year": 2022, "last_year": 2024},
    "act": None,
}


class Scene(NamedTuple):
    """The pack of an administration beside which another has a draft, with a key that may sign anything anew."""

    harness: ServiceHarness
    folder: Path
    files: Files
    key: Signing

    def judged(self, files: Files) -> str:
        """What the verifier says of other files that the key signs."""
        return judged(signed_pack_at(self.folder / "forged.zip", files, self.key))


def _of_an_earlier_program(**said: Any) -> CheckpointText:
    return CheckpointText(**{**said, "subjects": None})


@pytest.fixture(scope="module", params=["today", "since an earlier program"])
def scene(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Two administrations, one with a draft alone, which is born between two checkpoints of the other, and grows."""
    folder = tmp_path_factory.mktemp("archivio")
    harness = ServiceHarness(folder / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, folder / "signing.key"))
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "today":
            patch.setattr(projections.proof.checkpoints, "CheckpointText", _of_an_earlier_program)
        harness.load()
        harness.load(**ELSEWHERE)
        revised = versions(harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30"))[0]
    say(
        harness.service,
        PLAN,
        MakeRemark(about="indicator/incasso", versions=(revised,), words="Perché?"),
        harness.caller(),
    )
    office = RegisterOffice(name="Ufficio di altri")
    harness.on("2022-10-04").service.register_office("cciaa-kappa", office, harness.caller())
    harness.service.transparency_log.checkpoint()
    harness.on("2022-10-20").revise(">= 65%", "2022-10-18")
    yield Scene(harness, folder, files_of(pack_of(harness, folder / "fascicolo.zip")), key_of(harness))
    harness.store.close()


def test_nothing_in_a_pack_names_what_is_others(scene: Scene) -> None:
    assert [
        name for name, data in scene.files.items() if b"kappa" in data.lower() and "initinere_verify" not in name
    ] == []
    named = {json.loads(line)["stream"] for line in scene.files["heads.jsonl"].splitlines()}
    assert named == {f"plan/{PLAN}", f"review/{PLAN}", "administration/cciaa-prova", "installation"}
    assert scene.files["others.jsonl"]


def test_the_pack_and_the_archive_are_verified_and_the_pack_says_what_it_no_longer_proves(scene: Scene) -> None:
    words = scene.judged(scene.files)
    assert words.startswith("VERIFICATO")
    assert "I flussi di altre amministrazioni vi sono come sole impronte" in words
    assert ("di un programma anteriore, fra le impronte" in words) is bool(scene.files["others-before.jsonl"])
    assert judged_live(scene.harness, taken(scene.harness)).startswith("VERIFICATO")


def _rows(files: Files, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[name].splitlines()]


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def _rehashed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"hash": hashlib.sha256(str(row["hash"]).encode()).hexdigest()}


def _own_hidden(rows: list[dict[str, Any]], length: int) -> list[dict[str, Any]]:
    place = address_of(f"plan/{PLAN}")[:length]
    kept = [row for row in rows if not row["place"].startswith(place)]
    hidden = {"number": rows[-1]["number"], "place": place, "hash": EMPTY.hex()}
    return sorted([*kept, hidden], key=lambda row: (row["number"], row["place"]))


FORGED: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "another hash": lambda rows: [_rehashed(rows[0]), *rows[1:]],
    "one less": lambda rows: rows[1:],
    "none": lambda rows: rows[:0],
    "one more": lambda rows: [*rows, rows[-1] | {"place": rows[-1]["place"] + "0"}],
    "the same again": lambda rows: [*rows, rows[-1] | {"number": rows[-1]["number"] + 1}],
    "another checkpoint": lambda rows: [rows[0] | {"number": 99}, *rows[1:]],
    "another place": lambda rows: [rows[0] | {"place": rows[0]["place"][:-1] + "2"}, *rows[1:]],
    "nothing": lambda rows: [rows[0] | {"hash": None}, *rows[1:]],
    "a plan's own slot": lambda rows: _own_hidden(rows, DEPTH),
    "all that is around it": lambda rows: _own_hidden(rows, 1),
}


@pytest.mark.parametrize("way", FORGED)
def test_what_hides_others_can_hide_nothing_else(scene: Scene, way: str) -> None:
    rows = FORGED[way](_rows(scene.files, "others.jsonl"))
    assert not scene.judged(scene.files | {"others.jsonl": _lines(rows)}).startswith("VERIFICATO")


@pytest.mark.parametrize("stream", ["plan", "review", "administration", "installation"])
def test_no_stream_of_the_pack_can_be_left_to_what_is_hidden(scene: Scene, stream: str) -> None:
    """Whoever holds the key signs whatever files he likes; the checkpoints are those that were taken away."""
    heads = [row for row in _rows(scene.files, "heads.jsonl") if row["stream"].partition("/")[0] != stream]
    about = json.loads(scene.files["pack.json"])
    gone = [name for name in about["streams"] if name.partition("/")[0] == stream]
    about["streams"] = {name: entry for name, entry in about["streams"].items() if name not in gone}
    held = {f"{folder}/{name.replace('/', '_')}.jsonl" for name in gone for folder in ("events", "leaves")}
    files = {name: data for name, data in scene.files.items() if name not in held}
    spelt = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    assert not scene.judged(files | {"heads.jsonl": _lines(heads), "pack.json": spelt}).startswith("VERIFICATO")
    hidden = _own_hidden(_rows(files, "others.jsonl"), 1)
    forged = files | {"heads.jsonl": _lines(heads), "pack.json": spelt, "others.jsonl": _lines(hidden)}
    assert not scene.judged(forged).startswith("VERIFICATO")


def test_a_checkpoint_signed_twice_with_other_subjects_is_another_one(scene: Scene) -> None:
    mine = taken(scene.harness)
    text = mine.text.replace(f"subjects {mine.text.rpartition('subjects ')[2]}", "")
    other = scene.key.note(text + "subjects " + "A" * 43 + "=\n")
    path = signed_pack_at(scene.folder / "same.zip", scene.files, scene.key)
    assert judged(path, mine).startswith("VERIFICATO")
    assert judged(path, read_checkpoint(other, "prova")).startswith("rewritten")


def test_a_pack_that_hides_nothing_is_not_of_today(scene: Scene) -> None:
    files = {name: data for name, data in scene.files.items() if name not in OTHERS}
    assert not scene.judged(files).startswith("VERIFICATO")
    earlier = files["pack.json"].replace(b'"format": 3', b'"format": 2')
    assert not scene.judged(files | {"pack.json": earlier}).startswith("VERIFICATO")


def test_a_pack_that_named_all_is_verified_as_it_was(tmp_path: Path) -> None:
    sample = resources("tests") / "samples" / "packs" / "2026-11-format-2.zip.xz"
    path = tmp_path / "fascicolo.zip"
    path.write_bytes(lzma.decompress(sample.read_bytes()))
    assert b"plan/altra-2022-2024" in files_of(path)["heads.jsonl"]
    assert judged(path).startswith("VERIFICATO: 23 eventi di 3 flussi")
    altered = files_of(path)
    altered["heads.jsonl"] = altered["heads.jsonl"].replace(b"plan/altra", b"plan/altri")
    assert judged(packed(path, altered)).startswith("tree_altered")


def _by_definition(leaves: dict[str, bytes], depth: int = 0) -> bytes:
    if not leaves:
        return EMPTY
    if depth == DEPTH:
        return next(iter(leaves.values()))
    left, right = ({place: leaf for place, leaf in leaves.items() if place[depth] == digit} for digit in "01")
    return node_hash(_by_definition(left, depth + 1), _by_definition(right, depth + 1))


def test_the_tree_over_subjects_is_the_one_of_its_definition() -> None:
    leaves = {address_of(f"plan/{place}"): leaf_hash(bytes([place])) for place in range(40)}
    slots = Slots()
    for step, (place, leaf) in enumerate(leaves.items()):
        slots.put(place, leaf)
        if step % 7 == 0:
            slots.root()
    assert slots.root() == _by_definition(leaves)
    shown = set(list(leaves)[:3])
    hiding = Slots()
    for place, digest in [*slots.beside(shown), *((place, leaves[place]) for place in shown)]:
        hiding.put(place, digest)
    assert hiding.root() == slots.root()
    gone = next(iter(leaves))
    slots.put(gone, None)
    assert slots.root() == _by_definition({place: leaf for place, leaf in leaves.items() if place != gone})
    hiding.put(gone[:1], EMPTY)
    with pytest.raises(Failed):
        hiding.root()
