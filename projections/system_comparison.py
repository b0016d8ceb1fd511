"""What other rules would make of a year: every score by the rules in force and by those proposed, before they are adopted."""

from decimal import Decimal

from domain.point import Point
from domain.scoring.numbers import minus, plain
from domain.scoring.tree import BODY
from domain.systems.decide import system_of, written
from domain.systems.model import MeasurementSystem
from domain.vocabulary import JsonValue
from projections.plan_history import plan_history
from projections.scores import Row, Scored, scored_year
from projections.store.reader import Reader


def compared(reader: Reader, plan: str, year: int, proposed: MeasurementSystem, point: Point) -> Row:
    """The scores of a year by both sets of rules, with the difference, and the rules that differ."""
    history = plan_history(reader, plan, point)
    now = scored_year(reader, history, year, point, feeds="all")
    then = scored_year(reader, history, year, point, feeds="all", system=proposed)
    current = now.inputs.system.system
    before, after = written(current), written(proposed)
    names = {one: now.inputs.structure.objective(one, "title") for one in now.inputs.forest.objectives}
    cards = {one: now.inputs.structure.indicator(one, "name") for one in now.inputs.forest.indicators}
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "rules": [
            {"rule": rule, "before": before[rule], "after": after[rule]}
            for rule in after
            if before.get(rule) != after[rule]
        ],
        "body": _pair(now, then, BODY),
        "objectives": [
            {"id": one, "title": title} | _pair(now, then, one)
            for one, title in names.items()
            if _differs(now.scores.objectives[one].counted, then.scores.objectives[one].counted)
        ],
        "indicators": [
            {"id": one, "name": name}
            | _figures(now.scores.indicators[one].counted, then.scores.indicators[one].counted)
            for one, name in cards.items()
            if _differs(now.scores.indicators[one].counted, then.scores.indicators[one].counted)
        ],
        "objectives_compared": len(names),
        "indicators_compared": len(cards),
    }


def system_in_force(reader: Reader, plan: str, year: int, point: Point) -> Row:
    """The rules of a year on a date, whole, and where they come from: None for the defaults."""
    history = plan_history(reader, plan, point)
    found = system_of(history.timelines, year, point.as_of)
    record = next((r for r in history.records if r.version == found.version), None)
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "adopted_for": found.year,
        "adopted_on": found.effective_on.isoformat() if found.effective_on else None,
        "event": found.version,
        "act": record.act if record else None,
        "system": dict(written(found.system)),
    }


def _pair(now: Scored, then: Scored, one: str) -> Row:
    before, after = now.scores.objectives[one], then.scores.objectives[one]
    bands: list[JsonValue] = []
    for scored, figure in ((now, before.counted), (then, after.counted)):
        band = scored.inputs.system.system.band(figure)
        bands.append(band.word if band else None)
    return _figures(before.counted, after.counted) | {"bands": bands}


def _figures(before: Decimal | None, after: Decimal | None) -> Row:
    difference = None if before is None or after is None else minus(after, before)
    return {"before": plain(before), "after": plain(after), "difference": plain(difference)}


def _differs(before: Decimal | None, after: Decimal | None) -> bool:
    return before != after
