"""What a change would do: the changes that it makes, what differs, and how far the change rate of each year goes.

Each stream is read once. The history before is that of what is recorded; the history after is the same with the pending
events: nothing is recorded, and nobody waits.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled
from domain.changes import official_rate as official
from domain.changes.rate import YearRates, year_rates
from domain.facts import LIFE
from domain.plans.history import PlanHistory, changes_among, changes_that_count
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import Timelines
from domain.vocabulary import Identifier, JsonValue
from projections.answers import Day
from projections.change_rate import PlainRates, Rates, described, plain_rates
from projections.differences import Difference, between
from projections.official_rate import OfficialEffect, described_effect
from projections.plan_history import PlanChange, read_history
from projections.plan_history import described as described_change
from projections.plan_in_force import Objects
from projections.store.preview_reader import PreviewReader
from projections.streams import find_plan

OF_EVERY_OBJECT = (LIFE, "parent", "title", "name")
"""The fields by which a change of one object brings others in or out of force, and by which those are named."""


class BeforeAfter(TypedDict):
    """Il tasso di modifica di un anno, prima e dopo."""

    before: Rates
    after: Rates
    official: OfficialEffect


class ChangePreview(TypedDict):
    """Che cosa farebbero le modifiche: quali sono, che cosa cambia, fin dove va il tasso di modifica."""

    preview: Literal[True]
    plan: Identifier
    as_of: Annotated[Day, Field(description="La data a cui si confrontano prima e dopo.")]
    changes: list[PlanChange]
    differences: list[Difference]
    change_rate: dict[str, BeforeAfter]


class PlainBeforeAfter(TypedDict):
    """Il tasso di modifica di un anno, prima (null se era di una bozza) e dopo, senza l'elenco di ciò che conta."""

    before: PlainRates | None
    after: PlainRates


class _Histories:
    """The history of a plan before a pending append, and after it."""

    def __init__(self, reader: PreviewReader, plan: str) -> None:
        known = find_plan(reader.before, plan)
        self.before = read_history(reader.before, known)
        self.pending = reader.pending(known.stream)
        version = self.before.version + len(self.pending)
        self.after = self.before.after(self.pending, reader.annulled(known.stream, version))


def change_preview(reader: PreviewReader, plan: str, as_of: date | None = None) -> ChangePreview:
    """What the pending append would do to a plan, compared on a date: by default that of its last change.

    The years are all those that it touches, by what they speak of or by the date from which they hold.
    """
    histories = _Histories(reader, plan)
    before, after, pending = histories.before, histories.after, histories.pending
    on = as_of or max((record.effective_on for record in pending), default=date.max)
    texts = reader.texts([record.justification for record in pending])
    years = _years_touched(pending, after.years)
    objects = _objects_touched(before, pending)
    rates_before, rates_after = _rates(before, years, on), _rates(after, years, on)
    point_before, point_after = Point(on, reader.recorded_at - timedelta(microseconds=1)), Point(on)
    official_before = official.official_rates(before, years, point_before, rates_before)
    official_after = official.official_rates(after, years, point_after, rates_after)
    return {
        "preview": True,
        "plan": plan,
        "as_of": on.isoformat(),
        "changes": [described_change(change, texts) for change in changes_among(after, pending)],
        "differences": between(_state(before.timelines, on, objects), _state(after.timelines, on, objects)),
        "change_rate": {
            str(year): {
                "before": described(rates_before[year].rates),
                "after": described(rates_after[year].rates),
                "official": described_effect(official_before[year], official_after[year]),
            }
            for year in years
        },
    }


def rates_before_and_after(
    reader: PreviewReader, plan: str, years: Iterable[int], as_of: date
) -> dict[str, PlainBeforeAfter]:
    """The change rates of some years before the pending append and after it; nothing of a year of a draft."""
    histories = _Histories(reader, plan)
    approved = [year for year in years if year in histories.after.approvals]
    before = _rates(histories.before, [year for year in approved if year in histories.before.approvals], as_of)
    after = _rates(histories.after, approved, as_of)
    return {
        str(year): {
            "before": plain_rates(before[year].rates) if year in before else None,
            "after": plain_rates(after[year].rates),
        }
        for year in approved
    }


def _rates(history: PlanHistory, years: Iterable[int], as_of: date) -> dict[int, YearRates]:
    changes = changes_that_count(history, as_of)
    return {year: year_rates(history, year, as_of, changes) for year in years}


def _years_touched(pending: Iterable[Recorded], years: range) -> list[int]:
    touched: set[int] = set()
    for record in pending:
        if (part := record.event.touch()) is not None:
            touched |= {record.effective_on.year, part.year or record.effective_on.year}
    return sorted(touched & set(years))


def _objects_touched(before: PlanHistory, pending: Iterable[Recorded]) -> set[str]:
    """The objects of which the pending events speak, or of which those speak that they annul, or restore by annulling."""
    versions: set[int] = set()
    events = [record.event for record in pending]
    for event in events:
        versions.update(event.versions if isinstance(event, EventsAnnulled) else ())
    named = [record.event for record in before.records if record.version in versions]
    if any(isinstance(event, EventsAnnulled) for event in named):
        named = [record.event for record in before.records]
    return {fact.object for event in (*events, *named) for fact in event.facts()}


def _state(timelines: Timelines, on: date, objects: Collection[str]) -> Objects:
    """The state on a date: all that is said of some objects, and of every other only what may depend on them."""
    state: dict[str, dict[str, JsonValue]] = {}
    for key in timelines.objects("/"):
        fields = timelines.fields(key) if key in objects else OF_EVERY_OBJECT
        values = {field: entry.value for field in fields if (entry := timelines.entry(key, field, on)) is not None}
        if values:
            state[key] = values
    return Objects(state)
