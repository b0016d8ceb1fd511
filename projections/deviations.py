"""The deviations of a year (*scostamenti*): observed less asked, the cause that was given, the corrective actions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.offices import KnownOffices
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES, ActionState, DeviationCause
from domain.deviations.found import Deviation, deviations
from domain.deviations.model import CorrectiveAction, corrective_actions
from domain.italian import print_date
from domain.measurements.checks import responsible_offices
from domain.measurements.printer import print_rounded
from domain.periods import Period
from domain.plans.object_names import names_in
from domain.plans.state import PlanState
from domain.point import Point
from domain.rounds.collection import NOBODY
from domain.scoring.inputs import CONDITION_AWAITED, Scored, score_year
from domain.scoring.numbers import decimal_string
from domain.scoring.variance import Variance
from domain.timelines import Timelines
from domain.vocabulary import Identifier, ObjectKind, Year, first_day, last_day
from projections.action_words import words_of_actions
from projections.answers import Count, Day, DecimalText, Name, OfPlan, Text, Version
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class VarianceAnswer(TypedDict):
    """Lo scostamento: osservato meno chiesto, nell'unità del target (punti, di una percentuale) e in percento del chiesto."""

    observed: DecimalText
    asked: Annotated[DecimalText, Field(description="Che cosa il target chiede alla fine del periodo.")]
    value: DecimalText
    percent: DecimalText | None
    unit: Name | None
    words: Text
    asked_words: Annotated[Text | None, Field(description="Che cosa si chiedeva, come si scrive; null: un termine.")]


class CorrectiveActionRow(TypedDict):
    """Un'azione correttiva: che cosa, di quale ufficio, entro quando, come è finita."""

    id: Identifier
    subject: ObjectKind
    of: Annotated[Identifier, Field(description="L'obiettivo o l'indicatore di cui è lo scostamento.")]
    name: Text
    period: Period
    remedy: Annotated[Text | None, Field(description="Che cosa si fa; null se è oscurato per ordine.")]
    office: Text
    planned_on: Day
    due_by: Day
    rescheduled_on: Day | None
    ended_on: Day | None
    state: ActionState
    notes: Annotated[list[Text | None], Field(description="Le parole di ciascun passo; null: oscurate per ordine.")]
    versions: list[Version]


class DeviationRow(TypedDict):
    """Come sta un obiettivo o un indicatore in un periodo: scostamento, causa, azioni correttive."""

    subject: ObjectKind
    id: Identifier
    name: Text
    objectives: list[Identifier]
    offices: list[Text]
    period: Period
    targets: list[Text]
    observed: Text | None
    variance: VarianceAnswer | None
    met: Annotated[bool | None, Field(description="Se il valore raggiunge ciò che il target chiede a quella data.")]
    status: Annotated[Name | None, Field(description="Lo stato riferito per il periodo.")]
    asks_cause: Annotated[bool, Field(description="Mancato o a rischio, e nessuno ne ha detto la causa.")]
    cause: DeviationCause | None
    explained_on: Day | None
    words: Annotated[Text | None, Field(description="La spiegazione; null se manca, o se è oscurata per ordine.")]
    version: Version | None
    note: Annotated[Text | None, Field(description="Perché non si confronta con il target, o non si chiede.")]
    actions: list[CorrectiveActionRow]


class DeviationCounts(TypedDict):
    """Quanti, in tutto."""

    measured: Count
    missed: Count
    at_risk: Count
    without_cause: Count
    causes: dict[str, Count]
    actions: dict[str, Count]


class Deviations(OfPlan):
    """Gli scostamenti di un anno."""

    year: Year
    counts: DeviationCounts
    deviations: list[DeviationRow]


class CorrectiveActions(OfPlan):
    """Le azioni correttive di un piano, la prima da fare davanti."""

    actions: list[CorrectiveActionRow]


