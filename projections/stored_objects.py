"""A state by object, and the types of what is stored: the one place where stored JSON is taken for what it is.

The deciders held each value to its type when it was recorded, and the record is never altered: nothing is checked again
at each question. A value of another type is the fault of whoever wrote the record by other ways.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NotRequired, cast

from typing_extensions import TypedDict

from domain.acts.known import DETAILS
from domain.acts.model import ActType
from domain.facts import (
    ADMINISTRATION,
    PLAN,
    assignment_key,
    indicator_key,
    node_key,
    objective_key,
    office_key,
    series_key,
)
from domain.indicators.card import PolarityBasis
from domain.indicators.feeds import PlaceFeeds
from domain.measurements.events import Finality, StatusWord
from domain.plans.objects import Objects
from domain.timelines import Cell, Entry
from domain.vocabulary import JsonValue, ObjectKind, Polarity

Entries = Mapping[Cell, Entry]


class StoredPlan(TypedDict):
    """What a plan says of itself, its years and its rules apart."""

    title: str
    first_year: int
    last_year: int
    levels: NotRequired[list[str] | None]
    drafted_on: NotRequired[str | None]
    predecessor: NotRequired[str | None]
    succeeded_by: NotRequired[str | None]


class StoredObjective(TypedDict):
    """The fields of an objective; the years that do not count apart."""

    level: str
    code: NotRequired[str | None]
    title: NotRequired[str | None]
    parent: NotRequired[str | None]
    weight: NotRequired[str | None]
    classifications: NotRequired[dict[str, str] | None]
    offices: NotRequired[list[str] | None]
    condition: NotRequired[str | None]
    period: NotRequired[str | None]
    condition_met: NotRequired[bool | None]
    description: NotRequired[str | None]
    benefits: NotRequired[str | None]
    stakeholders: NotRequired[list[str] | None]
    budget_reference: NotRequired[str | None]
    budget_amount: NotRequired[str | None]
    staff: NotRequired[str | None]
    tags: NotRequired[list[str] | None]


class StoredIndicator(TypedDict):
    """The card of an indicator and the series that it continues; its targets apart."""

    name: str
    series: NotRequired[str | None]
    formula: NotRequired[str | None]
    unit: NotRequired[str | None]
    polarity: NotRequired[Polarity | None]
    polarity_basis: NotRequired[PolarityBasis | None]
    source: NotRequired[str | None]
    kind: NotRequired[str | None]
    frequency: NotRequired[str | None]
    owner: NotRequired[str | None]
    baseline: NotRequired[str | None]
    code: NotRequired[str | None]
    codes: NotRequired[dict[str, str] | None]
    common: NotRequired[bool | None]
    name_from_formula: NotRequired[bool | None]
    description: NotRequired[str | None]
    note: NotRequired[str | None]
    baseline_unit: NotRequired[str | None]
    baseline_on: NotRequired[str | None]
    links: NotRequired[list[str] | None]
    co_owners: NotRequired[list[str] | None]
    measured_by: NotRequired[str | None]


class StoredNode(TypedDict, total=False):
    """What a node of a further tree says of itself."""

    level: str | None
    code: str | None
    title: str | None
    order: int | None
    parent: str | None
    weight: str | None


class StoredAssignment(TypedDict, total=False):
    """How an indicator serves an objective."""

    weight: str | None
    feeds: PlaceFeeds | None


class StoredStep(TypedDict):
    """What is due by a day."""

    by: str
    value: str
    unit: NotRequired[str | None]


class FormOfTarget(TypedDict):
    """The fields of a target that only some forms have."""

    note: NotRequired[str]
    meaning: NotRequired[str]
    implied: NotRequired[str]
    tolerance: NotRequired[str]
    low: NotRequired[str]
    high: NotRequired[str]
    steps: NotRequired[list[StoredStep]]
    scale: NotRequired[list[str]]
    base: NotRequired[str | int]
    reference: NotRequired[str]
    period: NotRequired[str]
    published_on: NotRequired[str]
    source: NotRequired[str]
    reason: NotRequired[str]
    at: NotRequired[int]


class StoredTarget(FormOfTarget):
    """A target, as its text was read."""

    text: NotRequired[str | None]
    form: NotRequired[str | None]
    comparator: NotRequired[str | None]
    value: NotRequired[str | None]
    unit: NotRequired[str | None]


class ObservedFigures(TypedDict):
    """The figures in what was observed."""

    value: NotRequired[str]
    unit: NotRequired[str]
    numerator: NotRequired[str]
    denominator: NotRequired[str]


class StoredBenchmark(TypedDict):
    """The value of others, printed beside one's own."""

    name: str
    value: str


class StoredObserved(ObservedFigures):
    """What was observed, as it was read: the fields of its kind."""

    kind: str
    text: str
    note: NotRequired[str]
    benchmarks: NotRequired[list[StoredBenchmark]]
    reason: NotRequired[str]
    at: NotRequired[int]


