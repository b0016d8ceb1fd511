"""The commands that take a plan in from a file and give it back as one: import, export, template."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.plans import counts_words, loaded_plan, outcome_object, print_loaded, print_warnings
from api.cli.words import DIFFERENCES, DIRECTIONS, STATUSES, VARIANTS, counted, day, field_name, plain
from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into, parse_json, read_file, read_stream
from api.imports.import_preview import Preview
from api.imports.importing import PARTS, Importing, Incoming, limits, read_incoming
from api.workbook.export import exported
from api.workbook.write import write_template
from domain.documents.counts import plan_counts
from domain.documents.difference import Decisions, DifferenceItem, Question
from domain.vocabulary import Cause, JsonValue
from projections.store.point import today
from projections.store.store import now_in_utc

SLOW_SECONDS = 1.0
"""An import that takes longer says how far it is."""
SHOWN = 200
SIGNS = {"added": "+", "withdrawn": "-", "reinstated": "+", "target_set": "+", "target_withdrawn": "-", "ends": "-"}
WORDS = DIFFERENCES | {
    "target_resolved": "riferimento risolto",
    "measurement_new": "misurazione nuova",
    "measurement_restated": "misurazione rettificata",
    "status_reported": "stato riferito",
    "continues": "continua",
    "ends": "termina",
}

ImportFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Una cartella .xlsx o .ods, uno ZIP di .csv o un documento JSON; - per lo standard input.",
        show_default=False,
    ),
]
DecisionsFile = Annotated[
    str | None,
    typer.Option(
        "--decisions", metavar="FILE", help="Un JSON con le risposte alle domande e ciò che si dice riga per riga."
    ),
]
Complete = Annotated[
    list[str] | None,
    typer.Option(
        "--complete",
        metavar="PARTE",
        help=f"La parte del file che è completa: ciò che vi manca è ritirato. Una fra {', '.join(PARTS)}; ripetibile.",
    ),
]
ApprovesYear = Annotated[
    int | None,
    typer.Option(
        "--approves-year", parser=o.read_year, metavar="ANNO", help="L'anno che l'aggiornamento annuale approva."
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", metavar="FILE", help="Dove scrivere; sullo standard output, se non si dice."),
]


@command("import")
def import_(  # noqa: PLR0913 - one option each
    file: ImportFile,
    *,
    act: o.ActOption = None,
    justification: o.Justification = None,
    cause: o.CauseOption = None,
    approves_year: ApprovesYear = None,
    decisions: DecisionsFile = None,
    complete: Complete = None,
    effective_on: o.EffectiveOn = None,
    preview: o.Preview = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Carica un piano, o ciò che cambia in un piano che c'è già, da una cartella di lavoro o da JSON. Tutto o niente."""
    tell = _progress()
    tell("lettura del file")
    incoming = read_incoming(_bytes(file), limits(session.settings()), complete=_parts(complete))
    said = _decisions(decisions, act, justification, cause, approves_year, effective_on)
    caller = session.caller(actor, command_id)
    if preview:
        with session.trying(database) as service:
            shown = Importing(service, tell).preview(incoming, said, caller)
        if as_json:
            output.emit({"preview": True} | shown.model_dump(mode="json"))
        else:
            print_preview(shown)
        return
    with session.serving(database, make=True) as service:
        _record(service, incoming, said, caller, tell, as_json=as_json)


def _record(
    service: Service,
    incoming: Incoming,
    said: Decisions,
    caller: Caller,
    tell: Callable[[str], None],
    *,
    as_json: bool,
) -> None:
    importing = Importing(service, tell)
    outcome = importing.confirm_unless_unchanged(incoming, said, caller)
    if isinstance(outcome, Preview):
        if as_json:
            output.emit({"changed": False} | outcome.model_dump(mode="json"))
        else:
            print_preview(outcome)
        return
    with service.store.reading() as reader:
        made = loaded_plan(reader, str(outcome.plan))
    if as_json:
        output.emit(outcome_object(outcome) | {"counts": plan_counts(made)})
    elif outcome.versions.get(f"plan/{outcome.plan}", (1, 1))[0] == 1:
        print_loaded(made, outcome.warnings, repeated=outcome.repeated)
    else:
        _print_recorded(outcome)


