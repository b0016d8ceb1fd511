"""What is due of a plan is in one list: of each kind what is open, what is done, and for whoever may read it alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands.deviations import plan_corrective_action
from api.commands.evaluation import close_round, open_round
from api.commands.oversight import say
from domain.deadlines.model import KINDS, STATUTORY, LegalDates
from domain.deadlines.reminders import DEFAULT_DAYS, step_due
from domain.deviations.commands import PlanCorrectiveAction
from domain.oiv.commands import GiveAnswer, MakeRequest
from domain.rounds.commands import CloseRound, OpenRound
from projections.deadlines import SOURCES, deadlines_of, plan_deadlines
from projections.streams import find_plan
from tests.support.harness import PLAN, ServiceHarness, point


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """A plan of three years, of which the first is approved; a round; two requests, one of them answered."""
    harness = ServiceHarness(tmp_path_factory.mktemp("scadenze") / "a.sqlite")
    harness.load()
    harness.on("2022-07-01")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15", "opened_on": "2022-07-01"})
    open_round(harness.service, PLAN, opening, harness.caller())
    harness.on("2022-07-25")
    for request, due in (("uno", "2022-08-31"), ("due", "2022-09-15"), ("tre", None)):
        asked = MakeRequest.model_validate(
            {"request": request, "due": due, "words": "il dettaglio", "on": "2022-07-10"}
        )
        say(harness.service, PLAN, asked, harness.caller())
    answer = GiveAnswer.model_validate({"to": "due", "words": "eccolo", "on": "2022-07-20"})
    say(harness.service, PLAN, answer, harness.caller())
    for action, due in (("a", "2022-09-30"), ("b", "2022-11-30")):
        planned = PlanCorrectiveAction.model_validate(
            {
                "action": action,
                "subject": "indicator",
                "id": "incasso",
                "period": "2022-H1",
                "remedy": "solleciti",
                "office": "Servizio Bilancio",
                "due_by": due,
                "planned_on": "2022-07-21",
            }
        )
        plan_corrective_action(harness.service, PLAN, planned, harness.caller())
    harness.on("2022-10-01")
    close_round(harness.service, PLAN, CloseRound(round="monitoraggio-2022-06-30"), harness.caller())
    yield harness
    harness.store.close()


def _rows(harness: ServiceHarness, as_of: str, **said: Any) -> dict[str, dict[str, Any]]:
    with harness.store.reading() as reader:
        answer = plan_deadlines(reader, PLAN, point(as_of), **said)
    return {row["id"]: dict(row) for row in answer["deadlines"]}


def test_every_kind_has_its_source_and_its_rule() -> None:
    assert [kind for kind, _ in SOURCES] == list(KINDS)


def test_the_days_of_the_law_are_due_until_an_act_did_what_they_ask_for(harness: ServiceHarness) -> None:
    rows = _rows(harness, "2022-07-05")
    assert (rows["piano-2022"]["on"], rows["piano-2022"]["done"]) == ("2022-01-31", True)
    assert (rows["piano-2023"]["on"], rows["piano-2023"]["done"]) == ("2023-01-31", False)
    report = rows["relazione-2022"]
    assert (report["on"], report["days"], report["late"], report["done"]) == ("2023-06-30", 360, False, False)
    assert _rows(harness, "2023-07-01")["relazione-2022"]["late"]
    # and an installation may have others
    own = LegalDates(plan=(2, 15), report=(5, 31))
    rows = _rows(harness, "2023-06-15", legal=own)
    assert (rows["piano-2023"]["on"], rows["relazione-2022"]["on"]) == ("2023-02-15", "2023-05-31")
    assert {row["on"] for row in rows.values() if row["kind"] == "values"} == {"2023-05-31"}
    assert {row["on"] for row in _rows(harness, "2023-06-15").values() if row["kind"] == "values"} == {"2023-06-30"}


def test_a_round_and_the_values_that_offices_owe_it_are_due_on_its_day(harness: ServiceHarness) -> None:
    rows = _rows(harness, "2022-07-20")
    opened = rows["monitoraggio-monitoraggio-2022-06-30"]
    assert (opened["on"], opened["late"], opened["done"], opened["as_at"]) == ("2022-07-15", True, False, "2022-06-30")
    owed = {row["office"]: (row["values"], row["on"], row["late"]) for row in rows.values() if row["kind"] == "values"}
    assert owed == {"Servizio Bilancio": (3, "2022-07-15", True)}
    # and of some offices alone
    own = _rows(harness, "2022-07-20", offices=["servizio-bilancio"])
    assert {row["office"] for row in own.values() if row["kind"] == "values"} == {"Servizio Bilancio"}
    # and so are its corrective actions
    assert {key: row["late"] for key, row in _rows(harness, "2022-10-02").items() if row["kind"] == "action"} == {
        "azione-a": True,
        "azione-b": False,
    }
    # and once it is closed nothing of it is
    closed = _rows(harness, "2022-10-02")
    assert closed["monitoraggio-monitoraggio-2022-06-30"]["done_on"] == "2022-10-01"
    assert not [row for row in closed.values() if row["kind"] == "values"]


def test_what_the_oiv_asked_for_by_a_day_is_due_until_it_is_answered(harness: ServiceHarness) -> None:
    rows = _rows(harness, "2022-09-01")
    assert (rows["richiesta-uno"]["on"], rows["richiesta-uno"]["late"]) == ("2022-08-31", True)
    assert rows["richiesta-due"]["done"]
    assert not _rows(harness, "2022-07-15")["richiesta-due"]["done"]
    assert "richiesta-tre" not in rows


def test_whoever_may_not_read_a_kind_is_not_told_of_it(harness: ServiceHarness) -> None:
    rows = _rows(harness, "2022-07-20", may=lambda permission: permission == "read_plan")
    assert {row["kind"] for row in rows.values()} == {"plan", "report"}


def test_of_the_days_of_a_reminder_the_last_that_came_is_due_and_none_of_what_is_done(harness: ServiceHarness) -> None:
    with harness.store.reading() as reader:
        listed = deadlines_of(reader, find_plan(reader, PLAN, None), point("2022-07-05"), legal=STATUTORY)
    report = next(each for each in listed if each.key == "relazione-2022")
    days = {day: step_due(report, report.on.replace(day=day), DEFAULT_DAYS) for day in (1, 15, 16, 26, 27, 30)}
    assert days == {1: None, 15: None, 16: -14, 26: -14, 27: -3, 30: -3}
    assert step_due(report, report.on.replace(month=7, day=1), DEFAULT_DAYS) == 1
    assert step_due(report, report.on.replace(year=2030), DEFAULT_DAYS) == 7
    assert step_due(report._replace(done=True), report.on, DEFAULT_DAYS) is None


def test_a_plan_without_anything_but_itself_has_the_days_of_the_law_alone(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "b.sqlite")
    harness.load(act=None)
    with harness.store.reading() as reader:
        answer = plan_deadlines(reader, PLAN, point("2022-02-01"))
    harness.store.close()
    assert {row["kind"] for row in answer["deadlines"]} == {"plan", "report"}
    assert [row["late"] for row in answer["deadlines"]][:1] == [True]
