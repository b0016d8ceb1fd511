"""A monitoring round: what is due by office, what came, what came late, what is missing; and the list of reminders."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.offices import KnownOffices
from domain.deviations.found import of_round
from domain.deviations.model import CorrectiveAction, corrective_actions
from domain.facts import indicator_key
from domain.measurements.printer import print_rounded
from domain.measurements.values import Observed
from domain.plans.state import PlanState
from domain.point import Point
from domain.rounds.collection import (
    NOBODY,
    Arrival,
    CollectedRound,
    Due,
    arrival,
    awaited,
    came_late,
    collected,
    reminders,
    statuses_counted,
)
from domain.rounds.decide import find_round, rounds_of
from domain.rounds.expected import expected_progress
from domain.rounds.judged import judged_due
from domain.rounds.model import Round, unopened_round
from domain.scoring.inputs import AdministrationRecord, measured_by_system, score_year
from domain.scoring.numbers import decimal_string
from domain.scoring.tree import system_figure
from domain.timelines import Timelines
from domain.vocabulary import Identifier, Year
from projections.answers import Count, Day, DecimalText, Instant, Name, Text, Version
from projections.deviations import CorrectiveActionRow, DeviationRow, DeviationsTold, VarianceAnswer, variance_answer
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.scores import text_or_none
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class RoundScope(TypedDict):
    """A chi e di che cosa chiede un monitoraggio."""

    offices: list[Text]
    levels: list[Text]
    objectives: list[Identifier]


class RoundRow(TypedDict):
    """Un monitoraggio."""

    id: Text
    as_at: Day
    opened_on: Day
    due_by: Day | None
    closed_on: Day | None
    status: Literal["open", "closed"]
    scope: RoundScope


class RoundList(TypedDict):
    """I monitoraggi di un piano."""

    plan: Identifier
    version: Version
    rounds: list[RoundRow]


class RoundItem(TypedDict):
    """Una voce di un monitoraggio: che cosa si chiede, che cosa è arrivato e quando."""

    indicator: Identifier
    name: Text | None
    objectives: list[Identifier]
    targets: list[Text]
    period: Name | None
    observed: Text | None
    status: Name | None
    progress: DecimalText | None
    note: Text | None
    answered: bool
    came: Arrival | None
    recorded_at: Instant | None
    variance: VarianceAnswer | None
    met: Annotated[bool | None, Field(description="Se il valore raggiunge ciò che il target chiede alla data.")]
    asks_cause: Annotated[bool, Field(description="Mancato o a rischio, e nessuno ne ha detto la causa.")]
    asks_value: Annotated[bool, Field(description="Se il valore si chiede a questo ufficio: è chi misura.")]
    by_system: Annotated[bool, Field(description="Lo misura il sistema: il valore non si chiede a nessuno.")]


class RoundOffice(TypedDict):
    """Ciò che un ufficio deve e ha dato."""

    office: Text
    due: Count
    received: Count
    values: Count
    late: Count
    missing: list[Identifier]
    items: list[RoundItem]


class Reminder(TypedDict):
    """Un sollecito."""

    office: Text
    words: Text
    missing: list[Text]
    values: list[Text]
    causes: Annotated[list[Text], Field(description="Gli scostamenti di cui nessuno ha detto la causa.")]
    actions: Annotated[list[Text], Field(description="Le azioni correttive scadute.")]


class RoundStatus(TypedDict):
    """Come sta un monitoraggio, ufficio per ufficio, con i solleciti."""

    plan: Identifier
    version: Version
    round: RoundRow
    year: Year
    expected_progress: DecimalText | None
    due: Count
    received: Count
    values: Count
    missing: Count
    statuses: dict[str, Count]
    offices: list[RoundOffice]
    without_cause: Count
    deviations: Annotated[list[DeviationRow], Field(description="Mancati, a rischio, o di cui è detta la causa.")]
    actions: Annotated[
        list[CorrectiveActionRow],
        Field(description="Le azioni correttive in corso, e quelle concluse dal monitoraggio precedente in poi."),
    ]
    reminders: list[Reminder]


def collected_round(reader: Reader, plan: str, name: str, point: Point) -> tuple[int, CollectedRound]:
    """The version of a plan, and one of its rounds with what came; NotFound when there is no such round."""
    known = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(known.stream, known.known.version)
    round_ = find_round(timelines, name, point.as_of)
    return known.known.version, _collected(reader, known, timelines, round_, point)


def collected_for(reader: Reader, plan: str, as_at: date, point: Point) -> tuple[int, CollectedRound]:
    """What stands for a date, whether or not a round was opened for it: the check of a plan that keeps none."""
    known = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(known.stream, known.known.version)
    opened = next((round_ for round_ in rounds_of(timelines, point.as_of) if round_.as_at == as_at), None)
    return known.known.version, _collected(reader, known, timelines, opened or unopened_round(as_at), point)


def _collected(reader: Reader, known: PlanKnown, timelines: Timelines, round_: Round, point: Point) -> CollectedRound:
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    state, offices = PlanState(timelines, round_.as_at), KnownOffices(owner)
    due = awaited(state, owner, round_, rounds_of(timelines, point.as_of), point.as_of, offices)
    reported = reader.records(known.stream, [entry.version for entry in due.statuses.values()])
    measured = reader.records(known.administration_stream, [entry.version for _, entry in due.measurements.values()])
    record = administration_record(reader, known, point.known_at)
    return collected(
        state,
        record,
        round_,
        due,
        measured={each.version: each for each in measured},
        reported={each.version: each for each in reported},
        texts=reader.texts([each.note for each in reported], known.stream),
        by_system=_by_system(reader, known, record, state, due.indicators, point),
    )


def _by_system(
    reader: Reader,
    known: PlanKnown,
    record: AdministrationRecord,
    state: PlanState,
    indicators: Iterable[str],
    point: Point,
) -> dict[str, Observed]:
    """What the system measures of the plan on the day of a state, by the indicators that ask for it."""
    asked = [indicator for indicator in indicators if measured_by_system(state, indicator)]
    if not asked:
        return {}
    history = read_history(reader, known)
    asked_on = point._replace(as_of=state.on)
    scored = score_year(history, record.read_on(point.as_of), state.on.year, asked_on, feeds="all").scores.indicators
    figures = {indicator: scored[indicator].by_system for indicator in asked if indicator in scored}
    return {indicator: system_figure(figure) for indicator, figure in figures.items() if figure is not None}


def round_status(reader: Reader, plan: str, name: str, point: Point) -> RoundStatus:
    """How a round stands: by office what is due, what came and when; reminders; the progress that is expected."""
    version, collection = collected_round(reader, plan, name, point)
    known = find_plan(reader, plan, point.known_at)
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    found, actions = of_round(collection, point.as_of), _followed(collection, point.as_of)
    told = DeviationsTold(reader, known, collection.state, owner, point.as_of, found, actions)
    asking = {each.subject for each in found if each.asks_cause}
    items = {
        due.indicator: _item(collection, due, asks_cause=indicator_key(due.indicator) in asking)
        for due in collection.dues
    }
    asked = collection.asked
    year = collection.round.as_at.year
    return {
        "plan": plan,
        "version": version,
        "round": round_answer(collection.round),
        "year": year,
        "expected_progress": decimal_string(expected_progress(year, collection.round.as_at, collection.system)),
        "due": len(asked),
        "received": sum(due.answered for due in asked),
        "values": sum(due.has_value for due in asked),
        "missing": sum(not due.answered for due in asked),
        "statuses": statuses_counted(asked),
        "offices": [_of_office(collection, office, dues, items) for office, dues in collection.by_office().items()],
        "without_cause": len(asking),
        "deviations": [told.deviation(each) for each in found],
        "actions": [told.action(action) for action in actions],
        "reminders": [
            {
                "office": reminder.office,
                "words": reminder.words,
                "missing": reminder.missing,
                "values": reminder.values,
                "causes": reminder.causes,
                "actions": reminder.actions,
            }
            for reminder in reminders(collection, told.owing(found), told.overdue(actions))
        ],
    }


def _of_office(
    collection: CollectedRound, office: str, dues: Iterable[Due], items: Mapping[str, RoundItem]
) -> RoundOffice:
    asked = [due for due in dues if not due.by_system]
    return {
        "office": office,
        "due": len(asked),
        "received": sum(due.answered for due in asked),
        "values": sum(due.has_value for due in asked),
        "late": sum(came_late(collection.round, due) for due in asked),
        "missing": [due.indicator for due in asked if not due.answered],
        "items": [
            {**items[due.indicator], "asks_value": not due.by_system and office in (due.offices or (NOBODY,))}
            for due in dues
        ],
    }


def _followed(collection: CollectedRound, as_of: date) -> list[CorrectiveAction]:
    """The corrective actions that are under way, and those that ended since the round before."""
    timelines, as_at = collection.state.timelines, collection.round.as_at
    before = max((each.as_at for each in rounds_of(timelines, as_of) if each.as_at < as_at), default=date.min)
    actions = corrective_actions(timelines, as_of)
    return [action for action in actions if action.ended_on is None or action.ended_on > before]


def _item(collection: CollectedRound, due: Due, *, asks_cause: bool) -> RoundItem:
    observed, held = due.observed, judged_due(collection, due)
    recorded_at = max((reply.record.recorded_at for reply in due.replies), default=None)
    return {
        "indicator": due.indicator,
        "name": text_or_none(collection.state.indicator(due.indicator, "name")),
        "objectives": list(due.objectives),
        "targets": [target.text for _, target in sorted(due.targets.items())],
        "period": due.period,
        "observed": print_rounded(observed) if observed is not None else None,
        "status": due.word,
        "progress": decimal_string(due.progress),
        "note": collection.notes.get(due.status.entry.version) if due.status else None,
        "answered": due.answered,
        "came": arrival(collection.round, due),
        "recorded_at": write_instant(recorded_at) if recorded_at else None,
        "variance": variance_answer(held.variance) if held is not None else None,
        "met": held.met if held is not None else None,
        "asks_cause": asks_cause,
        "asks_value": not due.by_system,
        "by_system": due.by_system,
    }


def round_answer(round_: Round) -> RoundRow:
    """A round as an answer gives it."""
    return {
        "id": round_.id,
        "as_at": round_.as_at.isoformat(),
        "opened_on": round_.opened_on.isoformat(),
        "due_by": round_.due_by.isoformat() if round_.due_by else None,
        "closed_on": round_.closed_on.isoformat() if round_.closed_on else None,
        "status": "closed" if round_.closed_on else "open",
        "scope": {
            "offices": list(round_.scope.offices),
            "levels": list(round_.scope.levels),
            "objectives": list(round_.scope.objectives),
        },
    }


def rounds(reader: Reader, plan: str, point: Point) -> RoundList:
    """The rounds of a plan, in the order of the date that their data are of."""
    known = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(known.stream, known.known.version)
    return {
        "plan": plan,
        "version": known.known.version,
        "rounds": [round_answer(round_) for round_ in rounds_of(timelines, point.as_of)],
    }
