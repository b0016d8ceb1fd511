"""A record is moved between files and servers with nothing changed, or is not moved at all."""

import json
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from psycopg import sql

from api.cli import app
from api.commands.accounts import erase_person, new_id, open_account
from api.commands.examples import load_examples
from api.commands.oversight import redact_texts
from domain.access.commands import ErasePerson, OpenAccount
from domain.annulments.events import EventsAnnulled
from domain.errors import Refusal, StoreRefused
from domain.recording import Pending
from domain.redactions.commands import RedactTexts
from initinere_verify.rules import Rules
from initinere_verify.trees import read_checkpoint
from projections.access import door, people
from projections.access.door import StoredAccess
from projections.across.follower import catch_up
from projections.audit import Filter, audit_trail
from projections.plan_in_force import plan_in_force
from projections.plans import plans
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.rebuild import rebuild
from projections.store import postgres, schema
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from projections.store_copy import COPIED, LEFT, CopyDiffers, copy_store, fingerprints
from tests.projections.test_facts_agree_with_the_fold import DAYS, STEPS, STREAM
from tests.support.earlier import as_of_version_5
from tests.support.harness import PLAN, ServiceHarness, document, point

PAIRS = [("file", "server"), ("server", "file")]
Make = Callable[[str], str]


@pytest.fixture
def make(tmp_path: Path, postgres_server: str) -> Iterator[Make]:
    """Makes the place of an empty store: a file that is not there yet, or a database with our tables."""
    with ExitStack() as made:

        def one(kind: str) -> str:
            if kind == "file":
                return str(tmp_path / f"{secrets.token_hex(4)}.sqlite")
            name = f"in_itinere_copy_{secrets.token_hex(8)}"
            _server(postgres_server, "create database {} template template0", name)
            made.callback(_server, postgres_server, "drop database {} with (force)", name)
            url = urlsplit(postgres_server)._replace(path=f"/{name}").geturl()
            postgres.migrate(url)
            return url

        yield one


