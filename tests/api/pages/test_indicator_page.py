"""The page of an indicator: its targets along the calendar and in the two times, what was observed, who set it."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api.http.client import Client
from tests.api.pages.changed_plan import shown_page
from tests.support.harness import PLAN, ServiceHarness, document

HOSTILE = "<script>alert(1)</script> & 'incasso'"
WHY = "riscossione rinviata <b>al</b> secondo semestre"
SERIES = f"{PLAN}.incasso"
PAGE = f"/piani/{PLAN}/indicatori/incasso"


class MapCell(NamedTuple):
    """A rectangle of the map: where it leads, and what it says."""

    query: dict[str, str]
    text: str


LINK = "https://esempio.example/metodo?a=1,2;b!=3"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A target of 70,34 lowered to 68 on 30/09, of which an act of 30/06 surfaces that had set 69; and its values."""
    harness = ServiceHarness(tmp_path_factory.mktemp("indicatore") / "i.sqlite")
    parts = document()
    parts["indicators"][0] |= {"name": HOSTILE, "source": "contabilità", "links": [LINK]}
    harness.on("2022-02-07").load(**parts)
    harness.on("2022-07-12").measure(
        series=SERIES, period="2022-H1", text="61,8%", finality="provisional", data_as_at="2022-07-10"
    )
    harness.on("2022-10-03").revise("68%", "2022-09-30", justification=WHY)
    harness.on("2022-11-15").revise("69%", "2022-06-30", justification="atto emerso", retroactive="emerso dopo")
    harness.on("2023-02-01").measure(series=SERIES, period="2022", text="67,95%", data_as_at="2023-01-31")
    harness.on("2023-05-03").restate(
        series=SERIES,
        period="2022",
        text="68,31%",
        data_as_at="2023-04-30",
        effective_on="2023-04-30",
        note="rettifica",
    )
    harness.on("2023-06-01")
    yield Client(harness)
    harness.store.close()


def shown(client: Client, address: str) -> str:
    """The page at an address, its spaces made one."""
    return re.sub(r"\s+", " ", shown_page(client, address))


def cells(page: str) -> list[MapCell]:
    """The rectangles of the map of a page."""
    written = re.findall(r'<a href="([^"]*)" class="cell[^>]*>\s*<title>[^<]*: ([^<]*)</title>', page)
    return [MapCell(dict(parse_qsl(urlsplit(unescape(address)).query)), text) for address, text in written]


