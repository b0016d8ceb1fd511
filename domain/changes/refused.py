"""What is refused of several changes: each for itself, without what only fails because another one was refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.changes.commands import AnyChange
from domain.errors import DomainError, MotivationMissing, NotFound, NotInForce, Refusals, TreeBroken
from domain.indicators.commands import AddIndicator, AssignIndicator, ReinstateIndicator
from domain.objectives.commands import AddObjective, ReinstateObjective
from domain.targets.commands import SetTarget

_CONSEQUENCES = (NotFound, NotInForce, TreeBroken)
"""What is said of something that is not there, or not any more."""


class RefusedChanges(Refusals):
    """The refusals of a list of changes, by their places in it."""

    def __init__(self) -> None:
        super().__init__()
        self._unmade: set[str] = set()
        self._motives: set[str] = set()

    @contextmanager
    def noted_of(self, position: int, change: AnyChange) -> Iterator[None]:
        """Within it what is refused of a change is noted, and what follows is decided all the same."""
        try:
            yield
        except DomainError as error:
            self.note(position, change, error)

    def note(self, position: int, change: AnyChange, error: DomainError) -> None:
        """Notes what is refused of a change; of several that miss the same reasons only the first."""
        follows = isinstance(error, _CONSEQUENCES) and not self._unmade.isdisjoint(_named(change))
        if isinstance(error, MotivationMissing):
            follows = error.problem.found in self._motives
            self._motives.add(error.problem.found)
        else:
            self._unmade |= set(_made(change))
        if not follows:
            self.errors.append(error.located(f"changes[{position}]"))


def _made(change: AnyChange) -> Iterator[str]:
    """What would be there if the change had been taken."""
    match change:
        case AddObjective() | ReinstateObjective() | AddIndicator() | ReinstateIndicator():
            yield change.object
        case AssignIndicator():
            yield f"{change.object} > {change.objective}"
        case SetTarget():
            yield f"{change.object} {change.year} {change.ordinal}"
        case _:
            return


def _named(change: AnyChange) -> Iterator[str]:
    """What must be there for the change to be taken."""
    stated = {name: getattr(change, name, None) for name in ("object", "parent", "into", "objective")}
    yield from (str(name) for name in stated.values() if name)
    yield f"{stated['object']} > {stated['objective']}"
    yield f"{stated['object']} {getattr(change, 'year', None)} {getattr(change, 'ordinal', None)}"
