"""The library of indicators: its entries, one with its history, and a plan's cards held against it."""

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.library.decide import LIBRARY, no_entry
from domain.library.entry import LibraryEntry, library_key
from domain.library.events import ENTRY, LibraryEntryStated
from domain.library.known import CodedCard, FieldBeside, KnownEntry, Library, polarities_to_take
from domain.plans.state import PlanState
from domain.point import Point
from domain.spelling import folded
from domain.vocabulary import Identifier, Polarity
from projections.answers import Count, Day, Name, OfPlan, Text, Version
from projections.plan_history import read_history
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import find_plan


class EntrySaid(TypedDict):
    """Una voce della biblioteca, come si carica e come si esporta."""

    scheme: Name
    code: Name
    name: Text
    formula: Text | None
    terms: list[Text]
    unit: Text | None
    polarity: Polarity | None
    source: Text | None


class EntryRow(EntrySaid):
    """Una voce della biblioteca, e da quando è così."""

    since: Day
    version: Annotated[Version, Field(description="L'evento, nel flusso della biblioteca.")]


class LibraryList(TypedDict):
    """Le voci della biblioteca degli indicatori a una data."""

    as_of: Day
    version: Count
    entries: list[EntryRow]


class EntryThen(TypedDict):
    """Che cosa la biblioteca disse di un codice da una data: la voce, o nulla se fu ritirata."""

    since: Day
    version: Version
    entry: EntrySaid | None


class EntryShown(TypedDict):
    """Una voce della biblioteca, con tutto ciò che ha detto nel tempo."""

    as_of: Day
    entry: EntryRow
    history: list[EntryThen]


class LibraryFile(TypedDict):
    """La biblioteca intera, com'è presa da un caricamento."""

    entries: list[EntrySaid]


class EntryForeseen(TypedDict):
    """Una voce che si registrerebbe, e ciò che la biblioteca dice ora del suo codice, se ne dice."""

    since: Day
    before: EntrySaid | None
    entry: EntrySaid


class BesideRow(TypedDict):
    """Un campo della scheda accanto a quello della biblioteca; `card` manca dove la scheda non lo dice."""

    field: Name
    called: Text
    card: Text | None
    library: Text


class CodedRow(TypedDict):
    """Un indicatore con uno dei suoi codici: la voce della biblioteca, dove la scheda se ne scosta, che cosa ne avrebbe."""

    indicator: Identifier
    name: Text
    scheme: Name
    code: Name
    entry: EntryRow | None
    departs: list[BesideRow]
    inherits: list[BesideRow]


class PolarityFromLibrary(TypedDict):
    """Una polarità che il piano non sa e la biblioteca dice."""

    indicator: Identifier
    name: Text
    polarity: Polarity
    entry: Annotated[Text, Field(description="La voce che la dice.")]


class PlanBesideLibrary(OfPlan):
    """Le schede di un piano accanto alla biblioteca: solo quelle con un codice."""

    indicators: list[CodedRow]
    polarities: Annotated[
        list[PolarityFromLibrary], Field(description="Le polarità che il piano non sa e si possono prendere di qui.")
    ]


class PolaritiesToTake(TypedDict):
    """Le polarità che si prenderebbero dalla biblioteca."""

    plan: Identifier
    polarities: list[PolarityFromLibrary]


def library_known(reader: Reader, point: Point) -> Library:
    """The library as known at a point."""
    version = reader.known(LIBRARY, point.known_at).version
    return Library(reader.timelines(LIBRARY, version) if version else None)


def library_list(
    reader: Reader, point: Point, *, scheme: str | None, code: str | None, text: str | None
) -> LibraryList:
    """The entries on a date; of a scheme, under a code, with a text in their name or formula, where these are said."""
    wanted = folded(text)
    entries = [
        entry_row(known)
        for known in library_known(reader, point).entries(point.as_of)
        if _is_wanted(known.entry, scheme, code) and wanted in folded(f"{known.entry.name} {known.entry.formula or ''}")
    ]
    return {
        "as_of": point.as_of.isoformat(),
        "version": reader.known(LIBRARY, point.known_at).version,
        "entries": entries,
    }


