"""The rules of an objective."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.errors import AlreadyThere, NoChange, NotFound, NotInForce, OutsidePlan, TreeBroken
from domain.event import Event
from domain.facts import LIFE, assignment_key, objective_key
from domain.indicators.events import IndicatorAssigned, IndicatorUnassigned
from domain.objectives.commands import (
    AddObjective,
    FailCondition,
    MeetCondition,
    MergeObjective,
    MoveObjective,
    NeutraliseObjective,
    ReclassifyObjective,
    RedefineObjective,
    ReinstateObjective,
    ReweighObjective,
    RewordObjective,
    WithdrawObjective,
)
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionFailed,
    ObjectiveConditionMet,
    ObjectiveMerged,
    ObjectiveMoved,
    ObjectiveNeutralised,
    ObjectiveReclassified,
    ObjectiveRedefined,
    ObjectiveReinstated,
    ObjectiveReweighted,
    ObjectiveReworded,
    ObjectiveWithdrawn,
)
from domain.objectives.fields import CLASSIFICATION_FIELDS, DEFINITION_FIELDS, OBJECTIVE_FIELDS
from domain.objectives.levels import level_as_spelled
from domain.plans.decide import require_plan_year
from domain.plans.invariants import too_deep, too_deep_under
from domain.plans.state import PlanState
from domain.spelling import as_seen, as_seen_in
from domain.vocabulary import JsonValue


def add_objective(state: PlanState, command: AddObjective) -> list[Event]:
    """Refused when the id is taken, or the parent is not in force; a level of the plan's keeps its spelling."""
    if state.timelines.known(objective_key(command.object)):
        raise AlreadyThere(f"l'obiettivo {command.object} c'è già", accepted="un altro identificativo", where="object")
    if command.parent is not None:
        _parent_in_force(state, command.parent)
        if too_deep_under(state, command.parent):
            raise too_deep(command.object)
    fields = {field: getattr(command, field) for field in OBJECTIVE_FIELDS}
    fields["level"] = level_as_spelled(command.level, state)
    return [ObjectiveAdded(objective=command.object, **fields)]


def reword_objective(state: PlanState, command: RewordObjective) -> list[Event]:
    """Refused when the title is the one in force."""
    require_objective_in_force(state, command.object)
    if as_seen(str(state.objective(command.object, "title") or "")) == as_seen(command.title):
        raise NoChange(f"il titolo di {command.object} è già questo")
    return [ObjectiveReworded(objective=command.object, title=command.title)]


def move_objective(state: PlanState, command: MoveObjective) -> list[Event]:
    """Refused when the parent is the one in force, is not in force, or hangs from the objective, then or later."""
    require_objective_in_force(state, command.object)
    if state.parent(command.object) == command.parent:
        raise NoChange(f"{command.object} è già sotto {command.parent or 'la radice'}")
    if command.parent is not None:
        _parent_in_force(state, command.parent)
        for day in [state.on, *_days_of_moves(state)]:
            on_that_day = PlanState(state.timelines, day)
            if command.object in (command.parent, *on_that_day.ancestors(command.parent)):
                cycle = f"al {day:%d/%m/%Y} {command.parent} è sotto {command.object}: si farebbe un ciclo"
                raise TreeBroken(cycle, accepted="un padre che non discende dall'obiettivo", where="parent")
    return [ObjectiveMoved(objective=command.object, parent=command.parent)]


def reweigh_objective(state: PlanState, command: ReweighObjective) -> list[Event]:
    """Refused when the weight is the one in force."""
    require_objective_in_force(state, command.object)
    if same_points(state.objective(command.object, "weight"), command.weight):
        raise NoChange(f"il peso di {command.object} è già {command.weight}")
    return [ObjectiveReweighted(objective=command.object, weight=command.weight)]


def reclassify_objective(state: PlanState, command: ReclassifyObjective) -> list[Event]:
    """Refused when nothing would differ from what is in force."""
    require_objective_in_force(state, command.object)
    if command.level is not None:
        level = level_as_spelled(command.level, state)
        command = command.model_copy(update={"level": level})
    new = command.model_dump(mode="json", include=set(CLASSIFICATION_FIELDS), exclude_unset=True)
    differing = _differing(state, command.object, new)
    if not differing:
        raise NoChange(
            f"la classificazione di {command.object} è già questa",
            accepted="un valore diverso di code, level, classifications oppure offices",
        )
    changed = {field: getattr(command, field) for field in differing}
    return [ObjectiveReclassified(objective=command.object, **changed)]


def redefine_objective(state: PlanState, command: RedefineObjective) -> list[Event]:
    """Refused when nothing would differ from what is in force."""
    require_objective_in_force(state, command.object)
    differing = _differing(
        state, command.object, command.model_dump(mode="json", include=set(DEFINITION_FIELDS), exclude_unset=True)
    )
    if not differing:
        raise NoChange(f"{command.object} dice già questo di sé", accepted="un valore diverso da quello in vigore")
    return [ObjectiveRedefined(objective=command.object, **{field: getattr(command, field) for field in differing})]


