"""How the series of an indicator is called, and whose it is."""

from domain.indicators.series import is_called_after, is_of_plan, own_series, series_of
from tests.support.given import Given


def test_a_series_that_nobody_names_is_called_after_plan_and_indicator() -> None:
    series = own_series("piano-2022", "i1")
    assert series == "piano-2022.i1"
    assert len(own_series("p" * 100, "i" * 100)) == 120
    assert (is_of_plan(series, "piano-2022"), is_of_plan(series, "piano-20")) == (True, False)
    assert (is_called_after(series, "i1"), is_called_after(series, "1")) == (True, False)


def test_the_series_of_a_plan_are_those_of_all_its_indicators() -> None:
    assert series_of(Given.numbered(2).timelines) == {"s.i1", "s.i2"}
