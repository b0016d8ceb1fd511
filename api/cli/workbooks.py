"""The commands that take a plan in from a file and give it back as one: import, export, template."""

import time
from collections.abc import Callable, Mapping, Sequence

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.answers import ANSWER
from api.cli.collection import take_in
from api.cli.files import file_bytes, write_file
from api.cli.office_readings import give_reading, said_of_reading, show_reading
from api.cli.parameters import OfType, content_of, options_of
from api.cli.plans import counts_words, loaded_plan, print_loaded
from api.cli.reader import cli_of, command_of, read_input
from api.cli.recorded import deciding_words, print_warnings
from api.cli.words import (
    ALREADY_RECORDED,
    DIRECTIONS,
    VARIANTS,
    called,
    counted,
    day,
    field_name,
    number,
    printable,
    value_in_words,
)
from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into, parse_json
from api.imports.import_preview import FilePreview
from api.imports.importing import Importing
from api.imports.office_file import read_office_file
from api.imports.options import PARTS, CollectionOptions, CompletePart
from api.imports.reading import Incoming, limits, reader_limits, with_questions_beside
from api.language.closed_lists import listed_words
from api.language.labels import FILE_DIFFERENCES, PLAN_STATUSES, POLARITIES
from api.language.places import place_words
from api.operations.model import Command, Question, row_named
from api.operations.plan_files import CONFIRMED, FILES
from api.operations.queries import OfExport, OfTemplate
from api.operations.serializers import outcome_object
from api.workbook.export import exported, not_in_a_workbook
from api.workbook.formats import CollectionReturned
from api.workbook.write import write_template
from domain.documents.answers import answer_words
from domain.documents.difference import Decisions, DifferenceItem
from domain.documents.questions import OpenQuestion
from domain.documents.uploaded import BESIDE
from domain.names import Names
from domain.point import today
from domain.vocabulary import JsonValue
from projections.audit import names_of
from projections.change_preview import PlainBeforeAfter
from projections.change_rate import PlainRate
from projections.streams import find_plan, plan_is_there

NAMES_AN_OBJECTIVE = dict.fromkeys(("assigned", "unassigned", "merged", "moved"), "objective")
"""The differences whose value is an objective."""
SLOW_SECONDS = 1.0
"""An import that takes longer says how far it is."""
SHOWN = 200
SIGNS = {"added": "+", "withdrawn": "-", "reinstated": "+", "target_set": "+", "target_withdrawn": "-", "ends": "-"}

LOAD, EXPORT, TEMPLATE = (
    row_named(FILES, "load_plan", Command),
    *(row_named(FILES, name, Question) for name in ("export_plan", "template")),
)


def import_(  # noqa: PLR0913 - one for each option of the command
    file: str,
    *,
    decisions: str | None,
    answer: Sequence[tuple[str, str]],
    complete: Sequence[str],
    preview: bool,
    reading: bool,
    map_: str | None,
    plan: str | None,
    output_: str | None,
    force: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **fields: JsonValue,
) -> None:
    """Takes a file in, or says what it would do."""
    tell = _progress()
    tell("lettura del file")
    settings = session.settings()
    decided = _decisions(decisions, fields)
    decided = decided.model_copy(update={"answers": decided.answers | dict(answer)})
    said = said_of_reading(map_, decided.answers)
    if output_ is not None and not (preview or reading):
        raise click.BadParameter(
            "va con --preview: vi scrive il file con le domande accanto; o con --reading: vi scrive la lettura",
            param_hint="--output",
        )
    to = session.output_file(output_, database, force=force) if output_ is not None else None
    if reading:
        give_reading(file, said, to, database=database, as_json=as_json)
        return
    data = file_bytes(file)
    try:
        with session.trying(database) as service:
            incoming = read_office_file(
                service.store,
                data,
                limits(settings),
                complete=complete,
                using=reader_limits(settings),
                said=said,
                plan=plan,
                partly=True,
                name=file,
            )
    except CollectionReturned:
        how = CollectionOptions(preview=preview)
        take_in({file: data}, how, database=database, actor=actor, command_id=command_id, as_json=as_json)
        return
    caller = session.caller(actor, command_id)
    if preview:
        with session.trying(database) as service:
            shown = Importing(service, tell).preview(incoming, decided, caller, plan=plan)
            names = names_shown(service, shown)
        if as_json:
            output.emit({"preview": True} | shown.model_dump(mode="json"))
        else:
            print_file_preview(shown, names)
        if to is not None:
            write_file(
                with_questions_beside(data, limits(settings), shown.questions, using=reader_limits(settings)), to
            )
        return
    with session.serving(database, make=True) as service:
        _record(service, incoming, decided, caller, tell, plan=plan, as_json=as_json)


