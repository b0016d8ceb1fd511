"""The two dates: timelines, and the fold that defines every answer.

state(as_of, known) = for each field of each object, the value of the event with the greatest `effective_on` <= as_of
and, among equals, the greatest version, looking only at events up to the version `known` and not annulled by then.

The tables of the store answer the same question by an index seek; a property test holds them to `fold`.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.event import Event
from domain.recording import Recorded
from domain.vocabulary import JsonValue

Cell = tuple[str, str]
"""An object and a field of it."""


class Entry(NamedTuple):
    """One point of a timeline: from `effective_on` on, by the event at `version`, the field has this value."""

    effective_on: date
    version: int
    value: JsonValue


def place(entry: Entry) -> tuple[date, int]:
    """Where an entry stands in its timeline: the later date wins and, among equals, the later version."""
    return entry.effective_on, entry.version


def annulled(annulments: Mapping[int, Iterable[int]], known: int) -> set[int]:
    """The versions that do not count, as known at version `known`.

    `annulments` says which versions each annulment names. An annulment can only name earlier events, so that walking
    back from the latest decides each annulment before what it leaves out.
    """
    left_out: set[int] = set()
    for version in sorted(annulments, reverse=True):
        if version <= known and version not in left_out:
            left_out.update(annulments[version])
    return left_out


def annulments_in(records: Iterable[Recorded]) -> dict[int, tuple[int, ...]]:
    """Which versions each annulment of a stream names."""
    return {r.version: versions for r in records if (versions := r.event.annulled_versions())}


def fold(records: Iterable[Recorded], as_of: date, known: int) -> dict[Cell, Entry]:
    """The state of one stream as of a date, as known at a version: the definition, naive on purpose."""
    records = list(records)
    left_out = annulled(annulments_in(records), known)
    state: dict[Cell, Entry] = {}
    for record in records:
        if record.version > known or record.version in left_out or record.effective_on > as_of:
            continue
        for fact in record.event.facts():
            entry = Entry(record.effective_on, record.version, fact.value)
            latest = state.get((fact.object, fact.field))
            if latest is None or place(latest) <= place(entry):
                state[fact.object, fact.field] = entry
    return state


Rows = Iterable[tuple[str, str, Entry]]


class Timelines:
    """For each field of each object, its values in the order of the two dates.

    Holds what counts to one knowledge: nothing that was annulled by then. `load` brings the rows of an object, or of
    every object under a prefix that ends in "/" ("objective/"), or of all ("/"), when they are first asked for.
    """

    def __init__(self, *, version: int = 0, load: Callable[[str], Rows] | None = None) -> None:
        self.version = version
        self._load = load
        self._loaded: set[str] = set()
        self._cells: dict[str, dict[str, list[Entry]]] = {}
        self._under: dict[str, list[str]] = defaultdict(list)

    def insert(self, object_: str, field: str, entry: Entry) -> None:
        """Puts an entry in its place; the order of arrival does not matter."""
        if object_ not in self._cells:
            self._cells[object_] = {}
            for prefix in _prefixes(object_):
                self._under[prefix].append(object_)
        entries = self._cells[object_].setdefault(field, [])
        if not entries or place(entries[-1]) <= place(entry):  # a store hands them over in order
            entries.append(entry)
        else:
            insort(entries, entry, key=place)

    def evolve(self, event: Event, effective_on: date) -> int:
        """Takes in an event that was just decided, at the next version, which is returned."""
        self.version += 1
        for fact in event.facts():
            self._fetch(fact.object)
            self.insert(fact.object, fact.field, Entry(effective_on, self.version, fact.value))
        return self.version

    def exclude(self, versions: Iterable[int]) -> None:
        """Leaves out what these versions said."""
        excluded = set(versions)
        self._fetch("/")
        for fields in self._cells.values():
            for entries in fields.values():
                entries[:] = [entry for entry in entries if entry.version not in excluded]

    def without(self, records: Iterable[Recorded]) -> "Timelines":
        """The same timelines, to be read, as if these events had not been; these ones stay as they are.

        What the events say nothing of is shared with these, not copied: a large plan loses one of its changes in no time.
        """
        records = list(records)
        left_out = {record.version for record in records}
        rest: Timelines = self._sharing()
        for object_, field in {(fact.object, fact.field) for record in records for fact in record.event.facts()}:
            fields = rest._cells.get(object_, {})
            entries = [entry for entry in fields.get(field, []) if entry.version not in left_out]
            rest._cells[object_] = {**fields, field: entries}
        return rest

    def followed_by(self, records: Iterable[Recorded]) -> "Timelines":
        """The same timelines, to be read, with these events as well; these ones stay as they are.

        What the events say nothing of is shared with these, as in `without`.
        """
        made: Timelines = self._sharing()
        own: set[str] = set()
        for record in records:
            made.version = record.version
            for fact in record.event.facts():
                if fact.object not in own:
                    own.add(fact.object)
                    made._own(fact.object)
                made.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))
        return made

    def _sharing(self) -> "Timelines":
        """Timelines that share every entry with these: nothing may be inserted of an object that is not made their own."""
        self._fetch("/")
        made = Timelines(version=self.version)
        made._cells, made._under = self._cells.copy(), self._under.copy()
        return made

    def _own(self, object_: str) -> None:
        if object_ in self._cells:
            self._cells[object_] = {field: entries.copy() for field, entries in self._cells[object_].items()}
        else:
            self._under.update({prefix: self._under[prefix].copy() for prefix in _prefixes(object_)})

    def entries(self, object_: str, field: str) -> list[Entry]:
        """The whole timeline of one field."""
        self._fetch(object_)
        return self._cells.get(object_, {}).get(field, [])

    def fields(self, object_: str) -> Mapping[str, list[Entry]]:
        """All the timelines of one object."""
        self._fetch(object_)
        return {field: entries for field, entries in self._cells.get(object_, {}).items() if entries}

    def entry(self, object_: str, field: str, on: date) -> Entry | None:
        """The entry in force on a date, or None."""
        entries = self.entries(object_, field)
        after = bisect_right(entries, on, key=_effective_on)
        return entries[after - 1] if after else None

    def value(self, object_: str, field: str, on: date) -> JsonValue:
        """The value in force on a date, or None."""
        entry = self.entry(object_, field, on)
        return entry.value if entry else None

    def value_before(self, object_: str, field: str, on: date, version: int) -> JsonValue:
        """The value just before what a version says for a date; None where there is none."""
        entries = self.entries(object_, field)
        index = bisect_left(entries, (on, version), key=place)
        return entries[index - 1].value if index else None

    def known(self, object_: str) -> bool:
        """Whether anything at all is said of an object, at whatever date."""
        return bool(self.fields(object_))

    def later(self, object_: str, on: date) -> Iterator[tuple[str, Entry]]:
        """What is said of an object for dates after `on`."""
        for field, entries in self.fields(object_).items():
            yield from ((field, entry) for entry in entries if entry.effective_on > on)

    def objects(self, prefix: str) -> list[str]:
        """The objects under a prefix that ends in "/", in the order of their first mention."""
        self._fetch(prefix)
        return [key for key in self._under.get(prefix, ()) if any(self._cells[key].values())]

    def versions_of(self, object_: str) -> set[int]:
        """The versions of the events that say anything of an object."""
        return {entry.version for entries in self.fields(object_).values() for entry in entries}

    def _fetch(self, key: str) -> None:
        if self._load is None or key in self._loaded or not self._loaded.isdisjoint(_prefixes(key)):
            return
        rows = [row for row in self._load(key) if row[0] not in self._loaded]
        self._loaded.add(key)
        for object_, field, entry in rows:
            self.insert(object_, field, entry)
        self._loaded.update(row[0] for row in rows)


def _prefixes(key: str) -> list[str]:
    parts = key.split("/")
    return ["/", *("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))]


def _effective_on(entry: Entry) -> date:
    return entry.effective_on


def timelines_of(records: Iterable[Recorded], known: int) -> Timelines:
    """The timelines of a stream as known at a version, from its events: the naive way."""
    records = list(records)
    left_out = annulled(annulments_in(records), known)
    timelines = Timelines(version=known)
    for record in records:
        if record.version <= known and record.version not in left_out:
            for fact in record.event.facts():
                timelines.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))
    return timelines
