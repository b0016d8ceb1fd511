"""Given a plan and what the OIV said so far, when it says more, then an event or a refusal."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.errors import AlreadyThere, DomainError, NoChange, NotFound, OutsidePlan
from domain.event import Event
from domain.oiv import commands as c
from domain.oiv import decide as d
from domain.oiv import events as e
from domain.plans.state import PlanState
from domain.timelines import Timelines
from domain.vocabulary import Frozen
from tests.support.given import PLAN, Decided, Given, Stream

DIGEST = "1" * 64
REMARK = e.RemarkMade(remark="rilievo-1", about="indicator/i")
REQUEST = e.RequestMade(request="richiesta-1", about="plan")
VALIDATED = e.ReportValidated(year=2022)
POPULATION = ["s.i\n2022-H1\n3", "s.j\n2022-H1\n4", "s.j\n2022\n7"]

Act = Callable[[Timelines, PlanState, int, Any], Event]


def saying(act: Act, command: Frozen, *said: Event, on: str = "2022-09-30") -> Decided:
    """What the OIV says of a plan of one objective and one indicator, after what it `said` already."""
    review = Stream(f"review/{PLAN}")
    if said:
        review.add("2022-09-01", *said)
    plan = Given().objective("a").indicator("i", "a", ">= 80").approved()

    def decide(state: PlanState, command: Frozen) -> Event:
        return act(review.timelines, state, len(plan.records), command)

    return plan.when(decide, command, on)


def answering(review: Timelines, _state: PlanState, _head: int, command: c.GiveAnswer) -> e.AnswerGiven:
    return d.answer_remark(review, command)


def validating(review: Timelines, state: PlanState, _head: int, command: c.ValidateReport) -> Event:
    return d.validation(review, state, command)


@pytest.mark.parametrize("stated", ["2022-09-29", "2022-09-30", None])
def test_what_is_said_has_its_day_or_that_of_today(stated: str | None) -> None:
    day = date.fromisoformat(stated) if stated else None
    assert d.day_of(day, date(2022, 9, 30)) == (day or date(2022, 9, 30))


def test_nothing_is_said_on_a_day_to_come() -> None:
    with pytest.raises(OutsidePlan, match="01/10/2022") as refusal:
        d.day_of(date(2022, 10, 1), date(2022, 9, 30))
    assert (refusal.value.problem.where, refusal.value.problem.accepted) == ("on", "una data fino al 30/09/2022")


def test_an_opinion_a_remark_and_a_request_are_numbered_unless_they_are_named() -> None:
    opinion = c.GiveOpinion(judgement="conditional", words="Con riserve.", versions=(2,), year=2022)
    saying(d.opinion, opinion).then(
        e.OpinionGiven(opinion="parere-1", judgement="conditional", about="plan", versions=(2,), year=2022)
    )
    saying(d.remark, c.MakeRemark(about="indicator/i", words="?")).then(REMARK)
    second = REMARK.model_copy(update={"remark": "rilievo-2"})
    saying(d.remark, c.MakeRemark(about="indicator/i", words="?"), REMARK).then(second)
    named = REMARK.model_copy(update={"remark": "sulla-fonte"})
    saying(d.remark, c.MakeRemark(about="indicator/i", words="?", remark="sulla-fonte"), REMARK).then(named)
    request = c.MakeRequest(words="?", due=date(2022, 9, 30))
    saying(d.request, request).then(REQUEST.model_copy(update={"due": date(2022, 9, 30)}))


@pytest.mark.parametrize(
    ("act", "command"),
    [
        (d.opinion, lambda **said: c.GiveOpinion(judgement="contrary", words="?", **said)),
        (d.remark, lambda **said: c.MakeRemark(words="?", **said)),
        (d.request, lambda **said: c.MakeRequest(words="?", **said)),
    ],
)
def test_what_is_said_is_about_what_is_there(act: Act, command: Callable[..., Frozen]) -> None:
    for about in ("indicator/nulla", "objective/i"):
        saying(act, command(about=about)).refused(NotFound, where="about")
    refusal = saying(act, command(versions=(2, 99))).refused(NotFound, "evento 99", where="versions")
    assert refusal.problem.accepted == "da 1 a 6"


@pytest.mark.parametrize(
    ("act", "command", "said", "where"),
    [
        (d.opinion, c.GiveOpinion(judgement="contrary", words="?", opinion="uno"),
         e.OpinionGiven(opinion="uno", judgement="contrary", about="plan"), "opinion"),
        (d.remark, c.MakeRemark(words="?", remark="rilievo-1"), REMARK, "remark"),
        (d.request, c.MakeRequest(words="?", request="richiesta-1"), REQUEST, "request"),
    ],
)  # fmt: skip
def test_a_name_is_taken_once(act: Act, command: Frozen, said: Event, where: str) -> None:
    saying(act, command, said).refused(AlreadyThere, where=where)


def test_nothing_is_asked_for_by_a_day_that_is_past() -> None:
    saying(d.request, c.MakeRequest(words="?", due=date(2022, 9, 29))).refused(OutsidePlan, where="due")


@pytest.mark.parametrize("to", ["rilievo-1", "richiesta-1"])
def test_what_was_remarked_or_asked_is_answered(to: str) -> None:
    saying(answering, c.GiveAnswer(to=to, words="Fatto."), REMARK, REQUEST).then(
        e.AnswerGiven(answer="risposta-1", to=to)
    )


@pytest.mark.parametrize(
    ("said", "accepted"), [((), "uno fra: nessuno finora"), ((REMARK, REQUEST), "uno fra: rilievo-1, richiesta-1")]
)
def test_what_was_not_asked_is_not_answered(said: tuple[Event, ...], accepted: str) -> None:
    refusal = saying(answering, c.GiveAnswer(to="rilievo-9", words="?"), *said).refused(NotFound, where="to")
    assert refusal.problem.accepted == accepted


def test_a_report_is_validated_once_its_year_is_over_and_the_opposite_may_follow() -> None:
    saying(validating, c.ValidateReport(year=2022, words="sì", sha256=DIGEST), on="2023-01-01").then(
        e.ReportValidated(year=2022, sha256=DIGEST)
    )
    refused = c.ValidateReport(year=2022, words="no", validated=False)
    saying(validating, refused, VALIDATED, on="2023-01-01").then(e.ReportNotValidated(year=2022))


@pytest.mark.parametrize(
    ("year", "on", "error"),
    [
        (2022, "2022-12-31", OutsidePlan),
        (2025, "2026-06-30", OutsidePlan),
        (2022, "2023-06-30", NoChange),
    ],
)
def test_a_report_that_cannot_be_validated_is_refused(year: int, on: str, error: type[DomainError]) -> None:
    saying(validating, c.ValidateReport(year=year, words="sì"), VALIDATED, on=on).refused(error)


def test_a_flag_is_answered_where_it_is_raised() -> None:
    def of_raised(*raised: str) -> Act:
        return lambda _review, _state, _head, command: d.flag_answer(raised, command)

    command = c.AnswerFlag(flag="lowered_target/i/2022", words="Dati nuovi.")
    answered = e.FlagAnswered(flag="lowered_target/i/2022", rule="lowered_target")
    saying(of_raised("lowered_target/i/2022"), command).then(answered)
    refusal = saying(of_raised("lowered_target/i/2023"), command).refused(NotFound, where="flag")
    assert refusal.problem.accepted == "una fra: lowered_target/i/2023"
    assert saying(of_raised(), command).refused(NotFound).problem.accepted == "una fra: nessuna segnalazione"


@pytest.mark.parametrize(("size", "drawn"), [(1, 1), (3, 3), (9, 3)])
def test_a_sample_is_drawn_from_its_seed(size: int, drawn: int) -> None:
    def drawing(review: Timelines, _state: PlanState, _head: int, command: c.DrawSample) -> e.SampleDrawn:
        return d.sample(review, POPULATION, 7, command, "terna del lotto")

    ranking = [name for _, name in d.ranking(POPULATION, "terna del lotto")]
    saying(drawing, c.DrawSample(year=2022, size=size)).then(
        e.SampleDrawn(sample="campione-1", year=2022, seed="terna del lotto", known=7, population=3,
                      drawn=tuple(ranking[:drawn]))
    )  # fmt: skip


def test_nothing_is_drawn_from_nothing() -> None:
    def drawing(review: Timelines, _state: PlanState, _head: int, command: c.DrawSample) -> e.SampleDrawn:
        return d.sample(review, [], 7, command, "seme")

    saying(drawing, c.DrawSample(year=2023, size=1)).refused(NotFound, where="year")


def test_a_draw_is_the_order_of_digests_that_anybody_can_work_out() -> None:
    """What `sha256sum` says of the seed, a new line and the name."""
    assert [(digest[:8], name) for digest, name in d.ranking(["A", "B", "C"], "s")] == [
        ("78dc8088", "B"), ("83437cbb", "C"), ("d56c5962", "A"),
    ]  # fmt: skip
    assert d.draw(["C", "A", "B"], "s", 2) == ["B", "C"]
