"""The log of an installation: its key, its checkpoints, their occasions, their rotation, under concurrent writers."""

import base64
import stat
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from api.commands.handler import Caller, Outcome
from api.commands.oversight import redact_texts
from api.commands.service import Service
from api.workbook.export import exported
from domain.documents.changes import ChangeFile
from domain.errors import ConcurrentChange, MotivationMissing
from domain.installation.events import SigningKeyLost, SigningKeyRotated
from domain.plans.history import plan_changes
from domain.proof.public_keys import Verifying, read_public
from domain.redactions.commands import RedactTexts
from initinere_verify.record import verify_record
from initinere_verify.succession import Trusted
from initinere_verify.trees import Failed, included, leaf_hash, read_checkpoint
from initinere_verify.trees import read_key as read_published
from projections.audit import audit_trail
from projections.plan_history import change_answer, plan_history
from projections.proof.checkpoints import RecordAltered, covering, heads_at
from projections.proof.keys import KeyUnusable, make_key, read_key, write_key
from projections.proof.live_verification import record_of, verify_database
from projections.proof.log import Log, public_keys
from projections.proof.notes import Signing
from projections.proof.notes import read_checkpoint as read_text
from projections.proof.receipt import receipt
from projections.rebuild import rebuild
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness, point, versions

STREAM = f"plan/{PLAN}"


