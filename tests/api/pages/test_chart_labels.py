"""The words of a chart: none on another, none outside of the drawing, at the width of a phone and of a desk."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from api.http.app import create_app
from api.pages.chart_labels import ABOVE, BELOW, LETTER, LONGEST, Label, Labels, Marked, year_words
from api.pages.time_bar import APART, line_scale
from api.pages.two_date_map import row_words
from api.settings import Settings
from tests.support.harness import PLAN, ServiceHarness, document
from tests.support.serving import serving_app
from tests.support.site import WIDTHS, overflow, visiting

CROWDED = {
    "revisions in one month": "incasso",
    "values close together": "cassetto",
    "long numbers and texts": "regolamento",
    "days": "termini",
}
BOXES = """() => [...document.querySelectorAll('.chart')].map((chart) => {
    const box = (one) => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] }
    const words = [...chart.querySelectorAll('svg > text')].filter((one) => one.getClientRects().length).map((one) => [one.textContent, ...box(one)])
    return [box(chart), words]
})"""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A plan of which one target was revised twelve times in a month, one was measured every month, one is in millions."""
    folder: Path = tmp_path_factory.mktemp("affollato")
    harness = ServiceHarness(folder / "a.sqlite").on("2022-02-07")
    parts = document()
    parts["indicators"][2] |= {
        "name": "Importo dei contributi erogati",
        "targets": [
            {"year": year, "text": f">= {1_000_000 + 350_000 * (year - 2022)} euro"} for year in (2022, 2023, 2024)
        ],
    }
    parts["indicators"].append(
        parts["indicators"][1]
        | {
            "id": "termini",
            "name": "Data di adozione",
            "targets": [
                {"year": year, "text": f"entro il {day}"}
                for year, day in ((2022, "31/12"), (2023, "15/01"), (2024, "30/06"))
            ],
        }
    )
    for card in parts["indicators"]:
        card["series"] = card["id"]
    harness.load(**parts)
    for number in range(12):
        day = date(2022, 9, 1) + timedelta(days=2 * number)
        harness.on(f"{day + timedelta(days=1)}").revise(f">= {70 - number / 5:.2f}%".replace(".", ","), f"{day}")
    for month in range(1, 9):
        harness.measure(
            series="cassetto",
            period=f"2022-{month:02d}",
            text=f"{14 + month / 50:.2f}%".replace(".", ","),
            data_as_at="2022-09-01",
        )
    for period, text in (("2022-Q1", "1.000.100 euro"), ("2022-H1", "1.000.200 euro")):
        harness.measure(series="regolamento", period=period, text=text, data_as_at="2022-09-01")
    harness.on("2023-02-01").measure(series="termini", period="2022", text="28/12/2022", data_as_at="2022-12-31")
    harness.measure(series="cassetto", period="2022", text="14,2%", data_as_at="2022-12-31")
    harness.measure(series="incasso", period="2022", text="68,05%", data_as_at="2022-12-31")
    settings = Settings(database=harness.store.location, keys=str(folder / "signing.key"), sign_in="open")
    with serving_app(create_app(settings, harness.store)) as origin:
        yield origin
    harness.store.close()


@pytest.mark.parametrize("day", ["2022-09-15", "2023-03-01", "2024-12-31"])
@pytest.mark.parametrize("indicator", CROWDED.values(), ids=CROWDED.keys())
def test_no_word_lies_on_another_nor_leaves_the_drawing(
    browser: Browser, crowded: str, indicator: str, day: str
) -> None:
    for width in WIDTHS:
        with visiting(browser, crowded, width) as (page, _):
            page.goto(f"/piani/{PLAN}/indicatori/{indicator}?as_of={day}")
            page.evaluate("() => document.fonts.ready.then(() => true)")
            assert overflow(page) <= 0
            is_done = indicator == "termini" and day > "2023"
            _judge(page, width, ["28/12/2022", "≤ 31/12/2022"] if is_done else [])


