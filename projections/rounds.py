"""A monitoring round: what is due by office, what came, what came late, what is missing; and the list of reminders."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from domain.facts import indicator_key, objective_key, series_key
from domain.measurements.checks import responsible_offices
from domain.measurements.decide import OBSERVED
from domain.measurements.printer import print_value
from domain.measurements.values import Observed
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.recording import Recorded
from domain.rounds.decide import Round, find_round, rounds_of
from domain.rounds.expected import expected_progress
from domain.rounds.scope import Scope
from domain.scoring.numbers import plain
from domain.systems.decide import system_of
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import NoTarget, SurveyYear, Target
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue, first_day, last_day, period_year
from projections.offices import Offices
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan

NOBODY = "nessun ufficio indicato"
Row = dict[str, JsonValue]


class Answer(NamedTuple):
    """What came for one subject of a round: the entry, and the event that brought it."""

    entry: Entry
    record: Recorded


class Due(NamedTuple):
    """One indicator that a round asks for, and what came of it."""

    indicator: str
    offices: tuple[str, ...]
    objectives: tuple[str, ...]
    targets: dict[int, Target]
    measurement: Answer | None
    period: str | None
    status: Answer | None

    @property
    def observed(self) -> Observed | None:
        """What was observed, if anything was."""
        value = self.measurement.entry.value if self.measurement else None
        held = value.get("observed") if isinstance(value, dict) else None
        return None if held is None else OBSERVED.validate_python(held)

    @property
    def answered(self) -> bool:
        """Whether a value or a status came; "not reported" is no answer."""
        return self.measurement is not None or (self.status is not None and self.word != "not_reported")

    @property
    def word(self) -> str | None:
        """The status that was reported."""
        return None if self.status is None else str(_said(self.status).get("status"))

    @property
    def progress(self) -> Decimal | None:
        """The progress that was reported, in percent."""
        said = None if self.status is None else _said(self.status).get("progress")
        return None if said is None else Decimal(str(said))


class Collected(NamedTuple):
    """A round with all that it asks for and all that came: what every question about it reads."""

    found: PlanKnown
    round: Round
    state: PlanState
    owner: Timelines
    system: MeasurementSystem
    dues: list[Due]
    objectives: dict[str, Answer]
    notes: dict[int, str]
    """The words of the notes of statuses, by the version of their event."""


def collected(reader: Reader, plan: str, name: str, point: Point) -> Collected:
    """A round, its dues and its answers as known at a point; NotFound when there is no such round."""
    found = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(found.stream, found.known.version)
    owner = reader.timelines(found.administration_stream, found.administration_known.version)
    one = find_round(timelines, name, point.as_of)
    return _collected(reader, found, timelines, owner, one, rounds_of(timelines, point.as_of), point.as_of)


def collected_at(reader: Reader, plan: str, on: date, point: Point) -> Collected:
    """What stands for a date, whether or not a round was opened for it: the check of a plan that keeps none."""
    found = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(found.stream, found.known.version)
    owner = reader.timelines(found.administration_stream, found.administration_known.version)
    rounds = rounds_of(timelines, point.as_of)
    same = next((one for one in rounds if one.as_at == on), None)
    one = same or Round(f"al {on:%d/%m/%Y}", on, date(on.year, 1, 1), None, Scope(), None, 0, None)
    return _collected(reader, found, timelines, owner, one, rounds, point.as_of)


def _collected(
    reader: Reader,
    found: PlanKnown,
    timelines: Timelines,
    owner: Timelines,
    one: Round,
    rounds: list[Round],
    as_of: date,
) -> Collected:
    state = PlanState(timelines, one.as_at)
    year = one.as_at.year
    earlier = [other.as_at for other in rounds if other.as_at < one.as_at]
    later = [min(other.opened_on, other.as_at) for other in rounds if other.as_at > one.as_at]
    since = max([date(year, 1, 1), *(date.fromordinal(day.toordinal() + 1) for day in earlier)])
    until = min(later) if later else None
    offices = Offices(owner)
    statuses: dict[str, Entry] = {}
    asked = [indicator for indicator in state.indicators() if _asked(state, indicator, one, offices)]
    chosen: list[tuple[str, str | None, Entry | None]] = []
    for indicator in asked:
        series = str(state.indicator(indicator, "series"))
        period, entry = _measurement(owner, series, one, since, as_of)
        chosen.append((indicator, period, entry))
    for key in [indicator_key(i) for i in asked] + [objective_key(o) for o in state.objectives()]:
        entry = _status(timelines, key, min(one.opened_on, one.as_at), since, until, as_of)
        if entry is not None:
            statuses[key] = entry
    mine = {r.version: r for r in reader.records(found.stream, [e.version for e in statuses.values()])}
    theirs = {r.version: r for r in reader.records(found.administration_stream, [e.version for *_, e in chosen if e])}
    answers = {key: Answer(entry, mine[entry.version]) for key, entry in statuses.items()}
    dues = [
        Due(
            indicator=indicator,
            offices=offices.names(responsible_offices(state, indicator)),
            objectives=tuple(state.serves(indicator)),
            targets={
                ordinal: target_of(value) for (of, ordinal), value in state.targets(indicator).items() if of == year
            },
            measurement=Answer(entry, theirs[entry.version]) if entry else None,
            period=period,
            status=answers.get(indicator_key(indicator)),
        )
        for indicator, period, entry in chosen
    ]
    texts = reader.texts([record.note for record in mine.values()])
    notes = {v: text for v, record in mine.items() if (text := texts.get(record.note or ""))}
    objectives = {one.partition("/")[2]: answer for one, answer in answers.items() if one.startswith("objective/")}
    system = system_of(timelines, year, one.as_at).system
    return Collected(found, one, state, owner, system, dues, objectives, notes)


def _asked(state: PlanState, indicator: str, one: Round, offices: Offices) -> bool:
    """Whether a round asks for an indicator: in force, in its scope, with a commitment for the year."""
    if not state.indicator_in_force(indicator):
        return False
    year = one.as_at.year
    commits = [target_of(v) for (of, _), v in state.targets(indicator).items() if of == year]
    if not any(not isinstance(target, NoTarget | SurveyYear) for target in commits):
        return False
    serves = [objective for objective in state.serves(indicator) if state.in_force(objective)]
    scope = one.scope
    if scope.objectives and not any({o, *state.ancestors(o)} & set(scope.objectives) for o in serves):
        return False
    if scope.levels and not any(state.objective(o, "level") in scope.levels for o in serves):
        return False
    wanted = set(offices.names(list(scope.offices)))
    return not wanted or bool(wanted & set(offices.names(responsible_offices(state, indicator))))


def _measurement(
    owner: Timelines, series: str, one: Round, since: date, as_of: date
) -> tuple[str | None, Entry | None]:
    """The value that came for a round: of a period that ends in it, or of data that are of a day of it."""
    best: tuple[date, date, int] | None = None
    chosen: tuple[str | None, Entry | None] = (None, None)
    for period in owner.fields(series_key(series)):
        entry = owner.entry(series_key(series), period, as_of)
        if entry is None or not isinstance(entry.value, dict) or period_year(period) != one.as_at.year:
            continue
        as_at = date.fromisoformat(str(entry.value.get("data_as_at")))
        ends_here = since <= last_day(period) <= one.as_at
        if (ends_here or since <= as_at <= one.as_at) and first_day(period) <= one.as_at:
            rank = (last_day(period), as_at, entry.version)
            if best is None or rank > best:
                best, chosen = rank, (period, entry)
    return chosen


def _status(timelines: Timelines, key: str, opened: date, since: date, until: date | None, as_of: date) -> Entry | None:
    """The last status that was reported for a round: from its opening on, before the next one opens."""
    held = [
        entry
        for entry in timelines.entries(key, "status")
        if max(opened, since) <= entry.effective_on <= as_of and (until is None or entry.effective_on < until)
    ]
    return held[-1] if held else None


def _said(answer: Answer) -> Row:
    return answer.entry.value if isinstance(answer.entry.value, dict) else {}


def lateness(one: Round, record: Recorded) -> str:
    """in_time, late, after_closing; or not_knowable, for what was loaded long after the fact."""
    if record.retrospective:
        return "not_knowable"
    day = today(record.recorded_at)
    if one.closed_on is not None and day > one.closed_on:
        return "after_closing"
    return "late" if one.due_by is not None and day > one.due_by else "in_time"


def round_status(reader: Reader, plan: str, name: str, point: Point) -> Row:
    """How a round stands: by office what is due, what came and when; reminders; the progress that is expected."""
    whole = collected(reader, plan, name, point)
    rows = {due.indicator: _row(whole, due) for due in whole.dues}
    by_office: defaultdict[str, list[Due]] = defaultdict(list)
    for due in whole.dues:
        for office in due.offices or (NOBODY,):
            by_office[office].append(due)
    offices: list[JsonValue] = [
        {
            "office": office,
            "due": len(dues),
            "received": sum(due.answered for due in dues),
            "values": sum(due.measurement is not None for due in dues),
            "late": sum(rows[due.indicator]["came"] in {"late", "after_closing"} for due in dues),
            "missing": [due.indicator for due in dues if not due.answered],
            "items": [rows[due.indicator] for due in dues],
        }
        for office, dues in sorted(by_office.items())
    ]
    year = whole.round.as_at.year
    return {
        "plan": plan,
        "version": whole.found.known.version,
        "round": describe_round(whole.round),
        "year": year,
        "expected_progress": plain(expected_progress(year, whole.round.as_at, whole.system)),
        "due": len(whole.dues),
        "received": sum(due.answered for due in whole.dues),
        "values": sum(due.measurement is not None for due in whole.dues),
        "missing": sum(not due.answered for due in whole.dues),
        "statuses": _statuses(whole),
        "offices": offices,
        "reminders": _reminders(whole, by_office),
    }


def _statuses(whole: Collected) -> Row:
    counted: defaultdict[str, int] = defaultdict(int)
    for due in whole.dues:
        counted[due.word or "none"] += 1
    return dict(sorted(counted.items()))


def _reminders(whole: Collected, by_office: dict[str, list[Due]]) -> list[JsonValue]:
    """Who has to be asked for what: one reminder an office, with its list."""
    rows: list[JsonValue] = []
    for office, dues in sorted(by_office.items()):
        missing = [due for due in dues if not due.answered]
        values = [due for due in dues if due.answered and due.measurement is None]
        if not missing and not values:
            continue
        asked = f"al {whole.round.as_at:%d/%m/%Y}"
        words = f"{office}: dei dati {asked} mancano {_many(len(missing), 'risposta', 'risposte')}"
        words += f" e {_many(len(values), 'valore', 'valori')}"
        if whole.round.due_by is not None:
            words += f", attesi entro il {whole.round.due_by:%d/%m/%Y}"
        rows.append(
            {
                "office": office,
                "words": words,
                "missing": [_name(whole.state, due.indicator) for due in missing],
                "values": [_name(whole.state, due.indicator) for due in values],
            }
        )
    return rows


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _row(whole: Collected, due: Due) -> Row:
    came = [lateness(whole.round, answer.record) for answer in (due.measurement, due.status) if answer is not None]
    rank = ["in_time", "not_knowable", "late", "after_closing"]
    recorded: list[datetime] = [a.record.recorded_at for a in (due.measurement, due.status) if a is not None]
    observed = due.observed
    return {
        "indicator": due.indicator,
        "name": whole.state.indicator(due.indicator, "name"),
        "objectives": list(due.objectives),
        "targets": [target.text for _, target in sorted(due.targets.items())],
        "period": due.period,
        "observed": print_value(observed) if observed is not None else None,
        "status": due.word,
        "progress": plain(due.progress),
        "note": whole.notes.get(due.status.entry.version) if due.status else None,
        "answered": due.answered,
        "came": max(came, key=rank.index) if came else None,
        "recorded_at": max(recorded).isoformat().replace("+00:00", "Z") if recorded else None,
    }


def describe_round(one: Round) -> Row:
    """A round as JSON."""
    return {
        "id": one.id,
        "as_at": one.as_at.isoformat(),
        "opened_on": one.opened_on.isoformat(),
        "due_by": one.due_by.isoformat() if one.due_by else None,
        "closed_on": one.closed_on.isoformat() if one.closed_on else None,
        "status": "closed" if one.closed_on else "open",
        "scope": one.scope.model_dump(mode="json"),
    }


def rounds(reader: Reader, plan: str, point: Point) -> Row:
    """The rounds of a plan, in the order of the date that their data are of."""
    found = find_plan(reader, plan, point.known_at)
    timelines = reader.timelines(found.stream, found.known.version)
    return {
        "plan": plan,
        "version": found.known.version,
        "rounds": [describe_round(one) for one in rounds_of(timelines, point.as_of)],
    }


def _name(state: PlanState, indicator: str) -> str:
    return str(state.indicator(indicator, "name") or indicator)
