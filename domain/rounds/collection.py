"""What a monitoring round asks for, what came of it and when, and who has to be reminded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from domain.administrations.offices import KnownOffices
from domain.facts import indicator_key, objective_key, series_key
from domain.measurements.checks import responsible_offices, valuing_offices
from domain.measurements.decide import OBSERVED
from domain.measurements.values import WITHOUT_VALUE, Observed
from domain.objectives.levels import level_key
from domain.periods import period_ending
from domain.plans.state import PlanState
from domain.point import today
from domain.recording import Recorded
from domain.recording_delay import recording_delay
from domain.rounds.model import Round
from domain.scoring.inputs import AdministrationRecord, Seen, measured_by_system, reading_at
from domain.scoring.tree import IndicatorNode
from domain.systems.decide import adopted_systems, system_of
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import NoTarget, SurveyYear, Target
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue, first_day, last_day, period_year

Arrival = Literal["in_time", "not_knowable", "late", "after_closing"]
"""When something came for a round; `not_knowable` of what was loaded long after the fact."""

WORST_LAST: tuple[Arrival, ...] = ("in_time", "not_knowable", "late", "after_closing")
NOBODY = "nessun ufficio indicato"


class Reply(NamedTuple):
    """What came for one subject of a round: the entry, and the event that brought it."""

    entry: Entry
    record: Recorded

    @property
    def body(self) -> Mapping[str, JsonValue]:
        """What was said."""
        return self.entry.value if isinstance(self.entry.value, dict) else {}


class Due(NamedTuple):
    """One indicator that a round asks for, and what came of it.

    `offices` are asked for its value: the one that measures, or else answers for it. Those that are `responsible` are asked how
    it goes, and why it is short. What the system measures itself (`by_system`) is asked of nobody.
    """

    indicator: str
    offices: tuple[str, ...]
    objectives: tuple[str, ...]
    targets: dict[int, Target]
    measurement: Reply | None
    period: str | None
    status: Reply | None
    responsible: tuple[str, ...] = ()
    by_system: bool = False
    figure: Observed | None = None
    """What the system measures of the plan at the date, where it does."""

    @property
    def observed(self) -> Observed | None:
        """What was observed, if anything was."""
        if self.figure is not None:
            return self.figure
        observed = self.measurement.body.get("observed") if self.measurement else None
        return None if observed is None else OBSERVED.validate_python(observed)

    @property
    def has_value(self) -> bool:
        """Whether a value came; what says that there is none ("n.d.") is a reply without it."""
        return self.by_system or (self.measurement is not None and not isinstance(self.observed, WITHOUT_VALUE))

    @property
    def answered(self) -> bool:
        """Whether a value, what stands in its place, or a status came; "not reported" is no answer."""
        return self.measurement is not None or (self.status is not None and self.word != "not_reported")

    @property
    def word(self) -> str | None:
        """The status that was reported."""
        return None if self.status is None else str(self.status.body.get("status"))

    @property
    def progress(self) -> Decimal | None:
        """The progress that was reported, in percent."""
        progress = None if self.status is None else self.status.body.get("progress")
        return None if progress is None else Decimal(str(progress))

    @property
    def replies(self) -> list[Reply]:
        """What came: a value, a status."""
        return [reply for reply in (self.measurement, self.status) if reply is not None]


class Awaited(NamedTuple):
    """The indicators that a round asks for, and the entries that came for it: values by indicator, statuses by object.

    `superseded` are the versions of the statuses that others of the same round took the place of.
    """

    indicators: list[str]
    measurements: dict[str, tuple[str, Entry]]
    statuses: dict[str, Entry]
    as_of: date
    superseded: tuple[int, ...] = ()


class CollectedRound(NamedTuple):
    """A round with all that it asks for and all that came: what every question about it reads.

    `objectives` are the statuses of objectives by id, `notes` the words of the notes of statuses by version,
    `superseded` the versions of the statuses that others took the place of; `record` what the administration had measured by
    `as_of`, from which targets that speak of other years, or of others, are read.
    """

    round: Round
    state: PlanState
    system: MeasurementSystem
    dues: list[Due]
    objectives: dict[str, Reply]
    notes: dict[int, str]
    record: AdministrationRecord
    as_of: date
    readings: dict[str, tuple[IndicatorNode, Seen | None]]
    """The indicators that were read already."""
    superseded: tuple[int, ...] = ()

    def reading(self, indicator: str) -> tuple[IndicatorNode, Seen | None]:
        """An indicator as the score of its year reads it on the day of the round, read once."""
        if indicator not in self.readings:
            read = reading_at(self.state, self.record, self.system, self.as_of, indicator)
            self.readings[indicator] = read
        return self.readings[indicator]

    @property
    def asked(self) -> list[Due]:
        """What somebody is asked for: not what the system measures."""
        return [due for due in self.dues if not due.by_system]

    def name(self, indicator: str) -> str:
        """How an indicator is called."""
        return str(self.state.indicator(indicator, "name") or indicator)

    def by_office(self) -> dict[str, list[Due]]:
        """What each office has to give, in the order of their names."""
        offices: defaultdict[str, list[Due]] = defaultdict(list)
        for due in self.dues:
            for office in dict.fromkeys((*due.offices, *due.responsible)) or (NOBODY,):
                offices[office].append(due)
        return dict(sorted(offices.items()))


class Reminder(NamedTuple):
    """Who has to be asked for what: an office, the indicators without an answer, and those without a value.

    `causes` are what is short of its target with nobody saying why, `actions` the corrective actions that are overdue.
    """

    office: str
    words: str
    missing: list[str]
    values: list[str]
    causes: list[str]
    actions: list[str]


def awaited(
    state: PlanState, owner: Timelines, round_: Round, rounds: Iterable[Round], as_of: date, offices: KnownOffices
) -> Awaited:
    """What a round asks for and what came by a date; `state` is the plan on the day that the data are of.

    What came for an earlier round of the year does not count again, nor a status that came since the next one opened.
    """
    year = round_.as_at.year
    rounds = list(rounds)
    earlier = [other.as_at for other in rounds if other.as_at < round_.as_at]
    later = [min(other.opened_on, other.as_at) for other in rounds if other.as_at > round_.as_at]
    since = max([date(year, 1, 1), *(day + timedelta(days=1) for day in earlier)])
    until = min(later, default=None)
    asked = [indicator for indicator in state.indicators() if _asked(state, indicator, round_, offices)]
    measurements: dict[str, tuple[str, Entry]] = {}
    for indicator in asked:
        chosen = _measurement(owner, str(state.indicator(indicator, "series")), round_, since, as_of)
        if chosen is not None:
            measurements[indicator] = chosen
    statuses: dict[str, Entry] = {}
    superseded: list[int] = []
    opened = max(min(round_.opened_on, round_.as_at), since)
    for key in [*map(indicator_key, asked), *map(objective_key, state.objectives())]:
        if reported := _statuses(state.timelines, key, opened, until, as_of):
            *earlier_entries, statuses[key] = reported
            superseded += [entry.version for entry in earlier_entries]
    return Awaited(asked, measurements, statuses, as_of, tuple(superseded))


def collected(
    state: PlanState,
    record: AdministrationRecord,
    round_: Round,
    what: Awaited,
    *,
    measured: Mapping[int, Recorded],
    reported: Mapping[int, Recorded],
    texts: Mapping[str, str | None],
    by_system: Mapping[str, Observed] = {},
) -> CollectedRound:
    """A round, its dues and its replies; `measured` and `reported` are the events of the entries, by version.

    `by_system`: what the system measures of the plan at the date, by indicator.
    """
    owner = record.timelines
    offices = KnownOffices(owner)
    year = round_.as_at.year
    replies = {key: Reply(entry, reported[entry.version]) for key, entry in what.statuses.items()}
    dues: list[Due] = []
    for indicator in what.indicators:
        period, entry = what.measurements.get(indicator, (None, None))
        dues.append(
            Due(
                indicator=indicator,
                offices=offices.names(valuing_offices(state, indicator)),
                objectives=tuple(state.serves(indicator)),
                targets={
                    ordinal: target_of(value)
                    for (target_year, ordinal), value in state.targets(indicator).items()
                    if target_year == year
                },
                measurement=Reply(entry, measured[entry.version]) if entry else None,
                period=period if indicator not in by_system else period_ending(round_.as_at),
                status=replies.get(indicator_key(indicator)),
                responsible=offices.names(responsible_offices(state, indicator)),
                by_system=measured_by_system(state, indicator),
                figure=by_system.get(indicator),
            )
        )
    notes = {v: text for v, each in reported.items() if (text := texts.get(each.note or ""))}
    objectives = {key.partition("/")[2]: reply for key, reply in replies.items() if key.startswith("objective/")}
    system = system_of(adopted_systems(owner), state.timelines, year, round_.as_at).system
    return CollectedRound(round_, state, system, dues, objectives, notes, record, what.as_of, {}, what.superseded)


def _asked(state: PlanState, indicator: str, round_: Round, offices: KnownOffices) -> bool:
    """Whether a round asks for an indicator: in force, in its scope, with a commitment for the year."""
    if not state.indicator_in_force(indicator):
        return False
    year = round_.as_at.year
    targets = [target_of(v) for (target_year, _), v in state.targets(indicator).items() if target_year == year]
    if all(isinstance(target, NoTarget | SurveyYear) for target in targets):
        return False
    serves = [each for each in state.serves(indicator) if state.in_force(each) and not state.awaits_condition(each)]
    if not serves:
        return False
    scope = round_.scope
    if scope.objectives and not any({o, *state.ancestors(o)} & set(scope.objectives) for o in serves):
        return False
    levels = {level_key(level) for level in scope.levels}
    if levels and not any(level_key(str(state.objective(o, "level"))) in levels for o in serves):
        return False
    wanted = set(offices.names(scope.offices))
    return not wanted or bool(wanted & set(offices.names(responsible_offices(state, indicator))))


def _measurement(owner: Timelines, series: str, round_: Round, since: date, as_of: date) -> tuple[str, Entry] | None:
    """The value that came for a round: of a period that ends in it, or of data that are of a day of it.

    Of periods that end on one day, that of the longest: it is the one that the part of the year is held against.
    """
    candidates: list[tuple[date, int, date, int, str, Entry]] = []
    for period in owner.fields(series_key(series)):
        entry = owner.entry(series_key(series), period, as_of)
        if entry is None or not isinstance(entry.value, dict) or period_year(period) != round_.as_at.year:
            continue
        data_as_at = date.fromisoformat(str(entry.value.get("data_as_at")))
        ends_here = since <= last_day(period) <= round_.as_at
        if (ends_here or since <= data_as_at <= round_.as_at) and first_day(period) <= round_.as_at:
            start = -first_day(period).toordinal()
            candidates.append((last_day(period), start, data_as_at, entry.version, period, entry))
    if not candidates:
        return None
    *_, period, entry = max(candidates, key=lambda candidate: candidate[:4])
    return period, entry


def _statuses(timelines: Timelines, key: str, opened: date, until: date | None, as_of: date) -> list[Entry]:
    """The statuses that were reported for a round, the one that counts last: from its opening on, before the next one opens."""
    return [
        entry
        for entry in timelines.entries(key, "status")
        if opened <= entry.effective_on <= as_of and (until is None or entry.effective_on < until)
    ]


def arrival(round_: Round, due: Due) -> Arrival | None:
    """When the replies to one due came, the latest of them; None where nothing came."""
    return max((_arrival(round_, reply.record) for reply in due.replies), key=WORST_LAST.index, default=None)


def came_late(round_: Round, due: Due) -> bool:
    """Whether the last of the replies to one due came after the day by which it was awaited, or after the closing."""
    return arrival(round_, due) in {"late", "after_closing"}


def _arrival(round_: Round, record: Recorded) -> Arrival:
    day = today(record.recorded_at)
    if round_.closed_on is not None:
        against_closing = recording_delay(round_.closed_on, day, retrospective=record.retrospective)
        if against_closing == "late":
            return "after_closing"
    return recording_delay(round_.due_by or date.max, day, retrospective=record.retrospective)


def statuses_counted(dues: Sequence[Due]) -> dict[str, int]:
    """How many dues were reported with each status; `none` counts those without."""
    words = [due.word or "none" for due in dues]
    return {word: words.count(word) for word in sorted(set(words))}


ByOffice = Mapping[str, Sequence[str]]


def reminders(whole: CollectedRound, causes: ByOffice = {}, actions: ByOffice = {}) -> list[Reminder]:  # noqa: B006 - read only
    """One reminder an office that owes anything, with its list: answers, values, causes of deviations, overdue actions."""
    listed: list[Reminder] = []
    by_office = whole.by_office()
    for office in sorted({*by_office, *causes, *actions}):
        dues = by_office.get(office, [])
        asked = [due for due in dues if not due.by_system and office in (due.offices or (NOBODY,))]
        missing = [due for due in asked if not due.answered]
        values = [due for due in asked if due.answered and not due.has_value]
        unsaid = [due for due in dues if not due.by_system and due not in asked and not due.answered]
        unexplained, overdue = list(causes.get(office, ())), list(actions.get(office, ()))
        owed: list[str] = []
        if missing or values:
            words = (
                f"dei dati al {whole.round.as_at:%d/%m/%Y} mancano "
                f"{_counted(len(missing), 'risposta', 'risposte')} e {_counted(len(values), 'valore', 'valori')}"
            )
            if whole.round.due_by is not None:
                words += f", attesi entro il {whole.round.due_by:%d/%m/%Y}"
            owed.append(words)
        if unsaid:
            owed.append(f"di {_counted(len(unsaid), 'indicatore', 'indicatori')} che altri misurano manca lo stato")
        if unexplained:
            owed.append(f"di {_counted(len(unexplained), 'scostamento', 'scostamenti')} manca la causa")
        if overdue:
            owed.append(f"scadute: {_counted(len(overdue), 'azione correttiva', 'azioni correttive')}")
        if owed:
            lacking, without = ([whole.name(due.indicator) for due in group] for group in ([*missing, *unsaid], values))
            listed.append(Reminder(office, f"{office}: {'; '.join(owed)}", lacking, without, unexplained, overdue))
    return listed


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"
