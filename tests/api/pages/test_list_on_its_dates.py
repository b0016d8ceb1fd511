"""The list of plans is read on the dates of its address, and a page says its language where it is handed on."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from api.pages import plan_reading
from api.pages.plan_reading import PlanReading
from api.pages.plans import PlanFigures, _figures, _made_once
from domain.point import Point
from domain.scoring.inputs import Scored, score_year
from tests.support.chamber import DRAFTS, OWN, PUBLISHED, Browser, Chambers

PLAN = PUBLISHED[OWN]
PAST = "as_of=2022-03-01&known_at=2022-03-01T00:00:00Z"


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path, public=True)
    made.harness.on("2022-09-20").change(
        {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 65%"}, justification="calo"
    )
    made.harness.on("2022-11-20")
    yield made
    made.close()


@pytest.fixture
def anonymous(chambers: Chambers) -> Browser:
    return Browser(chambers)


def test_the_list_is_that_of_its_dates_and_leads_to_plans_on_them(anonymous: Browser) -> None:
    page = unescape(anonymous.open(f"/?{PAST}").text)
    assert "in vigore al 01/03/2022" in page
    assert "come noto al 01/03/2022 01:00" in page
    assert f"/piani/{PLAN}?as_of=2022-03-01&known_at=2022-03-01T00:00:00Z" in page
    assert "/v1/plans?as_of=2022-03-01" in page
    last = re.compile(r"data-label=\"Ultima modifica\">([0-9/]+)<")
    assert set(last.findall(page)) < set(last.findall(anonymous.open("/").text))


def test_a_dated_plan_leads_to_the_list_on_its_dates(anonymous: Browser) -> None:
    page = unescape(anonymous.open(f"/piani/{PLAN}?{PAST}").text)
    assert 'class="product" href="/?as_of=2022-03-01&known_at=2022-03-01T00:00:00Z"' in page
    assert 'class="product" href="/"' in anonymous.open(f"/piani/{PLAN}").text


def test_only_the_plan_that_went_on_is_counted_again(
    chambers: Chambers, anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def counting(history: Any, *of: Any, **how: Any) -> Scored:
        counted.append(history.plan)
        return score_year(history, *of, **how)

    monkeypatch.setattr(plan_reading, "score_year", counting)
    anonymous.open("/")
    assert sorted(counted) == sorted(PUBLISHED.values())
    counted.clear()
    chambers.harness.change(
        {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 61%"}, justification="ancora"
    )
    anonymous.open("/")
    assert counted == [PLAN]
    with chambers.harness.store.reading() as reader:
        for plan in PUBLISHED.values():
            kept, anew = (PlanReading(reader, plan, Point(date(2022, 11, 20))) for _ in range(2))
            assert _made_once(kept, PlanFigures, _figures) == _figures(anew)


def test_the_list_of_a_day_before_all_plans_is_no_empty_installation(anonymous: Browser) -> None:
    page = anonymous.open("/?as_of=2001-01-01").text
    assert "non c'era nessun piano" in unescape(page)
    assert "Carica i piani di esempio" not in page
    assert DRAFTS[OWN] not in page


def test_a_date_that_is_none_is_refused(anonymous: Browser) -> None:
    assert anonymous.open("/?as_of=ieri").status_code == 422


def test_the_short_address_of_an_english_page_is_english(anonymous: Browser) -> None:
    page = unescape(anonymous.open(f"/piani/{PLAN}/modifiche?anno=2022&lingua=en").text)
    short = re.findall(r'href="http://[^/"]+(/p/[^"]+)"', page)
    assert short
    assert all(address.endswith("lingua=en") for address in short)
    anonymous.http.cookies.clear()
    there = anonymous.http.get(short[0], follow_redirects=True)
    assert '<html lang="en">' in there.text
    assert "lingua" not in "".join(
        re.findall(r'href="http://[^/"]+(/p/[^"]+)"', anonymous.open(f"/piani/{PLAN}?lingua=it").text)
    )


def test_whoever_has_not_signed_in_is_sent_to_sign_in_from_the_list_of_work(anonymous: Browser) -> None:
    answer = anonymous.http.get(f"/piani/{PLAN}/lavoro")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/accesso")
