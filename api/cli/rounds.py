"""The commands of a monitoring round: open, status, what is due, check, close."""

import click
from rich.text import Text

from api.cli import output
from api.cli.collection import COLLECTION_COMMANDS
from api.cli.reader import Shown, asks, group, records
from api.cli.recorded import tell
from api.cli.words import day, percentage, printable
from api.operations.monitoring import ROUNDS
from domain.measurements.events import STATUS_WORDS
from domain.rounds.contradictions import KINDS
from projections.contradictions import Contradictions
from projections.dues import PlanDues
from projections.rounds import RoundItem, RoundList, RoundStatus

CAME = {
    "in_time": "in tempo",
    "late": "in ritardo",
    "after_closing": "dopo la chiusura",
    "not_knowable": "non si sa quando (caricato a posteriori)",
}


def print_rounds(_: Shown, rounds: RoundList) -> None:
    """The rounds of a plan."""
    listed = rounds["rounds"]
    table = output.table("Monitoraggio", "Dati al", "Aperto il", "Entro il", "Chiuso il")
    for round_ in listed:
        days = [day(round_[name]) if round_[name] else "—" for name in ("as_at", "opened_on", "due_by", "closed_on")]
        output.rows(table, [(round_["id"], *days)])
    output.show(table if listed else Text("Nessun monitoraggio."))


def print_round(shown: Shown, status: RoundStatus) -> None:
    """How a round stands, office by office; the items of one office when it is named."""
    round_, office = status["round"], shown.options["office"]
    state = f"chiuso il {day(round_['closed_on'])}" if round_["closed_on"] else "aperto"
    due = f", risposte entro il {day(round_['due_by'])}" if round_["due_by"] else ""
    expected = (
        "" if status["expected_progress"] is None else f"; avanzamento atteso {percentage(status['expected_progress'])}"
    )
    heading = f"Monitoraggio al {day(round_['as_at'])} · {status['plan']}"
    counts = f"indicatori {status['due']}, con una risposta {status['received']}, con un valore {status['values']}"
    output.show(output.title(heading, f"{state}{due}{expected}\n{counts}"))
    table = output.table(
        "Ufficio", "Dovuti", "Risposte", "Valori", "Tardi", right=("Dovuti", "Risposte", "Valori", "Tardi")
    )
    for row in status["offices"]:
        output.rows(table, [(row["office"], row["due"], row["received"], row["values"], row["late"])])
    output.show(table)
    if office is not None:
        for row in status["offices"]:
            if str(row["office"]).casefold() == office.casefold():
                for item in row["items"]:
                    output.show(output.entry("", str(item["name"]), list(_item(item))))
        return
    reminders = status["reminders"]
    output.show(Text(""), output.title(f"Solleciti ({len(reminders)})"))
    for reminder in reminders:
        output.show(Text(printable(f"- {reminder['words']}")))


def _item(item: RoundItem) -> list[str]:
    targets = item["targets"]
    lines = [f"target: {', '.join(targets)}"]
    if item["observed"] is not None:
        lines.append(f"valore {item['period']}: {item['observed']}")
    if item["status"] is not None:
        progress = f", {percentage(item['progress'])}" if item["progress"] is not None else ""
        lines.append(f"stato: {STATUS_WORDS[str(item['status'])]}{progress}")
    if item["note"]:
        lines.append(f"nota: {item['note']}")
    if item["by_system"]:
        return [*lines, "lo misura il sistema: non si chiede a nessuno"]
    lines.append(f"arrivato: {CAME[str(item['came'])]}" if item["came"] else "non è arrivato nulla")
    return lines


def print_contradictions(_: Shown, answer: Contradictions) -> None:
    """What does not hold together, by kind."""
    round_ = answer["round"]
    heading = f"Che cosa non torna · {answer['plan']}"
    output.show(output.title(heading, f"dati al {day(round_['as_at'])}"))
    listed = answer["contradictions"]
    if not listed:
        output.show(Text("Nulla."))
    for kind, words in KINDS.items():
        of_kind = [row for row in listed if row["kind"] == kind]
        if of_kind:
            output.show(output.title(f"{words[:1].upper()}{words[1:]} ({len(of_kind)})"))
            for row in of_kind:
                output.show(Text(printable(f"- {row['words']}")))


def print_dues(_: Shown, answer: PlanDues) -> None:
    """What is due, office by office, then each value with the last ones."""
    output.show(output.title(f"Che cosa è dovuto · {answer['plan']}", f"al {day(answer['as_of'])}"))
    if not answer["values"]:
        output.show(Text("Nulla."))
        return
    offices = output.table(
        "Ufficio", "Valori", "Stati", "Tardi", "Il primo entro il", right=("Valori", "Stati", "Tardi")
    )
    for row in answer["offices"]:
        due_by = day(row["due_by"]) if row["due_by"] else "—"
        output.rows(offices, [(row["office"], row["values"], row["statuses"], row["late"], due_by)])
    output.show(offices, Text(""))
    values = output.table("Indicatore", "Periodo", "Target", "Ultimo valore", "Entro il")
    for value in answer["values"]:
        last = value["last"][0]["observed"] if value["last"] else "—"
        due_by = day(value["due_by"]) if value["due_by"] else "—"
        output.rows(values, [(value["name"], value["period"], ", ".join(value["targets"]), last, due_by)])
    output.show(values)


COMMANDS = {
    "round": group(
        "round",
        "I monitoraggi: aprirli, raccogliere i dati, vedere che cosa manca e che cosa non torna, chiuderli.",
        {
            "open": records(ROUNDS, "open_round", tell),
            "close": records(ROUNDS, "close_round", tell),
            "status": asks(
                ROUNDS,
                {"list_rounds": print_rounds, "show_round": print_round},
                extra=(click.Option(["--office"], metavar="UFFICIO", help="Le voci di un solo ufficio, una per una."),),
            ),
            **COLLECTION_COMMANDS,
            "due": asks(ROUNDS, {"list_dues": print_dues}),
            "check": asks(ROUNDS, {"list_contradictions": print_contradictions}),
        },
    )
}
