"""The ground of a command: what nearly every command about a plan asks first, to be asked of a server by one message.

It is asked by the very questions by which it is asked later, so that nothing is stated twice: what is forgotten here, or has
become another, costs a round trip and no answer.
"""

from collections.abc import Collection

from domain.facts import PLAN, assignment_key, indicator_key, objective_key
from domain.timelines import Timelines
from projections.decided_proposals import decided_proposals
from projections.store.append import read_edge
from projections.store.facts import LAST_VERSION
from projections.store.owners import NOBODY
from projections.store.reader import Reader
from projections.streams import administration_stream, plan_stream, proposals_stream

MOST_OBJECTS = 12
"""Of how many objects a command is read ahead: of one that names more, the reading is not what takes long."""


def ask_ground(reader: Reader, plan: str, objects: Collection[str], command_ids: Collection[str]) -> None:
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
    administration = reader.key(stream).administration
    if administration != NOBODY:
        acts = _ask_stream(reader, administration_stream(administration))
        acts.objects("act/")
        decided_proposals(reader, administration)


def _ask_stream(reader: Reader, stream: str) -> Timelines:
    reader.head(stream)
    reader.annulled(stream, LAST_VERSION)
    read_edge(reader.cursor, reader.key(stream))
    return reader.timelines(stream, LAST_VERSION)
