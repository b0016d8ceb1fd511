"""A plan in the office's own layout on the command line: looked at, corrected, recorded, remembered."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
from click.testing import Result

from tests.support.layouts import Rows, workbook

Run = Callable[..., Result]
HEADING: list[object] = ["Obiettivo", "KPI di riferimento", "Rilevanza %", "Esito previsto", "Ufficio"]
ROWS: Rows = [
    ["Semplificare", "Tempi medi", 50, "<= 10 gg", "Servizio SUAP"],
    [None, "Tempi massimi", 50, "<= 20 gg", "Servizio SUAP"],
    ["Formare", "Ore di formazione", 100, ">= 20", "Servizio Personale"],
]


def _file(tmp_path: Path, name: str, rows: Rows) -> str:
    (tmp_path / name).write_bytes(workbook({"Piano": rows}))
    return name


def test_a_reading_is_printed_corrected_taken_and_remembered(run: Run, tmp_path: Path) -> None:
    first = _file(tmp_path, "piano.xlsx", [["Piano 2024"], HEADING, *ROWS])
    refused = run("import", first)
    assert (refused.exit_code, "Ente = NOME" in refused.stderr) == (1, True)

    reading = run("import", first, "--reading").stdout
    assert "Colonna B (KPI di riferimento) = indicatore" in reading
    (tmp_path / "lettura.txt").write_text(reading.replace("Ente =", "Ente = Comune di Prova"))
    preview = run("import", first, "--map", "lettura.txt", "--preview")
    assert "    · Tempi massimi [peso 50] → 2024: <= 20 gg" in preview.stdout
    assert run("import", first, "--map", "lettura.txt").exit_code == 0
    again = run("import", first, "--map", "lettura.txt")
    assert "nessuna differenza" in again.stdout

    turned = [[row[-1], *row[:-1]] for row in [HEADING, *ROWS]]
    following = _file(tmp_path, "piano-2025.xlsx", [["Piano 2025"], *turned])
    shown = json.loads(run("import", following, "--preview", "--json").stdout)
    assert (shown["plan"], shown["kind"]) == ("comune-di-prova-2025-2025", "next_plan")
    assert shown["reading"]["remembered"] is True
    assert {"label": "Colonna A (Ufficio)", "value": "responsabile", "note": ""} in shown["reading"]["lines"]
    assert "lettura ricordata" in run("import", following, "--preview").stdout


def test_the_workbook_is_given_back_with_its_reading_and_taken_with_it(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "piano.xlsx", [["Piano 2024"], HEADING, *ROWS])
    assert run("import", file, "--reading", "--output", "letto.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "letto.xlsx")
    assert book.sheetnames == ["Lettura", "Piano"]
    for label, value, _ in book["Lettura"].iter_rows():
        if label.value == "Ente":
            value.value = "Comune di Prova"
        if str(label.value).startswith("Colonna E"):
            value.value = "uffici di Obiettivo"
    book.save(tmp_path / "corretto.xlsx")
    assert run("import", "corretto.xlsx").exit_code == 0
    plan = json.loads(run("export", "comune-di-prova-2024-2024").stdout)
    assert plan["objectives"][0]["offices"] == ["Servizio SUAP"]
    assert "nessuna differenza" in run("import", "corretto.xlsx").stdout


def test_a_question_of_the_reading_is_answered_with_the_decisions(run: Run, tmp_path: Path) -> None:
    rows: Rows = [
        ["Comune di Prova 2024"],
        ["Obiettivo", "Indicatore", "Target 2024", "Target 2024 bis"],
        ["Uno", "a", "1", "2"],
    ]
    file = _file(tmp_path, "piano.xlsx", rows)
    refused = run("import", file)
    assert (refused.exit_code, "Target 2024 bis" in refused.stderr) == (1, True)
    numbered = run("import", file, "--preview", "--answer", "1=target 2024", "--answer", "2=niente")
    assert "· a → 2024: 1" in numbered.stdout
    run("import", file, "--preview", "--output", "domande.xlsx")
    book = openpyxl.load_workbook(tmp_path / "domande.xlsx")
    assert "Domande" in book.sheetnames
    answers = {"lettura:Colonna C (Target 2024)": "target 2024", "lettura:Colonna D (Target 2024 bis)": "niente"}
    (tmp_path / "risposte.json").write_text(json.dumps({"answers": answers}))
    assert run("import", file, "--decisions", "risposte.json").exit_code == 0


def test_a_file_names_the_administration_and_the_plan_that_are_there(run: Run, tmp_path: Path) -> None:
    rows: Rows = [["COMUNE DI PROVA - Piano 2024"], ["Obiettivo", "Indicatore", "Target 2024"], ["Uno", "a", "1"]]
    file = _file(tmp_path, "piano.xlsx", rows)
    (tmp_path / "lettura.txt").write_text("Ente = Comune di Prova\nId ente = c_x999\nId piano = pia-24\n")
    assert run("import", file, "--map", "lettura.txt").exit_code == 0
    (tmp_path / "dopo.xlsx").write_bytes(
        workbook({"Altro": [[*row, "Fonte"] if n == 1 else [*row, None] for n, row in enumerate(rows)]})
    )
    assert "nessuna differenza" in run("import", "dopo.xlsx").stdout
