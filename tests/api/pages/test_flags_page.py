"""The page of the flags: facts with their question, the office's answer, the OIV's remark, and what is not knowable."""

import csv
import io

from api.commands.handler import Caller
from api.commands.oversight import say
from domain.oiv.commands import MakeRemark
from tests.api.http.client import Client
from tests.api.pages.changed_plan import ChangedPlan, links_of, shown_page, text_of
from tests.support.chamber import OWN, PUBLISHED, Chambers
from tests.support.harness import PLAN, ServiceHarness

FLAGS = f"/piani/{PLAN}/segnalazioni"


def shown(client: Client, query: str = "anno=2022") -> str:
    """The page, as a browser is given it."""
    return shown_page(client, f"{FLAGS}?{query}")


def test_a_flag_has_its_question_its_answer_and_the_remark_on_its_event(
    reader_of: Client, changed: ChangedPlan
) -> None:
    page = shown(reader_of, "anno=2022&regola=eased_after_bad_value")
    text = text_of(page)
    for words in (
        "1 segnalazione", "Target abbassato dopo un valore sfavorevole", "attenzione alta",
        "Domanda: La modifica sarebbe stata decisa anche senza quel valore?",
        "L'ufficio risponde , 25/10/2022, ufficio performance", "Veniva da una stima.",
        "Rilievo dell'OIV , 25/10/2022, OIV", "Perché così tardi?",
    ):  # fmt: skip
        assert words in text, words
    links = links_of(page)
    assert f"/piani/{PLAN}/registro/{changed.eased}" in links
    assert f"/piani/{PLAN}/lavoro/answer_flag?flag=eased_after_bad_value%2F{changed.eased}&year=2022" in links
    assert f"/piani/{PLAN}/lavoro/make_remark?about=indicator%2Fincasso&versions={changed.eased}" in links


def test_sentences_are_for_people(reader_of: Client) -> None:
    text = text_of(shown(reader_of))
    assert "è raggiunto per 0,13% (soglia 2%)" in text
    assert "«≥ 70,34%»" in text
    assert ">=" not in text


def test_flags_are_counted_by_rule_each_count_with_its_list(reader_of: Client) -> None:
    page = shown(reader_of)
    assert "Peso spostato su indicatori già raggiunti 0 0 0" in text_of(page)
    assert any("regola=just_crosses" in link for link in links_of(page))


def test_those_without_an_answer_can_be_asked_for(reader_of: Client) -> None:
    total = text_of(shown(reader_of)).count("Domanda:")
    assert "Veniva da una stima." not in text_of(shown(reader_of, "anno=2022&mostra=aperte"))
    assert text_of(shown(reader_of, "anno=2022&mostra=aperte")).count("Domanda:") == total - 1


def test_who_looks_at_the_past_is_led_to_no_form(reader_of: Client) -> None:
    assert "/lavoro/" not in shown(reader_of, "anno=2022&known_at=2022-11-30")


def test_what_is_not_knowable_says_why(harness: ServiceHarness) -> None:
    harness.load()
    harness.on("2023-03-01").revise(">= 66%", "2022-09-30", retrospective=True)
    text = text_of(shown(Client(harness)))
    assert "Di questi casi il registro non dice abbastanza" in text
    assert "Non conoscibile: caricato a posteriori" in text


def test_a_remark_that_names_no_event_stands_with_its_indicator(harness: ServiceHarness) -> None:
    harness.load()
    harness.on("2022-09-15").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-09-10")
    harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30")
    say(harness.service, PLAN, MakeRemark(about="indicator/cassetto", words="D'altro."), Caller("oiv"))
    say(harness.service, PLAN, MakeRemark(about="indicator/incasso", words="<b>Di questo</b>."), Caller("oiv"))
    page = shown(Client(harness))
    assert "<b>Di questo</b>." in text_of(page).replace("&lt;", "<")
    assert "<b>Di questo" not in page
    assert "D'altro." not in text_of(page)


def test_the_rows_go_out_as_csv(reader_of: Client) -> None:
    answer = reader_of.get(f"{FLAGS}?anno=2022&regola=just_crosses&formato=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["regola"], row["rilievo"]) for row in rows] == [("just_crosses", "alta")]


def test_flags_are_not_for_the_public_and_forms_are_for_those_who_may(chambers: Chambers) -> None:
    address = f"/piani/{PUBLISHED[OWN]}/segnalazioni"
    assert chambers.client.get(address, follow_redirects=False).status_code == 303
    assert chambers.ask("GET", address, chambers.token("reader", OWN)).status_code == 403
    harness = chambers.harness
    harness.on("2022-09-15").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-09-10")
    harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30")
    forms = {
        role: [form for form in ("answer_flag", "make_remark") if f"/lavoro/{form}?" in page]
        for role in ("planner", "oiv")
        for page in [chambers.ask("GET", f"{address}?anno=2022", chambers.token(role, OWN)).text]
    }
    assert forms == {"planner": ["answer_flag"], "oiv": ["make_remark"]}
