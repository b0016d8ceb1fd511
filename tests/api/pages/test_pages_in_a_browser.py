"""Pages in a real browser: what axe says of them at the widths of a desk and of phones.

Those of work, of one indicator, an objective or a comparison are judged beside what is done on them.
"""

import pytest
from playwright.sync_api import Browser

from tests.support.site import JUDGED_AT, MAREMMA, RIVIERE, judge, violations, visiting

PLAN = f"/piani/{RIVIERE}"
INDICATOR = "percentuale-di-incasso-del-diritto-annuale"
PAGES = (
    "/",
    "/guida",
    "/dati",
    "/accessibilita",
    "/note-legali",
    "/checkpoint",
    f"{PLAN}?as_of=2022-12-31",
    f"{PLAN}?as_of=2022-10-20&anno=2023&albero=uffici&cerca=imprese",
    f"/piani/{MAREMMA}?albero=perspective",
    f"{PLAN}/modifiche?anno=2022",
    f"{PLAN}/modifiche/piano-precedente",
    f"{PLAN}/segnalazioni?anno=2022",
    f"{PLAN}/punteggi?anno=2022",
    f"{PLAN}/punteggi/{INDICATOR}?anno=2022",
    f"{PLAN}/punteggi/regole/confronto",
    f"{PLAN}/registro",
    f"{PLAN}/registro/100",
    f"{PLAN}/registro/campi",
    f"{PLAN}/documenti",
    f"{PLAN}/proposte",
    f"{PLAN}?lingua=en",
)


@pytest.mark.parametrize("widths", JUDGED_AT)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_for_everybody_at_every_width(
    browser: Browser, origin: str, address: str, widths: tuple[int, ...]
) -> None:
    with visiting(browser, origin) as (page, complaints):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        judge(page, widths)
        assert complaints.said == []
        assert complaints.hosts == {origin.split("/")[2]}


@pytest.mark.parametrize("address", ["/piani/non-c-e", f"{PLAN}?as_of=ieri", f"{PLAN}/indicatori/non-c-e"])
def test_a_refusal_is_a_page_too(browser: Browser, origin: str, address: str) -> None:
    with visiting(browser, origin, 390) as (page, _):
        page.goto(address)
        assert violations(page) == []
        assert page.title().startswith("Errore: ")
