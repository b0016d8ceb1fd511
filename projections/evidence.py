"""What the OIV must judge of a year, in one place: every variation with its ground and its effect, and what is odd.

Each row names the events that it rests on: `events` [{in, version}], `in` being plan, administration or review.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.facts import indicator_key
from domain.flags.model import thresholds_of
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.measurements.printer import print_value
from domain.oiv.events import (
    AnswerGiven,
    OpinionGiven,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.oiv.sentences import JUDGEMENTS
from domain.plans.decide import within
from domain.recording import Recorded
from domain.scoring.events import ScoreOverridden
from domain.scoring.numbers import at_step, plain
from domain.systems.decide import system_of
from domain.vocabulary import period_year
from projections.audit import names_of, series_of_plan
from projections.change_rate import changes_of_year
from projections.flag_values import Values
from projections.flags import flags
from projections.official_rate import official_rate
from projections.proof.redactions import redactions
from projections.scores import scored_year
from projections.sentences import Names, sentence
from projections.store.envelope import write_instant
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.streams import review_stream
from projections.validation import criteria
from projections.variations import PlanHistory, Variation, history_of, plan_history, variations

Row = dict[str, Any]
MOST_EFFECTS = 150
"""Beyond so many variations, what each did to the score is not worked out one by one."""
HUNDREDTH = Decimal("0.01")


class Gathered(NamedTuple):
    """What the parts of the evidence are made of."""

    reader: Reader
    history: PlanHistory
    year: int
    point: Point
    names: Names
    acts: dict[str, str]
    owned: list[Recorded]
    reviews: list[Recorded]
    texts: dict[str, str | None]
    redacted: dict[str, Row]


def evidence(reader: Reader, plan: str, year: int, point: Point) -> Row:
    """The whole evidence on a year, as JSON; OutsidePlan for a year that the plan does not cover."""
    made = _gather(reader, plan, year, point)
    changes = changes_of_year(reader, plan, year, point)
    found: Row = {
        "plan": plan,
        "title": str(made.history.state(point.as_of).timelines.entries("plan", "title")[-1].value),
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": made.history.found.known.version,
        "administration_version": made.history.found.administration_known.version,
        "known_at": known_instant(made),
        "variations": _variations(made),
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
    found = history.found
    owned = reader.records(found.administration_stream, upto=found.administration_known.version)
    acts = {r.event.act.id: str(r.event.act) for r in owned if r.event.topic == "act-registered"}  # type: ignore[attr-defined]
    gone = reader.annulled(found.administration_stream, found.administration_known.version)
    review = review_stream(plan)
    known = reader.known(review, point.known_at).version
    said = [r for r in reader.records(review, upto=known) if r.version not in reader.annulled(review, known)]
    texts = dict(reader.texts([d for r in (*history.records, *owned, *said) for d in (r.justification, r.note)]))
    redacted = redactions(reader, [found.stream, found.administration_stream, review])
    kept = [record for record in owned if record.version not in gone]
    return Gathered(reader, history, year, point, names_of(reader, found), acts, kept, said, texts, redacted)


def known_instant(made: Gathered) -> str:
    """The instant of the last event that the evidence rests on: the same however much later it is asked."""
    instants = [made.history.records[-1].recorded_at, *(r.recorded_at for r in (*made.owned[-1:], *made.reviews[-1:]))]
    return write_instant(max(instants))


def _variations(made: Gathered) -> list[Row]:
    history, year = made.history, made.year
    listed = [one for one in variations(history, made.point.as_of, drafting=False) if _of_year(one, year)]
    values = Values(made.reader, history, year, made.point)
    effects = sum(one.counts for one in listed) <= MOST_EFFECTS
    base = _score(made, history) if effects else None
    rate = _rate(made, history)
    return [_variation(made, one, values, base, rate, effects=effects and one.counts) for one in listed]


def _of_year(one: Variation, year: int) -> bool:
    return year in (one.touch.year, one.year)


def _variation(
    made: Gathered, one: Variation, values: Values, base: Decimal | None, rate: Decimal | None, *, effects: bool
) -> Row:
    record = one.record
    known = None
    if one.indicator is not None:
        known = values.known(one.indicator, record, one.before, one.after)
    without = _without(made.history, record.version) if one.counts else None
    score = _score(made, without) if without and effects else None
    other_rate = _rate(made, without) if without else None
    return {
        "version": record.version,
        "what": sentence(record.event, made.names),
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
        "score": {"with": _two(base), "without": _two(score)} if effects else None,
        "change_rate": {"with": _two(rate), "without": _two(other_rate)} if one.counts else None,
        "opinions": [
            {"opinion": r.event.opinion, "judgement": JUDGEMENTS[r.event.judgement], "words": made.texts.get(r.note or ""),
             "events": [{"in": "review", "version": r.version}]}
            for r in made.reviews
            if isinstance(r.event, OpinionGiven) and record.version in r.event.versions
        ],
        "events": [{"in": "plan", "version": record.version}],
    }  # fmt: skip


def _without(history: PlanHistory, version: int) -> PlanHistory:
    """The history as if one event had not been: to see what it did."""
    counted = {record.version for record in history.counting}
    gone = {record.version for record in history.records} - counted | {version}
    kept = [record for record in history.records if record.version != version]
    return history_of(history.found, kept, gone)


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
            }
            for name, score in in_force.scores.indicators.items()
        ],
    }


def _observed_text(seen: Any) -> str | None:  # noqa: ANN401 - what was seen, or nothing
    return print_value(seen.observed) if seen is not None and seen.observed is not None else None


def _rate(made: Gathered, history: PlanHistory) -> Decimal | None:
    system = system_of(history.timelines, made.year, made.point.as_of).system
    return official_rate(history, made.year, made.point, system).figure


def _official(made: Gathered) -> Row:
    system = system_of(made.history.timelines, made.year, made.point.as_of).system
    rate = official_rate(made.history, made.year, made.point, system)
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
    system = system_of(made.history.timelines, made.year, made.point.as_of).system
    days = thresholds_of(system.flags)[0].recording_days
    series = series_of_plan(made.reader, made.history.found)
    groups: dict[tuple[str, str, str], list[Recorded]] = {}
    unknowable: list[Row] = []
    for name, records in (("plan", made.history.counting), ("administration", made.owned)):
        latest = date.min
        for record in records:
            if name == "administration" and getattr(record.event, "series", None) not in series:
                continue
            backdated = record.effective_on < latest
            latest = max(latest, record.effective_on)
            if record.effective_on.year != made.year:
                continue
            if record.retrospective:
                unknowable.append({"in": name, "version": record.version})
            elif backdated or (today(record.recorded_at) - record.effective_on).days > days:
                key = (name, write_instant(record.recorded_at), record.effective_on.isoformat())
                groups.setdefault(key, []).append(record)
    rows = [
        {
            "what": sentence(records[0].event, made.names) + (f" (e altri {len(records) - 1})" if records[1:] else ""),
            "effective_on": effective_on,
            "recorded_at": recorded_at,
            "days": (today(records[0].recorded_at) - records[0].effective_on).days,
            "events": [{"in": name, "version": record.version} for record in records],
        }
        for (name, recorded_at, effective_on), records in groups.items()
    ]
    return {"threshold_days": days, "recordings": rows, "not_knowable": {"events": unknowable}}


def _corrections(made: Gathered) -> list[Row]:
    return [
        {
            "what": sentence(record.event, made.names),
            "restores": list(record.restores)
            or (list(record.event.versions) if isinstance(record.event, EventsAnnulled) else []),
            "effective_on": record.effective_on.isoformat(),
            "recorded_at": write_instant(record.recorded_at),
            "justification": made.texts.get(record.justification or ""),
            "events": [{"in": "plan", "version": record.version}],
        }
        for record in made.history.counting
        if (record.claim == "correction" or isinstance(record.event, EventsAnnulled))
        and record.effective_on <= made.point.as_of
    ]


def never_measured(made: Gathered) -> list[Row]:
    """The indicators in force with a target of the year of which nothing was ever measured for that year."""
    state = made.history.state(min(made.point.as_of, date(made.year, 12, 31)))
    measured = {
        record.event.series
        for record in made.owned
        if isinstance(record.event, MeasurementRecorded | MeasurementRestated)
        and period_year(record.event.period) == made.year
    }
    rows: list[Row] = []
    for indicator in state.indicators():
        targets = [ordinal for year, ordinal in state.targets(indicator) if year == made.year]
        if (
            targets
            and state.indicator_in_force(indicator)
            and str(state.indicator(indicator, "series")) not in measured
        ):
            entry = state.timelines.entry(indicator_key(indicator), f"target/{made.year}/{targets[0]}", state.on)
            events = [{"in": "plan", "version": entry.version}] if entry else []
            rows.append({"indicator": indicator, "name": made.names.indicator(indicator), "events": events})
    return rows


def _overrides(made: Gathered) -> list[Row]:
    return [
        {
            "what": sentence(record.event, made.names),
            "calculated": plain(record.event.calculated),
            "forced": plain(record.event.forced),
            "act": made.acts.get(record.act or "", record.act),
            "justification": made.texts.get(record.justification or ""),
            "events": [{"in": "plan", "version": record.version}],
        }
        for record in made.history.counting
        if isinstance(record.event, ScoreOverridden) and record.event.year == made.year
    ]


def _oiv(made: Gathered) -> list[Row]:
    kinds = OpinionGiven | RemarkMade | RequestMade | AnswerGiven | ReportValidated | ReportNotValidated | SampleDrawn
    return [
        {
            "what": sentence(record.event, made.names),
            "kind": record.event.topic,
            "on": record.effective_on.isoformat(),
            "words": made.texts.get(record.note or ""),
            "redaction": made.redacted.get(record.note or ""),
            "seed": record.event.seed if isinstance(record.event, SampleDrawn) else None,
            "drawn": list(record.event.drawn) if isinstance(record.event, SampleDrawn) else None,
            "events": [{"in": "review", "version": record.version}],
        }
        for record in made.reviews
        if isinstance(record.event, kinds)
    ]


def _two(value: Decimal | None) -> str | None:
    return plain(at_step(value, HUNDREDTH, "half_up")) if value is not None else None
