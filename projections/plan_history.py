"""The history of a plan, loaded from the record as known at a point, and a change of it as JSON."""

from collections.abc import Mapping
from typing import Any

from domain.plans.history import PlanChange, PlanHistory, history_of
from domain.point import Point
from domain.timelines import annulled
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


def plan_history(reader: Reader, plan: str, point: Point) -> PlanHistory:
    """Reads a plan's events as known at a point; NotFound when nothing was known of it then."""
    return read_history(reader, find_plan(reader, plan, point.known_at))


def read_history(reader: Reader, known: PlanKnown) -> PlanHistory:
    """The same, of a plan whose streams were found before."""
    version = known.known.version
    return history_of(
        known.plan,
        version,
        reader.records(known.stream, upto=version),
        annulled(reader.annulments(known.stream), version),
    )


def describe(variation: PlanChange, texts: Mapping[str, str | None]) -> dict[str, Any]:
    """A variation as JSON: what, before and after, by which act, why, who, both dates."""
    record = variation.record
    return {
        "version": record.version,
        "event": record.event.topic,
        "kind": variation.kind,
        "restored_kind": variation.restored_kind,
        "restores": list(record.restores),
        "aspect": variation.touch.aspect,
        "year": variation.year,
        "target_year": variation.touch.year,
        "ordinal": getattr(record.event, "ordinal", None),
        "objectives": list(variation.objectives),
        "indicator": variation.indicator,
        "before": variation.before,
        "after": variation.after,
        "direction": variation.direction,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "act": record.act,
        "cause": record.cause,
        "justification": texts.get(record.justification or ""),
        "redacted": record.justification is not None and texts.get(record.justification) is None,
        "actor": record.actor,
        "retrospective": record.retrospective,
    }
