"""What a row of the table of operations says: one row a command, one row a question, and every door reads it.

A row is a value. It names its input model, its answer, its handler, its address, its words on the command line, the
permission that it needs. Routes and their description, commands with their options, and the pages of docs/ follow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel

from api.operations.dated import Dated
from api.operations.named_objects import NamedKind
from api.operations.queries import Nothing, or_as_sheet
from api.operations.schemas import Recorded
from domain.access.principal import MACHINE, Principal
from domain.access.roles import Permission
from domain.deadlines.model import STATUTORY, LegalDates
from domain.facts import PLAN
from domain.late import late
from domain.point import Point, today
from domain.vocabulary import Frozen, JsonValue

with late:  # what a row names is called by its handler
    from api.commands.handler import Caller, Outcome
    from api.commands.service import Service
    from projections.plans import may_read_plan
    from projections.store.reader import Reader
    from projections.store.store import Store
    from projections.streams import plan_stream

OperationScope = Literal["plan", "administration", "installation"]
"""What an operation is about: a plan or an administration that its address names, or the whole installation."""

Identity = Literal["document", "plan", "administration", "answer", "none"]
"""By what an answer is known to be the same (its ETag).

`document`: a part of the plan document, kept between two changes of it; `plan`, `administration`: the date and the
versions that the answer rests on; `answer`: its own bytes; `none`: it is never kept.
"""

QueryModel = TypeVar("QueryModel", bound=Frozen)
InputModel = TypeVar("InputModel", bound=BaseModel)
Answer = TypeVar("Answer")
JSON = ("application/json",)
NO_NAMES: Mapping[str, NamedKind] = {}


class QueryContext(NamedTuple):
    """Where a question is asked from: a store at a moment, the two dates, what it is about and which part of it; who asks."""

    store: Store
    reader: Reader
    point: Point
    now: datetime
    subject: str = ""
    part: str = ""
    principal: Principal = MACHINE
    legal: LegalDates = STATUTORY

    @property
    def reads_drafting(self) -> bool:
        """Whether it is shown how the plan in question was drafted: with the record of its administration."""
        return self.principal.may(
            "read_record", str(self.reader.only_value(plan_stream(self.subject), PLAN, "administration"))
        )

    def may_read(self, plan: str, point: Point) -> bool:
        """Whether whoever asks may read another plan, today and at a point."""
        return may_read_plan(self.reader, plan, self.principal, Point(today(self.now)), point)


class CommandContext(NamedTuple):
    """Where a command is given: the service, what it is about and which part of it, and who gives it."""

    service: Service
    subject: str
    caller: Caller
    part: str = ""


class Switch(NamedTuple):
    """A switch: its word, the value of the field that it says, and its help."""

    word: str
    value: JsonValue
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cli:
    """The words of an operation on the command line; its options are the fields of its input.

    `arguments` are the fields, beside the names of the address, that stand without an option; `options` gives a field
    another name (`aliases` is `--alias`), `switches` makes one value of a field a switch (`finality` is provisional by
    `--provisional`); `left_out` are the fields that only documents say; `today` the dates that are today unless said; `required` what must be said here though not in a document.
    `actor` is the role that gives the command unless another is said. A command that deserves code of its own is
    `written`: its row says so, and its words are here all the same. `help` is what the command does where it is more
    than its row says, for it stands for several.
    """

    words: str
    arguments: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, Switch] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    today: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    actor: str | None = None
    written: bool = False
    help: str = ""
    also: tuple[str, ...] = ()
    """Other words under which it stands as well, beside those of its kind."""

    @property
    def name(self) -> str:
        """The last of its words, where groups stand before it."""
        return self.words.rpartition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a command and a question have in common.

    `path` is under /v1, and None where HTTP has no part in it; `writes` says whether events are recorded. `described` is
    the type by which the answer is described to clients: itself, or a model that is taken in, too.
    """

    name: str
    summary: str
    description: str
    tag: str
    permission: Permission
    scope: OperationScope
    path: str | None
    cli: Cli | None
    query: type[Frozen]
    answer: type[object] | None
    described: type[object] | None
    media_types: tuple[str, ...]
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Operation):
    """A question is answered. Without a `handler`, its endpoint is written out: it answers bytes, or by headers.

    One that goes out as a `sheet` has a table that its page shows, and a `format` among its parameters. What it says may
    depend on more than the record (`varies`): on who asks, or on how the installation is set. Its bytes alone tell then
    whether it is the same, and no client keeps it unasked.
    """

    handler: Callable[[QueryContext, Frozen], object] | None
    identity: Identity
    beside: tuple[Callable[[str], str], ...]
    prepare: Callable[[Store], object] | None
    body: type[BaseModel] | None
    sheet: bool = False
    varies: bool = False

    @property
    def method(self) -> Literal["GET", "POST"]:
        """A question that comes with a document is sent it."""
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Operation):
    """A command is sent: what it records, it records whole, or is refused. Without a `handler`, its endpoint is written out.

    What it would do is told by `foresee`, in the shape of `preview`, or (asked for more) of `or_preview`; nothing is
    recorded then. `names` are the fields that name objects of the plan, where the input itself takes an id: every door
    takes a code, a name, or both for it.
    """

    handler: Callable[[CommandContext, BaseModel], Outcome] | None
    inputs: tuple[type[BaseModel], ...]
    preview: type[object] | None
    or_preview: type[object] | None
    foresee: Callable[[CommandContext, BaseModel], object] | None
    names: Mapping[str, NamedKind] = field(default_factory=dict)

    @property
    def method(self) -> Literal["POST"]:
        """A command is sent."""
        return "POST"


