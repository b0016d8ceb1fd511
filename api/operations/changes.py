"""What was changed in a plan, how much of it, and a change to make."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from api.commands.handler import Outcome
from api.formats.json_reader import into
from api.imports.answering import answers_placed
from api.operations.model import (
    AnsweredBy,
    Cli,
    Command,
    CommandContext,
    QueryContext,
    Question,
    command,
    written_command,
)
from api.operations.queries import Between, Changing, OfChanges, OfPredecessor, Preview
from api.operations.requested_changes import with_ids_in_file
from api.operations.requests import AnnulmentRequest, OneChange
from api.operations.schemas import Recorded
from api.operations.verbs import ADDS, PLAN_VERBS, PlanVerb
from domain.annulments.commands import AnnulEvents
from domain.documents.change_questions import changes_answered
from domain.documents.changes import ChangeFile
from domain.documents.questions import OpenQuestion, refuse_open
from domain.errors import DomainError, Malformed, Problem
from domain.plans.commands import DiscardDraft
from domain.timelines import Timelines
from domain.vocabulary import JsonValue
from projections.change_preview import ChangePreview, change_preview
from projections.change_rate import ChangeRates, ChangesOfYear, change_rates, changes_of_year
from projections.differences import Differences, differences
from projections.proposal_effects import EffectsShown, effects_of_change
from projections.store.store import Store
from projections.streams import find_plan
from projections.successive_plans import PredecessorDifferences, predecessor_differences

Document = TypeVar("Document", bound=ChangeFile)

OF_THE_FILE = (
    "plan",
    "act",
    "approves_year",
    "justification",
    "cause",
    "effective_on",
    "retroactive",
    "retrospective",
    "exception",
    "answers",
)
"""The fields of a change file that may stand beside one change that comes alone."""

MOST_CHANGES = 5_000
"""How many changes one document may ask for: each is judged in the plan that the ones before it left."""


def read_changes(plan: str, content: Mapping[str, JsonValue], store: Store | None = None) -> ChangeFile:
    """The changes of a document for a plan: a file, or one change with what belongs to the file beside it.

    With the store it may name objectives and indicators as people do: by id, code, name, or «code name». Malformed beyond
    `MOST_CHANGES`, before any is judged.
    """
    require_changes_of(plan, content)
    return into_named(ChangeFile, plan, _as_a_file(content), store)


def require_form(plan: str, content: Mapping[str, JsonValue]) -> None:
    """Malformed where the changes of a document have a wrong form, whatever its names mean: before an archive is there."""
    require_changes_of(plan, content)
    into(ChangeFile, {**with_ids_in_file(Timelines(), _as_a_file(content)).content, "plan": plan})


def _as_a_file(content: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    if not _comes_alone(content):
        return content
    file = {name: content[name] for name in OF_THE_FILE if name in content}
    change: JsonValue = {name: value for name, value in content.items() if name not in OF_THE_FILE}
    return {**file, "changes": [change]}


def into_named(model: type[Document], plan: str, content: Mapping[str, JsonValue], store: Store | None) -> Document:
    """A document of changes of a plan, of which each name is the id that it means; what is wrong with the rest is told first."""
    if store is None:
        return into(model, {**content, "plan": plan})
    with store.reading() as reader:
        timelines = reader.timelines(find_plan(reader, plan).stream)
        named = with_ids_in_file(timelines, content)
        document = into(model, {**named.content, "plan": plan})
        named.wrong.require_none()
        return _answered(document, timelines)


def _answered(document: Document, timelines: Timelines) -> Document:
    """A document with the changes that its answers come to; QuestionsOpen where one is missing, as an import is refused."""

    def ask(answers: Mapping[str, str]) -> list[OpenQuestion]:
        return changes_answered(document, answers, timelines)[1]

    placed = answers_placed((), document.answers, ask)
    answered, questions = changes_answered(document, placed.answers, timelines)
    refuse_open(placed.numbered(questions))
    return answered


def require_changes_of(plan: str, content: Mapping[str, JsonValue]) -> None:
    """Malformed where a document is of another plan, or asks for more than `MOST_CHANGES`."""
    named = content.get("plan", plan)
    if named != plan:
        found = f"il documento è del piano {str(named)[:120]!r}, la modifica del piano {plan[:120]!r}"
        raise Malformed([Problem(where="plan", found=found, accepted="lo stesso piano, o nessuno")])
    changes = content.get("changes")
    if isinstance(changes, list) and len(changes) > MOST_CHANGES:
        found = f"{len(changes)} modifiche sono troppe: al più {MOST_CHANGES}"
        raise Malformed([Problem(where="changes", found=found, accepted=f"al più {MOST_CHANGES} modifiche per volta")])


@contextmanager
def located_as_sent(content: Mapping[str, JsonValue]) -> Iterator[None]:
    """What is refused within is located in the document as it came: one change alone is not `changes[0]`."""
    try:
        yield
    except DomainError as error:
        raise (_alone(error) if _comes_alone(content) else error) from None


def _comes_alone(content: Mapping[str, JsonValue]) -> bool:
    return "verb" in content and "changes" not in content


def _alone(error: DomainError) -> DomainError:
    def place(where: str) -> str:
        return where.removeprefix("changes[0]").removeprefix(".")

    if isinstance(error, Malformed):
        return error.placed(place)
    problem = error.problem
    return type(error)(problem.found, accepted=problem.accepted, where=place(problem.where), listed=error.listed)


def show_differences(context: QueryContext, between: Between) -> Differences:
    """The differences between two points."""
    start, end = between.points(context.now)
    plan = context.subject
    return differences(context.reader, plan, start, end, lambda point: context.may_read(plan, point))


def annul_events(context: CommandContext, request: AnnulmentRequest) -> Outcome:
    """Leaves out events of a plan, or of its administration."""
    annulment = AnnulEvents(
        versions=request.versions, justification=request.justification, take_along=request.take_along
    )
    return context.service.annul(
        context.subject, annulment, request.act, context.caller, measurements=request.measurements
    )


def preview_annulment(context: CommandContext, request: AnnulmentRequest) -> ChangePreview:
    """What would count no more, and what that would do to the change rates."""
    annulment = AnnulEvents(
        versions=request.versions, justification=request.justification, take_along=request.take_along
    )
    return context.service.preview_annulment(
        context.subject,
        annulment,
        request.act,
        context.caller,
        lambda reader: change_preview(reader, context.subject),
        measurements=request.measurements,
    )


def discard_draft(context: CommandContext, command: DiscardDraft) -> Outcome:
    """Discards a draft."""
    return context.service.discard_draft(context.subject, command, context.caller)


def preview_effects(context: CommandContext, changes: ChangeFile, as_of: date | None = None) -> EffectsShown:
    """What the changes of a file would do, with scores, the flags that would be born, and the OIV's time."""
    return context.service.preview_change(
        changes, context.caller, lambda reader: effects_of_change(reader, context.subject, as_of)
    )


