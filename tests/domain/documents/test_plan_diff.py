"""The three-way merge of an uploaded plan: base, current, uploaded, field by field, without a database."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.documents.diff import diff_plan
from domain.documents.difference import CurrentPlan, PlanDiff
from domain.documents.plan import PlanDocument
from domain.documents.uploaded import uploaded_of
from domain.errors import Malformed
from domain.measurements.commands import RecordMeasurement
from domain.measurements.decide import observed_in
from domain.timelines import Entry
from domain.vocabulary import JsonValue

PLANS = sorted((Path(__file__).parents[3] / "examples" / "plans").glob("*.json"))
PLAN: dict[str, Any] = {
    "administration": {"id": "ente", "name": "Ente"},
    "plan": {"id": "piano", "title": "Piano", "first_year": 2022, "last_year": 2024},
    "objectives": [
        {"id": "a", "level": "strategico", "title": "Riscuotere", "condition": "se piove"},
        {"id": "b", "level": "operativo", "title": "Incassare", "parent": "a", "weight": "60"},
    ],
    "indicators": [
        {
            "id": "i",
            "series": "piano.i",
            "name": "Incasso",
            "formula": "x / y",
            "objective": "b",
            "weight": "100",
            "targets": [{"year": 2022, "text": ">= 70%"}],
        }
    ],
}


def plan(**changed: Any) -> PlanDocument:
    """The plan with other fields: `a__title`, `i__formula`; a target by `i__2022`."""
    made = json.loads(json.dumps(PLAN))
    rows = {row["id"]: row for row in (*made["objectives"], *made["indicators"])}
    for name, value in changed.items():
        id_, _, field = name.partition("__")
        if field.isdecimal():
            rows[id_]["targets"] = [{"year": int(field), "text": value}]
        else:
            rows[id_][field] = value
    return PlanDocument.model_validate(made)


def figures_of(document: PlanDocument) -> dict[tuple[str, str], list[Entry]]:
    """What the series know: each figure of the document, on the day that its data are of."""
    figures: dict[tuple[str, str], list[Entry]] = {}
    for row in document.measurements:
        body = row.model_dump(exclude={"observed", "restated"}, exclude_none=True) | {"retrospective": True}
        observed: JsonValue = observed_in(RecordMeasurement.model_validate(body)).model_dump(
            mode="json", exclude_none=True
        )
        value: JsonValue = {"observed": observed, "finality": row.finality, "data_as_at": row.data_as_at.isoformat()}
        figures[row.series, row.period] = [Entry(row.data_as_at, 1, value)]
    return figures


def diff(
    uploaded: PlanDocument,
    current: PlanDocument | None = None,
    base: PlanDocument | None = None,
    complete: tuple[str, ...] = (),
    answers: dict[str, str] | None = None,
) -> PlanDiff:
    there = current or plan()
    held = CurrentPlan(there, base=base, figures=figures_of(there))
    return diff_plan(held, uploaded_of(uploaded, complete=complete), answers or {})


@pytest.mark.parametrize(
    ("field", "value", "type_", "command"),
    [
        ("a__title", "Riscuotere di più", "reworded", {"verb": "reword_objective", "title": "Riscuotere di più"}),
        ("b__parent", None, "moved", {"verb": "move_objective", "parent": None}),
        ("b__weight", "40", "reweighted", {"verb": "reweigh_objective", "weight": "40"}),
        ("b__level", "strategico", "reclassified", {"verb": "reclassify_objective", "level": "strategico"}),
        ("i__name", "Riscosso", "reworded", {"verb": "redefine_indicator", "name": "Riscosso"}),
        ("i__kind", "efficacia", "redefined", {"verb": "redefine_indicator", "indicator_kind": "efficacia"}),
        ("i__owner", "Bilancio", "reclassified", {"verb": "reclassify_indicator", "owner": "Bilancio"}),
        ("i__weight", "80", "reweighted", {"verb": "reweigh_indicator", "objective": "b", "weight": "80"}),
        ("i__2022", ">= 60%", "target_revised", {"verb": "revise_target", "year": 2022, "target": ">= 60%"}),
    ],
)
def test_each_field_that_changes_is_one_difference_and_one_command(
    field: str, value: str | None, type_: str, command: dict[str, Any]
) -> None:
    [step] = diff(plan(**{field: value})).steps
    assert step.item.type == type_
    assert step.change is not None
    said = step.change.model_dump(mode="json")
    assert {name: said[name] for name in command} == command


def test_a_field_that_no_command_changes_stays_and_is_told() -> None:
    difference = diff(plan(a__condition="se nevica"))
    assert difference.steps == ()
    assert difference.ignored == (
        "objectives[0].condition: la condizione di 'Riscuotere' non si modifica, resta 'se piove'",
    )


def test_what_only_the_office_changed_is_taken_and_what_only_the_plan_changed_stays() -> None:
    base, current = plan(), plan(a__title="Cambiato nel piano", i__2022=">= 65%")
    assert diff(base, current, base).steps == ()
    [step] = diff(plan(b__title="Cambiato nel file"), current, base).steps
    assert (step.item.object, step.item.after) == ("objective/b", "Cambiato nel file")


def test_what_both_changed_to_other_things_is_asked_and_done_as_answered() -> None:
    uploaded, current = plan(a__title="Nel file"), plan(a__title="Nel piano")
    [question] = diff(uploaded, current, plan()).questions
    assert question.id == "changed_meanwhile:objective/a:title"
    assert diff(uploaded, current, plan()).steps == ()
    assert diff(uploaded, current, plan(), answers={question.id: "plan"}).steps == ()
    assert [s.item.after for s in diff(uploaded, current, plan(), answers={question.id: "file"}).steps] == ["Nel file"]
    assert diff(uploaded, plan(a__title="Nel file"), plan()).questions == ()


def test_a_part_that_is_complete_withdraws_what_has_no_row_and_one_that_is_not_there_withdraws_nothing() -> None:
    document = plan()
    shorter = document.model_copy(update={"objectives": document.objectives[:1], "indicators": ()})
    parts = ("objectives", "indicators")
    assert [s.item.id for s in diff(shorter, complete=parts).steps] == [
        "withdrawn:indicator/i",
        "withdrawn:objective/b",
    ]
    absent = uploaded_of(shorter, complete=parts)._replace(objectives=None, indicators=None, places=None, targets=None)
    assert diff_plan(CurrentPlan(document), absent, {}).steps == ()


def test_a_reference_that_means_nothing_is_a_problem_of_its_place() -> None:
    with pytest.raises(Malformed) as refused:
        diff(plan(b__parent="nessuno", i__objective="nessuno"))
    assert [(one.where, one.accepted) for one in refused.value.problems] == [
        ("objectives[1].parent", "l'identificativo, il codice o il nome di un obiettivo"),
        ("indicators[0].objective", "l'identificativo, il codice o il nome di un obiettivo"),
    ]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_compared_with_itself_differs_in_nothing(path: Path) -> None:
    document = PlanDocument.model_validate_json(path.read_bytes())
    difference = diff(document, document)
    assert (difference.steps, difference.questions) == ((), ())


def of_names(*names: str) -> PlanDocument:
    """The plan with indicators of these names alone."""
    rows = [
        PLAN["indicators"][0] | {"id": f"i{number}", "series": f"piano.i{number}", "name": name}
        for number, name in enumerate(names)
    ]
    return PlanDocument.model_validate(PLAN | {"indicators": rows})


def test_a_document_of_which_hardly_anything_is_in_the_plan_says_so() -> None:
    own = (
        "Incasso del diritto annuale",
        "Imprese assistite",
        "Giorni di pagamento",
        "Orientati al lavoro",
        "Visite al sito",
    )
    others = (
        "Bandi per il turismo",
        "Protesti cancellati",
        "Mediazioni concluse",
        "Patenti rilasciate",
        "Fiere estere",
    )
    there, foreign = of_names(*own), of_names(*others)
    for row in foreign.indicators:  # another body calls its own otherwise
        row.__dict__.update(id=f"x-{row.id}", series=f"altro.{row.id}")
    assert "sono di questo piano 0 su 5, e il piano ne ha 5" in diff(foreign, there).of_another
    assert diff(of_names(*own[:3], *others[:2]), there).of_another == ""
    assert diff(of_names(*others[:2]), there).of_another == ""


def test_a_level_in_other_case_or_spacing_is_the_same_level_in_the_spelling_of_the_plan() -> None:
    assert diff(plan(b__level=" Operativo ")).steps == ()
    document = plan()
    new = document.objectives[1].model_copy(update={"id": "c", "level": "OPERATIVO", "title": "Nuovo"})
    [step] = diff(document.model_copy(update={"objectives": (*document.objectives, new)})).steps
    assert step.change is not None
    assert step.change.model_dump(mode="json")["level"] == "operativo"


def test_a_level_that_is_not_among_those_of_the_plan_is_asked_about_once() -> None:
    uploaded = plan(a__level="Area", b__level="area")
    difference = diff(uploaded)
    [question] = difference.questions
    assert (question.id, difference.steps) == ("level:area", ())
    assert [option.answer for option in question.options] == ["strategico", "operativo", "new"]
    levels = [step.item.after for step in diff(uploaded, answers={question.id: "new"}).steps]
    assert levels == ["Area", "area"]
    [step] = diff(uploaded, answers={question.id: "operativo"}).steps
    assert (step.item.object, step.item.after) == ("objective/a", "operativo")


def test_a_polarity_that_was_not_known_completes_the_card_and_one_that_was_is_redefined() -> None:
    [step] = diff(plan(i__polarity="up")).steps
    assert (step.item.type, step.polarity, step.change) == ("polarity_stated", "up", None)
    [step] = diff(plan(i__polarity="up"), plan(i__polarity="down")).steps
    assert step.item.type == "redefined"
