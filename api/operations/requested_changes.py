"""Changes as a person says them: objects by code or name, an id for what is new made of its name."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from api.operations.named_objects import NamedKind, with_ids_of, with_placeholders
from api.operations.verbs import ADDS, PLAN_VERBS, REFERENCES, PlanVerb
from domain.documents.references import fresh_id
from domain.errors import NameAmbiguous, NotFound, Refusals
from domain.plans.object_names import ObjectNames
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, ObjectKind, is_identifier

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
    called = ObjectNames(timelines)
    for field, kind in _named(row).items():
        if isinstance(name := content.get(field), str):
            stated[field] = called.id_meant(kind, name, field)
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


MOST_UNKNOWN = 20
"""After how many names of nothing those of one file are looked for no further."""


class NamesInFile(NamedTuple):
    """A change file of which each name is an id, and what is wrong with the names that are none."""

    content: dict[str, JsonValue]
    wrong: Refusals


def with_ids_in_file(timelines: Timelines, content: Mapping[str, JsonValue]) -> NamesInFile:
    """The content of a change file, each name of an objective or an indicator as the id that it means.

    What has the shape of an id and means nothing stays: it may be added by the file itself, and is judged with it. In the
    place of any other name of nothing, or of several objects, stands what an id may look like.
    """
    wrong = Refusals()
    called = ObjectNames(timelines)
    stated = dict(content)
    changes = content.get("changes")
    if isinstance(changes, list):
        added = {f"{kind}/{id_}" for kind, id_ in _added(changes)}
        stated["changes"] = [
            _with_ids(called, change, f"changes[{number}]", added, wrong) if isinstance(change, dict) else change
            for number, change in enumerate(changes)
        ]
    polarities = content.get("polarities")
    if isinstance(polarities, dict):
        said: dict[str, JsonValue] = {"polarities": polarities}
        of_indicators: dict[str, NamedKind] = {"polarities": "indicator"}
        stated |= with_placeholders(said, of_indicators)
        with wrong.noted():
            stated |= with_ids_of(timelines, said, of_indicators)
    statuses = content.get("statuses")
    if isinstance(statuses, list):
        stated["statuses"] = [
            _with_id_of_status(called, status, f"statuses[{number}]", wrong) if isinstance(status, dict) else status
            for number, status in enumerate(statuses)
        ]
    return NamesInFile(stated, wrong)


def _added(changes: list[JsonValue]) -> Iterator[tuple[ObjectKind, str]]:
    for change in changes:
        if (
            isinstance(change, dict)
            and str(change.get("verb")) in ADDS
            and isinstance(id_ := change.get("object"), str)
        ):
            yield ADDS[str(change["verb"])][0], id_


def _with_ids(
    called: ObjectNames, change: Mapping[str, JsonValue], where: str, added: set[str], wrong: Refusals
) -> dict[str, JsonValue]:
    stated = dict(change)
    row = PLAN_VERBS.get(str(change.get("verb")))
    for field, kind in (_named(row) if row else {}).items():
        name = change.get(field)
        if isinstance(name, str) and name and f"{kind}/{name}" not in added:
            stated[field] = _id_of(called, kind, name, f"{where}.{field}", wrong)
    return stated


def _with_id_of_status(
    called: ObjectNames, status: Mapping[str, JsonValue], where: str, wrong: Refusals
) -> dict[str, JsonValue]:
    subject, name = status.get("subject"), status.get("id")
    for kind in _KINDS:
        if subject == kind and isinstance(name, str) and name:
            return {**status, "id": _id_of(called, kind, name, f"{where}.id", wrong)}
    return dict(status)


def _id_of(called: ObjectNames, kind: ObjectKind, name: str, where: str, wrong: Refusals) -> str:
    if len(wrong.errors) >= MOST_UNKNOWN:
        return name if is_identifier(name) else PLACEHOLDER
    try:
        return called.id_meant(kind, name, where)
    except NotFound as error:
        if is_identifier(name):
            return name
        wrong.errors.append(error)
    except NameAmbiguous as error:
        wrong.errors.append(error)
    return PLACEHOLDER


_KINDS: tuple[ObjectKind, ...] = ("objective", "indicator")
