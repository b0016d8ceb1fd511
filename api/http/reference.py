"""The pages of docs/http.md on each address, made of the description and of the conversation that is its example.

What stands above the mark is written by hand; what stands below is made by `python -m api.http.openapi`.
"""

import json
import shlex
from pathlib import Path
from typing import Any

from api.http.examples import Conversation, conversation

PAGE = Path(__file__).parents[2] / "docs" / "http.md"
MARK = "<!-- Da qui in giù la pagina è scritta da `python -m api.http.openapi`. -->\n"
LINES = 60
"""How many lines of an answer are shown."""

Json = dict[str, Any]


def written(description: Json) -> str:
    """The whole page: its hand-written part as it stands, and each address anew."""
    by_hand, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    return by_hand + MARK + reference(description, conversation())


def reference(description: Json, told: Conversation) -> str:
    """Every address, by subject."""
    parts: list[str] = []
    for tag in description["tags"]:
        parts.append(f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n")
        for path, operations in description["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    parts.append(_operation(method.upper(), path, operation, told))
    parts.append("\n## Errori\n\nUn esempio di ciascuno.\n")
    parts += [_shown(one) for one in told if one["operation"].isdecimal()]
    return "".join(parts)


def _operation(method: str, path: str, operation: Json, told: Conversation) -> str:
    errors = ", ".join(code for code in operation["responses"] if code[0] in "45")
    lines = [f"\n### {method} {path}\n\n**{operation['summary']}.** {operation['description']}\n\n"]
    parameters = operation.get("parameters", [])
    if parameters:
        lines.append("| parametro | dove | che cosa dice |\n|---|---|---|\n")
        lines += [
            f"| `{one['name']}`{_must(one)} | {PLACES[one['in']]} | {one['description']} |\n" for one in parameters
        ]
        lines.append("\n")
    lines.append(f"Errori: {errors}.\n")
    lines += [_shown(one) for one in told if one["operation"] == operation["operationId"]]
    return "".join(lines)


PLACES = {"path": "indirizzo", "query": "interrogazione", "header": "intestazione"}


def _must(parameter: Json) -> str:
    return " (obbligatorio)" if parameter["required"] and parameter["in"] != "path" else ""


def _shown(one: Json) -> str:
    asked, answered = one["request"], one["response"]
    command = ["curl", "-i"]
    if asked["method"] != "GET":
        command += ["-X", asked["method"]]
    for name, value in asked["headers"].items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:8000{asked['path']}")
    words = " ".join(map(shlex.quote, command))
    if asked["body"] is not None:
        words += " --data-binary @- <<'JSON'\n" + _json(asked["body"], 1_000) + "\nJSON"
    status = f"HTTP/1.1 {answered['status']}\n"
    headers = "".join(f"{name}: {value}\n" for name, value in answered["headers"].items())
    body = _json(answered["body"], LINES)
    return f"\nEsempio: {one['title']}.\n\n```sh\n{words}\n```\n\n```http\n{status}{headers}\n{body}\n```\n"


def _json(body: Any, limit: int) -> str:  # noqa: ANN401 - JSON
    lines = json.dumps(body, ensure_ascii=False, indent=2).splitlines()
    left = len(lines) - limit
    return "\n".join(lines if left <= 0 else [*lines[:limit], f"... (altre {left} righe)"])
