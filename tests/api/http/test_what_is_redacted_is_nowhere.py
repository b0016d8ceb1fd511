"""After a redaction the words are in no answer and in no file of the store, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple

import psycopg
import pytest

from api.commands.handler import Caller, Outcome
from api.commands.oversight import redact_texts, say
from api.http.command_request import IfMatch
from benchmarks.partitions import partition
from domain.errors import AlreadyAnnulled, CommandReused
from domain.oiv.commands import MakeRemark
from domain.redactions.commands import RedactTexts
from initinere_verify.trees import Failed
from projections.proof.live_verification import verify_database
from projections.store import postgres, sqlite
from projections.store.envelope import receipt_digest
from projections.store.previews import PreviewQuota, Previews, Seal, StoredPreview
from projections.store.request_digest import salted
from projections.store.store import Store
from tests.api.http.client import Client, P
from tests.api.operations import history
from tests.api.operations.test_both_doors import QUESTIONS_ASKED
from tests.support.harness import PLAN, ServiceHarness

ORDER = "decreto del Presidente n. 2 del 01/02/2022"
WORDS = "il dipendente Bianchi era in malattia"
OTHER_WORDS = "la signora Verdi era in congedo"
REMARK_KEY = "rilievo-da-oscurare"


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    """A harness whose plan has words in a status and in a remark, and in files that wait to be confirmed."""
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.on("2022-10-05").report(
        subject="indicator", id="incasso", status="at_risk", reported_on="2022-10-05", note=WORDS
    )
    _remark(harness)
    previews = Previews(harness.store.datastore, lambda: [Seal("prova", b"prova")])
    for number, expires in enumerate((timedelta(hours=1), timedelta(days=3))):
        file, shown = WORDS.encode(), f'{{"note": "{WORDS}"}}'
        kept = StoredPreview(f"p{number}", PLAN, 0, harness.now, harness.now + expires, "ready", WORDS, shown, file)
        previews.keep(kept, PreviewQuota(10**6, 10**6, frozenset({PLAN})))
    harness.on("2022-10-07")
    yield harness
    harness.store.close()


def _remark(harness: ServiceHarness, words: str = OTHER_WORDS) -> Outcome:
    return say(harness.service, PLAN, MakeRemark(words=words), Caller("oiv", REMARK_KEY))


def redact(harness: ServiceHarness, version: int, of: str) -> Outcome:
    """Redacts the texts of an event."""
    command = RedactTexts.model_validate({"version": version, "of": of})
    return redact_texts(harness.service, PLAN, command, ORDER, harness.caller())


def redact_all(harness: ServiceHarness) -> list[Outcome]:
    """Redacts the words of the status and of the remark."""
    version = harness.store.head(f"plan/{PLAN}").version
    return [redact(harness, version, "plan"), redact(harness, 1, "review")]


def holding(location: str, words: str) -> list[str]:
    """The files of a store in which words lie: beside a file all of its folder; of a server those of the tables."""
    files = [path for path in Path(location).parent.rglob("*") if path.is_file()] if "://" not in location else []
    if "://" in location:
        with psycopg.connect(location, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            folder, oid = connection.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            ).fetchone() or ("", 0)
        files = [*(Path(str(folder)) / "base" / str(oid)).iterdir()]
        assert files
    return [path.name for path in files if words.encode() in path.read_bytes()]


def test_the_words_are_in_no_file_while_the_service_runs(harness: ServiceHarness, location: str) -> None:
    assert holding(location, WORDS)
    assert holding(location, OTHER_WORDS)
    outcomes = redact_all(harness)
    assert [outcome.warnings for outcome in outcomes] == [(), ()]
    assert not harness.store.has_to_erase()
    for words in (WORDS, OTHER_WORDS):
        assert holding(location, words) == []
    with harness.store.datastore.cursor() as cursor:
        assert verify_database(cursor).events > 0


def test_rows_that_were_moved_from_page_to_page_leave_nothing(location: str) -> None:
    harness = ServiceHarness(location).on("2022-02-05")
    try:
        harness.load()
        for number in range(120):
            note = f"PAROLE{number:03d} " + "x" * (number * 37 % 700)
            say(harness.service, PLAN, MakeRemark(words=note), harness.caller())
        for number in range(1, 121):
            redact(harness, number, "review")
        assert holding(location, "PAROLE") == []
    finally:
        harness.store.close()


def test_the_words_are_in_no_partition_of_a_table_either(postgres_url: str) -> None:
    postgres.migrate(postgres_url)
    partition(postgres_url, "HASH")
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    try:
        harness.load()
        _remark(harness)
        assert holding(postgres_url, OTHER_WORDS)
        assert redact(harness, 1, "review").warnings == ()
        assert not harness.store.has_to_erase()
        assert holding(postgres_url, OTHER_WORDS) == []
    finally:
        harness.store.close()


def test_who_reads_a_moment_longer_is_waited_for(harness: ServiceHarness, location: str) -> None:
    reading, read = Event(), Event()

    def question() -> None:
        with closing(Store(location)) as another, another.reading() as reader:
            reader.cursor.execute("SELECT count(*) FROM leaf").fetchall()  # of another table: no lock, a snapshot
            reading.set()
            read.wait(0.3)

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(question)
        reading.wait(10)
        outcome = redact(harness, harness.store.head(f"plan/{PLAN}").version, "plan")
        asked.result()
    assert outcome.warnings == ()
    assert holding(location, WORDS) == []


def test_who_reads_on_holds_the_words_back_and_it_is_said_and_done_afterwards(
    harness: ServiceHarness, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.store.store.ERASE_SECONDS", 0.05)
    with closing(Store(location)) as another, another.reading() as reader:
        assert WORDS in str(reader.cursor.execute("SELECT text FROM text").fetchall())
        outcome = redact(harness, harness.store.head(f"plan/{PLAN}").version, "plan")
        assert [notice.name for notice in outcome.warnings] == ["redaction_incomplete"]
        assert harness.store.has_to_erase()
    assert holding(location, WORDS)
    harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    assert not harness.store.has_to_erase()
    assert holding(location, WORDS) == []


def test_who_opens_the_store_next_erases_what_was_left(
    harness: ServiceHarness, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for kind in (sqlite.Datastore, postgres.Datastore):
            patch.setattr(kind, "erase", lambda _self, _wait: False)
        redact_all(harness)
        assert harness.store.has_to_erase()
    with closing(Store(location)) as opened:
        opened.resume_erasing()
        assert not opened.has_to_erase()
        assert holding(location, WORDS) == []


def test_it_is_tried_again_by_itself(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.store.store.ERASE_AGAIN_SECONDS", 0.05)
    refusals = iter([False, False])
    kind = type(harness.store.datastore)
    erase = kind.erase
    monkeypatch.setattr(kind, "erase", lambda self, wait: next(refusals, None) is None and erase(self, wait))
    redact_all(harness)
    give_up = datetime.now(UTC) + timedelta(seconds=20)
    while harness.store.has_to_erase():
        assert datetime.now(UTC) < give_up


def test_a_role_that_may_not_write_tables_anew_leaves_it_to_the_migration(postgres_url: str) -> None:
    postgres.migrate(postgres_url)
    harness = ServiceHarness(postgres_url).on("2022-02-05")
    try:
        harness.load()
        _remark(harness)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(postgres.Datastore, "erase", lambda _self, _wait: False)
            redact(harness, 1, "review")
            assert harness.store.has_to_erase()
            harness.store.close()
        postgres.migrate(postgres_url)
        assert holding(postgres_url, OTHER_WORDS) == []
    finally:
        harness.store.close()


def test_no_preview_is_left_whatever_its_plan(harness: ServiceHarness) -> None:
    redact(harness, 1, "review")
    with harness.store.reading() as reader:
        assert reader.cursor.execute("SELECT count(*) FROM preview").fetchone() == (0,)


# -- receipts ----------------------------------------------------------------------------------------------------------


def _receipt(harness: ServiceHarness) -> tuple[str, str]:
    with harness.store.reading() as reader:
        receipt = reader.receipt(REMARK_KEY)
    assert receipt is not None
    return receipt


def test_a_repeated_command_is_compared_until_its_words_are_redacted(harness: ServiceHarness) -> None:
    assert _remark(harness).repeated
    with pytest.raises(CommandReused):
        _remark(harness, "altre parole")
    before = _receipt(harness)
    redact(harness, 1, "review")
    after = _receipt(harness)
    assert before[0].split(":")[1] not in after[0]
    assert receipt_digest(*before) == receipt_digest(*after)
    for words in (OTHER_WORDS, "altre parole"):
        outcome = _remark(harness, words)
        assert (outcome.repeated, [notice.name for notice in outcome.warnings]) == (True, ["request_redacted"])
    assert harness.store.head(f"review/{PLAN}").version == 2


def test_the_digest_of_a_request_is_another_each_time() -> None:
    assert salted("impronta") != salted("impronta")


def _age(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts as earlier programs wrote them: the bare digest of the request."""
    del harness
    monkeypatch.setattr("api.commands.handler.salted", lambda digest: digest)


