"""Sheets of collection: what is due goes out to each office, comes back filled, and is recorded whole or told whole."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from api.commands.evaluation import close_round, confirm_formula, open_round
from api.imports.collecting import Collecting
from api.imports.collection_preview import CollectionPreview
from api.imports.collection_reading import read_returned
from api.imports.options import CollectionOptions
from api.workbook.collection_write import write_collection, write_collections
from api.workbook.safety import Limits
from domain.errors import DomainError, Malformed, NoChange
from domain.formulas.commands import ConfirmFormula
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.decide import RoundAlreadyClosed
from projections.collection_sheets import CollectionSheet, collection_sheets, formulas_to_confirm
from projections.deviations import plan_corrective_actions, plan_deviations
from projections.rounds import round_status
from tests.support.collection_books import filled, headings
from tests.support.harness import PLAN, ServiceHarness, document, point

ROUND = "2022-06-30"
BILANCIO, REGISTRO = "Servizio Bilancio", "Servizio Registro"
Rows = Mapping[int, Mapping[str, object]]


def two_offices() -> dict[str, Any]:
    """The small plan, one of whose indicators is another office's."""
    plan = document()
    for indicator in plan["indicators"]:
        if indicator["id"] != "regolamento":
            indicator["unit"] = "%"
        if indicator["id"] == "cassetto":
            indicator["owner"] = REGISTRO
    return {"indicators": plan["indicators"]}


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A round of 30 June, two offices, one formula that the office confirmed; it is 10 July."""
    harness = ServiceHarness(tmp_path / "harness.sqlite").on("2022-02-05")
    harness.load(**two_offices())
    confirm_formula(harness.service, PLAN, ConfirmFormula(indicator="cassetto"), harness.caller())
    for indicator in ("incasso", "cassetto"):
        harness.measure(series=f"{PLAN}.{indicator}", period="2021", text="65,5%", data_as_at="2021-12-31")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(harness.on("2022-07-01").service, PLAN, opening, harness.caller())
    yield harness.on("2022-07-10")
    harness.store.close()


def sheets(harness: ServiceHarness, **options: Any) -> list[CollectionSheet]:
    return harness.ask(collection_sheets, PLAN, ROUND, point("2022-07-10"), **options)  # type: ignore[no-any-return]


def sheet_of(harness: ServiceHarness, office: str = BILANCIO) -> bytes:
    (sheet,) = sheets(harness, office=office)
    return write_collection(sheet)


def collecting(harness: ServiceHarness, content: bytes, **options: bool) -> Collecting:
    return Collecting(
        harness.service, read_returned(content, Limits()), CollectionOptions.model_validate(options), harness.caller()
    )


def look(harness: ServiceHarness, content: bytes, **options: bool) -> CollectionPreview:
    return collecting(harness, content, **options).preview(PLAN, ROUND)


def told(shown: CollectionPreview) -> list[tuple[str, str]]:
    return [(problem.where, problem.found) for problem in shown.problems]


def remarks(shown: CollectionPreview) -> list[tuple[str, str]]:
    """All but what is said of causes that nobody gave."""
    return [(remark.where, remark.words) for remark in shown.remarks if "la causa non è detta" not in remark.words]


def causes_left(shown: CollectionPreview) -> list[str]:
    return [remark.where for remark in shown.remarks if "la causa non è detta" in remark.words]


GIVEN: Rows = {
    0: {
        "Valore del termine 1": "1200",
        "Valore del termine 2": 1800,
        "Stato": "in linea",
        "Avanzamento %": "50%",
        "Nota": "dato contabile",
    }
}


def test_a_sheet_has_what_is_due_of_the_office_with_all_that_helps_to_give_it(harness: ServiceHarness) -> None:
    page = openpyxl.load_workbook(io.BytesIO(sheet_of(harness)))["Raccolta"]
    columns = headings(page)
    row = {heading: page.cell(7, column).value for heading, column in columns.items()}
    assert row["Obiettivo"] == "Incassare"
    assert row["Indicatore"] == "Percentuale di incasso"
    assert row["Target dell'anno"] == ">= 70,34%"
    assert row["Ultimi valori"] == "65,5% (2021)"
    assert row["Periodo"] == "primo semestre 2022"
    assert (row["Termine 1"], row["Termine 2"]) == ("incassato", "dovuto")
    assert [page.cell(number, columns["Indicatore"]).value for number in (7, 8, 9)] == [
        "Percentuale di incasso",
        "Regolamento approvato",
        None,
    ]
    texts = [
        str(cell.value)
        for cells in page.iter_rows()
        for cell in cells
        if cell.value and cell.column != columns["Riferimento"]
    ]
    assert any(page.column_dimensions[letter].hidden for letter in "UVW")
    assert not [text for text in texts if text in {"incasso", PLAN, "in_line", "provisional", "2022-H1"}]


def test_what_was_given_is_due_no_more_and_an_office_that_owes_nothing_is_told_so(harness: ServiceHarness) -> None:
    assert [sheet.office for sheet in sheets(harness)] == [BILANCIO, REGISTRO]
    harness.measure(
        series=f"{PLAN}.cassetto", period="2022-H1", text="19%", data_as_at="2022-06-30", finality="provisional"
    )
    assert [sheet.office for sheet in sheets(harness)] == [BILANCIO]
    with pytest.raises(DomainError, match="non deve più nulla"):
        sheets(harness, office=REGISTRO)
    with pytest.raises(DomainError, match="non è un ufficio"):
        sheets(harness, office="Servizio Boh")


def test_a_round_that_is_closed_waits_for_nothing(harness: ServiceHarness) -> None:
    close_round(harness.service, PLAN, CloseRound(round=f"monitoraggio-{ROUND}"), harness.caller())
    with pytest.raises(RoundAlreadyClosed, match="al 30/06/2022 è chiuso dal 10/07/2022"):
        sheets(harness)


def test_a_preview_says_what_the_terms_give_and_what_it_means_and_records_nothing(harness: ServiceHarness) -> None:
    before = harness.ask(lambda reader: reader.head(f"plan/{PLAN}").version)
    shown = look(harness, filled(sheet_of(harness), GIVEN))
    (item,) = shown.items
    assert (item.value_before, item.value, item.finality) == (None, "1.200 su 1.800", "provisional")
    assert item.computed == "1.200 / 1.800 × 100 = 66,666667"
    assert (item.achievement or "")[:5] == "94.77"
    assert (item.met, item.targets) == (False, (">= 70,34%",))
    assert (item.status_before, item.status, item.progress) == (None, "in_line", "50")
    assert any("è detto in linea, ma il valore è" in words for words in shown.contradictions)
    assert [(of.office, of.rows, of.filled, of.unchanged) for of in shown.sheets] == [(BILANCIO, 2, 1, 0)]
    assert harness.ask(lambda reader: reader.head(f"plan/{PLAN}").version) == before


def test_what_came_back_is_recorded_and_a_second_time_it_is_no_change(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness), GIVEN)
    collecting(harness, content).record(PLAN, ROUND)
    (office, *_) = harness.ask(round_status, PLAN, ROUND, point("2022-07-10"))["offices"]
    (item, *_) = office["items"]
    assert (item["observed"], item["status"], item["progress"], item["note"]) == (
        "1.200 su 1.800",
        "in_line",
        "50",
        "dato contabile",
    )
    again = look(harness.on("2022-07-12"), content)
    assert again.changes_nothing
    assert again.sheets[0].unchanged == 1
    with pytest.raises(NoChange):
        collecting(harness, content).record(PLAN, ROUND)


def test_the_terms_of_a_confirmed_formula_give_the_value(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness, REGISTRO), {0: {"Valore del termine 1": "140", "Valore del termine 2": "1.000"}})
    (item,) = look(harness, content).items
    assert (item.value, item.computed, item.met) == ("14,00", "14,00%", True)
    collecting(harness, content).record(PLAN, ROUND)
    (row,) = [r for r in harness.plan("2022-07-31")["measurements"] if r.get("terms")]
    assert row["terms"] == {"aderenti": "140", "attive": "1000"}
    assert row["office"] == REGISTRO


def test_a_provisional_value_may_be_given_anew_and_a_final_one_is_to_be_restated(harness: ServiceHarness) -> None:
    exported = sheet_of(harness)
    first = filled(exported, {0: {"Valore": "60%"}})
    collecting(harness, first).record(PLAN, ROUND)
    second = filled(exported, {0: {"Valore": "61%", "Stato del dato": "definitivo"}})
    (item,) = look(harness, second).items
    assert (item.value_before, item.value, item.finality) == ("60%", "61%", "final")
    collecting(harness, second).record(PLAN, ROUND)
    shown = look(harness, filled(exported, {0: {"Valore": "62%"}}))
    assert told(shown) == [("Raccolta!L7", "c'è già un valore definitivo, 61%, e qui ce n'è un altro, 62%")]


@pytest.mark.parametrize(
    ("cells", "where", "words"),
    [
        ({"Valore del termine 1": "5"}, "Raccolta!K7", "manca il termine «dovuto»"),
        ({"Valore": "boh"}, "Raccolta!L7", "'boh'"),
        ({"Valore": "0,7034"}, "Raccolta!L7", "volte più piccolo"),
        ({"Valore": "60%", "Stato": "benissimo"}, "Raccolta!N7", "'benissimo' non è fra le scelte"),
        ({"Avanzamento %": "50%"}, "Raccolta!N7", "c'è un avanzamento, e manca lo stato"),
        ({"Stato": "in linea", "Avanzamento %": 0.5}, "Raccolta!O7", "'0,5' può voler dire 50% oppure 0,5%"),
        ({"Stato": "in linea", "Avanzamento %": "5000"}, "Raccolta!O7", "5000"),
        ({"Nota": "poi vediamo"}, "Raccolta!P7", "c'è una nota, e mancano il valore e lo stato"),
        ({"Valore del termine 1": "1", "Valore del termine 2": "0"}, "Raccolta!K7", "zero"),
        ({"Valore": "#N/D"}, "Raccolta!L7", "#N/D"),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_cell_and_nothing_is_recorded(
    harness: ServiceHarness, cells: dict[str, object], where: str, words: str
) -> None:
    content = filled(sheet_of(harness), {0: cells, 1: {"Valore": "28/06/2022"}})
    shown = look(harness, content)
    assert [place for place, _ in told(shown)] == [where]
    assert words in told(shown)[0][1]
    assert "regolamento" in [item.indicator for item in shown.items]
    with pytest.raises(Malformed):
        collecting(harness, content).record(PLAN, ROUND)
    assert not [row for row in harness.plan("2022-07-31")["measurements"] if "2022" in row["period"]]


def test_a_doubtful_unit_is_taken_once_it_is_confirmed(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness), {0: {"Valore": "0,7034"}})
    assert "--confirm-unit" in look(harness, content).problems[0].accepted
    assert look(harness, content, confirm_unit=True).problems == ()


def edited(harness: ServiceHarness, edit: Callable[[Any, dict[str, int]], None]) -> CollectionPreview:
    def change(made: Any) -> None:
        edit(made["Raccolta"], headings(made["Raccolta"]))

    return look(harness, filled(sheet_of(harness), GIVEN, change))


def test_a_target_that_was_edited_is_told_and_not_taken(harness: ServiceHarness) -> None:
    shown = edited(harness, lambda page, at: setattr(page.cell(7, at["Target dell'anno"]), "value", ">= 60%"))
    assert remarks(shown) == [
        (
            "Raccolta!E7",
            "Target dell'anno: la scheda diceva «>= 70,34%», ora dice «>= 60%»: non si modifica qui, e non è stato preso",
        )
    ]
    assert (shown.problems, len(shown.items)) == ((), 1)


def test_a_name_or_a_key_that_was_edited_keeps_its_row_from_being_taken(harness: ServiceHarness) -> None:
    renamed = edited(harness, lambda page, at: setattr(page.cell(7, at["Indicatore"]), "value", "Un altro"))
    assert told(renamed) == [
        ("Raccolta!B7", "Indicatore: la scheda diceva «Percentuale di incasso», ora dice «Un altro»")
    ]
    rekeyed = edited(harness, lambda page, at: setattr(page.cell(7, at["Riferimento"]), "value", "cassetto"))
    assert told(rekeyed) == [("Raccolta!V7", f"il riferimento 'cassetto' non è di questa scheda, che è di {BILANCIO}")]
    assert rekeyed.problems[0].accepted == "incasso"

    def swap(page: Any, at: dict[str, int]) -> None:
        page.cell(7, at["Riferimento"]).value, page.cell(8, at["Riferimento"]).value = "regolamento", "incasso"

    assert told(edited(harness, swap))[0][0] == "Raccolta!B7"


def test_a_row_without_its_key_is_known_by_its_name(harness: ServiceHarness) -> None:
    shown = edited(harness, lambda page, at: setattr(page.cell(7, at["Riferimento"]), "value", None))
    assert (len(shown.items), shown.problems) == (1, ())
    assert "riconosciuta dal nome" in remarks(shown)[0][1]


def test_a_row_that_is_missing_and_one_that_was_added_are_told(harness: ServiceHarness) -> None:
    def without(page: Any, _: dict[str, int]) -> None:
        page.delete_rows(8)

    shown = edited(harness, without)
    assert remarks(shown) == [
        ("Raccolta", "la riga di «Regolamento approvato» non c'è più: ciò che chiedeva resta dovuto")
    ]

    def added(page: Any, at: dict[str, int]) -> None:
        page.cell(9, at["Indicatore"]).value, page.cell(9, at["Valore"]).value = "Un altro", "5"

    assert told(edited(harness, added)) == [("Raccolta, riga 9", "riga aggiunta: la scheda non chiede «Un altro»")]

    def twice(page: Any, at: dict[str, int]) -> None:
        for heading in ("Indicatore", "Periodo", "Riferimento"):
            page.cell(9, at[heading]).value = page.cell(7, at[heading]).value
        page.cell(9, at["Valore"]).value = "5%"

    assert told(edited(harness, twice)) == [
        ("Raccolta, riga 9", "la riga di «Percentuale di incasso» c'è due volte (righe 7 e 9)")
    ]


def test_rows_that_were_sorted_and_columns_that_were_moved_or_added_do_not_matter(harness: ServiceHarness) -> None:
    def moved(page: Any, at: dict[str, int]) -> None:
        page.insert_cols(1)
        page.cell(6, 1).value, page.cell(7, 1).value = "Visto", "x"
        for column in range(2, page.max_column + 1):
            first, second = page.cell(7, column), page.cell(8, column)
            first.value, second.value = second.value, first.value
        del at

    shown = edited(harness, moved)
    assert (len(shown.items), shown.problems) == (1, ())
    assert shown.items[0].where == "Raccolta, riga 8"
    assert remarks(shown) == [("Raccolta!A7", "'x' è in una colonna che la scheda non ha: non è stato letto")]


def _technical(field: str, value: str) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        for cells in made["Dati tecnici"].iter_rows():
            if cells[0].value == field:
                cells[1].value = value

    return change


def test_a_sheet_of_another_plan_round_or_archive_is_told_in_its_technical_cell(harness: ServiceHarness) -> None:
    exported = sheet_of(harness)
    for field, value, where, words in (
        ("Piano", "altro-2022", "Dati tecnici!B2", "la scheda è del piano 'altro-2022'"),
        ("Monitoraggio", "monitoraggio-2022-03-31", "Dati tecnici!B3", "la scheda è del monitoraggio al 31/03/2022"),
        ("Versione del piano", "900", "Dati tecnici!B8", "non è quella che questo archivio ha esportato"),
        ("Ufficio", REGISTRO, "Dati tecnici!B8", "non è quella che questo archivio ha esportato"),
        ("Impronta", "0" * 32, "Dati tecnici!B8", "non è quella che questo archivio ha esportato"),
    ):
        shown = look(harness, filled(exported, GIVEN, _technical(field, value)))
        assert [place for place, _ in told(shown)] == [where], field
        assert words in told(shown)[0][1]
        assert shown.items == ()


def test_a_sheet_without_its_technical_sheet_is_asked_for_whole(harness: ServiceHarness) -> None:
    shown = look(harness, filled(sheet_of(harness), GIVEN, lambda made: made.remove(made["Dati tecnici"])))
    assert told(shown)[0] == ("Dati tecnici", "manca il foglio")


def test_a_sheet_of_a_round_that_is_closed_is_told_and_taken_only_as_late(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness), GIVEN)
    close_round(harness.service, PLAN, CloseRound(round=f"monitoraggio-{ROUND}"), harness.caller())
    shown = look(harness.on("2022-07-20"), content)
    assert told(shown) == [("Dati tecnici!B3", "la scheda è di un monitoraggio chiuso il 10/07/2022")]
    collecting(harness, content, late=True).record(PLAN, ROUND)
    (office, *_) = harness.ask(round_status, PLAN, ROUND, point("2022-07-20"))["offices"]
    assert office["items"][0]["came"] == "after_closing"


def test_what_changed_in_the_plan_since_the_sheet_went_out_is_told(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness), GIVEN)
    harness.revise(">= 68%", "2022-06-15")
    shown = look(harness, content)
    assert remarks(shown) == [
        ("Raccolta!E7", "il target è cambiato da quando la scheda è uscita: «>= 70,34%», ora «>= 68%»")
    ]
    assert shown.items[0].targets == (">= 68%",)


def zipped(**books: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in books.items():
            archive.writestr(f"{name}.xlsx", content)
    return out.getvalue()


def test_all_offices_go_out_in_a_zip_and_come_back_in_one(harness: ServiceHarness) -> None:
    with zipfile.ZipFile(io.BytesIO(write_collections(sheets(harness)))) as archive:
        assert archive.namelist() == ["2022-06-30-servizio-bilancio.xlsx", "2022-06-30-servizio-registro.xlsx"]
        books = [archive.read(name) for name in archive.namelist()]
    back = zipped(
        bilancio=filled(books[0], GIVEN), registro=filled(books[1], {0: {"Valore": "9%", "Stato": "a rischio"}})
    )
    shown = look(harness, back)
    assert [(of.file, of.office, of.filled) for of in shown.sheets] == [
        ("bilancio.xlsx", BILANCIO, 1),
        ("registro.xlsx", REGISTRO, 1),
    ]
    assert [item.where for item in shown.items] == [
        "bilancio.xlsx: Raccolta, riga 7",
        "registro.xlsx: Raccolta, riga 7",
    ]
    spoilt = zipped(bilancio=filled(books[0], GIVEN), registro=filled(books[1], {0: {"Valore": "boh"}}), altro=b"PK")
    assert [place for place, _ in told(look(harness, spoilt))] == ["registro.xlsx: Raccolta!L7", "altro.xlsx"]
    collecting(harness, back).record(PLAN, ROUND)
    assert harness.ask(round_status, PLAN, ROUND, point("2022-07-10"))["received"] == 2


def test_two_sheets_that_say_otherwise_of_one_value_are_told(harness: ServiceHarness) -> None:
    exported = sheet_of(harness)
    one, other = (filled(exported, {0: {"Valore": text}}) for text in ("60%", "61%"))
    assert told(look(harness, zipped(a=one, b=other))) == [
        (
            "b.xlsx: Raccolta, riga 7",
            "«Percentuale di incasso» è compilato anche in a.xlsx: Raccolta, riga 7, diversamente",
        )
    ]
    same = look(harness, zipped(a=one, b=one))
    assert (len(same.items), same.problems) == (1, ())


def test_a_comment_and_a_struck_cell_are_told(harness: ServiceHarness) -> None:
    def mark(page: Any, at: dict[str, int]) -> None:
        page.cell(7, at["Valore del termine 1"]).comment = openpyxl.comments.Comment("stimato", "ufficio")
        page.cell(8, at["Valore"]).value = "5"
        page.cell(8, at["Valore"]).font = openpyxl.styles.Font(strike=True)

    assert [words for _, words in remarks(edited(harness, mark))] == [
        "'5' è barrato: non è stato letto",
        "c'è un commento, che non è stato letto: «stimato»",
    ]


def test_a_target_that_was_revised_after_the_day_of_the_round_is_told_with_the_one_that_counts(
    harness: ServiceHarness,
) -> None:
    content = filled(sheet_of(harness), GIVEN)
    harness.revise(">= 68%", "2022-07-05")
    shown = look(harness, content)
    assert shown.items[0].targets == (">= 68%",)
    assert remarks(shown) == [
        (
            "Raccolta!E7",
            "il target al 30/06/2022 era «>= 70,34%», oggi è «>= 68%»: il raggiungimento è calcolato su quello di oggi",
        )
    ]


def test_a_row_that_is_refused_is_not_known_already_and_a_progress_may_be_said_in_words(
    harness: ServiceHarness,
) -> None:
    refused = look(harness, filled(sheet_of(harness), {0: {"Avanzamento %": "45 per cento"}}))
    assert [(sheet.filled, sheet.unchanged) for sheet in refused.sheets] == [(1, 0)]
    assert told(refused) == [("Raccolta!N7", "c'è un avanzamento, e manca lo stato")]
    beyond = look(harness, filled(sheet_of(harness), {0: {"Stato": "in linea", "Avanzamento %": "150 per cento"}}))
    assert [item.progress for item in beyond.items] == ["150"]
    assert [words for _, words in remarks(beyond)] == ["l'avanzamento è 150%, più del tutto"]


def test_a_sheet_on_which_another_office_was_written_is_not_taken(harness: ServiceHarness) -> None:
    shown = edited(harness, lambda page, _: setattr(page["A3"], "value", f"Ufficio: {REGISTRO}"))
    assert told(shown) == [
        ("Raccolta!A3", f"la riga dell'ufficio dice '{REGISTRO}', e la scheda è uscita per {BILANCIO}")
    ]


def test_formulas_that_wait_to_be_confirmed_are_named(harness: ServiceHarness) -> None:
    asked = sheets(harness)
    without_terms = {row.name for sheet in asked for row in sheet.rows if not row.terms}
    waiting = harness.ask(formulas_to_confirm, asked)
    assert set(waiting) <= without_terms
    bare = [sheet._replace(rows=tuple(row._replace(terms=()) for row in sheet.rows)) for sheet in asked]
    assert "Percentuale di incasso" in harness.ask(formulas_to_confirm, bare)


CAUSE = {"Causa dello scostamento": "esogena", "Che cosa è accaduto": "Versamenti prorogati."}
ACTION = {"Azione correttiva": "Solleciti mensili", "Ufficio dell'azione": REGISTRO, "Azione entro il": "31/10/2022"}


def test_a_row_says_why_its_target_is_missed_and_what_is_done_and_a_second_time_it_is_no_change(
    harness: ServiceHarness,
) -> None:
    content = filled(sheet_of(harness), {0: {"Valore": "60%"} | CAUSE | ACTION, 1: {"Stato": "a rischio"}})
    shown = look(harness, content)
    assert shown.problems == ()
    said = [(item.indicator, item.cause, item.cause_words, item.action_office) for item in shown.items]
    assert said == [
        ("incasso", "exogenous", "Versamenti prorogati.", REGISTRO),
        ("regolamento", None, None, None),
    ]
    assert causes_left(shown) == ["Raccolta, riga 8"]
    collecting(harness, content).record(PLAN, ROUND)
    found = harness.ask(plan_deviations, PLAN, 2022, point("2022-07-31"))["deviations"]
    row = next(row for row in found if row["id"] == "incasso")
    assert (row["period"], row["cause"], row["words"], row["asks_cause"]) == (
        "2022-H1",
        "exogenous",
        "Versamenti prorogati.",
        False,
    )
    assert [(a["id"], a["remedy"], a["office"], a["due_by"]) for a in row["actions"]] == [
        ("azione-1", "Solleciti mensili", REGISTRO, "2022-10-31")
    ]
    assert look(harness.on("2022-07-12"), content).changes_nothing
    later = filled(content, {0: {"Azione entro il": "30/11/2022", "Che cosa è accaduto": "Altro."}})
    shown = look(harness, later)
    assert told(shown)[0][1].startswith("c'è già l'azione azione-1, «Solleciti mensili»")


def test_what_came_and_is_short_of_its_target_is_asked_for_its_cause_alone(harness: ServiceHarness) -> None:
    harness.measure(
        series=f"{PLAN}.cassetto", period="2022-H1", text="9%", data_as_at="2022-06-30", finality="provisional"
    )
    content = sheet_of(harness, REGISTRO)
    page = openpyxl.load_workbook(io.BytesIO(content))["Raccolta"]
    at = headings(page)
    assert (
        page.cell(7, at["Che cosa manca al target"]).value
        == "osservato 9%; scostamento -5 punti percentuali (-35,71 %)"
    )
    assert page.cell(7, at["Valore"]).protection.locked
    assert not page.cell(7, at["Causa dello scostamento"]).protection.locked
    content = filled(content, {0: CAUSE | ACTION})
    (item,) = look(harness, content).items
    assert (item.value, item.status, item.cause, item.remedy) == (None, None, "exogenous", "Solleciti mensili")
    collecting(harness, content).record(PLAN, ROUND)
    assert [sheet.office for sheet in sheets(harness)] == [BILANCIO]


@pytest.mark.parametrize(
    ("cells", "heading", "words"),
    [
        ({"Causa dello scostamento": "esogena"}, "Che cosa è accaduto", "manca che cosa è accaduto"),
        ({"Che cosa è accaduto": "Boh"}, "Causa dello scostamento", "manca la causa"),
        ({"Causa dello scostamento": "sfortuna"}, "Causa dello scostamento", "'sfortuna' non è fra le scelte"),
        (ACTION | {"Ufficio dell'azione": None}, "Ufficio dell'azione", "manca l'ufficio"),
        (ACTION | {"Azione entro il": None}, "Azione entro il", "manca il giorno"),
        (ACTION | {"Azione correttiva": None}, "Azione correttiva", "manca che cosa si fa"),
        (ACTION | {"Ufficio dell'azione": "Servizio Boh"}, "Ufficio dell'azione", "non è un ufficio"),
        (ACTION | {"Azione entro il": "01/01/2022"}, "Azione entro il", "prima del 30/06/2022"),
        (ACTION | {"Azione entro il": "domani"}, "Azione entro il", "domani"),
    ],
)
def test_half_a_cause_or_half_an_action_is_told_with_its_cell(
    harness: ServiceHarness, cells: dict[str, object], heading: str, words: str
) -> None:
    content = filled(sheet_of(harness), {0: {"Valore": "60%"} | cells})
    shown = look(harness, content)
    place = headings(openpyxl.load_workbook(io.BytesIO(content))["Raccolta"])[heading]
    assert [where for where, _ in told(shown)] == [f"Raccolta!{get_column_letter(place)}7"]
    assert words in told(shown)[0][1]


def test_actions_of_several_rows_have_an_id_each(harness: ServiceHarness) -> None:
    content = filled(sheet_of(harness), {0: {"Valore": "60%"} | ACTION, 1: {"Stato": "a rischio"} | ACTION})
    collecting(harness, content).record(PLAN, ROUND)
    found = harness.ask(plan_corrective_actions, PLAN, point("2022-07-31"))["actions"]
    assert [(action["id"], action["of"]) for action in found] == [
        ("azione-1", "incasso"),
        ("azione-2", "regolamento"),
    ]


def test_a_sheet_that_went_out_before_causes_were_asked_for_is_still_read(harness: ServiceHarness) -> None:
    """Its digest is the one that such a sheet bore, byte by byte; columns that it never had are not missed."""
    harness.measure(
        series=f"{PLAN}.incasso", period="2022-H1", text="60%", data_as_at="2022-06-30", finality="provisional"
    )
    (sheet,) = sheets(harness, office=BILANCIO)
    assert [row.indicator for row in sheet.rows] == ["regolamento", "incasso"]

    def as_before(made: Any) -> None:
        page = made["Raccolta"]
        page.delete_rows(8)
        for column in reversed([*headings(page).items()]):
            if column[0] in {*CAUSE, *ACTION, "Che cosa manca al target"}:
                page.delete_cols(column[1])
        _technical("Formato", "1")(made)
        _technical("Impronta", sheet.before_causes().digest_before_causes)(made)

    shown = look(harness, filled(write_collection(sheet), {0: {"Stato": "in linea"}}, as_before))
    assert (shown.problems, [item.indicator for item in shown.items]) == ((), ["regolamento"])


def test_the_digest_of_a_sheet_without_causes_is_the_one_that_was_written_before(harness: ServiceHarness) -> None:
    digests = [sheet.before_causes().digest_before_causes for sheet in sheets(harness)]
    assert digests == ["d7e70b17f333accf02b4038715f4d5c8", "4078003b7ff924fcda45375aeb7cf104"]
