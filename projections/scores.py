"""The scores of a year: indicator by indicator, up every tree, by office; in force and ex ante, with their difference."""

from decimal import Decimal
from typing import Literal

from typing_extensions import TypedDict

from domain.indicators.feeds import Feeds
from domain.measurements.printer import print_value
from domain.plans.history import PlanHistory
from domain.point import Point
from domain.scoring import groups, tree
from domain.scoring.achievement import Standing
from domain.scoring.basis import Basis
from domain.scoring.combination import Combined
from domain.scoring.inputs import Scored, score_year
from domain.scoring.numbers import decimal_string, difference
from domain.systems.decide import Adopter
from domain.systems.model import MeasurementSystem
from domain.trees.placed import named_tree, trees_in
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year
from projections.answers import Count, Day, DecimalText, Name, OfPlan, Text, Version
from projections.plan_history import plan_history, read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import find_plan
from projections.trees import PlacedTwiceRow, placed_twice

BandPlace = Literal["lowest", "between", "highest"]


class BandAnswer(TypedDict):
    """La fascia di un punteggio: colore, parola, e dove sta fra le altre."""

    name: Text
    word: Text
    place: BandPlace


class CombinedScore(TypedDict):
    """Un punteggio messo insieme da più parti, e la regola che lo ha fatto."""

    score: DecimalText | None
    rule: Name
    covered: DecimalText | None
    points: DecimalText | None
    band: BandAnswer | None
    notes: list[Text]


class NodeScore(CombinedScore):
    """Il punteggio di un nodo: quello che conta, quello calcolato, quello forzato, e quanto peso ha dati."""

    calculated: DecimalText | None
    forced: DecimalText | None
    standing: Standing
    why_not: Text | None


class OnBothBases(TypedDict):
    """Lo stesso punteggio contro i target in vigore e contro quelli approvati, e la differenza."""

    in_force: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None


class ObjectiveScoreRow(NodeScore, OnBothBases):
    """Il punteggio di un obiettivo, contro i target in vigore ed ex ante."""

    id: Identifier
    level: Text | None
    code: Text | None
    title: Text | None
    parent: Identifier | None
    weight: DecimalText | None


class OrdinalTarget(TypedDict):
    """Un target di una cella."""

    ordinal: Ordinal
    text: Text


class WeightedPlace(TypedDict):
    """Un posto dell'indicatore nell'albero, col suo peso lì."""

    objective: Identifier
    weight: DecimalText | None


class CountedIndicators(TypedDict):
    """Da quanti indicatori con un dato è contata una quota di indicatori, e quanti sono quelli che contano nell'anno."""

    with_data: Count
    of: Count


class IndicatorScoreRow(OnBothBases):
    """Il raggiungimento di un indicatore, con il calcolo.

    `covered` è quanta parte, in percento, di ciò da cui il sistema lo misura ha dati; null se il valore è proprio, o l'ha tutta.
    """

    id: Identifier
    name: Text | None
    score: DecimalText | None
    achievement: DecimalText | None
    band: BandAnswer | None
    uncut: DecimalText | None
    met: bool | None
    forced: DecimalText | None
    standing: Standing
    rule: Name
    arithmetic: Text | None
    note: Text | None
    targets: list[OrdinalTarget]
    observed: Text | None
    period: Name | None
    finality: Name | None
    measured_by_system: DecimalText | None
    covered: DecimalText | None
    counted_from: CountedIndicators | None
    places: list[WeightedPlace]


class ClassScore(CombinedScore):
    """Il punteggio di una classe di un altro albero."""

    name: Text
    objectives: list[Identifier]


class TreeNodeScore(CombinedScore):
    """Il punteggio di un nodo di un altro albero: gli obiettivi che vi stanno, quelli messi insieme dove i nodi non hanno pesi.

    `stated` è falso per un nodo che solo una classificazione nomina.
    """

    id: Text
    level: Text | None
    code: Text | None
    title: Text | None
    order: Count | None
    parent: Text | None
    depth: Count
    weight: DecimalText | None
    stated: bool
    objectives: list[Identifier]
    pooled: list[Identifier] | None


class TreeScore(CombinedScore):
    """Un altro albero del piano: missioni e programmi, prospettive, aree; i nodi in ordine, ognuno prima di quelli sotto."""

    tree: Text
    nodes: list[TreeNodeScore]
    unplaced: list[Identifier]
    placed_twice: list[PlacedTwiceRow]


class OfficePlace(TypedDict):
    """Un indicatore di un ufficio, in uno degli obiettivi che serve."""

    indicator: Identifier
    objective: Identifier


class OfficeScore(CombinedScore):
    """Il punteggio di un ufficio."""

    office: Text
    places: list[OfficePlace]


class SystemName(TypedDict):
    """Le regole con cui si è calcolato."""

    name: Text
    year: Year | None
    version: Version | None
    adopted_by: Adopter | None