def plan_deviations(reader: Reader, plan: str, year: int, point: Point) -> Deviations:
    """The deviations of a year, each measured indicator and period, with what was said of them."""
    known = find_plan(reader, plan, point.known_at)
    history, record = read_history(reader, known), administration_record(reader, known, point.known_at)
    scored = score_year(history, record, year, point, feeds="all")
    return deviations_answer(reader, known, scored, record.timelines, point)


def deviations_answer(reader: Reader, known: PlanKnown, scored: Scored, owner: Timelines, point: Point) -> Deviations:
    """The same, of a year that was scored before (every row of it); `owner` are the timelines of the administration."""
    found = deviations(scored, point.as_of)
    told = DeviationsTold(reader, known, scored.inputs.now, owner, point.as_of, found)
    actions = [action for deviation in found for action in deviation.actions]
    causes = [deviation.explained.cause for deviation in found if deviation.explained]
    states = [action.state(point.as_of) for action in actions]
    return {
        "plan": scored.inputs.history.plan,
        "as_of": point.as_of.isoformat(),
        "version": scored.inputs.history.version,
        "year": scored.inputs.year,
        "counts": {
            "measured": sum(deviation.observed is not None and not deviation.waits for deviation in found),
            "missed": sum(deviation.is_missed for deviation in found),
            "at_risk": sum(deviation.is_at_risk for deviation in found),
            "without_cause": sum(deviation.asks_cause for deviation in found),
            "causes": {cause: causes.count(cause) for cause in dict.fromkeys(causes)},
            "actions": {state: states.count(state) for state in dict.fromkeys(states)},
        },
        "deviations": [told.deviation(deviation) for deviation in found],
    }


def plan_corrective_actions(reader: Reader, plan: str, point: Point) -> CorrectiveActions:
    """The corrective actions of a plan, of whatever year, as of a date."""
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    actions = corrective_actions(history.timelines, point.as_of)
    told = DeviationsTold(reader, known, history.state(point.as_of), owner, point.as_of, actions=actions)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "actions": [told.action(action) for action in actions],
    }


class DeviationsTold:
    """Writes deviations and actions out, with the words that lie beside their events."""

    def __init__(
        self,
        reader: Reader,
        known: PlanKnown,
        state: PlanState,
        owner: Timelines,
        as_of: date,
        found: Iterable[Deviation] = (),
        actions: Iterable[CorrectiveAction] = (),
    ) -> None:
        found = list(found)
        versions = {each.explained.version for each in found if each.explained}
        acted = (*actions, *(action for each in found for action in each.actions))
        self._of_actions = words_of_actions(reader, known.stream, acted)
        self._notes = {record.version: record.note for record in reader.records(known.stream, versions) if record.note}
        self._texts = reader.texts(list(self._notes.values()), known.stream)
        self._state, self._as_of = state, as_of
        self._names = names_in(state.timelines).by_key
        self._offices = KnownOffices(owner)

    def deviation(self, deviation: Deviation) -> DeviationRow:
        """One row."""
        kind, id_ = _parted(deviation.subject)
        given, held = deviation.explained, deviation.held
        return {
            "subject": kind,
            "id": id_,
            "name": self._name(deviation.subject),
            "objectives": list(self._state.serves(id_)) if kind == "indicator" else [id_],
            "offices": list(self._offices.names(self._responsible(kind, id_))),
            "period": deviation.period,
            "targets": [target.text for _, target in sorted(deviation.targets.items())],
            "observed": print_rounded(deviation.observed) if deviation.observed is not None else None,
            "variance": variance_answer(deviation.variance),
            "met": held.met if held is not None else None,
            "status": deviation.status,
            "asks_cause": deviation.asks_cause,
            "cause": given.cause if given else None,
            "explained_on": given.explained_on.isoformat() if given else None,
            "words": self._words(given.version) if given else None,
            "version": given.version if given else None,
            "note": CONDITION_AWAITED if deviation.waits else deviation.not_held,
            "actions": [self.action(action) for action in deviation.actions],
        }

    def action(self, action: CorrectiveAction) -> CorrectiveActionRow:
        """One corrective action."""
        kind, id_ = _parted(action.subject)
        return {
            "id": action.id,
            "subject": kind,
            "of": id_,
            "name": self._name(action.subject),
            "period": action.period,
            "remedy": self._of_actions[action.id].remedy,
            "office": self._offices.name(action.office),
            "planned_on": action.planned_on.isoformat(),
            "due_by": action.due_by.isoformat(),
            "rescheduled_on": action.rescheduled_on.isoformat() if action.rescheduled_on else None,
            "ended_on": action.ended_on.isoformat() if action.ended_on else None,
            "state": action.state(self._as_of),
            "notes": list(self._of_actions[action.id].notes),
            "versions": list(action.versions),
        }

    def owing(self, deviations_: Iterable[Deviation]) -> dict[str, list[str]]:
        """What of some deviations asks for its cause, by office."""
        owed: defaultdict[str, list[str]] = defaultdict(list)
        for each in deviations_:
            kind, id_ = _parted(each.subject)
            if each.asks_cause:
                for office in self._offices.names(self._responsible(kind, id_)) or (NOBODY,):
                    owed[office].append(self._name(each.subject))
        return dict(owed)

    def overdue(self, actions: Iterable[CorrectiveAction]) -> dict[str, list[str]]:
        """What of some corrective actions should have been done, by office; nothing of what waits for its condition."""
        owed: defaultdict[str, list[str]] = defaultdict(list)
        for action in actions:
            if action.state(self._as_of) == "overdue" and not self._state.waits(action.subject):
                remedy = self._of_actions[action.id].remedy if action.id in self._of_actions else None
                owed[self._offices.name(action.office)].append(remedy or action.id)
        return dict(owed)

    def _name(self, subject: str) -> str:
        return self._names.get(subject) or subject.partition("/")[2]

    def _words(self, version: int) -> str | None:
        return self._texts.get(self._notes.get(version) or "")

    def _responsible(self, kind: ObjectKind, id_: str) -> list[str]:
        if kind == "indicator":
            return list(responsible_offices(self._state, id_))
        for served in (id_, *self._state.ancestors(id_)):
            offices = self._state.objective(served, "offices")
            if isinstance(offices, list) and offices:
                return [str(office) for office in offices]
        return []


