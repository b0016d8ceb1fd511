"""The table of operations in docs/http.md, made of the table itself; what stands above the mark is written by hand.

`python -m api.http.openapi` writes it. What each address takes and gives, field by field, is in docs/openapi.json.
"""

from collections.abc import Sequence
from pathlib import Path

from api.operations.model import Command, Question
from api.operations.table import served

PAGE = Path(__file__).parents[2] / "docs" / "http.md"
MARK = "<!-- Da qui in giù la pagina è scritta da `python -m api.http.openapi`. -->\n"


def http_page(tags: Sequence[dict[str, str]]) -> str:
    """The whole page: its hand-written part as it stands, and the tables of operations anew, a subject each."""
    by_hand, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    tables = "".join(_table(tag) for tag in tags)
    return f"{by_hand}{MARK}\n## Le operazioni\n\nI campi di ciascuna sono in [openapi.json](openapi.json).\n{tables}"


def _table(tag: dict[str, str]) -> str:
    lines = [
        f"\n### {tag['name'].capitalize()}\n\n{tag['description']}\n\n| indirizzo | che cosa fa | comando |\n|---|---|---|\n"
    ]
    lines += [_row(operation) for operation in served() if operation.tag == tag["name"]]
    return "".join(lines)


def _row(operation: Command | Question) -> str:
    words = operation.description.partition("\n\n")[0].replace("\n", " ")
    command = f"`initinere {operation.cli.words}`" if operation.cli else ""
    return f"| `{operation.method} /v1{operation.path}` | **{operation.summary}.** {words} | {command} |\n"
