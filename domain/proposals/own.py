"""Whether a decision does what somebody proposed: by whatever verbs, in whatever order, in whole or in part."""

from collections.abc import Callable, Collection, Iterable

from domain.event import Event
from domain.facts import LIFE, Fact
from domain.spelling import folded

Below = Callable[[str], Collection[str]]
"""The ids of what hangs from an objective at any depth: objectives, and the indicators in them."""


def does_what_was_proposed(decided: Iterable[Event], proposed: Iterable[Event], below: Below) -> bool:
    """Whether two decisions meet.

    They do in a field of an object, in an object of which one begins or ends the life and the other says anything, and
    in a new object that both call by one name.
    """
    ours, theirs = ([fact for event in events for fact in event.facts()] for events in (decided, proposed))
    if not {(fact.object, fact.field) for fact in ours}.isdisjoint((fact.object, fact.field) for fact in theirs):
        return True
    if not _named(ours).isdisjoint(_named(theirs)):
        return True
    return _ends_or_begins(ours, theirs, below) or _ends_or_begins(theirs, ours, below)


def _named(facts: Collection[Fact]) -> set[tuple[str, str]]:
    """What is new, by the kind of object and its name: two objects of one name are one, whatever ids they were given."""
    new = {fact.object for fact in facts if fact.field == LIFE}
    return {
        (fact.object.partition("/")[0], folded(str(fact.value)))
        for fact in facts
        if fact.object in new and fact.field in {"title", "name"} and fact.value
    }


def _ends_or_begins(lives: Collection[Fact], others: Collection[Fact], below: Below) -> bool:
    living: set[str] = set()
    for fact in lives:
        if fact.field == LIFE:
            kind, id_, *_ = fact.object.split("/")
            living |= {id_, *(below(id_) if kind == "objective" else ())}
    return any(not living.isdisjoint(fact.object.split("/")[1:]) for fact in others)
