"""A workbook comes in by the pages: sent, looked at, its questions answered, checked, recorded or proposed."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import httpx2
import pytest
from fastapi import FastAPI

from domain.point import Point, today
from projections.plan_in_force import plan_in_force
from tests.api.paper.read_docx import text_after
from tests.api.workbook.books import book, edited
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
DOCUMENTS = f"/piani/{PLAN}/documenti"
GROUND = {
    "act": "delibera di Giunta n. 9 del 20/09/2022 (altro atto)",
    "justification": "calo dei versamenti",
    "cause": "new_data",
}

_A_FILE = b'--a\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n--a--\r\n'


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path, public=True)
    made.harness.on("2022-09-20")
    yield made
    made.close()


@pytest.fixture
def planner(chambers: Chambers) -> Browser:
    _, browser = signed_in(chambers, "anna", "planner")
    browser.open(DOCUMENTS)
    return browser


@pytest.fixture
def workbook(chambers: Chambers) -> bytes:
    return edited(book(chambers.harness), lambda made: setattr(made["Target"]["D2"], "value", ">= 68%"))


def _send(browser: Browser, file: bytes, **fields: str) -> httpx2.Response:
    form = {"csrf": browser.csrf} | fields
    answer = browser.http.post(DOCUMENTS, data=form, files={"file": ("piano.xlsx", file, "application/octet-stream")})
    if answer.headers.get("content-type", "").startswith("text/html"):
        browser.page = answer.text
    return answer


def _sent(browser: Browser, file: bytes, **fields: str) -> str:
    answer = _send(browser, file, **fields)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert browser.open(address).status_code == 200
    return address


def _carried(page: str) -> dict[str, str]:
    """What the form of a page sends by itself: its unseen fields, and all that is chosen or written in it."""
    form = page[page.index('<form method="post"') :]
    unseen = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {unescape(name): unescape(value) for name, value in unseen}


def _press(browser: Browser, address: str, step: str, **typed: str) -> httpx2.Response:
    """Presses a button of the page, with what it carries along and what is typed."""
    return browser.send(address, **{**_carried(browser.page), "step": step, **typed})


def _recorded(browser: Browser, address: str, **typed: str) -> httpx2.Response:
    """Looks once more, and records."""
    checked = _press(browser, address, "check", **typed)
    assert checked.status_code == 200, checked.text
    return _press(browser, address, "record")


def _target(chambers: Chambers) -> str:
    with chambers.harness.store.reading() as reader:
        document = plan_in_force(reader, PLAN, Point(today(chambers.harness.store.clock())))
    (card,) = [card for card in document["indicators"] if card["id"] == "incasso"]
    return next(str(target["text"]) for target in card["targets"] if target["year"] == 2022)


def test_the_page_leads_to_all_that_can_be_taken_away(planner: Browser) -> None:
    page = planner.open(f"{DOCUMENTS}?as_of=2022-03-01").text
    addresses = [unescape(address) for address in re.findall(r'href="(/v1/plans/[^"]+)"', page)]
    kinds = ("format=xlsx", "format=csv", "format=json", "/next?", "/pack?", "/audit-export?")
    assert all(any(kind in address for address in addresses) for kind in kinds)
    assert all("as_of=2022-03-01" in address for address in addresses)
    for address in addresses:
        if "/pack?" not in address:  # it stands on a checkpoint, which nobody has made
            assert planner.http.get(address).status_code == 200, address


def test_a_workbook_is_looked_at_checked_and_recorded(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    assert "target rimodulato" in planner.page
    assert re.search(r"<del><span[^>]*>prima: </span>≥\xa070,34%</del>", planner.page)
    assert re.search(r"<ins><span[^>]*>dopo: </span>≥\xa068%</ins>", planner.page)
    checked = _press(planner, address, "check", **GROUND)
    assert checked.status_code == 200
    assert "Controlla prima di registrare" in checked.text
    assert "calo dei versamenti" in checked.text
    assert _target(chambers) == ">= 70,34%"
    again = _press(planner, address, "change")
    assert re.search(r'<textarea id="justification"[^>]*>\ncalo dei versamenti</textarea>', again.text)
    recorded = _recorded(planner, address, **GROUND)
    assert (recorded.status_code, recorded.headers["location"]) == (303, f"/piani/{PLAN}")
    assert _target(chambers) == ">= 68%"
    assert "registrato" in planner.open(address).text


def test_the_page_says_what_the_file_would_do_before_anything_is_said(chambers: Chambers, workbook: bytes) -> None:
    chambers.harness.on("2022-12-20").measure(series="incasso", period="2022-H1", text="69%", data_as_at="2022-06-30")
    _, planner = signed_in(chambers, "ada", "planner")
    planner.open(DOCUMENTS)
    address = _sent(planner, workbook)
    page = planner.page
    assert '<div class="problems"' not in page
    assert "Che effetto avrebbe sul 2022" in page
    assert page.index("<h3>Incassare</h3>") < page.index("target rimodulato, 2022")
    for words in (
        "più facile",
        "modifica in itinere",
        "conta nel tasso di modifica",
        "Contro i target approvati (ex ante)",
    ):
        assert words in page, words
    assert re.search(r"Performance dell(&#39;|')ente", page)
    assert "L'atto manca ancora" in unescape(page)
    assert re.search(r'<input id="act"[^>]*value=""', page)
    looked = _press(planner, address, "look", act="delibera di Giunta n. 9 del 19/12/2022", justification="calo").text
    assert re.search(r'Segnalazioni che nascerebbero <span class="count">[1-9]', looked)
    assert "Domanda a cui rispondere:" in looked


def test_an_act_that_is_still_missing_is_filled_in_on_the_check(
    chambers: Chambers, planner: Browser, workbook: bytes
) -> None:
    address = _sent(planner, workbook)
    checked = _press(planner, address, "check", justification="calo", cause="new_data")
    assert '<input id="act"' in checked.text
    assert '<div class="problems"' not in checked.text
    refused = _press(planner, address, "record")
    assert refused.status_code in {409, 422}
    assert '<a href="#act">' in refused.text
    assert 'name="justification" value="calo"' in refused.text
    seen = _press(planner, address, "record", act=GROUND["act"])  # its date says from when: that was not shown yet
    assert (seen.status_code, _target(chambers)) == (200, ">= 70,34%")
    assert "premi di nuovo" in seen.text
    assert _press(planner, address, "record").status_code == 303
    assert _target(chambers) == ">= 68%"


def test_nothing_is_recorded_that_the_page_did_not_show(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    for checked in ("", "0" * 64):
        assert planner.send(address, step="record", checked=checked, **GROUND).status_code == 200
    assert _target(chambers) == ">= 70,34%"


def test_after_the_end_of_its_plan_a_file_is_looked_at_as_of_its_last_day(chambers: Chambers, workbook: bytes) -> None:
    chambers.harness.on("2025-03-01")
    _, planner = signed_in(chambers, "ada", "planner")
    planner.open(DOCUMENTS)
    _sent(planner, workbook)
    assert "dal 31/12/2024" in planner.page
    assert "Non si può ancora calcolare" not in planner.page


def test_what_is_left_out_is_not_recorded(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    [skip] = re.findall(r'name="(skip:[^"]+)"', planner.page)
    checked = _press(planner, address, "check", **{unescape(skip): "1"}, **GROUND)
    assert "Lasciata fuori" in checked.text or "non cambia nulla" in checked.text
    assert _press(planner, address, "record").status_code in {200, 409}
    assert _target(chambers) == ">= 70,34%"


def test_without_an_act_it_is_kept_as_a_proposal(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    _press(planner, address, "check", justification="calo", cause="new_data")
    untitled = _press(planner, address, "propose")
    assert untitled.status_code == 422
    assert '<a href="#title">' in untitled.text
    kept = _press(planner, address, "propose", title="Meno incasso")
    assert kept.status_code == 303, kept.text
    assert kept.headers["location"].startswith(f"/piani/{PLAN}/proposte/")
    assert "Meno incasso" in planner.open(kept.headers["location"]).text
    assert _target(chambers) == ">= 70,34%"


def test_the_draft_of_the_act_is_had_from_the_page(planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    assert 'name="step" value="act"' in planner.page
    drafted = _press(planner, address, "act", **GROUND)
    assert drafted.headers["content-type"].endswith("wordprocessingml.document")
    told = text_after(drafted.content, "accepted")
    assert any(line.startswith("Atto: ") and "n. 9 del 20/09/2022" in line for line in told)
    assert "«calo dei versamenti» (nuovi dati)" in told
    planner.open(address)
    refused = _press(planner, address, "act", **GROUND | {"effective_on": "ieri"})
    assert refused.status_code == 422
    assert '<a href="#effective_on">' in refused.text


def test_a_question_is_answered_by_the_form(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    chambers.harness.revise(">= 65%", "2022-09-20")
    address = _sent(planner, workbook)
    assert "<legend>" in planner.page
    [name] = {unescape(name) for name in re.findall(r'name="(answer:[^"]+)"', planner.page)}
    waiting = _press(planner, address, "check", **GROUND)
    assert waiting.status_code == 422
    assert '<a href="#domanda-1">Manca la risposta' in waiting.text
    assert 'id="domanda-1"' in waiting.text
    assert "calo dei versamenti" in waiting.text
    answered = _press(planner, address, "look", **{name: "file"}, **GROUND)
    assert 'value="file" checked' in answered.text
    checked = _press(planner, address, "check", **{name: "file"}, **GROUND)
    assert f'<input type="hidden" name="{name}" value="file">' in checked.text
    assert _press(planner, address, "record").status_code == 303
    assert _target(chambers) == ">= 68%"


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_typed_is_lost(planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    wrong = _press(planner, address, "check", **GROUND | {"effective_on": "ieri"})
    assert wrong.status_code == 422
    assert '<a href="#effective_on">' in wrong.text
    assert all(text in wrong.text for text in ("calo dei versamenti", 'value="ieri"', "delibera di Giunta n. 9"))


def test_who_was_overtaken_sees_by_what_and_compares_again(
    chambers: Chambers, planner: Browser, workbook: bytes
) -> None:
    address = _sent(planner, workbook)
    _press(planner, address, "check", **GROUND)
    chambers.harness.change(
        {"verb": "revise_target", "object": "cassetto", "year": 2023, "target": ">= 17%"}, justification="adesioni"
    )
    overtaken = _press(planner, address, "record")
    assert overtaken.status_code in {409, 412}
    page = unescape(overtaken.text)
    assert "Nel frattempo" in page
    assert re.search(r"Che cosa è stato registrato nel frattempo.*17%", page, re.DOTALL)
    assert "calo dei versamenti" in page
    again = _press(planner, address, "again", **GROUND)
    assert again.status_code == 303
    renewed = again.headers["location"]
    assert renewed.partition("?")[0] != address
    assert "calo dei versamenti" in planner.open(renewed).text
    assert "nel frattempo" not in planner.page
    assert _recorded(planner, renewed.partition("?")[0], **GROUND).status_code == 303
    assert _target(chambers) == ">= 68%"


def test_what_was_typed_is_there_after_signing_in_again(planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    carried = _carried(planner.page)
    cookies = {**planner.http.cookies}
    planner.http.cookies.clear()
    away = planner.http.post(address, data={**carried, "step": "check", **GROUND})
    assert (away.status_code, away.headers["location"].partition("?")[0]) == (303, "/accesso")
    wanted = unquote(away.headers["location"].partition("?")[2].partition("=")[2])
    assert wanted.startswith(f"{address}?kept=")
    planner.http.cookies.update(cookies)
    page = planner.open(wanted).text
    assert "La sessione di prima era finita" in page
    assert "calo dei versamenti" in page
    assert GROUND["act"] in page
    assert _recorded(planner, address, **GROUND).status_code == 303


def test_a_file_that_is_none_is_told_on_the_page_that_it_came_from(planner: Browser) -> None:
    for file in (b"nulla di simile", b"", b"PK\x03\x04" + b"\0" * 40):
        answer = _send(planner, file)
        assert answer.status_code in {409, 413, 415, 422}, answer.text
        assert '<div class="problems"' in answer.text
        assert '<input id="file"' in answer.text


def test_a_file_on_its_way_says_how_far_it_is_without_a_script(
    chambers: Chambers, planner: Browser, workbook: bytes
) -> None:
    app = chambers.client.app
    assert isinstance(app, FastAPI)
    app.state.imports.wait_seconds = 0.0
    address = _send(planner, workbook).headers["location"]
    for _ in range(400):
        page = planner.open(address).text
        if "target rimodulato" in page:
            break
        assert f'<meta http-equiv="refresh" content="2;url={address}">' in page
    else:
        pytest.fail("the preview was never ready")


def test_who_may_not_neither_sees_the_form_nor_sends_it(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    anonymous = Browser(chambers)
    page = anonymous.open(DOCUMENTS)
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    assert "/pack?" not in page.text
    assert anonymous.open(address).headers["location"].startswith("/accesso")
    sent = anonymous.http.post(DOCUMENTS, data={"csrf": "0" * 64}, files={"file": ("a.xlsx", workbook)})
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/accesso")
    _, oiv = signed_in(chambers, "olga", "oiv")
    assert 'type="file"' not in oiv.open(DOCUMENTS).text
    assert oiv.open(address).status_code == 403
    assert planner.open(address.replace(PLAN, PUBLISHED[OTHER])).status_code == 403
    assert Browser(chambers).open(f"/piani/{DRAFTS[OTHER]}/documenti").status_code == 404


def test_a_form_from_elsewhere_records_nothing(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    forged = {"csrf": "0" * 64}
    sent = planner.http.post(DOCUMENTS, data=forged, files={"file": ("a.xlsx", workbook)})
    assert (sent.status_code, sent.json()["type"].rpartition(":")[2]) == (403, "csrf-refused")
    assert planner.http.post(address, data=forged | GROUND | {"step": "record"}).status_code == 403
    assert _target(chambers) == ">= 70,34%"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--a\r\n"),
        ("multipart/form-data; boundary=a", b""),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx\r\n--a--\r\n',
        ),
        ("multipart/form-data; boundary=a", b"--a\r\n" + b"x" * 5_000 + b"\r\n\r\ny\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="b"\r\n\r\n1\r\n' * 2 + _A_FILE,
        ),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="b"\r\n\r\n\xff\r\n' + _A_FILE,
        ),
        ("application/x-www-form-urlencoded", b"csrf=x"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(planner: Browser, kind: str, body: bytes) -> None:
    answer = planner.http.post(DOCUMENTS, content=body, headers={"Content-Type": kind})
    assert answer.status_code in {400, 415}


def test_a_file_past_the_limit_is_not_taken(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, max_document_bytes=1_000)
    _, planner = signed_in(chambers, "anna", "planner")
    planner.open(DOCUMENTS)
    assert _send(planner, b"x" * 80_000).status_code == 413
    chambers.close()


def test_a_file_keeps_every_byte(planner: Browser) -> None:
    """A boundary within the bytes, and line ends before it, are part of the file."""
    file = b'{"a": "\r\n--altro\r\n"}\r\n\r\n'
    answer = _send(planner, file)
    assert answer.status_code == 422
    assert "problema" in answer.text


def test_what_a_workbook_says_is_text(chambers: Chambers, planner: Browser) -> None:
    hostile = edited(
        book(chambers.harness), lambda made: setattr(made["Indicatori"]["C2"], "value", "<script>alert(1)</script>")
    )
    _sent(planner, hostile)
    assert "<script>alert" not in planner.page


def test_a_file_of_a_session_that_has_ended_is_said_not_to_be_taken(
    chambers: Chambers, planner: Browser, workbook: bytes
) -> None:
    planner.http.cookies.clear()
    answer = _send(planner, workbook, effective_on="2022-09-30", targets="1")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/accesso?")
    onward = unquote(answer.headers["location"].partition("poi=")[2])
    _, again = signed_in(chambers, "bruno", "planner")
    page = unescape(again.open(onward).text)
    assert "il file «piano.xlsx» non è stato preso" in page
    assert 'value="2022-09-30"' in page
    assert 'name="targets" value="1" checked' in page
    assert "non è stato preso" not in again.open(DOCUMENTS).text


def test_a_file_that_is_none_is_told_what_it_is(planner: Browser) -> None:
    answer = _send(planner, b"not a zip")
    assert answer.status_code == 422
    assert "Il nome del file finisce in .xlsx, ma dentro è un testo senza tabella" in unescape(answer.text)


def test_documents_of_a_part_of_the_plan_are_named_with_their_pages(chambers: Chambers, planner: Browser) -> None:
    listed = planner.page[planner.page.index("Dalle loro pagine:") :]
    listed = listed[: listed.index("</ul>")]
    base = f"/piani/{PLAN}"
    assert re.findall('href="([^"?]*)', listed) == [
        f"{base}/confronto",
        base,
        f"{base}/monitoraggio",
        f"{base}/proposte",
    ]
    public = Browser(chambers)
    public.open(DOCUMENTS)
    assert f'href="{base}/confronto' in public.page
