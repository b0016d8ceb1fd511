"""Sheets of collection on the command line: exported, filled in, looked at, recorded, told what is wrong with them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from freezegun import freeze_time

from tests.support.collection_books import filled
from tests.support.harness import PLAN

Run = Callable[..., Result]
ROUND = "2022-06-30"


@pytest.fixture
def collecting(office: Run) -> Run:
    """The runner, with a round open; it is 10 July for what is run under `then`."""
    with freeze_time("2022-07-01 09:00"):
        done = office("round", "open", PLAN, "--as-at", ROUND, "--due-by", "2022-07-15")
    assert done.exit_code == 0, done.output
    return office


def exported(run: Run, tmp_path: Path) -> bytes:
    with freeze_time("2022-07-10 09:00"):
        done = run("round", "export", PLAN, ROUND, "--office", "Servizio Bilancio", "--output", "scheda.xlsx")
    assert done.exit_code == 0, done.output
    return (tmp_path / "scheda.xlsx").read_bytes()


def shown(done: Result) -> str:
    return " ".join(done.output.split())


def test_a_sheet_goes_out_is_looked_at_and_recorded_and_again_it_is_no_change(collecting: Run, tmp_path: Path) -> None:
    content = exported(collecting, tmp_path)
    given = {
        "Valore del termine 1": "1.200",
        "Valore del termine 2": "1.800",
        "Stato": "in linea",
        "Avanzamento %": "45",
    }
    (tmp_path / "compilata.xlsx").write_bytes(filled(content, {0: given}))
    with freeze_time("2022-07-11 09:00"):
        looked = collecting("round", "import", PLAN, ROUND, "compilata.xlsx", "--preview")
        assert looked.exit_code == 0, looked.output
        for words in (
            "Anteprima, nulla è stato registrato. prova-2022-2024, dati al 30/06/2022 1 valore e 1 stato",
            "Servizio Bilancio: 1 riga compilata su 3",
            "Percentuale di incasso, primo semestre 2022 [Raccolta, riga 7]",
            "valore: niente → 1.200 su 1.800 (provvisorio)",
            "calcolato: 1.200 / 1.800 × 100 = 66,666667",
            "target dell'anno: >= 70,34%; raggiungimento 94,78 %, non ancora raggiunto",
            "stato: niente → in linea, 45%",
            "Che cosa non torna",
        ):
            assert words in shown(looked)
        assert json.loads(collecting("round", "import", PLAN, ROUND, "compilata.xlsx", "--preview", "--json").stdout)[
            "preview"
        ]
    with freeze_time("2022-07-11 10:00"):
        done = collecting("round", "import", PLAN, ROUND, "compilata.xlsx")
    assert (done.exit_code, "prova-2022-2024: registrato 1 valore e 1 stato" in shown(done)) == (0, True)
    with freeze_time("2022-07-12 09:00"):
        again = collecting("import", "compilata.xlsx")
    assert (again.exit_code, "nessuna differenza" in again.output) == (0, True)
    assert "1 riga compilata su 3, 1 già nota" in shown(again)


def test_import_knows_a_sheet_of_collection_by_itself(collecting: Run, tmp_path: Path) -> None:
    (tmp_path / "c.xlsx").write_bytes(filled(exported(collecting, tmp_path), {0: {"Valore": "60%"}}))
    with freeze_time("2022-07-11 09:00"):
        assert "Anteprima" in collecting("import", "c.xlsx", "--preview").output
        assert collecting("import", "c.xlsx").exit_code == 0


def test_problems_are_told_with_their_cells_and_nothing_is_recorded(collecting: Run, tmp_path: Path) -> None:
    content = filled(exported(collecting, tmp_path), {0: {"Valore": "boh"}, 1: {"Valore": "9%", "Stato": "così"}})
    (tmp_path / "c.xlsx").write_bytes(content)
    with freeze_time("2022-07-11 09:00"):
        looked = collecting("round", "import", PLAN, ROUND, "c.xlsx", "--preview")
        refused = collecting("round", "import", PLAN, ROUND, "c.xlsx")
        assert "Da correggere prima di registrare (2)" in looked.output
        assert refused.exit_code == 1
        for words in ("Raccolta!J7", "Raccolta!L8"):
            assert words in refused.output
        assert "con un valore 0" in shown(collecting("round", "status", PLAN, ROUND))


def test_all_offices_come_in_a_zip_and_single_files_together(collecting: Run, tmp_path: Path) -> None:
    with freeze_time("2022-07-10 09:00"):
        assert collecting("round", "export", PLAN, ROUND, "--output", "schede.zip").exit_code == 0
        assert "file" in collecting("round", "import", PLAN, ROUND).output.lower()
        assert "nessuna differenza" in collecting("round", "import", PLAN, ROUND, "schede.zip").output
    with zipfile.ZipFile(tmp_path / "schede.zip") as archive:
        (name,) = archive.namelist()
        content = archive.read(name)
    (tmp_path / "a.xlsx").write_bytes(filled(content, {0: {"Valore": "60%"}}))
    (tmp_path / "b.xlsx").write_bytes(filled(content, {1: {"Valore": "9%"}}))
    with freeze_time("2022-07-11 09:00"):
        looked = collecting("round", "import", PLAN, ROUND, "a.xlsx", "b.xlsx", "--preview")
    assert "[a.xlsx: Raccolta, riga 7]" in looked.output
    assert "[b.xlsx: Raccolta, riga 8]" in looked.output


def test_a_file_that_is_no_sheet_is_told_what_one_is(collecting: Run, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(["a", "b"])
    made.save(tmp_path / "altro.xlsx")
    with freeze_time("2022-07-11 09:00"):
        refused = collecting("round", "import", PLAN, ROUND, "altro.xlsx")
    assert (refused.exit_code, "non è una scheda di raccolta" in shown(refused)) == (1, True)
