"""The pages of the scores: both bases, each figure down to its event, and what other rules would make of them."""

import csv
import io

from tests.api.http.client import Client
from tests.api.pages.changed_plan import ChangedPlan, links_of, shown_page, text_of
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.harness import PLAN, ServiceHarness

SCORES = f"/piani/{PLAN}/punteggi"


def shown(client: Client, path: str = "", query: str = "anno=2022") -> str:
    """A page of the scores, as a browser is given it."""
    return shown_page(client, f"{SCORES}{path}?{query}")


def test_the_cascade_has_both_scores_and_what_the_changes_were_worth(reader_of: Client) -> None:
    text = text_of(shown(reader_of))
    assert "Percentuale di incasso" in text
    assert "100,0 % raggiunto 95,3 % +4,7" in text
    assert "Regolamento approvato 50 non ancora dovuto" in text


def test_a_score_that_little_data_carry_is_partial_and_one_that_none_carry_is_not_told(harness: ServiceHarness) -> None:
    harness.load()
    client = Client(harness)
    assert "Non si può ancora calcolare: troppo pochi dati." in text_of(shown(client))
    harness.on("2022-11-15").measure(series=f"{PLAN}.cassetto", period="2022", text="14%", data_as_at="2022-11-10")
    text = text_of(shown(client))
    assert "parziale" in text
    assert "100,0 % parziale" in text


def test_the_other_trees_are_there_by_choice(reader_of: Client) -> None:
    assert "Servizio Bilancio" in text_of(shown(reader_of, query="anno=2022&albero=uffici"))


def test_a_score_is_explained_down_to_the_event(reader_of: Client, changed: ChangedPlan) -> None:
    page = shown(reader_of, "/incasso")
    text = text_of(page)
    assert "67 / 66,915 × 100 = 100,127027" in text
    assert "Prima del taglio: 100,1 %" in text
    links = links_of(page)
    assert f"/piani/{PLAN}/registro/{changed.eased}" in links  # the target
    assert any(link.startswith(f"/piani/{PLAN}/registro/e") for link in links)  # the value, and the rules
    assert "67 / 70,34 × 100" in text_of(shown(reader_of, "/incasso", "anno=2022&base=ex-ante"))


def test_an_objective_is_explained_by_its_parts_with_their_weights(reader_of: Client) -> None:
    page = shown(reader_of, "/a")
    text = text_of(page)
    assert "Incassare 60,0 %" in text
    assert f"{SCORES}/a1?anno=2022" in links_of(page)
    assert f"{SCORES}/body?anno=2022" in links_of(page)
    assert "Ente nel suo insieme" in text_of(shown(reader_of, "/body"))


def test_what_is_no_score_is_not_there(reader_of: Client) -> None:
    assert reader_of.get(f"{SCORES}/nessuno?anno=2022").status_code == 404


def test_other_rules_are_held_against_those_in_force(reader_of: Client) -> None:
    page = shown(reader_of, "/regole/confronto")
    text = text_of(page)
    assert "adottate per il 2022, in vigore dal 08/02/2022, delibera della Giunta n. 2 del 08/02/2022" in text
    assert "tetto del tasso di modifica 20" in text
    assert any("con=dati-mancanti-a-zero" in link for link in links_of(page))
    compared = text_of(shown(reader_of, "/regole/confronto", "anno=2022&as_of=2023-06-30&con=dati-mancanti-a-zero"))
    assert "dati mancanti restano fuori contano zero" in compared
    assert "Cambierebbero 2 obiettivi su 3 e 1 indicatori su 3." in compared


def test_rules_that_were_adopted_are_chosen_by_their_event(reader_of: Client) -> None:
    chosen = next(link for link in links_of(shown(reader_of, "/regole/confronto")) if "con=adottate-" in link)
    assert "Sono le stesse regole." in text_of(reader_of.get(chosen).text)


def test_both_dates_go_along(reader_of: Client) -> None:
    page = shown(reader_of, "/a", "anno=2022&as_of=2022-12-31&known_at=2022-10-12")
    inside = [link for link in links_of(page.partition("<main")[2]) if link.startswith(f"/piani/{PLAN}/")]
    assert inside
    assert all("as_of=2022-12-31" in link and "known_at=2022-10-12" in link for link in inside)


def test_the_rows_go_out_as_csv(reader_of: Client) -> None:
    answer = reader_of.get(f"{SCORES}?anno=2022&formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert next(row["in vigore"] for row in rows if row["voce"] == "Percentuale di incasso") == "100"


def test_drafts_of_others_have_no_scores_and_the_public_reads_those_that_are_published(chambers: Chambers) -> None:
    for address in ("punteggi", "punteggi/body", "punteggi/regole/confronto"):
        other = chambers.ask("GET", f"/piani/{DRAFTS[OTHER]}/{address}", chambers.token("planner", OWN))
        assert other.status_code == 404
        assert chambers.ask("GET", f"/piani/{PUBLISHED[OWN]}/{address}").status_code == 200
