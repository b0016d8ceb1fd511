"""The evidence pack: the same bytes for the same point, valid alone, and no file of it can be altered unseen."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import cryptography
import pytest

from api.commands.oversight import redact_texts, say
from api.commands.service import Service
from api.formats.json_reader import into
from api.proof.pack import make_pack
from api.proof.page import runs
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.oiv.commands import GiveOpinion
from domain.redactions.commands import RedactTexts
from initinere_verify.__main__ import main, read_against
from initinere_verify.pack import verify_pack
from initinere_verify.trees import Failed, read_checkpoint
from projections.proof.log import Log
from tests.support.harness import PLAN, ServiceHarness, point, versions
from tests.support.packs import files_of, packed

AT = point("2022-12-31")


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness with a log, the small plan, a revision and its opinion, a figure, a text removed by order."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    harness.on("2022-07-15").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    version = versions(harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30", justification="<b>motivo</b>"))[0]
    words = GiveOpinion(judgement="conditional", versions=(version,), words="Si chiede la fonte.")
    say(harness.service, PLAN, words, harness.caller())
    other = versions(harness.on("2022-10-20").revise(">= 14,5%", "2022-10-18", indicator="cassetto"))[0]
    redact_texts(
        harness.service,
        PLAN,
        RedactTexts(version=other),
        "decreto del Presidente n. 2 del 19/10/2022",
        harness.caller(),
    )
    yield harness
    harness.store.close()


def _pack(harness: ServiceHarness, folder: Path, name: str = "fascicolo.zip") -> Path:
    path = folder / name
    path.write_bytes(make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    return path


def _with(path: Path, **changed: Any) -> Path:
    content = files_of(path)
    for name, change in changed.items():
        real = next(one for one in content if one.replace("/", "_").replace(".", "_").replace("-", "_") == name)
        content[real] = change(content[real])
    return packed(path.with_name("forged.zip"), content)


def test_the_same_point_gives_the_same_bytes_even_after_more_was_recorded(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    known = point("2022-12-31", "2022-10-25")
    first = make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, known)
    harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    again = make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, known)
    assert first.content == again.content
    assert _pack(harness, tmp_path).read_bytes() != first.content


def test_a_pack_is_verified_and_says_what_it_proves(harness: ServiceHarness, tmp_path: Path) -> None:
    verdict = verify_pack(_pack(harness, tmp_path))
    assert verdict.uncovered == 0
    assert "segue dagli eventi" in verdict.statement()
    assert "Testo oscurato per ordine" in verdict.statement()


PROGRAM = """
import importlib.util, runpy, socket, sys
def refused(*_, **__): raise OSError('no network')
socket.socket = socket.create_connection = socket.getaddrinfo = refused
only, folder = sys.argv[1:3]
sys.path[:] = [folder, *(one for one in sys.path if 'site-packages' not in one), only]
there = [name for name in ('domain', 'projections', 'api', 'pydantic', 'orjson') if importlib.util.find_spec(name)]
assert not there, there
sys.argv[:] = ['initinere_verify', *sys.argv[3:]]
runpy.run_module('initinere_verify', run_name='__main__')
"""
"""Runs the pack's own verifier with nothing else but `cryptography`, and no sockets."""


