"""From one plan to the next on the record: which plan comes before, what differs, what the flags and the evidence say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import NotFound
from projections.evidence import evidence
from projections.flags import flags
from projections.successive_plans import predecessor_differences
from tests.support.harness import PLAN, ServiceHarness, document, point

NEXT = "prova-2023-2025"
ACT = "delibera di Giunta n. 2 del 31/01/2023"
TARGETS = {"incasso": ">= 71%", "cassetto": ">= 15%"}


@pytest.fixture
def harness(sqlite_path: Path) -> Iterator[ServiceHarness]:
    """A harness with the small plan of 2022-2024."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    yield harness
    harness.store.close()


def follow(
    harness: ServiceHarness, *, plan: str = NEXT, on: str = "2023-02-01", linked: bool = True, **how: Any
) -> None:
    """Loads the next plan: the same indicators, with the targets that the test says for 2023."""
    targets = how.pop("targets", TARGETS)
    predecessor = how.pop("predecessor", PLAN)
    rows = [
        row
        | ({"series": f"{PLAN}.{row['id']}"} if linked else {})
        | {"targets": [{"year": 2023, "text": targets[row["id"]]}] if targets[row["id"]] else []}
        for row in document()["indicators"]
        if row["id"] in targets
    ]
    head = {"id": plan, "title": "Piano 2023-2025", "first_year": 2023, "last_year": 2025}
    parts = {"act": ACT, "indicators": rows} | how
    harness.on(on).load(plan=head | ({"predecessor": predecessor} if predecessor else {}), **parts)


def differences(
    harness: ServiceHarness, plan: str = NEXT, as_of: str = "2023-12-31", known: str | None = None, **how: Any
) -> Any:
    return harness.ask(predecessor_differences, plan, point(as_of, known), **how)["differences"]


def ways(compared: Any) -> dict[str, str]:
    """The directions of the targets, by indicator and year."""
    return {
        f"{row['indicator_before'] or row['indicator_after']} {target['year']}/{target['ordinal']}": target["direction"]
        for row in compared["series"]
        for target in row["targets"]
    }


def raised(harness: ServiceHarness, year: int = 2023, as_of: str = "2023-12-31") -> list[dict[str, Any]]:
    listed = harness.ask(flags, NEXT, year, point(as_of))["flags"]
    return [flag for flag in listed if flag["rule"] == "eased_between_plans"]


def test_a_target_quietly_eased_between_two_plans_is_seen(harness: ServiceHarness) -> None:
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"})
    compared = differences(harness)
    assert (compared["predecessor"], compared["stated"], compared["compared_on"]) == (PLAN, True, "2023-01-31")
    assert ways(compared) == {"incasso 2023/1": "easier", "cassetto 2023/1": "neutral"}
    assert compared["counts"]["targets"] == {"easier": 1, "harder": 0, "neutral": 1, "undetermined": 0}
    assert compared["counts"]["indicators"]["dropped"] == 1
    (flag,) = raised(harness)
    assert (flag["severity"], flag["indicator"], flag["id"]) == (
        "medium",
        "incasso",
        "eased_between_plans/incasso-2023-1",
    )
    assert raised(harness, year=2024) == []


def test_what_had_been_eased_in_the_plan_before_is_counted_there_and_not_here(harness: ServiceHarness) -> None:
    harness.on("2022-10-03").revise(">= 60%", "2022-09-30", year=2023)
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"})
    assert ways(differences(harness))["incasso 2023/1"] == "neutral"
    assert raised(harness) == []


@pytest.mark.parametrize("predecessor", [None, "un-piano-che-non-c-e"])
@pytest.mark.parametrize("linked", [True, False])
def test_to_name_no_plan_before_or_to_cut_the_series_hides_nothing(
    harness: ServiceHarness, predecessor: str | None, *, linked: bool
) -> None:
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"}, predecessor=predecessor, linked=linked)
    compared = differences(harness)
    assert (compared["predecessor"], compared["stated"]) == (PLAN, False)
    assert ways(compared)["incasso 2023/1"] == "easier"
    assert compared["counts"]["indicators"]["cut"] == (0 if linked else 2)
    assert [flag["indicator"] for flag in raised(harness)] == ["incasso"]


def test_to_name_a_plan_of_other_indicators_hides_nothing(harness: ServiceHarness) -> None:
    head = {"id": "altra-2022-2024", "title": "Altra", "first_year": 2022, "last_year": 2024}
    indicators = [{"id": "altro", "objective": "a", "name": "Altro", "targets": [{"year": 2023, "text": "1"}]}]
    harness.load(plan=head, indicators=indicators, administration={"id": "altra", "name": "Altra"})
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"}, predecessor="altra-2022-2024")
    compared = differences(harness)
    assert (compared["predecessor"], compared["stated"]) == (PLAN, False)
    assert [flag["indicator"] for flag in raised(harness)] == ["incasso"]
    follow(harness, plan="sola-2023-2025", targets={}, predecessor="altra-2022-2024")
    assert differences(harness, "sola-2023-2025")["predecessor"] == "altra-2022-2024"


