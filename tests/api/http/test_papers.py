"""Documents over HTTP: as a file with a name, the same for whoever asks again, for whoever may ask what it says."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.api.http.client import Client, problem
from tests.support.harness import PLAN, ServiceHarness

ADDRESS = f"/v1/plans/{PLAN}/papers"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a service with the small plan, revised once; nothing writes to it."""
    harness = ServiceHarness(tmp_path_factory.mktemp("carta") / "piano.sqlite").on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30")
    yield Client(harness)
    harness.store.close()


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
