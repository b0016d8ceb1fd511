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
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.audit import Filter, audit_trail, names_of
from projections.history import history as history_of
from projections.sentences import Names
from projections.store.reader import Reader
from projections.store.store import now_in_utc
from projections.streams import find_plan

Row = dict[str, JsonValue]
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
        found = history_of(reader, plan, indicator, point)
        names = names_of(reader, find_plan(reader, plan, point.known_at))
        acts = act_table(reader, plan)
    if as_json:
        output.emit(found)
    else:
        print_history(found, names, acts, point)


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
        found = audit_trail(reader, plan, point, wanted, limit=None if format_ else limit)
        acts = act_table(reader, plan)
    if format_:
        output.give(as_csv(found["events"]) if format_ == "csv" else as_json_lines(found["events"]), to)
        return
    if as_json:
        output.emit(found)
        return
    events = _rows(found, "events")
    output.show(output.title(f"Registro · {plan}", f"{len(events)} di {found['total']} eventi, dal più recente"))
    print_events(events, acts)


def act_table(reader: Reader, plan: str) -> dict[str, str]:
    """How each act of the administration of a plan is cited."""
    timelines = reader.timelines(find_plan(reader, plan).administration_stream)
    found = {key.partition("/")[2]: timelines.entries(key, "act") for key in timelines.objects("act/")}
    return {act: act_words(entries[-1].value) for act, entries in found.items() if entries}


def print_events(events: Sequence[Row], acts: dict[str, str]) -> None:
    """Events, one sentence each, with what stands beside it."""
    for one in events:
        head = Text(plain(one["sentence"]), style="strike" if one["annulled"] else "")
        if one["annulled"]:
            head = Text("ANNULLATO  ", style="bold").append(head)
        beneath = []
        if one["kind"]:
            direction = f", {DIRECTIONS[str(one['direction'])]}" if one["direction"] else ""
            beneath.append(f"{KINDS[str(one['kind'])]}{direction}")
        output.show(output.entry(day(one["effective_on"]), head, [*beneath, *_why(one, acts), _recorded(one)]))


def print_history(found: Row, names: Names, acts: dict[str, str], point: Point) -> None:
    """The values of an object, field by field; what never changed is named at the end."""
    output.show(output.title(called(names, str(found["object"])), banner(point, now_in_utc())))
    fields: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in _rows(found, "values"):
        fields[str(one.get("assignment", "")), str(one["field"])].append(one)
    unchanged: list[str] = []
    for (assignment, field), values in fields.items():
        name = field_name(field)
        if assignment:
            name += f" in «{called(names, 'objective/' + assignment.partition('/')[2])}»"
        if len(values) > 1 or field.startswith("target/") or field == "status":
            output.show(Text(""), output.title(f"{name[0].upper()}{name[1:]}"), *(_value(one, acts) for one in values))
        elif (not assignment and field not in {"life", "series", "polarity_basis"}) or (
            field == "weight" and values[0]["value"] is not None
        ):
            unchanged.append(f"{name}: {said(values[0]['value'], field)} (dal {day(values[0]['effective_on'])})")
    measurements = _rows(found, "measurements")
    if measurements:
        output.show(Text(""), output.title("Valori osservati"), *(_measured(one) for one in measurements))
    if unchanged:
        output.show(Text(""), output.title("Mai cambiati"), *(output.entry("", one, []) for one in unchanged))


def _value(one: Row, acts: dict[str, str]) -> Table:
    value = said(one["value"], str(one["field"]))
    kind = KINDS.get(str(one["kind"]), "")
    if one.get("direction") and one["kind"] != "drafting":
        kind += f"{', ' if kind else ''}{DIRECTIONS[str(one['direction'])]}"
    head = Text(value, style="bold strike" if one["annulled"] else "bold")
    if one["annulled"]:
        head.append("  ANNULLATO", style="bold not strike")
    lines = [kind] if kind else []
    return output.entry(day(one["effective_on"]), head, [*lines, *_why(one, acts), _recorded(one)])


def _measured(one: Row) -> Table:
    lines = [f"nota: {one['note']}"] if one["note"] else []
    restated = "rettifica: " if one["event"] == "measurement-restated" else ""
    head = Text(f"{one['period']}: {restated}{said(one['value'])}", style="bold")
    return output.entry(day(one["effective_on"]), head, [*lines, _recorded(one)])


def _recorded(one: Row) -> str:
    late = ", a posteriori" if one["retrospective"] else ""
    return f"registrato il {instant(one['recorded_at'])} da {one['actor']}, versione {one['version']}{late}"


def _why(one: Row, acts: dict[str, str]) -> list[str]:
    words = []
    if one["act"]:
        words.append(f"atto: {acts.get(str(one['act']), str(one['act']))}")
    if one["justification"] or one["cause"]:
        cause = CAUSES.get(str(one["cause"]), "")
        words.append(f"perché: {one['justification'] or ''}" + (f" ({cause})" if cause else ""))
    if one.get("redacted"):
        words.append("testo oscurato per ordine")
    if one["note"]:
        words.append(f"nota: {one['note']}")
    return words


def _rows(found: Row, field: str) -> list[Row]:
    listed = found[field]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
