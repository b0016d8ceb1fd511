"""Each page of a plan stands in docs/pagine.md, and each picture that it shows is there."""

import re
from pathlib import Path

from api.http.plan_pages import PAGES
from tests.support.pictures import FOLDER, PICTURES

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "pagine.md").read_text(encoding="utf-8")


def test_every_page_is_described() -> None:
    assert {page.path for page in PAGES} <= set(re.findall(r"`(/[^`]*)`", PAGE))


def test_every_picture_is_there_and_made_by_the_command() -> None:
    shown = set(re.findall(r"pictures/([a-z-]+)\.png", PAGE))
    assert shown <= {picture.name for picture in PICTURES}
    assert all((FOLDER / f"{name}.png").is_file() for name in shown)
