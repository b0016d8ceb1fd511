"""What the OIV does about a plan, the log of its diligence, who set each value, and the trail that is taken away."""

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.cli import app
from api.commands.handler import Caller
from api.commands.oversight import draw_sample, log_opened, redact_texts, say
from api.commands.proposals import draft_proposal, submit_proposal
from api.formats.audit_export import COLUMNS, as_csv
from api.http.app import create_app
from api.settings import Settings
from domain.documents.proposal import ProposedChanges
from domain.errors import NotFound, OutsidePlan
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
from domain.oiv.events import SampleDrawn
from domain.proposals.commands import SubmitProposal
from domain.proposals.decide import ProposalNotSubmitted
from domain.recording import Pending
from domain.redactions.commands import RedactTexts
from projections.audit import AuditRow, Filter, audit_trail
from projections.blame import blame
from projections.reviews import diligence, measurements_to_draw, reviews, sample_again
from projections.roles import role_of
from projections.store.append import Append, StreamAppend
from projections.streams import find_plan, review_stream
from tests.support.harness import PLAN, ServiceHarness, point, versions

NOW = point("2022-12-31")


@pytest.fixture
def harness(location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceHarness]:
    """A harness with the small plan, a revision and some figures, on the database of the command line."""
    monkeypatch.setenv("INITINERE_DATABASE", location)
    monkeypatch.setenv("INITINERE_KEYS", str(tmp_path / "signing.key"))
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    for name, text in (("incasso", "67%"), ("cassetto", "15%")):
        harness.measure(series=f"{PLAN}.{name}", period="2022-H1", text=text, data_as_at="2022-06-30")
    harness.actor = "oiv"
    yield harness
    harness.store.close()


def test_a_remark_is_open_until_it_is_answered(harness: ServiceHarness) -> None:
    say(harness.service, PLAN, MakeRemark(about="indicator/incasso", words="Manca la fonte."), harness.caller())
    say(harness.service, PLAN, MakeRequest(words="Il dettaglio.", due=date(2022, 10, 31)), harness.caller())
    assert harness.ask(reviews, PLAN, NOW)["open"] == ["rilievo-1", "richiesta-1"]
    say(harness.service, PLAN, GiveAnswer(to="rilievo-1", words="Aggiunta."), harness.caller())
    found = harness.ask(reviews, PLAN, NOW)
    assert found["open"] == ["richiesta-1"]
    assert [one["words"] for one in found["events"]] == ["Manca la fonte.", "Il dettaglio.", "Aggiunta."]
    assert {one["role"] for one in found["events"]} == {"oiv"}


def test_a_sample_can_be_drawn_again_from_its_seed(harness: ServiceHarness) -> None:
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1, seed="terna del lotto"), harness.caller())
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=9), harness.caller())
    first, second = harness.ask(reviews, PLAN, NOW)["samples"]
    with harness.store.reading() as reader:
        everything = measurements_to_draw(reader, find_plan(reader, PLAN), 2022)
    assert first["drawn"] == draw(everything, "terna del lotto", 1)
    assert (first["population"], len(second["drawn"]), len(second["seed"])) == (2, 2, 32)
    with pytest.raises(NotFound):
        draw_sample(harness.service, PLAN, DrawSample(year=2023, size=1), harness.caller())


def test_the_log_of_diligence_does_not_change_the_plan(harness: ServiceHarness) -> None:
    before = harness.ask(find_plan, PLAN).known
    log_opened(harness.service, PLAN, LogOpened(what="registro"), harness.caller())
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1), harness.caller())
    assert [one["event"] for one in harness.ask(diligence, PLAN, NOW)["events"]] == ["document-opened", "sample-drawn"]
    assert harness.ask(find_plan, PLAN).known == before


def test_what_the_oiv_opens_is_noted_when_it_is_sent_and_a_reading_writes_nothing(harness: ServiceHarness) -> None:
    app = create_app(Settings(database="unused", sign_in="open"), harness.store)
    client = TestClient(app, base_url="http://localhost:8000")
    before = len(harness.ask(lambda reader: reader.scan(settled=False)))
    for actor in ("oiv", "oiv.segreteria", "ufficio-performance"):
        assert client.get(f"/v1/plans/{PLAN}/audit?limit=1", headers={"Actor": actor}).status_code == 200
    assert len(harness.ask(lambda reader: reader.scan(settled=False))) == before
    for actor in ("oiv", "oiv.segreteria"):
        opened = client.post(f"/v1/plans/{PLAN}/diligence", json={"what": "audit"}, headers={"Actor": actor})
        assert opened.status_code == 201
    events = client.get(f"/v1/plans/{PLAN}/diligence").json()["events"]
    assert [(one["actor"], one["body"]["what"]) for one in events] == [("oiv", "audit"), ("oiv.segreteria", "audit")]


