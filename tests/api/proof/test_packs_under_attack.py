"""Packs under attack: by whoever finds one on the way, and by the office itself, which holds the key."""

import json
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from api.commands.oversight import redact_texts, say
from api.commands.service import Service
from api.proof.pack import make_pack
from domain.oiv.commands import MakeRemark
from domain.redactions.commands import RedactTexts
from initinere_verify.__main__ import main, read_against
from initinere_verify.pack import verify_pack
from initinere_verify.trees import Checkpoint, Failed, read_checkpoint
from projections.proof.keys import read_key
from projections.proof.log import Log
from projections.proof.notes import Signing
from tests.support.harness import PLAN, ServiceHarness, point, versions
from tests.support.packs import Files, files_of, packed, signed_anew, spelt

AT = point("2022-12-31")
RECORD = ("events/", "texts.jsonl", "checkpoints.jsonl", "checkpoint.txt", "keys.txt", "pack.json")
"""The files of which the slow run flips every byte; of the others, whose digests are signed, every fiftieth."""


class Scene(NamedTuple):
    """A harness with a record that has everything in it; its key; its pack, as a file and as its files."""

    harness: ServiceHarness
    key: Signing
    path: Path
    files: Files

    def forged(self, files: Files, *, signed: bool = False) -> Path:
        """A pack of other files; signed anew when it is the office that forges it."""
        return packed(self.path.with_name("forged.zip"), signed_anew(files, self.key) if signed else files)


def _written(path: Path, entries: list[tuple[str, bytes]]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, data in entries:
            archive.writestr(name, data)
    return path


def _pack(harness: ServiceHarness, path: Path) -> Path:
    path.write_bytes(make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    return path


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Figures, a revision, one that was annulled, a status, a withdrawal, a remark, a text removed by order."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    harness.on("2022-07-15").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    revised = versions(harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30"))[0]
    say(
        harness.service,
        PLAN,
        MakeRemark(about="indicator/incasso", versions=(revised,), words="Perché?"),
        harness.caller(),
    )
    mistaken = versions(harness.on("2022-10-20").revise(">= 14,5%", "2022-10-18", indicator="cassetto"))[0]
    harness.annul(mistaken, act="delibera di Giunta n. 12 del 20/10/2022")
    harness.report(subject="indicator", id="cassetto", status="at_risk", reported_on="2022-10-20", note="in ritardo")
    harness.on("2022-11-01").change({"verb": "withdraw_indicator", "object": "regolamento"})
    redact_texts(
        harness.service,
        PLAN,
        RedactTexts(version=revised),
        "decreto del Presidente n. 2 del 01/11/2022",
        harness.caller(),
    )
    path = _pack(harness, tmp_path / "fascicolo.zip")
    key = read_key(tmp_path / "signing.key")
    assert key is not None
    yield Scene(harness, key, path, files_of(path))
    harness.store.close()


def _kind(path: Path, against: Checkpoint | None = None) -> str | None:
    failures: list[Failed] = []
    try:
        verify_pack(path, against)
    except Failed as failure:
        failures.append(failure)
    assert all(one.where and one.expected and one.found for one in failures)
    return failures[0].kind if failures else None


# -- whoever finds it on the way ---------------------------------------------------------------------------------------


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _all_flips_found(scene: Scene, places: Callable[[str, int], list[int]]) -> int:
    tried, missed = 0, []
    for name, data in scene.files.items():
        for place in places(name, len(data)):
            tried += 1
            if _kind(scene.forged(scene.files | {name: _flipped(data, place)})) is None:
                missed.append((name, place))
    assert not missed, missed[:10]
    return tried


def test_a_byte_flipped_in_any_file_is_found(scene: Scene) -> None:
    chance = random.Random(9162)  # noqa: S311 - the sample is the same each time
    tried = _all_flips_found(scene, lambda _, size: [chance.randrange(size) for _ in range(2)] if size else [])
    assert tried > len(scene.files)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_byte_flipped_in_every_file_of_the_record_is_found(scene: Scene) -> None:
    tried = _all_flips_found(scene, lambda name, size: list(range(0, size, 1 if name.startswith(RECORD) else 50)))
    assert tried > 10_000


