"""How an endpoint says what it takes and gives, by the models of `schemas` and of the domain."""

from typing import Any

from pydantic import BaseModel

from api.documentation.schemas import reference
from api.http.problems import PROBLEM_JSON

Described = dict[int | str, dict[str, Any]]


def answers(model: type, *, preview: type | None = None, created: bool = False) -> Described:
    """What an endpoint answers when all is well; errors are the same for all, and added once for all."""
    if not created:
        return {
            200: _json("La risposta.", reference(model)),
            304: {"description": "Il client ha già questa risposta (If-None-Match): nessun corpo."},
        }
    repeated = "Comando già registrato con la stessa chiave: la stessa risposta, nessun altro evento."
    if preview is None:
        return {201: _json("Registrato.", reference(model)), 200: _json(repeated, reference(model))}
    both = {"anyOf": [reference(model), reference(preview)]}
    return {201: _json("Registrato.", reference(model)), 200: _json(f"Anteprima; oppure: {repeated}", both)}


def answers_status() -> Described:
    """What the status answers: a problem that is none."""
    return {
        200: {
            "description": "Il servizio è attivo.",
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Status"}}},
        }
    }


def takes(*models: type[BaseModel]) -> dict[str, Any]:
    """The body of a command."""
    schema: dict[str, Any] = (
        reference(models[0]) if len(models) == 1 else {"anyOf": [reference(model) for model in models]}
    )
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