def test_every_value_has_somebody_who_set_it(harness: ServiceHarness) -> None:
    found = harness.ask(blame, PLAN, NOW)["fields"]
    row = next(one for one in found if (one["object"], one["field"]) == ("indicator/incasso", "target/2022/1"))
    assert (row["value"]["text"], row["actor"], row["act"]) == (
        ">= 68%",
        "ufficio-performance",
        "delibera-giunta-2022-09-30",
    )
    earlier = harness.ask(blame, PLAN, point("2022-09-29"), "incasso")["fields"]
    assert {one["object"] for one in earlier} == {"indicator/incasso", "assignment/incasso/a1"}
    assert next(one for one in earlier if one["field"] == "target/2022/1")["value"]["text"] == ">= 70,34%"


def test_the_trail_tells_role_before_after_and_hash_and_filters_by_them(harness: ServiceHarness) -> None:
    trail = harness.ask(audit_trail, PLAN, NOW, Filter(event="target-revised"))["events"]
    assert (trail[0]["before"]["text"], trail[0]["after"]["text"]) == (">= 70,34%", ">= 68%")
    assert (trail[0]["role"], trail[0]["object"], len(trail[0]["hash"])) == (
        "ufficio-performance",
        "indicator/incasso",
        16,
    )
    by_act = harness.ask(audit_trail, PLAN, NOW, Filter(act="delibera-giunta-2022-09-30"))["events"]
    assert {one["event"] for one in by_act} == {"target-revised", "act-registered"}
    late = harness.ask(audit_trail, PLAN, NOW, Filter(recorded_since=date(2022, 10, 1)))
    assert all(one["recorded_at"] >= "2022-10-01" for one in late["events"])
    assert harness.ask(audit_trail, PLAN, NOW, Filter(role="oiv"))["total"] == 0


def test_the_export_is_exactly_what_is_filtered(harness: ServiceHarness) -> None:
    client = TestClient(
        create_app(Settings(database="unused", sign_in="open"), harness.store), base_url="http://localhost:8000"
    )
    where = f"/v1/plans/{PLAN}/audit-export?event=target-revised"
    shown = client.get(f"/v1/plans/{PLAN}/audit?event=target-revised").json()["events"]
    assert client.get(where).json()["events"] == shown
    answer = client.get(f"{where}&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == len(shown) + 1
    assert rows[1][rows[0].index("impronta")] == shown[0]["hash"]


def test_a_role_is_what_an_account_begins_with() -> None:
    assert [role_of(name) for name in ("oiv", "oiv.presidente", "oivx", "responsabile-bilancio")] == [
        "oiv", "oiv", "account", "responsabile",
    ]  # fmt: skip


def test_versions_of_a_revision_are_those_that_an_opinion_names(harness: ServiceHarness) -> None:
    harness.actor = "ufficio-performance"
    version = versions(harness.on("2022-11-03").revise(">= 67%", "2022-11-01"))[0]
    harness.actor = "oiv"
    say(harness.service, PLAN, GiveOpinion(judgement="favourable", versions=(version,), words="Sì."), harness.caller())
    assert f"evento {version}" in harness.ask(reviews, PLAN, NOW)["events"][0]["sentence"]


# ---- what is drawn by lot can be drawn again ------------------------------------------------------------------------


def test_a_sample_is_drawn_again_among_what_was_known_then(harness: ServiceHarness) -> None:
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1, seed="terna del lotto"), harness.caller())
    before = harness.ask(sample_again, PLAN, "campione-1")
    made = harness.measure(series=f"{PLAN}.incasso", period="2022-Q3", text="66%", data_as_at="2022-09-30")
    harness.annul(made.versions["administration/cciaa-prova"][0] - 1, measurements=True)
    indicator = {"verb": "add_indicator", "object": "nuovo", "objective": "a1", "name": "Nuovo"}
    harness.change(indicator, act="delibera di Giunta n. 12 del 03/10/2022")
    assert harness.ask(sample_again, PLAN, "campione-1") == before
    assert (before["same"], before["population"]) == (True, 2)
    with pytest.raises(NotFound):
        harness.ask(sample_again, PLAN, "campione-9")


