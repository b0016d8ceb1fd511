"""What everybody may read: the plan on its dates for good, its feed and calendar, the open data; and what nobody may."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from zstandard import ZstdDecompressor

from api.http import open_data
from api.language import translation
from projections.open_data import DATASETS
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in
from tests.support.marked import Marked

PLAN, DRAFT = PUBLISHED[OWN], DRAFTS[OWN]
FOR_EVER = "public, max-age=31536000, immutable"
PAST = "as_of=2022-03-01&known_at=2022-03-01T00:00:00Z"
ATOM = "{http://www.w3.org/2005/Atom}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DCT = "{http://purl.org/dc/terms/}"
DCAT = "{http://www.w3.org/ns/dcat#}"
ITALIAN = "{http://dati.gov.it/onto/dcatapit#}"
FOAF = "{http://xmlns.com/foaf/0.1/}"
WORDS = "signora Rossi assente"


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path, public=True)
    made.harness.on("2022-09-20").change(
        {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 65%"},
        justification=WORDS,
    )
    made.harness.on("2022-11-20")
    yield made
    made.close()


@pytest.fixture
def anonymous(chambers: Chambers) -> Browser:
    return Browser(chambers)


@pytest.fixture
def shut_out(tmp_path: Path) -> Iterator[Browser]:
    """Somebody who has not signed in where the installation is not open to the public."""
    made = Chambers(tmp_path, public=False)
    yield Browser(made)
    made.close()


# -- kept for ever ---------------------------------------------------------------------------------------------------


def test_a_point_in_the_past_is_kept_for_ever_by_everybody(anonymous: Browser) -> None:
    answer = anonymous.open(f"/piani/{PLAN}?{PAST}")
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["vary"]) == (
        200,
        FOR_EVER,
        "Cookie, Accept-Encoding",
    )
    again = anonymous.http.get(f"/piani/{PLAN}?{PAST}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", FOR_EVER)


@pytest.mark.parametrize(
    "query",
    ["", "as_of=2022-03-01", "known_at=2022-03-01", f"{PAST}&lingua=en", "as_of=2022-03-01&known_at=2022-12-31"],
)
def test_what_may_change_or_depends_on_who_looks_is_asked_again(anonymous: Browser, query: str) -> None:
    answer = anonymous.open(f"/piani/{PLAN}?{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    again = anonymous.http.get(f"/piani/{PLAN}?{query}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_of_somebody_with_a_cookie_or_a_session_is_kept_for_all(chambers: Chambers) -> None:
    reader = Browser(chambers)
    reader.http.cookies.set("initinere-lingua", "en")
    assert reader.open(f"/piani/{PLAN}?{PAST}").headers["cache-control"] == "no-cache"
    _, planner = signed_in(chambers, "anna", "planner")
    assert planner.open(f"/piani/{PLAN}?{PAST}").headers["cache-control"] == "no-store"
    assert "etag" not in planner.open("/").headers


def test_feed_and_calendar_and_data_of_now_are_asked_again(anonymous: Browser) -> None:
    for address in (f"/piani/{PLAN}/eventi.atom", f"/piani/{PLAN}/scadenze.ics", "/dati/modifiche.csv"):
        answer = anonymous.open(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache"), address
        assert answer.headers["etag"]
        assert anonymous.open(f"{address}?{PAST}").headers["cache-control"] == FOR_EVER, address


# -- short addresses -------------------------------------------------------------------------------------------------


def test_a_page_prints_a_short_address_that_leads_back_to_it(anonymous: Browser) -> None:
    page = anonymous.open(f"/piani/{PLAN}?{PAST}&anno=2023").text
    short = re.search(r'href="http://localhost:8000(/p/[^"]+)"', page)
    assert short, page
    assert short[1] == f"/p/{PLAN}/20220301.20220301T000000Z?anno=2023"
    answer = anonymous.open(short[1])
    assert (answer.status_code, answer.headers["cache-control"]) == (308, FOR_EVER)
    assert answer.headers["location"] == (f"/piani/{PLAN}?anno=2023&as_of=2022-03-01&known_at=2022-03-01T00:00:00Z")
    assert anonymous.open(answer.headers["location"]).status_code == 200


def test_a_page_of_an_indicator_has_its_short_address(anonymous: Browser) -> None:
    answer = anonymous.open(f"/p/{PLAN}/20220301.20220301T120000.5Z/indicatori/incasso")
    assert answer.status_code == 308
    assert answer.headers["location"].startswith(f"/piani/{PLAN}/indicatori/incasso?as_of=2022-03-01&known_at=2022-03")


def test_an_address_as_it_was_printed_before_leads_to_the_same_page(anonymous: Browser) -> None:
    for rest in ("", "/indicatori/incasso"):
        before = anonymous.open(f"/p/{PLAN}/2022-03-01/20220301T120000.5Z{rest}?anno=2022").headers["location"]
        assert before == anonymous.open(f"/p/{PLAN}/20220301.20220301T120000.5Z{rest}?anno=2022").headers["location"]


def test_a_comparison_prints_both_points_in_one_word(anonymous: Browser) -> None:
    known = "2022-10-01T00:00:00Z"
    for points, word in {
        f"da=2022-03-01&as_of=2022-09-20&known_at={known}": "20220301-20220920.20221001T000000Z",
        f"da=2022-03-01&da_noto=2022-03-02T00:00:00Z&a=2022-09-20&a_noto={known}": (
            "20220301.20220302T000000Z-20220920.20221001T000000Z"
        ),
    }.items():
        page = anonymous.open(f"/piani/{PLAN}/confronto?{points}&mostra=altro").text
        assert f'href="http://localhost:8000/p/{PLAN}/{word}?mostra=altro"' in page
        answer = anonymous.open(f"/p/{PLAN}/{word}?mostra=altro")
        assert (answer.status_code, answer.headers["cache-control"]) == (308, FOR_EVER)
        again = anonymous.open(answer.headers["location"])
        assert f'href="http://localhost:8000/p/{PLAN}/{word}?mostra=altro"' in again.text
        assert again.headers["cache-control"] in {FOR_EVER, "no-cache"}


@pytest.mark.parametrize(
    "path",
    [
        "20220230.20220301T000000Z",
        "20220301.ieri",
        "oggi.20220301T000000Z",
        "20220301",
        "20220301-20220302",
        "20220301.20220301T000000Z-20220302",
        "2022-02-30/20220301T000000Z",
        "2022-03-01/ieri",
        "20220301.20220301T250000Z",
    ],
)
def test_a_short_address_without_dates_is_refused(anonymous: Browser, path: str) -> None:
    assert anonymous.open(f"/p/{PLAN}/{path}").status_code == 422


def test_a_short_address_leads_nowhere_else(anonymous: Browser) -> None:
    for rest in ("//esempio.it", "%2F%2Fesempio.it", "{plan}", "..%2F..%2Fdati"):
        to = anonymous.open(f"/p/{PLAN}/20220301.20220301T000000Z/{rest}").headers["location"]
        assert to.startswith(f"/piani/{PLAN}/"), to


# -- the feed --------------------------------------------------------------------------------------------------------


def test_the_feed_tells_what_was_approved_changed_and_measured(chambers: Chambers, anonymous: Browser) -> None:
    answer = anonymous.open(f"/piani/{PLAN}/eventi.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.text)  # noqa: S314 - our own
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(ATOM + name)) == 1, name
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) >= 2
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert all(entry.findtext(ATOM + name) for name in ("id", "title", "updated", "content"))
        assert entry.findtext(f"{ATOM}updated", "").endswith("Z")
    assert sorted((entry.findtext(f"{ATOM}updated") or "" for entry in entries), reverse=True) == [
        entry.findtext(f"{ATOM}updated") for entry in entries
    ]
    chambers.harness.on("2022-11-21").change(
        {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
    )
    later = ET.fromstring(anonymous.open(f"/piani/{PLAN}/eventi.atom").text)  # noqa: S314 - our own
    assert [entry.findtext(f"{ATOM}id") for entry in later.findall(f"{ATOM}entry")][1:] == ids


def test_the_feed_names_nobody_and_says_no_words_that_may_be_redacted(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    for browser in (Browser(chambers), planner):
        text = browser.open(f"/piani/{PLAN}/eventi.atom").text
        assert WORDS not in text
        assert "ufficio-performance" not in text


def test_a_page_of_a_plan_names_its_feed_and_its_calendar(anonymous: Browser) -> None:
    page = anonymous.open(f"/piani/{PLAN}").text
    assert f'type="application/atom+xml" title="Eventi del piano" href="/piani/{PLAN}/eventi.atom"' in page
    assert f'type="text/calendar" title="Scadenze del piano" href="/piani/{PLAN}/scadenze.ics"' in page


def test_the_feed_is_in_the_language_that_is_asked_for(anonymous: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)
    italian, english = (anonymous.open(f"/piani/{PLAN}/eventi.atom{query}").text for query in ("", "?lingua=en"))
    assert 'xml:lang="it"' in italian
    assert "⟦" not in italian
    assert 'xml:lang="en"' in english
    assert ": ⟦eventi⟧</title>" in english
    assert (
        f'rel="self" type="application/atom+xml" href="http://localhost:8000/piani/{PLAN}/eventi.atom?lingua=en"'
        in english
    )
    assert anonymous.open(f"/piani/{PLAN}/eventi.atom").text == english, "the choice is remembered"
    page = anonymous.open(f"/piani/{PLAN}").text
    assert f'title="⟦Scadenze del piano⟧" href="/piani/{PLAN}/scadenze.ics?lingua=en"' in page


# -- the calendar ----------------------------------------------------------------------------------------------------


def test_the_calendar_has_the_dates_of_the_law(anonymous: Browser) -> None:
    answer = anonymous.open(f"/piani/{PLAN}/scadenze.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = _events(answer.text)
    assert len(events) == 6
    starts = sorted(event["DTSTART;VALUE=DATE"] for event in events)
    assert starts == ["20220131", "20230131", "20230630", "20240131", "20240630", "20250630"]
    assert len({event["UID"] for event in events}) == 6
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"]) for event in events)
    assert anonymous.open(f"/piani/{PLAN}/scadenze.ics").text == answer.text


def test_a_round_is_in_the_calendar_of_those_who_follow_it(chambers: Chambers, anonymous: Browser) -> None:
    body = {"as_at": "2022-10-31", "due_by": "2022-12-10"}
    opened = chambers.ask("POST", f"/v1/plans/{PLAN}/rounds", chambers.token("planner"), body)
    assert opened.status_code == 201, opened.text
    _, planner = signed_in(chambers, "anna", "planner")
    seen = [event["DTSTART;VALUE=DATE"] for event in _events(planner.open(f"/piani/{PLAN}/scadenze.ics").text)]
    assert "20221210" in seen
    assert "20221210" not in anonymous.open(f"/piani/{PLAN}/scadenze.ics").text


def test_the_calendar_is_in_the_language_that_is_asked_for(chambers: Chambers, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"as_at": "2022-10-31", "due_by": "2022-12-10"}
    assert chambers.ask("POST", f"/v1/plans/{PLAN}/rounds", chambers.token("planner"), body).status_code == 201
    _, planner = signed_in(chambers, "anna", "planner")
    address = f"/piani/{PLAN}/scadenze.ics"
    italian = planner.open(address).text
    assert "PRODID:-//In Itinere//Scadenze//IT" in italian
    assert "SUMMARY:Piano 2022: adozione entro il 31 gennaio" in italian
    assert "SUMMARY:Monitoraggio al 31 ottobre 2022: termine per i dati" in italian
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)
    english = planner.open(f"{address}?lingua=en").text
    assert "PRODID:-//In Itinere//Scadenze//EN" in english
    assert "SUMMARY:⟦Monitoraggio al 31 October 2022: termine per i dati⟧" in english
    said = [event[name] for event in _events(english) for name in ("SUMMARY", "DESCRIPTION")]
    assert all(text.startswith("⟦") or text == "Piano di prova" for text in said), said
    assert [event["UID"] for event in _events(english)] == [event["UID"] for event in _events(italian)]


def test_a_calendar_is_folded_and_escaped(chambers: Chambers) -> None:
    title = "Piano; della, performance è lungo: " + "perché " * 20
    chambers.harness.load(
        administration={"id": OTHER, "name": "Camera di Commercio Altra"},
        plan={"id": "lungo-2022-2024", "title": title, "first_year": 2022, "last_year": 2024},
    )
    text = Browser(chambers).open("/piani/lungo-2022-2024/scadenze.ics").text
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) <= 75
    assert title.strip().replace(";", "\\;").replace(",", "\\,") in text.replace("\r\n ", "")


def _events(text: str) -> list[dict[str, str]]:
    lines = text.replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert {"VERSION:2.0"} <= set(lines)
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1].setdefault(name, value)
    return events


# -- open data -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_is_the_same_in_csv_and_json_and_as_its_schema_says(anonymous: Browser, name: str) -> None:
    rows = anonymous.open(f"/dati/{name}.json").json()
    text = anonymous.open(f"/dati/{name}.csv").content.decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    schema = anonymous.open(f"/dati/{name}.schema.json").json()
    [definition] = schema["$defs"].values()
    assert len(table) == len(rows)
    for row, cells in zip(rows, table, strict=True):
        assert list(row) == list(cells) == list(definition["properties"])
        assert row["plan"] == cells["plan"] in PUBLISHED.values()
    assert all(column["description"] for column in definition["properties"].values())
    of_one = anonymous.open(f"/dati/{name}.json?plan={PLAN}").json()
    assert of_one == [row for row in rows if row["plan"] == PLAN]


def test_data_are_of_published_plans_whoever_asks_and_name_nobody(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    for browser in (Browser(chambers), planner):
        plans = {row["plan"] for row in browser.open("/dati/piani.json").json()}
        assert plans == set(PUBLISHED.values())
        assert browser.open(f"/dati/piani.json?plan={DRAFT}").status_code == 404
        [change] = browser.open(f"/dati/modifiche.json?plan={PLAN}").json()
        assert (change["after"], change["justification"], change["redacted"]) == (">= 65%", WORDS, False)
        assert not {"actor", "note"} & change.keys()


def test_a_text_that_was_redacted_is_in_no_data(chambers: Chambers, anonymous: Browser) -> None:
    [change] = anonymous.open(f"/dati/modifiche.json?plan={PLAN}").json()
    body = {"version": change["version"], "act": "decreto del Presidente n. 3 del 20/11/2022"}
    redacted = chambers.ask("POST", f"/v1/plans/{PLAN}/redactions", chambers.token("approver"), body)
    assert redacted.status_code == 201, redacted.text
    [after] = anonymous.open(f"/dati/modifiche.json?plan={PLAN}").json()
    assert (after["justification"], after["redacted"]) == (None, True)
    for address in ("/dati/modifiche.csv", f"/piani/{PLAN}/eventi.atom", f"/piani/{PLAN}?{PAST}", "/dati"):
        assert WORDS not in anonymous.open(address).text


def test_data_are_asked_on_other_dates(anonymous: Browser) -> None:
    rows = anonymous.open("/dati/indicatori.json?as_of=2022-03-01").json()
    targets = {row["target"] for row in rows if (row["plan"], row["indicator"], row["year"]) == (PLAN, "incasso", 2022)}
    assert targets == {">= 70,34%"}
    assert anonymous.open(f"/dati/modifiche.json?as_of=2022-03-01&plan={PLAN}").json() == []
    assert anonymous.open("/dati/piani.json?as_of=domani").status_code == 422
    assert anonymous.open("/dati/piani.json?pianò=1").status_code == 422


def test_the_page_of_the_data_leads_to_all_of_it(anonymous: Browser) -> None:
    page = anonymous.open("/dati").text
    assert "CC BY 4.0" in page
    for address in re.findall(r'href="(/dati/[^"]+)"', page):
        assert anonymous.open(address).status_code == 200, address
    assert DRAFT not in page


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the few plans of a test, as of the many of a country."""
    monkeypatch.setattr(open_data, "PLANS_OF_A_PIECE", 1)
    monkeypatch.setattr(open_data, "PLANS_OF_A_CATALOGUE", 1)
    monkeypatch.setattr(open_data, "PLANS_AT_A_TIME", 1)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_in_pieces_is_the_file_at_once(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    address = f"/dati/{name}.{kind}?as_of=2022-11-20"
    at_once = anonymous.open(address)
    assert "content-length" in at_once.headers
    monkeypatch.setattr(open_data, "PLANS_OF_A_PIECE", 1)
    for coding in ("identity", "gzip", "zstd"):
        streamed = anonymous.http.get(address, headers={"Accept-Encoding": coding})
        assert "content-length" not in streamed.headers
        assert streamed.headers.get("content-encoding", "identity") == coding
        content = (
            ZstdDecompressor().decompressobj().decompress(streamed.content) if coding == "zstd" else streamed.content
        )
        assert content == at_once.content
        for header in ("content-type", "content-disposition"):
            assert streamed.headers.get(header) == at_once.headers.get(header)
        again = anonymous.http.get(
            address, headers={"Accept-Encoding": coding, "If-None-Match": streamed.headers["etag"]}
        )
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", streamed.headers["etag"])


@pytest.mark.usefixtures("small_pieces")
def test_the_tag_of_a_stream_is_another_once_anything_is_recorded(chambers: Chambers, anonymous: Browser) -> None:
    address, asked = "/dati/indicatori.csv", {"Accept-Encoding": "identity"}
    before = anonymous.http.get(address, headers=asked)
    chambers.harness.on("2022-11-21").change(
        {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 61%"}
    )
    after = anonymous.http.get(address, headers=asked | {"If-None-Match": before.headers["etag"]})
    assert (after.status_code, ">= 61%" in after.text, ">= 61%" in before.text) == (200, True, False)
    # What was known before stays what it was, and so does its tag.
    past = "/dati/indicatori.csv?as_of=2022-11-01&known_at=2022-11-01T00:00:00Z"
    tag = anonymous.http.get(past, headers=asked).headers["etag"]
    chambers.harness.change({"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"})
    assert anonymous.http.get(past, headers=asked | {"If-None-Match": tag}).status_code == 304


def test_pages_of_a_data_set_are_of_one_knowledge_and_together_the_whole(
    chambers: Chambers, anonymous: Browser
) -> None:
    whole, pages, address = anonymous.open("/dati/indicatori.json").json(), [], "/dati/indicatori.json?limit=1"
    while address:
        page = anonymous.open(address)
        pages.append(page.json())
        following = page.links.get("next", {}).get("url", "")
        address = following.removeprefix("http://localhost:8000")
        chambers.harness.change(
            {"verb": "revise_target", "object": "incasso", "year": 2022, "target": f">= {60 - len(pages)}%"}
        )
    assert [{row["plan"] for row in page} for page in pages] == [{plan} for plan in sorted(PUBLISHED.values())]
    assert [row for page in pages for row in page] == whole


@pytest.mark.usefixtures("small_pieces")
def test_the_page_of_the_data_goes_on(anonymous: Browser) -> None:
    first = anonymous.open("/dati").text
    [following] = re.findall(r'href="(/dati\?dopo=[^"]+)" rel="next"', first)
    second = anonymous.open(following).text
    listed = [set(re.findall(r"piani\.csv\?plan=([^\"]+)", page)) for page in (first, second)]
    assert listed == [{plan} for plan in sorted(PUBLISHED.values())]
    assert 'rel="next"' not in second


HYDRA = "{http://www.w3.org/ns/hydra/core#}"


@pytest.mark.usefixtures("small_pieces")
def test_the_catalogue_comes_in_pages_as_harvesters_follow_them(anonymous: Browser) -> None:
    address, datasets, catalogues = "/dati/catalogo.rdf", [], []
    while address:
        answer = anonymous.open(address)
        root = ET.fromstring(answer.text)  # noqa: S314 - our own
        [page] = root.findall(f"{HYDRA}PagedCollection")
        assert page.attrib[f"{RDF}about"].removeprefix("http://localhost:8000") == address
        assert page.findtext(f"{HYDRA}totalItems") == "8"
        nodes = {node.attrib[f"{RDF}about"] for node in root}
        datasets.append({node.attrib[f"{RDF}about"] for node in root if node.tag == f"{ITALIAN}Dataset"})
        [catalogue] = root.findall(f"{ITALIAN}Catalog")
        catalogues.append(
            [(part.tag, part.text, dict(part.attrib)) for part in catalogue if part.tag != f"{DCAT}dataset"]
        )
        for node in root:
            assert MANDATORY.get(node.tag, set()) <= {part.tag for part in node}
        linked = {
            part.attrib[f"{RDF}resource"] for part in catalogue if part.tag in {f"{DCAT}dataset", f"{DCT}publisher"}
        }
        assert linked <= nodes
        following = page.findtext(f"{HYDRA}nextPage", "")
        assert [part.attrib[f"{RDF}resource"] for part in page.findall(f"{HYDRA}next")] == [following] * bool(following)
        assert answer.links.get("next", {}).get("url", "") == following
        address = following.removeprefix("http://localhost:8000")
    assert [len(page) for page in datasets] == [4, 4]
    assert not datasets[0] & datasets[1]
    assert catalogues[0] == catalogues[1]  # all pages say the same of the whole


MANDATORY = {
    f"{ITALIAN}Catalog": {DCT + "title", DCT + "description", DCT + "publisher", DCT + "modified", DCAT + "dataset"},
    f"{ITALIAN}Dataset": {
        *(
            DCT + name
            for name in ("identifier", "title", "description", "modified", "rightsHolder", "accrualPeriodicity")
        ),
        *(DCAT + name for name in ("theme", "distribution")),
    },
    f"{ITALIAN}Distribution": {DCT + "format", DCT + "license", DCAT + "accessURL"},
    f"{ITALIAN}Agent": {DCT + "identifier", FOAF + "name"},
    f"{ITALIAN}LicenseDocument": {DCT + "type"},
}
"""The properties that DCAT-AP_IT 1.0 asks of each class; of a licence its type is recommended."""


def test_the_catalogue_is_as_the_national_profile_asks(anonymous: Browser) -> None:
    answer = anonymous.open("/dati/catalogo.rdf")
    assert answer.headers["content-type"] == "application/rdf+xml"
    root = ET.fromstring(answer.text)  # noqa: S314 - our own
    assert root.tag == f"{RDF}RDF"
    nodes = {node.attrib[f"{RDF}about"]: node for node in root}
    assert len(nodes) == len(root)
    for node in root:
        assert MANDATORY[node.tag] <= {part.tag for part in node}, node.attrib
        assert all(part.text or part.attrib.get(f"{RDF}resource") or len(part) for part in node)
    of = {
        kind: [node for node in root if node.tag == ITALIAN + kind] for kind in ("Catalog", "Dataset", "Distribution")
    }
    assert [len(nodes) for nodes in of.values()] == [1, 8, 16]
    links = {
        (node.tag.rpartition("}")[2], part.tag.rpartition("}")[2], part.attrib[f"{RDF}resource"])
        for node in root
        for part in node
        if f"{RDF}resource" in part.attrib
    }
    for kind, name, address in links:
        if name in {"dataset", "distribution", "publisher", "rightsHolder", "license"}:
            assert address in nodes, (kind, name, address)
        if name in {"theme", "accrualPeriodicity", "format", "language"}:
            assert address.startswith("http://publications.europa.eu/resource/authority/")
        if name in {"accessURL", "downloadURL"}:
            assert anonymous.open(address.removeprefix("http://localhost:8000")).status_code == 200
    assert DRAFT not in answer.text


# -- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [f"/piani/{PLAN}", f"/piani/{PLAN}/eventi.atom", f"/piani/{PLAN}/scadenze.ics", "/dati", "/dati/catalogo.rdf"]
    + [f"/dati/{name}.csv" for name in DATASETS],
)
def test_nothing_is_public_where_the_installation_is_not(shut_out: Browser, address: str) -> None:
    answer = shut_out.open(address)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/accesso")


@pytest.mark.parametrize("address", ["/guida", "/accessibilita", "/note-legali"])
def test_what_explains_is_for_everybody(shut_out: Browser, address: str) -> None:
    answer = shut_out.open(address)
    assert answer.status_code == 200
    assert len(re.findall("<h1", answer.text)) == 1


@pytest.mark.parametrize("page", ["", "/eventi.atom", "/scadenze.ics"])
def test_a_draft_is_nobodys_who_has_not_signed_in(anonymous: Browser, page: str) -> None:
    assert anonymous.open(f"/piani/{DRAFT}{page}").status_code == 404


def test_a_plan_is_not_there_before_it_was_published(anonymous: Browser) -> None:
    assert anonymous.open(f"/piani/{PLAN}/eventi.atom?known_at=2022-01-01").status_code == 404


def test_a_comparison_from_before_it_was_published_is_the_same_for_whoever_looks(
    chambers: Chambers, anonymous: Browser
) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    counts = []
    for browser in (anonymous, planner):
        page = browser.open(f"/piani/{PLAN}/confronto?da=2020-01-01&a=2022-06-01")
        assert page.status_code == 200
        counts.append(re.findall(r"<strong>(\d+)</strong> (?:differenz|aggiunt)", page.text))
    assert counts[0] == counts[1] != ["0"]
    data = f"/v1/plans/{PLAN}/differences?from=2020-01-01&to=2022-06-01"
    assert {row["type"] for row in anonymous.open(data).json()["differences"]} == {"added"}
    for path in (
        f"/piani/{PLAN}/confronto?da=2020-01-01&a=2021-01-01",
        f"/piani/{DRAFT}/confronto?da=2023-01-01&a=2024-06-01",
    ):
        assert anonymous.open(path).status_code == 404


def test_what_a_title_says_is_text(chambers: Chambers) -> None:
    chambers.harness.load(
        administration={"id": OTHER, "name": "<script>alert(1)</script>"},
        plan={"id": "brutto-2022-2024", "title": "<script>alert(2)</script>", "first_year": 2022, "last_year": 2024},
    )
    browser = Browser(chambers)
    for address in ("/dati", "/piani/brutto-2022-2024", "/piani/brutto-2022-2024/eventi.atom", "/dati/catalogo.rdf"):
        answer = browser.open(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_an_address_that_no_code_can_hold_is_answered_without_one(anonymous: Browser) -> None:
    answer = anonymous.open(f"/piani/{PLAN}?q={'parola+' * 400}")
    assert answer.status_code == 200
    assert '<figure class="qr' not in answer.text or "<svg" not in answer.text.partition('class="qr')[2][:200]
