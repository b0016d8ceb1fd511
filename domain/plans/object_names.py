"""What people mean by the name of an object of a plan: its id, its code, its name, or both as they are printed.

The case and the accents do not matter, nor the quotes around it.
"""

from difflib import get_close_matches

from domain.deviations.events import ACTIONS, PLANNED
from domain.errors import NotFound
from domain.facts import IN_FORCE, LIFE, PLAN, indicator_key, objective_key, series_key
from domain.indicators.card import CARD_LABELS
from domain.names import Names
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.spelling import folded
from domain.timelines import Timelines
from domain.vocabulary import ObjectKind

_FIELDS: dict[ObjectKind, tuple[str, str]] = {"indicator": ("code", "name"), "objective": ("code", "title")}
"""What an object of a kind is called by; the last is its name."""
_KINDS: dict[ObjectKind, tuple[str, str]] = {
    "indicator": ("un indicatore", "l'id, il codice o il nome di un indicatore"),
    "objective": ("un obiettivo", "l'id, il codice o il titolo di un obiettivo"),
}
NEAR, MOST_SUGGESTED, LONGEST = 0.7, 3, 300
"""How alike, from 0 to 1, a name is to those that are suggested for it; how many; characters that are compared."""


def object_meant(timelines: Timelines, name: str) -> str:
    """The object that an id, a code, a name or «code name» means: an indicator before an objective; NotFound otherwise.

    "objective/ID" and "indicator/ID" say which. What is called nearly so is suggested.
    """
    whole = name.startswith(("indicator/", "objective/"))
    for key in (name,) if whole else (indicator_key(name), objective_key(name)):
        if key.count("/") == 1 and timelines.known(key):
            return key
    for kind in _FIELDS:
        if (called := _called(timelines, kind, name, "object")) is not None:
            return called
    near = [each for kind in _FIELDS for each in _near(timelines, kind, name)][:MOST_SUGGESTED]
    raise NotFound(
        f"{name[:120]!r} non è nel piano{_perhaps(near)}",
        accepted="l'id (o il codice, o il nome) di un indicatore o obiettivo",
        where="object",
    )


def id_meant(timelines: Timelines, kind: ObjectKind, name: str, where: str = "object") -> str:
    """The id of the objective, or of the indicator, that an id, a code, a name or «code name» means; NotFound otherwise."""
    id_ = name.strip().removeprefix(f"{kind}/")
    if timelines.known(f"{kind}/{id_}"):
        return id_
    if (key := _called(timelines, kind, name, where)) is not None:
        return key.partition("/")[2]
    what, accepted = _KINDS[kind]
    near = _perhaps(_near(timelines, kind, name))
    raise NotFound(f"{name[:120]!r} non è {what} del piano{near}", accepted=accepted, where=where)


def _called(timelines: Timelines, kind: ObjectKind, name: str, where: str) -> str | None:
    """The object of a kind that is, or ever was, called so: of several, the one in force; None where none is."""
    wanted = folded(name)
    keys = [
        key
        for key in timelines.objects(f"{kind}/")
        if wanted and wanted in map(folded, (*_names(timelines, kind, key), *_printed(timelines, kind, key)))
    ]
    in_force = [key for key in keys if (life := timelines.entries(key, LIFE)) and life[-1].value == IN_FORCE]
    exact = [key for key in in_force or keys if name.strip() in _names(timelines, kind, key)]
    keys = exact or in_force or keys
    if len(keys) > 1:
        which = ", ".join(key.partition("/")[2] for key in keys)
        raise NotFound(f"{name[:120]!r} può essere più cose", accepted=f"uno fra: {which}", where=where)
    return keys[0] if keys else None


def _near(timelines: Timelines, kind: ObjectKind, name: str) -> list[str]:
    """The latest names of the objects of a kind that are called nearly so, the nearest first."""
    spelt = {
        folded(each)[:LONGEST]: key
        for key in timelines.objects(f"{kind}/")
        for each in (*_names(timelines, kind, key), key.partition("/")[2])
    }
    near = dict.fromkeys(spelt[each] for each in get_close_matches(folded(name)[:LONGEST], spelt, MOST_SUGGESTED, NEAR))
    return [str(entries[-1].value) for key in near if (entries := timelines.entries(key, _FIELDS[kind][-1]))]


def _names(timelines: Timelines, kind: ObjectKind, key: str) -> list[str]:
    return [str(entry.value) for field in _FIELDS[kind] for entry in timelines.entries(key, field) if entry.value]


def _printed(timelines: Timelines, kind: ObjectKind, key: str) -> list[str]:
    """An object as lists print it, its code before its name, by each that it has had."""
    codes, names = (
        [str(entry.value) for entry in timelines.entries(key, field) if entry.value] for field in _FIELDS[kind]
    )
    return [f"{code} {name}" for code in codes for name in names]


def _perhaps(names: list[str]) -> str:
    return f"; forse {' oppure '.join(f'«{name}»' for name in names)}" if names else ""


def names_in(timelines: Timelines) -> Names:
    """How the objects of a plan are called, by their latest code and title or name."""
    by_key: dict[str, str] = {}
    for kind, field in (("objective/", "title"), ("indicator/", "name")):
        for key in timelines.objects(kind):
            titles = timelines.entries(key, field)
            code = timelines.entries(key, "code")
            words = [str(entries[-1].value) for entries in (code, titles) if entries and entries[-1].value]
            by_key[key] = " ".join(words)
            series = timelines.entries(key, "series")
            if series:
                by_key[series_key(str(series[-1].value))] = by_key[key]
    for key in timelines.objects(ACTIONS):
        if planned := timelines.entries(key, PLANNED):
            by_key[key] = str(planned[-1].value["remedy"]) if isinstance(planned[-1].value, dict) else ""
    return Names(by_key)


def part_called(names: Names, key: str, field: str = "") -> str:
    """An object of a plan, or a field of it, as a list says it: «Incasso», target 2024."""
    kind, _, rest = key.partition("/")
    if key == PLAN:
        what = "il piano"
    elif kind == "assignment":
        indicator, _, objective = rest.partition("/")
        what = f"{names.indicator(indicator)} in {names.objective(objective)}"
    else:
        what = names.called(key)
    part, _, year = field.partition("/")
    if part == "target":
        return f"{what}, target {year.partition('/')[0]}"
    label = OBJECTIVE_LABELS.get(field) or CARD_LABELS.get(field) or ""
    return f"{what}, {label}" if label else what
