"""Every kind of event that a plan may hold has a name for people, and so has every rule of a measurement system."""

from typing import get_args

from api.language.labels import EVENT_NAMES, SEVERITIES
from api.language.system_rules import SYSTEM_RULES, rule_value
from domain.catalogue import ADMINISTRATION_EVENTS, OIV_EVENTS, PLAN_EVENTS, PROPOSAL_EVENTS
from domain.flags.model import RULE_TITLES, RuleName, Severity
from domain.systems.decide import rules_json
from domain.systems.model import MeasurementSystem
from domain.systems.presets import PRESETS


def test_every_event_that_a_trail_may_hold_has_a_name() -> None:
    events = (*PLAN_EVENTS, *ADMINISTRATION_EVENTS, *OIV_EVENTS, *PROPOSAL_EVENTS)
    assert {event.topic for event in events} == set(EVENT_NAMES)


def test_every_rule_of_a_system_has_a_name_and_its_values_are_words() -> None:
    assert set(SYSTEM_RULES) == set(MeasurementSystem.model_fields)
    for system in PRESETS.values():
        for rule, value in rules_json(system).items():
            if rule not in {"name", "source"}:
                assert "_" not in rule_value(rule, value), (rule, value)


def test_every_flag_has_a_title_and_every_weight_a_word() -> None:
    assert set(RULE_TITLES) == set(get_args(RuleName))
    assert set(SEVERITIES) == set(get_args(Severity))
