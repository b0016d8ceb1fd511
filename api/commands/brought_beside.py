"""What a document that opens a plan brings beside it: what others published, causes of deviations, corrective actions."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from api.commands.administration_writer import AdministrationWriter
from domain.administrations.offices import KnownOffices
from domain.benchmarks.commands import PublishBenchmark
from domain.benchmarks.decide import publish_benchmark
from domain.benchmarks.events import BenchmarkRestated
from domain.deviations import decide
from domain.deviations.commands import EndCorrectiveAction, ExplainDeviation, PlanCorrectiveAction
from domain.documents.beside import ActionRow, CauseRow, PublishedRow
from domain.documents.plan import PlanDocument
from domain.errors import DomainError, NoChange, Refusals
from domain.italian import print_date
from domain.notice import Notice
from domain.periods import period_said
from domain.plans.state import PlanState
from domain.recording import Pending, SaltedText
from domain.timelines import Timelines

Salted = Callable[[str], SaltedText]


def publish_all(
    rows: Iterable[PublishedRow], registry: AdministrationWriter, salted: Salted, refusals: Refusals
) -> None:
    """Enters the values of others that the administration does not know; one that it knows otherwise is left as it is, and told."""
    for place, row in enumerate(rows):
        command = PublishBenchmark(
            indicator=row.series,
            **row.model_dump(include={"whose", "period", "text", "published_on", "source", "note"}),
        )
        where = f"benchmarks[{place}]"
        try:
            event = publish_benchmark(registry.timelines, row.series, command, registry.today)
        except NoChange:
            continue
        except DomainError as error:
            refusals.errors.append(error.located(where))
            continue
        if isinstance(event, BenchmarkRestated):
            words = f"di {row.series} ({period_said(row.period)}) è noto un altro valore di altri: quello del documento non si prende"
            registry.warnings.append(Notice(where=where, name="left_alone", words=words))
            continue
        registry.add(Pending(event, row.published_on, note=salted(row.note) if row.note else None))


def told_of_deviations(
    document: PlanDocument,
    timelines: Timelines,
    registry: AdministrationWriter,
    salted: Salted,
    refusals: Refusals,
) -> list[Pending]:
    """The causes and the corrective actions of a document; what an order took the words of is left out, and told."""
    pending: list[Pending] = []
    offices, today, retrospective = KnownOffices(registry.timelines), registry.today, document.retrospective

    def enter(place: str, told: Callable[[], Iterator[Pending]]) -> None:
        try:
            for each in told():
                timelines.evolve(each.event, each.effective_on)
                pending.append(each)
        except DomainError as error:
            refusals.errors.append(error.located(place))

    def left_out(where: str, words: str) -> None:
        registry.warnings.append(
            Notice(where=where, name="left_alone", words=f"{words}: le parole sono oscurate, e non si prende")
        )

    for number, cause in enumerate(document.deviations):
        where = f"deviations[{number}]"
        if cause.words is None:
            left_out(where, f"la causa dello scostamento di {cause.id} ({period_said(cause.period)})")
        else:
            enter(where, partial(_cause, cause, timelines, today, salted, retrospective=retrospective))
    for number, action in enumerate(document.corrective_actions):
        where = f"corrective_actions[{number}]"
        if action.remedy is None:
            left_out(where, f"l'azione correttiva {action.action}, entro il {print_date(action.due_by)}")
        else:
            enter(where, partial(_action, action, timelines, offices, today, salted, retrospective=retrospective))
    return pending


def _cause(
    row: CauseRow, timelines: Timelines, today: date, salted: Salted, *, retrospective: bool
) -> Iterator[Pending]:
    command = ExplainDeviation.model_validate(row.model_dump() | {"retrospective": retrospective})
    event = decide.explain_deviation(PlanState(timelines, row.explained_on), command, today)
    yield Pending(event, row.explained_on, retrospective=retrospective, note=salted(command.words))


def _action(
    row: ActionRow, timelines: Timelines, offices: KnownOffices, today: date, salted: Salted, *, retrospective: bool
) -> Iterator[Pending]:
    """It is planned as it stands now, with what was said of it since; then it is ended where it was."""
    said = [note for note in row.notes if note]
    fields = row.model_dump(include={"subject", "id", "period", "remedy", "office", "planned_on", "due_by", "action"})
    command = PlanCorrectiveAction.model_validate(fields | {"retrospective": retrospective})
    event = decide.plan_corrective_action(PlanState(timelines, row.planned_on), command, offices, today)
    note = salted("\n".join((command.remedy, *said)))
    yield Pending(event, row.planned_on, retrospective=retrospective, note=note)
    if row.ended_on is not None:
        words = said[-1] if said else command.remedy
        ending = EndCorrectiveAction(
            action=row.action, outcome=row.outcome or "done", words=words, ended_on=row.ended_on
        )
        ended = decide.end_corrective_action(PlanState(timelines, row.ended_on), ending, today)
        yield Pending(ended, row.ended_on, retrospective=retrospective)
