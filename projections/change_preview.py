"""What a change would do: the changes that it makes, what differs, and how far the change rate of each year goes.

Each stream is read once. The history before is that of what is recorded; the history after is the same with the pending
events: nothing is recorded, and nobody waits.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled
from domain.facts import LIFE, PLAN, indicator_key, objective_key
from domain.plans.differences import between
from domain.plans.events import ApprovalAnnulled, ClosingAnnulled
from domain.plans.history import PlanHistory, changes_among, years_touched
from domain.plans.objects import Objects
from domain.plans.state import PlanState
from domain.plans.weights import WeighedKind, uneven_after
from domain.point import Point, today
from domain.recording import Recorded
from domain.scoring.numbers import decimal_string
from domain.systems.decide import adopted_systems
from domain.targets.decide import target_of
from domain.targets.doubts import DoubtName, doubts_between
from domain.targets.events import TargetRevised, TargetSet
from domain.timelines import Cell, Timelines
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year, polarity_of
from projections.answers import Count, Day, DecimalText, Name, Text, Version
from projections.audit import names_of
from projections.change_rate import PlainRates, Rates, plain_rates, rate_answer
from projections.deciding import Deciding, deciding
from projections.differences import Difference, difference_answer
from projections.official_rate import OfficialEffect, described_effect
from projections.plan_history import PlanChange, change_answer
from projections.store.preview_reader import PreviewReader
from projections.streams import PlanKnown, find_plan, plan_stream

OF_PLACE = (LIFE, "parent")
"""The fields by which a change of one objective brings others in or out of force."""
OF_NEAR = (*OF_PLACE, "title", "name")
"""What is read of an object that the change does not speak of: whether it is in force, and how it is named."""


class BeforeAfter(TypedDict):
    """Il tasso di modifica di un anno, prima e dopo."""

    before: Rates
    after: Rates
    official: OfficialEffect


class AnnulledEvent(TypedDict):
    """Un evento che non conterebbe più: che cosa diceva, da quando, con quale atto."""

    stream: Name
    version: Version
    event: Name
    sentence: Text
    effective_on: Day
    act: Identifier | None


class OvertakenDifference(Difference):
    """Ciò che una modifica cambia fino al giorno in cui vale un altro atto, già registrato, che lo ha cambiato ancora.

    `until` è l'ultimo giorno in cui la modifica vale, `then` ciò che vale da quello dopo, `by` la versione dell'evento che
    lo ha fissato, `act` il suo atto.
    """

    effective_on: Day
    until: Day
    then: JsonValue
    by: Version
    act: Identifier | None


class TargetQuestion(TypedDict):
    """Ciò che in un target nuovo può essere una svista, e la domanda: l'unità, il verso, il segno, la grandezza, la forma."""

    indicator: Identifier
    name: Text
    year: Year
    ordinal: Ordinal
    about: DoubtName
    words: Text
    question: Text


class UnevenSum(TypedDict):
    """Un padre i cui figli hanno pesi che non fanno 100: di quali figli, quanto fanno, quanti non ne hanno.

    `parent` è null per gli obiettivi in cima al piano, e per i nodi di un altro albero.
    """

    parent: Identifier | None
    of: WeighedKind
    total: DecimalText
    unweighted: Count
    words: Text


class ChangePreview(TypedDict):
    """Che cosa farebbero le modifiche: quali sono, che cosa cambia, fin dove va il tasso di modifica."""

    preview: Literal[True]
    plan: Identifier
    as_of: Annotated[Day, Field(description="La data a cui si confrontano prima e dopo.")]
    decides: Deciding
    changes: list[PlanChange]
    annulled: Annotated[list[AnnulledEvent], Field(description="Gli eventi che non conterebbero più.")]
    differences: list[Difference]
    overtaken: Annotated[
        list[OvertakenDifference],
        Field(
            description="Ciò che cambia solo fino a un altro atto, già registrato, che vale da un giorno successivo."
        ),
    ]
    questions: Annotated[
        list[TargetQuestion],
        Field(description="Ciò che nei target nuovi può essere una svista: si chiede, non si rifiuta."),
    ]
    weights: Annotated[
        list[UnevenSum], Field(description="I pesi che dopo le modifiche non fanno 100, e prima non stavano così.")
    ]
    change_rate: dict[str, BeforeAfter]


class PlainBeforeAfter(TypedDict):
    """Il tasso di modifica di un anno, prima (null se era di una bozza) e dopo, senza l'elenco di ciò che conta."""

    before: PlainRates | None
    after: PlainRates


