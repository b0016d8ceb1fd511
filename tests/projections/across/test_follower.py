"""The follower misses no event, leaves no half step, and is one at a time; on a file and on a server."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from eventsourcing.persistence import IntegrityError
from psycopg import sql

from api.cli import app
from domain.errors import UnknownRecord
from domain.recording import Pending
from domain.targets.events import TargetRevised
from domain.targets.reader import read_one
from projections.across import view
from projections.across.follower import catch_up, follow, refresh, reset, step
from projections.across.leader_lock import LOCK, Lead, leading
from projections.across.rates import rates_across
from projections.across.view import AcrossView, followed
from projections.store import postgres
from projections.store.append import Append, StreamAppend, prepare
from projections.store.store import Store
from tests.projections.across.histories import FIRST, PLANS, Clock, append, opened, registered, tables
from tests.support.feed import settled

ROOT = Path(__file__).parents[3]
ON = date(2022, 12, 31)


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    """Three plans, nothing followed."""
    with closing(_filled(location)) as made:
        yield made


def _filled(location: str) -> Store:
    made = Store(location, Clock())
    registered(made)
    for plan in PLANS:
        opened(made, plan, date(FIRST[plan], 1, 31))
    return made


def _revision(day: date = date(2022, 9, 30)) -> Pending:
    old, new = read_one(">= 50%", 2022), read_one(">= 40%", 2022)
    return Pending(TargetRevised(indicator="i-uno", year=2022, before=old, target=new), day, cause="legal")


def _touched(store: Store) -> int:
    with store.reading() as reader:
        return int(rates_across(reader, 2022, ON)["total"]["change_rate"]["any"]["numerator"])


# -- steps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [40])
def test_killed_at_any_point_and_resumed_the_rows_are_those_of_a_rebuild(location: str, rounds: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.projections.across.killed", location, str(rounds), "1"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["halves"] == 0, told
    assert min(told["killed_at_work"], told["moved"]) >= rounds // 4, told
    with closing(Store(location)) as store:
        settled(store)
        resumed = tables(store)
        AcrossView(store).empty()
        settled(store)
        assert tables(store) == resumed
        assert resumed["across_change"]


def test_the_position_moves_with_the_rows_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(store)
    append(store, "plan/alfa-2022", [_revision()])
    before = tables(store)

    def failing(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(view, "replace", failing)
        for _ in range(200):
            try:
                step(store)
            except ZeroDivisionError:
                break
            time.sleep(0.02)
        else:
            pytest.fail("the feed is held")
    with store.reading() as reader:
        assert followed(reader)["behind"] == 1
    assert tables(store) == before
    settled(store)
    assert _touched(store) == 1


def test_a_step_that_another_overtook_writes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(store)
    append(store, "plan/alfa-2022", [_revision()])
    insert_tracking = AcrossView.insert_tracking
    written: list[bool] = []

    def late(view: AcrossView, *step: Any) -> None:
        if not written:
            written.append(False)
            settled(view.store)
        try:
            insert_tracking(view, *step)
        except IntegrityError:
            written.append(False)
            raise
        written.append(True)

    with monkeypatch.context() as slow:
        slow.setattr(AcrossView, "insert_tracking", late)
        settled(store)
    assert written.count(True) == 1
    assert written[-1] is False
    resumed = tables(store)
    reset(store)
    settled(store)
    assert tables(store) == resumed


def test_an_event_of_no_known_type_stops_it_and_nothing_is_skipped(store: Store) -> None:
    settled(store)
    with store.reading() as reader:
        place = followed(reader)
    insert = "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) VALUES ('', 'plan/x', 1, 'mai-visto', ?)"
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute(insert, (b"{}",))
    append(store, "plan/alfa-2022", [_revision()])
    with pytest.raises(UnknownRecord):
        settled(store)
    with store.reading() as reader:
        assert followed(reader) | {"behind": 0} == place
        assert followed(reader)["behind"] == 2


def test_rows_of_another_version_are_dropped_and_followed_reset(store: Store) -> None:
    settled(store)
    before = tables(store)
    with store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE followed SET version = version + 1")
        cursor.execute("UPDATE across_count SET objectives = 1000")
    with store.reading() as reader:
        assert followed(reader)["position"] == 0
    settled(store)
    assert tables(store) == before


def test_a_question_brings_what_is_new_and_a_follower_ends_when_told(store: Store) -> None:
    settled(store)
    append(store, "plan/alfa-2022", [_revision()])
    for _ in range(200):
        refresh(store)
        if _touched(store):
            break
        time.sleep(0.02)
    assert _touched(store) == 1
    stopped = threading.Event()
    following = threading.Thread(target=follow, args=(store, stopped, Lead(None)))
    following.start()
    append(store, "plan/beta-2022", [_revision()])
    for _ in range(500):
        if _touched(store) == 2:
            break
        time.sleep(0.02)
    stopped.set()
    following.join(10)
    assert not following.is_alive()
    assert _touched(store) == 2


# -- on a server -------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(postgres_url: str) -> Iterator[Store]:
    """The same on a server."""
    postgres.migrate(postgres_url)
    with closing(_filled(postgres_url)) as made:
        yield made


def test_an_event_that_took_an_earlier_position_and_commits_late_is_not_missed(server: Store) -> None:
    settled(server)
    head = server.head("plan/alfa-2022").version
    late = prepare(Append(uuid4().hex, "", "prova", (StreamAppend("plan/alfa-2022", head, (_revision(),)),)))
    stored = [server.mapper.to_stored_event(event) for event in late.recordables()]
    with server.datastore.cursor(commit=True) as cursor:
        server.own_recorder.record(cursor, stored, late)  # type: ignore[arg-type]
        ((earlier,),) = cursor.execute("SELECT max(position) FROM stored_events").fetchall()
        append(server, "plan/beta-2022", [_revision()])
        assert catch_up(server) == 0
        with server.reading() as reader:
            assert followed(reader)["behind"] == 1
            assert followed(reader)["position"] < earlier
        assert _touched(server) == 0
    settled(server)
    assert _touched(server) == 2


def test_a_step_that_is_always_overtaken_comes_to_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(_view: AcrossView, *_step: Any) -> None:
        raise IntegrityError

    append(store, "plan/alfa-2022", [_revision()])
    monkeypatch.setattr(AcrossView, "insert_tracking", overtaken)
    monkeypatch.setattr(AcrossView, "begin", overtaken)
    assert catch_up(store) == 0


def test_one_leads_and_the_second_is_told_or_waits(server: Store) -> None:
    with leading(server) as first, leading(server) as second:
        assert first is not None
        assert second is None
        told = CliRunner().invoke(app, ["follow", "--once", "--json", "--database", server.location])
        assert told.exit_code == 1
        assert json.loads(told.output)["type"] == "urn:in-itinere:problem:followed-elsewhere"
        refresh(server)  # does not wait
        patience = iter([True, False])
        with leading(server, lambda: next(patience)) as third:
            assert third is None
        assert next(patience, None) is None
    assert _comes(server, led=False)


def test_a_lead_that_went_with_its_session_is_not_believed_in(server: Store) -> None:
    with leading(server) as lead:
        assert lead is not None
        lead.require()
        with server.datastore.cursor(commit=True) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = ?",
                (LOCK,),
            )
        with pytest.raises(psycopg.OperationalError):
            follow(server, threading.Event(), lead)


def test_a_leader_that_is_killed_leaves_the_lead(server: Store) -> None:
    following = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "follow", "--database", server.location],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert _comes(server, led=True)
    finally:
        following.kill()
        following.wait()
    assert _comes(server, led=False)
    settled(server)
    resumed = tables(server)
    reset(server)
    settled(server)
    assert tables(server) == resumed


def _comes(store: Store, *, led: bool) -> bool:
    """Whether before long another session leads, or none does."""
    for _ in range(600):
        with leading(store) as lead:
            if (lead is None) is led:
                return True
        time.sleep(0.05)
    return False


def test_a_record_from_another_server_is_followed_from_its_start(server: Store) -> None:
    settled(server)
    before = tables(server)
    with server.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE stored_events SET transaction = '0'")  # as a migration leaves a copied record
        cursor.execute("DELETE FROM across_count")
    with server.reading() as reader:
        assert followed(reader)["position"] == 0
    settled(server)
    assert tables(server) == before


def test_a_role_that_only_appends_can_follow(postgres_url: str) -> None:
    role = f"solo_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    try:
        postgres.migrate(postgres_url, role)
        url = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20role%3D{role}"
        with closing(_filled(url)) as store:
            append(store, "plan/alfa-2022", [_revision()])
            with leading(store) as lead:
                assert lead is not None
            settled(store)
            assert _touched(store) == 1
            reset(store)
            settled(store)
            assert _touched(store) == 1
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute(f"DROP OWNED BY {role}".encode())
            owner.execute(f"DROP ROLE {role}".encode())