def _server(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _do(location: str, statement: str) -> None:
    with closing(Store(location)) as store, store.datastore.cursor(commit=True) as cursor:
        cursor.execute(statement)


def _told(location: str, key: Path) -> ServiceHarness:
    """The five plans and their changes, and a small one: revised, annulled, measured, redacted, signed."""
    harness = ServiceHarness(location).on("2023-03-01")
    load_examples(harness.service)
    harness.service.log = Log(harness.store, key)
    harness.on("2023-04-01").load()
    harness.revise(">= 68%", "2022-09-30", command_id="rivisto-2022-09-30")
    revised = harness.revise(">= 69%", "2022-06-30", justification="un nome che non doveva starci")
    harness.annul(revised.versions[f"plan/{PLAN}"][0])
    harness.measure(
        series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30", note="riversamento"
    )
    ordered = RedactTexts(version=revised.versions[f"plan/{PLAN}"][0], of="plan", justification="ordine del garante")
    redact_texts(
        harness.service, PLAN, ordered, "determina del Segretario Generale n. 3 del 01/03/2023", harness.caller()
    )
    harness.service.transparency_log.checkpoint()
    harness.on("2023-04-10").revise(">= 66%", "2022-12-01")  # by an act: a further checkpoint
    harness.measure(
        series=f"{PLAN}.cassetto", period="2022-H1", text="15%", data_as_at="2022-06-30"
    )  # signed by none yet
    return harness


def _answers(store: Store) -> str:
    """What is answered about every plan, at points of both dates."""
    points = [point("2022-03-01"), point("2022-12-31"), point("2023-12-31"), point("2022-12-31", "2023-04-05")]
    with store.reading() as reader:
        names = [str(row["id"]) for row in plans(reader, point("2023-12-31"))]
        said: list[object] = [plan_in_force(reader, name, at) for name in names for at in points]
        said += [audit_trail(reader, name, points[2], Filter()) for name in (PLAN, "riviere-di-liguria-2022-2024")]
        said += [[row[:3] for row in reader.scan(limit=10_000, settled=False)]]
        followed = (f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5, 6" for table in schema.FOLLOWED[1:])
        said += [reader.cursor.execute(question).fetchall() for question in followed]
    return json.dumps(said, default=str, sort_keys=True)


@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_the_five_plans_are_the_same_in_a_copy_and_go_on_there(
    make: Make, tmp_path: Path, origin: str, destination: str
) -> None:
    harness = _told(make(origin), tmp_path / "origine.key")
    kept = read_checkpoint(harness.service.transparency_log.latest().note, "prova")
    with closing(harness.store) as source, closing(ServiceHarness(make(destination)).store) as target:
        copied = copy_store(source, target)
        assert (copied.plans, copied.redacted, copied.checkpoints) == (6, 1, kept.number)
        assert copied.verdict.last == kept
        with source.reading() as one, target.reading() as other:
            assert fingerprints(one.cursor) == fingerprints(other.cursor)
            assert verify_database(other.cursor, kept).against == kept
        for store in (source, target):
            assert catch_up(store) == copied.events
        assert _answers(source) == _answers(target)
        _goes_on(source, target, tmp_path)


def _goes_on(source: Store, target: Store, folder: Path) -> None:
    """A command taken before is known; a new one comes after everything; a checkpoint goes on from the last."""
    with source.reading() as reader:
        before = reader.scan(limit=10_000, settled=False)
    (folder / "copia.key").write_bytes((folder / "origine.key").read_bytes())
    (folder / "copia.key").chmod(0o600)
    harness = ServiceHarness(target.location).on("2023-05-01")
    with closing(harness.store):
        harness.service.log = Log(harness.store, folder / "copia.key")
        again = harness.revise(">= 68%", "2022-09-30", command_id="rivisto-2022-09-30")
        assert again.repeated
        harness.revise(">= 65%", "2022-12-15")
        with harness.store.reading() as reader:
            after = reader.scan(limit=10_000, settled=False)
            assert after[: len(before)] == before
            assert [row[0] > before[-1][0] for row in after[len(before) :]] == [True, True]
            assert verify_database(reader.cursor).uncovered == 0


def test_there_and_back_is_where_it_was(make: Make, tmp_path: Path) -> None:
    places = [make(kind) for kind in ("file", "server", "file", "server")]
    _told(places[0], tmp_path / "origine.key").store.close()
    first = Path(places[0]).read_bytes()
    for one, other in pairwise(places):
        with closing(Store(one)) as source, closing(Store(other)) as target:
            copy_store(source, target)
    found = []
    for place in places:
        with closing(Store(place)) as store, store.reading() as reader:
            found.append(fingerprints(reader.cursor))
    assert found == [found[0]] * 4
    assert Path(places[0]).read_bytes() == first  # only read


# -- whatever was recorded ---------------------------------------------------------------------------------------------


def _record(store: Store, steps: list[Any]) -> None:
    version = 0
    for events, annuls, _ in steps:
        pending = [Pending(event, day) for event, day in events]
        if versions := tuple(sorted({v for v in annuls if v <= version})):
            pending.append(Pending(EventsAnnulled(versions=versions, reason="recorded_by_mistake"), pending[0][1]))
        parts = [StreamAppend(STREAM, version, tuple(pending))]
        if version % 2:
            other = f"plan/{version % 7}"
            parts.insert(0, StreamAppend(other, store.head(other).version, (pending[0],)))
        store.append(Append(uuid4().hex, "", "prova", tuple(parts)))
        version += len(pending)


@pytest.fixture
def stores(make: Make) -> Iterator[tuple[Store, Store, Store]]:
    """A store on a server, one in a file, and another on a server."""
    with (
        closing(Store(make("server"))) as one,
        closing(Store(make("file"))) as two,
        closing(Store(make("server"))) as x,
    ):
        for store in (one, x):
            assert isinstance(store.datastore, postgres.Datastore)
            for pool in store.datastore.opened():  # what connects draws at random beside Hypothesis, which minds
                pool.wait()
        yield one, two, x


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, DAYS)
def test_any_history_goes_from_server_to_file_to_server(
    stores: tuple[Store, Store, Store], steps: list[Any], as_of: Any
) -> None:
    for store in stores:
        with store.datastore.cursor(commit=True) as cursor:
            for table in (*schema.PROJECTED, *COPIED):
                cursor.execute(f"DELETE FROM {table}")
    first, second, third = stores
    _record(first, steps)
    with patch.object(Rules, "fault", return_value=None):  # whatever was recorded, what no rule would admit too
        copy_store(first, second)
        copy_store(second, third)
    states = []
    for store in stores:
        with store.reading() as reader:
            states.append(
                [
                    (
                        reader.state(stream, as_of, reader.known(stream, at)),
                        reader.appends(stream),
                        fingerprints(reader.cursor),
                    )
                    for stream in reader.streams("plan/")
                    for _, _, at in reader.appends(stream)
                ]
            )
    assert states == [states[0]] * 3


def test_positions_stay_and_the_feed_follows_them_where_transactions_did_not(make: Make) -> None:
    places = [make(kind) for kind in ("server", "server", "file")]
    harness = ServiceHarness(places[0])
    harness.load()
    with psycopg.connect(places[0]) as late:
        late.execute("SELECT pg_current_xact_id()")  # the lower transaction takes the greater position
        head = harness.store.head(f"plan/{PLAN}").version
        harness.revise(">= 69%", "2022-06-30")
        with pytest.raises(Refusal):
            harness.revise(">= 69%", "2022-06-30")
        row = late.execute("SELECT topic, state FROM stored_events WHERE originator_version = 1 LIMIT 1").fetchone()
        assert row is not None
        state = json.loads(row[1]) | {"stream": "administration/tardi", "command_id": "tardi"}
        del state["receipt"]
        late.execute(
            "INSERT INTO receipt (administration, command_id, request, answer) VALUES ('tardi', 'tardi', '', '')"
        )
        late.execute(
            "INSERT INTO stored_events (administration, originator_id, originator_version, topic, state) "
            "VALUES ('tardi', %s, 1, %s, %s)",
            ("administration/tardi", row[0], json.dumps(state).encode()),
        )
    assert harness.store.head(f"plan/{PLAN}").version > head
    rebuild(harness.store)
    with closing(harness.store) as source:
        with source.reading() as reader:
            said = {row[0]: row[1:3] for row in reader.scan(settled=False)}
        assert list(said) != sorted(said)
        for place in places[1:]:
            with closing(Store(place)) as target:
                copy_store(source, target)
                with target.reading() as reader:
                    rows = reader.scan(settled=False)
                assert [row[0] for row in rows] == sorted(said)
                assert {row[0]: row[1:3] for row in rows} == said


# -- not at all --------------------------------------------------------------------------------------------------------


def _counts(store: Store) -> dict[str, int]:
    with store.reading() as reader:
        return {what: one.rows for what, one in fingerprints(reader.cursor).items() if one.rows}


@pytest.mark.parametrize("destination", ["file", "server"])
def test_what_holds_anything_is_refused_and_untouched(make: Make, destination: str) -> None:
    with (
        closing(ServiceHarness(make("file")).store) as source,
        closing(ServiceHarness(make(destination)).store) as target,
    ):
        for harness in (source, target):
            ServiceHarness(harness.location).load()
        before = prints_of(target)
        with pytest.raises(StoreRefused, match="non è vuota"):
            copy_store(source, target)
        with pytest.raises(StoreRefused, match="non è vuota"):
            copy_store(source, source)
        assert prints_of(target) == before


def prints_of(store: Store) -> object:
    with store.reading() as reader:
        return fingerprints(reader.cursor)


ALTERS = {
    "stored_events": "state = CAST(replace(CAST(state AS TEXT), 'ufficio-performance', 'ufficio-perfidia') AS BLOB)",
    "text": "salt = 'altro'",
    "receipt": "answer = '{}'",
    "checkpoint": "occasion = 'altra'",
    "checkpoint_head": "size = 1",
    "person": "name = 'altro'",
    "access": "state = '{}'",
}


def _with_people(harness: ServiceHarness) -> tuple[str, ...]:
    """Two people with what lets them in, one of whom is erased again; who is in now, and who is about to be."""
    ids = []
    for name in ("Niccolò D'Elia", "Ada"):
        account = new_id("acc")
        opening = OpenAccount(name=name, login=name[:3].lower(), account=account)
        open_account(harness.service, opening, harness.caller())
        ids.append(account)
        password = StoredAccess("password", account, account, {"hash": "$argon2id$è"}, harness.now)
        session = StoredAccess("session", f"d{account}", account, {"method": "password"}, harness.now)
        step = StoredAccess("step", f"s{account}", "", {}, harness.now, None, harness.now + timedelta(minutes=5))
        for one in (password, session, step):
            door.writing(harness.store, partial(door.keep, stored=one))
    erase_person(harness.service, ErasePerson(account=ids[1]), harness.caller())
    return tuple(ids)


@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_the_people_of_the_accounts_and_what_lets_them_in_are_in_a_copy_and_nobody_is_in(
    make: Make, tmp_path: Path, origin: str, destination: str
) -> None:
    harness = ServiceHarness(make(origin))
    harness.service.log = Log(harness.store, tmp_path / "k.key")
    harness.load()
    kept, erased = _with_people(harness)
    with closing(harness.store) as source, closing(ServiceHarness(make(destination)).store) as target:
        copied = copy_store(source, target)
        assert (copied.people, copied.credentials) == (1, 2)
        for store in (source, target):
            with store.reading() as reader:
                assert {*people.of_accounts(reader.cursor, [kept, erased])} == {kept}
                assert people.of_accounts(reader.cursor, [kept])[kept].name == "Niccolò D'Elia"
                (password,) = door.of_account(reader.cursor, kept, "password")
                assert password.state == {"hash": "$argon2id$è"}
                assert len(door.of_account(reader.cursor, kept, "link")) == 1
                assert len(door.of_account(reader.cursor, kept, "session")) == (store is source)
        with target.reading() as reader:
            assert reader.cursor.execute(
                "SELECT count(*) FROM access WHERE kind IN ('session', 'step')"
            ).fetchone() == (0,)


def test_a_file_of_an_earlier_program_is_migrated_before_it_is_copied(make: Make) -> None:
    place = make("file")
    harness = ServiceHarness(place)
    harness.load()
    harness.store.close()
    as_of_version_5(place)
    assert "initinere migrate" in CliRunner().invoke(app, ["copy", place, make("server")]).stderr
    assert CliRunner().invoke(app, ["migrate", "--database", place]).exit_code == 0
    with closing(Store(place)) as source, closing(Store(make("server"))) as target:
        assert copy_store(source, target).people == 0


@pytest.mark.parametrize("destination", ["file", "server"])
@pytest.mark.parametrize("table", COPIED)
def test_a_copy_that_comes_out_different_is_not_kept(make: Make, tmp_path: Path, table: str, destination: str) -> None:
    place = make(destination)
    Store(place).close()
    if destination == "file":
        _do(place, f"CREATE TRIGGER forge AFTER INSERT ON {table} BEGIN UPDATE {table} SET {ALTERS[table]}; END")
    else:
        said = ALTERS[table].replace(
            "CAST(replace(CAST(state AS TEXT)", "convert_to(replace(convert_from(state, 'UTF8')"
        )
        said = said.replace(" AS BLOB)", ", 'UTF8')")
        body = f"BEGIN UPDATE {table} SET {said}; RETURN NULL; END"
        _do(place, f"CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        _do(place, f"CREATE TRIGGER forge AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION forge()")
    harness = ServiceHarness(make("file"))
    harness.service.log = Log(harness.store, tmp_path / "k.key")
    harness.load()
    _with_people(harness)
    harness.revise(">= 69%", "2022-06-30")
    with closing(harness.store) as source, closing(Store(place)) as target:
        with pytest.raises(Refusal) as refused:
            copy_store(source, target)
        assert refused.value.name in {"copy_differs", "record_altered"}
        assert _counts(target) == {}


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '70', '71') AS BLOB)",
        "UPDATE edge SET root = zeroblob(32)",
        "DELETE FROM leaf WHERE version = 2",
        "DELETE FROM annulment",
        "UPDATE text SET text = 'altro'",
        "DELETE FROM stored_events WHERE originator_version = 3",
    ],
)
def test_an_origin_that_was_altered_is_not_copied(make: Make, forgery: str) -> None:
    place = make("file")
    harness = ServiceHarness(place)
    harness.load()
    harness.annul(harness.revise(">= 69%", "2022-06-30").versions[f"plan/{PLAN}"][0])
    harness.store.close()
    _do(place, forgery)
    with closing(Store(place)) as source, closing(Store(make("server"))) as target:
        with pytest.raises(CopyDiffers):
            copy_store(source, target)
        assert _counts(target) == {}


