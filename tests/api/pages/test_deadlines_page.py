"""The page of everything that has a date: one list, each line with where it is worked on, and the same rows as a file."""

import csv
import io

from tests.api.http.client import Client
from tests.api.pages.changed_plan import links_of, shown_page, text_of
from tests.support.harness import PLAN

DEADLINES = f"/piani/{PLAN}/monitoraggio/scadenze"


def test_all_that_is_due_is_one_list_with_where_it_is_worked_on(reader_of: Client) -> None:
    page = shown_page(reader_of, DEADLINES)
    said = reader_of.get(f"/v1/plans/{PLAN}/deadlines").json()["deadlines"]
    assert said
    assert page.count("<td data-label") == len(said)
    assert "Relazione sulla performance" in text_of(page)
    assert f"/piani/{PLAN}/scadenze.ics" in links_of(page)
    assert DEADLINES in links_of(shown_page(reader_of, f"/piani/{PLAN}/monitoraggio"))


def test_a_file_holds_the_same_rows(reader_of: Client) -> None:
    said = reader_of.get(f"/v1/plans/{PLAN}/deadlines").json()["deadlines"]
    answer = reader_of.get(f"{DEADLINES}?formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == len(said)
    assert {row["stato"] for row in rows} <= {"passata", "aperta", "chiusa"}
