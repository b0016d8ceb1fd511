"""The comparison of two points of a plan, on paper: what differs, text beside text, in which direction, why, by which acts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from api.pages.behind import ANNULMENT, ActBehind, Behind
from api.pages.comparison import (
    DIFFERENCE_WORDS,
    RETURNED,
    TYPES,
    behind_points,
    lasting_address,
    points_of,
    seen_by,
)
from api.pages.difference_rows import DifferenceRow, GroupShown, RowSign, SideLine, grouped
from api.pages.templating import NOTHING, day_words, exact_instant, long_day
from api.pages.visit import PlanVisit, where_from
from api.paper.model import (
    ActRevision,
    Heading,
    KeyFigure,
    KeyFigures,
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
    cell,
    run,
    text_of,
)
from api.paper.sheet import PaperTitle, as_data, file_name, paper_of, reason_line, signs
from domain.plans.differences import PutBack
from domain.point import Point
from projections.differences import Differences, differences

FATES: dict[RowSign, RowFate] = {"changed": "kept", "added": "added", "removed": "withdrawn"}


def comparison_paper(visit: PlanVisit) -> Paper:
    """All the differences between the two points of a visit, as on its page; NotFound for whoever may read the plan at neither."""
    start, end = points_of(visit)
    answer = differences(visit.reading.reader, visit.plan, start, end, seen_by(visit))
    behind = behind_points(visit, start, end)
    returned = behind.restored()
    groups = grouped(visit, behind, answer["differences"], returned)
    title = PaperTitle(
        visit.worded("Che cosa è cambiato"),
        visit.worded(
            "%(plan)s: dal piano in vigore al %(start)s a quello in vigore al %(end)s.",
            plan=visit.reading.document["plan"]["title"],
            start=comparison_point(visit, start),
            end=comparison_point(visit, end),
        ),
        file_name(visit, "confronto", start.as_of.isoformat(), point=end),
    )
    blocks: list[PaperBlock] = [_figures(visit, groups)]
    if not groups:
        blocks.append(Paragraph(run(visit.worded("Fra i due punti il piano non differisce in nulla."))))
    columns = (
        PaperColumn(visit.worded("Obiettivo, indicatore"), 2.6),
        PaperColumn(visit.worded("Prima, %(day)s", day=day_words(start.as_of)), 1.6),
        PaperColumn(visit.worded("Dopo, %(day)s", day=day_words(end.as_of)), 1.6),
        PaperColumn(visit.worded("Verso"), 0.9),
        PaperColumn(visit.worded("Perché, con quale atto"), 3.4),
    )
    for root, beneath in groupby(groups, key=lambda group: group.above[0] if group.above else _called(visit, group)):
        blocks.append(Heading(1, root))
        rows = [row for group in beneath for row in (*_named(visit, group, len(columns)), *_rows_of(visit, group))]
        blocks.append(PaperTable(visit.worded("Differenze: %(of)s", of=root), columns, tuple(rows)))
    address = lasting_address(visit, start, end)
    return paper_of(
        visit,
        "comparison",
        title,
        blocks,
        explained_rows(answer, behind, returned),
        where=where_from(visit.reading, address, {}, before=start),
    )


def explained_rows(answer: Differences, behind: Behind, returned: Iterable[PutBack]) -> dict[str, object]:
    """The differences with what stands behind each, and what was changed and restored: all that is printed, as data."""
    differing = [
        {**difference, "behind": as_data(behind.reasons(difference["object"], difference["field"]))}
        for difference in answer["differences"]
    ]
    restored = [
        {
            "object": each.object,
            "field": each.field,
            "value": each.value,
            "behind": as_data(behind.reasons(each.object, each.field)),
        }
        for each in returned
    ]
    return {**answer, "differences": differing, "restored": restored}


def _called(visit: PlanVisit, group: GroupShown) -> str:
    return f"{group.code} {group.title}".strip() or visit.worded("Il piano")


def _named(visit: PlanVisit, group: GroupShown, columns: int) -> tuple[Row, ...]:
    """The row that names an objective beneath the first of its branch."""
    if not group.above:
        return ()
    path = run(" / ".join(group.above[1:]), "soft")
    lines = tuple(line for line in (path, run(_called(visit, group), "strong")) if line)
    return (Row((PaperCell(lines, is_head=True, columns=columns),), "group", 1),)


def _rows_of(visit: PlanVisit, group: GroupShown) -> list[Row]:
    return [one for row in group.rows for one in _rows(visit, row)]


def comparison_point(visit: PlanVisit, point: Point) -> str:
    """A point in words: its date, and when it was known, where that is said."""
    day = long_day(point.as_of, visit.language)
    if point.known_at is None:
        return day
    return visit.worded("%(day)s (noto al %(instant)s)", day=day, instant=exact_instant(point.known_at))


def _figures(visit: PlanVisit, groups: list[GroupShown]) -> KeyFigures:
    """How many differences of each kind there are."""
    rows = [row for group in groups for row in group.rows]
    counted = Counter({name: sum(len(row.lines) for row in rows if row.type in types) for name, types in TYPES.items()})
    counted[RETURNED] = sum(row.type == "restored" for row in rows)
    ways = Counter(line.way for row in rows if row.type == "target_revised" for line in row.lines)
    easier, harder = ways["easier"], ways["harder"]
    beside = ", ".join(
        (
            visit.worded("%(num)s più facile" if easier == 1 else "%(num)s più facili", num=easier),
            visit.worded("%(num)s più difficile" if harder == 1 else "%(num)s più difficili", num=harder),
        )
    )
    return KeyFigures(
        tuple(
            KeyFigure(
                visit.worded(DIFFERENCE_WORDS[name][1])[:1].upper() + visit.worded(DIFFERENCE_WORDS[name][1])[1:],
                str(counted[name]),
                beside if name == "rimodulati" and counted[name] else "",
            )
            for name in (*TYPES, RETURNED)
        )
    )


def _rows(visit: PlanVisit, row: DifferenceRow) -> list[Row]:
    """A row a line of what differs; why, beside the first of them."""
    by = revision_behind(visit, row.reasons[-1]) if row.reasons else None
    why = tuple(line for reason in row.reasons for line in _reason(visit, reason))
    return [
        Row(
            (
                cell(
                    run(row.name or line.label.capitalize()),
                    run(visit.worded(row.what), "soft"),
                    is_head=True,
                )
                if line is row.lines[0]
                else cell(run(row.name, "soft"), is_head=True),
                cell(_labelled(line, row, _side(visit, line, line.before, by, after=False))),
                cell(_side(visit, line, line.after, by, after=True)),
                cell(run(visit.worded(line.direction) if line.direction else "", "soft")),
                PaperCell(why) if line is row.lines[0] else PaperCell(),
            ),
            fate=FATES[row.sign],
            by=by,
        )
        for line in row.lines
    ]


def _labelled(line: SideLine, row: DifferenceRow, side: PaperLine) -> PaperLine:
    return (Run(f"{line.label} ", "soft"), *side) if line.label and row.name else side


def _side(visit: PlanVisit, line: SideLine, text: str, by: ActRevision | None, *, after: bool) -> PaperLine:
    if not text:
        return run(NOTHING)
    words = visit.worded(text) if line.coded else text
    return (Run(signs(words) if line.is_target else words, "inserted" if after else "struck", by),)


def _reason(visit: PlanVisit, reason: ActBehind) -> tuple[PaperLine, ...]:
    parts = [
        reason.act or visit.worded("nessun atto"),
        visit.worded(reason.kind) if reason.kind else "",
        visit.worded(reason.cause) if reason.cause else "",
        ", ".join(visit.worded("evento n. %(version)s", version=event.version) for event in reason.events),
    ]
    said = reason_line(visit, reason.why, redacted=reason.redacted)
    if reason.value:
        said = (Run(f"{reason.value} ", "strong"), *said)
    if reason.undone:
        said = (*said, Run(f" ({visit.worded('non vale più')})", "soft"))
    return (said, run(" · ".join(part for part in parts if part), "soft"))


def differing_lines(visit: PlanVisit, row: DifferenceRow) -> list[PaperLine]:
    """A row as lines of a list: of what, before and after, by which acts."""
    by = [part for reason in row.reasons for part in (Run("; ", "soft"), *_in_a_line(_reason(visit, reason)))]
    lines: list[PaperLine] = []
    for line in row.lines:
        of = ", ".join(part for part in (row.name or visit.worded("Il piano"), line.label) if part)
        before, after = (text_of(_side(visit, line, text, None, after=False)) for text in (line.before, line.after))
        said = before if before == after else f"{before} → {after}"
        lines.append((Run(of, "strong"), Run(f" ({visit.worded(row.what)}): {said}"), *by))
    return lines


def _in_a_line(lines: Iterable[PaperLine]) -> Iterator[Run]:
    for place, line in enumerate(line for line in lines if line):
        if place:
            yield Run(", ", "soft")
        yield from line


def revision_behind(visit: PlanVisit, reason: ActBehind) -> ActRevision:
    """A reason as what stands behind a revision; an annulment without an act stands for itself."""
    act = reason.act
    if not act and reason.kind == ANNULMENT:
        act = visit.worded("annullamento (evento n. %(version)s)", version=reason.events[-1].version)
    return ActRevision(
        act=act,
        on=reason.on,
        reason=reason.why,
        cause=visit.worded(reason.cause) if reason.cause else "",
        version=reason.events[-1].version if reason.events else 0,
        is_redacted=reason.redacted,
    )
