"""What a row of a returned sheet would record: the ordinary commands decide it, each refusal in the cell that it comes from."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from api.commands.deviations import explaining, planning
from api.commands.handler import Caller, Decision
from api.commands.measurement_checks import check_measurement
from api.commands.service import Service
from api.formats.json_reader import into
from api.imports.collection_preview import CollectedItem
from api.imports.options import CollectionOptions
from api.imports.returned_rows import ReturnedRow
from api.language.closed_lists import listed_words
from domain.administrations.offices import KnownOffices
from domain.deviations.commands import ExplainDeviation, PlanCorrectiveAction
from domain.deviations.decide import free_action
from domain.deviations.events import DEVIATION_CAUSES
from domain.deviations.model import corrective_actions, explained_deviation, of_subject, planned_at_first
from domain.errors import DomainError, Malformed, Problem
from domain.facts import indicator_key, series_key
from domain.italian import print_date, print_number
from domain.measurements.commands import RecordMeasurement, ReportStatus
from domain.measurements.decide import OBSERVED, observed_in
from domain.measurements.printer import print_value
from domain.measurements.refusals import UnitDoubtful
from domain.measurements.values import NumberValue, Observed
from domain.plans.state import PlanState
from domain.point import today
from domain.rounds.collection import NOBODY, CollectedRound, Due
from domain.scoring.numbers import decimal_string
from domain.spelling import folded
from domain.targets.decide import target_of
from domain.vocabulary import JsonValue, shortened
from projections.action_words import words_of_actions
from projections.collection_sheets import AskedValue
from projections.store.reader import Reader
from projections.streams import PlanKnown

_FIELD_OF = {"text": "value", "value": "value", "numerator": "term/1", "denominator": "term/2", "terms": "term/1"}
"""The cell that a field of a command comes from, where it is another than its own name."""
_FIELD_OF_DEVIATION = {"words": "cause_words", "office": "action_office", "due_by": "action_due_by", "id": "name"}
"""The same of the commands about a deviation."""
_ACTION = {"remedy": "che cosa si fa", "action_office": "l'ufficio", "action_due_by": "il giorno entro cui va fatta"}
Judged = TypeVar("Judged")
MOST_PROGRESS = 100
"""The progress of what is done, in percent."""


class RowProblems(Exception):
    """What keeps a row from being recorded."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


class RowJudged(NamedTuple):
    """What a row would record, and what is told of it; no item where it says nothing new."""

    item: CollectedItem | None
    decisions: list[Decision]
    remarks: list[tuple[str, str]]


