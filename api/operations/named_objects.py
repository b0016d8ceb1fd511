"""The fields of an input that name objects of a plan, as a person says them: by id, by code, by name, as they are printed."""

from collections.abc import Callable, Mapping
from typing import Literal

from domain.errors import NameAmbiguous, NotFound
from domain.oiv.events import KINDS_SPOKEN_OF, SPOKEN_OF
from domain.plans.object_names import ObjectNames
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, ObjectKind

NamedKind = ObjectKind | Literal["about", "subject"]
"""What a field names: an objective, an indicator, whichever `subject` beside it says, or what an act of the OIV is about,
which may be no object."""
_OF_A_PLAN: Mapping[str, ObjectKind] = {"objective": "objective", "indicator": "indicator"}
PLACEHOLDER = "da-trovare"
"""Stands for an object that only the archive can find."""


def with_placeholders(content: Mapping[str, JsonValue], names: Mapping[str, NamedKind]) -> dict[str, JsonValue]:
    """What was said, with what an id may look like in the place of each name: for what is wrong with the rest."""
    found: dict[str, str] = {}

    def stand_in(kind: NamedKind, name: str, field: str) -> str:
        del field
        id_ = found.setdefault(name, f"{PLACEHOLDER}-{len(found)}")
        return f"indicator/{id_}" if kind == "about" else id_

    return _renamed(content, names, stand_in)


def with_ids_of(
    timelines: Timelines, content: Mapping[str, JsonValue], names: Mapping[str, NamedKind]
) -> dict[str, JsonValue]:
    """What was said, each name as the id that it means; NotFound where it means none, or may mean two.

    `names` are the fields that name objects, by their path: one, several, or several each with what is said of it.
    """
    called = ObjectNames(timelines)

    def meant(kind: NamedKind, name: str, field: str) -> str:
        return called.id_meant(_OF_A_PLAN[kind], name, field) if kind in _OF_A_PLAN else _about(called, name, field)

    return _renamed(content, names, meant)


def _about(called: ObjectNames, name: str, field: str) -> str:
    """What an act of the OIV is about: the plan, its report, a proposal, or an object of the plan."""
    word, sign, rest = (part.strip() for part in name.partition("/"))
    kind = KINDS_SPOKEN_OF.get(word.casefold(), word) if sign else ""
    if (of_plan := _OF_A_PLAN.get(kind)) is not None:
        try:
            return f"{kind}/{called.id_meant(of_plan, rest, field)}"
        except NotFound:
            return f"{kind}/{rest}"  # refused like an id that is none, at every door
    if kind == "proposal" or {word.casefold()} & {*SPOKEN_OF, *SPOKEN_OF.values()}:
        return name
    try:
        return called.object_meant(name)
    except (NotFound, NameAmbiguous) as error:
        problem = error.problem
        raise type(error)(problem.found, accepted=problem.accepted, where=field, listed=error.listed) from None


def _renamed(
    content: Mapping[str, JsonValue],
    names: Mapping[str, NamedKind],
    renamed: Callable[[NamedKind, str, str], str],
    above: str = "",
) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {}
    for field, value in content.items():
        path = f"{above}{field}"
        kind = names.get(path)
        match value:
            case str() if kind == "subject":
                of = _OF_A_PLAN.get(str(content.get("subject")))
                result[field] = value if of is None else renamed(of, value, path)
            case str() if kind is not None:
                result[field] = renamed(kind, value, path)
            case list() if kind is not None:
                result[field] = [renamed(kind, item, path) if isinstance(item, str) else item for item in value]
            case dict() if kind is not None:
                result[field] = {renamed(kind, name, path): said for name, said in value.items()}
            case dict():
                result[field] = _renamed(value, names, renamed, f"{path}.")
            case _:
                result[field] = value
    return result
