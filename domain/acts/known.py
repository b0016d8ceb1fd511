"""Which act a citation is of, among those that are known: one act cited in two ways is one, and one that looks like another is asked about."""

from collections.abc import Collection

from domain.acts.model import Act
from domain.acts.phrase import Citation, act_cited, same_citation
from domain.errors import AlreadyThere, Malformed, Problem, Refusal


class ActLooksKnown(Refusal):
    """A new act that looks like one that is registered: nobody has said that it is another."""

    name = "act_looks_known"
    title = "Un atto simile è già registrato"


CONFIRMED_OF_AN_ACT = ("date_confirmed", "body_confirmed", "other_confirmed", "same_confirmed")
"""What is said of an act with a command, and is no part of it."""

DETAILS = ("title", "protocol", "sha256")
"""What may be said of an act later than it was registered."""


def act_on_its_day(citation: Citation, known: Collection[Act], phrase: str, where: str = "act") -> Act:
    """The act of a citation; of one that says no day, the only known one that it can be."""
    if citation.day is not None:
        return act_cited(citation, citation.day)
    meant = [act for act in known if same_citation(citation, act)]
    if len(meant) == 1:
        return act_cited(citation, meant[0].date).model_copy(update={"id": meant[0].id, "body": meant[0].body})
    found = f"l'atto {phrase[:120]!r} dice il numero e l'anno, non il giorno"
    if meant:
        found += f", e può essere {' oppure '.join(str(act) for act in meant[:5])}"
    raise Malformed([Problem(where=where, found=found, accepted=f'la data dell\'atto: "{phrase[:60]} del GG/MM/AAAA"')])


def resolve_act(act: Act, known: Collection[Act], where: str = "act") -> Act:
    """The known act that this one is, with what is said of it now; itself where it is new.

    ActLooksKnown where it looks like a known one and is not said to be another.
    """
    same = next((other for other in known if other.id == act.id), None) or _same(act, known)
    if same is not None:
        return _with_details(same, act)
    if not act.other_confirmed and (alike := [(other, why) for other in known if (why := _alike(act, other))]):
        listed = tuple(f"{other} ({why})" for other, why in alike[:20])
        raise ActLooksKnown(
            f"{act} non è registrato, e somiglia a {listed[0]}",
            accepted=f"«{alike[0][0]}», se è lo stesso; se è un altro, «(altro atto)» dopo la citazione",
            where=where,
            listed=listed,
        )
    return act


def details_to_add(act: Act, registered: Act) -> dict[str, str]:
    """What an act says that the registered one did not; AlreadyThere where it says something else."""
    if act == registered:
        return {}
    differs = _differing(act, registered)
    differs += [name for name in DETAILS if _contradicts(getattr(act, name), getattr(registered, name))]
    differs += [
        n for n in ("ratifies", "annuls") if getattr(act, n) and {*getattr(act, n)} != {*getattr(registered, n)}
    ]
    if differs:
        said = "; ".join(
            f"{_WORDS[name]} {_shown(getattr(act, name))}, non {_shown(getattr(registered, name))}" for name in differs
        )
        raise AlreadyThere(
            f"l'atto {act.id} è già registrato con altri dati: {said}",
            accepted="i dati registrati, o un altro identificativo",
            where="act",
        )
    return {name: getattr(act, name) for name in DETAILS if getattr(act, name) and not getattr(registered, name)}


_WORDS = {
    "body": "organo",
    "type": "tipo",
    "number": "numero",
    "date": "data",
    "title": "oggetto",
    "protocol": "protocollo",
    "sha256": "impronta",
    "ratifies": "ratifica",
    "annuls": "annulla",
}


def _same(act: Act, known: Collection[Act]) -> Act | None:
    """The known act that is this one: where this one does not say its body, the only one that it can be."""
    same = next((other for other in known if act.same_as(other)), None)
    if same is not None or act.body is not None or act.number is None:
        return same
    meant = [other for other in known if other.identity[1:] == act.identity[1:]]
    return meant[0] if len(meant) == 1 else None


def _with_details(registered: Act, act: Act) -> Act:
    """The registered act, with the details and the links that are said now."""
    stated = {name: value for name in (*DETAILS, "ratifies", "annuls") if (value := getattr(act, name))}
    confirmed = {name: getattr(act, name) for name in CONFIRMED_OF_AN_ACT}
    if act.same_as(registered) or act.id != registered.id:
        return registered.model_copy(update=stated | confirmed)
    return act


def _alike(act: Act, other: Act) -> str | None:
    """In which way two acts that are not the same look like one."""
    body, type_, number, day = act.identity
    other_body, other_type, other_number, other_day = other.identity
    same_body = body == other_body or not body or not other_body
    if act.sha256 and act.sha256 == other.sha256:
        return "lo stesso file"
    if act.protocol and act.protocol == other.protocol and day.year == other_day.year:
        return "lo stesso protocollo"
    if act.assumed or other.assumed:
        return None
    if not number or not other_number or day.year != other_day.year:
        return None
    if number != other_number:
        return (
            "lo stesso numero, scritto con l'anno"
            if day == other_day and same_body and _short(number, day.year) == _short(other_number, day.year)
            else None
        )
    if day == other_day and type_ == other_type:
        return "stesso numero e stessa data, altro organo"
    if day == other_day and same_body:
        return "stesso numero e stessa data, altro tipo"
    return "stesso organo e stesso numero, altra data" if same_body and type_ == other_type else None


def _short(number: str, year: int) -> str:
    return number.removesuffix(f"/{year % 100:02}").removesuffix(f"-{year}").removesuffix(f"-{year % 100:02}")


def _differing(act: Act, registered: Act) -> list[str]:
    """The parts of its identity in which an act is another than the registered one; a body that is not said is no other."""
    parts = zip(("body", "type", "number", "date"), act.identity, registered.identity, strict=True)
    return [name for name, said, known in parts if said != known and not (name == "body" and act.body is None)]


def _contradicts(said: str | None, registered: str | None) -> bool:
    return bool(said and registered and " ".join(said.split()).casefold() != " ".join(registered.split()).casefold())


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value}"