def _record(
    service: Service,
    incoming: Incoming,
    decided: Decisions,
    caller: Caller,
    tell: Callable[[str], None],
    *,
    plan: str | None,
    as_json: bool,
) -> None:
    importing = Importing(service, tell)
    outcome = importing.confirm_unless_unchanged(incoming, decided, caller, plan=plan)
    if isinstance(outcome, FilePreview):
        if as_json:
            output.emit({"changed": False} | outcome.model_dump(mode="json"))
        else:
            print_file_preview(outcome, names_shown(service, outcome))
        return
    if as_json:
        output.emit(outcome_object(outcome))
    elif outcome.versions.get(f"plan/{outcome.plan}", (1, 1))[0] == 1:
        with service.store.reading() as reader:
            loaded = loaded_plan(reader, str(outcome.plan))
        print_loaded(loaded, outcome.warnings, repeated=outcome.repeated)
    else:
        _print_recorded(outcome)


def _print_recorded(outcome: Outcome) -> None:
    first, last = outcome.versions.get(f"plan/{outcome.plan}", (0, 0))
    again = f"{ALREADY_RECORDED}. " if outcome.repeated else ""
    what = f"{counted(last - first + 1, 'evento', 'eventi')}, versione {last}" if last else "misurazioni o stati"
    output.show(output.title(f"{again}{outcome.plan}: registrato", what))
    print_warnings(outcome.warnings)


def _decisions(path: str | None, fields: dict[str, JsonValue]) -> Decisions:
    """What a file of decisions says, and above it what the command itself does."""
    content = content_of(fields, CONFIRMED, today(session.now()))
    of_command = read_input(Decisions, content, CONFIRMED)
    of_file = into(Decisions, parse_json(file_bytes(path))) if path else Decisions()
    return of_file.model_copy(update={name: getattr(of_command, name) for name in of_command.model_fields_set})


def _progress() -> Callable[[str], None]:
    started = time.monotonic()

    def tell(stage: str) -> None:
        if time.monotonic() - started > SLOW_SECONDS:
            output.note(f"{stage}...")

    return tell


def export(
    plan: str, *, output_: str | None, force: bool, database: str | None, as_json: bool, **asked: JsonValue
) -> None:
    """Writes a plan as a file."""
    del as_json  # a JSON document is what it writes anyway, and a workbook is none
    question = read_input(OfExport, with_format(asked, output_), cli_of(EXPORT))
    to = session.output_file(output_, database, force=force)
    with session.reading(database) as reader:
        point = question.point(session.now())
        content = exported(reader, plan, point, question.format)
        left = {} if question.format == "json" else not_in_a_workbook(reader, plan, point)
    write_file(content, to)
    if left:
        listed = ", ".join(f"{BESIDE[part]} {count}" for part, count in left.items())
        output.note(f"Non stanno in una cartella, e non ci sono: {listed}. Li porta --format json.")


def _template(*, output_: str | None, force: bool, **asked: JsonValue) -> None:
    """Writes the workbook to be filled in."""
    question = read_input(OfTemplate, asked, cli_of(TEMPLATE))
    to = session.output_file(output_, None, force=force)
    write_file(write_template(question.year or today(session.now()).year), to)


FORMATS = {"xlsx": "xlsx", "zip": "csv", "json": "json"}
"""The format of a file by the end of its name."""


def with_format(asked: dict[str, JsonValue], path: str | None) -> dict[str, JsonValue]:
    """What is asked, in the format that the name of the file says where none is said."""
    if asked.get("format") is not None or path is None:
        return asked
    return asked | {"format": FORMATS.get(path.rpartition(".")[2].casefold())}


# A preview for people.


def names_shown(service: Service, shown: FilePreview) -> Names:
    """How the objects of a preview are called: as in the plan that there is, else as the file brings them."""
    brought = {item.object: item.name for item in shown.items if item.name}
    with service.store.reading() as reader:
        there = names_of(reader, find_plan(reader, shown.plan)).by_key if plan_is_there(reader, shown.plan) else {}
    return Names(brought | there)