def test_a_sample_can_be_worked_out_by_hand(harness: ServiceHarness) -> None:
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1, seed="12 71 3"), harness.caller())
    found = harness.ask(sample_again, PLAN, "campione-1")
    lines = {}
    for one in found["ranking"]:
        series, period, version = one["measurement"].split(" ")
        said = subprocess.run(
            ["/bin/sh", "-c", """printf '%s\\n%s\\n%s\\n%s' "$1" "$2" "$3" "$4" | sha256sum""", "sh",
             found["seed"], series, period, version],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        lines[one["measurement"]] = said.stdout.split()[0]
    assert [one["hash"] for one in found["ranking"]] == sorted(lines.values())
    assert found["drawn"] == [min(lines, key=lambda one: lines[one])]


def test_a_sample_that_was_written_otherwise_is_told(harness: ServiceHarness) -> None:
    draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1, seed="a"), harness.caller())
    wrong = SampleDrawn(sample="altro", year=2022, seed="a", known=1, population=2, drawn=("x 2022 1",))
    stream = review_stream(PLAN)
    pending = (Pending(wrong, date(2022, 10, 3)),)
    harness.store.append(Append("scritto", "a mano", "oiv", (StreamAppend(stream, 1, pending),)))
    assert harness.ask(sample_again, PLAN, "campione-1")["same"] is True
    assert harness.ask(sample_again, PLAN, "altro")["same"] is False


def test_nobody_says_anything_on_a_day_to_come(harness: ServiceHarness) -> None:
    for command in (
        MakeRemark(words="?", on=date(2023, 1, 1)),
        GiveOpinion(judgement="contrary", words="?", on=date(2023, 1, 1)),
        ValidateReport(year=2022, words="?", on=date(2023, 6, 1)),
    ):
        with pytest.raises(OutsidePlan) as refused:
            say(harness.service, PLAN, command, harness.caller())
        assert refused.value.problem.where == "on"
    with pytest.raises(OutsidePlan):
        draw_sample(harness.service, PLAN, DrawSample(year=2022, size=1, on=date(2023, 1, 1)), harness.caller())


def test_an_opinion_can_be_on_a_proposal(harness: ServiceHarness) -> None:
    opinion = GiveOpinion(judgement="conditional", about="proposal/rimodulazione-2", words="Con riserve.")
    with pytest.raises(NotFound, match="rimodulazione-2"):
        say(harness.service, PLAN, opinion, harness.caller())
    revision = {"verb": "revise_target", "object": "cassetto", "year": 2022, "target": ">= 13%"}
    ground = {"plan": PLAN, "title": "Cassetto", "justification": "dati", "cause": "new_data"}
    proposed = ProposedChanges.model_validate(ground | {"proposal": "rimodulazione-2", "changes": [revision]})
    draft_proposal(harness.service, PLAN, proposed, Caller("ufficio-performance"))
    with pytest.raises(ProposalNotSubmitted):
        say(harness.service, PLAN, opinion, harness.caller())
    submit_proposal(harness.service, PLAN, "rimodulazione-2", SubmitProposal(), Caller("ufficio-performance"))
    say(harness.service, PLAN, opinion, harness.caller())
    event = harness.ask(reviews, PLAN, NOW)["events"][0]
    assert event["sentence"].endswith("sulla proposta «rimodulazione-2»")
    assert event["body"]["about"] == "proposal/rimodulazione-2"


# ---- who set each value ---------------------------------------------------------------------------------------------


