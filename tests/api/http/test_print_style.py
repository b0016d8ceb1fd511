"""The foot of a printed sheet: what it says, that it says nothing else, and that each page of a plan has one."""

import re
from html import unescape

import pytest

from api.language import translation
from tests.api.http.client import Client, problem
from tests.support.harness import ServiceHarness
from tests.support.marked import Marked, unmarked

SAID = "as_of=2022-12-31&known_at=2022-11-01T10:00:00Z&versione=492-96&checkpoint=7"


def test_it_says_both_dates_version_checkpoint_and_the_sheet(client: Client) -> None:
    address = "http://localhost:8000/p/x/2022-12-31/20221101T100000Z"
    style = client.get(f"/stampa.css?indirizzo={address}&{SAID}&radice=mNNcYc=&oltre=si")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert '"In vigore al 31/12/2022 · noto al 01/11/2022 11:00 (ora italiana)\\A versioni 492, 96 · ' in style.text
    assert f'checkpoint n. 7 mNNcYc= · non ancora coperta per intero\\A {address}"' in style.text
    assert 'content: "pagina " counter(page) " di " counter(pages)' in style.text
    code = re.search(r'url\("([^"]+)"\)', style.text)
    assert code is not None
    drawn = client.get(code[1])
    assert drawn.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert drawn.text.count("<path") == 1


def test_it_is_in_the_language_of_its_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/stampa.css?indirizzo=http://localhost:8000/p/x/2022-12-31/20221101T100000Z&{SAID}"
    italian = client.get(address)
    assert client.get(f"{address}&lingua=it").text == italian.text
    english = client.get(f"{address}&lingua=en")
    assert english.headers["cache-control"] == italian.headers["cache-control"] == "public, max-age=31536000, immutable"
    problem(client.get(f"{address}&lingua=fr"), 422, "malformed")
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)
    texts = re.findall(r'content: "(.*?); (?:white-space|font)', client.get(f"{address}&lingua=en").text)
    assert len(texts) == 2
    words = [word for text in texts for word in unmarked(text.replace("\\A", "").partition("http")[0])]
    assert words == []


@pytest.mark.parametrize(
    "address", ['http://x/"}body{', "http://x/\\22", "javascript:alert(1)", "http://x/\na", "/p/x", "http://x/)", ""]
)
def test_no_address_ends_the_text_of_a_style(client: Client, address: str) -> None:
    for path, more in (("/stampa.css", dict(part.split("=") for part in SAID.split("&"))), ("/stampa.svg", {})):
        refused = client.http.get(path, params={"indirizzo": address, **more})
        problem(refused, 422, "malformed")


def test_a_page_of_a_plan_has_its_foot(client: Client, harness: ServiceHarness) -> None:
    harness.load()
    page = client.get("/piani/prova-2022-2024?as_of=2022-06-01")
    (style,) = re.findall(r'media="print" href="([^"]+)"', page.text)
    assert client.get(unescape(style)).status_code == 200
    assert "lingua" not in style
    (english,) = re.findall(
        r'media="print" href="([^"]+)"', client.get("/piani/prova-2022-2024?as_of=2022-06-01&lingua=en").text
    )
    style, english = unescape(style), unescape(english)
    assert english.endswith("&lingua=en")
    # The short address at the foot leads to the page in its language, too.
    assert english.removesuffix("&lingua=en").replace("%3Flingua%3Den", "") == style