def print_file_preview(shown: FilePreview, names: Names) -> None:
    """What a file would do: what differs, what is open, unread, odd, left alone, and the change rate."""
    if shown.kind != "difference":
        status = PLAN_STATUSES.get(str(shown.status), "non ammesso")
        heading = f"Anteprima, nulla è stato registrato. {shown.plan}: {status}"
        output.show(output.title(heading, f"{counts_words(shown.counts)}."))
    elif shown.changes_nothing:
        output.show(output.title(f"{shown.plan}: nessuna differenza", _against(shown)))
    else:
        output.show(output.title(f"Anteprima, nulla è stato registrato. {shown.plan}", _against(shown)))
    if shown.of_another:
        output.show(Text(printable(f"{shown.of_another[:1].upper()}{shown.of_another[1:]}."), style="bold"))
    show_reading(shown)
    _blocks(
        [
            (
                "Di ciò che il file contiene",
                [f"  {place_words(remark.where)}: {remark.words}" for remark in shown.remarks],
            )
        ]
    )
    if shown.items:
        summary = ", ".join(f"{FILE_DIFFERENCES.get(name, name)} {number}" for name, number in shown.changes.items())
        lines = [f"Differenze ({len(shown.items)}): {summary}"]
        lines += [_line(item, names) for item in shown.items[:SHOWN]]
        if len(shown.items) > SHOWN:
            lines.append(f"  e altre {len(shown.items) - SHOWN}; con --json ci sono tutte")
        output.show(Text(printable("\n".join(lines))))
    if decided := deciding_words(shown.decides):
        output.show(Text(printable("\n".join(["Decide:", *(f"  {line}" for line in decided)]))))
    _print_rest(shown)


def _against(shown: FilePreview) -> str:
    base = shown.compared_with
    if base is None:
        return f"confronto col piano in vigore al {day(shown.effective_on)}, versione {shown.version}"
    return (
        f"confronto con la cartella esportata (in vigore al {day(base['as_of'])}, versione {base['version']}); "
        f"le modifiche valgono dal {day(shown.effective_on)}, sulla versione {shown.version}"
    )


def _line(item: DifferenceItem, names: Names) -> str:
    what = f"  {SIGNS.get(item.type, '~')} {FILE_DIFFERENCES.get(item.type, item.type)}: {item.name or called(names, item.object)}"
    if item.year:
        order = f" ({item.ordinal}°)" if item.ordinal not in {None, 1} else ""
        what += f", {item.year}{order}"
    elif item.field:
        what += f", {field_name(item.field)}"
    field = item.field or NAMES_AN_OBJECTIVE.get(item.type)
    if item.type not in {"added", "reinstated", "withdrawn", "status_reported"} and (item.before or item.after):
        what += f": {_value(item.before, field, names)} → {_value(item.after, field, names)}"
    if item.direction:
        what += f" ({DIRECTIONS[item.direction]})"
    if item.matched_by and item.matched_by != "id":
        by = {"code": "codice", "name": "nome", "answer": "risposta"}[item.matched_by]
        what += f" [riconosciuto per {by}, {item.score}]"
    where = f" [{place_words(item.where)}]" if item.where else ""
    return what + where + (_added(item.after, names) if item.type == "added" and isinstance(item.after, dict) else "")


def _added(fields: Mapping[str, JsonValue], names: Names) -> str:
    """What an object begins with, on a line of its own: its fields, then its targets by year."""
    said = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    own: JsonValue = {name: value for name, value in said.items() if name not in {"name", "title", "targets"}}
    targets = fields.get("targets")
    rows = [row for row in targets if isinstance(row, dict)] if isinstance(targets, list) else []
    words = [_value(own, None, names)] if own else []
    words += [f"target {row.get('year')}: {row.get('text')}" for row in rows]
    return f"\n      {'; '.join(words)}" if words else ""


