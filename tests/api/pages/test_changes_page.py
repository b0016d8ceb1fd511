"""The page of the changes of a year: figures, the lists behind them, what does not count, and who may look."""

import csv
import io

import pytest

from tests.api.http.client import Client
from tests.api.pages.changed_plan import HOSTILE, ChangedPlan, links_of, shown_page, text_of
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.harness import PLAN, ServiceHarness, document

CHANGES = f"/piani/{PLAN}/modifiche"


def shown(client: Client, query: str = "anno=2022") -> str:
    """The page, as a browser is given it."""
    return shown_page(client, f"{CHANGES}?{query}")


def test_the_rate_stands_against_its_ceiling_in_the_three_variants(reader_of: Client) -> None:
    text = text_of(shown(reader_of))
    assert "100,0 % 2 obiettivi programmati toccati, su 2" in text
    assert "Tetto: ≤ 20%. Superato." in text
    for variant in ("ogni modifica ufficiale 2 su 2 100,0 %", "modifiche più facili 2 su 2 100,0 %"):
        assert variant in text
    assert ">=" not in text


def test_each_figure_opens_its_list_and_the_address_says_which(reader_of: Client, changed: ChangedPlan) -> None:
    lists = {
        "ufficio=Servizio+Bilancio": {changed.eased},
        "causa=resources": {changed.hostile},
        "mese=2022-09": {changed.eased},
        "variante=easier": {changed.eased, changed.hostile},
    }
    links = links_of(shown(reader_of))
    for said, versions in lists.items():
        assert any(said in link and link.endswith("#modifiche") for link in links), said
        text = text_of(shown(reader_of, f"anno=2022&{said}"))
        there = {version for version in (changed.eased, changed.hostile) if f"evento n. {version}" in text}
        assert there == versions, said


def test_a_change_is_told_with_what_stood_before_why_and_the_flags_that_rest_on_it(
    reader_of: Client, changed: ChangedPlan
) -> None:
    text = text_of(shown(reader_of, "anno=2022&causa=new_data"))
    for words in (
        "prima: ≥ 70,34%", "dopo: ≥ 66,915%", "più facile", "dati del monitoraggio", "in vigore dal 30/09/2022",
        "registrata il 03/10/2022 11:00, ufficio performance", "Target abbassato dopo un valore sfavorevole",
    ):  # fmt: skip
        assert words in text, words
    assert f"/piani/{PLAN}/registro/{changed.eased}" in links_of(shown(reader_of))


def test_what_an_office_wrote_is_text_and_no_markup(reader_of: Client) -> None:
    page = shown(reader_of)
    assert HOSTILE not in page
    assert HOSTILE in text_of(page)


def test_what_does_not_count_says_why_and_has_its_list(reader_of: Client, changed: ChangedPlan) -> None:
    text = text_of(shown(reader_of, "anno=2023"))
    assert "1 · aggiornamento annuale : aggiorna anni che nessun atto aveva ancora approvato" in text
    listed = text_of(shown(reader_of, "anno=2023&natura=rolling_update"))
    assert f"evento n. {changed.rolling}" in listed
    assert "Non conta: aggiorna anni" in listed


def test_a_change_that_was_annulled_is_told_apart(reader_of: Client, changed: ChangedPlan) -> None:
    text = text_of(shown(reader_of))
    assert "Modifiche annullate Percentuale di incasso , target rimodulato (modifica in itinere, più facile)" in text
    assert f"evento n. {changed.annulled}" in text


def test_both_dates_go_along_in_every_link(reader_of: Client) -> None:
    page = shown(reader_of, "anno=2022&as_of=2022-10-10&known_at=2022-10-12")
    assert "1 obiettivo programmato toccato, su 2" in text_of(page)
    inside = [link for link in links_of(page.partition("<main")[2]) if link.startswith(f"/piani/{PLAN}/")]
    assert inside
    assert all("as_of=2022-10-10" in link and "known_at=2022-10-12" in link for link in inside)