def test_blame_leaves_out_what_was_annulled_and_tells_hash_and_position(harness: ServiceHarness) -> None:
    harness.actor = "ufficio-performance"
    mistaken = versions(harness.on("2022-11-03").revise(">= 60%", "2022-11-01"))[0]
    harness.on("2022-11-10").annul(mistaken)

    def target(known: str) -> dict[str, Any]:
        found = harness.ask(blame, PLAN, point("2022-12-31", known), "incasso")["fields"]
        return next(one for one in found if one["field"] == "target/2022/1")

    wrong, right = target("2022-11-05"), target("2022-11-11")
    assert (wrong["version"], wrong["value"]["text"]) == (mistaken, ">= 60%")
    assert (right["value"]["text"], right["cause"], len(right["hash"])) == (">= 68%", "new_data", 16)
    trail = harness.ask(audit_trail, PLAN, NOW, Filter(object="incasso", event="target-revised"))["events"]
    by_version = {one["version"]: (one["position"], one["hash"]) for one in trail}
    assert (right["position"], right["hash"]) == by_version[right["version"]]


def test_blame_of_what_is_not_in_the_plan_is_refused(harness: ServiceHarness) -> None:
    with pytest.raises(NotFound):
        harness.ask(blame, PLAN, NOW, "nessuno")
    assert harness.ask(blame, PLAN, NOW, "plan")["fields"]


# ---- the trail, its filters, and what is taken away ------------------------------------------------------------------


def _topics(harness: ServiceHarness, **wanted: Any) -> list[str]:
    return [one["event"] for one in harness.ask(audit_trail, PLAN, NOW, Filter(**wanted))["events"]]


def test_the_trail_of_an_object_has_what_is_said_of_it_and_what_annuls_it(harness: ServiceHarness) -> None:
    say(harness.service, PLAN, MakeRemark(about="indicator/incasso", words="Manca la fonte."), harness.caller())
    revised = next(
        one["version"] for one in harness.ask(audit_trail, PLAN, NOW, Filter(event="target-revised"))["events"]
    )
    say(harness.service, PLAN, GiveOpinion(judgement="contrary", versions=(revised,), words="No."), harness.caller())
    say(harness.service, PLAN, MakeRemark(about="indicator/cassetto", words="Altro."), harness.caller())
    harness.annul(revised)
    topics = _topics(harness, object="incasso")
    assert topics.count("remark-made") == 1
    assert {"opinion-given", "events-annulled", "target-revised", "measurement-recorded"} <= set(topics)
    assert _topics(harness, object="Percentuale di incasso") == topics
    assert "events-annulled" not in _topics(harness, object="cassetto")


def test_filters_hold_together(harness: ServiceHarness) -> None:
    harness.actor = "ufficio-performance"
    harness.on("2022-11-03").revise(">= 66%", "2022-11-01", cause="resources", justification="Tagliato il personale")
    assert _topics(harness, cause="resources") == ["target-revised"]
    assert _topics(harness, text="TAGLIATO") == ["target-revised"]
    assert _topics(harness, text="tagliato", cause="new_data") == []
    assert _topics(harness, event="target-revised", recorded_until=date(2022, 11, 2), since=date(2022, 9, 30)) == [
        "target-revised"
    ]
    assert _topics(harness, event="target-revised", recorded_since=date(2022, 11, 3), until=date(2022, 10, 31)) == []
    assert _topics(harness, text="cassetto", event="measurement-recorded", role="ufficio-performance") == [
        "measurement-recorded"
    ]


def test_a_redacted_text_is_not_found(harness: ServiceHarness) -> None:
    remark = MakeRemark(words="Parole da togliere")
    say(harness.service, PLAN, remark, harness.caller())
    assert _topics(harness, text="da togliere") == ["remark-made"]
    order = RedactTexts(version=1, of="review")
    redact_texts(harness.service, PLAN, order, "delibera di Giunta n. 4 del 03/10/2022", harness.caller())
    assert _topics(harness, text="da togliere") == []