class Scores(OfPlan):
    """I punteggi di un anno: dell'ente, degli obiettivi, degli indicatori, degli altri alberi, degli uffici."""

    year: Year
    basis: Basis
    structure_on: Day | None
    system: SystemName
    score: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None
    unscored: dict[str, Count]
    body: NodeScore
    objectives: list[ObjectiveScoreRow]
    indicators: list[IndicatorScoreRow]
    classifications: dict[str, list[ClassScore]]
    trees: list[TreeScore]
    offices: list[OfficeScore]


def scored_year(
    reader: Reader,
    history: PlanHistory,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
) -> Scored:
    """The scores of a year on one basis."""
    record = administration_record(reader, find_plan(reader, history.plan, point.known_at), point.known_at)
    return score_year(history, record, year, point, basis=basis, feeds=feeds)


def scores(
    reader: Reader,
    plan: str,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
    tree: str | None = None,
) -> Scores:
    """The scores of a year; percentages are decimal strings, unrounded unless the rules round.

    `tree` is the only one of the further trees that is wanted; NotFound where the plan has none of that name.
    """
    known = find_plan(reader, plan, point.known_at)
    history, record = read_history(reader, known), administration_record(reader, known, point.known_at)
    asked = score_year(history, record, year, point, basis=basis, feeds=feeds)
    other_basis: Basis = "in_force" if basis == "ex_ante" else "ex_ante"
    other = score_year(history, record, year, point, basis=other_basis, feeds=feeds)
    answer = scores_answer(asked, other, point)
    if tree is not None:
        name = named_tree(trees_in(asked.inputs.structure), tree).name
        answer["trees"] = [row for row in answer["trees"] if row["tree"] == name]
    return answer


def scores_answer(asked: Scored, other: Scored, point: Point) -> Scores:
    """Both scores of a year, the one that was asked for in full."""
    read = asked.inputs
    system = read.system
    objectives, other_objectives = asked.scores.objectives, other.scores.objectives
    indicators, other_indicators = asked.scores.indicators, other.scores.indicators
    whole = _on_both(asked, other, asked.body(), other.body())
    return {
        "plan": read.history.plan,
        "year": read.year,
        "as_of": point.as_of.isoformat(),
        "version": read.history.version,
        "basis": read.basis,
        "structure_on": read.structure.on.isoformat() if read.basis == "in_force" else None,
        "system": {
            "name": system.system.name,
            "year": system.year,
            "version": system.version,
            "adopted_by": system.adopter,
        },
        "score": whole["in_force"],
        "ex_ante": whole["ex_ante"],
        "difference": whole["difference"],
        "unscored": groups.unscored(asked.scores),
        "body": body_score(asked),
        "objectives": [
            _objective(asked, id_, _on_both(asked, other, objectives.get(id_), other_objectives.get(id_)))
            for id_ in read.forest.objectives
        ],
        "indicators": [
            _indicator(asked, id_, _on_both(asked, other, indicators.get(id_), other_indicators.get(id_)))
            for id_ in read.forest.indicators
        ],
        "classifications": _classifications(asked),
        "trees": _trees(asked),
        "offices": _offices(asked),
    }


def body_score(scored: Scored) -> NodeScore:
    """The score of the body as a whole, on one basis."""
    return _node(scored, tree.BODY)


def calculated_of(reader: Reader, plan: str, subject: str, id_: str, year: int, point: Point) -> Decimal | None:
    """What the rules give for one indicator or objective, before any forcing; None where it has no score."""
    done = scored_year(reader, plan_history(reader, plan, point), year, point, feeds="all").scores
    if subject == "indicator":
        return done.indicators[id_].calculated.achievement if id_ in done.indicators else None
    return done.objectives[id_].calculated.score if id_ in done.objectives else None


def band_of(score: Decimal | None, system: MeasurementSystem) -> BandAnswer | None:
    """The band of a score as an answer gives it; None where it has none."""
    band = system.band(score)
    if band is None:
        return None
    place: BandPlace = "highest" if band == system.bands[-1] else "lowest" if band == system.bands[0] else "between"
    return {"name": band.name, "word": band.word, "place": place}


def text_or_none(value: JsonValue) -> str | None:
    """A stored text, or None where there is none."""
    return None if value is None else str(value)


def _objective(scored: Scored, id_: str, on_both: OnBothBases) -> ObjectiveScoreRow:
    state = scored.inputs.structure
    return {
        "id": id_,
        "level": text_or_none(state.objective(id_, "level")),
        "code": text_or_none(state.objective(id_, "code")),
        "title": text_or_none(state.objective(id_, "title")),
        "parent": text_or_none(state.objective(id_, "parent")),
        "weight": text_or_none(state.objective(id_, "weight")),
        **_node(scored, id_),
        **on_both,
    }