def _differing(state: PlanState, objective: str, new: Mapping[str, JsonValue]) -> list[str]:
    """The fields that say otherwise than what is in force."""
    return [
        field
        for field, value in new.items()
        if (as_seen_in(field, state.objective(objective, field)) or None) != (as_seen_in(field, value) or None)
    ]


def withdraw_objective(state: PlanState, command: WithdrawObjective) -> list[Event]:
    """Refused when the objective is not in force."""
    require_objective_in_force(state, command.object)
    return [ObjectiveWithdrawn(objective=command.object)]


def reinstate_objective(state: PlanState, command: ReinstateObjective) -> list[Event]:
    """Refused when the objective was not withdrawn."""
    _require_known(state, command.object)
    if not state.withdrawn(objective_key(command.object)):
        raise NoChange(f"{command.object} non è ritirato al {state.on:%d/%m/%Y}", accepted="un obiettivo ritirato")
    return [ObjectiveReinstated(objective=command.object)]


def merge_objective(state: PlanState, command: MergeObjective) -> list[Event]:
    """Refused when either objective is not in force, they are the same, or one hangs from the other."""
    require_objective_in_force(state, command.object)
    require_objective_in_force(state, command.into, where="into")
    if command.object in (command.into, *state.ancestors(command.into)):
        cycle = f"{command.into} è {command.object} stesso, o gli sta sotto"
        raise TreeBroken(cycle, accepted="un obiettivo che non ne discende", where="into")
    events: list[Event] = []
    for indicator, _ in list(state.assignments(objective=command.object)):
        if not state.assigned(indicator, command.into):
            key = assignment_key(indicator, command.object)
            weight = state.value(key, "weight")
            feeds = state.value(key, "feeds")
            events.append(
                IndicatorAssigned.model_validate(
                    {"indicator": indicator, "objective": command.into, "weight": weight, "feeds": feeds or "both"}
                )
            )
        events.append(IndicatorUnassigned(indicator=indicator, objective=command.object))
    events += [
        ObjectiveMoved(objective=child, parent=command.into)
        for child in state.objectives()
        if state.parent(child) == command.object and state.life(objective_key(child)) is not None
    ]
    return [*events, ObjectiveMerged(objective=command.object, into=command.into)]


def neutralise_objective(state: PlanState, command: NeutraliseObjective) -> list[Event]:
    """Refused for a year outside the plan, or when the objective is neutralised in it already."""
    require_objective_in_force(state, command.object)
    require_plan_year(state, command.year)
    if state.objective(command.object, f"neutralised/{command.year}"):
        raise NoChange(f"{command.object} è già neutralizzato nel {command.year}")
    return [ObjectiveNeutralised(objective=command.object, year=command.year)]


def meet_condition(state: PlanState, command: MeetCondition) -> list[Event]:
    """Refused when the objective has no condition, or it is met already."""
    require_objective_in_force(state, command.object)
    _require_conditional(state, command.object)
    if state.objective(command.object, "condition_met"):
        raise NoChange(f"la condizione di {command.object} è già avverata")
    return [ObjectiveConditionMet(objective=command.object)]


def fail_condition(state: PlanState, command: FailCondition) -> list[Event]:
    """Refused when the objective has no condition, or it is known already that it failed."""
    require_objective_in_force(state, command.object)
    _require_conditional(state, command.object)
    if state.objective(command.object, "condition_met") is False:
        raise NoChange(f"è già detto che la condizione di {command.object} non si è avverata")
    return [ObjectiveConditionFailed(objective=command.object)]


def _require_conditional(state: PlanState, objective: str) -> None:
    if not state.objective(objective, "condition"):
        raise OutsidePlan(f"{objective} non è un obiettivo condizionato", accepted="un obiettivo con condizione")


def _require_known(state: PlanState, objective: str, where: str = "object") -> None:
    """Refuses an objective that the plan has never had."""
    if not state.timelines.known(objective_key(objective)):
        raise NotFound(
            f"l'obiettivo {objective} non è nel piano", accepted="un identificativo di obiettivo", where=where
        )


def require_objective_in_force(state: PlanState, objective: str, where: str = "object") -> None:
    """Refuses an objective that is not in force on the effective date."""
    _require_known(state, objective, where)
    if not state.in_force(objective):
        raise NotInForce(
            f"l'obiettivo {objective} non è in vigore al {state.on:%d/%m/%Y}",
            accepted="un obiettivo in vigore a quella data, oppure prima il suo ripristino",
            where=where,
        )


def _parent_in_force(state: PlanState, parent: str) -> None:
    if not state.timelines.known(objective_key(parent)):
        raise TreeBroken(
            f"il padre {parent} non è nel piano", accepted="l'identificativo di un obiettivo", where="parent"
        )
    require_objective_in_force(state, parent, where="parent")


def _days_of_moves(state: PlanState) -> list[date]:
    later = {
        entry.effective_on
        for key in state.timelines.objects("objective/")
        for field, entry in state.timelines.later(key, state.on)
        if field in {"parent", LIFE}
    }
    return sorted(later)


def same_points(weight: object, other: object) -> bool:
    """Whether two weights are the same number, whatever their digits."""
    if weight is None or other is None:
        return weight is other
    return Decimal(str(weight)) == Decimal(str(other))
