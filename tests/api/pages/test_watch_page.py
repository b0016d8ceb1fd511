"""The page of what is to be completed: a row an object, filtered by the address, with the forms that mend it."""

import csv
import io

from tests.api.http.client import Client
from tests.api.pages.changed_plan import links_of, shown_page, text_of
from tests.support.harness import PLAN

WATCH = f"/piani/{PLAN}/monitoraggio/da-completare"


def test_each_row_has_all_that_it_lacks_and_the_forms_that_give_it(reader_of: Client) -> None:
    page = shown_page(reader_of, f"{WATCH}?anno=2022")
    text = text_of(page)
    assert "mai misurato: 1" in text
    links = links_of(page)
    assert f"/piani/{PLAN}/lavoro/record_measurement?object=regolamento&period=2022" in links
    assert f"/piani/{PLAN}/lavoro/confirm_formula?object=incasso" in links
    assert WATCH in links_of(shown_page(reader_of, f"/piani/{PLAN}/monitoraggio"))


def test_the_address_says_what_is_lacking_and_a_file_holds_the_same_rows(reader_of: Client) -> None:
    text = text_of(shown_page(reader_of, f"{WATCH}?anno=2022&manca=never_measured"))
    assert "Regolamento approvato" in text
    assert "Percentuale di incasso" not in text
    answer = reader_of.get(f"{WATCH}?anno=2022&manca=never_measured&formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [(row["di che cosa"], row["nome"]) for row in rows] == [("indicatore", "Regolamento approvato")]
    data = reader_of.get(f"/v1/plans/{PLAN}/watch?year=2022&lack=never_measured").json()
    assert [row["indicator"] for row in data["indicators"]] == ["regolamento"]
    assert data["counts"]["never_measured"] == 1
