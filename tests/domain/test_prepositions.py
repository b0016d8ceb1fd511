"""Prepositions and articles are joined as Italian joins them, and taken apart again; what is quoted is left alone."""

import pytest

from domain.prepositions import articles_taken_apart, with_articles_joined


@pytest.mark.parametrize(
    ("apart", "joined"),
    [
        ("1.000 volte più grande di il target 2024", "1.000 volte più grande del target 2024"),
        ("Rilievo n. 1 dell'OIV su la relazione", "Rilievo n. 1 dell'OIV sulla relazione"),
        ("il peso di l'indicatore, e di gli altri", "il peso dell'indicatore, e degli altri"),
        ("Da il 2022 in i piani", "Dal 2022 nei piani"),
        ("Rilievo su «l'uso di il SUAP» a lo stato", "Rilievo su «l'uso di il SUAP» allo stato"),
        ("su laboratori, di ilare", "su laboratori, di ilare"),
    ],
)
def test_a_preposition_is_one_word_with_the_article_after_it(apart: str, joined: str) -> None:
    assert with_articles_joined(apart) == joined


def test_each_is_taken_apart_in_turn() -> None:
    assert list(articles_taken_apart("modifica del piano, dell'OIV, sulla relazione")) == [
        ("modifica di il piano, dell'OIV, sulla relazione", "il piano,"),
        ("modifica del piano, di l'OIV, sulla relazione", "l'OIV,"),
        ("modifica del piano, dell'OIV, su la relazione", "la relazione"),
    ]
