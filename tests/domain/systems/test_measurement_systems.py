"""The measurement system: read whole, carried on from year to year, refused where it says what is no rule."""

from datetime import date
from decimal import Decimal

import pytest

from api.formats.json_reader import into
from domain.errors import Malformed, Problem, UnknownRecord
from domain.facts import ADMINISTRATION, PLAN, system_field
from domain.systems.decide import adopted_systems, bare_value_of, read_system, rules_json, stored_rules, system_of
from domain.systems.model import DEFAULT, MeasurementSystem
from domain.systems.presets import PRESETS
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue


def test_the_defaults_are_declared_and_written_whole() -> None:
    rules = rules_json(DEFAULT)
    assert rules["cut_at"] == "100"
    assert rules["inputs"] is None
    assert (rules["missing"], rules["combination"], rules["weights"]) == ("excluded", "weighted_mean", "rescaled")
    assert stored_rules(rules) == DEFAULT


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_is_read_by_its_name_and_may_be_amended(name: str) -> None:
    assert read_system({"preset": name}) == PRESETS[name]
    assert read_system({"preset": name, "cut_at": "120"}).cut_at == 120


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ({"preset": "di-fantasia"}, "system.preset"),
        ({"combine": "mean"}, "system.combine"),
        ({"missing": "ignored"}, "system.missing"),
        ({"cut_at": -1}, "system.cut_at"),
        ({"floor": "110"}, "system"),
        ({"inputs": {"how": "half_up", "step": "0"}}, "system.inputs.step"),
        ({"bands": [{"from_percent": "90", "name": "a", "word": "b"}, {"from_percent": "10", "name": "c", "word": "d"}]}, "system"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_its_place(rules: dict[str, JsonValue], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_system(rules)
    assert [problem.where for problem in refusal.value.problems] == [where]


def _adopted(object_: str, *systems: tuple[int, str, str]) -> Timelines:
    timelines = Timelines()
    for version, (year, day, name) in enumerate(systems, start=1):
        rules = rules_json(MeasurementSystem(name=name))
        timelines.insert(object_, system_field(year), Entry(date.fromisoformat(day), version, dict(rules)))
    return timelines


@pytest.mark.parametrize("object_", [PLAN, ADMINISTRATION])
def test_the_rules_of_a_year_go_on_until_others_are_adopted(object_: str) -> None:
    there = _adopted(object_, (2022, "2022-01-31", "Prime"), (2024, "2024-01-31", "Seconde"))
    plan = there if object_ == PLAN else Timelines()
    systems = adopted_systems(there)
    asked = [system_of(systems, plan, year, date(2024, 12, 31)) for year in (2021, 2022, 2023, 2024)]
    assert [one.system.name for one in asked] == [DEFAULT.name, "Prime", "Prime", "Seconde"]
    assert system_of(systems, plan, 2024, date(2024, 1, 30)).system.name == "Prime"


def test_what_the_administration_adopted_for_a_year_goes_before_the_old_record_of_a_plan() -> None:
    plan = _adopted(PLAN, (2022, "2022-01-31", "del piano 2022"), (2023, "2023-01-31", "del piano 2023"))
    systems = adopted_systems(_adopted(ADMINISTRATION, (2022, "2022-06-30", "dell'ente 2022")))
    asked = [
        system_of(systems, plan, year, date.fromisoformat(day))
        for year, day in ((2022, "2022-06-29"), (2022, "2022-06-30"), (2023, "2023-12-31"))
    ]
    assert [(one.system.name, one.adopter, one.year, one.version) for one in asked] == [
        ("del piano 2022", "plan", 2022, 1),
        ("dell'ente 2022", "administration", 2022, 1),
        ("del piano 2023", "plan", 2023, 2),
    ]


def test_a_bare_value_is_read_by_the_last_rules_of_its_year_whenever_they_were_adopted() -> None:
    owner = Timelines()
    for version, (year, way) in enumerate(((2022, "up"), (2024, None)), start=1):
        rules = rules_json(MeasurementSystem.model_validate({"bare_value": way}))
        owner.insert(ADMINISTRATION, system_field(year), Entry(date(2025, 1, 1), version, dict(rules)))
    asked = {year: bare_value_of(adopted_systems(owner), Timelines(), year) for year in (2021, 2022, 2023, 2024)}
    assert asked == {2021: None, 2022: "up", 2023: "up", 2024: None}


def test_stored_rules_that_cannot_be_read_stop_and_are_never_skipped() -> None:
    with pytest.raises(UnknownRecord):
        stored_rules({"thresholds": "by magic"})


@pytest.mark.parametrize(("score", "band"), [("0", "red"), ("59.99", "red"), ("60", "yellow"), ("90", "green")])
def test_a_band_begins_at_its_own_score(score: str, band: str) -> None:
    found = DEFAULT.band(Decimal(score))
    assert found is not None
    assert found.name == band
    assert DEFAULT.band(None) is None


@pytest.mark.parametrize(
    ("rules", "where", "found", "accepted"),
    [
        ({"bare_value": "boh"}, "bare_value", "'boh' non è fra i valori ammessi", "'up' oppure 'down'"),
        ({"cut_at": -1}, "cut_at", "-1 è troppo piccolo", "almeno 0"),
        ({"bands": [{"name": "a", "word": "b"}]}, "bands[0].from_percent", "manca", "un valore"),
        ({"bands": "alto"}, "bands", "'alto' non è un elenco", "un elenco fra parentesi quadre"),
    ],
)
def test_what_is_wrong_with_rules_is_said_in_the_words_of_every_document(
    rules: dict[str, JsonValue], where: str, found: str, accepted: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        read_system(rules, "rules")
    assert refusal.value.problems == [Problem(where=f"rules.{where}", found=found, accepted=accepted)]
    with pytest.raises(Malformed) as elsewhere:
        into(MeasurementSystem, rules)
    in_words = accepted.replace("'up' oppure 'down'", "più è meglio oppure meno è meglio")  # of a closed list
    assert [(one.found, one.accepted) for one in elsewhere.value.problems] == [(found, in_words)]
