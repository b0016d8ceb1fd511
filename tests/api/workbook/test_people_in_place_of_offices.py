"""A person in the place of an office: asked about where somebody can be asked, refused by its name where nobody can."""

from typing import Any

import orjson
import pytest

from api.commands.evaluation import open_round
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.safety import Limits
from domain.administrations.commands import RegisterOffice
from domain.administrations.people_named import PersonNamed
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from domain.documents.questions import QuestionsOpen
from domain.rounds.commands import OpenRound
from projections.plan_in_force import plan_in_force
from tests.api.workbook.books import book, confirm, edited, preview
from tests.support.harness import PLAN, ServiceHarness, document, point

PERSON = "il Segretario Generale dott. Rossi"
NEW = "prova-2025-2027"


def _set(sheet: str, id_: str, heading: str, value: object) -> Any:
    def edit(made: Any) -> None:
        page = made[sheet]
        column = next(cell.column for cell in page[1] if cell.value == heading)
        row = next(cell.row for cell in page["A"] if cell.value == id_)
        page.cell(row, column).value = value

    return edit


def _owner(harness: ServiceHarness) -> object:
    owners = {row["id"]: row.get("owner") for row in harness.plan("2022-12-31")["indicators"]}
    return owners["incasso"]


def _offices(harness: ServiceHarness) -> list[str]:
    return [office["name"] for office in harness.plan("2022-12-31")["administration"]["offices"]]


def new_plan(**of_first: Any) -> bytes:
    content = document()
    content["plan"] |= {"id": NEW, "first_year": 2025, "last_year": 2027}
    del content["act"]
    for row in content["indicators"]:
        row["targets"] = [{"year": 2025, "text": ">= 1%"}]
    content["indicators"][0] |= of_first
    return orjson.dumps(content)


# -- where somebody can be asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "owner"), [("office", "Segretario Generale"), ("keep", PERSON), ("empty", None)])
def test_an_owner_of_a_workbook_is_asked_about_and_taken_as_it_is_answered(
    harness: ServiceHarness, answer: str, owner: str | None
) -> None:
    content = edited(book(harness), _set("Indicatori", "incasso", "Ufficio responsabile", PERSON))
    shown = preview(harness, content)
    [question] = shown.questions
    assert [option.answer for option in question.options] == ["office", "keep", "empty"]
    assert question.where.startswith("Indicatori!")
    assert "'Segretario Generale'" in question.options[0].words
    assert (shown.changes, shown.refused) == ({}, None)
    with pytest.raises(QuestionsOpen):
        confirm(harness, content)
    assert _owner(harness) == "Servizio Bilancio"
    confirm(harness, content, answers={question.id: answer})
    assert _owner(harness) == owner
    assert (PERSON in _offices(harness)) is (answer == "keep")


def test_one_name_is_asked_about_once_wherever_it_stands(harness: ServiceHarness) -> None:
    def edit(made: Any) -> None:
        _set("Indicatori", "incasso", "Ufficio responsabile", "Mario Rossi")(made)
        _set("Obiettivi", "a", "Uffici", "Servizio Bilancio; Mario Rossi")(made)
        _set("Obiettivi", "a1", "Uffici", "ROSSI Lucia")(made)

    content = edited(book(harness), edit)
    questions = preview(harness, content).questions
    assert [[option.answer for option in question.options] for question in questions] == [["keep", "empty"]] * 2
    confirm(harness, content, answers={question.id: "empty" for question in questions})
    assert _owner(harness) is None
    assert [row["offices"] for row in harness.plan("2022-12-31")["objectives"]] == [["Servizio Bilancio"], [], []]


def test_what_is_an_office_is_not_asked_about_again(harness: ServiceHarness) -> None:
    command = RegisterOffice.model_validate({"name": "Studio Mario Rossi", "is_office": True})
    harness.service.register_office("cciaa-prova", command, harness.caller())
    content = edited(book(harness), _set("Indicatori", "incasso", "Ufficio responsabile", "Studio Mario Rossi"))
    assert preview(harness, content).questions == ()
    confirm(harness, content)
    assert _owner(harness) == "Studio Mario Rossi"
    again = edited(book(harness, "2022-12-31"), _set("Obiettivi", "a1", "Uffici", "Studio Mario Rossi"))
    assert preview(harness, again).questions == ()


@pytest.mark.parametrize(("answer", "owner"), [("office", "Segretario Generale"), ("keep", PERSON), ("empty", None)])
def test_the_owner_of_a_new_plan_is_asked_about(harness: ServiceHarness, answer: str, owner: str | None) -> None:
    content = new_plan(owner=PERSON)
    shown = preview(harness.on("2025-02-01"), content, act="delibera di Giunta n. 2 del 31/01/2025")
    [question] = shown.questions
    assert (question.where, shown.refused) == ("indicators[0].owner", None)
    incoming = read_incoming(content, Limits())
    importing = Importing(harness.service)
    with pytest.raises(QuestionsOpen):
        importing.confirm(incoming, Decisions(), harness.caller())
    importing.confirm(incoming, Decisions(answers={question.id: answer}), harness.caller())
    with harness.store.reading() as reader:
        made = plan_in_force(reader, NEW, point("2025-03-01"))
    assert made["indicators"][0].get("owner") == owner
    names = [office["name"] for office in made["administration"]["offices"]]
    assert (PERSON in names) is (answer == "keep")