class AnsweredBy(Generic[Answer]):
    """The type of an answer, whose questions are rows: mypy refuses a row whose handler answers another type.

    The type is bound before the handler is looked at, because of two types in one call mypy would take what both are.
    `described_as` describes the answer to clients where that is a model that is taken in, too; of an answer in bytes, what
    it says where it is JSON.
    """

    def __init__(self, answer: type[Answer], *, described_as: type[object] | None = None) -> None:
        self.answer = answer
        self.described = described_as or answer

    def question(  # noqa: PLR0913 - each is a column of the table
        self,
        name: str,
        summary: str,
        description: str,
        *,
        tag: str,
        permission: Permission,
        path: str | None,
        scope: OperationScope | None = None,
        query: type[QueryModel] = Dated,  # type: ignore[assignment]  # the default is one of those it may be
        handler: Callable[[QueryContext, QueryModel], Answer] | None = None,
        cli: Cli | None = None,
        identity: Identity = "plan",
        beside: tuple[Callable[[str], str], ...] = (),
        prepare: Callable[[Store], object] | None = None,
        body: type[BaseModel] | None = None,
        media_types: tuple[str, ...] = JSON,
        sheet: bool = False,
        varies: bool = False,
    ) -> Question:
        """The row of a question; its handler takes what its query model holds."""
        return Question(
            name=name,
            summary=summary,
            description=description,
            tag=tag,
            permission=permission,
            scope=scope or scope_of(path),
            path=path,
            cli=cli,
            query=or_as_sheet(query) if sheet else query,
            answer=self.answer,
            described=self.described,
            media_types=media_types,
            writes=False,
            handler=handler,  # type: ignore[arg-type]  # it is only ever called with an instance of `query`
            identity=identity,
            beside=beside,
            prepare=prepare,
            body=body,
            sheet=sheet,
            varies=varies,
        )


def command(  # noqa: PLR0913 - each is a column of the table
    name: str,
    summary: str,
    description: str,
    *,
    tag: str,
    permission: Permission,
    path: str | None,
    takes: type[InputModel],
    handler: Callable[[CommandContext, InputModel], Outcome],
    scope: OperationScope | None = None,
    cli: Cli | None = None,
    query: type[Frozen] = Nothing,
    preview: type[object] | None = None,
    foresee: Callable[[CommandContext, InputModel], object] | None = None,
    names: Mapping[str, NamedKind] = NO_NAMES,
) -> Command:
    """The row of a command that records what its input model says, and answers what it recorded."""
    return Command(
        name=name,
        summary=summary,
        description=description,
        tag=tag,
        permission=permission,
        scope=scope or scope_of(path),
        path=path,
        cli=cli,
        query=query,
        answer=Recorded,
        described=Recorded,
        media_types=JSON,
        writes=True,
        handler=handler,  # type: ignore[arg-type]  # it is only ever called with an instance of `takes`
        inputs=(takes,),
        preview=preview,
        or_preview=None,
        foresee=foresee,  # type: ignore[arg-type]  # as the handler
        names=names,
    )


def written_command(  # noqa: PLR0913 - each is a column of the table
    name: str,
    summary: str,
    description: str,
    *,
    tag: str,
    permission: Permission,
    path: str | None,
    takes: type[BaseModel] | None,
    answer: type[object],
    scope: OperationScope | None = None,
    or_takes: type[BaseModel] | None = None,
    cli: Cli | None = None,
    query: type[Frozen] = Nothing,
    preview: type[object] | None = None,
    or_preview: type[object] | None = None,
    media_types: tuple[str, ...] = JSON,
    writes: bool = True,
) -> Command:
    """The row of a command that is written out at each of its doors; one that takes a file alone `takes` no model."""
    return Command(
        name=name,
        summary=summary,
        description=description,
        tag=tag,
        permission=permission,
        scope=scope or scope_of(path),
        path=path,
        cli=cli,
        query=query,
        answer=answer,
        described=answer,
        media_types=media_types,
        writes=writes,
        handler=None,
        inputs=tuple(model for model in (takes, or_takes) if model is not None),
        preview=preview,
        or_preview=or_preview,
        foresee=None,
    )


Row = TypeVar("Row", bound=Operation)


def row_named(rows: Iterable[Operation], name: str, kind: type[Row]) -> Row:
    """The row of that name, among those of one noun."""
    return next(row for row in rows if row.name == name and isinstance(row, kind))


def scope_of(path: str | None) -> OperationScope:
    """What an address is about."""
    return (
        "plan"
        if path and "{plan}" in path
        else "administration"
        if path and "{administration}" in path
        else "installation"
    )


def part_of(path: str | None) -> str | None:
    """The name, in an address, of the part of a plan that it is about."""
    names = [piece[1:-1] for piece in (path or "").split("/") if piece.startswith("{")]
    rest = [name for name in names if name not in {"plan", "administration"}]
    return rest[0] if rest else None
