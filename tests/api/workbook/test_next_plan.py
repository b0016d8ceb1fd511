"""The workbook of the next years: which indicators continue and keep their series, which are new, which end."""

from pathlib import Path
from typing import Any

from api.imports.importing import Importing, read_incoming
from api.workbook.safety import Limits
from domain.documents.difference import Decisions
from projections.plan_in_force import plan_in_force
from tests.api.workbook.books import preview, sheets
from tests.support.desk import PLAN, Desk, point

NEXT = "prova-2025-2027"
SAID: dict[str, Any] = {"act": "delibera di Giunta n. 2 del 31/01/2025"}


def workbook(*more: list[Any]) -> bytes:
    return sheets(
        Piano=[
            ["Id ente", "cciaa-prova"],
            ["Ente", "Camera di Commercio di Prova"],
            ["Id piano", NEXT],
            ["Primo anno", 2025],
            ["Ultimo anno", 2027],
        ],
        Obiettivi=[
            ["Livello", "Codice", "Titolo", "Obiettivo padre"],
            ["area", "A", "Riscuotere", None],
            ["op", "A1", "Incassare", "A"],
        ],
        Indicatori=[
            ["Nome", "Obiettivo", "Peso", "Polarità"],
            ["Percentuale di incasso", "A1", "60", "crescente"],
            ["Tempo medio di pagamento", "A1", "40", "decrescente"],
            *more,
        ],
        Target=[
            ["Indicatore", 2025, 2026],
            ["Percentuale di incasso", ">= 75%", ">= 76%"],
            ["Tempo medio di pagamento", "<= 20 gg", None],
        ],
    )


def test_a_preview_proposes_what_continues_what_is_new_and_what_ends(desk: Desk) -> None:
    shown = preview(desk, workbook(), **SAID)
    assert (shown.kind, shown.plan, shown.refused) == ("next_plan", NEXT, None)
    assert shown.changes == {"continues": 1, "added": 1, "ends": 2}
    [going_on] = [item for item in shown.items if item.type == "continues"]
    assert (going_on.matched_by, going_on.after) == ("name", f"{PLAN}.incasso")


def test_what_continues_keeps_its_series_and_so_its_measurements(desk: Desk) -> None:
    desk.measure(series=f"{PLAN}.incasso", period="2021", text="66%", data_as_at="2021-12-31")
    desk.on("2025-02-01")
    Importing(desk.service).confirm(read_incoming(workbook(), Limits()), Decisions.model_validate(SAID), desk.caller())
    with desk.store.reading() as reader:
        made = plan_in_force(reader, NEXT, point("2025-03-01"))
    assert made["plan"]["predecessor"] == PLAN
    assert made["indicators"][0]["series"] == f"{PLAN}.incasso"
    assert [(row["series"], row["period"]) for row in made["measurements"]] == [(f"{PLAN}.incasso", "2021")]
    assert [target["text"] for target in made["indicators"][0]["targets"]] == [">= 75%", ">= 76%"]


def test_a_doubt_whether_an_indicator_continues_is_asked(desk: Desk) -> None:
    shown = preview(desk, workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]), **SAID)
    [question] = shown.questions
    assert question.options[0].answer == "cassetto"
    answered = preview(
        desk,
        workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]),
        **SAID,
        answers={question.id: "cassetto"},
    )
    assert answered.changes == {"continues": 2, "added": 1, "ends": 1}
    new = preview(
        desk,
        workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]),
        **SAID,
        answers={question.id: "new"},
    )
    assert new.changes == {"continues": 1, "added": 2, "ends": 2}


def test_the_first_plan_of_an_office_is_a_new_plan(tmp_path: Path) -> None:
    empty = Desk(tmp_path / "empty.sqlite").on("2025-02-01")
    shown = preview(empty, workbook(), **SAID)
    assert (shown.kind, shown.counts["indicators"], shown.counts["targets"]) == ("new_plan", 2, 3)
    empty.store.close()
