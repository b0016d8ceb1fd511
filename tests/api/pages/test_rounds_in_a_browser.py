"""A round in a real browser, by keyboard alone: opened for some offices, found by what it waits for, and closed."""

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.pages.test_journeys import tab_to
from tests.support.site import JUDGED_AT, RIVIERE, back, judge, visiting

PLAN = f"/piani/{RIVIERE}"
WORK = f"{PLAN}/lavoro"
OFFICE = 'Servizio "REGOLAZIONE DEL MERCATO"'


@pytest.mark.parametrize(("script", "day"), [(True, "2023-09-30"), (False, "2023-06-30")], ids=["script", "no script"])
def test_a_round_is_opened_and_closed_by_keyboard(browser: Browser, origin: str, day: str, *, script: bool) -> None:
    shown = f"{date.fromisoformat(day):%d/%m/%Y}"
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(WORK)
        tab_to(page, f'a[href="{WORK}/open_round"]')
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Apri un monitoraggio")
        page.locator("#as_at").fill(day)
        page.locator("#due_by").fill("2030-01-31")
        tab_to(page, f"input[name='scope.offices/{OFFICE}']")
        page.keyboard.press("Space")
        tab_to(page, "button[value=check]")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Controlla prima di registrare")
        expect(page.locator("main")).to_contain_text("Chiede un valore o uno stato di")
        expect(page.locator(".answers")).to_contain_text(OFFICE)
        tab_to(page, "button[value=record]")
        page.keyboard.press("Enter")
        expect(page.locator(".rounds")).to_contain_text(shown)
        tab_to(page, f'a[href="{PLAN}/monitoraggio/dovuti"]')
        page.keyboard.press("Enter")
        expect(page.locator("table.owed")).to_contain_text("31/01/2030")
        back(page)
        closing = page.get_by_role("link", name=f"Chiudi il monitoraggio al {shown}")
        tab_to(page, f'a[href="{closing.get_attribute("href")}"]')
        page.keyboard.press("Enter")
        expect(page.locator("#round")).to_have_value(f"monitoraggio-{day}")
        tab_to(page, "button[value=check]")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text(re.compile("rest(a|ano) senza risposta"))
        tab_to(page, "button[value=record]")
        page.keyboard.press("Enter")
        expect(page.locator(".rounds")).to_contain_text("chiuso il")
        assert complaints.said == []


def adopted(page: Page) -> None:
    """Rules that are looked at once more."""
    page.goto(f"{WORK}/adopt_system?year=2022")
    page.get_by_label("Tutto o niente").check()
    page.get_by_label("Atto", exact=True).fill("delibera di Giunta n. 31 del 20/12/2022")
    page.get_by_role("button", name="Controlla").click()
    expect(page.locator("main")).to_contain_text("Le regole che cambierebbero")


def opening(page: Page) -> None:
    """A round that is looked at once more."""
    page.goto(f"{WORK}/open_round")
    page.get_by_role("button", name="Controlla").click()
    expect(page.locator("main")).to_contain_text("Chiede un valore o uno stato di")


STATES = {
    "plans": lambda page: page.goto("/"),
    "due": lambda page: page.goto(f"{PLAN}/monitoraggio/dovuti"),
    "rules": lambda page: page.goto(f"{WORK}/adopt_system"),
    "opening": lambda page: page.goto(f"{WORK}/open_round"),
    "objective": lambda page: page.goto(f"{WORK}/add_objective"),
    "adopted": adopted,
    "checked": opening,
}


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_for_everybody_at_every_width(
    browser: Browser, origin: str, state: str, widths: tuple[int, ...]
) -> None:
    with visiting(browser, origin) as (page, complaints):
        STATES[state](page)
        judge(page, widths)
        assert complaints.said == []
