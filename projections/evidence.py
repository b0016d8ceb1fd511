"""What the OIV must judge of a year, in one place: every change with its motivation and its effect, and what is odd.

Each row names the events that it rests on: `events` [{in, version}], `in` being plan, administration or review.
"""

from domain.changes.official_rate import official_rate
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES
from domain.facts import PLAN, indicator_key
from domain.flags.model import thresholds_of
from domain.measurements.printer import print_value
from domain.oiv.criteria import DeviationsExplained, ReportEvidence, criteria
from domain.oiv.events import SampleDrawn
from domain.oiv.year_record import LateRecordings, unexplained
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.events import ScoreOverridden
from domain.scoring.forms import Referred, referred
from domain.scoring.inputs import Scored, score_year
from domain.scoring.numbers import HUNDREDTH, at_step, decimal_string, difference
from domain.targets.model import Reference
from domain.targets.printer import print_quantity
from projections.change_rate import changes_of_year
from projections.deviations import deviations_answer
from projections.evidence_answer import (
    BodyScores,
    CorrectionRow,
    EvidenceDeviation,
    LateList,
    LateRow,
    OfficialRateRow,
    OivActRow,
    OverrideRow,
    YearEvidence,
)
from projections.evidence_changes import changes_with_effects, effects_of_acts
from projections.evidence_proposals import annulled_enactments, rejected_proposals, separation_waived
from projections.evidence_sources import EvidenceSources, cited_events, read_sources, two_decimals
from projections.flags import cited, flags_of
from projections.proposals import proposal_counts
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.successive_plans import from_plan_before
from projections.watch import never_measured_rows


def evidence(reader: Reader, plan: str, year: int, point: Point) -> YearEvidence:
    """The whole evidence on a year; OutsidePlan for a year that the plan does not cover."""
    sources = read_sources(reader, plan, year, point)
    record, history = sources.record, sources.record.history
    changes = changes_of_year(reader, plan, year, point)
    late = record.late(thresholds_of(sources.system.flags)[0].recording_days)
    never_measured = record.never_measured()
    in_force, ex_ante = (
        score_year(history, sources.administration, year, point, basis=basis) for basis in ("in_force", "ex_ante")
    )
    overrides, oiv_acts = record.overrides(), record.acts_of_the_oiv(sources.reviews)
    scores = _scores(sources, in_force, ex_ante)
    short = _deviations(reader, sources)
    return {
        "plan": plan,
        "title": str(history.timelines.entries(PLAN, "title")[-1].value),
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "administration_version": sources.known.administration_known.version,
        "known_at": _known_instant(sources),
        "variations": changes_with_effects(sources),
        "effects_of_acts": effects_of_acts(sources),
        "change_rates": {
            "change_rate": changes["change_rate"],
            "indicators": changes["indicators"],
            "targets": changes["targets"],
            "by_level": changes["by_level"],
            "by_cause": changes["by_cause"],
            "counted": changes["counted"],
            "annulled": changes["annulled"],
            "retroactive": changes["retroactive"],
            "earlier_approvals": changes["earlier_approvals"],
        },
        "official_rate": _official(sources),
        "counted_apart": changes["counted_apart"],
        "late": _late(sources, late),
        "corrections": _corrections(sources),
        "proposals": proposal_counts(sources.proposed.lives()),
        "rejected_proposals": rejected_proposals(sources),
        "annulled_enactments": annulled_enactments(sources),
        "separation_waived": separation_waived(sources),
        "never_measured": never_measured_rows(never_measured, sources.names),
        "deviations": short,
        "overrides": [_override(sources, r, event) for r, event in overrides],
        "acts_of_the_oiv": [_oiv_act(sources, r) for r in oiv_acts],
        "redactions": [{"digest": digest, **order} for digest, order in sorted(sources.redacted.items())],
        "from_plan_before": from_plan_before(sources.preceding),
        "flags": flags_of(reader, sources.known, history, sources.figures, point, sources.preceding),
        "scores": scores,
        "criteria": [
            {
                "criterion": criterion.letter,
                "title": criterion.title,
                "statements": [
                    {"words": statement.words, "events": cited_events(statement.stream, statement.versions)}
                    for statement in criterion.statements
                ],
            }
            for criterion in criteria(
                ReportEvidence(
                    record=record,
                    changes=sources.changes,
                    unexplained=unexplained(sources.changes, sources.texts),
                    in_force=scores["in_force"],
                    ex_ante=scores["ex_ante"],
                    system=scores["system"],
                    system_version=scores["system_version"],
                    system_adopted_by=scores["system_adopted_by"],
                    missed=[(row["indicator"], row["name"]) for row in scores["indicators"] if row["met"] is False],
                    deviations=_counted(short),
                    late=late,
                    never_measured=never_measured,
                    overrides=[r.version for r, _ in overrides],
                    acts_of_the_oiv=[(r.event.sentence(sources.names), r.version) for r in oiv_acts],
                )
            )
        ],
    }


def _deviations(reader: Reader, sources: EvidenceSources) -> list[EvidenceDeviation]:
    """What is short of its target, or said to be at risk, or was explained: with the events that say why, and what was done."""
    record, point = sources.record, sources.point
    scored = score_year(record.history, sources.administration, record.year, point, feeds="all")
    answer = deviations_answer(reader, sources.known, scored, sources.administration.timelines, point)
    return [
        {
            **row,
            "events": cited_events(
                "plan",
                sorted(
                    {
                        *([row["version"]] if row["version"] is not None else []),
                        *(version for action in row["actions"] for version in action["versions"]),
                    }
                ),
            ),
        }
        for row in answer["deviations"]
        if row["met"] is False or row["asks_cause"] or row["cause"] is not None or row["actions"]
    ]


