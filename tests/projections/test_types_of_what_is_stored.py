"""The types of what is stored name the very fields that the events and rules of the domain store."""

from typing import get_args

import pytest

from domain.acts.model import Act
from domain.indicators.card import CARD_FIELDS
from domain.measurements.events import Evidence, MeasurementRecorded, StatusReported
from domain.measurements.values import Benchmark, Observed
from domain.objectives.fields import OBJECTIVE_FIELDS
from domain.plans.events import PlanDrafted
from domain.targets.model import Step, Target
from projections import stored_objects as stored
from projections.plan_in_force import IndicatorInForce, ObjectiveInForce

NOT_STORED = {"series", "period", "subject", "id"}
"""What of an event names its object and field."""


def _of_union(union: object) -> set[str]:
    return {field for model in get_args(get_args(union)[0]) for field in model.model_fields}


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        (stored.StoredPlan, set(PlanDrafted.model_fields) - {"plan", "administration"} | {"succeeded_by"}),
        (stored.StoredObjective, {*OBJECTIVE_FIELDS, "condition_met"}),
        (stored.StoredIndicator, {*CARD_FIELDS, "series"}),
        (stored.StoredTarget, _of_union(Target)),
        (stored.StoredObserved, _of_union(Observed)),
        (stored.StoredMeasurement, set(MeasurementRecorded.model_fields) - NOT_STORED),
        (stored.StoredStatus, set(StatusReported.model_fields) - NOT_STORED),
        (stored.StoredAct, {name for name, field in Act.model_fields.items() if not field.exclude}),
        (stored.StoredStep, set(Step.model_fields)),
        (stored.StoredBenchmark, set(Benchmark.model_fields)),
        (stored.StoredEvidence, set(Evidence.model_fields)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_type_has_the_fields_that_are_stored(type_: type, fields: set[str]) -> None:
    assert set(type_.__annotations__) == fields


def test_a_row_in_force_has_every_field_of_its_model() -> None:
    assert set(CARD_FIELDS) <= IndicatorInForce.__required_keys__ | IndicatorInForce.__optional_keys__
    assert set(OBJECTIVE_FIELDS) <= ObjectiveInForce.__required_keys__ | ObjectiveInForce.__optional_keys__