def _value(value: JsonValue, field: str | None, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return "niente"
    return value_in_words(value, field or "", names=names)


def _blocks(blocks: Sequence[tuple[str, list[str]]]) -> None:
    for heading, lines in blocks:
        if lines:
            more = [f"  e altre {len(lines) - SHOWN}"] if len(lines) > SHOWN else []
            output.show(Text(printable("\n".join([f"{heading} ({len(lines)}):", *lines[:SHOWN], *more]))))


def _print_rest(shown: FilePreview) -> None:
    blocks: list[tuple[str, list[str]]] = [
        (
            "Domande, a cui rispondere con --answer N=RISPOSTA, o nel foglio Domande che scrive --output FILE",
            [_question(number, question) for number, question in enumerate(shown.questions, 1)],
        ),
        (
            "Celle non lette, tenute come sono scritte",
            [f"  {place_words(cell.where)}: {cell.text!r}: {cell.reason}" for cell in shown.unread],
        ),
        (
            "Polarità da dire (più è meglio, o meno?), nella colonna Polarità o, dopo, con initinere polarity",
            [
                f"  {row.name}: {'; '.join(row.targets)}"
                + (f" (in biblioteca, {row.proposed_by}: {POLARITIES[row.proposed]})" if row.proposed else "")
                for row in shown.undetermined
            ],
        ),
        ("Lasciato com'era", [f"  {text}" for text in shown.left_alone]),
    ]
    _blocks(blocks)
    print_warnings(shown.warnings)
    for year, rate in shown.change_rate.items():
        if rate["before"] == rate["after"] and shown.changes_nothing:
            continue
        output.show(Text(printable(f"Tasso di modifica {year}: {_rate(rate)}")))
    if shown.refused:
        output.show(Text(printable(f"Così come sono, le modifiche sarebbero rifiutate: {shown.refused}")))


def _rate(rate: PlainBeforeAfter) -> str:
    before, after = rate["before"], rate["after"]
    if before is None:
        return ""
    return "; ".join(
        f"{name} da {_share(before[variant])} a {_share(after[variant])}" for variant, name in VARIANTS.items()
    )


def _share(rate: PlainRate) -> str:
    percent = "non definito" if rate["rate"] is None else f"{number(rate['rate'])}%"
    return f"{percent} ({rate['numerator']} su {rate['denominator']})"


def _question(number: int, question: OpenQuestion) -> str:
    scores = {option.words: option.score for option in question.options}
    words = answer_words(question.options)
    choices = [
        f"      {word}: {said}" + (f" (somiglianza {score})" if (score := scores[said]) is not None else "")
        for word, said in words.items()
    ]
    given = [option.words for option in question.options if option.answer == question.answer]
    answer = f" Risposta: {given[0]}." if given else ""
    return "\n".join([f"  {number}. [{place_words(question.where)}] {question.words}{answer}", *choices])


DECISIONS = o.text_option(
    "--decisions", "decisions", "FILE", "Un JSON con le risposte alle domande e ciò che si dice riga per riga."
)
COMPLETE = click.Option(
    ["--complete"],
    type=OfType(CompletePart),
    metavar="PARTE",
    multiple=True,
    help=f"La parte del file che è completa: ciò che vi manca è ritirato. Una fra: {listed_words(PARTS)}.",
)
COMMANDS: dict[str, click.Command] = {
    "import": command_of(
        LOAD,
        [
            o.argument(
                "file",
                "FILE",
                "Una cartella .xlsx o .ods, uno ZIP di .csv o un documento JSON; - per lo standard input.",
            ),
            *options_of(Decisions, CONFIRMED),
            DECISIONS,
            ANSWER,
            COMPLETE,
            o.switch(
                "--reading",
                "Di un file che ha una forma propria stampa come verrebbe letto, da correggere; non registra nulla.",
            ),
            o.text_option(
                "--map",
                "map_",
                "FILE",
                "La lettura corretta di un file che ha una forma propria, come la stampa --reading.",
            ),
            click.Option(
                ["--plan", "--piano"],
                metavar="PIANO",
                help="Il piano che c'è già e di cui è il file, quando il file non lo dice: un CSV solo, un foglio dell'ufficio.",
            ),
            o.PREVIEW,
            o.text_option(
                "--output",
                "output_",
                "FILE",
                "Con --preview: la cartella di lavoro, con un foglio Domande a cui rispondere e da importare di nuovo. "
                "Con --reading: la lettura, da correggere; in un .xlsx, la cartella stessa con un foglio Lettura in più.",
            ),
            o.FORCE,
            o.DATABASE,
            o.ACTOR,
            o.IS_ROLE,
            o.COMMAND_ID,
            o.AS_JSON,
        ],
        import_,
    ),
    "template": command_of(TEMPLATE, [*options_of(OfTemplate, cli_of(TEMPLATE)), o.OUTPUT, o.FORCE], _template),
    "export": command_of(
        EXPORT, [o.PLAN, *options_of(OfExport, cli_of(EXPORT)), o.OUTPUT, o.FORCE, o.DATABASE, o.AS_JSON], export
    ),
}
