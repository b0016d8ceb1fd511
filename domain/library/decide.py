"""The rules of the library of indicators: an entry is not stated twice, nor withdrawn where there is none."""

from collections.abc import Mapping
from datetime import date

from domain.access.principal import Forbidden, Principal
from domain.errors import Malformed, NoChange, NotFound, OutsidePlan, Problem
from domain.italian import print_date
from domain.library.commands import LoadLibrary, StateEntry, TakePolarities, WithdrawEntry
from domain.library.entry import LibraryEntry, library_key
from domain.library.events import LibraryEntryStated, LibraryEntryWithdrawn
from domain.library.known import Library, polarities_to_take
from domain.plans.state import PlanState
from domain.timelines import Timelines
from domain.vocabulary import Polarity

LIBRARY = "installation/library"
"""The stream of the installation that has the entries of its library."""


def require_keeper(by: Principal) -> None:
    """Forbidden for whoever does not administer the whole installation: its library is of every body in it."""
    by.require("keep_library", None)
    if not is_keeper(by):
        found = "la biblioteca degli indicatori è di tutti gli enti, e chi chiede ne amministra uno"
        raise Forbidden(found, accepted="un amministratore dell'installazione")


def is_keeper(by: Principal) -> bool:
    """Whether somebody administers the whole installation, and may so write its library."""
    everywhere = any(not grant.administration for grant in by.grants if grant.role == "administrator")
    return by.may("keep_library", None) and (by.is_machine or everywhere)


def state_entry(timelines: Timelines, command: StateEntry, today: date) -> tuple[LibraryEntryStated, date]:
    """The entry, and its day; refused for a day to come, and where the library has it so already."""
    entry, day = command.entry(), _day(command.stated_on, today, "stated_on")
    if _stands(Library(timelines), entry, day):
        raise NoChange(f"la biblioteca ha già {entry.called} così", accepted="una voce che dica altro", where="code")
    return LibraryEntryStated(entry=entry), day


def withdraw_entry(timelines: Timelines, command: WithdrawEntry, today: date) -> tuple[LibraryEntryWithdrawn, date]:
    """Refused where there is no such entry on that day."""
    day = _day(command.withdrawn_on, today, "withdrawn_on")
    known = Library(timelines).entry(command.scheme, command.code, day)
    if known is None:
        raise no_entry(command.scheme, command.code)
    return LibraryEntryWithdrawn(scheme=known.entry.scheme, code=known.entry.code), day


def load_library(
    timelines: Timelines, command: LoadLibrary, today: date, places: Mapping[int, str] | None = None
) -> tuple[list[LibraryEntryStated], date]:
    """What of a file the library does not have so already; refused for a code that stands twice, and where it has all.

    `places` says where each entry stands in the file, where that is no list of entries.
    """
    day, library = _day(command.stated_on, today, "stated_on"), Library(timelines)
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(command.entries):
        place = (places or {}).get(number, f"entries[{number}]")
        before = first.setdefault(library_key(entry.scheme, entry.code), place)
        if before != place:
            found = f"{entry.called} c'è già in {before}"
            problems.append(Problem(where=place, found=found, accepted="ogni codice una volta"))
    if problems:
        raise Malformed(problems)
    events = [LibraryEntryStated(entry=entry) for entry in command.entries if not _stands(library, entry, day)]
    if not events:
        raise NoChange(
            f"la biblioteca ha già così tutte le voci del file, {len(command.entries)}",
            accepted="un file che dica altro",
        )
    return events, day


def take_polarities(
    state: PlanState, library: Library, command: TakePolarities, as_of: date
) -> dict[str, tuple[Polarity, str]]:
    """By indicator the polarity that the library says and the code that says it; refused where it says none that is wanted."""
    told = {indicator: (polarity, code) for indicator, polarity, code in polarities_to_take(state, library, as_of)}
    if command.indicators is None:
        return told
    missing = [
        Problem(
            where=f"indicators[{place}]",
            found=f"di {indicator} la biblioteca non dice la polarità, o il piano la sa già",
            accepted=f"uno fra: {', '.join(list(told)[:20]) or 'nessuno'}",
        )
        for place, indicator in enumerate(command.indicators)
        if indicator not in told
    ]
    if missing:
        raise Malformed(missing)
    return {indicator: told[indicator] for indicator in command.indicators}


def no_entry(scheme: str, code: str) -> NotFound:
    """What is answered of an entry that the library does not have on a date."""
    found = f"la biblioteca non ha {scheme[:40]} {code[:60]} a questa data"
    return NotFound(found, accepted="un codice dell'elenco (initinere library list)", where="code")


def _stands(library: Library, entry: LibraryEntry, day: date) -> bool:
    known = library.entry(entry.scheme, entry.code, day)
    return known is not None and known.entry == entry


def _day(said: date | None, today: date, where: str) -> date:
    if said is not None and said > today:
        raise OutsidePlan(f"il {print_date(said)} è nel futuro", accepted="una data fino a oggi", where=where)
    return said or today