def test_a_text_that_a_server_cannot_hold_is_named(make: Make) -> None:
    with closing(ServiceHarness(make("file")).store) as source, closing(Store(make("server"))) as target:
        harness = ServiceHarness(source.location)
        harness.load()
        harness.revise(">= 69%", "2022-06-30", justification="prima\0dopo")
        with pytest.raises(StoreRefused, match="NUL"):
            copy_store(source, target)
        with closing(Store(make("file"))) as file:
            copy_store(source, file)


def test_an_origin_that_cannot_be_read_is_named(make: Make) -> None:
    place = make("file")
    ServiceHarness(place).load()
    _do(place, "UPDATE receipt SET answer = CAST(x'ff' AS TEXT)")
    done = CliRunner().invoke(app, ["copy", place, make("file")])
    assert (done.exit_code, "l'origine non si legge (receipt)" in done.stderr) == (1, True)


def test_a_role_that_only_appends_cannot_receive_a_copy(make: Make) -> None:
    role, place = f"solo_{uuid4().hex[:12]}", make("server")
    _server(place, "CREATE ROLE {}", role)
    try:
        postgres.migrate(place, role)
        limited = f"{place}{'&' if '?' in place else '?'}options=-c%20role%3D{role}"
        with closing(Store(make("file"))) as source, closing(Store(limited)) as target:
            with pytest.raises(StoreRefused) as refusal:
                copy_store(source, target)
            assert "non può ricevere" in str(refusal.value)
    finally:
        _server(place, "DROP OWNED BY {}", role)
        _server(place, "DROP ROLE {}", role)


