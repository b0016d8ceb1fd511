"""Parts of the plan document, each with the point that it is seen from."""

from typing import Literal

from domain.errors import NotFound
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.history import history
from projections.plan_in_force import Document, plan_in_force
from projections.store.reader import Reader

Kind = Literal["objective", "indicator"]
WORDS: dict[Kind, str] = {"objective": "l'obiettivo", "indicator": "l'indicatore"}
ACCEPTED: dict[Kind, str] = {
    "objective": "l'identificativo di un obiettivo in vigore a quella data",
    "indicator": "l'identificativo di un indicatore in vigore a quella data",
}


def part_of(reader: Reader, plan: str, point: Point, name: str) -> Document:
    """The rows of one kind."""
    document = plan_in_force(reader, plan, point)
    return _seen(plan, document) | {name: document.get(name, [])}


def one_of(reader: Reader, plan: str, point: Point, kind: Kind, one: str) -> Document:
    """One row; NotFound when it is not in force at the point."""
    document = plan_in_force(reader, plan, point)
    rows = document[f"{kind}s"]
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row["id"] == one:
            return _seen(plan, document) | {kind: row}
    found = f"{WORDS[kind]} {one[:120]!r} non è in vigore al {point.as_of:%d/%m/%Y}"
    raise NotFound(found, accepted=ACCEPTED[kind], where=kind)


def history_of(reader: Reader, plan: str, point: Point, kind: Kind, one: str) -> dict[str, JsonValue]:
    """The history of an object of this kind; NotFound when the name means something else."""
    found = history(reader, plan, one, point)
    if str(found["object"]).partition("/")[0] != kind:
        raise NotFound(f"{one[:120]!r} non è {WORDS[kind]} di questo piano", accepted=ACCEPTED[kind], where=kind)
    return found


def _seen(plan: str, document: Document) -> Document:
    return {
        "plan": plan,
        "as_of": document["as_of"],
        "known_at": document.get("known_at"),
        "version": document["version"],
    }
