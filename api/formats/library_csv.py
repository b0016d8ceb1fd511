"""The library of indicators as a table for a spreadsheet: written as the export gives it, and read back the same."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from api.formats.csv_table import COMPUTED, csv_table
from api.formats.json_reader import into
from domain.errors import Malformed, Problem
from domain.library.entry import LibraryEntry
from domain.notice import Notice
from domain.spelling import folded
from domain.vocabulary import JsonValue, field_labels
from projections.library import EntrySaid

COLUMNS: Mapping[str, str] = field_labels(LibraryEntry)
"""The heading of each field."""
OTHER_HEADINGS = {"denominazione": "name", "indicatore": "name", "unita": "unit", "fonte dei dati": "source"}
BETWEEN_TERMS = " | "
MEANT = {folded(heading): field for field, heading in COLUMNS.items()} | {f: f for f in COLUMNS} | OTHER_HEADINGS
POLARITIES = {"up": "crescente", "down": "decrescente"}


class LibraryRead(NamedTuple):
    """The entries of a file, where each stands in it, and what of it is not taken."""

    entries: tuple[LibraryEntry, ...]
    places: Mapping[int, str]
    not_taken: tuple[Notice, ...]


def library_csv(entries: Sequence[EntrySaid]) -> bytes:
    """The entries beneath their headings."""

    def cell(field: str, entry: EntrySaid) -> object:
        if field == "terms":
            return BETWEEN_TERMS.join(entry["terms"])
        value = entry[field]  # type: ignore[literal-required]  # a field of it
        return POLARITIES.get(value, value) if field == "polarity" else value

    return csv_table([*COLUMNS.values()], ([cell(field, entry) for field in COLUMNS] for entry in entries))


def read_library_csv(text: str) -> LibraryRead:
    """The entries of a table; Malformed with everything that is wrong with it, each with its line."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    try:
        headings = next(rows, [])
        fields = [MEANT.get(folded(heading)) for heading in headings]
        problems = _of_headings(headings, fields)
        if problems:
            raise Malformed(problems)
        entries: list[LibraryEntry] = []
        places: dict[int, str] = {}
        line = rows.line_num + 1
        for cells in rows:
            place, line = f"riga {line}", rows.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(fields):
                found = f"{len(cells)} celle, e le colonne sono {len(fields)}"
                problems.append(Problem(where=place, found=found, accepted="una cella per colonna"))
                continue
            try:
                entry = into(LibraryEntry, _content(fields, cells))
            except Malformed as error:
                problems += error.placed(lambda within, of=place: f"{of}, {_heading(within)}").each()  # type: ignore[misc]
                continue
            places[len(entries)] = place
            entries.append(entry)
    except csv.Error as error:
        found = f"non è un CSV: {error}"
        raise Malformed([Problem(where=f"riga {rows.line_num}", found=found, accepted="un CSV in UTF-8")]) from None
    if not entries and not problems:
        problems.append(Problem(where="csv", found="nessuna voce", accepted="una riga per voce"))
    if problems:
        raise Malformed(problems)
    not_taken = tuple(
        Notice(where=f"colonna {heading}", name="column_not_taken", words=f"la colonna {heading!r} non è presa")
        for heading, field in zip(headings, fields, strict=True)
        if field is None and heading.strip()
    )
    return LibraryRead(tuple(entries), places, not_taken)


def _of_headings(headings: Sequence[str], fields: Sequence[str | None]) -> list[Problem]:
    listed = ", ".join(COLUMNS.values())
    missing = [COLUMNS[name] for name in ("scheme", "code", "name") if name not in fields]
    problems = [
        Problem(where="riga 1", found=f"manca la colonna {heading}", accepted=f"le colonne {listed}")
        for heading in missing
    ]
    for place, field in enumerate(fields):
        if field is not None and field in fields[:place]:
            found = f"la colonna {headings[place]} c'è due volte"
            problems.append(Problem(where="riga 1", found=found, accepted="ogni colonna una volta"))
    return problems


def _content(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, JsonValue]:
    content: dict[str, JsonValue] = {}
    for field, cell in zip(fields, cells, strict=False):
        text = _as_written(cell).strip()
        if field is None or not text:
            continue
        if field == "terms":
            content[field] = [term for part in text.split("|") if (term := part.strip())]
        else:
            content[field] = text
    return content


def _as_written(cell: str) -> str:
    """A cell without the sign that keeps a spreadsheet from computing it."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(COMPUTED) else cell


def _heading(place: str) -> str:
    field = place.partition("[")[0].partition(".")[0]
    return f"colonna {COLUMNS.get(field, field)}" if field else "voce"