def _counted(short: list[EvidenceDeviation]) -> DeviationsExplained:
    """How many of the deviations were explained, and what became of the corrective actions."""
    causes = [row["cause"] for row in short if row["cause"] is not None]
    actions = [action for row in short for action in row["actions"]]
    return DeviationsExplained(
        causes={cause: causes.count(cause) for cause in DEVIATION_CAUSES if cause in causes},
        unexplained=sum(row["asks_cause"] for row in short),
        explaining=[row["version"] for row in short if row["version"] is not None],
        actions={state: count for state in ACTION_STATES if (count := sum(a["state"] == state for a in actions))},
        acting=[version for action in actions for version in action["versions"]],
    )


def _known_instant(sources: EvidenceSources) -> str:
    """The instant of the last event that the evidence rests on: the same however much later it is asked."""
    record = sources.record
    rests_on = [record.history.records[-1], *record.administration[-1:], *sources.reviews[-1:]]
    rests_on += sources.proposed.everything[-1:]
    if sources.preceding is not None:
        rests_on.append(sources.preceding.succession.before.records[-1])
    return write_instant(max(r.recorded_at for r in rests_on))


def _scores(sources: EvidenceSources, in_force: Scored, ex_ante: Scored) -> BodyScores:
    """The score of the body, against the targets in force and against those approved ex ante, and the difference."""
    score, approved = in_force.body().counted, ex_ante.body().counted
    observations = in_force.inputs.seen
    return {
        "in_force": two_decimals(score),
        "ex_ante": two_decimals(approved),
        "difference": two_decimals(difference(score, approved)),
        "system": in_force.inputs.system.system.name,
        "system_version": in_force.inputs.system.version,
        "system_adopted_by": in_force.inputs.system.adopter,
        "indicators": [
            {
                "indicator": indicator,
                "name": sources.names.by_key.get(indicator_key(indicator)) or indicator,
                "observed": print_value(observations[indicator].observed) if indicator in observations else None,
                "achievement": two_decimals(indicator_score.counted),
                "met": indicator_score.calculated.met,
                "reference": _reference(in_force, indicator),
            }
            for indicator, indicator_score in in_force.scores.indicators.items()
        ],
    }


def _reference(scored: Scored, indicator: str) -> str | None:
    """To what the targets of an indicator refer, with the value, its period, day and source; None where none refers to anything."""
    row = scored.inputs.forest.indicators[indicator]
    references = [target for target in row.targets.values() if isinstance(target, Reference)]
    return (
        "; ".join(f"{target.reference}: {_meant(target, referred(target, row.case))}" for target in references) or None
    )


def _meant(target: Reference, meant: Referred | None) -> str:
    if meant is None:
        return "non ancora noto"
    return (
        f"{print_quantity(at_step(meant.value, HUNDREDTH, 'half_up').normalize() + 0, target.unit)}, cioè {meant.words}"
    )


def _official(sources: EvidenceSources) -> OfficialRateRow:
    rate = official_rate(sources.record.history, sources.record.year, sources.point, sources.system)
    return {
        "variant": rate.variant,
        "level": rate.level,
        "percent": two_decimals(rate.figure),
        "touched": [{"objective": name, "name": sources.names.objective(name)} for name in rate.touched],
        "planned": len(rate.planned),
        "ceiling": rate.ceiling.text if rate.ceiling else None,
    }


def _late(sources: EvidenceSources, late: LateRecordings) -> LateList:
    rows: list[LateRow] = []
    for row in late.recordings:
        and_others = f" (e altri {len(row.records) - 1})" if row.records[1:] else ""
        rows.append(
            {
                "what": row.records[0].event.sentence(sources.names) + and_others,
                "effective_on": row.effective_on.isoformat(),
                "recorded_at": write_instant(row.recorded_at),
                "days": row.days,
                "backdated": row.backdated,
                "events": cited_events(row.stream, [record.version for record in row.records]),
            }
        )
    return {
        "threshold_days": thresholds_of(sources.system.flags)[0].recording_days,
        "recordings": rows,
        "not_knowable": {"events": [cited(stream, record.version) for stream, record in late.not_knowable]},
    }


def _corrections(sources: EvidenceSources) -> list[CorrectionRow]:
    return [
        {
            "what": row.record.event.sentence(sources.names),
            "restores": row.restored,
            "effective_on": row.record.effective_on.isoformat(),
            "recorded_at": write_instant(row.record.recorded_at),
            "justification": sources.text(row.record.justification or row.record.note),
            "events": cited_events(row.stream, [row.record.version]),
        }
        for row in sources.record.put_right()
    ]


def _override(sources: EvidenceSources, record: Recorded, event: ScoreOverridden) -> OverrideRow:
    return {
        "what": event.sentence(sources.names),
        "calculated": decimal_string(event.calculated),
        "forced": decimal_string(event.forced),
        "act": sources.act(record),
        "justification": sources.text(record.justification),
        "events": cited_events("plan", [record.version]),
    }


def _oiv_act(sources: EvidenceSources, record: Recorded) -> OivActRow:
    event = record.event
    return {
        "what": event.sentence(sources.names),
        "kind": event.topic,
        "on": record.effective_on.isoformat(),
        "words": sources.text(record.note),
        "redaction": sources.redacted.get(record.note or ""),
        "seed": event.seed if isinstance(event, SampleDrawn) else None,
        "drawn": list(event.drawn) if isinstance(event, SampleDrawn) else None,
        "events": cited_events("review", [record.version]),
    }
