"""A sheet of collection comes back through a real browser: for everybody, with and without a script."""

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.support.collection_books import filled
from tests.support.site import JUDGED_AT, RIVIERE, judge, visiting

PLAN = f"/piani/{RIVIERE}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE = 'Servizio "REGOLAZIONE DEL MERCATO"'
AS_AT = {True: "2023-03-31", False: "2023-04-30"}


def sheet(origin: str, as_at: str) -> bytes:
    """The sheet of a round that is opened, filled in: a value, and one that is not final."""
    opened = httpx2.post(f"{origin}/v1/plans/{RIVIERE}/rounds", json={"as_at": as_at})
    assert opened.status_code == 201, opened.text
    address = f"{origin}/v1/plans/{RIVIERE}/rounds/{as_at}/export"
    made = httpx2.get(address, params={"office": OFFICE})
    assert made.status_code == 200, made.text
    return filled(made.content, {0: {"Valore": "12%", "Stato": "in linea"}, 1: {"Valore": "95% (dato provvisorio)"}})


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("script", [True, False])
def test_a_returned_sheet_is_looked_at_by_everybody(
    browser: Browser, origin: str, widths: tuple[int, ...], *, script: bool
) -> None:
    content = sheet(origin, AS_AT[script])
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(f"{PLAN}/monitoraggio")
        page.get_by_role("link", name="Carica le schede restituite").click()
        if script:
            judge(page, widths)
        page.locator("input[type=file]").set_input_files({"name": "scheda.xlsx", "mimeType": XLSX, "buffer": content})
        page.get_by_role("button", name="Guarda che cosa dicono").click()
        expect(page.locator("h1")).to_have_text("Che cosa dicono le schede")
        expect(page.locator(".file-change ins").first).to_contain_text("12")
        expect(page.locator(".conflict")).to_contain_text("95% (dato provvisorio)")
        expect(page.get_by_role("button", name="Registra", exact=True)).to_have_count(0)
        if script:
            judge(page, widths)
        assert complaints.said == []
