"""Given the figures of a series, when one is measured, restated, or a status reported, then an event or a refusal."""

from decimal import Decimal
from typing import Any

import pytest

from domain.errors import AlreadyThere, DomainError, NoChange, NotFound, TextUnread, YearNotOpen
from domain.measurements import commands as c
from domain.measurements import decide as d
from domain.measurements import events as e
from domain.measurements.reader import read_value
from domain.measurements.refusals import DenominatorZero, PeriodInFuture
from domain.measurements.values import NumberValue
from domain.plans.events import YearClosed
from domain.plans.state import PlanState
from tests.support.given import OWNER, Decided, Given, Stream, measured

HALF = measured("s", "67,46%", "2022-H1", "2022-06-30")
PROVISIONAL = HALF.model_copy(update={"finality": "provisional"})


def figures(*events: e.MeasurementRecorded) -> Stream:
    """The stream of an administration that measured these, each on the day its data are of."""
    stream = Stream(f"administration/{OWNER}")
    for event in events:
        stream.add(event.data_as_at, event)
    return stream


def measuring(stream: Stream, **fields: Any) -> Decided:
    body = {"series": "s", "period": "2022-H1", "text": "67,46%", "data_as_at": "2022-06-30"} | fields

    def decide(state: PlanState, command: c.RecordMeasurement) -> e.MeasurementRecorded:
        return d.record_measurement(state.timelines, command)

    return stream.when(decide, c.RecordMeasurement.model_validate(body))


def restating(stream: Stream, **fields: Any) -> Decided:
    body = {"series": "s", "period": "2022-H1", "text": "67,64%", "data_as_at": "2022-06-30"}

    def decide(state: PlanState, command: c.RestateMeasurement) -> e.MeasurementRestated:
        return d.restate_measurement(state.timelines, command)

    return stream.when(decide, c.RestateMeasurement.model_validate(body | {"effective_on": "2022-09-30"} | fields))


def test_a_figure_is_measured_for_its_period() -> None:
    measuring(figures()).then(HALF)
    measuring(figures(HALF), period="2022-Q3", data_as_at="2022-09-30").then(
        measured("s", "67,46%", "2022-Q3", "2022-09-30")
    )


def test_a_figure_of_two_numbers_keeps_them() -> None:
    number = NumberValue(text="", value=None, unit=None, numerator=Decimal(140), denominator=Decimal(1000))
    measuring(figures(), text=None, numerator="140", denominator="1000").then(
        HALF.model_copy(update={"observed": number})
    )


def test_a_provisional_figure_gives_way_to_another_and_a_final_one_is_restated() -> None:
    measuring(figures(PROVISIONAL)).then(HALF)
    measuring(figures(PROVISIONAL), finality="provisional", text="66%").then(
        PROVISIONAL.model_copy(update={"observed": read_value("66%")})
    )
    refusal = measuring(figures(HALF), text="66%").refused(AlreadyThere, where="period")
    assert refusal.problem.accepted == "una rettifica (restate)"


def test_the_same_figure_of_the_same_day_is_no_change_and_of_an_earlier_day_it_is_one() -> None:
    measuring(figures(HALF)).refused(NoChange)
    measuring(figures(PROVISIONAL), finality="provisional", data_as_at="2022-07-31").then(
        PROVISIONAL.model_copy(update={"data_as_at": HALF.data_as_at.replace(month=7, day=31)})
    )
    measuring(figures(HALF), data_as_at="2022-06-29").then(
        HALF.model_copy(update={"data_as_at": HALF.data_as_at.replace(day=29)})
    )


@pytest.mark.parametrize(
    ("fields", "error", "where"),
    [
        ({"period": "2022-H2"}, PeriodInFuture, "period"),
        ({"period": "2023", "data_as_at": "2022-12-31"}, PeriodInFuture, "period"),
        ({"text": "circa due terzi"}, TextUnread, "text"),
        ({"text": "NUM 3 DEN 0"}, DenominatorZero, "text"),
        ({"text": None, "numerator": "3", "denominator": "0"}, DenominatorZero, "denominator"),
    ],
)
def test_what_is_no_figure_of_a_period_that_began_is_refused(
    fields: dict[str, Any], error: type[DomainError], where: str
) -> None:
    measuring(figures(), **fields).refused(error, where=where)


def test_what_is_not_yet_due_may_be_said_of_a_period_to_come() -> None:
    text = "I dati si avranno a fine anno"
    measuring(figures(), period="2023", text=text).then(measured("s", text, "2023", "2022-06-30"))


