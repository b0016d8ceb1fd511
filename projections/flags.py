"""The attention flags of a year: what the record says of each change and figure, judged by the rules of the domain."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import touched_years
from domain.errors import NotFound
from domain.facts import IN_FORCE, PLAN, assignment_key, indicator_key, objective_key, series_key
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
from domain.italian import print_number
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.objectives.events import ObjectiveMerged, ObjectiveNeutralised, ObjectiveWithdrawn
from domain.oiv.events import FlagAnswered
from domain.plans.decide import within
from domain.plans.events import PlanDrafted
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.scoring.numbers import at_step, percent
from domain.systems.decide import system_of
from domain.targets.decide import target_of
from domain.targets.easing import easier_than_baseline, easing
from domain.targets.events import TargetRevised, TargetSet
from domain.vocabulary import period_year
from projections.audit import names_of
from projections.flag_values import Values, polarity_of
from projections.sentences import FIELD_WORDS, Names
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.streams import review_stream
from projections.variations import PlanChange, PlanHistory, plan_history, variations

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
    yield from _eased(reader, history, listed, year, point, names)
    yield from _overridden(history, year, point, names)
    yield from _restated(reader, history, year, point, values, names)
    yield from _corrected(history, mine, year, point, names)


def _touches(history: PlanHistory, one: PlanChange, year: int) -> bool:
    return year in touched_years(one.touch, one.record.effective_on, history.years) and (one.year in (year, None))


def _called(one: PlanChange, names: Names) -> str:
    if one.indicator is not None:
        return names.indicator(one.indicator)
    return ", ".join(names.objective(objective) for objective in one.objectives) or "il piano"


def _text(value: object) -> str:
    if isinstance(value, dict) and "text" in value:
        return f"«{value['text']}»"
    return "nessuno" if value is None else str(value)


def _revised(history: PlanHistory, one: PlanChange, year: int, values: Values, names: Names) -> Judged:
    record, event = one.record, one.record.event
    known = None
    before = _text(one.before)
    fields: tuple[str, ...] = ()
    withdrawn = None
    if one.touch.aspect == "target" and one.indicator is not None:
        known = values.known(one.indicator, record, one.before, one.after)
    elif one.touch.aspect in {"withdrawal", "neutralisation"}:
        withdrawn = _withdrawn(history, one)
        targets = [one.indicator] if one.indicator else _serving(history, one)
        failing = [(i, v) for i in targets if (v := values.at(i, record)) is not None and v.meets_before is False]
        if withdrawn is not None and failing:
            # A figure of the whole year weighs more than one of a part of it.
            worst, known = min(failing, key=lambda pair: pair[1].interim)
            before = values.target_text(worst, record.effective_on)
            if one.indicator is None:
                before = f"indicatore {names.indicator(worst)}, {before}"
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
        decided_on=values.decided_on(record),
    )
    return Judged(str(record.version), case, (("plan", record.version),), one.indicator, one.objectives)


def _withdrawn(history: PlanHistory, one: PlanChange) -> str | None:
    """How a withdrawal is told; None for an indicator that goes on serving another objective."""
    match one.record.event:
        case ObjectiveNeutralised():
            return f"neutralizzato nel {one.touch.year} l'obiettivo"
        case ObjectiveMerged():
            return "accorpato l'obiettivo"
        case ObjectiveWithdrawn():
            return "ritirato l'obiettivo"
        case _:
            goes_on = one.indicator and history.state(one.record.effective_on).indicator_in_force(one.indicator)
            return None if goes_on else "ritirato l'indicatore"


def _serving(history: PlanHistory, one: PlanChange) -> list[str]:
    """The indicators of what is withdrawn, of the day before; of the same day for what began on it."""
    on = one.record.effective_on
    for state in (history.state(on - timedelta(days=1)), history.state(on)):
        below = {other for objective in one.objectives for other in (objective, *state.below(objective))}
        serving = [i for i, objective in state.assignments() if objective in below]
        if serving:
            return list(dict.fromkeys(i for i in serving if state.life(indicator_key(i)) == IN_FORCE))
    return []


def _moved(history: PlanHistory, mine: list[PlanChange], values: Values, names: Names) -> Iterator[Judged]:
    """The weights of one objective that changed on one day, in however many recordings."""
    groups: dict[tuple[date, str], list[PlanChange]] = {}
    for one in mine:
        if isinstance(one.record.event, IndicatorReweighted):
            groups.setdefault((one.record.effective_on, one.record.event.objective), []).append(one)
    for (on, objective), group in groups.items():
        before, after = (_weights(history.state(day), objective) for day in (on - timedelta(days=1), on))
        if not before:
            continue
        lost: list[tuple[str, str, bool | None]] = []
        gained: list[tuple[str, str, bool | None]] = []
        shared = values.system.weights == "rescaled"
        for indicator in dict.fromkeys([*before, *after]):
            then, now = (weights.get(indicator, Decimal(0)) for weights in (before, after))
            shares = [
                percent(w, total) if (total := sum(of.values())) else w for w, of in ((then, before), (now, after))
            ]
            if (moved := (shares[1] - shares[0] if shared else now - then)) == 0:
                continue
            words = f"da {print_number(then)} a {print_number(now)} punti"
            if shared:
                words += f", dal {_share(shares[0])} al {_share(shares[1])}"
            value = values.at(indicator, group[0].record)
            (lost if moved < 0 else gained).append((names.indicator(indicator), words, value and value.meets_before))
        case = Moved(names.objective(objective), on, tuple(lost), tuple(gained))
        events = tuple(("plan", one.record.version) for one in group)
        yield Judged(str(group[0].record.version), case, events, None, (objective,))


def _weights(state: PlanState, objective: str) -> dict[str, Decimal]:
    """The points of the indicators that serve an objective, those that have any."""
    found: dict[str, Decimal] = {}
    for indicator, _ in state.assignments(objective=objective):
        weight = state.timelines.value(assignment_key(indicator, objective), "weight", state.on)
        if weight is not None and state.life(indicator_key(indicator)) == IN_FORCE:
            found[indicator] = Decimal(str(weight))
    return found


def _share(share: Decimal) -> str:
    return f"{print_number(at_step(share, Decimal('0.1'), 'half_up'))}%"


def _started(history: PlanHistory, year: int, point: Point, names: Names) -> Iterator[Judged]:
    """The targets of the year as of the date, of what was in force by the end of the year, beside their start values."""
    state, now = history.state(min(point.as_of, date(year, 12, 31))), history.state(point.as_of)
    for indicator in state.indicators():
        baseline = state.indicator(indicator, "baseline")
        if not baseline or not state.indicator_in_force(indicator):
            continue
        for (of, ordinal), value in now.targets(indicator).items():
            if of != year:
                continue
            target = target_of(value)
            easier = easier_than_baseline(target, str(baseline), polarity_of(state, indicator))
            entry = now.timelines.entry(indicator_key(indicator), f"target/{of}/{ordinal}", point.as_of)
            case = Started(names.indicator(indicator), year, f"«{target.text}»", f"«{baseline}»", easier)
            events = (("plan", entry.version),) if entry else ()
            yield Judged(f"{indicator}-{year}-{ordinal}", case, events, indicator, tuple(state.serves(indicator)))


def _eased(
    reader: Reader, history: PlanHistory, listed: list[PlanChange], year: int, point: Point, names: Names
) -> Iterator[Judged]:
    """The years of an indicator that ended up easier than they began, in this plan and in those that it took over from."""
    mine = _eased_targets(history, listed, year)
    if not any(year in years for years in mine.values()):
        return
    before: list[tuple[str, dict[str, dict[int, list[PlanChange]]]]] = []
    seen, plan = {history.found.plan}, _predecessor(history)
    while plan is not None and plan not in seen:
        seen.add(plan)
        try:
            earlier = plan_history(reader, plan, point)
        except NotFound:
            break
        eased = _eased_targets(earlier, variations(earlier, point.as_of, drafting=False), year)
        before.append((plan, {_series(earlier, indicator): years for indicator, years in eased.items()}))
        plan = _predecessor(earlier)
    for indicator, years in mine.items():
        if year in years:
            held = {name: of for name, series in before if (of := series.get(_series(history, indicator)))}
            everything = tuple(sorted({*years, *(one for of in held.values() for one in of)}))
            events = tuple(("plan", one.record.version) for group in years.values() for one in group)
            case = EasedYears(names.indicator(indicator), everything, tuple(held))
            yield Judged(f"{indicator}-{year}", case, events, indicator)


def _eased_targets(history: PlanHistory, listed: list[PlanChange], year: int) -> dict[str, dict[int, list[PlanChange]]]:
    """By indicator, the years up to one of which a target is easier after all its changes than before the first."""
    groups: dict[tuple[str, int, int], list[PlanChange]] = {}
    for one in listed:
        if one.touch.aspect == "target" and one.kind != "correction" and one.indicator and one.touch.year is not None:
            ordinal = getattr(one.record.event, "ordinal", 1)
            groups.setdefault((one.indicator, one.touch.year, ordinal), []).append(one)
    found: dict[str, dict[int, list[PlanChange]]] = {}
    for (indicator, of, _), group in groups.items():
        first, last = (target_of(v) if isinstance(v, dict) else None for v in (group[0].before, group[-1].after))
        way = easing(first, last, polarity_of(history.state(group[-1].record.effective_on), indicator))
        if of <= year and way == "easier":
            found.setdefault(indicator, {}).setdefault(of, []).extend(group)
    return found


def _predecessor(history: PlanHistory) -> str | None:
    drafted = (record.event for record in history.records if isinstance(record.event, PlanDrafted))
    return next((event.predecessor for event in drafted), None)


def _series(history: PlanHistory, indicator: str) -> str:
    entries = history.timelines.entries(indicator_key(indicator), "series")
    return str(entries[-1].value) if entries else ""


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
    for record, measured, before, after in _put_right(values.records):
        if period_year(measured.period) != year or record.effective_on > point.as_of:
            continue
        indicator = values.indicator_of.get(measured.series)
        if indicator is None or record.version in values.gone:
            continue
        case = Restated(
            name=names.series(measured.series),
            period=measured.period,
            before=before,
            after=after,
            effective_on=record.effective_on,
            recorded_on=today(record.recorded_at),
            validated_on=validated,
            retrospective=record.retrospective,
        )
        yield Judged(f"m{record.version}", case, (("administration", record.version),), indicator)


def _put_right(
    records: list[Recorded],
) -> Iterator[tuple[Recorded, MeasurementRecorded | MeasurementRestated, str, str]]:
    """Each record by which a figure took the place of another: a restatement, a later recording, an annulment."""
    by_version = {record.version: record for record in records}
    held: dict[tuple[str, str], str] = {}
    for record in records:
        event = record.event
        match event:
            case MeasurementRestated():
                before, after = print_value(event.before), print_value(event.observed)
                yield record, event, before, after
                held[event.series, event.period] = after
            case MeasurementRecorded():
                after = print_value(event.observed)
                earlier = held.get((event.series, event.period))
                if earlier is not None and earlier != after:
                    yield record, event, earlier, after
                held[event.series, event.period] = after
            case EventsAnnulled():
                for version in event.versions:
                    gone = by_version[version].event if version in by_version else None
                    if isinstance(gone, MeasurementRecorded | MeasurementRestated):
                        held.pop((gone.series, gone.period), None)
                        yield record, gone, print_value(gone.observed), "nessun valore (annullato)"
            case _:
                pass


def _validated_on(reader: Reader, history: PlanHistory, year: int, point: Point) -> date | None:
    days = [
        entry.effective_on
        for entry in history.timelines.entries(PLAN, f"closed/{year}")
        if entry.value and entry.effective_on <= point.as_of
    ]
    stream = review_stream(history.found.plan)
    known = reader.known(stream, point.known_at)
    days += [
        entry.effective_on
        for entry in reader.timelines(stream, known.version).entries("report", f"validated/{year}")
        if entry.value is True and entry.effective_on <= point.as_of
    ]
    return min(days, default=None)


def _corrected(history: PlanHistory, mine: list[PlanChange], year: int, point: Point, names: Names) -> Iterator[Judged]:
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
            if wrong is not None and isinstance(wrong.event, TargetSet | TargetRevised) and wrong.event.year == year:
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
