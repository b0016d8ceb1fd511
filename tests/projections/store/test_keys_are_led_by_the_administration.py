"""What is of an administration is led by it, in every key of either database; nothing seeks in such a table past its key."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.commands.service import Service
from domain.access.principal import MACHINE
from domain.point import Point
from projections.audit import audit_trail
from projections.beside_plan import beside_plan
from projections.change_rate import changes_of_year
from projections.plan_in_force import plan_in_force
from projections.plans import readable_page
from projections.proof.log import Log
from projections.proof.receipt import receipt
from projections.store import sqlite
from projections.store.cursor import Cursor, on_sqlite
from projections.store.owners import StreamKey
from projections.store.schema import KEYED, PROJECTED
from projections.store.store import Store
from tests.support.harness import PLAN, ServiceHarness

POINT = Point(date(2022, 12, 31))
OF_AN_ADMINISTRATION = (*KEYED, *(table for table in PROJECTED if table != "plan_owner"))
KEYS_OF_A_FILE = """
SELECT (SELECT name FROM pragma_index_info(l.name) WHERE seqno = 0) FROM pragma_index_list(?) l WHERE l."unique" = 1"""
KEYS_OF_A_SERVER = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = ?::regclass AND i.indisunique"""
COUNTED_BY_ITSELF = {"fact"}
"""A file knows a fact by one whole number."""


def leading(cursor: Cursor, table: str) -> set[str]:
    """The first columns of the keys of a table."""
    rows = cursor.execute(KEYS_OF_A_FILE if on_sqlite(cursor) else KEYS_OF_A_SERVER, (table,)).fetchall()
    return {str(row[0]) for row in rows}


def test_the_administration_is_first_in_every_key(location: str) -> None:
    with closing(Store(location)) as store, store.datastore.cursor() as cursor:
        tables = set(OF_AN_ADMINISTRATION) - (COUNTED_BY_ITSELF if on_sqlite(cursor) else set())
        led = {table: leading(cursor, table) for table in tables}
    assert led.pop("receipt") == {"administration", "command_id"}  # a key serves once, whoever it is about
    assert led == {table: {"administration"} for table in tables - {"receipt"}}


READS_EVERYTHING = (
    "SELECT count(*) FROM text WHERE text IS NULL",
    "SELECT administration, originator_id, size, root FROM edge",  # a checkpoint is over all streams
)


def scanned(connection: sqlite3.Connection, statement: str) -> list[str]:
    """What a statement reads all rows of, of the tables that the administration leads."""
    aliases = {alias: table for table, alias in re.findall(r"\b(\w+) (?:AS )?(\w)\b", statement)}
    named = {table: table for table in OF_AN_ADMINISTRATION} | aliases
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    return [
        str(row[3])
        for row in plan
        if (found := re.match(r"SCAN (\w+)", str(row[3]))) and named.get(found[1]) in OF_AN_ADMINISTRATION
    ]


def test_no_command_and_no_question_about_a_plan_reads_a_table_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    location, asked = str(tmp_path / "archivio.sqlite"), dict[str, None]()
    made = sqlite._Pool._create_connection  # every connection is made there

    def traced(pool: Any) -> Any:
        connection = made(pool)
        connection._sqlite_conn.set_trace_callback(asked.setdefault)
        return connection

    monkeypatch.setattr(sqlite._Pool, "_create_connection", traced)
    harness = ServiceHarness(location).on("2022-02-05")
    log = Log(harness.store, tmp_path / "signing.key")
    harness.service = Service(harness.store, log)
    harness.load_and_change_its_mind()
    log.checkpoint()
    with harness.store.reading() as reader:
        plan_in_force(reader, PLAN, POINT)
        beside_plan(reader, PLAN, POINT)
        audit_trail(reader, PLAN, POINT)
        changes_of_year(reader, PLAN, 2022, POINT)
        readable_page(reader, MACHINE, POINT)
        receipt(reader, f"plan/{PLAN}", 3)
        reader.plans_of(["cciaa-prova"])
    harness.store.close()
    with closing(sqlite3.connect(location)) as connection:
        of_rows = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH"))]
        found = {
            sql: scans
            for sql in of_rows
            if not " ".join(sql.split()).startswith(READS_EVERYTHING) and (scans := scanned(connection, sql))
        }
    assert len(of_rows) > 50
    assert found == {}


def test_two_administrations_never_draft_plans_of_one_name(location: str) -> None:
    with closing(ServiceHarness(location).on("2022-02-05").store) as store:
        harness = ServiceHarness(location).on("2022-02-05")
        harness.load()
        with store.reading() as reader:
            assert reader.key(f"review/{PLAN}") == StreamKey("cciaa-prova", f"review/{PLAN}")
        insert = "INSERT INTO plan_owner (originator_id, administration) VALUES (?, ?)"
        with pytest.raises(Exception, match=r"(?i)unique"), store.datastore.cursor(commit=True) as cursor:
            cursor.execute(insert, (f"plan/{PLAN}", "altra"))
        harness.store.close()


def test_what_is_known_of_a_plan_is_forgotten_where_another_archive_answers(location: str) -> None:
    harness = ServiceHarness(location).on("2022-02-05")
    harness.store.datastore.owners[f"plan/{PLAN}"] = "altra"
    harness.load()
    with harness.store.reading() as reader:
        assert reader.head(f"plan/{PLAN}").version > 1
    harness.store.close()
