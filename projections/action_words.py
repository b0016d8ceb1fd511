"""What corrective actions do, and what was said of them: the words that lie beside their events, until an order takes them away."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.deviations.model import CorrectiveAction
from projections.store.reader import Reader


class ActionWords(NamedTuple):
    """What an action does, None where an order took it away; the words of each of its steps that has any."""

    remedy: str | None
    notes: tuple[str | None, ...]


def words_of_actions(reader: Reader, stream: str, actions: Iterable[CorrectiveAction]) -> dict[str, ActionWords]:
    """The words of some actions of a plan, by their ids; `stream` is that of the plan."""
    listed = list(actions)
    versions = {version for action in listed for version in action.versions}
    notes = {record.version: record.note for record in reader.records(stream, versions) if record.note}
    texts = reader.texts(list(notes.values()), stream)
    return {
        action.id: _words(action, {version: texts.get(note) for version, note in notes.items()}) for action in listed
    }


def _words(action: CorrectiveAction, texts: dict[int, str | None]) -> ActionWords:
    said = {version: texts[version] for version in action.versions if version in texts}
    if action.remedy is not None:  # of an event of before, whose note is a note
        return ActionWords(action.remedy, tuple(said.values()))
    planned = said.pop(action.planned, None)
    remedy, _, rest = (planned or "").partition("\n")
    return ActionWords(remedy or None, (*([rest] if rest else []), *said.values()))
