"""How an administration comes to its measurement system: adopts it, puts right what was recorded, takes what a plan brings."""

from collections.abc import Iterator, Mapping
from datetime import date

from domain.administrations.commands import AdoptAdministrationSystem
from domain.administrations.events import AdministrationSystemAdopted
from domain.errors import ClaimRefused, Malformed, MotivationMissing, NoChange, Problem, Refusal, YearNotOpen
from domain.facts import ADMINISTRATION, PLAN, system_field
from domain.plans.state import PlanState
from domain.systems.decide import adopted_systems, read_system, rules_json, stored_rules, system_of
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue, is_year

Plans = Mapping[str, PlanState]
"""The plans of an administration, as they stand."""


class SystemDiffers(Refusal):
    """The rules that the document of a plan brings for a year are not those that are recorded for it."""

    name = "system_differs"
    title = "Il sistema di misurazione è un altro"


def adopted(
    owner: Timelines, year: int, document: Mapping[str, JsonValue], day: date, plans: Plans, where: str = "system"
) -> AdministrationSystemAdopted:
    """Refused for rules that cannot be read, that hold already, or that would govern a year that a plan has closed."""
    rules = rules_json(read_system(document, where))
    entry = owner.entry(ADMINISTRATION, system_field(year), day)
    if entry is not None and _same(entry.value, rules):
        raise NoChange(f"il sistema di misurazione {year} è già questo", where=where)
    for plan, state in plans.items():
        for closed in (other for other in state.years if other >= year and state.closed(other)):
            governing = system_of(adopted_systems(owner), state.timelines, closed, date.max).year
            if governing is None or governing <= year:
                raise YearNotOpen(
                    f"l'anno {closed} del piano {plan} è chiuso: il sistema {year} ne rifarebbe i punteggi",
                    accepted="la rettifica di un'adozione registrata male (corrects)",
                    where=where,
                )
    return AdministrationSystemAdopted(year=year, system=rules)


def adopt_by_act(
    owner: Timelines, command: AdoptAdministrationSystem, day: date, plans: Plans
) -> AdministrationSystemAdopted:
    """The same, of the administration's own command: refused without the act that adopts it."""
    if command.act is None:
        raise MotivationMissing(
            "il sistema di misurazione si adotta con un atto", accepted="act (l'atto che lo adotta)", where="act"
        )
    return adopted(owner, command.year, command.system, day, plans)


def wrong_adoption(owner: Timelines, command: AdoptAdministrationSystem) -> Entry:
    """What a correction puts right; refused without a reason, or where the version adopts nothing of the year that counts."""
    if command.justification is None:
        raise MotivationMissing(
            "una rettifica dice che cosa era stato registrato male", accepted="justification", where="justification"
        )
    entries = owner.entries(ADMINISTRATION, system_field(command.year))
    for entry in entries:
        if entry.version == command.corrects:
            return entry
    there = ", ".join(f"{entry.version} (dal {entry.effective_on:%d/%m/%Y})" for entry in entries) or "nessuna"
    raise ClaimRefused(
        f"la versione {command.corrects} dell'amministrazione non adotta il sistema {command.year}",
        accepted=f"un'adozione che conta: {there}",
        where="corrects",
    )


def corrected_adoption(
    wrong: Entry, command: AdoptAdministrationSystem, day: date, *, other_act: bool
) -> AdministrationSystemAdopted:
    """The event that stands in the place of a wrong one; refused where that says this already, from that day, by that act."""
    rules = rules_json(read_system(command.system))
    if _same(wrong.value, rules) and day == wrong.effective_on and not other_act:
        raise NoChange(
            f"la versione {wrong.version} dice già questo", accepted="altre regole, un'altra data, o un altro atto"
        )
    return AdministrationSystemAdopted(year=command.year, system=rules)


def systems_brought(
    owner: Timelines, systems: Mapping[str, JsonValue], day: date, plans: Plans
) -> Iterator[AdministrationSystemAdopted]:
    """What enters the rules that the document of a plan brings: nothing for those that are recorded already.

    SystemDiffers where the administration has others for the year, or one of its plans has from an old record.
    """
    for key, document in sorted(systems.items()):
        where = f"plan.systems.{key}"
        if not isinstance(document, dict) or not is_year(key):
            accepted = "per anno (2022), un oggetto con le regole"
            raise Malformed([Problem(where=where, found="non è un sistema di misurazione", accepted=accepted)])
        year, rules = int(key), rules_json(read_system(document, where))
        entries = owner.entries(ADMINISTRATION, system_field(year))
        in_force = [owner.entry(ADMINISTRATION, system_field(year), day), *entries[-1:]]
        if any(entry is not None and _same(entry.value, rules) for entry in in_force):
            continue
        for entry in entries[-1:]:
            raise _differs(year, rules, entry, "quello dell'amministrazione", where)
        for plan, state in plans.items():
            for entry in state.timelines.entries(PLAN, system_field(year))[-1:]:
                if not _same(entry.value, rules):
                    raise _differs(year, rules, entry, f"quello del piano {plan}", where)
        yield adopted(owner, year, document, day, plans, where)


def _differs(year: int, rules: Mapping[str, JsonValue], entry: Entry, whose: str, where: str) -> SystemDiffers:
    there = rules_json(stored_rules(entry.value if isinstance(entry.value, dict) else {}))
    names = ", ".join(rule for rule in rules if rules[rule] != there[rule])
    return SystemDiffers(
        f"il sistema {year} del documento ({rules['name']}) non è {whose} ({there['name']}, dal "
        f"{entry.effective_on:%d/%m/%Y}): differiscono {names}",
        accepted="il documento senza questo sistema, che tiene quello registrato; oppure prima la sua adozione con l'atto "
        "(initinere system adopt), poi il documento",
        where=where,
    )


def _same(stored: JsonValue, rules: Mapping[str, JsonValue]) -> bool:
    return isinstance(stored, dict) and rules_json(stored_rules(stored)) == rules
