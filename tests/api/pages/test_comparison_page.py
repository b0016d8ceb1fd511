"""The comparison of two points: what differs, why, by which acts in their order; and the same as data."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.commands.oversight import redact_texts
from domain.redactions.commands import RedactTexts
from tests.api.http.client import Client
from tests.api.pages.changed_plan import shown_page
from tests.support.harness import PLAN, ServiceHarness, document

PAGE = f"/piani/{PLAN}/confronto"
WHOLE_YEAR = f"{PAGE}?da=2022-03-01&a=2022-12-31"
WHY = "monitoraggio <i>di</i> settembre"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A target with two acts behind it, two years that one act revised, a withdrawal, an act that was annulled."""
    harness = ServiceHarness(tmp_path_factory.mktemp("confronto") / "c.sqlite")
    parts = document()
    parts["indicators"][1]["targets"].append({"year": 2024, "text": ">= 17%"})
    harness.on("2022-02-07").load(**parts)
    harness.on("2022-07-02").revise(">= 69%", "2022-06-30", justification="rinvio dei termini")
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30", justification=WHY)
    harness.change(
        {"verb": "revise_target", "object": "cassetto", "year": 2023, "target": ">= 16%"},
        {"verb": "revise_target", "object": "cassetto", "year": 2024, "target": ">= 18%"},
        justification="adesioni in crescita",
    )
    harness.change({"verb": "withdraw_indicator", "object": "regolamento"}, justification="ente accorpato")
    revised = harness.revise(">= 72%", "2022-10-10", year=2023, justification="errore di chi scrive")
    first, _ = revised.versions[f"plan/{PLAN}"]
    harness.on("2022-11-05").annul(first)
    harness.on("2023-01-10")
    yield Client(harness)
    harness.store.close()


def shown(client: Client, address: str) -> str:
    """The page at an address, its spaces made one."""
    return re.sub(r"\s+", " ", shown_page(client, address))


def row_of(page: str, name: str) -> str:
    """From the row of a thing to the next one, or to the end of its objective."""
    start = page.index(name, page.index('<table class="differences">'))
    ends = [page.find(end, start) for end in ('<th scope="row"', "</tbody>")]
    return page[start : min(end for end in ends if end > 0)]


def test_all_acts_behind_a_net_difference_stand_in_their_order(client: Client) -> None:
    row = row_of(shown(client, WHOLE_YEAR), "Percentuale di incasso")
    assert re.search(r"<del>≥ 70,34%</del>.*<ins><strong>≥ 68%</strong></ins>", row)
    assert row.index("<strong>≥ 69%</strong> «rinvio dei termini»") < row.index("<strong>≥ 68%</strong> «monitoraggio")
    assert "più facile" in row
    assert row.count("/registro/") == 2


def test_years_that_one_act_revised_share_a_row(client: Client) -> None:
    row = row_of(shown(client, WHOLE_YEAR), "Adesione al cassetto")
    assert row.count('rowspan="2"') == 1
    assert row.count("adesioni in crescita") == 1
    assert row.count("più difficile") == 2
    assert row.count("/registro/") == 2


def test_what_was_withdrawn_says_so_and_has_its_reason(client: Client) -> None:
    row = row_of(shown(client, WHOLE_YEAR), "Regolamento approvato")
    assert "ritirato" in row
    assert "ente accorpato" in row


def test_an_act_that_was_annulled_is_behind_what_two_knowledges_say_differently(client: Client) -> None:
    page = shown(client, f"{PAGE}?da=2022-10-20&da_noto=2022-10-20&a=2022-10-20&a_noto=2022-11-30")
    row = row_of(page, "Percentuale di incasso")
    assert re.search(r"<del>≥ 72%</del>.*<strong>≥ 71%</strong>", row)
    assert "annullamento" in row


def test_backwards_what_is_no_more_in_force_is_named(client: Client) -> None:
    row = row_of(shown(client, f"{PAGE}?da=2022-12-31&a=2022-03-01"), "Percentuale di incasso")
    assert re.search(r"<del>≥ 68%</del>.*<strong>≥ 70,34%</strong>", row)
    assert row.count("non più in vigore") == 2


