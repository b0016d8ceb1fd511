"""An indicator, an objective and a comparison in a real browser: for everybody, by keyboard, with and without a script."""

import pytest
from playwright.sync_api import Browser

from tests.support.site import JUDGED_AT, RIVIERE, judge, visiting

PLAN = f"/piani/{RIVIERE}"
INDICATOR = f"{PLAN}/indicatori/percentuale-di-incasso-del-diritto-annuale"
PAGES = (
    f"{INDICATOR}?as_of=2022-12-31&anno=2022",
    "/piani/lecce-2021-2023/indicatori/adozione-piano-di-fascicolazione?as_of=2022-12-31",
    f"{PLAN}/obiettivi/s4?as_of=2022-12-31",
    f"{PLAN}/confronto?da=2022-06-29&a=2023-01-31",
)


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_is_read_is_for_everybody_at_every_width(
    browser: Browser, origin: str, address: str, widths: tuple[int, ...]
) -> None:
    with visiting(browser, origin) as (page, complaints):
        page.goto(address)
        page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        judge(page, widths)
        assert complaints.said == []


@pytest.mark.parametrize("script", [True, False])
def test_a_rectangle_of_the_map_is_opened_by_keyboard(browser: Browser, origin: str, *, script: bool) -> None:
    with visiting(browser, origin, script=script) as (page, _):
        page.goto(f"{INDICATOR}?as_of=2022-12-31&anno=2022")
        before = page.locator(".two-dates .cell").first
        before.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "as_of=2022-01-31" in page.url
        assert "31 gennaio 2022" in page.locator(".sees").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_two_points_are_chosen_and_what_differs_is_narrowed(browser: Browser, origin: str, *, script: bool) -> None:
    with visiting(browser, origin, script=script) as (page, _):
        page.goto(f"{PLAN}/confronto")
        page.get_by_label("in vigore al").first.fill("2022-06-29")
        page.locator("#a").fill("2022-12-31")
        page.get_by_role("button", name="Confronta").click()
        assert "1° dicembre" not in page.locator(".facts").inner_text()
        assert "29 giugno 2022" in page.locator(".facts").inner_text()
        page.get_by_role("link", name="target rimodulato").click()
        assert "mostra=rimodulati" in page.url
        assert page.locator(".differences ins").inner_text() == "68%"
