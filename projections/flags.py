"""The attention flags of a year: what the record says of each change and figure, judged by the rules of the domain."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import touched_years
from domain.facts import indicator_key, objective_key, series_key
from domain.flags.model import (
    Case,
    Corrected,
    EasedYears,
    Finding,
    Moved,
    Overridden,
    Restated,
    Revised,
    Started,
    Thresholds,
    thresholds_of,
)
from domain.flags.rules import RULES, Rule
from domain.indicators.events import IndicatorRedefined, IndicatorReweighted
from domain.measurements.events import MeasurementRestated
from domain.measurements.printer import print_value
from domain.objectives.events import ObjectiveMerged, ObjectiveWithdrawn
from domain.oiv.events import FlagAnswered, ReportValidated
from domain.plans.decide import within
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.systems.decide import system_of
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import TargetRevised, TargetSet
from domain.vocabulary import period_year
from projections.audit import names_of
from projections.flag_values import Values, polarity_of, start_direction
from projections.sentences import FIELD_WORDS, Names
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.streams import review_stream
from projections.variations import PlanHistory, Variation, plan_history, variations

Row = dict[str, Any]
DEFINING = ("formula", "unit", "source")


class Judged(NamedTuple):
    """A case with what it is about: its id within the rule, its events, its objects."""

    id: str
    case: Case
    events: tuple[tuple[str, int], ...]
    indicator: str | None = None
    objectives: tuple[str, ...] = ()


def flags(reader: Reader, plan: str, year: int, point: Point) -> Row:
    """Every flag that is raised for a year, with the answer of the office, and what is not knowable, by rule."""
    history = plan_history(reader, plan, point)
    within(history.state(point.as_of), year)
    system = system_of(history.timelines, year, point.as_of).system
    thresholds, ignored = thresholds_of(system.flags)
    answers = _answers(reader, plan, point)
    raised: list[Row] = []
    unknowable: list[Row] = []
    counted = {rule.name: {"judged": 0, "raised": 0, "not_knowable": 0} for rule in RULES}
    cases = list(cases_of(reader, history, year, point))
    for rule in RULES:
        if rule.name in thresholds.off:
            continue
        for judged in cases:
            finding = rule.judge(judged.case, thresholds)
            if finding is None:
                continue
            counted[rule.name]["judged"] += 1
            if finding.outcome != "clear":
                counted[rule.name][finding.outcome] += 1
                row = _row(rule, judged, finding, answers)
                (raised if finding.outcome == "raised" else unknowable).append(row)
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.found.known.version,
        "thresholds": thresholds.model_dump(mode="json"),
        "thresholds_ignored": ignored,
        "flags": raised,
        "not_knowable": unknowable,
        "rules": [
            {"rule": rule.name, "title": rule.title, "off": rule.name in thresholds.off, **counted[rule.name]}
            for rule in RULES
        ],
    }


def _row(rule: Rule, judged: Judged, finding: Finding, answers: dict[str, Row]) -> Row:
    name = f"{rule.name}/{judged.id}"
    return {
        "id": name,
        "rule": rule.name,
        "title": rule.title,
        "severity": finding.severity or rule.severity,
        "outcome": finding.outcome,
        "words": finding.words,
        "question": rule.question,
        "indicator": judged.indicator,
        "objectives": list(judged.objectives),
        "events": [{"in": stream, "version": version} for stream, version in judged.events],
        "answer": answers.get(name),
    }


def _answers(reader: Reader, plan: str, point: Point) -> dict[str, Row]:
    stream = review_stream(plan)
    known = reader.known(stream, point.known_at)
    gone = reader.annulled(stream, known.version)
    records = [r for r in reader.records(stream, upto=known.version) if r.version not in gone]
    texts = reader.texts([record.note for record in records])
    return {
        record.event.flag: {
            "words": texts.get(record.note or ""),
            "redacted": record.note is not None and texts.get(record.note) is None,
            "on": record.effective_on.isoformat(),
            "actor": record.actor,
            "version": record.version,
        }
        for record in records
        if isinstance(record.event, FlagAnswered) and record.effective_on <= point.as_of
    }


def cases_of(reader: Reader, history: PlanHistory, year: int, point: Point) -> Iterator[Judged]:
    """What the rules are asked about: every change of the year, every target, every figure that was put right."""
    names = names_of(reader, history.found)
    values = Values(reader, history, year, point)
    listed = variations(history, point.as_of, drafting=False)
    mine = [one for one in listed if _touches(history, one, year)]
    for one in mine:
        yield _revised(history, one, year, values, names)
    yield from _moved(history, mine, values, names)
    yield from _started(history, year, point, names)
    yield from _eased(listed, year, names)
    yield from _overridden(history, year, point, names)
    yield from _restated(reader, history, year, point, values, names)
    yield from _corrected(history, mine, year, point, names)


def _touches(history: PlanHistory, one: Variation, year: int) -> bool:
    return year in touched_years(one.touch, one.record.effective_on, history.years) and (one.year in (year, None))


def _called(one: Variation, names: Names) -> str:
    if one.indicator is not None:
        return names.indicator(one.indicator)
    return ", ".join(names.objective(objective) for objective in one.objectives) or "il piano"


def _text(value: object) -> str:
    if isinstance(value, dict) and "text" in value:
        return f"«{value['text']}»"
    return "nessuno" if value is None else str(value)


def _revised(history: PlanHistory, one: Variation, year: int, values: Values, names: Names) -> Judged:
    record, event = one.record, one.record.event
    known = None
    before = _text(one.before)
    fields: tuple[str, ...] = ()
    withdrawn = None
    if one.touch.aspect == "target" and one.indicator is not None:
        known = values.known(one.indicator, record, one.before, one.after)
    elif one.touch.aspect == "withdrawal":
        held = history.state(record.effective_on)
        targets = [one.indicator] if one.indicator else _serving(held, one.objectives)
        failing = [(i, v) for i in targets if (v := values.at(i, record)) is not None and v.meets_before is False]
        known = failing[0][1] if failing else None
        before = values.target_text(failing[0][0]) if failing else before
        withdrawn = "accorpato" if isinstance(event, ObjectiveMerged) else "ritirato"
        withdrawn += " l'obiettivo" if isinstance(event, ObjectiveWithdrawn | ObjectiveMerged) else " l'indicatore"
    elif isinstance(event, IndicatorRedefined):
        fields = tuple(FIELD_WORDS[name] for name in DEFINING if name in event.card.model_fields_set)
        known = values.at(event.indicator, record) if fields else None
    case = Revised(
        name=_called(one, names),
        year=year,
        kind=one.kind,
        aspect=one.touch.aspect,
        direction=one.direction,
        before=before,
        after=_text(one.after),
        effective_on=record.effective_on,
        recorded_on=today(record.recorded_at),
        retrospective=record.retrospective,
        act=record.act,
        act_assumed=values.assumed(record.act),
        known=known,
        fields=fields,
        withdrawn=withdrawn,
    )
    return Judged(str(record.version), case, (("plan", record.version),), one.indicator, one.objectives)


def _serving(state: PlanState, objectives: tuple[str, ...]) -> list[str]:
    return [indicator for one in objectives for indicator, _ in _before_withdrawal(state, one)]


def _before_withdrawal(state: PlanState, objective: str) -> Iterator[tuple[str, str]]:
    yield from state.assignments(objective=objective)
    for below in state.below(objective):
        yield from state.assignments(objective=below)


def _moved(history: PlanHistory, mine: list[Variation], values: Values, names: Names) -> Iterator[Judged]:
    groups: dict[tuple[object, str], list[Variation]] = {}
    for one in mine:
        if isinstance(one.record.event, IndicatorReweighted):
            groups.setdefault((one.record.recorded_at, one.record.event.objective), []).append(one)
    for (_, objective), group in groups.items():
        lost: list[tuple[str, str, bool | None]] = []
        gained: list[tuple[str, str, bool | None]] = []
        for one in group:
            before, after = (float(str(v)) if v is not None else 0.0 for v in (one.before, one.after))
            value = values.at(str(one.indicator), one.record)
            row = (names.indicator(str(one.indicator)), f"da {one.before} a {one.after}", value and value.meets_before)
            (lost if after < before else gained).append(row)
        record = group[0].record
        case = Moved(names.objective(objective), record.effective_on, tuple(lost), tuple(gained))
        events = tuple(("plan", one.record.version) for one in group)
        yield Judged(str(record.version), case, events, None, (objective,))
    del history


def _started(history: PlanHistory, year: int, point: Point, names: Names) -> Iterator[Judged]:
    state = history.state(point.as_of)
    for indicator in state.indicators():
        baseline = state.indicator(indicator, "baseline")
        if not baseline or not state.indicator_in_force(indicator):
            continue
        for (of, ordinal), value in state.targets(indicator).items():
            if of != year:
                continue
            target = target_of(value)
            way = start_direction(target, str(baseline), polarity_of(state, indicator))
            entry = state.timelines.entry(indicator_key(indicator), f"target/{of}/{ordinal}", point.as_of)
            case = Started(names.indicator(indicator), year, f"«{target.text}»", f"«{baseline}»", way)
            events = (("plan", entry.version),) if entry else ()
            yield Judged(f"{indicator}-{year}-{ordinal}", case, events, indicator, tuple(state.serves(indicator)))


def _eased(listed: list[Variation], year: int, names: Names) -> Iterator[Judged]:
    by_indicator: dict[str, list[Variation]] = {}
    for one in listed:
        if one.direction == "easier" and one.touch.aspect == "target" and one.kind != "correction" and one.indicator:
            by_indicator.setdefault(one.indicator, []).append(one)
    for indicator, group in by_indicator.items():
        upto = [one for one in group if one.touch.year is not None and one.touch.year <= year]
        years = tuple(sorted({one.touch.year for one in upto if one.touch.year is not None}))
        if year in years:
            events = tuple(("plan", one.record.version) for one in upto)
            yield Judged(f"{indicator}-{year}", EasedYears(names.indicator(indicator), years), events, indicator)


def _overridden(history: PlanHistory, year: int, point: Point, names: Names) -> Iterator[Judged]:
    name: Callable[[str], str]
    for prefix, key_of, name in (
        ("objective/", objective_key, names.objective),
        ("indicator/", indicator_key, names.indicator),
    ):
        for key in history.timelines.objects(prefix):
            one = key.partition("/")[2]
            entry = history.timelines.entry(key_of(one), f"override/{year}", point.as_of)
            if entry is not None and isinstance(entry.value, dict):
                calculated = entry.value.get("calculated")
                case = Overridden(
                    name(one), year, str(entry.value.get("forced")), None if calculated is None else str(calculated)
                )
                yield Judged(str(entry.version), case, (("plan", entry.version),))


def _restated(
    reader: Reader, history: PlanHistory, year: int, point: Point, values: Values, names: Names
) -> Iterator[Judged]:
    validated = _validated_on(reader, history, year, point)
    for record in values.owned:
        event = record.event
        if not isinstance(event, MeasurementRestated) or period_year(event.period) != year:
            continue
        indicator = values.indicator_of.get(event.series)
        if indicator is None or record.effective_on > point.as_of:
            continue
        case = Restated(
            name=names.series(event.series),
            period=event.period,
            before=print_value(event.before),
            after=print_value(event.observed),
            effective_on=record.effective_on,
            recorded_on=today(record.recorded_at),
            validated_on=validated,
            retrospective=record.retrospective,
        )
        yield Judged(f"m{record.version}", case, (("administration", record.version),), indicator)


def _validated_on(reader: Reader, history: PlanHistory, year: int, point: Point) -> date | None:
    days = [entry.effective_on for entry in history.timelines.entries("plan", f"closed/{year}")]
    stream = review_stream(history.found.plan)
    known = reader.known(stream, point.known_at)
    days += [
        record.effective_on
        for record in reader.records(stream, upto=known.version)
        if isinstance(record.event, ReportValidated) and record.event.year == year
    ]
    return min(days, default=None)


def _corrected(history: PlanHistory, mine: list[Variation], year: int, point: Point, names: Names) -> Iterator[Judged]:
    by_version = {record.version: record for record in history.records}
    for one in mine:
        if one.kind == "correction" and one.record.restores:
            wrong = by_version.get(one.record.restores[0])
            yield from _corrected_target(history, wrong, one.record, one.after, names)
    for record in history.counting:
        event = record.event
        if not isinstance(event, EventsAnnulled) or event.reason == "corrected" or record.effective_on > point.as_of:
            continue
        for version in event.versions:
            wrong = by_version.get(version)
            if wrong is not None and isinstance(wrong.event, TargetRevised) and wrong.event.year == year:
                field = f"target/{wrong.event.year}/{wrong.event.ordinal}"
                now = history.timelines.value(indicator_key(wrong.event.indicator), field, wrong.effective_on)
                yield from _corrected_target(history, wrong, record, now, names)


def _corrected_target(
    history: PlanHistory, wrong: Recorded | None, by: Recorded, after: object, names: Names
) -> Iterator[Judged]:
    if wrong is None or not isinstance(wrong.event, TargetSet | TargetRevised):
        return
    event = wrong.event
    polarity = polarity_of(history.state(wrong.effective_on), event.indicator)
    now = target_of(after) if isinstance(after, dict) else None
    way = easing(event.target, now, polarity)
    corrected = f"«{now.text}»" if now else "nessun target"
    case = Corrected(names.indicator(event.indicator), event.year, f"«{event.target.text}»", corrected, way)
    events = (("plan", wrong.version), ("plan", by.version))
    yield Judged(f"{by.version}-{wrong.version}", case, events, event.indicator)


__all__ = ["Thresholds", "cases_of", "flags", "series_key"]
