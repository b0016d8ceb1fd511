"""Given a paper, when it goes out as a workbook, then its tables are there, their figures numbers, nothing of them a formula."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from api.paper.model import PaperKind, PaperTable, text_of
from api.paper.xlsx import as_xlsx, number_said
from api.settings import Language
from api.workbook.table_book import ShownNumber
from tests.api.paper.conftest import ASKED, Papers

SPOKEN: list[tuple[str, Language, ShownNumber | None]] = [
    ("91,5 %", "it", ShownNumber(Decimal("0.915"), "#,##0.0%")),
    ("91.5%", "en", ShownNumber(Decimal("0.915"), "#,##0.0%")),
    ("1.240", "it", ShownNumber(Decimal(1240), "#,##0")),
    ("1.240", "en", ShownNumber(Decimal("1.240"), "#,##0.000")),
    ("\u22122,50", "it", ShownNumber(Decimal("-2.50"), "#,##0.00")),
    ("1.24", "it", None),
    ("348 su 410", "it", None),
    ("≥ 12", "it", None),
    ("", "it", None),
]


@pytest.mark.parametrize(("text", "language", "number"), SPOKEN)
def test_a_text_that_is_one_number_is_one(text: str, language: Language, number: ShownNumber | None) -> None:
    assert number_said(text, language) == number


@pytest.mark.parametrize("kind", [kind for kind in ASKED if kind != "revisions"])
def test_every_table_of_a_paper_is_a_sheet_with_all_its_rows(papers: Papers, kind: PaperKind) -> None:
    paper = papers(kind)
    tables = [block for block in paper.blocks if isinstance(block, PaperTable)]
    book = load_workbook(BytesIO(as_xlsx(paper)), data_only=False)
    assert len(book.worksheets) == max(1, len(tables))
    for sheet, table in zip(book.worksheets, tables, strict=False):
        rows = list(sheet.iter_rows(values_only=True))
        head = rows.index(tuple(column.head or None for column in table.columns))
        assert len(rows) - head - 1 == len(table.rows)
        assert sheet.page_setup.orientation == "landscape"
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert as_xlsx(paper) == as_xlsx(paper)


def test_scores_are_calculated_with(papers: Papers) -> None:
    paper = papers("scores")
    weights = [
        text_of(row.cells[1].lines[0])
        for block in paper.blocks
        if isinstance(block, PaperTable)
        for row in block.rows
        if len(row.cells) > 1 and row.cells[1].lines and text_of(row.cells[1].lines[0]) == "100"
    ]
    numbers = [
        cell.value
        for sheet in load_workbook(BytesIO(as_xlsx(paper))).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "n" and cell.value == 100
    ]
    assert len(numbers) >= len(weights) > 0