def preview_changes(context: CommandContext, changes: ChangeFile, as_of: date | None = None) -> ChangePreview:
    """What the changes of a file would do: the changes, the differences, the change rates of the years they touch."""
    return context.service.preview_change(
        changes, context.caller, lambda reader: change_preview(reader, context.subject, as_of)
    )


_OPTIONS = {
    "indicator_kind": "type",
    "offices": "office",
    "classifications": "classification",
    "codes": "external-code",
    "targets": "target",
}
"""The options of fields that hold several things, of which one is said at a time."""


def _options(row: PlanVerb) -> dict[str, str]:
    of_new = {"object": "id"} if row.verb in ADDS else {}
    return of_new | {name: word for name, word in _OPTIONS.items() if name in row.model.model_fields}


def _of_verb(row: PlanVerb) -> Command:
    return written_command(
        row.verb,
        row.title,
        f"{row.title}. {row.lead}".strip(),
        tag="modifiche",
        permission="change_plan",
        path=None,
        scope="plan",
        cli=Cli(words=row.words, also=row.also, options=_options(row), written=True),
        takes=row.request,
        answer=Recorded,
        query=Changing,
        preview=ChangePreview,
        or_preview=EffectsShown,
    )


CHANGES: tuple[Command | Question, ...] = (
    AnsweredBy(ChangesOfYear).question(
        "list_changes",
        "Modifiche di un anno",
        "Le modifiche di un anno, ciascuna con natura, prima e dopo, verso, atto e motivazione, e il tasso di modifica.",
        tag="modifiche",
        permission="read_plan",
        path="/plans/{plan}/changes",
        cli=Cli(words="changes"),
        query=OfChanges,
        handler=lambda context, of: changes_of_year(
            context.reader,
            context.subject,
            of.year,
            context.point,
            of.level,
            tree=of.tree,
            drafting=context.reads_drafting,
        ),
        sheet=True,
        varies=True,
    ),
    written_command(
        "change_plan",
        "Modifica il piano",
        "Registra le modifiche di un file, insieme o per niente; oppure una sola modifica, con accanto atto, motivazione e causa.\n\n"
        "Con `preview=true` dice che cosa cambierebbe: le differenze, e il tasso di modifica prima e dopo; con\n"
        "`effects=true` anche i punteggi, le segnalazioni che nascerebbero, il tempo che resta all'OIV.",
        tag="modifiche",
        permission="change_plan",
        path="/plans/{plan}/changes",
        cli=Cli(words="change", written=True),
        takes=ChangeFile,
        or_takes=OneChange,
        answer=Recorded,
        query=Changing,
        preview=ChangePreview,
        or_preview=EffectsShown,
    ),
    *map(_of_verb, PLAN_VERBS.values()),
    AnsweredBy(ChangeRates).question(
        "show_change_rates",
        "Tasso di modifica di un anno",
        "Obiettivi programmati ex ante toccati da una modifica in itinere ÷ obiettivi programmati ex ante, nelle tre varianti.\n\n"
        "`any`: qualunque modifica; `substance`: target, peso, formula, impegno, ritiro; `easier`: solo verso il più facile.",
        tag="modifiche",
        permission="read_plan",
        path="/plans/{plan}/change-rates",
        query=OfChanges,
        handler=lambda context, of: change_rates(
            context.reader, context.subject, of.year, context.point, of.level, of.tree
        ),
    ),
    AnsweredBy(Differences).question(
        "show_differences",
        "Differenze fra due punti nel tempo",
        "Che cosa differisce fra due punti: aggiunto, ritirato, riformulato, spostato, ripesato, rimodulato, e in quale verso.\n\n"
        "Un punto in cui il piano non era ancora noto, o non esisteva, è un piano vuoto; così uno in cui nessun atto lo aveva "
        "ancora approvato, per chi non legge le bozze.",
        tag="modifiche",
        permission="read_plan",
        path="/plans/{plan}/differences",
        cli=Cli(words="diff"),
        query=Between,
        handler=show_differences,
        identity="answer",
        varies=True,
    ),
    AnsweredBy(PredecessorDifferences).question(
        "show_predecessor_differences",
        "Differenze dal piano precedente",
        "Che cosa un piano dice diversamente da quello prima, lungo ogni serie: target degli anni di entrambi, indicatori, pesi.\n\n"
        "Si confronta il piano come fu approvato con ciò che quel giorno era in vigore nel precedente; una bozza, com'è alla data.\n"
        "Il precedente è quello che il piano nomina; se non ne nomina, l'ultimo dell'ente di cui prosegue un indicatore.",
        tag="modifiche",
        permission="read_plan",
        path="/plans/{plan}/predecessor-differences",
        cli=Cli(words="plan compare"),
        query=OfPredecessor,
        handler=lambda context, of: predecessor_differences(
            context.reader, context.subject, context.point, of.before, context.may_read
        ),
        identity="answer",
        varies=True,
    ),
    command(
        "annul_events",
        "Annulla eventi",
        "Annulla eventi del piano, o misurazioni e atti della sua amministrazione: da ora in poi non contano.\n\n"
        "Nulla viene cancellato: chi chiede che cosa era noto prima continua a vederli. Ciò che poggia su di essi fa rifiutare\n"
        "l'annullamento, oppure con `take_along` viene annullato insieme. Ciò che un atto ha approvato, e un'approvazione o una\n"
        "chiusura, cadono solo con un altro atto (`act`): il piano non torna bozza. Con `preview=true` lo mostra soltanto.",
        tag="modifiche",
        permission="change_plan",
        path="/plans/{plan}/annulments",
        cli=Cli(words="annul", arguments=("versions",)),
        takes=AnnulmentRequest,
        handler=annul_events,
        query=Preview,
        preview=ChangePreview,
        foresee=preview_annulment,
    ),
    command(
        "discard_draft",
        "Scarta una bozza",
        "Scarta un piano mai approvato: il suo id torna libero per un altro documento dello stesso ente, e il registro tiene l'uno e l'altro.",
        tag="modifiche",
        permission="change_plan",
        path="/plans/{plan}/discard",
        cli=Cli(words="discard", also=("plan discard",)),
        takes=DiscardDraft,
        handler=discard_draft,
    ),
)
