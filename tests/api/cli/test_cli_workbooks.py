"""The workbook on the command line: exported, edited, looked at, recorded; refusals with their cells."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from click.testing import Result

from tests.api.workbook.books import edited
from tests.support.harness import PLAN, document

Run = Callable[..., Result]
Save = Callable[..., str]
GROUND = (
    "--act",
    "delibera di Giunta n. 9 del 30/09/2022",
    "--justification",
    "dati del monitoraggio",
    "--cause",
    "new_data",
)


def _book(run: Run, save: Save, tmp_path: Path) -> Path:
    run("import", save(document()))
    assert run("export", PLAN, "--format", "xlsx", "--as-of", "2022-09-01", "--output", "piano.xlsx").exit_code == 0
    path = tmp_path / "piano.xlsx"
    path.write_bytes(edited(path.read_bytes(), lambda made: setattr(made["Target"]["D2"], "value", ">= 68%")))
    return path


def test_an_unchanged_workbook_changes_nothing_in_each_format(run: Run, save: Save) -> None:
    run("import", save(document()))
    for format_ in ("xlsx", "csv", "json"):
        run("export", PLAN, "--format", format_, "--output", f"piano.{format_}")
        done = run("import", f"piano.{format_}")
        assert (done.exit_code, "nessuna differenza" in done.stdout) == (0, True)
        assert json.loads(run("import", f"piano.{format_}", "--json").stdout)["changed"] is False


def test_a_preview_prints_the_difference_and_changes_nothing(run: Run, save: Save, tmp_path: Path) -> None:
    path = _book(run, save, tmp_path)
    done = run("import", path, "--preview", *GROUND)
    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    assert "target rimodulato: Percentuale di incasso, 2022: >= 70,34% → >= 68% (più facile) [Target!D2]" in shown
    assert "Tasso di modifica 2022: ogni modifica da 0,00% (0 su 2) a 50,00% (1 su 2)" in shown
    told = json.loads(run("import", path, "--preview", "--json", *GROUND).stdout)
    assert (told["preview"], told["changes"]) == (True, {"target_revised": 1})
    assert ">= 70,34%" in run("show", PLAN).stdout


def test_a_workbook_is_recorded_with_its_ground_and_refused_without(run: Run, save: Save, tmp_path: Path) -> None:
    path = _book(run, save, tmp_path)
    refused = run("import", path)
    assert (refused.exit_code, "Mancano motivazione, causa o atto" in refused.stderr) == (1, True)
    assert run("import", path, *GROUND).exit_code == 0
    assert ">= 68%" in run("show", PLAN).stdout


def test_a_sheet_alone_is_sent_to_the_plan_that_it_does_not_name(run: Run, save: Save, tmp_path: Path) -> None:
    run("import", save(document()))
    path = tmp_path / "Target.csv"
    path.write_text("Indicatore;2022\nincasso;>= 68%\n", encoding="utf-8")
    assert "il file non dice di quale piano è" in run("import", path, "--preview").stderr
    assert ">= 70,34% → >= 68%" in run("import", path, "--plan", PLAN, "--preview", *GROUND).stdout
    assert run("import", path, "--piano", PLAN, *GROUND).exit_code == 0
    assert ">= 68%" in run("show", PLAN).stdout


def test_questions_are_answered_in_a_file_of_decisions(run: Run, save: Save, tmp_path: Path) -> None:
    path = _book(run, save, tmp_path)
    path.write_bytes(edited(path.read_bytes(), lambda made: setattr(made["Target"]["D2"], "value", "68% 69%")))
    refused = run("import", path, *GROUND)
    assert (refused.exit_code, "Domande senza risposta" in refused.stderr) == (1, True)
    [question] = json.loads(run("import", path, "--preview", "--json").stdout)["questions"]
    decisions = tmp_path / "decisioni.json"
    decisions.write_text(json.dumps({"answers": {question["id"]: "2"}}), encoding="utf-8")
    assert run("import", path, "--decisions", decisions, *GROUND).exit_code == 0
    assert "2022: 69%" in run("show", PLAN).stdout


def test_every_mistake_of_a_workbook_is_told_with_its_cell(run: Run, save: Save, tmp_path: Path) -> None:
    path = _book(run, save, tmp_path)

    def spoil(made: Any) -> None:
        made["Obiettivi"]["F2"].value = "tanto"
        made["Indicatori"]["L2"].value = "obliqua"

    path.write_bytes(edited(path.read_bytes(), spoil))
    refused = run("import", path)
    assert refused.exit_code == 1
    assert "Obiettivi!F2" in refused.stderr


def test_the_template_is_a_workbook_and_is_imported_once_filled_in(run: Run, tmp_path: Path) -> None:
    assert run("template", "--year", "2025", "--output", "modello.xlsx").exit_code == 0
    path = tmp_path / "modello.xlsx"

    def fill(made: Any) -> None:
        for row in made["Piano"].iter_rows():
            if row[0].value == "Ente":
                row[1].value = "Camera di Esempio"
        made["Obiettivi"].append([None, "area", "1", "Riscuotere"])
        made["Indicatori"].append([None, None, "Tempo medio"])
        made["Assegnazioni"].append(["Tempo medio", None, "1", "100"])
        made["Target"].append(["Tempo medio", None, None, "<= 5 gg"])

    path.write_bytes(edited(path.read_bytes(), fill))
    done = run("import", path, "--act", "delibera di Giunta n. 1 del 31/01/2025")
    assert done.exit_code == 0, done.stderr
    assert "camera-di-esempio-2025-2027: approvato" in done.stdout
    assert openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["Target"]["A3"].value == "Tempo medio"
