"""What the rules find wrong with a file is told of all its cells in one round; the same file twice is no change."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from tests.support.harness import PLAN

Run = Callable[..., Result]
ACT = ("--act", "DGC n. 12 del 01/07/2022", "--cause", "norme", "--justification", "Lo chiede la norma")


@pytest.fixture
def exported(office: Run, tmp_path: Path) -> Path:
    """The small plan as a workbook."""
    done = office("export", PLAN, "--as-of", "2022-06-30", "--format", "xlsx", "--output", "piano.xlsx")
    assert done.exit_code == 0, done.output
    return tmp_path / "piano.xlsx"


def written(source: Path, cells: dict[tuple[str, int, str], str]) -> Path:
    """The workbook with other texts in some cells, by sheet, row and heading."""
    book = openpyxl.load_workbook(source)
    for (sheet, row, heading), text in cells.items():
        headings = [cell.value for cell in book[sheet][1]]
        book[sheet].cell(row, headings.index(heading) + 1).value = text
    file = source.with_name("modificato.xlsx")
    book.save(file)
    return file


CELLS = {
    ("Target", 2, "2022"): ">= 90%",
    ("Obiettivi", 3, "Obiettivo padre"): "a2",
    ("Obiettivi", 4, "Obiettivo padre"): "a1",
    ("Misurazioni", 2, "Indicatore"): "incasso",
    ("Misurazioni", 2, "Periodo"): "2022",
    ("Misurazioni", 2, "Testo"): "70%",
    ("Misurazioni", 2, "Dati al"): "31/12/2095",
}


def test_the_rules_refuse_all_that_is_wrong_at_once_by_sheet_and_cell(office: Run, exported: Path) -> None:
    file = written(exported, CELLS)
    shown = office("import", file, "--preview").stdout
    refused = office("import", file, *ACT)
    assert refused.exit_code == 1
    for told in (shown, refused.stderr):
        assert ("Obiettivi!E4: " in told, "Misurazioni!D2: " in told, "changes[" in told) == (True, True, False)
    assert "2022: >= 90%" not in office("show", PLAN, "--as-of", "2022-12-31").stdout


def test_a_file_that_is_imported_twice_is_no_change(office: Run, exported: Path) -> None:
    file = written(exported, {("Target", 2, "2022"): ">= 90%"})
    assert "registrato" in office("import", file, *ACT).stdout
    again = office("import", file, *ACT)
    assert (again.exit_code, "nessuna differenza" in again.stdout) == (0, True)


def test_what_no_cell_can_hold_is_told_with_what_the_rules_refuse(office: Run, exported: Path) -> None:
    cells = {
        ("Obiettivi", 2, "Peso"): "tanto",
        ("Obiettivi", 3, "Obiettivo padre"): "a2",
        ("Obiettivi", 4, "Obiettivo padre"): "a1",
        ("Assegnazioni", 3, "Obiettivo"): "Inesistente",
        ("Modifiche da fare", 2, "Che cosa"): "ritira",
        ("Modifiche da fare", 2, "Di che cosa"): "indicatore",
        ("Modifiche da fare", 2, "Oggetto"): "Adesione al casetto",
    }
    refused = office("import", written(exported, cells), "--preview").stderr
    assert "4 dati non sono validi" in refused
    for place in ("Obiettivi!F2: 'tanto'", "Assegnazioni!C3: ", "Modifiche da fare!C2: ", "Obiettivi!E4: "):
        assert place in refused
    assert "forse «Adesione al cassetto»" in refused


def test_what_only_fails_because_a_row_could_not_be_read_is_not_told(office: Run, exported: Path) -> None:
    cells = {
        ("Obiettivi", 5, "Livello"): "operational",
        ("Obiettivi", 5, "Titolo"): "Nuovo",
        ("Obiettivi", 5, "Peso"): "poco",
        ("Assegnazioni", 2, "Obiettivo"): "Nuovo",
    }
    assert "un dato non è valido" in office("import", written(exported, cells), "--preview").stderr
