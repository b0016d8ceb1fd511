"""The ground of a command: what nearly every command about a plan asks first, to be asked of a server by one message.

It is asked by the very questions by which it is asked later, so that nothing is stated twice: what is forgotten here, or has
become another, costs a round trip and no answer.
"""

from collections.abc import Collection
from typing import NamedTuple

from domain.facts import PLAN, assignment_key, indicator_key, objective_key
from domain.timelines import Timelines
from projections.store.append import read_edge
from projections.store.facts import LAST_VERSION
from projections.store.reader import Reader
from projections.streams import PLANS, administration_stream, plan_stream, proposals_stream

MOST_OBJECTS = 12
"""Of how many objects a command is read ahead: of one that names more, the reading is not what takes long."""


class Surroundings(NamedTuple):
    """Where a plan stands: its administration, which never changes, and the other plans of that, as far as they are known."""

    administration: str
    plans: tuple[str, ...]


def surroundings(reader: Reader, plan: str) -> Surroundings | None:
    """Where a plan stands, from what a command about it has read; None where there is no such plan."""
    administration = reader.only_value(plan_stream(plan), PLAN, "administration")
    if not isinstance(administration, str):
        return None
    return Surroundings(administration, tuple(reader.plans_of([administration])))


def ask_ground(
    reader: Reader, plan: str, around: Surroundings | None, objects: Collection[str], command_ids: Collection[str]
) -> None:
    """Asks what a command about a plan, which names some objects, is going to ask."""
    for command_id in command_ids:
        reader.receipt(command_id)
    stream = plan_stream(plan)
    timelines = _ask_stream(reader, stream)
    reader.only_value(stream, PLAN, "administration")
    timelines.known(PLAN)
    for name in objects if len(objects) <= MOST_OBJECTS else ():
        timelines.known(indicator_key(name))
        timelines.known(objective_key(name))
        timelines.objects(assignment_key(name, ""))
        reader.fragments_of_served(stream, assignment_key(name, ""))
    reader.records(proposals_stream(plan))
    if around is not None:
        acts = _ask_stream(reader, administration_stream(around.administration))
        acts.objects("act/")
        reader.plans_of([around.administration])
        for other in around.plans:
            reader.head(other)
            reader.only_value(other, PLAN, "administration")
            reader.annulled(other, LAST_VERSION)
            reader.records(proposals_stream(other.removeprefix(PLANS)))


def _ask_stream(reader: Reader, stream: str) -> Timelines:
    reader.head(stream)
    reader.annulled(stream, LAST_VERSION)
    read_edge(reader.cursor, reader.key(stream))
    return reader.timelines(stream, LAST_VERSION)
