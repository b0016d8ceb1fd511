"""Formulas of letters and of several parts: what the letters are, what stands in words, what is two formulas."""

import pytest

from domain.formulas.model import Confidence, FormulaKind
from domain.formulas.reader import read_formula


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("A/B*100 dove A = istanze accolte, B = istanze presentate", "istanze_accolte / istanze_presentate * 100"),
        ("(A / B) x 100, con A: n. giorni di ritardo; B: n. fatture pagate", "giorni_ritardo / fatture_pagate * 100"),
        ("G / N dove G è la somma dei giorni e N è il numero delle istanze", "giorni / istanze"),
    ],
)
def test_letters_are_read_from_their_legend(text: str, printed: str) -> None:
    read = read_formula(text)
    assert (read.printed, read.confidence, read.text) == (printed, Confidence.MEDIUM, text)
    assert "spiegazione" in read.reasons[0]


@pytest.mark.parametrize("text", ["A/B*100 dove A = istanze accolte", "A/B*100 dove C = istanze, D = controlli"])
def test_a_legend_that_lacks_a_letter_is_none(text: str) -> None:
    assert read_formula(text).confidence is not Confidence.HIGH
    assert "spiegazione" not in " ".join(read_formula(text).reasons)


@pytest.mark.parametrize("text", ["N/D*100", "(C+F)/G", "K/W x 100"])
def test_letters_without_a_legend_are_data_and_never_certain(text: str) -> None:
    read = read_formula(text)
    assert read.kind is FormulaKind.EXPRESSION
    assert len(read.terms) == sum(letter.isalpha() and letter != "x" for letter in text)
    assert read.confidence is Confidence.MEDIUM


def test_the_letter_by_which_a_datum_is_named_is_no_part_of_it() -> None:
    read = read_formula("istanze accolte (A) / istanze presentate (B) * 100")
    assert [term.phrase for term in read.terms] == ["istanze accolte", "istanze presentate"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("n. istanze / n. addetti x cento", "istanze / addetti * 100"),
        ("n. guasti / n. accessi per mille", "guasti / accessi * 1000"),
        ("(n. guasti / n. accessi) * diecimila", "guasti / accessi * 10000"),
        ("n. istanze fratto n. addetti", "istanze / addetti"),
        ("n. istanze : n. addetti = x : 100", "percentuale(istanze / addetti)"),
    ],
)
def test_multipliers_and_signs_in_words_are_operations(text: str, printed: str) -> None:
    assert read_formula(text).printed == printed


@pytest.mark.parametrize(
    "text",
    [
        *("1) n. istanze / n. addetti 2) n. guasti", "a) n. istanze/n. addetti b) n. guasti/n. accessi"),
        *("n. istanze / n. addetti e n. guasti / n. accessi", "n. guasti / n. accessi * 1,000"),
        *("n. istanze / n. addetti x 100 x 3", "0,6*F+0,4*G", "n. istanze*n. guasti + 0,5*F"),
    ],
)
def test_two_formulas_and_what_may_be_another_number_stay_prose(text: str) -> None:
    read = read_formula(text)
    assert read.kind is FormulaKind.PROSE
    assert read.reasons
