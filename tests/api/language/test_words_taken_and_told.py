"""The words of closed lists, where a rule lists codes and where a document or a filter says words."""

import pytest

from api.language.closed_lists import accepted_in_words
from api.language.rules_said import rules_in_codes
from api.language.values import field_of_change, value_in_words
from api.operations.queries import OfTrail
from domain.errors import Malformed
from domain.names import Names
from domain.vocabulary import JsonValue


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ("'up' oppure 'down'", "più è meglio oppure meno è meglio"),
        ("'mean', 'last' oppure 'all'", "la media, l'ultima oppure la peggiore"),
        ("un anno di quattro cifre", "un anno di quattro cifre"),
        ("'xlsx' oppure 'csv'", "'xlsx' oppure 'csv'"),
    ],
)
def test_codes_that_a_rule_lists_are_told_by_their_words(accepted: str, told: str) -> None:
    assert accepted_in_words(accepted) == told


def test_the_rules_of_a_system_may_be_said_in_words() -> None:
    said: dict[str, JsonValue] = {
        "bare_value": "Più è meglio",
        "inputs": {"how": "troncando", "step": "0.01"},
        "cut_at": "120",
    }
    assert rules_in_codes(said) == {
        "bare_value": "up",
        "inputs": {"how": "truncated", "step": "0.01"},
        "cut_at": "120",
    }


def test_a_type_of_event_is_asked_for_by_its_words() -> None:
    wanted = OfTrail(event="Target rimodulato", role="ufficio performance").filter()
    assert (wanted.event, wanted.role) == ("target-revised", "ufficio-performance")
    with pytest.raises(Malformed) as refused:
        OfTrail(event="target rimodulat").filter()
    assert "forse 'target rimodulato'" in refused.value.problems[0].found


def test_what_a_change_puts_in_place_of_what_is_in_words() -> None:
    names = Names({"objective/ob-1": "1 Imprese"})
    assert value_in_words("in_force", field_of_change("indicator-withdrawn", "withdrawal")) == "in vigore"
    assert value_in_words("ob-1", field_of_change("objective-moved", "structure"), names=names) == "1 Imprese"
    assert value_in_words("merged_into:ob-1", "life", names=names) == "accorpato in 1 Imprese"
    assert value_in_words("operational", "level") == "obiettivo operativo"
