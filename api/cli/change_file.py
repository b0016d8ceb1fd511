"""The command that makes the changes of a file: change."""

from collections.abc import Sequence
from typing import NamedTuple

import click

from api.cli import options as o
from api.cli import output, session
from api.cli.answers import ANSWER, asked_by_option, with_answers
from api.cli.changes import print_preview
from api.cli.proposals import show_effects
from api.cli.reader import command_of
from api.cli.recorded import tell
from api.commands.handler import Caller
from api.commands.service import Service
from api.formats.json_reader import an_object
from api.operations.changes import (
    CHANGES,
    located_as_sent,
    preview_changes,
    preview_effects,
    read_changes,
    require_form,
)
from api.operations.model import Command, CommandContext, row_named
from api.operations.serializers import outcome_object
from domain.documents.changes import ChangeFile


def change(  # noqa: PLR0913 - one for each option of the command
    plan: str,
    file: str,
    *,
    answer: Sequence[tuple[str, str]],
    preview: bool,
    effects: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
) -> None:
    """Records the changes of a file, or says what they would do."""
    content = with_answers(an_object(session.read_json(file)), answer)
    caller = session.caller(actor, command_id)
    with located_as_sent(content):
        require_form(plan, content)
    with asked_by_option(), located_as_sent(content), session.serving(database) as service:
        changes = read_changes(plan, content, service.store)
        GivenChanges(service, changes, caller).give(preview=preview, effects=effects, as_json=as_json)


class GivenChanges(NamedTuple):
    """The changes of a file, or one that comes alone, as they are given to a service on the command line."""

    service: Service
    changes: ChangeFile
    caller: Caller

    def give(self, *, preview: bool, effects: bool, as_json: bool) -> None:
        """Records them, or says what they would do."""
        if preview:
            self._foresee(effects=effects, as_json=as_json)
        else:
            self._record(as_json=as_json)

    def _foresee(self, *, effects: bool, as_json: bool) -> None:
        """Says what they would do; with `effects`, what they would do to scores and flags, too."""
        context = CommandContext(self.service, self.changes.plan, self.caller)
        if effects:
            show_effects(self.service, preview_effects(context, self.changes), as_json=as_json)
        elif as_json:
            output.emit(preview_changes(context, self.changes))
        else:
            print_preview(self.service, self.changes, self.caller)

    def _record(self, *, as_json: bool) -> None:
        """Records them, and says so."""
        outcome = self.service.change(self.changes, self.caller)
        if as_json:
            output.emit(outcome_object(outcome))
        else:
            tell(self.service, outcome)


EFFECTS = o.switch("--effects", "Con --preview: anche punteggi, segnalazioni che nascerebbero e tempo dell'OIV.")
COMMANDS: dict[str, click.Command] = {
    "change": command_of(
        row_named(CHANGES, "change_plan", Command),
        [
            o.PLAN,
            o.argument("file", "FILE", "Un documento JSON; - per lo standard input."),
            ANSWER,
            o.PREVIEW,
            EFFECTS,
            o.ACTOR,
            o.IS_ROLE,
            o.COMMAND_ID,
            o.DATABASE,
            o.AS_JSON,
        ],
        change,
    )
}