def deviation_lines(row: DeviationRow) -> Iterator[str]:
    """A deviation in lines of text, for people: how much, why, what is done about it."""
    if row["variance"] is not None:
        yield f"scostamento: {row['variance']['words']}"
        if (asked := row["variance"]["asked_words"]) is not None:
            yield f"chiesto {_until(row['period'])}: {asked}"
    if row["note"] is not None:
        yield f"nota: {row['note']}"
    if row["cause"] is not None:
        yield f"causa {DEVIATION_CAUSES[row['cause']]}: {row['words'] or '—'}"
    elif row["asks_cause"]:
        yield "causa: non è stata detta"
    for action in row["actions"]:
        day = date.fromisoformat(action["ended_on"] or action["due_by"])
        ending = f" il {print_date(day)}" if action["ended_on"] else f", entro il {print_date(day)}"
        state = f"{ACTION_STATES[action['state']]}{ending}"
        yield f"azione correttiva {action['id']}: {action['remedy'] or '—'} ({action['office']}): {state}"


def _until(period: Period) -> str:
    """Of which part of the year a target is held against a value: of all that has gone by, whenever its period began."""
    end = last_day(period)
    return f"al {print_date(end)}" if first_day(period).month == 1 else f"dall'inizio dell'anno al {print_date(end)}"


def variance_answer(variance: Variance | None) -> VarianceAnswer | None:
    """A variance as an answer gives it; None where there are no two figures."""
    if variance is None:
        return None
    return {
        "observed": decimal_string(variance.observed),
        "asked": decimal_string(variance.asked),
        "value": decimal_string(variance.value),
        "percent": decimal_string(variance.percent),
        "unit": variance.unit,
        "words": variance.words,
        "asked_words": variance.asked_words,
    }


def _parted(subject: str) -> tuple[ObjectKind, str]:
    kind, _, id_ = subject.partition("/")
    return "objective" if kind == "objective" else "indicator", id_
