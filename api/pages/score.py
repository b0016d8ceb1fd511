"""The page of one score: how it comes about, down to the events."""

from collections.abc import Iterator

from starlette.responses import Response

from api.pages import addresses
from api.pages.frame import render
from api.pages.recorded_event import EventAddresses
from api.pages.score_explained import NodeExplained, SourceEvent, node_explained, source_event
from api.pages.score_lines import node_address
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.errors import NotFound
from domain.scoring.basis import Basis
from domain.scoring.tree import BODY
from projections.explanations import WHOLE, explained_score

BASES: dict[str, str] = {"vigore": "Contro i target in vigore", "ex-ante": "Contro i target approvati"}
COLUMNS = ("che cosa", "voce", "conta per punti", "punteggio", "regola", "calcolo", "perché non conta", "in vigore dal", "registrato il", "atto", "motivazione", "evento")  # fmt: skip
WORDED = ("che cosa", "regola", "calcolo", "perché non conta")
NOTHING_MORE = ("", "", "", "", "")


def score_page(visit: PlanVisit) -> Response:
    """One score of the year of the visit; NotFound for what is neither an objective nor an indicator of it."""
    reading, year, node = visit.reading, visit.year, visit.parts["node"]
    chosen = visit.choice("base", BASES)
    basis: Basis = "ex_ante" if chosen == "ex-ante" else "in_force"
    other: Basis = "in_force" if basis == "ex_ante" else "ex_ante"
    explained = explained_score(reader=reading.reader, known=reading.known, scored=reading.scored(year, basis),
                                point=visit.point, node=node)  # fmt: skip
    beside = explained_score(reading.reader, reading.known, reading.scored(year, other), visit.point, node)
    if node.casefold() not in WHOLE and explained["explanation"]["node"] == "body":
        raise NotFound(f"il punteggio {node[:80]!r} non c'è", accepted="un obiettivo o un indicatore", where="node")
    shown = node_explained(visit, explained["explanation"])
    rules = explained["system"]["event"]
    if wants_file(visit):
        return score_file(visit, shown)
    data = "/scores/" + ("body" if node == BODY else node)
    return render(
        "score.html",
        shown.title[:1].upper() + shown.title[1:],
        visit.frame(these_rows(visit, visit.data(data, {"year": str(year), "basis": basis}))),
        visit.language,
        verbatim=True,
        scripts=("pages.js",),
        year=year,
        node=shown,
        beside=node_explained(visit, beside["explanation"]).score,
        crumbs=_crumbs(visit, explained["explanation"]["node"]),
        rules=explained["system"],
        rules_event=source_event(visit, EventAddresses(visit), rules) if rules else None,
        chosen=chosen,
        bases=visit.choices("base", BASES, "vigore"),
        year_choices=visit.choices("anno", {str(each): str(each) for each in reading.history.years}),
        scores_address=visit.to(addresses.SCORES, {"anno": str(year)}),
        indicator_address=visit.to(addresses.INDICATOR, indicator=explained["explanation"]["node"].partition("/")[2])
        if shown.is_indicator
        else "",
    )


def score_file(visit: PlanVisit, shown: NodeExplained) -> Response:
    """A score to take away, with what it comes about by."""
    name = f"punteggio-{visit.plan}-{visit.parts['node']}-{visit.year}"
    return table_file(visit, name, COLUMNS, _rows(shown), WORDED)


def _rows(node: NodeExplained) -> Iterator[tuple[object, ...]]:
    """The score, its targets, what was observed, its parts, and the events that the figures come from: a row each."""
    score = node.score
    yield ("il punteggio", node.title, None, score.figure, node.rule, node.arithmetic, score.why_not, *NOTHING_MORE)
    for target in node.targets:
        yield ("un target", target.text, None, target.achievement, "", target.arithmetic, "", *NOTHING_MORE)
    if node.observation is not None:
        seen = f"{node.observation.text} ({node.observation.period})"
        yield ("il valore osservato", seen, None, None, "", node.observation.computed, "", *NOTHING_MORE)
    for part in node.parts:
        figures = (part.points, part.score.figure, part.rule, part.arithmetic, part.why_not)
        yield ("una parte", part.title, *figures, *NOTHING_MORE)
    for row in node.figure.objectives if node.figure else ():
        what = "un obiettivo modificato" if row.touched else "un obiettivo programmato"
        yield (what, row.title, None, None, "", "", "", *NOTHING_MORE)
        yield from (_event_row(event, row.title) for event in row.events)
    for event in node.events:
        yield _event_row(event, "")


def _event_row(event: SourceEvent, of: str) -> tuple[object, ...]:
    return (
        event.what, of, None, None, "", "", "",
        event.since, event.recorded_at, event.act, event.reason, event.version,
    )  # fmt: skip


def _crumbs(visit: PlanVisit, key: str) -> list[tuple[str, str]]:
    """What is above a node, from the whole down."""
    crumbs: list[tuple[str, str]] = []
    scores = visit.reading.scores(visit.year)
    parents = {row["id"]: row["parent"] for row in scores["objectives"]}
    titles = {row["id"]: row["title"] or row["id"] for row in scores["objectives"]}
    kind, _, id_ = key.partition("/")
    above: str | None = parents.get(id_)
    if kind == "indicator":
        places = next((row["places"] for row in scores["indicators"] if row["id"] == id_), [])
        above = places[0]["objective"] if places else None
    passed: set[str] = set()
    while above is not None and above in titles and above not in passed:
        passed.add(above)
        crumbs.append((titles[above], node_address(visit, above)))
        above = parents.get(above)
    if key != "body":
        crumbs.append((visit.worded("Ente nel suo insieme"), node_address(visit, "body")))
    return crumbs[::-1]
