"""Gives the rows of a server's record the administration that leads their key, beside the program of before, which goes on.

The bytes of events are read, and never written. Each row that has none yet is marked so; some thousands at a time are said
whose they are, and what they name of texts and receipts with them. Keys are made beside those that serve. Killed at any
moment, it goes over what is said already, and on.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Iterable
from typing import Protocol

import psycopg

from projections.store.cursor import Cursor
from projections.store.owners import NOBODY, OWNER_IN_SQL, PLAN
from projections.store.schema import KEYED, RECEIPT_INDEX, RECEIPT_ONCE, UNSAID, UNSAID_INDEX

BATCH = 200_000
"""How many positions are gone over in one transaction."""
_RANGE = "position > ? AND position <= ?"
_UNSAID = f"administration IN ('{UNSAID}')"

_SAY = f"""
WITH streams AS MATERIALIZED (
    SELECT DISTINCT originator_id AS stream FROM stored_events WHERE {_RANGE} AND {_UNSAID}),
plans AS MATERIALIZED (
    SELECT d.originator_id, convert_from(d.state, 'UTF8')::json #>> '{{body,administration}}' AS administration
    FROM (SELECT DISTINCT '{PLAN}' || substr(stream, strpos(stream, '/') + 1) AS stream FROM streams) AS p
    JOIN stored_events d ON d.originator_id = p.stream AND d.originator_version = 1 AND d.topic = 'plan-drafted'),
owned AS MATERIALIZED (SELECT stream, {OWNER_IN_SQL.format(stream="s.stream", owners="plans")} AS administration FROM streams s),
said AS (
    UPDATE stored_events e SET administration = o.administration FROM owned o
    WHERE e.originator_id = o.stream AND e.{_RANGE.replace("AND position", "AND e.position")} AND e.{_UNSAID}
    RETURNING e.administration, e.state),
named AS MATERIALIZED (
    SELECT said.administration, names.* FROM said CROSS JOIN LATERAL
    json_to_record(convert_from(said.state, 'UTF8')::json) AS names (command_id TEXT, justification TEXT, note TEXT)),
texts AS (
    UPDATE text t SET administration = n.administration
    FROM (SELECT DISTINCT administration, unnest(ARRAY[justification, note]) AS digest FROM named) AS n
    WHERE t.digest = n.digest AND t.{_UNSAID}),
receipts AS (
    UPDATE receipt r SET administration =
        CASE WHEN r.administration IN ('{UNSAID}', n.administration) THEN n.administration ELSE '{NOBODY}' END
    FROM (
        SELECT command_id, CASE WHEN min(administration) = max(administration) THEN min(administration) ELSE '{NOBODY}' END
            AS administration
        FROM named GROUP BY command_id) AS n
    WHERE r.command_id = n.command_id AND r.administration NOT IN (n.administration, '{NOBODY}'))
SELECT count(*) FROM said"""
"""Of events that nothing is said of yet: of the same administration are the texts that they name, and the receipts of their commands."""

_BESIDE = (
    f"UPDATE text SET administration = '{NOBODY}' WHERE {_UNSAID}",
    f"UPDATE receipt SET administration = '{NOBODY}' WHERE {_UNSAID}",
    f"""UPDATE preview SET administration = coalesce((
        SELECT e.administration FROM stored_events e WHERE e.originator_id = '{PLAN}' || preview.plan
        AND e.originator_version = 1), '{NOBODY}')""",
)
"""What is of no event: receipts of commands that recorded nothing, and what is looked at and not recorded."""

INDEXES = {
    **{f"{table}_of": f"UNIQUE INDEX CONCURRENTLY {table}_of ON {table} ({key})" for table, (key, _) in KEYED.items()},
    "stored_events_at": "INDEX CONCURRENTLY stored_events_at ON stored_events (position)",
    RECEIPT_INDEX: RECEIPT_ONCE.removeprefix("CREATE ").replace("INDEX", "INDEX CONCURRENTLY"),
    UNSAID_INDEX: f"INDEX CONCURRENTLY {UNSAID_INDEX} ON stored_events (position) WHERE {_UNSAID}",
}


MARKS = tuple(
    f"""ALTER TABLE {table} ADD COLUMN IF NOT EXISTS administration TEXT COLLATE "C" NOT NULL DEFAULT '{UNSAID}'"""
    for table in KEYED
)
"""Gives the tables of the record the column, in which every row says that nothing is said of it yet: no row is written.

Each in a transaction of its own: who writes has read the last of them, and waits for the first.
"""


class Progress(Protocol):
    """Is told how many positions were gone over, of how many."""

    def __call__(self, done: int, total: int, /) -> None:
        """Tells it."""


def say_whose(cursor: Cursor, low: int, high: int) -> int:
    """Says whose the rows of a range of positions are, and what they name; how many events there were to say it of."""
    row = cursor.execute(_SAY, (low, high) * 2).fetchone()
    return int(row[0]) if row else 0


def last_position(cursor: Cursor) -> int:
    """How far the record goes."""
    row = cursor.execute("SELECT max(position) FROM stored_events").fetchone()
    return int(row[0] or 0) if row else 0


def say_the_rest(cursor: Cursor) -> None:
    """The same of what was recorded since, by the program of before."""
    row = cursor.execute(f"SELECT min(position) - 1, max(position) FROM stored_events WHERE {_UNSAID}").fetchone()
    if row is not None and row[1] is not None:
        say_whose(cursor, int(row[0]), int(row[1]))


def say_beside(cursor: Cursor) -> None:
    """The same of what is of no event; nobody else writes."""
    for statement in _BESIDE:
        cursor.execute(statement)


def make_indexes(url: str, names: Iterable[str] = tuple(INDEXES)) -> None:
    """Makes keys beside those that serve; one that was being made when it was killed is made anew."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for name in names:
            sql = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
            row = connection.execute(sql, (name,)).fetchone()
            if row == (True,):
                continue
            if row is not None:
                connection.execute(f"DROP INDEX {name}".encode())
            connection.execute(f"CREATE {INDEXES[name]}".encode())


def granted(cursor: Cursor) -> list[str]:
    """The roles that may append to the record, and no more: what they may is granted anew with the tables."""
    sql = """
SELECT DISTINCT r.rolname FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) AS acl JOIN pg_roles r ON r.oid = acl.grantee
WHERE a.attrelid = 'stored_events'::regclass AND acl.privilege_type = 'INSERT'"""
    return [str(row[0]) for row in cursor.execute(sql).fetchall()]