_PROGRAM = """
import sys
from projections.store_copy import copy_store
from projections.store.store import Store

def told(what, done, total):
    print(what, flush=True)
    if what == sys.argv[3]:
        sys.stdin.read()

copy_store(Store(sys.argv[1]), Store(sys.argv[2]), told)
"""


@pytest.mark.parametrize("destination", ["file", "server"])
@pytest.mark.parametrize("moment", ["copiati", "ricostruiti", "riletti", "verificati"])
def test_a_copy_that_is_killed_leaves_nothing_and_is_made_again(make: Make, moment: str, destination: str) -> None:
    harness, place = ServiceHarness(make("file")), make(destination)
    harness.load()
    with closing(harness.store) as source:
        with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, source.location, place, moment],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as copying:
            assert copying.stdout is not None
            while copying.stdout.readline().strip() != moment:
                assert copying.poll() is None
            copying.send_signal(signal.SIGKILL)
        with closing(Store(place)) as target:
            assert _counts(target) == {}
            copy_store(source, target)
            assert prints_of(source) == prints_of(target)


# -- the tables, and the command ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "server"])
def test_every_table_is_copied_or_derived_or_left(make: Make, kind: str) -> None:
    with closing(Store(make(kind))) as store, store.reading() as reader:
        if kind == "file":
            question = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        else:
            question = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        found: dict[str, set[str]] = {}
        for table, column in reader.cursor.execute(question).fetchall():
            found.setdefault(table, set()).add(column)
    assert found.keys() - {"sqlite_sequence", "meta", *schema.SHADOW_TABLES} == {*COPIED, *LEFT, *schema.PROJECTED}
    for table, columns in COPIED.items():
        assert found[table] - {"transaction"} == set(columns)


