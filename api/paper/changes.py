"""The changes of a year on paper: the list of variations of art. 6 of D.Lgs. 150/2009, and the rates with what they count."""

from collections.abc import Iterator

from api.language.labels import DIRECTIONS, KINDS, VARIANTS
from api.pages.changes_shown import (
    ChangeLine,
    RateGroups,
    change_lines,
    counted_changes,
    not_counted,
    rate_groups,
    variant_lines,
    why_not,
)
from api.pages.changes_shown import WantedChanges as Wish
from api.pages.recorded_event import object_title
from api.pages.templating import NOTHING, day_words
from api.pages.visit import PlanVisit
from api.paper.model import (
    Heading,
    Items,
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
    Run,
    cell,
    run,
)
from api.paper.sheet import (
    PaperTitle,
    file_name,
    paper_of,
    percent_printed,
    rate_run,
    reason_lines,
    revision_of,
    seen_from,
    signs,
)
from domain.changes.rate import Variant
from projections.change_rate import ChangesOfYear
from projections.plan_history import PlanChange, change_key

ALL = Wish("any", "", "", "", "", "")


def variations_paper(visit: PlanVisit) -> Paper:
    """The variations of the year of a visit: those during the year by objective, then whatever is listed beside them."""
    year, answer = visit.year, visit.reading.changes(visit.year)
    listed = [change for change in answer["changes"] if change["kind"] == "in_year_revision"]
    beside = {
        kind: changes for kind, changes in not_counted(answer).items() if kind not in {"in_year_revision", "drafting"}
    }
    title = PaperTitle(
        visit.worded("Variazioni del piano della performance %(year)s", year=year),
        " ".join(
            (
                visit.worded(
                    "Art. 6 D.Lgs. 150/2009: le variazioni, durante l'esercizio, degli obiettivi e degli indicatori."
                ),
                _approved(visit, answer),
                seen_from(visit),
            )
        ),
        file_name(visit, "variazioni", year),
    )
    blocks: list[PaperBlock] = [_figures(visit, answer, listed)]
    if listed:
        blocks += _by_objective(visit, answer, listed)
    else:
        blocks.append(Paragraph(run(visit.worded("Da questo punto di vista l'anno non ha variazioni."))))
    for kind, changes in beside.items():
        why = ", ".join(dict.fromkeys(visit.worded(why_not(answer, change)) for change in changes))
        blocks.append(Heading(1, visit.worded(KINDS[kind])[:1].upper() + visit.worded(KINDS[kind])[1:]))
        blocks.append(
            Paragraph(run(visit.worded("Non è una variazione durante l'esercizio: %(why)s.", why=why)), "note")
        )
        blocks.append(_table(visit, answer, changes, visit.worded(KINDS[kind])))
    blocks += _annulled(visit, answer)
    return paper_of(visit, "variations", title, blocks, answer)


