"""A workbook comes in by the pages: sent, looked at, its questions answered, checked, recorded or proposed."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from domain.point import Point, today
from projections.plan_in_force import plan_in_force
from tests.api.workbook.books import book, edited
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
DOCUMENTS = f"/piani/{PLAN}/documenti"
GROUND = {"act": "delibera di Giunta n. 9 del 20/09/2022", "justification": "calo dei versamenti", "cause": "new_data"}

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
    assert "<del>≥\xa070,34%</del>" in planner.page
    assert "<ins>≥\xa068%</ins>" in planner.page
    checked = planner.send(address, step="check", **GROUND)
    assert checked.status_code == 200
    assert "Controlla prima di registrare" in checked.text
    assert "calo dei versamenti" in checked.text
    assert _target(chambers) == ">= 70,34%"
    again = planner.send(address, step="change", **GROUND)
    assert 'value="calo dei versamenti"' in again.text
    recorded = planner.send(address, step="record", **GROUND)
    assert (recorded.status_code, recorded.headers["location"]) == (303, f"/piani/{PLAN}")
    assert _target(chambers) == ">= 68%"
    assert "registrato" in planner.open(address).text


def test_what_is_left_out_is_not_recorded(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    [skip] = re.findall(r'name="(skip:[^"]+)"', planner.page)
    answer = planner.send(address, step="record", **{unescape(skip): "1"}, **GROUND)
    assert answer.status_code == 409
    assert _target(chambers) == ">= 70,34%"


def test_without_an_act_it_is_kept_as_a_proposal(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    address = _sent(planner, workbook)
    checked = planner.send(address, step="check", justification="calo", cause="new_data")
    assert 'value="record"' not in checked.text
    refused = planner.send(address, step="record", justification="calo", cause="new_data")
    assert refused.status_code == 409
    assert "C&#39;è un problema" in refused.text or "C'è un problema" in refused.text
    untitled = planner.send(address, step="propose", justification="calo", cause="new_data")
    assert untitled.status_code == 422
    kept = planner.send(address, step="propose", justification="calo", cause="new_data", title="Meno incasso")
    assert kept.status_code == 303, kept.text
    assert kept.headers["location"].startswith(f"/piani/{PLAN}/proposte/")
    assert "Meno incasso" in planner.open(kept.headers["location"]).text
    assert _target(chambers) == ">= 70,34%"


def test_a_question_is_answered_by_the_form(chambers: Chambers, planner: Browser, workbook: bytes) -> None:
    chambers.harness.revise(">= 65%", "2022-09-20")
    address = _sent(planner, workbook)
    assert "<fieldset><legend>" in planner.page
    waiting = planner.send(address, step="check", **GROUND)
    assert "Una domanda aspetta ancora la sua risposta" in waiting.text
    names = {unescape(name) for name in re.findall(r'name="(answer:[^"]+)"', planner.page)}
    [name] = names
    answered = planner.send(address, step="look", **{name: "file"}, **GROUND)
    assert 'value="file" checked' in answered.text
    checked = planner.send(address, step="check", **{name: "file"}, **GROUND)
    assert f'<input type="hidden" name="{name}" value="file">' in checked.text
    assert planner.send(address, step="record", **{name: "file"}, **GROUND).status_code == 303
    assert _target(chambers) == ">= 68%"


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
        assert '<meta http-equiv="refresh" content="2">' in page
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
