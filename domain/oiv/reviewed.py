"""What the acts of the OIV come to: what is settled, what nobody has answered, and whether a draw can be repeated."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from domain.event import Event
from domain.facts import PLAN
from domain.oiv.events import AnswerGiven, RemarkMade, RequestMade, SampleDrawn
from domain.oiv.year_record import measurements_among
from domain.recording import Recorded
from domain.timelines import Entry, Timelines


def settled_on(plan: Timelines, review: Timelines, year: int, as_of: date) -> date | None:
    """The day on which the year was closed, or its report validated, the earlier of them; None while neither was."""
    entries = settling(plan, review, year, as_of)
    return min((entry.effective_on for of_stream in entries for entry in of_stream), default=None)


def settling(plan: Timelines, review: Timelines, year: int, as_of: date) -> tuple[list[Entry], list[Entry]]:
    """What settles the figures of a year by a date: its closings in the plan's stream, the validations in the OIV's."""
    closings, validations = plan.entries(PLAN, f"closed/{year}"), review.entries("report", f"validated/{year}")
    return _holding(closings, as_of), _holding(validations, as_of)


def _holding(entries: Iterable[Entry], as_of: date) -> list[Entry]:
    return [entry for entry in entries if entry.value is True and entry.effective_on <= as_of]


def unanswered(events: Sequence[Event]) -> list[str]:
    """The remarks, then the requests, that no answer names."""
    answered = {event.to for event in events if isinstance(event, AnswerGiven)}
    names = [event.remark for event in events if isinstance(event, RemarkMade)]
    names += [event.request for event in events if isinstance(event, RequestMade)]
    return [name for name in names if name not in answered]


def population(counting: Iterable[Recorded], series: Collection[str], year: int) -> list[str]:
    """What a draw is made from, each as "series newline period newline version": the measurements of a year that count."""
    return [
        f"{event.series}\n{event.period}\n{record.version}"
        for record, event in measurements_among(counting, series, year)
    ]


def comes_again(event: SampleDrawn, ranked: Sequence[tuple[str, str]]) -> bool:
    """Whether a draw comes to the same sample, from as many measurements, in the order that its seed gives them now."""
    drawn = tuple(measurement for _, measurement in ranked[: len(event.drawn)])
    return drawn == event.drawn and len(ranked) == event.population
