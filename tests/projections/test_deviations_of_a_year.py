"""Deviations of parts of a year: of what ends on one day the longest counts, and a variance takes no direction."""

from pathlib import Path

from api.commands.evaluation import open_round
from domain.rounds.commands import OpenRound
from projections.deviations import plan_deviations
from projections.rounds import round_status
from projections.scores import scores
from tests.support.harness import PLAN, ServiceHarness, document, point

AT = point("2022-07-31")


def test_the_half_year_counts_before_its_last_quarter_and_a_bare_target_has_a_variance(tmp_path: Path) -> None:
    content = document()
    content["indicators"][0]["targets"] = [{"year": 2022, "text": ">= 10"}]
    content["indicators"][1]["targets"] = [{"year": 2022, "text": "50"}]
    harness = ServiceHarness(tmp_path / "h.sqlite").on("2022-02-05")
    harness.load(**content)
    service, caller = harness.on("2022-07-20").service, harness.caller()
    open_round(service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), caller)
    for indicator, period, value in (
        ("incasso", "2022-H1", "4"),
        ("incasso", "2022-Q2", "3"),
        ("cassetto", "2022", "45"),
    ):
        harness.measure(series=f"{PLAN}.{indicator}", period=period, text=value, data_as_at="2022-06-30")
    (row, *_) = [each for each in harness.ask(scores, PLAN, 2022, AT)["indicators"] if each["id"] == "incasso"]
    assert row["score"] == "40"
    offices = harness.ask(round_status, PLAN, "2022-06-30", AT)["offices"]
    assert [item["observed"] for office in offices for item in office["items"] if item["indicator"] == "incasso"] == [
        "4"
    ]
    found = {each["id"]: each for each in harness.ask(plan_deviations, PLAN, 2022, AT)["deviations"]}
    bare = found["cassetto"]
    assert bare["variance"] is not None
    assert (bare["variance"]["value"], bare["variance"]["percent"], bare["met"], bare["asks_cause"]) == (
        "-5",
        "-10",
        None,
        False,
    )