def alone(folder: Path, pack: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The verifier of a pack over that pack: an isolated Python, no environment, in a folder of its own."""
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder / "fascicolo")
    only = folder / "only"
    only.mkdir(exist_ok=True)
    installed = Path(cryptography.__file__).parents[1]
    for part in ("cryptography", "cffi", "_cffi_backend*"):
        for one in installed.glob(part):
            if not (only / one.name).exists():
                (only / one.name).symlink_to(one)
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM, str(only), str(folder / "fascicolo"), str(pack), *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_pack_is_verified_in_an_empty_environment_without_a_network(harness: ServiceHarness, tmp_path: Path) -> None:
    done = alone(tmp_path, _pack(harness, tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("VERIFICATO")


def test_an_altered_pack_is_refused_there_with_what_was_expected_and_found(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    path = _pack(harness, tmp_path)
    name = "events_plan_prova_2022_2024_jsonl"
    forged = _with(path, **{name: lambda data: data.replace(b"70.34", b"60.34")})
    done = alone(tmp_path, forged)
    assert (done.returncode, done.stdout) == (1, "")
    words = done.stderr.splitlines()
    assert words[0] == f"NON VERIFICATO: evento alterato: plan/{PLAN}, evento 7"
    assert [line.split(":")[0].strip() for line in words[1:]] == ["atteso", "trovato"]


def test_the_verifier_in_the_pack_imports_nothing_of_the_service(harness: ServiceHarness, tmp_path: Path) -> None:
    sources = {name: data.decode() for name, data in files_of(_pack(harness, tmp_path)).items() if name.endswith(".py")}
    assert len(sources) >= 7
    for text in sources.values():
        for line in text.splitlines():
            if line.startswith(("import ", "from ")):
                module = line.split()[1].partition(".")[0]
                assert module in sys.stdlib_module_names | {"cryptography", "initinere_verify"}, line


def _another_digit(match: re.Match[bytes]) -> bytes:
    return match[1] + (b"1" if match[2] == b"0" else b"0")


@pytest.mark.parametrize(
    ("name", "change", "kind"),
    [
        ("events_plan_prova_2022_2024_jsonl", lambda d: d.replace(b"70.34", b"60.34"), "altered_event"),
        ("events_plan_prova_2022_2024_jsonl", lambda d: b"\n".join(d.split(b"\n")[1:]), "missing_event"),
        ("events_plan_prova_2022_2024_jsonl", lambda d: b"\n".join(d.split(b"\n")[:-3]) + b"\n", "truncated"),
        ("events_administration_cciaa_prova_jsonl", lambda d: d.replace(b"67%", b"69%"), "altered_event"),
        ("texts_jsonl", lambda d: d.replace(b"motivo", b"motivi"), "text_altered"),
        ("leaves_plan_prova_2022_2024_jsonl", lambda d: d.replace(b"a", b"b"), "tree_altered"),
        ("heads_jsonl", lambda d: d.replace(b'"size":2', b'"size":3', 1), "tree_altered"),
        ("checkpoints_jsonl", lambda d: d.replace(b"events ", b"events 1"), "tree_altered"),
        ("checkpoint_txt", lambda d: d.replace(b"events ", b"events 1"), "bad_signature"),
        ("keys_txt", lambda _: b"x+00000000+AQ==\n", "file_altered"),
        ("plan_json", lambda d: d.replace(b"66,5%", b"61,5%"), "plan_differs"),
        ("acts_json", lambda d: d.replace(b'"Giunta"', b'"Consiglio"'), "file_altered"),
        ("report_json", lambda d: d.replace(b'"66.5"', b'"61.5"'), "report_differs"),
        ("index_html", lambda d: d.replace(b"66,5%", b"61,5%"), "file_altered"),
        ("initinere_verify_trees_py", lambda d: d + b"#", "file_altered"),
        ("manifest_txt", lambda d: d.replace(b"index.html", b"indice.html"), "bad_signature"),
        ("proofs_inclusion_jsonl", lambda d: d.replace(b'"path":["', b'"path":["00', 1), "file_altered"),
        ("proofs_inclusion_jsonl", lambda d: re.sub(rb'("path":\[")(.)', _another_digit, d, count=1), "tree_altered"),
        ("pack_json", lambda d: d.replace(b'"as_of"', b'"as_og"'), "file_altered"),
    ],
)
def test_no_file_of_a_pack_can_be_altered_unseen(
    harness: ServiceHarness, tmp_path: Path, name: str, change: Any, kind: str
) -> None:
    path = _pack(harness, tmp_path)
    forged = _with(path, **{name: change})
    assert files_of(forged) != files_of(path), "the forgery changes nothing"
    with pytest.raises(Failed) as failure:
        verify_pack(forged)
    assert failure.value.kind == kind, str(failure.value)


def test_an_old_checkpoint_or_an_old_pack_is_confirmed_by_a_new_one(harness: ServiceHarness, tmp_path: Path) -> None:
    old = _pack(harness, tmp_path, "old.zip")
    (tmp_path / "old.txt").write_text(harness.service.transparency_log.latest().note, encoding="utf-8")
    harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    new = _pack(harness, tmp_path, "new.zip")
    for evidence in (tmp_path / "old.txt", old):
        against, known = read_against(evidence)
        assert verify_pack(new, against, known).against == against
    assert main([str(new), "--against", str(old)]) == 0


def test_a_pack_of_another_installation_does_not_confirm_a_checkpoint(harness: ServiceHarness, tmp_path: Path) -> None:
    path = _pack(harness, tmp_path)
    other = ServiceHarness(tmp_path / "altro.sqlite").on("2022-02-05")
    note = Log(other.store, tmp_path / "other.key").checkpoint().note
    with pytest.raises(Failed) as failure:
        verify_pack(path, read_checkpoint(note, "prova"))
    assert failure.value.kind == "other_installation"
    other.store.close()


def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_bytes(b"not a zip")
    assert main([str(tmp_path / "a.zip")]) == 1
    assert "non leggibile" in capsys.readouterr().err


def test_the_page_is_safe_and_says_what_the_oiv_must_judge(harness: ServiceHarness, tmp_path: Path) -> None:
    html = files_of(_pack(harness, tmp_path))["index.html"].decode()
    assert "&lt;b&gt;motivo&lt;/b&gt;" in html
    assert "<b>motivo" not in html
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
    assert html.count("<h1") == 1
    assert '<html lang="it">' in html
    for words in (
        "art. 6 D.Lgs. 150/2009",
        "67% per 2022-H1",
        "più facile",
        "Si chiede la fonte.",
        "testo oscurato per ordine",
        "Nessuna proposta respinta è registrata",
        "Target abbassato dopo un valore sfavorevole",
        "Regolamento approvato",
        "m) Chiarezza e comprensibilità",
    ):
        assert words in html, words


def test_every_statement_of_a_criterion_names_events_that_are_in_the_pack(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    content = files_of(_pack(harness, tmp_path))
    report = json.loads(content["report.json"])
    assert [one["criterion"] for one in report["criteria"]] == list("abcdefghilm")
    row = next(one for one in report["variations"] if one["indicator"] == "incasso")
    assert (row["direction"], row["known"]["text"]) == ("easier", "67%")
    assert row["change_rate"]["with"] != row["change_rate"]["without"]
    assert row["opinions"][0]["judgement"] == "favorevole con osservazioni"
    gone = next(one for one in report["variations"] if one["indicator"] == "cassetto")
    assert (gone["justification"], gone["redaction"]["act"]) == (None, "decreto-presidente-2-2022-10-19")
    assert [one["indicator"] for one in report["never_measured"]] == ["cassetto", "regolamento"]


def test_numbers_in_a_row_are_drawn_together() -> None:
    assert runs([3, 5, 6, 7, 12, 6]) == "3, 5-7, 12"


@pytest.mark.parametrize("name", ["brindisi", "frosinone-latina", "lecce", "maremma-e-tirreno", "riviere-di-liguria"])
def test_the_packs_of_the_five_plans_are_verified(tmp_path: Path, name: str) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2024-01-10")
    log = Log(harness.store, tmp_path / "signing.key")
    examples = files("examples")
    plan = next(one for one in examples.joinpath("plans").iterdir() if one.name.startswith(name))
    document = into(PlanDocument, json.loads(plan.read_text(encoding="utf-8")))
    harness.service.load_plan(document, harness.caller())
    for change in sorted(examples.joinpath("changes").iterdir(), key=lambda one: one.name):
        if change.name.startswith(name):
            harness.service.change(into(ChangeFile, json.loads(change.read_text(encoding="utf-8"))), harness.caller())
    for year in (document.plan.first_year, document.plan.first_year + 1):
        made = make_pack(harness.store, log, document.plan.id, year, point("2024-01-10"))
        path = tmp_path / f"{year}.zip"
        path.write_bytes(made.content)
        assert verify_pack(path).statement().startswith("VERIFICATO")
        if name == "riviere-di-liguria":
            done = alone(tmp_path, path)
            assert (done.returncode, done.stdout.partition(":")[0]) == (0, "VERIFICATO"), done.stderr
    harness.store.close()
