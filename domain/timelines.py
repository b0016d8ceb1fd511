"""The two dates: timelines, and the fold that defines every answer.

state(as_of, known) = for each field of each object, the value of the event with the greatest `effective_on` <= as_of
and, among equals, the greatest version, looking only at events up to the version `known` and not annulled by then.

The tables of the store answer the same question by an index seek; a property test holds them to `fold`.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
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


class Annulments:
    """What the annulments of a stream leave out, taken in one after the other: at the cost of what each turns over."""

    def __init__(self) -> None:
        self.left_out: set[int] = set()
        self._names: dict[int, tuple[int, ...]] = {}
        self._naming: defaultdict[int, int] = defaultdict(int)  # how many annulments that count name a version

    def add(self, version: int, versions: Iterable[int]) -> set[int]:
        """Takes in an annulment; which versions count no more, or again. It can only name earlier events."""
        before: dict[int, bool] = {}
        self._names[version] = tuple(named for named in dict.fromkeys(versions) if named < version)
        waiting = [(named, 1) for named in self._names[version]]
        while waiting:
            named, step = waiting.pop()
            before.setdefault(named, named in self.left_out)
            self._naming[named] += step
            if self._naming[named] == (1 if step == 1 else 0):
                (self.left_out.add if step == 1 else self.left_out.remove)(named)
                waiting += [(earlier, -step) for earlier in self._names.get(named, ())]
        return {named for named, was in before.items() if was != (named in self.left_out)}


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


Rows = Sequence[tuple[str, str, Entry]]


class _Bearers:
    """The objects that ever had a text in a field, by that text, in the order of their first mention."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._places: dict[str, int] = {}
        self._bearing: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._ordered: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._passed: defaultdict[str, dict[date, int]] = defaultdict(dict)  # how many of a text have it not on a date

    def add(self, object_: str, value: JsonValue) -> None:
        """Takes in that an object has, from some date on, a value; None for a value of another field."""
        place_ = self._places.setdefault(object_, len(self._places))
        if not value:
            return
        text = self._fold(str(value))
        ordered = self._ordered[text]
        again = object_ in self._bearing[text]
        if again or (ordered and ordered[-1][0] > place_):
            self._passed.pop(text, None)
        if not again:
            self._bearing[text][object_] = place_
            insort(ordered, (place_, object_))

    def first(self, name: str, on: date, value_of: Callable[[str], JsonValue]) -> JsonValue:
        """The value, on a date, of the first object that then has the text of a name; None where none has."""
        text = self._fold(name)
        ordered, passed = self._ordered.get(text, []), self._passed[text]
        for position in range(passed.get(on, 0), len(ordered)):
            value = value_of(ordered[position][1])
            if value and self._fold(str(value)) == text:
                passed[on] = position
                return value
        passed[on] = len(ordered)
        return None


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
        self._bearers: dict[Cell, _Bearers] = {}

    def insert(self, object_: str, field: str, entry: Entry) -> None:
        """Puts an entry in its place; the order of arrival does not matter."""
        self._take_in([(object_, field, entry)])

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
        self._bearers.clear()
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
        if object_ not in self._loaded:
            self._fetch(object_)
        return self._cells.get(object_, {}).get(field, [])

    def fields(self, object_: str) -> Mapping[str, list[Entry]]:
        """All the timelines of one object."""
        self._fetch(object_)
        return {field: entries for field, entries in self._cells.get(object_, {}).items() if entries}

    def entry(self, object_: str, field: str, on: date) -> Entry | None:
        """The entry in force on a date, or None."""
        return _in_force(self.entries(object_, field), on)

    def values(self, object_: str, on: date) -> dict[str, JsonValue]:
        """The values in force on a date of all the fields of an object."""
        in_force = ((field, _in_force(entries, on)) for field, entries in self.fields(object_).items())
        return {field: entry.value for field, entry in in_force if entry is not None}

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

    def following(self, object_: str, field: str, on: date) -> Entry | None:
        """The first entry of a field that takes effect after a date, or None."""
        return next((entry for entry in self.entries(object_, field) if entry.effective_on > on), None)

    def objects(self, prefix: str) -> list[str]:
        """The objects under a prefix that ends in "/", in the order of their first mention."""
        self._fetch(prefix)
        return [key for key in self._under.get(prefix, ()) if any(self._cells[key].values())]

    def first_with(self, prefix: str, field: str, name: str, fold: Callable[[str], str], on: date) -> JsonValue:
        """The value of a field, on a date, of the first object under a prefix whose value folds as a name does.

        The objects are gone through once, not at every question; a field is asked for with one `fold`.
        """
        self._fetch(prefix)
        bearers = self._bearers.get((prefix, field))
        if bearers is None:
            bearers = _Bearers(fold)
            for object_ in self._under.get(prefix, ()):
                for value in (None, *(entry.value for entry in self._cells[object_].get(field, ()))):
                    bearers.add(object_, value)
            self._bearers[prefix, field] = bearers  # whole, for whoever else reads these timelines meanwhile
        return bearers.first(name, on, lambda object_: self.value(object_, field, on))

    def versions_of(self, object_: str) -> set[int]:
        """The versions of the events that say anything of an object."""
        return {entry.version for entries in self.fields(object_).values() for entry in entries}

    def _fetch(self, key: str) -> None:
        if self._load is None or key in self._loaded or not self._loaded.isdisjoint(_prefixes(key)):
            return
        rows = self._load(key)
        if self._loaded:
            rows = [row for row in rows if row[0] not in self._loaded]
        self._loaded.add(key)
        self._take_in(rows)
        self._loaded.update([row[0] for row in rows])

    def _take_in(self, rows: Rows) -> None:
        """Puts rows in their places."""
        for object_, field, entry in rows:
            fields = self._cells.get(object_)
            if fields is None:
                fields = self._enter(object_)
            entries = fields.get(field)
            if entries is None:
                fields[field] = [entry]
            else:
                _put(entries, entry)
            if self._bearers:
                self._borne(object_, field, entry)

    def _enter(self, object_: str) -> dict[str, list[Entry]]:
        for prefix in _prefixes(object_):
            self._under[prefix].append(object_)
        fields: dict[str, list[Entry]] = {}
        self._cells[object_] = fields
        return fields

    def _borne(self, object_: str, field: str, entry: Entry) -> None:
        for (prefix, indexed), bearers in self._bearers.items():
            if object_.startswith(prefix):
                bearers.add(object_, entry.value if field == indexed else None)


def _put(entries: list[Entry], entry: Entry) -> None:
    if not entries or place(entries[-1]) <= place(entry):  # a store hands them over in order, but for what is foreseen
        entries.append(entry)
    else:
        insort(entries, entry, key=place)


@lru_cache(maxsize=10_000)
def _prefixes(key: str) -> tuple[str, ...]:
    parts = key.split("/")
    return "/", *("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))


def _effective_on(entry: Entry) -> date:
    return entry.effective_on


def _in_force(entries: Sequence[Entry], on: date) -> Entry | None:
    if entries and entries[-1].effective_on <= on:  # nearly always: what is asked for is the last that was said
        return entries[-1]
    after = bisect_right(entries, on, key=_effective_on)
    return entries[after - 1] if after else None


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
