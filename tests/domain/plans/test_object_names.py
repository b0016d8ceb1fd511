"""What people mean by the name of an object of a plan."""

import pytest

from domain.errors import NameAmbiguous, NotFound
from domain.plans.object_names import object_meant
from domain.timelines import Timelines
from tests.support.given import Given


@pytest.fixture
def timelines() -> Timelines:
    """An objective and an indicator of one id, two indicators of one name, codes of their own."""
    plan = Given().objective("a", code="1.1", title="Incassare").objective("b", title="Spendere")
    plan.indicator("a", "a", code="1.1.a").indicator("i", "b", name="Incasso").indicator("j", "b", name="incasso ")
    return plan.timelines


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a", "indicator/a"),  # an indicator before an objective
        ("objective/a", "objective/a"),
        ("b", "objective/b"),
        ("1.1", "objective/a"),
        (" 1.1.A ", "indicator/a"),
        ("incassare", "objective/a"),
        ("1.1 Incassare", "objective/a"),
        ("«1.1 incassare»", "objective/a"),
    ],
)
def test_an_object_is_meant_by_id_code_or_name(timelines: Timelines, name: str, key: str) -> None:
    assert object_meant(timelines, name) == key


@pytest.mark.parametrize("name", ["indicator/b", "niente", "indicator/a/b"])
def test_what_is_not_in_the_plan_is_not_found(timelines: Timelines, name: str) -> None:
    with pytest.raises(NotFound, match="non è nel piano"):
        object_meant(timelines, name)


def test_a_name_of_two_objects_is_asked_about() -> None:
    plan = Given().objective("b", title="B").indicator("i", "b", name="Incasso").indicator("j", "b", name="INCASSO")
    with pytest.raises(NameAmbiguous, match="più cose") as refusal:
        object_meant(plan.timelines, "incasso")
    assert refusal.value.problem.accepted.endswith("uno fra: i, j")
    assert refusal.value.listed == ("indicatore «Incasso» di «B» (id i)", "indicatore «INCASSO» di «B» (id j)")
