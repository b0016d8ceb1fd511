"""The measurement system: read whole, carried on from year to year, refused where it says what is no rule."""

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Malformed, UnknownRecord
from domain.facts import PLAN
from domain.systems.decide import read_system, rules_json, stored_rules, system_of
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


def test_the_rules_of_a_year_go_on_until_others_are_adopted() -> None:
    timelines = Timelines()
    first, second = MeasurementSystem(name="Prime"), MeasurementSystem(name="Seconde")
    timelines.insert(PLAN, "system/2022", Entry(date(2022, 1, 31), 1, dict(rules_json(first))))
    timelines.insert(PLAN, "system/2024", Entry(date(2024, 1, 31), 2, dict(rules_json(second))))
    asked = [system_of(timelines, year, date(2024, 12, 31)) for year in (2021, 2022, 2023, 2024)]
    assert [one.system.name for one in asked] == [DEFAULT.name, "Prime", "Prime", "Seconde"]
    assert system_of(timelines, 2024, date(2024, 1, 30)).system.name == "Prime"


def test_stored_rules_that_cannot_be_read_stop_and_are_never_skipped() -> None:
    with pytest.raises(UnknownRecord):
        stored_rules({"thresholds": "by magic"})


@pytest.mark.parametrize(("score", "band"), [("0", "red"), ("59.99", "red"), ("60", "yellow"), ("90", "green")])
def test_a_band_begins_at_its_own_score(score: str, band: str) -> None:
    found = DEFAULT.band(Decimal(score))
    assert found is not None
    assert found.name == band
    assert DEFAULT.band(None) is None
