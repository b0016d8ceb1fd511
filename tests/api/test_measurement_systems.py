"""The measurement system of an administration: adopted with its act, for all its plans, put right, and no change of any."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.commands.administrations import adopt_administration_system
from api.commands.handler import Decision, Outcome
from api.proof.pack import make_pack
from domain.administrations.commands import AdoptAdministrationSystem
from domain.annulments.commands import AnnulEvents
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.errors import ClaimRefused, Malformed, MotivationMissing, NoChange, NotFound, YearNotOpen
from domain.plans.events import MeasurementSystemAdopted
from domain.recording import Pending
from domain.systems.adoption import SystemDiffers
from domain.systems.decide import read_system, rules_json
from initinere_verify.pack import verify_pack
from projections.across.comparison import rows_that_differ
from projections.across.follower import catch_up
from projections.audit import audit_trail
from projections.change_preview import change_preview
from projections.change_rate import change_rates, changes_of_year
from projections.differences import differences
from projections.evidence import evidence
from projections.explanations import explanation
from projections.plan_in_force import plan_in_force
from projections.proof.log import Log
from projections.scores import scores
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.system_comparison import system_in_force
from projections.systems import systems_of_administration
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness, document, point
from tests.support.problem_places import place_of

OWNER = "cciaa-prova"
ACT = "delibera di Giunta n. 2 del 10/01/2022"
BARE = {
    "id": "pratiche",
    "objective": "a1",
    "name": "Pratiche",
    "targets": [{"year": 2022, "text": "70"}, {"year": 2023, "text": "80"}],
}


def adopt(harness: ServiceHarness, year: int = 2022, system: dict[str, Any] | None = None, **said: Any) -> Outcome:
    """The administration adopts a system."""
    command = {"year": year, "system": system or {"bare_value": "up"}, "act": ACT} | said
    return adopt_administration_system(
        harness.service, OWNER, AdoptAdministrationSystem.model_validate(command), harness.caller()
    )


def rules(
    harness: ServiceHarness, year: int = 2022, as_of: str = "2023-12-31", known: str | None = None
) -> dict[str, Any]:
    """The rules of a year, and where they come from."""
    answer: dict[str, Any] = harness.ask(system_in_force, PLAN, year, point(as_of, known))
    return answer


def systems(harness: ServiceHarness, as_of: str = "2024-12-31", known: str | None = None) -> list[dict[str, Any]]:
    """What the administration adopted, annulled or not."""
    answer: dict[str, Any] = harness.ask(systems_of_administration, OWNER, point(as_of, known))
    return list(answer["systems"])


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on which the small plan is loaded, with an indicator whose target is a bare value."""
    harness = ServiceHarness(tmp_path / "harness.sqlite").on("2022-02-05")
    harness.load(indicators=[*document()["indicators"], BARE])
    yield harness
    harness.store.close()


def test_an_adoption_is_recorded_for_the_administration_and_changes_no_plan(harness: ServiceHarness) -> None:
    before = harness.ask(change_rates, PLAN, 2022, point("2022-12-31"))
    harness.on("2022-06-01")
    outcome = adopt(harness, system={"change_rate_ceiling": "20"}, effective_on="2022-06-01")

    after = harness.ask(change_rates, PLAN, 2022, point("2022-12-31"))
    answer = rules(harness)

    assert set(outcome.versions) == {f"administration/{OWNER}"}
    assert after == before
    assert (answer["adopted_for"], answer["adopted_by"], answer["adopted_on"]) == (2022, "administration", "2022-06-01")
    assert answer["act"] == "delibera-giunta-2-2022-01-10"
    assert rules(harness, as_of="2022-05-31")["adopted_for"] is None
    assert rules(harness, known="2022-05-31")["adopted_for"] is None, "nothing was known of it"


def test_a_system_is_adopted_before_the_first_plan_and_holds_for_it(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "vuoto.sqlite").on("2022-01-15")
    with pytest.raises(NotFound):
        adopt(harness)
    adopt(harness, name="Camera di Commercio di Prova")
    harness.on("2022-02-05").load()

    assert rules(harness)["system"]["bare_value"] == "up"
    assert rules(harness, 2024)["adopted_for"] == 2022
    names = [row["event"] for row in harness.ask(audit_trail, PLAN, point("2022-12-31"))["events"]]
    assert names.count("administration-registered") + names.count("administration-renamed") == 0
    harness.store.close()