def rates_paper(visit: PlanVisit) -> Paper:
    """The change rates of the year of a visit, each with the list of what it counts."""
    year, answer = visit.year, visit.reading.changes(visit.year)
    rate = visit.reading.official_rate(year)
    official: Variant = rate["variant"] if rate else "any"
    title = PaperTitle(
        visit.worded("Tasso di modifica %(year)s", year=year),
        " ".join(
            (
                visit.worded("Obiettivi programmati toccati da una modifica in itinere, su quelli programmati."),
                _approved(visit, answer),
                seen_from(visit),
            )
        ),
        file_name(visit, "tasso", year),
    )
    blocks: list[PaperBlock] = [_figures(visit, answer, counted_changes(answer, ALL))]
    if rate:
        blocks.append(Paragraph(run(visit.said(rate["words"]))))
    rows = [
        Row(
            (
                cell(
                    (
                        Run(visit.worded(line.words)),
                        *((Run(f" {visit.worded('ufficiale')}", "soft"),) if line.official and rate else ()),
                    ),
                    is_head=True,
                ),
                cell(run(line.figure.numerator)),
                cell(run(line.figure.denominator)),
                cell((rate_run(visit, line.figure, "strong"),)),
            )
        )
        for line in variant_lines(visit, answer, official)
    ]
    caption = visit.worded("Le tre varianti: ciascuna sta dentro quella prima")
    blocks += [
        Heading(1, visit.worded("Le tre varianti")),
        PaperTable(caption, _rate_columns(visit, "Variante"), tuple(rows)),
    ]
    for variant, words in VARIANTS.items():
        objectives = answer["change_rate"][variant]["objectives"]
        if objectives:
            heading = visit.worded("Obiettivi contati: %(variant)s", variant=visit.worded(words))
            titles = [run(object_title(visit, f"objective/{objective}")) for objective in objectives]
            blocks += [Heading(2, heading), Items(tuple(titles))]
    if answer["counted"]["any"]:
        blocks.append(Heading(1, visit.worded("Chi, perché, quando")))
        for groups in rate_groups(visit, answer):
            blocks += _groups(visit, groups)
        blocks.append(Heading(1, visit.worded("Le modifiche che il tasso conta")))
        blocks.append(
            _table(visit, answer, counted_changes(answer, ALL), visit.worded("Le modifiche che il tasso conta"))
        )
    if answer["added"]:
        blocks.append(Heading(1, visit.worded("Obiettivi aggiunti in corso d'anno")))
        blocks.append(Items(tuple(run(object_title(visit, f"objective/{each}")) for each in answer["added"])))
    blocks += _annulled(visit, answer)
    return paper_of(visit, "rates", title, blocks, answer)


def _approved(visit: PlanVisit, answer: ChangesOfYear) -> str:
    if answer["approved_on"] is None:
        return visit.worded("L'anno non è ancora approvato.")
    day = day_words(answer["approved_on"])
    if answer["approved_by_act"]:
        return visit.worded("L'anno è approvato dal %(day)s.", day=day)
    return visit.worded("Nessun atto ha approvato l'anno: le modifiche si contano dal %(day)s.", day=day)


def _figures(visit: PlanVisit, answer: ChangesOfYear, changes: list[PlanChange]) -> KeyFigures:
    """How many there are, in which directions, and the rate."""
    rate = visit.reading.official_rate(visit.year)
    ceiling = rate["ceiling"] if rate else None
    ways = {
        way: sum(change["direction"] == way for change in changes)
        for way in ("easier", "harder", "neutral", "undetermined")
    }
    return KeyFigures(
        (
            KeyFigure(visit.worded("Modifiche in itinere"), str(len(changes))),
            KeyFigure(visit.worded("Più facili"), str(ways["easier"])),
            KeyFigure(
                visit.worded("Più difficili"),
                str(ways["harder"]),
                visit.worded(
                    "neutre %(neutral)s, indeterminate %(undetermined)s",
                    neutral=ways["neutral"],
                    undetermined=ways["undetermined"],
                ),
            ),
            KeyFigure(
                visit.worded("Tasso di modifica %(year)s", year=visit.year),
                percent_printed(visit, rate["rate"] if rate else answer["change_rate"]["any"]["rate"]),
                visit.worded("tetto %(ceiling)s", ceiling=signs(ceiling["text"])) if ceiling else "",
            ),
        )
    )


def _by_objective(visit: PlanVisit, answer: ChangesOfYear, changes: list[PlanChange]) -> Iterator[PaperBlock]:
    """A heading each objective with its table, in the order of the tree; what touches several is under the first."""
    order = {row["id"]: place for place, row in enumerate(visit.reading.document["objectives"])}
    groups: dict[str, list[PlanChange]] = {}
    for change in changes:
        groups.setdefault(next(iter(change["objectives"]), ""), []).append(change)
    for objective in sorted(groups, key=lambda each: (order.get(each, len(order)), each)):
        words = object_title(visit, f"objective/{objective}") if objective else visit.worded("Il piano")
        yield Heading(1, words)
        yield _table(visit, answer, groups[objective], words)


