"""The way back in a real browser: to a form with all that was written in it, and to a check that is over."""

import pytest
from playwright.sync_api import Browser

from tests.support.site import RIVIERE, back, reload, visiting

WORK = f"/piani/{RIVIERE}/lavoro"
INDICATOR = "percentuale-di-incasso-del-diritto-annuale"
WRITTEN = {
    f"{WORK}/revise_target?object={INDICATOR}": {
        "target": "≥ 61%",
        "justification": "minori incassi",
        "act": "delibera di Giunta n. 9 del 20/09/2023 (altro atto)",
        "retroactive": "perché sì",
    },
    f"{WORK}/add_objective": {
        "title": "Obiettivo nuovo",
        "code": "9",
        "weight": "5",
        "level/+": "di prova",
        "classifications/+": "prospettiva",
        "offices/+": "Ufficio nuovo",
        "justification": "un compito nuovo",
        "act": "delibera di Giunta n. 9 del 20/09/2023 (altro atto)",
    },
    f"{WORK}/record_measurement?object={INDICATOR}": {
        "text": "61%",
        "data_as_at": "2023-12-31",
        "note": "dal bilancio",
    },
}


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("address", WRITTEN, ids=["revise", "add", "measure"])
def test_back_from_the_check_every_field_is_as_it_was_written(
    browser: Browser, origin: str, address: str, *, script: bool
) -> None:
    with visiting(browser, origin, script=script) as (page, _):
        page.goto(address)
        for more in page.locator("details.more > summary").all():
            more.click()
        for name, text in WRITTEN[address].items():
            page.locator(f'[name="{name}"]').last.fill(text)
        causes = page.locator("[name=cause]")
        if causes.count():
            causes.last.check()
        before = {name: page.locator(f'[name="{name}"]').last.input_value() for name in WRITTEN[address]}
        page.locator("button[name=step][value=check]").click()
        assert "controllo=" in page.url
        back(page)
        after = {name: page.locator(f'[name="{name}"]').last.input_value() for name in WRITTEN[address]}
        assert after == before
        assert not causes.count() or causes.last.is_checked()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_back_from_what_was_recorded_says_that_it_was(browser: Browser, origin: str, *, script: bool) -> None:
    address = next(iter(WRITTEN))
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(address)
        page.locator("[name=target]").fill(f"≥ {60 if script else 59}%")
        for name in ("justification", "act"):
            page.locator(f"[name={name}]").fill(WRITTEN[address][name])
        page.locator("[name=cause]").first.check()
        page.locator("button[name=step][value=check]").click()
        reload(page)
        page.locator("button[name=step][value=record]").click()
        assert "Registrato" in page.locator("main").inner_text()
        back(page)
        assert page.locator("h1").inner_text() == "Già registrato"
        back(page)
        assert page.locator("[name=justification]").input_value() == "minori incassi"
        assert complaints.said == []