def test_a_receipt_of_an_earlier_program_is_answered_and_goes_whole(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    _age(harness, monkeypatch)
    given = Caller("oiv", "di-un-tempo")
    say(harness.service, PLAN, MakeRemark(words="parole di un tempo"), given)
    assert say(harness.service, PLAN, MakeRemark(words="parole di un tempo"), given).repeated
    with pytest.raises(CommandReused):
        say(harness.service, PLAN, MakeRemark(words="altre"), given)
    redact(harness, 2, "review")
    with harness.store.reading() as reader:
        assert (reader.receipt("di-un-tempo") or ("",))[0] == "blinded"
    assert say(harness.service, PLAN, MakeRemark(words="parole di un tempo"), given).repeated
    with harness.store.datastore.cursor() as cursor:
        verify_database(cursor)


def test_a_request_that_is_gone_without_an_order_is_found(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    _age(harness, monkeypatch)
    say(harness.service, PLAN, MakeRemark(words="parole di un tempo"), Caller("oiv", "di-un-tempo"))
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE receipt SET request = 'blinded' WHERE command_id = 'di-un-tempo'")
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed, match="oscurata senza un ordine"):
        verify_database(cursor)


# -- answers -----------------------------------------------------------------------------------------------------------


class Answered(NamedTuple):
    """An answer, as a client keeps it."""

    tag: str
    lasts: bool
    body: bytes


def _answers(client: Client) -> dict[str, Answered]:
    dates = {"as_of": "2023-06-30", "known_at": "2023-06-30"}
    answers = {}
    for asked in (asked for questions in QUESTIONS_ASKED.values() for asked in questions):
        for parameters in asked.parameters:
            for point in ({}, dates):
                if {"from", "as_of", "recorded_since", "since"} & parameters.keys() and point:
                    continue
                address = "/v1" + asked.target({**point, **parameters})
                answer = client.get(address)
                if answer.status_code == 200:
                    cached = answer.headers.get("cache-control", "")
                    answers[address] = Answered(answer.headers.get("etag", ""), "immutable" in cached, answer.content)
    return answers


def test_every_answer_that_held_words_is_another_after_they_are_redacted(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite")
    client, order = Client(harness, requests_per_minute=100_000), "decreto del Presidente n. 3 del 01/07/2023"
    try:
        history.record(harness)
        harness.on("2023-07-03")
        before = _answers(client)
        with harness.store.reading() as reader:
            streams = {
                "plan": f"plan/{PLAN}",
                "administration": "administration/cciaa-prova",
                "review": f"review/{PLAN}",
            }
            texts = reader.texts(
                [d for s in streams.values() for r in reader.records(s) for d in (r.justification, r.note)],
                streams["plan"],
            )
            versions = [
                (of, record.version)
                for of, stream in streams.items()
                for record in reader.records(stream)
                if any(texts.get(digest or "") for digest in (record.justification, record.note))
            ]
        for of, version in versions:
            command = RedactTexts.model_validate({"version": version, "of": of})
            with suppress(AlreadyAnnulled):  # the words of another event of the same command
                redact_texts(harness.service, PLAN, command, order, harness.caller())
        after = _answers(client)
        changed = {address for address in before if before[address].body != after[address].body}
        known = {address for address in changed if "known_at" in address}
        assert len(known) > 10
        for address, answered in before.items():
            if answered.tag:
                held = client.get(address, If_None_Match=answered.tag)
                assert (held.status_code == 304) <= (address not in changed), address
            assert not (answered.lasts and address in known), address
        assert sum(answered.lasts for answered in before.values()) > 5
        for words in filter(None, texts.values()):
            assert not [address for address in known if words.encode() in after[address].body], words
    finally:
        harness.store.close()


def test_a_redaction_by_another_process_is_seen_at_once(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    try:
        harness.load()
        harness.on("2022-10-05").report(
            subject="indicator", id="incasso", status="at_risk", reported_on="2022-10-05", note=WORDS
        )
        client = Client(harness.on("2022-11-01"))
        paths = [f"{P}{part}as_of=2022-10-20&known_at=2022-10-20" for part in ("?", "/statuses?", "/audit?")]
        before = {path: client.get(path) for path in paths}
        assert all(WORDS in answer.text for answer in before.values())
        assert not any("immutable" in answer.headers["cache-control"] for answer in before.values())
        with closing(Store(harness.store.location, harness.tick)) as another:
            elsewhere = ServiceHarness.__new__(ServiceHarness)
            elsewhere.__dict__ |= harness.__dict__ | {"store": another, "service": type(harness.service)(another)}
            redact(elsewhere, another.head(f"plan/{PLAN}").version, "plan")
        for path, answer in before.items():
            again = client.get(path, If_None_Match=answer.headers["etag"])
            assert again.status_code == 200
            assert WORDS not in again.text
            assert again.headers["etag"] != answer.headers["etag"]
    finally:
        harness.store.close()


def test_a_tag_after_a_redaction_names_its_versions_still() -> None:
    seen = IfMatch('"2022-09-30;12;5;r1"')
    assert (seen.version, seen.administration) == (12, 5)
