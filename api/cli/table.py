"""The command that prints the table of operations."""

import click

from api.cli import output
from api.cli.frame import Command
from api.operations.table import OPERATIONS


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
    table = output.table("Operazione", "Comando", "HTTP", "Permesso", "Scrive")
    for row in rows:
        address = f"{row['method']} {row['path']}" if row["path"] else "—"
        output.rows(
            table, [(row["name"], row["command"] or "—", address, row["permission"], "sì" if row["writes"] else "")]
        )
    output.show(table)


COMMANDS = {
    "operations": Command(
        "operations",
        params=[click.Option(["--json", "as_json"], is_flag=True, help="Risponde con un documento JSON.")],
        callback=operations,
        help="Elenca ogni comando e ogni domanda: le parole, l'indirizzo HTTP, il permesso che vuole.",
    )
}
