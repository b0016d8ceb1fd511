"""One change as a person says it: objects by code or name, an id for what is new made of its name."""

from collections.abc import Mapping

from api.operations.verbs import ADDS, REFERENCES, PlanVerb
from domain.documents.references import fresh_id
from domain.plans.object_names import id_meant
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, ObjectKind

PLACEHOLDER = "da-trovare"
"""Stands for an object that only the archive can find."""


def as_the_model_takes_it(row: PlanVerb, content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What was said, with something in the place of each name: for what is wrong with the rest, before there is an archive."""
    named = {field: PLACEHOLDER for field in _named(row) if content.get(field) is not None}
    new = {"object": PLACEHOLDER} if row.verb in ADDS and "object" not in content else {}
    return {**content, **named, **new, "verb": row.verb}


def with_ids(timelines: Timelines, row: PlanVerb, content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What was said, each name as the id that it means, what is added with an id of its own; NotFound for no object."""
    stated = dict(content) | {"verb": row.verb}
    for field, kind in _named(row).items():
        if isinstance(name := content.get(field), str):
            stated[field] = id_meant(timelines, kind, name, field)
    if row.verb in ADDS and "object" not in content:
        kind, name_field = ADDS[row.verb]
        code = content.get("code")
        used = set(timelines.objects(f"{kind}/"))
        stated["object"] = fresh_id(kind, str(code or ""), str(content.get(name_field, "")), used, {})
    return stated


def _named(row: PlanVerb) -> dict[str, ObjectKind]:
    """The fields that name an object, and of which kind."""
    kinds: dict[str, ObjectKind] = {field: "objective" for field in row.model.model_fields if field in REFERENCES}
    return kinds | ({"object": row.object} if row.object else {})
