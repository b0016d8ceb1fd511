"""Sentences of rules in English: recognised by their words, with what an office wrote left as it is; and soon, whatever they are."""

import re
import time

import pytest

from api.language.sentences import PLACES, messages_of, sentence_in


def test_the_places_of_a_sentence_are_those_of_its_translation() -> None:
    for message in messages_of("en"):
        assert sorted(PLACES.findall(message.translation)) == sorted(PLACES.findall(message.text)), message.text


@pytest.mark.parametrize(
    ("italian", "english"),
    [
        ("Misurato Ricavi di settore per il 2022: 70,34%", "Measured Ricavi di settore for 2022: 70,34%"),
        ("Aggiunto l'indicatore Per la città", "Added the indicator Per la città"),
        ("17,4 %, tetto ≤ 20%: superato", "17.4 %, ceiling ≤ 20%: exceeded"),
        ("resta al 1.234,5 %", "it stays at 1,234.5 %"),
        (
            "Organo, tipo, numero e data: per esempio «delibera di Giunta n. 9 del 30/09/2022».",
            "Body, kind, number and date: for example «delibera di Giunta n. 9 del 30/09/2022».",
        ),
        (
            "l'atto «delibera di Giunta n. 9» non dice la data",
            "the act «delibera di Giunta n. 9» does not say the date",
        ),
        (
            "Il testo supera i 500 caratteri: è prosa, non un target. Si accetta: al più 500 caratteri.",
            "The text is longer than 500 characters: it is prose, not a target. Accepted: at most 500 characters.",
        ),
        (
            (
                "il target 2022 di Ricavi è passato da ≥ 63% a ≥ 60%, ed era già registrato (il 20/10/2022) un valore che non "
                "raggiungeva il target di prima: 61% per 2022-H1. L'atto è del 20/09/2022, anteriore: è registrato il 20/12/2022"
            ),
            (
                "the 2022 target of Ricavi went from ≥ 63% to ≥ 60%, and a value that did not meet the target before it was "
                "already recorded (on 20/10/2022): 61% for 2022-H1. The act is of 20/09/2022, earlier: it is recorded on 20/12/2022"
            ),
        ),
        (
            "Rimodulato il target 2023 di «Grado di uso del SUAP, con dati del Comune»: da ≥ 65% a ≥ 64%",
            "Target 2023 of «Grado di uso del SUAP, con dati del Comune» revised: from ≥ 65% to ≥ 64%",
        ),
        ("Ciò che nessuna regola dice", "Ciò che nessuna regola dice"),
    ],
)
def test_a_sentence_is_recognised_by_its_words(italian: str, english: str) -> None:
    assert sentence_in(italian, "en") == english
    assert sentence_in(italian, "it") == italian


@pytest.mark.parametrize(
    "text", ["da a, a b a, il target c a, ", "Rimodulato il target x: y. (a), b; ", "x" * 500 + "; "]
)
def test_a_text_that_was_made_up_takes_no_long_time(text: str) -> None:
    sentence_in("una frase", "en")
    begun = time.process_time()
    sentence_in((text * 200)[:2000], "en")
    assert time.process_time() - begun < 5


def test_no_sentence_has_a_place_twice_or_out_of_order() -> None:
    for message in messages_of("en"):
        assert [int(place) for place in re.findall(r"\{(\d+)\}", message.text)] == list(
            range(message.text.count("{"))
        ), message


@pytest.mark.parametrize(
    ("italian", "english"),
    [
        (
            "50 è circa 100 volte più grande del target 2024 (5000)",
            "50 is about 100 times larger than the target 2024 (5000)",
        ),
        ("Uso del sistema per il controllo delle iniziative", "Uso del sistema per il controllo delle iniziative"),
        ('"delibera di Giunta n. 9 del 30/09/2022"', '"delibera di Giunta n. 9 del 30/09/2022"'),
    ],
)
def test_an_article_that_was_joined_is_found_and_what_an_office_wrote_is_left(italian: str, english: str) -> None:
    assert sentence_in(italian, "en") == english
