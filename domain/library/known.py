"""The library as it is known, and a card held against it: where it departs, and what it lacks and would inherit."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.indicators.card import CARD_LABELS
from domain.library.entry import COMPARED, LibraryEntry, library_key
from domain.library.events import ENTRY
from domain.plans.state import PlanState
from domain.spelling import folded
from domain.timelines import Timelines
from domain.vocabulary import Polarity, polarity_of

POLARITY_WORDS: Mapping[str, str] = {"up": "più è meglio", "down": "meno è meglio"}


class KnownEntry(NamedTuple):
    """An entry that is in the library on a date, since when, and the version of its event."""

    entry: LibraryEntry
    since: date
    version: int


class FieldBeside(NamedTuple):
    """A field of a card beside the library's: `card` is None where the card lacks it."""

    field: str
    card: str | None
    library: str

    @property
    def label(self) -> str:
        """How people call the field."""
        return CARD_LABELS[self.field]

    @property
    def words(self) -> str:
        """What the library has there, as people say it."""
        return field_said(self.field, self.library)


class CodedCard(NamedTuple):
    """An indicator with one of its codes, and the entry that the library has under it, if it has one."""

    indicator: str
    scheme: str
    code: str
    known: KnownEntry | None
    departs: tuple[FieldBeside, ...] = ()
    inherits: tuple[FieldBeside, ...] = ()

    @property
    def called(self) -> str:
        """The code, as people say it."""
        return f"{self.scheme} {self.code}"


class Library:
    """The entries of an installation, as known at some version of their stream."""

    def __init__(self, timelines: Timelines | None) -> None:
        self._timelines = timelines

    @property
    def is_there(self) -> bool:
        """Whether anything was ever said in it."""
        return self._timelines is not None

    def entry(self, scheme: str, code: str, as_of: date) -> KnownEntry | None:
        """The entry under a code on a date; None where there is none."""
        if self._timelines is None:
            return None
        return _known(self._timelines, library_key(scheme, code), as_of)

    def entries(self, as_of: date) -> list[KnownEntry]:
        """Every entry on a date, by scheme and code; numbers by their value."""
        timelines = self._timelines
        if timelines is None:
            return []
        found = (_known(timelines, key, as_of) for key in timelines.objects("library/"))
        return sorted((each for each in found if each is not None), key=lambda each: in_order(each.entry))

    def beside(self, state: PlanState, as_of: date, only: str | None = None) -> Iterator[CodedCard]:
        """Each indicator in force, or one `only`, with each code of its card, held against the entry of that date."""
        for indicator in state.indicators() if only is None else [only]:
            codes = state.indicator(indicator, "codes")
            if not isinstance(codes, dict) or not state.indicator_in_force(indicator):
                continue
            card = {field: state.indicator(indicator, field) for field in COMPARED}
            for scheme, code in codes.items():
                known = self.entry(scheme, str(code), as_of)
                yield held_against(indicator, scheme, str(code), card, known)

    def polarity(self, codes: Mapping[str, object], as_of: date) -> tuple[Polarity, str] | None:
        """The polarity under the codes of a card, and the code that says it; None where nothing or two things are said."""
        told: dict[Polarity, str] = {}
        for scheme, code in codes.items():
            known = self.entry(scheme, str(code), as_of)
            if known is not None and known.entry.polarity is not None:
                told.setdefault(known.entry.polarity, known.entry.called)
        return next(iter(told.items())) if len(told) == 1 else None


NO_LIBRARY = Library(None)
"""The library of an installation that has none."""


def in_order(entry: LibraryEntry) -> tuple[str, int, str]:
    """The place of an entry among others: numbers by their value, before other codes."""
    return entry.scheme.casefold(), int(entry.code) if entry.code.isdecimal() else 10**9, entry.code


def held_against(
    indicator: str, scheme: str, code: str, card: Mapping[str, object], known: KnownEntry | None
) -> CodedCard:
    """A card beside an entry, field by field; what is only spelt otherwise is no departure."""
    if known is None:
        return CodedCard(indicator, scheme, code, None)
    departs: list[FieldBeside] = []
    inherits: list[FieldBeside] = []
    for field in COMPARED:
        library, own = getattr(known.entry, field), card.get(field)
        if not library:
            continue
        if not own:
            inherits.append(FieldBeside(field, None, str(library)))
        elif _spelling(str(own)) != _spelling(str(library)):
            departs.append(FieldBeside(field, str(own), str(library)))
    return CodedCard(indicator, scheme, code, known, tuple(departs), tuple(inherits))


def polarities_to_take(state: PlanState, library: Library, as_of: date) -> Iterator[tuple[str, Polarity, str]]:
    """The indicators in force whose polarity nobody knows, with what the library says of them, and under which code.

    One of which the office said that it does not know stays so.
    """
    for indicator in state.indicators():
        codes = state.indicator(indicator, "codes")
        if not isinstance(codes, dict) or not state.indicator_in_force(indicator):
            continue
        if polarity_of(state.indicator(indicator, "polarity")) is not None:
            continue
        if state.indicator(indicator, "polarity_basis") == "stated":
            continue
        told = library.polarity(codes, as_of)
        if told is not None:
            yield indicator, *told


def field_said(field: str, value: str) -> str:
    """The value of a field as people say it."""
    return POLARITY_WORDS.get(value, value) if field == "polarity" else value


def _known(timelines: Timelines, key: str, as_of: date) -> KnownEntry | None:
    entry = timelines.entry(key, ENTRY, as_of)
    if entry is None or entry.value is None:
        return None
    return KnownEntry(LibraryEntry.model_validate(entry.value), entry.effective_on, entry.version)


def _spelling(text: str) -> str:
    """What tells one text from another: letters and digits, and the signs by which a formula computes."""
    signs = "".join(sign for sign in text if sign in "%/*+-×÷∑<>=≤≥€")
    return f"{folded(text)}|{signs}"
