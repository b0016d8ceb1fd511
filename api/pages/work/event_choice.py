"""Which event a form is about: found by its words, its act or its number, for a plan has hundreds."""

from collections.abc import Sequence
from typing import NamedTuple

from api.pages.work.controls import FieldOption

SOUGHT = "trova"
"""The parameter by which an address says what is looked for among events."""
MOST = 40
"""How many are offered at once."""
MOST_WORDS = 110


class EventOffered(NamedTuple):
    """An event that may be chosen: its value in the form, how it is told, what else it is found by."""

    value: str
    words: str
    also: str = ""

    def matches(self, sought: Sequence[str]) -> bool:
        """Whether all that is looked for is in it."""
        text = f"{self.words} {self.also}".casefold()
        return all(word in text for word in sought)


class EventsFound(NamedTuple):
    """The events that are offered, newest first; how many were found, of how many."""

    options: tuple[FieldOption, ...]
    found: int
    total: int
    sought: str


def events_found(events: Sequence[EventOffered], sought: str, chosen: str) -> EventsFound:
    """Those that match what is looked for, as many as are offered at once, and the one that is chosen already."""
    words = sought.casefold().split()
    matching = [event for event in events if event.matches(words)]
    offered = matching[:MOST]
    offered += [event for event in events if event.value == chosen and event not in offered]
    options = tuple(FieldOption(event.value, shortened_words(event.words)) for event in offered)
    return EventsFound(options, len(matching), len(events), sought)


def shortened_words(words: str) -> str:
    """Words as a line of a list shows them."""
    return words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1]}…"
