"""Reads a plan in the office's own layout: a proposal of what each column and row is, corrected by what somebody said.

What may be two things is a question, with the line of the mapping that answers it; what is not taken is told.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from api.layout.beside import has_targets, join_targets, target_sheets
from api.layout.blocks import Block, breaks_page, code_styles, target_years
from api.layout.columns import TableColumns, TablePart, table_columns
from api.layout.entries import rows_of_entries
from api.layout.forms import Form, FormEntry, forms_in, indicator_rows, said_in_label
from api.layout.grid import Grid, SheetPlace
from api.layout.header import headers_of
from api.layout.mapping import (
    AS_OTHERS,
    FACTS,
    READING_SHEET,
    column_label,
    lines_of_sheet,
    role_of_words,
    role_words,
    row_label,
)
from api.layout.nodes import Node, ReadTree, Walker, give_ids
from api.layout.recognition import layout_signature
from api.layout.rows import RowRead, RowReader
from api.layout.said import UNSAID, Said, SaidOfReading
from api.layout.sections import coded, section_of
from api.layout.tables import IndicatorRead, indicator_row, name_indicators, revise, scale_weights, uploaded_rows
from api.layout.titles import PlanFacts, facts_of
from api.layout.told import tell_rows, tell_tables
from api.layout.tree import tree_lines
from api.layout.vocabulary import NOTHING, ColumnRole, role_of_heading
from api.workbook.cells import Sheet, cell_address, letter
from api.workbook.format import QUESTIONS
from api.workbook.question_sheet import read_answers
from api.workbook.safety import WorkbookRefused
from api.workbook.sheets import (
    REVISED_TARGETS,
    REVISED_TARGETS_WORDS,
    Notes,
    doubt_of_reading,
    revised_in_words,
    tables,
    tell_garbled,
    tell_struck,
)
from domain.acts.phrase import slug
from domain.documents.plan import AdministrationPart, PlanPart
from domain.documents.uploaded import FileDoubt, OfficeReading, ReadingLine, UploadedPlan
from domain.errors import Malformed
from domain.patterns import regex
from domain.spelling import folded

MOST_QUESTIONS = 60
"""How many rows and columns of a file are asked about; with more it is no table of a plan."""


def read_office_plan(sheets: Sequence[Sheet], said: SaidOfReading = UNSAID) -> UploadedPlan:
    """What a plan in the office's own layout says; Malformed with every problem and its cell, WorkbookRefused for none."""
    return _Reading(sheets, said).uploaded()


def proposed_reading(sheets: Sequence[Sheet], said: SaidOfReading = UNSAID) -> UploadedPlan:
    """Only how such a plan would be read, whatever is wrong with it: what is wrong is among the remarks."""
    reading = _Reading(sheets, said)
    try:
        return reading.uploaded()
    except Malformed as error:
        remarks = tuple((problem.where, f"{problem.found}: {problem.accepted}") for problem in error.problems)
        shown = OfficeReading(tuple(reading.lines), tuple(tree_lines(reading.tree.nodes, reading.indicators)))
        return UploadedPlan(
            None, None, remarks=(*remarks, *reading.notes.remarks), doubts=tuple(reading.doubts), reading=shown
        )