def _print_recorded(outcome: Outcome) -> None:
    first, last = outcome.versions.get(f"plan/{outcome.plan}", (0, 0))
    again = "Già registrato da questo stesso comando. " if outcome.repeated else ""
    made = f"{counted(last - first + 1, 'evento', 'eventi')}, versione {last}" if last else "misurazioni o stati"
    output.show(output.title(f"{again}{outcome.plan}: registrato", made))
    print_warnings(outcome.warnings)


def _bytes(path: str) -> bytes:
    limit = session.settings().max_document_bytes
    return read_stream(sys.stdin.buffer, limit, "lo standard input") if path == "-" else read_file(path, limit)


def _parts(complete: Sequence[str] | None) -> list[str]:
    for part in complete or ():
        if part not in PARTS:
            raise typer.BadParameter(
                f"{part!r} non è una parte: scrivere una fra {', '.join(PARTS)}", param_hint="--complete"
            )
    return list(complete or ())


def _decisions(
    path: str | None,
    act: str | None,
    justification: str | None,
    cause: Cause | None,
    approves_year: int | None,
    effective_on: date | None,
) -> Decisions:
    made = into(Decisions, parse_json(_bytes(path))) if path else Decisions()
    said = {
        "act": act,
        "justification": justification,
        "cause": cause,
        "approves_year": approves_year,
        "effective_on": effective_on,
    }
    return made.model_copy(update={name: value for name, value in said.items() if value is not None})


def _progress() -> Callable[[str], None]:
    started = time.monotonic()

    def tell(stage: str) -> None:
        if time.monotonic() - started > SLOW_SECONDS:
            output.note(f"{stage}...")

    return tell


