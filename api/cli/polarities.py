"""The commands of what plans leave unsaid: which indicators want their polarity told, telling it, and what a target means."""

from typing import get_args

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, records
from api.cli.recorded import tell
from api.cli.words import banner, printable
from api.language.closed_lists import code_words
from api.language.labels import POLARITIES
from api.operations.scoring import SCORING
from domain.indicators.commands import PolarityWord
from projections.undirected import Undirected


def print_undirected(shown: Shown, answer: Undirected) -> None:
    """The indicators, each with its targets, and how it is said of all of them in one go."""
    rows = answer["indicators"]
    output.show(output.title(f"Polarità da dire · {shown.subject}: {len(rows)}", banner(shown.point, shown.now)))
    if not rows:
        return
    table = output.table("Indicatore", "Anni", "Target", "In biblioteca")
    for row in rows:
        years = ", ".join(map(str, row["years"]))
        told = f"{POLARITIES[row['proposed']]} ({row['proposed_by']})" if row["proposed"] else "—"
        output.rows(table, [(row["name"], years, "; ".join(row["targets"]), told)])
    output.show(table)
    up, *others = code_words(get_args(PolarityWord)).values()
    example = f'initinere polarity {shown.subject} --verso "{rows[0]["name"]}={up}"'
    output.show(Text(printable(f"Si dicono tutte insieme: {example} (oppure {', '.join(others)}; --verso si ripete)")))


COMMANDS = {
    "undetermined": asks(SCORING, {"list_undetermined": print_undirected}),
    "polarity": records(SCORING, "state_polarities", tell),
    "interpret": records(SCORING, "interpret_target", tell),
}
