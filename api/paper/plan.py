"""The plan on any two dates, on paper: every branch of one of its trees, with its indicators, targets, values and scores.

Or without whatever was observed, for those whom the results of a year reach when it is closed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from api.language.labels import PLAN_STATUSES
from api.pages.addresses import TREE
from api.pages.deviations import deviation_said, is_told, read_deviations
from api.pages.placed_twice import placed_twice_shown
from api.pages.plan_tree import BY_OBJECTIVES, Branch, IndicatorLine, PlanTree, node_score, plan_tree
from api.pages.templating import NOTHING, number_words, period_in_words
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
    run,
)
from api.paper.sheet import (
    PaperTitle,
    file_name,
    observed_run,
    paper_of,
    percent_printed,
    require_tree,
    score_line,
    seen_from,
    signs,
    target_lines,
    weight_run,
)
from projections.deviations import DeviationRow
from projections.plan_in_force import IndicatorInForce, PlanInForce

WIDE_FROM = 4
"""Years of targets from which the sheet lies on its long side."""


def plan_paper(visit: PlanVisit) -> Paper:
    """The plan by the tree that is asked for; Malformed for a tree that it does not have."""
    return _paper(visit, visit.reading.document, results=True)


def plan_without_results(visit: PlanVisit) -> Paper:
    """The same with nothing of what was observed: no value, no score, no status, neither printed nor as data."""
    return _paper(visit, _without_results(visit.reading.document), results=False)


def _without_results(document: PlanInForce) -> dict[str, object]:
    """The plan as its acts decided it."""
    cards = [
        {field: value for field, value in card.items() if field != "last_measured"} for card in document["indicators"]
    ]
    objectives = [
        {field: value for field, value in row.items() if field != "condition_met"} for row in document["objectives"]
    ]
    kept = {part: value for part, value in document.items() if part not in {"measurements", "statuses"}}
    return {**kept, "objectives": objectives, "indicators": cards}


def _paper(visit: PlanVisit, answer: Mapping[str, object], *, results: bool) -> Paper:
    reading, year = visit.reading, visit.year
    document = reading.document
    wanted = visit.query.get(TREE, BY_OBJECTIVES)
    tree = plan_tree(reading, year, wanted, lambda _: True, whole=True)
    require_tree(wanted, tree.trees)
    stands = visit.worded(PLAN_STATUSES[document["plan"]["status"]])
    beneath = visit.worded("Piano della performance %(first)s-%(last)s, %(stands)s.", first=document["plan"]["first_year"], last=document["plan"]["last_year"], stands=stands)  # fmt: skip
    title = PaperTitle(
        document["plan"]["title"],
        f"{beneath} {seen_from(visit)}",
        file_name(visit, "piano", *([wanted] if wanted != BY_OBJECTIVES else [])),
    )
    deviations = [row for row in read_deviations(visit, year)["deviations"] if is_told(row)] if results else []
    rows = _Branches(visit, tree, year, deviations, results=results)
    blocks: list[PaperBlock] = [rows.figures(), *rows.blocks()]
    if not tree.branches:
        blocks.append(Paragraph(run(visit.worded("A questa data il piano non ha obiettivi."))))
    if twice := placed_twice_shown(visit, wanted):
        blocks.append(Heading(1, visit.worded("Stanno in più posti dell'albero, e contano in ognuno")))
        blocks.append(Items(tuple(run(f"{row.name}: {'; '.join(row.nodes)}") for row in twice)))
    printed = _as_printed(visit, tree, answer, results=results) | ({"deviations": deviations} if results else {})
    return paper_of(visit, "plan", title, blocks, printed, wide=len(tree.years) >= WIDE_FROM)


def _as_printed(visit: PlanVisit, tree: PlanTree, answer: Mapping[str, object], *, results: bool) -> dict[str, object]:
    """The plan with all that is printed beside it: the scores of the year, its rate, the targets that stood before."""
    year, reading = visit.year, visit.reading
    before = {
        row.id: {str(of): shown.struck for of, shown in row.targets.items() if shown.struck}
        for branch in tree.branches
        for row in branch.indicators
    }
    return {
        **answer,
        "year": year,
        **({"scores": reading.scores(year)} if results else {}),
        "official_rate": reading.official_rate(year),
        "targets_before": {id_: struck for id_, struck in before.items() if struck},
    }


class _Branches:
    """The branches of a tree as headings and tables: one table each first branch, with its own branches as groups of rows."""

    def __init__(
        self, visit: PlanVisit, tree: PlanTree, year: int, deviations: Sequence[DeviationRow], *, results: bool
    ) -> None:
        self.visit, self.tree, self.year, self.results = visit, tree, year, results
        self.told: defaultdict[tuple[str, str], list[PaperLine]] = defaultdict(list)
        for row in deviations:
            self.told[row["subject"], row["id"]].append(self._deviation(row))
        self.indicators = {row["id"]: row for row in visit.reading.document["indicators"]}
        target = visit.worded("Target")
        self.columns = (
            PaperColumn(visit.worded("Indicatore"), 4.2),
            *([PaperColumn(visit.worded("Peso"), 0.7, "right")] if tree.weighted else ()),
            *(PaperColumn(f"{target} {each}", 1.5) for each in tree.years),
            *(
                (
                    PaperColumn(visit.worded("Osservato"), 1.3),
                    PaperColumn(visit.worded("Raggiunto %(year)s", year=year), 1.4),
                )
                if results
                else ()
            ),
        )

    def figures(self) -> KeyFigures:
        """What is looked for first."""
        visit, reading = self.visit, self.visit.reading
        rate = reading.official_rate(self.year)
        ceiling = rate["ceiling"] if rate else None
        return KeyFigures(
            (
                KeyFigure(visit.worded("Obiettivi"), str(len(reading.document["objectives"]))),
                KeyFigure(visit.worded("Indicatori"), str(self.tree.total)),
                *((self._performance(),) if self.results else ()),
                KeyFigure(
                    visit.worded("Tasso di modifica %(year)s", year=self.year),
                    percent_printed(visit, rate["rate"] if rate else None),
                    visit.worded("tetto %(ceiling)s", ceiling=signs(ceiling["text"])) if ceiling else "",
                ),
            )
        )

    def _performance(self) -> KeyFigure:
        visit, scores = self.visit, self.visit.reading.scores(self.year)
        standings = [row["standing"] for row in scores["indicators"]]
        return KeyFigure(
            visit.worded("Performance %(year)s", year=self.year),
            percent_printed(visit, node_score(scores["body"]).figure),
            visit.worded(
                "indicatori con dati: %(scored)s, dato mancante: %(missing)s",
                scored=standings.count("scored"),
                missing=standings.count("missing"),
            ),
        )

    def blocks(self) -> Iterator[PaperBlock]:
        """A heading each first branch, and its table."""
        rows: list[Row] = []
        first: Branch | None = None
        for branch in self.tree.branches:
            if branch.depth == 0:
                yield from self._table(first, rows)
                rows, first = [], branch
                yield Heading(1, _called(branch))
                if beneath := self._of_branch(branch):
                    yield Paragraph(beneath, "note")
                for line in self._of_objective(branch):
                    yield Paragraph(line, "note")
            else:
                rows.append(self._group(branch))
            rows += [self._indicator(row) for row in branch.indicators]
        yield from self._table(first, rows)

    def _table(self, branch: Branch | None, rows: list[Row]) -> Iterator[PaperTable]:
        if rows:
            called, worded = _called(branch) if branch else "", self.visit.worded
            words = (
                worded("Indicatori, target e risultati: %(branch)s", branch=called)
                if self.results
                else worded("Indicatori e target: %(branch)s", branch=called)
            )
            yield PaperTable(words, self.columns, tuple(rows), self._group(branch) if branch else None)

    def _of_branch(self, branch: Branch) -> PaperLine:
        weight = (
            self.visit.worded("peso %(weight)s", weight=number_words(branch.weight, self.visit.language))
            if branch.weight is not None
            else ""
        )
        beside = run(" · ".join(part for part in (weight, branch.offices) if part), "soft")
        if not self.results or branch.score is None or branch.score.figure is None:
            return beside
        reached = self.visit.worded("punteggio")
        return (*beside, Run(f"{' · ' if beside else ''}{reached} ", "soft"), *score_line(self.visit, branch.score))

    def _of_objective(self, branch: Branch) -> list[PaperLine]:
        return [line for line in self.told["objective", branch.id] if line] if branch.is_objective else []

    def _group(self, branch: Branch) -> Row:
        named = PaperCell(
            tuple(
                line
                for line in (run(_called(branch), "strong"), self._of_branch(branch), *self._of_objective(branch))
                if line
            ),
            is_head=True,
            columns=len(self.columns),
        )
        last = len(self.columns) - 1
        figures = [(last, PaperCell((score_line(self.visit, branch.score),)))] if branch.score and self.results else []
        if self.tree.weighted:
            figures.append((1, PaperCell(((weight_run(self.visit, branch.weight),),))))
        return Row((named,), "group", branch.depth, figures=tuple(figures))

    def _indicator(self, row: IndicatorLine) -> Row:
        card = self.indicators[row.id]
        return Row(
            (
                PaperCell(
                    tuple(
                        line
                        for line in (run(row.name), *self._of_card(row, card), *self.told["indicator", row.id])
                        if line
                    ),
                    is_head=True,
                ),
                *([PaperCell(((weight_run(self.visit, row.weight),),))] if self.tree.weighted else ()),
                *(
                    PaperCell(target_lines(shown, _meanings(self.visit, card, year)))
                    for year, shown in row.targets.items()
                ),
                *(self._results(row) if self.results else ()),
            )
        )

    def _deviation(self, row: DeviationRow) -> PaperLine:
        """How far what was observed in a period is from its target, why, and what is done about it."""
        visit = self.visit
        said = "; ".join(deviation_said(visit, row))
        return run(f"{period_in_words(row['period'], visit.language)}: {said}" if said else "", "soft")

    def _results(self, row: IndicatorLine) -> tuple[PaperCell, PaperCell]:
        observed = (observed_run(row.observed), Run(f" {row.period}", "soft")) if row.observed else run(NOTHING)
        if row.observed and row.provisional:
            observed = (*observed, Run(f" {self.visit.worded('provvisorio')}", "soft"))
        return PaperCell((observed,)), PaperCell((score_line(self.visit, row.score),))

    def _of_card(self, row: IndicatorLine, card: IndicatorInForce) -> Iterator[PaperLine]:
        if card["formula"] and not card.get("name_from_formula"):
            yield run(self.visit.worded("Formula: %(formula)s", formula=card["formula"]), "soft")
        if card["source"]:
            yield run(self.visit.worded("Fonte: %(source)s", source=card["source"]), "soft")
        yield run(row.offices, "soft")


def _meanings(visit: PlanVisit, card: IndicatorInForce, year: int) -> dict[str, str]:
    """What the office says that a target means whose text is not read, by the text."""
    return {
        str(target["text"]): visit.worded("Interpretato: %(meaning)s", meaning=signs(target["meaning"]))
        for target in card["targets"]
        if target["year"] == year and target.get("meaning")
    }


def _called(branch: Branch) -> str:
    return f"{branch.code} {branch.title}".strip() or branch.id