class _Reading:
    """One reading: what is said of it, what is asked, what is told."""

    def __init__(self, sheets: Sequence[Sheet], said: SaidOfReading) -> None:
        own = next((sheet for sheet in sheets if folded(sheet.name) == folded(READING_SHEET)), None)
        of_file = (*(lines_of_sheet(own) if own is not None else ()), *said.lines)
        self.said = Said(of_file, said)
        self.notes = Notes()
        self.doubts: list[FileDoubt] = []
        self.asked: dict[str, str] = {}
        questions = [sheet for sheet in sheets if folded(sheet.name) == folded(QUESTIONS.name)]
        self.given = tuple(read_answers(tables(questions, Notes()).get(QUESTIONS.part), self.notes))
        self.sheets = [sheet for sheet in sheets if sheet is not own and sheet not in questions]
        self.grids = [Grid(sheet) for sheet in self.sheets]
        self.tree = ReadTree()
        self.indicators: list[IndicatorRead] = []
        self.lines: list[ReadingLine] = []
        self.forms: list[Form] = []
        self.names_sheets = False
        """Whether a column is called with its sheet, for there is one that is asked about."""
        self.sheet_level = ""
        """The level that each sheet is a node of, where sheets are."""

    # -- what was said ---------------------------------------------------------------------------------------------

    def ask(self, label: str, where: str, words: str, options: Sequence[str]) -> None:
        """A question, with the answers that are lines of the mapping."""
        if len(self.doubts) >= MOST_QUESTIONS:
            too_many = f"righe e colonne in dubbio sono più di {MOST_QUESTIONS}: la lettura si ferma qui"
            self.notes.problem(where, too_many, "una tabella con una riga per indicatore")
            raise Malformed(list(self.notes.problems))
        choices = tuple((option, _explained(option)) for option in dict.fromkeys(options))
        self.doubts.append(doubt_of_reading(label, where, words, choices, self.said.answered))
        self.asked[label] = words

    # -- the whole -------------------------------------------------------------------------------------------------

    def uploaded(self) -> UploadedPlan:
        blocks = self._blocks()
        if not blocks and not self.forms:
            names = ", ".join(repr(grid.name) for grid in self.grids[:10]) or "nessuno"
            raise WorkbookRefused(
                f"nessun foglio ha una tabella del piano (ci sono: {names})",
                accepted="una riga di intestazioni con l'indicatore e i target o il peso, e sotto una riga per indicatore",
                where="cartella",
            )
        self._side_by_side(blocks)
        blocks, beside = self._sheets_taken(blocks)
        facts = self._facts([*blocks, *beside])
        years = (facts.first_year, facts.last_year) if facts.first_year and facts.last_year else None
        columns = self._columns([*blocks, *beside], years)
        self.sheet_level = self._sheet_level(blocks, columns)
        walker = Walker(self.tree)
        self._walk(blocks, columns, walker, years)
        for form in self.forms:
            self._form(form, walker, years)
        for block in beside:
            target_year = _year(self.said.fact("target_year"))
            join_targets(block, columns[id(block)], self.indicators, years, target_year, self.notes)
        self._ask_year(years)
        give_ids(self.tree.nodes)
        name_indicators(self.indicators)
        scale_weights(self.tree.nodes, self.indicators, self.notes)
        rows = uploaded_rows(self.tree.nodes, self.indicators, self.notes)
        administration, plan = self._parts(facts)
        waiting = {label for label in self.asked if label not in self.said.answered}
        tell_tables([*blocks, *beside], columns, waiting, self.notes)
        self._facts_lines(facts, plan)
        if self.notes.problems:
            raise Malformed(list(dict.fromkeys(self.notes.problems)))
        reading = OfficeReading(
            tuple(self.lines), tuple(tree_lines(self.tree.nodes, self.indicators)), self.said.used_memory
        )
        return UploadedPlan(
            administration=administration,
            plan=plan,
            objectives=tuple(rows.objectives),
            indicators=tuple(rows.indicators),
            places=tuple(rows.places),
            targets=tuple(rows.targets),
            columns=rows.columns,
            remarks=tuple(self.notes.remarks),
            doubts=(*self.doubts, *self.notes.doubts),
            answers=self.given,
            reading=reading,
        )

    def _blocks(self) -> list[Block]:
        blocks: list[Block] = []
        for grid in self.grids:
            if self._left_out(grid):
                continue
            form = forms_in(grid)
            if form is not None:
                self.forms.append(form)
                continue
            headers = headers_of(grid)
            for position, header in enumerate(headers):
                end = headers[position + 1].first if position + 1 < len(headers) else 10**9
                rows = [row for row in grid.rows if header.last < row < end]
                before = blocks[-1] if blocks and position else None
                if before is not None and before.header.signature == header.signature and breaks_page(before):
                    before.rows.extend(rows)
                else:
                    blocks.append(Block(grid, header, rows, position == 0))
            if not headers and grid.rows:
                self.notes.remark(grid.name, "il foglio non ha una tabella del piano: non è stato letto")
        return blocks

    def _left_out(self, grid: Grid) -> bool:
        if self.said.leaves_out(grid):
            self._sheet_again(grid, ["niente"])
            return True
        return not grid.sheet.visible and not headers_of(grid)

    def _sheets_taken(self, blocks: list[Block]) -> tuple[list[Block], list[Block]]:
        """The tables of the plan, and those of sheets that only say targets; a sheet of which that is not certain is asked about."""
        beside = target_sheets(blocks)
        plan = [block for block in blocks if block not in beside]
        certain = not has_targets(plan)
        left_out: set[str] = set()
        for block in blocks:
            grid, name = block.grid, block.grid.name
            hidden = not grid.sheet.visible
            if not block.first_of_sheet or not (hidden or block in beside):
                continue
            self.names_sheets = True
            label, said = f"Foglio {name}", self.said.sheet(grid)
            options = [REVISED_TARGETS, "niente"] if block in beside else [AS_OTHERS, "niente"]
            if said:
                self._sheet_again(grid, options)
            elif certain and not hidden:
                self.notes.remark(name, "i target di questo foglio sono uniti agli indicatori per nome")
            else:
                about = "il foglio nascosto" if hidden else "il foglio"
                words = "e sembra dire target degli indicatori del piano" if block in beside else "e sembra del piano"
                self.ask(label, name, f"{about} {name!r} non è stato letto, {words}", options)
                left_out.add(name)
        return (
            [block for block in plan if block.grid.name not in left_out],
            [block for block in beside if block.grid.name not in left_out],
        )

    def _sheet_again(self, grid: Grid, options: Sequence[str]) -> None:
        """What was said of a sheet; in answer to a question, it is asked again, so that the answer is seen."""
        label, said = f"Foglio {grid.name}", self.said.sheet(grid)
        self.lines.append(ReadingLine(label, said))
        if label in self.said.answered:
            self.ask(label, grid.name, f"come si legge il foglio {grid.name!r}", [said, *options])

    def _side_by_side(self, blocks: list[Block]) -> None:
        for block in blocks:
            roles = {c: role_of_heading(text) for c, text in block.header.headings.items()}
            indicators = [c for c, role in roles.items() if role is not None and role.kind == "indicator"]
            for left, right in pairwise(indicators):
                gap = [c for c in range(left + 1, right) if c not in block.header.headings]
                if gap and all(not any(c in block.grid.texts[row] for row in block.rows) for c in gap):
                    where = cell_address(block.grid.name, block.header.first, right)
                    words = "due tabelle affiancate nello stesso foglio"
                    self.notes.problem(where, words, "una tabella per foglio, o una sotto l'altra")
                    raise Malformed(list(self.notes.problems))

    # -- the plan itself -------------------------------------------------------------------------------------------

    def _facts(self, blocks: list[Block]) -> PlanFacts:
        texts: list[str] = []
        for form in self.forms:
            texts += [
                t for row in form.grid.rows if row < form.entries[0].place.row for t in form.grid.texts[row].values()
            ]
        for block in blocks:
            if block.first_of_sheet:
                above = [row for row in block.grid.rows if row < block.header.first]
                texts += [text for row in above[:30] for text in dict.fromkeys(block.grid.texts[row].values())]
        facts = facts_of(texts)
        said = {name: self.said.fact(name) for name in FACTS.values()}
        facts = facts._replace(
            administration=said["administration_name"] or facts.administration, title=said["title"] or facts.title
        )
        first, last = _year(said["first_year"]) or facts.first_year, _year(said["last_year"]) or facts.last_year
        of_columns = sorted(target_years(blocks))
        if first is None and of_columns:
            first, last = of_columns[0], last or of_columns[-1]
        elif (
            first is not None
            and first == last
            and of_columns
            and said["last_year"] is None
            and of_columns[-1] <= first + 5
        ):
            last = max(first, of_columns[-1])
        return facts._replace(first_year=first, last_year=last or first)

    def _parts(self, facts: PlanFacts) -> tuple[AdministrationPart | None, PlanPart | None]:
        if facts.administration is None:
            return None, None
        name = facts.administration
        id_ = self.said.fact("administration_id") or slug(name, 80)
        administration = AdministrationPart(id=id_, name=name)
        if facts.first_year is None or facts.last_year is None:
            return administration, None
        plan = PlanPart(
            id=self.said.fact("id") or f"{id_}-{facts.first_year}-{facts.last_year}",
            title=facts.title or f"Piano della performance {facts.first_year}-{facts.last_year}",
            first_year=facts.first_year,
            last_year=facts.last_year,
            levels=tuple(self.tree.levels),
        )
        return administration, plan

    def _facts_lines(self, facts: PlanFacts, plan: PlanPart | None) -> None:
        values = {
            "Ente": facts.administration,
            "Id ente": self.said.fact("administration_id"),
            "Id piano": self.said.fact("id"),
            "Titolo": plan.title if plan else facts.title,
            "Primo anno": facts.first_year,
            "Ultimo anno": facts.last_year,
            "Anno dei target": None if "Anno dei target" in self.asked else self.said.fact("target_year"),
            "Fogli": self.said.fact("sheets") or (f"livello {self.sheet_level}" if self.sheet_level else None),
        }
        notes = {
            "Ente": "il nome dell'amministrazione: nel file non c'è",
            "Primo anno": "gli anni del piano: nel file non ci sono",
        }
        optional = {"Id ente", "Id piano", "Anno dei target", "Fogli"}
        lines = [
            ReadingLine(label, str(value or ""), "" if value else notes.get(label, ""))
            for label, value in values.items()
            if value or label not in optional
        ]
        self.lines[:0] = lines

    # -- columns ---------------------------------------------------------------------------------------------------

    def _columns(self, blocks: list[Block], years: tuple[int, int] | None) -> dict[int, TableColumns]:
        groups: dict[tuple[tuple[int, str], ...], list[Block]] = {}
        for block in blocks:
            groups.setdefault(layout_signature(block.header), []).append(block)
        columns: dict[int, TableColumns] = {}
        for same in groups.values():
            sheet, headings = same[0].grid.name, same[0].header.headings
            parts: list[TablePart] = [(block.grid, block.header, block.rows) for block in same]
            answered: set[int] = set()

            def said(
                column: int,
                heading: str,
                sheet: str = sheet,
                headings: Mapping[int, str] = headings,
                answered: set[int] = answered,
            ) -> ColumnRole | None:
                role, is_answer = self.said.column(sheet, column, heading, headings)
                if role is not None and not is_answer:
                    answered.add(column)
                return role

            read = table_columns(parts, said, years, _year(self.said.fact("target_year")))
            several = len(groups) > 1 or self.names_sheets
            for doubt in read.doubts:
                if doubt.column not in answered:
                    label = column_label(doubt.column, headings.get(doubt.column, ""), sheet if several else "")
                    where = cell_address(sheet, same[0].header.last, doubt.column)
                    self.ask(label, where, doubt.words, [role_words(role) for role in doubt.options])
            self._column_lines(read, sheet if several else "")
            for clash in read.clashes:
                letters = " e ".join(letter(column) for column in clash)
                words = f"le colonne {letters} sono dette la stessa cosa: {role_words(read.roles[clash[0]])}"
                accepted = "una sola; per le altre niente, o target rimodulato ANNO"
                self.notes.problem(cell_address(sheet, same[0].header.last, clash[-1]), words, accepted)
            is_asked = any(role.kind == "indicator" for doubt in read.doubts for role in doubt.options)
            if read.one("indicator") is None and not is_asked:
                where = cell_address(sheet, same[0].header.last)
                words = "non si capisce quale colonna è l'indicatore"
                self.notes.problem(where, words, "nella lettura: Colonna ... = indicatore")
            columns |= {id(block): read for block in same}
        return columns

    def _column_lines(self, read: TableColumns, sheet: str) -> None:
        for column, role in sorted(read.roles.items()):
            label = column_label(column, read.headings.get(column, ""), sheet)
            note = self.asked.get(label, "")
            self.lines.append(ReadingLine(label, role_words(role), note))

    # -- rows ------------------------------------------------------------------------------------------------------

    def _walk(
        self, blocks: list[Block], columns: dict[int, TableColumns], walker: Walker, years: tuple[int, int] | None
    ) -> None:
        target_year = _year(self.said.fact("target_year"))
        for block in blocks:
            if block.first_of_sheet:
                walker.begin_sheet()
                if self.sheet_level:
                    own = section_of(block.grid.name)
                    code, title = (own.code, own.title) if own and own.code else coded(block.grid.name)
                    walker.section(self.sheet_level, code, title, SheetPlace(block.grid.name, block.header.first, 1))
                self._above(block, walker)
            else:
                walker.begin_table()
            of_block = columns[id(block)]
            if of_block.one("indicator") is None:
                continue  # it is asked
            self._block(block, of_block, walker, years, target_year)

    def _ask_year(self, years: tuple[int, int] | None) -> None:
        """Asks once for the year of the targets that do not say theirs."""
        undated = [target for row in self.indicators for target in row.undated]
        if "target_year" in self.said.answers.facts:
            undated = undated or [("Lettura", "")]
        if undated and years is not None:
            words = f"{len(undated)} target non dicono di quale anno sono, come {undated[0][1][:60]!r}"
            self.ask("Anno dei target", undated[0][0], words, [str(year) for year in range(years[0], years[1] + 1)])
            self.lines.insert(0, ReadingLine("Anno dei target", self.said.fact("target_year") or "", words))

    def _sheet_level(self, blocks: list[Block], columns: dict[int, TableColumns]) -> str:
        """The level that sheets are, where each is a node of it: by their names, or as it is said; otherwise it is asked."""
        said = self.said.fact("sheets")
        role = role_of_words(said) if said else None
        if "sheets" in self.said.answers.facts:  # it is asked again, so that the answer is seen
            self.ask("Fogli", blocks[0].grid.name, "che cosa sono i fogli", [said or "", "livello Area", "niente"])
        if said:
            return role.of if role is not None and role.kind == "level" else ""
        firsts = [block for block in blocks if block.first_of_sheet]
        names = [block.grid.name for block in firsts]
        if len(names) < 2 or any(_GENERIC.fullmatch(folded(name)) for name in names):
            return ""
        if any(self._above_section(block) for block in firsts):
            return ""
        levels = {folded(columns[id(block)].roles[c].of) for block in firsts for c in columns[id(block)].levels}
        sections = [section_of(name) for name in names]
        named = {section.level for section in sections if section is not None}
        if len(named) == 1 and None not in sections:
            level = named.pop()
            return "" if folded(level) in levels else level
        where = cell_address(firsts[1].grid.name, firsts[1].header.first)
        words = f"più fogli ({', '.join(map(repr, names[:6]))}): sono un livello dell'albero, o solo pagine"
        self.ask("Fogli", where, words, ["livello Area", "niente"])
        return ""

    def _above_section(self, block: Block) -> bool:
        rows = [row for row in block.grid.rows if row < block.header.first]
        return any(section_of(text) is not None for row in rows for text in block.grid.texts[row].values())

    def _form(self, form: Form, walker: Walker, years: tuple[int, int] | None) -> None:
        """A sheet of forms: a label and its value a row."""
        name, walker_offices = form.grid.name, True
        walker.begin_sheet()
        roles = form.labels()
        value = max(entry.place.column for entry in form.entries if entry.kind == "indicator")
        headings = dict(enumerate(roles, start=1))
        for column, label in headings.items():
            role, _ = self.said.column(name, column, label, headings)
            roles[label] = role or roles[label]
            self.lines.append(ReadingLine(column_label(value, label), role_words(roles[label])))
        grid, columns, rows, loose = indicator_rows(form, roles)
        for entry in loose:
            words = f"la voce {entry.label!r} non è di nessun indicatore: forse manca la riga che lo comincia"
            self.notes.doubt(cell_address(name, entry.place.row, entry.place.column), words)
        of_title = "Obiettivo"
        before: IndicatorRead | None = None
        left_out: dict[str, list[FormEntry]] = {}
        for entry in form.entries:
            match entry.kind:
                case "level":
                    of_title = (
                        entry.level if folded(entry.label) in {"titolo", "denominazione"} and entry.level else of_title
                    )
                    walker.section(entry.level or of_title, entry.code, entry.text, entry.place)
                    walker_offices = True
                case "offices" if walker_offices and walker.sections:
                    walker.sections[-1].offices.append(entry.text)
                case "indicator":
                    walker_offices = False
                    node = walker.sections[-1] if walker.sections else None
                    target_year = _year(self.said.fact("target_year"))
                    row = rows[entry.place.row]
                    before = indicator_row(row, grid, columns, node, before, years, target_year, self.notes)
                    self.indicators.append(before)
                    before.values |= said_in_label(entry.said)
                case "other" | "offices":
                    left_out.setdefault(entry.label, []).append(entry)
                case _:
                    continue
        for label, entries in left_out.items():
            words = f"voce {label[:60]!r} non presa (celle: {len(entries)}): {entries[0].text[:60]!r}"
            self.notes.remark(cell_address(name, entries[0].place.row, entries[0].place.column), words)

    def _above(self, block: Block, walker: Walker) -> None:
        """The nodes that stand above the first table of a sheet."""
        for row in block.grid.rows:
            if row >= block.header.first:
                return
            cells = block.grid.texts[row]
            texts = list(dict.fromkeys(cells.values()))
            text = texts[0] if len(texts) == 1 else f"{texts[0].rstrip(' :')}: {texts[1]}" if len(texts) == 2 else ""
            section = section_of(text)
            if section is not None and (len(texts) == 2 or section.title != text or section.code):
                walker.section(section.level, section.code, section.title, SheetPlace(block.grid.name, row, min(cells)))

    def _block(
        self,
        block: Block,
        columns: TableColumns,
        walker: Walker,
        years: tuple[int, int] | None,
        target_year: int | None,
    ) -> None:
        grid = block.grid
        said = self._said_rows(grid.name)
        if self._varying(block, columns):
            self._heading_section(block, columns, walker)
        styles = code_styles(block, columns)
        reader = RowReader(grid, columns, block.rows, said)
        before: IndicatorRead | None = None
        rows = reader.read()
        tell_rows(grid, [row for row in rows if row.kind == "nothing"], self.notes)
        for row in rows:
            match row.kind:
                case "doubt":
                    self._row_doubt(grid, row, columns)
                case "section" if row.section is not None:
                    place = SheetPlace(grid.name, row.number, min(row.texts))
                    walker.section(row.section.level, row.section.code, row.section.title, place)
                    self._of_node(grid, row, columns, walker.sections[-1])
                case "level":
                    self._of_node(grid, row, columns, walker.row(row, columns, grid.name, styles))
                case "indicator":
                    if folded(said.get(row.number, "")) == "come sopra":
                        walker.as_above(row, columns)
                    node = walker.row(row, columns, grid.name, styles)
                    if walker.hangs_higher and row.number not in said:
                        words = (
                            "la cella di un livello è vuota dove quello più alto cambia: vale la voce sopra, o nessuna"
                        )
                        self._ask_row(grid, row, words, ["vuoto", "come sopra"])
                    entries = rows_of_entries(grid, row, columns)
                    if entries and row.number not in said:
                        words = "più indicatori in una cella, ciascuno col suo peso o target"
                        self._ask_row(grid, row, words, ["dividi", "indicatore", "niente"])
                    divided = entries if folded(said.get(row.number, "dividi")) == "dividi" else []
                    for part in divided or [row]:
                        before = indicator_row(part, grid, columns, node, before, years, target_year, self.notes)
                        self.indicators.append(before)
                    self._across(grid, row, columns)
                case "revision":
                    self._revision(grid, row, columns, before, years, target_year)
                case _:
                    continue
            kept = {
                c: cell
                for c in row.texts
                if columns.roles.get(c, NOTHING) != NOTHING and (cell := grid.cell(row.number, c)) is not None
            }
            tell_garbled(grid.sheet, row.number, kept, self.notes)
            tell_struck(grid.sheet, row.number, kept, self.notes)

    def _revision(
        self,
        grid: Grid,
        row: RowRead,
        columns: TableColumns,
        before: IndicatorRead | None,
        years: tuple[int, int] | None,
        target_year: int | None,
    ) -> None:
        """A row of which the targets hold in the place of those of the indicator above."""
        if before is None:
            where = cell_address(grid.name, row.number)
            self.notes.problem(
                where, "la riga è detta una rimodulazione, e sopra non c'è un indicatore", "un'altra risposta"
            )
            return
        revise(before, indicator_row(row, grid, columns, None, before, years, target_year, self.notes))

    def _of_node(self, grid: Grid, row: RowRead, columns: TableColumns, node: Node | None) -> None:
        """What a row of a node says in the columns of indicators: its weight and its offices; what else is told."""
        for column, text in sorted(row.texts.items()):
            kind = columns.roles.get(column, NOTHING).kind
            if node is None or (kind.startswith("level") and kind != "level_weight") or column == min(row.texts):
                continue
            if kind in {"weight", "level_weight"} and not node.weight and any(c.isdigit() for c in text):
                node.weight, node.weight_at = text, SheetPlace(grid.name, row.number, column)
            elif kind == "owner" and text not in node.offices:
                node.offices.append(text)
            elif kind not in {"nothing", "weight", "level_weight", "owner", "classification", "level"}:
                where = cell_address(grid.name, row.number, column)
                self.notes.remark(where, f"non presa, in una riga che è di un livello: {text[:120]!r}")

    def _said_rows(self, sheet: str) -> dict[int, str]:
        rows: dict[int, str] = {}
        for source in (self.said.corrections, self.said.answers):
            rows |= {row: words for (name, row), words in source.rows.items() if name == folded(sheet)}
        self.lines += [ReadingLine(row_label(sheet, row), words) for row, words in rows.items()]
        for (name, row), words in self.said.answers.rows.items():  # it is asked again, so that the answer is seen
            if name == folded(sheet):
                options = [words, *(word for word in ("indicatore", "continua", "niente") if word != words)]
                self.ask(row_label(sheet, row), cell_address(sheet, row), "che cos'è questa riga", options)
        return rows

    def _row_doubt(self, grid: Grid, row: RowRead, columns: TableColumns) -> None:
        levels = list(dict.fromkeys([*self.tree.levels, *(columns.roles[c].of for c in columns.levels)])) or [
            "Obiettivo"
        ]
        options = ["continua", "niente", *(f"livello {level}" for level in levels[:8])]
        if any(row.texts.get(c) for c in columns.of("target", "revision")):
            options = ["rimodulazione", "continua", "niente"]
        if columns.one("indicator") is not None and row.texts.get(columns.one("indicator") or 0):
            options.insert(0, "indicatore")
        self._ask_row(grid, row, row.why, options)

    def _ask_row(self, grid: Grid, row: RowRead, words: str, options: Sequence[str]) -> None:
        texts = " | ".join(dict.fromkeys(row.texts.values()))
        label = row_label(grid.name, row.number)
        self.ask(label, cell_address(grid.name, row.number), f"{words}: {texts[:120]!r}", options)
        self.lines.append(ReadingLine(label, "", words))

    def _across(self, grid: Grid, row: RowRead, columns: TableColumns) -> None:
        targets = columns.of("target", "revision")
        for column in targets:
            reach = range(column + 1, column + grid.width(row.number, column))
            if any(c in targets for c in reach):
                reference = f"{cell_address(grid.name, row.number, column)}:{letter(reach[-1])}{row.number}"
                words = "una cella unita copre i target di più anni"
                self.notes.problem(reference, words, "una cella per anno (dividere la cella unita)")

    def _varying(self, block: Block, columns: TableColumns) -> bool:
        column = columns.one("indicator")
        return column is not None and role_of_heading(block.header.headings.get(column, "")) is None

    def _heading_section(self, block: Block, columns: TableColumns, walker: Walker) -> None:
        """A table headed by the node that it belongs to, in the place of `Indicatore`."""
        column = columns.one("indicator") or 1
        text = block.header.headings.get(column, "")
        own = section_of(text)
        code, title = coded(text)
        level = own.level if own else "Obiettivo"
        place = SheetPlace(block.grid.name, block.header.last, column)
        walker.section(level, own.code if own else code, own.title if own else title, place)


_GENERIC = regex(r"(?:foglio|sheet|tab|table|tabella|pag|pagina|page|allegato|csv)? ?[0-9]*(?: di [0-9]+)?")
"""How programs call sheets."""


_EXPLAINED = {
    "niente": "resta fuori dal piano",
    "continua": "è il seguito della riga sopra",
    "indicatore": "è un indicatore",
    "rimodulazione": "dice i target rimodulati dell'indicatore sopra",
    "dividi": "è un indicatore per ogni voce della cella",
    "come sopra": "vale la voce sopra",
    "vuoto": "nessuna voce a quel livello",
    AS_OTHERS: "è letto come gli altri fogli",
    REVISED_TARGETS: REVISED_TARGETS_WORDS,
}
"""What an answer says, where its word alone does not."""


def _explained(option: str) -> str:
    """An answer with what it says."""
    role = role_of_words(option)
    if role is not None and role.kind == "revision" and role.year:
        return revised_in_words(role.year)
    return _EXPLAINED.get(option, option)


def _year(text: str | int | None) -> int | None:
    digits = str(text or "").strip()
    return int(digits) if len(digits) == 4 and digits.isdigit() else None
