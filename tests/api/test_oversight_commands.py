"""What the OIV does about a plan, the log of its diligence, who set each value, and the trail that is taken away."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.oversight import COLUMNS
from api.oversight import draw_sample, log_opened, population, say
from api.settings import Settings
from domain.errors import AlreadyThere, NoChange, NotFound, OutsidePlan
from domain.oiv.commands import (
    DrawSample,
    GiveAnswer,
    GiveOpinion,
    LogOpened,
    MakeRemark,
    MakeRequest,
    ValidateReport,
)
from domain.oiv.decide import draw
from projections.audit import Filter, audit_trail
from projections.blame import blame
from projections.reviews import diligence, reviews
from projections.roles import role_of
from projections.streams import find_plan
from tests.support.desk import PLAN, Desk, point, versions

NOW = point("2022-12-31")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the small plan, a revision and some figures."""
    desk = Desk(tmp_path / "archivio.sqlite").on("2022-02-05")
    desk.load()
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    for name, text in (("incasso", "67%"), ("cassetto", "15%")):
        desk.measure(series=f"{PLAN}.{name}", period="2022-H1", text=text, data_as_at="2022-06-30")
    desk.actor = "oiv"
    yield desk
    desk.store.close()


def test_a_remark_is_open_until_it_is_answered(desk: Desk) -> None:
    say(desk.service, PLAN, MakeRemark(about="indicator/incasso", words="Manca la fonte."), desk.caller())
    say(desk.service, PLAN, MakeRequest(words="Il dettaglio.", due=date(2022, 10, 31)), desk.caller())
    assert desk.ask(reviews, PLAN, NOW)["open"] == ["rilievo-1", "richiesta-1"]
    say(desk.service, PLAN, GiveAnswer(to="rilievo-1", words="Aggiunta."), desk.caller())
    found = desk.ask(reviews, PLAN, NOW)
    assert found["open"] == ["richiesta-1"]
    assert [one["words"] for one in found["events"]] == ["Manca la fonte.", "Il dettaglio.", "Aggiunta."]
    assert {one["role"] for one in found["events"]} == {"oiv"}


def test_acts_about_what_is_not_there_are_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        say(desk.service, PLAN, MakeRemark(about="indicator/nulla", words="?"), desk.caller())
    with pytest.raises(NotFound):
        say(desk.service, PLAN, GiveOpinion(judgement="contrary", versions=(999,), words="?"), desk.caller())
    with pytest.raises(NotFound):
        say(desk.service, PLAN, GiveAnswer(to="rilievo-9", words="?"), desk.caller())
    with pytest.raises(OutsidePlan):
        say(desk.service, PLAN, MakeRequest(words="?", due=date(2022, 1, 1)), desk.caller())
    say(desk.service, PLAN, MakeRemark(remark="uno", words="a"), desk.caller())
    with pytest.raises(AlreadyThere):
        say(desk.service, PLAN, MakeRemark(remark="uno", words="b"), desk.caller())


def test_a_report_is_validated_once_its_year_is_over(desk: Desk) -> None:
    with pytest.raises(OutsidePlan):
        say(desk.service, PLAN, ValidateReport(year=2022, words="sì"), desk.caller())
    desk.on("2023-06-01")
    say(desk.service, PLAN, ValidateReport(year=2022, words="sì"), desk.caller())
    with pytest.raises(NoChange):
        say(desk.service, PLAN, ValidateReport(year=2022, words="ancora sì"), desk.caller())
    say(desk.service, PLAN, ValidateReport(year=2022, words="no", validated=False), desk.caller())


def test_a_sample_can_be_drawn_again_from_its_seed(desk: Desk) -> None:
    draw_sample(desk.service, PLAN, DrawSample(year=2022, size=1, seed="terna del lotto"), desk.caller())
    draw_sample(desk.service, PLAN, DrawSample(year=2022, size=9), desk.caller())
    first, second = desk.ask(reviews, PLAN, NOW)["samples"]
    with desk.store.reading() as reader:
        everything = population(reader, find_plan(reader, PLAN), 2022)
    assert first["drawn"] == draw(everything, "terna del lotto", 1)
    assert (first["population"], len(second["drawn"]), len(second["seed"])) == (2, 2, 32)
    with pytest.raises(NotFound):
        draw_sample(desk.service, PLAN, DrawSample(year=2023, size=1), desk.caller())


