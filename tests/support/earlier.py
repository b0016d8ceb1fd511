"""A store as a program of before left it: its rows in the tables of then."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from projections.store import schema
from projections.store.location import is_server

SAMPLES = Path(__file__).parents[1] / "samples" / "stores"
SEQUENCES = ("cell_number", "last_instant", "texts_erased", "people_erased", "people_gone")


def as_of_version_5(location: str) -> None:
    """Puts all that a closed store of today holds into the tables of version 5, at the same place."""
    (_server if is_server(location) else _file)(location)


def as_of_version_6(location: str) -> None:
    """Calls the column of streams in what is derived as version 6 did, which had the tables of today."""
    tables = [name for name in schema.PROJECTED if name != "fact"]
    renamed = [f"ALTER TABLE {table} RENAME COLUMN originator_id TO stream" for table in tables]
    if is_server(location):
        with psycopg.connect(location) as server:
            for statement in (*renamed, "UPDATE meta SET version = 6"):
                server.execute(statement.encode())
    else:
        with closing(sqlite3.connect(location, isolation_level=None)) as file:
            for statement in (*renamed, "PRAGMA user_version = 6"):
                file.execute(statement)


FACT_INDEXES = """
SELECT i.indrelid::regclass::text, i.indisprimary, array_agg(a.attname ORDER BY k.place) FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid IN ('fact'::regclass, 'next_fact'::regclass) GROUP BY i.indexrelid, i.indrelid, i.indisprimary ORDER BY 1, 2"""
"""What the facts of a server are found by: table, whether it is its key, columns."""


def server_of_version_7(location: str) -> None:
    """Gives the facts of a server the key that they had, under a name that it got where the server came from before."""
    with psycopg.connect(location) as server:
        for table in ("fact", "next_fact"):
            for statement in (
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
                f"DROP INDEX {table}_cell_day_version_idx",
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey1 PRIMARY KEY (administration, cell, day, version)",
            ):
                server.execute(statement.encode())
        server.execute("UPDATE meta SET version = 7")


def _file(location: str) -> None:
    old = f"{location}.before"
    Path(location).rename(old)
    with closing(sqlite3.connect(location, isolation_level=None)) as file:
        file.executescript((SAMPLES / "version_5.sqlite.sql").read_text())
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("ATTACH ? AS today", (old,))
        for (table,) in file.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in file.execute(f"PRAGMA main.table_info({table})").fetchall()]
            file.execute(f"DELETE FROM main.{table}")
            file.execute(
                f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {_of_today(table, columns)} FROM today.{table}"
            )
    Path(old).unlink()


def _server(location: str) -> None:
    with psycopg.connect(location) as server:
        server.execute("CREATE SCHEMA earlier")
        server.execute("SET LOCAL search_path TO earlier")
        server.execute((SAMPLES / "version_5.postgresql.sql").read_text().encode())
        tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'earlier'"
        for (table,) in server.execute(tables).fetchall():
            if table == "meta" or table.startswith("next_"):
                continue
            columns = (
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'earlier' AND table_name = %s"
            )
            names = [row[0] for row in server.execute(columns, (table,)).fetchall()]
            copied = (
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE "
                f"SELECT {_of_today(table, names)} FROM public.{table}"
            )
            server.execute(copied.encode())
        for sequence in (*SEQUENCES, "stored_events_position_seq"):
            counted = f"SELECT setval('earlier.{sequence}', last_value, is_called) FROM public.{sequence}"
            server.execute(counted.encode())
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("ALTER SCHEMA earlier RENAME TO public")


def _of_today(table: str, columns: list[str]) -> str:
    """The columns of a table, as they are called today."""
    derived = table in schema.PROJECTED
    return ", ".join("originator_id" if derived and name == "stream" else name for name in columns)
