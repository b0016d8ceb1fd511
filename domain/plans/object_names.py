"""What people mean by the name of an object of a plan."""

from difflib import SequenceMatcher

from domain.errors import NotFound
from domain.facts import indicator_key, objective_key
from domain.spelling import folded
from domain.timelines import Timelines

NEAR = 0.75
"""How alike, from 0 to 1, a name is to the one that is suggested for it."""
MOST_SUGGESTED = 3
LONGEST = 300
"""Characters of a name that is looked for among those that are alike."""


def object_meant(timelines: Timelines, name: str) -> str:
    """The object that an id, a code or a name means: an indicator before an objective; NotFound otherwise, with those near it.

    "objective/ID" and "indicator/ID" say which. Case, accents, signs and spaces tell no names apart.
    """
    whole = name.startswith(("indicator/", "objective/"))
    for key in (name,) if whole else (indicator_key(name), objective_key(name)):
        if key.count("/") == 1 and timelines.known(key):
            return key
    names: dict[str, dict[str, str]] = {}
    for kind, fields in (("indicator/", ("code", "name")), ("objective/", ("code", "title"))):
        called = {
            key: {str(entry.value) for field in fields for entry in timelines.entries(key, field) if entry.value}
            for key in timelines.objects(kind)
        }
        for wanted, spelt in ((name.strip(), str.strip), (folded(name), folded)):
            agreeing = [key for key, own in called.items() if wanted and wanted in map(spelt, own)]
            if len(agreeing) == 1:
                return agreeing[0]
            if agreeing:
                which = ", ".join(key.partition("/")[2] for key in agreeing)
                raise NotFound(f"{name!r} può essere più cose", accepted=f"uno fra: {which}", where="object")
        for key, own in called.items():
            names.setdefault(key, {}).update({folded(each): each for each in own})
    near = near_names(name, {folded_name: each for own in names.values() for folded_name, each in own.items()})
    hint = f"; forse {' oppure '.join(f'«{each}»' for each in near)}" if near else ""
    raise NotFound(
        f"{name[:120]!r} non è nel piano{hint}",
        accepted="l'id (o il codice, o il nome) di un indicatore o obiettivo",
        where="object",
    )


def near_names(name: str, names: dict[str, str]) -> list[str]:
    """The names that are nearly one, the nearest first; `names` are those that there are, by their folded spelling."""
    wanted = folded(name[:LONGEST])
    alike: list[tuple[float, str]] = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for spelt, shown in names.items():
        matcher.set_seq1(spelt[:LONGEST])
        if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and (ratio := matcher.ratio()) >= NEAR:
            alike.append((ratio, shown))
    return [shown for _, shown in sorted(alike, key=lambda each: -each[0])][:MOST_SUGGESTED]
