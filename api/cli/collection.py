"""The commands of the sheets by which offices give the values of a round: exported, taken in again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.files import file_bytes, write_file
from api.cli.parameters import TextType, content_of, options_of, read_as_it_is
from api.cli.reader import argument_of, cli_of, command_of, read_input
from api.cli.recorded import print_warnings
from api.cli.words import ALREADY_RECORDED, counted, day, number, percentage, printable
from api.imports.collecting import Collecting
from api.imports.collection_preview import CollectedItem, CollectionPreview
from api.imports.collection_reading import read_returned
from api.imports.options import CollectionOptions
from api.imports.reading import limits, reader_limits
from api.operations.model import Command, Question, row_named
from api.operations.monitoring import ROUNDS
from api.operations.queries import OfCollection
from api.operations.serializers import outcome_object
from api.workbook.collection_write import write_collection, write_collections
from domain.deviations.events import DEVIATION_CAUSES
from domain.errors import Malformed
from domain.measurements.events import FINALITY_WORDS, STATUS_WORDS
from domain.periods import period_words
from domain.point import Point, today
from domain.rounds.model import round_called
from domain.vocabulary import JsonValue
from projections.collection_sheets import collection_sheets, formulas_to_confirm

EXPORT_ROUND, COLLECT = row_named(ROUNDS, "export_round", Question), row_named(ROUNDS, "collect_round", Command)
FILES = "Le schede che tornano dagli uffici, .xlsx o .ods, o uno ZIP di schede; - per lo standard input."
ROUND = argument_of("round", required=True)


def export_sheets(
    plan: str,
    *,
    output_: str | None,
    force: bool,
    database: str | None,
    as_json: bool,
    **asked: JsonValue,
) -> None:
    """Writes the sheet of an office, or all of them."""
    del as_json  # a workbook is what it writes anyway
    name = str(asked.pop("round"))
    question = read_input(OfCollection, asked, cli_of(EXPORT_ROUND))
    to = session.output_file(output_, database, force=force)
    with session.reading(database) as reader:
        point = Point(today(session.now()))
        sheets = collection_sheets(reader, plan, name, point, office=question.office)
        waiting = formulas_to_confirm(reader, sheets)
    write_file(write_collections(sheets) if question.office is None else write_collection(sheets[0]), to)
    if waiting:
        output.note(
            f"Senza colonne per i termini, perché la formula aspetta conferma (initinere formula confirm): {', '.join(waiting)}"
        )


def import_sheets(
    plan: str,
    files: Sequence[str],
    *,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **asked: JsonValue,
) -> None:
    """Takes the sheets in, or says what they would do."""
    name = str(asked.pop("round"))
    content = content_of(asked, cli_of(COLLECT), today(session.now()))
    how = read_input(CollectionOptions, content, cli_of(COLLECT))
    take_in(
        {file: file_bytes(file) for file in files},
        how,
        plan,
        name,
        database=database,
        actor=actor,
        command_id=command_id,
        as_json=as_json,
    )


def take_in(
    files: Mapping[str, bytes],
    how: CollectionOptions,
    plan: str | None = None,
    name: str | None = None,
    *,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
) -> None:
    """Records the sheets of some files, or shows what they would do; without a plan and a round, of those that they name."""
    settings = session.settings()
    returned = [
        sheet
        for file, data in files.items()
        for sheet in read_returned(
            data,
            limits(settings),
            file=Path(file).name if len(files) > 1 else "",
            using=reader_limits(settings),
        )
    ]
    with session.serving(database) as service:
        collecting = Collecting(service, returned, how, session.caller(actor, command_id))
        shown = collecting.preview(plan, name)
        if how.preview or shown.changes_nothing:
            _tell(shown, as_json=as_json, preview=how.preview)
            return
        if shown.problems:
            if not as_json:
                _print_rest(shown)
            raise Malformed(list(shown.problems))
        outcome = collecting.record(plan, name)
        if as_json:
            output.emit(outcome_object(outcome))
            return
        again = f"{ALREADY_RECORDED}. " if outcome.repeated else ""
        output.show(output.title(f"{again}{shown.plan}: registrato", _counts(shown)))
        _print_items(shown)
        _print_rest(shown)


def _tell(shown: CollectionPreview, *, as_json: bool, preview: bool) -> None:
    if as_json:
        output.emit(({"preview": True} if preview else {"changed": False}) | shown.model_dump(mode="json"))
        return
    if shown.changes_nothing:
        output.show(output.title(f"{shown.plan}: nessuna differenza", f"dati {round_called(shown.round)}"))
    else:
        heading = f"Anteprima, nulla è stato registrato. {shown.plan}, dati {round_called(shown.round)}"
        output.show(output.title(heading, _counts(shown)))
    _print_items(shown)
    if shown.problems:
        lines = [f"  {problem}" for problem in shown.problems]
        output.show(Text(printable("\n".join([f"Da correggere prima di registrare ({len(lines)}):", *lines]))))
    _print_rest(shown)


def _counts(shown: CollectionPreview) -> str:
    values = sum(item.value is not None for item in shown.items)
    statuses = sum(item.status is not None for item in shown.items)
    causes = sum(item.cause is not None for item in shown.items)
    actions = sum(item.remedy is not None for item in shown.items)
    words = [counted(values, "valore", "valori"), counted(statuses, "stato", "stati")]
    words += [counted(causes, "causa", "cause")] if causes else []
    words += [counted(actions, "azione correttiva", "azioni correttive")] if actions else []
    return f"{', '.join(words[:-1])} e {words[-1]}"


def _print_items(shown: CollectionPreview) -> None:
    for sheet in shown.sheets:
        name = f"{sheet.file}: " if sheet.file else ""
        known = f", {counted(sheet.unchanged, 'già nota', 'già note')}" if sheet.unchanged else ""
        filled = counted(sheet.filled, "riga compilata", "righe compilate")
        words = f"{name}{sheet.office}: {filled} su {sheet.rows}{known}"
        output.show(Text(printable(words)))
    for item in shown.items:
        output.show(output.entry("", f"{item.name}, {period_words(item.period)} [{item.where}]", _item(item)))


def _item(item: CollectedItem) -> list[str]:
    lines: list[str] = []
    if item.value is not None:
        finality = f" ({FINALITY_WORDS[item.finality]})" if item.finality else ""
        lines.append(f"valore: {item.value_before or 'niente'} → {item.value}{finality}")
        if item.computed is not None:
            lines.append(f"calcolato: {item.computed}")
        lines.append(f"target dell'anno: {', '.join(item.targets) or 'nessuno'}{_against(item)}")
    if item.status is not None:
        lines.append(
            f"stato: {_status(item.status_before, item.progress_before)} → {_status(item.status, item.progress)}"
        )
    if item.note:
        lines.append(f"nota: {item.note}")
    if item.cause is not None:
        before = DEVIATION_CAUSES[item.cause_before] if item.cause_before else "niente"
        lines.append(f"causa: {before} → {DEVIATION_CAUSES[item.cause]}: {item.cause_words}")
    if item.remedy is not None:
        lines.append(
            f"azione correttiva: {item.remedy} ({item.action_office}), entro il {day(item.action_due_by or '')}"
        )
    return lines


def _against(item: CollectedItem) -> str:
    if item.achievement is None:
        return f"; {item.meaning}" if item.meaning else ""
    met = "" if item.met is None else ", raggiunto" if item.met else ", non ancora raggiunto"
    return f"; raggiungimento {percentage(item.achievement)}{met}"


def _status(status: str | None, progress: str | None) -> str:
    if status is None:
        return "niente"
    return STATUS_WORDS[status] + (f", {number(progress)}%" if progress is not None else "")


def _print_rest(shown: CollectionPreview) -> None:
    remarks = [f"  {remark.where}: {remark.words}" for remark in shown.remarks]
    if remarks:
        output.show(Text(printable("\n".join([f"Di ciò che le schede contengono ({len(remarks)}):", *remarks]))))
    if shown.contradictions:
        lines = [f"  {words}" for words in shown.contradictions]
        output.show(Text(printable("\n".join([f"Che cosa non torna ({len(lines)}):", *lines]))))
    print_warnings(shown.warnings)


COLLECTION_COMMANDS: dict[str, click.Command] = {
    "export": command_of(
        EXPORT_ROUND,
        [o.PLAN, ROUND, *options_of(OfCollection, cli_of(EXPORT_ROUND)), o.OUTPUT, o.FORCE, o.DATABASE, o.AS_JSON],
        export_sheets,
    ),
    "import": command_of(
        COLLECT,
        [
            o.PLAN,
            ROUND,
            click.Argument(
                ["files"], type=TextType(read_as_it_is), metavar="FILE...", nargs=-1, required=True, help=FILES
            ),
            *options_of(CollectionOptions, cli_of(COLLECT)),
            o.DATABASE,
            o.ACTOR,
            o.IS_ROLE,
            o.COMMAND_ID,
            o.AS_JSON,
        ],
        import_sheets,
    ),
}
