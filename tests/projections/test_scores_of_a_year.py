"""Scores of a plan: on the structure of the year, in force and ex ante, to the digit, explained down to the events."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.commands.administrations import succeed_administration
from api.commands.evaluation import confirm_formula, override_score
from domain.administrations.commands import SucceedAdministration
from domain.errors import NotFound, OutsidePlan, YearNotOpen
from domain.formulas.commands import ConfirmFormula
from domain.scoring.commands import OverrideScore
from domain.systems.presets import PRESETS
from projections.explanations import explained, explanation
from projections.scores import scores
from projections.system_comparison import compared
from tests.support.harness import PLAN, ServiceHarness, document, point

SERIES = f"{PLAN}."


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """The small plan; all three indicators measured at the end of 2022."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    harness.on("2023-01-20")
    harness.measure(
        series=f"{SERIES}incasso", period="2022", numerator="680", denominator="1000", data_as_at="2022-12-31"
    )
    harness.measure(series=f"{SERIES}cassetto", period="2022", value="7", unit="%", data_as_at="2022-12-31")
    harness.measure(series=f"{SERIES}regolamento", period="2022-H1", text="30/06/2022", data_as_at="2022-06-30")
    harness.measure(series=f"{SERIES}regolamento", period="2022", text="20/12/2022", data_as_at="2022-12-31")
    return harness


def asked(harness: ServiceHarness, as_of: str = "2023-01-31", known: str | None = None, **said: Any) -> dict[str, Any]:
    found: dict[str, Any] = harness.ask(scores, PLAN, 2022, point(as_of, known), **said)
    return found


