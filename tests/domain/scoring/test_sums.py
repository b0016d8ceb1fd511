"""What adds up over a year and what does not, as the card of an indicator says it, and where it says nothing."""

import pytest

from domain.formulas.reader import read_formula
from domain.measurements.reader import read_value
from domain.scoring.sums import Additivity, adds_up, nature_of
from domain.targets.model import Comparator


@pytest.mark.parametrize(
    ("unit", "formula", "name", "nature"),
    [
        ("numero", "conteggio", "Sportelli aperti", "sum"),
        ("n.", None, "Incontri", "sum"),
        ("reclami", "conteggio", "Reclami ricevuti", "sum"),
        (None, "n. piccole e medie imprese coinvolte", "Imprese", "sum"),
        ("€", "spesa sostenuta", "Spesa", "sum"),
        ("gg", "somma giorni", "Durata", "rate"),
        ("%", "conteggio", "Quota", "rate"),
        ("numero", "N istanze anno x/N istanze anno x-1", "Istanze", "rate"),
        ("numero", "pratiche / operatori", "Pratiche per operatore", None),
        ("numero", "n. medio di pratiche", "Pratiche", "rate"),
        (None, "Tempi medi di lavorazione delle pratiche", "Tempi", "rate"),
        ("reclami", None, "Reclami ricevuti", None),
        (None, "Realizzazione interventi", "Interventi", None),
    ],
)
def test_the_card_says_whether_it_adds_up(unit: str | None, formula: str | None, name: str, nature: Additivity) -> None:
    assert nature_of(unit, formula, name, read_formula(formula or name)) == nature


@pytest.mark.parametrize(
    ("comparator", "nature", "value", "sums"),
    [
        (">=", None, "5", True),
        (">=", "rate", "5", False),
        (">=", None, "5 gg", False),
        (">=", None, "70%", False),
        ("<=", None, "5", False),
        ("<=", "sum", "5", True),
        ("=", "sum", "5", True),
        ("<=", None, "500 €", True),
        (">=", "sum", "3 su 4", False),
    ],
)
def test_of_a_ceiling_the_card_has_to_say_that_it_adds_up(
    comparator: Comparator, nature: Additivity | None, value: str, *, sums: bool
) -> None:
    assert adds_up(None, comparator, nature, read_value(value, 2024)) == sums
