"""Takes in the sheets of a round that come back: held against what went out, judged by the ordinary commands, all or nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from api.imports.collected_meaning import with_meaning
from api.imports.collected_rows import RowJudge, RowProblems
from api.imports.collection_preview import CollectedItem, CollectionPreview, ReturnedSummary
from api.imports.kept_remarks import to_be_kept
from api.imports.options import CollectionOptions
from api.imports.returned_rows import ReturnedRow, matched_rows
from api.workbook.collection_format import BEFORE_CAUSES, OFFICE_LINE
from api.workbook.collection_read import ReturnedSheet
from domain.administrations.offices import KnownOffices
from domain.deviations.found import of_round
from domain.errors import DomainError, Malformed, NoChange, Problem
from domain.facts import indicator_key
from domain.notice import Notice
from domain.point import Point, read_day, today
from domain.rounds.decide import find_round
from domain.rounds.model import Round, round_called
from domain.spelling import folded
from domain.timelines import Timelines
from domain.vocabulary import shortened
from projections.collection_sheets import CollectionSheet, collection_sheets, point_of_versions
from projections.contradictions import contradictions
from projections.rounds import collected_round
from projections.store.append import StreamAppend
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan

MANY = 50
"""More rows than these are decided before the command gets its turn to write."""


class _Judged(NamedTuple):
    """What returned sheets come to: what each row would record, what keeps all from it, what is to be told."""

    plan: str
    round: Round
    sheets: list[ReturnedSummary]
    items: list[CollectedItem]
    decisions: list[Decision]
    problems: list[Problem]
    remarks: list[Notice]

    @property
    def decision(self) -> Decision:
        """All of it in one append."""
        parts: dict[str, StreamAppend] = {}
        for part in (part for decision in self.decisions for part in decision.parts):
            earlier = parts.get(part.stream)
            pending = (*earlier.pending, *part.pending) if earlier else part.pending
            parts[part.stream] = part._replace(pending=pending)
        warnings = tuple(warning for decision in self.decisions for warning in decision.warnings)
        return Decision(tuple(parts.values()), (*to_be_kept(self.remarks), *warnings))


class Collecting:
    """Previews and records the sheets of a round, on a service; without `plan` and `round`, of those that they name."""

    def __init__(
        self, service: Service, returned: Sequence[ReturnedSheet], options: CollectionOptions, caller: Caller
    ) -> None:
        self.service = service
        self.returned = returned
        self.options = options
        self.caller = caller

    def preview(self, plan: str | None = None, name: str | None = None) -> CollectionPreview:
        """What the sheets would do; nothing is recorded."""
        with self.service.store.reading() as reader:
            judged = self._judged(reader, plan, name)
        if not judged.decisions:
            return _preview(judged, judged.items)
        day = Point(today(self.service.store.clock()))

        def question(reader: PreviewReader) -> CollectionPreview:
            items = with_meaning(reader, judged.plan, judged.round.as_at.year, judged.items, day)
            subjects = {item.indicator for item in items}
            listed = contradictions(reader, judged.plan, day, name=judged.round.id)["contradictions"]
            words = [row["words"] for row in listed if subjects & {s.rpartition("/")[2] for s in row["subjects"]}]
            return _preview(judged, items, words, _causes_left(reader, judged, items, day))

        return self.service.dry_run(self.caller, lambda _: judged.decision, question)

    def record(self, plan: str | None = None, name: str | None = None) -> Outcome:
        """Records what the sheets say, all or nothing; Malformed with every problem, NoChange where all is known."""
        named = plan or self._named_plan()

        def decided(reader: Reader) -> Decision:
            judged = self._judged(reader, plan, name)
            if judged.problems:
                raise Malformed(judged.problems)
            if not judged.decisions:
                raise NoChange("le schede non dicono nulla di nuovo", accepted="almeno un valore, o uno stato, nuovo")
            return judged.decision

        filled = [row for sheet in self.returned for row in sheet.rows if row.is_filled]
        content = hashlib.sha256(repr([(sheet.head, sheet.rows) for sheet in self.returned]).encode()).hexdigest()
        request = ["collect", named, name, content, self.options.late, self.options.confirm_unit]
        return self.service.handle(self.caller, named, request, decided, large=len(filled) > MANY)

    def _named_plan(self) -> str:
        """The plan that the sheets name; Malformed where they name none."""
        named = next((sheet.head["plan"] for sheet in self.returned if sheet.head.get("plan")), None)
        if named is None:
            raise Malformed([problem for sheet in self.returned for problem in sheet.problems])
        return named

    # -- judging ---------------------------------------------------------------------------------------------------

    def _judged(self, reader: Reader, plan: str | None, name: str | None) -> _Judged:
        """What the sheets come to on one snapshot, of which every timeline is read once for all rows."""
        read: dict[tuple[str, int | None], Timelines] = {}
        of_snapshot = reader.timelines

        def timelines(stream: str, version: int | None = None) -> Timelines:
            if (stream, version) not in read:
                read[stream, version] = of_snapshot(stream, version)
            return read[stream, version]

        reader.timelines = timelines  # type: ignore[method-assign]
        try:
            return self._judged_on(reader, plan, name)
        finally:
            del reader.timelines

    def _judged_on(self, reader: Reader, plan: str | None, name: str | None) -> _Judged:
        plan = plan or self._named_plan()
        known = find_plan(reader, plan)
        day = today(self.service.store.clock())
        named_round = name or next((s.head["round"] for s in self.returned if s.head.get("round")), "")
        round_ = find_round(reader.timelines(known.stream), named_round)
        judged = _Judged(plan, round_, [], [], [], [], [])
        _, collection = collected_round(reader, plan, round_.id, Point(day))
        judge = RowJudge(self.service, reader, known, collection, self.options, self.caller)
        taken: dict[str, ReturnedRow] = {}
        for returned in self.returned:
            judged.problems.extend(returned.problems)
            remarks = list(returned.remarks)
            sheet = (
                None
                if returned.problems and not returned.rows
                else self._sheet(reader, known, round_, returned, judged)
            )
            if sheet is not None:
                rows = matched_rows(returned, sheet, judged.problems, remarks)
                unchanged = 0
                for row in rows:
                    if not _said_elsewhere(row, taken, judged, remarks):
                        unchanged += _take(judge, row, sheet.office, judged, remarks)
                summary = ReturnedSummary(
                    file=returned.file, office=sheet.office, rows=len(sheet.rows), filled=len(rows), unchanged=unchanged
                )
                judged.sheets.append(summary)
            judged.remarks.extend(Notice(where=where, name="sheet_remark", words=words) for where, words in remarks)
        return judged

    def _sheet(
        self, reader: Reader, known: PlanKnown, round_: Round, returned: ReturnedSheet, judged: _Judged
    ) -> CollectionSheet | None:
        """The sheet as it went out; None, with the problem told, where what came back is none of this round."""
        head = returned.head

        def refused(field: str, words: str, accepted: str) -> None:
            judged.problems.append(Problem(where=returned.technical_place(field), found=words, accepted=accepted))

        if head.get("plan") != known.plan:
            refused(
                "plan",
                f"la scheda è del piano {shortened(head.get('plan', ''))!r}",
                f"una scheda del piano {known.plan}",
            )
            return None
        if head.get("round") != round_.id:
            words = f"la scheda è del monitoraggio {round_called(shortened(head.get('round', '')))}, qui si raccoglie quello {round_called(round_.id)}"
            refused("round", words, f"una scheda del monitoraggio {round_called(round_.id)}")
            return None
        if round_.closed_on is not None and not self.options.late:
            words = f"la scheda è di un monitoraggio chiuso il {round_.closed_on:%d/%m/%Y}"
            refused(
                "round",
                words,
                "una scheda di un monitoraggio aperto; oppure la conferma che si registra ciò che arriva dopo la chiusura (--late)",
            )
            return None
        sheet = _exported(reader, known, round_, head)
        if sheet is None:
            words = "la scheda non è quella che questo archivio ha esportato, o i suoi dati tecnici sono stati cambiati"
            refused("digest", words, "la scheda com'è stata esportata, o una esportata di nuovo")
            return None
        own = self.caller.principal.offices("record_values", known.administration)
        if own is not None and not _is_own(reader, known, sheet.office, own):
            refused("office", f"la scheda è di {sheet.office}", f"una scheda di {', '.join(sorted(own))}")
            return None
        if returned.office and folded(returned.office[1]) != folded(sheet.office):
            where, named = returned.office
            words = f"la riga dell'ufficio dice {shortened(named)!r}, e la scheda è uscita per {sheet.office}"
            accepted = f"«{OFFICE_LINE} {sheet.office}», com'era; la scheda dell'altro ufficio, se i dati sono i suoi"
            judged.problems.append(Problem(where=where, found=words, accepted=accepted))
        return sheet


def _exported(reader: Reader, known: PlanKnown, round_: Round, head: dict[str, str]) -> CollectionSheet | None:
    """The sheet that went out, made again from what it rests on; None where the record never was so, or it bears another digest."""
    try:
        as_of, version, owner = read_day(head["as_of"]), int(head["version"]), int(head["administration_version"])
    except (KeyError, ValueError):
        return None
    point = point_of_versions(reader, known, as_of, version, owner)
    if point is None:
        return None
    try:
        sheet, *_ = collection_sheets(reader, known.plan, round_.id, point, office=head.get("office"))
    except DomainError:
        return None
    is_earlier = head.get("format") == BEFORE_CAUSES
    sheet = sheet.before_causes() if is_earlier else sheet
    return sheet if head.get("digest") == (sheet.digest_before_causes if is_earlier else sheet.digest) else None


def _is_own(reader: Reader, known: PlanKnown, office: str, own: frozenset[str]) -> bool:
    return KnownOffices(reader.timelines(known.administration_stream)).among([office], own)


def _take(judge: RowJudge, row: ReturnedRow, office: str, judged: _Judged, remarks: list[tuple[str, str]]) -> bool:
    """Adds what a row would record, or what keeps it from being recorded; whether all that it says is known already."""
    try:
        of_row = judge.judge(row, office)
    except RowProblems as refused:
        judged.problems.extend(refused.problems)
        return False
    remarks += of_row.remarks
    judged.decisions.extend(of_row.decisions)
    if of_row.item is not None:
        judged.items.append(of_row.item)
    return of_row.item is None


def _said_elsewhere(
    row: ReturnedRow, taken: dict[str, ReturnedRow], judged: _Judged, remarks: list[tuple[str, str]]
) -> bool:
    """Whether another sheet speaks of the same value: what says the same is taken once, what says otherwise is a problem."""
    other = taken.setdefault(row.asked.indicator, row)
    if other is row:
        return False
    words = f"«{shortened(row.asked.name)}» è compilato anche in {other.place()}"
    if other.row.filled == row.row.filled:
        remarks.append((row.place(), f"{words}, allo stesso modo"))
    else:
        judged.problems.append(Problem(where=row.place(), found=f"{words}, diversamente", accepted="una risposta sola"))
    return True


def _causes_left(reader: Reader, judged: _Judged, items: Sequence[CollectedItem], point: Point) -> Iterator[Notice]:
    """What of these items would be short of its target, or at risk, with nobody saying why."""
    _, whole = collected_round(reader, judged.plan, judged.round.id, point)
    places = {indicator_key(item.indicator): item.where for item in items}
    for each in of_round(whole, point.as_of):
        if each.asks_cause and each.subject in places:
            short = each.held.variance.words if each.is_missed and each.held and each.held.variance else ""
            found = f"non raggiunge il target ({short})" if short else "è a rischio, o non raggiunge il target"
            words = f"{found}, e la causa non è detta: resta da dire"
            yield Notice(where=places[each.subject], name="sheet_remark", words=words)


def _preview(
    judged: _Judged, items: Sequence[CollectedItem], told: Sequence[str] = (), left: Iterable[Notice] = ()
) -> CollectionPreview:
    warnings = tuple(warning for decision in judged.decisions for warning in decision.warnings)
    return CollectionPreview(
        plan=judged.plan,
        round=judged.round.id,
        sheets=tuple(judged.sheets),
        items=tuple(items),
        problems=tuple(dict.fromkeys(judged.problems)),
        remarks=(*judged.remarks, *left),
        warnings=warnings,
        contradictions=tuple(told),
    )
