"""Matches the rows of a document with the objects of a plan: by id, then by code, then by name and place.

A row is matched only where it is sure; where it is ambiguous, somebody is asked, with the score of each candidate.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.spelling import folded

SURE = 0.9
"""From this similarity on, a name in the same place is the same thing."""

POSSIBLE = 0.6
"""Below this similarity it is another thing. Between the two, somebody is asked."""

PLACE = 0.25
"""The share of the place (parent, objective) in a score; the rest is the name's."""

LEAD = 0.05
"""By how much the best candidate must be ahead of the next."""

CANDIDATES = 20
"""How many candidates of a row are compared letter by letter: those that share its rarest words."""

MOST_PAIRS = 60_000
"""Beyond so many pairs of equal letters (two names of some 900 letters) names are compared by their words."""

By = Literal["id", "code", "name", "answer"]


class Item(NamedTuple):
    """A row, or an object of the plan, as far as matching looks at it; `place` is the name of what it hangs from."""

    id: str | None
    code: str | None
    name: str
    place: str | None = None


class Match(NamedTuple):
    """A row's object, by what it was recognised, and how alike the two are, from 0 to 1."""

    id: str
    by: By
    score: float


class Ambiguous(NamedTuple):
    """A row that may be one of several objects: the candidates from the likeliest, with their scores."""

    candidates: tuple[tuple[str, float], ...]


MatchResult = Match | Ambiguous | None
"""None: a new thing."""


@lru_cache(maxsize=100_000)
def similarity(first: str, second: str) -> float:
    """How alike two names are, from 0 to 1, whatever their case, accents and signs."""
    if first == second and first.isalnum():
        return 1.0
    a, b = folded(first), folded(second)
    if a == b:
        return 1.0 if a else 0.0
    if not a or not b:
        return 0.0
    if _pairs(a, b) > MOST_PAIRS:
        return _by_words(a, b)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return 0.0 if matcher.quick_ratio() < POSSIBLE / 2 else matcher.ratio()


def _pairs(a: str, b: str) -> int:
    """How many pairs of equal letters two names have: what comparing them letter by letter costs."""
    if len(a) * len(b) <= MOST_PAIRS:
        return 0
    letters = Counter(b)
    return sum(times * letters[letter] for letter, times in Counter(a).items())


def _by_words(a: str, b: str) -> float:
    """How alike two long names are: the letters of the words that they share."""
    first, second = Counter(a.split()), Counter(b.split())
    return 2 * _letters(first & second) / (_letters(first) + _letters(second))


def _letters(words: Counter[str]) -> int:
    return sum(len(word) * times for word, times in words.items())


def score(row: Item, candidate: Item) -> float:
    """How alike a row and an object are: names, and the names of the places that they stand in."""
    names = similarity(row.name, candidate.name)
    if row.place is None or candidate.place is None:
        return names
    same_place = folded(row.place) == folded(candidate.place)
    return (1 - PLACE) * names + PLACE * (1.0 if same_place else similarity(row.place, candidate.place))


def match(
    rows: Sequence[Item], objects: Sequence[Item], answers: Sequence[str | None], *, certain_ids: bool = True
) -> list[MatchResult]:
    """What each row is; an object is given to one row at most.

    `answers` says, row by row, the object that somebody chose, "" for a new thing, None where nobody was asked.
    `certain_ids` is false between two plans: there the same id under another name is a doubt.
    """
    results: list[MatchResult] = [None] * len(rows)
    decided: set[int] = set()
    free = {item.id: item for item in objects if item.id is not None}
    for position, answer in enumerate(answers):
        if answer is not None:
            decided.add(position)
            if answer in free:
                results[position] = Match(answer, "answer", score(rows[position], free.pop(answer)))
    _by_id(rows, free, results, decided, certain=certain_ids)
    _by_code(rows, free, results, decided)
    _by_name(rows, free, results, decided)
    return results


def _by_id(
    rows: Sequence[Item], free: dict[str, Item], results: list[MatchResult], decided: set[int], *, certain: bool
) -> None:
    for position, row in enumerate(rows):
        if position not in decided and row.id in free:
            alike = score(row, free[row.id])
            if certain or alike >= POSSIBLE:
                del free[row.id]
                results[position] = Match(row.id, "id", alike)
                decided.add(position)