def test_counts_filter_and_stay_in_the_address(client: Client) -> None:
    page = shown(client, WHOLE_YEAR)
    counts = page[page.index('<nav class="counts"') :]
    counts = counts[: counts.index("</nav>")]
    assert re.findall(r"<strong>(\d+)</strong> ([a-z ]+)", counts) == [
        ("4", "differenze"),
        ("3", "target rimodulati "),
        ("1", "ritirato"),
    ]
    (only,) = re.findall(r'href="([^"]*mostra=ritirati[^"]*)"', counts)
    withdrawn = shown(client, unescape(only))
    assert "da=2022-03-01" in only
    assert "Regolamento approvato" in withdrawn
    assert "Adesione al cassetto" not in withdrawn


def test_unless_it_is_said_otherwise_it_is_from_the_approval_to_the_date(client: Client) -> None:
    page = shown(client, f"{PAGE}?as_of=2022-12-31")
    assert 'name="da" type="date" value="2022-01-31"' in page
    assert 'name="a" type="date" value="2022-12-31"' in page


def test_dates_with_acts_are_offered(client: Client) -> None:
    page = shown(client, WHOLE_YEAR)
    starts = [unescape(each) for each in re.findall(r'href="([^"]*)"', page[page.index('class="starts"') :][:2500])]
    assert any("da=2022-06-30" in start and "a=2022-12-31" in start for start in starts)


def test_the_same_differences_are_there_as_data(client: Client) -> None:
    page = shown(client, f"{WHOLE_YEAR}&a_noto=2022-12-01")
    (address,) = {unescape(each) for each in re.findall(r'href="(/v1/[^"]*differences[^"]*)"', page)}
    assert len(client.get(address).json()["differences"]) == 4
    rows = client.get(f"{WHOLE_YEAR}&formato=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 5
    assert any("Percentuale di incasso;target rimodulato;2022;>= 70,34%;>= 68%;più facile;" in row for row in rows)


def test_what_somebody_wrote_is_text(client: Client) -> None:
    page = shown(client, WHOLE_YEAR)
    assert "<i>di</i>" not in page
    assert "&lt;i&gt;di&lt;/i&gt;" in page


def test_two_points_that_differ_in_nothing_say_so(client: Client) -> None:
    assert "non differisce in nulla" in shown(client, f"{PAGE}?da=2022-03-01&a=2022-03-02")


def test_what_is_no_date_is_refused(client: Client) -> None:
    assert client.get(f"{PAGE}?da=ieri", Accept="text/html").status_code == 422


def test_a_reason_that_was_redacted_is_told_as_such(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "r.sqlite")
    harness.on("2022-02-07").load()
    revised = harness.on("2022-10-03").revise("68%", "2022-09-30", justification="il dipendente Bianchi era malato")
    version, _ = revised.versions[f"plan/{PLAN}"]
    command = RedactTexts.model_validate({"version": version, "of": "plan"})
    order = "decreto del Presidente n. 2 del 05/10/2022"
    redact_texts(harness.on("2022-10-07").service, PLAN, command, order, harness.caller())
    client = Client(harness)
    for page in (WHOLE_YEAR, f"/piani/{PLAN}/indicatori/incasso?as_of=2022-12-31"):
        text = shown(client, page)
        assert "Bianchi" not in text
        assert "testo oscurato per ordine" in text
    harness.store.close()


def test_a_point_at_which_nothing_was_known_is_an_empty_plan(client: Client) -> None:
    page = shown(client, f"{PAGE}?da=2022-12-31&da_noto=2021-12-31&a=2022-12-31&mostra=aggiunti")
    assert "Percentuale di incasso" in page
    assert "Adesione al cassetto" in page


@pytest.mark.parametrize("page", [WHOLE_YEAR, f"/piani/{PLAN}/indicatori/incasso", f"/piani/{PLAN}/obiettivi/a1"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_words_of_an_office_are_never_taken_for_words_of_ours(tmp_path: Path, page: str, language: str) -> None:
    harness = ServiceHarness(tmp_path / "h.sqlite")
    hostile = "<b>100% di %(altro)s</b>"
    parts = document()
    parts["objectives"][1] |= {"title": hostile, "classifications": {hostile: hostile}, "offices": [hostile]}
    parts["indicators"][0] |= {"codes": {hostile: hostile}, "source": hostile, "unit": hostile, "owner": hostile}
    harness.on("2022-02-07").load(**parts)
    act = {"body": hostile, "date": "2022-09-30", "title": hostile}
    change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": "68%"}
    harness.on("2022-10-03").change(change, act=act, justification=hostile)
    separator = "&" if "?" in page else "?"
    text = shown(Client(harness), f"{page}{separator}lingua={language}&as_of=2022-12-31")
    assert "<b>" not in text
    assert "&lt;b&gt;100% di" in text
    harness.store.close()
