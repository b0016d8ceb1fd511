"""What people mean by the name of an object of a plan."""

from domain.errors import NotFound
from domain.facts import indicator_key, objective_key
from domain.timelines import Timelines


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
