"""What else may be tried on a record: old keys, no keys, clocks set back, other administrations, old copies gone on with."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from api.commands.evaluation import close_round, open_round
from api.commands.handler import Caller
from api.commands.oversight import say
from api.commands.service import Service
from domain.documents.plan import PlanDocument
from domain.measurements.commands import RecordMeasurement
from domain.oiv.commands import GiveOpinion
from domain.rounds.commands import CloseRound, OpenRound
from initinere_verify.sources import Verdict
from initinere_verify.trees import Checkpoint, Failed, read_checkpoint
from projections.proof.checkpoints import make
from projections.proof.kept_checkpoint import kept_path
from projections.proof.keys import read_key
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.proof.notes import Signing
from projections.store import postgres, sqlite
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness, document

STREAM = f"plan/{PLAN}"
OTHER: dict[str, Any] = {
    "administration": {"id": "cciaa-altra", "name": "Camera di Commercio Altra"},
    "plan": {"id": "altro-2022-2024", "title": "Altro piano", "first_year": 2022, "last_year": 2024},
}


@pytest.fixture
def harness(location: str, tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness on each database, its service with a log, the small plan loaded."""
    harness = _begun(location, tmp_path)
    harness.load()
    yield harness
    harness.store.close()


def _begun(location: str, folder: Path) -> ServiceHarness:
    harness = ServiceHarness(location).on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, folder / "signing.key"))
    return harness


def _taken(harness: ServiceHarness) -> Checkpoint:
    return read_checkpoint(harness.service.transparency_log.checkpoint().note, "prova")


def _judged(harness: ServiceHarness, against: Checkpoint | None = None) -> Verdict:
    with harness.store.datastore.cursor() as cursor:
        return verify_database(cursor, against)


def _kind(harness: ServiceHarness, against: Checkpoint | None = None) -> str | None:
    try:
        _judged(harness, against)
    except Failed as failure:
        return failure.kind
    return None


def _signed(harness: ServiceHarness, key: Signing) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        make(cursor, key, harness.now, "on-demand")


def _own_key(harness: ServiceHarness) -> Signing:
    key = read_key(harness.service.transparency_log.path)
    assert key is not None
    return key


# -- when a checkpoint is made -----------------------------------------------------------------------------------------


def test_a_round_opened_or_closed_an_act_an_opinion_and_a_new_plan_each_make_a_checkpoint(
    harness: ServiceHarness,
) -> None:
    log, last = harness.service.transparency_log, harness.service.transparency_log.latest().number

    def occasion() -> str:
        nonlocal last
        made = log.latest()
        assert made.number == last + 1
        last = made.number
        return made.text.occasion

    harness.on("2022-07-01")
    open_round(harness.service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), harness.caller())
    assert occasion() == "round"
    close_round(harness.service, PLAN, CloseRound(round="2022-06-30"), harness.caller())
    assert occasion() == "round"
    harness.service.register_act("cciaa-prova", "delibera di Giunta n. 7 del 01/07/2022", harness.caller())
    assert occasion() == "act"
    words = GiveOpinion(judgement="favourable", about="plan", words="Nulla da osservare.")
    say(harness.service, PLAN, words, harness.caller())
    assert occasion() == "act"
    harness.load(**OTHER, act=None)
    assert occasion() == "record"


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_key_that_was_rotated_away_signs_no_more(harness: ServiceHarness) -> None:
    old = _own_key(harness)
    harness.service.transparency_log.rotate()
    harness.on("2022-10-03").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    _signed(harness, old)
    assert _kind(harness) == "other_key"


def test_a_record_that_names_no_key_is_signed_by_nobody(harness: ServiceHarness) -> None:
    key = _own_key(harness)
    with harness.store.datastore.cursor(commit=True) as cursor:
        for table in ("checkpoint", "checkpoint_head"):
            cursor.execute(f"DELETE FROM {table}")
        for table in ("leaf", "edge", "append", "cell", "stored_events"):
            cursor.execute(f"DELETE FROM {table} WHERE originator_id = 'installation'")
    _signed(harness, key)
    assert _kind(harness) == "other_key"