class RowJudge:
    """Judges the rows of one round, as the record stands."""

    def __init__(
        self,
        service: Service,
        reader: Reader,
        known: PlanKnown,
        collection: CollectedRound,
        options: CollectionOptions,
        caller: Caller,
    ) -> None:
        self.service = service
        self.reader = reader
        self.known = known
        self.collection = collection
        self.options = options
        self.caller = caller
        self.today = today(service.store.clock())
        self.as_at = collection.round.as_at
        self.day = min(self.as_at, self.today)
        """Of which day the data are: of the round's, or of today where that is still to come."""
        self.dues = {due.indicator: due for due in collection.dues}
        self.state = PlanState(reader.timelines(known.stream), self.as_at)
        self.now = PlanState(self.state.timelines, self.today)
        """The plan on the day against which achievement is worked out."""
        self.offices = KnownOffices(reader.timelines(known.administration_stream))
        self.planned = corrective_actions(self.now.timelines)
        self.words = words_of_actions(reader, known.stream, self.planned)
        self.actions: set[str] = set()
        """The ids that the rows before took."""

    def judge(self, row: ReturnedRow, office: str) -> RowJudged:
        """What a row would record; RowProblems where it may not."""
        require_said(row)
        asked, note = row.asked, row.row.filled.get("note")
        judged = RowJudged(None, [], self._outdated(row))
        status = self._status(row)
        item = CollectedItem(
            where=row.place(),
            office=office,
            indicator=asked.indicator,
            name=asked.name,
            period=asked.period,
            targets=self._targets(asked.indicator, self.now),
            note=note,
        )
        item = self._measured(row, office, item, judged.decisions, note=note if status is None else None)
        if status is not None:
            if status.progress is not None and status.progress > MOST_PROGRESS:
                shown = print_number(status.progress)
                judged.remarks.append((row.place("progress"), f"l'avanzamento è {shown}%, più del tutto"))
            judged.decisions.append(
                _in_cells(row, lambda: self.service.reported(self.reader, self.known.plan, status, self.caller))
            )
            item = item.model_copy(update=_status_fields(self.dues.get(asked.indicator), status))
        item = self._explained(row, item, judged)
        item = self._acted(row, item, judged)
        if judged.decisions:
            return judged._replace(item=item)
        if note and not self._is_noted(asked.indicator, note):
            words = "il valore e lo stato sono già noti: la nota da sola non è stata registrata"
            judged.remarks.append((row.place("note"), words))
        return judged

    def _outdated(self, row: ReturnedRow) -> list[tuple[str, str]]:
        """What became of the indicator since the sheet went out."""
        remarks: list[tuple[str, str]] = []
        targets = self._targets(row.asked.indicator)
        if targets != row.asked.targets:
            before, now = ", ".join(row.asked.targets), ", ".join(targets)
            words = f"il target è cambiato da quando la scheda è uscita: «{before}», ora «{now}»"
            remarks.append((row.place("targets"), words))
        later = self._targets(row.asked.indicator, self.now)
        if later != targets:
            before, now = ", ".join(targets) or "nessuno", ", ".join(later) or "nessuno"
            words = (
                f"il target al {print_date(self.as_at)} era «{before}», oggi è «{now}»: il raggiungimento è calcolato"
                " su quello di oggi"
            )
            remarks.append((row.place("targets"), words))
        if not self.state.indicator_in_force(row.asked.indicator):
            remarks.append((row.place("name"), "l'indicatore non è più nel piano"))
        return remarks

    def _measured(
        self, row: ReturnedRow, office: str, item: CollectedItem, decisions: list[Decision], *, note: str | None
    ) -> CollectedItem:
        """The item with the value that the row gives, where it gives one that is not known."""
        measurement = self._measurement(row, office, note)
        if measurement is None:
            return item
        owner = self.reader.timelines(self.known.administration_stream)
        entry = owner.entry(series_key(row.asked.series), row.asked.period, date.max)
        recorded = entry.value if entry is not None and isinstance(entry.value, dict) else {}
        before = OBSERVED.validate_python(recorded["observed"]) if recorded.get("observed") else None
        checked = _in_cells(row, lambda: check_measurement(self.reader, self.known, measurement, self.today))
        observed = _in_cells(row, lambda: observed_in(checked.command))
        if before == observed and recorded.get("finality") == measurement.finality:
            return item
        if before is not None and recorded.get("finality") == "final":
            words = f"c'è già un valore definitivo, {said_as(before)}, e qui ce n'è un altro, {said_as(observed)}"
            accepted = "la rettifica del valore (initinere restate), con la sua nota"
            raise RowProblems([Problem(where=row.place("value"), found=words, accepted=accepted)])
        decision = _in_cells(row, lambda: self.service.observed(self.reader, self.known.plan, measurement, self.caller))
        warnings = (warning.model_copy(update={"where": row.place("value")}) for warning in decision.warnings)
        decisions.append(decision._replace(warnings=tuple(warnings)))
        return item.model_copy(
            update={
                "value_before": said_as(before) if before is not None else None,
                "value": said_as(observed),
                "finality": measurement.finality,
            }
        )

    def _measurement(self, row: ReturnedRow, office: str, note: str | None) -> RecordMeasurement | None:
        """What the row measures; None where it measures nothing."""
        asked, filled = row.asked, row.row.filled
        terms = {term.id: filled[f"term/{n}"] for n, term in enumerate(asked.terms, start=1) if f"term/{n}" in filled}
        if "value" not in filled and not terms:
            return None
        content: dict[str, JsonValue] = {
            "series": asked.series,
            "period": asked.period,
            "data_as_at": self.day.isoformat(),
            "finality": filled.get("finality", "provisional" if "-" in asked.period else "final"),
            "office": office if office != NOBODY else None,
            "text": filled.get("value"),
            "note": note,
            "confirm_unit": self.options.confirm_unit,
        }
        if terms and asked.is_ratio:
            numerator, denominator = terms.values()
            unit = "%" if asked.is_percentage else None
            content |= {"numerator": numerator, "denominator": denominator, "unit": unit}
        elif terms:
            content["terms"] = dict(terms)
        said: dict[str, JsonValue] = {name: value for name, value in content.items() if value is not None}
        return _in_cells(row, lambda: into(RecordMeasurement, said))

    def _status(self, row: ReturnedRow) -> ReportStatus | None:
        """The status that the row reports; None where it reports none, or the one that is known."""
        filled = row.row.filled
        if "status" not in filled:
            return None
        content: dict[str, JsonValue] = {
            "subject": "indicator",
            "id": row.asked.indicator,
            "reported_on": self.day.isoformat(),
            **{name: filled[name] for name in ("status", "progress", "note") if name in filled},
        }
        command = _in_cells(row, lambda: into(ReportStatus, content))
        due = self.dues.get(row.asked.indicator)
        is_known = due is not None and (due.word, due.progress) == (command.status, command.progress)
        return None if is_known else command

    def _explained(self, row: ReturnedRow, item: CollectedItem, judged: RowJudged) -> CollectedItem:
        """The item with the cause that the row gives, where it gives one that is not known."""
        filled, asked = row.row.filled, row.asked
        if "cause" not in filled:
            return item
        given = explained_deviation(self.now.timelines, indicator_key(asked.indicator), asked.period)
        content: dict[str, JsonValue] = {
            **self._deviation(asked),
            "cause": filled["cause"],
            "words": filled["cause_words"],
            # An earlier day would leave in force what was said on a later one.
            "explained_on": max(self.day, given.explained_on if given else self.day).isoformat(),
        }
        command = _in_cells(row, lambda: into(ExplainDeviation, content), _FIELD_OF_DEVIATION)
        is_same = given is not None and (given.cause, given.explained_on) == (command.cause, command.explained_on)
        if given is not None and is_same and self._words(given.version) == command.words:
            return item
        judged.decisions.append(
            _in_cells(
                row,
                lambda: explaining(self.service, self.reader, self.known.plan, command, self.caller),
                _FIELD_OF_DEVIATION,
            )
        )
        said = {"cause_before": given.cause if given else None, "cause": command.cause, "cause_words": command.words}
        return item.model_copy(update=said)

    def _acted(self, row: ReturnedRow, item: CollectedItem, judged: RowJudged) -> CollectedItem:
        """The item with the corrective action that the row plans, where it plans one that is not known."""
        filled, asked = row.row.filled, row.asked
        if "remedy" not in filled:
            return item
        action = free_action(self.now.timelines, self.actions)
        content: dict[str, JsonValue] = {
            **self._deviation(asked),
            "remedy": filled["remedy"],
            "office": filled["action_office"],
            "due_by": filled["action_due_by"],
            "planned_on": self.day.isoformat(),
            "action": action,
        }
        command = _in_cells(row, lambda: into(PlanCorrectiveAction, content), _FIELD_OF_DEVIATION)
        for there in of_subject(self.planned, indicator_key(asked.indicator), asked.period):
            remedy = self.words[there.id].remedy or ""
            if folded(remedy) != folded(command.remedy):
                continue
            first = planned_at_first(self.now.timelines, there.id)
            wanted = (self.offices.same(command.office), command.due_by)
            if wanted in {(self.offices.same(each.office), each.due_by) for each in (first, there)}:
                return item
            words = f"c'è già l'azione {there.id}, «{shortened(remedy)}», di {there.office}, entro il {print_date(there.due_by)}"
            accepted = f"le stesse date e lo stesso ufficio; per rimandarla, initinere deviation reschedule {there.id}"
            raise RowProblems([Problem(where=row.place("remedy"), found=words, accepted=accepted)])
        judged.decisions.append(
            _in_cells(
                row,
                lambda: planning(self.service, self.reader, self.known.plan, command, self.caller),
                _FIELD_OF_DEVIATION,
            )
        )
        self.actions.add(action)
        said = {
            "remedy": command.remedy,
            "action_office": self.offices.name(command.office),
            "action_due_by": command.due_by.isoformat(),
        }
        return item.model_copy(update=said)

    def _deviation(self, asked: AskedValue) -> dict[str, JsonValue]:
        return {"subject": "indicator", "id": asked.indicator, "period": asked.period}

    def _words(self, version: int) -> str | None:
        note = self.reader.records(self.known.stream, [version])[0].note
        return self.reader.texts([note], self.known.stream).get(note) if note else None

    def _targets(self, indicator: str, state: PlanState | None = None) -> tuple[str, ...]:
        """The texts of the targets of the year: those of the day of the round, or of another state of the plan."""
        targets = sorted((state or self.state).targets(indicator).items())
        return tuple(target_of(value).text for (year, _), value in targets if year == self.as_at.year)

    def _is_noted(self, indicator: str, note: str) -> bool:
        due = self.dues.get(indicator)
        return (
            due is not None and due.status is not None and self.collection.notes.get(due.status.entry.version) == note
        )


