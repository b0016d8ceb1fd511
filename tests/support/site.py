"""The pages on the example plans, served on this machine, and what judges them in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from api.commands.examples import load_examples
from api.commands.service import Service
from api.http.app import create_app
from api.settings import Settings
from projections.proof.log import Log
from projections.store.store import Store
from tests.support.serving import serving_app

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RIVIERE = "riviere-di-liguria-2022-2024"
MAREMMA = "maremma-e-tirreno-2022-2026"
WIDTHS = (1280, 390, 320)
JUDGED_AT = (pytest.param((1280,), id="desk"), pytest.param((390, 320), id="phones", marks=pytest.mark.slow))
"""The widths at which axe judges: at those of phones it takes minutes, and finds what it finds at a desk."""
JUDGED = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


class Complaints(NamedTuple):
    """What a browser complained of, and which hosts it asked."""

    said: list[str]
    hosts: set[str]


@contextmanager
def example_site(folder: Path, **settings: object) -> Iterator[str]:
    """The examples at an address of this machine."""
    store = Store(folder / "esempi.sqlite")
    key = folder / "signing.key"
    load_examples(Service(store, Log(store, key)))
    said = {"database": store.location, "keys": str(key), "sign_in": "open"} | settings
    try:
        with serving_app(create_app(Settings.model_validate(said), store)) as origin:
            yield origin
    finally:
        store.close()


@contextmanager
def visiting(
    browser: Browser, origin: str, width: int = 1280, *, script: bool = True
) -> Iterator[tuple[Page, Complaints]]:
    """A page of a browser that has not been here before."""
    context: BrowserContext = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": 900},
        locale="it-IT",
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    page, complaints = context.new_page(), Complaints([], set())
    page.on("console", lambda line: complaints.said.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.said.append(str(error)))
    page.on("request", lambda request: complaints.hosts.add(request.url.split("/")[2]))
    try:
        yield page, complaints
    finally:
        context.close()


def back(page: Page) -> None:
    """Goes back as the browser's own button does, once the page that is left has come whole."""
    page.wait_for_load_state()
    _go(page, "history.back()")


def reload(page: Page) -> None:
    """Loads the page again as the browser's own button does, once it has come whole.

    Asked of the browser while a page is still being put in its place, it fails with "Not attached to an active page".
    """
    page.wait_for_load_state()
    _go(page, "location.reload()")


def _go(page: Page, where: str) -> None:
    """Leaves a page by a script; it may be gone before it has answered that the script has run."""
    with page.expect_navigation():
        try:
            page.evaluate(f"() => {{ {where} }}")
        except Error as error:
            if "context was destroyed" not in str(error):
                raise


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page, each with the first place."""
    page.evaluate(AXE)
    found = page.evaluate(JUDGED)["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def judge(page: Page, widths: tuple[int, ...]) -> None:
    """What is asked of every page as it stands: by axe at some widths, and that it is no wider than its window at any."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0
    assert page.locator("[style], style, script:not([src])").count() == 0


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
