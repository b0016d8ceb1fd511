"""What an exported plan carries beside itself: what others published of its series, causes of deviations, corrective actions."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from domain.benchmarks.decide import benchmarks_of
from domain.deviations.model import CorrectiveAction, ExplainedDeviation, corrective_actions, explained_deviation
from domain.facts import deviation_field, indicator_key, objective_key
from domain.plans.state import PlanState
from domain.point import Point
from domain.targets.printer import print_in_unit
from domain.timelines import Timelines
from domain.vocabulary import JsonValue
from projections.action_words import words_of_actions
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import find_plan

BesideRows = list[dict[str, JsonValue]]


class BesidePlan(TypedDict):
    """The three lists, as the document of a plan takes them."""

    benchmarks: BesideRows
    deviations: BesideRows
    corrective_actions: BesideRows


def beside_plan(reader: Reader, plan: str, point: Point) -> BesidePlan:
    """What is known beside a plan at a point."""
    known = find_plan(reader, plan, point.known_at)
    state = read_history(reader, known).state(point.as_of)
    owner = administration_record(reader, known, point.known_at).timelines
    given = list(_explained(state, point))
    actions = corrective_actions(state.timelines, point.as_of)
    notes = {
        record.version: record.note for record in reader.records(known.stream, [each.version for _, each in given])
    }
    texts = reader.texts([note for note in notes.values() if note], known.stream)
    words = words_of_actions(reader, known.stream, actions)
    return {
        "benchmarks": list(_published(reader, known.administration_stream, owner, state, point)),
        "deviations": [
            {
                **_of(subject),
                "period": each.period,
                "cause": each.cause,
                "words": texts.get(notes.get(each.version) or ""),
                "explained_on": each.explained_on.isoformat(),
            }
            for subject, each in given
        ],
        "corrective_actions": [
            _action(action, words[action.id].remedy, [*words[action.id].notes]) for action in actions
        ],
    }


def _published(
    reader: Reader, stream: str, owner: Timelines, state: PlanState, point: Point
) -> Iterator[dict[str, JsonValue]]:
    for indicator in state.indicators():
        series = state.indicator(indicator, "series")
        if not isinstance(series, str):
            continue
        for each in benchmarks_of(owner, series, point.as_of):
            (record,) = reader.records(stream, [each.version])
            yield {
                "series": series,
                "whose": each.whose,
                "period": each.period,
                "text": print_in_unit(each.value, each.unit),
                "published_on": each.published_on.isoformat(),
                "source": each.source,
                "note": reader.texts([record.note], stream).get(record.note) if record.note else None,
            }


def _explained(state: PlanState, point: Point) -> Iterator[tuple[str, ExplainedDeviation]]:
    prefix = deviation_field("")
    subjects = [*map(objective_key, state.objectives()), *map(indicator_key, state.indicators())]
    for subject in subjects:
        for field in sorted(state.timelines.fields(subject)):
            if field.startswith(prefix):
                each = explained_deviation(state.timelines, subject, field.removeprefix(prefix), point.as_of)
                if each is not None:
                    yield subject, each


def _of(subject: str) -> dict[str, JsonValue]:
    kind, _, id_ = subject.partition("/")
    return {"subject": kind, "id": id_}


def _action(action: CorrectiveAction, remedy: str | None, notes: list[str | None]) -> dict[str, JsonValue]:
    return {
        **_of(action.subject),
        "period": action.period,
        "action": action.id,
        "remedy": remedy,
        "office": action.office,
        "planned_on": action.planned_on.isoformat(),
        "due_by": action.due_by.isoformat(),
        "outcome": action.outcome,
        "ended_on": action.ended_on.isoformat() if action.ended_on else None,
        "notes": [*notes],
    }