def test_a_year_shows_what_was_approved_what_is_in_force_and_how_it_came_out(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-12-31&anno=2022")
    row = page[page.index('<tr class="of-year"') :]
    row = row[: row.index("</tr>")]
    assert "<del>" in row
    assert "70,34%" in row
    assert "68%" in row
    assert "61,8%" in row
    assert "provv." in row
    assert "61,8 / 68" in page


def test_a_value_that_was_put_right_stays_in_sight(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2023-06-01&anno=2022")
    assert re.search(r"68,31%.*?<del>.*?67,95%.*?</del>", page)
    assert page.count('class="point superseded"') == 2  # in the legend and on the chart


def test_the_steps_are_drawn_without_a_picture_that_is_scaled(client: Client) -> None:
    chart = shown(client, f"{PAGE}?as_of=2022-12-31&anno=2022")
    chart = chart[chart.index('<div class="chart">') :]
    chart = chart[: chart.index("</svg>")]
    assert "viewBox" not in chart
    assert "style=" not in chart
    assert chart.count('class="revision"') == 2
    assert 'class="ghost"' in chart


def test_each_rectangle_of_the_map_says_what_the_plan_says_from_there(client: Client) -> None:
    shown_cells = cells(shown(client, f"{PAGE}?as_of=2022-10-20&anno=2022"))
    assert [cell.text for cell in shown_cells] == [
        *("≥ 70,34%", "69%", "68%"),  # as known since 15/11
        *("≥ 70,34%", "≥ 70,34%", "68%"),  # since 3/10
        *("≥ 70,34%", "≥ 70,34%", "≥ 70,34%"),  # since 7/2
    ]
    for cell in shown_cells:
        point = "&".join(f"{name}={cell.query[name]}" for name in ("as_of", "known_at") if name in cell.query)
        rows = client.get(f"/v1/plans/{PLAN}/indicators/incasso?{point}").json()["indicator"]["targets"]
        (target,) = [row["text"] for row in rows if row["year"] == 2022]
        assert target.replace(">=", "≥") == cell.text


def test_seen_from_the_past_the_map_ends_with_what_was_known_then(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-10-20&known_at=2022-11-01&anno=2022")
    assert [cell.text for cell in cells(page)] == ["≥ 70,34%", "68%", "≥ 70,34%", "≥ 70,34%"]
    assert "15/11/2022" not in page[page.index('class="two-dates"') : page.index("Con tutto ciò che si sa adesso")]
    (whole,) = re.findall(r'<a href="([^"]*)">Con tutto ciò che si sa adesso', page)
    assert len(cells(shown(client, unescape(whole)))) == 9


def test_the_map_marks_the_point_that_the_page_is_seen_from(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-10-20&known_at=2022-11-01&anno=2022")
    (current,) = re.findall(r'<a href="([^"]*)" class="cell[^"]*" aria-current="true"', page)
    assert "as_of=2022-09-30" in current
    assert "known_at=2022-10-03" in current


def test_a_target_that_never_changed_has_no_map(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-12-31&anno=2023")
    assert not cells(page)
    assert "È sempre stato lo stesso" in page


def test_who_set_it_is_told_from_what_was_recorded_last(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-12-31")
    table = page[page.index('<table class="settings">') :]
    assert table.index("69%") < table.index("secondo semestre") < table.index("Aggiunto al piano")
    assert "&lt;b&gt;al&lt;/b&gt;" in table
    assert "più facile" in table
    assert f"/piani/{PLAN}/registro/" in table


def test_a_title_is_text_whatever_it_says(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-12-31")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_address_of_a_page_stays_as_it_is_and_is_a_link(client: Client) -> None:
    page = shown(client, PAGE)
    ((address, words),) = re.findall(r'<a href="(https://esempio[^"]*)"[^>]*>([^<]*)</a>', page)
    assert (unescape(address), unescape(words)) == (LINK, LINK)


def test_links_keep_the_point(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-10-20&known_at=2022-11-01")
    trail = page[page.index('<nav class="trail"') :]
    addresses = [unescape(each) for each in re.findall(r'href="([^"]*)"', trail[: trail.index("</nav>")])]
    assert len(addresses) == 3
    assert all("as_of=2022-10-20" in each and "known_at=2022-11-01" in each for each in addresses)
    assert all(client.get(each, Accept="text/html").status_code == 200 for each in addresses)


def test_from_the_past_nothing_is_recorded(client: Client) -> None:
    assert "/lavoro/revise_target" in shown(client, f"{PAGE}?as_of=2022-12-31")
    assert "/lavoro/" not in shown(client, f"{PAGE}?as_of=2022-12-31&known_at=2022-11-01")


def test_days_are_drawn_on_a_calendar(client: Client) -> None:
    page = shown(client, f"/piani/{PLAN}/indicatori/regolamento?as_of=2022-12-31")
    assert page.count('<line class="due"') == 3  # the legend and two targets
    assert "30/06/2022" in page
    assert "31/12/2022" in page


def test_the_years_can_be_taken_away(client: Client) -> None:
    answer = client.get(f"{PAGE}?as_of=2022-12-31&formato=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("anno;target approvato")
    assert "2022;>= 70,34%;68%;2022-H1;61,8%;sì;" in lines[1]


def test_an_indicator_that_is_not_in_force_is_not_there(client: Client) -> None:
    assert client.get(f"/piani/{PLAN}/indicatori/nessuno", Accept="text/html").status_code == 404
    assert client.get(f"{PAGE}?as_of=2021-12-31", Accept="text/html").status_code == 404


def test_the_series_is_followed_into_the_other_plans_of_the_body(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "s.sqlite")
    harness.on("2022-02-07").load()
    later = document(
        plan={"id": "prova-2025-2027", "title": "Piano seguente", "first_year": 2025, "last_year": 2027},
        act="delibera di Giunta n. 1 del 31/01/2025",
    )
    later["indicators"] = [
        later["indicators"][0] | {"id": "incassi", "series": SERIES, "targets": [{"year": 2025, "text": ">= 73%"}]}
    ]
    harness.on("2025-02-05").load(**later)
    page = shown(Client(harness), f"{PAGE}?as_of=2025-03-01")
    assert "La serie in altri piani" in page
    assert "/piani/prova-2025-2027/indicatori/incassi?as_of=2025-03-01" in page
    assert "≥ 73%" in page
    assert "La serie in altri piani" not in shown(Client(harness), f"{PAGE}?as_of=2024-03-01")
    back = shown(Client(harness), "/piani/prova-2025-2027/indicatori/incassi?as_of=2025-03-01")
    assert f"{PAGE}?as_of=2025-03-01" in back
    harness.store.close()


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([{"year": 2022, "text": "tra 5 e 10"}], 'class="step-line"'),
        ([{"year": 2022, "text": "giugno 60%; ottobre 100%"}], 'class="step-line"'),
        ([{"year": 2022, "text": "Sì"}], "sì o no"),
        ([{"year": 2022, "text": "quando si può"}], "non letto"),
        ([{"year": 2022, "text": "+10% rispetto al 2021"}], "variazione"),
        ([{"year": 2022, "text": ">= 5"}, {"year": 2023, "text": ">= 5%"}], "Alcuni target"),
        ([{"year": 2022, "text": "0"}], 'class="step-line"'),
        (
            [{"year": 2022, "text": ">= -3,00%"}, {"year": 2022, "ordinal": 2, "text": "<= 1.000.000.000.000%"}],
            "step-line",
        ),
        ([], "non ha target"),
    ],
)
def test_whatever_a_target_says_is_drawn_or_told(tmp_path: Path, targets: list[dict[str, object]], said: str) -> None:
    harness = ServiceHarness(tmp_path / "t.sqlite")
    parts = document()
    parts["indicators"] = [parts["indicators"][0] | {"targets": targets}]
    harness.on("2022-02-07").load(**parts)
    assert said in shown(Client(harness), f"{PAGE}?as_of=2022-12-31&anno=2022")
    harness.store.close()
