"""The event-sourced application: the library's `Application`, on our recorder, mapper and settings."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.utils import Environment, EnvType

from domain.errors import ConcurrentChange, StandbyBehind, StoreBusy
from projections.store import sqlite
from projections.store.append import Append, Head, Prepared, prepare
from projections.store.envelope import EnvelopeMapper
from projections.store.failures import failures, is_away
from projections.store.gc_tuning import gc_tuned
from projections.store.history_cache import HistoryCache
from projections.store.instants import NEVER, SETTLED, TOLERANCE, Clock
from projections.store.location import is_server, require_location
from projections.store.owners import Owners
from projections.store.plan_row_cache import MOST_FIGURES, PlanRowCache
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Foresight, Reader
from projections.store.remembering_reader import RememberingReader
from projections.store.standby import Needs, Standby, not_reached

if TYPE_CHECKING:
    from projections.store import postgres

Answer = TypeVar("Answer")


def now_in_utc() -> datetime:
    """The clock of the machine, in UTC; tests freeze it here, at the edge."""
    return datetime.now(UTC)


ERASE_SECONDS = 1.0
"""How long a redaction waits for those that read the files at the moment."""
ERASE_AGAIN_SECONDS = 5.0
"""After how long it is tried again, where they read on."""


class WriteConflict(Exception):
    """Optimistic concurrency: another writer was first, what was decided is to be decided again."""


class Writing(NamedTuple):
    """A transaction under way: what it reads, and how it records."""

    reader: Reader
    record: Callable[[Append], Prepared]


class Store(Application[str]):
    """Every stream of an installation, in one database."""

    name = "initinere"

    def __init__(
        self,
        location: str | Path,
        clock: Callable[[], datetime] = now_in_utc,
        clock_tolerance: timedelta = TOLERANCE,
        *,
        wait: bool = False,
        standby: str | None = None,
        accepted_lag: timedelta = timedelta(0),
    ) -> None:
        """Opens what is there; a new file is made. One that is to `wait` is opened as soon as it can be, when it is asked.

        `standby` is the address of a hot standby that answers what it has come to; now as well, where an answer is taken
        that lags so much.
        """
        self.location = str(location)
        self.clock = clock
        self._instants = Clock(clock, clock_tolerance)
        self._settled = NEVER
        self._erasing = Lock()
        self._erase_later: Timer | None = None
        self._closed = False
        self.own_recorder: sqlite.Recorder | postgres.Recorder
        self.datastore = _datastore(self.location)
        self.standby = Standby(standby, accepted_lag, self.datastore) if standby else None
        self._histories, self._plan_rows = HistoryCache(), PlanRowCache()
        self._plan_figures = PlanRowCache(MOST_FIGURES)
        self._on_event_loop: RememberingReader | None = None
        self._looping = Lock()  # one loop has it to itself; several of one process take turns
        super().__init__()
        try:
            self.datastore.prepare(patient=not wait)
        except failures(StoreBusy) as error:
            if not (wait and is_away(error)):
                self.datastore.close()
                raise

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only our settings: the library would merge the environment of the process, a stray key would be obeyed."""
        del env
        return Environment(name, {"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> EnvelopeMapper:
        """The envelope in place of the library's mapper."""
        return EnvelopeMapper()

    def construct_recorder(self) -> "sqlite.Recorder | postgres.Recorder":
        """The recorder of the database that the location names."""
        self.own_recorder = self.datastore.recorder(self._instants)
        return self.own_recorder

    @contextmanager
    def reading_on_event_loop(self) -> Iterator[Reader | None]:
        """A reader on a connection of the event loop's own, which waits for nobody; None where the store is on a server."""
        if isinstance(self.datastore, sqlite.Datastore) and self.datastore.is_file:
            with self._looping, self.datastore.event_loop_cursor() as cursor:
                reader = self._on_event_loop = self._on_event_loop or RememberingReader(cursor)
                reader.owners = Owners(self.datastore.owners)
                reader.begin(cursor)
                reader.histories = self._histories
                yield reader
        else:
            yield None

    def data_version(self) -> int | None:
        """The `data_version` of a reader on the event loop that began now; None where no such reader has begun yet, or may."""
        if not isinstance(self.datastore, sqlite.Datastore):
            return None
        with self._looping:
            return self.datastore.data_version()

    def append(self, append: Append) -> Prepared:
        """Records an append, whole or not at all; ConcurrentChange when a stream went on, or the command was taken."""
        with gc_tuned(), _conflict_as_refusal():
            prepared = prepare(append)
            self.events.put(prepared.recordables(), prepared=prepared)
        self._erase(ERASE_SECONDS if prepared.redacts() else 0)
        return prepared

    def transact(
        self, work: Callable[[Writing], Answer], lock_key: str = "", foresee: Foresight | None = None
    ) -> Answer:
        """Runs what reads, decides and records in one transaction; WriteConflict when another writer was first.

        `lock_key` names what is written to: within a process those who write to the same follow one another. `foresee`
        asks ahead what `work` is going to ask: it may ask less, or more.
        """

        def within(cursor: Any) -> Answer:  # noqa: ANN401 - the cursor of either database
            reader = self.datastore.reader(cursor)
            reader.owners = owners = Owners(self.datastore.owners, beside=True)
            read.append(owners)
            if foresee is not None and self.reads_ahead:
                foresee(reader)

            def record(append: Append) -> Prepared:
                prepared = prepare(append)
                stored = [self.mapper.to_stored_event(event) for event in prepared.recordables()]
                self.own_recorder.record(cursor, stored, prepared, reader)
                return prepared

            return work(Writing(reader, record))

        read: list[Owners] = []
        try:
            answer = self.own_recorder.transact(within, lock_key, foresee)
        except IntegrityError as error:
            raise WriteConflict from error
        read[-1].settle()
        self._erase(ERASE_SECONDS)
        return answer

    @property
    def reads_ahead(self) -> bool:
        """Whether what a command is going to ask is asked ahead: of a server, which may be far."""
        return self.own_recorder.reads_ahead

    def outlast(self) -> None:
        """Sees to it that what was read as recorded lasts: on a server that waits for a standby, that it has it, too.

        A transaction whose end nobody was told of may be seen before its standby has it.
        """
        self.datastore.outlast()

    def has_to_erase(self) -> bool:
        """Whether words that were redacted may still lie in the files: somebody was reading them."""
        return self.datastore.has_to_erase()

    def resume_erasing(self) -> None:
        """Erases what a redaction had to leave because somebody was reading; what is not there yet has nothing to erase."""
        with suppress(*failures(StoreBusy)):
            self.own_recorder.has_to_erase = self.datastore.has_to_erase()
        self._erase(0)

    def _erase(self, wait: float) -> None:
        """Erases redacted words from the files, where there are any; what others still read is erased after them."""
        if not self.own_recorder.has_to_erase or not self._erasing.acquire(blocking=False):
            return
        try:
            if self._erase_later is not None:
                self._erase_later.cancel()
                self._erase_later, wait = None, 0
            self.own_recorder.has_to_erase = False
            if self.datastore.erase(wait):
                return
            self.own_recorder.has_to_erase = True
            if not self._closed:
                self._erase_later = Timer(ERASE_AGAIN_SECONDS, self._erase, (0,))
                self._erase_later.daemon = True
                self._erase_later.start()
        finally:
            self._erasing.release()

    def preview(self, decide: Callable[[Reader], Append], question: Callable[[PreviewReader], Answer]) -> Answer:
        """What a question would answer after an append that is decided, and never recorded: a dry run on one snapshot.

        Nothing is written and no lock is held, so that others record meanwhile and see nothing of it.
        """
        with self.reading() as reader, gc_tuned():
            return self.preview_on(reader, decide(reader), question)

    def preview_on(self, reader: Reader, append: Append, question: Callable[[PreviewReader], Answer]) -> Answer:
        """The same, on the snapshot of a reader, for whoever decides by what would be answered."""
        return question(PreviewReader(reader, prepare(append), self.clock(), self._histories))

    @contextmanager
    def reading(self, needs: Needs | None = None) -> Iterator[Reader]:
        """A reader on one snapshot of the database: of the primary, or of a standby that holds what is said to be needed.

        Where it is to hold versions that are not there: StandbyBehind, if they may still come, else VersionNotReached.
        """
        with ExitStack() as stack:
            reader = self._reader(stack, needs)
            reader.histories, reader.plan_rows = self._histories, self._plan_rows
            reader.plan_figures = self._plan_figures
            yield reader

    def _reader(self, stack: ExitStack, needs: Needs | None) -> Reader:
        behind: StandbyBehind | None = None
        if self.standby is not None and needs is not None:
            try:
                reader = self.standby.reader(stack, needs, self.clock())
            except StandbyBehind as error:
                reader, behind = None, error
            if reader is not None:
                return reader
        try:
            cursor: Any = stack.enter_context(self.datastore.cursor())  # of either database
        except failures(StoreBusy) as error:
            if self.standby is None or not is_away(error):
                raise
            if behind is not None:
                raise behind from error
            raise
        primary: Reader = self.datastore.reader(cursor)
        primary.owners = Owners(self.datastore.owners)
        if needs is not None and needs.stated is not None and (missing := needs.stated.missing(primary)):
            raise not_reached(self.datastore.replication_state(cursor), missing)
        return primary

    def is_settled(self, known_at: datetime, now: datetime) -> bool:
        """Whether this process knows that nothing will be recorded any more at or before an instant."""
        return known_at <= self._settled and known_at < now - SETTLED

    def settles_at_once(self, known_at: datetime, now: datetime) -> bool:
        """Whether `settle` asks nothing of the database: of what is settled, and of what cannot be yet."""
        return known_at >= now - SETTLED or self.is_settled(known_at, now)

    def settle(self, known_at: datetime, now: datetime) -> bool:
        """Sees to it that nothing is recorded any more at or before an instant that is asked about, before it is read.

        False within the last minute, for which this process alone takes care, and where the mark cannot be raised just
        now. It is raised to that instant and no further: the clock of whoever only reads may be ahead of all others.
        StandbyBehind where a standby is asked that may not have come to that instant, however recent it is.
        """
        if known_at > now:
            return False  # it is answered as what is known now
        self._instants.answers(known_at)
        if self.is_settled(known_at, now):
            return True
        is_recent = known_at >= now - SETTLED
        if (
            not is_recent
            and self.standby is not None
            and (settled := self.standby.settled()) is not None
            and known_at <= settled
        ):
            self._settled = max(self._settled, settled)
            return True
        try:
            with self.datastore.cursor() as cursor:
                state = self.datastore.replication_state(cursor)
                if state.is_standby:
                    state.require_come_to(known_at)
                    self._settled = NEVER  # the next one that is asked may have come less far
                    return False
                if is_recent:
                    return False
                mark = self.datastore.mark(cursor)
            if mark < known_at:
                self.datastore.answer_for(known_at)
                mark = known_at
        except PersistenceError:
            return False
        except StandbyBehind:
            raise
        except StoreBusy:
            if self.standby is None:
                raise
            return False
        self._settled = mark
        return True

    def head(self, stream: str) -> Head:
        """Where a stream stands now."""
        with self.reading() as reader:
            return reader.head(stream)

    def close(self) -> None:
        """Gives the database back."""
        self._closed = True
        with self._erasing:
            if self._erase_later is not None:
                self._erase_later.cancel()
        super().close()
        self.datastore.close()
        if self.standby is not None:
            self.standby.close()


def _datastore(location: str) -> "sqlite.Datastore | postgres.Datastore":
    require_location(location)
    if not is_server(location):
        return sqlite.Datastore(location)
    from projections.store import postgres  # noqa: PLC0415 - of no use to a file: `server_driver`

    return postgres.Datastore(location)


@contextmanager
def _conflict_as_refusal() -> Iterator[None]:
    """Within it, the conflict with another writer is a refusal: the command may be sent again."""
    try:
        yield
    except IntegrityError as error:
        raise ConcurrentChange("il piano è stato modificato nel frattempo", accepted="riprovare") from error