def row(found: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    return next(one for one in found[kind] if one["id"] == name)


def test_a_year_is_scored_up_the_tree_with_the_weights_of_the_plan(harness: ServiceHarness) -> None:
    found = asked(harness)
    assert row(found, "indicators", "incasso")["achievement"] == "96.67330110889963036678987773670742"
    assert row(found, "indicators", "cassetto")["achievement"] == "50"
    assert row(found, "indicators", "regolamento")["achievement"] == "100"
    assert row(found, "objectives", "a1")["score"] == "96.67330110889963036678987773670742"
    assert row(found, "objectives", "a2")["score"] == "75"
    assert found["score"] == "88.00398066533977822007392664202445"


def test_the_difference_of_the_two_scores_is_what_the_revisions_were_worth(harness: ServiceHarness) -> None:
    harness.on("2023-02-10").revise(">= 68%", "2022-09-30")
    found = asked(harness, "2023-02-28")
    assert (found["score"], found["ex_ante"]) == ("90", "88.00398066533977822007392664202445")
    assert found["difference"] == "1.99601933466022177992607335797555"
    assert asked(harness, "2023-02-28", basis="ex_ante")["body"]["score"] == found["ex_ante"]
    assert row(found, "indicators", "incasso")["ex_ante"] == "96.67330110889963036678987773670742"


def test_the_report_of_a_past_date_is_reproduced_to_the_digit(harness: ServiceHarness) -> None:
    before = asked(harness, known="2023-01-31")
    harness.on("2023-03-01").revise(">= 60%", "2022-09-30")
    harness.restate(series=f"{SERIES}cassetto", period="2022", value="14", unit="%", data_as_at="2022-12-31",
                 effective_on="2023-03-01")  # fmt: skip
    harness.change({"verb": "adopt_system", "year": 2022, "system": {"preset": "raggiunto-o-no"}},
                act="delibera di Giunta n. 2 del 31/01/2022")  # fmt: skip
    assert asked(harness, known="2023-01-31") == before
    assert asked(harness, "2023-03-31")["score"] == "100"


def test_a_year_stands_on_its_own_tree_whatever_the_next_update_did(harness: ServiceHarness) -> None:
    before = asked(harness)
    withdraw = {"verb": "withdraw_objective", "object": "a2"}
    harness.on("2023-02-01").change(withdraw, approves_year=2023, act="delibera di Giunta n. 1 del 31/01/2023")
    after = asked(harness, "2023-05-31")
    assert after["score"] == before["score"]
    assert row(after, "objectives", "a2")["score"] == "75"


def test_a_score_explains_itself_down_to_terms_targets_and_events(harness: ServiceHarness) -> None:
    found: dict[str, Any] = harness.ask(explanation, PLAN, 2022, point("2023-01-31"), "incasso")
    node = found["explanation"]
    assert node["arithmetic"] == "680 / 1.000 × 100 = 68; 68 / 70,34 × 100 = 96,673301"
    assert node["observed"] | {"numerator": "680", "denominator": "1000"} == node["observed"]
    assert [event["what"] for event in node["events"]] == ["target", "card", "measurement"]
    text = "\n".join(explained(harness.ask(explanation, PLAN, 2022, point("2023-01-31"), "body")))
    assert "ente nel suo insieme: 88,00 %" in text
    assert "measurement-recorded v" in text
    with pytest.raises(NotFound):
        harness.ask(explanation, PLAN, 2022, point("2023-01-31"), "nessuno")


def test_a_forced_score_keeps_the_calculated_one_and_its_reason(harness: ServiceHarness) -> None:
    command = OverrideScore(
        subject="indicator", id="cassetto", year=2022, forced=Decimal(80), justification="fermo dei sistemi nazionali",
        act="determina del Segretario Generale n. 4 del 25/01/2023 (data confermata)",
    )  # fmt: skip
    override_score(harness.service, PLAN, command, harness.caller())
    found = row(asked(harness), "indicators", "cassetto")
    assert (found["score"], found["forced"], found["achievement"]) == ("80", "80", "50")
    assert row(asked(harness), "objectives", "a2")["score"] == "90"
    assert row(asked(harness, "2023-01-24"), "indicators", "cassetto")["score"] == "50"
    text = "\n".join(explained(harness.ask(explanation, PLAN, 2022, point("2023-01-31"), "cassetto")))
    assert "80,00 %, forzato (calcolato 50,00 %)" in text
    assert "determina-segretario-generale-4-2023-01-25: fermo dei sistemi nazionali" in text


def test_a_closed_year_takes_no_forced_score_and_restatements_with_their_reason_only(harness: ServiceHarness) -> None:
    harness.on("2023-06-30").change(
        {"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 5 del 20/06/2023", cause=None
    )
    forced = OverrideScore(
        subject="objective", id="a1", year=2022, forced=Decimal(100), justification="x", act="delibera di Giunta n. 6 del 25/06/2023"
    )  # fmt: skip
    with pytest.raises(YearNotOpen):
        override_score(harness.service, PLAN, forced, harness.caller())
    late = {"series": f"{SERIES}cassetto", "period": "2022", "value": "8", "unit": "%", "data_as_at": "2022-12-31"}
    with pytest.raises(YearNotOpen):
        harness.measure(**late | {"period": "2022-12"})
    with pytest.raises(YearNotOpen):
        harness.restate(**late, effective_on="2023-06-30")
    harness.restate(**late, effective_on="2023-06-30", note="errore materiale riscontrato dall'OIV")


def test_a_confirmed_formula_is_worked_out_from_its_terms(harness: ServiceHarness) -> None:
    confirm_formula(harness.service, PLAN, ConfirmFormula(indicator="incasso"), harness.caller())
    harness.restate(series=f"{SERIES}incasso", period="2022", value="67", unit="%", data_as_at="2022-12-31",
                 terms={"incassato": "690", "dovuto": "1000"}, effective_on="2023-01-20")  # fmt: skip
    found: dict[str, Any] = harness.ask(explanation, PLAN, 2022, point("2023-01-31"), "incasso")
    observed = found["explanation"]["observed"]
    assert observed["terms"] == {"incassato": "690", "dovuto": "1000"}
    assert (observed["value"], observed["computed"]) == ("67", "69")
    assert found["explanation"]["achievement"].startswith("98.09")


def test_other_rules_show_what_they_would_do_before_they_are_adopted(harness: ServiceHarness) -> None:
    found: dict[str, Any] = harness.ask(compared, PLAN, 2022, PRESETS["raggiunto-o-no"], point("2023-01-31"))
    assert found["body"]["after"] == "20"
    assert {one["id"] for one in found["indicators"]} == {"incasso", "cassetto"}
    assert {"rule": "thresholds", "before": "ratio", "after": "met_or_not"} in found["rules"]


def test_offices_answer_for_their_indicators_and_are_named_once(harness: ServiceHarness) -> None:
    offices = {one["office"]: one for one in asked(harness)["offices"]}
    assert offices["Servizio Bilancio"]["score"] is not None
    assert len(offices["Servizio Bilancio"]["places"]) == 3


def test_before_the_year_ends_what_is_not_there_is_not_due_and_covers_nothing(sqlite_path: object) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    found = asked(harness, "2022-06-30")
    assert found["score"] is None
    assert {one["rule"] for one in found["indicators"]} == {"not_yet_due"}
    assert found["body"]["covered"] == "0"


def test_a_year_outside_the_plan_and_a_date_before_it_are_refused(harness: ServiceHarness) -> None:
    with pytest.raises(OutsidePlan):
        harness.ask(scores, PLAN, 2030, point("2023-01-31"))
    with pytest.raises(NotFound):
        harness.ask(scores, PLAN, 2022, point("2020-01-31"))
    assert date(2022, 12, 31).isoformat() == asked(harness)["structure_on"]


def test_a_series_goes_back_over_a_succession_for_targets_that_are_changes(sqlite_path: object) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    old = {"id": "vecchio-2019-2021", "title": "Piano di prima", "first_year": 2019, "last_year": 2021}
    indicator = {"id": "visite", "objective": "a1", "series": "visite", "name": "Visite", "targets": []}
    harness.load(
        administration={"id": "cciaa-vecchia", "name": "Camera di prima"}, plan=old, indicators=[indicator],
        act="delibera di Giunta n. 1 del 31/01/2019",
        measurements=[{"series": "visite", "period": "2021", "value": "200", "data_as_at": "2021-12-31"}],
    )  # fmt: skip
    target = {"year": 2022, "text": "+10% rispetto all'anno precedente"}
    harness.load(indicators=[indicator | {"targets": [target]}])
    harness.on("2023-01-20").measure(series="visite", period="2022", value="210", data_as_at="2022-12-31")
    assert row(asked(harness), "indicators", "visite")["rule"] == "earlier_value_unknown"
    succeeded(harness)
    found = row(asked(harness), "indicators", "visite")
    assert (found["rule"], found["achievement"]) == ("change", "50")


def succeeded(harness: ServiceHarness) -> None:
    """The old administration was merged into the new one on 1 January 2022."""
    command = SucceedAdministration(how="merger", predecessors=("cciaa-vecchia",), effective_on=date(2022, 1, 1))
    succeed_administration(harness.service, "cciaa-prova", command, harness.caller())


def test_rows_count_in_the_scores_that_they_feed_and_classes_have_their_own(sqlite_path: object) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    made = document()
    made["objectives"][1]["classifications"] = {"mission": "032"}
    made["objectives"][2]["classifications"] = {"mission": "012"}
    made["indicators"][1]["feeds"] = "individual"
    harness.load(objectives=made["objectives"], indicators=made["indicators"])
    harness.on("2023-01-20")
    harness.measure(series=f"{SERIES}cassetto", period="2022", value="7", unit="%", data_as_at="2022-12-31")
    harness.measure(series=f"{SERIES}incasso", period="2022", value="80", unit="%", data_as_at="2022-12-31")
    tree, individual, both = (asked(harness, feeds=feeds) for feeds in ("objective", "individual", "all"))
    assert {one["id"] for one in tree["indicators"]} == {"incasso", "regolamento"}
    assert tree["score"] == "100"
    assert row(individual, "objectives", "a2")["score"] == "50"
    assert both["score"] == "80"
    assert {one["name"]: one["score"] for one in both["classifications"]["mission"]} == {"032": "100", "012": "50"}


def test_a_score_that_rows_feed_only_since_a_revision_is_worked_out(sqlite_path: object) -> None:
    """The plan as it was approved has no row in it: there is none to be compared with, and the score is there."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    harness.on("2022-10-01").change({"verb": "feed_indicator", "object": "cassetto", "feeds": "dirigenti"})
    harness.on("2023-01-20")
    harness.measure(series=f"{SERIES}cassetto", period="2022", value="7", unit="%", data_as_at="2022-12-31")
    found = asked(harness, feeds="dirigenti")
    assert ([row["id"] for row in found["indicators"]], found["score"], found["ex_ante"]) == (["cassetto"], "50", None)
    with pytest.raises(NotFound, match="nessuna riga") as refused:
        asked(harness, feeds="manager")
    assert refused.value.problem.accepted == "dirigenti, produttività, albero"
