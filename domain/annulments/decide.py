"""The rules of annulment: what may be left out, and what it would leave hanging."""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.annulments.commands import AnnulEvents
from domain.annulments.events import EventsAnnulled
from domain.errors import AlreadyAnnulled, ContradictsLater, MotivationMissing, NotFound, Refusal
from domain.facts import LIFE, PLAN
from domain.plans.invariants import tree_holds, unassigned
from domain.timelines import Timelines, annulled


class PlanKept(Refusal):
    """The events by which a plan exists are not annulled: another plan succeeds it."""

    name = "plan_kept"
    title = "Il piano non si annulla"


def require_motivation(command: AnnulEvents) -> None:
    """Refuses an annulment that does not say why: whatever it would leave out."""
    if not command.justification:
        raise MotivationMissing(
            "un annullamento vuole la sua motivazione", accepted="justification", where="justification"
        )


def annul(
    timelines: Timelines,
    annulments: Mapping[int, Sequence[int]],
    command: AnnulEvents,
    *,
    head: int,
    act_given: bool,
) -> EventsAnnulled:
    """The event that leaves the versions out; refused when one is not there, counts no more, or others hang on it."""
    left_out = annulled(annulments, head)
    versions = tuple(dict.fromkeys(command.versions))
    for version in versions:
        if not 1 <= version <= head:
            raise NotFound(f"la versione {version} non c'è", accepted=f"una versione fra 1 e {head}", where="versions")
        if version in left_out:
            raise AlreadyAnnulled(f"la versione {version} è già annullata", where="versions")
    drafted = {entry.version for entry in timelines.entries(PLAN, "drafted_on")}
    if drafted & set(versions):
        raise PlanKept("l'evento che apre il piano non si annulla", accepted="l'annullamento di eventi successivi")
    hanging = hanging_on(timelines, set(versions))
    if hanging and not command.take_along:
        raise ContradictsLater(
            "altri eventi poggiano su ciò che si annulla",
            accepted="annullarli insieme (aggiungendo le loro versioni, oppure con take_along)",
            listed=tuple(f"versione {version}: {what}" for version, what in sorted(hanging.items())),
        )
    _leaves_a_plan(timelines, {*versions, *hanging})
    return EventsAnnulled(
        versions=(*versions, *sorted(hanging)), reason="act_annulled" if act_given else "recorded_by_mistake"
    )


def _leaves_a_plan(timelines: Timelines, left_out: set[int]) -> None:
    """Refuses what would leave a tree that does not hold, or an indicator in force that serves nothing any more.

    The timelines exclude what is annulled.
    """
    before = unassigned(timelines, date.max)
    timelines.exclude(left_out)
    tree_holds(timelines)
    if lost := unassigned(timelines, date.max) - before:
        raise ContradictsLater(
            "resterebbero indicatori senza obiettivo",
            accepted="annullare insieme tutte le versioni della stessa modifica",
            listed=tuple(f"indicatore {indicator}" for indicator in sorted(lost)),
        )


def hanging_on(timelines: Timelines, versions: set[int]) -> dict[int, str]:
    """The events that speak of an object which, without `versions`, would never have come to be."""
    hanging: dict[int, str] = {}
    left_out = set(versions)
    while True:
        orphans = {key for key in timelines.objects("/") if _never_born(timelines, key, left_out)}
        orphans |= {key for key in timelines.objects("indicator/") if _never_placed(timelines, key, left_out)}
        more: dict[int, str] = {}
        for key in timelines.objects("/"):
            if key in orphans or _hangs_from(timelines, key, orphans, left_out):
                more |= dict.fromkeys(timelines.versions_of(key) - left_out, key)
        if not more:
            return hanging
        hanging |= more
        left_out |= set(more)


def _never_born(timelines: Timelines, key: str, left_out: set[int]) -> bool:
    births = timelines.entries(key, LIFE)
    return bool(births) and all(entry.version in left_out for entry in births)


def _never_placed(timelines: Timelines, key: str, left_out: set[int]) -> bool:
    places = timelines.objects(f"assignment/{key.partition('/')[2]}/")
    return bool(places) and all(_never_born(timelines, place, left_out) for place in places)


def _hangs_from(timelines: Timelines, key: str, orphans: set[str], left_out: set[int]) -> bool:
    kind, _, rest = key.partition("/")
    if kind == "assignment":
        indicator, _, objective = rest.partition("/")
        return f"indicator/{indicator}" in orphans or f"objective/{objective}" in orphans
    if kind == "objective":
        parents = [entry for entry in timelines.entries(key, "parent") if entry.version not in left_out]
        return any(f"objective/{entry.value}" in orphans for entry in parents)
    return False
