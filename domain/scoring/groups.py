"""The scores that lie across the tree: of the classes that objectives bear, and of the offices that answer for indicators."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from domain.administrations.offices import KnownOffices
from domain.measurements.checks import responsible_offices
from domain.plans.state import PlanState
from domain.scoring.combination import Combined, combine
from domain.scoring.inputs import Scored
from domain.scoring.tree import Forest, ForestScores, Place, indicator_part, objective_part


class ClassScored(NamedTuple):
    """The topmost objectives of a class, and what they come to together."""

    objectives: list[str]
    combined: Combined


class OfficeScored(NamedTuple):
    """The places of an office in the tree, and what they come to together."""

    places: list[Place]
    combined: Combined


def scored_classes(scored: Scored) -> dict[str, dict[str, ClassScored]]:
    """For each class of each scheme, the objectives that bear it, the topmost of each branch: beneath, they count through it."""
    read, scores = scored.inputs, scored.scores
    return {
        scheme: {
            name: ClassScored(top, combine([objective_part(read.forest, scores, o) for o in top], read.system.system))
            for name, members in by_name.items()
            if (top := topmost(read.structure, members))
        }
        for scheme, by_name in classes_of(read.structure, read.forest.objectives).items()
    }


def classes_of(state: PlanState, objectives: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """The objectives that bear each class of each scheme, on the date of the state."""
    classes: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for objective in objectives:
        classifications = state.objective(objective, "classifications")
        for scheme, name in (classifications if isinstance(classifications, dict) else {}).items():
            classes[scheme][str(name)].append(objective)
    return {scheme: dict(by_name) for scheme, by_name in classes.items()}


def topmost(state: PlanState, objectives: Iterable[str]) -> list[str]:
    """Those of some objectives that hang from none of the others."""
    members = dict.fromkeys(objectives)
    return [member for member in members if members.keys().isdisjoint(state.ancestors(member))]


def scored_offices(scored: Scored) -> dict[str, OfficeScored]:
    """By office, the indicators that it answers for, once in each place that they serve, with their weight there."""
    read = scored.inputs
    offices = KnownOffices(read.owner)
    by_office: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places_that_count(read.forest, scored.scores):
        for office in offices.names(responsible_offices(read.structure, place.indicator)):
            by_office[office].append(place)
    return {
        office: OfficeScored(
            places, combine([indicator_part(scored.scores, place) for place in places], read.system.system)
        )
        for office, places in by_office.items()
    }


def places_that_count(forest: Forest, scores: ForestScores) -> list[Place]:
    """The places of indicators that were scored in objectives that count for the year."""
    return [
        place
        for place in forest.places
        if place.indicator in scores.indicators and scores.objectives[place.objective].why_not is None
    ]


def unscored(scores: ForestScores) -> dict[str, int]:
    """Why indicators that concern the year have no figure, and how many for each reason."""
    lacking = [s.calculated.rule for s in scores.indicators.values() if s.standing in {"missing", "pending"}]
    return {rule: lacking.count(rule) for rule in sorted(set(lacking))}
