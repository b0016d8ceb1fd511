"""What a rule calls by its id a page calls by its title, and nothing else that looks like it."""

import pytest

from api.pages.titles import with_titles
from domain.names import Names

NAMES = Names(
    {
        "objective/s-4": "4 Garantire la salute gestionale",
        "indicator/tempi": "Tempi medi",
        "indicator/quota-di-incasso": "Quota di incasso",
        "series/riviere-2022-2024.quota-di-incasso": "Quota di incasso",
    }
)


@pytest.mark.parametrize(
    ("sentence", "titled"),
    [
        ("riviere-2022-2024.quota-di-incasso ha già un valore", "«Quota di incasso» ha già un valore"),
        ("il titolo di s-4 è già questo", "il titolo di «4 Garantire la salute gestionale» è già questo"),
        ("il target di 'quota-di-incasso'.", "il target di «Quota di incasso»."),
        ("indicator/tempi non è nel piano", "«Tempi medi» non è nel piano"),
        ("i tempi di quota-di-incassi e di «s-4»", "i tempi di quota-di-incassi e di «s-4»"),
    ],
)
def test_an_id_is_a_title_for_people(sentence: str, titled: str) -> None:
    assert with_titles(sentence, NAMES) == titled


def test_an_id_that_is_a_word_is_one_where_the_sentence_is_about_it() -> None:
    assert with_titles("il peso di tempi è già 5", NAMES, "tempi") == "il peso di «Tempi medi» è già 5"
