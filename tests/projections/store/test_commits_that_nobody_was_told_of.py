"""A command whose connection is lost at its commit is recorded once, and is never told as recorded before it lasts."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest

from api.commands import handler
from api.commands.handler import Caller
from api.commands.service import Service
from domain.administrations.commands import RegisterOffice
from domain.documents.plan import PlanDocument
from domain.errors import OutcomeUnknown
from projections.store import postgres
from projections.store.store import Store
from projections.streams import administration_stream
from tests.support.harness import document
from tests.support.server import databases, own_server

ADMINISTRATION = "cciaa-prova"


_HURRY = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
"""Lets a commit go that waits for a standby: it is answered as if all were well."""


@pytest.fixture(scope="module")
def location() -> Iterator[str]:
    with own_server() as server, databases(server.url) as make:
        yield make()


@pytest.fixture
def service(location: str) -> Iterator[Service]:
    store = Store(location)
    service = Service(store)
    if not store.head(administration_stream(ADMINISTRATION)).version:
        service.load_plan(PlanDocument.model_validate(document()), Caller("prova"))
    yield service
    store.close()


def _office(service: Service, name: str, key: str) -> tuple[int, bool]:
    """The version after an office is registered, and whether that was told as a repetition."""
    outcome = service.register_office(ADMINISTRATION, RegisterOffice(name=name), Caller("prova", key))
    return outcome.versions[administration_stream(ADMINISTRATION)][1], outcome.repeated


def _version(service: Service) -> int:
    return service.store.head(administration_stream(ADMINISTRATION)).version


def _losing(lost: Callable[[], bool], *, committed: bool) -> Callable[..., AbstractContextManager[None]]:
    """In place of what a commit is waited for in: the connection goes just after it, or just before."""
    waited_for = postgres._waited_for

    @contextmanager
    def waiting(connection: psycopg.Connection[Any]) -> Iterator[None]:
        if not lost():
            with waited_for(connection):
                yield
            return
        if committed:
            with waited_for(connection):
                yield
        else:
            execute = connection.execute

            def refusing(statement: str) -> object:
                if statement == "COMMIT":
                    connection.close()
                    raise psycopg.OperationalError("server closed the connection unexpectedly")
                return execute(statement)

            with patch.object(connection, "execute", refusing):
                yield
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    return waiting


@pytest.mark.parametrize("committed", [True, False])
def test_a_commit_whose_answer_is_lost_is_recorded_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    before, number = _version(service), count()
    monkeypatch.setattr(postgres, "_waited_for", _losing(lambda: next(number) == 0, committed=committed))
    assert _office(service, f"Ufficio {uuid4()}", str(uuid4())) == (before + 1, False)
    assert _version(service) == before + 1


def test_who_is_not_told_in_time_is_told_to_repeat_and_nothing_is_recorded_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "LOST_SECONDS", 0.3)
    before, name, key = _version(service), f"Ufficio {uuid4()}", str(uuid4())
    with monkeypatch.context() as patching:
        patching.setattr(postgres, "_waited_for", _losing(lambda: True, committed=True))
        with pytest.raises(OutcomeUnknown, match=key):
            _office(service, name, key)
    assert _office(service, name, key) == (before + 1, True)
    assert _version(service) == before + 1


def test_what_no_standby_has_is_not_told_as_recorded(
    service: Service, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "LOST_SECONDS", 0.3)
    before, name, key = _version(service), f"Ufficio {uuid4()}", str(uuid4())
    with psycopg.connect(location, autocommit=True) as connection, ThreadPoolExecutor(1) as beside:
        connection.execute("SET synchronous_commit = local")
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'assente'")
        connection.execute("SELECT pg_reload_conf()")
        while connection.execute("SHOW synchronous_standby_names").fetchone() != ("assente",):
            time.sleep(0.01)
        try:
            for _ in range(2):  # repeated, it is seen, and does not last yet all the same
                told = beside.submit(_office, service, name, key)
                while not told.done():
                    connection.execute(_HURRY)
                    time.sleep(0.02)
                assert isinstance(told.exception(), OutcomeUnknown)
        finally:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")
    assert _office(service, name, key) == (before + 1, True)
    assert _version(service) == before + 1


@pytest.mark.parametrize(("answers", "threshold"), [(4711, 5), (4712, None)])
def test_statements_are_prepared_only_where_the_server_itself_is_spoken_to(answers: int, threshold: int | None) -> None:
    cursor = SimpleNamespace(fetchone=lambda: (answers,))
    connection = SimpleNamespace(
        info=SimpleNamespace(backend_pid=4711),
        prepare_threshold=5,
        execute=lambda _: cursor,
        rollback=lambda: None,
    )
    postgres.unprepared_behind_a_pooler(cast("psycopg.Connection[Any]", connection))
    assert connection.prepare_threshold == threshold
