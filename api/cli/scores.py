"""The commands of scores: score, override."""

from decimal import Decimal

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, records
from api.cli.recorded import tell
from api.cli.words import banner, percentage, plain
from domain.italian import print_number
from domain.scoring.numbers import at_step
from domain.scoring.rule_names import RULE_NAMES
from projections.explanations import Explanation, explained
from projections.scores import Scores


def print_explanation(shown: Shown, found: Explanation) -> None:
    """One figure, down to its terms and events."""
    output.show(_heading(shown))
    output.copied("\n".join(explained(found)))


def _heading(shown: Shown) -> Text:
    basis = " · ex ante" if shown.query.basis == "ex_ante" else ""
    return output.title(f"Punteggi {shown.query.year} · {shown.subject}{basis}", banner(shown.point, shown.now))


def print_scores(shown: Shown, found: Scores) -> None:
    """The body, the objectives level by level as the tree goes, what the revisions were worth, and the offices."""
    output.show(_heading(shown))
    body = found["body"]
    covered = percentage(body["covered"]) if body["covered"] is not None else "nessuno"
    rules = found["system"]["name"]
    lines = [
        f"Ente: {percentage(found['score'])}; ex ante {percentage(found['ex_ante'])}",
        f"differenza dovuta alle modifiche: {_signed(found['difference'])}",
        f"peso coperto dai dati: {covered}; regole: {rules}",
    ]
    unscored = found["unscored"]
    if unscored:
        listed = ", ".join(f"{RULE_NAMES.get(rule, rule)} {count}" for rule, count in unscored.items())
        lines.append(f"indicatori senza punteggio: {listed}")
    output.show(Text(plain("\n".join(lines))))
    table = output.table(
        "Obiettivo", "Punteggio", "Ex ante", "Coperto", "Fascia", right=("Punteggio", "Ex ante", "Coperto")
    )
    for one in found["objectives"]:
        if one["standing"] == "outside" and one["why_not"] is None:
            continue
        band = one["band"]
        words = one["why_not"] or (band["word"] if band else "—")
        name = " ".join(str(word) for word in (one["code"], one["title"]) if word) or one["id"]
        figures = [percentage(one[side]) if one[side] is not None else "—" for side in ("score", "ex_ante", "covered")]
        output.rows(table, [(name, *figures, words)])
    output.show(table)
    offices = output.table("Ufficio", "Punteggio", "Indicatori", right=("Punteggio", "Indicatori"))
    for office in found["offices"]:
        score = percentage(office["score"]) if office["score"] is not None else "—"
        output.rows(offices, [(office["office"], score, len(office["places"]))])
    if found["offices"]:
        output.show(offices)


def _signed(value: str | None) -> str:
    if value is None:
        return "non calcolabile"
    figure = at_step(Decimal(str(value)), Decimal("0.01"), "half_up")
    return f"{'+' if figure > 0 else ''}{print_number(figure)} punti"


COMMANDS = {
    "score": asks(
        {"show_scores": print_scores, "explain_score": print_explanation},
    ),
    "override": records("override_score", tell),
}
