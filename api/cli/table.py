"""The command that prints the table of operations."""

import click
from rich.text import Text

from api.cli import output
from api.cli.frame import TranslatedCommand
from api.operations.model import Operation, row_named
from api.operations.table import OPERATIONS
from api.operations.upkeep import UPKEEP

SCOPES = {"plan": "Di un piano", "administration": "Di un'amministrazione", "installation": "Dell'installazione"}


def operations(*, as_json: bool) -> None:
    """Every operation: its words on the command line, its address, the permission that it needs, whether it writes."""
    rows = [
        {
            "name": operation.name,
            "command": operation.cli.words if operation.cli else None,
            "method": operation.method if operation.path else None,
            "path": f"/v1{operation.path}" if operation.path else None,
            "permission": operation.permission,
            "scope": operation.scope,
            "writes": operation.writes,
        }
        for operation in OPERATIONS
    ]
    if as_json:
        output.emit({"operations": rows})
        return
    width = {column: max(len(str(row[column] or "")) for row in rows) for column in ("name", "command", "permission")}
    for scope, words in SCOPES.items():
        output.show(output.title(words))
        for row in (row for row in rows if row["scope"] == scope):
            sign = "*" if row["writes"] else " "
            address = f"{row['method']} {row['path']}" if row["path"] else "—"
            command = str(row["command"] or "—")
            output.copied(
                f"{sign} {row['name']:{width['name']}}  {command:{width['command']}}  "
                f"{row['permission']:{width['permission']}}  {address}"
            )
    output.show(Text("* scrive nel registro"))


COMMANDS = {
    "operations": TranslatedCommand(
        "operations",
        params=[click.Option(["--json", "as_json"], is_flag=True, help="Risponde con un documento JSON.")],
        callback=operations,
        help=row_named(UPKEEP, "operations", Operation).description,
    )
}
