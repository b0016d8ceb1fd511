"""The audit trail: its filters, its pages and files, one event with its proof, and who set each value."""

import csv
import io
import re
from pathlib import Path

import pytest

from tests.api.http.client import Client
from tests.api.pages.changed_plan import HOSTILE, ChangedPlan, links_of, shown_page, text_of
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.harness import PLAN, ServiceHarness

TRAIL = f"/piani/{PLAN}/registro"


def shown(client: Client, path: str = "", query: str = "") -> str:
    """A page of the record, as a browser is given it."""
    return shown_page(client, f"{TRAIL}{path}?{query}")


def count_of(page: str) -> int:
    """How many events a page says that there are."""
    match = re.search(r'role="status">(\d+) event[oi]', page)
    assert match, page
    return int(match[1])


def test_events_come_newest_first_in_a_sentence_with_why_and_who(reader_of: Client, changed: ChangedPlan) -> None:
    text = text_of(shown(reader_of))
    newest, oldest = text.find("Misurato «Adesione al cassetto»"), text.find("Aperto in bozza il piano")
    assert 0 < newest < oldest
    assert "Rimodulato il target 2022 di «Percentuale di incasso»: da ≥ 70,34% a ≥ 66,915%" in text
    assert "annullato: non conta più" in text
    assert "delibera della Giunta del 30/09/2022 · nuovi dati" in text
    assert f"{TRAIL}/{changed.eased}" in links_of(shown(reader_of))


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("evento=target-revised", 4),
        ("natura=in_year_revision&oggetto=cassetto", 1),
        ("causa=resources", 1),
        ("ruolo=oiv", 1),
        ("testo=meno+personale", 1),
        ("registrati_dal=2022-10-25&registrati_al=2022-10-25", 5),
        ("dal=2022-10-15&al=2022-10-15&evento=target-revised", 2),
        ("utenza=nessuno", 0),
    ],
)
def test_each_filter_is_in_the_address_and_files_hold_exactly_what_is_listed(
    reader_of: Client, query: str, events: int
) -> None:
    page = shown(reader_of, query=query)
    assert count_of(page) == events
    links = links_of(page)
    exported = next(link for link in links if "formato=csv" in link)
    rows = list(csv.DictReader(io.StringIO(reader_of.get(exported).content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == events
    assert reader_of.get(next(link for link in links if "format=json" in link)).json()["total"] == events


def test_an_act_is_chosen_by_its_citation(reader_of: Client) -> None:
    page = shown(reader_of)
    match = re.search(r'<option value="([^"]+)">delibera della Giunta n. 2 del 08/02/2022</option>', page)
    assert match
    assert count_of(shown(reader_of, query=f"atto={match[1]}")) == 2


@pytest.mark.parametrize("query", ["dal=boh", "evento=boh", "atto=boh", "natura=%3Cscript%3E"])
def test_a_filter_that_cannot_be_is_told_at_its_field(reader_of: Client, query: str) -> None:
    answer = reader_of.get(f"{TRAIL}?{query}")
    assert answer.status_code == 422
    assert "C'è un problema" in text_of(answer.text)
    assert f'href="#{query.partition("=")[0]}"' in answer.text
    assert "<script>alert" not in answer.text


def test_a_long_trail_has_pages(harness: ServiceHarness) -> None:
    indicators = [
        {"id": f"i{n}", "objective": "a1", "name": f"Indicatore {n}", "targets": [{"year": 2022, "text": f">= {n}"}]}
        for n in range(1, 31)
    ]
    harness.load(indicators=indicators)
    client = Client(harness)
    first = shown(client)
    older = next(link for link in links_of(first) if "da=50" in link)
    second = client.get(older).text
    assert f"dal 51 al {min(100, count_of(second))}" in text_of(second)
    assert any(link == TRAIL for link in links_of(second))
    assert count_of(first) == count_of(second)


def test_an_event_shows_what_stood_before_and_after_and_why(reader_of: Client, changed: ChangedPlan) -> None:
    text = text_of(shown(reader_of, f"/{changed.eased}"))
    for words in (
        f"Evento n. {changed.eased}", "Prima ≥ 70,34%", "Dopo ≥ 66,915%", "In vigore dal 30 settembre 2022",
        "Con quale atto delibera della Giunta del 30/09/2022", "Causa nuovi dati", "Perché dati del monitoraggio",
        "Registrato 03/10/2022 11:00, ufficio performance",
    ):  # fmt: skip
        assert words in text, words


def test_the_proof_is_worked_out_step_by_step_up_to_the_signature(reader_of: Client, changed: ChangedPlan) -> None:
    page = shown(reader_of, f"/{changed.eased}")
    text = text_of(page)
    proof = reader_of.get(f"/v1/plans/{PLAN}/events/{changed.eased}/proof").json()
    for digest in (proof["leaf"], *proof["path"], proof["root"], *proof["head_path"]):
        assert digest in text
    for words in (
        "Ogni passo qui sotto torna, fino alla firma del checkpoint", "È quella registrata.",
        "L'ultimo passo dà la radice del flusso.", "L'ultimo passo dà la radice che il checkpoint firma.",
        "La firma è di una chiave di questa installazione.", "Come verificarlo da sé",
    ):  # fmt: skip
        assert words in text, words
    assert page.count('<li><span class="hidden">passo') == len(proof["path"]) + len(proof["head_path"])


def test_an_event_that_no_checkpoint_covers_says_so(reader_of: Client) -> None:
    newest = next(link for link in links_of(shown(reader_of)) if link.startswith(f"{TRAIL}/e"))
    assert "Nessun checkpoint firmato copre ancora questo evento" in text_of(reader_of.get(newest).text)


def test_an_event_is_proved_as_soon_as_a_checkpoint_covers_it(tmp_path: Path) -> None:
    changed = ChangedPlan(tmp_path)
    client = Client(changed.harness)
    newest = next(link for link in links_of(shown(client)) if link.startswith(f"{TRAIL}/e"))
    assert "Nessun checkpoint firmato copre ancora" in text_of(client.get(newest).text)
    changed.harness.service.transparency_log.checkpoint("prova")
    assert "Ogni passo qui sotto torna" in text_of(client.get(newest).text)
    changed.harness.store.close()


def test_what_an_office_wrote_is_text_and_no_markup(reader_of: Client, changed: ChangedPlan) -> None:
    for page in (shown(reader_of), shown(reader_of, f"/{changed.hostile}")):
        assert HOSTILE not in page
        assert HOSTILE in text_of(page)


def test_events_of_the_administration_and_of_the_oiv_have_their_page(reader_of: Client) -> None:
    assert "tetto del tasso di modifica: 20" in text_of(shown(reader_of, "/e5"))
    assert "Rilievo n. 1 dell'OIV" in text_of(shown(reader_of, "/o1"))


@pytest.mark.parametrize("event", ["0", "9999", "e9999", "x1", "12e", "p1", "../1"])
def test_an_event_that_is_not_of_the_plan_is_not_there(reader_of: Client, event: str) -> None:
    assert reader_of.get(f"{TRAIL}/{event}").status_code == 404


def test_an_event_of_another_plan_is_not_told(harness: ServiceHarness) -> None:
    harness.load()
    harness.on("2023-01-31").load(
        plan={"id": "bozza-2023-2025", "title": "Bozza", "first_year": 2023, "last_year": 2025},
        act=None,
        indicators=[],
    )
    harness.on("2023-02-02").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-12-31")
    client = Client(harness)
    with harness.store.reading() as reader:
        last = reader.head("administration/cciaa-prova").version
    assert client.get(f"{TRAIL}/e{last}").status_code == 200
    assert client.get(f"/piani/bozza-2023-2025/registro/e{last}").status_code == 404


def test_each_value_in_force_leads_to_the_event_that_set_it(reader_of: Client, changed: ChangedPlan) -> None:
    page = shown(reader_of, "/campi", "testo=incasso+target+2022")
    text = text_of(page)
    assert "1 valore" in text
    assert "target 2022 ≥ 66,915% 30/09/2022 delibera della Giunta del 30/09/2022 nuovi dati" in text
    assert f"{TRAIL}/{changed.eased}" in links_of(page)
    for code in ("first_year", "drafted_on", "polarity_basis", "inferred", "both"):
        assert code not in text_of(shown(reader_of, "/campi")), code
    answer = reader_of.get(f"{TRAIL}/campi?oggetto=incasso&formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["obiettivo o indicatore"] for row in rows} == {"Percentuale di incasso"}


def test_the_trail_is_of_its_point(reader_of: Client, changed: ChangedPlan) -> None:
    page = shown(reader_of, query="known_at=2022-10-12")
    assert f"n. {changed.hostile} " not in text_of(page)
    inside = [link for link in links_of(page.partition("<main")[2]) if link.startswith(f"/piani/{PLAN}/")]
    assert all("known_at=2022-10-12" in link for link in inside)


def test_the_record_is_for_those_who_may_read_it(chambers: Chambers) -> None:
    for address in ("registro", "registro/1", "registro/campi"):
        public = chambers.client.get(f"/piani/{PUBLISHED[OWN]}/{address}", follow_redirects=False)
        assert public.status_code == 303
        other = f"/piani/{PUBLISHED[OTHER]}/{address}"
        assert chambers.ask("GET", other, chambers.token("planner", OWN)).status_code == 403
        assert chambers.ask("GET", f"/piani/{DRAFTS[OTHER]}/{address}", chambers.token("oiv", OWN)).status_code == 404
        assert chambers.ask("GET", f"/piani/{DRAFTS[OWN]}/{address}", chambers.token("planner", OWN)).status_code == 200
