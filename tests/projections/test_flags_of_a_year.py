"""The flags of a year, from the record: each rule on a plan that calls for it, and on one that does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands.handler import Outcome
from api.commands.oversight import answer_flag, say
from domain.errors import Malformed, NotFound
from domain.flags.model import EasedYears, Thresholds
from domain.flags.rules import RULES
from domain.oiv.commands import AnswerFlag, ValidateReport
from projections.change_rate import changes_of_year
from projections.flags import flags
from tests.support.harness import PLAN, ServiceHarness, point


@pytest.fixture
def harness(sqlite_path: Path) -> Iterator[ServiceHarness]:
    """A harness with the small plan."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    yield harness
    harness.store.close()


def _measured(harness: ServiceHarness, text: str = "67%", on: str = "2022-09-15", **said: Any) -> Outcome:
    row = {"series": f"{PLAN}.incasso", "period": "2022", "text": text, "data_as_at": "2022-09-10"} | said
    return harness.on(on).measure(**row)


def _flags(
    harness: ServiceHarness, year: int = 2022, as_of: str = "2022-12-31", known: str | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = harness.ask(flags, PLAN, year, point(as_of, known))
    return found


def _raised(harness: ServiceHarness, **how: Any) -> set[str]:
    return {one["rule"] for one in _flags(harness, **how)["flags"]}


def test_an_untouched_plan_raises_nothing(harness: ServiceHarness) -> None:
    _measured(harness)
    assert _raised(harness) == set()


def test_a_target_lowered_to_the_value_that_was_known(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    assert _raised(harness) == {"eased_after_bad_value", "just_crosses"}
    flag = next(one for one in _flags(harness)["flags"] if one["rule"] == "eased_after_bad_value")
    assert "67%" in flag["words"]
    assert flag["events"] == [{"in": "plan", "version": int(flag["id"].partition("/")[2])}]
    assert harness.actor not in str(flag)


def test_a_value_measured_later_raises_nothing(harness: ServiceHarness) -> None:
    harness.on("2022-09-10").revise(">= 66,5%", "2022-09-05")
    _measured(harness)
    assert _raised(harness) == set()


def test_what_is_loaded_long_after_is_not_knowable(harness: ServiceHarness) -> None:
    _measured(harness, retrospective=True)
    harness.on("2025-10-03").revise(">= 66,5%", "2022-09-30", retrospective=True)
    found = _flags(harness, as_of="2025-12-31")
    assert found["flags"] == []
    assert {one["rule"] for one in found["not_knowable"]} == {"eased_after_bad_value", "just_crosses", "recorded_late"}


def test_a_late_decision_recorded_late(harness: ServiceHarness) -> None:
    harness.on("2023-02-20").revise(">= 75%", "2022-12-05")
    assert _raised(harness, as_of="2023-03-01") == {"decided_late", "recorded_late"}


def test_a_weight_moved_to_what_passes(harness: ServiceHarness) -> None:
    _measured(harness, "9%", series=f"{PLAN}.cassetto")
    harness.on("2022-09-16").measure(
        series=f"{PLAN}.regolamento", period="2022", text="20/05/2022", data_as_at="2022-09-10"
    )
    lighter = {"verb": "reweigh_indicator", "object": "cassetto", "objective": "a2", "weight": "20"}
    heavier = {"verb": "reweigh_indicator", "object": "regolamento", "objective": "a2", "weight": "80"}
    harness.on("2022-10-03").change(lighter, heavier)
    assert _raised(harness) == {"weight_to_passing"}


def test_a_formula_changed_with_a_worse_value(harness: ServiceHarness) -> None:
    _measured(harness)
    change = {"verb": "redefine_indicator", "object": "incasso", "formula": "incassato / emesso * 100"}
    harness.on("2022-10-03").change(change)
    assert _raised(harness) == {"redefined_with_worse_value"}


def test_an_indicator_withdrawn_while_it_fails(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").change({"verb": "withdraw_indicator", "object": "incasso"})
    assert _raised(harness) == {"withdrawn_while_failing"}


def test_a_failing_row_that_is_taken_out_of_a_score(harness: ServiceHarness) -> None:
    """Dropped from the plan's score it is easier, as what is dropped from the plan; one more score is a commitment more."""
    _measured(harness)
    feed = {"verb": "feed_indicator", "object": "incasso", "feeds": "entrambi; dirigenti"}
    harness.on("2022-10-02").change(feed)
    assert _raised(harness) == set()
    harness.on("2022-10-03").change(feed | {"feeds": "dirigenti"})
    (flag,) = (one for one in _flags(harness)["flags"] if one["rule"] == "withdrawn_while_failing")
    assert "tolto dal punteggio (produttività, albero) l'indicatore «Percentuale di incasso»" in flag["words"]
    listed = harness.ask(changes_of_year, PLAN, 2022, point("2022-12-31"))["changes"]
    assert [change["direction"] for change in listed] == ["harder", "easier"]


def test_an_objective_withdrawn_while_its_indicator_fails(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").change({"verb": "withdraw_objective", "object": "a1"})
    assert _raised(harness) == {"withdrawn_while_failing"}


def test_a_target_easier_than_the_start_value(sqlite_path: Path) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    indicator = {
        "id": "x", "objective": "a", "name": "X", "baseline": "80%", "targets": [{"year": 2022, "text": ">= 75%"}],
    }  # fmt: skip
    harness.load(indicators=[indicator], objectives=[{"id": "a", "level": "l", "title": "A"}])
    assert _raised(harness) == {"easier_than_baseline"}
    harness.store.close()


def test_an_indicator_eased_year_after_year(harness: ServiceHarness) -> None:
    harness.on("2022-06-03").revise(">= 69%", "2022-06-01")
    harness.on("2023-06-03").revise(">= 69%", "2023-06-01", year=2023)
    assert _raised(harness, as_of="2023-12-31") == set()
    assert _raised(harness, year=2023, as_of="2023-12-31") == {"eased_every_year"}


def test_a_figure_restated_after_the_year_was_closed(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2023-05-05").change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 4 del 02/05/2023")
    said = {
        "series": f"{PLAN}.incasso",
        "period": "2022",
        "text": "71%",
        "data_as_at": "2022-12-31",
        "note": "riversamento tardivo",
    }
    harness.on("2023-06-05").restate(**said, effective_on="2023-06-01")
    assert _raised(harness, as_of="2023-12-31") == {"restated_after_validation"}


def test_an_annulment_that_eases(harness: ServiceHarness) -> None:
    made = harness.on("2022-06-03").revise(">= 75%", "2022-06-01")
    harness.on("2022-07-03").annul(made.versions[f"plan/{PLAN}"][1])
    assert _raised(harness) == {"correction_eases", "change_left_out"}
    assert _raised(harness, known="2022-06-30") == set()


def test_the_system_of_the_year_turns_rules_off_and_sets_thresholds(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    system = {"flags": {"off": ["just_crosses"], "margin_percent": "1"}}
    harness.change(
        {"verb": "adopt_system", "year": 2022, "system": system}, act="delibera di Giunta n. 8 del 01/03/2022"
    )
    assert "just_crosses" not in _raised(harness)
    assert _flags(harness)["thresholds"]["off"] == ["just_crosses"]


def test_the_answer_of_the_office_stands_beside_the_flag(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    name = next(one["id"] for one in _flags(harness)["flags"])
    answer_flag(harness.service, PLAN, 2022, AnswerFlag(flag=name, words="La media del triennio."), harness.caller())
    answered = next(one for one in _flags(harness)["flags"] if one["id"] == name)
    assert answered["answer"]["words"] == "La media del triennio."
    with pytest.raises(NotFound):
        answer_flag(harness.service, PLAN, 2022, AnswerFlag(flag="just_crosses/999", words="?"), harness.caller())


# ---- what each form of target, value and polarity calls for --------------------------------------------------------

FORMS = [
    ("a threshold, from above", "down", "<= 30 gg", "35 gg", "<= 40 gg", {"eased_after_bad_value"}),
    ("a threshold, just met from above", "down", "<= 30 gg", "35 gg", "<= 35 gg", {"eased_after_bad_value", "just_crosses"}),
    ("a threshold that was met", "down", "<= 30 gg", "25 gg", "<= 40 gg", set()),
    ("a threshold made harder", "down", "<= 30 gg", "35 gg", "<= 20 gg", set()),
    ("a bare value of unknown polarity", None, "80,00%", "70%", "60,00%", set()),
    ("exactly at the margin", "up", ">= 110", "100", ">= 98", {"eased_after_bad_value", "just_crosses"}),
    ("just beyond the margin", "up", ">= 110", "100", ">= 97,99", {"eased_after_bad_value"}),
    ("exactly the known value", "up", ">= 110", "100", ">= 100", {"eased_after_bad_value", "just_crosses"}),
    ("the terms of a ratio", "up", ">= 50%", None, ">= 40%", {"eased_after_bad_value", "just_crosses"}),
    ("a deadline", None, "entro il 31/7", "15/10/2022", "entro il 31/12", {"eased_after_bad_value"}),
    ("a deadline just met", None, "entro il 31/7", "15/10/2022", "entro il 15/10", {"eased_after_bad_value", "just_crosses"}),
    ("a deadline that was met", None, "entro il 31/7", "15/05/2022", "entro il 31/12", set()),
    ("a yes or no", None, "Sì", "no", "No", {"eased_after_bad_value", "just_crosses"}),
    ("a range just widened", None, "tra 5 e 10", "12", "tra 5 e 12", {"eased_after_bad_value", "just_crosses"}),
    ("a target turned into another that it meets", "up", ">= 70%", "67%", "tra 60% e 80%", {"eased_after_bad_value"}),
    ("a target that is taken back", "up", ">= 70%", "67%", "da def.", {"eased_after_bad_value"}),
    ("a tolerance that lets it just in", "down", "<= 20 gg", "24 gg", "<=20gg.+4", {"eased_after_bad_value", "just_crosses"}),
    ("no figure after all", "up", ">= 70%", "n.d.", ">= 60%", set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("polarity", "before", "value", "after", "expected"), [f[1:] for f in FORMS], ids=[f[0] for f in FORMS]
)
def test_a_target_eased_with_a_value_at_hand(
    tmp_path: Path, polarity: str | None, before: str, value: str | None, after: str, expected: set[str]
) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    card = {"id": "x", "objective": "a", "name": "X", "targets": [{"year": 2022, "text": before}]}
    harness.load(
        indicators=[card | ({"polarity": polarity} if polarity else {})],
        objectives=[{"id": "a", "level": "l", "title": "A"}],
    )
    observed = {"text": value} if value else {"numerator": "40", "denominator": "100"}
    harness.on("2022-10-20").measure(series=f"{PLAN}.x", period="2022", data_as_at="2022-10-16", **observed)
    harness.on("2022-10-25").revise(after, "2022-10-24", indicator="x")
    assert _raised(harness) == expected
    harness.store.close()


# ---- what looks for a way around ------------------------------------------------------------------------------------


def test_a_bad_value_that_is_annulled_afterwards_was_known_all_the_same(harness: ServiceHarness) -> None:
    made = _measured(harness)
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    harness.on("2022-10-05").annul(made.versions["administration/cciaa-prova"][1], measurements=True)
    found = {one["rule"]: one for one in _flags(harness)["flags"]}
    assert set(found) == {"eased_after_bad_value", "just_crosses"}
    assert "annullato" in found["eased_after_bad_value"]["words"]


def test_a_value_that_had_been_annulled_by_then_was_not_known(harness: ServiceHarness) -> None:
    made = _measured(harness)
    harness.on("2022-09-20").annul(made.versions["administration/cciaa-prova"][1], measurements=True)
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    assert _raised(harness) == set()


def test_a_figure_that_is_not_there_does_not_hide_the_one_that_was(harness: ServiceHarness) -> None:
    _measured(harness, period="2022-H1", data_as_at="2022-06-30")
    _measured(harness, "non disponibile", on="2022-09-20", finality="provisional")
    harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    assert "eased_after_bad_value" in _raised(harness)


def test_an_act_of_december_with_an_earlier_effect_was_decided_in_december(harness: ServiceHarness) -> None:
    change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 69%"}
    harness.on("2022-12-22").change(
        change, act={"body": "Giunta", "date": "2022-12-20"}, effective_on="2022-06-01", retroactive="così l'atto"
    )
    found = {one["rule"]: one for one in _flags(harness)["flags"]}
    assert set(found) == {"decided_late", "recorded_late", "retroactive"}
    assert "con effetto dal 01/06/2022" in found["decided_late"]["words"]


def test_the_last_sixty_days_begin_on_the_second_of_november(harness: ServiceHarness) -> None:
    harness.on("2022-11-03").revise(">= 69%", "2022-11-01")
    assert _raised(harness) == set()
    harness.on("2022-11-03").revise(">= 68%", "2022-11-02")
    assert _raised(harness) == {"decided_late"}


def test_a_share_of_weight_is_moved_by_one_weight_alone_and_by_two_recordings(harness: ServiceHarness) -> None:
    _measured(harness, "9%", series=f"{PLAN}.cassetto")
    _measured(harness, "20/05/2022", series=f"{PLAN}.regolamento")
    lighter = {"verb": "reweigh_indicator", "object": "cassetto", "objective": "a2", "weight": "10"}
    harness.on("2022-10-03").change(lighter)
    found = _flags(harness)["flags"]
    assert [one["rule"] for one in found] == ["weight_to_passing"]
    assert "da 50 a 10 punti, dal 50,0% al 16,7%" in found[0]["words"]
    heavier = {"verb": "reweigh_indicator", "object": "regolamento", "objective": "a2", "weight": "90"}
    harness.on("2022-10-04").change(heavier)
    assert [one["rule"] for one in _flags(harness)["flags"]] == ["weight_to_passing"]


def test_weights_scaled_together_move_nothing(harness: ServiceHarness) -> None:
    _measured(harness, "9%", series=f"{PLAN}.cassetto")
    _measured(harness, "20/05/2022", series=f"{PLAN}.regolamento")
    both = [
        {"verb": "reweigh_indicator", "object": one, "objective": "a2", "weight": "25"}
        for one in ("cassetto", "regolamento")
    ]
    harness.on("2022-10-03").change(*both)
    assert _raised(harness) == set()


def test_the_second_target_of_a_cell_is_missed_too(harness: ServiceHarness) -> None:
    _measured(harness, "20/05/2022", series=f"{PLAN}.regolamento")
    change = {"verb": "revise_target", "object": "regolamento", "year": 2022, "ordinal": 2, "target": "entro il 30/4"}
    harness.on("2022-09-20").change(change, act="delibera di Giunta n. 7 del 18/09/2022")
    harness.on("2022-10-03").change({"verb": "withdraw_indicator", "object": "regolamento"})
    assert _raised(harness) == {"withdrawn_while_failing"}


def test_what_is_lowered_and_withdrawn_on_one_day_is_held_against_the_day_before(harness: ServiceHarness) -> None:
    _measured(harness)
    lowered = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
    harness.on("2022-10-03").change(lowered, {"verb": "withdraw_indicator", "object": "incasso"})
    assert _raised(harness) == {"eased_after_bad_value", "withdrawn_while_failing"}


def test_an_objective_merged_or_neutralised_while_its_indicator_fails(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-03").change({"verb": "neutralise_objective", "object": "a1", "year": 2022})
    assert [one["rule"] for one in _flags(harness)["flags"]] == ["withdrawn_while_failing"]
    assert "neutralizzato nel 2022 l'obiettivo" in _flags(harness)["flags"][0]["words"]
    harness.on("2022-10-05").change({"verb": "merge_objective", "object": "a1", "into": "a2"})
    words = [one["words"] for one in _flags(harness)["flags"] if one["rule"] == "withdrawn_while_failing"]
    assert [one.partition(" «")[0] for one in words] == ["neutralizzato nel 2022 l'obiettivo", "accorpato l'obiettivo"]


def test_an_indicator_that_goes_on_elsewhere_is_not_withdrawn(harness: ServiceHarness) -> None:
    _measured(harness)
    harness.on("2022-10-01").change(
        {"verb": "assign_indicator", "object": "incasso", "objective": "a2", "weight": "10"}
    )
    harness.on("2022-10-03").change({"verb": "unassign_indicator", "object": "incasso", "objective": "a1"})
    assert "withdrawn_while_failing" not in _raised(harness)


def test_eased_and_put_back_in_one_year_is_not_eased(harness: ServiceHarness) -> None:
    harness.on("2022-06-03").revise(">= 69%", "2022-06-01")
    harness.on("2022-07-03").revise(">= 72%", "2022-07-01")
    harness.on("2023-06-03").revise(">= 69%", "2023-06-01", year=2023)
    assert _raised(harness, year=2023, as_of="2023-12-31") == set()


def test_years_eased_in_the_plan_before_count(harness: ServiceHarness) -> None:
    harness.on("2022-06-03").revise(">= 69%", "2022-06-01")
    following = "prova-2023-2025"
    harness.on("2023-02-05").load(
        plan={"id": following, "title": "Piano dopo", "first_year": 2023, "last_year": 2025, "predecessor": PLAN},
        act="delibera di Giunta n. 2 del 31/01/2023",
        objectives=[{"id": "a", "level": "l", "title": "A"}],
        indicators=[
            {"id": "inc", "series": f"{PLAN}.incasso", "objective": "a", "name": "Incasso",
             "targets": [{"year": 2023, "text": ">= 71%"}]}
        ],
    )  # fmt: skip
    harness.on("2023-06-03").revise(">= 70%", "2023-06-01", indicator="inc", year=2023, plan=following)
    found = harness.ask(flags, following, 2023, point("2023-12-31"))["flags"]
    assert [one["rule"] for one in found] == ["eased_every_year"]
    assert f"2022, 2023 (anche nei piani {PLAN})" in found[0]["words"]


def test_a_run_that_ended_years_ago_is_not_of_this_year() -> None:
    case = EasedYears("«I»", (2019, 2020, 2022))
    rule = next(rule for rule in RULES if rule.name == "eased_every_year")
    assert rule.judge(case, Thresholds()).outcome == "clear"  # type: ignore[union-attr]


def test_a_part_of_a_year_is_not_held_against_a_whole_one(harness: ServiceHarness) -> None:
    _measured(harness, "80%", period="2021", data_as_at="2021-12-31", on="2022-02-10")
    _measured(harness, "75%", period="2022-H1", data_as_at="2022-06-30")
    harness.on("2022-10-03").change(
        {"verb": "redefine_indicator", "object": "incasso", "formula": "incassato / emesso * 100"}
    )
    assert _raised(harness) == set()


def test_a_figure_put_in_the_place_of_another_after_validation(harness: ServiceHarness) -> None:
    _measured(harness, finality="provisional")
    harness.on("2023-05-05")
    say(harness.service, PLAN, ValidateReport(year=2022, words="Validata."), harness.caller())
    assert _raised(harness, as_of="2023-12-31") == set()
    made = _measured(harness, "72%", on="2023-06-05", data_as_at="2022-12-31")
    assert _raised(harness, as_of="2023-12-31") == {"restated_after_validation"}
    harness.on("2023-06-06").annul(made.versions["administration/cciaa-prova"][1], measurements=True)
    words = [one["words"] for one in _flags(harness, as_of="2023-12-31")["flags"]]
    assert len(words) == 1
    assert "nessun valore (annullato)" in words[0]


def test_a_system_is_adopted_for_its_year_and_refused_with_where_and_what(harness: ServiceHarness) -> None:
    harness.on("2022-11-20").revise(">= 75%", "2022-11-18")
    system = {"flags": {"last_days": 10}}
    act = "delibera di Giunta n. 3 del 02/02/2023"
    harness.on("2023-02-03").change({"verb": "adopt_system", "year": 2023, "system": system}, act=act)
    harness.on("2023-11-20").revise(">= 75%", "2023-11-18", year=2023)
    assert (_raised(harness), _raised(harness, year=2023, as_of="2023-12-31")) == ({"decided_late"}, set())
    wrong: dict[str, Any] = {"last_days": 400, "off": ["nessuna"], "nuova": 1, "eased_years": True}
    with pytest.raises(Malformed) as refused:
        harness.change({"verb": "adopt_system", "year": 2024, "system": {"flags": wrong}}, act=act)
    assert [one.where for one in refused.value.problems] == [f"changes[0].system.flags.{name}" for name in wrong]
