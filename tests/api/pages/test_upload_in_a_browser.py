"""A workbook comes in through a real browser: for everybody, with and without a script, nothing recorded unseen."""

import io

import httpx2
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from tests.support.site import JUDGED_AT, RIVIERE, judge, visiting

PLAN = f"/piani/{RIVIERE}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def workbook(origin: str) -> bytes:
    """The plan with a lower target, and a level that it does not have."""
    made = load_workbook(io.BytesIO(httpx2.get(f"{origin}/v1/plans/{RIVIERE}/export?format=xlsx").content))
    made["Target"]["F3"].value = ">= 21%"
    made["Obiettivi"]["B3"].value = "ambito e oltre"
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("script", [True, False])
def test_a_workbook_is_checked_by_everybody(
    browser: Browser, origin: str, workbook: bytes, widths: tuple[int, ...], *, script: bool
) -> None:
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(f"{PLAN}/documenti")
        page.locator("input[type=file]").set_input_files({"name": "piano.xlsx", "mimeType": XLSX, "buffer": workbook})
        page.locator("form:has(input[type=file]) button").click()
        assert page.locator(".file-change ins").first.inner_text().endswith("≥\xa021%")
        assert page.get_by_text("Tasso di modifica").first.is_visible()
        if script:
            judge(page, widths)
        page.locator("#act").fill("delibera di Giunta n. 9 del 30/09/2023")
        page.get_by_role("button", name="Controlla prima di registrare").click()
        assert page.locator(".problems a").inner_text().startswith("Manca la risposta")
        assert page.locator("#act").input_value() == "delibera di Giunta n. 9 del 30/09/2023"
        page.get_by_role("radio", name="è un livello nuovo").check()
        page.get_by_role("radio", name="nuovi dati").check()
        page.locator("#justification").fill("adesioni sotto le attese")
        page.get_by_role("button", name="Controlla prima di registrare").click()
        assert page.locator("h1").inner_text() == "Controlla prima di registrare"
        assert page.get_by_role("button", name="Registra", exact=True).is_visible()
        if script:
            judge(page, widths)
        page.get_by_role("button", name="Torna e cambia").click()
        assert page.locator("#justification").input_value() == "adesioni sotto le attese"
        assert not [line for line in complaints.said if "422" not in line]
