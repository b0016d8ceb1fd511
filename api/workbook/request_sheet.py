"""Reads the sheet of the changes that are asked for by name."""

from collections.abc import Iterator
from datetime import date

from api.workbook.format import DEEDS
from api.workbook.lines import read_cause
from api.workbook.sheets import Notes, Table, read_lines
from domain.documents.uploaded import RequestedRow
from domain.vocabulary import JsonValue


def read_requests(table: Table | None, notes: Notes) -> Iterator[RequestedRow]:
    """The rows, each a change; what is no change is a problem with its cell."""
    if table is None:
        return
    for line, values in read_lines(table, notes):
        verbs = DEEDS[str(values["of"])]
        verb = verbs.get(str(values["verb"]))
        if verb is None:
            found = f"{values['verb']!r} non si dice di {values['of']!r}"
            notes.problem(table.place(line.number, "verb"), found, ", ".join(verbs))
            continue
        year, ordinal, day = values.get("year"), values.get("ordinal"), values.get("effective_on")
        yield RequestedRow(
            (table.name, line.number),
            verb,
            _text(values.get("object")),
            year if isinstance(year, int) else None,
            ordinal if isinstance(ordinal, int) else None,
            _text(values.get("value")),
            _text(values.get("act")),
            _text(values.get("justification")),
            read_cause(values.get("cause")),
            date.fromisoformat(day) if isinstance(day, str) else None,
            values.get("correction") is True,
        )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
