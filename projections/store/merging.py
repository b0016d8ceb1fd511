"""Rows of shadow tables made those that answer, on a server: of some streams, and only where they differ.

Neither is renamed: that takes the owner of the tables, and a snapshot from before would find rows missing. Nothing is
written where the two agree, which is nearly everywhere: a rebuild makes the same rows again. Cells keep their numbers,
by which facts are found; where the cells of a stream are others, or in another order, all of that stream are entered anew.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Sequence

from projections.store.schema import COLUMNS, SHADOW

_SPAN = "stream > ? AND stream <= ?"
_CELL = "object, field"
_LATEST = "day, version, fragment, several"
_WHOLE_ROWS = {
    table: columns
    for table, columns in {**COLUMNS, "annulment": ("stream", "version", "since", "annulled", "named")}.items()
    if table != "cell"
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


_NUMBERED = (
    f"(SELECT stream, {_CELL}, row_number() OVER (PARTITION BY stream ORDER BY id) AS place "
    f"FROM {{}}cell WHERE {_SPAN}) AS numbered"
)
_OTHER_CELLS = (
    f"SELECT stream FROM ({_differing(f'stream, {_CELL}, place', _NUMBERED, '', SHADOW)}) AS gone UNION "
    f"SELECT stream FROM ({_differing(f'stream, {_CELL}, place', _NUMBERED, SHADOW, '')}) AS missing"
)
"""The streams whose cells are others than those that were built."""
_FACTS = (
    f"(SELECT c.id, f.day, f.version, f.fragment FROM cell c JOIN {SHADOW}cell n USING (stream, {_CELL}) "
    f"JOIN {SHADOW}fact f ON f.cell = n.id WHERE {_SPAN}) AS built"
)
_FACTS_THERE = (
    f"(SELECT c.id, f.day, f.version, f.fragment FROM cell c JOIN fact f ON f.cell = c.id WHERE {_SPAN}) AS live"
)
_FACT = "id, day, version, fragment"

STATEMENTS: tuple[str, ...] = (
    *(statement for table, columns in _WHOLE_ROWS.items() for statement in _merged(table, columns)),
    f"DELETE FROM fact USING cell c WHERE cell = c.id AND {_SPAN} AND c.stream IN ({_OTHER_CELLS})",
    f"DELETE FROM cell WHERE {_SPAN} AND stream IN ({_OTHER_CELLS})",
    f"""INSERT INTO cell (stream, {_CELL}, {_LATEST})
SELECT stream, {_CELL}, {_LATEST} FROM {SHADOW}cell n
WHERE {_SPAN} AND NOT EXISTS (SELECT FROM cell c WHERE c.stream = n.stream) ORDER BY stream, id""",
    f"""UPDATE cell c SET ({_LATEST}) = (n.day, n.version, n.fragment, n.several) FROM {SHADOW}cell n
WHERE c.stream > ? AND c.stream <= ? AND (n.stream, n.object, n.field) = (c.stream, c.object, c.field)
AND (c.day, c.version, c.fragment, c.several) IS DISTINCT FROM (n.day, n.version, n.fragment, n.several)""",
    f"""DELETE FROM fact WHERE (cell, day, version, fragment) IN (
SELECT {_FACT} FROM {_FACTS_THERE} EXCEPT SELECT {_FACT} FROM {_FACTS})""",
    f"""INSERT INTO fact (cell, day, version, fragment)
SELECT {_FACT} FROM {_FACTS} EXCEPT SELECT {_FACT} FROM {_FACTS_THERE}""",
)
"""Each wants the two streams between which, the first excluded, the rows are to be the same, as often as it asks."""

NO_CELL = ("DELETE FROM fact WHERE NOT EXISTS (SELECT FROM cell c WHERE c.id = fact.cell)",)
"""Removes what is of no cell, and so of no stream."""
