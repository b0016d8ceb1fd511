"""The five plans, scored with invented but plausible measurements of a fixed seed."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.documents.plan import PlanDocument
from domain.measurements.commands import RecordMeasurement
from domain.point import Point
from domain.targets.model import Deadline, Level, Target, Threshold, YesNo
from domain.targets.reader import read_target
from projections.explanations import explanation
from projections.scores import scores
from tests.support.harness import ServiceHarness

PLANS = Path(__file__).parents[2] / "examples" / "plans"
SEED = 2022
YEARS = {
    "frosinone-latina-2022-2024": 2022,
    "lecce-2021-2023": 2021,
    "riviere-di-liguria-2022-2024": 2022,
    "maremma-e-tirreno-2022-2026": 2022,
    "brindisi-2022-2024": 2022,
}


def plausible(target: Target, year: int, random: Random) -> dict[str, str] | None:
    """A value near a target, on either side of it; None where nobody would have one."""
    match target:
        case Threshold():
            share = Decimal(random.randint(70, 120)) / 100
            return {"value": str((target.value * share).quantize(Decimal("0.01"))), "unit": target.unit or ""}
        case Deadline():
            return {"text": f"{random.randint(1, 28)}/{random.randint(1, 12)}/{year}"}
        case YesNo():
            return {"text": random.choice(["Sì", "Sì", "Sì", "No"])}
        case Level():
            return {"text": random.choice(["basso", "medio", "alto"])}
        case _:
            return None


def measured(harness: "_PrintedPlans", plan: str) -> int:
    """Loads a plan and measures what can be, with the seed; answers how many."""
    year, random = YEARS[plan], Random(SEED)  # noqa: S311 - invented on purpose
    document = json.loads((PLANS / f"{plan}.json").read_text(encoding="utf-8"))
    harness.service.load_plan(PlanDocument.model_validate(document), harness.caller())
    harness.on(f"{year + 1}-02-01")
    done = 0
    for indicator in document["indicators"]:
        texts = [target["text"] for target in indicator["targets"] if target["year"] == year]
        value = plausible(read_target(texts[0], year, indicator.get("polarity"))[0], year, random) if texts else None
        if value is None or random.random() < 0.1:
            continue
        series = indicator.get("series") or f"{plan}.{indicator['id']}"[:120]
        said = {"series": series, "period": str(year), "data_as_at": f"{year}-12-31", "confirm_unit": True}
        command = RecordMeasurement.model_validate(said | {k: v for k, v in value.items() if v})
        if harness.plan_has(plan, series, year):
            continue
        harness.service.measure(plan, command, harness.caller())
        done += 1
    return done


class _PrintedPlans(ServiceHarness):
    def plan_has(self, plan: str, series: str, year: int) -> bool:
        """Whether the print brought a value of the year already."""
        with self.store.reading() as reader:
            owner = reader.timelines(f"administration/{_administration(plan)}")
            return bool(owner.entries(f"series/{series}", str(year)))


def _administration(plan: str) -> str:
    document = json.loads((PLANS / f"{plan}.json").read_text(encoding="utf-8"))
    return str(document["administration"]["id"])


@pytest.mark.parametrize("plan", sorted(YEARS))
def test_a_plan_is_scored_up_the_tree_by_hand_and_by_the_system_alike(sqlite_path: object, plan: str) -> None:
    harness = _PrintedPlans(str(sqlite_path))
    harness.on("2022-02-05")
    assert measured(harness, plan) > 5
    year = YEARS[plan]
    at = Point(date(year + 1, 1, 31))
    found: dict[str, Any] = harness.ask(scores, plan, year, at)
    assert found["score"] is not None
    assert 0 <= Decimal(found["score"]) <= 100
    assert harness.ask(scores, plan, year, at) == found
    whole = harness.ask(explanation, plan, year, at, "body")["explanation"]
    checked = _checked(whole)
    assert checked >= 3
    assert whole["score"] == found["score"]


def _checked(node: dict[str, Any]) -> int:
    """Holds each parent to the mean made by hand from its parts; answers how many were held."""
    parts: list[dict[str, Any]] = [part for part in node["parts"] if part["points"] is not None]
    done = sum(_checked(part) for part in node["parts"])
    if node["rule"] != "weighted_mean":
        return done
    weight = sum((Fraction(part["points"]) for part in parts), Fraction(0))
    by_hand = sum((Fraction(part["score"]) * Fraction(part["points"]) for part in parts), Fraction(0)) / weight
    assert abs(Fraction(node["calculated"]) - by_hand) < Fraction(1, 10**28)
    return done + 1