def test_the_command_says_what_it_did_and_what_to_do_with_the_key(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "dati"))
    one, other = make("file"), make("server")
    runner = CliRunner()
    (tmp_path / "piano.json").write_text(json.dumps(document()), encoding="utf-8")
    assert runner.invoke(app, ["import", str(tmp_path / "piano.json"), "--database", one]).exit_code == 0
    (tmp_path / "preso.txt").write_text(runner.invoke(app, ["checkpoint", "--database", one]).stdout, encoding="utf-8")
    runner.invoke(app, ["account", "open", "ada", "--name", "Ada", "--database", one])
    done = runner.invoke(app, ["copy", one, other])
    assert done.exit_code == 0, done.output
    assert re.search(rf"cp -np {re.escape(one)}\.key\.credentials \S+\.credentials\n", done.stdout)
    assert "1 persona, 1 modo di entrare." in done.stdout
    assert "COPIATO: 1 piano," in done.stdout
    where = re.search(rf"  (mkdir -p -m 700 \S+ && cp -np {re.escape(one)}\.key (\S+))\n", done.stdout)
    assert where is not None
    assert not Path(where[2]).exists()
    subprocess.run(where[1], shell=True, check=True)  # noqa: S602 - as the user is told
    assert Path(where[2]).stat().st_mode & 0o777 == 0o600
    revised = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"}
    ground = {"plan": PLAN, "act": "delibera di Giunta n. 9 del 30/09/2022", "justification": "x", "cause": "new_data"}
    (tmp_path / "modifiche.json").write_text(json.dumps(ground | {"changes": [revised]}), encoding="utf-8")
    done_there = runner.invoke(app, ["change", PLAN, str(tmp_path / "modifiche.json"), "--database", other, "--json"])
    assert json.loads(done_there.stdout)["warnings"] == []  # its checkpoint is signed with the key
    assert Path(f"{one}.key").read_text(encoding="utf-8").split("+", 4)[4].strip() not in done.output
    verified = runner.invoke(app, ["verify", "--against", str(tmp_path / "preso.txt"), "--database", other])
    assert (verified.exit_code, "VERIFICATO" in verified.stdout) == (0, True), verified.output
    again = runner.invoke(app, ["copy", one, other])
    assert (again.exit_code, "non è vuota" in again.stderr) == (1, True)
    third = runner.invoke(app, ["copy", one, make("server")])
    assert f"{where[2]}, c'è già un file" in third.stdout
    back = runner.invoke(app, ["copy", other, str(tmp_path / "indietro.sqlite"), "--json"])
    assert json.loads(back.stdout)["plans"] == json.loads(back.stdout)["people"] == 1
    missing = runner.invoke(app, ["copy", str(tmp_path / "niente.sqlite"), make("file")])
    assert (missing.exit_code, "non c'è" in missing.stderr) == (1, True)
    assert not (tmp_path / "niente.sqlite").exists()
