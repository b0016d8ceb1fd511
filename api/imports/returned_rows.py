"""Holds a sheet that came back against the one that went out: which row is which, what was altered, what is missing."""

import unicodedata
from typing import NamedTuple

from api.workbook.collection_format import FILLED, GUIDES
from api.workbook.collection_read import FilledRow, ReturnedSheet
from api.workbook.collection_write import guide_texts
from domain.errors import Problem
from domain.spelling import folded
from domain.vocabulary import shortened
from projections.collection_sheets import AskedValue, CollectionSheet

HEADINGS = {column.field: column.heading for column in (*GUIDES, *FILLED)}
_IDENTITY = frozenset({"name", "period"})
"""What says of what a value is: a row where it was altered is not taken."""
_AS_IT_WAS = "la riga com'era nella scheda esportata"


class ReturnedRow(NamedTuple):
    """A filled row, and what it answers."""

    sheet: ReturnedSheet
    row: FilledRow
    asked: AskedValue

    def place(self, field: str = "") -> str:
        """The cell of a field; the row, where it has none."""
        return self.sheet.place(self.row.number, field)


def matched_rows(
    returned: ReturnedSheet, sheet: CollectionSheet, problems: list[Problem], remarks: list[tuple[str, str]]
) -> list[ReturnedRow]:
    """The rows of a sheet that were filled, each with what it answers; all that was altered is told."""
    by_key = {asked.indicator: asked for asked in sheet.rows}
    stand = {row.guides.get("key", "") for row in returned.rows}
    rows: list[ReturnedRow] = []
    numbers: dict[str, int] = {}
    for row in returned.rows:
        asked = by_key.get(row.guides.get("key", ""))
        if asked is None:
            asked = _by_name(row, [a for a in sheet.rows if a.indicator not in stand])
            if asked is None:
                _strange(returned, row, sheet, problems, remarks)
                continue
            words = f"la riga non ha il suo riferimento, ed è stata riconosciuta dal nome «{shortened(asked.name)}»"
            remarks.append((returned.place(row.number), words))
        if asked.indicator in numbers:
            words = (
                f"la riga di «{shortened(asked.name)}» c'è due volte (righe {numbers[asked.indicator]} e {row.number})"
            )
            problems.append(Problem(where=returned.place(row.number), found=words, accepted="una riga sola"))
            continue
        numbers[asked.indicator] = row.number
        whole = _altered(returned, row, asked, problems, remarks)
        if row.is_filled and whole:
            rows.append(ReturnedRow(returned, row, asked))
    for asked in sheet.rows:
        if asked.indicator not in numbers:
            words = f"la riga di «{shortened(asked.name)}» non c'è più: ciò che chiedeva resta dovuto"
            remarks.append((returned.located(returned.sheet), words))
    return rows


def _by_name(row: FilledRow, free: list[AskedValue]) -> AskedValue | None:
    """What a row without its reference answers, where its name says it for certain."""
    if row.guides.get("key"):
        return None
    named = [asked for asked in free if folded(asked.name) == folded(row.guides.get("name"))]
    return named[0] if len(named) == 1 else None


def _strange(
    returned: ReturnedSheet,
    row: FilledRow,
    sheet: CollectionSheet,
    problems: list[Problem],
    remarks: list[tuple[str, str]],
) -> None:
    """Tells of a row that the sheet never had: one that says something is a problem."""
    key, name = row.guides.get("key"), row.guides.get("name", "")
    if key:
        meant = [asked.indicator for asked in sheet.rows if folded(asked.name) == folded(name)]
        words = f"il riferimento {shortened(key)!r} non è di questa scheda, che è di {sheet.office}"
        accepted = meant[0] if len(meant) == 1 else _AS_IT_WAS
        where = returned.place(row.number, "key")
    elif row.is_filled or name:
        words = (
            f"riga aggiunta: la scheda non chiede «{shortened(name)}»" if name else "riga aggiunta, senza indicatore"
        )
        accepted = "solo le righe della scheda; un indicatore nuovo si aggiunge al piano con una modifica"
        where = returned.place(row.number)
    else:
        return
    if row.is_filled:
        problems.append(Problem(where=where, found=words, accepted=accepted))
    else:
        remarks.append((where, words))


def _altered(
    returned: ReturnedSheet,
    row: FilledRow,
    asked: AskedValue,
    problems: list[Problem],
    remarks: list[tuple[str, str]],
) -> bool:
    """Tells which cells are not as they went out; whether the row may be taken all the same."""
    exported = guide_texts(asked)
    whole = True
    for field, text in exported.items():
        now = row.guides.get(field, "")
        if field in {"finality", "key"} or field not in returned.columns or _plain(text) == _plain(now):
            continue
        heading = HEADINGS.get(field) or f"Termine {field.partition('/')[2]}"
        words = f"{heading}: la scheda diceva «{shortened(text)}», ora dice «{shortened(now)}»"
        if field in _IDENTITY and row.is_filled:
            problems.append(Problem(where=returned.place(row.number, field), found=words, accepted=_AS_IT_WAS))
            whole = False
        else:
            remarks.append((returned.place(row.number, field), f"{words}: non si modifica qui, e non è stato preso"))
    return whole


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
