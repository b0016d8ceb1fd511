"""Whatever is done to the database behind the product is found by an old checkpoint, and told apart.

Each forgery is made, verified and undone in one transaction. The quick run flips a sample of bytes, the slow one all.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from initinere_verify.trees import Checkpoint, Failed, read_checkpoint
from projections.proof.checkpoints import make
from projections.proof.keys import make_key, read_key
from projections.proof.live import verify_database
from projections.proof.log import Log
from projections.store import postgres
from projections.store.append import Cursor, write_leaves
from tests.support.desk import PLAN, Desk

STREAM = f"plan/{PLAN}"
OWNER = "administration/cciaa-prova"
TABLES = {
    "stored_events": ("position", "originator_id", "originator_version", "topic", "state"),
    "text": ("digest", "salt", "text"),
    "leaf": ("stream", "version", "hash"),
    "edge": ("stream", "size", "root", "nodes"),
    "checkpoint": ("number", "made_at", "occasion", "root", "note"),
    "checkpoint_head": ("number", "stream", "size", "root", "positions"),
    "fact": ("cell", "effective_on", "version", "value"),
    "cell": ("stream", "object", "field"),
    "append": ("stream", "recorded_at", "first", "last", "horizon"),
    "annulment": ("stream", "version", "since", "annulled", "named"),
}
SAMPLE = 120


class Scene(NamedTuple):
    """A desk with a record, and the checkpoint that the OIV took away early on."""

    desk: Desk
    log: Log
    old: Checkpoint


class _Undo(Exception):
    pass


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A plan with its act; a checkpoint taken; then a revision, measurements, a remark annulled, a last checkpoint."""
    if request.param == "sqlite":
        location = str(tmp_path / "archivio.sqlite")
    else:
        location = str(request.getfixturevalue("postgres_url"))
        postgres.migrate(location)
    desk = Desk(location).on("2022-02-05")
    log = Log(desk.store, tmp_path / "signing.key")
    desk.load()
    old = read_checkpoint(log.checkpoint().note, "prova")
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    desk.measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30", note="riversamento")
    mistaken = desk.on("2022-10-04").revise(">= 67%", "2022-10-01", justification="altro motivo")
    desk.annul(mistaken.versions[STREAM][1])
    log.checkpoint()
    desk.on("2022-10-05").report(subject="indicator", id="incasso", status="at_risk", reported_on="2022-10-05")
    yield Scene(desk, log, old)
    desk.store.close()


Forgery = Callable[[Cursor], object]


def judged(scene: Scene, forge: Forgery | None = None, against: Checkpoint | None = None) -> Failed | None:
    """What the verifier says of a forgery, which is undone; None when it finds nothing."""
    found: list[Failed | None] = []
    try:
        with scene.desk.store.datastore.cursor(commit=True) as cursor:
            if forge is not None:
                forge(cursor)
            try:
                verify_database(cursor, scene.old if against is None else against)
                found.append(None)
            except Failed as failure:
                found.append(failure)
            raise _Undo
    except _Undo:
        return found[0]


def sql(*statements: tuple[str, tuple[object, ...]]) -> Forgery:
    """Statements, one after the other."""

    def forge(cursor: Cursor) -> None:
        for statement, values in statements:
            cursor.execute(statement, values)

    return forge


def of(statement: str, *values: object) -> Forgery:
    """One statement."""
    return sql((statement, values))


def state(cursor: Cursor, version: int, stream: str = STREAM) -> bytes:
    row = cursor.execute(
        "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = ?", (stream, version)
    ).fetchone()
    assert row is not None
    return bytes(row[0])


def put(cursor: Cursor, version: int, content: bytes, stream: str = STREAM) -> None:
    cursor.execute(
        "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?",
        (content, stream, version),
    )


def eased(cursor: Cursor) -> None:
    """The target that the office would rather have had."""
    put(cursor, 7, state(cursor, 7).replace(b"70.34", b"60.34"))


def swapped(cursor: Cursor) -> None:
    one, other = state(cursor, 7), state(cursor, 8)
    put(cursor, 7, other)
    put(cursor, 8, one)