def test_what_was_written_then_is_loaded_as_it_was() -> None:
    for text in ("circa due terzi", "NUM 3 DEN 0"):
        measuring(figures(), text=text, retrospective=True).then(measured("s", text, "2022-H1", "2022-06-30"))


def test_a_restatement_keeps_the_figure_that_it_puts_right() -> None:
    restated = e.MeasurementRestated(
        **measured("s", "67,64%", "2022-H1", "2022-06-30").model_dump(), before=HALF.observed
    )
    restating(figures(HALF)).then(restated)


def test_who_measured_stays_with_a_restatement_that_does_not_say_it() -> None:
    by_office = HALF.model_copy(update={"office": "Servizio Bilancio"})
    kept = e.MeasurementRestated(
        **measured("s", "67,64%", "2022-H1", "2022-06-30").model_dump() | {"office": "Servizio Bilancio"},
        before=HALF.observed,
    )
    restating(figures(by_office)).then(kept)
    restating(figures(by_office), office=None).then(kept.model_copy(update={"office": None}))


@pytest.mark.parametrize(
    ("stream", "fields", "error", "where"),
    [
        (figures(), {}, NotFound, "period"),
        (figures(HALF), {"effective_on": "2022-06-29"}, NotFound, "period"),
        (figures(HALF), {"text": "67,46%"}, NoChange, ""),
        (figures(HALF), {"effective_on": "2021-12-31"}, PeriodInFuture, "period"),
        (figures(HALF), {"text": "boh"}, TextUnread, "text"),
    ],
)
def test_only_what_was_measured_by_then_is_restated_and_to_something_else(
    stream: Stream, fields: dict[str, Any], error: type[DomainError], where: str
) -> None:
    restating(stream, **fields).refused(error, where=where)


# -- statuses ----------------------------------------------------------------------------------------------------------

REPORTED = e.StatusReported.model_validate(
    {"subject": "indicator", "id": "i", "status": "in_line", "progress": "50", "reported_on": "2022-06-30"}
)
PLAN = Given().objective("a").indicator("i", "a", ">= 80").approved()


def reporting(plan: Given, **fields: Any) -> Decided:
    return plan.when(d.report_status, c.ReportStatus.model_validate(REPORTED.model_dump() | fields))


def closed() -> Given:
    """The same plan, of which 2022 is closed."""
    plan = Given().objective("a").indicator("i", "a", ">= 80").approved()
    return plan.later("2023-06-30", YearClosed(year=2022))


def test_a_status_is_reported_of_an_objective_or_an_indicator() -> None:
    reporting(PLAN).then(REPORTED)
    of_objective = REPORTED.model_copy(update={"subject": "objective", "id": "a"})
    reporting(PLAN, subject="objective", id="a").then(of_objective)


@pytest.mark.parametrize("fields", [{"id": "a"}, {"subject": "objective"}])
def test_a_status_is_of_what_the_plan_has(fields: dict[str, str]) -> None:
    reporting(PLAN, **fields).refused(NotFound, where="id")


def test_the_same_status_of_the_same_day_is_no_change() -> None:
    reported = Given().objective("a").indicator("i", "a", ">= 80").later("2022-06-30", REPORTED)
    reporting(reported).refused(NoChange)
    later = REPORTED.model_copy(update={"reported_on": REPORTED.reported_on.replace(month=7, day=1)})
    reporting(reported, reported_on="2022-07-01").then(later)
    reporting(reported, status="at_risk").then(REPORTED.model_copy(update={"status": "at_risk"}))


def test_a_closed_year_takes_no_status_but_one_of_then() -> None:
    reporting(closed()).refused(YearNotOpen, where="reported_on")
    reporting(closed(), retrospective=True).then(REPORTED)
    next_year = REPORTED.model_copy(update={"reported_on": REPORTED.reported_on.replace(year=2023)})
    reporting(closed(), reported_on="2023-06-30").then(next_year)


@pytest.mark.parametrize("text", ["", "   ", ".", "(in attesa di riscontro)"])
def test_an_empty_value_is_refused_and_not_taken_as_not_available(text: str) -> None:
    with pytest.raises(ValueError, match="il valore è vuoto"):
        measuring(figures(), text=text)
    measuring(figures(), text="n.d.").then(HALF.model_copy(update={"observed": read_value("n.d.")}))
