"""The workbook of the next years: which indicators continue and keep their series, which are new, which end."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.export import exported
from api.workbook.safety import Limits
from api.workbook.write import write_csv, write_xlsx
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from domain.documents.questions import QuestionsOpen
from projections.plan_in_force import plan_in_force
from projections.streams import plan_stream
from tests.api.workbook.books import as_ods, preview, sheets
from tests.support.harness import PLAN, ServiceHarness, point

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


def test_a_preview_proposes_what_continues_what_is_new_and_what_ends(harness: ServiceHarness) -> None:
    harness.on("2025-02-01")
    shown = preview(harness, workbook(), **SAID)
    assert (shown.kind, shown.plan, shown.refused) == ("next_plan", NEXT, None)
    assert shown.changes == {"continues": 1, "added": 1, "ends": 2}
    [going_on] = [item for item in shown.items if item.type == "continues"]
    assert (going_on.matched_by, going_on.after) == ("name", f"{PLAN}.incasso")


def test_what_continues_keeps_its_series_and_so_its_measurements(harness: ServiceHarness) -> None:
    harness.measure(series=f"{PLAN}.incasso", period="2021", text="66%", data_as_at="2021-12-31")
    harness.on("2025-02-01")
    Importing(harness.service).confirm(
        read_incoming(workbook(), Limits()), Decisions.model_validate(SAID), harness.caller()
    )
    with harness.store.reading() as reader:
        made = plan_in_force(reader, NEXT, point("2025-03-01"))
    assert made["plan"]["predecessor"] == PLAN
    assert made["indicators"][0]["series"] == f"{PLAN}.incasso"
    assert [(row["series"], row["period"]) for row in made["measurements"]] == [(f"{PLAN}.incasso", "2021")]
    assert [target["text"] for target in made["indicators"][0]["targets"]] == [">= 75%", ">= 76%"]


def test_a_doubt_whether_an_indicator_continues_is_asked(harness: ServiceHarness) -> None:
    shown = preview(harness, workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]), **SAID)
    [question] = shown.questions
    assert question.options[0].answer == "cassetto"
    answered = preview(
        harness,
        workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]),
        **SAID,
        answers={question.id: "cassetto"},
    )
    assert answered.changes == {"continues": 2, "added": 1, "ends": 1}
    new = preview(
        harness,
        workbook(["Adesione al cassetto digitale dell'impresa", "A1", None, None]),
        **SAID,
        answers={question.id: "new"},
    )
    assert new.changes == {"continues": 1, "added": 2, "ends": 2}


def test_the_first_plan_of_an_office_is_a_new_plan(tmp_path: Path) -> None:
    empty = ServiceHarness(tmp_path / "empty.sqlite").on("2025-02-01")
    shown = preview(empty, workbook(), **SAID)
    assert (shown.kind, shown.counts["indicators"], shown.counts["targets"]) == ("new_plan", 2, 3)
    empty.store.close()


# What every office does in January: the new plan is made from the export of the old one.

JANUARY: dict[str, Any] = {"act": "delibera di Giunta n. 3 del 31/01/2024"}


@pytest.fixture
def december(harness: ServiceHarness) -> ServiceHarness:
    """The old plan with a restated half year, a year approved since, statuses; it is 1 February 2024."""
    half = {"series": f"{PLAN}.incasso", "period": "2022-H1", "data_as_at": "2022-06-30"}
    harness.on("2022-07-05").measure(**half, text="35%", finality="provisional")
    harness.on("2022-10-05").restate(**half, text="36,2%", finality="final", effective_on="2022-10-05")
    harness.report(subject="indicator", id="incasso", status="at_risk", reported_on="2022-10-05")
    harness.on("2023-02-01").change(approves_year=2023, act="delibera di Giunta n. 5 del 30/01/2023")
    return harness.on("2024-02-01")


def new_plan_of(harness: ServiceHarness, **measured: str) -> dict[str, Any]:
    """The document of the new plan: the export of the old one with other years; targets of years to come."""
    with harness.store.reading() as reader:
        content: dict[str, Any] = orjson.loads(exported(reader, PLAN, point("2023-12-31"), "json"))
    content["plan"] |= {"id": "prova-2024-2026", "title": "Nuovo", "first_year": 2024, "last_year": 2026}
    for row in content["indicators"]:
        row["targets"] = [{"year": 2024, "text": target["text"]} for target in row["targets"][:1]]
    for row in content["measurements"]:
        row.update(measured)
    for name in ("act", "as_of", "version"):
        del content[name]
    return content


def files_of(content: Any) -> dict[str, bytes]:
    """The document in each format."""
    return {"json": orjson.dumps(content), "xlsx": write_xlsx(content), "ods": as_ods(write_csv(content))}


def load(harness: ServiceHarness, file: bytes, **said: Any) -> None:
    decisions = Decisions.model_validate(JANUARY | said)
    Importing(harness.service).confirm(read_incoming(file, Limits()), decisions, harness.caller())


def last_july(harness: ServiceHarness) -> list[dict[str, Any]]:
    return [row for row in harness.plan("2022-07-31")["measurements"] if row["period"] == "2022-H1"]


@pytest.mark.parametrize("format_", ["json", "xlsx", "ods"])
def test_a_new_plan_made_from_the_export_of_the_old_one_does_not_touch_the_past(
    december: ServiceHarness, format_: str
) -> None:
    before = {day: december.plan(day) for day in ("2022-07-31", "2022-12-31", "2023-12-31")}
    file = files_of(new_plan_of(december))[format_]
    shown = preview(december, file, **JANUARY)
    assert (shown.refused, shown.questions, shown.counts["measurements"]) == (None, (), 1)
    assert [year["year"] for year in shown.decides["years"]] == [2024]
    left_alone = " ".join(shown.left_alone)
    assert "il 2022 non è un anno del piano" in left_alone
    assert "il 2023 non è un anno del piano" in left_alone
    assert "'incasso' era a rischio al 05/10/2022, prima del piano" in left_alone
    load(december, file)
    assert {day: december.plan(day) for day in before} == before
    with december.store.reading() as reader:
        made = plan_in_force(reader, "prova-2024-2026", point("2024-02-01"))
        topics = [record.event.topic for record in reader.records(plan_stream("prova-2024-2026"))]
    assert (list(made["plan"]["years"]), made["statuses"]) == (["2024"], [])
    assert not {"year-approved", "status-reported"} & set(topics)


@pytest.mark.parametrize("format_", ["json", "xlsx", "ods"])
def test_a_figure_that_would_alter_the_past_is_asked_about_and_recorded_only_as_it_is_answered(
    december: ServiceHarness, format_: str
) -> None:
    before = last_july(december)
    file = files_of(new_plan_of(december, text="40%"))[format_]
    [question] = preview(december, file, **JANUARY).questions
    assert question.id == f"measurement:{PLAN}.incasso:2022-H1"
    assert "40% (definitivo, dati al 30/06/2022)" in question.words
    with pytest.raises(QuestionsOpen):
        load(december, file)
    load(december, file, answers={question.id: "keep"})
    assert last_july(december) == before
    assert december.plan("2024-12-31")["measurements"][0]["text"] == "36,2%"


def test_what_was_answered_to_restate_holds_from_the_act_of_the_new_plan(december: ServiceHarness) -> None:
    file = orjson.dumps(new_plan_of(december, text="40%"))
    [question] = preview(december, file, **JANUARY).questions
    before = last_july(december)
    load(december, file, answers={question.id: "restate"})
    assert last_july(december) == before
    assert december.plan("2024-12-31")["measurements"][0]["text"] == "40%"


def test_the_door_without_questions_refuses_what_would_alter_the_past(december: ServiceHarness) -> None:
    content = new_plan_of(december, text="40%") | JANUARY
    with pytest.raises(QuestionsOpen, match="1 domande"):
        december.service.load_plan(PlanDocument.model_validate(content), december.caller())
    outcome = december.service.load_plan(
        PlanDocument.model_validate(new_plan_of(december) | JANUARY), december.caller()
    )
    assert {"left_alone"} <= {warning.name for warning in outcome.warnings}
