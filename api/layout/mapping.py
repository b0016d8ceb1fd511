"""The mapping of a reading: short lines that the product prints, an office corrects, and the product reads again.

`Colonna C (Indicatore) = indicatore`, `Ente = Comune di Prova`, `Riga Foglio1!40 = niente`. A column is found again by
its heading, wherever it stands by then; by its letter only where its heading says nothing else.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from api.layout.steps import step_words
from api.layout.vocabulary import NOTHING, OF_LEVEL, WORDS, ColumnRole
from api.workbook.cells import Sheet, letter
from api.workbook.sheets import REVISED_TARGETS
from api.workbook.values import cell_text
from domain.errors import Malformed, Problem
from domain.patterns import regex
from domain.spelling import folded
from domain.vocabulary import JsonValue

READING_SHEET = "Lettura"
"""The sheet of a workbook that holds its mapping."""

FACTS = {
    "Ente": "administration_name",
    "Id ente": "administration_id",
    "Id piano": "id",
    "Titolo": "title",
    "Primo anno": "first_year",
    "Ultimo anno": "last_year",
    "Anno dei target": "target_year",
    "Fogli": "sheets",
}
"""What a mapping says of the plan itself, by its label."""

AS_OTHERS = "letto"
_OF_SHEETS = ("niente", AS_OTHERS, REVISED_TARGETS)
"""What a mapping may say of a sheet."""

MOST_LINES = 5_000

_COLUMN = regex(r"colonna\s+(?:(?P<sheet>.+)!)?(?P<letters>[A-Z]{1,3})(?:\s*\((?P<heading>.*)\))?", re.IGNORECASE)
_ROW = regex(r"riga\s+(?:(?P<sheet>.+)!)?(?P<row>[0-9]{1,7})(?:\s*\(.*\))?", re.IGNORECASE)
_SHEET = regex(r"foglio\s+(?P<sheet>.+)", re.IGNORECASE)


class SaidColumn(NamedTuple):
    """A line on a column: its heading and its letters as the line names them, and what it is."""

    sheet: str
    letters: str
    heading: str
    role: ColumnRole


class Corrections(NamedTuple):
    """What somebody said of a reading."""

    facts: dict[str, str]
    columns: tuple[SaidColumn, ...]
    rows: dict[tuple[str, int], str]
    sheets: dict[str, str]


Lines = tuple[tuple[str, str], ...]
"""The lines of a mapping: label and value."""


def role_words(role: ColumnRole) -> str:
    """How a role is written in a mapping."""
    words = WORDS[role.kind]
    if role.kind in OF_LEVEL:
        return f"{words} {role.of}"
    by = f" al {step_words(role.of)}" if role.of else ""
    return f"{words} {role.year}{by}" if role.year else f"{words}{by}"


def role_of_words(text: str) -> ColumnRole | None:
    """The role that a mapping writes; None for no role."""
    plain = " ".join(text.split())
    key = folded(plain)
    if key in {"", "niente", "nulla", "non letta", "ignora", "ignorata", "nothing"}:
        return NOTHING
    for kind, words in WORDS.items():
        start = folded(words)
        if kind in OF_LEVEL:
            if key.startswith(start + " "):
                return ColumnRole(kind, plain[len(words) :].strip().strip('"«»'))
        elif kind == "target":
            if match := re.fullmatch(
                r"target(?P<revised> rimodulat[oi])?(?: (?P<year>(?:19|20|21)[0-9]{2}))?(?: al (?P<day>[0-3][0-9]) (?P<month>[01][0-9]))?",
                key,
            ):
                year = int(match["year"]) if match["year"] else None
                of = f"{match['month']}-{match['day']}" if match["day"] and not match["revised"] else ""
                return ColumnRole("revision" if match["revised"] else "target", of, year)
        elif key == start:
            return ColumnRole(kind)
    other = {"codice": "code", "algoritmo": "formula", "nome": "indicator", "ufficio": "owner", "unita": "unit",
             "baseline": "baseline", "peso dell indicatore": "weight", "tipologia": "kind"}  # fmt: skip
    kind_of = {folded(word): ColumnRole(kind) for word, kind in other.items()}  # type: ignore[arg-type]
    return kind_of.get(key)


def column_label(column: int, heading: str, sheet: str = "") -> str:
    """How a line names a column."""
    place = f"{sheet}!{letter(column)}" if sheet else letter(column)
    return f"Colonna {place}" + (f" ({' '.join(heading.split())[:80]})" if heading else "")


def headings_of(labels: Iterable[str]) -> frozenset[str]:
    """The headings, folded, of the columns that some lines are about."""
    matches = (_COLUMN.fullmatch(label) for label in labels)
    return frozenset(folded(match["heading"]) for match in matches if match is not None and match["heading"])


def row_label(sheet: str, row: int) -> str:
    """How a line names a row."""
    return f"Riga {sheet}!{row}"


def parse_lines(text: str) -> Lines:
    """The lines of a mapping that is written as a text; Malformed with what is no line of one."""
    lines: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        label, sign, value = plain.partition(" = ") if " = " in plain else plain.partition("=")
        if not sign:
            words = f"{plain[:60]!r} non è una riga di una lettura"
            problems.append(Problem(where=f"lettura, riga {number}", found=words, accepted="la forma: voce = valore"))
            continue
        lines.append((label.strip(), value.strip()))
        if len(lines) > MOST_LINES:
            words = f"le righe sono più di {MOST_LINES}"
            raise Malformed([Problem(where="lettura", found=words, accepted="la lettura di un file")])
    if problems:
        raise Malformed(problems[:50])
    return tuple(lines)


def lines_of_sheet(sheet: Sheet) -> Lines:
    """The lines of a mapping that is a sheet: the first column names, the second says."""
    lines: list[tuple[str, str]] = []
    for number in sorted(sheet.rows)[:MOST_LINES]:
        cells = sheet.rows[number]
        label = cell_text(cells[1]).strip() if 1 in cells else ""
        value = cell_text(cells[2]).strip() if 2 in cells else ""
        if label and not label.startswith("#") and folded(label) != "voce":
            lines.append((label, value))
    return tuple(lines)


def mapping_of(lines: Iterable[tuple[str, str]], where: str = "lettura") -> Corrections:
    """What the lines say; Malformed with every line that says nothing known."""
    facts: dict[str, str] = {}
    columns: list[SaidColumn] = []
    rows: dict[tuple[str, int], str] = {}
    sheets: dict[str, str] = {}
    labels = {folded(label): field for label, field in FACTS.items()}
    problems: list[Problem] = []
    for label, value in lines:
        if folded(label) in labels:
            if value:
                facts[labels[folded(label)]] = value
        elif match := _COLUMN.fullmatch(label):
            role = role_of_words(value)
            if role is None:
                accepted = f"uno fra: {', '.join(WORDS.values())} (i primi {len(OF_LEVEL)} col nome del livello)"
                problems.append(
                    Problem(where=f"{where}, {label}", found=f"{value[:60]!r} non si capisce", accepted=accepted)
                )
                continue
            columns.append(SaidColumn(match["sheet"] or "", match["letters"].upper(), match["heading"] or "", role))
        elif match := _ROW.fullmatch(label):
            if value:
                rows[folded(match["sheet"]), int(match["row"])] = value
        elif match := _SHEET.fullmatch(label):
            if value and folded(value) not in {*_OF_SHEETS, "nulla"}:
                found = f"{value[:60]!r} non si capisce"
                problems.append(Problem(where=f"{where}, {label}", found=found, accepted=", ".join(_OF_SHEETS)))
            elif value:
                sheets[folded(match["sheet"])] = value
        else:
            accepted = f"Colonna, Riga, Foglio, oppure {', '.join(FACTS)}"
            problems.append(Problem(where=where, found=f"la voce {label[:60]!r} non si capisce", accepted=accepted))
    if problems:
        raise Malformed(problems[:50])
    return Corrections(facts, tuple(columns), rows, sheets)


def lines_of_answers(answers: Mapping[str, str], prefix: str) -> Lines:
    """The lines that the answers to the questions of a reading are."""
    return tuple((name.removeprefix(prefix), value) for name, value in answers.items() if name.startswith(prefix))


def lines_of_json(value: JsonValue) -> Lines:
    """The lines of a mapping as they are kept."""
    rows = value if isinstance(value, list) else []
    return tuple((str(row[0]), str(row[1])) for row in rows if isinstance(row, list) and len(row) == 2)
