"""Whether what a change speaks of is as its writer saw it: object by object, so that two may change one plan at once."""

from collections.abc import Mapping, Sequence

from domain.changes.commands import AnyChange
from domain.errors import VersionOutdated
from domain.event import Event
from domain.facts import PLAN
from domain.plans.concerned import speaks_of


def require_unchanged(changes: Sequence[AnyChange], since: Mapping[int, Event], seen: int) -> None:
    """Refuses changes of an object that went on after the version that their writer saw, or was annulled since.

    `since` are the events that came after it, and those that were annulled by them, by version.
    """
    for change in changes:
        subject = getattr(change, "object", None)
        if any(_says_of(event, subject) for event in since.values()):
            problem = f"{subject or 'il piano'} è cambiato dopo la versione {seen}, quella che chi scrive ha visto"
            raise VersionOutdated(problem, accepted="rileggere e riprovare", where="If-Match")


def _says_of(event: Event, subject: str | None) -> bool:
    """Whether an event says anything of an object; of the plan itself where a change speaks of none."""
    return speaks_of(event, subject) if subject else any(fact.object == PLAN for fact in event.facts())
