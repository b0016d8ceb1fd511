"""The commands of the library of indicators: list, show, state, withdraw, load, export; a plan held against it."""

from typing import Any

from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.files import file_bytes, write_file
from api.cli.parameters import content_of, options_of
from api.cli.reader import Shown, asks, cli_of, command_of, group, read_input, records
from api.cli.recorded import print_warnings, tell
from api.cli.words import ALREADY_RECORDED, banner, counted, day, printable
from api.commands.handler import Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from api.formats.library_csv import library_csv
from api.language.labels import POLARITIES
from api.operations.library import LIBRARY, content_of_file, load_library_file
from api.operations.model import Command, CommandContext, Question, row_named
from api.operations.requests import LibraryToLoad
from api.operations.serializers import outcome_object
from domain.library.commands import TakePolarities
from domain.library.decide import LIBRARY as STREAM
from domain.library.known import field_said
from domain.names import Names
from domain.point import today
from domain.vocabulary import JsonValue
from projections.library import (
    EntryShown,
    LibraryList,
    PlanBesideLibrary,
    PolarityFromLibrary,
    library_file,
)

LOAD, EXPORT = row_named(LIBRARY, "load_library", Command), row_named(LIBRARY, "export_library", Question)


def tell_of_library(service: Service, outcome: Outcome) -> None:
    """Says what was recorded of the library, a sentence each, and what of a file was not taken."""
    heading = ALREADY_RECORDED if outcome.repeated else "Registrato"
    with service.store.reading() as reader:
        first, last = outcome.versions[STREAM]
        recorded = reader.records(STREAM, range(first, last + 1))
    what = counted(len(recorded), "voce", "voci")
    output.show(output.title(f"{heading}: {what} della biblioteca"))
    for record in recorded:
        output.show(output.entry(day(record.effective_on), printable(record.event.sentence(Names({}))), []))
    print_warnings(outcome.warnings)


def print_library(shown: Shown, answer: LibraryList) -> None:
    """The entries, one a line."""
    output.show(output.title(f"Biblioteca degli indicatori: {len(answer['entries'])}", banner(shown.point, shown.now)))
    if not answer["entries"]:
        return
    table = output.table("Codice", "Nome", "Unità", "Polarità", "Dal")
    for entry in answer["entries"]:
        polarity = POLARITIES[entry["polarity"]] if entry["polarity"] else "—"
        cells = (
            f"{entry['scheme']} {entry['code']}",
            entry["name"],
            entry["unit"] or "—",
            polarity,
            day(entry["since"]),
        )
        output.rows(table, [cells])
    output.show(table)


def print_entry(_: Shown, answer: EntryShown) -> None:
    """One entry whole, and what was said of its code."""
    entry = answer["entry"]
    lines = [
        f"formula: {entry['formula'] or '—'}",
        *(f"  termine: {term}" for term in entry["terms"]),
        f"unità: {entry['unit'] or '—'}",
        f"polarità: {POLARITIES[entry['polarity']] if entry['polarity'] else '—'}",
        f"fonte: {entry['source'] or '—'}",
    ]
    head = Text(printable(f"{entry['scheme']} {entry['code']} · {entry['name']}"), style="bold")
    output.show(output.entry(day(entry["since"]), head, [printable(line) for line in lines]))
    for then in answer["history"]:
        words = "ritirata" if then["entry"] is None else f"«{then['entry']['name']}»"
        output.show(output.entry(day(then["since"]), Text(printable(words)), []))


