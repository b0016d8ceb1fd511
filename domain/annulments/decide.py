"""The rules of annulment: what may be left out, what falls only with an act, and what would be left hanging.

An approval and a closing are sealed: they are not left out, another act annuls them, and that is told after them. What
an approval put in force is left out by an act only; a change under way that was recorded by mistake, by whoever says so.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from domain.acts.known import DETAILS
from domain.acts.model import Act
from domain.administrations.events import ActRegistered, AdministrationRegistered
from domain.annulments.commands import AnnulEvents
from domain.annulments.events import EventsAnnulled, Reason
from domain.errors import AlreadyAnnulled, ContradictsLater, MotivationMissing, NotFound, Refusal
from domain.event import Event
from domain.facts import ANNULLED, LIFE, PLAN, closed_field
from domain.plans.events import ApprovalAnnulled, ClosingAnnulled
from domain.plans.invariants import deepest_level, tree_holds, unassigned
from domain.plans.object_names import names_in, part_called
from domain.recording import Recorded
from domain.timelines import Timelines, annulled
from domain.trees.decide import trees_hold

MOST_CHAINED = 16
"""How many annulments may leave out one another: what is undone and done again more often is recorded anew."""


class ActWanted(Refusal):
    """Something that an act put in force, and that only another act takes out of it."""

    name = "act_wanted"
    title = "Serve l'atto che annulla"


class AnnulmentsChained(Refusal):
    """An annulment of an annulment of an annulment..., further than anybody can follow: each turns over all before it."""

    name = "annulments_chained"
    title = "Troppi annullamenti l'uno dell'altro"


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
    recorded: Mapping[int, Recorded],
    *,
    act: Act | None = None,
    acts: Mapping[str, Act] = MappingProxyType({}),
) -> list[Event]:
    """The events that take the versions out of force, by an act or as a mistake.

    Refused when one is not there, counts no more, or others hang on it; without an act where an act put it in force.
    `recorded` are the events of the versions that the command names, `acts` those that they cite.
    """
    head = timelines.version
    left_out = annulled(annulments, head)
    versions = tuple(dict.fromkeys(command.versions))
    for version in versions:
        if not 1 <= version <= head:
            raise NotFound(f"la versione {version} non c'è", accepted=f"una versione fra 1 e {head}", where="versions")
        if version in left_out:
            raise AlreadyAnnulled(f"la versione {version} è già annullata", where="versions")
    if longest_chain(annulments, versions) > MOST_CHAINED:
        raise AnnulmentsChained(
            f"più di {MOST_CHAINED} annullamenti, l'uno dell'altro",
            accepted="registrare di nuovo ciò che deve valere",
            where="versions",
        )
    if seals := _seals(timelines, versions):
        return _seals_annulled(timelines, seals, versions, recorded, act, acts)
    drafted = {entry.version for entry in timelines.entries(PLAN, "drafted_on")}
    if drafted & set(versions):
        raise PlanKept("l'evento che apre il piano non si annulla", accepted="l'annullamento di eventi successivi")
    _require_act(timelines, versions, recorded, act)
    hanging = hanging_on(timelines, set(versions))
    if hanging and not command.take_along:
        names = names_in(timelines)
        raise ContradictsLater(
            "altri eventi poggiano su ciò che si annulla",
            accepted="annullarli insieme (aggiungendo le loro versioni, oppure con «anche ciò che vi poggia»)",
            listed=tuple(f"versione {version}: {part_called(names, key)}" for version, key in sorted(hanging.items())),
        )
    _leaves_a_plan(timelines, {*versions, *hanging})
    reason: Reason = "act_annulled" if act else "recorded_by_mistake"
    return [EventsAnnulled(versions=(*versions, *sorted(hanging)), reason=reason)]


def longest_chain(annulments: Mapping[int, Sequence[int]], versions: Sequence[int]) -> int:
    """How many annulments would leave out one another, the last of them naming these versions; each is looked at once."""
    longest: dict[int, int] = {}
    for version in sorted(annulments):
        longest[version] = 1 + max((longest.get(named, 0) for named in annulments[version]), default=0)
    return 1 + max((longest.get(version, 0) for version in versions), default=0)


def annul_of_administration(
    timelines: Timelines,
    annulments: Mapping[int, Sequence[int]],
    command: AnnulEvents,
    recorded: Mapping[int, Recorded],
    citing: Mapping[str, Sequence[str]],
    *,
    act: Act | None = None,
) -> list[Event]:
    """The same, of what an administration said: its measurements, its acts, its offices.

    Its registration stays, and so does an act on which something in force rests: `citing` says what, of each act.
    """
    for record in recorded.values():
        event = record.event
        if isinstance(event, AdministrationRegistered):
            raise PlanKept("la registrazione dell'ente non si annulla", accepted="un'altra denominazione dell'ente")
        if isinstance(event, ActRegistered) and (cited := citing.get(event.act.id)):
            raise ContradictsLater(
                f"l'atto {event.act.id} è citato da ciò che è in vigore",
                accepted="una rettifica di ciò che lo cita, con l'atto giusto",
                listed=tuple(cited[:50]),
            )
        if isinstance(event, ActRegistered) and (later := _completions(timelines, event.act.id) - {*recorded}):
            raise ContradictsLater(
                f"l'atto {event.act.id} è stato completato dopo",
                accepted=f"anche le versioni {', '.join(map(str, sorted(later)))}",
                listed=tuple(f"versione {version}" for version in sorted(later)),
            )
    return annul(timelines, annulments, command, recorded, act=act)


def _completions(timelines: Timelines, act: str) -> set[int]:
    """The versions that said more of an act than its registration."""
    return {entry.version for name in DETAILS for entry in timelines.entries(f"act/{act}", name)}


def _seals(timelines: Timelines, versions: Sequence[int]) -> dict[int, str]:
    """Those of the versions that approved or closed a year: version and field."""
    return {
        entry.version: field
        for field, entries in timelines.fields(PLAN).items()
        if field.startswith(("approved/", "closed/"))
        for entry in entries
        if entry.version in versions and entry.value != ANNULLED
    }


def _seals_annulled(
    timelines: Timelines,
    seals: Mapping[int, str],
    versions: Sequence[int],
    recorded: Mapping[int, Recorded],
    act: Act | None,
    acts: Mapping[str, Act],
) -> list[Event]:
    if len(seals) != len(versions):
        raise ActWanted(
            "un'approvazione, o una chiusura, si annulla da sola",
            accepted="gli altri eventi in un altro annullamento",
            where="versions",
        )
    events: list[Event] = []
    for version, field in sorted(seals.items()):
        what, _, year = field.partition("/")
        sealing = recorded[version].act
        words = "l'approvazione" if what == "approved" else "la chiusura"
        latest = timelines.entries(PLAN, field)[-1]
        if latest.version != version:
            raise AlreadyAnnulled(f"{words} dell'anno {year} è già annullata", where="versions")
        if act is not None:
            _not_before(act, max(latest.effective_on, recorded[version].decided_on), f"{words} dell'anno {year}")
        by = acts.get(sealing or "")
        same = act is not None and by is not None and act.same_as(by)
        if act is None or act.id == sealing or same:
            raise ActWanted(
                f"{words} dell'anno {year} cade solo con un atto che annulla {sealing or 'quello che l’ha decisa'}",
                accepted="l'atto che annulla; se l'atto è solo trascritto male, una rettifica con l'atto giusto",
                where="act",
            )
        events.append(ApprovalAnnulled(year=int(year)) if what == "approved" else ClosingAnnulled(year=int(year)))
    return events


def _require_act(
    timelines: Timelines, versions: Sequence[int], recorded: Mapping[int, Recorded], act: Act | None
) -> None:
    """Refuses to leave out, as a mistake, what an approval put in force, or what a year that is closed rests on.

    An act that leaves something out is not older than the decision that it takes back.
    """
    approvals = [
        entry
        for field, entries in timelines.fields(PLAN).items()
        if field.startswith("approved/")
        for entry in entries
        if entry.value != ANNULLED
    ]
    _no_second_approval(timelines, recorded, versions)
    changes = [version for version in versions if recorded[version].event.touch() is not None]
    if act is not None:
        for version in changes:
            record = recorded[version]
            decided = [record.decided_on, *(e.effective_on for e in approvals[:1] if version <= e.version)]
            _not_before(act, max(decided), f"ciò che la versione {version} ha registrato")
    last = max((entry.version for entry in approvals), default=0)
    sealed = [
        v for v in changes if v <= last or recorded[v].claim == "correction" or _in_closed_year(timelines, recorded[v])
    ]
    sealed += [v for v in versions if isinstance(recorded[v].event, ApprovalAnnulled | ClosingAnnulled)]
    if sealed and act is None:
        names = names_in(timelines)
        raise ActWanted(
            "ciò che un atto ha approvato o annullato, una rettifica, o ciò che è di un anno chiuso, non si annulla come errore",
            accepted="l'atto che annulla; oppure una rettifica che dice com'era nell'atto",
            where="act",
            listed=tuple(f"versione {version}: {recorded[version].event.sentence(names)}" for version in sealed[:50]),
        )


def _no_second_approval(timelines: Timelines, recorded: Mapping[int, Recorded], versions: Sequence[int]) -> None:
    """Refuses to give an approval, or a closing, back once another stands in its place."""
    for version in versions:
        event = recorded[version].event
        if isinstance(event, ApprovalAnnulled | ClosingAnnulled):
            (fact,) = event.facts()
            if timelines.entries(fact.object, fact.field)[-1].version != version:
                raise ContradictsLater(
                    f"dell'anno {event.year} c'è già un'approvazione, o una chiusura, successiva",
                    accepted="prima l'annullamento di quella, con il suo atto",
                )


def _not_before(act: Act, day: date, what: str) -> None:
    if act.date < day:
        raise ActWanted(
            f"l'atto è del {act.date:%d/%m/%Y}, {what} è del {day:%d/%m/%Y}",
            accepted="un atto non anteriore a ciò che annulla",
            where="act",
        )


def _in_closed_year(timelines: Timelines, record: Recorded) -> bool:
    """Whether a change is of a year that is closed."""
    touched = record.event.touch()
    year = (touched and touched.year) or record.effective_on.year
    entries = timelines.entries(PLAN, closed_field(year))
    return bool(entries) and entries[-1].value != ANNULLED


def _leaves_a_plan(timelines: Timelines, left_out: set[int]) -> None:
    """Refuses what would leave a tree that does not hold, or an indicator in force that serves nothing any more.

    The timelines exclude what is annulled.
    """
    before, deepest = unassigned(timelines, date.max), deepest_level(timelines)
    timelines.exclude(left_out)
    tree_holds(timelines, deepest)
    trees_hold(timelines)
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