def inserted(cursor: Cursor) -> None:
    last = scene_size(cursor)
    for version in range(last, 9, -1):
        cursor.execute(
            "UPDATE stored_events SET originator_version = ? WHERE originator_id = ? AND originator_version = ?",
            (version + 1, STREAM, version),
        )
    cursor.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
        (STREAM, 10, "target-set", state(cursor, 9).replace(b"14%", b"13%")),
    )


def scene_size(cursor: Cursor) -> int:
    row = cursor.execute(
        "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?", (STREAM,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def closed_up(cursor: Cursor) -> None:
    """An event removed, and those after it renumbered."""
    of("DELETE FROM stored_events WHERE originator_id = ? AND originator_version = ?", STREAM, 7)(cursor)
    for version in range(8, scene_size(cursor) + 1):
        cursor.execute(
            "UPDATE stored_events SET originator_version = ? WHERE originator_id = ? AND originator_version = ?",
            (version - 1, STREAM, version),
        )


def leaves_too(cursor: Cursor) -> None:
    """An event altered, and the tables of the tree made to agree."""
    eased(cursor)
    rebuilt(cursor)


def rebuilt(cursor: Cursor) -> None:
    """The tables of the tree, made again from the events as they now are."""
    for table in ("leaf", "edge"):
        cursor.execute(f"DELETE FROM {table}")
    rows = cursor.execute(
        "SELECT originator_id, state FROM stored_events ORDER BY originator_id, originator_version"
    ).fetchall()
    states: dict[str, list[bytes]] = {}
    for stream, content in rows:
        states.setdefault(str(stream), []).append(bytes(content))
    for stream, of_stream in states.items():
        write_leaves(cursor, stream, of_stream)


def resigned(scene: Scene, *, with_another_key: bool) -> Forgery:
    """An event altered, the whole log built anew, and signed: by whoever has the key, or another."""

    def forge(cursor: Cursor) -> None:
        own = read_key(scene.log.path)
        assert own is not None
        key = make_key(own.name) if with_another_key else own
        eased(cursor)
        if with_another_key:
            forged = state(cursor, 1, "installation")
            put(
                cursor,
                1,
                forged.replace(str(own.verifying).encode(), str(key.verifying).encode()).replace(
                    own.name.encode(), key.name.encode()
                ),
                "installation",
            )
        rebuilt(cursor)
        cursor.execute("DELETE FROM checkpoint")
        cursor.execute("DELETE FROM checkpoint_head")
        make(cursor, key, scene.desk.now, "on-demand")

    return forge


def truncated_whole(cursor: Cursor) -> None:
    """Everything as it was at an earlier state, which was valid: an old backup put back."""
    cursor.execute("DELETE FROM stored_events WHERE originator_id <> ?", ("installation",))
    for table in ("checkpoint", "checkpoint_head", "text", "fact", "cell", "append", "annulment"):
        cursor.execute(f"DELETE FROM {table}")
    rebuilt(cursor)


DELETE = "DELETE FROM stored_events WHERE originator_id = ?"
FORGERIES: list[tuple[str, Forgery, str, str]] = [
    ("a target altered", eased, "altered_event", f"{STREAM}, evento 7"),
    ("a target altered, and the tree with it", leaves_too, "altered_event", STREAM),
    ("an event removed", of(DELETE + " AND originator_version = ?", STREAM, 7), "missing_event", "evento 7"),
    ("an event removed, the others renumbered", closed_up, "missing_event", "evento 7"),
    ("two events swapped", swapped, "swapped_events", "evento 7"),
    ("an event inserted", inserted, "inserted_event", "evento 10"),
    ("the end cut off", of(DELETE + " AND originator_version > ?", STREAM, 15), "truncated", "evento 16"),
    ("a plan removed", of(DELETE, STREAM), "stream_vanished", STREAM),
    (
        "a plan renamed",
        of("UPDATE stored_events SET originator_id = 'plan/altro' WHERE originator_id = ?", STREAM),
        "stream_vanished",
        STREAM,
    ),
    (
        "an event renumbered",
        of(
            "UPDATE stored_events SET originator_version = 99 WHERE originator_id = ? AND originator_version = 7",
            STREAM,
        ),
        "missing_event",
        "evento 7",
    ),
    (
        "a topic altered",
        of("UPDATE stored_events SET topic = 'target-set' WHERE originator_id = ? AND originator_version = 3", STREAM),
        "altered_event",
        "evento 3",
    ),
    (
        "a place in the log altered",
        of("UPDATE stored_events SET position = 9000 WHERE originator_id = ? AND originator_version = 7", STREAM),
        "moved_event",
        STREAM,
    ),
    ("a text altered", of("UPDATE text SET text = 'altro'"), "text_altered", "testo"),
    ("a text removed", of("DELETE FROM text"), "text_missing", "evento"),
    ("a text emptied without an order", of("UPDATE text SET text = NULL, salt = ''"), "text_altered", "testo"),
    (
        "a leaf altered",
        of("UPDATE leaf SET hash = edge.root FROM edge WHERE leaf.version = 3"),
        "tree_altered",
        "foglia 3",
    ),
    ("the right edge altered", of("UPDATE edge SET size = size + 1"), "tree_altered", "margine"),
    (
        "a head altered",
        of("UPDATE checkpoint_head SET size = size - 1 WHERE number = 1"),
        "tree_altered",
        "checkpoint n. 1",
    ),
    (
        "a checkpoint altered",
        of("UPDATE checkpoint SET note = replace(note, 'events 2', 'events 3') WHERE number = 1"),
        "tree_altered",
        "checkpoint n. 1",
    ),
    ("the last checkpoint removed", of("DELETE FROM checkpoint WHERE number = 2"), "tree_altered", "checkpoint n. 2"),
    ("an old backup put back", truncated_whole, "truncated", "checkpoint consegnato"),
    (
        "an answer altered behind the events",
        of("UPDATE fact SET value = replace(value, '70.34', '60.34')"),
        "projection_altered",
        "indicator/incasso target/2022/1, evento 7",
    ),
]


def test_an_untouched_record_is_verified(scene: Scene) -> None:
    assert judged(scene) is None
    with scene.desk.store.datastore.cursor() as cursor:
        verdict = verify_database(cursor, scene.old)
    assert verdict.statement().startswith("VERIFICATO")
    assert (verdict.checkpoints, verdict.uncovered, verdict.against) == (2, 1, scene.old)


@pytest.mark.parametrize(("what", "forge", "kind", "where"), FORGERIES, ids=[what for what, *_ in FORGERIES])
def test_a_forgery_is_found_and_told_apart(scene: Scene, what: str, forge: Forgery, kind: str, where: str) -> None:
    failure = judged(scene, forge)
    assert failure is not None, what
    assert (failure.kind, where in failure.where) == (kind, True), str(failure)
    assert failure.expected
    assert failure.found


def test_a_log_signed_anew_is_told_from_one_signed_with_another_key(scene: Scene) -> None:
    again = judged(scene, resigned(scene, with_another_key=False))
    other = judged(scene, resigned(scene, with_another_key=True))
    assert (again and again.kind, other and other.kind) == ("rewritten", "other_key")


def test_an_older_pack_names_the_event_that_a_signed_rewriting_changed(scene: Scene) -> None:
    with scene.desk.store.datastore.cursor() as cursor:
        rows = cursor.execute("SELECT hash FROM leaf WHERE stream = ? ORDER BY version", (STREAM,)).fetchall()
        known = {STREAM: [bytes(row[0]) for row in rows]}
    with pytest.raises(_Undo), scene.desk.store.datastore.cursor(commit=True) as cursor:
        resigned(scene, with_another_key=False)(cursor)
        with pytest.raises(Failed) as failure:
            verify_database(cursor, scene.old, known)
        assert (failure.value.kind, failure.value.where) == ("altered_event", f"{STREAM}, evento 7")
        raise _Undo


def test_a_plan_slipped_in_under_an_old_date_is_found(scene: Scene) -> None:
    def slipped(cursor: Cursor) -> None:
        content = state(cursor, 1).replace(STREAM.encode(), b"plan/altro-2022")
        cursor.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, 1, ?, ?)",
            ("plan/altro-2022", "plan-drafted", content),
        )
        write_leaves(cursor, "plan/altro-2022", [content])

    failure = judged(scene, slipped)
    assert (failure and failure.kind) == "stream_new"


