"""What looks the same is the same, whatever its bytes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.spelling import as_seen, as_seen_in, nearest_word, plain_text

SPELLINGS = [
    ("Qualità  dei\nservizi", "Qualità dei servizi"),
    ("Qualit\u0061\u0300 dei servizi", "Qualità dei servizi"),
    ("Qualità\u00a0dei\u202fservizi ", "Qualità dei servizi"),
    ("\ufeffQua\u200bli\u00adtà dei servizi", "Qualità dei servizi"),
    ("l\u2019ufficio", "l'ufficio"),
    ("a \u2013 b", "a - b"),
]


@pytest.mark.parametrize(("written", "seen"), SPELLINGS)
def test_what_nobody_can_see_is_not_part_of_a_text(written: str, seen: str) -> None:
    assert as_seen(written) == seen


def test_the_order_of_the_signs_and_their_letters_are_seen() -> None:
    assert as_seen("\u202e%09") != as_seen("%09")
    assert as_seen("perché") != as_seen("perche")
    assert as_seen("Titolo.") != as_seen("Titolo")


def test_the_case_of_a_unit_and_the_spaces_around_the_signs_of_a_formula_say_nothing() -> None:
    assert as_seen_in("unit", "Giorni ") == as_seen_in("unit", "giorni")
    assert as_seen_in("formula", "( evase / ricevute )*100") == as_seen_in("formula", "(evase/ricevute) * 100")
    assert as_seen_in("formula", "evase ricevute") != as_seen_in("formula", "evasericevute")
    assert as_seen_in("name", "Tempo") != as_seen_in("name", "TEMPO")
    assert as_seen_in("title", " \u200b") is None


def test_a_word_is_not_suggested_for_its_contrary() -> None:
    judgements = ("favorevole", "contrario", "sfavorevole")
    assert [nearest_word(text, judgements, 0.6) for text in ("infavorevole", "non favorevoli", "un favorevole")] == [
        None
    ] * 3
    assert nearest_word("favorevoli", judgements, 0.6) == "favorevole"
    assert nearest_word("sfavorevoli", judgements, 0.6) == "sfavorevole"


@given(st.text(max_size=40))
def test_each_sign_of_a_plain_text_has_its_place_in_the_text_as_written(text: str) -> None:
    plain, places = plain_text(text)
    assert len(places) == len(plain) + 1
    assert list(places) == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.text(alphabet="aeiouàèéìòùbc0123456789% \u00a0-", max_size=40))
def test_composed_and_decomposed_texts_are_spelt_alike(text: str) -> None:
    assert plain_text(unicodedata.normalize("NFD", text)).text == plain_text(unicodedata.normalize("NFC", text)).text
