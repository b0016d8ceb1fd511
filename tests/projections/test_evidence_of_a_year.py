"""The evidence of a year on an invented history: its numbers are those that a reader works out by hand."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.commands.evaluation import open_round
from api.commands.oversight import say
from domain.changes.official_rate import official_rate
from domain.oiv.commands import GiveOpinion, ValidateReport
from domain.plans.history import history_of
from domain.rounds.commands import OpenRound
from projections.evidence import evidence
from projections.plan_history import plan_history
from projections.scores import scored_year
from tests.support.harness import PLAN, ServiceHarness, point

OBJECTIVES = [
    {"id": "a", "level": "op", "title": "Riscuotere", "weight": "60"},
    {"id": "b", "level": "op", "title": "Trasparenza", "weight": "40"},
    {"id": "c", "level": "op", "title": "Sede", "weight": "0"},
]
INDICATORS = [
    {"id": "i", "objective": "a", "name": "I", "weight": "50", "polarity": "up",
     "targets": [{"year": 2022, "text": ">= 80"}, {"year": 2023, "text": ">= 85"}]},
    {"id": "j", "objective": "a", "name": "J", "weight": "50", "targets": [{"year": 2022, "text": "<= 30 gg"}]},
    {"id": "k", "name": "K", "targets": [{"year": 2022, "text": "entro il 30/6"}],
     "assignments": [{"objective": "b", "weight": "100"}, {"objective": "c", "weight": "100"}]},
    {"id": "z", "objective": "c", "name": "Z", "weight": "10", "targets": [{"year": 2022, "text": "Sì"}]},
    {"id": "w", "objective": "c", "name": "W", "weight": "10", "targets": [{"year": 2022, "text": "---"}]},
]  # fmt: skip


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    """A harness with two years of an invented body: revised by three acts, measured, corrected, validated."""
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load(
        administration={"id": "comune-prova", "name": "Comune di Prova"}, objectives=OBJECTIVES, indicators=INDICATORS
    )
    harness.on("2022-07-10")
    _measure(harness, "i", "35", period="2022-H1", data_as_at="2022-06-30")
    harness.on("2022-10-03").revise(">= 70", "2022-09-30", indicator="i")
    weights = [
        {"verb": "reweigh_indicator", "object": one, "objective": "a", "weight": weight}
        for one, weight in (("i", "80"), ("j", "20"))
    ]
    harness.on("2022-10-04").change(*weights, act="delibera di Giunta n. 10 del 01/10/2022", cause="organisational")
    harness.on("2022-10-20").change(
        {"verb": "add_objective", "object": "n", "level": "op", "title": "Nuovo", "weight": "10"},
        {"verb": "add_indicator", "object": "q", "objective": "n", "name": "Q", "weight": "100",
         "targets": [{"year": 2022, "text": ">= 10"}]},
        act="delibera di Giunta n. 11 del 15/10/2022",
    )  # fmt: skip
    mistaken = harness.on("2022-11-20").revise(">= 60", "2022-06-15", indicator="i")
    harness.on("2022-12-01").annul(mistaken.versions[f"plan/{PLAN}"][1])
    harness.on("2023-01-20")
    for one, text in (("i", "70"), ("j", "40 gg"), ("k", "20/06/2022"), ("q", "5"), ("z", "n.d.")):
        _measure(harness, one, text)
    harness.on("2023-02-02").restate(
        series=f"{PLAN}.j",
        period="2022",
        text="36 gg",
        data_as_at="2022-12-31",
        effective_on="2023-02-01",
        note="ricalcolo",
    )
    harness.on("2023-06-05").revise(">= 84", "2023-06-01", indicator="i", year=2023)
    yield harness
    harness.store.close()


def _measure(
    harness: ServiceHarness, one: str, text: str, period: str = "2022", data_as_at: str = "2022-12-31"
) -> None:
    harness.measure(series=f"{PLAN}.{one}", period=period, text=text, data_as_at=data_as_at)


def _evidence(harness: ServiceHarness, year: int = 2022, as_of: str = "2023-12-31") -> dict[str, Any]:
    found: dict[str, Any] = harness.ask(evidence, PLAN, year, point(as_of))
    return found


def _said(found: dict[str, Any], criterion: str) -> str:
    return " ".join(
        one["words"] for of in found["criteria"] if of["criterion"] == criterion for one in of["statements"]
    )


def test_scores_are_those_worked_out_by_hand(harness: ServiceHarness) -> None:
    # In force: a = 80 % of 70/70 and 20 % of 30/36 = 96.667; b = 100; n = 5/10. (60 a + 40 b + 10 n) / 110.
    # Ex ante: a = half of 70/80 and half of 30/36 = 85.417; (60 a + 40 b) / 100.
    scores = _evidence(harness)["scores"]
    assert (scores["in_force"], scores["ex_ante"], scores["difference"]) == ("93.64", "91.25", "2.39")


def test_each_variation_and_each_act_say_what_they_did_to_score_and_rate(harness: ServiceHarness) -> None:
    found = _evidence(harness)
    listed = {one["what"].partition(":")[0]: one for one in found["variations"]}
    eased = listed["Rimodulato il target 2022 di «I»"]
    # Without it: a = 80 % of 70/80 and 20 % of 30/36 = 86.667.
    assert (eased["score"], eased["direction"]) == ({"with": "93.64", "without": "88.18"}, "easier")
    # What was known was the first half, not what came to be known later.
    assert eased["known"] == {"period": "2022-H1", "text": "35", "retrospective": False}
    by_act = {one["act"]: one for one in found["effects_of_acts"]}
    weights = by_act["delibera della Giunta n. 10 del 01/10/2022"]
    # Without both: a = half of 100 and half of 83.333 = 91.667; the objective stays touched by the target.
    assert weights["score"] == {"with": "93.64", "without": "90.91"}
    assert weights["change_rate"] == {"with": "33.33", "without": "33.33"}
    added = by_act["delibera della Giunta n. 11 del 15/10/2022"]
    assert (added["score"]["without"], added["change_rate"]["without"]) == ("98", "33.33")
    assert found["official_rate"]["planned"] == 3


def test_only_what_is_of_the_year_is_in_it(harness: ServiceHarness) -> None:
    found, following = _evidence(harness), _evidence(harness, 2023)
    assert all("2023" not in one["what"] for one in found["variations"])
    assert [one["what"] for one in following["variations"]] == ["Rimodulato il target 2023 di «I»: da ≥ 85 a ≥ 84"]
    assert (following["corrections"], following["late"]["recordings"]) == ([], [])
    assert [one["what"].split()[0] for one in found["corrections"]] == ["Annullato", "Rettificato"]


def test_figures_of_other_series_do_not_make_a_recording_backdated(harness: ServiceHarness) -> None:
    assert _evidence(harness)["late"]["recordings"] == []
    _measure(harness, "w", "3", period="2022-Q1", data_as_at="2022-03-31")
    rows = _evidence(harness)["late"]["recordings"]
    assert [(one["backdated"], one["days"]) for one in rows] == [(False, 431)]
    _measure(harness, "i", "12", period="2022-Q1", data_as_at="2022-03-31")
    assert [one["backdated"] for one in _evidence(harness)["late"]["recordings"]] == [False, True]


def test_a_change_of_last_year_decided_in_the_next_is_late_for_last_year(harness: ServiceHarness) -> None:
    harness.on("2023-06-20").revise(">= 69", "2023-03-15", indicator="i", year=2022)
    # In force after it was the revision of June 2023, on the next year: recorded long after, and backdated.
    rows = _evidence(harness)["late"]["recordings"]
    assert [(one["effective_on"], one["backdated"]) for one in rows] == [("2023-03-15", True)]
    assert _evidence(harness, 2023)["late"]["recordings"] == []


def test_what_was_never_measured(harness: ServiceHarness) -> None:
    found = _evidence(harness)
    assert [(one["indicator"], one["said"]) for one in found["never_measured"]] == [("z", "n.d.")]
    assert "(5), 4 hanno almeno una misurazione" in _said(found, "c")
    early = _evidence(harness, as_of="2022-06-29")
    assert {one["indicator"] for one in early["never_measured"]} == {"i", "j", "k", "z"}


def test_a_target_missed_by_a_hair_is_missed(harness: ServiceHarness) -> None:
    harness.on("2023-07-02").restate(
        series=f"{PLAN}.i",
        period="2022",
        text="69,9999",
        data_as_at="2022-12-31",
        effective_on="2023-07-01",
        note="esatto",
    )
    found = _evidence(harness)
    assert next(one for one in found["scores"]["indicators"] if one["indicator"] == "i")["achievement"] == "100"
    assert "sono 3: I; J; Q" in _said(found, "g")


def test_rounds_of_other_years_are_not_counted(harness: ServiceHarness) -> None:
    harness.on("2023-07-01")
    open_round(harness.service, PLAN, OpenRound(as_at=date(2023, 6, 30)), harness.caller())
    assert "del 2022 registrati sono 0" in _said(_evidence(harness), "h")
    assert "del 2023 registrati sono 1" in _said(_evidence(harness, 2023), "h")


def test_what_the_oiv_said_later_than_the_date_is_not_there(harness: ServiceHarness) -> None:
    harness.on("2023-07-02")
    harness.actor = "oiv"
    version = _evidence(harness)["variations"][0]["version"]
    opinion = GiveOpinion(judgement="contrary", versions=(version,), words="Senza ragioni.")
    say(harness.service, PLAN, opinion, harness.caller())
    say(harness.service, PLAN, ValidateReport(year=2022, words="Validata."), harness.caller())
    found = _evidence(harness)
    assert found["variations"][0]["opinions"][0]["words"] == "Senza ragioni."
    assert "L'OIV ha validato la relazione 2022" in _said(found, "b")
    earlier = _evidence(harness, as_of="2023-06-30")
    assert (earlier["variations"][0]["opinions"], earlier["acts_of_the_oiv"]) == ([], [])


def test_every_statement_names_events_that_are_there(harness: ServiceHarness) -> None:
    found = _evidence(harness)
    streams = {"plan": f"plan/{PLAN}", "administration": "administration/comune-prova", "review": f"review/{PLAN}"}
    with harness.store.reading() as reader:
        heads = {name: reader.head(stream).version for name, stream in streams.items()}
    named = [event for of in found["criteria"] for one in of["statements"] for event in one["events"]]
    assert named
    assert all(1 <= event["version"] <= heads[event["in"]] for event in named)


def test_an_effect_is_that_of_a_history_in_which_the_change_was_never_recorded(harness: ServiceHarness) -> None:
    shown = {one["version"]: one for one in _evidence(harness)["variations"]}
    at = point("2023-12-31")
    with harness.store.reading() as reader:
        history = plan_history(reader, PLAN, at)
        gone = {one.version for one in history.records} - {one.version for one in history.counting}
        for version, one in shown.items():
            kept = [record for record in history.records if record.version != version]
            without = history_of(history.plan, history.version, kept, gone, history.systems)
            system = without.system(2022, at.as_of).system
            score = scored_year(reader, without, 2022, at).body().counted
            rate = official_rate(without, 2022, at, system).figure
            for told, figure in ((one["score"]["without"], score), (one["change_rate"]["without"], rate)):
                assert figure is not None
                assert abs(Decimal(told) - figure) <= Decimal("0.005")
    assert len(shown) == 7


def test_a_condition_met_changes_what_was_planned(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    objectives = [
        {"id": "a", "level": "op", "title": "A"},
        {"id": "b", "level": "op", "title": "B", "condition": "se arriva il finanziamento"},
    ]
    targets = [{"year": 2022, "text": ">= 10"}]
    harness.load(
        objectives=objectives,
        indicators=[{"id": f"i{one}", "objective": one, "name": one, "targets": targets} for one in ("a", "b")],
    )
    harness.on("2022-05-03").revise(">= 9", "2022-05-02", indicator="ia")
    harness.on("2022-06-03").change({"verb": "meet_condition", "object": "b"})
    (revised,) = _evidence(harness)["variations"]
    # Meeting the condition brings the second objective among those planned, and is no change of the plan itself.
    assert revised["change_rate"] == {"with": "50", "without": "0"}
    assert _evidence(harness)["official_rate"]["planned"] == 2
    harness.store.close()