def test_a_byte_flipped_in_the_zip_itself_gives_a_verdict_and_never_another_content(scene: Scene) -> None:
    chance, data = random.Random(6962), scene.path.read_bytes()  # noqa: S311 - the sample is the same each time
    for place in chance.sample(range(len(data)), 150):
        forged = scene.path.with_name("forged.zip")
        forged.write_bytes(_flipped(data, place))
        if _kind(forged) is None:  # a date or a mode, of which nothing hangs
            assert files_of(forged) == scene.files, place


def test_a_missing_file_is_found(scene: Scene) -> None:
    kinds = {}
    for name in scene.files:
        kinds[name] = _kind(scene.forged({one: data for one, data in scene.files.items() if one != name}))
    assert None not in kinds.values(), kinds
    assert kinds["pack.json"] == "unreadable"
    assert kinds[f"events/plan_{PLAN}.jsonl"] == "missing_event"
    assert kinds["texts.jsonl"] == "text_missing"
    assert kinds["index.html"] == "file_altered"


@pytest.mark.parametrize(
    "name", ["ancora.txt", "json.py", "../fuori.txt", "/etc/fuori.txt", "a/../../fuori.txt", "C:fuori.txt", "a\\b"]
)
def test_a_file_too_many_is_found_and_none_may_lead_out_of_the_folder(scene: Scene, name: str) -> None:
    path = scene.forged(scene.files | {name: b"x"})
    with pytest.raises(Failed) as failure:
        verify_pack(path)
    assert (failure.value.kind, failure.value.where) == ("file_altered", name)


def test_a_name_that_is_there_twice_is_found(scene: Scene) -> None:
    """One program would show the first, another the last."""
    path = _written(scene.path.with_name("twice.zip"), [("index.html", b"altro"), *scene.files.items()])
    with pytest.raises(Failed, match="un file solo con questo nome"):
        verify_pack(path)


def test_a_bomb_is_not_unfolded(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.json", scene.files["pack.json"])
        with archive.open("events/big.jsonl", "w") as entry:
            for _ in range(60):
                entry.write(bytes(1_000_000))
    with pytest.raises(Failed, match="grandezza verosimile"):
        verify_pack(path)


def test_a_bomb_that_lies_about_its_size_is_not_unfolded(scene: Scene) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.json", bytes(30_000_000))
    lying = buffer.getvalue().replace((30_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    scene.path.write_bytes(lying)
    assert _kind(scene.path) == "not_canonical"


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"{}", b"null", b"[]", b'{"streams":{"x":1}}', b"\xff\xfe", b"1e999"]
)
@pytest.mark.parametrize("name", ["pack.json", "plan.json", "report.json", "heads.jsonl", "checkpoints.jsonl"])
def test_whatever_a_file_says_the_answer_is_a_verdict(scene: Scene, name: str, content: bytes) -> None:
    assert _kind(scene.forged(scene.files | {name: content}, signed=True)) in {
        *("unreadable", "file_altered", "tree_altered", "plan_differs", "report_differs", "bad_signature", "other_key")
    }


# -- the office, which holds the key -----------------------------------------------------------------------------------


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for name, one in inner:
        yield from _places(one, (*path, name))
    if not inner:
        yield path


def _changed(document: Any, path: tuple[Any, ...]) -> Any:
    copy = deepcopy(document)
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    match holder[path[-1]]:
        case bool() as said:
            holder[path[-1]] = not said
        case int() as said:
            holder[path[-1]] = said + 1
        case str() as said:
            holder[path[-1]] = said[:-1] + ("1" if said[-1:] != "1" else "2")
        case None:
            holder[path[-1]] = "altro"
        case dict():
            holder[path[-1]] = {"altro": "altro"}
        case _:
            holder[path[-1]] = ["altro"]
    return copy


@pytest.mark.parametrize("name", ["plan.json", "acts.json", "pack.json"])
def test_no_value_that_is_shown_of_the_plan_can_be_other_than_its_events_say(scene: Scene, name: str) -> None:
    """The office alters what it shows and signs it: the verifier's own fold finds every single value."""
    document = json.loads(scene.files[name])
    places = list(_places(document))
    missed = [
        place
        for place in places
        if _kind(scene.forged(scene.files | {name: spelt(_changed(document, place))}, signed=True)) is None
    ]
    assert len(places) >= 14
    assert not missed, missed


def test_a_figure_that_nobody_measured_or_that_is_left_out_is_found(scene: Scene) -> None:
    shown = json.loads(scene.files["plan.json"])
    for measurements in ([], [*shown["measurements"], shown["measurements"][0] | {"period": "2022"}]):
        data = spelt(shown | {"measurements": measurements})
        assert _kind(scene.forged(scene.files | {"plan.json": data}, signed=True)) == "plan_differs"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("effective_on", "2022-01-01"),
        ("recorded_at", "2022-01-01T09:00:00.000000Z"),
        ("cause", "legal"),
        ("justification", "altre parole"),
        ("retrospective", True),
        ("before", None),
        ("after", None),
    ],
)
def test_the_report_repeats_of_an_event_what_the_event_says(scene: Scene, field: str, said: object) -> None:
    report = json.loads(scene.files["report.json"])
    row = next(one for one in report["variations"] if one["aspect"] == "target")
    assert row[field] != said
    row[field] = said
    path = scene.forged(scene.files | {"report.json": spelt(report)}, signed=True)
    assert _kind(path) == "report_differs"


