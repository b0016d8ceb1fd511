"""What people mean by the name of an object of a plan: its id, its code, its name, or both as they are printed.

The case and the accents do not matter, nor the quotes around it.
"""

from difflib import get_close_matches

from domain.deviations.events import ACTIONS, PLANNED
from domain.errors import NameAmbiguous, NotFound
from domain.facts import IN_FORCE, LIFE, PLAN, indicator_key, objective_key, series_key
from domain.indicators.card import CARD_LABELS
from domain.names import Names
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.spelling import folded
from domain.timelines import Timelines
from domain.trees.fields import NODE_LABELS
from domain.vocabulary import ObjectKind

_FIELDS: dict[ObjectKind, tuple[str, str]] = {"indicator": ("code", "name"), "objective": ("code", "title")}
"""What an object of a kind is called by; the last is its name."""
_KINDS: dict[ObjectKind, tuple[str, str]] = {
    "indicator": ("un indicatore", "l'id, il codice o il nome di un indicatore"),
    "objective": ("un obiettivo", "l'id, il codice o il titolo di un obiettivo"),
}
NEAR, MOST_SUGGESTED, LONGEST = 0.7, 3, 300
"""How alike, from 0 to 1, a name is to those that are suggested for it; how many; characters that are compared."""
MOST_LISTED = 20
"""How many of those that have one name are listed."""


class ObjectNames:
    """The objects of a plan by what they are, or ever were, called; what one name means is found once for many."""

    def __init__(self, timelines: Timelines) -> None:
        self.timelines = timelines
        self._called: dict[ObjectKind, dict[str, list[str]]] = {}

    def object_meant(self, name: str) -> str:
        """The object that an id, a code, a name or «code name» means: an indicator before an objective.

        "objective/ID" and "indicator/ID" say which. NotFound where it means none, with what is called nearly so;
        NameAmbiguous where it may mean several.
        """
        whole = name.startswith(("indicator/", "objective/"))
        for key in (name,) if whole else (indicator_key(name), objective_key(name)):
            if key.count("/") == 1 and self.timelines.known(key):
                return key
        for kind in _FIELDS:
            if (called := self._one_called(kind, name, "object")) is not None:
                return called
        near = [each for kind in _FIELDS for each in _near(self.timelines, kind, name)][:MOST_SUGGESTED]
        raise NotFound(
            f"{name[:120]!r} non è nel piano{_perhaps(near)}",
            accepted="l'id (o il codice, o il nome) di un indicatore o obiettivo",
            where="object",
        )

    def id_meant(self, kind: ObjectKind, name: str, where: str = "object") -> str:
        """The id of the objective, or of the indicator, that an id, a code, a name or «code name» means.

        NotFound where it means none, NameAmbiguous where it may mean several.
        """
        id_ = name.strip().removeprefix(f"{kind}/")
        if self.timelines.known(f"{kind}/{id_}"):
            return id_
        if (key := self._one_called(kind, name, where)) is not None:
            return key.partition("/")[2]
        what, accepted = _KINDS[kind]
        near = _perhaps(_near(self.timelines, kind, name))
        raise NotFound(f"{name[:120]!r} non è {what} del piano{near}", accepted=accepted, where=where)

    def _one_called(self, kind: ObjectKind, name: str, where: str) -> str | None:
        """The object of a kind that is, or ever was, called so: of several, the one in force; None where none is."""
        timelines = self.timelines
        keys = self._by_name(kind).get(folded(name), [])
        in_force = [key for key in keys if (life := timelines.entries(key, LIFE)) and life[-1].value == IN_FORCE]
        exact = [key for key in in_force or keys if name.strip() in _names(timelines, kind, key)]
        keys = exact or in_force or keys
        if len(keys) > 1:
            ids = [key.partition("/")[2] for key in keys][:MOST_LISTED]
            raise NameAmbiguous(
                f"{name[:120]!r} può essere più cose",
                accepted=f"l'id di quello che si intende, uno fra: {', '.join(ids)}",
                where=where,
                listed=tuple(f"{_as_printed(timelines, kind, f'{kind}/{id_}')} (id {id_})" for id_ in ids),
            )
        return keys[0] if keys else None

    def _by_name(self, kind: ObjectKind) -> dict[str, list[str]]:
        if kind not in self._called:
            called: dict[str, list[str]] = {}
            for key in self.timelines.objects(f"{kind}/"):
                spelt = map(folded, (*_names(self.timelines, kind, key), *_printed(self.timelines, kind, key)))
                for name in dict.fromkeys(filter(None, spelt)):
                    called.setdefault(name, []).append(key)
            self._called[kind] = called
        return self._called[kind]


def object_meant(timelines: Timelines, name: str) -> str:
    """The object that one name means, as `ObjectNames` says."""
    return ObjectNames(timelines).object_meant(name)


def id_meant(timelines: Timelines, kind: ObjectKind, name: str, where: str = "object") -> str:
    """The id that one name of an objective or an indicator means, as `ObjectNames` says."""
    return ObjectNames(timelines).id_meant(kind, name, where)


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


def _as_printed(timelines: Timelines, kind: ObjectKind, key: str) -> str:
    """An object with its latest code and name, its kind first, and the objective that it stands under."""
    name = _called_now(timelines, kind, key)
    if kind == "indicator":
        places = timelines.objects(f"assignment/{key.partition('/')[2]}/")
        served = _called_now(timelines, "objective", objective_key(places[0].split("/")[2])) if places else ""
        return f"indicatore «{name}» di «{served}»" if served else f"indicatore «{name}»"
    above = timelines.entries(key, "parent")
    parent = (
        _called_now(timelines, "objective", objective_key(str(above[-1].value))) if above and above[-1].value else ""
    )
    return f"obiettivo «{name}» sotto «{parent}»" if parent else f"obiettivo «{name}»"


def _called_now(timelines: Timelines, kind: ObjectKind, key: str) -> str:
    latest = [entries[-1].value for field in _FIELDS[kind] if (entries := timelines.entries(key, field))]
    return " ".join(str(value) for value in latest if value)


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
    for key in timelines.objects("tree/"):
        words = [
            str(entries[-1].value)
            for field in ("code", "title")
            if (entries := timelines.entries(key, field)) and entries[-1].value
        ]
        by_key[key] = " ".join(words) or key.rpartition("/")[2]
    for key in timelines.objects(ACTIONS):
        if planned := timelines.entries(key, PLANNED):
            stored = planned[-1].value
            remedy = stored.get("remedy") if isinstance(stored, dict) else None
            by_key[key] = str(remedy or key.removeprefix(ACTIONS))
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
    labels = NODE_LABELS if kind == "tree" else OBJECTIVE_LABELS | CARD_LABELS
    label = labels.get(field, "")
    return f"{what}, {label}" if label else what
