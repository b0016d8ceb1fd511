"""What is printed of a target says the same commitment to the reader."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.targets.levels import LEVELS
from domain.targets.model import (
    TARGET,
    Change,
    Deadline,
    Level,
    Milestones,
    NoTarget,
    Range,
    Recurring,
    Reference,
    Step,
    SurveyYear,
    Target,
    Threshold,
    ToBeDefined,
    Unit,
    Unread,
    YesNo,
    same_commitment,
)
from domain.targets.printer import print_as_written, print_target
from domain.targets.reader import RULES, read_one, read_target

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=2) | st.integers(-(10**6), 10**6).map(Decimal)
UNITS: st.SearchStrategy[Unit | None] = st.sampled_from([None, *get_args(Unit)])
COMPARATORS = st.sampled_from([">=", ">", "<=", "<", "="])
DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2023, 6, 30))


@st.composite
def milestones(draw: st.DrawFn) -> Milestones:
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    unit = draw(UNITS)
    return Milestones(text="", steps=tuple(Step(by=day, value=draw(NUMBERS), unit=unit) for day in days))


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)))
    return Range(text="", low=low, high=high, unit=draw(UNITS))


BUILT: st.SearchStrategy[Target] = st.one_of(
    st.builds(Threshold, text=st.just(""), comparator=COMPARATORS | st.none(), value=NUMBERS, unit=UNITS),
    st.builds(
        Threshold,
        text=st.just(""),
        comparator=st.sampled_from(["<=", "<"]),
        value=NUMBERS,
        unit=UNITS,
        tolerance=NUMBERS.map(abs),
    ),
    ranges(),
    st.builds(Deadline, text=st.just(""), value=DAYS),
    milestones(),
    st.builds(YesNo, text=st.just(""), value=st.sampled_from(["yes", "no"])),
    st.builds(Level, text=st.just(""), comparator=COMPARATORS | st.none(), value=st.sampled_from(sorted(LEVELS))),
    st.builds(
        Change,
        text=st.just(""),
        comparator=COMPARATORS,
        value=NUMBERS,
        unit=UNITS,
        base=st.sampled_from(["previous", "baseline", "mean3"]) | st.integers(1990, 2021),
    ),
    st.builds(
        Reference,
        text=st.just(""),
        comparator=COMPARATORS | st.none(),
        reference=st.sampled_from(["dato medio nazionale", "baseline", "valore dell'anno precedente"]),
    ),
    st.sampled_from([NoTarget(text=""), ToBeDefined(text=""), SurveyYear(text=""), Recurring(text="Annuale")]),
)


@given(BUILT, st.sampled_from([None, 2022]))
def test_what_is_printed_is_read_as_the_same_commitment(target: Target, year: int | None) -> None:
    printed = print_target(target, year)
    assert same_commitment(read_one(printed, year), target), printed


@pytest.mark.parametrize("text", [text for rule in RULES for text in rule.examples])
def test_a_text_that_was_read_is_printed_with_its_commitment(text: str) -> None:
    for target in read_target(text, 2022):
        assert same_commitment(read_one(print_target(target, 2022), 2022), target)


SPELLINGS = [
    ("> = 3500", ">= 3.500"),
    ("90,00 %", "90,00%"),
    ("12500%", "12500%"),
    ("< 30 gg", "< 30 giorni"),
    ("€ 1.500,00", "1.500,00 €"),
    ("<=20gg.+5", "<= 20 giorni + 5"),
    ("zero", "zero"),
    ("entro il 31/7", "entro il 31/07/2022"),
    (">=si", "Sì"),
    ("≥ Medio", ">= medio"),
    ("giugno 60%; ottobre 100%", "giugno 60%; ottobre 100%"),
    ("15/6: 60%", "entro il 15/06/2022: 60%"),
    ("5-10 gg", "tra 5 giorni e 10 giorni"),
    ("+10% sul 2018", "+10% rispetto al 2018"),
    ("riduzione del 5%", "-5% rispetto all'anno precedente"),
    ("n.d.", "da definire"),
    ("-", "---"),
    ("Anno di rilevazione (revisione piano)", "Anno di rilevazione"),
]


@pytest.mark.parametrize(("text", "printed"), SPELLINGS)
def test_a_commitment_has_one_spelling(text: str, printed: str) -> None:
    assert print_target(read_one(text, 2022), 2022) == printed


def test_milestones_are_spelt_by_day_where_the_year_is_not_said() -> None:
    target = read_one("giugno 60%; ottobre 100%", 2022)
    assert print_target(target) == "entro il 30/06/2022: 60%; entro il 31/10/2022: 100%"


def test_an_unread_target_is_printed_as_it_was_written() -> None:
    target = read_one("15% 20%", 2022)
    assert isinstance(target, Unread)
    assert print_target(target) == "15% 20%"


def test_every_form_of_target_survives_its_json() -> None:
    for text in [text for rule in RULES for text in rule.examples]:
        for target in read_target(text, 2022):
            assert TARGET.validate_json(TARGET.dump_json(target)) == target


def test_a_target_that_the_office_interpreted_is_printed_with_what_it_means() -> None:
    meant = read_one(">= 6", 2022).model_copy(update={"text": "sei sportelli", "meaning": ">= 6"})
    assert print_as_written(meant) == "sei sportelli (interpretato: >= 6)"
    assert print_as_written(read_one(">= 6", 2022)) == ">= 6"
