"""The commands that tell how a plan came to be: history, audit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.words import (
    CAUSES,
    DIRECTIONS,
    KINDS,
    act_words,
    banner,
    called,
    day,
    field_name,
    instant,
    plain,
    said,
)
from api.formats.audit_export import as_csv, as_json_lines
from domain.names import Names
from domain.point import Point
from projections.audit import AuditRow, Filter, audit_trail, names_of
from projections.history import History, HistoryValue
from projections.history import history as history_of
from projections.store.reader import Reader
from projections.store.store import now_in_utc
from projections.streams import find_plan

DEFAULT_LIMIT = 50


@command()
def history(
    plan: o.PlanArgument,
    indicator: o.SubjectArgument,
    *,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra ogni valore che un indicatore o un obiettivo ha avuto: da quando, per quale atto, perché, chi."""
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        answer = history_of(reader, plan, indicator, point)
        names = names_of(reader, find_plan(reader, plan, point.known_at))
        acts = act_table(reader, plan)
    if as_json:
        output.emit(answer)
    else:
        print_history(answer, names, acts, point)


@command()
def audit(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    *,
    since: Annotated[
        date | None, typer.Option("--since", parser=o.read_day, metavar="DATA", help="In vigore da questa data.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", parser=o.read_day, metavar="DATA", help="Fino a questa, compresa.")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="RUOLO", help="Registrati da questo ruolo.")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", parser=o.read_kind, metavar="NATURA", help=f"La natura: {', '.join(KINDS)}."),
    ] = None,
    object_: Annotated[
        str | None, typer.Option("--object", metavar="OGGETTO", help="Di questo obiettivo o indicatore.")
    ] = None,
    event: Annotated[
        str | None,
        typer.Option(
            "--event", parser=o.read_topic, metavar="TIPO", help="Di questo tipo, per esempio target-revised."
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", parser=o.read_role, metavar="RUOLO", help="Sotto questo ruolo: oiv, giunta..."),
    ] = None,
    act: Annotated[str | None, typer.Option("--act", metavar="ATTO", help="Con questo atto, per id.")] = None,
    cause: Annotated[
        str | None,
        typer.Option("--cause", parser=o.read_cause, metavar="CAUSA", help=f"Per questa causa: {', '.join(CAUSES)}."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="PAROLE", help="Che dicono queste parole, anche nella motivazione.")
    ] = None,
    recorded_since: Annotated[
        date | None,
        typer.Option("--recorded-since", parser=o.read_day, metavar="DATA", help="Registrati da questo giorno."),
    ] = None,
    recorded_until: Annotated[
        date | None,
        typer.Option("--recorded-until", parser=o.read_day, metavar="DATA", help="Registrati fino a questo, compreso."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", parser=o.read_positive, metavar="N", help="Quanti, dal più recente.")
    ] = DEFAULT_LIMIT,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", parser=o.read_trail, metavar="FORMATO", help="csv oppure jsonl: tutte le righe filtrate."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help="Dove scrivere; sullo standard output, se non si dice."),
    ] = None,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra il registro degli eventi di un piano, dal più recente, con filtri."""
    # The trail is of what was recorded: an event of a future date is in it, unless a date is asked for.
    point = Point(as_of or date.max, known_at)
    with session.reading(database) as reader:
        wanted = Filter(
            since=since, until=until, actor=actor, kind=kind, object=object_, event=event, role=role, act=act,
            cause=cause, text=text, recorded_since=recorded_since, recorded_until=recorded_until,
        )  # fmt: skip
        trail = audit_trail(reader, plan, point, wanted, limit=None if format_ else limit)
        acts = act_table(reader, plan)
    if format_:
        output.give(as_csv(trail["events"]) if format_ == "csv" else as_json_lines(trail["events"]), to)
        return
    if as_json:
        output.emit(trail)
        return
    events = trail["events"]
    output.show(output.title(f"Registro · {plan}", f"{len(events)} di {trail['total']} eventi, dal più recente"))
    print_events(events, acts)


def act_table(reader: Reader, plan: str) -> dict[str, str]:
    """How each act of the administration of a plan is cited."""
    timelines = reader.timelines(find_plan(reader, plan).administration_stream)
    by_act = {key.partition("/")[2]: timelines.entries(key, "act") for key in timelines.objects("act/")}
    return {act: act_words(entries[-1].value) for act, entries in by_act.items() if entries}


def print_events(events: Sequence[AuditRow], acts: dict[str, str]) -> None:
    """Events, one sentence each, with what stands beside it."""
    for event in events:
        head = Text(plain(event["sentence"]), style="strike" if event["annulled"] else "")
        if event["annulled"]:
            head = Text("ANNULLATO  ", style="bold").append(head)
        beneath = []
        if event["kind"]:
            direction = f", {DIRECTIONS[event['direction']]}" if event["direction"] else ""
            beneath.append(f"{KINDS[event['kind']]}{direction}")
        redacted = ["testo oscurato per ordine"] if event["redacted"] else []
        lines = [*beneath, *_reasons(event, acts), *redacted, *_note(event), _recorded(event)]
        output.show(output.entry(day(event["effective_on"]), head, lines))


def print_history(found: History, names: Names, acts: dict[str, str], point: Point) -> None:
    """The values of an object, field by field; what never changed is named at the end."""
    output.show(output.title(called(names, found["object"]), banner(point, now_in_utc())))
    fields: defaultdict[tuple[str, str], list[HistoryValue]] = defaultdict(list)
    for value in found["values"]:
        fields[value.get("assignment", ""), value["field"]].append(value)
    unchanged: list[str] = []
    for (assignment, field), values in fields.items():
        name = field_name(field)
        if assignment:
            name += f" in «{called(names, 'objective/' + assignment.partition('/')[2])}»"
        if len(values) > 1 or field.startswith("target/") or field == "status":
            output.show(Text(""), output.title(f"{name[0].upper()}{name[1:]}"), *(_value(v, acts) for v in values))
        elif (not assignment and field not in {"life", "series", "polarity_basis"}) or (
            field == "weight" and values[0]["value"] is not None
        ):
            unchanged.append(f"{name}: {said(values[0]['value'], field)} (dal {day(values[0]['effective_on'])})")
    if found["measurements"]:
        output.show(Text(""), output.title("Valori osservati"), *(_measured(value) for value in found["measurements"]))
    if unchanged:
        output.show(Text(""), output.title("Mai cambiati"), *(output.entry("", line, []) for line in unchanged))


def _value(value: HistoryValue, acts: dict[str, str]) -> Table:
    kind, direction = value.get("kind"), value.get("direction")
    words = [KINDS[kind]] if kind else []
    if direction and kind != "drafting":
        words.append(DIRECTIONS[direction])
    annulled = value.get("annulled")
    head = Text(said(value["value"], value["field"]), style="bold strike" if annulled else "bold")
    if annulled:
        head.append("  ANNULLATO", style="bold not strike")
    lines = [", ".join(words)] if words else []
    return output.entry(
        day(value["effective_on"]), head, [*lines, *_reasons(value, acts), *_note(value), _recorded(value)]
    )


def _measured(value: HistoryValue) -> Table:
    restated = "rettifica: " if value["event"] == "measurement-restated" else ""
    head = Text(f"{value.get('period')}: {restated}{said(value['value'])}", style="bold")
    return output.entry(day(value["effective_on"]), head, [*_note(value), _recorded(value)])


def _recorded(event: AuditRow | HistoryValue) -> str:
    late = ", a posteriori" if event["retrospective"] else ""
    return f"registrato il {instant(event['recorded_at'])} da {event['actor']}, versione {event['version']}{late}"


def _reasons(event: AuditRow | HistoryValue, acts: dict[str, str]) -> list[str]:
    words = []
    if event["act"]:
        words.append(f"atto: {acts.get(event['act'], event['act'])}")
    if event["justification"] or event["cause"]:
        cause = f" ({CAUSES[event['cause']]})" if event["cause"] else ""
        words.append(f"perché: {event['justification'] or ''}{cause}")
    return words


def _note(event: AuditRow | HistoryValue) -> list[str]:
    return [f"nota: {event['note']}"] if event["note"] else []
