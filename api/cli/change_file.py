"""The command that makes the changes of a file: change."""

import click

from api.cli import options as o
from api.cli import output, session
from api.cli.changes import print_preview
from api.cli.frame import Command
from api.cli.recorded import tell
from api.formats.json_reader import into
from api.formats.serializers import outcome_object
from api.operations.changes import preview_changes
from api.operations.model import Taken
from domain.documents.changes import ChangeFile
from domain.errors import Malformed, Problem


def change(
    plan: str,
    file: str,
    *,
    preview: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
) -> None:
    """Records the changes of a file, or says what they would do."""
    changes = _read(plan, file)
    caller = session.caller(actor, command_id)
    with session.serving(database) as service:
        if preview:
            if as_json:
                output.emit(preview_changes(Taken(service, plan, caller), changes))
            else:
                print_preview(service, changes, caller)
            return
        outcome = service.change(changes, caller)
        if as_json:
            output.emit(outcome_object(outcome))
        else:
            tell(service, outcome)


def _read(plan: str, file: str) -> ChangeFile:
    """The changes of a file, which may leave the plan to the command."""
    content = session.read_json(file)
    if isinstance(content, dict):
        named = content.setdefault("plan", plan)
        if named != plan:
            found = f"il file parla del piano {str(named)[:120]!r}, il comando di {plan!r}"
            raise Malformed([Problem(where="plan", found=found, accepted="lo stesso piano")])
    return into(ChangeFile, content)


COMMANDS: dict[str, click.Command] = {
    "change": Command(
        "change",
        help="Fa le modifiche di un file, tutte insieme o nessuna.",
        params=[
            o.PLAN,
            o.argument("file", "FILE", "Un documento JSON; - per lo standard input."),
            o.PREVIEW,
            o.ACTOR,
            o.COMMAND_ID,
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=change,
    )
}
