"""Events as pages of a plan name them: the address of each, and who recorded it."""

from collections.abc import Iterable

from api.language.translation import translated
from api.pages import addresses
from api.pages.visit import PlanVisit
from domain.errors import NotFound
from domain.patterns import regex
from projections.access import people
from projections.roles import ACCOUNT, ROLES, role_of
from projections.streams import PlanKnown, proposals_stream, review_stream

_PART = regex(r"(?P<mark>[eop]?)(?P<version>[1-9][0-9]{0,9})")

_OF_WHOM = {"": "", "e": "dell'amministrazione", "o": "dell'OIV", "p": "delle proposte"}


class EventAddresses:
    """Where the events of a visit are shown: `12` is of the plan, `e12` of its administration, `o12` of the OIV, `p12` of the proposals."""

    def __init__(self, visit: PlanVisit) -> None:
        self.visit = visit
        known = visit.reading.known
        self._marks = {stream: mark for mark, stream in _streams(known).items()}

    def of(self, stream: str, version: int) -> str:
        """The address of an event; nothing for whoever may not read the record."""
        if not self.visit.may("show_plan_event"):
            return ""
        return self.visit.to(addresses.EVENT, version=self.part(stream, version))

    def of_plan(self, version: int) -> str:
        """The same, of the plan's own stream."""
        return self.of(self.visit.reading.known.stream, version)

    def cited(self, stream: str, version: int) -> str:
        """The same, of an event that an answer cites: its stream is `plan` or `administration`."""
        known = self.visit.reading.known
        return self.of(known.stream if stream == "plan" else known.administration_stream, version)

    def part(self, stream: str, version: int) -> str:
        """How the address names an event."""
        return f"{self._marks.get(stream, '')}{version}"

    def of_whom(self, stream: str) -> str:
        """Whose events a stream holds, in words; nothing for the plan's own."""
        return _OF_WHOM[self._marks.get(stream, "")]

    def place(self, part: str) -> tuple[str, int]:
        """The stream and the version that an address names; NotFound for what names none."""
        match = _PART.fullmatch(part)
        if match is None:
            accepted = "un numero, o un numero dopo e, o, p"
            raise NotFound(f"l'evento {part[:40]!r} non c'è", accepted=accepted, where="version")
        return _streams(self.visit.reading.known)[match["mark"]], int(match["version"])


def _streams(known: PlanKnown) -> dict[str, str]:
    return {
        "": known.stream,
        "e": known.administration_stream,
        "o": review_stream(known.plan),
        "p": proposals_stream(known.plan),
    }


class Recorders:
    """Who recorded events, as a visit may know it: the person of an account, else its role; nothing for others."""

    def __init__(self, visit: PlanVisit, actors: Iterable[str | None]) -> None:
        shown = {actor for actor in actors if actor} if visit.may("list_actors") else set[str]()
        persons = people.of_accounts(visit.reading.reader.cursor, shown)
        self._names = {actor: persons[actor].name if actor in persons else _role(visit, actor) for actor in shown}

    def name(self, actor: str | None) -> str:
        """How somebody is called; an empty text where that is not for the visitor."""
        return self._names.get(actor or "", "")


def _role(visit: PlanVisit, actor: str) -> str:
    role = role_of(actor)
    return actor if role == ACCOUNT else translated(ROLES[role], visit.language)


def object_title(visit: PlanVisit, key: str) -> str:
    """How an object is called, without quotes; the plan, and what has no name, by what it is."""
    kind, _, id_ = key.partition("/")
    if kind == "assignment":
        return object_title(visit, f"indicator/{id_.partition('/')[0]}")
    return visit.reading.names.by_key.get(key) or (
        translated("il piano", visit.language) if kind == "plan" else id_ or key
    )


def object_address(visit: PlanVisit, key: str) -> str:
    """The page of an object; nothing where it has none."""
    kind, _, id_ = key.partition("/")
    match kind:
        case "indicator":
            return visit.to(addresses.INDICATOR, indicator=id_)
        case "assignment":
            return visit.to(addresses.INDICATOR, indicator=id_.partition("/")[0])
        case "objective":
            return visit.to(addresses.OBJECTIVE, objective=id_)
        case _:
            return ""