class HistoriesAround:
    """The history of a plan before a pending append, and after it."""

    def __init__(self, reader: PreviewReader, plan: str) -> None:
        known = find_plan(reader.before, plan)
        stream = known.stream
        self.before = reader.recorded_histories.rated(reader.before, plan, stream, known.administration_stream)
        self.pending = reader.pending(stream)
        version = self.before.history.version + len(self.pending)
        systems = adopted_systems(reader.timelines(known.administration_stream))
        self.after = self.before.after(self.pending, reader.annulled(stream, version), systems)


def change_preview(
    reader: PreviewReader, plan: str, as_of: date | None = None, rules_of: Collection[int] = ()
) -> ChangePreview:
    """What the pending append would do to a plan, compared on a date: by default that of its last change.

    The years are all those that it touches, by what they speak of or by the date from which they hold, and those whose
    rules it brings.
    """
    histories = HistoriesAround(reader, plan)
    before, after, pending = histories.before, histories.after, histories.pending
    on = as_of or max((record.effective_on for record in pending), default=today(reader.recorded_at))
    texts = reader.texts(
        [text for record in pending for text in (record.justification, record.note)], plan_stream(plan)
    )
    years = sorted({*years_touched(pending, after.history.years), *rules_of} & {*after.history.years})
    rates_before, rates_after = before.rates(years, on), after.rates(years, on)
    point_before, point_after = Point(on, reader.recorded_at - timedelta(microseconds=1)), Point(on)
    official_before = before.official_rates(rates_before, point_before)
    official_after = after.official_rates(rates_after, point_after)
    return {
        "preview": True,
        "plan": plan,
        "as_of": on.isoformat(),
        "decides": deciding(pending),
        "annulled": _annulled(reader, plan),
        "changes": [change_answer(change, texts) for change in changes_among(after.history, pending)],
        "differences": _differences(before.history, after.history, on, pending),
        "overtaken": _overtaken(before.history, after.history, pending),
        "questions": _questions(before.history, pending),
        "weights": _uneven(before.history, after.history, pending),
        "change_rate": {
            str(year): {
                "before": rate_answer(rates_before[year].rates),
                "after": rate_answer(rates_after[year].rates),
                "official": described_effect(official_before[year], official_after[year]),
            }
            for year in years
        },
    }


def _annulled(reader: PreviewReader, plan: str) -> list[AnnulledEvent]:
    """What the pending events leave out of what is recorded, of the plan and of its administration."""
    known = find_plan(reader.before, plan)
    rows: list[AnnulledEvent] = []
    for stream in (known.stream, known.administration_stream):
        versions = [version for record in reader.pending(stream) for version in record.event.annulled_versions()]
        versions += _sealed_before(reader, known) if stream == known.stream else []
        if not versions:
            continue
        names = names_of(reader.before, known)
        rows += [
            {
                "stream": stream,
                "version": record.version,
                "event": record.event.topic,
                "sentence": record.event.sentence(names),
                "effective_on": record.effective_on.isoformat(),
                "act": record.act,
            }
            for record in reader.before.records(stream, versions)
        ]
    return rows


def _sealed_before(reader: PreviewReader, known: PlanKnown) -> list[int]:
    """The approvals and closings that the pending events annul: they stay on record, and hold no more."""
    timelines = reader.before.timelines(known.stream)
    return [
        timelines.entries(fact.object, fact.field)[-1].version
        for record in reader.pending(known.stream)
        if isinstance(record.event, ApprovalAnnulled | ClosingAnnulled)
        for fact in record.event.facts()
    ]


def rates_before_and_after(
    reader: PreviewReader, plan: str, years: Iterable[int], as_of: date
) -> dict[str, PlainBeforeAfter]:
    """The change rates of some years before the pending append and after it; nothing of a year of a draft."""
    histories = HistoriesAround(reader, plan)
    approved = [year for year in years if year in histories.after.history.approvals]
    before = histories.before.rates([y for y in approved if y in histories.before.history.approvals], as_of)
    after = histories.after.rates(approved, as_of)
    return {
        str(year): {
            "before": plain_rates(before[year].rates) if year in before else None,
            "after": plain_rates(after[year].rates),
        }
        for year in approved
    }


def _differences(before: PlanHistory, after: PlanHistory, on: date, pending: Iterable[Recorded]) -> list[Difference]:
    """What differs on a date, looked for only where the pending events may make a difference."""
    cells = _cells_touched(before, pending)
    touched = {key for key, _ in cells}
    near = touched | _near(before.state(on), cells) | _near(after.state(on), cells)
    was, now = (_state(history.timelines, on, touched, near) for history in (before, after))
    return [difference_answer(difference) for difference in between(was, now, after.bare_value)]


