"""Given what happened to the proposals of a plan, when more is done to one, then an event or a refusal."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.acts.model import Act
from domain.acts.phrase import read_act
from domain.errors import AlreadyThere, DomainError, NotFound, OutsidePlan, VersionOutdated
from domain.event import Event
from domain.oiv.events import OpinionGiven
from domain.proposals import decide as d
from domain.proposals import events as e
from domain.proposals.life import ProposalLife, late_by, lives, opinions_on_proposal
from tests.support.given import PLAN, Decided, Stream

ONE = d.FileCounts(1, 0, 0)
DRAFTED = e.ProposalDrafted(proposal="p", changes=1)
AMENDED = e.ProposalAmended(proposal="p", changes=2)
SUBMITTED = e.ProposalSubmitted(
    proposal="p", text=1, as_of=date(2022, 9, 30), plan_version=9, administration_version=3, years=(2022,)
)
ASKED = e.ProposalOpinionAsked(proposal="p", due=date(2022, 9, 25))
WITHDRAWN = e.ProposalWithdrawn(proposal="p")
REJECTED = e.ProposalRejected(proposal="p", submission=2)
ENACTED = e.ProposalEnacted(proposal="p", submission=2, plan_versions=(10, 11))
CLOSED = (WITHDRAWN, REJECTED, ENACTED)
TODAY = date(2022, 9, 21)


def given(*events: Event, actor: str = "ufficio-performance") -> Stream:
    """What happened, an event a day from 10 September on."""
    stream = Stream(f"proposals/{PLAN}")
    for day, event in enumerate(events, 10):
        stream.add(date(2022, 9, day), event)
        stream.records[-1] = stream.records[-1]._replace(actor=actor)
    return stream


def life(*events: Event) -> ProposalLife:
    """The proposal p."""
    return lives(given(*events).records)["p"]


def when(decide: Callable[[ProposalLife], Event], *events: Event) -> Decided:
    """What is done to the proposal p after what happened."""
    return Decided(lambda: decide(life(*events)))


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((DRAFTED,), "draft"),
        ((DRAFTED, SUBMITTED), "submitted"),
        ((DRAFTED, SUBMITTED, ASKED), "submitted"),
        ((DRAFTED, SUBMITTED, AMENDED), "draft"),
        ((DRAFTED, SUBMITTED, AMENDED, SUBMITTED), "submitted"),
        ((DRAFTED, WITHDRAWN), "withdrawn"),
        ((DRAFTED, SUBMITTED, REJECTED), "rejected"),
        ((DRAFTED, SUBMITTED, ENACTED), "enacted"),
    ],
)
def test_a_status_is_derived_from_what_happened(events: tuple[Event, ...], status: str) -> None:
    assert life(*events).status == status
    assert given(*events).timelines.value("proposal/p", "status", date.max) == status


def test_a_draft_is_numbered_unless_it_is_named() -> None:
    none: dict[str, ProposalLife] = {}
    assert d.drafted(none, None, ONE) == e.ProposalDrafted(proposal="proposta-1", changes=1)
    named = d.FileCounts(3, 2, 1, "9" * 64)
    assert d.drafted(none, "autunno", named) == e.ProposalDrafted(
        proposal="autunno", changes=3, measurements=2, statuses=1, sha256="9" * 64
    )
    taken = lives(given(e.ProposalDrafted(proposal="proposta-2", changes=1)).records)
    assert d.drafted(taken, None, ONE).proposal == "proposta-3"
    with pytest.raises(AlreadyThere):
        d.drafted(taken, "proposta-2", ONE)


def test_an_open_proposal_is_amended_submitted_commented_and_withdrawn() -> None:
    for events in ((DRAFTED,), (DRAFTED, SUBMITTED)):
        when(lambda p: d.amended(p, d.FileCounts(2, 0, 0)), *events).then(AMENDED)
        when(lambda p: d.submitted(p, date(2022, 9, 30), (9, 3), {2022}), *events).then(SUBMITTED)
        when(d.withdrawn, *events).then(WITHDRAWN)
        when(d.commented, *events).then(e.ProposalCommented(proposal="p", comment="commento-1"))
    first = e.ProposalCommented(proposal="p", comment="commento-1")
    when(d.commented, DRAFTED, first).then(e.ProposalCommented(proposal="p", comment="commento-2"))


def test_a_submission_names_the_text_that_it_shows() -> None:
    when(lambda p: d.submitted(p, date(2022, 9, 30), (9, 3), [2023, 2022]), DRAFTED, SUBMITTED, AMENDED).then(
        SUBMITTED.model_copy(update={"text": 3, "years": (2022, 2023)})
    )


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize(
    "decide",
    [
        lambda p: d.amended(p, ONE),
        lambda p: d.submitted(p, date(2022, 9, 30), (9, 3), ()),
        d.commented,
        lambda p: d.opinion_asked(p, None, TODAY),
        d.withdrawn,
        d.rejected,
        lambda p: d.enacted(p, None, None),
    ],
)
def test_nothing_more_becomes_of_a_closed_proposal(closed: Event, decide: Callable[[ProposalLife], Event]) -> None:
    when(decide, DRAFTED, SUBMITTED, closed).refused(d.ProposalClosed, "12/09/2022", where="proposal")


@pytest.mark.parametrize(
    "decide", [lambda p: d.opinion_asked(p, None, TODAY), d.rejected, lambda p: d.enacted(p, None, None)]
)
def test_what_is_decided_on_is_submitted_as_it_stands(decide: Callable[[ProposalLife], Event]) -> None:
    when(decide, DRAFTED).refused(d.ProposalNotSubmitted, "ancora una bozza")
    when(decide, DRAFTED, SUBMITTED, AMENDED).refused(d.ProposalNotSubmitted, "modificata dopo la presentazione")


def test_a_submitted_proposal_is_rejected_or_enacted_as_it_was_submitted_last() -> None:
    again = SUBMITTED.model_copy(update={"text": 1})
    when(d.rejected, DRAFTED, SUBMITTED).then(REJECTED)
    when(d.rejected, DRAFTED, SUBMITTED, again).then(REJECTED.model_copy(update={"submission": 3}))
    when(lambda p: d.enacted(p, (10, 11), (4, 4)), DRAFTED, SUBMITTED).then(
        ENACTED.model_copy(update={"administration_versions": (4, 4)})
    )


def test_who_enacts_may_say_which_submission_was_seen() -> None:
    proposal = life(DRAFTED, SUBMITTED, SUBMITTED)
    assert d.submission_to_enact(proposal, None)[0].version == 3
    assert d.submission_to_enact(proposal, 3)[0].version == 3
    with pytest.raises(VersionOutdated, match="versione 3") as refusal:
        d.submission_to_enact(proposal, 2)
    assert refusal.value.problem.where == "submission"


def test_the_oiv_is_asked_by_a_day_that_has_not_passed() -> None:
    when(lambda p: d.opinion_asked(p, date(2022, 9, 25), TODAY), DRAFTED, SUBMITTED).then(ASKED)
    when(lambda p: d.opinion_asked(p, TODAY, TODAY), DRAFTED, SUBMITTED).then(ASKED.model_copy(update={"due": TODAY}))
    when(lambda p: d.opinion_asked(p, date(2022, 9, 20), TODAY), DRAFTED, SUBMITTED).refused(OutsidePlan, where="due")


def test_the_days_of_a_proposal_never_go_back() -> None:
    proposal = life(DRAFTED, SUBMITTED)
    assert d.day_of_event(None, None, TODAY) == TODAY
    assert d.day_of_event(None, date(2022, 1, 1), TODAY) == date(2022, 1, 1)
    assert d.day_of_event(proposal, date(2022, 9, 11), TODAY) == date(2022, 9, 11)
    assert d.day_of_event(proposal, None, date(2022, 9, 1)) == date(2022, 9, 11)
    for stated, words in ((date(2022, 9, 22), "futuro"), (date(2022, 9, 10), "già registrato")):
        with pytest.raises(OutsidePlan, match=words) as refusal:
            d.day_of_event(proposal, stated, TODAY)
        assert refusal.value.problem.where == "on"


def test_drafters_are_all_who_put_a_text_in_and_nobody_else() -> None:
    stream = given(DRAFTED, SUBMITTED, AMENDED)
    actors = ["acc-a", "acc-b", "acc-c"]
    records = [record._replace(actor=actor) for record, actor in zip(stream.records, actors, strict=True)]
    assert lives(records)["p"].drafters == {"acc-a", "acc-c"}


def test_what_is_spoken_of_is_there_and_was_there_that_day() -> None:
    proposals = lives(given(DRAFTED).records)
    d.require_proposal(proposals, "p", date(2022, 9, 10), opinion=False)
    with pytest.raises(NotFound, match="proposal/p") as refusal:
        d.require_proposal(proposals, "q", TODAY, opinion=False)
    assert refusal.value.problem.where == "about"
    with pytest.raises(OutsidePlan, match="redatta il 10/09/2022") as early:
        d.require_proposal(proposals, "p", date(2022, 9, 9), opinion=False)
    assert early.value.problem.where == "on"
    with pytest.raises(NotFound, match="una fra: p"):
        d.proposal_named(proposals, "q")


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((DRAFTED,), "è una bozza"),
        ((DRAFTED, WITHDRAWN), "è una bozza"),
        ((DRAFTED, SUBMITTED, AMENDED), "modificata dopo la presentazione"),
        ((DRAFTED, SUBMITTED, AMENDED, WITHDRAWN), "modificata dopo la presentazione"),
    ],
)
def test_an_opinion_is_on_what_was_submitted_as_it_stands(events: tuple[Event, ...], words: str) -> None:
    proposals = lives(given(*events).records)
    with pytest.raises(d.ProposalNotSubmitted, match=words):
        d.require_proposal(proposals, "p", TODAY, opinion=True)
    d.require_proposal(proposals, "p", TODAY, opinion=False)


@pytest.mark.parametrize("closed", CLOSED)
def test_an_opinion_is_given_from_the_submission_to_the_decision(closed: Event) -> None:
    proposals = lives(given(DRAFTED, SUBMITTED, SUBMITTED, closed).records)
    for day in (11, 12, 13):
        d.require_proposal(proposals, "p", date(2022, 9, day), opinion=True)
    with pytest.raises(OutsidePlan) as early:
        d.require_proposal(proposals, "p", date(2022, 9, 10), opinion=True)
    with pytest.raises(d.ProposalClosed) as after:
        d.require_proposal(proposals, "p", date(2022, 9, 14), opinion=True)
    assert [refusal.value.problem.where for refusal in (early, after)] == ["on", "on"]
    for refusal in (early, after):
        assert "dal 11/09/2022 al 13/09/2022" in refusal.value.problem.accepted
    d.require_proposal(proposals, "p", date(2022, 9, 14), opinion=False)


def test_a_draft_plan_keeps_no_open_proposal_when_it_is_discarded() -> None:
    d.require_none_open({})
    for closed in CLOSED:
        d.require_none_open(lives(given(DRAFTED, SUBMITTED, closed).records))
    other = e.ProposalDrafted(proposal="q", changes=1)
    with pytest.raises(d.ProposalsOpen) as refusal:
        d.require_none_open(lives(given(DRAFTED, SUBMITTED, other).records))
    assert (refusal.value.listed, refusal.value.problem.where) == (("p: presentata", "q: bozza"), "plan")


def opinion_on(day: str) -> Stream:
    """An opinion on the proposal p, recorded on its day."""
    stream = Stream(f"review/{PLAN}")
    stream.add(day, OpinionGiven(opinion="parere-1", judgement="contrary", about="proposal/p"))
    stream.add(day, OpinionGiven(opinion="parere-2", judgement="contrary", about="proposal/q"))
    return stream


@pytest.mark.parametrize(("day", "late"), [("2022-09-20", False), ("2022-09-25", False), ("2022-09-26", True)])
def test_an_opinion_after_the_day_by_which_it_was_asked_is_late(day: str, *, late: bool) -> None:
    proposal = life(DRAFTED, SUBMITTED, ASKED)
    (opinion,) = opinions_on_proposal(proposal, opinion_on(day).records)
    assert (opinion.event.opinion, opinion.late, opinion.due) == ("parere-1", late, date(2022, 9, 25))
    assert late_by(proposal, date.fromisoformat(day)) == (date(2022, 9, 25) if late else None)
    assert late_by(life(DRAFTED, SUBMITTED), date.fromisoformat(day)) is None


@pytest.mark.parametrize(("recorded", "recorded_late"), [(25, False), (26, True)])
def test_an_opinion_that_is_dated_in_time_and_recorded_after_its_deadline_says_so(
    recorded: int, *, recorded_late: bool
) -> None:
    (record, _) = opinion_on("2022-09-25").records
    record = record._replace(recorded_at=record.recorded_at.replace(month=9, day=recorded))
    (opinion,) = opinions_on_proposal(life(DRAFTED, SUBMITTED, ASKED), [record])
    assert (opinion.late, opinion.recorded_late) == (False, recorded_late)


def test_an_opinion_is_on_the_text_that_it_saw() -> None:
    reviews = opinion_on("2022-09-12").records
    (before,) = opinions_on_proposal(life(DRAFTED, SUBMITTED), reviews)
    (after,) = opinions_on_proposal(life(DRAFTED, SUBMITTED, ASKED, AMENDED), reviews)
    assert (before.on_earlier_text, after.on_earlier_text) == (False, True)
    assert (before.due, after.due) == (None, None)  # it spoke before it was asked


def act(phrase: str) -> Act:
    """An act by its phrase."""
    return read_act(phrase)


def test_an_act_that_decided_something_else_is_asked_about() -> None:
    enacting = act("delibera di Giunta n. 9 del 30/09/2022")
    d.require_act_unused(enacting, [], [enacting], meant=False)
    refusal = _refused(lambda: d.require_act_unused(enacting, ["plan/x versione 3"], [], meant=False))
    assert refusal.listed == ("plan/x versione 3",)
    d.require_act_unused(enacting, ["plan/x versione 3"], [], meant=True)


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ("delibera di Giunta n. 9 del 12/10/2022", True),
        ("delibera di Giunta n. 09 del 12/10/2022", True),
        ("delibera di Giunta n. 9 del 12/10/2021", False),
        ("delibera di Giunta n. 10 del 12/10/2022", False),
        ("determina del Segretario Generale n. 9 del 12/10/2022", False),
    ],
)
def test_a_number_that_an_act_of_another_date_has_is_asked_about(other: str, *, asked: bool) -> None:
    enacting = act("delibera di Giunta n. 9 del 30/09/2022")
    if not asked:
        d.require_act_unused(enacting, [], [act(other)], meant=False)
        return
    refusal = _refused(lambda: d.require_act_unused(enacting, [], [act(other)], meant=False))
    assert "altra data" in refusal.listed[0]
    d.require_act_unused(enacting, [], [act(other)], meant=True)


def _refused(decide: Callable[[], None]) -> DomainError:
    with pytest.raises(d.ActReused) as refusal:
        decide()
    assert refusal.value.problem.where == "act"
    return refusal.value
