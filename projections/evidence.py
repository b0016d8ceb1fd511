"""What the OIV must judge of a year, in one place: every change with its motivation and its effect, and what is odd.

Each row names the events that it rests on: `events` [{in, version}], `in` being plan, administration or review.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from domain.administrations.events import ActRegistered
from domain.changes.official_rate import official_rate
from domain.facts import PLAN, indicator_key
from domain.flags.context import StreamName
from domain.flags.figures import KnownFigures
from domain.flags.model import thresholds_of
from domain.measurements.printer import print_value
from domain.oiv.criteria import ReportEvidence, criteria
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
from domain.oiv.year_record import LateRecordings, NeverMeasured, YearRecord, series_of
from domain.plans.decide import within
from domain.plans.history import PlanChange, plan_changes
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.effects import ChangeEffects
from domain.scoring.events import ScoreOverridden
from domain.scoring.inputs import AdministrationRecord, Scored, score_year
from domain.scoring.numbers import at_step, plain
from domain.systems.decide import system_of
from domain.systems.model import MeasurementSystem
from projections.audit import names_of
from projections.change_rate import changes_of_year
from projections.evidence_answer import (
    ActEffect,
    BodyScores,
    CorrectionRow,
    LateList,
    LateRow,
    NeverMeasuredRow,
    OfficialRateRow,
    OivActRow,
    OverrideRow,
    VariationRow,
    WithAndWithout,
    YearEvidence,
)
from projections.flags import Cited, cited, flags_of
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.proof.redactions import Redaction, redactions
from projections.sentences import Names, sentence
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, review_stream

HUNDREDTH = Decimal("0.01")
OIV_ACTS = OpinionGiven | RemarkMade | RequestMade | AnswerGiven | ReportValidated | ReportNotValidated | SampleDrawn


class _Evidence(NamedTuple):
    """What the parts of the evidence are made of."""

    record: YearRecord
    administration: AdministrationRecord
    known: PlanKnown
    point: Point
    names: Names
    acts: dict[str, str]
    changes: list[PlanChange]
    reviews: list[Recorded]
    texts: dict[str, str | None]
    redacted: dict[str, Redaction]
    figures: KnownFigures

    @property
    def system(self) -> MeasurementSystem:
        """The rules of the year."""
        return system_of(self.record.history.timelines, self.record.year, self.point.as_of).system

    def text(self, digest: str | None) -> str | None:
        """The words that an event names by digest, None where there are none or they were removed."""
        return self.texts.get(digest or "")

    def act(self, record: Recorded) -> str | None:
        """The act of an event, as it is cited."""
        return self.acts.get(record.act or "", record.act)


def evidence(reader: Reader, plan: str, year: int, point: Point) -> YearEvidence:
    """The whole evidence on a year; OutsidePlan for a year that the plan does not cover."""
    read = _read(reader, plan, year, point)
    record, history = read.record, read.record.history
    changes = changes_of_year(reader, plan, year, point)
    late = record.late(thresholds_of(read.system.flags)[0].recording_days)
    never_measured = record.never_measured()
    in_force, ex_ante = (
        score_year(history, read.administration, year, point, basis=basis) for basis in ("in_force", "ex_ante")
    )
    overrides = [
        (r, r.event)
        for r in record.holding(history.counting)
        if isinstance(r.event, ScoreOverridden) and r.event.year == year
    ]
    oiv_acts = [r for r in record.holding(read.reviews) if isinstance(r.event, OIV_ACTS)]
    scores = _scores(read, in_force, ex_ante)
    return {
        "plan": plan,
        "title": str(history.timelines.entries(PLAN, "title")[-1].value),
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "administration_version": read.known.administration_known.version,
        "known_at": _known_instant(read),
        "variations": _variations(read),
        "effects_of_acts": _effects_of_acts(read),
        "change_rates": {
            "change_rate": changes["change_rate"],
            "indicators": changes["indicators"],
            "targets": changes["targets"],
            "by_level": changes["by_level"],
            "by_cause": changes["by_cause"],
        },
        "official_rate": _official(read),
        "counted_apart": changes["counted_apart"],
        "late": _late(read, late),
        "corrections": _corrections(read),
        "rejected_proposals": [],
        "never_measured": [_never_measured(read, row) for row in never_measured],
        "overrides": [_override(read, r, event) for r, event in overrides],
        "acts_of_the_oiv": [_oiv_act(read, r) for r in oiv_acts],
        "redactions": [{"digest": digest, **order} for digest, order in sorted(read.redacted.items())],
        "flags": flags_of(reader, read.known, history, read.figures, point),
        "scores": scores,
        "criteria": [
            {
                "criterion": criterion.letter,
                "title": criterion.title,
                "statements": [
                    {"words": statement.words, "events": _cited(statement.stream, statement.versions)}
                    for statement in criterion.statements
                ],
            }
            for criterion in criteria(
                ReportEvidence(
                    record=record,
                    changes=read.changes,
                    unexplained=[change for change in read.changes if _unexplained(read, change)],
                    in_force=scores["in_force"],
                    ex_ante=scores["ex_ante"],
                    system=scores["system"],
                    system_version=scores["system_version"],
                    missed=[(row["indicator"], row["name"]) for row in scores["indicators"] if row["met"] is False],
                    late=late,
                    never_measured=never_measured,
                    overrides=[r.version for r, _ in overrides],
                    acts_of_the_oiv=[(sentence(r.event, read.names), r.version) for r in oiv_acts],
                )
            )
        ],
    }


def _read(reader: Reader, plan: str, year: int, point: Point) -> _Evidence:
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    within(history.state(point.as_of), year)
    administration = administration_record(reader, known, point.known_at)
    owned = reader.records(known.administration_stream, upto=known.administration_known.version)
    figures = KnownFigures(history, administration, owned, year, point)
    review = review_stream(plan)
    review_known = reader.known(review, point.known_at).version
    annulled = reader.annulled(review, review_known)
    reviews = [r for r in reader.records(review, upto=review_known) if r.version not in annulled]
    counting = [r for r in owned if r.version not in figures.annulled]
    changes = plan_changes(history, point.as_of, drafting=False)
    digests = [digest for r in (*history.records, *owned, *reviews) for digest in (r.justification, r.note)]
    return _Evidence(
        record=YearRecord(history, counting, owned, series_of(history), year, point.as_of),
        administration=administration,
        known=known,
        point=point,
        names=names_of(reader, known),
        acts={r.event.act.id: str(r.event.act) for r in owned if isinstance(r.event, ActRegistered)},
        changes=[change for change in changes if year in (change.touch.year, change.year)],
        reviews=reviews,
        texts=dict(reader.texts(digests)),
        redacted=redactions(reader, [known.stream, known.administration_stream, review]),
        figures=figures,
    )


def _known_instant(read: _Evidence) -> str:
    """The instant of the last event that the evidence rests on: the same however much later it is asked."""
    record = read.record
    rests_on = [record.history.records[-1], *record.administration[-1:], *read.reviews[-1:]]
    return write_instant(max(r.recorded_at for r in rests_on))


def _cited(stream: StreamName, versions: Iterable[int]) -> list[Cited]:
    return [cited(stream, version) for version in versions]


def _variations(read: _Evidence) -> list[VariationRow]:
    record = read.record
    counted = sum(change.counts for change in read.changes)
    effects = ChangeEffects(record.history, read.administration, record.year, read.point, scorings=counted)
    return [_variation(read, change, effects) for change in read.changes]


def _variation(read: _Evidence, change: PlanChange, effects: ChangeEffects) -> VariationRow:
    record = change.record
    known = None
    if change.indicator is not None:
        targets = (change.before, change.after) if change.touch.aspect == "target" else (None, None)
        known = read.figures.known(change.indicator, record, *targets)
    score: WithAndWithout | None = None
    rate: WithAndWithout | None = None
    if change.counts:
        without = effects.without([record.version])
        score = _with_and_without(effects.whole.score, without.score) if effects.scored else None
        rate = _with_and_without(effects.whole.rate, without.rate)
    return {
        "version": record.version,
        "what": sentence(record.event, read.names),
        "kind": change.kind,
        "aspect": change.touch.aspect,
        "objectives": list(change.objectives),
        "indicator": change.indicator,
        "before": change.before,
        "after": change.after,
        "direction": change.direction,
        "act": read.act(record),
        "cause": record.cause,
        "justification": read.text(record.justification),
        "redaction": read.redacted.get(record.justification or ""),
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "retrospective": record.retrospective,
        "known": known and {"period": known.period, "text": known.text, "retrospective": known.retrospective},
        "score": score,
        "change_rate": rate,
        "opinions": [
            {
                "opinion": r.event.opinion,
                "judgement": JUDGEMENTS[r.event.judgement],
                "words": read.text(r.note),
                "events": _cited("review", [r.version]),
            }
            for r in read.record.holding(read.reviews)
            if isinstance(r.event, OpinionGiven) and record.version in r.event.versions
        ],
        "events": _cited("plan", [record.version]),
    }


def _effects_of_acts(read: _Evidence) -> list[ActEffect]:
    """What the in-year revisions of each act did together: taken one by one, those that go together hide each other."""
    record = read.record
    groups: dict[str, list[int]] = {}
    for change in read.changes:
        if change.counts:
            groups.setdefault(change.record.act or "", []).append(change.record.version)
    effects = ChangeEffects(record.history, read.administration, record.year, read.point, scorings=len(groups))
    rows: list[ActEffect] = []
    for act, versions in groups.items():
        without = effects.without(versions)
        rows.append(
            {
                "act": read.acts.get(act, act or None),
                "score": _with_and_without(effects.whole.score, without.score) if effects.scored else None,
                "change_rate": _with_and_without(effects.whole.rate, without.rate),
                "events": _cited("plan", versions),
            }
        )
    return rows


def _with_and_without(whole: Decimal | None, without: Decimal | None) -> WithAndWithout:
    return {"with": _two(whole), "without": _two(without)}


def _scores(read: _Evidence, in_force: Scored, ex_ante: Scored) -> BodyScores:
    """The score of the body, against the targets in force and against those approved ex ante, and the difference."""
    score, approved = in_force.body().counted, ex_ante.body().counted
    seen = in_force.inputs.seen
    return {
        "in_force": _two(score),
        "ex_ante": _two(approved),
        "difference": _two(score - approved) if score is not None and approved is not None else None,
        "system": in_force.inputs.system.system.name,
        "system_version": in_force.inputs.system.version,
        "indicators": [
            {
                "indicator": indicator,
                "name": read.names.by_key.get(indicator_key(indicator)) or indicator,
                "observed": print_value(seen[indicator].observed) if indicator in seen else None,
                "achievement": _two(indicator_score.counted),
                "met": indicator_score.calculated.met,
            }
            for indicator, indicator_score in in_force.scores.indicators.items()
        ],
    }


def _official(read: _Evidence) -> OfficialRateRow:
    rate = official_rate(read.record.history, read.record.year, read.point, read.system)
    return {
        "variant": rate.variant,
        "level": rate.level,
        "percent": _two(rate.figure),
        "touched": [{"objective": name, "name": read.names.objective(name)} for name in rate.touched],
        "planned": len(rate.planned),
        "ceiling": rate.ceiling.text if rate.ceiling else None,
    }


def _late(read: _Evidence, late: LateRecordings) -> LateList:
    rows: list[LateRow] = []
    for row in late.recordings:
        others = f" (e altri {len(row.records) - 1})" if row.records[1:] else ""
        rows.append(
            {
                "what": sentence(row.records[0].event, read.names) + others,
                "effective_on": row.effective_on.isoformat(),
                "recorded_at": write_instant(row.recorded_at),
                "days": row.days,
                "backdated": row.backdated,
                "events": _cited(row.stream, [record.version for record in row.records]),
            }
        )
    return {
        "threshold_days": thresholds_of(read.system.flags)[0].recording_days,
        "recordings": rows,
        "not_knowable": {"events": [cited(stream, record.version) for stream, record in late.not_knowable]},
    }


def _corrections(read: _Evidence) -> list[CorrectionRow]:
    return [
        {
            "what": sentence(row.record.event, read.names),
            "restores": row.restored,
            "effective_on": row.record.effective_on.isoformat(),
            "recorded_at": write_instant(row.record.recorded_at),
            "justification": read.text(row.record.justification or row.record.note),
            "events": _cited(row.stream, [row.record.version]),
        }
        for row in read.record.put_right()
    ]


def _never_measured(read: _Evidence, row: NeverMeasured) -> NeverMeasuredRow:
    return {
        "indicator": row.indicator,
        "name": read.names.indicator(row.indicator),
        "said": row.recorded,
        "events": _cited("plan", [row.target_version] if row.target_version is not None else []),
    }


def _unexplained(read: _Evidence, change: PlanChange) -> bool:
    """Whether nobody can read why an in-year revision was made."""
    return change.kind == "in_year_revision" and not read.text(change.record.justification)


def _override(read: _Evidence, record: Recorded, event: ScoreOverridden) -> OverrideRow:
    return {
        "what": sentence(event, read.names),
        "calculated": plain(event.calculated),
        "forced": plain(event.forced),
        "act": read.act(record),
        "justification": read.text(record.justification),
        "events": _cited("plan", [record.version]),
    }


def _oiv_act(read: _Evidence, record: Recorded) -> OivActRow:
    event = record.event
    return {
        "what": sentence(event, read.names),
        "kind": event.topic,
        "on": record.effective_on.isoformat(),
        "words": read.text(record.note),
        "redaction": read.redacted.get(record.note or ""),
        "seed": event.seed if isinstance(event, SampleDrawn) else None,
        "drawn": list(event.drawn) if isinstance(event, SampleDrawn) else None,
        "events": _cited("review", [record.version]),
    }


def _two(value: Decimal | None) -> str | None:
    return plain(at_step(value, HUNDREDTH, "half_up")) if value is not None else None
