"""The commands that change a plan, and those that show what was changed: change, revise, annul, diff, changes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.history import act_table, print_events
from api.cli.plans import outcome_object, print_warnings
from api.cli.words import (
    CAUSES,
    DIFFERENCES,
    DIRECTIONS,
    KINDS,
    VARIANTS,
    banner,
    called,
    counted,
    day,
    field_name,
    number,
    plain,
    said,
)
from api.commands.handler import Caller, Outcome
from api.commands.service import Service, series_of
from api.formats.json_reader import into
from domain.annulments.decide import AnnulEvents
from domain.documents.changes import ChangeFile
from domain.errors import Malformed, Problem
from domain.names import Names
from domain.point import Point
from domain.targets.commands import ReviseTarget
from domain.vocabulary import JsonValue
from projections.audit import Filter, audit_trail, names_of
from projections.change_preview import ChangePreview, change_preview
from projections.change_rate import ChangesOfYear, PlainRate, changes_of_year
from projections.differences import Difference, differences
from projections.official_rate import OfficialRate, against_the_ceiling
from projections.plan_history import PlanChange
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.store.store import now_in_utc
from projections.streams import find_plan

Row = dict[str, JsonValue]
SHOWN_APART = 10


@command()
def change(
    plan: o.PlanArgument,
    file: o.FileArgument,
    *,
    preview: o.Preview = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Fa le modifiche di un file, tutte insieme o nessuna."""
    content = session.read_json(file)
    if isinstance(content, dict):
        named = content.setdefault("plan", plan)
        if named != plan:
            found = f"il file parla del piano {str(named)[:120]!r}, il comando di {plan!r}"
            raise Malformed([Problem(where="plan", found=found, accepted="lo stesso piano")])
    _make(into(ChangeFile, content), database, session.caller(actor, command_id), preview=preview, as_json=as_json)


