"""How the offices of an administration are called: documents spell one in several ways.

Two spellings are one office when they differ in case, accents, quotes, punctuation or spaces only; anything further is
for people to say, by an alias.
"""

import unicodedata
from collections.abc import Collection, Iterable

from domain.administrations.events import NamedOffice
from domain.administrations.people_named import person_seen, require_office
from domain.errors import NotFound
from domain.event import Event
from domain.facts import office_key
from domain.indicators.card import card_offices
from domain.timelines import Timelines


def spelling(name: str) -> str:
    """What is left of an office's name when case, accents, quotes, punctuation and spaces do not count."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


class KnownOffices:
    """The offices of an administration, by every name and alias that they ever had; the first to bear a spelling has it."""

    def __init__(self, owner: Timelines) -> None:
        self._owner = owner
        self._ids: dict[str, str] = {}
        for key in owner.objects("office/"):
            for field in ("name", "aliases"):
                for entry in owner.entries(key, field):
                    spellings = entry.value if isinstance(entry.value, list) else [entry.value]
                    self._add(key.partition("/")[2], map(str, spellings))

    def take_in(self, event: NamedOffice) -> None:
        """Takes in an office that was just registered or renamed."""
        self._add(event.office, (event.name, *event.aliases))

    def _add(self, office: str, spellings: Iterable[str]) -> None:
        for spelled in spellings:
            self._ids.setdefault(spelling(spelled), office)

    def id(self, spelled: str) -> str | None:
        """The id of the office that a spelling means; None when no office is known by it."""
        return self._ids.get(spelling(spelled))

    def name(self, spelled: str) -> str:
        """The latest name of the office that a spelling means; the spelling itself when no office is known by it."""
        office = self.id(spelled)
        names = self._owner.entries(office_key(office), "name") if office is not None else []
        return str(names[-1].value) if names else spelled

    def require(self, spelled: Iterable[str], where: str) -> None:
        """Refuses a spelling that means no office, and names the offices there are; PersonNamed for one of a person."""
        unknown = next((name for name in spelled if self.id(name) is None), None)
        if unknown is not None:
            require_office(unknown, where)
            there = ", ".join(dict.fromkeys(self.name(office) for office in self._ids)) or "nessun ufficio registrato"
            raise NotFound(f"{unknown[:80]!r} non è un ufficio dell'ente", accepted=there, where=where)

    def names(self, spelled: Iterable[str]) -> tuple[str, ...]:
        """The names of several offices, each once."""
        return tuple(dict.fromkeys(self.name(office) for office in spelled))

    def among(self, spelled: Iterable[str], some: Collection[str] | None) -> bool:
        """Whether one of several offices is among some, which ids may say, too; None are all of them."""
        # They are said by id, which no document may ever have spelled.
        return some is None or bool({*some, *map(self.same, some)} & set(map(self.same, spelled)))

    def same(self, spelled: str) -> str:
        """What two spellings have in common when they mean one office, known or not."""
        return self.id(spelled) or spelling(spelled)


def require_office_named(owner: Timelines, name: str | None, where: str) -> None:
    """PersonNamed for a name that seems to be a person's, where the administration knows no such office."""
    if name and person_seen(name) is not None and KnownOffices(owner).id(name) is None:
        require_office(name, where)


def offices_named(event: Event) -> list[str]:
    """The offices that an event of a plan names: of an objective, or those that an indicator's card says."""
    card = getattr(event, "card", None)
    return [*(getattr(event, "offices", None) or ()), *(card_offices(dict(card)) if card is not None else ())]
