"""The commands of a monitoring round: open, status, check, close."""

from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.changes import answer
from api.cli.groups import group
from api.cli.scores import percentage
from api.cli.words import day, plain
from api.commands.evaluation import close_round, open_round
from api.formats.json_reader import into
from domain.measurements.printer import STATUS_WORDS
from domain.rounds.commands import CloseRound, OpenRound
from domain.rounds.contradictions import KINDS
from domain.vocabulary import JsonValue
from projections.contradictions import Contradictions, contradictions
from projections.rounds import RoundItem, RoundList, RoundStatus, round_status, rounds

Row = dict[str, JsonValue]

command = group("round", "I monitoraggi: aprirli, vedere che cosa manca e che cosa non torna, chiuderli.")

RoundArgument = Annotated[
    str,
    typer.Argument(metavar="MONITORAGGIO", help="L'id, oppure la data dei dati: 2022-06-30.", show_default=False),
]
CAME = {
    "in_time": "in tempo",
    "late": "in ritardo",
    "after_closing": "dopo la chiusura",
    "not_knowable": "non si sa quando (caricato a posteriori)",
}


@command("open")
def open_(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    *,
    as_at: Annotated[
        date, typer.Option("--as-at", parser=o.read_day, metavar="DATA", help="La data dei dati.", show_default=False)
    ],
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Un nome; altrimenti si fa dalla data.")
    ] = None,
    opened_on: Annotated[
        date | None, typer.Option("--opened-on", parser=o.read_day, metavar="DATA", help="Da quando; da oggi.")
    ] = None,
    due_by: Annotated[
        date | None, typer.Option("--due-by", parser=o.read_day, metavar="DATA", help="Entro quando si risponde.")
    ] = None,
    office: Annotated[
        list[str] | None, typer.Option("--office", metavar="UFFICIO", help="Solo questo ufficio; si ripete.")
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option("--level", metavar="LIVELLO", help="Solo questo livello; si ripete.")
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option("--objective", metavar="OBIETTIVO", help="Solo questo obiettivo, con ciò che gli sta sotto."),
    ] = None,
    retrospective: Annotated[
        bool, typer.Option("--retrospective", help="Un monitoraggio di allora, registrato a posteriori.")
    ] = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Apre un monitoraggio: i dati a una data, di chi, entro quando."""
    said: Row = {
        "as_at": as_at.isoformat(),
        "round": name,
        "opened_on": opened_on.isoformat() if opened_on else None,
        "due_by": due_by.isoformat() if due_by else None,
        "scope": {"offices": list(office or ()), "levels": list(level or ()), "objectives": list(objective or ())},
        "retrospective": retrospective,
    }
    with session.serving(database) as service:
        outcome = open_round(service, plan, into(OpenRound, said), session.caller(actor, command_id))
        answer(service, outcome, as_json=as_json)


@command("close")
def close(
    plan: o.PlanArgument,
    name: RoundArgument,
    *,
    closed_on: Annotated[
        date | None, typer.Option("--closed-on", parser=o.read_day, metavar="DATA", help="Quando; oggi.")
    ] = None,
    retrospective: Annotated[
        bool, typer.Option("--retrospective", help="Una chiusura di allora, registrata a posteriori.")
    ] = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Chiude un monitoraggio: ciò che arriva dopo si registra, e dice che è arrivato dopo."""
    said: Row = {"round": name, "closed_on": closed_on.isoformat() if closed_on else None}
    with session.reading(database) as reader:
        found = round_status(reader, plan, name, o.point(None, None))["round"]
    said["round"] = found["id"]
    with session.serving(database) as service:
        made = into(CloseRound, said | {"retrospective": retrospective})
        answer(service, close_round(service, plan, made, session.caller(actor, command_id)), as_json=as_json)


