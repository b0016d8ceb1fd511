"""The template and the export help whoever fills them: they explain, offer, mark, print; an example is never data."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from api.workbook.example_rows import EXAMPLE, EXAMPLES
from api.workbook.format import QUESTIONS, SHEETS
from api.workbook.formats import read_bytes
from api.workbook.help_sheet import HELP_NAME, TECHNICAL_SHEETS
from api.workbook.look import row_height
from api.workbook.safety import Limits
from api.workbook.write import write_template
from domain.documents.references import fresh_id
from tests.api.workbook.books import as_ods, book, edited, preview
from tests.support.harness import ServiceHarness

TEMPLATE = write_template(2025)
WRITTEN = [sheet for sheet in SHEETS if sheet is not QUESTIONS]


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells_of(page: Any, heading: str) -> Any:
    """The first cell beneath a heading."""
    return next(page.cell(2, cell.column) for cell in page[1] if cell.value == heading)


def test_the_first_sheet_says_what_each_is_and_how_dates_targets_and_acts_are_written() -> None:
    made = opened(TEMPLATE)
    assert made.sheetnames[0] == HELP_NAME
    texts = [str(cell.value) for row in made[HELP_NAME].iter_rows() for cell in row if cell.value]
    for sheet in WRITTEN:
        assert any(sheet.name in text for text in texts), sheet.name
    whole = "\n".join(texts)
    for words in ("30/06/2025", ">= 90%", "delibera di Giunta n. 9", "initinere import FILE --preview", EXAMPLE):
        assert words in whole


def test_technical_sheets_stand_last_and_grey_and_what_is_required_is_marked() -> None:
    made = opened(TEMPLATE)
    assert made.sheetnames[-len(TECHNICAL_SHEETS) :] == [sheet.name for sheet in TECHNICAL_SHEETS]
    assert all(made[sheet.name].sheet_properties.tabColor.rgb == "FFD9D9D9" for sheet in TECHNICAL_SHEETS)
    for sheet in WRITTEN:
        if sheet in TECHNICAL_SHEETS:
            continue
        for cell in made[sheet.name][1]:
            required = any(column.required for column in sheet.columns if column.heading == cell.value)
            assert (cell.font.underline == "single") is required, (sheet.name, cell.value)
            if required:
                assert cell.comment.text.startswith("Obbligatoria.")


def test_references_are_offered_by_name_and_codes_as_a_closed_list(harness: ServiceHarness) -> None:
    made = opened(book(harness))
    offered = {
        (page.title, validation.formula1): validation.showErrorMessage
        for page in made.worksheets
        for validation in page.data_validations.dataValidation
    }
    for sheet, source in (
        ("Obiettivi", "'Obiettivi'!$D$2:$D$503"),
        ("Assegnazioni", "'Obiettivi'!$D$2:$D$503"),
        ("Assegnazioni", "'Indicatori'!$C$2:$C$503"),
        ("Target", "'Indicatori'!$C$2:$C$503"),
        ("Misurazioni", "'Indicatori'!$C$2:$C$503"),
        ("Indicatori", "'Uffici'!$B$2:$B$501"),
    ):
        assert offered[sheet, source] is False
    assert offered["Indicatori", '"crescente,decrescente"'] is True


def test_what_is_offered_is_taken_as_a_reference(harness: ServiceHarness) -> None:
    def refer(made: Any) -> None:
        cells_of(made["Assegnazioni"], "Obiettivo").value = "Digitalizzare"
        cells_of(made["Target"], "Indicatore").value = "Percentuale di incasso"

    shown = preview(harness, edited(book(harness), refer))
    assert {item.type for item in shown.items} == {"assigned", "unassigned"}


def test_whole_rows_can_be_deleted_and_columns_written_although_a_sheet_is_protected(harness: ServiceHarness) -> None:
    for content in (TEMPLATE, book(harness)):
        for page in opened(content).worksheets[2:9]:
            flags = page.protection
            assert flags.sheet, page.title
            shut = [flags.deleteRows, flags.insertRows, flags.insertColumns, flags.formatColumns]
            assert not any(shut), page.title
            assert not any(
                cell.protection.locked for row in page.iter_rows(min_row=2) for cell in row if cell.has_style
            )
            widths = page.column_dimensions.values()
            assert max(width.max for width in widths) == 16_384
            assert not any(width.protection.locked for width in widths), page.title
            assert all(cell.protection.locked for cell in page[1] if cell.value), page.title


def test_columns_that_were_added_in_the_free_ones_are_read(harness: ServiceHarness) -> None:
    def add(made: Any) -> None:
        page = made["Target"]
        free = page.max_column + 1
        page.cell(1, free).value, page.cell(2, free).value = "Motivazione della modifica", "dati nuovi"
        page["D2"].value = ">= 68%"

    (item,) = preview(harness, edited(book(harness), add)).items
    assert item.type == "target_revised"


def test_a_sheet_prints_across_one_page_wide_with_its_headings_and_without_its_ids(harness: ServiceHarness) -> None:
    made = opened(book(harness))
    for page in made.worksheets:
        assert page.page_setup.orientation == "landscape"
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows == "$1:$1"
    areas = {page.title: str(page.print_area).rpartition("!")[2] for page in made.worksheets}
    assert areas["Obiettivi"].startswith("$B$1:$S$")
    assert areas["Indicatori"].startswith("$C$1:")
    assert areas["Assegnazioni"].startswith("$B$1:")
    assert areas["Target"].startswith("$B$1:")


def test_rows_are_as_high_as_their_wrapped_texts() -> None:
    assert row_height(["breve"], [20]) == 15
    assert row_height(["primo semestre 2022"], [11]) == 45
    assert row_height(["una\ndue\ntre", "x" * 100], [20, 20]) == 90
    assert row_height(["x" * 100_000], [10]) < 410


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_an_example_is_never_taken(form: str) -> None:
    content = TEMPLATE if form == "xlsx" else _as_ods(TEMPLATE)
    uploaded = read_bytes(content, Limits())
    assert (uploaded.objectives, uploaded.indicators, uploaded.places, uploaded.targets) == ((), (), (), ())
    assert (uploaded.measurements, uploaded.statuses, uploaded.acts, uploaded.doubts) == ((), (), (), ())
    assert uploaded.remarks == ()


@pytest.mark.parametrize("sheet", [form for form in SHEETS if form.part in EXAMPLES], ids=lambda form: form.part)
def test_an_example_that_was_changed_and_is_still_marked_is_asked_about(sheet: Any) -> None:
    column = 2 if sheet.part != "acts" else 4
    content = edited(TEMPLATE, lambda made: setattr(made[sheet.name].cell(2, column), "value", "nostro"))
    (doubt,) = read_bytes(content, Limits()).doubts
    assert doubt.where == f"{sheet.name}, riga 2"
    assert "segnata ESEMPIO ed è stata cambiata" in doubt.words


def test_an_example_without_its_mark_is_a_row_as_any_other() -> None:
    content = edited(TEMPLATE, lambda made: setattr(made["Obiettivi"]["A2"], "value", None))
    (row,) = read_bytes(content, Limits()).objectives or ()
    assert row.title == "Semplificare i procedimenti"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("1.2.a", "Tempo medio", "1-2-a"),
        ("3", "Tempo", "ind-3"),
        ("", "Tempo medio", "tempo-medio"),
        ("OS 4", "X", "os-4"),
    ],
)
def test_a_new_id_comes_of_the_code_alone(code: str, name: str, expected: str) -> None:
    used: set[str] = set()
    numbers: dict[str, int] = {}
    assert fresh_id("indicator", code, name, used, numbers) == expected
    assert fresh_id("indicator", code, name, used, numbers) == f"{expected}-2"


def _as_ods(content: bytes) -> bytes:
    """The same sheets in an ODS, each cell a text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for page in opened(content).worksheets:
            text = io.StringIO(newline="")
            writer: Callable[..., object] = csv.writer(text, delimiter=";").writerow
            for row in page.iter_rows(values_only=True):
                writer(["" if value is None else value for value in row])
            archive.writestr(f"{page.title}.csv", text.getvalue())
    return as_ods(out.getvalue())
