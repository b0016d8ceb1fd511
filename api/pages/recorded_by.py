"""How whoever recorded something is called on a page: for those who may know, and for nobody else."""

from collections.abc import Iterable

from api.pages.visit import PlanVisit
from domain.access.events import ACCOUNT_PREFIX
from projections.access import people


def names_of_actors(visit: PlanVisit, actors: Iterable[str | None]) -> dict[str, str]:
    """The words for some actors, by id: a person's name, or the role that was said; empty where they are not shown."""
    if not visit.may("list_actors"):
        return {}
    named = sorted({actor for actor in actors if actor})
    accounts = [actor for actor in named if actor.startswith(ACCOUNT_PREFIX)]
    persons = people.of_accounts(visit.reading.reader.cursor, accounts) if accounts else {}
    return {
        actor: persons[actor].name if actor in persons else "persona cancellata" if actor in accounts else actor
        for actor in named
    }
