"""The rules that a year may be given: those that the administration adopted for any year, and those known in practice."""

from typing import NamedTuple

from api.language.system_rules import SYSTEM_RULES, rule_value
from api.language.translation import translated
from api.pages.visit import PlanVisit
from api.settings import Language
from domain.errors import Malformed
from domain.systems.decide import read_system, rules_json
from domain.systems.model import MeasurementSystem
from domain.systems.presets import PRESETS
from domain.vocabulary import JsonValue
from projections.system_comparison import RuleDifference
from projections.systems import AdoptedSystem, systems_of_administration

ADOPTED = "adottate-"
SAID_OF_IT = frozenset({"name", "source"})
"""What a system says of itself, which is no rule."""


class RuleSet(NamedTuple):
    """Rules that a year may be held against, or be given; `year` is the one that they were adopted for, if any."""

    code: str
    name: str
    system: MeasurementSystem
    year: int | None = None

    @property
    def words(self) -> str:
        """How they are called, with the year that they were adopted for."""
        return f"{self.name} ({self.year})" if self.year else self.name


class DifferingRule(NamedTuple):
    """A rule that differs, in words."""

    name: str
    before: str
    after: str


def adopted_by_administration(visit: PlanVisit) -> list[AdoptedSystem]:
    """What the administration of the plan adopted; nothing for whoever may not see it."""
    if not visit.may("list_systems"):
        return []
    reading = visit.reading
    return systems_of_administration(reading.reader, reading.known.administration, visit.point)["systems"]


def rule_sets(adopted: list[AdoptedSystem], language: Language = "it") -> list[RuleSet]:
    """What was adopted for any year and still counts, then the rules that are known in practice."""
    sets: list[RuleSet] = []
    for each in adopted:
        if each["annulled_by"] is not None:
            continue
        try:
            system = read_system(each["system"])
        except Malformed:  # rules of an older version, which this one does not read
            continue
        sets.append(RuleSet(f"{ADOPTED}{each['version']}", system.name, system, each["year"]))
    return sets + [RuleSet(code, translated(system.name, language), system) for code, system in PRESETS.items()]


def differing(rules: list[RuleDifference], language: Language) -> list[DifferingRule]:
    """The rules that differ, in words of a language."""
    return [
        DifferingRule(
            SYSTEM_RULES.get(rule["rule"], rule["rule"]),
            rule_value(rule["rule"], rule["before"], language),
            rule_value(rule["rule"], rule["after"], language),
        )
        for rule in rules
        if rule["rule"] not in SAID_OF_IT
    ]


def rules_of(code: str, sets: list[RuleSet]) -> dict[str, JsonValue]:
    """The rules of a code, as the command takes them; the code itself, where there is none of it, for it to refuse."""
    chosen = next((each for each in sets if each.code == code), None)
    return {"preset": code} if chosen is None or chosen.year is None else dict(rules_json(chosen.system))