@command()
def revise(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    indicator: o.IndicatorArgument,
    *,
    year: o.YearOption,
    target: Annotated[
        str,
        typer.Option(
            "--target", metavar="TESTO", help="Il nuovo target, come lo scrive l'ufficio.", show_default=False
        ),
    ],
    ordinal: Annotated[
        int, typer.Option("--ordinal", parser=o.read_ordinal, metavar="N", help="Quale, se la cella ne ha due.")
    ] = 1,
    justification: o.Justification = None,
    cause: o.CauseOption = None,
    act: o.ActOption = None,
    effective_on: o.EffectiveOn = None,
    preview: o.Preview = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Rimodula un target, con motivazione, causa e atto."""
    with session.reading(database) as reader:
        found, _ = series_of(reader, plan, indicator)
    made = ReviseTarget(verb="revise_target", object=found, year=year, ordinal=ordinal, target=target)
    said_ = {"justification": justification, "cause": cause, "act": act, "effective_on": effective_on}
    changes_ = into(ChangeFile, {"plan": plan, "changes": [made.model_dump()]} | said_)  # type: ignore[arg-type]
    _make(changes_, database, session.caller(actor, command_id), preview=preview, as_json=as_json)


@command()
def annul(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    versions: Annotated[
        list[int],
        typer.Argument(
            parser=o.read_positive, metavar="VERSIONE...", help="Le versioni da annullare.", show_default=False
        ),
    ],
    *,
    justification: o.Justification = None,
    act: o.ActOption = None,
    take_along: Annotated[
        bool, typer.Option("--take-along", help="Annulla anche gli eventi che poggiano su quelli detti.")
    ] = False,
    measurements: Annotated[
        bool, typer.Option("--measurements", help="Le versioni sono quelle delle misurazioni e degli atti dell'ente.")
    ] = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Annulla eventi registrati per errore, o il cui atto è stato annullato. Restano scritti, non contano più."""
    command = AnnulEvents(versions=tuple(versions), justification=justification, take_along=take_along)
    with session.serving(database) as service:
        outcome = service.annul(plan, command, act, session.caller(actor, command_id), measurements=measurements)
        answer(service, outcome, as_json=as_json)


@command()
def diff(
    plan: o.PlanArgument,
    *,
    start: Annotated[
        date,
        typer.Option("--from", parser=o.read_day, metavar="DATA", help="Com'era a questa data.", show_default=False),
    ],
    end: Annotated[
        date | None, typer.Option("--to", parser=o.read_day, metavar="DATA", help="E a questa; oggi, se non si dice.")
    ] = None,
    known_from: Annotated[
        datetime | None,
        typer.Option(
            "--known-from", parser=o.read_known_at, metavar="DATA|ISTANTE", help="Come noto allora, per la prima data."
        ),
    ] = None,
    known_to: Annotated[
        datetime | None,
        typer.Option(
            "--known-to", parser=o.read_known_at, metavar="DATA|ISTANTE", help="Come noto allora, per la seconda."
        ),
    ] = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra che cosa è diverso in un piano fra due date, o fra ciò che se ne sapeva."""
    before, after = Point(start, known_from), o.point(end, known_to)
    with session.reading(database) as reader:
        compared = differences(reader, plan, before, after)
        names = names_of(reader, find_plan(reader, plan))
    if as_json:
        output.emit(compared)
    else:
        now = now_in_utc()
        heading = f"da: {banner(before, now)}\na:  {banner(after, now)}"
        output.show(output.title(f"Differenze · {plan}", heading))
        print_differences(compared["differences"], names)


@command()
def changes(
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    level: Annotated[
        str | None, typer.Option("--level", metavar="LIVELLO", help="Solo gli obiettivi di questo livello.")
    ] = None,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra il tasso di modifica di un anno, gli obiettivi che conta, e le modifiche contate a parte."""
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        of_year = changes_of_year(reader, plan, year, point, level)
        if as_json:
            output.emit(of_year)
        else:
            print_changes(reader, of_year, point, against_the_ceiling(reader, plan, year, point))


def _make(changes_: ChangeFile, database: str | None, caller: Caller, *, preview: bool, as_json: bool) -> None:
    with session.serving(database) as service:
        if preview:
            service.preview_change(changes_, caller, lambda reader: _preview(reader, changes_.plan, as_json=as_json))
        else:
            answer(service, service.change(changes_, caller), as_json=as_json)


def _preview(reader: PreviewReader, plan: str, *, as_json: bool) -> None:
    preview = change_preview(reader, plan)
    if as_json:
        output.emit(preview)
    else:
        _print_preview(preview, names_of(reader, find_plan(reader, plan)), act_table(reader, plan))


def answer(service: Service, outcome: Outcome, *, as_json: bool) -> None:
    """Says what a command recorded."""
    if as_json:
        output.emit(outcome_object(outcome))
        return
    plan = str(outcome.plan)
    with service.store.reading() as reader:
        trail = audit_trail(reader, plan, Point(date.max), Filter())
        acts = act_table(reader, plan)
    recorded = [event for event in trail["events"] if event["command_id"] == outcome.command_id]
    heading = "Già registrato da questo stesso comando" if outcome.repeated else "Registrato"
    output.show(output.title(f"{heading}: {counted(len(recorded), 'evento', 'eventi')} di {plan}"))
    print_events(list(reversed(recorded)), acts)
    print_warnings(outcome.warnings)


def _print_preview(preview: ChangePreview, names: Names, acts: dict[str, str]) -> None:
    changes_ = preview["changes"]
    what = counted(len(changes_), "modifica", "modifiche")
    output.show(output.title(f"Anteprima, nulla è stato registrato: {what} di {preview['plan']}"))
    output.show(_change_table(changes_, names, acts))
    for year, rates in preview["change_rate"].items():
        before, after = rates["before"], rates["after"]
        table = output.table(f"Tasso di modifica {year}", "Prima", "Dopo")
        lines = [(words, _rate(before[variant]), _rate(after[variant])) for variant, words in VARIANTS.items()]
        output.show(output.rows(table, lines))
        if rates["official"]["ceiling_respected"] is not None:
            output.show(Text(f"Tasso ufficiale {year}: {rates['official']['words']}", style="bold"))


def print_differences(found: Sequence[Difference], names: Names) -> None:
    """The table of differences."""
    if not found:
        output.show(Text("Nessuna differenza."))
        return
    table = output.table("Che cosa", "Di che cosa, prima e dopo")
    for difference in found:
        key, field, direction = difference["object"], difference["field"], difference.get("direction")
        what = DIFFERENCES[difference["type"]]
        if difference["type"] == "target_revised" and direction:
            what += f"\n{DIRECTIONS[direction]}"
        about = "il piano" if key == "plan" else called(names, key)
        if field != "life":
            before, after = _side(difference["before"], field, names), _side(difference["after"], field, names)
            about += f"\n{field_name(field)}: {before} → {after}"
        output.rows(table, [(what, about)])
    output.show(table, Text(counted(len(found), "differenza", "differenze")))


def _side(value: JsonValue, field: str, names: Names) -> str:
    if field == "parent" and value is not None:
        return called(names, f"objective/{value}")
    return said(value, field)


def print_changes(
    reader: Reader, of_year: ChangesOfYear, point: Point, official: OfficialRate | None = None, shown: int = SHOWN_APART
) -> None:
    """The three rates of a year with their lists, the changes, and (the first `shown`) what is counted apart."""
    names = names_of(reader, find_plan(reader, of_year["plan"], point.known_at))
    level = f", livello {of_year['level']}" if of_year["level"] else ""
    since = of_year["approved_on"]
    approved = f"approvato dal {day(since)}" if since else "bozza, non ancora approvato"
    if since and not of_year["approved_by_act"]:
        approved = f"senza atto che lo approvi, conta come approvato dal {day(since)}"
    heading = f"{banner(point, now_in_utc())}\nanno {of_year['year']}{level}: {approved}"
    output.show(output.title(f"Tasso di modifica {of_year['year']} · {of_year['plan']}", heading))
    rates = of_year["change_rate"]
    table = output.table("Conta", "Toccati", "Ex ante", "Tasso", right=("Toccati", "Ex ante", "Tasso"))
    for variant, words in VARIANTS.items():
        rate = rates[variant]
        output.rows(table, [(words, rate["numerator"], rate["denominator"], _percent(rate["rate"]))])
    output.show(table)
    if official is not None and official["ceiling"] is not None:
        output.show(Text(f"Tasso ufficiale: {official['words']}"))
    previous: list[str] | None = None
    for variant, words in VARIANTS.items():
        objectives = rates[variant]["objectives"]
        listed = [f"  {called(names, f'objective/{key}')}" for key in objectives]
        if objectives == previous and listed:
            listed = ["  gli stessi"]
        previous = objectives
        output.show(Text("\n".join([f"Obiettivi toccati, {words}:", *(listed or ["  nessuno"])])))
    _print_listed(reader, of_year, names, point, shown)


def _print_listed(reader: Reader, of_year: ChangesOfYear, names: Names, point: Point, shown: int) -> None:
    listed = of_year["changes"]
    in_year = [one for one in listed if one["kind"] == "in_year_revision"]
    output.show(Text(""), output.title(f"Modifiche in itinere ({len(in_year)})"))
    if in_year:
        output.show(_change_table(in_year, names, act_table(reader, of_year["plan"])))
    trail = audit_trail(reader, of_year["plan"], point)["events"]
    sentences = {event["version"]: event["sentence"] for event in trail if event["stream"].startswith("plan/")}
    for kind in ("rolling_update", "correction", "reclassification"):
        apart = [one for one in listed if one["kind"] == kind]
        output.show(Text(f"Contate a parte, {KINDS[kind]}: {len(apart)}"))
        for one in apart[:shown]:
            output.show(
                output.entry(
                    f"  {day(one['effective_on'])}", sentences.get(int(str(one["version"])), str(one["event"])), []
                )
            )
        if len(apart) > shown:
            more = f"initinere audit {of_year['plan']} --kind {kind}"
            output.copied(f"  e altre {len(apart) - shown}: {more}")
    if of_year["added"]:
        added = ", ".join(called(names, f"objective/{key}") for key in of_year["added"])
        output.show(Text(plain(f"Obiettivi aggiunti in corso d'anno: {added}")))


def _change_table(changes_: Sequence[PlanChange], names: Names, acts: dict[str, str]) -> Table:
    table = output.table("In vigore dal", "Che cosa", "Prima", "Dopo")
    for row in changes_:
        direction = f", {DIRECTIONS[row['direction']]}" if row["direction"] else ""
        words = [_about(row, names), f"{KINDS[row['kind']]}{direction}"]
        if row["act"]:
            words.append(f"atto: {acts.get(row['act'], row['act'])}")
        if row["justification"] or row["cause"]:
            words.append(f"perché: {row['justification'] or ''} ({CAUSES.get(str(row['cause']), 'causa non detta')})")
        output.rows(table, [(day(row["effective_on"]), "\n".join(words), said(row["before"]), said(row["after"]))])
    return table


def _about(row: PlanChange, names: Names) -> str:
    target = f" · target {row['target_year']}" if row["target_year"] and row["aspect"] == "target" else ""
    if row["indicator"]:
        return called(names, f"indicator/{row['indicator']}") + target
    return "; ".join(called(names, f"objective/{key}") for key in row["objectives"]) or "il piano"


def _rate(rate: PlainRate) -> str:
    return f"{_percent(rate['rate'])} ({rate['numerator']} di {rate['denominator']})"


def _percent(rate: str | None) -> str:
    return "—" if rate is None else f"{number(rate)}%"


def _rows(found: Row, field: str) -> list[Row]:
    listed = found[field]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _object(found: JsonValue, field: str) -> Row:
    made = found.get(field) if isinstance(found, dict) else None
    return made if isinstance(made, dict) else {}