def test_an_office_of_a_document_that_is_a_person_is_asked_about_and_its_id_goes_with_it(
    harness: ServiceHarness,
) -> None:
    content = orjson.loads(new_plan())
    rows = [{"id": "mario-rossi", "name": "Servizio Metrico - Mario Rossi", "aliases": ["dott. Rossi"]}]
    content["administration"]["offices"] = rows
    file = orjson.dumps(content)
    first, second = preview(harness, file).questions
    answers = {first.id: "office", second.id: "empty"}
    Importing(harness.service).confirm(read_incoming(file, Limits()), Decisions(answers=answers), harness.caller())
    with harness.store.reading() as reader:
        offices = plan_in_force(reader, NEW, point("2025-03-01"))["administration"]["offices"]
    assert {"id": "servizio-metrico", "name": "Servizio Metrico", "aliases": []} in offices
    assert "rossi" not in str(offices).lower()


def test_who_measured_is_asked_about(harness: ServiceHarness) -> None:
    content = harness.plan("2022-09-01") | {
        "measurements": [
            {
                "series": f"{PLAN}.incasso",
                "period": "2022-H1",
                "text": "67%",
                "data_as_at": "2022-06-30",
                "office": "dott. Rossi",
            }
        ]
    }
    file = orjson.dumps(content)
    [question] = preview(harness, file).questions
    confirm(harness, file, answers={question.id: "empty"})
    [row] = harness.plan("2022-12-31")["measurements"]
    assert row.get("office") is None


# -- where nobody can ---------------------------------------------------------------------------------------------------


def test_an_office_is_registered_under_a_persons_name_only_if_it_is_said_to_be_one(harness: ServiceHarness) -> None:
    for fields in ({"name": "dott. Rossi"}, {"name": "Servizio Metrico", "aliases": ["Mario Rossi"]}):
        with pytest.raises(PersonNamed) as refused:
            harness.service.register_office("cciaa-prova", RegisterOffice.model_validate(fields), harness.caller())
        assert refused.value.problem.where == ("aliases" if "aliases" in fields else "name")
    assert _offices(harness) == ["Servizio Bilancio"]
    command = RegisterOffice.model_validate({"name": "dott. Rossi", "is_office": True})
    harness.service.register_office("cciaa-prova", command, harness.caller())
    assert "dott. Rossi" in _offices(harness)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "reclassify_indicator", "object": "incasso", "owner": PERSON},
        {"verb": "reclassify_objective", "object": "a1", "offices": ["Servizio Bilancio", PERSON]},
        {"verb": "add_objective", "object": "a3", "level": "operational", "title": "Altro", "offices": [PERSON]},
    ],
)
def test_a_change_that_names_a_person_is_refused_until_it_is_said_to_be_an_office(
    harness: ServiceHarness, change: dict[str, Any]
) -> None:
    before = harness.plan("2022-12-31")
    with pytest.raises(PersonNamed, match="persona") as refused:
        harness.change(change)
    assert "'Segretario Generale'" in refused.value.problem.accepted
    assert harness.plan("2022-12-31") == before
    harness.change(change, confirmed_offices=[PERSON])
    assert PERSON in str(harness.plan("2022-12-31"))
    assert PERSON in _offices(harness)


def test_a_document_that_is_loaded_names_a_person_only_if_it_confirms_the_name(harness: ServiceHarness) -> None:
    content = orjson.loads(new_plan(owner=PERSON))
    with pytest.raises(PersonNamed) as refused:
        harness.service.load_plan(PlanDocument.model_validate(content), harness.caller())
    assert refused.value.problem.where == "indicators[0].owner"
    content["confirmed_offices"] = [PERSON]
    harness.service.load_plan(PlanDocument.model_validate(content), harness.caller())
    with harness.store.reading() as reader:
        assert plan_in_force(reader, NEW, point("2025-03-01"))["indicators"][0]["owner"] == PERSON


def test_a_round_is_not_for_a_person(harness: ServiceHarness) -> None:
    command = OpenRound.model_validate({"as_at": "2022-06-30", "scope": {"offices": ["dott. Rossi"]}})
    with pytest.raises(PersonNamed) as refused:
        open_round(harness.service, PLAN, command, harness.caller())
    assert refused.value.problem.where == "scope.offices"


def test_a_person_does_not_measure(harness: ServiceHarness) -> None:
    figure = {"series": f"{PLAN}.incasso", "period": "2022-H1", "text": "67%", "data_as_at": "2022-06-30"}
    with pytest.raises(PersonNamed) as refused:
        harness.measure(**figure, office="Mario Rossi")
    assert refused.value.problem.where == "office"
    harness.measure(**figure, office="Servizio Bilancio")