def test_the_rows_go_out_as_csv_as_they_are_filtered(reader_of: Client, changed: ChangedPlan) -> None:
    answer = reader_of.get(f"{CHANGES}?anno=2022&causa=resources&formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["modifica"], row["verso"], row["motivazione"]) for row in rows] == [
        (str(changed.hostile), "più facile", HOSTILE)
    ]


def test_a_name_with_a_percent_sign_is_shown_as_it_is(harness: ServiceHarness) -> None:
    parts = document()["objectives"]
    parts[0]["offices"] = ["Ufficio 100% digitale"]
    harness.load(objectives=parts)
    harness.revise(">= 69%", "2022-09-30")
    assert "Ufficio 100% digitale" in text_of(
        Client(harness).get(f"{CHANGES}?anno=2022&ufficio=Ufficio+100%25+digitale").text
    )


@pytest.mark.parametrize(
    "query", ["natura=boh", "variante=boh", "mese=%00", "ufficio=%3Cscript%3E", "livello=x&causa=y", "anno=9999"]
)
def test_a_word_that_the_address_does_not_know_is_no_error(reader_of: Client, query: str) -> None:
    assert "<script>alert" not in shown(reader_of, query)


def test_a_long_list_has_pages_and_goes_out_whole(harness: ServiceHarness) -> None:
    indicators = [
        {"id": f"i{n}", "objective": "a1", "name": f"Indicatore {n}", "targets": [{"year": 2022, "text": f">= {n}"}]}
        for n in range(100, 205)
    ]
    harness.load(indicators=indicators)
    revised = [
        {"verb": "revise_target", "object": f"i{n}", "year": 2022, "target": f">= {n - 1}"} for n in range(100, 205)
    ]
    harness.on("2022-10-03").change(*revised)
    client = Client(harness)
    first = shown(client)
    assert "105 modifiche (dalla 1 alla 100)" in text_of(first)
    following = next(link for link in links_of(first) if "da=100" in link)
    assert "105 modifiche (dalla 101 alla 105)" in text_of(client.get(following.partition("#")[0]).text)
    assert len(client.get(f"{CHANGES}?anno=2022&formato=csv").text.splitlines()) == 106


def test_what_differs_from_the_plan_before_is_a_page_of_its_own(harness: ServiceHarness) -> None:
    harness.load()
    client = Client(harness)
    alone = client.get(f"{CHANGES}/piano-precedente")
    assert "Questo piano non ne segue un altro" in text_of(alone.text)
    indicators = document()["indicators"]
    kept = indicators[0] | {"series": f"{PLAN}.incasso", "targets": [{"year": 2023, "text": ">= 65%"}]}
    harness.on("2023-01-31").load(
        plan={"id": "prova-2023-2025", "title": "Piano nuovo", "first_year": 2023, "last_year": 2025},
        act="delibera di Giunta n. 3 del 30/01/2023",
        indicators=[kept],
    )
    page = client.get("/piani/prova-2023-2025/modifiche/piano-precedente").text
    text = text_of(page)
    assert "target 2023: prima: ≥ 71% dopo: ≥ 65% più facile" in text
    assert "Adesione al cassetto lasciato fuori" in text
    easier = client.get("/piani/prova-2023-2025/modifiche/piano-precedente?mostra=nuovi").text
    assert "≥ 65%" not in text_of(easier)


def test_who_may_not_read_the_plan_sees_no_page(chambers: Chambers) -> None:
    for plan, administration in ((DRAFTS[OTHER], OTHER), (DRAFTS[OWN], OWN)):
        own = chambers.ask("GET", f"/piani/{plan}/modifiche", chambers.token("planner", OWN))
        assert own.status_code == (200 if administration == OWN else 404)
    published = chambers.ask("GET", f"/piani/{PUBLISHED[OTHER]}/modifiche", chambers.token("planner", OWN))
    assert published.status_code == 200
    assert "list_actors" not in published.text


def test_who_does_not_read_the_record_is_told_no_names(chambers: Chambers) -> None:
    page = chambers.ask("GET", f"/piani/{PUBLISHED[OWN]}/modifiche").text
    assert "/registro/" not in page
    assert "ufficio performance" not in page
