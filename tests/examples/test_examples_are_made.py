"""The example plans are what `examples.make` makes of the printed rows, and hold all of them."""

import json
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from domain.acts.citation import ActPart
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.documents.warnings import document_trees
from domain.indicators.commands import AddIndicator
from domain.objectives.commands import AddObjective
from domain.targets.commands import ReviseTarget, SetTarget
from examples import make

ROOT = Path(make.HERE).parent
SIZES = {
    "frosinone-latina-2022-2024": (21, 46, 138),
    "lecce-2021-2023": (57, 93, 129),
    "riviere-di-liguria-2022-2024": (76, 119, 162),
    "maremma-e-tirreno-2022-2026": (362, 293, 433),
    "brindisi-2022-2024": (41, 79, 113),
}


def document(plan: str) -> PlanDocument:
    return PlanDocument.model_validate_json((make.HERE / "plans" / f"{plan}.json").read_bytes())


def change_file(name: str) -> ChangeFile:
    return ChangeFile.model_validate_json((make.HERE / "changes" / f"{name}.json").read_bytes())


@pytest.fixture(scope="module")
def plans() -> dict[str, PlanDocument]:
    return {plan: document(plan) for plan in SIZES}


@pytest.fixture(scope="module")
def update() -> ChangeFile:
    return change_file("riviere-di-liguria-2023-update")


def added_objectives(plan: str, update: ChangeFile) -> list[AddObjective]:
    return [change for change in update.changes if isinstance(change, AddObjective) and update.plan == plan]


def added_indicators(plan: str, update: ChangeFile) -> list[AddIndicator]:
    return [change for change in update.changes if isinstance(change, AddIndicator) and update.plan == plan]


def set_targets(plan: str, update: ChangeFile) -> list[SetTarget]:
    return [change for change in update.changes if isinstance(change, SetTarget) and update.plan == plan]


def test_the_files_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "examples.make", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_file_that_differs_or_is_missing_is_named() -> None:
    made = make.files()
    path = make.plan_path(make.LECCE)
    missing = make.change_path(make.LECCE, "never-made")
    assert make.out_of_date(made) == []
    assert make.out_of_date(made | {path: "{}\n", missing: "{}\n"}) == [path, missing]
    assert make.out_of_date({name: text for name, text in made.items() if name != path}) == [path]


@pytest.mark.parametrize("plan", SIZES)
def test_nothing_printed_is_lost(plan: str, plans: dict[str, PlanDocument], update: ChangeFile) -> None:
    first, more = plans[plan].indicators, added_indicators(plan, update)
    objectives = len(plans[plan].objectives) + len(added_objectives(plan, update))
    targets = sum(len(row.targets) for row in first) + sum(len(row.targets) for row in more)
    assert (objectives, len(first) + len(more), targets + len(set_targets(plan, update))) == SIZES[plan]


def test_there_are_630_indicators_and_975_targets() -> None:
    assert sum(indicators for _, indicators, _ in SIZES.values()) == 630
    assert sum(targets for _, _, targets in SIZES.values()) == 975


@pytest.mark.parametrize("plan", SIZES)
def test_no_id_is_there_twice(plan: str, plans: dict[str, PlanDocument], update: ChangeFile) -> None:
    objectives = [row.id for row in plans[plan].objectives] + [row.object for row in added_objectives(plan, update)]
    indicators = [row.id for row in plans[plan].indicators] + [row.object for row in added_indicators(plan, update)]
    assert [id_ for id_, times in Counter(objectives).items() if times > 1] == []
    assert [id_ for id_, times in Counter(indicators).items() if times > 1] == []


@pytest.mark.parametrize("plan", SIZES)
def test_every_parent_and_every_objective_is_there_before_it_is_named(
    plan: str, plans: dict[str, PlanDocument], update: ChangeFile
) -> None:
    there = {row.id for row in plans[plan].objectives}
    assert {row.parent for row in plans[plan].objectives} - {None} <= there
    assert {row.objective for row in plans[plan].indicators} <= there
    for change in update.changes if update.plan == plan else ():
        if isinstance(change, AddObjective):
            assert change.parent is None or change.parent in there
            there.add(change.object)
        elif isinstance(change, AddIndicator):
            assert change.objective in there


@pytest.mark.parametrize("plan", SIZES)
def test_what_classifies_an_objective_is_a_node_of_another_tree_and_no_heading_is_lost(
    plan: str, plans: dict[str, PlanDocument]
) -> None:
    rows, nodes = plans[plan].objectives, plans[plan].trees
    assert {key for row in rows for key in row.classifications.values()} <= {node.id for node in nodes}
    printed = json.loads((make.HERE / "printed" / f"{plan[:-10]}.json").read_text(encoding="utf-8"))["objectives"]
    assert {node.id for node in nodes} | {row.id for row in rows} <= {row["key"] for row in printed}
    assert {node.id for node in nodes}.isdisjoint(row.id for row in rows)
    if plan != "riviere-di-liguria-2022-2024":  # of which the update brings the rest
        assert len(nodes) + len(rows) == len(printed)


def test_a_programme_stands_under_its_mission(plans: dict[str, PlanDocument]) -> None:
    nodes = {node.id: node for node in plans["brindisi-2022-2024"].trees}
    assert {node.parent for node in nodes.values() if node.level == "mission"} == {None}
    assert all(node.parent == f"mis{id_[3:6]}" for id_, node in nodes.items() if node.level == "program")


