"""The questions of a preview: by number on the command line, or in the sheet that the preview writes and the import reads."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from tests.support.harness import PLAN

Run = Callable[..., Result]
ACT = ("--act", "DGC n. 12 del 01/07/2022", "--cause", "nuovi dati", "--justification", "monitoraggio")


def edited(source: Path, target: Path, cells: dict[tuple[str, str], str]) -> Path:
    """A workbook with other texts in some cells, as an office saves it."""
    book = openpyxl.load_workbook(source)
    for (sheet, cell), text in cells.items():
        book[sheet][cell].value = text
    book.save(target)
    return target


@pytest.fixture
def doubtful(office: Run, tmp_path: Path) -> Path:
    """The export of the small plan, with a target that may mean two things and one that says that it was suspended."""
    done = office("export", PLAN, "--as-of", "2022-06-30", "--format", "xlsx", "--output", "piano.xlsx")
    assert done.exit_code == 0, done.output
    cells = {("Target", "D2"): ">= 70% >= 65%", ("Target", "D3"): ">= 14% (sospeso)"}
    return edited(tmp_path / "piano.xlsx", tmp_path / "dubbi.xlsx", cells)


@pytest.fixture
def asked(office: Run, doubtful: Path, tmp_path: Path) -> Path:
    """The same with the questions about it beside."""
    done = office("import", doubtful, "--preview", "--output", "domande.xlsx")
    assert done.exit_code == 0, done.output
    return tmp_path / "domande.xlsx"


def test_a_preview_numbers_its_questions_and_says_the_answers_in_words(office: Run, doubtful: Path) -> None:
    shown = office("import", doubtful, "--preview").stdout
    assert "1. [Target!D2]" in shown
    assert "tutti: valgono tutti" in shown
    assert "as_written" not in shown


def test_answers_are_said_by_number_by_cell_and_by_value(office: Run, doubtful: Path) -> None:
    answers = ("--answer", "1=>= 65%", "--answer", "Target!D3=nessuno")
    shown = " ".join(office("import", doubtful, "--preview", *answers).stdout.split())
    assert ">= 70,34% → >= 65%" in shown
    recorded = office("import", doubtful, *answers, *ACT)
    assert recorded.exit_code == 0, recorded.output
    assert "2022: >= 65%" in office("show", PLAN, "--as-of", "2022-12-31").stdout


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("3=2", "non c'è la domanda 3. Si accetta: un numero da 1 a 2"),
        ("1=forse", "risposta 1: 'forse' non è fra le risposte. Si accetta: 1, 2, tutti, testo"),
        ("2", "scrivere numero=risposta"),
    ],
)
def test_an_answer_to_no_question_or_none_of_those_offered_is_refused(
    office: Run, doubtful: Path, answer: str, told: str
) -> None:
    refused = office("import", doubtful, "--preview", "--answer", answer)
    assert (refused.exit_code != 0, told in refused.stderr) == (True, True), refused.stderr


def test_the_sheet_of_questions_is_read_with_its_answers_and_what_it_stands_beside_stays(
    office: Run, asked: Path, tmp_path: Path
) -> None:
    file = edited(asked, tmp_path / "risposte.xlsx", {("Domande", "E2"): "2", ("Domande", "E3"): "testo"})
    recorded = office("import", file, *ACT)
    assert recorded.exit_code == 0, recorded.output
    told = office("show", PLAN, "--as-of", "2022-12-31").stdout
    assert "2022: >= 65%" in told
    again = office("import", file, *ACT)
    assert (again.exit_code, "nessuna differenza" in again.stdout) == (0, True), again.output


def test_a_cell_with_no_answer_that_is_offered_is_refused_by_its_name(office: Run, asked: Path, tmp_path: Path) -> None:
    file = edited(asked, tmp_path / "risposte.xlsx", {("Domande", "E2"): "boh", ("Domande", "E3"): "chissà"})
    refused = office("import", file, "--preview")
    assert "Domande!E2: 'boh' non è fra le risposte" in refused.stderr
    assert "Domande!E3: 'chissà' non è fra le risposte" in refused.stderr


def test_a_question_whose_subject_changed_is_asked_again(office: Run, asked: Path, tmp_path: Path) -> None:
    cells = {("Domande", "E2"): "2", ("Domande", "E3"): "nessuno", ("Target", "D2"): ">= 70% >= 60%"}
    shown = office("import", edited(asked, tmp_path / "altro.xlsx", cells), "--preview").stdout
    assert "Domande!E2: la domanda è cambiata da quando fu posta" in " ".join(shown.split())
    assert shown.count("Risposta: ") == 1


def test_the_sheet_of_questions_is_only_written_with_a_preview(office: Run, doubtful: Path, tmp_path: Path) -> None:
    refused = office("import", doubtful, "--output", "altro.xlsx")
    assert (refused.exit_code, (tmp_path / "altro.xlsx").exists()) == (2, False)