def _table(visit: PlanVisit, answer: ChangesOfYear, changes: list[PlanChange], caption: str) -> PaperTable:
    lines = change_lines(visit, answer, changes, {})
    columns = (
        PaperColumn(visit.worded("Che cosa"), 2.4),
        PaperColumn(visit.worded("Testo vigente"), 1.6),
        PaperColumn(visit.worded("Testo modificato"), 1.6),
        PaperColumn(visit.worded("Motivazione e atto"), 3.4),
        PaperColumn(visit.worded("In vigore dal"), 1.1),
    )
    words = visit.worded("Che cosa cambia, prima e dopo, e perché: %(of)s", of=caption)
    return PaperTable(
        words, columns, tuple(_row(visit, line, change) for line, change in zip(lines, changes, strict=True))
    )


def _row(visit: PlanVisit, line: ChangeLine, change: PlanChange) -> Row:
    by = revision_of(visit, change)
    before, after = (_as_printed(side, change) for side in (line.before, line.after))
    way = visit.worded(line.direction_words) if line.direction in {"easier", "harder"} else ""
    return Row(
        (
            cell(
                run(line.what),
                run(line.field, "soft"),
                run(line.under if change["indicator"] else "", "soft"),
                is_head=True,
            ),
            PaperCell(((Run(before, "struck", by),),)) if before != NOTHING else cell(run(NOTHING)),
            cell((Run(after, "inserted", by),) if after != NOTHING else run(NOTHING), run(way, "soft")),
            cell(*reason_lines(visit, change)),
            cell(
                run(day_words(line.since)),
                run(visit.worded("prima dell'atto") if line.retroactive else "", "soft"),
            ),
        ),
        by=by,
    )


def _as_printed(side: str, change: PlanChange) -> str:
    """A target with its signs as people print them; the words of an office as they are."""
    return signs(side) if change["aspect"] == "target" else side


def _rate_columns(visit: PlanVisit, first: str) -> tuple[PaperColumn, ...]:
    return (
        PaperColumn(visit.worded(first), 3),
        PaperColumn(visit.worded("Toccati"), 1, "right"),
        PaperColumn(visit.worded("Programmati"), 1, "right"),
        PaperColumn(visit.worded("Tasso"), 1, "right"),
    )


def _groups(visit: PlanVisit, groups: RateGroups) -> Iterator[PaperBlock]:
    """A table of one kind of group: each in the three variants."""
    yield Heading(2, visit.worded(groups.title))
    columns = (
        PaperColumn(visit.worded(groups.column), 2.5),
        *(PaperColumn(visit.worded(words), 1.4, "right") for words in VARIANTS.values()),
    )
    of = visit.worded("su")
    rows = [
        Row(
            (
                cell(run(group.name), is_head=True),
                *(
                    cell(
                        (
                            Run(f"{figure.numerator} {of} {figure.denominator} ", "soft"),
                            rate_run(visit, figure, "strong"),
                        )
                    )
                    for figure in group.figures
                ),
            )
        )
        for group in groups.groups
    ]
    yield PaperTable(visit.worded(groups.title), columns, tuple(rows))
    if groups.note:
        yield Paragraph(run(visit.worded(groups.note)), "note")


def _annulled(visit: PlanVisit, answer: ChangesOfYear) -> Iterator[PaperBlock]:
    """The changes that an annulment took out of the count."""
    if not answer["annulled"]:
        return
    yield Heading(1, visit.worded("Modifiche annullate"))
    items: list[PaperLine] = []
    for change in answer["annulled"]:
        key = change_key(change)
        way = DIRECTIONS.get(change["direction"] or "", "")
        said = [
            object_title(visit, key),
            visit.worded(KINDS[change["kind"]]),
            visit.worded(way) if way else "",
            visit.worded("annullata il %(day)s", day=day_words(change["annulled_on"])) if change["annulled_on"] else "",
            visit.worded("evento n. %(version)s", version=change["version"]),
        ]
        items.append(run(" · ".join(part for part in said if part)))
    yield Items(tuple(items))
