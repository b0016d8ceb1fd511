"""The life of a proposal on a service: nothing of it reaches the plan before it is enacted, then all of it does."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.commands.handler import Caller, Outcome
from api.commands.oversight import redact_texts, say
from api.commands.proposals import (
    act_on_proposal,
    amend_proposal,
    draft_proposal,
    enact_proposal,
    foresee_draft,
    foresee_enactment,
    staleness,
    submit_proposal,
)
from api.commands.service import Service
from domain.access.separation import SWITCHED_OFF, DutiesNotSeparated
from domain.documents.proposal import ProposedChanges
from domain.errors import (
    ActDateDoubtful,
    CommandReused,
    ConcurrentChange,
    DomainError,
    Malformed,
    MotivationMissing,
    NoChange,
    NotFound,
    NotInForce,
    OutsidePlan,
    RetroactiveUnsaid,
    VersionOutdated,
)
from domain.oiv.commands import GiveOpinion, MakeRemark
from domain.plans.commands import DiscardDraft
from domain.proposals.commands import (
    AskOpinion,
    CommentProposal,
    EnactProposal,
    RejectProposal,
    SubmitProposal,
    WithdrawProposal,
)
from domain.proposals.decide import (
    ActReused,
    ProposalClosed,
    ProposalNotSubmitted,
    ProposalRedacted,
    ProposalsOpen,
    ProposalStale,
)
from domain.redactions.commands import RedactTexts
from projections.audit import audit_trail
from projections.proposal_effects import EffectsShown, OivTime, without_words
from projections.proposals import ProposalWhole, proposal_list, proposal_whole
from projections.store.postgres import migrate
from projections.streams import administration_stream, plan_stream, proposals_stream
from tests.support.harness import PLAN, ServiceHarness, point

REVISION = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
ACT = "delibera di Giunta n. 9 del 30/09/2022"
OFFICE, GIUNTA = Caller("ufficio-performance"), Caller("giunta")
NOW = point("2022-12-31")
CEILING = {"verb": "adopt_system", "year": 2022, "system": {"name": "SMVP", "change_rate_ceiling": "60"}}


@pytest.fixture(params=["sqlite", "postgres"])
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceHarness]:
    """The small plan with a ceiling on its change rate and a figure, in September, on either database."""
    location = str(tmp_path / "archivio.sqlite")
    if request.param == "postgres":
        location = str(request.getfixturevalue("postgres_url"))
        migrate(location)
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.change(CEILING, act="delibera di Giunta n. 2 del 05/02/2022")
    harness.on("2022-07-05").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    harness.on("2022-09-20")
    yield harness
    harness.store.close()


def proposed(*changes: dict[str, Any], **more: Any) -> ProposedChanges:
    """A proposal of these changes, with what one needs unless the test says otherwise."""
    ground = {"plan": PLAN, "title": "Rimodulazione", "justification": "dati del monitoraggio", "cause": "new_data"}
    return ProposedChanges.model_validate(ground | {"changes": list(changes or (REVISION,))} | more)


def drafted(harness: ServiceHarness, *changes: dict[str, Any], **more: Any) -> str:
    """A draft."""
    return str(draft_proposal(harness.service, PLAN, proposed(*changes, **more), OFFICE).proposal)


def submitted(harness: ServiceHarness, *changes: dict[str, Any], **more: Any) -> str:
    """A submitted proposal, for an act of 30 September."""
    name = drafted(harness, *changes, **more)
    submit(harness, name)
    return name


def submit(harness: ServiceHarness, name: str, effective_on: str = "2022-09-30") -> Outcome:
    """Submits it, or submits it again."""
    command = SubmitProposal.model_validate({"effective_on": effective_on})
    return submit_proposal(harness.service, PLAN, name, command, OFFICE)


def enact(harness: ServiceHarness, name: str, caller: Caller = GIUNTA, act: str = ACT, **more: Any) -> Outcome:
    """Enacts it, on 3 October or later."""
    harness.now = max(harness.now, harness.now.replace(month=10, day=3)) if harness.now.month < 10 else harness.now
    command = EnactProposal.model_validate({"act": act} | more)
    return enact_proposal(harness.service, PLAN, name, command, caller)


def whole(harness: ServiceHarness, name: str, day: str = "2022-12-31", known_at: str | None = None) -> ProposalWhole:
    """The proposal."""
    with harness.store.reading() as reader:
        return proposal_whole(reader, PLAN, name, point(day, known_at))


def head(harness: ServiceHarness, stream: str) -> int:
    """The version of a stream."""
    return harness.store.head(stream).version


def test_a_whole_life_from_a_draft_to_its_enactment(harness: ServiceHarness) -> None:
    name = drafted(harness)
    assert name == "proposta-1"
    submit(harness, name)
    act_on_proposal(harness.service, PLAN, name, CommentProposal(words="Da quale fonte?"), Caller("responsabile"))
    act_on_proposal(harness.service, PLAN, name, AskOpinion(due=date(2022, 9, 28)), OFFICE)
    opinion = GiveOpinion(judgement="conditional", about=f"proposal/{name}", words="Con riserve.")
    assert say(harness.on("2022-09-27").service, PLAN, opinion, Caller("oiv")).warnings == ()
    before = head(harness, plan_stream(PLAN))
    outcome = enact(harness, name)
    first, last = outcome.versions[plan_stream(PLAN)]
    assert (first, last) == (before + 1, before + 1)
    assert harness.target("2022-09-30") == ">= 68%"
    assert harness.target("2022-09-29") == ">= 70,34%"
    life = whole(harness, name)
    assert (life["status"], life["drafters"], life["act"]) == (
        "enacted",
        ["ufficio-performance"],
        "delibera-giunta-9-2022-09-30",
    )
    assert life["enactment"] is not None
    assert life["enactment"]["plan_versions"] == [first, last]
    assert [event["event"] for event in life["events"]] == [
        "proposal-drafted",
        "proposal-submitted",
        "proposal-commented",
        "proposal-opinion-asked",
        "proposal-enacted",
    ]
    (given,) = life["opinions_given"]
    assert (given["late"], given["on_earlier_text"], given["words"]) == (False, False, "Con riserve.")
    with harness.store.reading() as reader:
        plan, proposal = (reader.records(s)[-1] for s in (plan_stream(PLAN), proposals_stream(PLAN)))
    assert plan.recorded_at == proposal.recorded_at
    assert plan.command_id == proposal.command_id
    assert (plan.actor, plan.effective_on, plan.act) == ("giunta", date(2022, 9, 30), proposal.act)


def test_the_effects_are_kept_as_they_were_shown(harness: ServiceHarness) -> None:
    name = submitted(harness)
    foreseen = foresee_enactment(
        harness.on("2022-10-03").service, PLAN, name, EnactProposal.model_validate({"act": ACT}), GIUNTA
    )
    enact(harness, name)
    life = whole(harness, name)
    (submission,) = life["submissions"]
    assert submission["effects"] is not None
    shown = submission["effects"]
    assert shown["change_rate"]["2022"]["official"]["words"] == "dal 0,0 % al 50,0 %, tetto ≤ 60%"
    assert shown["scores"]["2022"]["before"]["in_force"] == "95.25"
    assert shown["scores"]["2022"]["after"] == {"in_force": "98.53", "ex_ante": "95.25", "difference": "3.28"}
    (flag,) = [flag for flag in shown["flags"]["2022"]["born"] if flag["rule"] == "eased_after_bad_value"]
    assert flag["question"]
    assert (shown["oiv"]["days_to_act"], shown["oiv"]["due"]) == (10, None)
    assert [change["act"] for change in shown["changes"]] == [None]
    assert shown["decides"]["acts"] == []
    assert life["enactment"] is not None
    at_the_act = life["enactment"]["effects"]
    assert at_the_act is not None
    assert at_the_act["scores"] == foreseen["scores"]
    assert [change["act"] for change in at_the_act["changes"]] == ["delibera-giunta-9-2022-09-30"]
    assert "dati del monitoraggio" not in str([shown, at_the_act])


def test_a_preview_of_a_draft_records_nothing(harness: ServiceHarness) -> None:
    before = len(harness.ask(lambda reader: reader.scan(settled=False)))
    effects = foresee_draft(harness.service, PLAN, proposed(cause=None, justification=None), OFFICE)
    assert [change["direction"] for change in effects["changes"]] == ["easier"]
    assert len(harness.ask(lambda reader: reader.scan(settled=False))) == before


@pytest.mark.parametrize(
    ("changes", "more", "error"),
    [
        ([REVISION | {"object": "nessuno"}], {}, NotFound),
        ([REVISION | {"target": ">= 70,34%"}], {}, NoChange),
        ([REVISION], {"act": ACT}, Malformed),
        ([REVISION], {"title": None}, Malformed),
        ([REVISION], {"retrospective": True}, Malformed),
    ],
)
def test_what_could_not_be_made_is_not_drafted(
    harness: ServiceHarness, changes: list[dict[str, Any]], more: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        drafted(harness, *changes, **more)
    assert head(harness, proposals_stream(PLAN)) == 0


def test_a_proposal_is_decided_from_now_on_and_silences_no_flag(harness: ServiceHarness) -> None:
    name = drafted(harness)
    with pytest.raises(Malformed) as refusal:
        amend_proposal(harness.service, PLAN, name, proposed(retrospective=True, act=ACT), OFFICE)
    assert [problem.where for problem in refusal.value.problems] == ["act", "retrospective"]
    assert "change" in refusal.value.problems[1].accepted
    amend_proposal(harness.service, PLAN, name, proposed(retrospective=False), OFFICE)
    submit(harness, name)


def test_a_draft_of_an_earlier_program_that_was_recorded_after_the_fact_is_amended_first(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = proposed().file().model_copy(update={"retrospective": True})
    kept.model_fields_set.add("retrospective")
    monkeypatch.setattr(ProposedChanges, "file", lambda _: kept)
    name = drafted(harness)
    monkeypatch.undo()
    with pytest.raises(Malformed, match="retrospective"):
        submit(harness, name)


def test_a_proposal_without_changes_is_none(harness: ServiceHarness) -> None:
    with pytest.raises(NoChange):
        draft_proposal(harness.service, PLAN, proposed(changes=[]), OFFICE)


def test_a_draft_may_lack_its_reason_and_is_not_submitted_without(harness: ServiceHarness) -> None:
    name = drafted(harness, justification=None, cause=None)
    with pytest.raises(MotivationMissing):
        submit(harness, name)
    own = REVISION | {"justification": "una sua motivazione", "cause": "legal"}
    amend_proposal(harness.service, PLAN, name, proposed(own, justification=None, cause=None), OFFICE)
    submit(harness, name)
    enact(harness, name)
    with harness.store.reading() as reader:
        assert reader.records(plan_stream(PLAN))[-1].cause == "legal"


def test_all_changes_are_recorded_together_or_none(harness: ServiceHarness) -> None:
    other = {"verb": "reweigh_indicator", "object": "cassetto", "weight": "60"}
    figure = {"series": f"{PLAN}.cassetto", "period": "2022-H1", "text": "13%", "data_as_at": "2022-06-30"}
    status = {"subject": "indicator", "id": "incasso", "status": "at_risk", "reported_on": "2022-09-15"}
    name = submitted(harness, REVISION, other, measurements=[figure], statuses=[status])
    outcome = enact(harness, name)
    assert {stream.partition("/")[0]: last - first for stream, (first, last) in outcome.versions.items()} == {
        "administration": 1,
        "plan": 2,
        "proposals": 0,
    }
    assert whole(harness, name)["changes"] == 4


# -- stale -------------------------------------------------------------------------------------------------------------


def refused_as_stale(harness: ServiceHarness, name: str) -> str:
    """What collides, as the refusal lists it; nothing is recorded, and the proposal says the same of itself."""
    before = [head(harness, stream) for stream in (plan_stream(PLAN), proposals_stream(PLAN))]
    with pytest.raises(ProposalStale) as refusal:
        enact(harness, name, act="delibera di Giunta n. 20 del 30/09/2022")
    assert [head(harness, stream) for stream in (plan_stream(PLAN), proposals_stream(PLAN))] == before
    told = harness.ask(lambda reader: staleness(harness.service, reader, PLAN, name))
    assert told == {"stale": True, "listed": list(refusal.value.listed)}
    return "\n".join(refusal.value.listed)


def enacted_after_another_submission(harness: ServiceHarness, name: str) -> None:
    """Submitted again, it shows the effects of now, and is enacted."""
    submit(harness, name)
    told = harness.ask(lambda reader: staleness(harness.service, reader, PLAN, name))
    assert told == {"stale": False, "listed": []}
    enact(harness, name, act="delibera di Giunta n. 20 del 30/09/2022")
    assert [shown["current"] for shown in whole(harness, name)["submissions"]] == [False, False]


def test_what_another_act_changed_meanwhile_collides(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-09-25").revise(">= 69%", "2022-09-24")
    assert "≥ 70,34% a ≥ 69%" in refused_as_stale(harness, name)
    enacted_after_another_submission(harness, name)


def test_what_was_annulled_meanwhile_collides(harness: ServiceHarness) -> None:
    outcome = harness.revise(">= 69%", "2022-09-10")
    name = submitted(harness)
    harness.annul(outcome.versions[plan_stream(PLAN)][0])
    assert "Annullat" in refused_as_stale(harness, name) or "≥ 69%" in refused_as_stale(harness, name)
    enacted_after_another_submission(harness, name)


def test_what_can_no_longer_be_changed_is_told_with_what_took_it_away(harness: ServiceHarness) -> None:
    name = submitted(harness)
    withdrawal = {"verb": "withdraw_indicator", "object": "incasso"}
    harness.on("2022-09-25").change(withdrawal, act="delibera di Giunta n. 8 del 24/09/2022")
    listed = refused_as_stale(harness, name)
    assert "Ritirato" in listed
    with pytest.raises(NotInForce):
        submit(harness, name)


def test_another_change_that_moves_the_rate_makes_it_stale(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-09-25").revise(">= 13%", "2022-09-24", indicator="cassetto")
    listed = refused_as_stale(harness, name)
    assert "mostrato «dal 0,0 % al 50,0 %, tetto ≤ 60%», ora «dal 50,0 % al 100,0 %, tetto ≤ 60%: superato»" in listed
    enacted_after_another_submission(harness, name)


def test_a_figure_that_moves_the_score_makes_it_stale(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-09-25").measure(series=f"{PLAN}.cassetto", period="2022-H1", text="7%", data_as_at="2022-06-30")
    assert "punteggio 2022: mostrato «95,25" in refused_as_stale(harness, name)
    enacted_after_another_submission(harness, name)


def test_what_is_elsewhere_in_the_plan_leaves_it_as_it_was(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-09-25").revise(">= 16%", "2022-09-24", indicator="cassetto", year=2023)
    other = submitted(harness, REVISION | {"object": "cassetto", "year": 2023, "target": ">= 12%"})
    act_on_proposal(harness.service, PLAN, other, WithdrawProposal(), OFFICE)
    enact(harness, name)
    assert whole(harness, name)["status"] == "enacted"


def test_an_act_of_another_day_than_expected_is_no_reason_to_refuse(harness: ServiceHarness) -> None:
    name = submitted(harness)
    enact(harness.on("2022-10-14"), name, act="delibera di Giunta n. 12 del 12/10/2022")
    assert (harness.target("2022-10-12"), harness.target("2022-10-11")) == (">= 68%", ">= 70,34%")


def test_a_proposal_that_waited_long_is_no_other_for_it(harness: ServiceHarness) -> None:
    name = submitted(harness)
    enact(harness.on("2022-12-05"), name)
    life = whole(harness, name)
    assert life["enactment"] is not None
    assert life["enactment"]["effects"] is not None
    born = {flag["rule"] for flag in life["enactment"]["effects"]["flags"]["2022"]["born"]}
    assert "recorded_late" in born  # it is told, and was no reason to refuse


def test_a_decision_late_in_the_year_is_foreseen(harness: ServiceHarness) -> None:
    name = drafted(harness)
    for day, rules in (("2022-09-30", set[str]()), ("2022-12-10", {"decided_late"})):
        submit(harness, name, day)
        effects = whole(harness, name)["submissions"][-1]["effects"]
        assert effects is not None
        born = {flag["rule"] for flag in effects["flags"]["2022"]["born"]}
        assert born & {"decided_late"} == rules


def test_an_act_of_another_year_changes_what_was_shown(harness: ServiceHarness) -> None:
    weight = {"verb": "reweigh_indicator", "object": "cassetto", "weight": "60"}
    name = submitted(harness, weight)
    harness.on("2023-01-20")
    with pytest.raises(ProposalStale) as refusal:
        enact(harness, name, act="delibera di Giunta n. 1 del 15/01/2023")
    assert "2023" in "\n".join(refusal.value.listed)


# -- who, by which act -------------------------------------------------------------------------------------------------


def test_whoever_drafted_or_amended_does_not_enact_but_by_an_exception(harness: ServiceHarness) -> None:
    name = submitted(harness)
    amend_proposal(harness.service, PLAN, name, proposed(), Caller("acc-second"))
    submit(harness, name)
    for caller in (OFFICE, Caller("acc-second")):
        with pytest.raises(DutiesNotSeparated):
            enact(harness, name, caller)
    enact(harness, name, OFFICE, exception="unico funzionario in servizio")
    (waiver,) = whole(harness, name)["separation_waived"]
    assert (waiver["rule"], waiver["words"]) == ("drafter_does_not_enact", "unico funzionario in servizio")
    assert whole(harness, name)["status"] == "enacted"


def test_an_exception_that_is_not_needed_is_told_and_not_recorded(harness: ServiceHarness) -> None:
    name = submitted(harness)
    outcome = enact(harness, name, exception="non serve")
    assert [(notice.where, notice.name) for notice in outcome.warnings] == [("exception", "exception_not_needed")]
    assert whole(harness, name)["separation_waived"] == []


def test_where_the_rule_is_off_the_exception_is_recorded_all_the_same(harness: ServiceHarness) -> None:
    harness.service = Service(harness.store, separation="off")
    name = submitted(harness)
    enact(harness, name, OFFICE)
    (waiver,) = whole(harness, name)["separation_waived"]
    assert waiver["words"] == SWITCHED_OFF
    other = submitted(harness, REVISION | {"object": "cassetto", "target": ">= 13%"})
    enact(harness, other, act="delibera di Giunta n. 10 del 03/10/2022")
    assert whole(harness, other)["separation_waived"] == []


def test_an_act_that_decided_something_else_is_asked_about(harness: ServiceHarness) -> None:
    enact(harness, submitted(harness))
    name = submitted(harness, REVISION | {"object": "cassetto", "target": ">= 13%"})
    with pytest.raises(ActReused) as refusal:
        enact(harness, name)
    revised, enacted = refusal.value.listed
    assert revised.startswith("versione 18: Rimodulato il target 2022 di «")
    assert enacted.startswith("versione 3: Adottata la proposta «")
    with pytest.raises(ActReused, match="altro atto ha quel numero"):
        enact(harness, name, act="delibera di Giunta n. 9 del 29/09/2022")
    with pytest.raises(ActDateDoubtful, match="redatta il 03/10/2022"):
        enact(harness, name, same_act=True)
    enact(harness, name, act=f"{ACT} (data confermata)", same_act=True)


def test_an_act_that_rejected_something_is_asked_about_too(harness: ServiceHarness) -> None:
    first, second = submitted(harness), submitted(harness)
    harness.on("2022-10-03")
    rejection = RejectProposal.model_validate({"justification": "no", "act": ACT})
    act_on_proposal(harness.service, PLAN, first, rejection, GIUNTA)
    with pytest.raises(ActReused):
        enact(harness, second)
    with pytest.raises(ActReused):
        act_on_proposal(harness.service, PLAN, second, rejection, GIUNTA)
    meant = rejection.model_copy(update={"same_act": True})
    act_on_proposal(harness.service, PLAN, second, meant, GIUNTA)
    assert harness.ask(lambda reader: proposal_list(reader, PLAN, NOW))["counts"]["rejected"] == 2


def test_an_act_under_another_id_is_the_same_act(harness: ServiceHarness) -> None:
    enact(harness, submitted(harness))
    name = submitted(harness, REVISION | {"object": "cassetto", "target": ">= 13%"})
    again = {"id": "la-nona", "body": "Giunta", "type": "delibera", "number": "9", "date": "2022-09-30"}
    with pytest.raises(ActReused):
        enact_proposal(harness.service, PLAN, name, EnactProposal.model_validate({"act": again}), GIUNTA)


def test_an_act_that_is_still_to_come_enacts_and_rejects_nothing(harness: ServiceHarness) -> None:
    name = submitted(harness)
    with pytest.raises(ActDateDoubtful):
        enact(harness, name, act="delibera di Giunta n. 9 del 30/11/2022 (data confermata)")
    rejection = RejectProposal.model_validate({"justification": "no", "act": "delibera di Giunta n. 9 del 30/11/2022"})
    with pytest.raises(ActDateDoubtful):
        act_on_proposal(harness.service, PLAN, name, rejection, GIUNTA)


def test_changes_from_before_the_act_say_why(harness: ServiceHarness) -> None:
    name = submitted(harness, effective_on="2022-09-30")
    with pytest.raises(RetroactiveUnsaid):
        enact(harness.on("2022-10-14"), name, act="delibera di Giunta n. 12 del 12/10/2022")
    amend_proposal(
        harness.service, PLAN, name, proposed(effective_on="2022-09-30", retroactive="ratifica l'urgenza"), OFFICE
    )
    submit(harness, name)
    with pytest.raises(ActDateDoubtful, match="modificata il 14/10/2022"):
        enact(harness, name, act="delibera di Giunta n. 12 del 12/10/2022")
    enact(harness, name, act="delibera di Giunta n. 12 del 12/10/2022 (data confermata)")
    assert harness.target("2022-09-30") == ">= 68%"


def test_an_act_of_before_the_text_that_it_rejects_is_asked_about(harness: ServiceHarness) -> None:
    name = submitted(harness)
    rejection = {"justification": "no", "act": "delibera di Giunta n. 8 del 19/09/2022"}
    with pytest.raises(ActDateDoubtful, match="redatta il 20/09/2022") as refusal:
        act_on_proposal(harness.service, PLAN, name, RejectProposal.model_validate(rejection), GIUNTA)
    assert refusal.value.problem.where == "act"
    confirmed = rejection | {"act": f"{rejection['act']} (data confermata)"}
    act_on_proposal(harness.service, PLAN, name, RejectProposal.model_validate(confirmed), GIUNTA)


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ({"effective_on": "2022-09-10"}, RetroactiveUnsaid),
        ({"effective_on": "2023-06-01"}, OutsidePlan),
    ],
)
def test_what_no_act_of_today_or_later_could_do_is_not_submitted(
    harness: ServiceHarness, file: dict[str, Any], error: type[DomainError]
) -> None:
    name = drafted(harness, **file, on="2022-09-05")
    for stated in ({}, file, {"on": "2022-09-05"}):
        with pytest.raises(error):
            submit_proposal(harness.service, PLAN, name, SubmitProposal.model_validate(stated), OFFICE)


def test_changes_of_before_the_act_are_foreseen_as_such(harness: ServiceHarness) -> None:
    name = drafted(harness, effective_on="2022-09-10", retroactive="ratifica l'urgenza")
    submit_proposal(harness.service, PLAN, name, SubmitProposal(), OFFICE)
    effects = whole(harness, name)["submissions"][-1]["effects"]
    assert effects is not None
    assert "retroactive" in {flag["rule"] for flag in effects["flags"]["2022"]["born"]}
    enact(harness, name)
    assert harness.target("2022-09-10") == ">= 68%"


def test_a_proposal_is_closed_once(harness: ServiceHarness) -> None:
    name = submitted(harness)
    enact(harness, name)
    commands: list[Callable[[], Outcome]] = [
        lambda: enact(harness, name),
        lambda: submit(harness, name),
        lambda: amend_proposal(harness.service, PLAN, name, proposed(), OFFICE),
        lambda: act_on_proposal(harness.service, PLAN, name, WithdrawProposal(), OFFICE),
    ]
    for again in commands:
        with pytest.raises(ProposalClosed):
            again()


def test_an_enactment_that_is_sent_twice_is_recorded_once(harness: ServiceHarness) -> None:
    name = submitted(harness)
    caller = GIUNTA._replace(command_id="adozione-1")
    first, second = enact(harness, name, caller), enact(harness, name, caller)
    assert (first.repeated, second.repeated, second.versions) == (False, True, first.versions)
    assert second.proposal == name
    with pytest.raises(CommandReused):
        enact(harness, name, caller, same_act=True)


def test_whoever_saw_an_earlier_submission_is_told(harness: ServiceHarness) -> None:
    name = submitted(harness)
    submit(harness, name)
    with pytest.raises(VersionOutdated):
        enact(harness, name, submission=2)
    enact(harness, name, submission=3)


# -- at once -----------------------------------------------------------------------------------------------------------


def at_once(*commands: Callable[[], Outcome]) -> list[Outcome | DomainError]:
    """What becomes of commands that are given at the same moment."""
    ready = threading.Barrier(len(commands))
    answers: list[Outcome | DomainError] = []

    def give(command: Callable[[], Outcome]) -> None:
        ready.wait()
        try:
            answers.append(command())
        except DomainError as error:
            answers.append(error)

    threads = [threading.Thread(target=give, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_of_enactments_at_once_one_wins_and_the_others_are_told(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-10-03")
    before = head(harness, plan_stream(PLAN))
    services = [Service(harness.store) for _ in range(4)]  # as workers are: nothing but the database in common

    def enacting(service: Service, number: int) -> Callable[[], Outcome]:
        command = EnactProposal.model_validate({"act": f"delibera di Giunta n. {number} del 30/09/2022"})
        return lambda: enact_proposal(service, PLAN, name, command, GIUNTA)

    answers = at_once(*(enacting(service, number) for number, service in enumerate(services, 9)))
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert {type(answer) for answer in answers if not isinstance(answer, Outcome)} <= {ProposalClosed, ConcurrentChange}
    assert head(harness, plan_stream(PLAN)) == before + 1
    assert [event["event"] for event in whole(harness, name)["events"]].count("proposal-enacted") == 1


def test_a_proposal_that_is_amended_while_it_is_enacted_is_one_or_the_other(harness: ServiceHarness) -> None:
    name = submitted(harness)
    harness.on("2022-10-03")
    amended = proposed(REVISION | {"target": ">= 60%"})
    command = EnactProposal.model_validate({"act": ACT})
    answers = at_once(
        lambda: amend_proposal(Service(harness.store), PLAN, name, amended, OFFICE),
        lambda: enact_proposal(Service(harness.store), PLAN, name, command, GIUNTA),
    )
    (refused,) = [answer for answer in answers if isinstance(answer, DomainError)]
    assert isinstance(refused, ProposalNotSubmitted | ProposalClosed | ConcurrentChange)
    enacted = whole(harness, name)["status"] == "enacted"
    assert harness.target("2022-12-31") == (">= 68%" if enacted else ">= 70,34%")


def test_what_is_amended_between_deciding_and_recording_is_not_enacted(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = submitted(harness)
    harness.on("2022-10-03")
    append = harness.store.append
    tried: list[Any] = []

    def overtaken(decided: Any) -> None:
        if not tried:
            tried.append(decided)
            monkeypatch.undo()
            amend_proposal(Service(harness.store), PLAN, name, proposed(REVISION | {"target": ">= 60%"}), OFFICE)
        append(decided)

    monkeypatch.setattr(harness.store, "append", overtaken)
    with pytest.raises(ProposalNotSubmitted, match="modificata dopo la presentazione"):
        enact(harness, name)
    assert tried
    assert harness.target("2022-12-31") == ">= 70,34%"


# -- the OIV, words, the two dates -------------------------------------------------------------------------------------


def test_an_opinion_after_its_deadline_is_told_as_late_and_an_amendment_makes_it_one_on_the_earlier_text(
    harness: ServiceHarness,
) -> None:
    name = submitted(harness)
    act_on_proposal(harness.service, PLAN, name, AskOpinion(due=date(2022, 9, 22)), OFFICE)
    opinion = GiveOpinion(judgement="contrary", about=f"proposal/{name}", words="No.")
    outcome = say(harness.on("2022-09-23").service, PLAN, opinion, Caller("oiv"))
    assert [notice.name for notice in outcome.warnings] == ["opinion_late"]
    amend_proposal(harness.service, PLAN, name, proposed(), OFFICE)
    life = whole(harness, name)
    assert (life["status"], life["opinions_given"][0]["late"], life["opinions_given"][0]["on_earlier_text"]) == (
        "draft",
        True,
        True,
    )
    with pytest.raises(ProposalNotSubmitted):
        say(harness.service, PLAN, opinion, Caller("oiv"))
    with pytest.raises(NotFound):
        say(harness.service, PLAN, MakeRemark(about="proposal/altra", words="?"), Caller("oiv"))
    say(harness.service, PLAN, MakeRemark(about=f"proposal/{name}", words="?"), Caller("oiv"))


def test_an_opinion_that_is_dated_in_time_and_comes_to_the_record_late_says_so(harness: ServiceHarness) -> None:
    name = submitted(harness)
    act_on_proposal(harness.service, PLAN, name, AskOpinion(due=date(2022, 9, 22)), OFFICE)
    opinion = GiveOpinion(judgement="contrary", about=f"proposal/{name}", words="No.", on=date(2022, 9, 21))
    outcome = say(harness.on("2022-09-25").service, PLAN, opinion, Caller("oiv"))
    assert [(notice.where, notice.name) for notice in outcome.warnings] == [("on", "opinion_recorded_late")]
    (given,) = whole(harness, name)["opinions_given"]
    assert (given["on"], given["late"], given["recorded_late"]) == ("2022-09-21", False, True)


def test_an_opinion_is_given_from_the_submission_to_the_decision(harness: ServiceHarness) -> None:
    name = submitted(harness)

    def saying(day: str) -> Outcome:
        opinion = {"judgement": "contrary", "about": f"proposal/{name}", "words": "No.", "on": day}
        return say(harness.service, PLAN, GiveOpinion.model_validate(opinion), Caller("oiv"))

    with pytest.raises(OutsidePlan, match="presentata il 20/09/2022"):
        saying("2022-09-19")
    enact(harness, name)
    with pytest.raises(ProposalClosed, match="adottata dal 30/09/2022"):
        saying("2022-10-01")
    saying("2022-09-30")
    remark = MakeRemark(about=f"proposal/{name}", words="?", on=date(2022, 10, 1))
    say(harness.service, PLAN, remark, Caller("oiv"))


def test_a_draft_plan_is_not_discarded_from_under_its_proposals(harness: ServiceHarness) -> None:
    harness.load(plan={"id": "bozza", "title": "B", "first_year": 2023, "last_year": 2025}, act=None, indicators=[])
    content = {"plan": "bozza", "title": "Un obiettivo", "justification": "dati", "cause": "other"}
    added = {"verb": "add_objective", "object": "a3", "level": "operational", "title": "Nuovo"}
    draft = ProposedChanges.model_validate(content | {"changes": [added]})
    draft_proposal(harness.service, "bozza", draft, OFFICE)
    with pytest.raises(ProposalsOpen) as refusal:
        harness.service.discard_draft("bozza", DiscardDraft(justification="una prova"), OFFICE)
    assert refusal.value.listed == ("proposta-1: bozza",)
    act_on_proposal(harness.service, "bozza", "proposta-1", WithdrawProposal(), OFFICE)
    harness.service.discard_draft("bozza", DiscardDraft(justification="una prova"), OFFICE)


def test_a_proposal_is_seen_as_it_stood_and_as_it_was_known(harness: ServiceHarness) -> None:
    name = drafted(harness)
    submit(harness.on("2022-09-22"), name)
    enact(harness, name)
    statuses = [whole(harness, name, day)["status"] for day in ("2022-09-21", "2022-09-22", "2022-09-30")]
    assert statuses == ["draft", "submitted", "enacted"]
    assert whole(harness, name, "2022-12-31", "2022-09-23")["status"] == "submitted"
    with pytest.raises(NotFound):
        whole(harness, name, "2022-09-19")
    listed = harness.ask(lambda reader: proposal_list(reader, PLAN, point("2022-09-22"), "submitted"))
    assert (len(listed["proposals"]), listed["counts"]["submitted"]) == (1, 1)
    assert harness.ask(lambda reader: proposal_list(reader, PLAN, NOW, "submitted"))["proposals"] == []


def test_the_audit_trail_tells_a_proposal_and_shows_no_document(harness: ServiceHarness) -> None:
    name = submitted(harness)
    enact(harness, name)
    trail = harness.ask(lambda reader: audit_trail(reader, PLAN, NOW))["events"]
    rows = {row["event"]: row for row in trail if row["stream"] == proposals_stream(PLAN)}
    assert list(rows) == ["proposal-enacted", "proposal-submitted", "proposal-drafted"]
    assert {row["note"] for row in rows.values()} == {None}
    assert rows["proposal-drafted"]["justification"] == "Rimodulazione"
    assert rows["proposal-enacted"]["sentence"].startswith("Adottata la proposta")


def test_the_words_of_a_proposal_are_redacted_by_order(harness: ServiceHarness) -> None:
    name = submitted(harness)
    order = RedactTexts(version=1, of="proposals", justification="dato personale")
    redact_texts(harness.service, PLAN, order, "decreto del Presidente n. 2 del 20/09/2022", OFFICE)
    life = whole(harness, name)
    assert (life["file"], life["title"]) == (None, None)
    assert life["redaction"] is not None
    assert harness.ask(lambda reader: staleness(harness.service, reader, PLAN, name)) is None
    with pytest.raises(ProposalRedacted):
        enact(harness, name)
    amend_proposal(harness.service, PLAN, name, proposed(), OFFICE)
    submit(harness, name)
    enact(harness, name, act="delibera di Giunta n. 9 del 03/10/2022")


def test_who_redacts_a_change_is_told_of_the_proposal_that_says_the_same(harness: ServiceHarness) -> None:
    name = submitted(harness, justification="come chiesto da Maria Rossi")
    version = enact(harness, name).versions[plan_stream(PLAN)][0]
    order = "decreto del Presidente n. 2 del 30/09/2022"
    told = [
        redact_texts(harness.service, PLAN, RedactTexts(version=each), order, OFFICE).warnings
        for each in (harness.revise(">= 14,5%", "2022-10-01", indicator="cassetto").version or 0, version)
    ]
    assert [[notice.name for notice in notices] for notices in told] == [[], ["words_in_proposal"]]
    assert f"{name}: redact --of proposals, versione 1" in told[1][0].words
    redact_texts(harness.service, PLAN, RedactTexts(version=1, of="proposals"), order, OFFICE)
    with harness.store.datastore.cursor() as cursor:
        texts = cursor.execute("SELECT text FROM text WHERE text IS NOT NULL", ()).fetchall()
    assert not [text for (text,) in texts if "Maria" in str(text)]


def test_a_yearly_update_is_proposed_with_the_year_that_its_act_will_approve(harness: ServiceHarness) -> None:
    harness.on("2023-01-10")
    added = {"verb": "add_objective", "object": "a3", "level": "operational", "title": "Nuovo", "parent": "a"}
    revised = REVISION | {"year": 2023, "target": ">= 72%"}
    name = drafted(harness, added, revised, approves_year=2023)
    submit(harness, name, "2023-01-31")
    harness.on("2023-02-01")
    enact(harness, name, act="delibera di Giunta n. 1 del 31/01/2023")
    with harness.store.reading() as reader:
        assert [record.event.topic for record in reader.records(plan_stream(PLAN))[-3:]] == [
            "objective-added",
            "target-revised",
            "year-approved",
        ]


def test_a_draft_plan_is_changed_by_a_proposal_as_well(harness: ServiceHarness) -> None:
    harness.load(plan={"id": "bozza", "title": "B", "first_year": 2023, "last_year": 2025}, act=None, indicators=[])
    content = {"plan": "bozza", "title": "Un obiettivo", "justification": "dati", "cause": "other"}
    added = {"verb": "add_objective", "object": "a3", "level": "operational", "title": "Nuovo"}
    draft = ProposedChanges.model_validate(content | {"changes": [added]})
    draft_proposal(harness.service, "bozza", draft, OFFICE)
    submit_proposal(harness.service, "bozza", "proposta-1", SubmitProposal(), OFFICE)
    enactment = EnactProposal.model_validate({"act": "delibera di Giunta n. 5 del 20/09/2022 (data confermata)"})
    enact_proposal(harness.service, "bozza", "proposta-1", enactment, GIUNTA)
    with harness.store.reading() as reader:
        assert reader.records(plan_stream("bozza"))[-1].event.topic == "objective-added"


def test_what_changed_after_its_writer_saw_it_is_not_drafted(harness: ServiceHarness) -> None:
    seen = head(harness, plan_stream(PLAN))
    harness.revise(">= 69%", "2022-09-10")
    caller = OFFICE._replace(seen=seen)
    with pytest.raises(VersionOutdated):
        draft_proposal(harness.service, PLAN, proposed(), caller)
    other = proposed(REVISION | {"object": "cassetto", "target": ">= 13%"})
    draft_proposal(harness.service, PLAN, other, caller)


def test_effects_that_were_redacted_are_shown_anew_before_it_is_enacted(harness: ServiceHarness) -> None:
    name = submitted(harness)
    order = RedactTexts(version=2, of="proposals")
    redact_texts(harness.service, PLAN, order, "decreto del Presidente n. 2 del 20/09/2022", OFFICE)
    assert whole(harness, name)["submissions"][0]["effects"] is None
    with pytest.raises(ProposalStale, match="oscurati"):
        enact(harness, name)
    submit(harness, name)
    enact(harness, name)


# -- figures, statuses, the rules of a year ----------------------------------------------------------------------------

FIGURE = {"series": f"{PLAN}.incasso", "period": "2022-H1", "text": "30%", "data_as_at": "2022-06-30", "restated": True}
STATUS = {"subject": "indicator", "id": "incasso", "status": "at_risk", "progress": "40", "reported_on": "2022-09-15"}


def effects_of(harness: ServiceHarness, name: str) -> EffectsShown:
    """The effects as they were submitted last."""
    effects = whole(harness, name)["submissions"][-1]["effects"]
    assert effects is not None
    return effects


def test_figures_and_statuses_are_shown_with_what_they_do(harness: ServiceHarness) -> None:
    first = {"series": f"{PLAN}.cassetto", "period": "2022-H1", "text": "13%", "data_as_at": "2022-06-30"}
    files = {"measurements": [FIGURE, first | {"finality": "provisional"}, first], "statuses": [STATUS]}
    name = submitted(harness, changes=[], **files)
    effects = effects_of(harness, name)
    assert effects["changes"] == []
    assert [
        (
            row["kind"],
            row["object"],
            row["period"],
            row["before"],
            row["before_finality"],
            row["after"],
            row["finality"],
        )
        for row in effects["values"]
    ] == [
        ("restatement", "indicator/incasso", "2022-H1", "67%", "final", "30%", "final"),
        ("measurement", "indicator/cassetto", "2022-H1", None, None, "13%", "provisional"),
        ("measurement", "indicator/cassetto", "2022-H1", "13%", "provisional", "13%", "final"),
        ("status", "indicator/incasso", None, None, None, "a rischio, avanzamento 40%", None),
    ]
    assert effects["values"][0]["words"] == (
        "«Percentuale di incasso», 2022-H1: da 67% (definitivo) a 30% (definitivo)"
    )
    assert effects["scores"]["2022"]["before"]["in_force"] == "95.25"
    assert effects["scores"]["2022"]["after"]["in_force"] not in {None, "95.25"}
    enact(harness, name)
    enactment = whole(harness, name)["enactment"]
    assert enactment is not None
    assert enactment["effects"] is not None
    assert enactment["effects"]["values"] == effects["values"]


def test_a_figure_that_moved_meanwhile_makes_what_restates_it_stale(harness: ServiceHarness) -> None:
    name = submitted(harness, changes=[], measurements=[FIGURE])
    restated = {key: value for key, value in FIGURE.items() if key != "restated"} | {"text": "60%"}
    harness.on("2022-09-25").restate(**restated, effective_on="2022-09-25")
    listed = refused_as_stale(harness, name)
    assert "valore o stato mostrato: «Percentuale di incasso», 2022-H1: da 67% (definitivo) a 30%" in listed
    assert "valore o stato che non era stato mostrato: «Percentuale di incasso», 2022-H1: da 60%" in listed
    enacted_after_another_submission(harness, name)


def test_the_rules_of_a_year_are_shown_with_their_ceiling(harness: ServiceHarness) -> None:
    rules = {"verb": "adopt_system", "year": 2022, "system": {"name": "SMVP", "change_rate_ceiling": "40"}}
    name = submitted(harness, rules)
    effects = effects_of(harness, name)
    (row,) = effects["values"]
    assert (row["kind"], row["words"]) == ("other", "Adottato dall'amministrazione il sistema di misurazione 2022")
    assert list(effects["change_rate"]) == list(effects["scores"]) == ["2022"]
    assert "tetto ≤ 40%" in effects["change_rate"]["2022"]["official"]["words"]
    enact(harness, name)


def test_effects_of_an_earlier_program_are_read_and_what_they_did_not_show_is_shown_anew(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = without_words

    def as_then(effects: EffectsShown) -> EffectsShown:
        kept = dict(document(effects))
        del kept["values"]
        return kept  # type: ignore[return-value]  # as they were kept

    monkeypatch.setattr("api.commands.proposals.without_words", as_then)
    plain, silent = submitted(harness), submitted(harness, changes=[], statuses=[STATUS])
    monkeypatch.undo()
    assert effects_of(harness, silent)["values"] == []
    with pytest.raises(ProposalStale, match="non era stato mostrato: Stato di «Percentuale di incasso»"):
        enact(harness, silent)
    enact(harness, plain)


# -- an act of another day ---------------------------------------------------------------------------------------------


def test_an_act_of_another_day_with_other_effects_is_refused_until_they_are_shown(harness: ServiceHarness) -> None:
    name = drafted(harness)
    submit(harness, name, "2022-03-01")
    assert effects_of(harness, name)["scores"]["2022"]["before"]["in_force"] is None
    with pytest.raises(ProposalStale) as refusal:
        enact(harness, name)
    assert refusal.value.problem.where == "act"
    assert "con efficacia dal 30/09/2022" in refusal.value.problem.accepted
    assert any(line.startswith("punteggio 2022: mostrato «—") for line in refusal.value.listed)
    submit(harness, name, "2022-09-30")
    enact(harness, name)


def test_a_flag_that_is_born_of_the_day_of_the_act_is_shown_first(harness: ServiceHarness) -> None:
    name = submitted(harness)
    late = "delibera di Giunta n. 30 del 10/12/2022"
    with pytest.raises(ProposalStale, match="segnalazioni che nascono 2022"):
        enact(harness.on("2022-12-10"), name, act=late)
    submit(harness, name, "2022-12-10")
    assert enact(harness, name, act=late).warnings == ()


def test_an_act_after_the_day_from_which_the_changes_hold_is_shown_as_retroactive_first(
    harness: ServiceHarness,
) -> None:
    name = submitted(harness, effective_on="2022-09-30", retroactive="ratifica l'urgenza")
    late = "delibera di Giunta n. 30 del 09/12/2022"
    with pytest.raises(ProposalStale, match="Efficacia anteriore all'atto"):
        enact(harness.on("2022-12-10"), name, act=late)
    submit(harness, name)
    enact(harness, name, act=late)


def test_a_flag_that_no_submission_could_foresee_is_told_when_it_is_born(harness: ServiceHarness) -> None:
    name = submitted(harness)
    (notice,) = enact(harness.on("2022-12-05"), name).warnings
    assert (notice.where, notice.name) == ("act", "flag_not_shown")


# -- what became of it since -------------------------------------------------------------------------------------------


def test_the_time_of_the_oiv_is_that_of_the_day_of_the_question(harness: ServiceHarness) -> None:
    name = submitted(harness)
    act_on_proposal(harness.service, PLAN, name, AskOpinion(due=date(2022, 9, 28)), OFFICE)

    def told(now: str, day: str = "2022-12-31") -> OivTime:
        with harness.store.reading() as reader:
            life = proposal_whole(reader, PLAN, name, point(day), now=date.fromisoformat(now))
        assert life["submissions"][0]["effects"] is not None
        return life["submissions"][0]["effects"]["oiv"]

    assert (told("2022-09-25")["due"], told("2022-09-25")["days_left"]) == ("2022-09-28", 3)
    assert told("2022-09-30")["words"].startswith("Parere dell'OIV scaduto il 28/09/2022")
    assert told("2022-09-30", "2022-09-27")["days_left"] == 1
    opinion = GiveOpinion(judgement="contrary", about=f"proposal/{name}", words="No.")
    say(harness.on("2022-09-23").service, PLAN, opinion, Caller("oiv"))
    assert told("2022-09-25")["words"].startswith("L'OIV si è già espresso")
    amend_proposal(harness.service, PLAN, name, proposed(), OFFICE)
    submit(harness, name)
    with harness.store.reading() as reader:
        again = proposal_whole(reader, PLAN, name, NOW, now=date(2022, 9, 25))["submissions"]
    (first, second) = (shown["effects"] for shown in again)
    assert first is not None
    assert second is not None
    assert first["oiv"]["words"].startswith("Parere dell'OIV non chiesto")  # as it was shown then
    assert second["oiv"]["words"].endswith("l'OIV si è espresso sul testo di prima")


def annulled(harness: ServiceHarness, name: str, day: str = "2022-12-31", known: str | None = None) -> object:
    """What its row says of the annulment: when, by which act, whether of all."""
    row = whole(harness, name, day, known)["annulled"]
    return row and (row["on"], row["act"], row["whole"], row["versions"])


def test_an_enactment_that_was_annulled_says_so_and_is_counted_apart(harness: ServiceHarness) -> None:
    name = submitted(harness)
    (version, _) = enact(harness, name).versions[plan_stream(PLAN)]
    other = submitted(harness, REVISION | {"object": "cassetto", "target": ">= 13%"})
    enact(harness, other, act="delibera di Giunta n. 10 del 03/10/2022")
    assert annulled(harness, name) is None
    harness.on("2022-11-05").annul(version, act="delibera di Giunta n. 14 del 04/11/2022")
    by = "delibera-giunta-14-2022-11-04"
    assert annulled(harness, name) == ("2022-11-04", by, True, [version])
    assert annulled(harness, name, "2022-11-03") is None
    assert annulled(harness, name, known="2022-11-04") is None
    assert annulled(harness, other) is None
    listed = harness.ask(lambda reader: proposal_list(reader, PLAN, NOW))
    assert (listed["counts"]["enacted"], listed["annulled"]) == (2, 1)
    assert [row["status"] for row in listed["proposals"]] == ["enacted", "enacted"]
    harness.annul(head(harness, plan_stream(PLAN)))  # the annulment is annulled
    assert annulled(harness, name) is None


def test_an_enactment_that_was_annulled_in_part_or_by_mistake_says_so(harness: ServiceHarness) -> None:
    name = submitted(harness, REVISION, {"verb": "reweigh_indicator", "object": "cassetto", "weight": "60"})
    (first, last) = enact(harness, name).versions[plan_stream(PLAN)]
    harness.on("2022-11-05").annul(first)
    assert annulled(harness, name) == ("2022-11-05", None, False, [first])
    harness.on("2022-11-06").annul(last)
    assert annulled(harness, name) == ("2022-11-06", None, True, [first, last])


def test_an_enactment_of_figures_that_were_annulled_says_so(harness: ServiceHarness) -> None:
    name = submitted(harness, changes=[], measurements=[FIGURE])
    (_, last) = enact(harness, name).versions[administration_stream("cciaa-prova")]
    harness.on("2022-11-05").annul(last, measurements=True)
    assert annulled(harness, name) == ("2022-11-05", None, True, [])


def test_an_enactment_that_was_put_right_counts(harness: ServiceHarness) -> None:
    name = submitted(harness)
    (version, _) = enact(harness, name).versions[plan_stream(PLAN)]
    harness.on("2022-11-05").change(
        REVISION | {"target": ">= 67%", "kind": "correction", "restores": [version]}, act=None
    )
    assert annulled(harness, name) is None


def test_an_approval_that_another_act_annulled_is_no_longer_that_of_its_proposal(harness: ServiceHarness) -> None:
    harness.on("2023-01-10")
    name = drafted(harness, approves_year=2023, changes=[REVISION | {"year": 2023, "target": ">= 72%"}])
    submit(harness, name, "2023-01-31")
    harness.on("2023-02-01")
    (_, approval) = enact(harness, name, act="delibera di Giunta n. 1 del 31/01/2023").versions[plan_stream(PLAN)]
    harness.on("2023-03-01").annul(approval, act="delibera di Giunta n. 5 del 01/03/2023")
    by = "delibera-giunta-5-2023-03-01"
    assert annulled(harness, name, "2023-12-31") == ("2023-03-01", by, False, [approval])