def test_a_pack_cannot_be_shown_as_that_of_another_plan_or_year(scene: Scene) -> None:
    for said in ({"year": 2023}, {"plan": "altro-2022"}, {"checkpoint": 1}, {"as_of": "2022-06-30"}):
        about = spelt(json.loads(scene.files["pack.json"]) | said)
        assert _kind(scene.forged(scene.files | {"pack.json": about}, signed=True)) == "file_altered"


# -- checkpoints from elsewhere and from another time ------------------------------------------------------------------


def test_an_older_pack_is_not_called_a_truncated_record(scene: Scene, tmp_path: Path) -> None:
    older = _pack(scene.harness, tmp_path / "older.zip")
    before = read_checkpoint(scene.harness.service.transparency_log.latest().note, "prova")
    scene.harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    after = read_checkpoint(scene.harness.service.transparency_log.latest().note, "prova")
    newer = _pack(scene.harness, tmp_path / "newer.zip")
    assert (after.number, _kind(older, before), _kind(newer, before), _kind(newer, after)) == (
        before.number + 1,
        None,
        None,
        None,
    )
    assert _kind(older, after) == "older_pack"
    assert main([str(older), "--against", str(newer)]) == 1
    assert main([str(newer), "--against", str(older)]) == 0


def test_a_pack_of_another_installation_is_said_to_be_one(scene: Scene, tmp_path: Path) -> None:
    other = ServiceHarness(tmp_path / "altro.sqlite").on("2022-02-05")
    other.service = Service(other.store, Log(other.store, tmp_path / "other.key"))
    other.load()
    theirs = _pack(other, tmp_path / "altro.zip")
    for pack, evidence in ((scene.path, theirs), (theirs, scene.path)):
        against, known = read_against(evidence)
        with pytest.raises(Failed) as failure:
            verify_pack(pack, against, known)
        assert failure.value.kind == "other_installation"
    mixed = {name: data for name, data in files_of(theirs).items() if name.startswith(("events/", "leaves/"))}
    assert _kind(scene.forged(scene.files | mixed)) is not None
    other.store.close()


def test_an_older_pack_put_together_with_newer_events_is_found(scene: Scene, tmp_path: Path) -> None:
    scene.harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    newer = files_of(_pack(scene.harness, tmp_path / "newer.zip"))
    name = f"events/plan_{PLAN}.jsonl"
    assert newer[name].startswith(scene.files[name])
    assert _kind(scene.forged(scene.files | {name: newer[name]})) is not None
    assert _kind(scene.forged(newer | {name: scene.files[name]})) == "truncated"
