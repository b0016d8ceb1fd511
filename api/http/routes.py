"""The table of operations, read as HTTP: one route a row, its parameters and its answers from the row's types."""

from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction, signature
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Depends, Query, Request, params
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import Match, compile_path
from starlette.types import Scope

from api.formats.json_reader import an_object, into, parse_json
from api.http.access import permitted
from api.http.command_request import InCommand, previewed, recorded
from api.http.openapi_responses import responses_of, takes
from api.http.query_request import InQuery, QueryRequest
from api.http.ready_answers import AskedAddress, AskedFile, AskedReady
from api.http.request_body import Body
from api.http.sheets import sheet_answer
from api.http.turns import LONG, in_turn
from api.operations.model import Command, CommandContext, Question, part_of
from api.operations.named_objects import with_ids_of, with_placeholders
from api.operations.queries import Nothing, Preview
from projections.streams import find_plan

Endpoint = Callable[..., object]


class LateRoute(APIRoute):
    """A route whose parameters are read from its endpoint when it is first asked: a service answers by a few of them."""

    def __init__(self, path: str, endpoint: Endpoint, **said: Any) -> None:  # noqa: ANN401 - what the library says of a route
        self.path, self.endpoint, self._said = path, endpoint, said
        self.name, self.methods = endpoint.__name__, set(said["methods"])
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._begin, self._end = path.partition("{")[0], path.rpartition("}")[2]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for it: by how its path begins and ends for most of a hundred routes, before the pattern is asked."""
        path: str = scope["path"]
        if (path.startswith(self._begin) and path.endswith(self._end)) or scope.get("root_path"):
            return super().matches(scope)
        return Match.NONE, {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a route has
        if (said := self.__dict__.pop("_said", None)) is None:
            raise AttributeError(name)
        # The library hushes what pydantic says of its way to take a model from an address, but only while it reads the
        # route: such a model is built here.
        for parameter in signature(self.endpoint).parameters.values():
            model, *how = get_args(parameter.annotation) or (None,)
            if (
                any(isinstance(one, params.Query) for one in how)
                and isinstance(model, type)
                and issubclass(model, BaseModel)
            ):
                model.model_config["defer_build"] = False
        super().__init__(self.path, self.endpoint, **said)
        return getattr(self, name)


def add_route(router: APIRouter, operation: Command | Question, endpoint: Endpoint) -> None:
    """Adds the route of an operation: what describes it is its row."""
    answering = in_turn(operation, endpoint)
    if isinstance(operation, Question) and operation.answer is bytes and operation.method == "GET":
        answering = _file_again(operation, answering)
    router.add_api_route(
        str(operation.path),
        answering,
        methods=[operation.method],
        operation_id=operation.name,
        summary=operation.summary,
        description=operation.description,
        tags=[operation.tag],
        responses=responses_of(operation),
        openapi_extra=takes(operation),
        # Who may: before anything of the request is read.
        # An endpoint binds what its row takes; where that is nothing, what is sent all the same is refused here:
        # `?preview=true` ignored in silence would record.
        dependencies=[
            Depends(permitted(operation)),
            *([Depends(no_parameters)] if operation.query is Nothing else []),
        ],
    )


async def no_parameters(_: Annotated[Nothing, Query()]) -> None:
    """Refuses every parameter."""


def endpoint_of(operation: Command | Question) -> Endpoint:
    """The endpoint that a row describes whole."""
    if isinstance(operation, Command):
        return _command(operation)
    if operation.sheet:
        return _or_sheet(operation)
    return _document(operation) if operation.identity == "document" else _question(operation)


def _file_again(row: Question, endpoint: Endpoint) -> Endpoint:
    """The endpoint of a file, which remembers what it was told: the same address is not read again."""
    taken = signature(endpoint).parameters

    async def answering(**told: object) -> object:
        answer = await endpoint(**told)  # type: ignore[misc]  # what waits for its turn is awaited
        scope = cast("QueryRequest", told["context"]).scope
        # Of the request itself nothing stays.
        others = {name: said for name, said in told.items() if name not in ("request", "context")}

        async def again(request: Request, context: QueryRequest) -> object:
            of_request = {"request": request} if "request" in taken else {}
            return await endpoint(context=context, **of_request, **others)  # type: ignore[misc]  # as above

        remember(scope, AskedFile(row, scope["path_params"], again))
        return answer

    answering.__signature__ = signature(endpoint)  # type: ignore[attr-defined]
    return answering


def _or_sheet(row: Question) -> Endpoint:
    """The endpoint of a question that goes out as a sheet, too: that is long work, which waits for its turn."""
    answer = _document(row) if row.identity == "document" else _question(row)

    async def endpoint(request: Request, query: Annotated[row.query, Query()], context: InQuery) -> object:  # type: ignore[name-defined]  # known when it runs
        if query.format == "xlsx":
            return await LONG.run(partial(sheet_answer, request, context, row, query))
        if iscoroutinefunction(answer):
            return await answer(request, query, context)
        return await run_in_threadpool(answer, request, query, context)

    return endpoint


def _question(row: Question) -> Endpoint:
    part = part_of(row.path)

    def endpoint(request: Request, query: Annotated[row.query, Query()], context: InQuery) -> Response:  # type: ignore[name-defined]  # known when it runs
        path = request.path_params
        subject, of = _subject(path), str(path.get(part or "", ""))
        answer = context.answer_question(row, query, subject=subject, part=of)
        remember(request.scope, AskedReady(row, query, subject, of))
        return answer

    return endpoint


def _document(row: Question) -> Endpoint:
    async def endpoint(request: Request, query: Annotated[row.query, Query()], context: InQuery) -> Response:  # type: ignore[name-defined]  # known when it runs
        subject = _subject(request.path_params)
        answer = await context.answer_document(row, query.dates, subject)
        remember(request.scope, AskedReady(row, query.dates, subject))
        return answer

    return endpoint


def remember(scope: Scope, asked: AskedAddress) -> None:
    """Remembers what an address asks, which was answered: it is not read again."""
    if scope["method"] == "GET":
        scope["app"].state.asked.put((scope["path"], scope["query_string"]), asked)


def _command(row: Command) -> Endpoint:
    handler, foresee = row.handler, row.foresee
    if handler is None:
        raise TypeError(f"{row.name} has no handler, and no endpoint that is written out")
    model = row.inputs[0]
    part = part_of(row.path)

    def given(request: Request, context: InCommand) -> CommandContext:
        path = request.path_params
        return CommandContext(
            service=context.service,
            subject=_subject(path),
            caller=context.caller_for(row.scope, _subject(path)),
            part=str(path.get(part or "", "")),
        )

    def said(request: Request, body: bytes, context: InCommand) -> BaseModel:
        content = an_object(parse_json(body))
        if not row.names:
            return into(model, content)
        into(model, with_placeholders(content, row.names))  # what else is wrong, before the archive is asked
        with context.service.store.reading() as reader:
            timelines = reader.timelines(find_plan(reader, _subject(request.path_params)).stream)
            return into(model, with_ids_of(timelines, content, row.names))

    def endpoint(request: Request, body: Body, context: InCommand) -> Response:
        return recorded(handler(given(request, context), said(request, body, context)))

    def with_preview(request: Request, how: Annotated[Preview, Query()], body: Body, context: InCommand) -> Response:
        if how.preview and foresee is not None:
            return previewed(foresee(given(request, context), said(request, body, context)))
        return endpoint(request, body, context)

    return endpoint if foresee is None else with_preview


def _subject(path: dict[str, str]) -> str:
    return str(path.get("plan", path.get("administration", "")))
