"""The schemas of the interface (JSON Schema, as OpenAPI 3.1 has it), derived from the types of commands and answers.

A command is a pydantic model; an answer is a TypedDict beside its projection, or a model where one is built anyway.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import ModelSchema

REFERENCE = "#/components/schemas/{model}"
NO_OTHER_FIELDS = ConfigDict(extra="forbid")
"""An answer has the fields that it says, and no others; the types within it likewise."""


def reference(described: type) -> dict[str, str]:
    """The place of a type in the description."""
    return {"$ref": REFERENCE.format(model=described.__name__)}


def validator(described: type) -> TypeAdapter[list[object]]:
    """What validates lists of a type, and refuses the fields that it does not know.

    Lists, because pydantic hands its configuration to the TypedDicts within a type, never to a TypedDict itself.
    """
    config = None if issubclass(described, BaseModel) else NO_OTHER_FIELDS
    return TypeAdapter(list[described], config=config)  # type: ignore[valid-type]  # known when it runs


def components_of(described: Iterable[type]) -> dict[str, dict[str, JsonValue]]:
    """The schema of each type and of the types within, by name, in alphabetical order.

    The docstring of a type is its description. Models that are only found within others have none: they are of the
    domain, whose docstrings speak English. A field has the label that its model gives it, and none made of its name.
    """
    types = tuple(described)

    class Generator(GenerateJsonSchema):
        def model_schema(self, schema: ModelSchema) -> dict[str, JsonValue]:
            described = super().model_schema(schema)
            if schema["cls"] not in types:
                described.pop("description", None)
            return described

        def field_title_should_be_set(self, schema: object) -> bool:
            del schema
            return False

    _, schemas = TypeAdapter.json_schemas(
        [(type_.__name__, "validation", validator(type_)) for type_ in types],
        ref_template=REFERENCE,
        schema_generator=Generator,
    )
    defined: dict[str, dict[str, JsonValue]] = schemas["$defs"]
    for schema in defined.values():
        schema.pop("title", None)  # the name of the type, again
    return defined