def test_a_forged_checkpoint_is_no_evidence(scene: Scene) -> None:
    another = make_key(scene.old.origin)
    forged = read_checkpoint(another.note(scene.old.note.partition("\n\n")[0] + "\n"), "prova")
    altered = read_checkpoint(scene.old.note.replace("events 2", "events 1"), "prova")
    kinds = [failure and failure.kind for failure in (judged(scene, None, forged), judged(scene, None, altered))]
    assert kinds == ["other_key", "bad_signature"]


# -- every byte --------------------------------------------------------------------------------------------------------


class Flip(NamedTuple):
    """One bit of one byte of one value."""

    table: str
    column: str
    row: int
    byte: int


def flips(scene: Scene) -> list[Flip]:
    """Every byte of every value of every table."""
    found: list[Flip] = []
    with scene.desk.store.datastore.cursor() as cursor:
        for table, columns in TABLES.items():
            rows = cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2, 3").fetchall()
            for place, row in enumerate(rows):
                for column, value in zip(columns, row, strict=True):
                    found += [Flip(table, column, place, byte) for byte in range(_width(value))]
    return found


def _width(value: object) -> int:
    return 0 if value is None else 1 if isinstance(value, int) else len(_raw(value))


def _raw(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def flipped(flip: Flip) -> Forgery:
    """The forgery that flips one bit."""

    def forge(cursor: Cursor) -> None:
        columns = TABLES[flip.table]
        names = ", ".join(columns)
        row = cursor.execute(f"SELECT {names} FROM {flip.table} ORDER BY 1, 2, 3").fetchall()[flip.row]
        value = row[columns.index(flip.column)]
        changed: object
        if isinstance(value, int):
            changed = value ^ 1 if flip.column in {"annulled", "named"} else value + 100_000
        elif isinstance(value, str):
            data = bytearray(value.encode())
            data[flip.byte] ^= 1
            changed = data.decode(errors="replace").replace("\x00", "\x01")
        else:
            data = bytearray(value)
            data[flip.byte] ^= 1
            changed = bytes(data)
        where = " AND ".join(f"{name} = ?" for name in columns)
        same = [row[columns.index(name)] for name in columns]
        cursor.execute(f"UPDATE {flip.table} SET {flip.column} = ? WHERE {where}", [changed, *same])

    return forge


def _all_found(scene: Scene, wanted: list[Flip]) -> None:
    missed = [flip for flip in wanted if judged(scene, flipped(flip)) is None]
    assert not missed, missed[:10]


def test_a_sample_of_flipped_bytes_is_found(scene: Scene) -> None:
    every = flips(scene)
    by_column: dict[tuple[str, str], list[Flip]] = {}
    for flip in every:
        by_column.setdefault((flip.table, flip.column), []).append(flip)
    chance = random.Random(6962)
    one_each = [chance.choice(of_column) for of_column in by_column.values()]
    _all_found(scene, [*one_each, *chance.sample(every, SAMPLE)])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_flipped_byte_is_found(scene: Scene) -> None:
    _all_found(scene, flips(scene))


def test_bytes_that_are_no_longer_text_are_found(tmp_path: Path) -> None:
    location = f"file:{uuid4().hex}?mode=memory&cache=shared"
    desk = Desk(location).on("2022-02-05")
    log = Log(desk.store, tmp_path / "signing.key")
    desk.load()
    desk.on("2022-10-03").revise(">= 68%", "2022-09-30")
    old = read_checkpoint(log.checkpoint().note, "prova")
    scene = Scene(desk, log, old)
    for statement, kind in (
        ("UPDATE text SET text = CAST(x'ff00fe' AS TEXT)", "text_altered"),
        ("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE position = 9", "altered_event"),
        ("UPDATE stored_events SET state = CAST(state AS TEXT) || ' ' WHERE position = 9", "altered_event"),
    ):
        failure = judged(scene, of(statement))
        assert (failure and failure.kind) == kind
    desk.store.close()
