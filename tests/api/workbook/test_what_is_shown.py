"""What people see in a cell is what is read: number formats, errors, dates of which a part is shown, binary noise."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from api.workbook.cells import from_binary
from api.workbook.formats import read_bytes
from api.workbook.number_formats import shown_number
from api.workbook.safety import Limits
from domain.errors import Malformed
from tests.api.workbook.books import parts, sheets
from tests.api.workbook.test_reading_cells import made, problems, read, target, weight

CELLS: list[list[Any]] = [["Indicatore", 2023], ["attesa", "x"]]


@pytest.mark.parametrize(
    ("value", "format_", "text"),
    [
        (7, '0" ore"', "7 ore"),
        (7, '"entro "0" ore"', "entro 7 ore"),
        (7, '"<= "0" ore"', "<= 7 ore"),
        (7, '"≤"0', "≤7"),
        (0.8, '"almeno "0%', "almeno 80%"),
        (80, '0"%"', "80%"),
        (80, r"0\%", "80%"),
        (7000, '0,"k"', "7k"),
        (7_000_000, "0,,", "7"),
        (7.25, '0.0" ore"', "7,3 ore"),
        (7.5, '0.0#" ore"', "7,5 ore"),
        (1234, '#,##0" accessi"', "1234 accessi"),
        (0, '0;-0;"n.p."', "n.p."),
        (-3, '0" punti";"meno "0" punti"', "meno 3 punti"),
        (0.1, "+0%;-0%", "+10%"),
        (5, 'General" utenti"', "5 utenti"),
        (12.5, "[$$-409]#,##0.00", "$12,50"),
        ("30/09/2023", '"entro il "@', "entro il 30/09/2023"),
        ("30/09/2023", "@", "30/09/2023"),
        (3, '[>=1]0" punti";0', "3 punti"),
    ],
)
def test_what_a_format_adds_is_read(value: Any, format_: str, text: str) -> None:
    assert target(value, format_) == text


@pytest.mark.parametrize(
    ("value", "format_", "text"),
    [
        (7, "[Red]0;[Blue]-0", "7"),
        (7.25, "0.0", "7,25"),
        (-0.05, "0%;(0%)", "-5%"),
        (1234.5, "#,##0.00", "1234,5"),
        (7, ";;;", "7"),
        (12.5, '#,##0.00 "€"', "12,5 €"),
        (12.5, "[$€-410] #,##0.00", "12,5 €"),
        (1200, "0.00E+00", "1200"),
        (0.5, "# ?/?", "0,5"),
    ],
)
def test_a_format_that_only_spells_a_number_leaves_its_digits(value: Any, format_: str, text: str) -> None:
    assert target(value, format_) == text


@pytest.mark.parametrize(
    ("value", "format_", "text"),
    [
        (date(2023, 9, 1), "mmm-yy", "settembre 2023"),
        (date(2023, 9, 30), "mmm-yy", "30/09/2023"),
        (date(2023, 1, 1), "yyyy", "2023"),
        (date(2023, 9, 5), '"entro il "dd/mm/yyyy', "entro il 05/09/2023"),
        (datetime(2023, 9, 30, 23, 59, 59), "dd/mm/yyyy hh:mm", "30/09/2023"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2023, 9, 30, 8, 30), "dd/mm/yyyy", "30/09/2023"),  # noqa: DTZ001
    ],
)
def test_of_a_date_the_part_that_is_shown(value: Any, format_: str, text: str) -> None:
    assert target(value, format_) == text


@pytest.mark.parametrize(("value", "format_"), [(40, '0" punti"'), (40, '0"%"'), (0.4, '"peso "0%')])
def test_a_weight_is_the_number_that_its_format_shows(value: Any, format_: str) -> None:
    assert weight(value, format_) == Decimal(40)


@pytest.mark.parametrize(("value", "format_"), [(40_000, '0,"k"'), (0, '0;-0;"n.d."'), (40, '"<= "0')])
def test_a_weight_that_shows_another_thing_is_refused(value: Any, format_: str) -> None:
    with pytest.raises(Malformed, match="la cella mostra"):
        weight(value, format_)


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        ("33.33000000000001", "33.33"),
        ("66.670000000000002", "66.67"),
        ("0.28999999999999998", "0.29"),
        ("1234567.89", "1234567.89"),
        ("0.1", "0.1"),
        ("123456789012345", "123456789012345"),
    ],
)
def test_the_noise_of_a_binary_number_is_no_digit(stored: str, number: str) -> None:
    assert from_binary(stored) == Decimal(number)


def test_a_format_of_odd_signs_never_fails() -> None:
    for code in ('"', "\\", "[", "[<]0", "0;;;;;;", "_", "*", "@", "[$-410]", "0" * 250, '"a"' * 80, "[=1]", "[>x]0"):
        shown_number(code, Decimal("12.5"))


@pytest.mark.parametrize("error", ["#N/D", "#RIF!", "#DIV/0!", "#VALORE!", "Err:502", "#NAME?"])
def test_an_error_that_was_saved_as_text_is_no_target(error: str) -> None:
    assert "la cella contiene" in problems(sheets(Target=[CELLS[0], ["attesa", error]]))["Target!B2"]


def test_a_text_that_begins_as_an_error_is_a_text() -> None:
    assert target("#1 in graduatoria") == "#1 in graduatoria"


def test_an_apostrophe_that_was_typed_is_no_part_of_a_target() -> None:
    assert target("'>= 60%") == ">= 60%"
    assert target("'alto'") == "'alto'"


# -- extensions of the format ------------------------------------------------------------------------------------------


def test_the_other_calendar_holds_beside_an_extension_of_the_same_name() -> None:
    def put(book: Any) -> None:
        book["Target"]["B2"].value = 43_737
        book["Target"]["B2"].number_format = "dd/mm/yyyy"

    content = made(put, Target=CELLS)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        text = package.read("xl/workbook.xml").decode()
    start, end = text.index("<workbookPr"), text.index(">", text.index("<workbookPr")) + 1
    text = text[:start] + '<workbookPr date1904="1"/>' + text[end:].removeprefix("</workbookPr>")
    extension = '<extLst><ext uri="{x}" xmlns:x15="urn:x15"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>'
    content = parts(content, xl__workbook_dot_xml=text.replace("</workbook>", extension).encode())
    uploaded = read(content)
    assert uploaded.targets is not None
    assert uploaded.targets[0].text == "30/09/2023"


def test_what_an_extension_of_a_sheet_says_is_no_cell() -> None:
    content = sheets(Target=CELLS)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        text = package.read("xl/worksheets/sheet1.xml").decode()
    extension = '<extLst><ext xmlns:x14="urn:x14"><x14:c r="B2"><x14:v>9</x14:v></x14:c></ext></extLst></worksheet>'
    uploaded = read(parts(content, xl__worksheets__sheet1_dot_xml=text.replace("</worksheet>", extension).encode()))
    assert uploaded.targets is not None
    assert uploaded.targets[0].text == "x"


# -- ODS ---------------------------------------------------------------------------------------------------------------

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    )
)


def ods(cell: str, *, styles: str = "", columns: str = "", row: str = "") -> bytes:
    """A sheet of targets with one cell, as LibreOffice writes it."""
    heads = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{head}</text:p></table:table-cell>'
        for head in ("Indicatore", "2023")
    )
    first = '<table:table-cell office:value-type="string"><text:p>attesa</text:p></table:table-cell>'
    content = (
        f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="Target">{columns}<table:table-row>{heads}</table:table-row>'
        f"<table:table-row{row}>{first}{cell}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
    return out.getvalue()


def number(value: str, shown: str, kind: str = "float") -> str:
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (number("7", "7"), "7"),
        (number("7", "&lt;= 7 ore"), "<= 7 ore"),
        (number("80", "80%"), "80%"),
        (number("0.8", "80%", "percentage"), "80%"),
        (number("0.8", "almeno 80%", "percentage"), "almeno 80%"),
        (number("0", "n.p."), "n.p."),
        (number("7000", "7"), "7"),
        (number("7.253", "7,25"), "7,253"),
        (number("33.33000000000001", "33,33"), "33,33"),
        (number("1234.5", "1.234,50"), "1234,5"),
        (
            '<table:table-cell office:value-type="date" office:date-value="2023-09-01"><text:p>set 23</text:p></table:table-cell>',
            "settembre 2023",
        ),
    ],
)
def test_an_ods_cell_says_what_people_see_in_it(cell: str, text: str) -> None:
    uploaded = read_bytes(ods(cell), Limits())
    assert uploaded.targets is not None
    assert uploaded.targets[0].text == text


@pytest.mark.parametrize("cell", [number("0", "#N/D"), number("0", "Err:502"), number("0", "#DIV/0!")])
def test_an_error_that_an_old_program_saved_as_zero_is_no_zero(cell: str) -> None:
    assert "la cella contiene" in problems(ods(cell))["Target!B2"]


STRUCK = '<style:text-properties style:text-line-through-style="solid"/>'
TEXT = '<table:table-cell office:value-type="string"{style}><text:p>&gt;= 60%</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("styles", "columns", "row", "cell"),
    [
        (
            f'<style:style style:name="via" style:family="table-cell">{STRUCK}</style:style>',
            '<table:table-column/><table:table-column table:default-cell-style-name="via"/>',
            "",
            TEXT.format(style=""),
        ),
        (
            f'<style:style style:name="via" style:family="table-cell">{STRUCK}</style:style>',
            "",
            ' table:default-cell-style-name="via"',
            TEXT.format(style=""),
        ),
        (
            (
                f'<style:style style:name="via" style:family="table-cell">{STRUCK}</style:style>'
                '<style:style style:name="figlio" style:family="table-cell" style:parent-style-name="via"/>'
            ),
            "",
            "",
            TEXT.format(style=' table:style-name="figlio"'),
        ),
        (
            f'<style:style style:name="via" style:family="table-cell">{STRUCK}</style:style>',
            "",
            "",
            '<table:table-cell office:value-type="float" office:value="60" table:style-name="via"><text:p>60</text:p></table:table-cell>',
        ),
    ],
)
def test_a_strike_is_inherited(styles: str, columns: str, row: str, cell: str) -> None:
    uploaded = read_bytes(ods(cell, styles=styles, columns=columns, row=row), Limits())
    if row:  # the whole of it
        assert "tutta barrata" in uploaded.doubts[0].words
        return
    assert uploaded.targets is not None
    assert uploaded.targets[0].struck in {">= 60%", "60"}
    assert uploaded.targets[0].text is None


def test_a_style_that_says_not_struck_undoes_what_it_inherits() -> None:
    styles = (
        f'<style:style style:name="via" style:family="table-cell">{STRUCK}</style:style>'
        '<style:style style:name="figlio" style:family="table-cell" style:parent-style-name="via">'
        '<style:text-properties style:text-line-through-style="none"/></style:style>'
    )
    uploaded = read_bytes(ods(TEXT.format(style=' table:style-name="figlio"'), styles=styles), Limits())
    assert uploaded.targets is not None
    assert uploaded.targets[0].text == ">= 60%"
