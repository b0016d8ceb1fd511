"""The regions that are remembered are those that the record has; of as many plans as may be."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from domain.point import Point
from projections.plan_regions import Region, RegionCache
from tests.support.harness import PLAN, ServiceHarness, document

OTHER = "altra-2022-2024"


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path_factory.mktemp("regioni") / "regioni.sqlite").on("2022-02-05")
    made.load()
    made.load(plan=document()["plan"] | {"id": OTHER})
    made.on("2022-10-03").revise(">= 68%", "2022-09-30")
    made.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    made.annul(made.store.head(f"plan/{PLAN}").version)
    yield made
    made.store.close()


def test_every_point_lies_in_the_region_that_was_remembered_of_another_one(harness: ServiceHarness) -> None:
    cache = RegionCache()
    days = [date(2022, 1, 30) + timedelta(days=day) for day in range(0, 400, 3)]
    with harness.store.reading() as reader:
        instants = [
            at for stream in (f"plan/{PLAN}", "administration/cciaa-prova") for *_, at in reader.appends(stream)
        ]
        points = [Point(day, at and at + timedelta(seconds=1)) for day in days for at in (None, *instants)]
        seen = 0
        for point in points:
            region = Region.at(reader, PLAN, point)
            regions = cache.get(PLAN)
            remembered = None if regions is None else regions.find(point)
            if remembered is not None:
                seen += 1
                assert remembered._replace(is_published=None) == region
                assert remembered.tag(point.as_of) == region.tag(point.as_of)
            cache.put(reader, region, point, is_settled=True)
        assert seen > len(points) * 3 // 4


def test_the_regions_of_the_plan_that_was_asked_for_longest_ago_go_first(harness: ServiceHarness) -> None:
    point = Point(date(2022, 10, 10))
    with harness.store.reading() as reader:
        both = [Region.at(reader, plan, point) for plan in (PLAN, OTHER)]
        whole = RegionCache()
        for region in both:
            whole.put(reader, region, point, is_settled=False)
        marks = [regions.marks for plan in (PLAN, OTHER) if (regions := whole.get(plan))]
        few = RegionCache(most_marks=sum(marks) - 1)
        for region in (*both, both[1]):
            few.put(reader, region, point, is_settled=False)
        assert (few.get(PLAN), few.get(OTHER) is None) == (None, False)
