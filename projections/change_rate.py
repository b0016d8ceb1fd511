"""The change rate of a year of a plan: the three variants, of what, and the changes behind them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled, Reason
from domain.changes import rate as rules
from domain.changes.kinds import ChangeKind
from domain.facts import ANNULLED, PLAN, closed_field
from domain.objectives.levels import levels_of, named_level
from domain.plans.decide import require_plan_year
from domain.plans.history import Direction, PlanChange, PlanHistory, annulled_changes, plan_changes
from domain.point import Point, today
from domain.trees.placed import named_tree, trees_in
from domain.vocabulary import Identifier, Year
from projections import plan_history as histories
from projections.answers import Count, Day, Name, OfPlan, PercentText, Text, Version
from projections.store.reader import Reader
from projections.streams import plan_stream


class PlainRate(TypedDict):
    """Un tasso: quanti fra quanti, in percento."""

    numerator: Count
    denominator: Count
    rate: PercentText | None


class PlainRates(TypedDict):
    """Le tre varianti di un tasso, ciascuna dentro la precedente."""

    any: PlainRate
    substance: PlainRate
    easier: PlainRate


class Rate(PlainRate):
    """Un tasso: quanti fra quanti, in percento, e quali."""

    objectives: list[Text]


class Rates(TypedDict):
    """Le tre varianti di un tasso, ciascuna dentro la precedente."""

    any: Rate
    substance: Rate
    easier: Rate


class Beside(TypedDict):
    """Le modifiche di una natura che il tasso non conta, e gli obiettivi programmati che toccano."""

    changes: Count
    versions: list[Version]
    objectives: list[Identifier]


class CountedApart(TypedDict):
    """Le versioni che il tasso non conta, per natura."""

    rolling_update: list[Version]
    correction: list[Version]
    reclassification: list[Version]


class CountedVersions(TypedDict):
    """Le versioni delle modifiche che ogni variante del tasso conta."""

    any: list[Version]
    substance: list[Version]
    easier: list[Version]


class EarlierApproval(TypedDict):
    """Un'approvazione dell'anno che un altro atto ha annullato, e il tasso rispetto a ciò che essa approvava."""

    approved_on: Day
    annulled_on: Day | None
    change_rate: Rates


class LeftOutChange(histories.ChangeSubject):
    """Una modifica che non conta più: la versione, che cosa era, e l'annullamento che l'ha tolta."""

    version: Version
    annulled_by: Version
    annulled_on: Day
    reason: Reason
    act: Identifier | None
    event: Name
    kind: ChangeKind
    counted: bool
    direction: Direction | None


class NodeRates(TypedDict):
    """Il tasso di modifica degli obiettivi di un nodo, e di quelli che stanno sotto; le modifiche che li toccano."""

    id: Text
    name: Text
    depth: Count
    change_rate: Rates
    versions: list[Version]


class ChangeRates(OfPlan):
    """I tassi di modifica di un anno."""

    year: Year
    level: Text | None
    approved_on: Day | None
    approved_by_act: bool
    approval_annulled_on: Day | None
    closed_on: Annotated[Day | None, Field(description="Da quando l'anno è chiuso; null se non lo è.")]
    closing_annulled_on: Annotated[Day | None, Field(description="Quando un atto ha annullato la sua ultima chiusura.")]
    earlier_approvals: Annotated[
        list[EarlierApproval], Field(description="Le approvazioni annullate, ciascuna col tasso rispetto a essa.")
    ]
    annulled: Annotated[
        list[LeftOutChange], Field(description="Le modifiche dell'anno tolte dal conto da un annullamento.")
    ]
    change_rate: Rates
    indicators: Rates
    targets: Rates
    by_level: dict[str, Rates]
    by_office: dict[str, Rates]
    by_tree: Annotated[
        dict[str, list[NodeRates]],
        Field(description="Per ogni altro albero del piano, i nodi in ordine, come l'anno fu approvato."),
    ]
    by_cause: dict[str, list[Identifier]]
    by_month: dict[str, list[Identifier]]
    rates_by_cause: dict[str, Rates]
    rates_by_month: dict[str, Rates]
    beside: dict[ChangeKind, Beside]


class ChangesOfYear(ChangeRates):
    """Le modifiche di un anno, con i tassi."""

    added: Annotated[list[Identifier], Field(description="Gli obiettivi aggiunti in corso d'anno.")]
    counted: CountedVersions
    surfaced: Annotated[
        list[Version],
        Field(description="Registrate dopo l'approvazione con un atto anteriore: cambiano ciò che era approvato."),
    ]
    retroactive: Annotated[
        list[Version], Field(description="Le modifiche dell'anno che valgono da prima dell'atto che le decide.")
    ]
    counted_apart: CountedApart
    changes: list[histories.PlanChange]


class _OfYear(NamedTuple):
    """What the answers about a year are made of."""

    history: PlanHistory
    changes: list[PlanChange]
    in_year: list[PlanChange]
    counted: rules.YearRates
    level: str | None = None
    tree: str | None = None

    def apart(self) -> dict[ChangeKind, rules.BesideRate]:
        return rules.counted_apart(self.changes, self.counted.planned)


def change_rates(
    reader: Reader, plan: str, year: int, point: Point, level: str | None = None, tree: str | None = None
) -> ChangeRates:
    """The change rates of a year; OutsidePlan for a year that the plan does not cover.

    `tree` is the only further tree that is wanted; NotFound where the plan, as the year was approved, had none of that name.
    """
    return _rates(_of_year(histories.plan_history(reader, plan, point), year, point, level, tree), year, point)


def changes_of_year(
    reader: Reader,
    plan: str,
    year: int,
    point: Point,
    level: str | None = None,
    *,
    tree: str | None = None,
    drafting: bool = True,
) -> ChangesOfYear:
    """The changes of a year with its rates; OutsidePlan for a year that the plan does not cover.

    Without `drafting`, for whoever reads no drafts, a change from before the first act is counted, and not told.
    """
    history = histories.plan_history(reader, plan, point)
    return changes_in(reader, history, year, point, level, tree=tree, drafting=drafting)


def changes_in(
    reader: Reader,
    history: PlanHistory,
    year: int,
    point: Point,
    level: str | None = None,
    *,
    tree: str | None = None,
    drafting: bool = True,
) -> ChangesOfYear:
    """The same, of a plan whose history was read before."""
    of_year = _of_year(history, year, point, level, tree)
    digests = [text for change in of_year.changes for text in (change.record.justification, change.record.note)]
    texts = reader.texts(digests, plan_stream(history.plan))
    apart = of_year.apart()
    changes = [histories.change_answer(change, texts) for change in of_year.changes]
    return {
        **_rates(of_year, year, point),
        "added": rules.objectives_added(of_year.in_year),
        "counted": {
            "any": _counted_versions(of_year, "any"),
            "substance": _counted_versions(of_year, "substance"),
            "easier": _counted_versions(of_year, "easier"),
        },
        "surfaced": [change.record.version for change in of_year.changes if change.surfaced],
        "retroactive": [change.record.version for change in of_year.changes if change.record.retroactive],
        "counted_apart": {
            "rolling_update": apart["rolling_update"].versions,
            "correction": apart["correction"].versions,
            "reclassification": apart["reclassification"].versions,
        },
        "changes": changes if drafting else _as_published(changes, of_year.history.published_from),
    }


def _as_published(changes: list[histories.PlanChange], first: int | None) -> list[histories.PlanChange]:
    for change in changes:
        if first is None or change["version"] < first:
            change["before"] = change["after"] = change["justification"] = change["note"] = None
    return changes


def _counted_versions(of_year: _OfYear, variant: rules.Variant) -> list[int]:
    """The changes that a variant of the rate counts: those that touch what was planned."""
    planned = set(of_year.counted.planned)
    return [
        change.record.version
        for change in of_year.in_year
        if rules.counts(change, variant) and planned.intersection(change.objectives)
    ]


class _Closing(TypedDict):
    closed_on: str | None
    closing_annulled_on: str | None


def _closing(history: PlanHistory, year: int, point: Point) -> _Closing:
    """Since when a year is closed on the date, and when its last closing was annulled."""
    entries = [e for e in history.timelines.entries(PLAN, closed_field(year)) if e.effective_on <= point.as_of]
    annulled = [entry for entry in entries if entry.value == ANNULLED]
    open_again = not entries or entries[-1].value == ANNULLED
    return {
        "closed_on": None if open_again else entries[-1].effective_on.isoformat(),
        "closing_annulled_on": annulled[-1].effective_on.isoformat() if annulled else None,
    }


def _earlier_approvals(of_year: _OfYear, year: int, point: Point) -> list[EarlierApproval]:
    """The year as it counts from each approval that another act annulled since, and that a new one took the place of."""
    earlier: list[EarlierApproval] = []
    for approval in of_year.history.earlier_approvals(year):
        counted = rules.year_rates(of_year.history.approved_by(year, approval), year, point.as_of)
        counted = counted.of_level(of_year.level)
        earlier.append(
            {
                "approved_on": approval.on.isoformat(),
                "annulled_on": approval.annulled_on.isoformat() if approval.annulled_on else None,
                "change_rate": rate_answer(counted.rates),
            }
        )
    return earlier


def _annulled(of_year: _OfYear, year: int, point: Point) -> list[LeftOutChange]:
    """The changes of the year that annulments took out of the count."""
    annulled = annulled_changes(of_year.history, point.as_of)
    of_level = rules.touching_level((change for change, _ in annulled), of_year.level, of_year.counted.planned)
    return [
        {
            "version": change.record.version,
            "annulled_by": by.version,
            "annulled_on": (by.decided_on if by.act else today(by.recorded_at)).isoformat(),
            "reason": by.event.reason,
            "act": by.act,
            "event": change.record.event.topic,
            "kind": change.kind,
            "counted": change.counts,
            "direction": change.direction,
            "indicator": change.indicator,
            "objectives": list(change.objectives),
            "node": change.node,
        }
        for change, by in annulled
        if change in of_level and rules.concerns(change, year) and isinstance(by.event, EventsAnnulled)
    ]


def _of_year(history: PlanHistory, year: int, point: Point, level: str | None, tree: str | None = None) -> _OfYear:
    require_plan_year(history.state(point.as_of), year)
    if level is not None:
        level = named_level(level, levels_of(history.state(date.max)))
    changes = [change for change in plan_changes(history, point.as_of, drafting=False) if rules.concerns(change, year)]
    counted = rules.year_rates(history, year, point.as_of, changes).of_level(level)
    changes = rules.touching_level(changes, level, counted.planned)
    return _OfYear(history, changes, rules.counted_in(changes, year), counted, level, tree)


def _rates(of_year: _OfYear, year: int, point: Point) -> ChangeRates:
    history, in_year, (_, _, ex_ante, planned) = of_year.history, of_year.in_year, of_year.counted
    level, now = of_year.level, history.state(point.as_of)
    approval = history.approvals.get(year)
    return {
        "plan": history.plan,
        "year": year,
        "level": level,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "approved_on": approval.on.isoformat() if approval else None,
        "approved_by_act": bool(approval and approval.first),
        "approval_annulled_on": approval.annulled_on.isoformat() if approval and approval.annulled_on else None,
        **_closing(history, year, point),
        "earlier_approvals": _earlier_approvals(of_year, year, point),
        "annulled": _annulled(of_year, year, point),
        "change_rate": rate_answer(of_year.counted.rates),
        "indicators": rate_answer(
            rules.rates(in_year, rules.indicators_touched, rules.ex_ante_indicators(ex_ante, now, year, level))
        ),
        "targets": rate_answer(
            rules.rates(in_year, rules.targets_touched, rules.ex_ante_targets(ex_ante, now, year, level))
        ),
        "by_level": _rates_of_groups(in_year, rules.by_level(ex_ante, planned)),
        "by_office": _rates_of_groups(in_year, rules.by_office(ex_ante, planned)),
        "by_tree": _rates_of_trees(of_year),
        "by_cause": rules.touched_by(in_year, planned, rules.cause_of),
        "by_month": rules.touched_by(in_year, planned, rules.month_of),
        "rates_by_cause": _described_groups(rules.rates_by_cause(in_year, planned)),
        "rates_by_month": _described_groups(rules.rates_by_month(in_year, planned)),
        "beside": {kind: _beside(apart) for kind, apart in of_year.apart().items()},
    }


def rate_answer(rates: rules.VariantRates) -> Rates:
    """The three variants of a rate as JSON, each with what it counts."""
    return {"any": _rate(rates["any"]), "substance": _rate(rates["substance"]), "easier": _rate(rates["easier"])}


def _rate(rate: rules.ChangeRate) -> Rate:
    return {**rate_figure(len(rate.touched), rate.planned), "objectives": list(rate.touched)}


def plain_rates(rates: rules.VariantRates) -> PlainRates:
    """The three variants of a rate as JSON, without what they count."""
    return {
        "any": _figure(rates["any"]),
        "substance": _figure(rates["substance"]),
        "easier": _figure(rates["easier"]),
    }


def _figure(rate: rules.ChangeRate) -> PlainRate:
    return rate_figure(len(rate.touched), rate.planned)


def rate_figure(numerator: int, denominator: int) -> PlainRate:
    """A rate in percent, at two digits, with what it is of; none of nothing."""
    percent = rules.percent_of(numerator, denominator)
    return {
        "numerator": numerator,
        "denominator": denominator,
        "rate": None if percent is None else str(percent),
    }


def _rates_of_groups(changes: Sequence[PlanChange], groups: dict[str, list[str]]) -> dict[str, Rates]:
    return {
        name: rate_answer(rules.rates(changes, rules.objectives_touched, planned)) for name, planned in groups.items()
    }


def _rates_of_trees(of_year: _OfYear) -> dict[str, list[NodeRates]]:
    state, in_year = of_year.counted.ex_ante, of_year.in_year
    trees = trees_in(state)
    if of_year.tree is not None:
        wanted = named_tree(trees, of_year.tree)
        trees = {wanted.name: wanted}
    by_tree = rules.by_tree(state, trees, of_year.counted.planned)
    return {
        name: [
            {
                "id": node,
                "name": tree.nodes[node].name,
                "depth": len(tree.above(node)),
                "change_rate": rate_answer(rules.rates(in_year, rules.objectives_touched, planned)),
                "versions": [c.record.version for c in in_year if not set(planned).isdisjoint(c.objectives)],
            }
            for node, planned in by_tree[name].items()
        ]
        for name, tree in trees.items()
    }


def _described_groups(groups: dict[str, rules.VariantRates]) -> dict[str, Rates]:
    return {name: rate_answer(rates) for name, rates in groups.items()}


def _beside(apart: rules.BesideRate) -> Beside:
    return {"changes": len(apart.versions), "versions": apart.versions, "objectives": apart.objectives}
