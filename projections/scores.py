"""The scores of a year: indicator by indicator, up every tree, by office; in force and ex ante, with their difference."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from domain.measurements.checks import responsible_offices
from domain.measurements.printer import print_value
from domain.plans.history import PlanHistory
from domain.point import Point
from domain.scoring.combination import Combined, Part, combine
from domain.scoring.numbers import minus, plain
from domain.scoring.tree import BODY, IndicatorScore, ObjectiveScore, Scores, score_forest
from domain.systems.model import MeasurementSystem
from domain.vocabulary import JsonValue
from projections.offices import Offices
from projections.plan_history import plan_history
from projections.score_inputs import Basis, Feeds, Inputs, inputs
from projections.store.reader import Reader

Row = dict[str, JsonValue]


class Scored(NamedTuple):
    """A scored year: what it was made of, and what came out."""

    inputs: Inputs
    scores: Scores

    def body(self) -> ObjectiveScore:
        """The score of the body as a whole."""
        return self.scores.objectives[BODY]


def scored_year(
    reader: Reader,
    history: PlanHistory,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
    system: MeasurementSystem | None = None,
) -> Scored:
    """The scores of a year on one basis."""
    made = inputs(reader, history, year, point, basis=basis, feeds=feeds, system=system)
    return Scored(made, score_forest(made.forest))


def scores(
    reader: Reader,
    plan: str,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
) -> Row:
    """The scores of a year as JSON; percentages are decimal strings, unrounded unless the rules round."""
    history = plan_history(reader, plan, point)
    asked = scored_year(reader, history, year, point, basis=basis, feeds=feeds)
    other_basis: Basis = "in_force" if basis == "ex_ante" else "ex_ante"
    other = scored_year(reader, history, year, point, basis=other_basis, feeds=feeds)
    return described(asked, other, point)


def described(asked: Scored, other: Scored, point: Point) -> Row:
    """Both scores of a year, the one that was asked for in full."""
    made = asked.inputs
    by_basis = {made.basis: asked.body().counted, other.inputs.basis: other.body().counted}
    system = made.system
    return {
        "plan": made.found.plan,
        "year": made.year,
        "as_of": point.as_of.isoformat(),
        "version": made.found.known.version,
        "basis": made.basis,
        "structure_on": made.structure.on.isoformat() if made.basis == "in_force" else None,
        "system": {"name": system.system.name, "year": system.year, "version": system.version},
        "score": plain(by_basis["in_force"]),
        "ex_ante": plain(by_basis["ex_ante"]),
        "difference": plain(_less(by_basis["in_force"], by_basis["ex_ante"])),
        "unscored": _unscored(asked),
        "body": _node(asked, BODY),
        "objectives": [
            {"id": one} | _card(made, one) | _node(asked, one) | _beside(asked, other, "objectives", one)
            for one in made.forest.objectives
        ],
        "indicators": [
            _indicator(asked, one) | _beside(asked, other, "indicators", one) for one in made.forest.indicators
        ],
        "classifications": _classifications(asked),
        "offices": _offices(asked),
    }


def calculated_of(reader: Reader, plan: str, subject: str, one: str, year: int, point: Point) -> Decimal | None:
    """What the rules give for one indicator or objective, before any forcing; None where it has no score."""
    done = scored_year(reader, plan_history(reader, plan, point), year, point, feeds="all").scores
    if subject == "indicator":
        return done.indicators[one].calculated.achievement if one in done.indicators else None
    return done.objectives[one].calculated.score if one in done.objectives else None


def _unscored(scored: Scored) -> Row:
    """Why indicators that concern the year have no figure, and how many for each reason."""
    lacking = [s.calculated.rule for s in scored.scores.indicators.values() if s.standing in {"missing", "pending"}]
    return {rule: lacking.count(rule) for rule in sorted(set(lacking))}


def _card(made: Inputs, one: str) -> Row:
    state = made.structure
    return {field: state.objective(one, field) for field in ("level", "code", "title", "parent", "weight")}


def _node(scored: Scored, one: str) -> Row:
    score = scored.scores.objectives[one]
    system = scored.inputs.system.system
    band = system.band(score.counted)
    return {
        "score": plain(score.counted),
        "calculated": plain(score.calculated.score),
        "forced": plain(score.override.forced) if score.override else None,
        "standing": score.standing,
        "why_not": score.why_not,
        "rule": score.calculated.rule,
        "covered": plain(score.calculated.covered),
        "points": plain(score.calculated.points),
        "band": {"name": band.name, "word": band.word} if band else None,
        "notes": list(score.calculated.notes),
    }


def _indicator(scored: Scored, one: str) -> Row:
    made = scored.inputs
    row = made.forest.indicators[one]
    score = scored.scores.indicators[one]
    seen = made.seen.get(one)
    return {
        "id": one,
        "name": made.structure.indicator(one, "name"),
        "score": plain(score.counted),
        "achievement": plain(score.calculated.achievement),
        "uncut": plain(score.calculated.uncut),
        "met": score.calculated.met,
        "forced": plain(score.override.forced) if score.override else None,
        "standing": score.standing,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic,
        "note": score.calculated.note,
        "targets": [{"ordinal": ordinal, "text": target.text} for ordinal, target in sorted(row.targets.items())],
        "observed": print_value(seen.observed) if seen else None,
        "period": seen.period if seen else None,
        "finality": seen.finality if seen else None,
        "measured_by_system": plain(score.by_system),
        "places": [
            {"objective": place.objective, "weight": plain(place.weight)}
            for place in made.forest.places
            if place.indicator == one
        ],
    }


def _beside(asked: Scored, other: Scored, kind: str, one: str) -> Row:
    """The score on the other basis, and what the revisions were worth."""
    pair: dict[str, Decimal | None] = {}
    for scored in (asked, other):
        held: dict[str, IndicatorScore] | dict[str, ObjectiveScore] = getattr(scored.scores, kind)
        found = held.get(one)
        pair[scored.inputs.basis] = found.counted if found is not None else None
    return {
        "in_force": plain(pair["in_force"]),
        "ex_ante": plain(pair["ex_ante"]),
        "difference": plain(_less(pair["in_force"], pair["ex_ante"])),
    }


def _classifications(scored: Scored) -> Row:
    """The other trees: for each of their classes, the objectives that bear it, the topmost of each branch."""
    made = scored.inputs
    classes: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in made.forest.objectives:
        said = made.structure.objective(one, "classifications")
        for scheme, name in (said if isinstance(said, dict) else {}).items():
            classes[scheme][str(name)].append(one)
    found: Row = {}
    for scheme, by_name in classes.items():
        rows: list[JsonValue] = []
        for name, members in by_name.items():
            top = [one for one in members if not set(made.structure.ancestors(one)) & set(members)]
            combined = combine(
                [
                    Part(
                        scored.scores.objectives[one].counted,
                        made.forest.objectives[one].weight,
                        scored.scores.objectives[one].standing,
                        scored.scores.objectives[one].calculated.covered,
                    )
                    for one in top
                ],
                made.system.system,
            )
            row: Row = {"name": name, "objectives": list(top)}
            rows.append(row | _combined(combined, made.system.system))
        found[scheme] = rows
    return found


def _offices(scored: Scored) -> list[JsonValue]:
    """By office: the indicators that it answers for, once in each place that they serve, with their weight there."""
    made = scored.inputs
    offices = Offices(made.owner)
    by_office: defaultdict[str, list[tuple[str, str, Part]]] = defaultdict(list)
    for place in made.forest.places:
        objective = scored.scores.objectives[place.objective]
        score = scored.scores.indicators.get(place.indicator)
        if score is None or objective.why_not is not None:
            continue
        for office in offices.names(responsible_offices(made.structure, place.indicator)):
            part = Part(score.counted, place.weight, score.standing)
            by_office[office].append((place.indicator, place.objective, part))
    rows: list[JsonValue] = []
    for office, places in by_office.items():
        combined = combine([part for _, _, part in places], made.system.system)
        placed: list[JsonValue] = [{"indicator": one, "objective": objective} for one, objective, _ in places]
        row: Row = {"office": office, "places": placed}
        rows.append(row | _combined(combined, made.system.system))
    return rows


def _combined(combined: Combined, system: MeasurementSystem) -> Row:
    band = system.band(combined.score)
    return {
        "score": plain(combined.score),
        "rule": combined.rule,
        "covered": plain(combined.covered),
        "points": plain(combined.points),
        "band": {"name": band.name, "word": band.word} if band else None,
        "notes": list(combined.notes),
    }


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else minus(one, other)
