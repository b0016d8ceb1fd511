"""Documents from the command line: written whole into a file or a folder, never over what is there."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from api.cli.papers import _composing
from tests.api.paper.read_docx import text_after
from tests.support.harness import PLAN, document

Run = Callable[..., Result]


def test_a_document_is_written_under_its_own_name_once(office: Run) -> None:
    done = office("paper", "plan", PLAN, "--as-of", "2022-12-31")
    name = f"{PLAN}-piano-2022-12-31.pdf"
    assert done.stdout.startswith(f"Documento in {name}:")
    assert Path(name).read_bytes().startswith(b"%PDF")
    again = office("paper", "plan", PLAN, "--as-of", "2022-12-31")
    assert again.exit_code == 1
    assert "c'è già" in again.stderr
    told = office("paper", "plan", PLAN, "--as-of", "2022-12-31", "--force", "--json")
    assert json.loads(told.stdout)["bytes"] == Path(name).stat().st_size


def test_a_template_is_named_or_lies_in_the_folder_of_the_settings(
    office: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("paper", "scores", PLAN, "--year", "2022", "--format", "docx", "--force")
    assert office(*asked, "--output", "senza.docx").exit_code == 0
    assert office(*asked, "--output", "con.docx", "--template", "senza.docx").exit_code == 0
    folder = Path("modelli")
    folder.mkdir()
    (folder / "cciaa-prova.docx").write_bytes(b"nessun documento")
    monkeypatch.setenv("INITINERE_TEMPLATES", str(folder))
    refused = office(*asked, "--output", "altro.docx")
    assert refused.exit_code == 1
    assert "danneggiato o non è un documento" in refused.stderr
    refused = office("paper", "plan", PLAN, "--template", "senza.docx")
    assert "un modello non serve a un documento in pdf" in refused.stderr


def test_an_indicator_is_named_and_the_language_is_said(office: Run) -> None:
    done = office("paper", "indicator", PLAN, "incasso", "--language", "en", "--output", "card.pdf")
    assert done.exit_code == 0, done.stderr
    assert Path("card.pdf").stat().st_size > 10_000
    assert office("paper", "variations", PLAN).exit_code == 2
    assert office("paper", "variations", PLAN, "--year", "2031").exit_code == 1


def test_the_draft_of_an_act_is_written_from_a_file(office: Run, save: Callable[..., str]) -> None:
    change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
    file = save({"effective_on": "2022-12-01", "changes": [change]}, "modifiche.json")
    done = office("paper", "act", PLAN, "--file", file, "--output", "atto.docx")
    assert done.exit_code == 0, done.stderr
    annex = text_after(Path("atto.docx").read_bytes(), "accepted")
    assert "≥\u00a060%" in annex
    assert office("export", PLAN, "--output", "piano.xlsx").exit_code == 0
    assert office("paper", "act", PLAN, "--file", "piano.xlsx").exit_code == 1  # it changes nothing
    for words in ((), ("proposta-1", "--file", file)):
        refused = office("paper", "act", PLAN, *words)
        assert refused.exit_code == 2
        assert "si dice una proposta, oppure un file" in refused.stderr


def test_the_folder_for_transparency_names_nobody_and_keeps_its_names(office: Run) -> None:
    done = office("paper", "transparency", PLAN, "--output", "sito/performance")
    assert done.exit_code == 0, done.stderr
    folder = Path("sito/performance")
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "piano.pdf", "variazioni-2022.pdf", "dati/piani.csv", "dati/modifiche.schema.json"} <= set(
        files
    )
    assert "risultati-2022.pdf" not in files
    assert not [name for name, content in files.items() if b"ufficio-performance" in content]
    page = files["index.html"].decode()
    assert "CC BY 4.0" in page
    assert "D.Lgs. 33/2013" in page
    assert office("paper", "transparency", PLAN, "--output", "sito/performance").exit_code == 1
    (folder / "risultati-2021.pdf").write_bytes(b"di una chiusura annullata")
    kept = office("paper", "transparency", PLAN, "--output", "sito/performance")
    assert "risultati-2021.pdf, che non si pubblica più" in kept.stderr
    again = office("paper", "transparency", PLAN, "--output", "sito/performance", "--force", "--json")
    assert set(json.loads(again.stdout)["files"]) == set(files)
    assert json.loads(again.stdout)["removed"] == ["risultati-2021.pdf"]
    assert not (folder / "risultati-2021.pdf").exists()
    zipped = office("paper", "transparency", PLAN, "--output", "sito.zip")
    assert zipped.exit_code == 0
    assert Path("sito.zip").read_bytes().startswith(b"PK")


def test_a_draft_is_not_published(run: Run, save: Callable[..., str]) -> None:

    assert run("import", save(document(act=None), "bozza.json")).exit_code == 0
    refused = run("paper", "transparency", PLAN, "--output", "sito")
    assert refused.exit_code == 1
    assert "Nulla da pubblicare" in refused.stderr
    assert not Path("sito").exists()


def test_a_paper_of_a_file_loads_no_driver_of_a_server_and_no_framework_of_the_web() -> None:
    """They are thirty megabytes of a process that may have two hundred."""
    code = "import sys, api.cli.papers; print(sorted({'psycopg', 'fastapi', 'typst'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_a_terminal_is_told_that_a_document_is_being_made_and_a_pipe_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for on_terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda on_terminal=on_terminal: on_terminal)
        with _composing():
            pass
        said = capsys.readouterr().err
        assert ("Compongo il documento" in said) is on_terminal
        assert not said or said.endswith("\r\033[K")
