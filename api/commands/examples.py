"""The example plans, the changes to them and the library of their codes, loaded into a record as a user would: each a command with a fixed id."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable

from api.commands.handler import Caller
from api.commands.library import load_library
from api.commands.service import Service
from api.formats.json_reader import into, parse_json
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.errors import Refusal
from domain.library.commands import LoadLibrary
from domain.vocabulary import JsonValue
from projections.store.location import shown_location
from projections.streams import PLANS, plan_stream

ACTOR = "dimostrazione"
ANOTHER_DATABASE = "un archivio nuovo, per esempio --database prova.sqlite"


class DemoBlocked(Refusal):
    """A database in which the examples cannot be loaded, because something else stands in their place."""

    name = "demo_blocked"
    title = "La dimostrazione non può usare questo archivio"


def load_examples(service: Service) -> None:
    """Imports the plans, makes the changes and loads the library of the examples, each once in the life of the database."""
    for name, content in _documents("plans"):
        if not _done(service, name):
            with _blocked(service, name):
                service.load_plan(into(PlanDocument, content), Caller(ACTOR, name))
    for name, content in _documents("changes"):
        if not _done(service, name):
            with _blocked(service, name):
                service.change(into(ChangeFile, content), Caller(ACTOR, name))
    for name, content in _documents("library"):
        if not _done(service, name):
            with _blocked(service, name):
                load_library(service, into(LoadLibrary, content), Caller(ACTOR, name))


def require_only_examples(service: Service) -> None:
    """Refuses a database that serves for something else: what is recorded cannot be taken out again."""
    examples = {plan_stream(name.rpartition(":")[2]) for name, _ in _documents("plans")}
    with service.store.reading() as reader:
        others = [stream for stream in reader.streams(PLANS) if stream not in examples]
    if others:
        other_plans = ", ".join(stream.removeprefix(PLANS) for stream in others[:3])
        raise DemoBlocked(
            f"{shown_location(service.store.location)} contiene altri piani ({other_plans})",
            accepted=ANOTHER_DATABASE,
            where="--database",
        )


@contextmanager
def _blocked(service: Service, step: str) -> Iterator[None]:
    """Says, of a refusal on the way, what to do about it."""
    try:
        yield
    except Refusal as error:
        problem = f"in {shown_location(service.store.location)} il passo {step} non riesce: {error.problem.found}"
        raise DemoBlocked(problem, accepted=ANOTHER_DATABASE, where="--database", listed=error.listed) from None


def _documents(kind: str) -> Iterator[tuple[str, JsonValue]]:
    files_of_kind: list[Traversable] = [
        file for file in (files("examples") / kind).iterdir() if file.name.endswith(".json")
    ]
    for file in sorted(files_of_kind, key=lambda listed: listed.name):
        yield f"demo:{kind}:{file.name.removesuffix('.json')}", parse_json(file.read_bytes())


def _done(service: Service, command_id: str) -> bool:
    with service.store.reading() as reader:
        return reader.receipt(command_id) is not None
