"""The projection across administrations, and its runner: follows the notification log of the store, a step at a time.

A step selects the next notifications and, in the same snapshot, reads the plans that they speak of; then it writes what
is different about those plans together with its new position (`view`). On a server the log is held below what is still
in flight, so that no event appears behind the position. Why the library's own runner does not run it:
docs/decisions/0055-the-library-and-what-we-run-ourselves.md.
"""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Event as Signal
from time import perf_counter
from typing import NamedTuple

from eventsourcing.persistence import IntegrityError, Notification, Tracking
from eventsourcing.projection import Projection

from domain.catalogue import TOPICS, event_type
from projections.across.leader_lock import Lead, leading
from projections.across.rows import OF_ITS_PLANS, SILENT, PlanRows, plans_listed, rows_held, rows_of, version_of
from projections.across.view import NAME, AcrossView, Position, followed, is_valid, position_of, stored_position
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import ADMINISTRATIONS, PLANS, plan_stream

EVENTS_A_STEP = 2_000
PLANS_A_STEP = 10
OVERTAKEN_AT_MOST = 20
"""How often a step is computed again where another moved the position meanwhile."""
POLL_SECONDS = 0.5
ON_DEMAND_SECONDS = 1.0
"""How long a question may wait for what is not followed yet; what is still missing then, the answer says."""

FollowProgress = Callable[[int, int], None]
"""Is told how many events are followed, of how many."""


def _silent(_done: int, _total: int) -> None:
    pass


class FollowerStep(NamedTuple):
    """What one step would write: from which position to which, and the rows of each plan, held and new."""

    begin: Position
    end: Position
    events: int
    plans: list[tuple[PlanRows, PlanRows]]


class Across(Projection[AcrossView]):
    """Which plans are to be read again: those of which an event was recorded that their rows may depend on.

    `topics` are not asked of the database: an event of no known type must stop the projection, not pass it by.
    """

    name = NAME
    topics = tuple(topic for topic, cls in TOPICS.items() if not issubclass(cls, SILENT))
    _topics = frozenset(topics)

    def __init__(self, view: AcrossView) -> None:
        super().__init__(view)
        self.plans: dict[str, int] = {}

    def process_event(self, domain_event: Notification, tracking: Tracking) -> None:
        """Takes an event of a plan in, undecoded: its stream and version are all that is needed of it."""
        del tracking  # the position moves once a step
        self.plans[str(domain_event.originator_id)] = domain_event.originator_version

    def takes(self, notification: Notification) -> bool:
        """Whether the rows of a plan may depend on an event; UnknownRecord for one of no known type."""
        return event_type(notification.topic).topic in self._topics and str(notification.originator_id).startswith(
            PLANS
        )

    def changes_its_plans(self, notification: Notification) -> bool:
        """Whether the rows of all the plans of an administration may depend on an event of its own."""
        is_its_own = str(notification.originator_id).startswith(ADMINISTRATIONS)
        return is_its_own and issubclass(event_type(notification.topic), OF_ITS_PLANS)

    def next_step(self, reader: Reader, begin: Position) -> FollowerStep | None:
        """Computes the step that follows a position; None when nothing does."""
        self.plans = {}
        administrations: set[str] = set()
        last: Notification | None = None
        events = 0
        for notification in reader.select_notifications(begin.notification_id, EVENTS_A_STEP, inclusive_of_start=False):
            if self.takes(notification):
                if notification.originator_id not in self.plans and len(self.plans) == PLANS_A_STEP:
                    break
                self.process_event(notification, begin)
            elif self.changes_its_plans(notification):
                administrations.add(str(notification.originator_id).removeprefix(ADMINISTRATIONS))
            last, events = notification, events + 1
        if last is None:
            return None
        again = {plan_stream(plan) for name in administrations for plan in plans_listed(reader, name)}
        self.plans |= dict.fromkeys(again, 0)
        changed: list[tuple[PlanRows, PlanRows]] = []
        for stream, version in sorted(self.plans.items()):
            plan = stream.removeprefix(PLANS)
            stored_rows = rows_held(reader, plan)
            # A plan is read to its head: the rows may hold already what comes to the log only now.
            if stream in again or version_of(stored_rows) < version:
                changed.append((stored_rows, rows_of(reader, plan)))
        return FollowerStep(begin, position_of(reader, last, begin), events, changed)


def step(store: Store) -> int:
    """Follows the next notifications; how many events those were, 0 when there is nothing to follow.

    Also 0 where it was overtaken again and again: whoever overtakes it follows. UnknownRecord, and nothing is written,
    at an event that this program does not know.
    """
    projection = Across(AcrossView(store))
    for _ in range(OVERTAKEN_AT_MOST):
        with store.reading() as reader:
            stored = stored_position(reader)
            begin = stored if stored is not None and is_valid(reader, stored) else None
            computed = projection.next_step(reader, begin) if begin else None
        if begin and computed is None:
            return 0
        with suppress(IntegrityError):  # another moved the position at the same time
            if computed is None:
                projection.view.begin(stored)
            else:
                projection.view.insert_tracking(computed.end, computed.begin, computed.plans)
                return computed.events
    return 0


def catch_up(store: Store, progress: FollowProgress = _silent, seconds: float = inf) -> int:
    """Follows until nothing is left, or the time is over; how many events were followed."""
    end, done = perf_counter() + seconds, 0
    with store.reading() as reader:
        total = followed(reader)["behind"]
    while perf_counter() < end and (moved := step(store)):
        done += moved
        progress(done, max(total, done))
    return done


def refresh(store: Store, seconds: float = ON_DEMAND_SECONDS, progress: FollowProgress = _silent) -> None:
    """Before a question: follows what is new, unless another process leads, which follows it anyway."""
    with store.reading() as reader:
        waiting = followed(reader)["behind"]
    if waiting:
        with leading(store) as lead:
            if lead:
                catch_up(store, progress, seconds)


def follow(store: Store, stopped: Signal, lead: Lead) -> None:
    """Follows until it is told to stop; psycopg.OperationalError when the lead is lost.

    A server that was restarted in a moment is there for every step: only the lead has gone with its session.
    """
    while not stopped.is_set():
        lead.require()
        if not step(store):
            stopped.wait(POLL_SECONDS)


def reset(store: Store) -> None:
    """Drops the rows and follows from the first event; where another process leads, it is that one that does."""
    AcrossView(store).empty()
    refresh(store, inf)
