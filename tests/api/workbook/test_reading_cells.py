"""Workbooks as offices keep them: taken right, or reported with the cell, what was found and what is accepted."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from api.workbook.formats import read_bytes
from api.workbook.safety import Limits
from domain.documents.uploaded import UploadedPlan
from domain.errors import Malformed
from tests.api.workbook.books import sheets

PIANO: list[list[Any]] = [["Ente", "Camera di Prova"], ["Primo anno", 2022], ["Ultimo anno", 2024]]
OBIETTIVI: list[list[Any]] = [
    ["Livello", "Codice", "Titolo", "Peso"],
    ["strategico", "1", "Riscuotere", "40"],
    ["strategico", "2", "Spendere", "60"],
]


def read(content: bytes) -> UploadedPlan:
    return read_bytes(content, Limits())


def problems(content: bytes) -> dict[str, str]:
    with pytest.raises(Malformed) as refused:
        read(content)
    assert all(one.found for one in refused.value.problems)
    return {one.where: f"{one.found} / {one.accepted}" for one in refused.value.problems}


def made(edit: Callable[[Any], None], **named: list[list[Any]]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(sheets(**named)))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def target(value: Any, format_: str | None = None) -> str | None:
    def put(book: Any) -> None:
        cell = book["Target"]["B2"]
        cell.value = value
        if format_:
            cell.number_format = format_

    uploaded = read(made(put, Target=[["Indicatore", 2022], ["i1", "x"]]))
    assert uploaded.targets is not None
    return uploaded.targets[0].text


def weight(value: Any, format_: str | None = None) -> Decimal | None:
    def put(book: Any) -> None:
        book["Obiettivi"]["D2"].value = value
        if format_:
            book["Obiettivi"]["D2"].number_format = format_

    uploaded = read(made(put, Obiettivi=OBIETTIVI))
    assert uploaded.objectives is not None
    return uploaded.objectives[0].weight


@pytest.mark.parametrize(
    ("value", "format_", "text"),
    [
        (0.15, "0%", "15%"),
        (0.1543, "0.00%", "15,43%"),
        (0.07, "0%", "7%"),
        (3500, None, "3500"),
        (0.29, None, "0,29"),
        (12.5, '#,##0.00 "€"', "12,5 €"),
        (date(2022, 7, 31), None, "31/07/2022"),
        (True, None, "Sì"),
        (">= 70%", None, ">= 70%"),
        ("  Sì ", None, "Sì"),
        ("-5", None, "-5"),
    ],
)
def test_a_cell_says_what_people_see_in_it(value: Any, format_: str | None, text: str) -> None:
    assert target(value, format_) == text


@pytest.mark.parametrize(
    ("value", "format_", "points"),
    [("33,33", None, "33.33"), ("20%", None, "20"), (0.2, "0%", "20"), (33.3, None, "33.3"), ("1.000,5", None, "1000.5"), ("20,00%", None, "20.00")],
)  # fmt: skip
def test_a_weight_may_have_a_comma_a_sign_or_a_format(value: Any, format_: str | None, points: str) -> None:
    assert str(weight(value, format_)) == points


def test_headings_may_be_in_another_order_spacing_case_and_without_accents() -> None:
    rows: list[list[Any]] = [
        ["Piano della performance", None, None, None],
        [None, None, None, None],
        ["  PESO  ", "titolo obiettivo", "LIVELLO", "cod."],
        ["40", "Riscuotere", "strategico", "1"],
    ]
    uploaded = read(
        sheets(
            Obiettivi=rows,
            indicatori=[["NOME INDICATORE", "polarita", "Unita di misura"], ["Tempi", "Decrescente", "giorni"]],
        )
    )
    assert uploaded.objectives is not None
    assert uploaded.indicators is not None
    assert (uploaded.objectives[0].title, uploaded.objectives[0].code) == ("Riscuotere", "1")
    assert (uploaded.indicators[0].polarity, uploaded.indicators[0].unit) == ("down", "giorni")


def test_cells_merged_downwards_hidden_rows_and_empty_rows_are_taken() -> None:
    def edit(book: Any) -> None:
        page = book["Obiettivi"]
        page.merge_cells("A2:A3")
        page.row_dimensions[3].hidden = True
        for row in range(10, 60):
            page.cell(row, 1).number_format = "0.00"
        page["A80"].value = "   "

    uploaded = read(made(edit, Obiettivi=OBIETTIVI))
    assert uploaded.objectives is not None
    assert [row.level for row in uploaded.objectives] == ["strategico", "strategico"]
    assert any("nascoste" in words for _, words in uploaded.remarks)


def test_a_cell_merged_across_years_is_reported() -> None:
    content = made(
        lambda book: book["Target"].merge_cells("B2:D2"), Target=[["Indicatore", 2022, 2023, 2024], ["i1", "Sì"]]
    )
    assert "più colonne" in problems(content)["Target!B2:D2"]


def test_every_problem_is_told_at_once_with_its_cell() -> None:
    found = problems(
        sheets(
            Piano=PIANO,
            Obiettivi=[*OBIETTIVI, ["strategico", "3", "Altro", "tanto"], [None, "4", "Senza livello", "10"]],
            Indicatori=[
                ["Id", "Nome", "Polarità", "Comune"],
                ["A B", "x", "su e giù", "forse"],
                ["doppio", "y", None, None],
                ["doppio", "z", None, None],
            ],
            Assegnazioni=[["Indicatore", "Obiettivo", "Peso"], ["doppio", "1", -3]],
            Misurazioni=[["Indicatore", "Periodo", "Valore", "Dati al"], ["doppio", "2022-H3", "dodici", "31/31/2022"]],
        )
    )
    assert set(found) >= {
        "Obiettivi!D4",
        "Obiettivi!A5",
        "Indicatori!A2",
        "Indicatori!C2",
        "Indicatori!D2",
        "Indicatori!A4",
        "Assegnazioni!C2",
        "Misurazioni!C2",
        "Misurazioni!D2",
    }
    assert "crescente, decrescente" in found["Indicatori!C2"]


def test_two_rows_with_one_code_are_reported_and_told_apart_by_name() -> None:
    rows = [["Livello", "Codice", "Titolo"], ["op", "1", "Riscuotere"], ["op", "1", "Spendere"]]
    uploaded = read(sheets(Obiettivi=rows))
    assert any("il codice '1' è in più righe (2, 3)" in words for _, words in uploaded.remarks)


def test_a_heading_that_is_almost_one_and_one_said_twice_are_reported() -> None:
    rows = [["Livello", "Titolo", "Pesso", "Codice", "Codice"], ["op", "x", "10", "1", "2"]]
    found = problems(sheets(Obiettivi=rows))
    assert "forse 'Peso'" in found["Obiettivi!C1"]
    assert "due volte" in found["Obiettivi!E1"]


def test_a_code_that_became_a_date_and_a_formula_in_error_are_reported() -> None:
    def edit(book: Any) -> None:
        book["Obiettivi"]["B2"].value = date(2022, 2, 1)
        book["Target"]["B2"].value = "#N/A"
        book["Target"]["B2"].data_type = "e"

    found = problems(made(edit, Obiettivi=OBIETTIVI, Target=[["Indicatore", 2022], ["i1", "x"]]))
    assert "è una data" in found["Obiettivi!B2"]
    assert "#N/A" in found["Target!B2"]


def test_what_looks_like_a_formula_stays_a_text() -> None:
    def edit(book: Any) -> None:
        book["Obiettivi"]["C2"].value = "=1+1"
        book["Obiettivi"]["C2"].data_type = "s"

    uploaded = read(made(edit, Obiettivi=OBIETTIVI))
    assert uploaded.objectives is not None
    assert uploaded.objectives[0].title == "=1+1"


def test_the_part_of_a_cell_that_is_struck_out_is_left_out() -> None:
    def edit(book: Any) -> None:
        rich = CellRichText(TextBlock(InlineFont(strike=True), "15%"), " 20%")
        book["Target"]["B2"].value = rich
        book["Target"]["B3"].font = Font(strike=True)

    uploaded = read(made(edit, Target=[["Indicatore", 2022], ["i1", "x"], ["i2", "30%"]]))
    assert uploaded.targets is not None
    assert [(one.text, one.struck) for one in uploaded.targets] == [("20%", "15%"), (None, "30%")]


def test_the_days_of_the_other_calendar_are_right() -> None:
    def edit(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book["Target"]["B2"].value = date(2022, 7, 31)

    uploaded = read(made(edit, Target=[["Indicatore", 2022], ["i1", "x"]]))
    assert uploaded.targets is not None
    assert uploaded.targets[0].text == "31/07/2022"


def test_a_workbook_without_any_sheet_of_the_format_says_so() -> None:
    assert "nessun foglio" in problems(sheets(Foglio1=[["a"]]))["cartella"]
