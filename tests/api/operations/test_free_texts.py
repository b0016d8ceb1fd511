"""Whatever somebody writes freely is looked at for a person: by the kinds of the fields of inputs and events, none left out."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from api.operations.table import COMMANDS
from domain.administrations.texts_told import NOT_LOOKED_AT, free_texts
from domain.catalogue import TOPICS

BESIDE = "it lies beside the event, by digest, and goes by an order; or it is no part of what is recorded"
OBJECT = "the name of an object of the plan, which is recorded by its id"
PARSED = "it is read into fields that are looked at, each by itself"
OF_THE_INPUT_ALONE = {
    **dict.fromkeys(("justification", "retroactive", "words", "notes", "exception", "answers", "occasion"), BESIDE),
    **dict.fromkeys(
        ("object", "into", "under", "parent", "objective", "node", "indicator", "id", "indicators"), OBJECT
    ),
    **dict.fromkeys(("act", "citation", "target", "expression", "csv", "value"), PARSED),
    **dict.fromkeys(
        ("form", "implied", "comparator", "base", "published_on", "resolved", "low", "high", "tolerance"),
        "what a target read as",
    ),
    "indicator_kind": "the kind of a card, by another name",
    "confirmed_offices": "offices that were asked about",
    "known_at": "an instant, of a document that was exported",
    "status": "what a document says of itself, and nobody records",
    "OpenAccount.name": "the person of an account: in the list of people, which is erased",
    "IssueToken.name": "what a token is called: in the list of people",
}
"""The free texts of inputs that no event has under that name, and why."""


def _is_free(schema: dict[str, Any]) -> bool:
    """Whether a schema admits any text: alone, in a list, as a value under a name; a number that may be written does not."""
    if either := schema.get("anyOf", schema.get("oneOf")):
        return any(map(_is_free, either)) and not any(each.get("type") == "number" for each in either)
    if schema.get("type") == "array":
        within = schema.get("items")
        return isinstance(within, dict) and _is_free(within)
    if schema.get("type") == "object" and "properties" not in schema:
        within = schema.get("additionalProperties")
        return isinstance(within, dict) and _is_free(within)
    return schema.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(schema)


def _free_properties(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The free texts of a model and of those within, by the name of their class."""
    schema = model.model_json_schema()
    for title, properties in [(schema.get("title", ""), schema), *schema.get("$defs", {}).items()]:
        for name, of_field in properties.get("properties", {}).items():
            if _is_free(of_field):
                yield title, name


def _models(above: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for model in above.__subclasses__():
        yield model
        yield from _models(model)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_free_text_of_an_event_is_looked_at_or_said_why_not(topic: str) -> None:
    event = TOPICS[topic]
    models = {model.__name__: model for model in _models() if model.__module__.startswith("domain.")}
    for of, name in _free_properties(event):
        model = event if of == event.__name__ else models[of]
        seen = {free.field for free in free_texts(model.model_construct(None, **{name: "dott. Mario Rossi"}))}
        assert name in seen or {name, f"{of}.{name}"} & NOT_LOOKED_AT.keys(), (of, name)


def test_every_free_text_of_a_command_is_one_of_an_event_or_said_why_not() -> None:
    recorded = {name for event in TOPICS.values() for _, name in _free_properties(event)}
    said = {pair for command in COMMANDS.values() for input_ in command.inputs for pair in _free_properties(input_)}
    reasons = recorded | NOT_LOOKED_AT.keys() | OF_THE_INPUT_ALONE.keys()
    unknown = {(of, name) for of, name in said if name not in reasons and f"{of}.{name}" not in reasons}
    assert unknown == set()
    assert {name for name in OF_THE_INPUT_ALONE if name.rpartition(".")[2] not in {name for _, name in said}} == set()
