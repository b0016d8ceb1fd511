"""What a file holds and was not taken is said, and asked about where it looks like what a plan needs."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from api.imports.kept_remarks import to_be_kept
from api.workbook.cells import comment_told, comment_words
from api.workbook.formats import sheets_in
from api.workbook.read import read_workbook
from api.workbook.safety import Limits
from api.workbook.sheets import QUESTION
from domain.documents.questions import QuestionsOpen
from domain.errors import Malformed
from domain.notice import Notice
from tests.api.workbook.books import book, confirm, edited, preview, sheets
from tests.api.workbook.test_reading_cells import read
from tests.support.harness import ServiceHarness


def said(harness: ServiceHarness, edit: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The remarks and the questions of a workbook after an edit, by place."""
    shown = preview(harness, edited(book(harness), edit))
    return ({r.where: r.words for r in shown.remarks}, {q.where: q.words for q in shown.questions})


def test_a_file_that_says_nothing_else_is_taken_without_a_word(harness: ServiceHarness) -> None:
    assert said(harness, lambda _: None) == ({}, {})


def test_a_column_a_sheet_and_a_label_that_are_not_known_are_said(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        page = made["Indicatori"]
        page.cell(1, page.max_column + 1, "Referente esterno")
        page.cell(2, page.max_column, "da sentire")
        page.cell(2, page.max_column + 1, "senza intestazione")
        made["Piano"].append(["Colore del dossier", "verde"])
        made.create_sheet("Appunti").append(["promemoria"])

    remarks, questions = said(harness, edit)
    assert questions == {}
    assert any("Referente esterno" in words for words in remarks.values())
    assert any("senza intestazione" in words for words in remarks.values())
    assert any("Colore del dossier" in words for words in remarks.values())
    assert "non è stato letto" in remarks["Appunti"]


@pytest.mark.parametrize(
    "heading", ["2022 (agg.)", "Target rimodulato", "Peso nuovo", "Valore atteso finale", "bis 2023"]
)
def test_a_column_that_looks_like_what_a_plan_needs_is_asked_about(harness: ServiceHarness, heading: str) -> None:
    def edit(made: Any) -> None:
        page = made["Target"]
        column = page.max_column + 1
        page.cell(1, column, heading)
        page.cell(2, column, ">= 50%")

    content = edited(book(harness), edit)
    shown = preview(harness, content)
    (question,) = shown.questions
    assert heading in question.words
    with pytest.raises(QuestionsOpen):
        confirm(harness, content)
    answered = preview(harness, content, answers={question.id: "ignored"})
    assert [one.answer for one in answered.questions] == ["ignored"]


def test_a_sheet_that_looks_like_one_of_the_plan_is_asked_about(harness: ServiceHarness) -> None:
    def named(made: Any) -> None:
        made["Target"].title = "Target anno 2022"

    def headed(made: Any) -> None:
        made.create_sheet("Foglio7").append(["Indicatore", "2022", "2023"])

    assert "sembra dire target" in said(harness, named)[1]["Target anno 2022"]
    assert "sembra dire target" in said(harness, headed)[1]["Foglio7"]


def test_a_column_and_a_sheet_of_revised_targets_are_taken_where_that_is_said(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        page = made["Target"]
        page.cell(1, page.max_column + 1, "2022 (agg.)")
        page.cell(2, page.max_column, ">= 50%")
        made.create_sheet("Rimodulazioni").append(["Indicatore", "2022"])
        made["Rimodulazioni"].append([page.cell(3, 1).value, ">= 40%"])

    sheets = sheets_in(edited(book(harness), edit), Limits())
    plain = read_workbook(sheets)
    assert [answer for doubt in plain.doubts for answer, _ in doubt.options] == [
        *("target rimodulato 2022", "ignored"),
        *("target rimodulati", "ignored"),
    ]
    assert not [target for target in plain.targets or () if target.revises]
    answers = {doubt.id.removeprefix(QUESTION): doubt.options[0][0] for doubt in plain.doubts}
    taken = read_workbook(sheets, answers)
    revised = [target for target in taken.targets or () if target.revises]
    assert [target.text for target in revised] == [">= 50%", ">= 40%"]
    assert taken.location(revised[1].where, "2022") == "Rimodulazioni!B2"
    assert [doubt.taken for doubt in taken.doubts] == ["target rimodulato 2022", "target rimodulati"]


def test_what_nobody_sees_and_was_read_is_said(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        page = made["Target"]
        page.column_dimensions["C"].hidden = True
        page.row_dimensions[2].hidden = True
        page["C2"].comment = Comment("Ufficio PID:\nda rivedere", "ufficio")
        made["Indicatori"].sheet_state = "hidden"

    remarks, _ = said(harness, edit)
    words = " ".join(remark.words for remark in preview(harness, edited(book(harness), edit)).remarks)
    assert "righe nascoste" in words
    assert "colonne nascoste lette come le altre: C" in words
    assert remarks["Target!C2"].endswith("c'è un commento, che non è stato letto: «da rivedere»")
    assert "«da rivedere»" in words
    assert "foglio nascosto" in remarks["Indicatori"]


def test_a_row_that_is_struck_out_whole_is_asked_about(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        for cell in made["Indicatori"][2]:
            cell.font = Font(strike=True)

    _, questions = said(harness, edit)
    assert "tutta barrata" in questions["Indicatori, riga 2"]


@pytest.mark.parametrize(
    ("sheet", "answer", "kinds"),
    [
        ("Indicatori", "withdraw_row", {"withdrawn"}),
        ("Obiettivi", "withdraw_row", {"withdrawn"}),
        ("Target", "withdraw_row", {"target_withdrawn"}),
        ("Indicatori", "ignored", set()),
    ],
)
def test_what_a_struck_row_says_is_withdrawn_where_that_is_the_answer(
    harness: ServiceHarness, sheet: str, answer: str, kinds: set[str]
) -> None:
    def edit(made: Any) -> None:
        for cell in made[sheet][made[sheet].max_row]:
            cell.font = Font(strike=True)

    content = edited(book(harness), edit)
    (question,) = preview(harness, content).questions
    assert "tutta barrata" in question.words
    assert [option.answer for option in question.options] == ["withdraw_row", "ignored"]
    shown = preview(harness, content, answers={question.id: answer})
    assert {item.type for item in shown.items} == kinds
    (answered,) = shown.questions
    assert answered.answer == answer


def test_the_struck_part_of_a_name_is_said() -> None:
    content = sheets(Indicatori=[["Nome", "Formula"], ["Attesa", "a/b"]])
    made = openpyxl.load_workbook(io.BytesIO(content))
    made["Indicatori"]["B2"].font = Font(strike=True)
    out = io.BytesIO()
    made.save(out)
    assert ("Indicatori!B2", "la parte barrata 'a/b' è lasciata fuori") in read(out.getvalue()).remarks


def test_what_is_recorded_of_a_file_says_its_remarks(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        made["Piano"].append(["Colore del dossier", "verde"])
        made["Target"]["D2"].value = ">= 60%"

    outcome = confirm(harness, edited(book(harness), edit))
    assert any("Colore del dossier" in warning.words for warning in outcome.warnings)


def test_a_text_saved_in_another_encoding_is_said() -> None:
    rows = "Nome;Formula;Unit\u00c3\u00a0 di misura\r\nQualit\u00c3\u00a0 percepita;;%\r\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("Indicatori.csv", rows)
    remarks = dict(read(out.getvalue()).remarks)
    assert "altra codifica" in remarks["Indicatori!A2"]
    assert "altra codifica" in remarks["Indicatori!C1"]


@pytest.mark.parametrize(
    "spelled",
    [
        lambda name: name.replace(" ", "  "),
        lambda name: name.replace(" ", "\u00a0"),
        lambda name: name.replace(" ", "\n", 1),
        lambda name: f"{name}\u200b",
        lambda name: unicodedata.normalize("NFD", name),
    ],
)
def test_what_changes_no_word_is_no_change(harness: ServiceHarness, spelled: Callable[[str], str]) -> None:
    def edit(made: Any) -> None:
        for page, heading in (("Indicatori", "Nome"), ("Indicatori", "Formula"), ("Obiettivi", "Titolo")):
            column = next(cell.column for cell in made[page][1] if cell.value == heading)
            cell = made[page].cell(2, column)
            cell.value = spelled(str(cell.value)) if cell.value else None

    shown = preview(harness, edited(book(harness), edit))
    assert shown.items == ()


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("II semestre 2022", "2022-H2"),
        ("1° sem. 2022", "2022-H1"),
        ("primo semestre del 2022", "2022-H1"),
        ("III trimestre 2022", "2022-Q3"),
        ("marzo 2022", "2022-03"),
        ("anno 2022", "2022"),
        (2022, "2022"),
    ],
)
def test_a_period_is_read_in_words(written: Any, period: str) -> None:
    content = sheets(
        Misurazioni=[["Indicatore", "Periodo", "Testo", "Dati al"], ["attesa", written, "7", "31/12/2022"]]
    )
    measurements = read(content).measurements
    assert measurements is not None
    assert measurements[0].row.period == period


def test_a_period_that_is_none_is_refused() -> None:
    rows = [["Indicatore", "Periodo", "Testo", "Dati al"], ["attesa", "III semestre 2022", "7", "31/12/2022"]]
    with pytest.raises(Malformed):
        read(sheets(Misurazioni=rows))


@pytest.mark.parametrize(
    ("written", "polarity"),
    [
        ("↑", "up"),
        ("In crescita", "up"),
        ("aumento", "up"),
        ("▼", "down"),
        ("a diminuire", "down"),
        ("in calo", "down"),
    ],
)
def test_a_polarity_is_read_in_other_words(written: str, polarity: str) -> None:
    indicators = read(sheets(Indicatori=[["Nome", "Polarità"], ["Attesa", written]])).indicators
    assert indicators is not None
    assert indicators[0].polarity == polarity


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("portato a 40", "portato a 40"),
        ("Ufficio PID:\nportato a 40\nda marzo", "portato a 40 da marzo"),
        ("[Commento in thread]\n\nUna versione più recente serve.\n\nCommento:\n    portato a 40", "portato a 40"),
        ("vale: 40", "vale: 40"),
        ("", ""),
        ("a" * 400, f"{'a' * 297}..."),
    ],
)
def test_a_comment_is_told_by_its_words_and_not_by_who_wrote_it(written: str, said: str) -> None:
    assert comment_words(written) == said


def test_the_words_of_a_comment_are_told_before_and_stay_nowhere() -> None:
    told = Notice(where="Target!C2", name="file_remark", words=comment_told("portato a 40"))
    assert "portato a 40" in told.words
    (kept,) = to_be_kept([told])
    assert kept.words == "c'è un commento, che non è stato letto"
