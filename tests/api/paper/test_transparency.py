"""What is published of a plan: nothing that was observed of a year that is not closed, in any of its files."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from api.paper.model import text_of
from api.paper.transparency import Publication, left_over, published_plan
from domain.point import Point
from projections.store.envelope import read_instant
from tests.api.pages.changed_plan import ChangedPlan
from tests.api.paper.conftest import ORIGIN
from tests.support.harness import PLAN, versions

Published = Callable[[str], Publication]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """What is published, as known on a day, of a plan whose first year is measured, closed, and no longer closed."""
    folder: Path = tmp_path_factory.mktemp("chiuso")
    harness = ChangedPlan(folder).harness
    closing = {"verb": "close_year", "year": 2022}
    closed = versions(harness.on("2023-06-10").change(closing, act="delibera di Giunta n. 5 del 09/06/2023"))[0]
    harness.on("2023-07-10").annul(closed, act="delibera di Giunta n. 6 del 09/07/2023")

    @cache
    def known(day: str) -> Publication:
        with harness.store.reading() as reader:
            instant = read_instant(f"{day}T20:00:00Z")
            return published_plan(
                reader, PLAN, Point(instant.date(), instant), now=instant, language="it", origin=ORIGIN
            )

    yield known
    harness.store.close()


@pytest.mark.parametrize("day", ["2022-12-31", "2023-07-11"])
def test_nothing_observed_is_published_of_a_year_that_is_not_closed(published: Published, day: str) -> None:
    of_day = published(day)
    assert [name for name, _ in of_day.papers] == ["piano", "variazioni-2022"]
    _, plan = of_day.papers[0]
    said = [text_of(line) for line in plan.lines()]
    assert "≥\u00a066,915%" in said
    assert not [words for words in said if "67%" in words or "aggiunt" in words or "Performance" in words]
    data = {file.name: file.content for file in of_day.data} | {"piano.json": plan.twin.content}
    assert not [name for name, content in data.items() if b"67%" in content or b'"measurements"' in content]
    assert b"66,915%" in data["dati/indicatori.csv"]


def test_a_closed_year_is_published_with_its_results_and_no_other_is(published: Published) -> None:
    of_day = published("2023-06-11")
    assert [name for name, _ in of_day.papers] == ["piano", "variazioni-2022", "risultati-2022"]
    assert any("67%" in text_of(line) for line in of_day.papers[-1][1].lines())
    assert not any("67%" in text_of(line) for line in of_day.papers[0][1].lines())
    assert b";67%;" in next(file.content for file in of_day.data if file.name == "dati/misurazioni.csv")


def test_what_a_folder_keeps_of_a_year_that_is_published_no_more_is_told() -> None:
    found = ["index.html", "risultati-2022.pdf", "risultati-2022.docx", "variazioni-2023.pdf", "variazioni-2022.pdf"]
    assert left_over(found, ["index.html", "variazioni-2022.pdf"]) == ["risultati-2022.pdf", "variazioni-2023.pdf"]


def test_no_mark_in_a_title_turns_what_the_page_says_around_it(published: Published) -> None:
    _, plan = published("2022-12-31").papers[0]
    made = Publication((("piano", replace(plan, plan_title="Piano \u202e<b>", blocks=())),), (), "it").files()
    page = made["index.html"].decode()
    assert "<h1>Piano �&lt;b&gt;</h1>" in page
    assert "\u202e" not in page
