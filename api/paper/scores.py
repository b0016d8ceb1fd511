"""The scores of a year on paper: targets, results and percentages, as the tables of the Relazione have them."""

from collections.abc import Iterator

from api.pages.addresses import TREE
from api.pages.plan_tree import BY_OBJECTIVES, node_score
from api.pages.score_lines import ScoreLine, score_lines, score_trees
from api.pages.templating import NOTHING, number_words, period_in_words, points_words
from api.pages.visit import PlanVisit
from api.paper.model import (
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
    Run,
    cell,
    run,
    text_of,
)
from api.paper.sheet import (
    PaperTitle,
    file_name,
    observed_run,
    paper_of,
    percent_printed,
    percent_run,
    require_tree,
    score_line,
    seen_from,
    weight_run,
    written_run,
)
from projections.scores import IndicatorScoreRow


def scores_paper(visit: PlanVisit) -> Paper:
    """The scores of the year of a visit, by the tree that is asked for; Malformed for one that it does not have."""
    reading, year = visit.reading, visit.year
    scores = reading.scores(year)
    trees, wanted = score_trees(scores), visit.query.get(TREE, BY_OBJECTIVES)
    require_tree(wanted, trees)
    lines = score_lines(visit, scores, wanted)
    body = node_score(scores["body"])
    title = PaperTitle(
        visit.worded("Risultati e punteggi %(year)s", year=year),
        " ".join(
            (
                reading.document["plan"]["title"] + ".",
                visit.worded("Regole: %(system)s.", system=visit.worded(scores["system"]["name"])),
                seen_from(visit),
            )
        ),
        file_name(visit, "punteggi", year, *([wanted] if wanted != BY_OBJECTIVES else [])),
    )
    standings = [row["standing"] for row in scores["indicators"]]
    figures = KeyFigures(
        (
            KeyFigure(
                visit.worded("Contro i target in vigore"),
                percent_printed(visit, body.figure),
                visit.worded("parziale") if body.partial else visit.said(body.band) if body.band else "",
            ),
            KeyFigure(
                visit.worded("Contro i target approvati"),
                percent_printed(visit, scores["ex_ante"]),
                visit.worded("differenza %(points)s", points=points_words(scores["difference"], visit.language)),
            ),
            KeyFigure(visit.worded("Indicatori con dati"), str(standings.count("scored"))),
            KeyFigure(visit.worded("Dato mancante"), str(standings.count("missing"))),
        )
    )
    blocks: list[PaperBlock] = [
        figures,
        *_Lines(visit, lines, {row["id"]: row for row in scores["indicators"]}).blocks(),
    ]
    if not lines:
        blocks.append(Paragraph(run(visit.worded("L'anno non ha nulla da calcolare."))))
    return paper_of(visit, "scores", title, blocks, scores)


class _Lines:
    """The rows of a tree: a heading each first branch with its table, the branches below as groups of rows."""

    def __init__(self, visit: PlanVisit, lines: list[ScoreLine], rows: dict[str, IndicatorScoreRow]) -> None:
        self.visit, self.lines = visit, lines
        self.rows = rows
        self.columns = (
            PaperColumn(visit.worded("Indicatore"), 3.6),
            PaperColumn(visit.worded("Peso"), 0.7, "right"),
            PaperColumn(visit.worded("Target %(year)s", year=visit.year), 1.7),
            PaperColumn(visit.worded("Risultato"), 1.5),
            PaperColumn(visit.worded("Raggiunto"), 1.3),
            PaperColumn(visit.worded("Contro l'approvato"), 1.1, "right"),
        )

    def blocks(self) -> Iterator[PaperBlock]:
        branch: Row | None = None
        rows: list[Row] = []
        for line in self.lines:
            if line.is_group and line.depth == 0:
                yield from self._table(branch, rows)
                branch, rows = self._group(line), []
                yield Heading(1, line.title)
                yield Paragraph(self._of_group(line), "note")
            else:
                rows.append(self._group(line) if line.is_group else self._indicator(line))
        yield from self._table(branch, rows)

    def _table(self, branch: Row | None, rows: list[Row]) -> Iterator[PaperTable]:
        if rows:
            caption = text_of(branch.cells[0].lines[0]) if branch else ""
            words = self.visit.worded("Target, risultati e punteggi: %(branch)s", branch=caption)
            yield PaperTable(words, self.columns, tuple(rows), branch)

    def _group(self, line: ScoreLine) -> Row:
        """A branch as a row: what it is called and its figures in one cell, and each figure for its column."""
        visit = self.visit
        said = PaperCell((run(line.title, "strong"), self._of_group(line)), is_head=True, columns=len(self.columns))
        figures = (
            (1, cell((weight_run(visit, line.weight),))),
            (4, cell(score_line(visit, line.score))),
            (5, cell((percent_run(visit, line.ex_ante),))),
        )
        return Row((said,), "group", line.depth, figures=figures)

    def _of_group(self, line: ScoreLine) -> PaperLine:
        visit = self.visit
        weight = number_words(line.weight, visit.language) if line.weight is not None else ""
        said: list[Run] = [Run(visit.worded("peso %(weight)s", weight=weight) + " · ", "soft")] if weight else []
        said += score_line(visit, line.score)
        if line.ex_ante is not None:
            against = visit.worded("contro i target approvati %(score)s", score=percent_printed(visit, line.ex_ante))
            said.append(Run(f" · {against}", "soft"))
        if line.forced:
            said.append(Run(f" · {visit.worded('forzato')}", "soft"))
        return tuple(said)

    def _indicator(self, line: ScoreLine) -> Row:
        visit, row = self.visit, self.rows.get(line.node)
        targets = [(written_run(target["text"]),) for target in row["targets"]] if row else []
        observed: PaperLine = run(NOTHING)
        if row is not None and row["observed"]:
            period = period_in_words(row["period"] or "", visit.language)
            provisional = f" {visit.worded('provvisorio')}" if row["finality"] == "provisional" else ""
            observed = (observed_run(row["observed"]), Run(f" {period}{provisional}", "soft"))
        note = visit.said(row["note"]) if row is not None and row["note"] else ""
        return Row(
            (
                cell(run(line.title), run(note, "soft"), is_head=True),
                cell((weight_run(visit, line.weight),)),
                PaperCell(tuple(targets) or (run(NOTHING),)),
                cell(observed),
                cell(
                    score_line(visit, line.score),
                    run(visit.worded("forzato") if line.forced else "", "soft"),
                ),
                cell((percent_run(visit, line.ex_ante),)),
            )
        )