def test_the_log_of_diligence_does_not_change_the_plan(desk: Desk) -> None:
    before = desk.ask(find_plan, PLAN).known
    log_opened(desk.service, PLAN, LogOpened(what="registro"), desk.caller())
    draw_sample(desk.service, PLAN, DrawSample(year=2022, size=1), desk.caller())
    assert [one["event"] for one in desk.ask(diligence, PLAN, NOW)["events"]] == ["document-opened", "sample-drawn"]
    assert desk.ask(find_plan, PLAN).known == before


def test_what_the_oiv_reads_over_http_is_noted_and_what_others_read_is_not(desk: Desk) -> None:
    app = create_app(Settings(database="unused"), desk.store)
    client = TestClient(app, base_url="http://localhost:8000")
    for actor in ("oiv", "oiv.segreteria", "ufficio-performance"):
        assert client.get(f"/v1/plans/{PLAN}/audit?limit=1", headers={"X-Actor": actor}).status_code == 200
    assert client.get("/v1/plans/nessuno/audit", headers={"X-Actor": "oiv"}).status_code == 404
    events = client.get(f"/v1/plans/{PLAN}/diligence").json()["events"]
    assert [one["actor"] for one in events] == ["oiv", "oiv.segreteria"]
    assert all(one["body"]["what"].endswith("/audit?limit=1") for one in events)


def test_every_value_has_somebody_who_set_it(desk: Desk) -> None:
    found = desk.ask(blame, PLAN, NOW)["fields"]
    row = next(one for one in found if (one["object"], one["field"]) == ("indicator/incasso", "target/2022/1"))
    assert (row["value"]["text"], row["actor"], row["act"]) == (
        ">= 68%",
        "ufficio-performance",
        "delibera-giunta-2022-09-30",
    )
    earlier = desk.ask(blame, PLAN, point("2022-09-29"), "incasso")["fields"]
    assert {one["object"] for one in earlier} == {"indicator/incasso", "assignment/incasso/a1"}
    assert next(one for one in earlier if one["field"] == "target/2022/1")["value"]["text"] == ">= 70,34%"


def test_the_trail_tells_role_before_after_and_hash_and_filters_by_them(desk: Desk) -> None:
    trail = desk.ask(audit_trail, PLAN, NOW, Filter(event="target-revised"))["events"]
    assert (trail[0]["before"]["text"], trail[0]["after"]["text"]) == (">= 70,34%", ">= 68%")
    assert (trail[0]["role"], trail[0]["object"], len(trail[0]["hash"])) == (
        "ufficio-performance",
        "indicator/incasso",
        16,
    )
    by_act = desk.ask(audit_trail, PLAN, NOW, Filter(act="delibera-giunta-2022-09-30"))["events"]
    assert {one["event"] for one in by_act} == {"target-revised"}
    late = desk.ask(audit_trail, PLAN, NOW, Filter(recorded_since=date(2022, 10, 1)))
    assert all(one["recorded_at"] >= "2022-10-01" for one in late["events"])
    assert desk.ask(audit_trail, PLAN, NOW, Filter(role="oiv"))["total"] == 0


def test_the_export_is_exactly_what_is_filtered(desk: Desk) -> None:
    client = TestClient(create_app(Settings(database="unused"), desk.store), base_url="http://localhost:8000")
    where = f"/v1/plans/{PLAN}/audit-export?event=target-revised"
    shown = client.get(f"/v1/plans/{PLAN}/audit?event=target-revised").json()["events"]
    assert client.get(where).json()["events"] == shown
    answer = client.get(f"{where}&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(shown) + 1
    assert rows[1][COLUMNS.index("hash")] == shown[0]["hash"]


def test_a_role_is_what_an_account_begins_with() -> None:
    assert [role_of(name) for name in ("oiv", "oiv.presidente", "oivx", "responsabile-bilancio")] == [
        "oiv", "oiv", "account", "responsabile",
    ]  # fmt: skip


def test_versions_of_a_revision_are_those_that_an_opinion_names(desk: Desk) -> None:
    desk.actor = "ufficio-performance"
    version = versions(desk.on("2022-11-03").revise(">= 67%", "2022-11-01"))[0]
    desk.actor = "oiv"
    say(desk.service, PLAN, GiveOpinion(judgement="favourable", versions=(version,), words="Sì."), desk.caller())
    assert f"evento {version}" in desk.ask(reviews, PLAN, NOW)["events"][0]["sentence"]
