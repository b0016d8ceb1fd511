"""Previews of uploaded files as jobs: made by a few workers, kept until they expire, found again, confirmed.

Nothing here knows of HTTP. How many previews are made and wait at a time is bounded; beyond that a file is refused. Only
what can be confirmed is kept in the database for as long as previews are. That one is being made, or failed, is said there
for a while, without its file, where other processes may be asked for it; how far it came, its own process knows.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import orjson

from api.commands.handler import Caller, Outcome
from api.commands.proposals import Unrecorded
from api.commands.service import Service
from api.imports.collection_reading import RETURNED, read_returned
from api.imports.import_preview import FilePreview
from api.imports.importing import Importing
from api.imports.office_file import read_office_file
from api.imports.options import ImportOptions, SentOptions
from api.imports.reading import Incoming, limits, reader_limits
from api.layout.mapping import lines_of_answers
from api.layout.said import SaidOfReading
from api.settings import Settings
from api.workbook.collection_read import ReturnedSheet
from api.workbook.sheets import QUESTION
from domain.access.principal import MACHINE, Principal
from domain.access.separation import DutiesNotSeparated
from domain.documents.difference import Decisions
from domain.documents.proposal import ProposedImport
from domain.errors import DomainError, Malformed, NotFound, Refusal
from projections.proof.keys import preview_seal_in
from projections.store.failures import is_away
from projections.store.location import is_server
from projections.store.preview_reader import PreviewReader
from projections.store.previews import PreviewQuota, Previews, Seal, StoredPreview
from projections.store.reader import Reader
from projections.streams import find_plan

WORKERS = 2
"""How many previews are made at a time; each may hold a plan of 60,000 rows in memory, twice."""

WAITING = 8
"""How many more may wait for their turn, each with its file in memory."""

WAIT_SECONDS = 5.0
"""How long the sender waits for its preview; one that takes longer is made meanwhile, and asked for again."""

FAILED_AT_MOST = 100
"""Of how many files that failed the reason is told again, the latest ones."""

MADE_WITHIN = timedelta(minutes=15)
"""For how long other processes are told that a preview is being made, or why it failed; one whose process is gone is gone then."""

EXPIRY_SECONDS = 60.0
"""How often it is looked whether a preview expired."""

READY, CONFIRMED, PROPOSED, FAILED = "ready", "confirmed", "proposed", "failed"
"""The states in which a preview stays; any other is the stage that it is in."""
RETURNED_SHEETS, TAKEN_SHEETS = "sheets", "sheets_taken"
"""The states of returned sheets of collection, which are kept among the previews and are none of a plan's file."""
LIBRARY_FILE, TAKEN_LIBRARY_FILE = "library", "library_taken"
"""The same of a file of the library of indicators."""

log = logging.getLogger("api.imports")
AnyDecisions = TypeVar("AnyDecisions", bound=Decisions)
Answer = TypeVar("Answer")


class PreviewNotReady(Refusal):
    """A preview that is still being made, or that could not be made, is not confirmed."""

    name = "preview_not_ready"
    title = "Anteprima non pronta"