def require_said(row: ReturnedRow) -> None:
    """RowProblems with what a row leaves out of what it begins to say, where it is not told already that it cannot be read."""
    filled, terms = row.row.filled, row.asked.terms
    named = [n for n, _ in enumerate(terms, start=1) if f"term/{n}" in filled]
    told = [
        (f"term/{n}", f"manca il termine «{shortened(term.phrase)}»", "tutti i termini, o nessuno")
        for n, term in enumerate(terms, start=1)
        if named and n not in named
    ]
    told += [
        (field, "la formula di questo indicatore non ha questo termine", "la cella vuota")
        for field in filled
        if field.startswith("term/") and int(field.partition("/")[2]) > len(terms)
    ]
    if "progress" in filled and "status" not in filled:
        told.append(("status", "c'è un avanzamento, e manca lo stato", "uno degli stati, per esempio in linea"))
    if "note" in filled and not (named or {"value", "status"} & filled.keys()):
        told.append(("note", "c'è una nota, e mancano il valore e lo stato", "un valore o uno stato accanto alla nota"))
    if "cause_words" in filled and "cause" not in filled:
        told.append(("cause", "è detto che cosa è accaduto, e manca la causa", listed_words([*DEVIATION_CAUSES])))
    if "cause" in filled and "cause_words" not in filled:
        told.append(("cause_words", "c'è la causa, e manca che cosa è accaduto", "la spiegazione, in parole"))
    if _ACTION.keys() & filled.keys():
        told += [
            (field, f"c'è un'azione correttiva a metà: manca {words}", "che cosa, quale ufficio, entro quando")
            for field, words in _ACTION.items()
            if field not in filled
        ]
    unread = {problem.where for problem in row.sheet.problems}
    places = [(row.place(field), words, accepted) for field, words, accepted in told]
    if places:
        raise RowProblems(
            Problem(where=where, found=words, accepted=accepted)
            for where, words, accepted in places
            if where not in unread
        )


