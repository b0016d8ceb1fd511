"""The command that makes the changes of a file: change."""

import click

from api.cli import options as o
from api.cli import output, session
from api.cli.changes import print_preview
from api.cli.proposals import show_effects
from api.cli.reader import command_of
from api.cli.recorded import tell
from api.formats.json_reader import an_object
from api.operations.changes import CHANGES, located_as_sent, preview_changes, preview_effects, read_changes
from api.operations.model import Command, CommandContext, row_named
from api.operations.serializers import outcome_object


def change(
    plan: str,
    file: str,
    *,
    preview: bool,
    effects: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
) -> None:
    """Records the changes of a file, or says what they would do."""
    content = an_object(session.read_json(file))
    caller = session.caller(actor, command_id)
    with located_as_sent(content):
        changes = read_changes(plan, content)
        with session.serving(database) as service:
            context = CommandContext(service, plan, caller)
            if preview and effects:
                show_effects(service, preview_effects(context, changes), as_json=as_json)
                return
            if preview:
                if as_json:
                    output.emit(preview_changes(context, changes))
                else:
                    print_preview(service, changes, caller)
                return
            outcome = service.change(changes, caller)
            if as_json:
                output.emit(outcome_object(outcome))
            else:
                tell(service, outcome)


COMMANDS: dict[str, click.Command] = {
    "change": command_of(
        row_named(CHANGES, "change_plan", Command),
        [
            o.PLAN,
            o.argument("file", "FILE", "Un documento JSON; - per lo standard input."),
            o.PREVIEW,
            o.switch("--effects", "Con --preview: anche punteggi, segnalazioni che nascerebbero e tempo dell'OIV."),
            o.ACTOR,
            o.COMMAND_ID,
            o.DATABASE,
            o.AS_JSON,
        ],
        change,
    )
}
