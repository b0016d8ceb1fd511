"""The sheet of the changes that no cell of a plan says: approving, closing, withdrawing by an act, correcting."""

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from api.workbook.format import DEEDS
from domain.documents.requested import REQUESTS
from tests.api.cli.test_cli_plan_changes import plan_of, row_of
from tests.support.harness import PLAN, document

Run = Callable[..., Result]
ACT = ("--act", "DGC n. 12 del 01/07/2022", "--cause", "norme", "--justification", "Lo chiede la norma")
Row = dict[str, str]


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[[Run, Sequence[Row]], Path]:
    """The export of the small plan with some rows in the sheet of requests."""

    def written(run: Run, rows: Sequence[Row]) -> Path:
        done = run("export", PLAN, "--as-of", "2022-12-31", "--format", "xlsx", "--output", "piano.xlsx", "--force")
        assert done.exit_code == 0, done.output
        book = openpyxl.load_workbook(tmp_path / "piano.xlsx")
        sheet = book["Modifiche da fare"]
        headings = [cell.value for cell in sheet[1]]
        for number, row in enumerate(rows, start=2):
            for heading, text in row.items():
                sheet.cell(number, headings.index(heading) + 1).value = text
        book.save(tmp_path / "richieste.xlsx")
        return tmp_path / "richieste.xlsx"

    return written


def row(what: str, of: str, name: str = "", **more: str) -> Row:
    """A row of the sheet."""
    return {"Che cosa": what, "Di che cosa": of, "Oggetto": name} | {k.replace("_", " "): v for k, v in more.items()}


def test_every_deed_of_the_sheet_is_a_verb_that_a_row_may_ask_for() -> None:
    assert {verb for of in DEEDS.values() for verb in of.values()} == set(REQUESTS)


def test_rows_are_recorded_together_and_read_again_they_ask_for_nothing(
    office: Run,
    request_of: Callable[[Run, Sequence[Row]], Path],
) -> None:
    rows = [
        row("rimodula", "target", "incasso", Anno="2022", Nuovo_valore=">= 68%"),
        row("fissa", "target", "Regolamento approvato", Anno="2023", Nuovo_valore="entro il 31/12"),
        row("ritira", "target", "regolamento", Anno="2022", Ordine="2"),
        row("riformula", "obiettivo", "a2", Nuovo_valore="Digitalizzare i servizi"),
        row("sposta", "obiettivo", "a2"),
        row("ripesa", "obiettivo", "Incassare", Nuovo_valore="33,33"),
        row("neutralizza", "obiettivo", "a1", Anno="2023"),
        row("assegna", "indicatore", "incasso", Nuovo_valore="a2"),
        row("ritira", "indicatore", "Adesione al cassetto", Motivazione="Non serve più"),
        row("approva", "anno", Anno="2023"),
    ]
    file = request_of(office, rows)
    shown = office("import", file, "--preview", *ACT).stdout
    assert "Differenze (10)" in shown
    recorded = office("import", file, *ACT)
    assert recorded.exit_code == 0, recorded.output
    plan = plan_of(office, "2023-01-01")
    assert {one["id"] for one in plan["indicators"]} == {"incasso", "regolamento"}
    assert row_of(office, "objectives", "a1", "2023-01-01")["weight"] == "33.33"
    assert row_of(office, "objectives", "a2", "2023-01-01")["parent"] is None
    again = office("import", file, *ACT)
    assert (again.exit_code, "nessuna differenza" in again.stdout) == (0, True), again.output


def test_a_correction_puts_right_what_is_recorded(
    revised: Run,
    request_of: Callable[[Run, Sequence[Row]], Path],
) -> None:
    rows = [
        row("rimodula", "target", "incasso", Anno="2022", Nuovo_valore=">= 69%", Rettifica="sì", Motivazione="Refuso")
    ]
    done = revised("import", request_of(revised, rows))
    assert done.exit_code == 0, done.output
    assert "rettifica materiale" in revised("audit", PLAN).stdout


def test_a_draft_is_approved_by_a_row_with_its_act(
    run: Run,
    save: Callable[..., str],
    request_of: Callable[[Run, Sequence[Row]], Path],
) -> None:
    draft = {name: part for name, part in document().items() if name != "act"}
    draft["plan"] = draft["plan"] | {"drafted_on": "2022-01-15"}
    assert run("import", save(draft)).exit_code == 0
    file = request_of(run, [row("approva", "piano", Atto="DGC n. 1 del 31/01/2022")])
    assert run("import", file).exit_code == 0
    assert plan_of(run)["plan"]["status"] == "approved"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("chiudi", "piano")], "Modifiche da fare!A2: 'chiudi' non si dice di 'piano'. Si accetta: approva"),
        ([row("ritirra", "target")], "forse ritira"),
        ([row("ritira", "target", "incasso")], "Modifiche da fare!D2: manca"),
        ([row("ripesa", "obiettivo", "a1", Nuovo_valore="tanto")], "Modifiche da fare!F2: 'tanto'"),
        ([row("ritira", "obiettivo")], "Modifiche da fare!C2: la cella è vuota"),
        ([row("ritira", "obiettivo", "a2", Atto="DGC n. 13 del 02/07/2022")], "Modifiche da fare!G2: "),
        ([row("ritira", "obiettivo", "a2", Atto="lo ha detto il capo")], "Modifiche da fare!G2: "),
    ],
)
def test_a_row_that_is_no_change_is_refused_by_its_cell(
    office: Run,
    request_of: Callable[[Run, Sequence[Row]], Path],
    rows: list[Row],
    told: str,
) -> None:
    refused = office("import", request_of(office, rows), *ACT)
    assert (refused.exit_code, told in refused.stderr) == (1, True), refused.stderr
