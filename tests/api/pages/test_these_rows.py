"""«These data» beneath a table are its rows: those that are shown, in the language that is asked for."""

import csv
import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from tests.api.http.client import Client
from tests.api.pages.changed_plan import ChangedPlan
from tests.support.harness import PLAN

PAGE = f"/piani/{PLAN}"


def downloads(client: Client, address: str) -> dict[str, str]:
    """The links of «these data» on a page, by their words."""
    page = client.get(address).text
    listed = page.partition('class="downloads">')[2].partition("</dd>")[0]
    links = re.findall(r'<a href="([^"]+)">(?:<svg.*?</svg>)?([^<]+)</a>', listed, re.DOTALL)
    return {words.strip(): unescape(link) for link, words in links}


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("query", ["cerca=incasso", "mostra=rimodulati", "albero=uffici"])
def test_a_part_of_a_plan_gives_the_rows_of_that_part(reader_of: Client, query: str) -> None:
    address = f"{PAGE}?{query}&as_of=2022-12-31"
    links = downloads(reader_of, address)
    names = [row["indicatore"] for row in rows_of(reader_of, links["CSV"])]
    page = reader_of.get(address).text
    shown = set(re.findall(rf'href="{PAGE}/indicatori/([^"?]+)', page))
    assert len(set(names)) == len(shown) > 0
    listed = reader_of.get(links["JSON"]).json()
    assert [row["indicatore"] for row in listed["rows"]] == names
    assert listed["as_of"] == "2022-12-31"
    assert "format=xlsx" in links["Il piano intero (Excel)"]


def test_a_whole_plan_gives_the_document_that_is_read_in_again(reader_of: Client) -> None:
    assert "/v1/plans/" in downloads(reader_of, PAGE)["JSON"]


def test_a_score_and_an_event_are_tables_too(reader_of: Client) -> None:
    for path, first in (("/punteggi/incasso?anno=2022", "il punteggio"), ("/punteggi/body?anno=2022", "il punteggio")):
        rows = rows_of(reader_of, downloads(reader_of, PAGE + path)["CSV"])
        assert rows[0]["che cosa"] == first
        assert len(rows) > 1
    (event,) = rows_of(reader_of, downloads(reader_of, f"{PAGE}/registro/2")["CSV"])
    assert event["evento"] == "2"


@pytest.mark.parametrize("path", ["", "/punteggi", "/modifiche", "/registro", "/segnalazioni", "/registro/campi"])
def test_a_workbook_has_the_rows_of_the_csv_and_numbers_to_calculate_with(reader_of: Client, path: str) -> None:
    links = downloads(reader_of, f"{PAGE}{path}?cerca=incasso" if not path else PAGE + path)
    sheet = load_workbook(io.BytesIO(reader_of.get(links["XLSX"]).content)).active
    assert sheet is not None
    heads, *rows = list(sheet.iter_rows(min_row=6, values_only=True))  # beneath the title, and from where it is seen
    plain = rows_of(reader_of, links["CSV"])
    assert len(rows) == len(plain)
    assert not plain or list(heads) == list(plain[0])
    weights = [row[heads.index("peso")] for row in rows if "peso" in heads]
    assert all(isinstance(weight, int | float) for weight in weights if weight)


def test_a_file_from_an_english_page_is_english_but_for_what_an_office_wrote(changed: ChangedPlan) -> None:
    in_english = Client(changed.harness)
    address = downloads(in_english, f"{PAGE}/modifiche?anno=2022&lingua=en")["CSV"]
    (kinds,) = {row["kind"] for row in rows_of(in_english, address)}
    assert kinds == "in-year change"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?cerca=incasso",
        "/punteggi",
        "/modifiche",
        "/indicatori/incasso",
        "/segnalazioni",
        "/documenti",
        "/confronto?da=2022-02-05&a=2022-12-31",
    ],
)
def test_whatever_a_page_has_as_pdf_it_has_for_word(reader_of: Client, path: str) -> None:
    links = downloads(reader_of, PAGE + path)
    as_pdf = {words for words in links if "PDF" in words}
    assert as_pdf
    for words in as_pdf:
        answer = reader_of.get(links[words.replace("PDF", "Word")])
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].endswith("wordprocessingml.document")
