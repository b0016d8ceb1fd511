"""Previews of uploaded files as jobs: made by a few workers, kept until they expire, found again, confirmed.

Nothing here knows of HTTP. How many previews are made and wait at a time is bounded; beyond that a file is refused.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import orjson

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.imports.import_preview import FilePreview
from api.imports.importing import Importing, Incoming, limits, read_incoming
from api.imports.options import ImportOptions
from api.settings import Settings
from domain.documents.difference import Decisions
from domain.errors import DomainError, Malformed, NotFound, Refusal
from projections.proof.keys import preview_seal_in
from projections.store.previews import Previews, Seal, StoredPreview
from projections.streams import find_plan

WORKERS = 2
"""How many previews are made at a time; each may hold a plan of 60,000 rows in memory, twice."""

WAITING = 8
"""How many more may wait for their turn, each with its file in memory."""

WAIT_SECONDS = 5.0
"""How long the sender waits for its preview; one that takes longer is made meanwhile, and asked for again."""

READY, CONFIRMED, FAILED = "ready", "confirmed", "failed"
"""The states in which a preview stays; any other is the stage that it is in."""

log = logging.getLogger("api.imports")


class PreviewNotReady(Refusal):
    """A preview that is still being made, or that could not be made, is not confirmed."""

    name = "preview_not_ready"
    title = "Anteprima non pronta"


class ImportsBusy(DomainError):
    """As many files are being looked at as there is room for: this one is not kept, and is to be sent again."""

    name = "imports_busy"
    title = "Troppe importazioni in corso"
    status = 503
    retry_after: ClassVar[int] = 10


class ImportJobs:
    """Makes previews of files in the background, at most `workers` at a time and `waiting` more in a queue."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        *,
        workers: int = WORKERS,
        waiting: int = WAITING,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.wait_seconds = wait_seconds
        self._service = service
        self._settings = settings
        self._own_seal = Seal.of_process()
        self._stored = Previews(service.store.datastore, self._seals)
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="import")
        self._room = threading.BoundedSemaphore(workers + waiting)
        self._closing = threading.Event()

    def begin(self, file: bytes, options: ImportOptions, caller: Caller, *, plan: str | None) -> StoredPreview:
        """Keeps a file and makes its preview: as it stands after at most `wait_seconds`. What fails by then is raised.

        ImportsBusy where there is no room for it; NotFound for a plan that is not there.
        """
        if plan is not None:
            with self._service.store.reading() as reader:
                find_plan(reader, plan)
        if not self._room.acquire(blocking=False):
            problem = "il servizio sta già guardando tanti file quanti ne può guardare"
            raise ImportsBusy(problem, accepted="inviare di nuovo il file fra qualche secondo")
        id_ = str(uuid4())
        try:
            self._keep(id_, file, options, plan)
            job = self._submit(id_, lambda: self._make(id_, file, options, plan, caller))
        except BaseException:
            self._room.release()
            raise
        job.add_done_callback(lambda finished: self._ended(id_, finished))
        wait([job], self.wait_seconds)
        if job.done():
            try:
                job.result()
            except CancelledError:
                raise _closing() from None
        return self.find(id_, plan)

    def find(self, id_: str, plan: str | None) -> StoredPreview:
        """A preview that has not expired, of this plan where it is said of one; NotFound otherwise."""
        stored = self._stored.find(id_, self._now())
        if stored is None or (plan is not None and stored.plan != plan):
            raise NotFound("l'anteprima non c'è, o è scaduta", accepted="inviare di nuovo il file", where="import_id")
        return stored

    def preview(self, stored: StoredPreview, decisions: Decisions, caller: Caller) -> FilePreview:
        """A preview made again, with what was decided meanwhile; nothing is recorded."""
        incoming, decided = self._again(stored, decisions)
        return Importing(self._service).preview(incoming, decided, caller, plan=stored.plan or None)

    def confirm(self, stored: StoredPreview, decisions: Decisions, caller: Caller) -> Outcome:
        """Records what a preview shows, on the version that it was made on."""
        incoming, decided = self._again(stored, decisions)
        plan, version = stored.plan or None, stored.version or None
        outcome = Importing(self._service).confirm(incoming, decided, caller, plan=plan, version=version)
        self._stored.change(stored.id, CONFIRMED)
        return outcome

    def close(self) -> None:
        """Ends the workers: what is being made stops at its next stage, what waits is not begun; both are told failed."""
        self._closing.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    # -- one job ---------------------------------------------------------------------------------------------------

    def _submit(self, id_: str, work: Callable[[], None]) -> "Future[None]":
        try:
            return self._executor.submit(work)
        except RuntimeError:  # the workers have ended
            self._fail(id_, _closing())
            raise _closing() from None

    def _keep(self, id_: str, file: bytes, options: ImportOptions, plan: str | None) -> None:
        now = self._now()
        expires = now + timedelta(hours=self._settings.preview_hours)
        stored = StoredPreview(
            id=id_,
            plan=plan or "",
            version=0,
            created_at=now,
            expires_at=expires,
            state="lettura del file",
            said=options.model_dump_json(),
            shown=None,
            file=file,
        )
        self._stored.keep(stored)

    def _make(self, id_: str, file: bytes, options: ImportOptions, plan: str | None, caller: Caller) -> None:
        def enter(stage: str) -> None:
            if self._closing.is_set():
                raise _closing()
            self._stored.change(id_, stage)

        incoming = self._read(file, options)
        decisions = Decisions(effective_on=options.effective_on)
        preview = Importing(self._service, enter).preview(incoming, decisions, caller, plan=plan)
        self._stored.change(id_, READY, preview.model_dump_json(), preview.version)

    def _ended(self, id_: str, job: "Future[None]") -> None:
        error = _closing() if job.cancelled() else job.exception()
        if error is not None:
            self._fail(id_, error)
        self._room.release()

    def _fail(self, id_: str, error: BaseException) -> None:
        refused = str(error) if isinstance(error, DomainError) else "errore interno"
        problems = [problem.model_dump() for problem in error.problems] if isinstance(error, Malformed) else []
        try:
            self._stored.change(id_, FAILED, orjson.dumps({"refused": refused, "problems": problems}).decode())
        except Exception:
            log.exception("a preview failed, and so did saying it: the store is closed, or full")

    def _seals(self) -> list[Seal]:
        """The seal of the signing key, where there is one, and the one of this process."""
        log = self._service.log
        of_key = preview_seal_in(log.path) if log is not None else None
        return [self._own_seal] if of_key is None else [of_key, self._own_seal]

    # -- what it stands on -----------------------------------------------------------------------------------------

    def _again(self, stored: StoredPreview, decisions: Decisions) -> tuple[Incoming, Decisions]:
        if stored.state not in {READY, CONFIRMED}:
            raise PreviewNotReady(f"l'anteprima è: {stored.state}", accepted="attendere, o inviare di nuovo il file")
        options = ImportOptions.model_validate_json(stored.said)
        effective_on = decisions.effective_on or options.effective_on
        return self._read(stored.file, options), decisions.model_copy(update={"effective_on": effective_on})

    def _read(self, file: bytes, options: ImportOptions) -> Incoming:
        return read_incoming(file, limits(self._settings), complete=options.parts())

    def _now(self) -> datetime:
        return self._service.store.clock()


def _closing() -> ImportsBusy:
    problem = "il servizio si sta fermando: l'anteprima non è stata fatta"
    return ImportsBusy(problem, accepted="inviare di nuovo il file quando il servizio riparte")