def _node(scored: Scored, id_: str) -> NodeScore:
    score = scored.scores.objectives[id_]
    return {
        "score": decimal_string(score.counted),
        "calculated": decimal_string(score.calculated.score),
        "forced": decimal_string(score.override.forced) if score.override else None,
        "standing": score.standing,
        "why_not": score.why_not,
        "rule": score.calculated.rule,
        "covered": decimal_string(score.covered),
        "points": decimal_string(score.calculated.points),
        "band": band_of(score.counted, scored.inputs.system.system),
        "notes": list(score.calculated.notes),
    }


def _indicator(scored: Scored, id_: str, on_both: OnBothBases) -> IndicatorScoreRow:
    read = scored.inputs
    row = read.forest.indicators[id_]
    score = scored.scores.indicators[id_]
    seen = read.seen.get(id_)
    return {
        "id": id_,
        "name": text_or_none(read.structure.indicator(id_, "name")),
        "score": decimal_string(score.counted),
        "achievement": decimal_string(score.calculated.achievement),
        "band": band_of(score.counted, read.system.system),
        "uncut": decimal_string(score.calculated.uncut),
        "met": score.calculated.met,
        "forced": decimal_string(score.override.forced) if score.override else None,
        "standing": score.standing,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic,
        "note": score.calculated.note,
        "targets": [{"ordinal": ordinal, "text": target.text} for ordinal, target in sorted(row.targets.items())],
        "observed": print_value(seen.observed) if seen else None,
        "period": seen.period if seen else None,
        "finality": seen.finality if seen else None,
        "measured_by_system": decimal_string(score.by_system),
        "covered": decimal_string(score.covered),
        "counted_from": {"with_data": counted.with_data, "of": counted.of} if (counted := score.counted_from) else None,
        "places": [
            {"objective": place.objective, "weight": decimal_string(place.weight)}
            for place in read.forest.places_of[id_]
        ],
        **on_both,
    }


def _on_both(
    asked: Scored,
    other: Scored,
    score: tree.IndicatorScore | tree.ObjectiveScore | None,
    other_score: tree.IndicatorScore | tree.ObjectiveScore | None,
) -> OnBothBases:
    """The score on both bases, and what the revisions were worth."""
    counted: dict[Basis, Decimal | None] = {
        asked.inputs.basis: score.counted if score is not None else None,
        other.inputs.basis: other_score.counted if other_score is not None else None,
    }
    in_force, ex_ante = counted["in_force"], counted["ex_ante"]
    return {
        "in_force": decimal_string(in_force),
        "ex_ante": decimal_string(ex_ante),
        "difference": decimal_string(difference(in_force, ex_ante)),
    }


def _classifications(scored: Scored) -> dict[str, list[ClassScore]]:
    """The other trees: for each of their classes, the objectives that bear it."""
    system = scored.inputs.system.system
    return {
        scheme: [
            {"name": name, "objectives": of_class.objectives, **_combined(of_class.combined, system)}
            for name, of_class in by_name.items()
        ]
        for scheme, by_name in groups.scored_classes(scored).items()
    }


def _trees(scored: Scored) -> list[TreeScore]:
    system, state = scored.inputs.system.system, scored.inputs.structure
    answers: list[TreeScore] = []
    for name, of_tree in groups.scored_trees(scored).items():
        tree = of_tree.tree
        nodes: list[TreeNodeScore] = [
            {
                "id": node.id,
                "level": node.level,
                "code": node.code,
                "title": node.title,
                "order": node.order,
                "parent": node.parent,
                "depth": len(tree.above(node.id)),
                "weight": decimal_string(node.weight),
                "stated": node.stated,
                "objectives": of_tree.nodes[node.id].objectives,
                "pooled": of_tree.nodes[node.id].pooled,
                **_combined(of_tree.nodes[node.id].combined, system),
            }
            for node in tree.nodes.values()
        ]
        answers.append(
            {
                "tree": name,
                **_combined(of_tree.whole.combined, system),
                "nodes": nodes,
                "unplaced": of_tree.unplaced,
                "placed_twice": placed_twice(state, tree),
            }
        )
    return answers


def _offices(scored: Scored) -> list[OfficeScore]:
    system = scored.inputs.system.system
    return [
        {
            "office": office,
            "places": [{"indicator": place.indicator, "objective": place.objective} for place in of_office.places],
            **_combined(of_office.combined, system),
        }
        for office, of_office in groups.scored_offices(scored).items()
    ]


def _combined(combined: Combined, system: MeasurementSystem) -> CombinedScore:
    return {
        "score": decimal_string(combined.score),
        "rule": combined.rule,
        "covered": decimal_string(combined.covered),
        "points": decimal_string(combined.points),
        "band": band_of(combined.score, system),
        "notes": list(combined.notes),
    }
