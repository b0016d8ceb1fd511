"""What the file of an office would do, seen before it is recorded: its effects, and where what it names would hang."""

from collections.abc import Callable
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from domain.names import Names
from domain.point import Point, today
from projections.audit import names_of
from projections.proposal_effects import EffectsShown, effects_of_change
from projections.store.preview_reader import PreviewReader
from projections.streams import find_plan


def titles_of(reading: PlanReading) -> dict[str, str]:
    """How the objectives of a plan are called, in the order of the tree."""
    return {row["id"]: row["title"] or row["id"] for row in reading.document["objectives"]}


class FileForeseen(NamedTuple):
    """What a file would do.

    `places` say under which objective each indicator would hang, `titles` how the objectives would be called, in the
    order of the tree.
    """

    names: Names
    effects: EffectsShown
    places: dict[str, str]
    titles: dict[str, str]


def foreseeing_file(plan: str) -> Callable[[PreviewReader], FileForeseen]:
    """The question to be asked of the preview of a file."""

    def question(reader: PreviewReader) -> FileForeseen:
        known = find_plan(reader, plan)
        pending = reader.pending(known.stream)
        day = max([today(reader.recorded_at), *(record.effective_on for record in pending)])
        after = PlanReading(reader, plan, Point(day))
        return FileForeseen(
            names=names_of(reader, known),
            effects=effects_of_change(reader, plan, day),
            places={row["id"]: row["objective"] for row in after.document["indicators"]},
            titles=titles_of(after),
        )

    return question
