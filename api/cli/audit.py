"""The command of the audit trail: read on the screen, or taken away as a file."""

import click

from api.cli import output
from api.cli.parameters import TextType, reader_of
from api.cli.reader import Shown, asks
from api.cli.recorded import act_table, print_events
from api.formats.audit_export import as_csv, as_json_lines
from projections.audit import AuditTrail, audit_trail

FORMATS = ("csv", "jsonl")


def print_trail(shown: Shown, trail: AuditTrail) -> None:
    """The events of a page, newest first; or all that the filters leave, as a file."""
    if (form := shown.options["format"]) is not None:
        events = audit_trail(shown.reader, shown.subject, shown.point, shown.query.filter())["events"]
        output.give(as_csv(events) if form == "csv" else as_json_lines(events), shown.options["output"])
        return
    events = trail["events"]
    heading = f"{len(events)} di {trail['total']} eventi, dal più recente"
    output.show(output.title(f"Registro · {shown.subject}", heading))
    print_events(events, act_table(shown.reader, shown.subject))


COMMANDS = {
    "audit": asks(
        {"list_audit": print_trail},
        extra=(
            click.Option(
                ["--format"],
                type=TextType(reader_of(FORMATS)),
                metavar="FORMATO",
                help="csv oppure jsonl: tutte le righe filtrate.",
            ),
            click.Option(["--output"], metavar="FILE", help="Dove scrivere; sullo standard output, se non si dice."),
        ),
    )
}
