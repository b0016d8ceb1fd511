"""Who changed what in a period, in the plans of all administrations, as known now.

What was annulled since is left out, as it is from every count: the audit trail of its plan shows it.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from domain.changes.kinds import Kind
from domain.vocabulary import Cause
from projections.across.rows import ChangeRow
from projections.across.view import followed
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader

_COLUMNS = ", ".join(ChangeRow._fields)


class Wanted(NamedTuple):
    """The period, by when changes were recorded or by when they take effect, ends included; and the filters."""

    recorded_since: datetime | None = None
    recorded_until: datetime | None = None
    since: date | None = None
    until: date | None = None
    administration: str | None = None
    plan: str | None = None
    actor: str | None = None
    kind: Kind | None = None
    cause: Cause | None = None

    @property
    def order(self) -> str:
        """By what changes are put in order: the instant of recording, unless only dates of effect are asked for."""
        effect = self.since is not None or self.until is not None
        recorded = self.recorded_since is not None or self.recorded_until is not None
        return "effective_on" if effect and not recorded else "recorded_at"


class Key(NamedTuple):
    """The place of a change in the order of a question: instant or date, plan, version."""

    at: str
    plan: str
    version: int

    def __str__(self) -> str:
        return f"{self.at}/{self.plan}/{self.version}"


def read_key(text: str) -> Key:
    """The place that a text says; ValueError when it says none."""
    at, plan, version = text.split("/")
    return Key(at, plan, int(version))


def changes_across(reader: Reader, wanted: Wanted, *, after: Key | None = None, limit: int = 100) -> dict[str, Any]:
    """A page of changes in their order, after the key of the last one of the page before."""
    conditions, params = _conditions(wanted)
    if after is not None:
        conditions.append(f"({wanted.order}, plan, version) > (?, ?, ?)")
        params += after
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    sql = f"SELECT {_COLUMNS} FROM across_change {where}ORDER BY {wanted.order}, plan, version LIMIT ?"  # noqa: S608 - our own names
    rows = [ChangeRow(*row) for row in reader.cursor.execute(sql, [*params, limit + 1]).fetchall()]
    shown = rows[:limit]
    texts = reader.texts([row.justification for row in shown])
    last = Key(getattr(shown[-1], wanted.order), shown[-1].plan, shown[-1].version) if len(rows) > limit else None
    return {
        "followed": followed(reader)._asdict(),
        "order": wanted.order,
        "changes": [_described(row, texts.get(row.justification or "")) for row in shown],
        "next": str(last) if last else None,
    }


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    said: list[tuple[str, object]] = [
        ("recorded_at >= ?", write_instant(wanted.recorded_since) if wanted.recorded_since else None),
        ("recorded_at <= ?", write_instant(wanted.recorded_until) if wanted.recorded_until else None),
        ("effective_on >= ?", wanted.since.isoformat() if wanted.since else None),
        ("effective_on <= ?", wanted.until.isoformat() if wanted.until else None),
        *((f"{name} = ?", getattr(wanted, name)) for name in ("administration", "plan", "actor", "kind", "cause")),
    ]
    kept = [(condition, value) for condition, value in said if value is not None]
    return [condition for condition, _ in kept], [value for _, value in kept]


def _described(row: ChangeRow, justification: str | None) -> dict[str, Any]:
    """A change as JSON; its justification lies beside the events, and may have been redacted."""
    made = row._asdict()
    for name in ("objectives", "levels", "before", "after"):
        made[name] = orjson.loads(made[name])
    return made | {
        "counted": "in_year_revision" in (row.kind, row.restored_kind),
        "justification": justification,
        "redacted": row.justification is not None and justification is None,
        "role": role_of(row.actor),
        "retrospective": bool(row.retrospective),
    }
