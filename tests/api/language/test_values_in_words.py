"""Stored values are said in words wherever they are shown: lists, days, amounts, scores, the cause of a deviation."""

import pytest

from api.language.values import field_name, field_of_change, value_in_words
from domain.vocabulary import JsonValue


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("co_owners", ["Servizio Bilancio", "Ufficio Statistica"], "Servizio Bilancio, Ufficio Statistica"),
        ("baseline_on", "2023-12-31", "31/12/2023"),
        ("budget_amount", "150000.50", "150.000,50 €"),
        ("feeds", "both", "entrambi"),
        ("feeds", "objective; dirigenti", "albero; dirigenti"),
        ("deviation/2024-H1", {"cause": "endogenous", "explained_on": "2024-07-20"}, "endogena"),
    ],
)
def test_a_stored_value_is_said_as_people_say_it(field: str, value: JsonValue, words: str) -> None:
    assert value_in_words(value, field) == words


def test_fields_have_names_and_a_change_of_scores_is_one_of_its_field() -> None:
    assert field_name("deviation/2024-H1") == "causa dello scostamento, primo semestre 2024"
    assert field_of_change("indicator-feeds-changed", "feeds") == "feeds"