class ImportsBusy(DomainError):
    """As many files are being looked at as there is room for: this one is not kept, and is to be sent again."""

    name = "imports_busy"
    title = "Troppe importazioni in corso"
    status = 503
    retry_after = 10


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
        self._unkept: dict[str, StoredPreview] = {}
        self._has_others = settings.workers > 1 or is_server(service.store.location)
        self._expiry = threading.Thread(target=self._expire, name="previews", daemon=True)

    def watch(self) -> None:
        """Deletes what expires, from now on and by itself, until the end."""
        self._expiry.start()

    def begin(self, file: bytes, options: ImportOptions, caller: Caller, *, plan: str | None) -> StoredPreview:
        """Makes the preview of a file: as it stands after at most `wait_seconds`. What fails by then is raised.

        ImportsBusy where there is no room for it; PreviewsFull where it could not be kept; NotFound for a plan that is
        not there.
        """
        with self._service.store.reading() as reader:
            if plan is not None:
                find_plan(reader, plan)
            quota = self._quota(reader, plan)
        self._stored.require_room(quota, len(file), self._now())
        if not self._room.acquire(blocking=False):
            raise _busy()
        begun = self._begun(file, options, plan, caller.actor)
        try:
            self._announce(begun)
            self._unkept[begun.id] = begun
            job = self._submit(begun.id, lambda: self._make(begun, options, caller, quota))
        except BaseException:
            self._room.release()
            raise
        job.add_done_callback(lambda finished: self._ended(begun.id, finished))
        wait([job], self.wait_seconds)
        if job.done():
            try:
                job.result()
            except CancelledError:
                raise _closing() from None
        return self.find(begun.id, plan, caller.principal)

    def find(self, id_: str, plan: str | None, by: Principal = MACHINE) -> StoredPreview:
        """A preview that has not expired, of this plan or, without one, of a file that somebody sent itself; NotFound.

        Whose a plan is that is not there yet, only its file says, which may say anything: its preview is its sender's.
        """
        stored = self._found(id_, plan)
        kept_beside = {RETURNED_SHEETS, TAKEN_SHEETS, LIBRARY_FILE, TAKEN_LIBRARY_FILE}
        if stored.state in kept_beside or not _is_shown(stored, by):
            raise _not_there()
        return stored

    def keep_library_file(self, file: bytes, name: str, caller: Caller) -> StoredPreview:
        """Keeps a file of the library until it was looked at, under its name; PreviewsFull."""
        with self._service.store.reading() as reader:
            quota = self._quota(reader, None)
        begun = self._begun(file, ImportOptions(), None, caller.actor)
        kept = begun._replace(state=LIBRARY_FILE, shown=name)
        self._stored.keep(kept, quota)
        return kept

    def find_library_file(self, id_: str, by: Principal) -> StoredPreview:
        """A file of the library that is kept, for whoever sent it; NotFound."""
        stored = self._found(id_, None)
        if stored.state not in {LIBRARY_FILE, TAKEN_LIBRARY_FILE} or not _is_shown(stored, by):
            raise _not_there()
        return stored

    def library_file_taken(self, stored: StoredPreview) -> None:
        """Says that what a kept file of the library said is recorded."""
        self._stored.change(stored.id, stored.plan, TAKEN_LIBRARY_FILE)

    def keep_sheets(self, file: bytes, caller: Caller, *, plan: str, name: str = "") -> StoredPreview:
        """Keeps the returned sheets of a file until they were looked at; WorkbookRefused where it holds none.

        ImportsBusy and PreviewsFull as for any file.
        """
        with self._service.store.reading() as reader:
            find_plan(reader, plan)
            quota = self._quota(reader, plan)
        self._stored.require_room(quota, len(file), self._now())
        if not self._room.acquire(blocking=False):
            raise _busy()
        try:
            settings = self._settings
            returned = read_returned(file, limits(settings), file=name, using=reader_limits(settings))
        finally:
            self._room.release()
        shown = RETURNED.dump_json(returned).decode()
        begun = self._begun(b"", ImportOptions(), plan, caller.actor)
        kept = begun._replace(state=RETURNED_SHEETS, shown=shown)
        self._stored.keep(kept, quota)
        return kept

    def find_sheets(self, id_: str, plan: str) -> StoredPreview:
        """Returned sheets that are kept, of this plan; NotFound."""
        stored = self._found(id_, plan)
        if stored.state not in {RETURNED_SHEETS, TAKEN_SHEETS}:
            raise _not_there()
        return stored

    def sheets_of(self, stored: StoredPreview) -> list[ReturnedSheet]:
        """The sheets that are kept, as they were read."""
        return RETURNED.validate_json(stored.shown or "[]")

    def sheets_taken(self, stored: StoredPreview) -> None:
        """Says that what kept sheets said is recorded."""
        self._stored.change(stored.id, stored.plan, TAKEN_SHEETS)

    def _found(self, id_: str, plan: str | None) -> StoredPreview:
        now = self._now()
        stored = self._unkept.get(id_) or self._stored.find(id_, plan or "", now)
        if stored is None or stored.expires_at <= now or stored.plan != (plan or ""):
            raise _not_there()
        return stored

    def preview(self, stored: StoredPreview, decisions: Decisions, caller: Caller) -> FilePreview:
        """A preview made again, with what was decided meanwhile; nothing is recorded."""
        incoming, decided = self._again(stored, decisions, caller)
        return Importing(self._service).preview(incoming, decided, caller, plan=stored.plan or None)

    def foresee(
        self,
        stored: StoredPreview,
        decisions: AnyDecisions,
        caller: Caller,
        question: Callable[[PreviewReader], Answer],
    ) -> tuple[FilePreview, Answer | None]:
        """The same of a plan that is there, with what a question would answer after it: None where nothing would change."""
        incoming, decided = self._again(stored, decisions, caller)
        return Importing(self._service).foresee(incoming, decided, caller, question, plan=stored.plan)

    def unrecorded(self, stored: StoredPreview, decisions: Decisions, caller: Caller) -> Unrecorded:
        """The changes that a preview shows, with what was decided meanwhile, and all that they would do."""
        incoming, decided = self._again(stored, decisions, caller)
        return Importing(self._service).unrecorded(incoming, decided, caller, plan=stored.plan)

    def begin_again(self, stored: StoredPreview, caller: Caller) -> StoredPreview:
        """A new preview of the same file, on the plan as it is now."""
        options = ImportOptions(**SentOptions.model_validate_json(stored.said).model_dump(exclude={"sent_by"}))
        return self.begin(stored.file, options, caller, plan=stored.plan)

    def confirm(self, stored: StoredPreview, decisions: Decisions, caller: Caller) -> Outcome:
        """Records what a preview shows, on the version that it was made on."""
        incoming, decided = self._again(stored, decisions, caller)
        plan, version = stored.plan or None, stored.version or None
        outcome = Importing(self._service).confirm(incoming, decided, caller, plan=plan, version=version)
        self._stored.change(stored.id, stored.plan, CONFIRMED)
        return outcome

    def propose(self, stored: StoredPreview, proposed: ProposedImport, caller: Caller) -> Outcome:
        """Drafts a proposal of what a preview shows, on the version that it was made on; nothing of the plan changes.

        DutiesNotSeparated for the preview of a file that another account sent: who wrote the changes would stay unnamed,
        and could enact them.
        """
        required = caller.principal.is_account and self._service.separation == "required"
        if required and not _sent_by(stored, caller.principal):
            raise DutiesNotSeparated(
                "il file l'ha inviato un'altra utenza: chi lo propone risulterebbe averlo redatto da sé",
                accepted="la proposta di chi ha inviato il file; oppure inviarlo di nuovo, e proporre quello",
                where="import_id",
            )
        incoming, decided = self._again(stored, proposed, caller)
        outcome = Importing(self._service).propose(
            incoming, decided, caller, plan=stored.plan, version=stored.version or None
        )
        self._stored.change(stored.id, stored.plan, PROPOSED)
        return outcome

    def close(self) -> None:
        """Ends the workers: what is being made stops at its next stage, what waits is not begun; both are told failed."""
        self._closing.set()
        self._executor.shutdown(wait=True, cancel_futures=True)
        if self._expiry.is_alive():
            self._expiry.join()

    # -- one job ---------------------------------------------------------------------------------------------------

    def _submit(self, id_: str, work: Callable[[], None]) -> "Future[None]":
        try:
            return self._executor.submit(work)
        except RuntimeError:  # the workers have ended
            self._fail(id_, _closing())
            raise _closing() from None

    def _begun(self, file: bytes, options: ImportOptions, plan: str | None, sender: str) -> StoredPreview:
        now = self._now()
        return StoredPreview(
            id=str(uuid4()),
            plan=plan or "",
            version=0,
            created_at=now,
            expires_at=now + timedelta(hours=self._settings.preview_hours),
            state="lettura del file",
            said=SentOptions(**options.model_dump(), sent_by=sender).model_dump_json(),
            shown=None,
            file=file,
        )

    def _make(self, begun: StoredPreview, options: ImportOptions, caller: Caller, quota: PreviewQuota) -> None:
        def enter(stage: str) -> None:
            if self._closing.is_set():
                raise _closing()
            self._unkept[begun.id] = begun._replace(state=stage)

        incoming = self._read(begun.file, options, begun.plan, caller)
        decisions = Decisions(effective_on=options.effective_on)
        preview = Importing(self._service, enter).preview(incoming, decisions, caller, plan=begun.plan or None)
        ready = begun._replace(state=READY, shown=preview.model_dump_json(), version=preview.version)
        self._stored.keep(ready, quota)
        del self._unkept[begun.id]

    def _ended(self, id_: str, job: "Future[None]") -> None:
        error = _closing() if job.cancelled() else job.exception()
        if error is not None:
            self._fail(id_, error)
        self._room.release()

    def _fail(self, id_: str, error: BaseException) -> None:
        """Keeps the reason, and no longer the file."""
        if not isinstance(error, DomainError):
            log.error("a preview failed", exc_info=error)
        refused = str(error) if isinstance(error, DomainError) else "errore interno"
        problems = [problem.model_dump() for problem in error.problems[:50]] if isinstance(error, Malformed) else []
        shown = orjson.dumps({"refused": refused, "problems": problems}).decode()
        told = self._unkept[id_]._replace(state=FAILED, shown=shown, file=b"")
        try:
            self._announce(told)  # first: whoever reads here that it failed may ask elsewhere why
        except Exception:
            log.exception("other processes were not told of a preview that failed")
        del self._unkept[id_]
        self._unkept[id_] = told
        failed = [one.id for one in list(self._unkept.values()) if one.state == FAILED]
        for outdated in failed[:-FAILED_AT_MOST]:
            self._unkept.pop(outdated, None)

    def _announce(self, unkept: StoredPreview) -> None:
        """Says to other processes, where there may be some, that a preview is being made, or why it failed."""
        if self._has_others:
            self._stored.announce(unkept._replace(file=b"", expires_at=self._now() + MADE_WITHIN))

    def _expire(self) -> None:
        while True:
            try:
                self._stored.delete_expired(self._now())
            except Exception as error:
                if is_away(error):
                    log.warning("what expired is deleted when the database is there again")
                else:
                    log.exception("what expired could not be deleted, and will be tried again")
            if self._closing.wait(EXPIRY_SECONDS):
                return

    def _quota(self, reader: Reader, plan: str | None) -> PreviewQuota:
        """The room that is left to the plans of one administration; those that are not there yet have theirs together."""
        mine: frozenset[str] = frozenset({""})
        if plan is not None:
            administration = find_plan(reader, plan).administration
            others = (one for one in self._stored.plans() if one)
            mine = frozenset({plan, *(one for one in others if _administration(reader, one) == administration)})
        settings = self._settings
        return PreviewQuota(settings.max_previews_bytes, settings.max_previews_bytes_per_administration, mine)

    def _seals(self) -> list[Seal]:
        """The seal of the signing key, where there is one, and the one of this process."""
        log = self._service.log
        of_key = preview_seal_in(log.path) if log is not None else None
        return [self._own_seal] if of_key is None else [of_key, self._own_seal]

    # -- what it stands on -----------------------------------------------------------------------------------------

    def _again(self, stored: StoredPreview, decisions: AnyDecisions, caller: Caller) -> tuple[Incoming, AnyDecisions]:
        if stored.state not in {READY, CONFIRMED, PROPOSED}:
            raise PreviewNotReady(f"l'anteprima è: {stored.state}", accepted="attendere, o inviare di nuovo il file")
        options = SentOptions.model_validate_json(stored.said)
        effective_on = decisions.effective_on or options.effective_on
        incoming = self._read(stored.file, options, stored.plan, caller, decisions.answers)
        return incoming, decisions.model_copy(update={"effective_on": effective_on})

    def _read(
        self,
        file: bytes,
        options: ImportOptions,
        plan: str,
        caller: Caller,
        answers: Mapping[str, str] | None = None,
    ) -> Incoming:
        return read_office_file(
            self._service.store,
            file,
            limits(self._settings),
            complete=options.parts(),
            using=reader_limits(self._settings),
            said=SaidOfReading(answers=lines_of_answers(answers or {}, QUESTION)),
            plan=plan or None,
            by=caller.principal,
            partly=True,
        )

    def _now(self) -> datetime:
        return self._service.store.clock()


def _not_there() -> NotFound:
    return NotFound("l'anteprima non c'è, o è scaduta", accepted="inviare di nuovo il file", where="import_id")


def _busy() -> ImportsBusy:
    problem = "il servizio sta già guardando tanti file quanti ne può guardare"
    return ImportsBusy(problem, accepted="inviare di nuovo il file fra qualche secondo")


def _is_shown(stored: StoredPreview, by: Principal) -> bool:
    """Whether a preview is shown to somebody, who may see its plan where it has one."""
    return bool(stored.plan) or by.is_machine or _sent_by(stored, by)


def _sent_by(stored: StoredPreview, by: Principal) -> bool:
    return SentOptions.model_validate_json(stored.said).sent_by == by.actor


def _administration(reader: Reader, plan: str) -> str:
    try:
        return find_plan(reader, plan, even_discarded=True).administration
    except NotFound:
        return ""


def _closing() -> ImportsBusy:
    problem = "il servizio si sta fermando: l'anteprima non è stata fatta"
    return ImportsBusy(problem, accepted="inviare di nuovo il file quando il servizio riparte")
