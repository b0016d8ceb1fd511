"""Who changed what in a period, in the plans of all administrations, as known now.

What was annulled since is left out, as it is from every count: the audit trail of its plan shows it.
"""

import re
from datetime import date, datetime
from typing import Literal, NamedTuple

import orjson
from typing_extensions import TypedDict

from domain.changes.kinds import ChangeKind, counts_in_the_rate
from domain.event import Aspect
from domain.plans.history import Direction
from domain.vocabulary import Cause, Identifier, JsonValue, Year
from projections.across.rows import AcrossChangeRow
from projections.across.view import Followed, followed, rows_cursor
from projections.answers import ActorShown, Day, Instant, Name, PageCursor, Text, Version
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import find_administration, find_plan, plan_stream

_COLUMNS = ", ".join(AcrossChangeRow._fields)


Order = Literal["recorded_at", "effective_on"]


class ChangeFilter(NamedTuple):
    """The period, by when changes were recorded or by when they take effect, ends included; and the filters."""

    recorded_since: datetime | None = None
    recorded_until: datetime | None = None
    since: date | None = None
    until: date | None = None
    administration: str | None = None
    plan: str | None = None
    actor: str | None = None
    kind: ChangeKind | None = None
    cause: Cause | None = None

    @property
    def order(self) -> Order:
        """By what changes are put in order: the instant of recording, unless only dates of effect are asked for."""
        effect = self.since is not None or self.until is not None
        recorded = self.recorded_since is not None or self.recorded_until is not None
        return "effective_on" if effect and not recorded else "recorded_at"


class ChangeAcross(TypedDict):
    """Una modifica di un piano: di chi, che cosa, prima e dopo, verso, atto, motivazione, chi e quando."""

    plan: Identifier
    version: Version
    administration: Identifier
    recorded_at: Instant
    effective_on: Day
    year: Year | None
    event: Name
    kind: ChangeKind
    restored_kind: ChangeKind | None
    counted: bool
    aspect: Aspect
    direction: Direction | None
    objectives: list[Identifier]
    levels: list[Text]
    indicator: Identifier | None
    before: JsonValue
    after: JsonValue
    act: Identifier | None
    cause: Cause | None
    justification: Text | None
    redacted: bool
    actor: ActorShown
    role: Name
    retrospective: bool


class ChangesAcross(TypedDict):
    """Una pagina di modifiche, nell'ordine di registrazione o degli effetti."""

    followed: Followed
    order: Order
    changes: list[ChangeAcross]
    next: PageCursor | None


class PageKey(NamedTuple):
    """The place of a change in the order of a question: instant or date, plan, version."""

    at: str
    plan: str
    version: int

    def __str__(self) -> str:
        return f"{self.at}/{self.plan}/{self.version}"


def read_page_key(text: str) -> PageKey:
    """The place that a text says; ValueError when it says none."""
    recorded_at, plan, version = text.split("/")
    if not re.fullmatch(r"[0-9]{1,18}", version):
        raise ValueError(version)
    return PageKey(recorded_at, plan, int(version))


def changes_across(
    reader: Reader, wanted: ChangeFilter, *, after: PageKey | None = None, limit: int = 100
) -> ChangesAcross:
    """A page of changes in their order, after the key of the last one of the page before."""
    _require_known(reader, wanted)
    conditions, params = _conditions(wanted)
    if after is not None:
        conditions.append(f"({wanted.order}, plan, version) > (?, ?, ?)")
        params += after
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    sql = f"SELECT {_COLUMNS} FROM across_change {where}ORDER BY {wanted.order}, plan, version LIMIT ?"  # noqa: S608 - our own names
    rows = [AcrossChangeRow(*row) for row in rows_cursor(reader).execute(sql, [*params, limit + 1]).fetchall()]
    shown = rows[:limit]
    texts: dict[str, str | None] = {}
    for plan in dict.fromkeys(row.plan for row in shown):
        texts |= reader.texts([row.justification for row in shown if row.plan == plan], plan_stream(plan))
    last = PageKey(getattr(shown[-1], wanted.order), shown[-1].plan, shown[-1].version) if len(rows) > limit else None
    return {
        "followed": followed(reader),
        "order": wanted.order,
        "changes": [_described(row, texts.get(row.justification or "")) for row in shown],
        "next": str(last) if last else None,
    }


def _require_known(reader: Reader, wanted: ChangeFilter) -> None:
    """Refuses a plan or an administration that is not there: an empty list would say that nothing was changed."""
    if wanted.plan is not None:
        find_plan(reader, wanted.plan, even_discarded=True)
    if wanted.administration is not None:
        find_administration(reader, wanted.administration, None)


def _conditions(wanted: ChangeFilter) -> tuple[list[str], list[object]]:
    conditions: list[tuple[str, object]] = [
        ("recorded_at >= ?", write_instant(wanted.recorded_since) if wanted.recorded_since else None),
        ("recorded_at <= ?", write_instant(wanted.recorded_until) if wanted.recorded_until else None),
        ("effective_on >= ?", wanted.since.isoformat() if wanted.since else None),
        ("effective_on <= ?", wanted.until.isoformat() if wanted.until else None),
        *((f"{name} = ?", getattr(wanted, name)) for name in ("administration", "plan", "actor", "cause")),
        # a correction is of the kind of what it restores, too: it counts as that
        ("? IN (kind, restored_kind)", wanted.kind),
    ]
    asked = [(condition, value) for condition, value in conditions if value is not None]
    return [condition for condition, _ in asked], [value for _, value in asked]


def _described(row: AcrossChangeRow, justification: str | None) -> ChangeAcross:
    """A change as it is answered; its justification lies beside the events, and may have been redacted."""
    return {
        "plan": row.plan,
        "version": row.version,
        "administration": row.administration,
        "recorded_at": row.recorded_at,
        "effective_on": row.effective_on,
        "year": row.year,
        "event": row.event,
        "kind": row.kind,
        "restored_kind": row.restored_kind,
        "aspect": row.aspect,
        "direction": row.direction,
        "objectives": orjson.loads(row.objectives),
        "levels": orjson.loads(row.levels),
        "indicator": row.indicator,
        "before": orjson.loads(row.before),
        "after": orjson.loads(row.after),
        "act": row.act,
        "cause": row.cause,
        "justification": justification,
        "actor": row.actor,
        "retrospective": bool(row.retrospective),
        "counted": counts_in_the_rate(row.kind, row.restored_kind),
        "redacted": row.justification is not None and justification is None,
        "role": role_of(row.actor),
    }