# -- plans and administrations -----------------------------------------------------------------------------------------


def test_what_another_administration_adds_is_said_even_before_it_is_signed(harness: ServiceHarness) -> None:
    old = _taken(harness)
    harness.on("2022-03-01")
    Service(harness.store).load_plan(PlanDocument.model_validate(document(**OTHER)), harness.caller())
    verdict = _judged(harness, old)
    assert verdict.new_streams == ["administration/cciaa-altra", "plan/altro-2022-2024"]
    assert verdict.uncovered > 0
    harness.service.transparency_log.checkpoint()
    assert _judged(harness, old).new_streams == verdict.new_streams


@pytest.mark.parametrize("derived", [True, False], ids=["with all that was derived", "alone"])
def test_a_plan_of_another_administration_cannot_vanish(harness: ServiceHarness, derived: bool) -> None:  # noqa: FBT001 - a parameter
    harness.load(**OTHER)
    old = _taken(harness)
    gone = "plan/altro-2022-2024"
    with harness.store.datastore.cursor(commit=True) as cursor:
        for table in ("stored_events", *(("leaf", "edge", "append", "cell") if derived else ())):
            cursor.execute(f"DELETE FROM {table} WHERE originator_id = ?", (gone,))
        if derived:
            cursor.execute("DELETE FROM checkpoint_head WHERE stream = ?", (gone,))
    assert _kind(harness, old) == ("tree_altered" if derived else "stream_vanished")
    assert _kind(harness) == ("tree_altered" if derived else "stream_vanished")


# -- time --------------------------------------------------------------------------------------------------------------


