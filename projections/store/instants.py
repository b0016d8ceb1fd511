"""The instants of the record: each is later than all before it in the whole store, and than all that was answered for.

The mark is the last instant that was recorded, or up to which a question "as known at" was answered: microseconds since
1970, in UTC. It lies beside the counter of positions in a file, and is a sequence on a server, where it holds at once for
transactions that do not see one another. A clock that is a little behind is carried on from it; one that is far behind
is refused: which of the two is right, only people can tell.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from domain.errors import DomainError
from projections.store.append import Head
from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant

TOLERANCE = timedelta(minutes=5)
"""How far behind the mark a clock may be, unless a setting says otherwise."""

SETTLED = timedelta(minutes=1)
"""How old a knowledge must be to last: longer than any append that has its instant and is not yet committed."""

MARK = "last_instant"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The mark of a store in which nothing was recorded."""

MICROSECOND = timedelta(microseconds=1)


class Clock:
    """The clock of a process: how far behind the mark it may be, what this process took from it, and has answered for."""

    def __init__(self, now: Callable[[], datetime], tolerance: timedelta) -> None:
        self.now = now
        self.tolerance = tolerance
        self.answered = NEVER
        self.taken = NEVER

    def furthest(self, now: datetime) -> datetime:
        """The furthest mark that is carried on from: a clock that this process saw set back is its own, and known."""
        return max(now + self.tolerance, self.taken)

    def answers(self, known_at: datetime) -> None:
        """Takes note that an instant was answered for."""
        self.answered = max(self.answered, known_at)


class ClockBehind(DomainError):
    """The clock of this machine is far behind the last instant of the store: nothing is recorded by it."""

    name = "clock_behind"
    title = "Orologio indietro"
    status = 503
    retry_after = 60


def microseconds(instant: datetime) -> int:
    """An instant as the mark counts it."""
    return (instant - NEVER) // MICROSECOND


def instant_of(count: int) -> datetime:
    """The instant that the mark counts."""
    return NEVER + count * MICROSECOND


def earliest(heads: Iterable[Head], now: datetime, answered: datetime) -> datetime:
    """The earliest instant that an append may have: now, or just after its streams, and after what was answered for."""
    last = max((head.recorded_at for head in heads), default="")
    after_streams = read_instant(last) + MICROSECOND if last else now
    return max(now.astimezone(UTC), after_streams, answered + MICROSECOND)


def require_near(mark: datetime, now: datetime, clock: Clock) -> None:
    """ClockBehind when the clock is further behind the mark than is tolerated."""
    if mark <= clock.furthest(now):
        return
    behind = (mark - now) // timedelta(seconds=1)
    detail = (
        f"l'orologio di questa macchina dice {write_instant(now)}, l'archivio è già a {write_instant(mark)}: "
        f"{behind} secondi dopo"
    )
    accepted = (
        "l'orologio messo a punto; se era avanti quello di un'altra macchina, aspettare quell'istante, oppure "
        f"INITINERE_CLOCK_TOLERANCE_SECONDS={behind + 60}, con cui si registra di seguito a quell'istante"
    )
    raise ClockBehind(detail, accepted=accepted)


def last_recorded(cursor: Cursor) -> datetime | None:
    """The last instant of the record, of all streams; None when there is none. It reads every append."""
    row = cursor.execute("SELECT max(recorded_at) FROM append").fetchone()
    return None if row is None or row[0] is None else read_instant(str(row[0]))
