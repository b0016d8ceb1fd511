"""The work on a plan in a real browser: each state of its forms for everybody, and a target revised without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.support.site import JUDGED_AT, RIVIERE, judge, reload, visiting

WORK = f"/piani/{RIVIERE}/lavoro"
INDICATOR = "grado-di-coinvolgimento-dei-comuni-nel-suap"
RECORDED = "grado-di-rilascio-di-strumenti-digitali"
"""An indicator whose target a test does revise, so that the other's is found as it was."""
REVISE = f"{WORK}/revise_target?object={INDICATOR}&year=2022"


def refused(page: Page) -> None:
    """A form that was sent with much of it missing."""
    page.goto(REVISE)
    page.get_by_label("Nuovo target").fill("circa il 61")
    page.get_by_role("button", name="Vedi l'effetto", exact=True).click()


def checked(page: Page, address: str = REVISE) -> None:
    """A revision that is looked at once more."""
    page.goto(address)
    page.get_by_label("Nuovo target").fill(">= 60%")
    page.get_by_label("nuovi dati").check()
    page.get_by_label("Motivazione").fill("Tre Comuni hanno rinviato la delega al 2023.")
    page.get_by_label("Atto", exact=True).fill("delibera di Giunta n. 31 del 20/12/2022")
    page.get_by_role("button", name="Vedi l'effetto", exact=True).click()


def at(address: str) -> Callable[[Page], None]:
    def opens(page: Page) -> None:
        page.goto(address)

    return opens


STATES = {
    "list": at(WORK),
    "object": at(f"{WORK}/revise_target"),
    "form": at(REVISE),
    "card": at(f"{WORK}/redefine_indicator?object={INDICATOR}"),
    "owed": at(f"{WORK}/record_measurement"),
    "request": at(f"{WORK}/make_request"),
    "monitoring": at(f"/piani/{RIVIERE}/monitoraggio"),
    "refused": refused,
    "checked": checked,
}


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_for_everybody_at_every_width(
    browser: Browser, origin: str, state: str, widths: tuple[int, ...]
) -> None:
    with visiting(browser, origin) as (page, complaints):
        STATES[state](page)
        judge(page, widths)
        assert [line for line in complaints.said if "422" not in line] == []
        assert complaints.hosts == {origin.split("/")[2]}


def test_a_refused_form_puts_the_focus_on_its_summary(browser: Browser, origin: str) -> None:
    with visiting(browser, origin) as (page, _):
        refused(page)
        assert page.title().startswith("Errore: ")
        assert page.evaluate("() => document.activeElement.className") == "problems"
        page.get_by_role("link", name="Manca «atto»").click()
        assert page.evaluate("() => document.activeElement.id") == "act"


def test_a_target_is_revised_without_a_script(browser: Browser, origin: str) -> None:
    with visiting(browser, origin, script=False) as (page, _):
        checked(page, REVISE.replace(INDICATOR, RECORDED))
        assert page.get_by_role("heading", level=1).inner_text() == "Controlla prima di registrare"
        page.get_by_role("button", name=re.compile("Cambia.*Motivazione")).click()
        assert page.get_by_label("Motivazione").input_value() == "Tre Comuni hanno rinviato la delega al 2023."
        page.get_by_role("button", name="Vedi l'effetto", exact=True).click()
        page.get_by_label("Sì, è come è scritto").check()  # it is twelve times as much as before
        page.get_by_role("button", name="Registra la modifica").click()
        assert page.url.endswith(f"/indicatori/{RECORDED}")
        assert page.get_by_text("Registrato. Rimodulato").count() == 1
        reload(page)
        assert page.get_by_text("Registrato. Rimodulato").count() == 0
