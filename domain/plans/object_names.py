"""What people mean by the name of an object of a plan."""

from difflib import get_close_matches

from domain.errors import NotFound
from domain.facts import IN_FORCE, LIFE, indicator_key, objective_key
from domain.spelling import as_seen
from domain.timelines import Timelines
from domain.vocabulary import ObjectKind

_OF_KIND: dict[ObjectKind, tuple[tuple[str, ...], str, str]] = {
    "objective": (("code", "title"), "un obiettivo", "l'id, il codice o il titolo esatto di un obiettivo"),
    "indicator": (("code", "name"), "un indicatore", "l'id, il codice o il nome esatto di un indicatore"),
}


def object_meant(timelines: Timelines, name: str) -> str:
    """The object that an id, a code or an exact name means: an indicator before an objective; NotFound otherwise.

    "objective/ID" and "indicator/ID" say which.
    """
    whole = name.startswith(("indicator/", "objective/"))
    for key in (name,) if whole else (indicator_key(name), objective_key(name)):
        if key.count("/") == 1 and timelines.known(key):
            return key
    wanted = name.casefold().strip()
    for kind, fields in (("indicator/", ("code", "name")), ("objective/", ("code", "title"))):
        agreeing = [
            key
            for key in timelines.objects(kind)
            if any(str(e.value).casefold() == wanted for field in fields for e in timelines.entries(key, field))
        ]
        if len(agreeing) == 1:
            return agreeing[0]
        if agreeing:
            which = ", ".join(key.partition("/")[2] for key in agreeing)
            raise NotFound(f"{name!r} può essere più cose", accepted=f"uno fra: {which}", where="object")
    raise NotFound(
        f"{name[:120]!r} non è nel piano",
        accepted="l'id (o il codice, o il nome) di un indicatore o obiettivo",
        where="object",
    )


def id_meant(timelines: Timelines, kind: ObjectKind, name: str, where: str = "object") -> str:
    """The id of the objective, or of the indicator, that an id, a code or a name means; NotFound otherwise.

    Of several that were ever called so, the one that is in force. What is called nearly so is suggested.
    """
    fields, what, accepted = _OF_KIND[kind]
    id_ = name.strip().removeprefix(f"{kind}/")
    if timelines.known(f"{kind}/{id_}"):
        return id_
    called = {
        key: {_spelled(str(entry.value)) for field in fields for entry in timelines.entries(key, field) if entry.value}
        for key in timelines.objects(f"{kind}/")
    }
    wanted = _spelled(name)
    keys = [key for key, names in called.items() if wanted in names]
    in_force = [key for key in keys if (life := timelines.entries(key, LIFE)) and life[-1].value == IN_FORCE]
    keys = in_force or keys
    ids = [key.partition("/")[2] for key in keys]
    if len(ids) == 1:
        return ids[0]
    if ids:
        found = f"{name[:120]!r} può essere più cose"
        raise NotFound(found, accepted=f"uno fra: {', '.join(ids)}", where=where)
    known = {spelt: key for key, names in called.items() for spelt in (*names, key.partition("/")[2])}
    near = dict.fromkeys(known[spelt] for spelt in get_close_matches(wanted, known, 3, 0.6))
    named = [f"{key.partition('/')[2]} ({timelines.entries(key, fields[1])[-1].value})" for key in near]
    perhaps = f"; forse {' oppure '.join(named)}" if named else ""
    raise NotFound(f"{name[:120]!r} non è {what} del piano", accepted=accepted + perhaps, where=where)


def _spelled(text: str) -> str:
    return as_seen(text).casefold()
