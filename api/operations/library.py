"""The library of indicators: entries stated, withdrawn, loaded, found, exported; a plan's cards held against it."""

from pathlib import PurePath

from api.commands import library
from api.commands.handler import Outcome
from api.formats.json_reader import an_object, into, parse_json
from api.formats.library_csv import LibraryRead, read_library_csv
from api.operations.model import JSON, AnsweredBy, Cli, CommandContext, command
from api.operations.queries import OfLibrary, OfLibraryEntry, OfLibraryFile, Preview
from api.operations.requests import LibraryToLoad
from domain.errors import Malformed, Problem
from domain.library.commands import LoadLibrary, StateEntry, TakePolarities, WithdrawEntry
from domain.vocabulary import JsonValue
from projections.library import (
    EntryShown,
    LibraryFile,
    LibraryList,
    PlanBesideLibrary,
    PolaritiesToTake,
    library_entry,
    library_list,
    plan_beside_library,
)

TAG = "biblioteca"


def load_library_file(context: CommandContext, request: LibraryToLoad) -> Outcome:
    """Loads a whole library, of entries or of a CSV."""
    read = library_of(request)
    entries: list[JsonValue] = [entry.model_dump(mode="json", exclude_none=True) for entry in read.entries]
    stated_on = None if request.stated_on is None else request.stated_on.isoformat()
    loaded = into(LoadLibrary, {"entries": entries, "stated_on": stated_on})
    return library.load_library(context.service, loaded, context.caller, read.places, read.not_taken)


def content_of_file(data: bytes, name: str) -> dict[str, JsonValue]:
    """What a file says, JSON or CSV, as the command takes it; Malformed where it is neither."""
    if PurePath(name).suffix.casefold() == ".json" or data.lstrip()[:1] == b"{":
        return an_object(parse_json(data))
    try:
        return {"csv": data.decode("utf-8-sig")}
    except UnicodeDecodeError:
        found = "non è testo in UTF-8"
        raise Malformed([Problem(where=name, found=found, accepted="JSON oppure CSV in UTF-8")]) from None


def library_of(request: LibraryToLoad) -> LibraryRead:
    """The entries that are to be loaded, with what of a CSV is not taken; Malformed where it cannot be read."""
    if (request.csv is None) is (request.entries is None):
        found = "le voci mancano" if request.csv is None else "ci sono le voci, e un CSV"
        raise Malformed([Problem(where="entries", found=found, accepted="entries oppure csv")])
    return LibraryRead(request.entries or (), {}, ()) if request.csv is None else read_library_csv(request.csv)


LIBRARY = (
    AnsweredBy(LibraryList).question(
        "list_library",
        "La biblioteca degli indicatori",
        "Le voci della biblioteca: codice, nome, formula con i suoi termini, unità, polarità, fonte. Per schema, per codice, per "
        "parole.",
        tag=TAG,
        permission="read_registry",
        path="/library",
        cli=Cli(words="library list"),
        query=OfLibrary,
        handler=lambda context, of: library_list(
            context.reader, context.point, scheme=of.scheme, code=of.code, text=of.text
        ),
        identity="answer",
    ),
    AnsweredBy(EntryShown).question(
        "show_library_entry",
        "Una voce della biblioteca",
        "La voce di un codice, e che cosa la biblioteca ne ha detto nel tempo.",
        tag=TAG,
        permission="read_registry",
        path="/library/entry",
        cli=Cli(words="library show", arguments=("scheme", "code")),
        query=OfLibraryEntry,
        handler=lambda context, of: library_entry(context.reader, context.point, of.scheme, of.code),
        identity="answer",
    ),
    AnsweredBy(bytes, described_as=LibraryFile).question(
        "export_library",
        "Esporta la biblioteca",
        "Ogni voce della biblioteca, in JSON o in CSV: come si carica in un'altra installazione.",
        tag=TAG,
        permission="read_registry",
        path="/library/export",
        cli=Cli(words="library export", written=True),
        query=OfLibraryFile,
        identity="none",
        media_types=(*JSON, "text/csv"),
    ),
    command(
        "state_library_entry",
        "Scrive una voce della biblioteca",
        "Scrive una voce intera, nuova o al posto di ciò che diceva: le schede con il suo codice vi si confrontano.",
        tag=TAG,
        permission="keep_library",
        path="/library",
        cli=Cli(words="library state", arguments=("scheme", "code"), options={"stated_on": "on"}),
        takes=StateEntry,
        handler=lambda context, stated: library.state_entry(context.service, stated, context.caller),
    ),
    command(
        "withdraw_library_entry",
        "Ritira una voce della biblioteca",
        "Da un giorno la biblioteca non ha più la voce; ciò che diceva prima resta.",
        tag=TAG,
        permission="keep_library",
        path="/library/withdrawals",
        cli=Cli(words="library withdraw", arguments=("scheme", "code"), options={"withdrawn_on": "on"}),
        takes=WithdrawEntry,
        handler=lambda context, gone: library.withdraw_entry(context.service, gone, context.caller),
    ),
    command(
        "load_library",
        "Carica la biblioteca",
        "Prende tutte le voci di un file, JSON o CSV, o nessuna: ogni errore è detto con la sua riga. Ciò che la biblioteca ha "
        "già così resta com'è; le colonne che non si prendono sono dette.",
        tag=TAG,
        permission="keep_library",
        path="/library/loads",
        cli=Cli(
            words="library load", options={"stated_on": "on"}, left_out=frozenset({"entries", "csv"}), written=True
        ),
        takes=LibraryToLoad,
        handler=load_library_file,
    ),
    AnsweredBy(PlanBesideLibrary).question(
        "compare_with_library",
        "Le schede di un piano accanto alla biblioteca",
        "Di ogni indicatore con un codice la voce della biblioteca, dove la scheda se ne scosta, che cosa le manca e ne avrebbe; "
        "e le polarità che se ne possono prendere.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/library",
        cli=Cli(words="library compare"),
        handler=lambda context, _: plan_beside_library(context.reader, context.subject, context.point),
        identity="answer",
    ),
    command(
        "take_library_polarities",
        "Prende le polarità dalla biblioteca",
        "Dice la polarità degli indicatori di cui non si sa, com'è nella biblioteca sotto il loro codice: completa la scheda, e non "
        "è una modifica del piano. L'anteprima le elenca.",
        tag=TAG,
        permission="change_plan",
        path="/plans/{plan}/library-polarities",
        cli=Cli(words="library polarities", options={"indicators": "indicator"}),
        names={"indicators": "indicator"},
        takes=TakePolarities,
        handler=lambda context, taken: library.take_polarities(context.service, context.subject, taken, context.caller),
        query=Preview,
        preview=PolaritiesToTake,
        foresee=lambda context, taken: library.preview_taking(context.service, context.subject, taken),
    ),
)
