"""What was said of the reading of a layout: in a mapping, in the answers to its questions, with an earlier file."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.late import late
from domain.spelling import folded

with late:  # few files are in a layout of the office
    from api.layout.grid import Grid
    from api.layout.mapping import Corrections, Lines, SaidColumn, mapping_of
    from api.layout.vocabulary import ColumnRole
    from api.workbook.cells import letter


class SaidOfReading(NamedTuple):
    """What was said of a reading: in a mapping, in the answers to its questions, with an earlier file of the office."""

    lines: Lines = ()
    answers: Lines = ()
    remembered: Lines = ()


UNSAID = SaidOfReading()


class Said:
    """The same, looked up: what answers a question of this reading counts before a mapping, and that before the memory."""

    def __init__(self, of_file: Lines, said: SaidOfReading) -> None:
        self.answers = mapping_of(said.answers)
        self.corrections = mapping_of(of_file)
        self.remembered = mapping_of(said.remembered)
        self.answered = dict(said.answers)
        self.used_memory = False

    def fact(self, name: str) -> str | None:
        """What was said of the plan itself, as its name or a year; None where nothing was."""
        for source in (self.answers, self.corrections, self.remembered):
            if name in source.facts:
                self.used_memory |= source is self.remembered
                return source.facts[name]
        return None

    def leaves_out(self, grid: Grid) -> bool:
        """Whether a sheet was said to be nothing of the plan."""
        return folded(self.sheet(grid)) in {"niente", "nulla"}

    def sheet(self, grid: Grid) -> str:
        """What was said of a sheet; empty where nothing was."""
        for source in (self.answers, self.corrections, self.remembered):
            if said := source.sheets.get(folded(grid.name)):
                self.used_memory |= source is self.remembered
                return said
        return ""

    def _said_column(
        self, source: Corrections, sheet: str, column: int, heading: str, headings: Mapping[int, str]
    ) -> ColumnRole | None:
        same = [c for c, text in headings.items() if folded(text)[:80] == folded(heading)[:80]]
        for line in source.columns:
            if line.sheet and folded(line.sheet) != folded(sheet):
                continue
            if _is_of(line, column, heading, same):
                return line.role
        return None

    def column(
        self, sheet: str, column: int, heading: str, headings: Mapping[int, str]
    ) -> tuple[ColumnRole | None, bool]:
        """What somebody said of a column; and whether it was in answer to a question of this reading."""
        role = self._said_column(self.answers, sheet, column, heading, headings)
        if role is not None:
            return role, True
        role = self._said_column(self.corrections, sheet, column, heading, headings)
        if role is None:
            role = self._said_column(self.remembered, sheet, column, heading, headings)
            self.used_memory |= role is not None
        return role, False


def _is_of(line: SaidColumn, column: int, heading: str, same: Sequence[int]) -> bool:
    """Whether a line of a mapping is about a column: by its heading; by its letters among columns of one heading."""
    if not line.heading:
        return line.letters == letter(column)
    if folded(line.heading)[:80] != folded(heading)[:80]:
        return False
    return len(same) < 2 or line.letters == letter(column)
