"""The events of the library of indicators of an installation: an entry was stated, whole; an entry was withdrawn.

They stand in a stream of their own, `installation/library`: no pack encloses it, for it says nothing of a plan.
"""

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.library.entry import LibraryCode, LibraryEntry, Scheme, library_key
from domain.names import Names

ENTRY = "entry"
"""The field that holds an entry."""


class LibraryEntryStated(Occurrence):
    """An entry holds as it is said here, whole, from here on: new, or in place of what it said before."""

    topic = "library-entry-stated"

    entry: LibraryEntry

    def facts(self) -> list[Fact]:
        value = self.entry.model_dump(mode="json", exclude_none=True)
        return [Fact(library_key(self.entry.scheme, self.entry.code), ENTRY, value)]

    def sentence(self, names: Names) -> str:
        return f"Voce di biblioteca {self.entry.called}: «{self.entry.name}»"


class LibraryEntryWithdrawn(Occurrence):
    """An entry is in the library no more: cards with its code inherit nothing from here on."""

    topic = "library-entry-withdrawn"

    scheme: Scheme
    code: LibraryCode

    def facts(self) -> list[Fact]:
        return [Fact(library_key(self.scheme, self.code), ENTRY, None)]

    def sentence(self, names: Names) -> str:
        return f"Ritirata la voce di biblioteca {self.scheme} {self.code}"


EVENTS: tuple[type[Event], ...] = (LibraryEntryStated, LibraryEntryWithdrawn)