def test_no_root_of_a_plan_is_empty_and_a_spoiled_title_is_printed_whole_or_says_so(
    plans: dict[str, PlanDocument],
) -> None:
    maremma = plans["maremma-e-tirreno-2022-2026"]
    parents = {row.parent for row in maremma.objectives} | {row.objective for row in maremma.indicators}
    assert [row.id for row in maremma.objectives if row.parent is None and row.id not in parents] == []
    titles = {row.id: row.title for row in maremma.objectives}
    assert {titles[key] for key in make.PRINTED_WHOLE} == {titles[key] for key in make.PRINTED_WHOLE.values()}
    assert all(str(titles[key]).endswith(make.SIC) for key in make.ILLEGIBLE)


@pytest.mark.parametrize("plan", SIZES)
def test_every_plan_brings_its_act_with_an_assumed_date(plan: str, plans: dict[str, PlanDocument]) -> None:
    act = plans[plan].act
    assert isinstance(act, ActPart)
    assert (act.body, act.type, act.assumed) == ("Giunta", "delibera", True)
    assert act.date.isoformat() == ("2021-01-31" if plan.startswith("lecce") else "2022-01-31")
    assert plans[plan].retrospective


def test_the_values_of_earlier_years_belong_to_indicators_that_are_there_or_enter_later(
    plans: dict[str, PlanDocument], update: ChangeFile
) -> None:
    plan = "riviere-di-liguria-2022-2024"
    ids = {row.id for row in plans[plan].indicators} | {row.object for row in added_indicators(plan, update)}
    values = plans[plan].measurements
    assert {row.series for row in values} <= {f"{plan}.{id_}" for id_ in ids}
    assert {row.data_as_at.strftime("%m-%d") for row in values if row.finality == "final"} == {"12-31"}
    early = [
        row.text for row in values if row.data_as_at.strftime("%m-%d") == "09-30" and row.finality == "provisional"
    ]
    assert early == ["108 (dato al monitoraggio)", "241 (dato al monitoraggio)"]


def test_the_riviere_plan_of_january_2022_holds_what_has_a_target_for_2022(plans: dict[str, PlanDocument]) -> None:
    plan = plans["riviere-di-liguria-2022-2024"]
    assert len(plan.indicators) == 18
    assert all(2022 in {target.year for target in row.targets} for row in plan.indicators)
    (collected,) = (row for row in plan.indicators if row.id == "percentuale-di-incasso-del-diritto-annuale")
    assert [target.text for target in collected.targets] == ["70,34%", ">= 70%", ">= 72,62%"]


def test_the_riviere_monitoring_lowers_one_target() -> None:
    monitoring = change_file("riviere-di-liguria-2022-monitoring")
    (change,) = monitoring.changes
    assert isinstance(change, ReviseTarget)
    assert (change.object, change.year, change.target) == ("percentuale-di-incasso-del-diritto-annuale", 2022, "68%")
    assert change.justification
    assert change.cause == "new_data"


def test_the_riviere_update_approves_2023_and_gives_the_reason_of_every_revision(update: ChangeFile) -> None:
    revisions = [change for change in update.changes if isinstance(change, ReviseTarget)]
    assert update.approves_year == 2023
    assert len(revisions) == 12
    assert all(change.justification and change.cause for change in revisions)
    assert {change.year for change in revisions} == {2023, 2024}
    assert {change.target[:2] for change in revisions} == {">="}  # the sign in force, which the printed note leaves out


def test_two_dates_in_one_cell_are_two_targets(plans: dict[str, PlanDocument]) -> None:
    pairs = [
        [(target.ordinal, target.text) for target in row.targets]
        for row in plans["maremma-e-tirreno-2022-2026"].indicators
        if len({target.year for target in row.targets}) < len(row.targets)
    ]
    assert pairs
    assert all(pair == [(1, "30/06/2022"), (2, "31/12/2022")] for pair in pairs)


def test_the_brindisi_monitoring_reports_on_what_is_there_and_measures_one_indicator(
    plans: dict[str, PlanDocument],
) -> None:
    plan = plans["brindisi-2022-2024"]
    monitoring = change_file("brindisi-2022-monitoring")
    objectives = {row.id for row in plan.objectives}
    assert monitoring.changes == ()
    assert monitoring.act is None
    assert {row.id for row in monitoring.statuses if row.subject == "indicator"} == {row.id for row in plan.indicators}
    assert {row.id for row in monitoring.statuses if row.subject == "objective"} <= objectives
    assert Counter(row.status for row in monitoring.statuses if row.subject == "objective") == {
        "in_line": 31,
        "reached": 2,
        "at_risk": 2,
        "not_reported": 1,
    }
    (measured,) = monitoring.measurements
    (indicator,) = (row for row in plan.indicators if measured.series == f"{plan.plan.id}.{row.id}")
    assert (indicator.objective, indicator.codes) == ("op1.6.1", {"KPI": "1.1."})
    assert (measured.value, measured.unit) == (Decimal("69.5"), "%")


def test_the_further_trees_of_the_plans_are_as_large_as_the_page_says() -> None:
    page = (make.HERE / "README.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    found: list[tuple[str, ...]] = []
    for plan in SIZES:
        content = document(plan)
        parents = {row.id: row.parent for row in content.objectives}
        serving = {
            row.id: [place.objective for place in row.assignments] or [str(row.objective)] for row in content.indicators
        }
        for name, tree in document_trees(content).items():
            sizes = (len(tree.nodes), tree.depth, len(tree.placed), len(tree.unplaced(parents)))
            twice = len([*tree.placed_twice(parents, serving)])
            found.append((plan, name, *map(str, (*sizes, twice))))
    assert found
    assert sorted(said) == sorted(found)
