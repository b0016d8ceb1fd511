"""The changes of a year in its evidence: what each of them, and each act, did to the score and the official rate."""

from decimal import Decimal

from domain.changes.rate import versions_by_act
from domain.oiv.events import JUDGEMENT_WORDS
from domain.plans.history import PlanChange
from domain.scoring.effects import ChangeEffects
from projections.evidence_answer import (
    ActEffect,
    VariationRow,
    WithAndWithout,
)
from projections.evidence_sources import EvidenceSources, cited_events, two_decimals
from projections.store.envelope import write_instant


def changes_with_effects(sources: EvidenceSources) -> list[VariationRow]:
    """Every change of the year, with its motivation, what was known, and what it did, taken alone."""
    record = sources.record
    counted = sum(change.counts for change in sources.changes)
    effects = ChangeEffects(record.history, sources.administration, record.year, sources.point, scorings=counted)
    return [_variation(sources, change, effects) for change in sources.changes]


def _variation(sources: EvidenceSources, change: PlanChange, effects: ChangeEffects) -> VariationRow:
    record = change.record
    known = None
    if change.indicator is not None:
        targets = (change.before, change.after) if change.touch.aspect == "target" else (None, None)
        known = sources.figures.known(change.indicator, record, *targets)
    score: WithAndWithout | None = None
    rate: WithAndWithout | None = None
    if change.counts:
        without = effects.without([record.version])
        score = _with_and_without(effects.whole.score, without.score) if effects.scored else None
        rate = _with_and_without(effects.whole.rate, without.rate)
    return {
        "version": record.version,
        "what": record.event.sentence(sources.names),
        "kind": change.kind,
        "aspect": change.touch.aspect,
        "objectives": list(change.objectives),
        "indicator": change.indicator,
        "before": change.before,
        "after": change.after,
        "direction": change.direction,
        "act": sources.act(record),
        "cause": record.cause,
        "justification": sources.text(record.justification),
        "redaction": sources.redacted.get(record.justification or ""),
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "retrospective": record.retrospective,
        "known": known and {"period": known.period, "text": known.text, "retrospective": known.retrospective},
        "score": score,
        "change_rate": rate,
        "opinions": [
            {
                "opinion": opinion.opinion,
                "judgement": JUDGEMENT_WORDS[opinion.judgement],
                "words": sources.text(r.note),
                "events": cited_events("review", [r.version]),
            }
            for r, opinion in sources.record.opinions_on(record.version, sources.reviews)
        ],
        "events": cited_events("plan", [record.version]),
    }


def effects_of_acts(sources: EvidenceSources) -> list[ActEffect]:
    """What the in-year revisions of each act did together: taken one by one, those that go together hide each other."""
    record = sources.record
    groups = versions_by_act(sources.changes)
    effects = ChangeEffects(record.history, sources.administration, record.year, sources.point, scorings=len(groups))
    rows: list[ActEffect] = []
    for act, versions in groups.items():
        without = effects.without(versions)
        rows.append(
            {
                "act": sources.acts.get(act, act or None),
                "score": _with_and_without(effects.whole.score, without.score) if effects.scored else None,
                "change_rate": _with_and_without(effects.whole.rate, without.rate),
                "events": cited_events("plan", versions),
            }
        )
    return rows


def _with_and_without(with_all: Decimal | None, without: Decimal | None) -> WithAndWithout:
    return {"with": two_decimals(with_all), "without": two_decimals(without)}
