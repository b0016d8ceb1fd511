"""What a monitoring says that does not hold together, in a round or for a date."""

from datetime import date

from typing_extensions import TypedDict

from domain.point import Point
from domain.rounds.contradictions import KINDS, contradictions_of
from domain.vocabulary import Identifier
from projections.answers import Count, Name, Text, Version
from projections.rounds import RoundRow, collected_for, collected_round, round_answer
from projections.store.reader import Reader


class ContradictionRow(TypedDict):
    """Una cosa che non torna."""

    kind: Name
    words: Text
    subjects: list[Text]
    offices: list[Text]
    versions: list[Version]


class Contradictions(TypedDict):
    """Che cosa non torna in un monitoraggio."""

    plan: Identifier
    version: Version
    round: RoundRow
    total: Count
    by_kind: dict[str, Count]
    contradictions: list[ContradictionRow]


def contradictions(
    reader: Reader, plan: str, point: Point, *, name: str | None = None, as_at: date | None = None
) -> Contradictions:
    """The contradictions of a round, or of what stands for a date."""
    version, collection = (
        collected_round(reader, plan, name, point)
        if name is not None
        else collected_for(reader, plan, as_at or point.as_of, point)
    )
    listed = list(contradictions_of(collection))
    kinds = [contradiction.kind for contradiction in listed]
    return {
        "plan": plan,
        "version": version,
        "round": round_answer(collection.round),
        "total": len(listed),
        "by_kind": {kind: kinds.count(kind) for kind in KINDS if kind in kinds},
        "contradictions": [
            {
                "kind": contradiction.kind,
                "words": contradiction.words,
                "subjects": list(contradiction.subjects),
                "offices": list(contradiction.offices),
                "versions": list(contradiction.versions),
            }
            for contradiction in listed
        ],
    }
