"""The command of the audit trail: read on the screen, or taken away as a file."""

from typing import Literal

import click
import orjson

from api.cli import options as o
from api.cli import output, session
from api.cli.actors import ActorNames
from api.cli.parameters import OfType
from api.cli.reader import Shown, answer_sheet, asks
from api.cli.recorded import act_table, print_events
from api.formats.audit_export import as_csv, as_json_lines
from api.operations.model import Question, row_named
from api.operations.queries import OfTrailFile, TrailFormat
from api.operations.record import RECORD
from projections.audit import AuditEvents, AuditTrail, audit_trail


def print_trail(shown: Shown, trail: AuditTrail) -> None:
    """The events of a page, newest first; or all that the filters leave, as a file."""
    if (form := shown.options["format"]) is not None:
        database: str | None = click.get_current_context().params["database"]
        to = session.output_file(shown.options["output_"], database, force=shown.options["force"])
        whole = audit_trail(shown.reader, shown.subject, shown.point, shown.query.filter())
        output.give(_file(form, whole) if form != "xlsx" else _sheet(shown, whole), to)
        return
    events = trail["events"]
    heading = f"{len(events)} di {trail['total']} eventi, dal più recente"
    output.show(output.title(f"Registro · {shown.subject}", heading))
    actors = ActorNames(shown.reader, (event["actor"] for event in events))
    print_events(events, act_table(shown.reader, shown.subject), actors)


def _sheet(shown: Shown, trail: AuditEvents) -> bytes:
    row = row_named(RECORD, "list_audit", Question)
    return answer_sheet(row, shown.reader, shown.subject, "", shown.query, trail)


def _file(form: Literal["json", "jsonl", "csv"], trail: AuditEvents) -> bytes:
    match form:
        case "json":
            return orjson.dumps(trail)
        case "jsonl":
            return as_json_lines(trail["events"])
        case "csv":
            return as_csv(trail["events"])


COMMANDS = {
    "audit": asks(
        RECORD,
        {"list_audit": print_trail},
        extra=(
            click.Option(
                ["--format"],
                type=OfType(TrailFormat),
                metavar="FORMATO",
                help=OfTrailFile.model_fields["format"].description,
            ),
            o.OUTPUT,
            o.FORCE,
        ),
    )
}
