"""What has a day by which it is due, of a plan: one list of rounds, values by office, the OIV's requests, days of the law.

Whoever shows it (the answer, the calendar, the feed, mail) reads this list. A kind is a row of `KINDS`
(`domain/deadlines/model.py`) and a function in `SOURCES`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date
from hashlib import sha256
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from domain.access.roles import Permission
from domain.administrations.offices import KnownOffices
from domain.deadlines.model import KINDS, STATUTORY, DeadlineKind, DueDay, LegalDates
from domain.deviations.model import corrective_actions
from domain.facts import ANNULLED, PLAN
from domain.oiv.events import RequestMade
from domain.oiv.reviewed import settled_on, unanswered
from domain.plans.state import PlanState
from domain.point import Point
from domain.proposals.events import ProposalOpinionAsked
from domain.proposals.life import lives
from domain.proposals.status import OPEN
from domain.rounds.collection import NOBODY
from domain.rounds.decide import rounds_of
from domain.rounds.owed import owed_values
from domain.timelines import Timelines
from domain.vocabulary import Year
from projections.action_words import words_of_actions
from projections.answers import Count, Day, Name, OfPlan, Text
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, proposals_stream, review_stream

MayRead = Callable[[Permission], bool]
"""Whether whoever asks may do something in the administration of the plan."""


class DeadlineAnswer(TypedDict):
    """Una scadenza: di che cosa, entro quando; `days` sono i giorni che mancano, sotto zero quelli passati."""

    kind: DeadlineKind
    id: Name
    on: Day
    days: Annotated[int, Field(description="I giorni che mancano; sotto zero, quelli passati.")]
    late: bool
    done: bool
    done_on: Day | None
    year: Year | None
    as_at: Day | None
    office: Text | None
    subject: Text | None
    values: Count


class Deadlines(OfPlan):
    """Tutto ciò che di un piano ha una scadenza, in ordine di giorno."""

    title: Text
    deadlines: list[DeadlineAnswer]


class _Read(NamedTuple):
    """What the kinds are read from: a plan at a point, its administration, the days of the law, some offices or all."""

    reader: Reader
    known: PlanKnown
    point: Point
    plan: Timelines
    owner: Timelines
    legal: LegalDates
    offices: Collection[str] | None


def deadlines_of(
    reader: Reader,
    known: PlanKnown,
    point: Point,
    *,
    legal: LegalDates = STATUTORY,
    may: MayRead = lambda _: True,
    offices: Collection[str] | None = None,
) -> list[DueDay]:
    """What is due of a plan, the first day before: of the kinds that whoever asks may read, and of some `offices` alone."""
    read = _Read(
        reader,
        known,
        point,
        reader.timelines(known.stream, known.known.version),
        reader.timelines(known.administration_stream, known.administration_known.version),
        legal,
        offices,
    )
    listed = [each for kind, source in SOURCES if may(KINDS[kind].permission) for each in source(read)]
    return sorted(listed, key=lambda deadline: (deadline.on, deadline.key))


def plan_deadlines(
    reader: Reader,
    plan: str,
    point: Point,
    *,
    legal: LegalDates = STATUTORY,
    may: MayRead = lambda _: True,
    offices: Collection[str] | None = None,
) -> Deadlines:
    """The same, as it is answered."""
    known = find_plan(reader, plan, point.known_at)
    listed = deadlines_of(reader, known, point, legal=legal, may=may, offices=offices)
    title = reader.timelines(known.stream, known.known.version).value(PLAN, "title", point.as_of)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": known.known.version,
        "title": str(title or plan),
        "deadlines": [_answer(deadline, point.as_of) for deadline in listed],
    }


def _answer(deadline: DueDay, today: date) -> DeadlineAnswer:
    return {
        "kind": deadline.kind,
        "id": deadline.key,
        "on": deadline.on.isoformat(),
        "days": (deadline.on - today).days,
        "late": deadline.is_late(today),
        "done": deadline.done,
        "done_on": deadline.done_on.isoformat() if deadline.done_on else None,
        "year": deadline.year,
        "as_at": deadline.as_at.isoformat() if deadline.as_at else None,
        "office": deadline.office,
        "subject": deadline.subject,
        "values": deadline.values,
    }


def _years(read: _Read) -> range:
    def year(field: str) -> int:
        return int(str(read.plan.entries(PLAN, field)[-1].value))

    return range(year("first_year"), year("last_year") + 1)


def _plans(read: _Read) -> Iterator[DueDay]:
    """The plan of each year, until an act has approved it."""
    for year in _years(read):
        approved = _settled(read.plan, f"approved/{year}", read.point.as_of)
        on = read.legal.plan_on(year)
        yield DueDay("plan", f"piano-{year}", on, done=approved is not None, done_on=approved, year=year)


def _reports(read: _Read) -> Iterator[DueDay]:
    """The report on each year, until the year is closed or the report validated."""
    version = read.reader.known(review_stream(read.known.plan), read.point.known_at).version
    review = read.reader.timelines(review_stream(read.known.plan), version)
    for year in _years(read):
        settled = settled_on(read.plan, review, year, read.point.as_of)
        on = read.legal.report_on(year)
        yield DueDay("report", f"relazione-{year}", on, done=settled is not None, done_on=settled, year=year)


def _rounds(read: _Read) -> Iterator[DueDay]:
    """The day by which each round awaits its data."""
    for each in rounds_of(read.plan, read.point.as_of):
        if each.due_by is not None:
            done = each.closed_on is not None
            key = f"monitoraggio-{each.id}"
            yield DueDay("round", key, each.due_by, done=done, done_on=each.closed_on, as_at=each.as_at)


def _values(read: _Read) -> Iterator[DueDay]:
    """How many values have not come, by the office that has them to give and the day by which it had."""
    known = KnownOffices(read.owner)
    counted: Counter[tuple[str, date, date, str]] = Counter()
    for owed in owed_values(read.plan, read.owner, read.point.as_of, read.legal):
        on = owed.due_by
        for office in owed.offices or (NOBODY,):
            if on is not None and known.among([office], read.offices):
                counted[office, owed.as_at, on, owed.round or str(owed.as_at.year)] += 1
    for (office, as_at, on, asked_by), values in counted.items():
        mark = sha256(office.encode()).hexdigest()[:8]
        yield DueDay("values", f"valori-{asked_by}-{mark}", on, as_at=as_at, office=office, values=values)


def _actions(read: _Read) -> Iterator[DueDay]:
    """The corrective actions, until they are done or dropped; of some offices alone, where they are said.

    What waits for its condition is due of nobody.
    """
    known, actions = KnownOffices(read.owner), corrective_actions(read.plan, read.point.as_of)
    words = words_of_actions(read.reader, read.known.stream, actions)
    state = PlanState(read.plan, read.point.as_of)
    for action in actions:
        if known.among([action.office], read.offices) and not state.waits(action.subject):
            yield DueDay(
                "action",
                f"azione-{action.id}",
                action.due_by,
                done=action.ended_on is not None,
                done_on=action.ended_on,
                office=action.office,
                subject=words[action.id].remedy or action.id,
            )


def _requests(read: _Read) -> Iterator[DueDay]:
    """What the OIV asked for by a day, until it is answered."""
    records = read.reader.records(review_stream(read.known.plan))
    known = [each for each in records if read.point.known_at is None or each.recorded_at <= read.point.known_at]
    events = [each.event for each in known if each.effective_on <= read.point.as_of]
    still_open = set(unanswered(events))
    for event in events:
        if isinstance(event, RequestMade) and event.due is not None:
            done = event.request not in still_open
            yield DueDay("request", f"richiesta-{event.request}", event.due, done=done, subject=event.request)


def _opinions(read: _Read) -> Iterator[DueDay]:
    """The opinions on proposals that the OIV was asked for by a day, until they are given or the proposal is closed."""
    records = read.reader.records(proposals_stream(read.known.plan))
    known = [each for each in records if read.point.known_at is None or each.recorded_at <= read.point.known_at]
    given = {
        str(getattr(each.event, "about", "")).removeprefix("proposal/")
        for each in read.reader.records(review_stream(read.known.plan))
        if each.event.topic == "opinion-given"
    }
    for proposal, life in lives([each for each in known if each.effective_on <= read.point.as_of]).items():
        asked = [each.event.due for each in life.records if isinstance(each.event, ProposalOpinionAsked)]
        if asked and asked[-1] is not None:
            done = proposal in given or life.status not in OPEN
            yield DueDay("opinion", f"parere-{proposal}", asked[-1], done=done, subject=proposal)


def _settled(timelines: Timelines, field: str, as_of: date) -> date | None:
    """The day since which a fact of the plan holds on a date; None where it does not, or was annulled."""
    entries = [entry for entry in timelines.entries(PLAN, field) if entry.effective_on <= as_of]
    return entries[-1].effective_on if entries and entries[-1].value not in {None, False, ANNULLED} else None


SOURCES: tuple[tuple[DeadlineKind, Callable[[_Read], Iterator[DueDay]]], ...] = (
    ("plan", _plans),
    ("report", _reports),
    ("round", _rounds),
    ("values", _values),
    ("action", _actions),
    ("request", _requests),
    ("opinion", _opinions),
)
"""Where the deadlines of each kind come from."""