def _is_wanted(entry: LibraryEntry, scheme: str | None, code: str | None) -> bool:
    asked = library_key(scheme or entry.scheme, code or entry.code)
    return asked == library_key(entry.scheme, entry.code)


def library_entry(reader: Reader, point: Point, scheme: str, code: str) -> EntryShown:
    """One entry on a date, with all that was said of its code; NotFound where there is none."""
    known = library_known(reader, point).entry(scheme, code, point.as_of)
    if known is None:
        raise no_entry(scheme, code)
    timelines = reader.timelines(LIBRARY, reader.known(LIBRARY, point.known_at).version)
    history: list[EntryThen] = [
        {
            "since": entry.effective_on.isoformat(),
            "version": entry.version,
            "entry": None if entry.value is None else entry_said(LibraryEntry.model_validate(entry.value)),
        }
        for entry in timelines.entries(library_key(scheme, code), ENTRY)
    ]
    return {"as_of": point.as_of.isoformat(), "entry": entry_row(known), "history": history}


def library_file(reader: Reader, point: Point) -> LibraryFile:
    """Every entry on a date, as a loading takes them."""
    return {"entries": [entry_said(known.entry) for known in library_known(reader, point).entries(point.as_of)]}


def entries_foreseen(reader: PreviewReader) -> list[EntryForeseen]:
    """What entries would be stated, each beside what the library says of its code on that day."""
    library = library_known(reader.before, Point(date.max))
    foreseen: list[EntryForeseen] = []
    for record in reader.pending(LIBRARY):
        if isinstance(record.event, LibraryEntryStated):
            entry, day = record.event.entry, record.effective_on
            known = library.entry(entry.scheme, entry.code, day)
            before = None if known is None else entry_said(known.entry)
            foreseen.append({"since": day.isoformat(), "before": before, "entry": entry_said(entry)})
    return foreseen


def plan_beside_library(reader: Reader, plan: str, point: Point) -> PlanBesideLibrary:
    """Every card of a plan that bears a code, held against the library as it is known at the point."""
    known = find_plan(reader, plan, point.known_at)
    history, library = read_history(reader, known), library_known(reader, point)
    state = history.state(point.as_of)
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "indicators": [coded_row(state, coded) for coded in library.beside(state, point.as_of)],
        "polarities": [
            {"indicator": indicator, "name": indicator_called(state, indicator), "polarity": polarity, "entry": entry}
            for indicator, polarity, entry in polarities_to_take(state, library, point.as_of)
        ],
    }


def coded_row(state: PlanState, coded: CodedCard) -> CodedRow:
    """An indicator with one of its codes, as it is answered."""
    return {
        "indicator": coded.indicator,
        "name": indicator_called(state, coded.indicator),
        "scheme": coded.scheme,
        "code": coded.code,
        "entry": None if coded.known is None else entry_row(coded.known),
        "departs": [_beside(field) for field in coded.departs],
        "inherits": [_beside(field) for field in coded.inherits],
    }


def indicator_called(state: PlanState, indicator: str) -> str:
    """The name of an indicator; its id where it has none."""
    return str(state.indicator(indicator, "name") or indicator)


def entry_said(entry: LibraryEntry) -> EntrySaid:
    """An entry, whole."""
    return {
        "scheme": entry.scheme,
        "code": entry.code,
        "name": entry.name,
        "formula": entry.formula,
        "terms": [*entry.terms],
        "unit": entry.unit,
        "polarity": entry.polarity,
        "source": entry.source,
    }


def entry_row(known: KnownEntry) -> EntryRow:
    """An entry, with its day and its event."""
    return {**entry_said(known.entry), "since": known.since.isoformat(), "version": known.version}


def _beside(field: FieldBeside) -> BesideRow:
    return {"field": field.field, "called": field.label, "card": field.card, "library": field.library}
