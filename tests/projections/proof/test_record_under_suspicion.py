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
from projections.proof.keys import read_key
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.proof.notes import Signing
from projections.store import postgres
from projections.store.store import Store
from tests.support.desk import PLAN, Desk, document

STREAM = f"plan/{PLAN}"
OTHER: dict[str, Any] = {
    "administration": {"id": "cciaa-altra", "name": "Camera di Commercio Altra"},
    "plan": {"id": "altro-2022-2024", "title": "Altro piano", "first_year": 2022, "last_year": 2024},
}


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on each database, its service with a log, the small plan loaded."""
    location = str(tmp_path / "archivio.sqlite")
    if request.param == "postgresql":
        location = str(request.getfixturevalue("postgres_url"))
        postgres.migrate(location)
    desk = _begun(location, tmp_path)
    desk.load()
    yield desk
    desk.store.close()


def _begun(location: str, folder: Path) -> Desk:
    desk = Desk(location).on("2022-02-05")
    desk.service = Service(desk.store, Log(desk.store, folder / "signing.key"))
    return desk


def _taken(desk: Desk) -> Checkpoint:
    return read_checkpoint(desk.service.transparency_log.checkpoint().note, "prova")


def _judged(desk: Desk, against: Checkpoint | None = None) -> Verdict:
    with desk.store.datastore.cursor() as cursor:
        return verify_database(cursor, against)


def _kind(desk: Desk, against: Checkpoint | None = None) -> str | None:
    try:
        _judged(desk, against)
    except Failed as failure:
        return failure.kind
    return None


def _signed(desk: Desk, key: Signing) -> None:
    with desk.store.datastore.cursor(commit=True) as cursor:
        make(cursor, key, desk.now, "on-demand")


def _own_key(desk: Desk) -> Signing:
    key = read_key(desk.service.transparency_log.path)
    assert key is not None
    return key


# -- when a checkpoint is made -----------------------------------------------------------------------------------------


def test_a_round_opened_or_closed_an_act_an_opinion_and_a_new_plan_each_make_a_checkpoint(desk: Desk) -> None:
    log, last = desk.service.transparency_log, desk.service.transparency_log.latest().number

    def occasion() -> str:
        nonlocal last
        made = log.latest()
        assert made.number == last + 1
        last = made.number
        return made.text.occasion

    desk.on("2022-07-01")
    open_round(desk.service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), desk.caller())
    assert occasion() == f"round {STREAM}"
    close_round(desk.service, PLAN, CloseRound(round="2022-06-30"), desk.caller())
    assert occasion() == f"round {STREAM}"
    desk.service.register_act("cciaa-prova", "delibera di Giunta n. 7 del 01/07/2022", desk.caller())
    assert occasion() == "act delibera-giunta-7-2022-07-01"
    words = GiveOpinion(judgement="favourable", about="plan", words="Nulla da osservare.")
    say(desk.service, PLAN, words, desk.caller())
    assert occasion() == f"act opinion-given review/{PLAN}"
    desk.load(**OTHER, act=None)
    assert occasion() == "plan plan/altro-2022-2024"


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_key_that_was_rotated_away_signs_no_more(desk: Desk) -> None:
    old = _own_key(desk)
    desk.service.transparency_log.rotate()
    desk.on("2022-10-03").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    _signed(desk, old)
    assert _kind(desk) == "other_key"


def test_a_checkpoint_made_while_the_key_is_rotated_still_holds(desk: Desk) -> None:
    """The old key may sign over the event that puts the new one in its place, and nothing after it."""
    log, old = desk.service.transparency_log, _own_key(desk)
    log.rotate()
    with desk.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("DELETE FROM checkpoint_head WHERE number = 2")
        cursor.execute("DELETE FROM checkpoint WHERE number = 2")
    _signed(desk, old)
    assert _kind(desk) is None
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert _kind(desk) is None


def test_a_record_that_names_no_key_is_signed_by_nobody(desk: Desk) -> None:
    key = _own_key(desk)
    with desk.store.datastore.cursor(commit=True) as cursor:
        for table in ("checkpoint", "checkpoint_head"):
            cursor.execute(f"DELETE FROM {table}")
        for table in ("leaf", "edge", "append", "cell"):
            cursor.execute(f"DELETE FROM {table} WHERE stream = 'installation'")
        cursor.execute("DELETE FROM stored_events WHERE originator_id = 'installation'")
    _signed(desk, key)
    assert _kind(desk) == "other_key"


# -- plans and administrations -----------------------------------------------------------------------------------------


def test_what_another_administration_adds_is_said_even_before_it_is_signed(desk: Desk) -> None:
    old = _taken(desk)
    desk.on("2022-03-01")
    Service(desk.store).load_plan(PlanDocument.model_validate(document(**OTHER)), desk.caller())
    verdict = _judged(desk, old)
    assert verdict.new_streams == ["administration/cciaa-altra", "plan/altro-2022-2024"]
    assert verdict.uncovered > 0
    desk.service.transparency_log.checkpoint()
    assert _judged(desk, old).new_streams == verdict.new_streams


@pytest.mark.parametrize("derived", [True, False], ids=["with all that was derived", "alone"])
def test_a_plan_of_another_administration_cannot_vanish(desk: Desk, derived: bool) -> None:  # noqa: FBT001 - a parameter
    desk.load(**OTHER)
    old = _taken(desk)
    gone = "plan/altro-2022-2024"
    with desk.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("DELETE FROM stored_events WHERE originator_id = ?", (gone,))
        for table in ("leaf", "edge", "append", "cell", "checkpoint_head") if derived else ():
            cursor.execute(f"DELETE FROM {table} WHERE stream = ?", (gone,))
    assert _kind(desk, old) == ("tree_altered" if derived else "stream_vanished")
    assert _kind(desk) == ("tree_altered" if derived else "stream_vanished")


# -- time --------------------------------------------------------------------------------------------------------------


def test_an_event_that_says_it_was_there_before_a_checkpoint_that_did_not_hold_it_is_pointed_at(desk: Desk) -> None:
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert "Attenzione" not in _judged(desk).statement()
    desk.on("2022-06-01").load(**OTHER)
    statement = _judged(desk).statement()
    assert statement.startswith("VERIFICATO")
    assert "Attenzione: " in statement
    assert "plan/altro-2022-2024, dal 1, dicono di essere stati registrati prima di un checkpoint" in statement


def test_an_old_copy_put_back_is_told_from_one_that_was_gone_on_with(tmp_path: Path) -> None:
    desk = _begun(str(tmp_path / "archivio.sqlite"), tmp_path)
    desk.load()
    with (
        closing(sqlite3.connect(tmp_path / "archivio.sqlite")) as now,
        closing(sqlite3.connect(tmp_path / "b")) as copy,
    ):
        now.backup(copy)
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    taken = _taken(desk)
    assert _kind(desk, taken) is None
    desk.store.close()
    copied = _begun(str(tmp_path / "b"), tmp_path)
    assert _kind(copied) is None
    assert _kind(copied, taken) == "truncated"
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
    desk = _begun(str(tmp_path / "archivio.sqlite"), tmp_path)
    desk.load()
    mistaken = desk.on("2022-10-04").revise(">= 67%", "2022-10-01")
    desk.annul(mistaken.versions[STREAM][1])
    where = {"stored_events": "WHERE position = 9", "leaf": "WHERE version = 9"}.get(table, "")
    with desk.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = ? {where}", (value,))
    assert _kind(desk) is not None
    desk.store.close()


def test_the_order_in_which_events_are_handed_on_is_looked_at_too(tmp_path: Path, postgres_url: str) -> None:
    postgres.migrate(postgres_url)
    desk = _begun(postgres_url, tmp_path)
    desk.load()
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    assert _kind(desk) is None
    for transaction in ("0", "9000000000"):
        desk = _altered(desk, "UPDATE stored_events SET transaction = ?::xid8 WHERE position = 20", transaction)
    desk.store.close()


def _altered(desk: Desk, sql: str, value: str) -> Desk:
    with desk.store.datastore.cursor() as cursor:
        before = cursor.execute("SELECT transaction::text FROM stored_events WHERE position = 20").fetchone()
    assert before is not None
    for said, kind in ((value, "moved_event"), (str(before[0]), None)):
        with desk.store.datastore.cursor(commit=True) as cursor:
            cursor.execute(sql, (said,))
        assert _kind(desk) == kind
    return desk


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


def test_processes_that_write_at_the_same_time_leave_one_tree_that_holds(desk: Desk) -> None:
    desk.load(**OTHER)
    old = _taken(desk)
    location, key = desk.store.location, str(desk.service.transparency_log.path)
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        pids = set(pool.map(_writes, [location] * 3, [key] * 3, [10, 40, 70]))
    assert os.getpid() not in pids
    desk.now = datetime.now(UTC)
    desk.service.transparency_log.checkpoint()
    verdict = _judged(desk, old)
    assert (verdict.uncovered, verdict.against) == (0, old)
    streams = (STREAM, "plan/altro-2022-2024", "administration/cciaa-prova", "administration/cciaa-altra")
    sizes = [desk.ask(lambda reader, stream: reader.head(stream).version, stream) for stream in streams]
    assert verdict.events == 1 + sum(sizes)


def test_stores_of_their_own_that_write_at_the_same_time_leave_one_tree_that_holds(desk: Desk) -> None:
    stores = [Store(desk.store.location, clock=desk.tick) for _ in range(6)]

    def measured(place: int) -> None:
        said = {"series": f"{PLAN}.incasso", "period": f"19{place:02}", "text": "67%", "data_as_at": "2021-12-31"}
        service = Service(stores[place % 6], Log(stores[place % 6], desk.service.transparency_log.path))
        service.measure(PLAN, RecordMeasurement.model_validate(said), desk.caller())
        service.transparency_log.checkpoint()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(measured, range(10, 34)))
    assert _judged(desk).uncovered == 0
    for store in stores:
        store.close()
