"""Every figure of change is the length of its list, and what anybody would count who reads the record line by line."""

from datetime import date
from typing import Any
from uuid import uuid4

from hypothesis import Phase, given, settings

from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import SUBSTANCE
from domain.point import Point
from domain.recording import Recorded
from projections.change_rate import changes_of_year
from projections.evidence import evidence
from projections.plan_history import plan_history
from projections.store.reader import Reader
from projections.store.store import Store
from tests.projections.across.histories import FIRST, LEVELS, OBJECTIVES, PLANS, STEPS, Clock, recorded

END = Point(date(2024, 12, 31))


def naive_annulled(records: list[Recorded]) -> set[int]:
    """The versions that do not count, by going through the annulments from the last to the first."""
    annulled: set[int] = set()
    for record in reversed(records):
        if isinstance(record.event, EventsAnnulled) and record.version not in annulled:
            annulled |= set(record.event.versions)
    return annulled


def naive_origin(record: Recorded, by_version: dict[int, Recorded]) -> Recorded:
    """What a record puts right, and what that put right, down to what was recorded first."""
    while record.claim == "correction" and record.restores and record.restores[0] in by_version:
        record = by_version[record.restores[0]]
    return record


def naive_counted(records: list[Recorded], year: int, first_year: int) -> list[Recorded]:
    """The changes of a year decided after the act that approved it, read line by line; corrections where they belong."""
    annulled = naive_annulled(records)
    by_version = {record.version: record for record in records}
    counting = [record for record in records if record.version not in annulled]
    approving = [
        r
        for r in counting
        if r.event.topic in {"plan-approved", "year-approved"} and getattr(r.event, "year", None) == year
    ]
    if not any(r.event.topic in {"plan-approved", "year-approved"} for r in counting):
        return []
    last = max(approving, key=lambda r: (r.effective_on, r.version), default=None)
    latest = last and naive_origin(last, by_version)
    counted = []
    for record in counting:
        touch = record.event.touch()
        if touch is None or touch.aspect == "classification" or record.effective_on > END.as_of:
            continue
        origin = naive_origin(record, by_version)
        if latest is None:
            after = origin.decided_on > date(year, 1, 1)
        else:
            together = by_version[latest.version].recorded_at == origin.recorded_at
            after = not together and (origin.decided_on, origin.version) > (latest.decided_on, latest.version)
        years = [touch.year] if touch.year else list(range(max(first_year, record.effective_on.year), first_year + 3))
        if after and year in years:
            counted.append(record)
    return counted


def adds_up(reader: Reader, plan: str, year: int, level: str | None) -> None:
    """Figures, their lists, and the naive recount of one year of one plan."""
    answer: Any = changes_of_year(reader, plan, year, END, level)
    history = plan_history(reader, plan, END)
    changes = {row["version"]: row for row in answer["changes"]}
    for unit in ("change_rate", "indicators", "targets"):
        for rate in answer[unit].values():
            assert rate["numerator"] == len(rate["objectives"]) == len(set(rate["objectives"]))
            assert rate["numerator"] <= rate["denominator"]
    for groups in (answer["by_level"], answer["by_office"], answer["rates_by_cause"], answer["rates_by_month"]):
        for rates in groups.values():
            assert all(rate["numerator"] == len(rate["objectives"]) for rate in rates.values())
    for variant, versions in answer["counted"].items():
        rate = answer["change_rate"][variant]
        assert set(versions) <= set(changes), "a figure counts only what is listed"
        assert all(changes[version]["counts"] and changes[version]["year"] == year for version in versions)
        touched = {objective for version in versions for objective in changes[version]["objectives"]}
        assert set(rate["objectives"]) <= touched
        if variant == "substance":
            assert all(changes[version]["aspect"] in SUBSTANCE for version in versions)
        if variant == "easier":
            assert all(changes[version]["direction"] == "easier" for version in versions)
    by_cause = {name for names in answer["by_cause"].values() for name in names}
    by_month = {name for names in answer["by_month"].values() for name in names}
    assert by_cause == by_month == set(answer["change_rate"]["any"]["objectives"])
    if level is None:
        naive = naive_counted(history.records, year, FIRST[plan])
        first_in = {record.version for record in naive if _first_year(history.records, record, FIRST[plan]) == year}
        listed = {row["version"] for row in answer["changes"] if row["counts"] and row["year"] == year}
        assert listed == first_in
        variations = {row["version"] for row in evidence(reader, plan, year, END)["variations"]}
        assert variations == set(changes)
        levels = answer["by_level"].values()
        assert sum(rates["any"]["numerator"] for rates in levels) == answer["change_rate"]["any"]["numerator"]
    else:
        assert all(LEVELS[name] == level for name in answer["change_rate"]["any"]["objectives"])
        assert all(any(LEVELS[name] == level for name in row["objectives"]) for row in changes.values())
        assert all(LEVELS[name.removeprefix("i-")] == level for name in answer["indicators"]["any"]["objectives"])


def _first_year(records: list[Recorded], record: Recorded, first_year: int) -> int | None:
    """The year that a change counts in: the first of those that it changes under way."""
    years = range(first_year, first_year + 3)
    return next((year for year in years if record in naive_counted(records, year, first_year)), None)


@settings(max_examples=30, phases=(Phase.explicit, Phase.generate))
@given(STEPS)
def test_every_figure_is_the_length_of_its_list_and_a_naive_recount(steps: list[Any]) -> None:
    store = Store(f"file:{uuid4().hex}?mode=memory&cache=shared", Clock())
    try:
        recorded(store, steps, lambda _: None)
        with store.reading() as reader:
            for plan in PLANS:
                for year in range(FIRST[plan], FIRST[plan] + 3):
                    for level in (None, *sorted(set(LEVELS.values()))):
                        adds_up(reader, plan, year, level)
        assert set(OBJECTIVES) == set(LEVELS)
    finally:
        store.close()
