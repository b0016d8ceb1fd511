"""Who recorded something, said to whoever is at the machine: the id that stands in the event, and whose it is."""

from collections.abc import Iterable

from api.cli.words import printable
from domain.access.events import ACCOUNT_PREFIX
from projections.access import people
from projections.store.reader import Reader

ON_THE_LINE = "riga di comando"
ERASED = "persona cancellata"


class ActorNames:
    """The words for some actors: an account with its person, a role that was said on the command line."""

    def __init__(self, reader: Reader, actors: Iterable[str | None]) -> None:
        accounts = {actor for actor in actors if actor and actor.startswith(ACCOUNT_PREFIX)}
        self._people = people.of_accounts(reader.cursor, accounts) if accounts else {}

    def of(self, actor: str | None) -> str:
        """An actor, with what there is to say of it."""
        if actor is None:
            return "—"
        if not actor.startswith(ACCOUNT_PREFIX):
            return f"{actor} ({ON_THE_LINE})"
        person = self._people.get(actor)
        return f"{actor} ({printable(person.name) if person else ERASED})"
