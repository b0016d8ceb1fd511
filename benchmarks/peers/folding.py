"""The naive fold: every event of the plan read and folded, which is the definition of the answer."""

import orjson

from benchmarks.peers.peer import Given
from benchmarks.workload import STREAM, Filled, Question
from domain.timelines import fold


class Folding:
    """Knows both dates, and reads everything for each question."""

    name = "our own events, read and folded"
    both_dates = True

    def __init__(self, filled: Filled) -> None:
        self._filled = filled

    def fill(self, given: Given) -> None:
        """The store is filled."""

    def ask(self, question: Question) -> bytes:
        """The definition, as it stands."""
        with self._filled.store.reading() as reader:
            state = fold(reader.records(STREAM), question.as_of, self._filled.known(question.place).version)
        return orjson.dumps([[object_, field, entry.value] for (object_, field), entry in state.items()])

    def close(self) -> None:
        """Nothing is held."""