@command()
def export(
    plan: o.PlanArgument,
    *,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            parser=o.read_format,
            metavar="json|xlsx|csv",
            help="Il formato; csv è uno ZIP, un file per foglio.",
        ),
    ] = "json",
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    to: Output = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Scrive il documento di un piano, o la sua cartella di lavoro: ciò che import riprende."""
    del as_json  # a JSON document is what it writes anyway, and a workbook is none
    with session.reading(database) as reader:
        content = exported(reader, plan, o.point(as_of, known_at), format_)
    _give(content, to)


@command()
def template(
    *,
    year: Annotated[
        int | None,
        typer.Option(
            "--year",
            parser=o.read_year,
            metavar="ANNO",
            help="Il primo dei tre anni del piano; quello in corso, se non si dice.",
        ),
    ] = None,
    to: Output = None,
) -> None:
    """Scrive il modello di cartella di lavoro da compilare (.xlsx), con tendine, note e intestazioni bloccate."""
    _give(write_template(year or today(now_in_utc()).year), to)


def _give(content: bytes, to: str | None) -> None:
    if to is None and sys.stdout.isatty() and content.startswith(b"PK"):
        raise typer.BadParameter(
            "una cartella di lavoro non si legge sul terminale: dire --output FILE", param_hint="--output"
        )
    output.give(content, to)


# A preview for people.


def print_preview(shown: Preview) -> None:
    """What a file would do: what differs, what is open, unread, odd, left alone, and the change rate."""
    if shown.kind != "difference":
        status = STATUSES.get(str(shown.status), "non ammesso")
        heading = f"Anteprima, nulla è stato registrato. {shown.plan}: {status}"
        output.show(output.title(heading, f"{counts_words(shown.counts)}."))
    elif shown.changes_nothing:
        output.show(output.title(f"{shown.plan}: nessuna differenza", _against(shown)))
    else:
        output.show(output.title(f"Anteprima, nulla è stato registrato. {shown.plan}", _against(shown)))
    if shown.items:
        found = ", ".join(f"{WORDS.get(name, name)} {number}" for name, number in shown.changes.items())
        lines = [f"Differenze ({len(shown.items)}): {found}"]
        lines += [_line(item) for item in shown.items[:SHOWN]]
        if len(shown.items) > SHOWN:
            lines.append(f"  e altre {len(shown.items) - SHOWN}; con --json ci sono tutte")
        output.show(Text(plain("\n".join(lines))))
    _print_rest(shown)


def _against(shown: Preview) -> str:
    base = shown.compared_with
    if base is None:
        return f"confronto col piano in vigore al {day(shown.effective_on)}, versione {shown.version}"
    return (
        f"confronto con la cartella esportata (in vigore al {day(base['as_of'])}, versione {base['version']}); "
        f"le modifiche valgono dal {day(shown.effective_on)}, sulla versione {shown.version}"
    )


def _line(item: DifferenceItem) -> str:
    what = f"  {SIGNS.get(item.type, '~')} {WORDS.get(item.type, item.type)}: {item.name or item.object}"
    if item.year:
        order = f" ({item.ordinal}°)" if item.ordinal not in {None, 1} else ""
        what += f", {item.year}{order}"
    elif item.field:
        what += f", {field_name(item.field)}"
    if item.type not in {"added", "reinstated", "withdrawn", "status_reported"}:
        what += f": {_value(item.before)} → {_value(item.after)}"
    if item.direction:
        what += f" ({DIRECTIONS[item.direction]})"
    if item.matched_by and item.matched_by != "id":
        by = {"code": "codice", "name": "nome", "answer": "risposta"}[item.matched_by]
        what += f" [riconosciuto per {by}, {item.score}]"
    return what + (f" [{item.where}]" if item.where else "")


def _value(value: JsonValue) -> str:
    if value is None or value in ("", [], {}):
        return "niente"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)


def _print_rest(shown: Preview) -> None:
    blocks: list[tuple[str, list[str]]] = [
        ("Domande, a cui rispondere con --decisions", [_question(one) for one in shown.questions]),
        (
            "Celle non lette, tenute come sono scritte",
            [f"  {cell.where}: {cell.text!r}: {cell.reason}" for cell in shown.unread],
        ),
        ("Lasciato com'era", [f"  {one}" for one in shown.left_alone]),
    ]
    for heading, lines in blocks:
        if lines:
            more = [f"  e altre {len(lines) - SHOWN}"] if len(lines) > SHOWN else []
            output.show(Text(plain("\n".join([f"{heading} ({len(lines)}):", *lines[:SHOWN], *more]))))
    print_warnings(shown.warnings)
    for year, rate in shown.change_rate.items():
        if isinstance(rate, dict):
            output.show(Text(plain(f"Tasso di modifica {year}: {_rate(rate)}")))
    if shown.refused:
        output.show(Text(plain(f"Così come sono, le modifiche sarebbero rifiutate: {shown.refused}")))


def _rate(rate: dict[str, JsonValue]) -> str:
    words: list[str] = []
    before, after = rate.get("before"), rate.get("after")
    for variant, name in VARIANTS.items():
        now = after.get(variant) if isinstance(after, dict) else None
        was = before.get(variant) if isinstance(before, dict) else None
        if isinstance(now, dict) and isinstance(was, dict):
            words.append(f"{name} da {_share(was)} a {_share(now)}")
    return "; ".join(words)


def _share(rate: dict[str, JsonValue]) -> str:
    percent = f"{str(rate['rate']).replace('.', ',')}%" if rate.get("rate") is not None else "non definito"
    return f"{percent} ({rate['numerator']} su {rate['denominator']})"


def _question(question: Question) -> str:
    choices = [
        f"      {option.answer}: {option.words}"
        + (f" (somiglianza {option.score})" if option.score is not None else "")
        for option in question.options
    ]
    answered = f" Risposta: {question.answer}." if question.answer else ""
    return "\n".join([f"  {question.id} [{question.where}]: {question.words}{answered}", *choices])
