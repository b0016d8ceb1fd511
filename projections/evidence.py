"""What the OIV must judge of a year, in one place: every variation with its ground and its effect, and what is odd.

Each row names the events that it rests on: `events` [{in, version}], `in` being plan, administration or review.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.changes.official_rate import OfficialRate, official_rate, own_indicators
from domain.changes.rate import counts
from domain.facts import indicator_key
from domain.flags.model import thresholds_of
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.measurements.values import NotAvailable, NotYetDue
from domain.names import Names
from domain.objectives.events import ObjectiveConditionMet
from domain.oiv.events import (
    JUDGEMENT_WORDS,
    AnswerGiven,
    OpinionGiven,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.plans.decide import within
from domain.plans.history import PlanChange, PlanHistory, plan_changes
from domain.point import Point, today
from domain.recording import Recorded
from domain.scoring.events import ScoreOverridden
from domain.scoring.numbers import at_step, plain
from domain.systems.decide import system_of
from domain.systems.model import MeasurementSystem
from domain.timelines import Entry
from domain.vocabulary import period_year
from projections.audit import names_of, series_of_plan
from projections.change_rate import changes_of_year
from projections.flag_values import Values
from projections.flags import flags
from projections.plan_history import plan_history
from projections.proof.redactions import Redaction, redactions
from projections.scores import scored_year
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, review_stream
from projections.validation import criteria, targeted

Row = dict[str, Any]
MOST_SCORED = 400_000
"""What each variation did to the score is worked out one by one while indicators times variations are no more: a minute."""
HUNDREDTH = Decimal("0.01")


class Gathered(NamedTuple):
    """What the parts of the evidence are made of."""

    reader: Reader
    known: PlanKnown
    history: PlanHistory
    year: int
    point: Point
    names: Names
    acts: dict[str, str]
    owned: list[Recorded]
    all_owned: list[Recorded]
    reviews: list[Recorded]
    texts: dict[str, str | None]
    redacted: dict[str, Redaction]

    def holding(self, records: list[Recorded]) -> list[Recorded]:
        """Those of some records that hold by the date that is asked about."""
        return [record for record in records if record.effective_on <= self.point.as_of]

    def of_year(self, record: Recorded) -> bool:
        """Whether a record concerns the year: by the year that it speaks of, else by its date."""
        event = record.event
        if isinstance(event, MeasurementRecorded | MeasurementRestated):
            return period_year(event.period) == self.year
        touched = event.touch()
        return (touched.year if touched and touched.year else record.effective_on.year) == self.year


class Base(NamedTuple):
    """What an effect is held against: the score, the official rate, and the events that no year was approved with."""

    score: Decimal | None
    rate: OfficialRate
    later: list[Recorded]


def evidence(reader: Reader, plan: str, year: int, point: Point) -> Row:
    """The whole evidence on a year, as JSON; OutsidePlan for a year that the plan does not cover."""
    made = _gather(reader, plan, year, point)
    changes = changes_of_year(reader, plan, year, point)
    found: Row = {
        "plan": plan,
        "title": str(made.history.state(point.as_of).timelines.entries("plan", "title")[-1].value),
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": made.history.version,
        "administration_version": made.known.administration_known.version,
        "known_at": known_instant(made),
        "variations": _variations(made),
        "effects_of_acts": _effects_of_acts(made),
        "change_rates": {
            name: changes[name] for name in ("change_rate", "indicators", "targets", "by_level", "by_cause")
        },
        "official_rate": _official(made),
        "counted_apart": changes["counted_apart"],
        "late": _late(made),
        "corrections": _corrections(made),
        "rejected_proposals": [],
        "never_measured": never_measured(made),
        "overrides": _overrides(made),
        "acts_of_the_oiv": _oiv(made),
        "redactions": [{"digest": digest, **order} for digest, order in sorted(made.redacted.items())],
        "flags": flags(reader, plan, year, point),
        "scores": scores_of(made),
    }
    found["criteria"] = criteria(reader, made.history, year, point, found)
    return found


def _gather(reader: Reader, plan: str, year: int, point: Point) -> Gathered:
    history = plan_history(reader, plan, point)
    within(history.state(point.as_of), year)
    found = find_plan(reader, plan, point.known_at)
    owned = reader.records(found.administration_stream, upto=found.administration_known.version)
    acts = {r.event.act.id: str(r.event.act) for r in owned if r.event.topic == "act-registered"}  # type: ignore[attr-defined]
    gone = reader.annulled(found.administration_stream, found.administration_known.version)
    review = review_stream(plan)
    known = reader.known(review, point.known_at).version
    said = [r for r in reader.records(review, upto=known) if r.version not in reader.annulled(review, known)]
    texts = dict(reader.texts([d for r in (*history.records, *owned, *said) for d in (r.justification, r.note)]))
    redacted = redactions(reader, [found.stream, found.administration_stream, review])
    kept = [record for record in owned if record.version not in gone]
    names = names_of(reader, found)
    return Gathered(reader, found, history, year, point, names, acts, kept, owned, said, texts, redacted)


def known_instant(made: Gathered) -> str:
    """The instant of the last event that the evidence rests on: the same however much later it is asked."""
    instants = [made.history.records[-1].recorded_at, *(r.recorded_at for r in (*made.owned[-1:], *made.reviews[-1:]))]
    return write_instant(max(instants))


def _variations(made: Gathered) -> list[Row]:
    history, year = made.history, made.year
    listed = [one for one in plan_changes(history, made.point.as_of, drafting=False) if _of_year(one, year)]
    values = Values(made.reader, history, year, made.point)
    effects = _affordable(made, sum(one.counts for one in listed))
    base = _base(made, effects=effects)
    return [_variation(made, one, values, base, effects=effects and one.counts) for one in listed]


def _base(made: Gathered, *, effects: bool) -> Base:
    history, approvals = made.history, made.history.approvals.values()
    later = [r for r in history.counting if not all(one.reaches(history.places[r.version]) for one in approvals)]
    rate = official_rate(history, made.year, made.point, _system(made))
    return Base(_score(made, history) if effects else None, rate, later)


def _affordable(made: Gathered, scorings: int) -> bool:
    return scorings * len(made.history.timelines.objects("indicator/")) <= MOST_SCORED


def _of_year(one: PlanChange, year: int) -> bool:
    return year in (one.touch.year, one.year)


def _variation(made: Gathered, one: PlanChange, values: Values, base: Base, *, effects: bool) -> Row:
    record = one.record
    known = None
    if one.indicator is not None:
        targets = (one.before, one.after) if one.touch.aspect == "target" else (None, None)
        known = values.known(one.indicator, record, *targets)
    score, other_rate = _without(made, [record.version], base, score=effects) if one.counts else (None, None)
    return {
        "version": record.version,
        "what": record.event.sentence(made.names),
        "kind": one.kind,
        "aspect": one.touch.aspect,
        "objectives": list(one.objectives),
        "indicator": one.indicator,
        "before": one.before,
        "after": one.after,
        "direction": one.direction,
        "act": made.acts.get(record.act or "", record.act),
        "cause": record.cause,
        "justification": made.texts.get(record.justification or ""),
        "redaction": made.redacted.get(record.justification or ""),
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "retrospective": record.retrospective,
        "known": None if known is None else {"period": known.period, "text": known.text, "retrospective": known.retrospective},
        "score": {"with": _two(base.score), "without": _two(score)} if effects else None,
        "change_rate": {"with": _two(base.rate.figure), "without": _two(other_rate)} if one.counts else None,
        "opinions": [
            {"opinion": r.event.opinion, "judgement": JUDGEMENT_WORDS[r.event.judgement], "words": made.texts.get(r.note or ""),
             "events": [{"in": "review", "version": r.version}]}
            for r in made.holding(made.reviews)
            if isinstance(r.event, OpinionGiven) and record.version in r.event.versions
        ],
        "events": [{"in": "plan", "version": record.version}],
    }  # fmt: skip


def _effects_of_acts(made: Gathered) -> list[Row]:
    """What the in-year revisions of each act did together: taken one by one, those that go together hide each other."""
    groups: dict[str, list[int]] = {}
    for one in plan_changes(made.history, made.point.as_of, drafting=False):
        if one.counts and _of_year(one, made.year):
            groups.setdefault(one.record.act or "", []).append(one.record.version)
    effects = _affordable(made, len(groups))
    base = _base(made, effects=effects)
    rows: list[Row] = []
    for act, of in groups.items():
        score, other_rate = _without(made, of, base, score=effects)
        rows.append(
            {
                "act": made.acts.get(act, act or None),
                "score": {"with": _two(base.score), "without": _two(score)} if effects else None,
                "change_rate": {"with": _two(base.rate.figure), "without": _two(other_rate)},
                "events": [{"in": "plan", "version": version} for version in of],
            }
        )
    return rows


def _without(
    made: Gathered, versions: Sequence[int], base: Base, *, score: bool
) -> tuple[Decimal | None, Decimal | None]:
    """The score and the official rate as if some changes had not been; the timelines are as they were afterwards."""
    history = made.history
    taken = [record for record in history.counting if record.version in versions]
    rest = history._replace(
        records=[record for record in history.records if record.version not in versions],
        counting=[record for record in history.counting if record.version not in versions],
    )
    facts = [(record, fact) for record in taken for fact in record.event.facts()]
    for record, fact in facts:
        entries = history.timelines.entries(fact.object, fact.field)
        entries[:] = [entry for entry in entries if entry.version != record.version]
    try:
        return (_score(made, rest) if score else None), _rate(made, rest, base, taken)
    finally:
        for record, fact in facts:
            history.timelines.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))


def _score(made: Gathered, history: PlanHistory) -> Decimal | None:
    return scored_year(made.reader, history, made.year, made.point).body().counted


def scores_of(made: Gathered) -> Row:
    """The score of the body, against the targets in force and against those approved ex ante, and the difference."""
    in_force = scored_year(made.reader, made.history, made.year, made.point)
    ex_ante = scored_year(made.reader, made.history, made.year, made.point, basis="ex_ante")
    one, other = in_force.body().counted, ex_ante.body().counted
    return {
        "in_force": _two(one),
        "ex_ante": _two(other),
        "difference": _two(one - other) if one is not None and other is not None else None,
        "system": in_force.inputs.system.system.name,
        "system_version": in_force.inputs.system.version,
        "indicators": [
            {
                "indicator": name,
                "name": made.names.by_key.get(indicator_key(name)) or name,
                "observed": _observed_text(in_force.inputs.seen.get(name)),
                "achievement": _two(score.counted),
                "met": score.calculated.met,
            }
            for name, score in in_force.scores.indicators.items()
        ],
    }


def _observed_text(seen: Any) -> str | None:  # noqa: ANN401 - what was seen, or nothing
    return print_value(seen.observed) if seen is not None and seen.observed is not None else None


def _rate(made: Gathered, rest: PlanHistory, base: Base, taken: Sequence[Recorded]) -> Decimal | None:
    """The official rate of a history without some changes; what was planned depends on one kind of them only."""
    if any(isinstance(record.event, ObjectiveConditionMet) for record in taken):
        return official_rate(rest, made.year, made.point, _system(made)).figure
    gone = {record.version for record in taken}
    later = rest._replace(counting=[record for record in base.later if record.version not in gone])
    system = _system(made)
    touched = {
        name
        for one in plan_changes(later, made.point.as_of, drafting=False)
        if one.counts and one.year == made.year and counts(one, system.change_rate_variant)
        for name in one.objectives
    }
    return base.rate._replace(touched=tuple(name for name in base.rate.planned if name in touched)).figure


def _system(made: Gathered) -> MeasurementSystem:
    return system_of(made.history.timelines, made.year, made.point.as_of).system


def _official(made: Gathered) -> Row:
    rate = official_rate(made.history, made.year, made.point, _system(made))
    return {
        "variant": rate.variant,
        "level": rate.level,
        "percent": _two(rate.figure),
        "touched": [{"objective": one, "name": made.names.objective(one)} for one in rate.touched],
        "planned": len(rate.planned),
        "ceiling": rate.ceiling.text if rate.ceiling else None,
    }


def _late(made: Gathered) -> Row:
    """What was recorded long after it took effect, or took effect before what was known already: one row an append.

    Of what was loaded long after the fact neither can be known; it is only counted.
    """
    days = thresholds_of(_system(made).flags)[0].recording_days
    series = series_of_plan(made.reader, made.known)
    groups: dict[tuple[str, str, str, bool], list[Recorded]] = {}
    unknowable: list[Row] = []
    for name, records in (("plan", made.history.counting), ("administration", made.owned)):
        latest: dict[str, date] = {}
        for record in records:
            if name == "administration" and getattr(record.event, "series", None) not in series:
                continue
            if isinstance(record.event, EventsAnnulled) or record.claim == "correction":
                continue  # it takes the date of what it puts right, and is listed as such
            # Changes are decided one after the other; figures and statuses of one subject say nothing of another's.
            about = "" if record.event.touch() else next((fact.object for fact in record.event.facts()), "")
            backdated = record.effective_on < latest.get(about, date.min)
            latest[about] = max(latest.get(about, date.min), record.effective_on)
            if not made.of_year(record) or record.effective_on > made.point.as_of:
                continue
            if record.retrospective:
                unknowable.append({"in": name, "version": record.version})
            elif backdated or (today(record.recorded_at) - record.effective_on).days > days:
                key = (name, write_instant(record.recorded_at), record.effective_on.isoformat(), backdated)
                groups.setdefault(key, []).append(record)
    rows = [
        {
            "what": records[0].event.sentence(made.names) + (f" (e altri {len(records) - 1})" if records[1:] else ""),
            "effective_on": effective_on,
            "recorded_at": recorded_at,
            "days": (today(records[0].recorded_at) - records[0].effective_on).days,
            "backdated": backdated,
            "events": [{"in": name, "version": record.version} for record in records],
        }
        for (name, recorded_at, effective_on, backdated), records in groups.items()
    ]
    return {"threshold_days": days, "recordings": rows, "not_knowable": {"events": unknowable}}


def _corrections(made: Gathered) -> list[Row]:
    """What was put right of the year: in the plan by correction or annulment, among the figures by restatement too."""
    series = series_of_plan(made.reader, made.known)
    everything = {
        "plan": {record.version: record for record in made.history.records},
        "administration": {r.version: r for r in made.all_owned if getattr(r.event, "series", None) in series},
    }
    rows = [
        (name, record, restored)
        for name, records in (("plan", made.history.counting), ("administration", made.owned))
        for record in made.holding(records)
        if (restored := _restored(record)) is not None
        and any(made.of_year(everything[name][one]) for one in restored or [record.version] if one in everything[name])
    ]
    return [
        {
            "what": record.event.sentence(made.names),
            "restores": restored,
            "effective_on": record.effective_on.isoformat(),
            "recorded_at": write_instant(record.recorded_at),
            "justification": made.texts.get(record.justification or record.note or ""),
            "events": [{"in": name, "version": record.version}],
        }
        for name, record, restored in rows
    ]


def _restored(record: Recorded) -> list[int] | None:
    """The events that a correction, an annulment or (none of them) a restatement puts right; None for what is neither."""
    if isinstance(record.event, EventsAnnulled):
        return list(record.event.versions)
    if isinstance(record.event, MeasurementRestated):
        return []
    return list(record.restores) if record.claim == "correction" else None


def never_measured(made: Gathered) -> list[Row]:
    """The indicators in force with a target of the year of which no value was ever recorded for that year.

    `said` is what was recorded in its place ("non disponibile"), None where nothing was. The plan's own indicators on
    its change rate are measured by the record itself.
    """
    state = made.history.state(min(made.point.as_of, date(made.year, 12, 31)))
    by_itself = set(own_indicators(state))
    said: dict[str, str] = {}
    measured: set[str] = set()
    for record in made.holding(made.owned):
        event = record.event
        if isinstance(event, MeasurementRecorded | MeasurementRestated) and period_year(event.period) == made.year:
            if isinstance(event.observed, NotAvailable | NotYetDue):
                said[event.series] = print_value(event.observed)
            else:
                measured.add(event.series)
    rows: list[Row] = []
    for indicator, targets in targeted(made.history, made.year, made.point).items():
        series = str(state.indicator(indicator, "series"))
        if series in measured or indicator in by_itself:
            continue
        field = f"target/{made.year}/{min(targets)}"
        entry = state.timelines.entry(indicator_key(indicator), field, made.point.as_of)
        events = [{"in": "plan", "version": entry.version}] if entry else []
        name = made.names.indicator(indicator)
        rows.append({"indicator": indicator, "name": name, "said": said.get(series), "events": events})
    return rows


def _overrides(made: Gathered) -> list[Row]:
    return [
        {
            "what": record.event.sentence(made.names),
            "calculated": plain(record.event.calculated),
            "forced": plain(record.event.forced),
            "act": made.acts.get(record.act or "", record.act),
            "justification": made.texts.get(record.justification or ""),
            "events": [{"in": "plan", "version": record.version}],
        }
        for record in made.holding(made.history.counting)
        if isinstance(record.event, ScoreOverridden) and record.event.year == made.year
    ]


def _oiv(made: Gathered) -> list[Row]:
    kinds = OpinionGiven | RemarkMade | RequestMade | AnswerGiven | ReportValidated | ReportNotValidated | SampleDrawn
    return [
        {
            "what": record.event.sentence(made.names),
            "kind": record.event.topic,
            "on": record.effective_on.isoformat(),
            "words": made.texts.get(record.note or ""),
            "redaction": made.redacted.get(record.note or ""),
            "seed": record.event.seed if isinstance(record.event, SampleDrawn) else None,
            "drawn": list(record.event.drawn) if isinstance(record.event, SampleDrawn) else None,
            "events": [{"in": "review", "version": record.version}],
        }
        for record in made.holding(made.reviews)
        if isinstance(record.event, kinds)
    ]


def _two(value: Decimal | None) -> str | None:
    return plain(at_step(value, HUNDREDTH, "half_up")) if value is not None else None