def said_as(observed: Observed) -> str:
    """A value as people say it: as it was written, or its two terms."""
    if isinstance(observed, NumberValue) and not observed.text and observed.numerator is not None:
        return f"{print_number(observed.numerator)} su {print_number(observed.denominator or Decimal(0))}"
    return print_value(observed)


def _status_fields(due: Due | None, status: ReportStatus) -> dict[str, str | None]:
    return {
        "status_before": due.word if due else None,
        "progress_before": decimal_string(due.progress) if due else None,
        "status": status.status,
        "progress": decimal_string(status.progress),
    }


def _in_cells(row: ReturnedRow, judged: Callable[[], Judged], fields: Mapping[str, str] = _FIELD_OF) -> Judged:
    """What is judged of a row; RowProblems, each in the cell that it comes from, where it is refused."""
    try:
        return judged()
    except DomainError as error:
        listed: list[Problem] = []
        for problem in error.problems if isinstance(error, Malformed) else [error.problem]:
            field = problem.where.partition(".")[0].partition("[")[0]
            accepted = problem.accepted
            if isinstance(error, UnitDoubtful):
                accepted = f"{accepted.partition(';')[0]}; oppure --confirm-unit, se il valore è proprio questo"
            where = row.place(fields.get(field, field))
            listed.append(Problem(where=where, found=problem.found, accepted=accepted))
        raise RowProblems(listed) from None
