"""Whether a file is an archive of ours, of this version, and whole: looked at before anything could change a byte of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep

from domain.errors import StoreDamaged, StoreRefused
from domain.proof.merkle import leaf_hash
from projections.store import schema
from projections.store.failures import REPAIR, damaged, not_ours, refusal_of
from projections.store.reader import state_bytes
from projections.store.sqlite_file import (
    ASIDE,
    is_left_behind,
    require_own_sides,
    require_place,
    require_sides_have_owner,
    side_files,
)

BUSY_SECONDS = 30
"""How long a writer, or who opens a file, waits for another."""
TORN_SECONDS = 0.05
"""After how long what seemed torn is looked at once more."""
LEAST_BYTES = 512
"""A file that is shorter is no database: SQLite would take one of a single byte for an empty one."""
SMALL_BYTES = 4 * 2**20
"""Up to which size a file is looked at whole at every opening: a few milliseconds."""


def check(path: str, timeout: float | None = None, *, is_open: bool = False, older: bool = False) -> None:
    """Refuses what is no database, another program's, newer, or not whole, before anything could change a byte of it.

    A few reads, whatever its size. All of it is read where a journal was left behind by nobody knows whom: once, since
    SQLite takes it in at the next opening. `is_open`: this process has it open already. `older`: of a version before,
    it is about to be migrated.
    """
    file = Path(path)
    if path.startswith("file:"):
        return
    require_place(file)
    if not file.exists() or not file.stat().st_size:
        require_sides_have_owner(file)
        return
    wait = BUSY_SECONDS if timeout is None else timeout
    try:
        _look(file, wait, is_open=is_open, older=older)
    except StoreDamaged:
        sleep(TORN_SECONDS)  # another process may just have begun, or ended, with it
        _look(file, wait, is_open=is_open, older=older)


def _look(file: Path, wait: float, *, is_open: bool, older: bool) -> None:
    path = str(file)
    try:
        if file.stat().st_size < LEAST_BYTES:
            raise not_ours(path)
        with _looking(file, "immutable=1", wait) as cursor:
            pages, page_size = (
                int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
            )
        require_own_sides(file, pages, page_size)
        # Where no journal lies beside the file it is read as it is: a connection of any other kind would leave one there.
        wal, _, journal = side_files(file)
        if journal.exists() and not wal.exists():
            return
        with _looking(file, "mode=ro" if wal.exists() else "immutable=1", wait) as cursor:
            left_behind = not is_open and is_left_behind(file)  # before the first read, which locks
            cursor.execute("BEGIN")
            version = schema_version(cursor)
            if not older:
                is_ours(cursor)
            if version == schema.SCHEMA_VERSION:
                _require_tables(cursor, file)
                if left_behind:
                    require_whole(cursor, path, accepted=ASIDE)
                    _require_leaves(cursor, path)
    except sqlite3.Error as error:
        raise refusal_of(error, path) from None


@contextmanager
def _looking(file: Path, how: str, timeout: float) -> Iterator[sqlite3.Cursor]:
    """A connection that changes nothing of a file."""
    uri = f"{file.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)) as connection:
        yield connection.cursor()


def _require_tables(cursor: sqlite3.Cursor, file: Path) -> None:
    tables = {str(row[0]) for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    if missing := sorted(schema.TABLES - tables):
        raise damaged(str(file), f"mancano le tabelle {', '.join(missing)}")


def require_whole(cursor: sqlite3.Cursor, location: str, *, accepted: str = REPAIR) -> None:
    """StoreDamaged where its pages do not hold together, or its streams do not: reads all of it."""
    row = cursor.execute("PRAGMA integrity_check(1)").fetchone()
    if row is not None and row[0] != "ok":
        raise damaged(location, str(row[0]), accepted=accepted)
    for (stream,) in cursor.execute(UNEVEN).fetchall():
        raise damaged(location, f"gli eventi di {stream} non sono quelli del suo albero", accepted=accepted)


def _require_leaves(cursor: sqlite3.Cursor, location: str) -> None:
    """StoreDamaged where an event is not the one that its leaf was made of."""
    sql = (
        "SELECT stored_events.originator_id, originator_version, state, hash FROM stored_events "
        "LEFT JOIN leaf ON leaf.administration = stored_events.administration "
        "AND leaf.originator_id = stored_events.originator_id AND version = originator_version"
    )
    for stream, version, state, leaf in cursor.execute(sql):
        if leaf_hash(state_bytes(state)) != leaf:
            raise damaged(location, f"{stream}, evento {version}, non è quello della sua foglia", accepted=ASIDE)


UNEVEN = """
WITH counted (administration, originator_id, events, last) AS (
    SELECT administration, originator_id, count(*), max(originator_version) FROM stored_events
    GROUP BY administration, originator_id)
