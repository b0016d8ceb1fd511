"""The commands of deviations: what is short of its target, why, and what is done about it."""

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, group, records
from api.cli.recorded import tell
from api.cli.words import day, printable
from api.language.labels import REDACTED
from api.operations.deviations import DEVIATIONS
from domain.deviations.events import ACTION_STATES
from domain.measurements.events import STATUS_WORDS
from domain.periods import period_words
from projections.deviations import CorrectiveActions, DeviationRow, Deviations, deviation_lines


def print_deviations(_: Shown, answer: Deviations) -> None:
    """What is short of its target, or may be, or is said to be at risk, one by one; the others are counted."""
    counts = answer["counts"]
    output.show(
        output.title(
            f"Scostamenti {answer['year']} · {answer['plan']}",
            f"al {day(answer['as_of'])}: misurati {counts['measured']}, mancati {counts['missed']}, "
            f"a rischio {counts['at_risk']}, senza una causa {counts['without_cause']}",
        )
    )
    for row in answer["deviations"]:
        undirected = row["met"] is None and row["variance"] is not None
        if row["met"] is False or undirected or row["note"] or row["asks_cause"] or row["cause"] or row["actions"]:
            output.show(output.entry("", f"{row['name']} ({period_words(row['period'])})", list(_lines(row))))


def _lines(row: DeviationRow) -> list[str]:
    lines = [f"target: {', '.join(row['targets'])}"] if row["targets"] else []
    if row["observed"] is not None:
        lines.append(f"valore: {row['observed']}")
    if row["status"] is not None:
        lines.append(f"stato: {STATUS_WORDS[row['status']]}")
    if row["met"] is None and row["variance"] is not None:
        lines.append("non si sa se più è meglio o meno è meglio: la polarità va detta")
    return [printable(line) for line in (*lines, *deviation_lines(row))]


def print_actions(_: Shown, answer: CorrectiveActions) -> None:
    """The corrective actions of a plan."""
    output.show(output.title(f"Azioni correttive · {answer['plan']}", f"al {day(answer['as_of'])}"))
    if not answer["actions"]:
        output.show(Text("Nessuna."))
        return
    table = output.table("Azione", "Che cosa", "Per", "Ufficio", "Entro il", "Stato")
    for action in answer["actions"]:
        about = f"{action['name']} ({period_words(action['period'])})"
        cells = (action["id"], action["remedy"] or REDACTED, about, action["office"], day(action["due_by"]))
        output.rows(table, [(*cells, ACTION_STATES[action["state"]])])
    output.show(table)


COMMANDS = {
    "deviation": group(
        "deviation",
        "Gli scostamenti dai target: quanto manca, perché, che cosa si fa per rimediare.",
        {
            "list": asks(DEVIATIONS, {"list_deviations": print_deviations}),
            "explain": records(DEVIATIONS, "explain_deviation", tell),
            "actions": asks(DEVIATIONS, {"list_corrective_actions": print_actions}),
            "act": records(DEVIATIONS, "plan_corrective_action", tell),
            "reschedule": records(DEVIATIONS, "reschedule_corrective_action", tell),
            "end": records(DEVIATIONS, "end_corrective_action", tell),
        },
    )
}
