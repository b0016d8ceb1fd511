"""The rows of the list of plans, and the figures beside them, that a process has made: a page makes again what went on since.

Exact because a stream is only appended to: a row is kept by the heads of the streams that it was read of, and from the day
on which something last took effect until the next on which something does.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

MOST_ROWS = 25_000
"""How many rows are kept: about a kilobyte each."""
MOST_FIGURES = 4_000
"""The same of figures, which name offices: some kilobytes each."""


class _Row(NamedTuple):
    heads: Hashable
    since: int
    until: int | None
    row: object


class PlanRowCache:
    """The last row that was read of each plan, of one store."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._kept: OrderedDict[str, _Row] = OrderedDict()
        self._lock = Lock()

    def get(self, plan: str, heads: Hashable, day: int) -> object | None:
        """The row of a plan on a day, at the heads of the streams that it rests on; None where none is kept."""
        with self._lock:
            kept = self._kept.get(plan)
        if kept is None or kept.heads != heads or day < kept.since or (kept.until is not None and day >= kept.until):
            return None
        return kept.row

    def put(self, plan: str, heads: Hashable, days: tuple[int, int | None], row: object) -> None:
        """Keeps a row that says the same from one day until another, in the place of another of the same plan."""
        with self._lock:
            self._kept[plan] = _Row(heads, *days, row)
            self._kept.move_to_end(plan)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
