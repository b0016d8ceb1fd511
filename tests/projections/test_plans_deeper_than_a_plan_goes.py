"""A record of before the limit, whose tree is deeper: every answer on it comes, and its pack verifies."""

from pathlib import Path

import pytest

import domain.documents.load
from api.commands.service import Service
from domain.plans.invariants import MOST_LEVELS
from projections.explanations import ExplainedNode, explained, explanation
from projections.flags import flags
from projections.proof.log import Log
from projections.scores import scores
from tests.support.forging import judged, pack_of
from tests.support.harness import PLAN, ServiceHarness, point

LEVELS = 700
AT = point("2022-12-31")


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    """A plan whose objectives hang each from the one before."""
    harness = ServiceHarness(tmp_path / "a.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    with monkeypatch.context() as earlier:
        earlier.setattr(domain.documents.load, "MOST_LEVELS", LEVELS)
        harness.load(
            objectives=[
                {"id": f"a{n}", "level": "livello", "title": "Titolo", "parent": f"a{n - 1}" if n else None}
                for n in range(LEVELS)
            ],
            indicators=[{"id": "i", "objective": f"a{LEVELS - 1}", "name": "Nome", "targets": [{"year": 2022, "text": ">= 1%"}]}],
        )  # fmt: skip
    return harness


def test_every_answer_on_it_comes(deep: ServiceHarness, tmp_path: Path) -> None:
    whole = deep.ask(explanation, PLAN, 2022, AT, "body")
    node: ExplainedNode = whole["explanation"]
    for _ in range(MOST_LEVELS):
        (node,) = node["parts"]
    assert node["parts"] == []
    assert "lo spiega chi chiede di questo obiettivo" in node["notes"][-1]
    assert "Nome" in "\n".join(explained(deep.ask(explanation, PLAN, 2022, AT, f"a{LEVELS - 3}")))
    assert len(deep.ask(scores, PLAN, 2022, AT)["objectives"]) == LEVELS
    assert deep.ask(flags, PLAN, 2022, AT)["plan"] == PLAN
    assert judged(pack_of(deep, tmp_path / "p.zip")).startswith("VERIFICATO")