def _judge(page: Page, width: int, days: list[str]) -> None:
    charts = page.evaluate(BOXES)
    assert charts
    for (left, top, right, bottom), words in charts:
        assert len(words) > 3
        assert set(days) <= {text.replace("\xa0", " ") for text, *_ in words}
        for text, *box in words:
            assert left - 0.5 <= box[0], (width, text)
            assert box[2] <= right + 0.5, (width, text)
            assert top - 4 <= box[1], (width, text)
            assert box[3] <= bottom + 4, (width, text)
        for place, (text, *one) in enumerate(words):
            for other_text, *other in words[place + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (width, text, other_text, one, other)


# -- the places, by themselves ---------------------------------------------------------------------------------------

MARKS = st.lists(
    st.builds(
        Marked,
        x=st.floats(0, 100),
        y=st.floats(24, 244),
        text=st.text(alphabet="0123456789,%", min_size=1, max_size=40),
        beside=st.sampled_from([3.0, 10.0]),
        shifts=st.sampled_from([(-6.0, 16.0), (4.0,)]),
    ),
    max_size=30,
)


@given(MARKS)
def test_whatever_is_placed_is_apart_at_every_width(marks: list[Marked]) -> None:
    labels = Labels(232, 18, 252)
    placed = [label for mark in marks if (label := labels.place(mark))]
    for width in (232, 290, 700, 1200):
        boxes = [_box(label, width) for label in placed]
        for place, one in enumerate(boxes):
            assert -0.01 <= one[0] <= one[2] <= width + 0.01
            assert all(
                one[2] <= other[0] + 0.01 or other[2] <= one[0] + 0.01 or one[3] <= other[1] or other[3] <= one[1]
                for other in boxes[place + 1 :]
            )


def test_what_stands_alone_has_its_word_beside_it() -> None:
    label = Labels(232, 18, 252).place(Marked(10, 100, ">= 63%", 3))
    assert label == Label(10, 3, 94, ">= 63%", ends=False, led=False)
    at_the_end = Labels(232, 18, 252).place(Marked(99, 100, ">= 63%", 3))
    assert at_the_end is not None
    assert at_the_end.ends
    long = Labels(232, 18, 252).place(Marked(10, 100, "x" * 60, 3))
    assert long is not None
    assert (len(long.text), long.text[-1]) == (LONGEST, "…")


def test_many_years_are_written_short() -> None:
    assert year_words(range(2022, 2025), 232)[2022] == "2022"
    assert year_words(range(2018, 2030), 232)[2018] == "’18"


def _box(label: Label, width: float) -> tuple[float, float, float, float]:
    at, length = label.x / 100 * width + label.dx, len(label.text) * LETTER
    left = at - length if label.ends else at
    return left, label.y - ABOVE, left + length, label.y + BELOW


def test_rows_of_one_day_are_called_by_their_hour_and_the_day_is_said_once() -> None:
    at = [
        datetime(2026, 11, 28, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 15, 10, 1, tzinfo=UTC),
        datetime(2026, 11, 29, 16, 10, 2, tzinfo=UTC),
        datetime(2026, 11, 29, 16, 10, 3, tzinfo=UTC),
    ]
    assert row_words(at) == [("28/11/2026", ""), ("16:10", "29/11/2026"), ("17:10:02", ""), ("17:10:03", "")]


def test_rows_of_one_second_are_called_by_as_little_of_it_as_tells_them_apart() -> None:
    at = [datetime(2026, 11, 29, 15, 10, 1, parts, tzinfo=UTC) for parts in (107_901, 109_000, 200_000)]
    assert [word for word, _ in row_words(at)] == ["16:10:01,107", "16:10:01,109", "16:10:01,2"]


def test_stops_of_the_line_are_told_apart_and_stay_in_their_order() -> None:
    stops = [date(2022, 9, 30), date(2022, 10, 15), date(2022, 12, 31)]
    at = line_scale(date(2022, 1, 1), date(2024, 12, 31), stops)
    places = [at(day) for day in stops]
    assert places[1] - places[0] == pytest.approx(APART)
    assert at(date(2022, 1, 1)) == 0
    assert at(date(2024, 12, 31)) == 100
    assert places[0] < at(date(2022, 10, 5)) < places[1] < at(date(2022, 11, 1)) < places[2] < at(date(2023, 6, 1))
    crowded = [date(2024, 12, day) for day in range(1, 32)]
    at = line_scale(date(2022, 1, 1), date(2024, 12, 31), crowded)
    assert all(0 <= at(day) <= 100 for day in crowded)
