"""The rows of operations, read as a command line: one command for the rows that share its words.

Where rows share words, the one whose address names a part (`round status PIANO MONITORAGGIO`) answers when the part is
said, the other when it is not.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar

import click
from pydantic import BaseModel, StringConstraints

from api.cli import output, session
from api.cli.frame import Group, TranslatedCommand
from api.cli.parameters import (
    BY_ANY_NAME,
    METAVARS,
    OfType,
    TextType,
    content_of,
    mistake,
    option_said,
    options_of,
    read_as_it_is,
)
from api.operations.dated import Dated
from api.operations.model import Cli, Command, CommandContext, Operation, QueryContext, Question, part_of, row_named
from api.operations.queries import Between
from api.settings import Actor
from domain.errors import Malformed, NameAmbiguous, NotFound
from domain.late import late
from domain.point import Point, today
from domain.vocabulary import CommandId, JsonValue

with late:  # a question records nothing
    from api.cli.output_file import OutputFile
    from api.formats.json_reader import into
    from api.operations.named_objects import with_ids_of, with_placeholders
    from api.operations.serializers import outcome_object
    from projections.history import object_key
    from projections.store.reader import Reader
    from projections.streams import find_plan

Input = TypeVar("Input", bound=BaseModel)
NamedPart = Annotated[str, StringConstraints(min_length=1)]
"""The name of what an operation is about: an address has none that is empty."""
SOME_OBJECT: Mapping[str, JsonValue] = {"subject": "indicator", "id": "id"}
"""Stands for the object that a command is about until the archive tells which it is."""
HELP_OF_PART = {
    "plan": "L'id del piano, come lo elenca plans.",
    "administration": "L'id dell'ente, come sta nel documento del piano.",
    "objective": BY_ANY_NAME,
    "indicator": BY_ANY_NAME,
    "round": "L'id, oppure la data dei dati: 30/06/2022.",
    "node": "Spiega il punteggio di un obiettivo o indicatore; body, per l'ente.",
    "proposal": "L'id della proposta, come la elenca proposal list.",
    "sample": "L'id del campione.",
    "webhook": "L'id della sottoscrizione, come la elenca webhooks list.",
    "subject": BY_ANY_NAME,
    "tree": "Lungo un altro albero del piano: missioni, prospettive, aree.",
}


class Shown(NamedTuple):
    """What a printer may need beside the answer: the reader that answered, the point, what was asked about, and how."""

    reader: Reader
    point: Point
    now: datetime
    subject: str
    query: Any
    options: Mapping[str, Any]


Printer = Callable[[Shown, Any], None]
"""Says an answer to a person."""


class WithoutArchive(NamedTuple):
    """The answer of a question before there is an archive, and how a person is told."""

    answer: Callable[[Point], object]
    tell: Callable[[Point, datetime], None]


def database_options() -> list[click.Parameter]:
    """The options that every command on an archive has."""
    return [
        click.Option(
            ["--database"], metavar="FILE", help="L'archivio; altrimenti INITINERE_DATABASE, o quello dell'utente."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Risponde con un documento JSON, anche quando rifiuta."),
    ]


def caller_options(actor: str | None = None) -> list[click.Parameter]:
    """The options that every command that records has: who, and which command it is."""
    role = f"Chi registra: {actor}, se non si dice." if actor else "Chi registra: un ruolo, mai il nome di una persona."
    return [
        click.Option(["--actor"], type=OfType(Actor), metavar="RUOLO", help=role),
        click.Option(
            ["--is-role"],
            is_flag=True,
            expose_value=False,
            callback=_confirms_role,
            help="È proprio un ruolo, anche se sembra il nome di una persona.",
        ),
        click.Option(
            ["--command-id"],
            type=OfType(CommandId),
            metavar="ID",
            help="Lo stesso id ripetuto dà la stessa risposta, un evento solo.",
        ),
    ]


def _confirms_role(context: click.Context, _: click.Parameter, said: bool) -> None:  # noqa: FBT001 - as click calls it
    context.meta[session.IS_ROLE] = said


def asks(
    nouns: Iterable[Operation],
    printers: Mapping[str, Printer],
    *,
    extra: Sequence[click.Parameter] = (),
    where_nothing_is: WithoutArchive | None = None,
) -> click.Command:
    """The command that asks the questions of these names, of one noun; of several that share words, the one that is meant.

    `extra` are options of the printed answer alone. `where_nothing_is` answers before there is an archive at all.
    """
    rows = [row_named(nouns, name, Question) for name in printers]
    cli = cli_of(rows[-1])
    widest = next((row for row in reversed(rows) if row.sheet), rows[-1])
    sheet = widest.sheet and "format" not in cli.left_out
    parameters = [
        *_names(rows),
        *options_of(widest.query, cli),
        *extra,
        *(sheet_options() if sheet else ()),
        *database_options(),
    ]

    def run(database: str | None, *, as_json: bool, **values: Any) -> None:  # noqa: ANN401 - what click read
        to = _sheet_file(values, database, as_json=as_json) if sheet else None
        as_sheet = sheet and values.get("format") == "xlsx"
        as_json = as_json or (sheet and values.get("format") == "json")
        options = {str(parameter.name): values.pop(str(parameter.name)) for parameter in extra}
        now = session.now()
        about = _About.taken_from(rows, values)
        query = read_input(widest.query, content_of(values, cli, today(now)), cli)
        point = query.point(now) if isinstance(query, Dated) else Point(today(now))
        if where_nothing_is is not None and database is None and not session.there(session.settings().database):
            if as_json:
                output.emit(where_nothing_is.answer(point))
            else:
                where_nothing_is.tell(point, now)
            return
        with session.opened_for(database) as store:
            if rows[0].prepare is not None:
                rows[0].prepare(store)
            if isinstance(query, Dated | Between):
                for known_at in query.asked():
                    store.settle(known_at, now)
            with store.reading() as reader:
                row, part = about.row_in(reader)
                if as_sheet and not row.sheet:
                    raise click.BadParameter(f"xlsx non va con --{_part(rows)}", param_hint="--format")
                legal = session.settings().legal_dates
                context = QueryContext(store, reader, point, now, about.subject, part, legal=legal)
                answer = _answered(row, context, query, cli)
                if as_sheet:
                    output.give(answer_sheet(row, reader, about.subject, part, query, answer), to)
                elif as_json:
                    output.emit(answer)
                else:
                    printers[row.name](Shown(reader, point, now, about.subject, query, options), answer)

    return command_of(rows[0], parameters, run)


def sheet_options() -> list[click.Parameter]:
    """The options of an answer that is written into a file."""
    return [
        click.Option(
            ["--output", "output_"],
            type=TextType(read_as_it_is),
            metavar="FILE",
            help="Dove scrivere il foglio; sullo standard output, se non si dice.",
        ),
        click.Option(
            ["--force"], is_flag=True, help="Scrive anche dove c'è già un file; mai sopra un archivio o una chiave."
        ),
    ]


def _sheet_file(values: dict[str, Any], database: str | None, *, as_json: bool) -> OutputFile | None:
    """The file that a sheet goes to, taken out of what was said; what goes with no sheet is refused."""
    named, force = values.pop("output_"), values.pop("force")
    if values.get("format") != "xlsx" and named is not None:
        raise click.BadParameter("va con --format xlsx", param_hint="--output")
    if values.get("format") == "xlsx" and as_json:
        raise click.BadParameter("non va con --format xlsx", param_hint="--json")
    return session.output_file(named, database, force=force)


def answer_sheet(row: Question, reader: Reader, plan: str, part: str, query: Any, answer: object) -> bytes:  # noqa: ANN401 - of the row's query model
    """The sheet of an answer about a plan: that of its page, as whoever is on the machine sees it."""
    from api.pages.frame import Visitor  # noqa: PLC0415 - pages are of no other command's use
    from api.pages.plan_reading import PlanReading  # noqa: PLC0415 - as above
    from api.pages.question_tables import AskedFrom, question_table  # noqa: PLC0415 - as above

    now, configured = session.now(), session.settings()
    visitor = Visitor("", csrf="", sign_in="", may=lambda _: True, may_read=lambda _plan, _point: True)
    asking = AskedFrom(visitor, now, configured.language, configured.public_address or "")
    reading = PlanReading(reader, plan, Dated.point(query, now), drafting=True)
    named = part_of(row.path)
    return bytes(question_table(row.name, (named, part) if named else None, reading, query, answer, asking).body)


def records(
    nouns: Iterable[Operation],
    name: str,
    tell: Callable[..., None],
    *,
    complete: Callable[[dict[str, JsonValue]], dict[str, JsonValue]] = lambda content: content,
    as_written: Sequence[str] = (),
    tell_preview: Callable[..., None] | None = None,
    asks_before: bool = False,
) -> click.Command:
    """The command that records what the row of this name does.

    `complete` makes fields of what a person says in other words; the fields `as_written` reach it as a text. A row that
    can be previewed says so with `tell_preview`; one that `asks_before` shows the preview on a terminal, and asks.
    """
    row = row_named(nouns, name, Command)
    cli = cli_of(row)
    model = row.inputs[0]
    preview_option = [
        click.Option(["--preview"], is_flag=True, help="Mostra che cosa cambierebbe, senza registrare nulla.")
    ]
    yes_option = [click.Option(["--yes"], is_flag=True, help="Non chiede conferma, anche su un terminale.")]
    named = {"subject", "id"} <= set(model.model_fields)
    left = {"subject", "id"} if named else set()
    names: list[click.Parameter] = [*_names([row])]
    if named:
        names.append(argument_of("subject", required=True))
    parameters = [
        *names,
        *options_of(model, cli, names=row.names, without=left, as_written=as_written),
        *(preview_option if tell_preview else ()),
        *(yes_option if asks_before else ()),
        *caller_options(cli.actor),
        *database_options(),
    ]

    def run(
        database: str | None,
        *,
        as_json: bool,
        actor: str | None,
        command_id: str | None,
        preview: bool = False,
        yes: bool = False,
        **values: Any,  # noqa: ANN401 - what click read
    ) -> None:
        part = part_of(row.path)
        named_part = str(values.pop(part)) if part else ""
        subject = str(values.pop(row.scope, ""))
        about = values.pop("subject") if named else None
        content = complete(content_of(values, cli, today(session.now())))
        # A mistake is said before the archive is looked for; what is about an object needs the archive to find its id.
        unnamed = with_placeholders(content, row.names)
        command: Any = read_input(model, unnamed if about is None else {**unnamed, **SOME_OBJECT}, cli)
        with session.serving(database) as service:
            if row.names and about is None:
                with service.store.reading() as reader:
                    content = _with_ids(reader, subject, content, row)
                command = read_input(model, content, cli)
            if about is not None:
                with service.store.reading() as reader:
                    kind, _, id_ = object_key(reader, find_plan(reader, subject), about).partition("/")
                command = read_input(model, content | {"subject": kind, "id": id_}, cli)
            context = CommandContext(service, subject, session.caller(actor or cli.actor, command_id), named_part)
            if preview:
                if as_json:
                    output.emit(row.foresee(context, command))  # type: ignore[misc]  # a row with a preview foresees
                else:
                    tell_preview(context, command)  # type: ignore[misc]  # without it there is no --preview
                return
            if asks_before and not (yes or as_json) and sys.stdin.isatty():
                tell_preview(context, command)  # type: ignore[misc]  # what asks before has a preview
                click.confirm("Procedere?", abort=True, err=True)
            outcome = row.handler(context, command)  # type: ignore[misc]  # a written row has no reader here
            if as_json:
                output.emit(outcome_object(outcome))
            else:
                tell(service, outcome)

    return command_of(row, parameters, run)


def _with_ids(reader: Reader, plan: str, content: Mapping[str, JsonValue], row: Command) -> dict[str, JsonValue]:
    """What was said, with the ids of the objects that it names; a name of none is refused of its option."""
    try:
        return with_ids_of(reader.timelines(find_plan(reader, plan).stream), content, row.names)
    except (NotFound, NameAmbiguous) as error:
        problem = error.problem
        where = option_said(problem.where, cli_of(row)) if problem.where in row.names else problem.where
        raise type(error)(problem.found, accepted=problem.accepted, where=where, listed=error.listed) from None


def group(name: str, words: str, commands: Mapping[str, click.Command]) -> click.Group:
    """Commands under one word."""
    return Group(name, help=words, commands=dict(commands))


def command_of(
    row: Operation, parameters: Sequence[click.Parameter], run: Callable[..., None], **settings: object
) -> click.Command:
    """The command of a row, with its words and its help."""
    cli = cli_of(row)
    words = cli.help or row.description.partition("\n\n")[0]
    return TranslatedCommand(cli.name, params=list(parameters), callback=run, help=words, **settings)


def cli_of(row: Operation) -> Cli:
    """The words of a row; TypeError where it has none."""
    if row.cli is None:
        raise TypeError(f"{row.name} has no words on the command line")
    return row.cli


def _names(rows: Sequence[Operation]) -> list[click.Parameter]:
    """The arguments that the address names: the plan, and the part, which may be left out where a row has none."""
    parameters: list[click.Parameter] = []
    if rows[0].scope != "installation":
        parameters.append(argument_of(rows[0].scope, required=True))
    if (part := _part(rows)) is not None:
        options = cli_of(rows[-1]).options
        if part in options:
            parameters.append(
                click.Option(
                    [f"--{options[part]}", part],
                    type=OfType(NamedPart),
                    metavar=METAVARS[part],
                    help=HELP_OF_PART[part],
                )
            )
        else:
            parameters.append(argument_of(part, required=part_of(rows[0].path) is not None))
    return parameters


def argument_of(name: str, *, required: bool) -> click.Argument:
    """The argument that names what an operation is about, or a part of it."""
    metavar = METAVARS[name]
    return click.Argument(
        [name],
        type=OfType(NamedPart),
        metavar=metavar if required else f"[{metavar}]",
        required=required,
        help=HELP_OF_PART[name],
    )


class _About(NamedTuple):
    """What an operation is about, as a person names it, and the rows that the name chooses from."""

    rows: Sequence[Question]
    subject: str
    named: str | None

    @classmethod
    def taken_from(cls, rows: Sequence[Question], values: dict[str, Any]) -> "_About":
        """The names, taken out of what was said."""
        part = _part(rows)
        subject = values.pop(rows[0].scope, None) if rows[0].scope != "installation" else None
        return cls(rows, str(subject or ""), values.pop(part, None) if part else None)

    def row_in(self, reader: Reader) -> tuple[Question, str]:
        """The row that is meant, and the part that its address would name."""
        if _part(self.rows) == "subject":
            key = object_key(reader, find_plan(reader, self.subject), str(self.named), or_annulled=True)
            kind, _, id_ = key.partition("/")
            return next(row for row in self.rows if part_of(row.path) == kind), id_
        return (self.rows[0], "") if self.named is None else (self.rows[-1], self.named)


def _part(rows: Sequence[Operation]) -> str | None:
    """The name of the part that a person says; an objective or an indicator is said by one name for both."""
    parts = {part_of(row.path) for row in rows}
    return "subject" if parts == {"objective", "indicator"} else part_of(rows[-1].path)


def _answered(row: Question, context: QueryContext, query: Any, cli: Cli) -> object:  # noqa: ANN401 - of the row's query model
    """The answer; what it finds wrong with the question is a mistake of the command line."""
    try:
        return row.handler(context, query)  # type: ignore[misc]  # a written row has no reader here
    except Malformed as error:
        raise mistake(error, cli) from None


def read_input(model: type[Input], content: Mapping[str, JsonValue], cli: Cli) -> Input:
    """The input that was said, what was not said left out; what is wrong with it is a mistake of the command line."""
    try:
        return into(model, {name: value for name, value in content.items() if value is not None})
    except Malformed as error:
        raise mistake(error, cli) from None


__all__ = [
    "Printer",
    "Shown",
    "argument_of",
    "asks",
    "caller_options",
    "cli_of",
    "command_of",
    "database_options",
    "group",
    "read_input",
    "records",
]
