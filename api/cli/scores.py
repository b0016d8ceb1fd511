"""The commands of scores: score, override."""

from decimal import Decimal

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, records
from api.cli.recorded import tell
from api.cli.trees import print_placed_twice, tree_words
from api.cli.words import banner, number, percentage, printable
from api.operations.scoring import SCORING
from domain.italian import print_number
from domain.scoring.numbers import HUNDREDTH, at_step
from domain.scoring.rule_names import RULE_NAMES
from projections.explanations import Explanation, explained
from projections.scores import Scores, TreeScore


def print_explanation(shown: Shown, explanation: Explanation) -> None:
    """One figure, down to its terms and events."""
    output.show(_heading(shown))
    output.copied("\n".join(explained(explanation)))


def _heading(shown: Shown) -> Text:
    basis = " · ex ante" if shown.query.basis == "ex_ante" else ""
    return output.title(f"Punteggi {shown.query.year} · {shown.subject}{basis}", banner(shown.point, shown.now))


def print_scores(shown: Shown, scores: Scores) -> None:
    """The body, the objectives level by level as the tree goes, what the revisions were worth, and the offices."""
    output.show(_heading(shown))
    body = scores["body"]
    covered = percentage(body["covered"]) if body["covered"] is not None else "nessuno"
    rules = scores["system"]["name"]
    lines = [
        f"Ente: {percentage(scores['score'])}; ex ante {percentage(scores['ex_ante'])}",
        f"differenza dovuta alle modifiche: {_signed(scores['difference'])}",
        f"peso coperto dai dati: {covered}; regole: {rules}",
    ]
    unscored = scores["unscored"]
    if unscored:
        listed = ", ".join(f"{RULE_NAMES.get(rule, rule)} {count}" for rule, count in unscored.items())
        lines.append(f"indicatori senza punteggio: {listed}")
    output.show(Text(printable("\n".join(lines))))
    table = output.table(
        "Obiettivo", "Punteggio", "Ex ante", "Coperto", "Fascia", right=("Punteggio", "Ex ante", "Coperto")
    )
    for objective in scores["objectives"]:
        if objective["standing"] == "outside" and objective["why_not"] is None:
            continue
        band = objective["band"]
        words = objective["why_not"] or (band["word"] if band else "—")
        name = " ".join(str(word) for word in (objective["code"], objective["title"]) if word) or objective["id"]
        figures = [
            percentage(objective[side]) if objective[side] is not None else "—"
            for side in ("score", "ex_ante", "covered")
        ]
        output.rows(table, [(name, *figures, words)])
    output.show(table)
    offices = output.table("Ufficio", "Punteggio", "Indicatori", right=("Punteggio", "Indicatori"))
    for office in scores["offices"]:
        score = percentage(office["score"]) if office["score"] is not None else "—"
        output.rows(offices, [(office["office"], score, len(office["places"]))])
    if scores["offices"]:
        output.show(offices)
    for tree in scores["trees"]:
        _print_tree(tree)


def _print_tree(tree: TreeScore) -> None:
    """A further tree: its nodes with their scores, and how those count that have no weight."""
    table = output.table(
        tree_words(tree["tree"]), "Peso", "Punteggio", "Coperto", "Fascia", right=("Peso", "Punteggio", "Coperto")
    )
    for node in tree["nodes"]:
        name = " ".join(filter(None, (node["code"], node["title"]))) or node["id"]
        figures = [percentage(figure) if figure is not None else "—" for figure in (node["score"], node["covered"])]
        weight = number(node["weight"]) if node["weight"] is not None else "—"
        band = node["band"]["word"] if node["band"] else "—"
        output.rows(table, [(f"{'  ' * node['depth']}{name}", weight, *figures, band)])
    output.show(table)
    lines = [f"in tutto: {percentage(tree['score']) if tree['score'] is not None else '—'}", *tree["notes"]]
    if tree["unplaced"]:
        lines.append(f"non stanno in nessun nodo: {', '.join(tree['unplaced'])}")
    output.show(Text(printable("\n".join(lines))))
    print_placed_twice(tree["placed_twice"])


def _signed(value: str | None) -> str:
    if value is None:
        return "non calcolabile"
    figure = at_step(Decimal(str(value)), HUNDREDTH, "half_up")
    return f"{'+' if figure > 0 else ''}{print_number(figure)} punti"


COMMANDS = {
    "score": asks(
        SCORING,
        {"show_scores": print_scores, "explain_score": print_explanation},
    ),
    "override": records(SCORING, "override_score", tell),
}
