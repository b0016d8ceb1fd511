"""Given a table of a page, when it goes out as a workbook, then it can be printed, and calculated with."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from api.workbook.table_book import TablePrinted, figure_of, table_book

TABLE = TablePrinted(
    title="Punteggi 2022",
    lines=("In vigore al 31/12/2022, noto al 01/02/2023",),
    columns=("voce", "peso", "raggiunto", "dal", "provvisorio", "codice"),
    rows=[
        ("=1+1", "40", "92.857142", "2022-09-30", True, "1.100"),
        ("+39 010", None, "non ancora dovuto", "1850-01-01", False, "@x"),
    ],
    figures={"peso", "raggiunto"},
    foot="versione 12 & checkpoint 3",
)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("91.5", Decimal("91.5")),
        ("-0.25", Decimal("-0.25")),
        ("1240", Decimal(1240)),
        ("91,5", None),
        ("348 su 410", None),
        ("", None),
        ("≥ 12", None),
        ("1e3", None),
    ],
)
def test_a_text_that_is_one_number_is_a_number(text: str, figure: Decimal | None) -> None:
    assert figure_of(text) == figure


def test_it_is_calculated_with_and_nothing_in_it_is_a_formula() -> None:
    sheet = load_workbook(BytesIO(table_book(TABLE))).active
    assert sheet is not None
    heads, first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=6))
    assert heads == list(TABLE.columns)
    assert first == ["=1+1", 40, 92.857142, datetime(2022, 9, 30), "sì", "1.100"]  # noqa: DTZ001 - as the format has it
    assert second == ["+39 010", None, "non ancora dovuto", "1850-01-01", "no", "@x"]
    assert [cell.data_type for cell in sheet[5]] == ["s", "n", "n", "d", "s", "s"]
    assert (sheet["B5"].number_format, sheet["C5"].number_format) == ("#,##0", "#,##0.00")


def test_it_is_printed_across_as_wide_as_a_page_with_its_headings_on_each() -> None:
    sheet = load_workbook(BytesIO(table_book(TABLE))).active
    assert sheet is not None
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert "versione 12 && checkpoint 3" in str(sheet.oddFooter.left.text)


def test_tables_of_one_name_have_sheets_of_their_own() -> None:
    named = [TABLE._replace(name=name) for name in ("a" * 40, "a" * 29 + " 3", "a" * 40, "History", "x/y: [z]", "")]
    names = load_workbook(BytesIO(table_book(*named))).sheetnames
    assert len({name.casefold() for name in names} - {"history"}) == len(named)
    assert names[4:] == ["x y z", "Tabella 6"]


def test_the_same_rows_are_the_same_bytes_and_no_rows_are_a_table() -> None:
    assert table_book(TABLE) == table_book(TABLE)
    empty = load_workbook(BytesIO(table_book(TABLE._replace(rows=[], columns=("giorno",))))).active
    assert empty is not None
    assert empty["A4"].value == "giorno"
