"""Rows of shadow tables made those that answer, on a server: of some streams, and only where they differ.

Neither is renamed: that takes the owner of the tables, and a snapshot from before would find rows missing. Nothing is
written where the two agree, which is nearly everywhere: a rebuild makes the same rows again. Cells keep their numbers,
by which facts are found; where the cells of a stream are others, or in another order, all of that stream are entered anew.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Sequence

from projections.store.schema import ANNULMENT_COLUMNS, COLUMNS, SHADOW

_SPAN = "(administration, originator_id) > (?, ?) AND (administration, originator_id) <= (?, ?)"
_SPAN_OF = "({0}.administration, {0}.originator_id) > (?, ?) AND ({0}.administration, {0}.originator_id) <= (?, ?)"
_STREAM = "administration, originator_id"
_CELL = "object, field"
_LATEST = "day, version, fragment, several"
_WHOLE_ROWS = {
    table: columns for table, columns in {**COLUMNS, "annulment": ANNULMENT_COLUMNS}.items() if table != "cell"
}


def _differing(columns: str, source: str, left: str, right: str) -> str:
    """The rows of some streams that are in one table and not in the other."""
    return " EXCEPT ".join(f"SELECT {columns} FROM {source.format(prefix)}" for prefix in (left, right))


def _merged(table: str, columns: Sequence[str]) -> tuple[str, str]:
    names, source = ", ".join(columns), f"{{}}{table} WHERE {_SPAN}"
    return (
        f"DELETE FROM {table} WHERE ({names}) IN ({_differing(names, source, '', SHADOW)})",
        f"INSERT INTO {table} ({names}) {_differing(names, source, SHADOW, '')}",
    )


_IN_ORDER = (
    "SELECT administration, originator_id, string_agg(object || E'\\x01' || field, E'\\x02' ORDER BY id) FROM {}cell "
    f"WHERE {_SPAN} GROUP BY administration, originator_id"
)
"""The cells of each stream, in the order in which they were entered, as one text."""
_FACTS = f"""
SELECT c.administration, c.id, f.day, f.version, f.fragment
FROM {SHADOW}cell n JOIN {SHADOW}fact f ON f.administration = n.administration AND f.cell = n.id
JOIN cell c ON (c.administration, c.originator_id, c.object, c.field) = (n.administration, n.originator_id, n.object, n.field)
WHERE n.several = 1 AND {_SPAN_OF.format("n")}"""
_FACTS_THERE = f"""
SELECT c.administration, c.id, f.day, f.version, f.fragment FROM cell c
JOIN fact f ON f.administration = c.administration AND f.cell = c.id WHERE {_SPAN_OF.format("c")}"""

STATEMENTS: tuple[str, ...] = (
    # A plan has one owner: whoever was put in the place of its own goes first.
    f"""
DELETE FROM plan_owner o USING {SHADOW}plan_owner n
WHERE {_SPAN_OF.format("n")} AND n.originator_id = o.originator_id AND n.administration <> o.administration""",
    *(statement for table, columns in _WHOLE_ROWS.items() for statement in _merged(table, columns)),
    f"""
WITH others AS MATERIALIZED ({_IN_ORDER.format("")} EXCEPT {_IN_ORDER.format(SHADOW)}),
gone AS (
    DELETE FROM cell WHERE {_SPAN} AND (administration, originator_id) IN (SELECT administration, originator_id FROM others)
    RETURNING administration, id)
DELETE FROM fact WHERE (administration, cell) IN (SELECT administration, id FROM gone)""",
    f"""
WITH absent AS MATERIALIZED (
    SELECT {_STREAM} FROM {SHADOW}edge n WHERE {_SPAN} AND NOT EXISTS (
        SELECT FROM cell c WHERE (c.administration, c.originator_id) = (n.administration, n.originator_id)))
INSERT INTO cell ({_STREAM}, {_CELL}, {_LATEST}) SELECT {_STREAM}, {_CELL}, {_LATEST} FROM {SHADOW}cell
WHERE ({_STREAM}) IN (SELECT {_STREAM} FROM absent) ORDER BY {_STREAM}, id""",
    f"""
UPDATE cell c SET ({_LATEST}) = (n.day, n.version, n.fragment, n.several) FROM {SHADOW}cell n
WHERE {_SPAN_OF.format("c")} AND {_SPAN_OF.format("n")}
AND (n.administration, n.originator_id, n.object, n.field) = (c.administration, c.originator_id, c.object, c.field)
AND (c.day, c.version, c.fragment, c.several) IS DISTINCT FROM (n.day, n.version, n.fragment, n.several)""",
    f"DELETE FROM fact WHERE (administration, cell, day, version, fragment) IN ({_FACTS_THERE} EXCEPT {_FACTS})",
    f"INSERT INTO fact (administration, cell, day, version, fragment) {_FACTS} EXCEPT {_FACTS_THERE}",
)
"""Each wants the keys of the two streams between which, the first excluded, the rows are to be the same, as often as it asks."""

NO_CELL = (
    """
DELETE FROM fact WHERE NOT EXISTS (
    SELECT FROM cell c WHERE c.administration = fact.administration AND c.id = fact.cell)""",
)
"""Removes what is of no cell, and so of no stream."""
