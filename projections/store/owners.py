"""Whose a stream is: the administration that leads the key of every row of it, of its texts, its receipts and its previews.

The stream of an administration is its own; those of a plan, and of all that is said of it, are of the administration that
drafted it, which the first event of the plan says once; every other is the installation's, and of nobody. What is so
known of a plan never changes, and is remembered in the process; `plan_owner` says it to whoever knows the plan alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from initinere_verify.slots import OF_A_PLAN, subject_of
from projections.store.cursor import AskedStatement, Cursor

NOBODY = ""
"""What stands for the administration of what is of none."""
PLAN, ADMINISTRATION = "plan/", "administration/"

OF_STREAM = "administration = ? AND originator_id = ?"
"""The rows of a stream, in the record and in what is derived: its parameters are a `StreamKey`."""
LEAF_OF_EVENT = """
SELECT l.hash FROM leaf l
WHERE l.administration = e.administration AND l.originator_id = e.originator_id AND l.version = e.originator_version"""
"""The leaf of an event `e`, by a seek of its own: a server would join the two by their streams, which it thinks are short."""
OWNER = "SELECT administration FROM plan_owner WHERE originator_id = ?"


class StreamKey(NamedTuple):
    """What the keys of the rows of a stream begin with."""

    administration: str
    stream: str


class Owners:
    """Whose the streams are, as far as it was read; `known` is what is remembered: the owner of each plan, by its stream.

    What is read `beside` rows that may come to nothing is remembered by these alone, until they `settle`.
    """

    def __init__(self, known: MutableMapping[str, str] | None = None, *, beside: bool = False) -> None:
        self._known = {} if known is None else known
        self._read = {} if beside else self._known
        self._keys: dict[str, StreamKey] = {}

    def key(self, cursor: Cursor, stream: str) -> StreamKey:
        """The key of a stream; of one of a plan that is not there, that of what is nobody's, where nothing lies."""
        key = self._keys.get(stream)
        if key is not None:
            return key
        subject = subject_of(stream)
        if subject.startswith(ADMINISTRATION):
            owner = subject.removeprefix(ADMINISTRATION)
        elif subject.startswith(PLAN):
            found = self._owner(subject)
            if found is None:
                row = cursor.execute(OWNER, (subject,)).fetchone()
                if row is None:
                    return StreamKey(NOBODY, stream)
                found = self._read[subject] = str(row[0])
            owner = found
        else:
            owner = NOBODY
        self._keys[stream] = key = StreamKey(owner, stream)
        return key

    def _owner(self, plan: str) -> str | None:
        return self._known.get(plan) or self._read.get(plan)

    def settle(self) -> None:
        """Remembers for good what was read: it is recorded."""
        self._known.update(self._read)

    def look_up(self, cursor: Cursor, streams: Iterable[str]) -> None:
        """Reads whose the plans are of which some streams are, by one statement: each is asked for next."""
        plans = sorted({s for s in map(subject_of, streams) if s.startswith(PLAN) and self._owner(s) is None})
        if len(plans) > 1:
            sql = f"SELECT originator_id, administration FROM plan_owner WHERE originator_id IN ({', '.join('?' * len(plans))})"  # noqa: S608
            self.remember(cursor.execute(sql, plans).fetchall())

    def remember(self, rows: Collection[Sequence[object]]) -> list[str]:
        """Remembers rows of `plan_owner`, stream and administration, that a statement brought; answers the streams."""
        self._read.update((str(plan), str(owner)) for plan, owner in rows)
        return [str(plan) for plan, _ in rows]

    def forget(self, stream: str) -> bool:
        """Forgets whose a plan is of which nothing lies there: another database answers now. Whether it was known."""
        self._keys.clear()
        return stream.startswith(PLAN) and self._read.pop(stream, None) is not None


def receipt_owner(keys: Iterable[StreamKey]) -> str:
    """Whose the receipt of a command is that wrote to these streams: the installation's where they are not all of one."""
    owners = {key.administration for key in keys}
    return owners.pop() if len(owners) == 1 else NOBODY


def looked_up(asked: Mapping[AskedStatement, None]) -> Iterator[AskedStatement]:
    """Of statements that are to be asked, those that ask whose a plan is: the others follow from what they answer."""
    return (each for each in asked if each[0] == OWNER)


def _owner_in_sql() -> str:
    of_plans = " ".join(
        f"WHEN {{stream}} >= '{kind}/' AND {{stream}} < '{kind}0' THEN coalesce((SELECT o.administration FROM {{owners}} o "  # noqa: S608
        f"WHERE o.originator_id = '{PLAN}' || substr({{stream}}, {len(kind) + 2})), '')"
        for kind in sorted(OF_A_PLAN)
    )
    return (
        f"CASE WHEN {{stream}} >= '{ADMINISTRATION}' AND {{stream}} < '{ADMINISTRATION[:-1]}0' "
        f"THEN substr({{stream}}, {len(ADMINISTRATION) + 1}) {of_plans} ELSE '' END"
    )


OWNER_IN_SQL = _owner_in_sql()
"""The same rule as an expression, of a column `{stream}`; `{owners}` is the table that says whose a plan is."""
