"""A workbook that an office edited is a difference: each cell once, what is not there left alone, a doubt asked."""

from typing import Any

import orjson
import pytest

from api.formats.readers import FileTooCostly
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.safety import Limits
from domain.documents.difference import Decisions
from domain.documents.questions import QuestionsOpen
from domain.errors import Malformed, MotivationMissing, VersionOutdated
from projections.plan_in_force import plan_in_force
from tests.api.workbook.books import GROUND, book, confirm, edited, preview, sheets
from tests.support.harness import PLAN, ServiceHarness, point


def _cell(page: Any, id_: str, heading: str) -> Any:
    at = next(cell.column for cell in page[1] if cell.value == heading)
    row = next(cell.row for cell in page["A"] if cell.value == id_)
    return page.cell(row, at)


def test_each_kind_of_change_is_listed_with_its_cell_before_and_after(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        _cell(made["Target"], "incasso", "2023").value = ">= 60%"
        _cell(made["Target"], "cassetto", "2024").value = ">= 16%"
        _cell(made["Target"], "cassetto", "2023").value = None
        _cell(made["Obiettivi"], "a1", "Titolo").value = "Incassare meglio"
        _cell(made["Obiettivi"], "a2", "Peso").value = "45"
        _cell(made["Obiettivi"], "a2", "Codice").value = "A.2"
        _cell(made["Indicatori"], "incasso", "Formula").value = "riscosso / dovuto * 100"
        _cell(made["Assegnazioni"], "cassetto", "Peso").value = "55,5"
        made["Obiettivi"].append(["a3", "operational", "", "Semplificare", "a"])
        made["Indicatori"].append(["tempi", None, "Tempo medio"])
        made["Assegnazioni"].append(["tempi", None, "a3", "100"])
        made["Target"].append(["tempi", None, None, "<= 5 gg"])

    shown = preview(harness, edited(book(harness), edit))
    assert shown.refused is None
    assert shown.changes == {
        "reworded": 1,
        "reweighted": 2,
        "reclassified": 1,
        "added": 2,
        "redefined": 1,
        "target_revised": 1,
        "target_withdrawn": 1,
        "target_set": 1,
    }
    by_id = {item.id: item for item in shown.items}
    revised = by_id["target_revised:indicator/incasso:2023:1"]
    assert (revised.where, revised.before, revised.after) == ("Target!E2", ">= 71%", ">= 60%")
    assert revised.direction == "easier"
    assert by_id["reweighted:assignment/cassetto/a2:weight"].after == "55.5"
    outcome = confirm(harness, edited(book(harness), edit))
    assert outcome.version is not None
    assert harness.target("2022-12-31", year=2023) == ">= 60%"
    assert harness.target("2022-12-31", indicator="cassetto", year=2023) is None
    assert [row["id"] for row in harness.plan()["indicators"]] == ["incasso", "cassetto", "regolamento", "tempi"]


def test_a_preview_says_what_the_changes_would_do_to_the_change_rate(harness: ServiceHarness) -> None:
    content = edited(book(harness), lambda made: setattr(_cell(made["Target"], "incasso", "2022"), "value", ">= 68%"))
    rate: Any = preview(harness, content).change_rate["2022"]
    assert rate["before"]["any"] == {"numerator": 0, "denominator": 2, "rate": "0.00"}
    assert rate["after"]["easier"] == {"numerator": 1, "denominator": 2, "rate": "50.00"}
    assert harness.plan()["version"] == preview(harness, content).version


def test_what_the_workbook_does_not_contain_is_left_alone(harness: ServiceHarness) -> None:
    content = sheets(
        Piano=[["Id piano", PLAN], ["Primo anno", 2022], ["Ultimo anno", 2024]],
        Target=[["Indicatore", 2022], ["incasso", ">= 68%"]],
    )
    shown = preview(harness, content)
    assert shown.changes == {"target_revised": 1}
    assert any("Obiettivi" in words for words in shown.left_alone)


def test_a_row_that_is_gone_is_withdrawn_only_where_the_sheet_says_that_it_is_complete(harness: ServiceHarness) -> None:
    def drop(made: Any) -> None:
        for name in ("Indicatori", "Assegnazioni", "Target"):
            page = made[name]
            for row in [cell.row for cell in page["A"] if cell.value == "cassetto"]:
                page.delete_rows(row)

    def say_so(made: Any) -> None:
        drop(made)
        next(row for row in made["Piano"].iter_rows() if row[0].value == "Foglio Indicatori completo")[1].value = "sì"

    assert preview(harness, edited(book(harness), drop)).changes == {}
    assert preview(harness, edited(book(harness), say_so)).changes == {"withdrawn": 1}
    assert preview(harness, edited(book(harness), drop), complete=("indicators",)).changes == {"withdrawn": 1}
    confirm(harness, edited(book(harness), say_so))
    assert "cassetto" not in [row["id"] for row in harness.plan()["indicators"]]


def test_an_indicator_that_changes_objective_is_moved_even_where_nothing_is_complete(harness: ServiceHarness) -> None:
    content = edited(
        book(harness), lambda made: setattr(_cell(made["Assegnazioni"], "cassetto", "Obiettivo"), "value", "a1")
    )
    assert preview(harness, content).changes == {"assigned": 1, "unassigned": 1}
    confirm(harness, content)
    assert next(row for row in harness.plan()["indicators"] if row["id"] == "cassetto")["objective"] == "a1"


def test_rows_without_id_are_matched_by_code_then_by_name_and_a_doubt_is_asked(harness: ServiceHarness) -> None:
    harness.change({"verb": "reclassify_objective", "object": "a1", "code": "1.1"})

    def edit(made: Any) -> None:
        for page in (made["Obiettivi"], made["Indicatori"]):
            for cell in page["A"][1:]:
                cell.value = None
        _cell_named(made["Obiettivi"], "Incassare").value = "Incassare il diritto annuale dovuto"
        _cell_named(made["Indicatori"], "Adesione al cassetto").value = "Adesione al cassetto digitale"

    shown = preview(harness, edited(book(harness, "2022-10-01"), edit))
    matched = {item.id: (item.matched_by, item.score) for item in shown.items}
    assert matched["reworded:objective/a1:title"][0] == "code"
    [question] = shown.questions
    assert question.options[0].answer == "cassetto"
    assert question.options[0].score == pytest.approx(0.75, abs=0.15)
    with pytest.raises(QuestionsOpen):
        confirm(harness, edited(book(harness, "2022-10-01"), edit))
    answered = preview(harness, edited(book(harness, "2022-10-01"), edit), answers={question.id: "cassetto"})
    assert answered.changes == {"reworded": 2}
    with pytest.raises(Malformed, match="non ha obiettivo"):
        preview(harness, edited(book(harness, "2022-10-01"), edit), answers={question.id: "new"})


def _cell_named(page: Any, value: str) -> Any:
    return next(cell for row in page.iter_rows() for cell in row if cell.value == value)


def test_what_changed_meanwhile_is_asked_and_what_nobody_touched_stays(harness: ServiceHarness) -> None:
    content = edited(book(harness), lambda made: setattr(_cell(made["Target"], "incasso", "2022"), "value", ">= 69%"))
    harness.revise(">= 65%", "2022-09-20")
    harness.revise(">= 13%", "2022-09-20", indicator="cassetto")
    [question] = preview(harness, content).questions
    assert question.id.startswith("changed_meanwhile:")
    assert preview(harness, content, answers={question.id: "plan"}).changes == {}
    confirm(harness, content, answers={question.id: "file"})
    assert harness.target("2022-10-01") == ">= 69%"
    assert harness.target("2022-10-01", indicator="cassetto") == ">= 13%"


def test_a_preview_is_confirmed_on_the_version_that_it_was_made_on_or_not_at_all(harness: ServiceHarness) -> None:
    content = edited(book(harness), lambda made: setattr(_cell(made["Target"], "incasso", "2022"), "value", ">= 68%"))
    made_on = preview(harness, content).version
    harness.revise(">= 13%", "2022-09-20", indicator="cassetto")
    with pytest.raises(VersionOutdated):
        confirm(harness, content, version=made_on)
    assert harness.target("2022-12-31") == ">= 70,34%"


def test_confirming_wants_the_ground_and_takes_it_row_by_row(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        _cell(made["Target"], "incasso", "2022").value = ">= 68%"
        _cell(made["Target"], "cassetto", "2022").value = ">= 15%"

    content = edited(book(harness), edit)
    with pytest.raises(MotivationMissing):
        confirm(harness, content, justification=None)
    rows = {
        "Target!D2": {"kind": "correction", "justification": "trascritto male"},
        "indicator/cassetto": {"justification": "più adesioni", "cause": "exogenous"},
    }
    confirm(harness, content, justification=None, rows=rows)
    with harness.store.reading() as reader:
        said = [(r.event.topic, r.claim, r.cause) for r in reader.records(f"plan/{PLAN}")][-3:]
    assert ("events-annulled", "correction", "new_data") in said
    assert ("target-revised", None, "exogenous") in said


def test_a_difference_may_be_left_out(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        _cell(made["Target"], "incasso", "2022").value = ">= 68%"
        _cell(made["Target"], "cassetto", "2022").value = ">= 15%"

    confirm(harness, edited(book(harness), edit), rows={"Target!D2": {"skip": True}})
    assert (harness.target("2022-12-31"), harness.target("2022-12-31", indicator="cassetto")) == (">= 70,34%", ">= 15%")


def test_the_workbook_may_bring_the_ground_itself(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        _cell(made["Target"], "incasso", "2022").value = ">= 68%"
        said = {
            "Atto delle modifiche": GROUND["act"],
            "Motivazione delle modifiche": "dati",
            "Causa delle modifiche": "nuovi dati",
        }
        for row in made["Piano"].iter_rows():
            if row[0].value in said:
                row[1].value = said[row[0].value]

    confirm(harness, edited(book(harness), edit), act=None, justification=None, cause=None)
    assert harness.target("2022-12-31") == ">= 68%"


def test_two_values_in_a_cell_are_asked_unless_one_of_them_is_struck_out(harness: ServiceHarness) -> None:
    plain = edited(book(harness), lambda made: setattr(_cell(made["Target"], "cassetto", "2022"), "value", "15% 20%"))
    [question] = preview(harness, plain).questions
    assert [option.answer for option in question.options] == ["1", "2", "all", "as_written"]
    assert preview(harness, plain, answers={question.id: "2"}).items[0].after == "20%"
    assert preview(harness, plain, answers={question.id: "all"}).changes == {"target_revised": 1, "target_set": 1}
    kept = preview(harness, plain, answers={question.id: "as_written"})
    assert [cell.text for cell in kept.unread] == ["15% 20%"]


@pytest.mark.parametrize(
    ("text", "answers", "second"),
    [
        ("80% (rideterminato: 75%)", ["1", "2", "as_written"], "75%"),
        ("80% modificato con delibera n. 7 al 75%", ["1", "2", "as_written"], "75%"),
        ("80% (in revisione)", ["1", "as_written"], None),
        ("80% (revocato)", ["withdraw", "1", "as_written"], None),
        ("soppresso", ["withdraw", "as_written"], None),
    ],
)
def test_a_cell_that_changes_or_withdraws_its_own_value_is_asked_about(
    harness: ServiceHarness, text: str, answers: list[str], second: str | None
) -> None:
    changed = edited(book(harness), lambda made: setattr(_cell(made["Target"], "cassetto", "2022"), "value", text))
    [question] = preview(harness, changed).questions
    assert [option.answer for option in question.options] == answers
    with pytest.raises(QuestionsOpen):
        confirm(harness, changed)
    if second is not None:
        assert preview(harness, changed, answers={question.id: "2"}).items[0].after == second
    if "withdraw" in answers:
        assert preview(harness, changed, answers={question.id: "withdraw"}).changes == {"target_withdrawn": 1}
    kept = preview(harness, changed, answers={question.id: "as_written"})
    assert [cell.text for cell in kept.unread] == [text]


def test_two_deadlines_in_a_cell_are_two_targets(harness: ServiceHarness) -> None:
    content = edited(
        book(harness), lambda made: setattr(_cell(made["Target"], "cassetto", "2024"), "value", "30/06/2024 31/12/2024")
    )
    assert [(item.ordinal, item.after) for item in preview(harness, content).items] == [
        (1, "30/06/2024"),
        (2, "31/12/2024"),
    ]


def test_a_measurement_is_new_and_one_that_restates_a_final_one_is_asked_about(harness: ServiceHarness) -> None:
    harness.measure(series=f"{PLAN}.incasso", period="2021", text="66%", data_as_at="2021-12-31")
    content = book(harness)

    def edit(made: Any) -> None:
        page = made["Misurazioni"]
        _cell(page, f"{PLAN}.incasso", "Testo").value = "66,5%"
        page.append([None, "cassetto", "2021", "12%", None, None, None, None, "31/12/2021"])

    shown = preview(harness, edited(content, edit))
    assert (shown.refused, shown.changes) == (None, {"measurement_new": 1})
    [question] = shown.questions
    assert question.where == "Misurazioni!D2"
    assert "nel file 66,5% (definitivo, dati al 31/12/2021), la serie ha già 66%" in question.words
    assert [option.answer for option in question.options] == ["restate", "keep"]
    with pytest.raises(QuestionsOpen):
        confirm(harness, edited(content, edit))
    answers = {question.id: "restate"}
    assert preview(harness, edited(content, edit), answers=answers).changes == {
        "measurement_restated": 1,
        "measurement_new": 1,
    }
    confirm(harness, edited(content, edit), answers=answers)
    texts = {row["series"].rpartition(".")[2]: row["text"] for row in harness.plan()["measurements"]}
    assert texts == {"incasso": "66,5%", "cassetto": "12%"}
    assert {row["text"] for row in harness.plan("2022-09-01")["measurements"]} == {"66%", "12%"}


def test_a_figure_that_would_stand_before_what_is_known_is_asked_about_and_recorded_only_if_it_is_said(
    harness: ServiceHarness,
) -> None:
    harness.measure(
        series=f"{PLAN}.incasso", period="2022-H1", text="35%", data_as_at="2022-08-31", finality="provisional"
    )
    row = [None, "incasso", "2022-H1", "30%", None, None, None, None, "30/06/2022", "provvisorio"]
    content = edited(book(harness, "2022-10-01"), lambda made: made["Misurazioni"].append(row))
    shown = preview(harness, edited(content, lambda made: made["Misurazioni"].delete_rows(2)))
    [question] = shown.questions
    assert [option.answer for option in question.options] == ["record", "restate", "keep"]
    content = edited(content, lambda made: made["Misurazioni"].delete_rows(2))
    kept = preview(harness, content, answers={question.id: "keep"})
    assert (kept.changes, kept.changes_nothing) == ({}, True)
    assert harness.plan("2022-07-31")["measurements"] == []
    confirm(harness, content, answers={question.id: "record"})
    assert [row["text"] for row in harness.plan("2022-07-31")["measurements"]] == ["30%"]
    assert [row["text"] for row in harness.plan("2022-10-01")["measurements"]] == ["35%"]


def test_a_value_that_was_put_right_since_is_told_and_not_taken_again(harness: ServiceHarness) -> None:
    harness.measure(series=f"{PLAN}.incasso", period="2021", text="66%", data_as_at="2021-12-31")
    with harness.store.reading() as reader:
        old = dict(plan_in_force(reader, PLAN, point("2022-09-01")))
    del old["as_of"], old["version"]
    harness.restate(
        series=f"{PLAN}.incasso", period="2021", text="67%", data_as_at="2021-12-31", effective_on="2022-10-01"
    )
    shown = preview(harness, orjson.dumps(old))
    assert (shown.changes, shown.questions) == ({}, ())
    assert any("il file ha ancora 66%" in words and "resta 67%" in words for words in shown.left_alone)


def test_a_withdrawn_indicator_that_comes_back_in_the_workbook_is_reinstated(harness: ServiceHarness) -> None:
    content = book(harness)
    harness.change({"verb": "withdraw_indicator", "object": "cassetto"}, act="delibera di Giunta n. 8 del 20/09/2022")

    def forget(made: Any) -> None:
        for row in made["Piano"].iter_rows():
            if row[0].value == "In vigore al":
                row[1].value = None

    assert preview(harness, content).changes == {}
    assert preview(harness, edited(content, forget)).changes == {"reinstated": 1}


def test_a_retry_of_a_confirmation_answers_the_same_and_records_once(harness: ServiceHarness) -> None:
    content = edited(book(harness), lambda made: setattr(_cell(made["Target"], "incasso", "2022"), "value", ">= 68%"))
    said = Decisions.model_validate(GROUND)
    first = Importing(harness.service).confirm(read_incoming(content, Limits()), said, harness.caller("una-volta"))
    again = Importing(harness.service).confirm(read_incoming(content, Limits()), said, harness.caller("una-volta"))
    assert again == first.model_copy(update={"repeated": True})


def test_a_year_out_of_the_plan_is_a_problem_where_it_says_something(harness: ServiceHarness) -> None:
    def edit(value: str | None) -> bytes:
        def add(made: Any) -> None:
            made["Target"].cell(1, 7).value = 2025
            made["Target"].cell(2, 7).value = value

        return edited(book(harness), add)

    with pytest.raises(Malformed) as refused:
        preview(harness, edit(">= 70%"))
    assert refused.value.problems[0].where == "Target!G2"
    assert preview(harness, edit(None)).changes == {}


def test_more_rows_than_a_plan_may_have_are_refused_before_they_are_compared(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.imports.importing.MAX_ROWS", 1)
    with pytest.raises(FileTooCostly, match="obiettivi: confrontarli"):
        preview(harness, book(harness, "2022-10-01"))