def test_the_command_at_both_doors_wants_an_act_and_says_what_it_recorded(harness: ServiceHarness) -> None:
    client = Client(harness)
    refused = client.post(f"/v1/administrations/{OWNER}/systems", {"year": 2022, "system": {}})
    sent = client.post(f"/v1/administrations/{OWNER}/systems", {"year": 2022, "system": {}, "act": ACT})
    again = client.post(f"/v1/administrations/{OWNER}/systems", {"year": 2022, "system": {}, "act": ACT})

    assert (refused.status_code, place_of(refused.json())) == (409, "act")
    assert (sent.status_code, list(sent.json()["versions"])) == (201, [f"administration/{OWNER}"])
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "no-change")
    listed = client.get(f"/v1/administrations/{OWNER}/systems").json()["systems"]
    assert [(row["year"], row["adopted_on"], row["annulled_by"]) for row in listed] == [(2022, "2022-01-10", None)]


def test_a_corrected_system_keeps_both_on_record_and_what_was_known_before(harness: ServiceHarness) -> None:
    harness.on("2022-03-01")
    adopt(harness, system={"missing": "zero"})
    (wrong,) = systems(harness)
    harness.on("2022-04-01")
    adopt(
        harness, system={"cut_at": "110"}, act=None, corrects=wrong["version"], justification="il regolamento dice 110"
    )

    first, second = systems(harness)
    assert (first["annulled_by"], second["annulled_by"]) == (second["version"] - 1, None)
    assert (second["corrects"], second["act"]) == (wrong["version"], wrong["act"])
    assert second["justification"] == "il regolamento dice 110"
    assert (rules(harness)["system"]["cut_at"], rules(harness)["system"]["missing"]) == ("110", "excluded")
    assert rules(harness, known="2022-03-31")["system"]["missing"] == "zero"
    trail = harness.ask(audit_trail, PLAN, point("2022-12-31"))["events"]
    adoptions = [row["annulled"] for row in trail if row["event"] == "administration-system-adopted"]
    assert adoptions == [False, True]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"corrects": 1, "justification": "errore"}, ClaimRefused),
        ({"corrects": None, "act": None}, MotivationMissing),
        ({"justification": None}, MotivationMissing),
        ({"justification": "errore", "system": {"missing": "zero"}}, NoChange),
        ({"justification": "errore", "year": 2023}, ClaimRefused),
        ({"justification": "errore", "system": {"missing": "boh"}}, Malformed),
    ],
)
def test_a_correction_names_what_it_puts_right_and_says_why(
    harness: ServiceHarness, said: dict[str, Any], error: type[Exception]
) -> None:
    harness.on("2022-03-01")
    adopt(harness, system={"missing": "zero"})
    (wrong,) = systems(harness)
    with pytest.raises(error):
        adopt(harness, **{"system": {"missing": "excluded"}, "corrects": wrong["version"]} | said)
    assert len(systems(harness)) == 1


def test_the_verb_of_a_change_file_records_for_the_administration(harness: ServiceHarness) -> None:
    harness.on("2022-06-01")
    verb = {"verb": "adopt_system", "year": 2022, "system": {"bare_value": "down"}}
    outcome = harness.change(verb, act="delibera di Giunta n. 5 del 01/06/2022")
    assert set(outcome.versions) == {f"administration/{OWNER}"}
    assert (rules(harness)["adopted_by"], rules(harness)["system"]["bare_value"]) == ("administration", "down")
    assert harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))["changes"] == []
    with pytest.raises(NoChange):
        harness.change(verb, act="delibera di Giunta n. 5 del 01/06/2022")
    with pytest.raises(ClaimRefused, match="corrects"):
        harness.change(verb | {"kind": "correction", "restores": [1]})


def _old_record(harness: ServiceHarness, system: dict[str, Any]) -> None:
    """What a plan recorded of its rules before they were the administration's."""
    event = MeasurementSystemAdopted(year=2022, system=rules_json(read_system(system)))

    def write(reader: Reader) -> Any:
        stream = f"plan/{PLAN}"
        pending = (Pending(event, date(2022, 2, 10), act="delibera-giunta-1-2022-01-31"),)
        return Decision((StreamAppend(stream, reader.head(stream).version, pending),))

    harness.service.handle(harness.caller(), PLAN, ["vecchio"], write)


def test_an_old_record_of_a_plan_answers_until_the_administration_says_otherwise_and_touches_nothing(
    harness: ServiceHarness,
) -> None:
    _old_record(harness, {"missing": "zero"})
    assert (rules(harness)["adopted_by"], rules(harness)["system"]["missing"]) == ("plan", "zero")
    assert rules(harness)["act"] == "delibera-giunta-1-2022-01-31"
    assert harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))["changes"] == []
    harness.on("2022-06-01")
    adopt(harness, system={"missing": "excluded"}, effective_on="2022-06-01")
    assert (rules(harness)["adopted_by"], rules(harness)["system"]["missing"]) == ("administration", "excluded")
    assert rules(harness, as_of="2022-05-31")["system"]["missing"] == "zero"


