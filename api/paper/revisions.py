"""The text of a plan with what changed in it between two points, as revisions: to accept them all gives the one, to reject them the other.

What is revised is what acts decide: titles, cards, weights, targets. Results and scores are no part of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import partial
from typing import NamedTuple

from api.pages.behind import ActBehind, Behind
from api.pages.comparison import behind_points, lasting_address, points_of
from api.pages.plan_reading import PlanReading
from api.pages.templating import long_day, number_words
from api.pages.visit import PlanVisit, where_from
from api.paper.comparison import comparison_point, revision_behind
from api.paper.model import (
    ActRevision,
    Heading,
    Paper,
    PaperBlock,
    PaperCell,
    PaperColumn,
    PaperLine,
    PaperTable,
    Paragraph,
    Row,
    RowFate,
    Run,
    run,
)
from api.paper.plan import WIDE_FROM
from api.paper.sheet import PaperTitle, file_name, paper_of, signs
from domain.errors import NotFound
from domain.facts import LIFE, assignment_key, indicator_key, objective_key, target_field
from domain.point import Point
from projections.differences import differences
from projections.plan_in_force import AssignmentInForce, IndicatorInForce, ObjectiveInForce, PlanInForce
from projections.streams import unknown_plan


class SaidBefore(NamedTuple):
    """What a field of an object says, with what stands before it where it says something."""

    object: str
    field: str
    text: str
    label: str = ""


RevisedLine = tuple[SaidBefore, ...]


class TextRow(NamedTuple):
    """A row of the text at one point: of which object, beneath which objectives, its lines, its targets by year."""

    path: tuple[str, ...]
    object: str
    lines: tuple[RevisedLine, ...]
    targets: Mapping[int, tuple[RevisedLine, ...]]


def revisions_paper(visit: PlanVisit) -> Paper:
    """The text at the second point of a visit with the revisions since the first; NotFound for whoever may not read both."""
    start, end = points_of(visit)
    if not all(visit.visitor.may_read(visit.plan, point) for point in (start, end)):
        raise unknown_plan(visit.plan)
    before, after = (_text_at(visit, point) for point in (start, end))
    revised = _Revised(visit, behind_points(visit, start, end), end)
    rows = tuple(revised.rows(before.rows, after.rows))
    title = PaperTitle(
        visit.worded("Il testo con le revisioni"),
        visit.worded(
            "%(plan)s: dal piano in vigore al %(start)s a quello in vigore al %(end)s.",
            plan=visit.reading.document["plan"]["title"],
            start=comparison_point(visit, start),
            end=comparison_point(visit, end),
        ),
        file_name(visit, "revisioni", start.as_of.isoformat(), point=end),
    )
    how = visit.worded(
        "Ogni revisione ha per autore l'atto, per data quella dell'atto, per commento la motivazione. Accettandole tutte si ha il testo in vigore al %(end)s; rifiutandole, quello al %(start)s.",
        start=long_day(start.as_of, visit.language),
        end=long_day(end.as_of, visit.language),
    )
    years = sorted({*before.years, *after.years})
    columns = (
        PaperColumn(visit.worded("Obiettivo, indicatore"), 4.2),
        *(PaperColumn(f"{visit.worded('Target')} {year}", 1.5) for year in years),
    )
    blocks: list[PaperBlock] = [Paragraph(run(how), "lead"), Heading(1, visit.worded("Obiettivi, indicatori, target"))]
    if rows:
        cells = tuple(_of_years(row, years) for row in rows)
        blocks.append(PaperTable(visit.worded("Obiettivi, indicatori e target, con le revisioni"), columns, cells))
    else:
        blocks.append(Paragraph(run(visit.worded("A nessuna delle due date il piano ha obiettivi."))))
    answer = differences(visit.reading.reader, visit.plan, start, end)
    where = where_from(visit.reading, lasting_address(visit, start, end), {}, before=start)
    paper = paper_of(visit, "revisions", title, blocks, answer, wide=len(years) >= WIDE_FROM, where=where)
    return replace(paper, is_tracked=True)


class _PlanText(NamedTuple):
    rows: list[TextRow]
    years: range


class _RevisedRow(NamedTuple):
    row: Row
    targets: Mapping[int, PaperCell]


def _of_years(revised: _RevisedRow, years: Sequence[int]) -> Row:
    """A row with a cell each year; that of an objective takes the whole width."""
    (first,) = revised.row.cells
    if revised.row.kind == "group":
        return _with_cells(revised.row, (PaperCell(first.lines, is_head=True, columns=len(years) + 1),))
    return _with_cells(revised.row, (first, *(revised.targets.get(year, PaperCell()) for year in years)))


def _with_cells(row: Row, cells: tuple[PaperCell, ...]) -> Row:
    return Row(cells, row.kind, row.depth, row.fate, row.by)


def _text_at(visit: PlanVisit, point: Point) -> _PlanText:
    """The text at a point, in the order of the tree; empty before the plan was drafted."""
    reading = visit.reading
    if point != reading.point:
        reading = PlanReading(reading.reader, visit.plan, point)
    try:
        document = reading.document
    except NotFound:
        return _PlanText([], range(0))
    years = range(document["plan"]["first_year"], document["plan"]["last_year"] + 1)
    return _PlanText(list(_rows_of(visit, document)), years)


def _rows_of(visit: PlanVisit, document: PlanInForce) -> Iterator[TextRow]:
    known = {objective["id"] for objective in document["objectives"]}
    beneath: dict[str, list[ObjectiveInForce]] = {}
    for objective in document["objectives"]:
        parent = objective["parent"] or ""
        beneath.setdefault(parent if parent in known else "", []).append(objective)
    placed: dict[str, list[tuple[IndicatorInForce, AssignmentInForce]]] = {}
    for indicator in document["indicators"]:
        places: Sequence[AssignmentInForce] = indicator.get("assignments") or [indicator]
        for place in places:
            placed.setdefault(place["objective"], []).append((indicator, place))
    waiting: list[tuple[tuple[str, ...], ObjectiveInForce]] = [((), each) for each in reversed(beneath.get("", []))]
    while waiting:
        path, objective = waiting.pop()
        yield TextRow(path, objective_key(objective["id"]), _lines_of_objective(visit, objective), {})
        under = (*path, objective["id"])
        for indicator, place in placed.get(objective["id"], []):
            yield _of_indicator(visit, under, indicator, place)
        waiting += [(under, each) for each in reversed(beneath.get(objective["id"], []))]


def _lines_of_objective(visit: PlanVisit, objective: ObjectiveInForce) -> tuple[RevisedLine, ...]:
    key = objective_key(objective["id"])
    code = SaidBefore(key, "code", f"{objective['code']} " if objective["code"] else "")
    return (
        (code, SaidBefore(key, "title", objective["title"] or ("" if objective["code"] else objective["id"]))),
        (_weight(visit, key, objective["weight"]),),
    )


def _of_indicator(
    visit: PlanVisit, path: tuple[str, ...], indicator: IndicatorInForce, place: AssignmentInForce
) -> TextRow:
    key = indicator_key(indicator["id"])
    at = assignment_key(indicator["id"], place["objective"])
    formula = "" if indicator.get("name_from_formula") else indicator["formula"] or ""
    lines: tuple[RevisedLine, ...] = (
        (SaidBefore(key, "name", indicator["name"]),),
        (SaidBefore(key, "formula", formula, visit.worded("Formula: ")),),
        (SaidBefore(key, "source", indicator["source"] or "", visit.worded("Fonte: ")),),
        (SaidBefore(key, "baseline", signs(indicator["baseline"]) if indicator["baseline"] else "", visit.worded("Valore di partenza: ")),),
        (_weight(visit, at, place["weight"]),),
    )  # fmt: skip
    targets: dict[int, list[RevisedLine]] = {}
    for target in sorted(indicator["targets"], key=lambda each: (each["year"], each["ordinal"])):
        text = signs(target["text"]) if target["text"] else ""
        field = target_field(target["year"], target["ordinal"])
        targets.setdefault(target["year"], []).append((SaidBefore(key, field, text),))
    return TextRow(path, at, lines, {year: tuple(of_year) for year, of_year in targets.items()})


def _weight(visit: PlanVisit, key: str, weight: str | None) -> SaidBefore:
    words = number_words(weight, visit.language) if weight is not None else ""
    return SaidBefore(key, "weight", words, visit.worded("Peso: "))


class _Revised:
    """The rows of two texts as one, each stretch with what struck or inserted it."""

    def __init__(self, visit: PlanVisit, behind: Behind, end: Point) -> None:
        self.visit, self.behind, self.end = visit, behind, end

    def rows(self, before: Sequence[TextRow], after: Sequence[TextRow]) -> Iterator[_RevisedRow]:
        """Those of the first in their order, those of the second in theirs, what both have once."""
        of_both = SequenceMatcher(None, [_place(row) for row in before], [_place(row) for row in after], autojunk=False)
        for what, first, last, begins, ends in of_both.get_opcodes():
            if what == "equal":
                for old, new in zip(before[first:last], after[begins:ends], strict=True):
                    yield self._row(new, "kept", None, partial(_said_in, old), old)
                continue
            for row in before[first:last]:
                yield self._row(row, "withdrawn", self._fate(row), lambda said: said.text)
            for row in after[begins:ends]:
                yield self._row(row, "added", self._fate(row), lambda said: said.text)

    def _fate(self, row: TextRow) -> ActRevision:
        """What added or withdrew a row: what did it to itself, to its place, to something above it."""
        reasons = self.behind.reasons(row.object, LIFE)
        for objective in (row.object.removeprefix("objective/"), *reversed(row.path)):
            reasons = reasons or self.behind.reasons(objective_key(objective), "parent")
        return self._revision(reasons[-1]) if reasons else self._unexplained()

    def _row(
        self,
        row: TextRow,
        fate: RowFate,
        by: ActRevision | None,
        before: Callable[[SaidBefore], str],
        other: TextRow | None = None,
    ) -> _RevisedRow:
        lines, targets = row.lines, row.targets
        if other is not None:
            targets = {
                year: _lines_of_both(other.targets.get(year, ()), row.targets.get(year, ()))
                for year in {*other.targets, *row.targets}
            }
        kind = "group" if row.object.startswith("objective/") else "plain"
        first = PaperCell(self._lines(lines, before, strong=kind == "group"), is_head=True)
        cells = {year: PaperCell(self._lines(of_year, before)) for year, of_year in targets.items()}
        return _RevisedRow(Row((first,), "group" if kind == "group" else "plain", len(row.path), fate, by), cells)

    def _lines(
        self, lines: Sequence[RevisedLine], before: Callable[[SaidBefore], str], *, strong: bool = False
    ) -> tuple[PaperLine, ...]:
        worked = (self._line(line, before, strong=strong and line is lines[0]) for line in lines)
        return tuple(line for line in worked if line)

    def _line(self, line: RevisedLine, before: Callable[[SaidBefore], str], *, strong: bool) -> PaperLine:
        return tuple(part for said in line for part in self._runs(said, before(said), strong=strong))

    def _runs(self, said: SaidBefore, was: str, *, strong: bool) -> Iterator[Run]:
        """A field: as it is, or each text that it had from the first point to the second, struck and inserted in order."""
        old, new = (f"{said.label}{text}" if text else "" for text in (was, said.text))
        if old == new:
            if new:
                yield Run(new, "strong" if strong else "plain")
            return
        reasons = self.behind.reasons(said.object, said.field)
        forward = bool(reasons) and not any(reason.undone for reason in reasons)
        chain = [self._revision(reason) for reason in (reasons if forward else reasons[-1:])] or [self._unexplained()]
        between = [signs(reason.value) for reason in reasons[:-1]] if forward else []
        texts = [old, *(text if not said.label else f"{said.label}{text}" for text in between), new]
        for place, text in enumerate(texts):
            if not text:
                continue
            since = chain[place - 1] if place else None
            if place == len(chain):
                yield Run(text, "inserted", since)
            else:
                yield Run(text, "struck", chain[place], since=since)

    def _revision(self, reason: ActBehind) -> ActRevision:
        return revision_behind(self.visit, reason)

    def _unexplained(self) -> ActRevision:
        """Of what nothing recorded explains: the order of the tree alone."""
        return ActRevision(act="", on=self.end.as_of)


def _place(row: TextRow) -> tuple[tuple[str, ...], str]:
    return row.path, row.object


def _said_in(row: TextRow, said: SaidBefore) -> str:
    """What a field said in a row."""
    lines = (*row.lines, *(line for of_year in row.targets.values() for line in of_year))
    return next((each.text for line in lines for each in line if each[:2] == said[:2]), "")


def _lines_of_both(before: Sequence[RevisedLine], after: Sequence[RevisedLine]) -> tuple[RevisedLine, ...]:
    """The lines of the second, and of the first those that it has no more, said empty."""
    said = {(each.object, each.field): each for line in after for each in line}
    fields = dict.fromkeys(each[:2] for line in (*before, *after) for each in line)
    return tuple((said.get(of, SaidBefore(*of, "")),) for of in sorted(fields, key=lambda of: _ordinal(of[1])))


def _ordinal(field: str) -> int:
    return int(field.rpartition("/")[2])