class StoredEvidence(TypedDict):
    """Where a figure can be checked."""

    reference: NotRequired[str]
    sha256: NotRequired[str]


class StoredMeasurement(TypedDict):
    """What was measured of a series for a period."""

    observed: StoredObserved
    finality: Finality
    data_as_at: str
    office: NotRequired[str]
    evidence: NotRequired[StoredEvidence]
    terms: NotRequired[dict[str, str]]


class StoredStatus(TypedDict):
    """How an objective or an indicator was last reported to stand."""

    status: StatusWord
    progress: NotRequired[str]
    reported_on: str


class StoredAct(TypedDict):
    """A registered act."""

    id: str
    body: str | None
    type: ActType
    number: NotRequired[str | None]
    date: str
    title: NotRequired[str | None]
    protocol: NotRequired[str | None]
    sha256: NotRequired[str | None]
    ratifies: NotRequired[list[str]]
    annuls: NotRequired[list[str]]
    assumed: NotRequired[bool]


class StoredAdministration(TypedDict, total=False):
    """What an administration says of itself."""

    name: str | None
    ipa_code: str | None


class StoredOffice(TypedDict, total=False):
    """What an office says of itself."""

    name: str
    aliases: list[str] | None


class StoredObjects(Objects):
    """A state by object, of which each is read with the type that it is stored with."""

    __slots__ = ()

    def plan(self) -> StoredPlan | None:
        """What the plan says of itself; None where it is not drafted yet."""
        return cast("StoredPlan | None", self.by_key.get(PLAN))

    def objective(self, objective: str) -> StoredObjective:
        """The fields of an objective."""
        return cast("StoredObjective", self.by_key[objective_key(objective)])

    def neutralised(self, objective: str) -> list[int]:
        """The years in which an objective does not count, in order."""
        return sorted(
            int(field.partition("/")[2])
            for field in self.by_key[objective_key(objective)]
            if field.startswith("neutralised/")
        )

    def indicator(self, indicator: str) -> StoredIndicator:
        """The card of an indicator."""
        return cast("StoredIndicator", self.by_key[indicator_key(indicator)])

    def targets(self, indicator: str) -> list[tuple[int, int, StoredTarget]]:
        """The targets in force of an indicator, each with its year and ordinal, in their order."""
        stored = [
            (*place, cast("StoredTarget", value))
            for field, value in self.by_key[indicator_key(indicator)].items()
            if (place := _place_of_target(field)) is not None and value is not None
        ]
        # No two have the same year and ordinal, so that their values are never compared.
        return sorted(stored) if len(stored) > 1 else stored

    def node(self, tree: str, node: str) -> StoredNode:
        """What a node of a further tree says of itself."""
        return cast("StoredNode", self.by_key[node_key(tree, node)])

    def assignment(self, indicator: str, objective: str) -> StoredAssignment:
        """How an indicator serves an objective."""
        return cast("StoredAssignment", self.by_key[assignment_key(indicator, objective)])

    def status(self, subject: ObjectKind, id_: str) -> StoredStatus | None:
        """The status last reported of an objective or an indicator."""
        return cast("StoredStatus | None", self.value(f"{subject}/{id_}", "status"))

    def measurements(self, series: str) -> list[tuple[str, StoredMeasurement]]:
        """The measurements of a series, each with its period, in the order of their periods."""
        fields = self.by_key[series_key(series)]
        return [
            (period, cast("StoredMeasurement", fields[period]))
            for period in sorted(fields)
            if fields[period] is not None
        ]

    def act(self, act: str) -> StoredAct | None:
        """A registered act, with what was said of it since."""
        registered = cast("StoredAct | None", self.value(f"act/{act}", "act"))
        if registered is None:
            return None
        later = {name: said for name in DETAILS if (said := self.value(f"act/{act}", name)) is not None}
        return cast("StoredAct", {**registered, **later}) if later else registered

    def administration(self) -> StoredAdministration:
        """What the administration says of itself."""
        return cast("StoredAdministration", self.by_key.get(ADMINISTRATION, {}))

    def office(self, office: str) -> StoredOffice:
        """What an office says of itself."""
        return cast("StoredOffice", self.by_key[office_key(office)])


def objects(state: Entries) -> StoredObjects:
    """Groups a state by object."""
    grouped: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    for (object_, field), entry in state.items():
        grouped[object_][field] = entry.value
    return StoredObjects(dict(grouped))


@lru_cache(maxsize=1_000)
def _place_of_target(field: str) -> tuple[int, int] | None:
    """The year and the ordinal of a target; None where a field is none."""
    kind, _, place = field.partition("/")
    if kind != "target":
        return None
    year, ordinal = place.split("/")
    return int(year), int(ordinal)
