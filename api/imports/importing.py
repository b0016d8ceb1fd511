"""Takes a file of an office in: as the difference from the plan that is there, or as a plan that is not there yet.

First a preview, which changes nothing: what differs, what is open, what it would do to the change rate. Then the
confirmation, with act, justification and cause, against the version that the preview was made on: all or nothing.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.commands.administration_writer import act_of
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from api.formats.json_reader import into, parse_json
from api.imports.import_preview import After, Preview, listed
from api.settings import Settings
from api.workbook.formats import format_of, read_bytes
from api.workbook.rows import structure_digest
from api.workbook.safety import Limits
from domain.documents.changes import ChangeFile
from domain.documents.diff_objectives import compare
from domain.documents.difference import Decisions, Difference, change_file
from domain.documents.difference import counts as counted
from domain.documents.load import Notice
from domain.documents.new_plan import open_plan
from domain.documents.plan import ActPart, PlanDocument, PlanPart
from domain.documents.uploaded import Wanted, wanted_of
from domain.errors import DomainError, Malformed, NoChange, Problem, Refusal, VersionOutdated
from domain.vocabulary import JsonValue
from projections.change_rate_effect import effect_on_rates, rates_of
from projections.diff_base import exported_from, plan_before, plan_to_compare
from projections.plan_in_force import plan_in_force
from projections.store.gc_tuning import rarely_collecting
from projections.store.point import Point, today
from projections.store.reader import Reader
from projections.streams import find_plan, plan_stream
from projections.variations import plan_history

Progress = Callable[[str], None]
PARTS = ("objectives", "indicators", "places", "targets")
UNSAID = "non ancora detta: anteprima"


class QuestionsOpen(Refusal):
    """A document with open questions is not recorded: each wants its answer."""

    name = "questions_open"
    title = "Domande senza risposta"


class Incoming(NamedTuple):
    """A file as it was read: what it wants, and the document itself where it is JSON."""

    wanted: Wanted
    digest: str
    document: PlanDocument | None = None


def limits(settings: Settings) -> Limits:
    """The limits of a workbook, from the settings."""
    return Limits(
        packed=settings.max_document_bytes,
        unpacked=settings.max_workbook_unpacked_bytes,
        ratio=settings.max_workbook_ratio,
        rows=settings.max_workbook_rows,
        cells=settings.max_workbook_cells,
    )


def read_incoming(data: bytes, within: Limits, *, complete: Iterable[str] = ()) -> Incoming:
    """What a file wants, whatever its name: XLSX, ODS, a ZIP of CSV, JSON; Malformed with every problem and its place."""
    digest = hashlib.sha256(data).hexdigest()
    with rarely_collecting():
        return _read(data, within, digest, complete)


def _read(data: bytes, within: Limits, digest: str, complete: Iterable[str]) -> Incoming:
    if format_of(data) == "json":
        document = into(PlanDocument, parse_json(data))
        return Incoming(wanted_of(document, complete=complete), digest, document)
    wanted = read_bytes(data, within)
    return Incoming(wanted._replace(complete=wanted.complete | frozenset(complete)), digest)


class _Compared(NamedTuple):
    """A difference with all that it was made from."""

    difference: Difference
    decisions: Decisions
    plan: str
    version: int
    on: date
    base: dict[str, JsonValue] | None
    part: PlanPart
    now: After
    file: ChangeFile


class Importing:
    """Previews and confirmations of files, on a service."""

    def __init__(self, service: Service, progress: Progress = lambda _: None) -> None:
        self.service = service
        self.progress = progress
        self._last: tuple[tuple[object, ...], _Compared] | None = None

    def preview(self, incoming: Incoming, decisions: Decisions, caller: Caller, *, plan: str | None = None) -> Preview:
        """What a file would do; nothing changes."""
        with rarely_collecting():
            known = self._known(incoming, plan)
            if known is None:
                return self._opening(incoming, decisions)
            compared = self._compare(incoming.wanted, known, decisions)
            return self._difference(compared, caller)

    def unchanged(self, incoming: Incoming, decisions: Decisions, caller: Caller) -> Preview | None:
        """The preview of a file that changes nothing in the plan that is there; None for any other file."""
        known = None if self._taken(caller) else self._known(incoming, None)
        if known is None:
            return None
        compared = self._compare(incoming.wanted, known, decisions)
        if compared.difference.steps or compared.difference.questions or compared.decisions.approves_year:
            return None
        return self._difference(compared, caller)

    def confirm(
        self,
        incoming: Incoming,
        decisions: Decisions,
        caller: Caller,
        *,
        plan: str | None = None,
        version: int | None = None,
    ) -> Outcome:
        """Records what a file changes, all or nothing; `version` is the one that its preview was made on."""
        with rarely_collecting():
            return self._confirm(incoming, decisions, caller, plan, version)

    def _confirm(
        self, incoming: Incoming, decisions: Decisions, caller: Caller, plan: str | None, version: int | None
    ) -> Outcome:
        request = ["import", incoming.digest, decisions, plan, version, *sorted(incoming.wanted.complete)]
        if self._taken(caller):
            return self.service.handle(caller, plan, request, _never)
        known = self._known(incoming, plan)
        if known is None:
            document, difference = self._opened(incoming, decisions)
            _answered(difference)
            self.progress("registrazione del piano")

            def loaded(reader: Reader) -> Decision:
                return self._loading(reader, incoming.wanted, document, decisions)

            return self.service.handle(caller, document.plan.id, request, loaded, large=True)
        compared = self._compare(incoming.wanted, known, decisions)
        _answered(compared.difference)
        made_on = compared.version if version is None else version
        self.progress("registrazione delle modifiche")

        def changed(reader: Reader) -> Decision:
            head = find_plan(reader, known).known.version
            if head != made_on:
                found = f"il piano è alla versione {head}, l'anteprima è della {made_on}"
                raise VersionOutdated(found, accepted="una nuova anteprima", where="version")
            return self.service.changing(reader, compared.file, caller)

        return self.service.handle(caller, known, request, changed, large=True)

    def _taken(self, caller: Caller) -> bool:
        with self.service.store.reading() as reader:
            return bool(caller.command_id and reader.receipt(caller.command_id))

    def _loading(self, reader: Reader, wanted: Wanted, document: PlanDocument, decisions: Decisions) -> Decision:
        try:
            decided = self.service.loading(reader, document, decisions.effective_on)
        except Malformed as error:
            raise Malformed([_placed(one, wanted) for one in error.problems]) from None
        return decided._replace(warnings=tuple(_told(one, wanted) for one in decided.warnings))

    def _known(self, incoming: Incoming, plan: str | None) -> str | None:
        """The plan that the file is about, when it is there."""
        said = incoming.wanted.plan.id if incoming.wanted.plan else None
        if plan is not None and said is not None and plan != said:
            found = f"il file è del piano {said!r}, la richiesta di {plan!r}"
            raise Malformed([Problem(where="plan.id", found=found, accepted="lo stesso piano")])
        name = plan or said
        if name is None:
            found = "il file non dice di quale piano è"
            raise Malformed([Problem(where="Piano", found=found, accepted="le voci Id piano, Primo anno, Ultimo anno")])
        with self.service.store.reading() as reader:
            if reader.head(plan_stream(name)).version:
                return name
            if plan is not None:
                find_plan(reader, plan)
        return None

    # -- a plan that is there --------------------------------------------------------------------------------------

    def _compare(self, wanted: Wanted, plan: str, decisions: Decisions) -> _Compared:
        key = (id(wanted), plan, decisions)
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        occasion = wanted.occasion
        decisions = decisions.model_copy(
            update={
                "act": decisions.act or occasion.act,
                "justification": decisions.justification or occasion.justification,
                "cause": decisions.cause or occasion.cause,
                "approves_year": decisions.approves_year or occasion.approves_year,
            }
        )
        act = act_of(decisions.act) if decisions.act else None
        on = decisions.effective_on or (act.date if act else today(self.service.store.clock()))
        self.progress("confronto con il piano in vigore")
        with self.service.store.reading() as reader:
            found = find_plan(reader, plan)
            base = exported_from(reader, plan, wanted.base) if wanted.base else None
            if base is not None and wanted.base is not None and wanted.base.digest:
                base = base if structure_digest(base) == wanted.base.digest else None
            held = plan_to_compare(reader, plan, Point(on), base)
        difference = compare(held, wanted, decisions.answers)
        file = change_file(plan, difference, decisions, retrospective=wanted.retrospective)
        said: dict[str, JsonValue] | None = None
        if base is not None:
            said = {name: base.get(name) for name in ("as_of", "known_at", "version")}
        made = _Compared(
            difference,
            decisions,
            plan,
            found.known.version,
            on,
            said,
            held.document.plan,
            After.of(held.document),
            file,
        )
        self._last = (key, made)
        return made

    def _difference(self, made: _Compared, caller: Caller) -> Preview:
        after, refused = made.now, None
        rates: dict[str, JsonValue] = {}
        if made.file.changes or made.file.measurements or made.file.statuses:
            self.progress("calcolo degli effetti")
            years = _years(made)
            day = max(made.on, today(self.service.store.clock()))

            def question(reader: Reader) -> tuple[After, dict[str, Any]]:
                effect = effect_on_rates(reader, made.plan, years, day, made.version)
                if not effect:
                    effect = {"after": rates_of(plan_history(reader, made.plan, Point(day)), years, day)}
                shown = plan_in_force(reader, made.plan, Point(max(made.on, date(made.on.year, 12, 31))))
                return After.of(PlanDocument.model_validate(shown)), effect

            try:
                after, effect = self.service.preview_change(_grounded(made), caller, question)
                rates = self._rates(effect, made, years, day)
            except NoChange:
                pass
            except DomainError as error:
                refused = str(error)
        return Preview(
            kind="difference",
            plan=made.plan,
            status=after.status,
            version=made.version,
            effective_on=made.on.isoformat(),
            compared_with=made.base,
            changes=counted(made.difference.items),
            change_rate=rates,
            refused=refused,
            counts=after.counts,
            **listed(made.difference, [*made.difference.warnings, *after.odd]),
        )

    def _rates(self, effect: dict[str, Any], made: _Compared, years: list[int], day: date) -> dict[str, JsonValue]:
        if "after" not in effect:
            return effect
        with self.service.store.reading() as reader:
            before = rates_of(plan_history(reader, made.plan, Point(day)), years, day)
        return {year: {"before": before.get(year), "after": after} for year, after in effect["after"].items()}

    # -- a plan that is not there ----------------------------------------------------------------------------------

    def _opened(self, incoming: Incoming, decisions: Decisions) -> tuple[PlanDocument, Difference]:
        wanted = incoming.wanted
        self.progress("lettura del piano")
        if incoming.document is not None and incoming.document.plan.predecessor is None:
            document, difference = incoming.document, Difference((), (), (), (), ())
        else:
            before = self._before(wanted)
            document, difference = open_plan(wanted, before, decisions.answers)
        act = decisions.act or (wanted.occasion.act if document.act is None else None)
        return document.model_copy(update={"act": act}) if act else document, difference

    def _before(self, wanted: Wanted) -> PlanDocument | None:
        if wanted.plan is None or wanted.administration is None:
            return None
        with self.service.store.reading() as reader:
            if wanted.plan.predecessor is not None and reader.head(plan_stream(wanted.plan.predecessor)).version:
                day = today(self.service.store.clock())
                found: dict[str, Any] | None = plan_in_force(reader, wanted.plan.predecessor, Point(day))
            else:
                day = today(self.service.store.clock())
                found = plan_before(reader, wanted.administration.id, wanted.plan.first_year, day)
        return PlanDocument.model_validate(found) if found else None

    def _opening(self, incoming: Incoming, decisions: Decisions) -> Preview:
        document, difference = self._opened(incoming, decisions)
        refused: str | None = None
        warnings: Sequence[Notice] = ()
        self.progress("calcolo degli effetti")
        try:
            with self.service.store.reading() as reader:
                decided = self._loading(reader, incoming.wanted, document, decisions)
            warnings = decided.warnings
            after = After.of_events(pending.event for part in decided.parts for pending in part.pending)
        except Malformed:
            raise
        except DomainError as error:
            refused, after = str(error), After.of(document)
        act = act_of(document.act) if document.act else None
        on = decisions.effective_on or (act.date if act else today(self.service.store.clock()))
        return Preview(
            kind="next_plan" if document.plan.predecessor else "new_plan",
            plan=document.plan.id,
            status=after.status,
            version=0,
            effective_on=on.isoformat(),
            changes=counted(difference.items),
            refused=refused,
            counts=after.counts,
            **listed(difference, [*difference.warnings, *warnings], after.unread),
        )


def _never(_: Reader) -> Decision:
    raise NoChange("il comando è già stato registrato")


_PLACE = re.compile(r"(objectives|indicators|measurements|statuses)\[(\d+)\]")


def _cell(where: str, wanted: Wanted) -> str:
    """The row of the workbook that a place in the document was made of."""
    match = _PLACE.match(where)
    rows: Sequence[Any] = (getattr(wanted, match[1]) or ()) if match and wanted.columns else ()
    return wanted.spot(rows[int(match[2])].where) if match and int(match[2]) < len(rows) else where


def _placed(problem: Problem, wanted: Wanted) -> Problem:
    return problem.model_copy(update={"where": _cell(problem.where, wanted)})


def _told(oddity: Notice, wanted: Wanted) -> Notice:
    return oddity.model_copy(update={"where": _cell(oddity.where, wanted)})


def _answered(difference: Difference) -> None:
    if difference.open_questions:
        raise QuestionsOpen(
            f"{len(difference.open_questions)} domande aspettano una risposta",
            accepted="in answers, per ogni domanda, una delle sue risposte",
            where="answers",
            listed=tuple(
                f"{one.id}: {one.words} ({', '.join(option.answer for option in one.options)})"
                for one in difference.open_questions[:50]
            ),
        )


def _grounded(made: _Compared) -> ChangeFile:
    """The changes on a ground that nobody has said yet: enough to see what they would do."""
    file = made.file
    return file.model_copy(
        update={
            "act": file.act or ActPart(body="Anteprima", type="altro", date=made.on, assumed=True),
            "justification": file.justification or UNSAID,
            "cause": file.cause or "other",
            "effective_on": file.effective_on or made.on,
        }
    )


def _years(made: _Compared) -> list[int]:
    plan = made.part
    touched = {item.year for item in made.difference.items if item.year is not None} | {made.on.year}
    return [year for year in range(plan.first_year, plan.last_year + 1) if year in touched]
