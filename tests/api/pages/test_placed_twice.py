"""What stands in two places of a further tree is told on the pages of that tree, and on no other."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.http.client import Client
from tests.api.pages.changed_plan import shown_page, text_of
from tests.support.harness import PLAN, ServiceHarness, document


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    content = document()
    for row, area in zip(content["objectives"], ("Nord & mare", "Sud", None), strict=True):
        row.update({"classifications": {"area": area}} if area else {})
    harness = ServiceHarness(Path(tmp_path_factory.mktemp("alberi"), "h.sqlite")).on("2022-02-05")
    harness.load(**content)
    yield Client(harness)
    harness.store.close()


@pytest.mark.parametrize("page", [f"/piani/{PLAN}", f"/piani/{PLAN}/punteggi"])
def test_what_stands_in_two_places_is_told_with_its_nodes(client: Client, page: str) -> None:
    text = text_of(shown_page(client, f"{page}?anno=2022&albero=area"))
    assert "Stanno in più posti dell'albero, e contano in ognuno 1" in text
    assert "Incassare : Sud; Nord & mare" in text
    for other in ("", "&albero=uffici", "&albero=area&cerca=incasso"):
        if page.endswith("punteggi") and "cerca" in other:
            continue
        assert "Stanno in più posti" not in shown_page(client, f"{page}?anno=2022{other}")


def test_the_paper_of_the_tree_tells_it_too(client: Client) -> None:
    paper = client.get(f"/v1/plans/{PLAN}/papers/plan?year=2022&tree=area&format=docx").content
    with zipfile.ZipFile(io.BytesIO(paper)) as parts:
        assert "Incassare: Sud; Nord &amp; mare" in parts.read("word/document.xml").decode()
