"""Where a question is asked: of a hot standby, where that holds all that the answer must know, or else of the primary.

What lies in the past a standby answers once it has come there. What is asked of now it answers to whoever says which
versions must be known at the least (read your writes), once it holds them; to anybody else only where the installation
takes an answer that is a little late.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain.errors import DomainError, StandbyBehind, StoreBusy, StoreRefused, VersionNotReached
from projections.store.failures import failures, is_away
from projections.store.instants import SETTLED
from projections.store.location import is_server, require_location, shown_location
from projections.store.reader import Reader
from projections.store.replication import ReplicationState

if TYPE_CHECKING:
    from projections.store import postgres

REST_SECONDS = 5.0
"""How long a standby that does not answer is not asked again: the primary answers meanwhile."""


class Floor(Protocol):
    """What an answer must know of, at the least."""

    def missing(self, reader: Reader) -> str:
        """What of it a snapshot does not hold, in words; empty where it holds all."""


class Needs(NamedTuple):
    """What the snapshot must hold that a question is answered from.

    `known_at`: the knowledge that it is about, None for that of now. `stated`: what whoever asks says that must be known,
    and takes for now; `seen`: what they have seen or recorded, behind which no answer goes back. `anything`: whatever the
    standby holds, for whoever has found the primary away.
    """

    known_at: tuple[datetime | None, ...] = (None,)
    stated: Floor | None = None
    seen: Floor | None = None
    anything: bool = False

    def lie_before(self, instant: datetime) -> bool:
        """Whether all the knowledge that is asked about lies before an instant."""
        return all(known_at is not None and known_at < instant for known_at in self.known_at)


class Standby:
    """A hot standby of the primary, of which questions may be asked."""

    def __init__(self, location: str, accepted_lag: timedelta) -> None:
        from projections.store import postgres  # noqa: PLC0415 - of no use to a file: `server_driver`

        require_location(location)
        if not is_server(location):
            found = f"{shown_location(location)} non è una replica"
            raise StoreRefused(found, accepted="l'indirizzo di una replica PostgreSQL", where="INITINERE_STANDBY")
        self.datastore = postgres.Datastore(location)
        self.accepted_lag = accepted_lag
        self._asked_again_at = 0.0
        try:
            self.datastore.prepare(patient=False)
        except failures(StoreBusy) as error:
            if not is_away(error):
                self.datastore.close()
                raise
            self._rest()

    def reader(self, stack: ExitStack, needs: Needs, now: datetime) -> Reader | None:
        """A reader until the end of the stack; None where the standby is not to be asked, or does not answer.

        StandbyBehind where it has not come to what is needed.
        """
        is_past = needs.lie_before(now - SETTLED)
        if not (is_past or needs.stated or needs.anything or self.accepted_lag):
            return None
        with ExitStack() as attempt:
            if (cursor := self._cursor(attempt)) is None:
                return None
            try:
                state = self.datastore.replication_state(cursor)
                if not state.is_standby:  # it was promoted, or is no longer one of ours: the primary is asked
                    return None
                # What it has come to is no part of a snapshot: the one that is answered from begins after it was asked.
                cursor.begin_anew()
                reader = self.datastore.reader(cursor)
                if not needs.anything:
                    self._require(state, needs, reader, is_past=is_past)
            except failures():
                self._rest()
                return None
            stack.push(attempt.pop_all())
            return reader

    def settled(self) -> datetime | None:
        """Up to when nothing will be recorded any more, as far as it knows; None where it does not answer."""
        with ExitStack() as stack:
            if (cursor := self._cursor(stack)) is None:
                return None
            try:
                state = self.datastore.replication_state(cursor)
            except failures():
                self._rest()
                return None
            return state.mark - SETTLED if state.is_standby else None

    def close(self) -> None:
        """Closes every connection."""
        self.datastore.close()

    def _require(self, state: ReplicationState, needs: Needs, reader: Reader, *, is_past: bool) -> None:
        if is_past:
            # Beside a primary nothing is taken on trust: what is answered of the past may be said to last.
            latest = max(known_at for known_at in needs.known_at if known_at is not None)
            state.require_come_to(latest, or_level=False)
        elif needs.stated is None and (state.lag is None or state.lag > self.accepted_lag):
            raise StandbyBehind("la replica è in ritardo di più di quanto si ammette", accepted=again())
        for floor in (needs.stated, needs.seen):
            if floor is not None and (missing := floor.missing(reader)):
                raise StandbyBehind(f"la replica non ci è ancora arrivata: {missing}", accepted=again())

    def _cursor(self, stack: ExitStack) -> "postgres.PostgresCursor | None":
        if monotonic() < self._asked_again_at:
            return None
        try:
            return stack.enter_context(self.datastore.cursor())
        except failures(StoreBusy, StoreRefused):
            self._rest()
            return None

    def _rest(self) -> None:
        self._asked_again_at = monotonic() + REST_SECONDS


def again() -> str:
    """What whoever was told that a standby is behind may do."""
    return f"riprovare fra {StandbyBehind.retry_after} secondi: risponde la replica quando ci arriva, o il primario"


def not_reached(state: ReplicationState, missing: str) -> DomainError:
    """The refusal of a question whose versions are not there: they are still to come, or no such thing was recorded."""
    if state.is_standby:
        return StandbyBehind(f"questa replica non ci è ancora arrivata: {missing}", accepted=again())
    return VersionNotReached(missing, accepted="una versione che il servizio ha detto", where="Version-At-Least")