def _by_code(rows: Sequence[Item], free: dict[str, Item], results: list[MatchResult], decided: set[int]) -> None:
    bearers = Counter(folded(row.code) for position, row in enumerate(rows) if position not in decided and row.code)
    codes: defaultdict[str, list[Item]] = defaultdict(list)
    names: defaultdict[str, list[Item]] = defaultdict(list)
    for item in free.values():
        names[folded(item.name)].append(item)
        if item.code:
            codes[folded(item.code)].append(item)
    for position, row in enumerate(rows):
        code = folded(row.code)
        if position in decided or not code or bearers[code] > 1 or len(codes[code]) != 1:
            continue
        (candidate,) = codes[code]
        if candidate.id is None or candidate.id not in free:
            continue
        # A code that went to another thing while the name stays elsewhere: the codes were given out anew.
        elsewhere = (
            [item for item in names[folded(row.name)] if item is not candidate and item.id in free] if row.name else []
        )
        decided.add(position)
        if elsewhere and folded(candidate.name) != folded(row.name):
            results[position] = _ambiguous(row, [candidate, *elsewhere])
            continue
        del free[candidate.id]
        results[position] = Match(candidate.id, "code", score(row, candidate))


def _by_name(rows: Sequence[Item], free: dict[str, Item], results: list[MatchResult], decided: set[int]) -> None:
    index = _Words(list(free.values()))
    scored: list[tuple[float, int, Item]] = []
    alike: dict[tuple[str, str | None], list[tuple[float, Item]]] = {}  # rows that say the same are compared once
    for position, row in enumerate(rows):
        if position not in decided and row.name:
            says = (row.name, row.place)
            if says not in alike:
                near = ((score(row, item), item) for item in index.near(row))
                alike[says] = [(value, item) for value, item in near if value >= POSSIBLE]
            scored += [(value, position, item) for value, item in alike[says]]
    of_row: defaultdict[int, list[tuple[float, Item]]] = defaultdict(list)
    best_two: defaultdict[str, list[float]] = defaultdict(list)
    for value, position, item in scored:
        if item.id is not None:
            of_row[position].append((value, item))
            best_two[item.id] = sorted((*best_two[item.id], value), reverse=True)[:2]
    for value, position, item in sorted(scored, key=lambda scored_pair: (-scored_pair[0], scored_pair[1])):
        if position in decided or item.id is None or item.id not in free:
            continue
        rivals = sorted((v for v, other in of_row[position] if other.id in free and other.id != item.id), reverse=True)
        sure = value >= SURE and all(value - v >= LEAD for v in (*rivals[:1], *best_two[item.id][1:]))
        decided.add(position)
        if sure:
            del free[item.id]
            results[position] = Match(item.id, "name", value)
        else:
            left = {other.id: v for v, other in of_row[position] if other.id is not None and other.id in free}
            results[position] = _likeliest(left)


def _ambiguous(row: Item, candidates: Sequence[Item]) -> Ambiguous:
    return _likeliest({item.id: score(row, item) for item in candidates if item.id is not None})


def _likeliest(scored: Mapping[str, float]) -> Ambiguous:
    return Ambiguous(tuple(sorted(scored.items(), key=lambda candidate: (-candidate[1], candidate[0]))[:5]))


class _Words:
    """Finds the objects that may be meant by a name without comparing it with every one."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        self._named: defaultdict[str, list[int]] = defaultdict(list)
        for position, item in enumerate(items):
            name = folded(item.name)
            self._named[name].append(position)
            for word in set(name.split()):
                self._having[word].append(position)

    def near(self, row: Item) -> list[Item]:
        """The objects of the same name and those that share the rarest words with it."""
        name = folded(row.name)
        same = self._named.get(name, [])
        if len(same) == 1 and (row.place is None or folded(self._items[same[0]].place) == folded(row.place)):
            return [self._items[same[0]]]
        shared: Counter[int] = Counter()
        for word in set(name.split()):
            having = self._having.get(word, [])
            if len(having) <= max(200, len(self._items) // 20):
                for position in having:
                    shared[position] += 1_000 // len(having)
        nearest = [position for position, _ in shared.most_common(CANDIDATES)]
        return [self._items[position] for position in dict.fromkeys([*same[:CANDIDATES], *nearest])]