def test_command_line_and_http_take_away_the_same_rows(harness: ServiceHarness) -> None:
    words = '=HYPERLINK("http://x";"y")'
    say(harness.service, PLAN, MakeRemark(words=words), harness.caller())
    harness.report(subject="indicator", id="incasso", status="in_line", reported_on="2022-10-03", note="@SOMMA(1)")
    client = TestClient(
        create_app(Settings(database="unused", sign_in="open"), harness.store), base_url="http://localhost:8000"
    )
    for filters in (
        {},
        {"role": "oiv"},
        {"cause": "new_data", "recorded-since": "2022-10-01"},
        {"text": "incasso", "object": "incasso"},
    ):
        where = "&".join(f"{name.replace('-', '_')}={value}" for name, value in filters.items())
        options = [part for name, value in filters.items() for part in (f"--{name}", value)]
        shown = client.get(f"/v1/plans/{PLAN}/audit?limit=1000&{where}").json()
        told = b""
        for kind in ("csv", "jsonl"):
            told = client.get(f"/v1/plans/{PLAN}/audit-export?format={kind}&{where}").content
            line = CliRunner().invoke(app, ["audit", PLAN, "--format", kind, *options], prog_name="initinere")
            assert line.stdout_bytes == told
        assert [json.loads(one) for one in told.splitlines()] == shown["events"]
        assert shown["total"] == len(shown["events"]) > 0
    rows = csv.DictReader(
        io.StringIO(client.get(f"/v1/plans/{PLAN}/audit-export?format=csv").content.decode("utf-8-sig")), delimiter=";"
    )
    notes = {row["nota"] for row in rows}
    assert {f"'{words}", "'@SOMMA(1)"} <= notes


@pytest.mark.parametrize("said", ["=1", "+1", "-1", "@a", "\t=1", "  =1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(said: str) -> None:
    row: Any = dict.fromkeys(AuditRow.__annotations__) | {"note": said}
    cell = next(csv.DictReader(io.StringIO(as_csv([row]).decode("utf-8-sig"), newline=""), delimiter=";"))["nota"]
    assert cell == f"'{said}"


def test_a_filter_that_cannot_be_is_refused_on_both(harness: ServiceHarness) -> None:
    client = TestClient(
        create_app(Settings(database="unused", sign_in="open"), harness.store), base_url="http://localhost:8000"
    )
    for name, value in (("role", "nessuno"), ("event", "nulla"), ("cause", "boh"), ("recorded-since", "ieri")):
        assert client.get(f"/v1/plans/{PLAN}/audit?{name.replace('-', '_')}={value}").status_code == 422
        assert CliRunner().invoke(app, ["audit", PLAN, f"--{name}", value], prog_name="initinere").exit_code == 2


@pytest.mark.usefixtures("harness")
def test_the_commands_of_the_oiv_say_what_they_record() -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(words), prog_name="initinere", env={"COLUMNS": "200"})
        return done.exit_code, done.output

    assert run("oiv", "opinion", PLAN, "--judgement", "conditional", "--words", "Con riserve.")[0] == 0
    assert run("oiv", "remark", PLAN, "--about", "indicator/incasso", "--words", "Manca la fonte.")[0] == 0
    assert run("oiv", "request", PLAN, "--words", "Il dettaglio.", "--due", "2099-12-20")[0] == 0
    assert run("oiv", "answer", PLAN, "--to", "rilievo-1", "--words", "Aggiunta.")[0] == 0
    assert run("oiv", "remark", PLAN, "--about", "indicator/nulla", "--words", "?")[0] == 1
    assert run("oiv", "remark", PLAN, "--words", "?", "--on", "2099-01-01")[0] == 1
    assert run("oiv", "sample", PLAN, "--year", "2022", "--size", "1", "--seed", "s")[0] == 0
    assert "Lo stesso campione: 1 misurazioni su 2" in run("oiv", "redraw", PLAN, "campione-1")[1]
    assert run("oiv", "redraw", PLAN, "campione-2")[0] == 1
    told = json.loads(run("oiv", "acts", PLAN, "--json")[1])
    assert [one["event"] for one in told["events"]] == [
        "opinion-given", "remark-made", "request-made", "answer-given", "sample-drawn",
    ]  # fmt: skip
    assert [one["role"] for one in told["events"]] == ["oiv", "oiv", "oiv", "ufficio-performance", "oiv"]
    assert told["open"] == ["richiesta-1"]
    hashed = next(one for one in json.loads(run("blame", PLAN, "incasso", "--json")[1])["fields"] if one["hash"])
    assert hashed["hash"][:8] in run("blame", PLAN, "incasso")[1]
    assert "2022" in run("flags", PLAN, "--year", "2022")[1]


def test_an_act_that_the_trail_does_not_have_is_an_error_that_names_those_it_has(harness: ServiceHarness) -> None:
    with pytest.raises(NotFound) as refused:
        harness.ask(audit_trail, PLAN, NOW, Filter(act="giunta-1999"))
    assert refused.value.problem.where == "act"
    assert "2022-01-31" in str(refused.value.problem.accepted)
