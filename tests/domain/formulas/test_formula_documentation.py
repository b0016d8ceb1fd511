"""The examples of the documentation are what the reader answers."""

import re
from pathlib import Path

import pytest

from domain.formulas.evaluation import Computed, DivisionByZero, EarlierYearUnknown, MissingTerm, TooLarge
from domain.formulas.language import FormulaRefused, parse_expression
from domain.formulas.model import FormulaKind, Meta
from domain.formulas.reader import read_formula
from tests.support.formulas import spoken

PAGE = (Path(__file__).parents[3] / "docs" / "formule.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(.+?)` \| (\w+) \| (?:`(.+?)` )?\| (high|medium|low) \|$", PAGE, re.MULTILINE)


def test_there_are_examples_of_every_kind() -> None:
    assert {kind for _, kind, _, _ in EXAMPLES} == set(FormulaKind)


@pytest.mark.parametrize(("text", "kind", "reading", "confidence"), EXAMPLES)
def test_an_example_is_read_as_the_page_says(text: str, kind: str, reading: str, confidence: str) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, spoken(proposal), proposal.confidence) == (kind, reading, confidence)


def test_the_refusal_shown_is_the_one_given() -> None:
    with pytest.raises(FormulaRefused) as refused:
        parse_expression("a / c", ["a", "b"])
    assert str(refused.value) in PAGE


def test_every_state_and_every_meta_formula_is_described() -> None:
    states = [model.model_fields["state"].default for model in (Computed, DivisionByZero, MissingTerm, EarlierYearUnknown, TooLarge)]  # fmt: skip
    assert all(f"| `{name}`" in PAGE for name in [*states, *Meta])
