"""Finds the sheets, headings and rows of the format in a workbook as offices keep them.

Headings may be in another order, spelling, case; a title may stand above them; cells may be merged downwards; empty
rows may follow. What cannot be taken for certain is a problem with its cell, and all problems are told at once.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from api.workbook.cells import Broken, CellValue, Rich, Sheet, SheetRow, cell_address, characters, comment_told, letter
from api.workbook.example_rows import EXAMPLE, is_example, is_untouched
from api.workbook.format import PLAN_SHEET, PLAN_SPELLINGS, SHEETS, TARGETS, Column, SheetFormat
from api.workbook.safety import Counter, WorkbookRefused
from api.workbook.values import CellProblem, cell_text, is_empty, value_of
from domain.documents.answers import LEFT_OUT
from domain.documents.uploaded import FileDoubt
from domain.errors import Malformed, Problem
from domain.patterns import regex
from domain.spelling import folded
from domain.vocabulary import JsonValue

HELP = "istruzioni"
"""How the sheet that explains the others is called."""

HEADING_ROWS = 30
"""How far down a heading row is looked for."""

HEADINGS = 500
"""How many columns of a heading row are looked at; the formats have at most 40, and one for each year."""

LONGEST_LABEL = 200
"""Characters of a heading or a label; a longer text is none."""

MOST_PROBLEMS = 1_000
"""How many problems of a workbook are told; with more it is another file, and reading it ends there."""

LIKE_THE_FORMAT = 2
"""More headings than these of one sheet of the format, and another sheet looks like it."""

MOST_DOUBTS = 100
"""How many parts that look like what a plan needs are asked about; more of them are problems."""

_REVISED = (
    r"(?:rimod|rimodulat\w*|rimodulazion[ei]|rivist\w*|rev|revision[ei]|revisionat\w*|agg|aggiornat\w*|aggiornament[oi]|variat\w*|variazion[ei]|"
    r"modificat\w*|modific(?:a|he)|rettificat\w*|rettific(?:a|he)|rideterminat\w*|rideterminazion[ei]|ridefinit\w*|riprogrammat\w*|"
    r"riprogrammazion[ei]|rinegoziat\w*|rinegoziazion[ei]|assestat\w*|assestament[oi]|nuov[oi])"
)
REVISED = regex(rf"(?<![a-z]){_REVISED}(?![a-z])")
"""A word by which a heading, or the name of a sheet, says that what stands there was changed; both are folded."""
NEEDED = regex(
    r"(?<![a-z])(?:target|attes[oi]|pes[oi]|ponderazion[ei]|sogli[ae]|risultat[oi]|obiettiv[oi]|indicator[ei]|consuntiv[oi]|misurazion[ei]|assegnazion[ei]|"
    rf"{_REVISED})(?![a-z])"
)
"""A word of what a plan is made of."""
_A_YEAR = regex(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")

YEAR_HEADING = regex(r"(?:target|risultato atteso|valore atteso|anno)?\s*((?:19|20|21)[0-9]{2})(?:\s*target)?")


@dataclass
class Notes:
    """What reading a workbook finds beside its rows: problems, and remarks on what was taken as it is."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """What was answered to questions of how the file is read, by the label of each."""
    problems: list[Problem] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[FileDoubt] = field(default_factory=list)

    def problem(self, where: str, found: str, accepted: str = "") -> None:
        """One more thing that is wrong; Malformed, with what there is, when there are too many to go on."""
        self.add([Problem(where=where, found=found, accepted=accepted)])

    def add(self, problems: list[Problem]) -> None:
        """More things that are wrong, likewise."""
        self.problems += problems
        if len(self.problems) >= MOST_PROBLEMS:
            words = f"i problemi sono tanti: la lettura si ferma ai primi {MOST_PROBLEMS}"
            first = list(dict.fromkeys(self.problems[:MOST_PROBLEMS]))
            raise Malformed([*first, Problem(where="cartella", found=words, accepted="un file senza questi problemi")])

    def remark(self, where: str, words: str) -> None:
        """One more thing to know, of the first that there are."""
        if len(self.remarks) < MOST_PROBLEMS:
            self.remarks.append((where, words))

    def doubt_row(self, where: str, part: str, called: Sequence[str], years: Sequence[int]) -> None:
        """A row that is struck out whole, with what stands in it: whether it is withdrawn is asked."""
        if len(self.doubts) < MOST_DOUBTS:
            words = f"la riga è tutta barrata, e non è stata letta: «{', '.join(called[:3])[:120]}»"
            self.doubts.append(FileDoubt(where, words, part, tuple(called), tuple(years)))

    def ask(self, label: str, where: str, words: str, options: Sequence[tuple[str, str]]) -> str:
        """What was answered to a question of how the file is read, by the word of one of its options; empty for nothing."""
        if len(self.doubts) >= MOST_DOUBTS:
            self.problem(where, words, "il formato di template: le altre parti simili sono troppe")
            return ""
        self.doubts.append(doubt_of_reading(label, where, words, (*options, _LEFT_OUT), self.answers))
        said = folded(self.answers.get(label, ""))
        return next((answer for answer, _ in options if folded(answer) == said), "")

    def doubt(self, where: str, words: str) -> None:
        """Something that was not taken and looks like what a plan needs: it is asked about."""
        if len(self.doubts) < MOST_DOUBTS:
            self.doubts.append(FileDoubt(where, words))
        else:
            self.problem(where, words, "il formato di template: le altre parti simili sono troppe")


_LEFT_OUT = (LEFT_OUT, "non riguarda il piano: resta fuori")
QUESTION = "lettura:"
"""How the id of a question of how a file is read begins; the rest is the label of what it is about."""
REVISED_TARGETS = "target rimodulati"
REVISED_TARGETS_WORDS = "i suoi target valgono al posto di quelli del piano, dove sono scritti"


def doubt_of_reading(
    label: str, where: str, words: str, options: Sequence[tuple[str, str]], answers: Mapping[str, str]
) -> FileDoubt:
    """A question of how the file is read, with the answer that it was read with."""
    return FileDoubt(where, words, id=QUESTION + label, options=tuple(options), taken=answers.get(label))


def revised_in_words(year: int) -> str:
    """What it says of a column that it holds revised targets."""
    return f"dove dice qualcosa vale al posto del target {year}"


def heading_words(cell: CellValue) -> str:
    """What a heading, or the label of a line, says, whatever its case, accents and signs; empty for what is none."""
    text = _heading_text(cell)
    return folded(text) if len(text) <= LONGEST_LABEL else ""


def _heading_text(cell: CellValue) -> str:
    """The text of a heading, struck out or not."""
    if isinstance(cell, Broken):
        return ""
    return "".join(text for text, _ in cell.runs) if isinstance(cell, Rich) else cell_text(cell)


def is_struck(cell: CellValue) -> bool:
    """Whether a cell is struck out whole."""
    return isinstance(cell, Rich) and not cell.kept and bool(cell.struck)


CALLS = frozenset({"id", "title", "name", "indicator"})
"""The fields that say which objective or indicator a row is of."""


class SheetLine(NamedTuple):
    """A row of a sheet of the format: its number, its cells by field, its cells by year."""

    number: int
    cells: dict[str, CellValue]
    years: dict[int, CellValue]


class Table(NamedTuple):
    """A sheet of the format as it was found: which column each field stands in, and which years.

    `key` tells it from other tables of the same sheet.
    """

    format: SheetFormat
    name: str
    columns: dict[str, int]
    years: dict[int, int]
    lines: list[SheetLine]
    key: str = ""
    beside: "tuple[Table, ...]" = ()
    """Of targets, those that were revised, a column or a sheet each: they hold where they say something."""

    def where(self, number: int) -> tuple[str, int]:
        """Where a row stands."""
        return self.key or self.name, number

    def has(self, name: str) -> bool:
        """Whether the sheet has the column of a field."""
        return name in self.columns

    def place(self, number: int, name: str) -> str:
        """The cell of a field in a row."""
        column = self.columns.get(name)
        return cell_address(self.name, number, column)

    def letters(self) -> dict[str, str]:
        """The letters of the columns, by field; of the years, by year."""
        return {name: letter(column) for name, column in self.columns.items()} | {
            str(year): letter(column) for year, column in self.years.items()
        }


def find_sheet(sheets: list[Sheet], name: str, spellings: tuple[str, ...]) -> Sheet | None:
    """The sheet of a name, or of another spelling of it."""
    folded_names = [folded(name), *map(folded, spellings)]
    for folded_name in folded_names:
        for sheet in sheets:
            if folded(sheet.name) == folded_name:
                return sheet
    return None


def tables(sheets: list[Sheet], notes: Notes) -> dict[str, Table]:
    """The sheets of the format that the workbook has, by part; what else it has is remarked upon."""
    tables_by_part: dict[str, Table] = {}
    sheets_read: set[str] = set()
    for form in SHEETS:
        sheet = find_sheet(sheets, form.name, form.spellings)
        if sheet is None or sheet.name in sheets_read:
            continue
        sheets_read.add(sheet.name)
        if form.read and (table := _table(sheet, form, notes)) is not None:
            tables_by_part[form.part] = table
    known = {folded(PLAN_SHEET), *map(folded, PLAN_SPELLINGS)}
    beside: list[Table] = []
    known |= {folded(sheet.name) for sheet in sheets if folded(sheet.name) == HELP and not _like_the_format(sheet)}
    names = [form.name for form in SHEETS]
    for sheet in sheets:
        if sheet.name in sheets_read or folded(sheet.name) in known or not sheet.rows:
            continue
        near = get_close_matches(folded(sheet.name), [folded(name) for name in [PLAN_SHEET, *names]], 1, 0.8)
        if near:
            suggestion = next(name for name in [PLAN_SHEET, *names] if folded(name) == near[0])
            notes.problem(
                sheet.name, f"il foglio {sheet.name!r} non è previsto: forse {suggestion!r}", f"il nome {suggestion!r}"
            )
        elif _says_targets(sheet):
            words = f"il foglio {sheet.name!r} non è stato letto, e sembra dire target degli indicatori del piano"
            options = [(REVISED_TARGETS, REVISED_TARGETS_WORDS)]
            if notes.ask(f"Foglio {sheet.name}", sheet.name, words, options) and (
                table := _table(sheet, TARGETS, notes)
            ):
                beside += [table, *table.beside]
        elif NEEDED.search(folded(sheet.name)) or _like_the_format(sheet):
            notes.doubt(sheet.name, f"il foglio {sheet.name!r} non è stato letto, e sembra del piano")
        else:
            notes.remark(sheet.name, "foglio non previsto: non è stato letto")
    if beside:
        own = tables_by_part.get("targets") or Table(TARGETS, TARGETS.name, {}, {}, [])
        tables_by_part["targets"] = own._replace(beside=(*own.beside, *beside))
    for table in (*tables_by_part.values(), *beside):
        sheet = next(candidate for candidate in sheets if candidate.name == table.name)
        if not sheet.visible:
            notes.remark(sheet.name, "foglio nascosto: è stato letto")
    return tables_by_part


def sheet_like(sheet: Sheet) -> str | None:
    """The name of the sheet of the format whose headings another has; None where it is like none, or like several."""
    scores: dict[str, int] = {}
    for form in SHEETS:
        headed = _headings(sheet, form) if form.read else None
        needed = {column.field for column in form.columns if column.required and column.read}
        if headed is not None and needed <= headed[1].keys():
            scores[form.name] = len(headed[1]) + len(headed[2])
    best = max(scores.values(), default=0)
    names = [name for name, score in scores.items() if score == best]
    return names[0] if len(names) == 1 and best > 1 else None


def is_of_format(sheet: Sheet) -> bool:
    """Whether a sheet has the name of one of the format, and no heading but those of it."""
    for form in SHEETS:
        if find_sheet([sheet], form.name, form.spellings) is None:
            continue
        headed = _headings(sheet, form)
        if headed is not None:
            own = {place for place, cell in sheet.rows.get(headed[0], {}).items() if not is_empty(cell)}
            return own <= {*headed[1].values(), *headed[2].values()}
    return False


def _like_the_format(sheet: Sheet) -> bool:
    """Whether a sheet has the headings of one of the format, whatever its name."""
    return any(
        (headed := _headings(sheet, form)) is not None and len(headed[1]) + len(headed[2]) > LIKE_THE_FORMAT
        for form in SHEETS
        if form.read
    )


def _says_targets(sheet: Sheet) -> bool:
    """Whether a sheet has indicators and targets by year, and nothing else of the plan that hangs from something."""
    headed = _headings(sheet, TARGETS)
    if headed is None or "indicator" not in headed[1] or not headed[2]:
        return False
    places = [form for form in SHEETS if form.part in {"indicators", "places"} and form.read]
    return all((other := _headings(sheet, form)) is None or "objective" not in other[1] for form in places)


def _table(sheet: Sheet, form: SheetFormat, notes: Notes) -> Table | None:
    headed = _headings(sheet, form)
    if headed is None:
        if sheet.rows:
            headings = ", ".join(column.heading for column in form.columns if column.required)
            notes.problem(sheet.name, "non si trova la riga delle intestazioni", f"le colonne {headings}")
        return None
    number, columns, years = headed
    tell_overfull(sheet, max([sheet.widths.get(number, 0), *columns.values(), *years.values()]), number, notes)
    revised = _odd_headings(sheet, form, headed, notes)
    for column in form.columns:
        if column.required and column.read and column.field not in columns:
            notes.problem(
                cell_address(sheet.name, number),
                f"manca la colonna {column.heading!r}",
                f"l'intestazione {column.heading!r}",
            )
    fields = {column: name for name, column in columns.items()}
    of_year = {column: year for year, column in years.items()}
    lines: list[SheetLine] = []
    revisions: defaultdict[int, list[SheetLine]] = defaultdict(list)
    for row in sorted(sheet.rows):
        if row <= number:
            continue
        cells = sheet.rows[row]
        filled = [
            cell for column, cell in cells.items() if (column in fields or column in of_year) and not is_empty(cell)
        ]
        if len(filled) > 1 and is_struck(filled[0]) and all(map(is_struck, filled)):
            called = [
                cell.struck for column, cell in cells.items() if fields.get(column) in CALLS and isinstance(cell, Rich)
            ]
            struck_years = [year for column, year in of_year.items() if column in cells and is_struck(cells[column])]
            notes.doubt_row(cell_address(sheet.name, row), form.part, called, struck_years)
            continue
        if _is_example(sheet, form, row, fields, of_year, notes):
            continue
        tell_garbled(sheet, row, {column: cells[column] for column in cells if column in fields}, notes)
        tell_struck(sheet, row, {column: cell for column, cell in cells.items() if column in fields}, notes)
        by_field = {fields[column]: cell for column, cell in cells.items() if column in fields and not is_empty(cell)}
        by_year = {of_year[column]: cell for column, cell in cells.items() if column in of_year and not is_empty(cell)}
        if by_field or by_year:
            lines.append(SheetLine(row, by_field, by_year))
        for place, year in revised.items():
            if not is_empty(cells.get(place)):
                revisions[place].append(SheetLine(row, by_field, {year: cells[place]}))
    hidden = [line.number for line in lines if line.number in sheet.hidden_rows]
    if hidden:
        notes.remark(sheet.name, f"righe nascoste lette come le altre: {_numbers(hidden)}")
    for commented in sorted(place for place in sheet.comments if place[0] > number):  # headings have the template's
        notes.remark(cell_address(sheet.name, *commented), comment_told(sheet.comments[commented]))
    shut = sorted({*columns.values(), *years.values()} & sheet.hidden_columns)
    if shut:
        notes.remark(sheet.name, f"colonne nascoste lette come le altre: {', '.join(map(letter, shut))}")
    _across(sheet, number, {*columns.values(), *years.values()}, notes)
    beside = tuple(
        Table(form, sheet.name, columns, {revised[place]: place}, found, f"{sheet.name}!{letter(place)}")
        for place, found in sorted(revisions.items())
    )
    return Table(form, sheet.name, columns, years, lines, beside=beside)


def _is_example(
    sheet: Sheet, form: SheetFormat, row: int, fields: dict[int, str], of_year: dict[int, int], notes: Notes
) -> bool:
    """Whether a row is marked as an example, and so not taken; one that was changed, and is still marked, is asked about."""
    first = form.columns[0].field
    cells = sheet.rows[row]
    texts = {fields[column]: cell_text(cell) for column, cell in cells.items() if column in fields}
    if not is_example(texts, first):
        return False
    if not is_untouched(form.part, texts, (cell_text(cells[column]) for column in of_year if column in cells), first):
        words = (
            f"la riga è segnata {EXAMPLE} ed è stata cambiata: non è stata letta; se è una riga del piano, togliere la "
            f"parola {EXAMPLE} dalla prima colonna"
        )
        notes.doubt(cell_address(sheet.name, row), words)
    return True


_GARBLED = regex("[ÃÂ][\u0080-\u00bf\u2018-\u201d€™šœ]|â€[\u0080-\u00bf™œ\u201c\u201d]|\ufffd")
"""UTF-8 that was read as what Windows writes: two signs in the place of an accent."""


def is_garbled(cell: CellValue) -> bool:
    """Whether a text was saved in one encoding and read in another."""
    return isinstance(cell, str) and bool(_GARBLED.search(cell))


def tell_garbled(sheet: Sheet, row: int, cells: SheetRow, notes: Notes) -> None:
    """Remarks on each cell of a row that was saved in another encoding."""
    for column, cell in sorted(cells.items()):
        if is_garbled(cell):
            words = f"{cell_text(cell)[:60]!r} sembra salvato con un'altra codifica: è stato letto com'è"
            notes.remark(cell_address(sheet.name, row, column), words)


def tell_struck(sheet: Sheet, row: int, cells: SheetRow, notes: Notes) -> None:
    """Remarks on each cell of a row of which a part is struck out."""
    for column, cell in sorted(cells.items()):
        if isinstance(cell, Rich) and cell.struck:
            words = f"la parte barrata {cell.struck[:60]!r} è lasciata fuori"
            notes.remark(cell_address(sheet.name, row, column), words)


Headed = tuple[int, dict[str, int], dict[int, int]]


def _headings(sheet: Sheet, form: SheetFormat) -> Headed | None:
    best: Headed | None = None
    for number in sorted(sheet.rows)[:HEADING_ROWS]:
        columns, years = _read_headings(sheet.rows[number], form)
        best_count = len(best[1]) + len(best[2]) if best else 0
        needed = [column.field for column in form.columns if column.required] or ["phrase", "date", "body"]
        if len(columns) + len(years) > best_count and any(name in columns for name in needed):
            best = (number, columns, years)
    if best is not None and form.part == "targets" and not best[2]:
        # The years may stand one row above or below, under a merged "Target".
        for near in (best[0] + 1, best[0] - 1):
            years = _read_headings(sheet.rows.get(near, {}), form)[1]
            if years:
                return max(best[0], near), best[1], years
    return best


def _read_headings(row: SheetRow, form: SheetFormat) -> tuple[dict[str, int], dict[int, int]]:
    columns: dict[str, int] = {}
    years: dict[int, int] = {}
    headings = {column: heading_words(row[column]) for column in sorted(row)[:HEADINGS]}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in headings.items():
        places[text].append(place)
    taken: set[int] = set()
    for exact in (True, False):
        for column in form.columns:
            words = {column.heading} if exact else {*column.spellings, column.field}
            free = [place for word in set(map(folded, words)) for place in places.get(word, ()) if place not in taken]
            if column.field not in columns and free:
                columns[column.field] = min(free)
                taken.add(min(free))
    if form.part == "targets":
        for place, text in headings.items():
            if place not in taken and (match := YEAR_HEADING.fullmatch(text)):
                years.setdefault(int(match[1]), place)
    return columns, years


def tell_overfull(sheet: Sheet, headed: int, last: int, notes: Notes) -> None:
    """A row of a text with more columns than the headings: a sign within a cell divided it, and every later cell is pushed."""
    for row, width in sorted(sheet.widths.items()):
        if row > last and width > headed:
            words = (
                f"la riga ha {width} colonne e le intestazioni {headed}: forse una virgola dentro una cella, come 7,5"
            )
            accepted = "le virgolette intorno al testo della cella, o il punto e virgola fra le colonne"
            notes.problem(cell_address(sheet.name, row), words, accepted)


def _odd_headings(sheet: Sheet, form: SheetFormat, headed: Headed, notes: Notes) -> dict[int, int]:
    """Tells the headings that are none of the format, and asks about those that look so; gives columns of revised targets, with their year."""
    number, columns, years = headed
    revised: dict[int, int] = {}
    known = {folded(word): column for column in form.columns for word in (column.heading, *column.spellings)}
    taken = {*columns.values(), *years.values()}
    filled = {
        place
        for row, cells in sheet.rows.items()
        if row > number
        for place, cell in cells.items()
        if not is_empty(cell)
    }
    heads = sheet.rows.get(number, {})
    for place in sorted(filled - taken)[:HEADINGS]:
        if is_empty(heads.get(place)):
            notes.remark(cell_address(sheet.name, number, place), "colonna senza intestazione: non è stata letta")
    for place, cell in sorted(heads.items())[:HEADINGS]:
        where = cell_address(sheet.name, number, place)
        if place in taken and is_struck(cell):
            notes.doubt(where, f"l'intestazione {_heading_text(cell)[:40]!r} è barrata, e la colonna è stata letta")
        if is_garbled(cell):
            notes.remark(where, f"l'intestazione {_heading_text(cell)[:40]!r} sembra salvata con un'altra codifica")
        if place in taken or is_empty(cell):
            continue
        text = heading_words(cell)
        if text in known and known[text].field in columns:
            notes.problem(where, f"la colonna {known[text].heading!r} c'è due volte", "una colonna sola")
        elif form.part == "targets" and (match := YEAR_HEADING.fullmatch(text)):
            notes.problem(where, f"l'anno {match[1]} c'è due volte", "una colonna per anno")
        elif near := get_close_matches(text, list(known), 1, 0.84):
            suggestion = known[near[0]].heading
            notes.problem(
                where,
                f"la colonna {cell_text(cell)[:40]!r} non è prevista: forse {suggestion!r}",
                f"l'intestazione {suggestion!r}",
            )
        elif place in filled and _is_needed(text, form, cell):
            words = f"la colonna {_heading_text(cell)[:40]!r} non è stata letta, e sembra dire ciò che serve al piano"
            if form.part == "targets":
                label = f"Colonna {sheet.name}!{letter(place)} ({_heading_text(cell)[:80]})"
                _taken_as_targets(notes.ask(label, where, words, _target_options(text, years)), place, years, revised)
            else:
                notes.doubt(where, words)
        elif place in filled:
            notes.remark(where, f"colonna {_heading_text(cell)[:40]!r} non prevista: non è stata letta")
    return revised


def _target_options(text: str, years: Mapping[int, int]) -> list[tuple[str, str]]:
    """What a column of a sheet of targets may be: of a year that its heading names, or revised, of one that is there."""
    named = sorted({int(year) for year in _A_YEAR.findall(text)})
    fresh = [year for year in named if year not in years]
    revised = [year for year in named if year in years] or ([] if fresh else sorted(years))
    options = [(f"target {year}", f"i target del {year}") for year in fresh]
    return options + [(f"target rimodulato {year}", revised_in_words(year)) for year in revised]


def _taken_as_targets(answer: str, place: int, years: dict[int, int], revised: dict[int, int]) -> None:
    """Takes a column as what was answered of it."""
    if answer:
        year = int(answer.rsplit(maxsplit=1)[-1])
        if answer.startswith("target rimodulato"):
            revised[place] = year
        else:
            years.setdefault(year, place)


def _is_needed(text: str, form: SheetFormat, cell: CellValue) -> bool:
    """Whether a heading that is not known looks like a year, a target, a weight."""
    of_years = form.part in {"targets", "indicators", "measurements"}
    return bool(NEEDED.search(text) or (of_years and (isinstance(cell, date) or _A_YEAR.search(text))))


def fill_merged(sheet: Sheet, counter: Counter) -> None:
    """A cell merged downwards says its value for each of its rows; WorkbookRefused beyond the limits.

    Two ranges of one column never overlap: each row of a column is looked at once.
    """
    rows = sorted(sheet.rows)
    reached: dict[int, int] = {}
    for first_row, first_column, last_row, last_column in sorted(sheet.merged):
        value = sheet.rows.get(first_row, {}).get(first_column)
        if value is None or first_column != last_column:
            continue
        if first_row <= reached.get(first_column, 0):
            where = cell_address(sheet.name, first_row, first_column)
            raise WorkbookRefused(
                "due celle unite si sovrappongono", accepted="un file salvato da Excel o LibreOffice", where=where
            )
        reached[first_column] = last_row
        spanned = rows[bisect_right(rows, first_row) : bisect_right(rows, last_row)]
        counter.cells(sheet.name, len(spanned), characters(value))
        for row in spanned:
            sheet.rows[row].setdefault(first_column, value)


def _across(sheet: Sheet, heading: int, columns: set[int], notes: Notes) -> None:
    """A cell merged across several columns of the format: nobody can say for which of them it speaks."""
    ordered = sorted(columns)
    for first_row, first_column, last_row, last_column in sheet.merged:
        spanned = bisect_right(ordered, last_column) - bisect_left(ordered, first_column)
        if first_row > heading and spanned > 1 and not is_empty(sheet.rows.get(first_row, {}).get(first_column)):
            reference = f"{cell_address(sheet.name, first_row, first_column)}:{letter(last_column)}{last_row}"
            notes.problem(
                reference, "una cella unita copre più colonne", "una cella per colonna (dividere la cella unita)"
            )


def read_line(
    table: Table, line: SheetLine, notes: Notes, *, but: tuple[str, ...] = ()
) -> tuple[dict[str, JsonValue], bool]:
    """The values of a row by field, None for an empty cell of a column that is there; and whether all could be read."""
    values: dict[str, JsonValue] = {}
    well = True
    for column in table.format.columns:
        if column.field not in table.columns or not column.read or column.field in but:
            continue
        cell = line.cells.get(column.field)
        if cell is None:
            values[column.field] = None
            if column.required:
                notes.problem(table.place(line.number, column.field), "la cella è vuota", _accepted(column))
                well = False
            continue
        try:
            values[column.field] = value_of(cell, column)
        except CellProblem as wrong:
            notes.problem(table.place(line.number, column.field), wrong.found, wrong.accepted)
            well = False
    return values, well


def read_lines(table: Table, notes: Notes) -> Iterator[tuple[SheetLine, dict[str, JsonValue]]]:
    """The rows that could be read, each with its values; the others are problems."""
    for line in table.lines:
        values, well = read_line(table, line, notes)
        if well:
            yield line, values


def _accepted(column: Column) -> str:
    if column.choices:
        return ", ".join(word for word, _ in column.choices)
    return column.note.partition(".")[0][:1].lower() + column.note.partition(".")[0][1:] if column.note else "un valore"


def repeated(values: list[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """The values that stand in more than one row, with their rows."""
    rows: dict[str, list[int]] = {}
    for value, row in values:
        rows.setdefault(value, []).append(row)
    yield from ((value, numbers) for value, numbers in rows.items() if len(numbers) > 1)


def _numbers(rows: list[int]) -> str:
    listed = ", ".join(str(row) for row in rows[:10])
    return listed if len(rows) <= 10 else f"{listed} e altre {len(rows) - 10}"
