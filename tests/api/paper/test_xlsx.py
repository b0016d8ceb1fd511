"""Given a paper, when it goes out as a workbook, then its tables are there, their figures numbers, nothing of them a formula."""

from decimal import Decimal
from io import BytesIO

import orjson
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from api.pages.templating import percent_words
from api.paper.model import FigureSaid, Paper, PaperKind, PaperTable
from api.paper.sheet import observed_run, written_run
from api.paper.xlsx import as_xlsx, number_said
from api.settings import Language
from api.workbook.table_book import ShownNumber
from domain.scoring.numbers import places_to_say
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
        wanted = [column.head or None for column in table.columns]
        head = next(place for place, row in enumerate(rows) if [each for each in row if each in wanted] == wanted)
        assert len(rows) - head - 1 == len(table.rows) + (table.branch is not None)
        assert sheet.page_setup.orientation == "landscape"
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert as_xlsx(paper) == as_xlsx(paper)


def cells_of(paper: Paper) -> dict[str, list[Cell]]:
    """The cells of a workbook beneath each head."""
    found: dict[str, list[Cell]] = {}
    heads = {column.head for block in paper.blocks if isinstance(block, PaperTable) for column in block.columns}
    for sheet in load_workbook(BytesIO(as_xlsx(paper))).worksheets:
        rows = list(sheet.iter_rows())
        place = next(place for place, row in enumerate(rows) if len({cell.value for cell in row} & heads) > 1)
        for column, head in enumerate(rows[place]):
            found.setdefault(str(head.value), []).extend(row[column] for row in rows[place + 1 :])
    return found


def test_weights_results_and_percentages_are_calculated_with(papers: Papers) -> None:
    cells = cells_of(papers("scores"))
    shown = {
        head: [
            (cell.value, cell.number_format) for cell in cells[head] if cell.data_type == "n" and cell.value is not None
        ]
        for head in ("Peso", "Risultato", "Raggiunto", "Contro l'approvato")
    }
    assert (100, "#,##0") in shown["Peso"]
    assert shown["Risultato"]
    assert all(of == "#,##0.0%" for _, of in shown["Raggiunto"] + shown["Contro l'approvato"])
    branches = 3
    assert len(shown["Raggiunto"]) == branches + len([cell for cell in cells["Risultato (nota)"] if cell.value])
    assert {cell.value for cell in cells["Raggiunto (nota)"]} & {"parziale", "non raggiunto", "raggiunto"}


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("68%", FigureSaid(Decimal(68), 0, is_percent=True)),
        ("1.240", FigureSaid(Decimal(1240), 0)),
        ("70,34", FigureSaid(Decimal("70.34"), 2)),
        ("≥ 68%", None),
        ("12 giorni", None),
        ("28/07/2022", None),
        ("2022", None),
    ],
)
def test_what_an_office_wrote_is_a_number_as_the_record_reads_it(text: str, figure: FigureSaid | None) -> None:
    assert written_run(text).figure == figure


def test_what_stands_beside_an_observed_number_is_kept_beside_it() -> None:
    run = observed_run("61,08% Num 102 - Den 167")
    assert run.figure == FigureSaid(Decimal("61.08"), 2, is_percent=True, says_more=True)
    assert run.text == "61,08% Num 102 - Den 167"
    assert observed_run("entro giugno").figure is None


def test_a_branch_has_its_weight_and_scores_as_numbers_that_are_not_rounded(papers: Papers) -> None:
    paper = papers("scores")
    rows = {
        str(row[0].value).partition("\n")[0]: row
        for sheet in load_workbook(BytesIO(as_xlsx(paper))).worksheets
        for row in sheet.iter_rows()
    }
    heads = next(row for name, row in rows.items() if name == "Indicatore")
    places = {str(cell.value): place for place, cell in enumerate(heads)}
    branch, twin = rows["Incassare"], orjson.loads(paper.twin.content)
    score = next(row for row in twin["objectives"] if row["id"] == "a1")
    assert branch[places["Peso"]].value == 60
    assert branch[places["Raggiunto"]].value == pytest.approx(float(score["score"]) / 100, abs=1e-15)
    assert branch[places["Contro l'approvato"]].value == pytest.approx(float(score["ex_ante"]) / 100, abs=1e-15)
    assert {"Riscuotere", "Digitalizzare"} <= rows.keys()


def test_a_rate_is_its_ratio(papers: Papers) -> None:
    cells = cells_of(papers("rates"))
    ratios = [
        (rate.value, touched.value / planned.value)
        for rate, touched, planned in zip(cells["Tasso"], cells["Toccati"], cells["Programmati"], strict=True)
    ]
    assert len(ratios) == 3
    assert all(rate == pytest.approx(ratio, abs=1e-15) for rate, ratio in ratios)


@pytest.mark.parametrize(
    ("exact", "printed", "shape"),
    [
        ("99.98333333333333333333333333333333", "99,98\u00a0%", "#,##0.00%"),
        ("99.9961", "99,996\u00a0%", "#,##0.000%"),
        ("99.94", "99,9\u00a0%", "#,##0.0%"),
        ("0.04", "0,04\u00a0%", "#,##0.00%"),
        ("99.99999999999999999999999999999999", "100,0\u00a0%", "#,##0.0%"),
        ("100", "100,0\u00a0%", "#,##0.0%"),
        ("0", "0,0\u00a0%", "#,##0.0%"),
    ],
)
def test_what_is_less_than_the_whole_is_never_said_to_be_it(exact: str, printed: str, shape: str) -> None:
    places = places_to_say(Decimal(exact), 1)
    assert percent_words(exact, language="it") == printed
    assert f"#,##0.{'0' * places}%" == shape
