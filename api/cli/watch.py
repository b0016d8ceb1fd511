"""What people are told of what is to be completed in a plan."""

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown
from api.cli.words import banner, printable
from domain.oiv.lacking import LACK_WORDS
from projections.watch import PlanWatch


def print_watch(shown: Shown, answer: PlanWatch) -> None:
    """How much is lacking of what, then a row each, with all that it lacks."""
    heading = f"Che cosa va completato · {shown.subject} · {answer['year']}"
    output.show(output.title(heading, banner(shown.point, shown.now)))
    if not answer["counts"]:
        output.show(Text("Nulla."))
        return
    output.show(Text(", ".join(f"{LACK_WORDS[lack]}: {count}" for lack, count in answer["counts"].items())))
    if answer["objectives"]:
        table = output.table("Obiettivo", "Che cosa manca")
        for objective in answer["objectives"]:
            lacks = ", ".join(LACK_WORDS[lack] for lack in objective["lacks"])
            output.rows(table, [(printable(objective["name"]), lacks)])
        output.show(table)
    if answer["indicators"]:
        table = output.table("Indicatore", "Uffici", "Che cosa manca")
        for row in answer["indicators"]:
            lacks = ", ".join(LACK_WORDS[lack] for lack in row["lacks"])
            if row["said"] is not None:
                lacks += f" (registrato: {row['said']})"
            output.rows(table, [(printable(row["name"]), ", ".join(row["offices"]), lacks)])
        output.show(table)