SELECT counted.originator_id FROM counted
LEFT JOIN edge ON edge.administration = counted.administration AND edge.originator_id = counted.originator_id
WHERE edge.size IS NOT events OR edge.size IS NOT last
UNION ALL SELECT originator_id FROM edge
WHERE (administration, originator_id) NOT IN (SELECT administration, originator_id FROM counted) LIMIT 1"""
"""A stream whose events are not as many as its tree has."""


def require_sound(cursor: sqlite3.Cursor, location: str) -> None:
    """StoreDamaged when the last event is not what the tables that are derived from the record end with: a few reads.

    Of a file that is small all pages are looked at as well, which takes as long as a few questions.
    """
    pages, page_size = (int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    if pages * page_size <= SMALL_BYTES and (row := cursor.execute("PRAGMA quick_check(1)").fetchone())[0] != "ok":
        raise damaged(location, str(row[0]))
    sql = """
SELECT administration, originator_id, originator_version, state FROM stored_events ORDER BY position DESC LIMIT 1"""
    if (last := cursor.execute(sql).fetchone()) is None:
        return
    administration, stream, version, state = last
    sql = """
SELECT e.size, l.hash,
    (SELECT max(a.last) FROM append a WHERE a.administration = e.administration AND a.originator_id = e.originator_id)
FROM edge e LEFT JOIN leaf l ON l.administration = e.administration AND l.originator_id = e.originator_id AND l.version = ?
WHERE e.administration = ? AND e.originator_id = ?"""
    row = cursor.execute(sql, (version, administration, stream)).fetchone()
    if row is None or tuple(row) != (version, leaf_hash(state_bytes(state)), version):
        raise damaged(location, f"l'ultimo evento ({stream}, {version}) non è quello a cui arrivano le sue tabelle")


def is_ours(cursor: sqlite3.Cursor) -> bool:
    """Whether the file holds our tables: False when it holds nothing, StoreRefused when they are of an older version."""
    version = schema_version(cursor)
    if 0 < version < schema.DERIVED_SINCE:
        words = f"l'archivio è della versione {version}, questo programma legge la {schema.SCHEMA_VERSION}"
        raise StoreRefused(words, accepted="initinere migrate, che lo aggiorna", where="--database")
    return bool(version)


def schema_version(cursor: sqlite3.Cursor) -> int:
    """The version of our tables, 0 in an empty file; StoreRefused when they are another program's, or newer."""
    marked = cursor.execute("PRAGMA application_id").fetchone()[0]
    version = int(cursor.execute("PRAGMA user_version").fetchone()[0])
    tables = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if marked == schema.APPLICATION_ID and version > schema.SCHEMA_VERSION:
        detail = f"l'archivio è della versione {version}, questo programma legge la {schema.SCHEMA_VERSION}"
        raise StoreRefused(detail, accepted="il programma che lo ha scritto, o uno più recente")
    if marked == schema.APPLICATION_ID and version > 0:
        return version
    if tables or marked:
        raise StoreRefused("il file è l'archivio di un altro programma", accepted="un file nuovo, o un archivio nostro")
    return 0
