"""A plan in the office's own layout over HTTP: shown as it was read, asked about, confirmed with the answers."""

from tests.api.http.client import Client, P, problem
from tests.api.workbook.books import GROUND
from tests.support.harness import ServiceHarness
from tests.support.layouts import Rows, workbook

XLSX = {"Content_Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def test_a_sheet_of_the_office_is_compared_with_the_plan_that_it_is_sent_to(
    harness: ServiceHarness, client: Client
) -> None:
    harness.load()
    harness.on("2022-10-01")
    rows: Rows = [
        ["Obiettivo strategico", "Obiettivo operativo", "Indicatore", "Target 2022", "Target 2022 rivisto"],
        ["Riscuotere", "Incassare", "Percentuale di incasso", ">= 70,34%", ">= 68%"],
    ]
    sent = client.send(f"{P}/imports", workbook({"Monitoraggio": rows}), **XLSX).json()["preview"]
    assert sent["kind"] == "difference"
    assert sent["reading"]["tree"][-1] == {"depth": 2, "text": "· Percentuale di incasso → 2022: >= 70,34%"}
    questions = {question["id"]: [option["answer"] for option in question["options"]] for question in sent["questions"]}
    second = "lettura:Colonna E (Target 2022 rivisto)"
    assert questions[second] == ["target rimodulato 2022", "niente"]

    where = client.send(f"{P}/imports", workbook({"Monitoraggio": rows}), **XLSX).headers["location"]
    problem(client.post(f"{where}/confirm", GROUND), 409, "questions-open")
    levels = {
        id_: "strategic" if "strategico" in id_ else "operational" for id_ in questions if id_.startswith("level:")
    }
    answers = {second: "target rimodulato 2022", **levels}
    shown = client.post(f"{where}/confirm?preview=true", {**GROUND, "answers": answers}).json()
    assert {question["id"]: question["answer"] for question in shown["questions"]} == answers
    done = client.post(f"{where}/confirm", {**GROUND, "answers": answers})
    assert done.status_code == 201, done.text
    assert harness.target("2022-12-31") == ">= 68%"


def test_a_plan_of_an_office_that_is_not_there_yet_is_shown_and_entered(client: Client) -> None:
    rows: Rows = [["Comune di Prova 2024"], ["Obiettivo", "Indicatore", "Target 2024"], ["Uno", "a", "1"]]
    sent = client.send("/v1/imports", workbook({"Piano": rows}), **XLSX)
    assert sent.json()["preview"]["plan"] == "comune-di-prova-2024-2024"
    assert client.post(f"{sent.headers['location']}/confirm", {}).status_code == 201
