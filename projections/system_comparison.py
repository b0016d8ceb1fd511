"""What other rules would make of a year: every score by the rules in force and by those proposed, before they are adopted."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.point import Point
from domain.scoring.inputs import Scored, score_year
from domain.scoring.numbers import decimal_string, difference
from domain.scoring.tree import BODY
from domain.systems.decide import Adopter, rules_json
from domain.systems.model import MeasurementSystem
from domain.vocabulary import Identifier, JsonValue, Year
from projections.answers import Count, Day, DecimalText, Name, OfPlan, Text, Version
from projections.plan_history import plan_history, read_history
from projections.predecessors import administration_record
from projections.scores import text_or_none
from projections.store.reader import Reader
from projections.streams import PLANS, find_plan, plan_is_there


class SystemAnswer(OfPlan):
    """Le regole di un anno, e da dove vengono."""

    year: Year
    adopted_for: Year | None
    adopted_on: Day | None
    adopted_by: Annotated[
        Adopter | None,
        Field(description="Chi le ha adottate: l'amministrazione o, nelle registrazioni di un tempo, il piano."),
    ]
    event: Annotated[Version | None, Field(description="La versione nel registro di chi le ha adottate.")]
    act: Text | None
    system: dict[str, JsonValue]


class RuleDifference(TypedDict):
    """Una regola che cambia."""

    rule: Name
    before: JsonValue
    after: JsonValue


class ScorePair(TypedDict):
    """Un punteggio con le regole in vigore e con quelle proposte."""

    before: DecimalText | None
    after: DecimalText | None
    difference: DecimalText | None


class NodePair(ScorePair):
    """Il punteggio di un nodo con le une e con le altre regole, e le sue fasce."""

    bands: list[Text | None]


class ObjectivePair(NodePair):
    """Il punteggio di un obiettivo con le une e con le altre regole."""

    id: Identifier
    title: Text | None


class IndicatorPair(ScorePair):
    """Il raggiungimento di un indicatore con le une e con le altre regole."""

    id: Identifier
    name: Text | None


class SystemComparison(OfPlan):
    """Che cosa altre regole farebbero di un anno."""

    year: Year
    rules: list[RuleDifference]
    body: NodePair
    objectives: list[ObjectivePair]
    indicators: list[IndicatorPair]
    objectives_compared: Count
    indicators_compared: Count


class AdoptionPreview(TypedDict):
    """Che cosa farebbero le regole da adottare: le regole intere, e i punteggi dell'anno prima, piano per piano."""

    preview: Literal[True]
    system: dict[str, JsonValue]
    comparisons: list[SystemComparison]


def adoption_preview(
    reader: Reader, administration: str, year: int, proposed: MeasurementSystem, point: Point, plan: str | None = None
) -> AdoptionPreview:
    """What rules would do to the year before theirs, or to their own, in each plan of the administration that has it.

    `plan` is the one of them that is asked about, where one is.
    """
    names = [stream.removeprefix(PLANS) for stream in reader.plans_of([administration])]
    comparisons: list[SystemComparison] = []
    for name in (name for name in names if plan in (None, name) and plan_is_there(reader, name)):
        years = plan_history(reader, name, point).years
        scored = next((each for each in (year - 1, year) if each in years), None)
        if scored is not None:
            comparisons.append(compared(reader, name, scored, proposed, point))
    return {"preview": True, "system": dict(rules_json(proposed)), "comparisons": comparisons}


def compared(reader: Reader, plan: str, year: int, proposed: MeasurementSystem, point: Point) -> SystemComparison:
    """The scores of a year by both sets of rules, with the difference, and the rules that differ."""
    known = find_plan(reader, plan, point.known_at)
    history, record = read_history(reader, known), administration_record(reader, known, point.known_at)
    in_force = score_year(history, record, year, point, feeds="all")
    by_proposed = score_year(history, record, year, point, feeds="all", system=proposed)
    structure, forest = in_force.inputs.structure, in_force.inputs.forest
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "rules": rule_differences(in_force.inputs.system.system, proposed),
        "body": _node(in_force, by_proposed, BODY),
        "objectives": [
            {"id": id_, "title": text_or_none(structure.objective(id_, "title")), **_node(in_force, by_proposed, id_)}
            for id_ in forest.objectives
            if in_force.scores.objectives[id_].counted != by_proposed.scores.objectives[id_].counted
        ],
        "indicators": [
            {"id": id_, "name": text_or_none(structure.indicator(id_, "name")), **_pair(score, proposed_score)}
            for id_ in forest.indicators
            if (score := in_force.scores.indicators[id_].counted)
            != (proposed_score := by_proposed.scores.indicators[id_].counted)
        ],
        "objectives_compared": len(forest.objectives),
        "indicators_compared": len(forest.indicators),
    }


def rule_differences(one: MeasurementSystem, other: MeasurementSystem) -> list[RuleDifference]:
    """The rules in which two systems differ, their names among them."""
    before, after = rules_json(one), rules_json(other)
    return [
        {"rule": rule, "before": before[rule], "after": after[rule]}
        for rule in after
        if before.get(rule) != after[rule]
    ]


def system_in_force(reader: Reader, plan: str, year: int, point: Point) -> SystemAnswer:
    """The rules of a year on a date, whole, and where they come from: None for the defaults."""
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    in_force = history.system(year, point.as_of)
    stream = known.administration_stream if in_force.adopter == "administration" else known.stream
    record = next(iter(reader.records(stream, [in_force.version] if in_force.version else [])), None)
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "adopted_for": in_force.year,
        "adopted_on": in_force.effective_on.isoformat() if in_force.effective_on else None,
        "adopted_by": in_force.adopter,
        "event": in_force.version,
        "act": record.act if record else None,
        "system": dict(rules_json(in_force.system)),
    }


def _node(in_force: Scored, by_proposed: Scored, id_: str) -> NodePair:
    before, after = in_force.scores.objectives[id_].counted, by_proposed.scores.objectives[id_].counted
    bands = [scored.inputs.system.system.band(score) for scored, score in ((in_force, before), (by_proposed, after))]
    return {**_pair(before, after), "bands": [band.word if band else None for band in bands]}


def _pair(before: Decimal | None, after: Decimal | None) -> ScorePair:
    return {
        "before": decimal_string(before),
        "after": decimal_string(after),
        "difference": decimal_string(difference(after, before)),
    }
