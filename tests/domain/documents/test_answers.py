import pytest

from domain.documents.answers import NEW, Option, answer_meant, answers_offered, mark_of, no_answer

ONE = (
    Option(answer="incasso", words="Percentuale di incasso", score=0.7),
    Option(answer=NEW, words="è una voce nuova"),
)
TWO = (
    Option(answer="1", words="vale '15%'"),
    Option(answer="2", words="vale '20%'"),
    Option(answer="all", words="valgono tutti e 2, come target distinti"),
    Option(answer="as_written", words="resta com'è scritto, non letto"),
)


@pytest.mark.parametrize(
    ("options", "text", "meant"),
    [
        (ONE, "si", "incasso"),
        (ONE, "Sì", "incasso"),
        (ONE, "no", NEW),
        (ONE, "nuovo", NEW),
        (ONE, "new", NEW),
        (ONE, "percentuale di incasso", "incasso"),
        (ONE, "incasso", "incasso"),
        (TWO, "2", "2"),
        (TWO, "20%", "2"),
        (TWO, "Tutti", "all"),
        (TWO, "testo", "as_written"),
        (TWO, "resta com’è scritto, non letto", "as_written"),
        (TWO, "sì", None),
        (TWO, "no", None),
        (TWO, "3", None),
        (TWO, "", None),
    ],
)
def test_an_answer_is_said_by_its_word_or_by_what_it_stands_for(
    options: tuple[Option, ...], text: str, meant: str | None
) -> None:
    assert answer_meant(options, text) == meant


def test_the_answers_that_are_offered_are_words() -> None:
    assert answers_offered(ONE) == "sì: Percentuale di incasso; no: è una voce nuova"
    assert answers_offered(TWO).startswith("1: vale '15%'; 2: vale '20%'; tutti: ")


def test_an_answer_that_is_none_of_them_is_told_what_is_near() -> None:
    problem = no_answer("Domande!E2", "tuti", TWO)
    assert str(problem) == "Domande!E2: 'tuti' non è fra le risposte. Si accetta: 1, 2, tutti, testo; forse tutti."


def test_the_mark_of_a_question_changes_with_what_it_asks() -> None:
    assert mark_of("i", "che cosa vale?", TWO) == mark_of("i", "che cosa vale?", TWO)
    assert mark_of("i", "che cosa vale?", TWO) != mark_of("i", "che cosa vale?", TWO[:3])
