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
from domain.measurements.events import STATUS_WORDS
from domain.rounds.commands import CloseRound, OpenRound
from domain.vocabulary import JsonValue
from projections.contradictions import KINDS, contradictions
from projections.rounds import round_status, rounds

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
    said["round"] = found["id"] if isinstance(found, dict) else name
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
    with session.reading(database) as reader:
        found = rounds(reader, plan, point) if name is None else round_status(reader, plan, name, point)
    if as_json:
        output.emit(found)
    elif name is None:
        print_rounds(found)
    else:
        print_round(found, office)


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


def print_rounds(found: Row) -> None:
    """The rounds of a plan."""
    listed = _rows(found, "rounds")
    table = output.table("Monitoraggio", "Dati al", "Aperto il", "Entro il", "Chiuso il")
    for one in listed:
        days = [day(one[name]) if one[name] else "—" for name in ("as_at", "opened_on", "due_by", "closed_on")]
        output.rows(table, [(one["id"], *days)])
    output.show(table if listed else Text("Nessun monitoraggio."))


def print_round(found: Row, office: str | None) -> None:
    """How a round stands, office by office; the items of one office when it is named."""
    one = found["round"]
    if not isinstance(one, dict):
        return
    state = f"chiuso il {day(one['closed_on'])}" if one["closed_on"] else "aperto"
    due = f", risposte entro il {day(one['due_by'])}" if one["due_by"] else ""
    expected = (
        "" if found["expected_progress"] is None else f"; avanzamento atteso {percentage(found['expected_progress'])}"
    )
    heading = f"Monitoraggio al {day(one['as_at'])} · {found['plan']}"
    counts = f"indicatori {found['due']}, con una risposta {found['received']}, con un valore {found['values']}"
    output.show(output.title(heading, f"{state}{due}{expected}\n{counts}"))
    table = output.table(
        "Ufficio", "Dovuti", "Risposte", "Valori", "Tardi", right=("Dovuti", "Risposte", "Valori", "Tardi")
    )
    for row in _rows(found, "offices"):
        output.rows(table, [(row["office"], row["due"], row["received"], row["values"], row["late"])])
    output.show(table)
    if office is not None:
        for row in _rows(found, "offices"):
            if str(row["office"]).casefold() == office.casefold():
                for item in _rows(row, "items"):
                    output.show(output.entry("", str(item["name"]), list(_item(item))))
        return
    reminders = _rows(found, "reminders")
    output.show(Text(""), output.title(f"Solleciti ({len(reminders)})"))
    for reminder in reminders:
        output.show(Text(plain(f"- {reminder['words']}")))


def _item(item: Row) -> list[str]:
    targets = item["targets"]
    lines = [f"target: {', '.join(str(text) for text in targets) if isinstance(targets, list) else ''}"]
    if item["observed"] is not None:
        lines.append(f"valore {item['period']}: {item['observed']}")
    if item["status"] is not None:
        progress = f", {percentage(item['progress'])}" if item["progress"] is not None else ""
        lines.append(f"stato: {STATUS_WORDS[str(item['status'])]}{progress}")
    if item["note"]:
        lines.append(f"nota: {item['note']}")
    lines.append(f"arrivato: {CAME[str(item['came'])]}" if item["came"] else "non è arrivato nulla")
    return lines


def print_contradictions(found: Row) -> None:
    """What does not hold together, by kind."""
    one = found["round"]
    heading = f"Che cosa non torna · {found['plan']}"
    output.show(output.title(heading, f"dati al {day(one['as_at'])}" if isinstance(one, dict) else ""))
    listed = _rows(found, "contradictions")
    if not listed:
        output.show(Text("Nulla."))
    for kind, words in KINDS.items():
        of_kind = [row for row in listed if row["kind"] == kind]
        if of_kind:
            output.show(output.title(f"{words[:1].upper()}{words[1:]} ({len(of_kind)})"))
            for row in of_kind:
                output.show(Text(plain(f"- {row['words']}")))


def _rows(found: Row, field: str) -> list[Row]:
    listed = found[field]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