def test_the_latest_of_the_earlier_plans_is_the_one_before(harness: ServiceHarness) -> None:
    follow(harness, predecessor=None, targets=TARGETS | {"incasso": ">= 60%"})
    head = {"id": "prova-2024-2026", "title": "P", "first_year": 2024, "last_year": 2026}
    rows = [row | {"targets": []} for row in document()["indicators"]]
    harness.on("2024-02-01").load(plan=head, indicators=rows, act="delibera di Giunta n. 3 del 31/01/2024")
    assert differences(harness, "prova-2024-2026", "2024-06-30")["predecessor"] == NEXT
    assert differences(harness, "prova-2024-2026", "2024-06-30", before=PLAN)["predecessor"] == PLAN


def test_before_it_was_drafted_a_plan_follows_none(harness: ServiceHarness) -> None:
    follow(harness)
    with pytest.raises(NotFound):
        differences(harness, as_of="2022-12-31")


def test_a_plan_that_follows_none_says_so(harness: ServiceHarness) -> None:
    assert differences(harness, PLAN) is None
    other = {"id": "altra-2023-2025", "title": "Altra", "first_year": 2023, "last_year": 2025}
    rows = [row | {"targets": []} for row in document()["indicators"]]
    owner = {"id": "altra", "name": "Altra"}
    harness.on("2023-02-01").load(plan=other, administration=owner, indicators=rows, act=ACT)
    assert differences(harness, "altra-2023-2025") is None
    assert harness.ask(evidence, PLAN, 2022, point("2022-12-31"))["from_plan_before"] is None


def test_a_plan_before_that_is_not_there_is_refused(harness: ServiceHarness) -> None:
    follow(harness)
    with pytest.raises(NotFound):
        differences(harness, before="non-ce")


def test_what_was_known_is_what_is_compared(harness: ServiceHarness) -> None:
    follow(harness, targets=TARGETS | {"incasso": ">= 65%"})
    harness.on("2023-06-01").change(
        {"verb": "revise_target", "object": "incasso", "year": 2023, "target": ">= 60%"},
        act="delibera di Giunta n. 12 del 15/12/2022",
    )
    assert ways(differences(harness))["incasso 2023/1"] == "harder"
    assert ways(differences(harness, known="2023-05-31"))["incasso 2023/1"] == "easier"


def test_a_draft_is_held_against_what_is_in_force_on_the_date(harness: ServiceHarness) -> None:
    draft = {"id": NEXT, "title": "Bozza", "first_year": 2023, "last_year": 2025, "drafted_on": "2022-11-15"}
    rows = [row | {"targets": [{"year": 2023, "text": ">= 60%"}]} for row in document()["indicators"][:1]]
    harness.on("2022-11-20").load(plan=draft, indicators=rows, act=None)
    harness.on("2022-12-10").revise(">= 55%", "2022-12-05", year=2023)
    before, after = differences(harness, as_of="2022-11-30"), differences(harness, as_of="2022-12-31")
    assert (before["approved"], before["compared_on"]) == (False, "2022-11-30")
    assert (ways(before)["incasso 2023/1"], ways(after)["incasso 2023/1"]) == ("easier", "harder")


def test_an_indicator_that_failed_and_is_left_out_is_raised(harness: ServiceHarness) -> None:
    harness.on("2023-01-10").measure(series=f"{PLAN}.cassetto", period="2022", text="9%", data_as_at="2022-12-31")
    follow(harness, targets={"incasso": ">= 71%", "regolamento": None})
    (flag,) = raised(harness)
    assert flag["id"] == "eased_between_plans/cassetto-dropped"
    assert "9%" in flag["words"]
    version = flag["events"][0]["version"]
    with harness.store.reading() as reader:
        assert reader.records(f"plan/{NEXT}", [version])[0].event.topic == "plan-approved"


def test_the_counts_are_those_of_the_lists(harness: ServiceHarness) -> None:
    follow(
        harness,
        targets=TARGETS | {"incasso": ">= 60%"},
        objectives=[row | {"weight": "50"} if row["id"] != "a" else row for row in document()["objectives"]],
    )
    compared = differences(harness)
    counts, series = compared["counts"], compared["series"]
    assert sum(counts["targets"].values()) == sum(len(row["targets"]) for row in series)
    fates = [row["change"] for row in series]
    assert all(counts["indicators"][fate] == fates.count(fate) for fate in ("continues", "dropped", "added"))
    assert counts["objectives"] == {"dropped": 0, "added": 0, "changed": len(compared["objectives"])}
    assert [row["objective_after"] for row in compared["objectives"]] == ["a1", "a2"]


def test_the_evidence_says_what_differs_and_cites_the_events_of_the_plan(harness: ServiceHarness) -> None:
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"})
    report = harness.ask(evidence, NEXT, 2023, point("2023-12-31"))
    rows = report["from_plan_before"]["series"]
    assert [(row["indicator_before"], row["change"]) for row in rows] == [
        ("incasso", "continues"),
        ("regolamento", "dropped"),
    ]
    assert rows[0]["events"] and rows[0]["versions_before"]  # noqa: PT018 - both sides are named
    with harness.store.reading() as reader:
        (event,) = reader.records(f"plan/{NEXT}", [row["version"] for row in rows[0]["events"]])
    assert event.event.topic == "target-set"
    assert [flag["rule"] for flag in report["flags"]["flags"]] == ["eased_between_plans"]
