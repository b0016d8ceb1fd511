"""Documents over HTTP: as a file with a name, the same for whoever asks again, for whoever may ask what it says."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.api.http.client import Client, problem
from tests.api.http.test_http_imports import XLSX
from tests.api.paper.read_docx import text_after
from tests.api.workbook.books import book, edited
from tests.support.harness import PLAN, ServiceHarness

ADDRESS = f"/v1/plans/{PLAN}/papers"


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """The small plan, revised once."""
    harness = ServiceHarness(tmp_path_factory.mktemp("carta") / "piano.sqlite").on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30")
    yield harness
    harness.store.close()


@pytest.fixture(scope="module")
def client(harness: ServiceHarness) -> Client:
    """A client of a service with it; nothing writes to it."""
    return Client(harness)


def test_a_document_is_a_file_with_a_name_that_is_not_sent_twice(client: Client) -> None:
    address = f"{ADDRESS}/plan?format=pdf&as_of=2022-12-31&known_at=2022-12-31"
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{PLAN}-piano-2022-12-31.pdf"'
    assert answer.content.startswith(b"%PDF-1.7")
    again = client.get(address, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address).content == answer.content


@pytest.mark.parametrize(
    "path",
    [
        "variations?year=2022",
        "comparison?from=2022-02-01&to=2022-12-31&language=en",
        "indicators/incasso",
        "scores?year=2022&tree=uffici",
        "rates?year=2022",
        "evidence?year=2022",
    ],
)
def test_each_document_has_an_address(client: Client, path: str) -> None:
    answer = client.get(f"{ADDRESS}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "path", ["plan?format=docx", "revisions?from=2022-02-05&to=2022-12-31", "indicators/incasso?format=docx"]
)
def test_a_document_of_word_has_its_own_type_and_ending(client: Client, path: str) -> None:
    answer = client.get(f"{ADDRESS}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert answer.headers["content-disposition"].endswith('.docx"')
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert client.get(f"{ADDRESS}/{path}").content == answer.content


def test_what_there_is_not_is_refused_by_name(client: Client) -> None:
    problem(client.get(f"{ADDRESS}/rounds/2022-06-30"), 404, "not-found")
    problem(client.get(f"{ADDRESS}/indicators/altro"), 404, "not-found")
    problem(client.get(f"{ADDRESS}/variations?year=2031"), 409, "outside-plan")
    problem(client.get(f"{ADDRESS}/acts/proposta-1"), 404, "not-found")
    assert client.get(f"{ADDRESS}/revisions?from=2022-02-05&format=pdf").status_code == 422
    assert client.get(f"{ADDRESS}/plan?format=docm").status_code == 422
    assert client.get(f"{ADDRESS}/plan?tree=missioni").status_code == 422


def test_the_folder_for_transparency_is_a_zip(client: Client) -> None:
    answer = client.get(f"{ADDRESS}/transparency?as_of=2022-12-31")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        names = folder.namelist()
        assert {"index.html", "piano.pdf", "piano.json", "variazioni-2022.pdf", "SHA256SUMS"} <= set(names)
        page = folder.read("index.html").decode()
    assert all(f'href="{name}"' in page for name in names if name not in {"index.html", "SHA256SUMS"})
    problem(client.get(f"{ADDRESS}/transparency?as_of=2022-01-01"), 409, "nothing-to-publish")


def test_the_draft_of_an_act_is_had_from_changes_that_are_not_recorded(client: Client) -> None:
    change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
    for sent in ({"changes": [change]}, change | {"act": "delibera di Giunta n. 12 del 03/10/2022"}):
        answer = client.post(f"{ADDRESS}/acts", sent)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].endswith('-atto-2022-10-03.docx"')
        assert answer.headers["cache-control"] == "no-store"
    problem(client.post(f"{ADDRESS}/acts", {"changes": []}), 409, "no-change")
    problem(client.post(f"{ADDRESS}/acts", {"changes": [change | {"object": "altro"}]}), 404, "not-found")


def test_the_draft_of_an_act_is_had_from_the_preview_of_a_file(harness: ServiceHarness, client: Client) -> None:
    changed = edited(book(harness), lambda made: setattr(made["Target"]["D2"], "value", ">= 60%"))
    where = client.send(f"/v1/plans/{PLAN}/imports", changed, **XLSX).headers["location"]
    problem(client.post(f"{where}/act", {}), 409, "questions-open")
    answer = client.post(f"{where}/act?language=en", {"justification": "calo", "answers": {"1": "file"}})
    assert answer.status_code == 200, answer.text
    told = text_after(answer.content, "accepted")
    assert "«calo»" in told
    assert "≥\u00a060%" in told
    assert client.get(where).json()["state"] == "ready"
