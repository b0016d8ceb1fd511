"""What a reference in a document means: an id, a code or a name, of a row of the document or of the plan."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from domain.acts.phrase import slug
from domain.documents.matching import Found, Match, plain

Named = tuple[str | None, str | None, str | None]
"""Id, code and name."""


class Names:
    """Finds a row, or an object of the plan, by its id, else by its code, else by its name, if only one has it."""

    def __init__(self, rows: Sequence[Named], held: Sequence[Named]) -> None:
        self._named = (rows, held)
        self._indexes: dict[tuple[bool, int], dict[str, list[int]]] = {}
        self._ids = [one[0] for one in held]

    def _index(self, *, of_rows: bool, part: int) -> dict[str, list[int]]:
        if (of_rows, part) not in self._indexes:
            self._indexes[of_rows, part] = self._made(self._named[0 if of_rows else 1], part)
        return self._indexes[of_rows, part]

    @staticmethod
    def _made(named: Sequence[Named], part: int) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(named):
            text = one[part]
            if text:
                found[text.strip() if part == 0 else plain(text)].append(at)
        return found

    def find(self, reference: str | None) -> int | str | None:
        """The place of a row, or the id of an object of the plan; None for none, or for more than one."""
        if not reference:
            return None
        for part in range(3):
            said = reference.strip() if part == 0 else plain(reference)
            for of_rows in (True, False):
                at = self._index(of_rows=of_rows, part=part).get(said, [])
                if len(at) == 1:
                    return at[0] if of_rows else self._ids[at[0]]
        return None


class Tree(NamedTuple):
    """The rows of a document as matched: what each is, its id (None while somebody has to say), and the plan's ids."""

    names: Names
    found: tuple[Found, ...]
    ids: tuple[str | None, ...]
    there: tuple[str, ...] = ()

    def match(self, place: int) -> Match | None:
        """How a row was matched, where it was."""
        one = self.found[place]
        return one if isinstance(one, Match) else None

    def resolve(self, reference: str) -> str | None:
        """The id that a reference means; None where it means nothing, or something that is still open."""
        at = self.names.find(reference)
        return self.ids[at] if isinstance(at, int) else at

    def is_open(self, reference: str) -> bool:
        """Whether a reference means a row of which somebody has still to say what it is."""
        at = self.names.find(reference)
        return isinstance(at, int) and self.ids[at] is None


def fresh_id(kind: str, code: str, name: str, used: set[str]) -> str:
    """A readable id that no other object has."""
    stem = slug(f"{code} {name}" if code else name, 60)
    made, number = stem, 1
    while f"{kind}/{made}" in used:
        number += 1
        made = f"{stem}-{number}"
    used.add(f"{kind}/{made}")
    return made
