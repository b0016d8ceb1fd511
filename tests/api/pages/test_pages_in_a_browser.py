"""Every page in a real browser: what axe says of it, at the widths of a desk and of a phone, with and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.site import MAREMMA, RIVIERE, WIDTHS, example_site, overflow, violations, visiting

PLAN = f"/piani/{RIVIERE}"
PAGES = (
    "/",
    f"{PLAN}?as_of=2022-12-31",
    f"{PLAN}?as_of=2022-10-20&anno=2023&albero=uffici",
    f"/piani/{MAREMMA}?albero=perspective",
    "/checkpoint",
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the examples are served."""
    with example_site(tmp_path_factory.mktemp("pagine")) as address:
        yield address


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_for_everybody_at_every_width(browser: Browser, origin: str, address: str) -> None:
    for width in WIDTHS:
        with visiting(browser, origin, width) as (page, complaints):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200
            assert violations(page) == []
            assert overflow(page) == 0
            assert complaints.said == []
            assert complaints.hosts == {origin.split("/")[2]}
            assert page.locator("[style], style, script:not([src])").count() == 0
