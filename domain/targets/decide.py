"""The rules of a target."""

from datetime import date
from functools import lru_cache

from domain.errors import (
    AlreadyThere,
    NoChange,
    NotFound,
    NotInForce,
    TextUnread,
    YearNotOpen,
    parted_reason,
)
from domain.event import Event
from domain.facts import indicator_key, target_field
from domain.late import late
from domain.plans.decide import require_plan_year
from domain.plans.state import PlanState
from domain.spelling import as_seen
from domain.targets.commands import InterpretTarget, ReviseTarget, SetTarget, WithdrawTarget
from domain.targets.events import TargetInterpreted, TargetRevised, TargetSet, TargetWithdrawn
from domain.targets.model import (
    TARGET,
    Change,
    Level,
    Reference,
    Target,
    Threshold,
    Unread,
    same_commitment,
    same_words,
)
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, Polarity, polarity_of

with late:  # what is stored was read before
    from domain.formulas.reader import read_formula
    from domain.targets.reader import read_one


def set_target(state: PlanState, command: SetTarget) -> list[Event]:
    """Refused when there is a target already, or the text cannot be read."""
    if held_target(state, command.object, command.year, command.ordinal) is not None:
        problem = f"il target {command.year} di {command.object} c'è già"
        raise AlreadyThere(problem, accepted="una rimodulazione, oppure un altro ordine nella cella", where="year")
    target = _read(state, command)
    return [TargetSet(indicator=command.object, year=command.year, ordinal=command.ordinal, target=target)]


def revise_target(state: PlanState, command: ReviseTarget) -> list[Event]:
    """Refused when there is no target, when it commits to the same already, or when the text cannot be read."""
    before = target_there(state, command.object, command.year, command.ordinal)
    target = _read(state, command)
    same = same_commitment(before, target) and same_words(before, target)
    if same and (as_seen(before.text) == as_seen(target.text) or not isinstance(target, Unread)):
        problem = f"il target {command.year} di {command.object} è già {before.text!r} al {state.on:%d/%m/%Y}"
        raise NoChange(problem, accepted="un target diverso da quello in vigore a quella data", where="target")
    return [
        TargetRevised(
            indicator=command.object, year=command.year, ordinal=command.ordinal, before=before, target=target
        )
    ]


def withdraw_target(state: PlanState, command: WithdrawTarget) -> list[Event]:
    """Refused when there is no target."""
    before = target_there(state, command.object, command.year, command.ordinal)
    return [TargetWithdrawn(indicator=command.object, year=command.year, ordinal=command.ordinal, before=before)]


def interpreted_on(timelines: Timelines, command: InterpretTarget, today: date) -> date:
    """From when a target means what the office says: the day from which its text is in force."""
    field = target_field(command.year, command.ordinal)
    entry = timelines.entry(indicator_key(command.indicator), field, max(today, date(command.year, 12, 31)))
    return entry.effective_on if entry is not None else today


def interpret_target(state: PlanState, command: InterpretTarget) -> TargetInterpreted:
    """Refused when there is no target, its text can be read by itself, it means that already, or the meaning cannot be read."""
    before = target_there(state, command.indicator, command.year, command.ordinal)
    if state.closed(command.year):
        accepted = "un target di un anno ancora aperto; del chiuso resta ciò che se ne sapeva alla chiusura"
        raise YearNotOpen(f"l'anno {command.year} è chiuso", accepted=accepted, where="year")
    if not isinstance(before, Unread) and before.meaning is None:
        problem = f"il target {command.year} di {command.indicator} si legge già da sé: {before.text!r}"
        raise AlreadyThere(problem, accepted="una rimodulazione, se deve cambiare", where="indicator")
    formula = state.indicator(command.indicator, "formula")
    read = read_or_refuse(
        command.meaning,
        command.year,
        polarity=polarity_of(state.indicator(command.indicator, "polarity")),
        formula=None if formula is None else str(formula),
        accept_unread=False,
        where="meaning",
    )
    target = read.model_copy(update={"text": before.text, "meaning": command.meaning})
    if before.meaning is not None and same_commitment(before, target):
        raise NoChange(f"il target {command.year} di {command.indicator} vuol già dire {before.meaning!r}")
    return TargetInterpreted(indicator=command.indicator, year=command.year, ordinal=command.ordinal, target=target)


