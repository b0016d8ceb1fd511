"""How an office is called: documents spell one office in several ways, and an answer names it once."""

from domain.administrations.decide import spelling
from domain.timelines import Timelines


class Offices:
    """The offices of an administration, by any of their spellings."""

    def __init__(self, owner: Timelines) -> None:
        self._names: dict[str, str] = {}
        for key in owner.objects("office/"):
            said = owner.entries(key, "name")
            if not said:
                continue
            for field in ("name", "aliases"):
                for entry in owner.entries(key, field):
                    for one in entry.value if isinstance(entry.value, list) else [entry.value]:
                        self._names.setdefault(spelling(str(one)), str(said[-1].value))

    def name(self, said: str) -> str:
        """The name of the office that a spelling means; the spelling itself when no office is known by it."""
        return self._names.get(spelling(said), said)

    def names(self, said: list[str]) -> tuple[str, ...]:
        """The names of several offices, each once."""
        return tuple(dict.fromkeys(self.name(one) for one in said))
