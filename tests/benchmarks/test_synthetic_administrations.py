"""The synthetic administrations are the same each time, legal, like the five plans, and name nobody."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import orjson

from benchmarks.synthetic import PLANS, YEAR, fill, history, opened
from domain.annulments.events import EventsAnnulled
from domain.indicators.events import IndicatorAdded
from domain.measurements.events import MeasurementRecorded
from domain.plans.events import PlanApproved, YearApproved
from projections.change_rate import changes_of_year
from projections.plan_in_force import plan_in_force
from projections.store.envelope import EnvelopeMapper, Recordable
from tests.support.harness import point

MANY = 12


def _bytes(seed: int) -> list[bytes]:
    mapper = EnvelopeMapper()
    return [
        mapper.to_stored_event(Recordable(one.plan, place, pending, "prova", "prova")).state
        for one in (history(seed, number) for number in range(3))
        for step in one.steps
        for place, pending in enumerate((*step.owner, *step.plan), start=1)
    ]


def test_a_seed_gives_the_same_histories_and_another_seed_others() -> None:
    assert _bytes(1) == _bytes(1)
    assert _bytes(1) != _bytes(2)


def test_a_history_has_a_plan_its_year_two_monitorings_and_instants_that_rise() -> None:
    for number in range(MANY):
        made = history(1, number)
        events = Counter(type(one.event) for step in made.steps for one in (*step.owner, *step.plan))
        assert events[PlanApproved] == 1
        assert events[YearApproved] == 1
        assert events[MeasurementRecorded] == 2 * events[IndicatorAdded]
        instants = [step.at for step in made.steps]
        assert instants == sorted(instants)
        assert made.events == events.total()


def test_they_are_like_the_five_plans() -> None:
    profiles = [orjson.loads(path.read_bytes()) for path in PLANS.glob("*.json")]
    sizes = sorted(len(one["indicators"]) for one in profiles)
    drawn = [
        sum(isinstance(one.event, IndicatorAdded) for step in history(1, number).steps for one in step.plan)
        for number in range(60)
    ]
    assert sizes[0] / 2 <= min(drawn) <= max(drawn) <= sizes[-1]
    assert sizes[0] <= sum(drawn) / len(drawn) <= sizes[-1]


def test_a_store_is_filled_with_plans_that_answer_and_no_name_of_the_examples_is_in_it(sqlite_path: Path) -> None:
    store, clock = opened(sqlite_path)
    with closing(store):
        events = fill(store, clock, MANY)
        with store.reading() as reader:
            plans = [stream.removeprefix("plan/") for stream in reader.streams("plan/")]
            rates = [changes_of_year(reader, plan, YEAR, point("2023-12-31"))["change_rate"]["any"] for plan in plans]
            shown = [plan_in_force(reader, plan, point("2023-12-31")) for plan in plans]
            rows = reader.select_notifications(limit=100_000)
        assert len(plans) == len(set(plans)) == MANY
        assert all(one["denominator"] for one in rates)
        assert 0 < sum(one["numerator"] for one in rates) < sum(one["denominator"] for one in rates) / 2
        assert all(one["indicators"] for one in shown)
        assert len(rows) == events
        written = b"".join(row.state for row in rows).decode()
        for path in PLANS.glob("*.json"):
            printed = orjson.loads(path.read_bytes())
            assert printed["administration"]["name"] not in written
            titles = [row["title"] for row in printed["objectives"] if len(row.get("title") or "") > 15]
            assert not any(title in written for title in titles)
    kinds = {type(one.event) for number in range(60) for step in history(1, number).steps for one in step.plan}
    assert EventsAnnulled in kinds
