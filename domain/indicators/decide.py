"""The rules of an indicator."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from domain.errors import AlreadyThere, NoChange, NotFound, NotInForce, OutsidePlan
from domain.event import Event
from domain.facts import assignment_key, indicator_key
from domain.indicators.card import Card
from domain.indicators.commands import (
    AddIndicator,
    AssignIndicator,
    FeedIndicator,
    PolarityWord,
    ReclassifyIndicator,
    RedefineIndicator,
    ReinstateIndicator,
    ReweighIndicator,
    UnassignIndicator,
    WithdrawIndicator,
)
from domain.indicators.events import (
    IndicatorAdded,
    IndicatorAssigned,
    IndicatorFeedsChanged,
    IndicatorReclassified,
    IndicatorRedefined,
    IndicatorReinstated,
    IndicatorReweighted,
    IndicatorUnassigned,
    IndicatorWithdrawn,
    PolarityStated,
)
from domain.indicators.feeds import SCORE_NAMES, alike_score, fed_scores
from domain.notice import Notice
from domain.objectives.decide import require_objective_in_force, same_points
from domain.plans.decide import require_plan_year
from domain.plans.state import PlanState
from domain.recording import Pending
from domain.spelling import as_seen_in
from domain.targets.commands import TargetText
from domain.targets.decide import inferred_polarity, read_or_refuse
from domain.targets.events import TargetSet
from domain.timelines import Timelines
from domain.vocabulary import polarity_of


def add_indicator(state: PlanState, command: AddIndicator, series: str) -> list[Event]:
    """Refused when the id is taken, the objective is not in force, or a target is unread, twice, or outside the plan."""
    if state.timelines.known(indicator_key(command.object)):
        raise AlreadyThere(f"l'indicatore {command.object} c'è già", accepted="un altro identificativo", where="object")
    require_objective_in_force(state, command.objective, where="objective")
    polarity, basis = command.polarity, "stated"
    if polarity is None:
        polarity = inferred_polarity([target.text for target in command.targets])
        basis = "inferred" if polarity else "unknown"
    card = command.card(polarity=polarity, polarity_basis=basis)
    targets = [target_set(state, command.object, target, card) for target in command.targets]
    cells = [(target.year, target.ordinal) for target in targets]
    if len(set(cells)) < len(cells):
        raise AlreadyThere(
            "due target per lo stesso anno e lo stesso ordine", accepted="un ordinal diverso", where="targets"
        )
    assigned = IndicatorAssigned(
        indicator=command.object, objective=command.objective, weight=command.weight, feeds=command.feeds
    )
    added = IndicatorAdded(indicator=command.object, series=command.series or series, card=card)
    return [added, assigned, *targets]


def target_set(state: PlanState, indicator: str, target: TargetText, card: Card) -> TargetSet:
    """The event that a target of a new indicator makes; TextUnread when its text cannot be read."""
    require_plan_year(state, target.year)
    read = read_or_refuse(
        target.text, target.year, polarity=card.polarity, formula=card.formula, accept_unread=target.accept_unread
    )
    return TargetSet(indicator=indicator, year=target.year, ordinal=target.ordinal, target=read)


def redefine_indicator(state: PlanState, command: RedefineIndicator) -> list[Event]:
    """Refused when no field would differ."""
    indicator_in_force(state, command.object)
    return [IndicatorRedefined(indicator=command.object, card=_differing(state, command.object, command.card()))]


def reclassify_indicator(state: PlanState, command: ReclassifyIndicator) -> list[Event]:
    """Refused when no field would differ."""
    indicator_in_force(state, command.object)
    return [IndicatorReclassified(indicator=command.object, card=_differing(state, command.object, command.card()))]


def state_polarities(timelines: Timelines, polarities: Mapping[str, PolarityWord]) -> list[Pending]:
    """What completes the cards of indicators whose polarity was not known; one that says the same is left as it is.

    It holds from the drafting of the plan, as what the office always meant, but in no year that is closed. Refused for
    an indicator whose polarity is known: to say another is a change of the plan.
    """
    if not polarities:
        return []
    latest = PlanState(timelines, date.max)
    if latest.drafted_on is None:
        return []
    closed = [year for year in latest.years if latest.closed(year)]
    day = date(max(closed) + 1, 1, 1) if closed else latest.drafted_on
    pending: list[Pending] = []
    for indicator, word in polarities.items():
        where = f"polarities.{indicator}"
        if not latest.timelines.known(indicator_key(indicator)):
            accepted = "un identificativo di indicatore"
            raise NotFound(f"l'indicatore {indicator} non è nel piano", accepted=accepted, where=where)
        event = PolarityStated(indicator=indicator, polarity=None if word == "unknown" else word)
        known = polarity_of(latest.indicator(indicator, "polarity"))
        if known is not None and known != event.polarity:
            words = {"up": "più è meglio", "down": "meno è meglio"}[known]
            problem = f"di {indicator} si sa già che {words}: dirlo diverso è una modifica del piano"
            raise AlreadyThere(
                problem, accepted="una modifica della scheda, con motivazione, causa e atto", where=where
            )
        if known is None and not (event.polarity is None and latest.indicator(indicator, "polarity_basis") == "stated"):
            timelines.evolve(event, day)
            pending.append(Pending(event, day))
    return pending


def _differing(state: PlanState, indicator: str, card: Card) -> Card:
    differing = {
        field: value
        for field, value in card.model_dump(exclude_unset=True).items()
        if (as_seen_in(field, state.indicator(indicator, field)) or None) != (as_seen_in(field, value) or None)
    }
    if not differing.keys() - {"polarity_basis"}:
        raise NoChange(f"la scheda di {indicator} dice già questo", accepted="un valore diverso da quello in vigore")
    return Card.model_validate(differing)


def assign_indicator(state: PlanState, command: AssignIndicator) -> list[Event]:
    """Refused when the indicator serves the objective already, or the objective is not in force."""
    _require_known(state, command.object)
    require_objective_in_force(state, command.objective, where="objective")
    if state.assigned(command.object, command.objective):
        raise AlreadyThere(f"{command.object} serve già l'obiettivo {command.objective}", where="objective")
    return [
        IndicatorAssigned(
            indicator=command.object, objective=command.objective, weight=command.weight, feeds=command.feeds
        )
    ]


def unassign_indicator(state: PlanState, command: UnassignIndicator) -> list[Event]:
    """Refused when the indicator does not serve the objective, or serves no other."""
    _require_serving(state, command.object, command.objective)
    if state.serves(command.object) == [command.objective]:
        raise OutsidePlan(
            f"{command.object} serve solo l'obiettivo {command.objective}",
            accepted="prima l'assegnazione a un altro obiettivo, oppure il ritiro dell'indicatore",
        )
    return [IndicatorUnassigned(indicator=command.object, objective=command.objective)]


def reweigh_indicator(state: PlanState, command: ReweighIndicator) -> list[Event]:
    """Refused when the weight is the one in force, or when it is not said in which of several objectives."""
    objective = _place_meant(state, command.object, command.objective)
    weight = state.value(assignment_key(command.object, objective), "weight")
    if same_points(weight, command.weight):
        raise NoChange(f"il peso di {command.object} in {objective} è già {command.weight}")
    return [IndicatorReweighted(indicator=command.object, objective=objective, weight=command.weight)]


def feed_indicator(state: PlanState, command: FeedIndicator) -> list[Event]:
    """Refused when the scores are those in force, or when it is not said in which of several objectives."""
    objective = _place_meant(state, command.object, command.objective)
    fed = state.value(assignment_key(command.object, objective), "feeds")
    if fed_scores(fed) == fed_scores(command.feeds):
        raise NoChange(
            f"{command.object} conta già in questi punteggi nell'obiettivo {objective}",
            accepted="altri punteggi",
            where="feeds",
        )
    return [IndicatorFeedsChanged(indicator=command.object, objective=objective, feeds=command.feeds)]


def _place_meant(state: PlanState, indicator: str, objective: str | None) -> str:
    """The objective in which an indicator is meant: the one that is named, or the only one that it serves."""
    indicator_in_force(state, indicator)
    if objective is None:
        serves = state.serves(indicator)
        if len(serves) != 1:
            raise OutsidePlan(f"{indicator} serve più obiettivi", accepted=f"un obiettivo fra {', '.join(serves)}")
        objective = serves[0]
    _require_serving(state, indicator, objective)
    return objective


def withdraw_indicator(state: PlanState, command: WithdrawIndicator) -> list[Event]:
    """Refused when the indicator is not in force."""
    indicator_in_force(state, command.object)
    return [IndicatorWithdrawn(indicator=command.object)]


def reinstate_indicator(state: PlanState, command: ReinstateIndicator) -> list[Event]:
    """Refused when the indicator was not withdrawn."""
    _require_known(state, command.object)
    if not state.withdrawn(indicator_key(command.object)):
        raise NoChange(f"{command.object} non è ritirato al {state.on:%d/%m/%Y}", accepted="un indicatore ritirato")
    return [IndicatorReinstated(indicator=command.object)]


def scores_begun(before: PlanState, events: Iterable[Event]) -> Iterator[Notice]:
    """Of each score that no row fed before: that it begins, and whether it is called nearly as another."""
    there: set[str] | None = None
    for event in events:
        if not isinstance(event, IndicatorAssigned | IndicatorFeedsChanged):
            continue
        fed = fed_scores(event.feeds) - SCORE_NAMES.keys()
        if fed and there is None:
            rows = (before.value(assignment_key(*place), "feeds") for place in before.assignments(None))
            there = {name for row in rows for name in fed_scores(row)} | SCORE_NAMES.keys()
        for name in sorted(fed - (there or set())):
            there = there or set()
            called = sorted(SCORE_NAMES.get(each, each) for each in there)
            words = f"comincia un altro punteggio del piano, «{name}», accanto a: {', '.join(called)}"
            if (like := alike_score(name, there)) is not None:
                words += f"; se è «{SCORE_NAMES.get(like, like)}», si scrive allo stesso modo"
            there.add(name)
            yield Notice(where=event.indicator, name="score_begun", words=words)


def _require_known(state: PlanState, indicator: str) -> None:
    """Refuses an indicator that the plan has never had."""
    if not state.timelines.known(indicator_key(indicator)):
        raise NotFound(
            f"l'indicatore {indicator} non è nel piano", accepted="un identificativo di indicatore", where="object"
        )


def indicator_in_force(state: PlanState, indicator: str) -> None:
    """Refuses an indicator that is not in force on the effective date."""
    _require_known(state, indicator)
    if not state.indicator_in_force(indicator):
        raise NotInForce(
            f"l'indicatore {indicator} non è in vigore al {state.on:%d/%m/%Y}",
            accepted="un indicatore in vigore a quella data, oppure prima il suo ripristino",
            where="object",
        )


def _require_serving(state: PlanState, indicator: str, objective: str) -> None:
    """Refuses an indicator that does not serve the objective on the effective date."""
    _require_known(state, indicator)
    if not state.assigned(indicator, objective):
        accepted = ", ".join(state.serves(indicator)) or "nessuno a quella data"
        problem = f"{indicator} non serve l'obiettivo {objective} al {state.on:%d/%m/%Y}"
        raise NotInForce(problem, accepted=accepted, where="objective")