@command("status")
def status(
    plan: o.PlanArgument,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[MONITORAGGIO]", help="L'id, o la data dei dati; senza, li elenca.", show_default=False
        ),
    ] = None,
    *,
    office: Annotated[
        str | None, typer.Option("--office", metavar="UFFICIO", help="Le voci di un solo ufficio, una per una.")
    ] = None,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra che cosa ogni ufficio deve, che cosa è arrivato, che cosa in ritardo, e i solleciti."""
    point = o.point(as_of, known_at)
    if name is None:
        with session.reading(database) as reader:
            listed = rounds(reader, plan, point)
        if as_json:
            output.emit(listed)
        else:
            print_rounds(listed)
        return
    with session.reading(database) as reader:
        stands = round_status(reader, plan, name, point)
    if as_json:
        output.emit(stands)
    else:
        print_round(stands, office)


@command("check")
def check(
    plan: o.PlanArgument,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[MONITORAGGIO]", help="L'id, o la data dei dati; senza, --as-of.", show_default=False),
    ] = None,
    *,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra che cosa non torna: parole contro cifre, cifre senza valore, una frase per molti."""
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        found = contradictions(reader, plan, point, name=name)
    if as_json:
        output.emit(found)
    else:
        print_contradictions(found)


def print_rounds(answer: RoundList) -> None:
    """The rounds of a plan."""
    table = output.table("Monitoraggio", "Dati al", "Aperto il", "Entro il", "Chiuso il")
    for row in answer["rounds"]:
        days = [row["as_at"], row["opened_on"], row["due_by"], row["closed_on"]]
        output.rows(table, [(row["id"], *(day(text) if text else "—" for text in days))])
    output.show(table if answer["rounds"] else Text("Nessun monitoraggio."))


def print_round(answer: RoundStatus, office: str | None) -> None:
    """How a round stands, office by office; the items of one office when it is named."""
    row = answer["round"]
    state = f"chiuso il {day(row['closed_on'])}" if row["closed_on"] else "aperto"
    due = f", risposte entro il {day(row['due_by'])}" if row["due_by"] else ""
    progress = answer["expected_progress"]
    expected = "" if progress is None else f"; avanzamento atteso {percentage(progress)}"
    heading = f"Monitoraggio al {day(row['as_at'])} · {answer['plan']}"
    counts = f"indicatori {answer['due']}, con una risposta {answer['received']}, con un valore {answer['values']}"
    output.show(output.title(heading, f"{state}{due}{expected}\n{counts}"))
    table = output.table(
        "Ufficio", "Dovuti", "Risposte", "Valori", "Tardi", right=("Dovuti", "Risposte", "Valori", "Tardi")
    )
    for part in answer["offices"]:
        output.rows(table, [(part["office"], part["due"], part["received"], part["values"], part["late"])])
    output.show(table)
    if office is not None:
        for part in answer["offices"]:
            if part["office"].casefold() == office.casefold():
                for item in part["items"]:
                    output.show(output.entry("", str(item["name"]), _item(item)))
        return
    output.show(Text(""), output.title(f"Solleciti ({len(answer['reminders'])})"))
    for reminder in answer["reminders"]:
        output.show(Text(plain(f"- {reminder['words']}")))


def _item(item: RoundItem) -> list[str]:
    lines = [f"target: {', '.join(item['targets'])}"]
    if item["observed"] is not None:
        lines.append(f"valore {item['period']}: {item['observed']}")
    if item["status"] is not None:
        progress = f", {percentage(item['progress'])}" if item["progress"] is not None else ""
        lines.append(f"stato: {STATUS_WORDS[item['status']]}{progress}")
    if item["note"]:
        lines.append(f"nota: {item['note']}")
    lines.append(f"arrivato: {CAME[item['came']]}" if item["came"] else "non è arrivato nulla")
    return lines


def print_contradictions(answer: Contradictions) -> None:
    """What does not hold together, by kind."""
    heading = f"Che cosa non torna · {answer['plan']}"
    output.show(output.title(heading, f"dati al {day(answer['round']['as_at'])}"))
    if not answer["contradictions"]:
        output.show(Text("Nulla."))
    for kind, words in KINDS.items():
        of_kind = [row for row in answer["contradictions"] if row["kind"] == kind]
        if of_kind:
            output.show(output.title(f"{words[:1].upper()}{words[1:]} ({len(of_kind)})"))
            for row in of_kind:
                output.show(Text(plain(f"- {row['words']}")))