def _next_plan(**systems: dict[str, Any]) -> dict[str, Any]:
    plan = {"id": "prova-2023-2025", "title": "Il successivo", "first_year": 2023, "last_year": 2025}
    of = {year.removeprefix("y"): system for year, system in systems.items()}
    indicators = [{**BARE, "targets": [{"year": 2023, "text": "75"}]}]
    return document(plan=plan | {"systems": of}, indicators=indicators, act="delibera di Giunta n. 2 del 25/01/2023")


def test_the_rules_that_a_document_brings_are_recorded_once_and_asked_about_where_they_differ(
    harness: ServiceHarness,
) -> None:
    harness.on("2022-03-01")
    adopt(harness, system={"bare_value": "up"})
    harness.on("2023-02-01")
    differing = PlanDocument.model_validate(_next_plan(y2022={"bare_value": "down"}, y2023={"missing": "zero"}))
    with pytest.raises(SystemDiffers, match="bare_value") as refusal:
        harness.service.load_plan(differing, harness.caller())
    assert refusal.value.problem.where == "plan.systems.2022"
    assert "system adopt" in refusal.value.problem.accepted

    equal = PlanDocument.model_validate(_next_plan(y2022={"bare_value": "up"}, y2023={"missing": "zero"}))
    harness.service.load_plan(equal, harness.caller())
    assert [(row["year"], row["adopted_on"]) for row in systems(harness)] == [
        (2022, "2022-01-10"),
        (2023, "2023-01-25"),
    ]
    assert rules(harness, 2023)["system"]["missing"] == "zero", "they hold for every plan of the administration"


def test_the_rules_of_an_old_record_are_not_overruled_by_a_document_unasked(harness: ServiceHarness) -> None:
    _old_record(harness, {"missing": "zero"})
    harness.on("2023-02-01")
    with pytest.raises(SystemDiffers, match=PLAN):
        harness.service.load_plan(PlanDocument.model_validate(_next_plan(y2022={"bare_value": "up"})), harness.caller())


def test_an_exported_plan_brings_its_rules_along(harness: ServiceHarness, tmp_path: Path) -> None:
    harness.on("2022-03-01")
    adopt(harness, 2021, {"bare_value": "up"})
    adopt(harness, 2023, {"missing": "zero"}, effective_on="2022-03-01")
    adopt(harness, 2026, {"missing": "zero"}, effective_on="2022-03-01")
    exported = harness.ask(plan_in_force, PLAN, point("2022-12-31"))
    assert list(exported["plan"]["systems"]) == ["2021", "2023"], "what holds for its years, and no more"

    other = ServiceHarness(tmp_path / "altrove.sqlite").on("2023-01-10")
    other.service.load_plan(PlanDocument.model_validate(exported), other.caller())
    assert rules(other, as_of="2023-01-31")["system"]["bare_value"] == "up"
    assert rules(other, 2023, as_of="2023-01-31")["system"]["missing"] == "zero"
    other.store.close()


