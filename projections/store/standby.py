"""Where a question is asked: of a hot standby, where that holds all that the answer must know, or else of the primary.

What lies in the past a standby answers once it has come there. What is asked of now it answers to whoever says which
versions must be known at the least (read your writes), once it holds them; to anybody else only where the installation
takes an answer that is a little late. It is asked where its record is that of the primary: an old standby, that was left
behind by a return to an instant, and the standby of another archive say other things of the same points.
"""

import logging
from contextlib import ExitStack
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain.errors import DomainError, StandbyBehind, StoreBusy, StoreRefused, VersionNotReached
from projections.store.failures import failures, is_away, refusal_of
from projections.store.instants import SETTLED
from projections.store.location import is_server, require_location, shown_location
from projections.store.owners import Owners
from projections.store.reader import Reader
from projections.store.replication import ReplicationState

if TYPE_CHECKING:
    from projections.store import postgres, sqlite

A_STANDBY = "l'indirizzo di una replica PostgreSQL di questo archivio"

REST_SECONDS = 5.0
"""How long a standby that does not answer is not asked again: the primary answers meanwhile."""
TRUST_SECONDS = 5.0
"""How long a standby is taken for one of this primary without looking again."""
WHERE = "INITINERE_STANDBY"
_LAST = """
SELECT position, originator_id, originator_version, topic, state FROM stored_events ORDER BY position DESC LIMIT 1"""
_THERE = "SELECT position, originator_id, originator_version, topic, state FROM stored_events WHERE position = ?"
log = logging.getLogger("api.standby")


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

    def say_since(self, instant: datetime) -> bool:
        """Whether some knowledge that is asked about is stated, and of that instant or later."""
        return any(known_at is not None and known_at >= instant for known_at in self.known_at)


class Standby:
    """A hot standby of the primary, of which questions may be asked."""

    def __init__(
        self, location: str, accepted_lag: timedelta, primary: "postgres.Datastore | sqlite.Datastore"
    ) -> None:
        from projections.store import postgres  # noqa: PLC0415 - of no use to a file: `server_driver`

        require_location(location, where=WHERE)
        if not is_server(location):
            found = f"{shown_location(location)} non è una replica"
            raise StoreRefused(found, accepted=A_STANDBY, where=WHERE)
        self.location = location
        self.datastore = postgres.Datastore(location)
        self.accepted_lag = accepted_lag
        self._primary = primary
        self._asked_again_at = self._trusted_until = 0.0
        try:
            self.datastore.prepare(patient=False)
        except failures(StoreBusy, StoreRefused) as error:
            if not is_away(error):
                self.datastore.close()
                said = (
                    error.problem.found
                    if isinstance(error, StoreRefused)
                    else refusal_of(error, location).problem.found
                )
                found = f"la replica {shown_location(location)} non si può usare: {said}"
                raise StoreRefused(found, accepted=A_STANDBY, where=WHERE) from error
            self._rest()

    def require_of_primary(self) -> str:
        """StoreRefused where it is of another archive; else why it is not asked for now, in words, or nothing."""
        self._asked_again_at = 0.0
        with ExitStack() as stack:
            if (cursor := self._cursor(stack)) is None:
                return "non risponde"
            if not self.datastore.replication_state(cursor).is_standby:
                return "non è una replica, ma un server che scrive"
            if not self._is_of_primary(cursor):
                found = f"{shown_location(self.location)} è una replica di un altro archivio"
                raise StoreRefused(found, accepted="una replica di questo", where=WHERE)
        return ""

    def reader(self, stack: ExitStack, needs: Needs, now: datetime) -> Reader | None:
        """A reader until the end of the stack; None where the standby is not to be asked, or does not answer.

        StandbyBehind where it has not come to what is needed.
        """
        is_past = needs.lie_before(now - SETTLED)
        # Of an instant that is not a minute old yet only the primary knows what lies before it.
        is_of_now = any(known_at is None for known_at in needs.known_at) and not needs.say_since(now - SETTLED)
        if not (needs.anything or is_past or (is_of_now and (needs.stated or self.accepted_lag))):
            return None
        with ExitStack() as attempt:
            if (cursor := self._cursor(attempt)) is None:
                return None
            try:
                state = self.datastore.replication_state(cursor)
                if not (state.is_standby and self._is_of_primary(cursor)):  # it was promoted, or is none of ours
                    return None
                # What it has come to is no part of a snapshot: the one that is answered from begins after it was asked.
                cursor.begin_anew()
                reader = self.datastore.reader(cursor)
                reader.owners = Owners(self.datastore.owners)
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
                is_asked = state.is_standby and self._is_of_primary(cursor)
            except failures():
                self._rest()
                return None
            return state.mark - SETTLED if is_asked else None

    def close(self) -> None:
        """Closes every connection."""
        self.datastore.close()

    def _is_of_primary(self, cursor: "postgres.PostgresCursor") -> bool:
        """Whether the last event that it holds lies at its place in the record of the primary, byte by byte.

        Where the primary is away, nobody can tell: it is taken for one of its own.
        """
        if monotonic() < self._trusted_until:
            return True
        last = cursor.execute(_LAST).fetchone()
        if last is not None:
            try:
                with self._primary.cursor() as primary:
                    there = primary.execute(_THERE, (last[0],)).fetchone()
            except failures(StoreBusy) as error:
                if not is_away(error):
                    raise
                return True
            if there is None or tuple(map(_plain, there)) != tuple(map(_plain, last)):
                log.error("%s is a standby of another record, and is not asked", shown_location(self.location))
                self._rest()
                return False
        self._trusted_until = monotonic() + TRUST_SECONDS
        return True

    def _require(self, state: ReplicationState, needs: Needs, reader: Reader, *, is_past: bool) -> None:
        said = [known_at for known_at in needs.known_at if known_at is not None]
        if said:  # beside a primary nothing is taken on trust: what is answered of the past may be said to last
            state.require_come_to(max(said), or_level=False)
        if not is_past and needs.stated is None and (state.lag is None or state.lag > self.accepted_lag):
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


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def again() -> str:
    """What whoever was told that a standby is behind may do."""
    return f"riprovare fra {StandbyBehind.retry_after} secondi: risponde la replica quando ci arriva, o il primario"


def not_reached(state: ReplicationState, missing: str) -> DomainError:
    """The refusal of a question whose versions are not there: they are still to come, or no such thing was recorded."""
    if state.is_standby:
        return StandbyBehind(f"questa replica non ci è ancora arrivata: {missing}", accepted=again())
    return VersionNotReached(missing, accepted="una versione che il servizio ha detto", where="Version-At-Least")
