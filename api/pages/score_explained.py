"""A score with all that it is made of: its parts, its arithmetic, and the events that each figure rests on."""

from decimal import Decimal
from typing import NamedTuple

from api.pages import addresses
from api.pages.deviations import DeviationShown, deviations_shown
from api.pages.plan_tree import ScoreShown, score_shown
from api.pages.recorded_event import EventAddresses
from api.pages.score_lines import node_address
from api.pages.visit import PlanVisit
from domain.changes.rate import VARIANT_WORDS
from domain.formulas.model import META_WORDS, Meta
from domain.scoring.achievement import Standing
from domain.scoring.numbers import print_hundredths
from domain.scoring.rule_names import RULE_NAMES
from projections.explanations import ROLE_NAMES, ExplainedEvent, ExplainedFigure, ExplainedNode
from projections.scores import BandAnswer


class SourceEvent(NamedTuple):
    """An event that a figure rests on."""

    what: str
    version: int
    address: str
    since: str
    recorded_at: str
    act: str
    reason: str


class TargetRead(NamedTuple):
    """A target: as it is written, as it is read, how much of it is reached."""

    text: str
    reading: str
    achievement: str | None
    arithmetic: str


class PartLine(NamedTuple):
    """A part of a score: with what weight it counts, and what it brings."""

    title: str
    address: str
    points: str | None
    score: ScoreShown
    rule: str
    arithmetic: str
    why_not: str


class Observation(NamedTuple):
    """The value that was observed, with the terms that make it."""

    text: str
    period: str
    provisional: bool
    partial: bool
    terms: dict[str, str]
    computed: str


class RatedLine(NamedTuple):
    """A planned objective that a change rate is counted on, and the events by which it counts as touched."""

    title: str
    address: str
    touched: bool
    events: list[SourceEvent]


class FigureShown(NamedTuple):
    """How the system makes the figure of an indicator on the plan itself; `objectives` of a change rate alone."""

    measures: str
    arithmetic: str
    notes: list[str]
    variant: str
    level: str
    objectives: list[RatedLine]


class NodeExplained(NamedTuple):
    """One node of the calculation."""

    title: str
    is_indicator: bool
    score: ScoreShown
    rule: str
    arithmetic: str
    calculated: str | None
    forced: str | None
    uncut: str | None
    notes: list[str]
    formula: str
    targets: list[TargetRead]
    observation: Observation | None
    deviation: DeviationShown | None
    measured_by_system: str | None
    figure: FigureShown | None
    parts: list[PartLine]
    weights_sum: str | None
    events: list[SourceEvent]


def node_explained(visit: PlanVisit, node: ExplainedNode) -> NodeExplained:
    """A node as a page tells it."""
    events = EventAddresses(visit)
    notes = [*node.get("notes", []), *(note for note in (node.get("note"),) if note)]
    calculated = node.get("calculated", node.get("achievement"))
    uncut = node.get("uncut")
    return NodeExplained(
        title=node.get("name", node["node"]),
        is_indicator=node["node"].startswith("indicator/"),
        score=_score(node),
        rule=RULE_NAMES.get(node["rule"], node["rule"]),
        arithmetic=node.get("arithmetic") or "",
        calculated=calculated,
        forced=node.get("forced"),
        uncut=uncut if uncut != node.get("achievement") else None,
        notes=notes,
        formula=node.get("formula") or "",
        targets=[
            TargetRead(target["text"], target["read"], target["achievement"], target["arithmetic"] or "")
            for target in node.get("targets", [])
        ],
        observation=_observation(node),
        deviation=next(deviations_shown(visit, [deviation]), None)
        if (deviation := node.get("deviation")) is not None and visit.may("list_deviations")
        else None,
        measured_by_system=node.get("measured_by_system"),
        figure=_figure(visit, events, figure) if (figure := node.get("figure")) is not None else None,
        parts=[_part(visit, part) for part in node["parts"]],
        weights_sum=node.get("weights_sum"),
        events=[source_event(visit, events, event) for event in node["events"]],
    )


def source_event(visit: PlanVisit, events: EventAddresses, event: ExplainedEvent) -> SourceEvent:
    """An event that a figure rests on, with its address."""
    return SourceEvent(
        what=ROLE_NAMES[event["what"]],
        version=event["version"],
        address=events.of(event["stream"], event["version"]),
        since=event["effective_on"],
        recorded_at=event["recorded_at"],
        act=visit.reading.acts.get(event["act"] or "", event["act"] or ""),
        reason=event.get("reason") or "",
    )


def _figure(visit: PlanVisit, events: EventAddresses, figure: ExplainedFigure) -> FigureShown:
    return FigureShown(
        measures=META_WORDS[Meta(figure["measures"])],
        arithmetic=figure["arithmetic"] or "",
        notes=figure["notes"],
        variant=VARIANT_WORDS[figure["variant"]] if "variant" in figure else "",
        level=figure.get("level") or "",
        objectives=[
            RatedLine(
                row["name"],
                visit.to(addresses.OBJECTIVE, objective=row["objective"]),
                row["touched"],
                [source_event(visit, events, event) for event in row["events"]],
            )
            for row in sorted(figure.get("objectives", []), key=lambda row: not row["touched"])
        ],
    )


def _part(visit: PlanVisit, part: ExplainedNode) -> PartLine:
    return PartLine(
        title=part.get("name", part["node"]),
        address=node_address(visit, part["node"].partition("/")[2]),
        points=part.get("points"),
        score=_score(part),
        rule=RULE_NAMES.get(part["rule"], part["rule"]),
        arithmetic=part.get("arithmetic") or "",
        why_not=part.get("why_not") or part.get("note") or _reaches(part.get("reaches")),
    )


def _reaches(reaches: bool | None) -> str:  # noqa: FBT001 - what the answer says
    return "" if reaches is None else "arriva alla soglia" if reaches else "non arriva alla soglia"


def _score(node: ExplainedNode) -> ScoreShown:
    score = node["score"]
    standing: Standing = node.get("standing", "missing" if score is None else "scored")
    word, place = node.get("band"), node.get("band_place")
    band: BandAnswer | None = {"name": "", "word": word, "place": place} if word and place else None
    met = node.get("met") if node.get("forced") is None else None
    return score_shown(score, node.get("covered"), standing, band, node.get("why_not") or "", met=met)


def _observation(node: ExplainedNode) -> Observation | None:
    observed = node.get("observed")
    if observed is None:
        return None
    computed = observed.get("computed")
    return Observation(
        text=observed["text"],
        period=observed["period"],
        provisional=observed["finality"] == "provisional",
        partial=observed["partial"],
        terms={name: print_hundredths(Decimal(value)) for name, value in (observed["terms"] or {}).items()},
        computed=print_hundredths(Decimal(computed)) if computed is not None else "",
    )