def test_a_year_that_a_plan_closed_takes_a_correction_only(harness: ServiceHarness) -> None:
    harness.on("2022-03-01")
    adopt(harness, system={"missing": "zero"})
    harness.on("2023-07-01").change(
        {"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 7 del 30/06/2023", effective_on="2023-06-30"
    )
    for year in (2021, 2022):
        if year == 2022:
            with pytest.raises(YearNotOpen):
                adopt(harness, year, {"cut_at": "110"}, act="delibera di Giunta n. 8 del 01/07/2023")
    (wrong,) = systems(harness)
    adopt(harness, 2022, {"cut_at": "110"}, corrects=wrong["version"], justification="trascritto male")
    assert rules(harness)["system"]["cut_at"] == "110"


def test_whatever_rests_on_the_rules_cites_the_event_of_who_adopted_them(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    _old_record(harness, {"missing": "zero"})
    at = point("2022-12-31")
    for adopter, stream in (("plan", f"plan/{PLAN}"), ("administration", f"administration/{OWNER}")):
        if adopter == "administration":
            harness.on("2022-06-01")
            adopt(harness, system={"missing": "zero", "bare_value": "up", "name": "SMVP dell'ente"})
        version = rules(harness)["event"]
        shown = harness.ask(scores, PLAN, 2022, at)["system"]
        explained = harness.ask(explanation, PLAN, 2022, at, "body")["system"]["event"]
        method = next(
            of
            for of in harness.ask(evidence, PLAN, 2022, at)["criteria"]
            if of["title"] == "Corretto uso del metodo di calcolo"
        )
        assert (shown["version"], shown["adopted_by"]) == (version, adopter)
        assert (explained["stream"], explained["version"]) == (stream, version)
        assert method["statements"][0]["events"] == [{"in": adopter, "version": version}]
    log = Log(harness.store, tmp_path / "signing.key")
    pack = tmp_path / "fascicolo.zip"
    pack.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2022-12-31", "2022-12-31")).content)
    assert verify_pack(pack)


# -- a bare value ------------------------------------------------------------------------------------------------------


def _directions(harness: ServiceHarness, as_of: str = "2022-12-31", known: str | None = None) -> set[str | None]:
    at = point(as_of, known)
    rate = harness.ask(changes_of_year, PLAN, 2022, at)["changes"]
    trail = harness.ask(audit_trail, PLAN, at)["events"]
    between = harness.ask(differences, PLAN, point("2022-06-30", known), at)["differences"]
    rows = Client(harness).get(f"/v1/plans/{PLAN}/indicators/pratiche/history?as_of={as_of}")
    shown = [row for row in rows.json()["values"] if row["field"] == "target/2022/1"] if known is None else []
    return {
        *(row["direction"] for row in rate),
        *(row["direction"] for row in trail if row["event"] == "target-revised"),
        *(row["direction"] for row in between),
        *(row["direction"] for row in shown[1:]),
    }


@pytest.mark.parametrize(("bare_value", "direction"), [("up", "easier"), ("down", "harder"), (None, "undetermined")])
def test_a_bare_value_has_the_direction_that_the_rules_declare_wherever_it_is_told(
    harness: ServiceHarness, bare_value: str | None, direction: str
) -> None:
    harness.on("2022-03-01")
    adopt(harness, system={"bare_value": bare_value, "name": "SMVP"})
    harness.on("2022-10-01")
    revision = {"verb": "revise_target", "object": "pratiche", "year": 2022, "target": "60"}
    file = {"plan": PLAN, "changes": [revision], "act": "delibera di Giunta n. 9 del 30/09/2022",
            "justification": "dati", "cause": "new_data"}  # fmt: skip
    preview = Client(harness).post(f"/v1/plans/{PLAN}/changes?preview=true", file).json()
    harness.change(revision, act="delibera di Giunta n. 9 del 30/09/2022")

    assert [row["direction"] for row in (*preview["changes"], *preview["differences"])] == [direction] * 2
    assert _directions(harness) == {direction}
    easier = harness.ask(change_rates, PLAN, 2022, point("2022-12-31"))["change_rate"]["easier"]
    assert easier["numerator"] == (direction == "easier")


def test_a_direction_that_is_declared_later_is_known_from_then_on_and_reaches_every_table(
    harness: ServiceHarness,
) -> None:
    harness.on("2022-10-01").change(
        {"verb": "revise_target", "object": "pratiche", "year": 2022, "target": "60"},
        act="delibera di Giunta n. 9 del 30/09/2022",
    )
    catch_up(harness.store)
    harness.on("2022-11-01")
    adopt(harness, act="delibera di Giunta n. 11 del 31/10/2022")
    assert harness.ask(lambda reader: list(rows_that_differ(reader))) == [], "what is not followed yet is no difference"
    catch_up(harness.store)

    assert _directions(harness) == {"easier"}
    assert _directions(harness, known="2022-10-31") == {"undetermined"}
    assert harness.ask(lambda reader: list(rows_that_differ(reader))) == []
    across = Client(harness).get("/v1/changes?since=2022-01-01").json()["changes"]
    assert [row["direction"] for row in across] == ["easier"]


def test_an_annulled_adoption_says_nothing_any_more(harness: ServiceHarness) -> None:
    harness.on("2022-03-01")
    adopt(harness)
    (row,) = systems(harness)
    harness.service.annul(
        PLAN, AnnulEvents(versions=(row["version"],), justification="errore"), "delibera di Giunta n. 3 del 28/02/2022",
        harness.caller(), measurements=True,
    )  # fmt: skip
    assert rules(harness)["adopted_for"] is None
    assert systems(harness)[0]["annulled_by"] is not None


def test_a_preview_is_asked_with_the_rules_that_the_same_file_adopts(harness: ServiceHarness) -> None:
    harness.on("2022-10-01")
    act = "delibera di Giunta n. 9 del 30/09/2022"
    file = {"plan": PLAN, "act": act, "justification": "dati", "cause": "new_data", "changes": [
        {"verb": "adopt_system", "year": 2022, "system": {"bare_value": "up"}},
        {"verb": "revise_target", "object": "pratiche", "year": 2022, "target": "60"},
    ]}  # fmt: skip
    preview = harness.service.preview_change(
        ChangeFile.model_validate(file), harness.caller(), lambda reader: change_preview(reader, PLAN)
    )
    assert [row["direction"] for row in preview["changes"]] == ["easier"]
