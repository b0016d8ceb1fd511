"""Answers that lie ready say what the question would: at every point, and after whatever is recorded."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import orjson
import pytest

from api.commands.oversight import redact_texts
from api.http.kept_answers import KeptAnswer, KeptAnswers
from api.http.routes import LateRoute
from domain.objectives.events import ObjectiveWithdrawn
from domain.point import Point
from domain.recording import Pending
from domain.redactions.commands import RedactTexts
from projections.plan_in_force import plan_in_force
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness

P = f"/v1/plans/{PLAN}"
DAYS = [date(2022, 1, 31), date(2022, 2, 1), date(2022, 9, 29), date(2022, 9, 30), date(2022, 10, 1), date(2023, 5, 1)]


@pytest.fixture
def revised(harness: ServiceHarness) -> ServiceHarness:
    harness.on("2022-02-05").load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    return harness.on("2022-11-10")


def found(harness: ServiceHarness, point: Point) -> object:
    with harness.store.reading() as reader:
        return orjson.loads(orjson.dumps(plan_in_force(reader, PLAN, point)))


def test_every_point_is_answered_as_the_question_answers_it(revised: ServiceHarness, client: Client) -> None:
    with revised.store.reading() as reader:
        instants = [at + timedelta(seconds=1) for *_, at in reader.appends(f"plan/{PLAN}")]
    for _ in range(2):  # the second time from what is kept
        for day in DAYS:
            for at in (None, *instants):
                query = f"?as_of={day}" + (f"&known_at={at:%Y-%m-%dT%H:%M:%SZ}" if at else "")
                answer = client.get(P + query)
                assert answer.status_code == 200
                assert answer.json() == found(revised, Point(day, at))


def test_what_is_recorded_afterwards_shows_at_once(revised: ServiceHarness, client: Client) -> None:
    before = client.get(P + "?as_of=2022-10-10")
    assert client.get(P + "?as_of=2022-10-10").content == before.content
    revised.revise(">= 66%", "2022-10-05")
    after = client.get(P + "?as_of=2022-10-10")
    assert ">= 66%" in after.text
    assert after.headers["etag"] != before.headers["etag"]
    annulled = revised.store.head(f"plan/{PLAN}").version
    revised.annul(annulled)
    assert ">= 66%" not in client.get(P + "?as_of=2022-10-10").text


def test_a_lasting_answer_is_the_same_for_ever_and_is_not_sent_twice(revised: ServiceHarness, client: Client) -> None:
    path = P + "?as_of=2022-10-10&known_at=2022-11-01"
    first = client.get(path)
    revised.on("2022-12-01").revise(">= 66%", "2022-10-05")
    second = client.get(path)
    assert (second.content, dict(second.headers)["etag"]) == (first.content, first.headers["etag"])
    assert "immutable" in second.headers["cache-control"]
    held = client.get(path, If_None_Match=first.headers["etag"])
    assert (held.status_code, held.content) == (304, b"")
    assert client.http.head(path).content == b""
    assert client.get(path, Actor="oiv").json() == first.json()
    assert client.get(path + "&as_of=2022-10-11").status_code == 422


def test_a_lasting_answer_stands_whatever_the_clock_of_another_writer_says(
    revised: ServiceHarness, client: Client
) -> None:
    lasting = (P + "/objectives", P + "/indicators", P)
    paths = [f"{path}?as_of=2022-12-31&known_at=2022-11-10T09:00:00Z" for path in lasting]
    revised.now = datetime(2022, 11, 10, 9, 2, tzinfo=UTC)
    before = [client.get(path) for path in paths]
    assert all("immutable" in answer.headers["cache-control"] for answer in before)
    with closing(Store(revised.store.location, lambda: datetime(2022, 11, 10, 8, 58, tzinfo=UTC))) as behind:
        append = Append("altrove", "", "prova", (StreamAppend(f"plan/{PLAN}", _version(revised), (_WITHDRAWAL,)),))
        behind.append(append)
    app = Client(revised)  # which has nothing ready
    assert [app.get(path).content for path in paths] == [answer.content for answer in before]
    assert app.get(P + "/objectives?as_of=2022-12-31").content != before[0].content


def test_the_last_minute_may_not_be_kept(revised: ServiceHarness, client: Client) -> None:
    revised.now = datetime(2022, 11, 10, 9, 0, 30, tzinfo=UTC)
    answer = client.get(P + "/objectives?as_of=2022-12-31&known_at=2022-11-10T09:00:00Z")
    assert answer.headers["cache-control"] == "no-cache"


def _version(harness: ServiceHarness) -> int:
    return harness.store.head(f"plan/{PLAN}").version


_WITHDRAWAL = Pending(ObjectiveWithdrawn(objective="a1"), date(2022, 10, 1))


def test_what_is_held_is_not_found_again(revised: ServiceHarness, client: Client) -> None:
    paths = (P, P + "/objectives", P + "/scores?year=2022", P + "/changes?year=2022")
    tags = {path: client.get(path).headers["etag"] for path in paths}
    assert {client.get(path, If_None_Match=tag).status_code for path, tag in tags.items()} == {304}
    revised.revise(">= 66%", "2022-10-05")
    assert {client.get(path, If_None_Match=tag).status_code for path, tag in tags.items()} == {200}
    assert client.get(P + "/objectives/nessuno", If_None_Match="*").status_code == 404


def test_words_that_are_redacted_are_in_no_kept_answer(revised: ServiceHarness, client: Client) -> None:
    revised.report(
        subject="indicator", id="incasso", status="at_risk", reported_on="2022-10-05", note="parole da togliere"
    )
    path = P + "?as_of=2022-10-10&known_at=2022-11-10"
    revised.on("2022-11-12")
    for _ in range(2):
        answer = client.get(path)
        assert "parole da togliere" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
    version = revised.store.head(f"plan/{PLAN}").version
    order = RedactTexts.model_validate({"version": version, "of": "plan"})
    redact_texts(revised.service, PLAN, order, "decreto del Presidente n. 2 del 01/02/2022", revised.caller())
    assert "parole da togliere" not in client.get(path).text


def test_what_is_kept_has_a_bound_in_bytes_and_the_longest_unused_goes_first() -> None:
    one = KeptAnswer(b"x" * 1_000)
    kept = KeptAnswers(most_bytes=10 * one.size)
    for number in range(12):
        kept.put(number, one)
        kept.get(0)
    assert kept.get(0)
    assert kept.get(1) is None
    kept.put(99, KeptAnswer(b"x" * 5 * one.size))
    assert kept.get(99) is None
    kept.put(0, KeptAnswer(b"y"))
    found = kept.get(0)
    assert found is not None
    assert found.body == b"y"


@pytest.mark.usefixtures("revised")
def test_an_address_as_programs_write_it_is_read_as_the_framework_reads_any(client: Client) -> None:
    days = ("2022-10-10", "1899-12-31", "2022-02-30", "9999-12-31", "0001-01-01")
    instants: tuple[str, ...] = (
        "2022-11-01T00:00:00Z",
        "2022-11-01T10:59:60Z",
        "2022-02-30T00:00:00Z",
        "1899-01-01T00:00:00Z",
    )
    instants += ("2022-11-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z", "2022-11-01T24:00:00Z", "2022-11-01")
    for day in days:
        for query in (f"as_of={day}", *(f"as_of={day}&known_at={at}" for at in instants)):
            for path in (P, P + "/objectives"):
                short = [client.get(f"{path}?{query}") for _ in range(3)]
                swapped = "&".join(reversed(query.split("&")))  # the framework reads it
                other = client.get(f"{path}?{swapped}" if "&" in query else f"{path}?{query}&")
                told = {(answer.status_code, answer.content) for answer in (*short, other)}
                assert len(told) == 1, query
    for path in (P, P + "/objectives"):
        assert client.get(path).content == client.get(f"{path}?as_of=10/11/2022").content


@pytest.mark.usefixtures("revised")
def test_the_address_of_a_file_and_of_a_question_is_read_once(client: Client) -> None:
    addresses = (f"{P}/export?format=json", f"{P}/papers/plan?format=pdf", f"{P}/flags?year=2022", P)
    first = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in first.values()} == {200}
    with patch.object(LateRoute, "matches", side_effect=AssertionError("read again")):
        for address, answer in first.items():
            again = client.get(address)
            assert (again.status_code, again.content) == (200, answer.content), address
            assert again.headers["content-type"] == answer.headers["content-type"]
