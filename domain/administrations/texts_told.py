"""Every free text of what is recorded is looked at for a person, and for somebody's health; what is seen is told, not refused.

What an event says stands in its body, which nobody alters: an order takes away what lies beside it, and no more. So whoever
records is told at once. Which fields are free follows from their types: any text without a pattern, and out of no list.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.administrations.people_named import person_in_prose, person_seen
from domain.event import Event
from domain.notice import Notice
from domain.patterns import regex
from domain.vocabulary import JsonValue

NOT_LOOKED_AT: Mapping[str, str] = {
    **dict.fromkeys(
        ("office", "offices", "owner", "co_owners", "measured_by", "aliases", "body"),
        "an office, or the body of an act: what looks like a person there is refused, not told",
    ),
    "OfficeRegistered.name": "the same",
    "OfficeRenamed.name": "the same",
    "before": "what was said before: it was told of when it was recorded",
    "reason": "why a text could not be read: words of the program",
    "objectives": "ids of objectives, by the name of their level, which is looked at where the levels are",
    "what": "the address of a page that was opened",
    "seed": "figures from which a sample is drawn",
    "drawn": "rows that were drawn by lot, by their ids",
}
"""The free texts that are not looked at, by field, or by class and field, and why."""
WHOLLY_LOOKED_AT = frozenset(
    {"description", "benefits", "stakeholders", "staff", "note", "whose", "source", "reference", "remedy"}
)
"""Fields that say of whom or from whom something is: two words with capitals are a name there; of a title, they are a title."""
STAYS_RECORDED = "ciò che si registra resta"
STAYS_IN_BODY = "resta nel corpo dell'evento, che nessun ordine oscura (un altro evento può solo prenderne il posto)"
_HEALTH = regex(
    r"\b(?:(?:in|per|causa)\s+malattia|(?:in|per)\s+maternit[àa]|in\s+gravidanza|incinta|puerpera"
    r"|(?:motivi|ragioni|problemi|condizioni)\s+di\s+salute|(?:stato|dati)\s+di\s+salute|certificat[oi]\s+medic[oi]"
    r"|ricoverat[oaie]|ospedalizzat[oaie]|infortunat[oaie]|convalescen(?:te|za)|degente|operat[oa]\s+d'urgenza"
    r"|(?:legge|permess[oi]|l\.)\s*104(?:/(?:19)?92)?\b(?!\s*/)|invalid[oa]\s+(?:civile|al)|inabilit[àa]\s+al\s+lavoro"
    r"|chemioterapi[ae]|radioterapi[ae]|depress(?:ione|o|a)\s+(?:grave|post)|tossicodipenden(?:te|za)|sieropositiv[oa])",
    re.IGNORECASE,
)
"""How it is said that somebody is ill, expects a child, was hurt: phrases of an absence, and no subjects of a plan."""
_LETTER = regex(r"[^\W\d_]")


class FreeText(NamedTuple):
    """A free text of a model: in which field, and what the field is called."""

    field: str
    label: str
    text: str


def free_texts(said: BaseModel) -> Iterator[FreeText]:
    """The free texts of an event, or of any other model, however deep."""
    for field, label in _free_fields(type(said)).items():
        yield from _texts_of(field, label, getattr(said, field, None))


def texts_told(events: Iterable[Event]) -> list[Notice]:
    """What to tell of the texts in the bodies of some events: each notice once."""
    return list(dict.fromkeys(notice for event in events for free in free_texts(event) for notice in _told(free)))


def json_told(said: JsonValue, field: str = "") -> Iterator[Notice]:
    """What to tell of the texts in a document that lies beside an event, by the names of its fields: a change that is proposed."""
    match said:
        case str():
            yield from text_told(said, field, alone=field in WHOLLY_LOOKED_AT)
        case list():
            for each in said:
                yield from json_told(each, field)
        case dict():
            for name, value in said.items():
                if name not in NOT_LOOKED_AT:
                    yield from json_told(value, name)
        case _:
            pass


def health_seen(text: str) -> str | None:
    """The words by which a text says something of somebody's health; None where it seems to say nothing of it."""
    found = _HEALTH.search(text)
    return None if found is None else text[slice(*found.span())]


def text_told(text: str, where: str, *, alone: bool = True, stays: str = STAYS_RECORDED) -> Iterator[Notice]:
    """What to tell of a text that seems to name a person, or to say something of somebody's health."""
    if _LETTER.search(text) is None:
        return  # most targets are figures alone
    seen = person_seen(text) if alone else person_in_prose(text)
    if seen is not None:
        words = f"«{seen.person[:120]}» sembra una persona, e un piano non ne nomina nessuna: {stays}"
        yield Notice(where=where, name="person_in_text", words=words)
    if (health := health_seen(text)) is not None:
        words = f"«{health[:120]}» sembra un dato sulla salute, che in un piano non si scrive: {stays}"
        yield Notice(where=where, name="health_in_text", words=words)


def _told(free: FreeText) -> Iterator[Notice]:
    return text_told(free.text, free.field, alone=free.field in WHOLLY_LOOKED_AT, stays=STAYS_IN_BODY)


def _texts_of(field: str, label: str, value: object) -> Iterator[FreeText]:
    match value:
        case str():
            yield FreeText(field, label, value)
        case BaseModel():
            yield from free_texts(value)
        case dict():
            for each in value.values():
                yield from _texts_of(field, label, each)
        case list() | tuple():
            for each in value:
                yield from _texts_of(field, label, each)
        case _:
            pass


@cache
def _free_fields(model: type[BaseModel]) -> dict[str, str]:
    """The fields of a model that may hold a free text, themselves or within, with what they are called."""
    return {
        name: (field.title or name)
        for name, field in model.model_fields.items()
        if not NOT_LOOKED_AT.keys() & {name, f"{model.__name__}.{name}"}
        and _may_hold_text(field.annotation, tuple(field.metadata))
    }


def _may_hold_text(annotation: object, metadata: tuple[object, ...]) -> bool:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _may_hold_text(inner, (*metadata, *more))
    if annotation is str:
        return not any(_has_pattern(each) for each in metadata)
    if isinstance(annotation, type) and not get_args(annotation):
        return issubclass(annotation, BaseModel)
    if (named := getattr(annotation, "__value__", None)) is not None:  # an alias; any JSON may be a text
        return getattr(annotation, "__name__", "") == "JsonValue" or _may_hold_text(named, metadata)
    members = get_args(annotation)
    of_union = get_origin(annotation) not in {tuple, list, dict}
    return any(_may_hold_text(each, metadata if of_union else ()) for each in members)


def _has_pattern(constraint: object) -> bool:
    if isinstance(constraint, FieldInfo):
        return any(map(_has_pattern, constraint.metadata))
    return getattr(constraint, "pattern", None) is not None