def target_of(value: JsonValue) -> Target:
    """A stored target as the model that it was."""
    return TARGET.validate_python(value)


def held_target(state: PlanState, indicator: str, year: int, ordinal: int) -> Target | None:
    """The target in force on the effective date; refuses an indicator that is not in force, a year outside the plan."""
    key = indicator_key(indicator)
    if not state.timelines.known(key):
        raise NotFound(
            f"l'indicatore {indicator} non è nel piano", accepted="un identificativo di indicatore", where="object"
        )
    if not state.indicator_in_force(indicator):
        problem = f"l'indicatore {indicator} non è in vigore al {state.on:%d/%m/%Y}"
        raise NotInForce(problem, accepted="un indicatore in vigore a quella data", where="object")
    require_plan_year(state, year)
    value = state.indicator(indicator, target_field(year, ordinal))
    return None if value is None else target_of(value)


def target_there(state: PlanState, indicator: str, year: int, ordinal: int) -> Target:
    """The same; NotFound, with those that there are, where there is none."""
    target = held_target(state, indicator, year, ordinal)
    if target is None:
        there = ", ".join(f"{y} (ordine {o})" for y, o in state.targets(indicator)) or "nessuno"
        problem = f"{indicator} non ha un target {year} di ordine {ordinal} al {state.on:%d/%m/%Y}"
        raise NotFound(problem, accepted=f"un target che c'è ({there}), oppure un target nuovo", where="year")
    return target


def _read(state: PlanState, command: SetTarget | ReviseTarget) -> Target:
    formula = state.indicator(command.object, "formula")
    return read_or_refuse(
        command.target,
        command.year,
        polarity=polarity_of(state.indicator(command.object, "polarity")),
        formula=None if formula is None else str(formula),
        accept_unread=command.accept_unread,
        where="target",
    )


def read_target_text(text: str, year: int, *, polarity: Polarity | None, formula: str | None) -> Target:
    """The target that one text says, in the light of its indicator's polarity and formula; Unread when it does not."""
    return _read_text(text, year, polarity, formula_is_change=bool(formula) and _is_change(formula or ""))


@lru_cache(maxsize=20_000)
def _read_text(text: str, year: int, polarity: Polarity | None, *, formula_is_change: bool) -> Target:
    return read_one(text, year, polarity=polarity, formula_is_change=formula_is_change)


@lru_cache(maxsize=20_000)
def _is_change(formula: str) -> bool:
    return read_formula(formula).is_change


def read_or_refuse(
    text: str,
    year: int,
    *,
    polarity: Polarity | None,
    formula: str | None,
    accept_unread: bool,
    where: str = "text",
) -> Target:
    """The target that a text says; TextUnread unless the unread is accepted as it stands."""
    target = read_target_text(text, year, polarity=polarity, formula=formula)
    if isinstance(target, Unread) and not accept_unread:
        why, accepted = parted_reason(target.reason, "un target leggibile, per esempio '>= 68%' o 'entro il 31/12'")
        raise TextUnread(
            f"{text!r}: {why}", accepted=f"{accepted}; «anche se non si legge» lo tiene com'è", where=where
        )
    return target


def inferred_polarity(texts: list[str]) -> Polarity | None:
    """The polarity that the signs of an indicator's targets agree on; None when they say nothing, or differ."""
    read = [_read_text(text, 2000, None, formula_is_change=False) for text in texts]
    quantities = [target for target in read if isinstance(target, Threshold | Change | Level | Reference)]
    signs = {target.comparator for target in quantities} - {None, "="}
    if signs and signs <= {">=", ">"}:
        return "up"
    if signs and signs <= {"<=", "<"}:
        return "down"
    return None