@pytest.fixture
def harness(location: str, tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on each database, its service with a log."""
    harness = ServiceHarness(location).on("2022-02-05")
    harness.service.log = Log(harness.store, tmp_path / "signing.key")
    yield harness
    harness.store.close()


def _log(harness: ServiceHarness) -> Log:
    return harness.service.transparency_log


def test_the_key_is_made_at_the_first_start_and_only_its_owner_reads_it(harness: ServiceHarness) -> None:
    key = _log(harness).begin()
    assert stat.S_IMODE(_log(harness).path.stat().st_mode) == 0o600
    assert _log(harness).begin() == key
    assert [str(one) for one in harness.ask(public_keys)] == [str(key.verifying)]


def test_processes_that_start_together_make_one_key(harness: ServiceHarness) -> None:
    logs = [Log(harness.store, _log(harness).path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda log: log.begin(), logs))
    assert len(keys) == len(harness.ask(public_keys)) == 1


def test_a_key_that_others_may_read_or_that_is_another_is_refused(harness: ServiceHarness) -> None:
    log = _log(harness)
    log.begin()
    log.path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="leggibile da altri"):
        log.begin()
    log.path.chmod(0o600)
    write_key(log.path, make_key("in-itinere/altra"), replace=True)
    with pytest.raises(KeyUnusable, match="non è quella registrata"):
        log.begin()
    log.path.unlink()
    with pytest.raises(KeyUnusable, match="manca"):
        log.begin()


def test_a_note_is_in_the_form_that_signed_note_shows() -> None:
    # The key and the signed message of the documentation of golang.org/x/mod/sumdb/note, which signed-note describes.
    key = read_public("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    data = base64.b64decode(signature)
    assert data[:4].hex() == "c74f20a3"
    assert key.verifies(data[4:], text)
    assert not key.verifies(data[4:], text + b" ")


def test_a_key_file_is_read_back(tmp_path: Path) -> None:
    key = Signing("in-itinere/prova", bytes(range(32)))
    assert write_key(tmp_path / "k", key)
    assert not write_key(tmp_path / "k", make_key("in-itinere/altra"))
    assert read_key(tmp_path / "k") == key
    assert read_key(tmp_path / "none") is None
    assert read_public(str(key.verifying)) == Verifying(key.name, key.verifying.public)


def test_an_act_a_round_and_a_closing_call_for_a_checkpoint_and_a_measurement_does_not(harness: ServiceHarness) -> None:
    harness.load()
    first = _log(harness).latest()
    assert first.text.occasion == "act"
    harness.on("2022-07-15").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    assert _log(harness).latest().number == first.number
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert _log(harness).latest().number == first.number + 1
    harness.on("2023-05-05").change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 4 del 02/05/2023")
    assert _log(harness).latest().text.occasion == "closing"


def test_a_checkpoint_of_what_did_not_change_is_the_last_one(harness: ServiceHarness) -> None:
    harness.load()
    assert _log(harness).checkpoint() == _log(harness).checkpoint() == _log(harness).latest()
    text = read_text(_log(harness).latest().note)
    assert (text.streams, text.events) == (3, len(harness.ask(lambda reader: reader.scan(settled=False))))


def test_a_missing_key_does_not_undo_a_command_and_is_said(harness: ServiceHarness) -> None:
    harness.load()
    _log(harness).path.unlink()
    outcome = harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert [one.name for one in outcome.warnings] == ["checkpoint_missing"]
    assert harness.target("2022-10-10") == ">= 68%"


def test_after_a_rotation_old_checkpoints_still_hold(harness: ServiceHarness) -> None:
    harness.load()
    old = read_checkpoint(_log(harness).latest().note, "prova")
    event = _log(harness).rotate()
    assert isinstance(event, SigningKeyRotated)
    assert event.endorsement
    assert len(harness.ask(public_keys)) == 2
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    with harness.store.datastore.cursor() as cursor:
        assert verify_database(cursor, old).against == old
        assert verify_database(cursor).last is not None


def test_a_lost_key_is_declared_and_what_follows_wants_the_key_that_is_published_now(harness: ServiceHarness) -> None:
    harness.load()
    old = read_checkpoint(_log(harness).latest().note, "prova")
    _log(harness).path.unlink()
    event = _log(harness).rotate(lost=True)
    assert isinstance(event, SigningKeyLost)
    with harness.store.datastore.cursor() as cursor:
        assert "ATTENZIONE: Chiave " in verify_database(cursor).statement()
        with pytest.raises(Failed, match="chiave dichiarata perduta") as failure:
            verify_database(cursor, old)
        assert failure.value.kind == "key_lost"
        statement = verify_database(cursor, old, trusted=Trusted(read_published(event.key))).statement()
    assert "SENZA la firma di quella" in statement
    assert "La chiave data è quella in vigore" in statement


def test_writers_at_the_same_time_leave_a_tree_that_is_verified(harness: ServiceHarness) -> None:
    harness.load()
    harness.on("2023-01-10")

    def measured(place: int) -> None:
        harness.measure(series=f"{PLAN}.incasso", period=f"20{place:02}", text="67%", data_as_at="2022-12-31")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(measured, range(10, 22)))
        list(pool.map(lambda _: _log(harness).checkpoint(), range(4)))
    with harness.store.datastore.cursor() as cursor:
        assert verify_database(cursor).uncovered == 0


def test_the_proof_of_one_event_leads_to_the_signed_root(harness: ServiceHarness) -> None:
    harness.load()
    proof = harness.ask(receipt, STREAM, 7)
    leaf = leaf_hash(proof["state"].encode())
    assert leaf.hex() == proof["leaf"]
    path = [bytes.fromhex(node) for node in proof["path"]]
    assert included(leaf, 6, proof["size"], path, bytes.fromhex(proof["root"]))
    with harness.store.datastore.cursor() as cursor:
        head = heads_at(cursor, proof["checkpoint"]["number"])[STREAM]
    path = [bytes.fromhex(node) for node in proof["head_path"]]
    text = read_checkpoint(proof["checkpoint"]["note"], "prova")
    assert included(leaf_hash(head.entry()), proof["head_index"], text.streams, path, text.root)


def test_a_rebuild_makes_the_same_tree_and_refuses_to_cover_a_forgery(harness: ServiceHarness) -> None:
    harness.load()
    rebuild(harness.store)
    with harness.store.datastore.cursor() as cursor:
        verify_database(cursor)
    with harness.store.datastore.cursor(commit=True) as cursor:
        row = cursor.execute(
            "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = 7", (STREAM,)
        ).fetchone()
        assert row is not None
        cursor.execute(
            "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = 7",
            (bytes(row[0]).replace(b"70.34", b"60.34"), STREAM),
        )
    with pytest.raises(RecordAltered, match="non sono quelli firmati"):
        rebuild(harness.store)


def test_a_text_removed_by_order_leaves_the_tree_valid_and_every_answer_says_so(harness: ServiceHarness) -> None:
    harness.load()
    version = versions(harness.on("2022-10-03").revise(">= 68%", "2022-09-30"))[0]
    old = read_checkpoint(_log(harness).latest().note, "prova")
    order = "decreto del Presidente n. 2 del 11/10/2022"
    with pytest.raises(MotivationMissing):
        redact_texts(harness.service, PLAN, RedactTexts(version=version), None, harness.caller())
    harness.on("2022-10-12")
    redact_texts(harness.service, PLAN, RedactTexts(version=version), order, harness.caller())
    with harness.store.datastore.cursor() as cursor:
        verdict = verify_database(cursor, old)
    assert "Testo oscurato per ordine" in verdict.statement()
    assert "decreto-presidente-2-2022-10-11" in verdict.statement()
    with harness.store.reading() as reader:
        history = plan_history(reader, PLAN, point("2022-12-31"))
        texts = reader.texts(
            [one.record.justification for one in plan_changes(history, point("2022-12-31").as_of)], STREAM
        )
        rows = [change_answer(one, texts) for one in plan_changes(history, point("2022-12-31").as_of)]
        trail = audit_trail(reader, PLAN, point("2022-12-31"))["events"]
    assert [row["redacted"] for row in rows if row["version"] == version] == [True]
    told = next(row for row in trail if row["stream"] == STREAM and row["version"] == version)
    assert (told["justification"], told["redacted"]) == (None, True)
    assert told["redaction"] is not None
    assert told["redaction"]["act"] == "decreto-presidente-2-2022-10-11"
    assert len(told["hash"]) == 16


def test_the_verifier_needs_no_more_than_the_record(harness: ServiceHarness) -> None:
    harness.load()
    with harness.store.datastore.cursor() as cursor:
        verdict = verify_record(record_of(cursor))
    assert verdict.streams == 3


def test_a_database_in_memory_has_a_key_of_its_own() -> None:
    store = Store("file:solo?mode=memory&cache=shared")
    assert Log(store, None).checkpoint().number == 1
    store.close()


def test_a_printed_workbook_bears_the_checkpoint_that_covers_it(harness: ServiceHarness) -> None:
    harness.load()
    with harness.store.reading() as reader:
        content = exported(reader, PLAN, point("2022-12-31"), "xlsx")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "Checkpoint n. 1 del 05/02/2022, radice " in page


def test_the_sheets_as_csv_bear_the_checkpoint_as_it_was_signed(harness: ServiceHarness) -> None:
    harness.load()
    with harness.store.reading() as reader:
        content = exported(reader, PLAN, point("2022-12-31"), "csv")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.read("checkpoint.txt").decode() == _log(harness).latest().note


def test_those_who_wait_for_a_checkpoint_share_one_that_covers_them(harness: ServiceHarness) -> None:
    harness.load()
    service = harness.service
    files = [
        {
            "plan": PLAN,
            "act": f"delibera di Giunta n. {number + 10} del 03/10/2022",
            "justification": "nuovi dati",
            "cause": "new_data",
            "changes": [{"verb": "revise_target", "object": "incasso", "year": 2023, "target": f">= {number},5%"}],
        }
        for number in range(1, 25)
    ]
    harness.on("2022-10-03")
    with ThreadPoolExecutor(len(files)) as pool:
        outcomes = list(pool.map(lambda file: _tried(service, ChangeFile.model_validate(file)), files))
    recorded = [one for one in outcomes if one is not None]
    assert recorded
    assert not [one for one in recorded if one.warnings]
    with harness.store.datastore.cursor() as cursor:
        for one in recorded:
            assert covering(cursor, {stream: last for stream, (_, last) in one.versions.items()})
        assert verify_database(cursor).uncovered == 0


def _tried(service: Service, file: ChangeFile) -> Outcome | None:
    try:
        return service.change(file, Caller("ufficio"))
    except ConcurrentChange:
        return None  # another one changed the same target meanwhile, and it is told so