def _overtaken(before: PlanHistory, after: PlanHistory, pending: Sequence[Recorded]) -> list[OvertakenDifference]:
    """What the pending events change until another event, which is recorded already, took effect at a later date."""
    own = {record.version for record in pending}
    acts = {record.version: record.act for record in after.records}
    listed: list[OvertakenDifference] = []
    for day in sorted({record.effective_on for record in pending}):
        of_day = [record for record in pending if record.effective_on == day]
        following = {
            (fact.object, fact.field): entry
            for record in of_day
            for fact in record.event.facts()
            if (entry := after.timelines.following(fact.object, fact.field, day)) and entry.version not in own
        }
        for difference in _differences(before, after, day, of_day) if following else ():
            entry = following.get((difference["object"], difference["field"]))
            if entry is not None and entry.value != difference["after"]:
                listed.append(
                    {
                        **difference,
                        "effective_on": day.isoformat(),
                        "until": (entry.effective_on - timedelta(days=1)).isoformat(),
                        "then": entry.value,
                        "by": entry.version,
                        "act": acts.get(entry.version),
                    }
                )
    return listed


def _questions(before: PlanHistory, pending: Iterable[Recorded]) -> list[TargetQuestion]:
    """What is asked of the targets that take the place of others, and of those that follow one of an earlier year."""
    listed: list[TargetQuestion] = []
    for record in pending:
        event = record.event
        if not isinstance(event, TargetSet | TargetRevised):
            continue
        state = before.state(record.effective_on)
        polarity = polarity_of(state.indicator(event.indicator, "polarity"))
        earlier = [
            target_of(value)
            for (year, ordinal), value in sorted(state.targets(event.indicator).items())
            if ordinal == event.ordinal and year < event.year
        ]
        former = event.before if isinstance(event, TargetRevised) else earlier[-1] if earlier else None
        same_cell = isinstance(event, TargetRevised)
        listed += [
            {
                "indicator": event.indicator,
                "name": str(state.indicator(event.indicator, "name") or event.indicator),
                "year": event.year,
                "ordinal": event.ordinal,
                "about": doubt.name,
                "words": doubt.words,
                "question": doubt.question,
            }
            for doubt in (doubts_between(former, event.target, polarity, same_cell=same_cell) if former else ())
        ]
    return listed


def _uneven(before: PlanHistory, after: PlanHistory, pending: Sequence[Recorded]) -> list[UnevenSum]:
    """The sums of weights that the pending events leave uneven."""
    return [
        {
            "parent": None if uneven.tree else uneven.parent or None,
            "of": uneven.of,
            "total": decimal_string(uneven.total),
            "unweighted": uneven.unweighted,
            "words": uneven.words,
        }
        for uneven in uneven_after(pending, before.state, after.state)
    ]


def _cells_touched(before: PlanHistory, pending: Iterable[Recorded]) -> set[Cell]:
    """The cells of which the pending events speak, or those that they annul, or restore by annulling."""
    events = [record.event for record in pending]
    versions = {version for event in events for version in event.annulled_versions()}
    annulled_events = [record.event for record in before.records if record.version in versions] if versions else []
    if any(isinstance(event, EventsAnnulled) for event in annulled_events):
        annulled_events = [record.event for record in before.records]
    return {(fact.object, fact.field) for event in (*events, *annulled_events) for fact in event.facts()}


def _near(state: PlanState, cells: Iterable[Cell]) -> set[str]:
    """The objects on which it hangs whether what the cells speak of is in force, and those that hang from it."""
    objectives: set[str] = set()
    indicators: set[str] = set()
    moved: set[str] = set()
    for key, field in cells:
        kind, _, id_ = key.partition("/")
        name = id_.partition("/")[0]
        if kind == "objective":
            objectives.add(name)
            moved.update([name] if field in OF_PLACE else [])
        elif kind in {"indicator", "assignment"}:
            indicators.add(name)
    if moved:
        objectives.update(name for name in state.objectives() if not moved.isdisjoint(state.ancestors(name)))
        indicators.update(
            indicator
            for indicator, objective in map(_ends, state.timelines.objects("assignment/"))
            if objective in objectives
        )
    assignments = [key for name in indicators for key in state.timelines.objects(f"assignment/{name}/")]
    objectives.update(key.rpartition("/")[2] for key in assignments)
    above = {name for objective in objectives for name in state.ancestors(objective)}
    return {PLAN, *map(objective_key, objectives | above), *map(indicator_key, indicators), *assignments}


def _ends(assignment: str) -> tuple[str, str]:
    _, indicator, objective = assignment.split("/")
    return indicator, objective


def _state(timelines: Timelines, on: date, objects: Collection[str], near: Collection[str]) -> Objects:
    """The state of some objects on a date, and of those near them what they depend on."""
    state: dict[str, dict[str, JsonValue]] = {}
    for key in timelines.objects("/"):
        if key not in near:
            continue
        fields = timelines.fields(key) if key in objects else OF_NEAR
        values = {field: entry.value for field in fields if (entry := timelines.entry(key, field, on)) is not None}
        if values:
            state[key] = values
    return Objects(state)
