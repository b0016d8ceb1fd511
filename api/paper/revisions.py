"""The text of a plan with what changed in it between two points, as revisions: to accept them all gives the one, to reject them the other.

What is revised is what acts decide: titles, cards, weights, targets. Results and scores are no part of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import partial
from typing import NamedTuple

from api.language.values import field_name
from api.pages.behind import ActBehind, Behind, PointSide
from api.pages.comparison import behind_points, goes_back, lasting_address, points_of
from api.pages.difference_rows import DifferenceSetting, GroupShown, grouped
from api.pages.plan_reading import PlanReading
from api.pages.templating import long_day
from api.pages.visit import PlanVisit, where_from
from api.paper.comparison import comparison_point, differing_lines, explained_rows, revision_behind
from api.paper.model import (
    ActRevision,
    Heading,
    Items,
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
from api.paper.sheet import PaperTitle, file_name, paper_of
from domain.errors import Malformed, NotFound, Problem
from domain.facts import LIFE, assignment_key, indicator_key, objective_key, target_field
from domain.indicators.card import CARD_FIELDS
from domain.objectives.fields import OBJECTIVE_FIELDS
from domain.plans.differences import PutBack
from domain.vocabulary import JsonValue
from projections.differences import Difference, differences
from projections.plan_in_force import AssignmentInForce, IndicatorInForce, ObjectiveInForce, PlanInForce
from projections.streams import unknown_plan

OF_OBJECTIVE = (
    *(field for field in OBJECTIVE_FIELDS if field not in {"code", "title", "parent", "weight"}),
    "condition_met",
)
OF_INDICATOR = tuple(field for field in CARD_FIELDS if field not in {"name", "polarity_basis", "name_from_formula"})
"""What an objective, or an indicator, says of itself beneath its title, in the order of the text; neutralised years follow."""


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
    """The text at the second point of a visit with the revisions since the first; NotFound for whoever may not read both.

    Malformed where the second point is before the first: no act decided what would be revised.
    """
    start, end = points_of(visit)
    if goes_back(visit, start, end):
        found = "dal primo punto al secondo si torna indietro, in una delle due date: nessun atto l'ha deciso"
        accepted = "il primo punto prima del secondo; per il testo di prima, rifiutare tutte le revisioni"
        raise Malformed([Problem(where="to", found=found, accepted=accepted)])
    if not all(visit.visitor.may_read(visit.plan, point) for point in (start, end)):
        raise unknown_plan(visit.plan)
    behind = behind_points(visit, start, end)
    setting = DifferenceSetting(visit, behind)
    before, after = (_Text(visit, setting, side).whole() for side in (behind.start, behind.end))
    answer = differences(visit.reading.reader, visit.plan, start, end)
    returned = behind.restored()
    revised = _Revised(visit, setting, returned)
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
    blocks: list[PaperBlock] = [
        Paragraph(run(how), "lead"),
        *_beside(visit, behind, [each for each in answer["differences"] if not revised.tells(each)], returned),
        Heading(1, visit.worded("Obiettivi, indicatori, target")),
    ]
    if rows:
        cells = tuple(_of_years(row, years) for row in rows)
        blocks.append(PaperTable(visit.worded("Obiettivi, indicatori e target, con le revisioni"), columns, cells))
    else:
        blocks.append(Paragraph(run(visit.worded("A nessuna delle due date il piano ha obiettivi."))))
    where = where_from(visit.reading, lasting_address(visit, start, end), {}, before=start)
    told = explained_rows(answer, behind, returned)
    paper = paper_of(visit, "revisions", title, blocks, told, wide=len(years) >= WIDE_FROM, where=where)
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


def _beside(
    visit: PlanVisit, behind: Behind, untold: list[Difference], returned: list[PutBack]
) -> Iterator[PaperBlock]:
    """What the text with its revisions does not say, counted: differences of which it has no words, what acts undid."""
    if lines := _listed(visit, grouped(visit, behind, untold)):
        yield Heading(1, visit.worded("Differenze che questo testo non mostra: %(count)s", count=len(lines)))
        yield Items(lines)
    if lines := _listed(visit, grouped(visit, behind, [], returned)):
        yield Heading(1, visit.worded("Modificato fra le due date, e tornato com'era: %(count)s", count=len(lines)))
        yield Items(lines)


def _listed(visit: PlanVisit, groups: list[GroupShown]) -> tuple[PaperLine, ...]:
    return tuple(line for group in groups for row in group.rows for line in differing_lines(visit, row))


class _Text:
    """The text of a plan at one point, in the order of the tree; empty before the plan was drafted."""

    def __init__(self, visit: PlanVisit, setting: DifferenceSetting, side: PointSide) -> None:
        self.visit, self.setting, self.side = visit, setting, side

    def whole(self) -> _PlanText:
        visit, point = self.visit, self.side.point
        reading = visit.reading
        if point != reading.point:
            reading = PlanReading(reading.reader, visit.plan, point)
        try:
            document = reading.document
        except NotFound:
            return _PlanText([], range(0))
        years = range(document["plan"]["first_year"], document["plan"]["last_year"] + 1)
        return _PlanText(list(self._rows_of(document)), years)

    def _rows_of(self, document: PlanInForce) -> Iterator[TextRow]:
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
            yield TextRow(path, objective_key(objective["id"]), self._of_objective(objective), {})
            under = (*path, objective["id"])
            for indicator, place in placed.get(objective["id"], []):
                yield self._of_indicator(under, indicator, place)
            waiting += [(under, each) for each in reversed(beneath.get(objective["id"], []))]

    def _of_objective(self, objective: ObjectiveInForce) -> tuple[RevisedLine, ...]:
        key = objective_key(objective["id"])
        code = SaidBefore(key, "code", f"{objective['code']} " if objective["code"] else "")
        title = objective["title"] or ("" if objective["code"] else objective["id"])
        return (
            (code, SaidBefore(key, "title", title)),
            *self._fields(key, ("weight", *OF_OBJECTIVE)),
        )

    def _of_indicator(self, path: tuple[str, ...], indicator: IndicatorInForce, place: AssignmentInForce) -> TextRow:
        key = indicator_key(indicator["id"])
        at = assignment_key(indicator["id"], place["objective"])
        named = {"formula"} if indicator.get("name_from_formula") else set()
        lines: tuple[RevisedLine, ...] = (
            (SaidBefore(key, "name", indicator["name"]),),
            *self._fields(key, tuple(field for field in OF_INDICATOR if field not in named)),
            *self._fields(at, ("weight", "feeds"), neutralised=False),
        )
        targets: dict[int, list[RevisedLine]] = {}
        for target in sorted(indicator["targets"], key=lambda each: (each["year"], each["ordinal"])):
            field = target_field(target["year"], target["ordinal"])
            text = self.setting.in_text(self.side.value(key, field), field)
            targets.setdefault(target["year"], []).append((SaidBefore(key, field, text),))
        return TextRow(path, at, lines, {year: tuple(of_year) for year, of_year in targets.items()})

    def _fields(self, key: str, fields: tuple[str, ...], *, neutralised: bool = True) -> Iterator[RevisedLine]:
        """A line each field, empty where it says nothing: what the one text says and the other does not is revised."""
        said = self.side.timelines.values(key, self.side.point.as_of)
        years = sorted(field for field in said if field.startswith("neutralised/")) if neutralised else []
        for field in (*fields, *years):
            label = field_name(field, self.visit.language)
            text = self.setting.in_text(said.get(field), field)
            yield (SaidBefore(key, field, text, f"{label[:1].upper()}{label[1:]}: "),)


class _Revised:
    """The rows of two texts as one, each stretch with what struck or inserted it; what it says of is held."""

    def __init__(self, visit: PlanVisit, setting: DifferenceSetting, returned: Sequence[PutBack]) -> None:
        self.visit, self.setting, self.behind = visit, setting, setting.behind
        self.returned = {(each.object, each.field) for each in returned}
        self.told: set[tuple[str, str]] = set()

    def tells(self, difference: Difference) -> bool:
        """Whether the rows say a difference, once they are made."""
        return (difference["object"], difference["field"]) in self.told

    def rows(self, before: Sequence[TextRow], after: Sequence[TextRow]) -> Iterator[_RevisedRow]:
        """Those of the first in their order, those of the second in theirs, what both have once.

        What was taken out and put back where it was is there twice: withdrawn by the one act, added by the other.
        """
        of_both = SequenceMatcher(None, [_place(row) for row in before], [_place(row) for row in after], autojunk=False)
        for what, first, last, begins, ends in of_both.get_opcodes():
            if what == "equal":
                for old, new in zip(before[first:last], after[begins:ends], strict=True):
                    if steps := self._out_and_back(new):
                        yield self._whole(old, "withdrawn", revision_behind(self.visit, steps[0]))
                        yield self._whole(new, "added", revision_behind(self.visit, steps[-1]))
                    else:
                        yield self._row(new, "kept", None, partial(_said_in, old), old)
                continue
            for row in before[first:last]:
                yield self._whole(row, "withdrawn", self._fate(row))
            for row in after[begins:ends]:
                yield self._whole(row, "added", self._fate(row))

    def _out_and_back(self, row: TextRow) -> tuple[ActBehind, ...]:
        """What took a row out and what put it back, where acts did both."""
        cells = [(row.object, LIFE), (row.object, "parent")]
        if row.object.startswith("assignment/"):
            cells = [(row.object, LIFE), (indicator_key(row.object.split("/")[1]), LIFE)]
        returned = [cell for cell in cells if cell in self.returned]
        return self.behind.reasons(*returned[0]) if returned else ()

    def _fate(self, row: TextRow) -> ActRevision:
        """What added or withdrew a row: what did it to itself, to its place, to something above it."""
        reasons = self.behind.reasons(row.object, LIFE)
        for objective in (row.object.removeprefix("objective/"), *reversed(row.path)):
            reasons = reasons or self.behind.reasons(objective_key(objective), "parent")
        return revision_behind(self.visit, reasons[-1]) if reasons else self._unexplained()

    def _whole(self, row: TextRow, fate: RowFate, by: ActRevision) -> _RevisedRow:
        """A row that one side alone has."""
        self.told |= {(row.object, LIFE), (row.object, "parent")}
        if row.object.startswith("assignment/"):
            self.told.add((indicator_key(row.object.split("/")[1]), LIFE))
        lines = (*row.lines, *(line for of_year in row.targets.values() for line in of_year))
        self.told |= {(said.object, said.field) for line in lines for said in line}
        return self._row(row, fate, by, lambda said: said.text)

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
            lines = _lines_of_both(other.lines, row.lines)
            targets = {
                year: _targets_of_both(other.targets.get(year, ()), row.targets.get(year, ()))
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
        cell = said.object, said.field
        if was == said.text and cell not in self.returned:
            if said.text:
                yield Run(f"{said.label}{said.text}", "strong" if strong else "plain")
            return
        self.told.add(cell)
        chain: list[tuple[str, ActRevision]] = []
        for reason in self.behind.reasons(*cell):
            became = self._said(said, reason.became)
            if became != (chain[-1][0] if chain else was):
                chain.append((became, revision_behind(self.visit, reason)))
        if not chain or chain[-1][0] != said.text:
            chain.append((said.text, chain.pop()[1] if chain else self._unexplained()))
        texts = [was, *(text for text, _ in chain)]
        for place, text in enumerate(texts):
            if not text:
                continue
            since = chain[place - 1][1] if place else None
            words = f"{said.label}{text}"
            if place == len(chain):
                yield Run(words, "inserted", since)
            else:
                yield Run(words, "struck", chain[place][1], since=since)

    def _said(self, said: SaidBefore, value: JsonValue) -> str:
        """What a field said once it had a value: as the text says it, which parts a code from what it is the code of."""
        text = self.setting.in_text(value, said.field)
        return f"{text} " if text and said.field == "code" and said.object.startswith("objective/") else text

    def _unexplained(self) -> ActRevision:
        """Of what nothing recorded explains: the order of the tree alone."""
        return ActRevision(act="", on=self.behind.end.point.as_of)


def _place(row: TextRow) -> tuple[tuple[str, ...], str]:
    return row.path, row.object


def _said_in(row: TextRow, said: SaidBefore) -> str:
    """What a field said in a row."""
    lines = (*row.lines, *(line for of_year in row.targets.values() for line in of_year))
    return next((each.text for line in lines for each in line if each[:2] == said[:2]), "")


def _lines_of_both(before: Sequence[RevisedLine], after: Sequence[RevisedLine]) -> tuple[RevisedLine, ...]:
    """The lines of the second, and of the first those that it has no more, said empty."""
    said = {each[:2] for line in after for each in line}
    gone = (each._replace(text="") for line in before for each in line if each[:2] not in said)
    return (*after, *((each,) for each in gone))


def _targets_of_both(before: Sequence[RevisedLine], after: Sequence[RevisedLine]) -> tuple[RevisedLine, ...]:
    return tuple(sorted(_lines_of_both(before, after), key=lambda line: int(line[0].field.rpartition("/")[2])))
