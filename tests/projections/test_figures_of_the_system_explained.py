"""What the system measures of a plan opens to the figures that it is made of; the numbers are worked out by hand here."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from projections.explanations import ExplainedNode, Explanation, explained, explanation
from tests.support.harness import PLAN, ServiceHarness, document, point

MEAN = "Media ponderata di performance delle azioni associate"
SHARE = "n. KPI con risultato >= 90% / n. totale KPI"
RATE = "n° obiettivi soggetti a modifica in itinere / n° obiettivi programmati ex ante"


def indicator(id_: str, objective: str, target: str, *, weight: str | None = None, name: str = "") -> dict[str, Any]:
    row = {"id": id_, "objective": objective, "name": name or f"Indicatore {id_}", "polarity": "up", "weight": weight}
    return row | {"targets": [{"year": 2022, "text": target}]}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> ServiceHarness:
    """An objective whose indicator is the mean of the two beneath; another with the share, and the change rate."""
    harness = ServiceHarness(str(Path(tmp_path_factory.mktemp("figures")) / "plan.db")).on("2022-02-05")
    objectives = [
        {"id": "a", "level": "strategic", "title": "Tutto"},
        {"id": "b", "level": "operational", "title": "Primo", "parent": "a", "weight": "60"},
        {"id": "c", "level": "operational", "title": "Secondo", "parent": "a", "weight": "40"},
        {"id": "d", "level": "strategic", "title": "Del piano"},
    ]
    indicators = [
        indicator("media", "a", ">= 80%", name=MEAN),
        indicator("x", "b", ">= 100", weight="70"),
        indicator("y", "b", ">= 60", weight="30"),
        indicator("z", "c", ">= 10"),
        indicator("quota", "d", ">= 50%", name=SHARE),
        indicator("tasso", "d", "<= 20%", name=RATE) | {"polarity": "down"},
    ]
    harness.load(**document(objectives=objectives, indicators=indicators))
    harness.on("2022-05-20").revise(">= 50", "2022-05-15", indicator="y", cause="exogenous", justification="meno fondi")
    harness.on("2023-01-20")
    for name, value in {"x": "80", "y": "50", "z": "5"}.items():
        harness.measure(series=f"{PLAN}.{name}", period="2022", value=value, data_as_at="2022-12-31")
    return harness


def answer(harness: ServiceHarness, name: str) -> Explanation:
    found: Explanation = harness.ask(explanation, PLAN, 2022, point("2023-01-31"), name)
    return found


def node(harness: ServiceHarness, name: str) -> ExplainedNode:
    found: ExplainedNode = answer(harness, name)["explanation"]
    return found


def test_a_mean_of_what_hangs_beneath_opens_to_the_objectives_it_is_made_of(harness: ServiceHarness) -> None:
    # b: (80 % of 100 × 70 + 50 of the 50 revised, 100 %, × 30) / 100 = 86; c: 5 of 10 = 50. Mean: 86 × 0,6 + 50 × 0,4.
    by_hand = Decimal(86) * Decimal("0.6") + Decimal(50) * Decimal("0.4")
    media = node(harness, "media")
    assert media["measured_by_system"] == str(by_hand) == "71.6"
    assert media["achievement"] == "89.5"  # 71,6 of the 80 of its target
    assert media["figure"] == {
        "measures": "weighted_mean_of_children",
        "arithmetic": "(86 × 60 + 50 × 40) / 100 = 71,6",
        "notes": [],
    }
    assert [(part["node"], part["score"], part["points"]) for part in media["parts"]] == [
        ("objective/b", "86", "60"),
        ("objective/c", "50", "40"),
    ]
    below = next(part for part in media["parts"] if part["node"] == "objective/b")["parts"]
    assert [(part["node"], part["score"]) for part in below] == [("indicator/x", "80"), ("indicator/y", "100")]
    assert {event["what"] for part in below for event in part["events"]} >= {"measurement", "target", "weight"}


def test_the_objective_of_such_a_mean_holds_it_with_all_that_is_behind_once(harness: ServiceHarness) -> None:
    shown = [line.strip().partition(":")[0] for line in explained(answer(harness, "body"))]
    assert shown.count("Primo") == 1
    assert "Indicatore x" in shown


def test_a_share_opens_to_the_indicators_it_counts_and_says_which_reach_the_threshold(harness: ServiceHarness) -> None:
    quota = node(harness, "quota")
    figure = quota["figure"]
    assert figure is not None
    # Of x (80), y (100), z (50) and the rate (20 of the 25 that it is: 80) one is at 90 or more.
    assert (figure["arithmetic"], figure["threshold"]) == ("1 / 4 × 100 = 25", "90")
    assert [(part["node"], part["score"], part["reaches"]) for part in quota["parts"]] == [
        ("indicator/x", "80", False),
        ("indicator/y", "100", True),
        ("indicator/z", "50", False),
        ("indicator/tasso", "80", False),
    ]
    assert all(part["events"] for part in quota["parts"])
    within = next(part for part in node(harness, "d")["parts"] if part["node"] == "indicator/quota")
    assert [part["score"] for part in within["parts"]] == ["80", "100", "50", "80"]
    assert not any(part["events"] for part in within["parts"])  # they stand in the tree of the whole


def test_a_change_rate_opens_to_what_was_planned_and_to_the_events_that_touched_it(harness: ServiceHarness) -> None:
    tasso = node(harness, "tasso")
    figure = tasso["figure"]
    assert figure is not None
    # Of four objectives that bear a target, the one of y was revised.
    assert (figure["arithmetic"], figure["variant"], tasso["measured_by_system"]) == ("1 / 4 × 100 = 25", "any", "25")
    assert {row["objective"]: row["touched"] for row in figure["objectives"]} == {
        "a": False,
        "b": True,
        "c": False,
        "d": False,
    }
    (event,) = [event for row in figure["objectives"] for event in row["events"]]
    assert (event["what"], event["event"], event["reason"]) == ("change", "target-revised", "meno fondi")
    text = "\n".join(explained(answer(harness, "tasso")))
    assert "il tasso di modifica, ogni modifica: 1 / 4 × 100 = 25" in text
    assert "modificato: Primo" in text
    assert "programmati e non modificati: 3" in text