def print_plan_beside(shown: Shown, answer: PlanBesideLibrary) -> None:
    """Each card with a code: the entry, where it departs, what it would inherit."""
    heading = f"Schede e biblioteca · {answer['plan']}: {len(answer['indicators'])} con un codice"
    output.show(output.title(heading, banner(shown.point, shown.now)))
    for row in answer["indicators"]:
        lines = [
            *(
                f"diversa: {f['called']}: «{field_said(f['field'], f['card'] or '')}», in biblioteca «{field_said(f['field'], f['library'])}»"
                for f in row["departs"]
            ),
            *(f"manca: {f['called']}; in biblioteca «{field_said(f['field'], f['library'])}»" for f in row["inherits"]),
        ]
        if row["entry"] is None:
            lines = ["la biblioteca non ha questo codice"]
        told = [printable(line) for line in lines] or ["come in biblioteca"]
        output.show(output.entry(f"{row['scheme']} {row['code']}", Text(printable(row["name"]), style="bold"), told))
    if answer["polarities"]:
        _print_polarities(answer["polarities"])
        output.show(Text(printable(f"Si prendono tutte insieme: initinere library polarities {answer['plan']}")))


def _print_polarities(rows: list[PolarityFromLibrary]) -> None:
    table = output.table("Indicatore", "Polarità", "Voce", title_="Polarità che il piano non sa e la biblioteca dice")
    output.show(output.rows(table, [(row["name"], POLARITIES[row["polarity"]], row["entry"]) for row in rows]))


def _print_taking(context: CommandContext, taken: TakePolarities) -> None:
    row = row_named(LIBRARY, "take_library_polarities", Command)
    foreseen: Any = row.foresee(context, taken)  # type: ignore[misc]  # the row has a preview
    _print_polarities(foreseen["polarities"])


def _load(
    file: str,
    *,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **fields: JsonValue,
) -> None:
    """Loads the entries of a file, JSON or CSV, all or none."""
    content = content_of(fields, cli_of(LOAD), today(session.now()))
    request = into(LibraryToLoad, content | content_of_file(file_bytes(file), file))
    with session.serving(database, make=True) as service:
        outcome = load_library_file(CommandContext(service, "", session.caller(actor, command_id)), request)
        if as_json:
            output.emit(outcome_object(outcome))
        else:
            tell_of_library(service, outcome)


def _export(*, output_: str | None, force: bool, database: str | None, as_json: bool, **fields: JsonValue) -> None:
    """Writes the library as a file."""
    now = session.now()
    query = read_input(EXPORT.query, content_of(fields, cli_of(EXPORT), today(now)), cli_of(EXPORT))
    to = session.output_file(output_, database, force=force)
    with session.reading(database) as reader:
        whole = library_file(reader, query.point(now))  # type: ignore[attr-defined]  # it is Dated
    is_csv = getattr(query, "format", "json") == "csv" and not as_json
    write_file(library_csv(whole["entries"]) if is_csv else output.json_bytes(whole), to)


COMMANDS = {
    "library": group(
        "library",
        "La biblioteca degli indicatori: i codici nazionali e quelli propri, e dove una scheda se ne scosta.",
        {
            "list": asks(LIBRARY, {"list_library": print_library}),
            "show": asks(LIBRARY, {"show_library_entry": print_entry}),
            "state": records(LIBRARY, "state_library_entry", tell_of_library),
            "withdraw": records(LIBRARY, "withdraw_library_entry", tell_of_library),
            "load": command_of(
                LOAD,
                [
                    o.argument("file", "FILE", "Il file: JSON come lo dà l'esportazione, oppure CSV."),
                    *options_of(LibraryToLoad, cli_of(LOAD), without={"entries", "csv"}),
                    o.ACTOR,
                    o.IS_ROLE,
                    o.COMMAND_ID,
                    o.DATABASE,
                    o.AS_JSON,
                ],
                _load,
            ),
            "export": command_of(
                EXPORT, [*options_of(EXPORT.query, cli_of(EXPORT)), o.OUTPUT, o.FORCE, o.DATABASE, o.AS_JSON], _export
            ),
            "compare": asks(LIBRARY, {"compare_with_library": print_plan_beside}),
            "polarities": records(LIBRARY, "take_library_polarities", tell, tell_preview=_print_taking),
        },
    )
}