def test_an_event_that_says_it_was_there_before_a_checkpoint_that_did_not_hold_it_is_pointed_at(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert "Attenzione" not in _judged(harness).statement()
    with monkeypatch.context() as patch:  # as programs did that minded the instants of one stream alone
        for module in (sqlite, postgres):
            patch.setattr(module.Recorder, "_take_instant", lambda recorder, _cursor, _heads: recorder.clock.now())
        harness.on("2022-06-01").load(**OTHER)
    statement = _judged(harness).statement()
    assert statement.startswith("VERIFICATO")
    assert "Attenzione: " in statement
    assert "plan/altro-2022-2024, dal 1, dicono di essere stati registrati prima di un checkpoint" in statement


def test_an_old_copy_put_back_is_told_from_one_that_was_gone_on_with(tmp_path: Path) -> None:
    harness = _begun(str(tmp_path / "archivio.sqlite"), tmp_path)
    harness.load()
    with (
        closing(sqlite3.connect(tmp_path / "archivio.sqlite")) as now,
        closing(sqlite3.connect(tmp_path / "b")) as copy,
    ):
        now.backup(copy)
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    taken = _taken(harness)
    assert _kind(harness, taken) is None
    harness.store.close()
    copied = _begun(str(tmp_path / "b"), tmp_path)
    assert _kind(copied) is None
    assert _kind(copied, taken) == "truncated"
    kept_path(copied.service.transparency_log.path).unlink()  # or the key would not sign over it
    copied.on("2022-10-03").revise(">= 60%", "2022-09-30")
    assert _kind(copied) is None
    assert _kind(copied, taken) == "rewritten"
    copied.store.close()


# -- bytes that no column is made for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("stored_events", "originator_version"),
        ("checkpoint_head", "size"),
        ("checkpoint_head", "root"),
        ("checkpoint", "root"),
        ("leaf", "hash"),
        ("leaf", "version"),
        ("edge", "size"),
        ("edge", "nodes"),
        ("append", "horizon"),
        ("annulment", "since"),
        ("text", "text"),
        ("text", "salt"),
    ],
)
@pytest.mark.parametrize("value", ["altro", 3.5, b"\xff"])
def test_a_value_of_another_kind_is_found_and_stops_nothing(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    harness = _begun(str(tmp_path / "archivio.sqlite"), tmp_path)
    harness.load()
    mistaken = harness.on("2022-10-04").revise(">= 67%", "2022-10-01")
    harness.annul(mistaken.versions[STREAM][1])
    where = {"stored_events": "WHERE position = 9", "leaf": "WHERE version = 9"}.get(table, "")
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = ? {where}", (value,))
    assert _kind(harness) is not None
    harness.store.close()


def test_the_order_in_which_events_are_handed_on_is_looked_at_too(tmp_path: Path, postgres_url: str) -> None:
    postgres.migrate(postgres_url)
    harness = _begun(postgres_url, tmp_path)
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert _kind(harness) is None
    for transaction in ("0", "9000000000"):
        harness = _altered(harness, "UPDATE stored_events SET transaction = ?::xid8 WHERE position = 20", transaction)
    harness.store.close()


def _altered(harness: ServiceHarness, sql: str, value: str) -> ServiceHarness:
    with harness.store.datastore.cursor() as cursor:
        before = cursor.execute("SELECT transaction::text FROM stored_events WHERE position = 20").fetchone()
    assert before is not None
    for said, kind in ((value, "moved_event"), (str(before[0]), None)):
        with harness.store.datastore.cursor(commit=True) as cursor:
            cursor.execute(sql, (said,))
        assert _kind(harness) == kind
    return harness


# -- writers -----------------------------------------------------------------------------------------------------------


def _writes(location: str, key: str, first: int) -> int:
    """One process of its own: figures for two plans, a checkpoint now and then."""
    store = Store(location)
    service = Service(store, Log(store, Path(key)))
    for place in range(first, first + 6):
        plan = PLAN if place % 2 else "altro-2022-2024"
        said = {"series": f"{plan}.incasso", "period": str(1900 + place), "text": "67%", "data_as_at": "2021-12-31"}
        service.measure(plan, RecordMeasurement.model_validate(said), Caller("ufficio-performance"))
        if place % 3 == 0:
            service.transparency_log.checkpoint()
    store.close()
    return os.getpid()


def test_processes_that_write_at_the_same_time_leave_one_tree_that_holds(harness: ServiceHarness) -> None:
    harness.load(**OTHER)
    old = _taken(harness)
    location, key = harness.store.location, str(harness.service.transparency_log.path)
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        pids = set(pool.map(_writes, [location] * 3, [key] * 3, [10, 40, 70]))
    assert os.getpid() not in pids
    harness.now = datetime.now(UTC)
    harness.service.transparency_log.checkpoint()
    verdict = _judged(harness, old)
    assert (verdict.uncovered, verdict.against) == (0, old)
    streams = (STREAM, "plan/altro-2022-2024", "administration/cciaa-prova", "administration/cciaa-altra")
    sizes = [harness.ask(lambda reader, stream: reader.head(stream).version, stream) for stream in streams]
    assert verdict.events == 1 + sum(sizes)


def test_stores_of_their_own_that_write_at_the_same_time_leave_one_tree_that_holds(harness: ServiceHarness) -> None:
    stores = [Store(harness.store.location, clock=harness.tick) for _ in range(6)]

    def measured(place: int) -> None:
        said = {"series": f"{PLAN}.incasso", "period": f"19{place:02}", "text": "67%", "data_as_at": "2021-12-31"}
        service = Service(stores[place % 6], Log(stores[place % 6], harness.service.transparency_log.path))
        service.measure(PLAN, RecordMeasurement.model_validate(said), harness.caller())
        service.transparency_log.checkpoint()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(measured, range(10, 34)))
    assert _judged(harness).uncovered == 0
    for store in stores:
        store.close()
