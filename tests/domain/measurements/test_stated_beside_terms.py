"""A value stated in words beside the numerator and denominator that it comes from."""

from decimal import Decimal

import pytest

from domain.measurements.commands import RecordMeasurement
from domain.measurements.decide import observed_in
from domain.measurements.values import NumberValue

BASE = {"series": "s", "period": "2022", "data_as_at": "2022-12-31"}
TERMS = {"numerator": "7", "denominator": "10"}


@pytest.mark.parametrize(("text", "value", "unit"), [("70%", "70", "%"), ("0,7", "0.7", None)])
def test_a_stated_text_is_kept_beside_the_terms(text: str, value: str, unit: str | None) -> None:
    observed = observed_in(RecordMeasurement.model_validate(BASE | TERMS | {"text": text}))
    assert isinstance(observed, NumberValue)
    assert (observed.value, observed.unit) == (Decimal(value), unit)
    assert (observed.numerator, observed.denominator) == (Decimal(7), Decimal(10))


@pytest.mark.parametrize(
    "said", [TERMS | {"text": "n.d."}, {"text": "70%", "value": "70"}, TERMS | {"text": "70%", "unit": "EUR"}]
)
def test_what_is_no_stated_value_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="text"):
        RecordMeasurement.model_validate(BASE | said)
