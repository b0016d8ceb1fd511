"""A TypedDict is described to clients as a model would be: its docstring, its constraints, no field beyond its own."""

from typing import Annotated, NotRequired

import pytest
from pydantic import ValidationError
from typing_extensions import TypedDict

from api.documentation.schemas import components_of, reference, validator
from domain.vocabulary import Frozen
from projections.answers import Day, DescribedBy, Version


class Model(Frozen):
    """A model of the domain."""

    value: int


class Part(TypedDict):
    """Una parte."""

    on: Day
    note: NotRequired[str]


class Whole(TypedDict):
    """Il tutto."""

    version: Version
    parts: list[Part]
    model: Model
    row: Annotated[dict[str, int], DescribedBy(Model)]


def test_fields_constraints_and_words_are_those_of_the_type() -> None:
    # when
    described = components_of([Whole])
    # then
    assert sorted(described) == ["Model", "Part", "Whole"]
    assert described["Whole"]["description"] == "Il tutto."
    assert described["Whole"]["additionalProperties"] is False
    assert described["Part"]["description"] == "Una parte."
    assert described["Part"]["additionalProperties"] is False
    assert described["Part"]["required"] == ["on"]
    fields = described["Whole"]["properties"]
    assert isinstance(fields, dict)
    assert fields["version"] == {"minimum": 1, "type": "integer"}
    assert fields["row"] == reference(Model)


def test_a_model_of_the_domain_says_nothing_in_english_unless_it_is_described_itself() -> None:
    assert "description" not in components_of([Whole])["Model"]
    assert components_of([Whole, Model])["Model"]["description"] == "A model of the domain."


@pytest.mark.parametrize("part", [{"on": "2022-09-30", "other": 1}, {"on": "30/09/2022"}, {"note": "senza giorno"}])
def test_an_answer_of_another_shape_is_refused(part: dict[str, object]) -> None:
    validator(Part).validate_python([{"on": "2022-09-30"}])
    with pytest.raises(ValidationError):
        validator(Part).validate_python([part])
