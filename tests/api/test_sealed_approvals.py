"""What was approved stays approved: no command takes a change of the year out of the figures unseen."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.imports.importing import Importing
from api.imports.reading import limits, read_incoming
from api.settings import Settings
from domain.acts.citation import ActPart
from domain.annulments.commands import AnnulEvents
from domain.annulments.decide import ActWanted, PlanKept
from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from domain.errors import (
    ActDateDoubtful,
    AlreadyApproved,
    ChangesRefused,
    ClaimRefused,
    ContradictsLater,
    Malformed,
    MotivationMissing,
    NotFound,
    OutsidePlan,
    RetroactiveUnsaid,
)
from domain.plans.commands import DiscardDraft
from domain.plans.ids import IdNotFree
from domain.point import Point
from projections.audit import audit_trail
from projections.change_rate import changes_of_year
from projections.flags import flags
from projections.plan_in_force import plan_in_force
from projections.plans import plans
from tests.support.harness import PLAN, ServiceHarness, document, point, versions

STREAM = f"plan/{PLAN}"
REVISION = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
NOVEMBER = "delibera di Giunta n. 50 del 30/11/2022"
END = "2024-12-31"


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """An office with an approved plan, at the end of 2024."""
    office = ServiceHarness(tmp_path / "archivio.sqlite")
    office.load()
    yield office.on(END)
    office.store.close()


def rate(harness: ServiceHarness, year: int = 2022, known: str | None = None) -> dict[str, Any]:
    """The changes of a year, at the end of 2024."""
    return dict(harness.ask(changes_of_year, PLAN, year, point(END, known)))


def touched(harness: ServiceHarness, year: int = 2022) -> int:
    """How many objectives the rate of a year counts."""
    return int(rate(harness, year)["change_rate"]["any"]["numerator"])


def raised(harness: ServiceHarness, year: int = 2022) -> set[str]:
    """The rules that flag something of a year."""
    return {flag["rule"] for flag in harness.ask(flags, PLAN, year, point(END))["flags"]}


def approval_of(harness: ServiceHarness, topic: str = "plan-approved") -> int:
    """The version of the event of this topic, the latest."""
    events = harness.ask(audit_trail, PLAN, point(END))["events"]
    return next(int(event["version"]) for event in events if event["event"] == topic)


# -- decided when ------------------------------------------------------------------------------------------------------


def test_an_effect_before_the_act_is_said_or_refused(harness: ServiceHarness) -> None:
    with pytest.raises(RetroactiveUnsaid) as refusal:
        harness.change(REVISION, act=NOVEMBER, effective_on="2022-02-15")
    assert refusal.value.problem.where == "changes[0].retroactive"
    assert "30/11/2022" in refusal.value.problem.found
    harness.change(REVISION, act=NOVEMBER, effective_on="2022-02-15", retroactive="ratifica dell'atto d'urgenza")
    (change,) = [row for row in rate(harness)["changes"] if row["counts"]]
    assert (change["kind"], change["retroactive"], change["decided_on"]) == ("in_year_revision", True, "2022-11-30")
    assert change["note"] == "ratifica dell'atto d'urgenza"
    assert touched(harness) == 1
    assert "retroactive" in raised(harness)


@pytest.mark.parametrize("effective_on", ["2022-01-31", "2022-02-01", "2022-11-30"])
def test_what_is_decided_after_the_approval_is_in_year_whatever_its_effect(
    harness: ServiceHarness, effective_on: str
) -> None:
    harness.change(REVISION, act=NOVEMBER, effective_on=effective_on, retroactive="così l'atto")
    assert touched(harness) == 1
    assert harness.target("2022-01-31") == (">= 60%" if effective_on == "2022-01-31" else ">= 70,34%")
    assert rate(harness)["indicators"]["any"]["objectives"] == ["incasso"]


def test_a_draft_does_not_swallow_what_a_later_act_decides(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-01-10")
    harness.load(act=None, plan=document()["plan"] | {"drafted_on": "2022-01-10"})
    harness.on("2022-02-01").change({"verb": "approve_plan"}, act="delibera di Giunta n. 1 del 31/01/2022")
    harness.on(END).change(REVISION, act=NOVEMBER, effective_on="2022-01-20", retroactive="così l'atto")
    assert touched(harness) == 1
    assert "retroactive" in raised(harness)
    harness.store.close()


def test_the_yearly_update_rolls_what_was_decided_up_to_its_act(harness: ServiceHarness) -> None:
    of_2023 = {"verb": "revise_target", "object": "cassetto", "year": 2023, "target": ">= 20%"}
    harness.change(of_2023, act="delibera di Giunta n. 2 del 31/01/2023", approves_year=2023)
    later = of_2023 | {"target": ">= 10%"}
    harness.change(later, act="delibera di Giunta n. 60 del 30/11/2023", effective_on="2023-01-15", retroactive="così")
    kinds = {row["version"]: row["kind"] for row in rate(harness, 2023)["changes"]}
    assert list(kinds.values()).count("rolling_update") == 1
    assert list(kinds.values()).count("in_year_revision") == 1
    assert touched(harness, 2023) == 1


@pytest.mark.parametrize("act", ["delibera di Giunta n. 9 del 30/09/2032", "delibera di Giunta n. 9 del 30/09/2012"])
def test_a_date_that_looks_wrong_is_asked_about(harness: ServiceHarness, act: str) -> None:
    file = {"plan": PLAN, "act": act, "justification": "x", "cause": "other", "changes": [REVISION]}
    with pytest.raises((ActDateDoubtful, ChangesRefused)) as refused:
        harness.service.change(ChangeFile.model_validate(file), harness.caller())
    problems = refused.value.problems if isinstance(refused.value, ChangesRefused) else [refused.value.problem]
    assert any("(data confermata)" in problem.accepted for problem in problems)
    with pytest.raises(ActDateDoubtful):
        harness.service.register_act("cciaa-prova", "delibera di Giunta n. 9 del 30/09/2032", harness.caller())


def test_a_year_that_is_approved_late_says_what_it_took_out_of_the_count(harness: ServiceHarness) -> None:
    harness.change(REVISION | {"year": 2023}, act="delibera di Giunta n. 20 del 30/03/2023")
    assert touched(harness, 2023) == 1
    harness.change({"verb": "approve_year", "year": 2023}, act="delibera di Giunta n. 90 del 30/12/2023")
    assert touched(harness, 2023) == 0
    assert "approved_late" in raised(harness, 2023)


# -- seals -------------------------------------------------------------------------------------------------------------


def test_an_approval_does_not_fall_without_an_act(harness: ServiceHarness) -> None:
    harness.change(REVISION, act=NOVEMBER)
    version = approval_of(harness)
    with pytest.raises(ActWanted):
        harness.annul(version)
    with pytest.raises(ActWanted):
        harness.annul(version, act="delibera di Giunta n. 1 del 31/01/2022")
    assert touched(harness) == 1
    assert harness.plan(END)["plan"]["status"] == "approved"


def test_an_approval_that_an_act_annulled_is_no_draft_and_the_first_ex_ante_stays(harness: ServiceHarness) -> None:
    harness.change(REVISION, act=NOVEMBER)
    harness.annul(approval_of(harness), act="sentenza del TAR n. 112 del 15/12/2022")
    plan = harness.plan(END)["plan"]
    assert plan["status"] == "approval_annulled"
    assert plan["years"]["2022"]["approval_annulled_on"] == "2022-12-15"
    assert plan["years"]["2022"]["approved_on"] == "2022-01-31"
    assert touched(harness) == 1
    assert rate(harness)["approval_annulled_on"] == "2022-12-15"
    with pytest.raises(MotivationMissing):
        harness.change(REVISION | {"target": ">= 50%"}, act=None, justification=None, cause=None)
    harness.change(REVISION | {"target": ">= 50%"}, act="delibera di Giunta n. 70 del 20/12/2022")
    harness.change({"verb": "approve_plan"}, act="delibera di Giunta n. 71 del 28/12/2022")
    answer = rate(harness)
    assert answer["change_rate"]["any"]["numerator"] == 0
    (earlier,) = answer["earlier_approvals"]
    assert (earlier["approved_on"], earlier["annulled_on"]) == ("2022-01-31", "2022-12-15")
    assert earlier["change_rate"]["any"]["numerator"] == 1
    assert "approval_annulled" in raised(harness)
    assert harness.plan("2022-12-01")["plan"]["status"] == "approved"
    assert harness.plan("2022-12-16")["plan"]["status"] == "approval_annulled"
    assert harness.plan(END)["plan"]["status"] == "approved"


def test_a_closed_year_opens_with_an_act_only_and_says_so(harness: ServiceHarness) -> None:
    harness.change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 5 del 20/06/2023")
    version = approval_of(harness, "year-closed")
    with pytest.raises(ActWanted):
        harness.annul(version)
    harness.annul(version, act="delibera di Giunta n. 30 del 20/09/2023")
    year = harness.plan(END)["plan"]["years"]["2022"]
    assert (year["closed_on"], year["closing_annulled_on"]) == ("2023-06-20", "2023-09-20")
    harness.change(REVISION, act="delibera di Giunta n. 31 del 21/09/2023")
    assert touched(harness) == 1


def test_putting_the_act_of_an_approval_right_moves_nothing_out_of_the_count(harness: ServiceHarness) -> None:
    harness.change(REVISION, act=NOVEMBER)
    version = approval_of(harness)
    wrong = {"verb": "approve_plan", "kind": "correction", "restores": [version]}
    harness.change(wrong, act="delibera di Giunta n. 99 del 20/12/2022")
    assert touched(harness) == 1
    year = harness.plan(END)["plan"]["years"]["2022"]
    assert year["act"] == "delibera-giunta-99-2022-12-20"
    assert harness.plan(END)["plan"]["status"] == "approved"


def test_what_was_approved_is_not_annulled_as_a_mistake(harness: ServiceHarness) -> None:
    events = harness.ask(audit_trail, PLAN, point(END))["events"]
    target = next(int(event["version"]) for event in events if event["event"] == "target-set")
    with pytest.raises(ActWanted):
        harness.annul(target)
    harness.annul(target, act="delibera di Giunta n. 30 del 20/09/2023")


def test_an_annulled_change_is_counted_listed_and_flagged(harness: ServiceHarness) -> None:
    revised = harness.change(REVISION, act=NOVEMBER)
    harness.annul(*versions(revised))
    assert touched(harness) == 0
    (left_out,) = rate(harness)["annulled"]
    assert (left_out["version"], left_out["counted"], left_out["act"]) == (versions(revised)[0], True, None)
    assert "change_left_out" in raised(harness)


def test_the_registration_of_the_body_and_a_cited_act_stay(harness: ServiceHarness) -> None:
    with pytest.raises(PlanKept):
        harness.annul(1, measurements=True)
    with harness.store.reading() as reader:
        acts = [r.version for r in reader.records("administration/cciaa-prova") if r.event.topic == "act-registered"]
    with pytest.raises(ContradictsLater) as refusal:
        harness.annul(acts[0], measurements=True)
    assert refusal.value.listed


def test_the_act_that_approved_does_not_annul_itself_under_another_name(harness: ServiceHarness) -> None:
    version = approval_of(harness)
    for act in (
        "delibera di Giunta n. 01 del 31/01/2022",
        {"id": "altro", "body": "giunta", "type": "delibera", "number": "1", "date": "2022-01-31"},
    ):
        part = ActPart.model_validate(act) if isinstance(act, dict) else act
        command = AnnulEvents(versions=(version,), justification="x")
        with pytest.raises(ActWanted):
            harness.service.annul(PLAN, command, part, harness.caller())


def test_an_act_takes_back_nothing_that_was_decided_after_it(harness: ServiceHarness) -> None:
    revised = harness.change(REVISION, act=NOVEMBER)
    with pytest.raises(ActWanted):
        harness.annul(*versions(revised), act="delibera di Giunta n. 90 del 15/02/2022")
    events = harness.ask(audit_trail, PLAN, point(END))["events"]
    target = next(int(event["version"]) for event in events if event["event"] == "target-set")
    with pytest.raises(ActWanted):
        harness.annul(target, act="delibera di Giunta n. 90 del 15/01/2022")
    assert touched(harness) == 1


def test_a_new_approval_is_not_dated_before_the_old_one_fell(harness: ServiceHarness) -> None:
    harness.annul(approval_of(harness), act="sentenza del TAR n. 112 del 15/12/2022")
    with pytest.raises(OutsidePlan):
        harness.change({"verb": "approve_plan"}, act="delibera di Giunta n. 71 del 30/11/2022")


def test_what_surfaces_after_the_approval_by_an_earlier_act_is_listed_and_flagged(harness: ServiceHarness) -> None:
    surfaced = harness.change(REVISION, act="delibera di Giunta n. 90 del 20/12/2021", effective_on="2022-01-31")
    assert touched(harness) == 0
    assert rate(harness)["surfaced"] == list(versions(surfaced))
    assert {"surfaced_after_approval", "recorded_late"} <= raised(harness)


def test_a_year_that_is_open_again_says_so(harness: ServiceHarness) -> None:
    harness.change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 5 del 20/06/2023")
    revised = harness.change(REVISION | {"year": 2023}, act="delibera di Giunta n. 6 del 25/06/2023")
    harness.annul(approval_of(harness, "year-closed"), act="delibera di Giunta n. 30 del 20/09/2023")
    harness.change(REVISION, act="delibera di Giunta n. 31 del 21/09/2023")
    answer = rate(harness)
    assert (answer["closed_on"], answer["closing_annulled_on"]) == (None, "2023-09-20")
    assert "closing_annulled" in raised(harness)
    wrong = {"verb": "close_year", "year": 2022, "kind": "correction", "restores": [versions(revised)[0] - 1]}
    with pytest.raises(ClaimRefused):
        harness.change(wrong, act="delibera di Giunta n. 40 del 20/10/2023")


def test_a_change_of_a_closed_year_is_not_left_out_as_a_mistake(harness: ServiceHarness) -> None:
    revised = harness.change(REVISION, act=NOVEMBER)
    harness.change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 5 del 20/06/2023")
    with pytest.raises(ActWanted):
        harness.annul(*versions(revised))


def test_a_correction_of_the_act_alone_goes_on_easing(harness: ServiceHarness) -> None:
    revised = harness.change(REVISION, act=NOVEMBER)
    wrong = REVISION | {"kind": "correction", "restores": list(versions(revised))}
    harness.change(wrong, act="delibera di Giunta n. 51 del 01/12/2022")
    assert rate(harness)["change_rate"]["easier"]["numerator"] == 1
    (change,) = [row for row in rate(harness)["changes"] if row["counts"]]
    assert change["direction"] == "easier"
    assert "approval_corrected" not in raised(harness)
    approval = {"verb": "approve_plan", "kind": "correction", "restores": [approval_of(harness)]}
    harness.change(approval, act="delibera di Giunta n. 3 del 30/01/2022")
    assert "approval_corrected" in raised(harness)


def test_no_act_of_tomorrow_approves_whoever_confirms_it(harness: ServiceHarness) -> None:
    with pytest.raises(ActDateDoubtful):
        harness.change({"verb": "approve_year", "year": 2023}, act="delibera di Giunta n. 9 del 30/01/2025")


def test_a_target_of_a_year_is_not_changed_from_a_day_after_it(harness: ServiceHarness) -> None:
    with pytest.raises(OutsidePlan):
        harness.change(REVISION, act=NOVEMBER, effective_on="2023-01-01")


def test_rules_do_not_leave_out_the_flags_that_watch_the_count(harness: ServiceHarness) -> None:
    system = {"flags": {"off": ["change_left_out"]}}
    change = {"verb": "adopt_system", "year": 2022, "system": system}
    with pytest.raises(Malformed):
        harness.change(change, act="delibera di Giunta n. 2 del 10/02/2022")


def version_of(harness: ServiceHarness, topic: str) -> int:
    """The version of the first event of a topic."""
    events = harness.ask(audit_trail, PLAN, point(END))["events"]
    return min(int(event["version"]) for event in events if event["event"] == topic)


@pytest.mark.parametrize("day", ["2030-01-01", "2024-12-31", "2023-06-30", "2021-12-31"])
def test_a_correction_moves_nothing_out_of_sight(harness: ServiceHarness, day: str) -> None:
    revised = harness.change(REVISION, act=NOVEMBER)
    moved: list[dict[str, Any]] = [
        REVISION | {"restores": list(versions(revised))},
        {"verb": "reweigh_objective", "object": "a2", "weight": "40", "restores": [4]},
        REVISION | {"target": ">= 70,34%", "restores": [version_of(harness, "target-set")]},
        {"verb": "approve_plan", "restores": [approval_of(harness)]},
    ]
    before = rate(harness)
    for change in moved:
        with pytest.raises((ClaimRefused, RetroactiveUnsaid)):
            harness.change(change | {"kind": "correction", "effective_on": day}, act=None, cause=None)
    assert rate(harness) == before
    assert harness.plan("2022-06-01")["plan"]["status"] == "approved"


def test_a_correction_is_not_annulled_as_a_mistake(harness: ServiceHarness) -> None:
    target = version_of(harness, "target-set")
    wrong = REVISION | {"target": ">= 71%", "kind": "correction", "restores": [target]}
    corrected = harness.change(wrong, act=None, cause=None)
    with pytest.raises(ActWanted):
        harness.annul(versions(corrected)[-1])


def test_the_annulment_of_an_approval_falls_with_an_act_only_and_not_under_a_new_one(harness: ServiceHarness) -> None:
    harness.annul(approval_of(harness), act="sentenza del TAR n. 112 del 15/12/2022")
    fallen = approval_of(harness, "approval-annulled")
    with pytest.raises(ActWanted):
        harness.annul(fallen)
    harness.change({"verb": "approve_plan"}, act="delibera di Giunta n. 71 del 28/12/2022")
    with pytest.raises(ContradictsLater):
        harness.annul(fallen, act="sentenza del TAR n. 113 del 15/01/2023")
    assert "approval_annulled" in raised(harness)


# -- drafts ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_discarded_and_its_id_is_free(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite")
    harness.load(act=None)
    discarded = DiscardDraft(justification="caricato il file sbagliato")
    harness.on("2022-02-02").service.discard_draft(PLAN, discarded, harness.caller())
    with pytest.raises(NotFound):
        harness.plan(END)
    assert [row["status"] for row in harness.ask(plans, point(END))] == ["discarded"]
    before = harness.ask(audit_trail, PLAN, point(END))["total"]
    with pytest.raises(IdNotFree, match="è stato di una bozza di cciaa-prova, scartata"):
        harness.load(administration={"id": "cciaa-altra", "name": "Camera di Commercio Altra"})
    harness.on("2022-02-03").load()
    assert harness.plan(END)["plan"]["status"] == "approved"
    trail = harness.ask(audit_trail, PLAN, point(END))
    assert trail["total"] > before
    assert {event["annulled"] for event in trail["events"]} == {True, False}
    assert harness.plan("2022-02-01", known="2022-02-01")["plan"]["status"] == "draft"
    with pytest.raises(AlreadyApproved):
        harness.service.discard_draft(PLAN, discarded, harness.caller())
    harness.store.close()


def test_a_draft_takes_the_date_of_the_act_that_approves_it(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-15")
    harness.load(act=None)
    harness.on("2022-02-20").change({"verb": "approve_plan"}, act="delibera di Giunta n. 1 del 31/01/2022")
    assert harness.plan("2022-01-31")["plan"]["status"] == "approved"
    assert harness.target("2022-01-31") == ">= 70,34%"
    assert harness.plan("2022-02-16", known="2022-02-16")["plan"]["status"] == "draft"
    assert touched(harness) == 0
    assert rate(harness)["change_rate"]["any"]["denominator"] == 2
    harness.on(END).change(REVISION, act=NOVEMBER)
    assert touched(harness) == 1
    harness.store.close()


@pytest.mark.parametrize("typed", ["2022-01-20", "2022-02-15"])
def test_a_draft_imported_again_with_its_act_is_approved(tmp_path: Path, typed: str) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on(typed)
    harness.load(act=None)
    harness.on("2022-02-20")
    content = PlanDocument.model_validate(document()).model_dump_json(exclude_none=True).encode()
    incoming = read_incoming(content, limits(Settings()))
    importing = Importing(harness.service)
    shown = importing.preview(incoming, Decisions(), harness.caller())
    assert shown.decides["years"] == [
        {"year": 2022, "effect": "approved", "since": "2022-01-31", "act": "delibera-giunta-1-2022-01-31"}
    ]
    assert shown.decides["acts"] == [{"act": "delibera-giunta-1-2022-01-31", "date": "2022-01-31"}]
    importing.confirm(incoming, Decisions(), harness.caller())
    with harness.store.reading() as reader:
        approved = plan_in_force(reader, PLAN, Point(date(2022, 1, 31)))
    assert approved["plan"]["status"] == "approved"
    assert importing.preview(incoming, Decisions(), harness.caller()).changes_nothing
    harness.store.close()
