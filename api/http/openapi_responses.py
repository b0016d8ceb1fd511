"""How a route says what it takes and gives, from the types of its row."""

from typing import Any

from api.http.problems import PROBLEM_JSON
from api.operations.model import Command, Question
from api.operations.queries import XLSX

Described = dict[int | str, dict[str, Any]]
BINARY = {"type": "string", "format": "binary"}
REPEATED = "Comando già registrato con la stessa chiave: la stessa risposta, nessun altro evento."


def ref(described: type[object]) -> dict[str, str]:
    """The place of a type in the description."""
    return {"$ref": f"#/components/schemas/{described.__name__}"}


def responses_of(operation: Command | Question) -> Described:
    """What an operation answers when all is well; errors are the same for all, and added once for all."""
    if isinstance(operation, Command):
        return _recorded(operation)
    if operation.answer is bytes:
        content: dict[str, Any] = {media: {"schema": BINARY} for media in operation.media_types}
        if "application/json" in content:
            content["application/json"] = {"schema": _answer(operation)}
        return {200: {"description": "Il file.", "content": content}}
    if PROBLEM_JSON in operation.media_types:
        return {
            200: {"description": "Il servizio è attivo.", "content": {PROBLEM_JSON: {"schema": _answer(operation)}}}
        }
    answers: Described = {200: _json("La risposta.", _answer(operation))}
    if operation.sheet:
        answers[200]["content"][XLSX] = {"schema": BINARY}
    if operation.identity != "none":
        answers[304] = {"description": "Il client ha già questa risposta (If-None-Match): nessun corpo."}
    return answers


def _recorded(operation: Command) -> Described:
    recorded: Described = {201: _json("Registrato.", _answer(operation))}
    if operation.preview is None:
        return recorded | {200: _json(REPEATED, _answer(operation))}
    previews = [operation.preview, *([operation.or_preview] if operation.or_preview else [])]
    both = {"anyOf": [_answer(operation), *map(ref, previews)]}
    return recorded | {200: _json(f"Anteprima; oppure: {REPEATED}", both)}


def takes(operation: Command | Question) -> dict[str, Any] | None:
    """The body of a command, or of a question that comes with a document."""
    inputs = operation.inputs if isinstance(operation, Command) else (operation.body,) if operation.body else ()
    if not inputs and isinstance(operation, Question):
        return None
    schemas = [ref(model) for model in inputs]
    files = operation.media_types if isinstance(operation, Command) else ()  # those of a question are of its answer
    media: dict[str, Any] = {name: {"schema": BINARY} for name in files}
    if schemas:
        media["application/json"] = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
    return {"requestBody": {"required": True, "content": media}}


def _answer(operation: Command | Question) -> dict[str, str]:
    if operation.described is None:
        raise TypeError(f"{operation.name} has an address and no answer")
    return ref(operation.described)


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
