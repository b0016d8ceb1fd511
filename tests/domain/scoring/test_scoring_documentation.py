"""docs/punteggi.md describes every rule, preset and case, and its examples are what the code gives."""

import re
from pathlib import Path

import pytest

from domain.rounds import decide as rounds
from domain.rounds.contradictions import KINDS
from domain.scoring.row import achieve_row, read_achieve_row
from domain.scoring.rule_names import RULE_NAMES
from domain.systems.model import MeasurementSystem
from domain.systems.presets import PRESETS
from domain.vocabulary import JsonValue

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "punteggi.md").read_text(encoding="utf-8")
MONITORING = (DOCS / "monitoraggio.md").read_text(encoding="utf-8")
OF_OBJECTIVES = {"weighted_mean", "mean", "worst", "points_of_a_hundred", "no_data", "no_weight", "nothing_to_score",
                 "not_in_force", "reference"}  # fmt: skip
POLARITIES = {"": None, "più è meglio": "up", "meno è meglio": "down"}
EXAMPLES = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| ([^|]*)\| ([\d,]+) \| `(\w+)` \|$", PAGE, re.MULTILINE)


def test_every_rule_and_preset_and_case_is_described() -> None:
    said = set(re.findall(r"`([\w-]+)`", PAGE))
    assert set(MeasurementSystem.model_fields) <= said
    assert set(PRESETS) <= said
    assert set(RULE_NAMES) - OF_OBJECTIVES <= said
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", MONITORING))
    assert rounds.RoundAlreadyClosed.name in MONITORING


@pytest.mark.parametrize(("target", "observed", "polarity", "figure", "rule"), EXAMPLES)
def test_every_example_is_what_the_code_gives(
    target: str, observed: str, polarity: str, figure: str, rule: str
) -> None:
    row: dict[str, JsonValue] = {"target": target, "observed": observed, "polarity": POLARITIES[polarity.strip()]}
    found = achieve_row(read_achieve_row(row | {"year": 2022, "rounding": "half_up"}))
    assert found.achievement is not None
    assert (format(found.achievement.normalize(), "f").replace(".", ","), found.rule) == (figure, rule)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 15
