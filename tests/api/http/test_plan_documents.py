"""A document that memory alone has says what the record would, at any point, whoever wrote meanwhile, whoever asks."""

import random
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from api.commands.oversight import redact_texts
from api.http.ready_answers import ReadyAnswers
from domain.redactions.commands import RedactTexts
from projections import plan_regions
from projections.store import postgres
from projections.store.store import Store
from tests.api.http.client import Client
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.harness import PLAN, ServiceHarness

P = f"/v1/plans/{PLAN}"
DOCUMENTS = (P, f"{P}/objectives", f"{P}/indicators", f"{P}/measurements")
DAYS = [date(2022, 1, 30) + timedelta(days=day) for day in range(0, 400, 9)] + [date(1900, 1, 1), date(9999, 12, 31)]
OF_A_REQUEST = {"x-request-id", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset"}
REDACTED = re.compile(r";r[0-9]+")
POINTS = 40


def told(client: Client, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """All that is answered, as it goes over the wire, but for what one request alone is told."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.http.stream("GET", address, headers=named) as answer:
        raw = b"".join(answer.iter_raw())
    said = {name: value for name, value in answer.headers.items() if name not in OF_A_REQUEST}
    if "immutable" in said.get("cache-control", ""):
        # The tag of what never changes counts the redactions of the day on which it was first given.
        said["etag"] = REDACTED.sub("", said["etag"])
    return answer.status_code, said, raw


def asked_for(chance: random.Random, harness: ServiceHarness) -> str:
    """An address of a document at a point by chance: between appends, at them, now, later, before there was anything."""
    with harness.store.reading() as reader:
        appends = [at for stream in (f"plan/{PLAN}", "administration/cciaa-prova") for *_, at in reader.appends(stream)]
    known = [None, datetime(2021, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)]
    known += [at + timedelta(microseconds=chance.choice((-1, 0, 1, 10**9))) for at in appends]
    at = chance.choice(known)
    query = f"as_of={chance.choice(DAYS)}" + ("" if at is None else f"&known_at={at:%Y-%m-%dT%H:%M:%S.%fZ}")
    return f"{chance.choice(DOCUMENTS)}?{query}"


def redacted(harness: ServiceHarness) -> int:
    """How many texts were redacted so far."""
    with harness.store.reading() as reader:
        return reader.redacted_texts()


@contextmanager
def nothing_looked_up() -> Iterator[None]:
    """Within it, whatever reads the record fails."""
    failing = AssertionError("looked up")
    with (
        patch.object(Store, "reading", side_effect=failing),
        patch.object(Store, "reading_on_event_loop", side_effect=failing),
    ):
        yield


@pytest.mark.parametrize("seed", range(3))
def test_whoever_writes_every_point_is_answered_as_one_who_remembers_nothing_answers(
    harness: ServiceHarness, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311 - points, not secrets
    monkeypatch.setattr(plan_regions, "MOST_KNOWLEDGE", 3)
    harness.on("2022-02-05").load()
    loaded = harness.store.head(f"plan/{PLAN}").version
    client, anew = Client(harness), Client(harness)
    anew.app.state.kept.most_bytes = 0
    other = ServiceHarness(harness.store.location)
    with closing(other.store):
        for month in range(3, 9):
            for one in (harness, other):
                one.on(f"2022-{month:02}-10")
            writer = chance.choice((harness, other))
            match chance.randrange(4):
                case 0:
                    writer.revise(f">= {60 + month}%", f"2022-{chance.randrange(2, month + 1):02}-03")
                case 1:
                    writer.measure(
                        series=f"{PLAN}.incasso",
                        period=f"2022-0{month - 2}",
                        text=f"{month}%",
                        data_as_at=f"2022-0{month}-01",
                    )
                case 2:
                    writer.report(
                        subject="indicator",
                        id="incasso",
                        status="at_risk",
                        reported_on=f"2022-0{month}-01",
                        note=f"parole {month}",
                    )
                    if month > 5:
                        order = RedactTexts.model_validate(
                            {"version": writer.store.head(f"plan/{PLAN}").version, "of": "plan"}
                        )
                        redact_texts(
                            writer.service, PLAN, order, "decreto del Presidente n. 2 del 01/02/2022", writer.caller()
                        )
                case _ if writer.store.head(f"plan/{PLAN}").version > loaded:
                    writer.annul(writer.store.head(f"plan/{PLAN}").version, take_along=True)
                case _:
                    pass
            harness.on(f"2022-{month:02}-20")
            for _ in range(POINTS):
                address, coding = asked_for(chance, harness), chance.choice(("identity", "gzip", "zstd"))
                first, expected = (
                    told(client, address, Accept_Encoding=coding),
                    told(anew, address, Accept_Encoding=coding),
                )
                assert first == expected, address
                tag, lasts = first[1].get("etag"), "immutable" in first[1].get("cache-control", "")
                if tag is not None and not (lasts and redacted(harness)):
                    held = [told(one, address, Accept_Encoding=coding, If_None_Match=tag) for one in (client, anew)]
                    assert held[0] == held[1], address


def test_a_cold_point_of_a_region_that_was_asked_for_is_answered_from_memory_alone(harness: ServiceHarness) -> None:
    harness.on("2022-02-05").load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-11-10")
    client = Client(harness)
    for known in ("", "&known_at=2022-03-01T10:00:00Z", "&known_at=2022-11-01T10:00:00Z"):
        for day in ("2022-02-10", "2022-02-10", "2022-10-10", "2022-10-10"):  # the second time the region is known
            client.get(f"{P}?as_of={day}{known}")
    settled = [
        f"{P}?as_of={day}&known_at=2022-02-{n}T10:00:00Z" for day in ("2022-05-05", "2022-12-01") for n in range(10, 20)
    ]
    now = [f"{P}?as_of=2022-0{n}-11{known}" for n in range(3, 9) for known in ("", "&known_at=2030-01-01T00:00:00Z")]
    with nothing_looked_up():
        assert {client.get(address).status_code for address in settled + now} == {200}
    other = ServiceHarness(harness.store.location).on("2022-11-11")
    with closing(other.store):
        other.revise(">= 66%", "2022-05-05")
    with nothing_looked_up():
        assert {client.get(address).status_code for address in settled} == {200}
        assert {client.get(address).status_code for address in now} == {500}
    assert [">= 66%" in client.get(address).text for address in now] == [n > 4 for n in range(3, 9) for _ in range(2)]


def test_what_a_server_has_of_a_settled_knowledge_is_answered_from_memory_and_what_it_has_now_is_read(
    postgres_url: str,
) -> None:
    postgres.migrate(postgres_url)
    harness = ServiceHarness(postgres_url)
    with closing(harness.store):
        harness.on("2022-02-05").load()
        harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
        harness.on("2022-11-10")
        client = Client(harness)
        settled, now = "2022-11-01T10:00:00Z", "2030-01-01T00:00:00Z"
        before = [client.get(f"{P}?as_of=2022-10-10&known_at={known}") for known in (settled, now)]
        assert ["immutable" in answer.headers["cache-control"] for answer in before] == [True, False]
        with nothing_looked_up():
            again = client.get(f"{P}?as_of=2022-10-11&known_at=2022-10-20T10:00:00Z")
            assert again.content.partition(b'"as_of"')[0] == before[0].content.partition(b'"as_of"')[0]
            assert client.get(f"{P}?as_of=2022-10-11&known_at={now}").status_code == 500
        other = ServiceHarness(postgres_url).on("2022-11-11")
        with closing(other.store):
            other.revise(">= 66%", "2022-10-05")
        assert ">= 66%" in client.get(f"{P}?as_of=2022-10-11&known_at={now}").text


def test_of_a_plan_with_too_many_appends_nothing_is_remembered_and_all_is_answered(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_regions, "MOST_APPENDS", 0)
    harness.on("2022-02-05").load()
    harness.on("2022-11-10")
    client = Client(harness)
    for _ in range(3):
        assert client.get(f"{P}?as_of=2022-10-10&known_at=2022-11-01T10:00:00Z").status_code == 200
    assert client.app.state.documents.regions.get(PLAN) is None


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path, public=True)
    yield made
    made.close()


def test_what_one_who_reads_drafts_was_shown_is_not_given_to_others_from_memory(chambers: Chambers) -> None:
    own, others = chambers.token("planner"), (chambers.token("planner", OTHER), "")
    for plan, status in ((PUBLISHED[OWN], 200), (DRAFTS[OWN], 404)):
        for day in (5, 5, 6):
            assert chambers.ask("GET", f"/v1/plans/{plan}?as_of=2022-02-0{day}", own).status_code == 200
        told_others = [
            chambers.ask("GET", f"/v1/plans/{plan}?as_of=2022-02-0{day}", by) for day in (7, 8) for by in others
        ]
        assert {answer.status_code for answer in told_others} == {status}


def test_a_citizen_is_answered_from_memory_as_long_as_the_plan_is_published(chambers: Chambers) -> None:
    path = f"/v1/plans/{PUBLISHED[OWN]}?as_of="
    first = [chambers.ask("GET", f"{path}2022-02-0{day}") for day in (4, 4, 5)]
    assert {answer.status_code for answer in first} == {200}
    with patch.object(ReadyAnswers, "__call__", side_effect=AssertionError("the long way")):
        again = chambers.ask("GET", f"{path}2022-02-05")
    assert (again.content, again.headers["etag"]) == (first[-1].content, first[-1].headers["etag"])
    assert chambers.ask("GET", f"{path}2022-01-01").status_code == 404
