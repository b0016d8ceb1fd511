"""What is settled, what is unanswered, what a draw is made from: from the events alone."""

from datetime import date

import pytest

from domain.oiv.decide import draw, ranking
from domain.oiv.events import AnswerGiven, RemarkMade, ReportNotValidated, ReportValidated, RequestMade, SampleDrawn
from domain.oiv.reviewed import comes_again, population, settled_on, unanswered
from domain.plans.events import YearClosed
from tests.support.given import Given, Stream, measured

END = date(2023, 12, 31)
DIGEST = "0" * 64
CLOSED, VALIDATED = date(2023, 6, 30), date(2023, 7, 15)


@pytest.fixture
def review() -> Stream:
    """A report that was not validated at first, then was."""
    review = Stream("review/p")
    review.add("2023-06-01", ReportNotValidated(year=2022, sha256=DIGEST))
    review.add(VALIDATED, ReportValidated(year=2022, sha256=DIGEST))
    return review


def test_a_year_is_settled_by_its_closing_or_by_the_validation_of_its_report_whichever_comes_first(
    review: Stream,
) -> None:
    plan = Given.numbered()
    assert settled_on(plan.timelines, review.timelines, 2022, END) == VALIDATED
    plan.later(CLOSED, YearClosed(year=2022))
    assert settled_on(plan.timelines, review.timelines, 2022, END) == CLOSED
    assert settled_on(plan.timelines, review.timelines, 2023, END) is None


@pytest.mark.parametrize(("as_of", "settled"), [(date(2023, 7, 14), None), (VALIDATED, VALIDATED)])
def test_a_year_is_not_settled_before_the_day(review: Stream, as_of: date, settled: date | None) -> None:
    assert settled_on(Given.numbered().timelines, review.timelines, 2022, as_of) == settled


def test_a_remark_or_a_request_is_open_until_an_answer_names_it() -> None:
    asked = [
        RequestMade(request="richiesta-1", about="plan", versions=()),
        RemarkMade(remark="rilievo-1", about="plan", versions=()),
        RemarkMade(remark="rilievo-2", about="plan", versions=()),
    ]
    assert unanswered(asked) == ["rilievo-1", "rilievo-2", "richiesta-1"]
    assert unanswered([*asked, AnswerGiven(answer="risposta-1", to="rilievo-1")]) == ["rilievo-2", "richiesta-1"]


def test_a_draw_is_made_from_the_figures_of_the_year_of_the_series_of_the_plan() -> None:
    stream = Stream("administration/ente")
    stream.add(END, measured("s.i", "80", "2022", END), measured("s.i", "80", "2023", END))
    stream.add(END, measured("s.j", "80", "2022-H1", END), measured("s.altra", "80", "2022", END))
    assert population(stream.records, {"s.i", "s.j"}, 2022) == ["s.i\n2022\n1", "s.j\n2022-H1\n3"]


def test_a_sample_comes_again_from_its_seed_and_from_as_many_figures() -> None:
    everything = [f"s.i\n2022\n{version}" for version in range(1, 6)]
    event = SampleDrawn(
        sample="campione-1", year=2022, seed="lotto", known=5, population=5, drawn=tuple(draw(everything, "lotto", 2))
    )
    assert comes_again(event, ranking(everything, "lotto"))
    assert not comes_again(event, ranking(everything, "altro"))
    assert not comes_again(event.model_copy(update={"population": 6}), ranking(everything, "lotto"))
