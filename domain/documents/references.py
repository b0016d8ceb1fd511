"""What a reference in a document means: an id, a code or a name, of a row of the document or of the plan."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from domain.acts.phrase import slug
from domain.documents.matching import Match, MatchResult
from domain.spelling import folded
from domain.vocabulary import ObjectKind

NEAR, MOST_SUGGESTED, LONGEST = 0.75, 2, 120
"""How alike, from 0 to 1, a name is to a reference for which it is suggested; how many; characters that are compared."""

Named = tuple[str | None, str | None, str | None]
"""Id, code and name."""


class ReferenceResolver:
    """Finds a row, or an object of the plan, by its id, else by its code, else by its name, if only one has it."""

    def __init__(self, rows: Sequence[Named], current: Sequence[Named]) -> None:
        self._sides = (rows, current)
        self._indexes: dict[tuple[int, int], dict[str, list[int]]] = {}

    def _index(self, side: int, part: int) -> dict[str, list[int]]:
        if (side, part) not in self._indexes:
            index: defaultdict[str, list[int]] = defaultdict(list)
            for position, named in enumerate(self._sides[side]):
                if text := named[part]:
                    index[text.strip() if part == 0 else folded(text)].append(position)
            self._indexes[side, part] = index
        return self._indexes[side, part]

    def find(self, reference: str | None) -> int | str | None:
        """The position of a row, or the id of an object of the plan; None for none, or for more than one."""
        if not reference:
            return None
        for part in range(3):
            text = reference.strip() if part == 0 else folded(reference)
            for side in (0, 1):
                positions = self._index(side, part).get(text, [])
                if len(positions) == 1:
                    return positions[0] if side == 0 else self._sides[1][positions[0]][0]
        return None

    def near(self, reference: str) -> list[str]:
        """The names that are nearly what a reference says, the nearest first."""
        names = {folded(text)[:LONGEST]: text for side in self._sides for named in side if (text := named[2])}
        return [names[key] for key in get_close_matches(folded(reference)[:LONGEST], names, MOST_SUGGESTED, NEAR)]


class MatchedRows(NamedTuple):
    """The rows of one kind as matched: what each is, and its id (None while somebody has to say)."""

    kind: ObjectKind
    names: ReferenceResolver
    found: tuple[MatchResult, ...]
    ids: tuple[str | None, ...]

    def match(self, position: int) -> Match | None:
        """How a row was matched, where it was."""
        result = self.found[position]
        return result if isinstance(result, Match) else None

    def resolve(self, reference: str) -> str | None:
        """The id that a reference means; None where it means nothing, or something that is still open."""
        position = self.names.find(reference)
        return self.ids[position] if isinstance(position, int) else position

    def is_open(self, reference: str) -> bool:
        """Whether a reference means a row of which somebody has still to say what it is."""
        position = self.names.find(reference)
        return isinstance(position, int) and self.ids[position] is None


_PREFIXES: dict[ObjectKind, str] = {"objective": "ob", "indicator": "ind"}
"""What stands before an id that would be figures alone."""


def fresh_id(kind: ObjectKind, code: str, name: str, used: set[str], numbers: dict[str, int]) -> str:
    """A short id that no other object has, of its code, else of its name; `numbers` keeps how far each stem was counted, for the next of its rows."""
    stem = slug(code, 60) if slug(code, 60) != slug("") else slug(name, 60)
    if stem.replace("-", "").isdecimal():
        stem = f"{_PREFIXES[kind]}-{stem}"
    number = numbers.get(stem, 0) + 1
    while f"{kind}/{(id_ := stem if number == 1 else f'{stem}-{number}')}" in used:
        number += 1
    numbers[stem] = number
    used.add(f"{kind}/{id_}")
    return id_
