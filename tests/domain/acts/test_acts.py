"""An act as the record keeps it: when two are one, and that its body is no person."""

from datetime import date

import pytest

from domain.acts.model import Act
from domain.acts.phrase import read_act
from domain.administrations.decide import require_body
from domain.administrations.people_named import PersonNamed


def act(number: str | None, body: str = "Giunta") -> Act:
    return Act(id="x", body=body, type="delibera", number=number, date=date(2022, 9, 30))


@pytest.mark.parametrize(
    "number", ["50", "050", "n. 50", "N.50", "n° 50", "nr. 50", "numero 50", "50/2022", " 50 / 2022"]
)
def test_a_number_is_one_however_it_is_written(number: str) -> None:
    assert act(number).same_as(act("50"))


@pytest.mark.parametrize("number", ["51", "50/2021", "50/bis", "5", "500", None])
def test_another_number_is_another_act(number: str | None) -> None:
    assert not act(number).same_as(act("50"))


@pytest.mark.parametrize(
    "phrase",
    ["determina del dirigente Mario Rossi n. 5 del 29/11/2022", "determina del dott. Rossi n. 5 del 29/11/2022"],
)
def test_a_body_that_seems_a_person_is_asked_about(phrase: str) -> None:
    with pytest.raises(PersonNamed, match="sembra dire una persona"):
        require_body(read_act(phrase))
    require_body(read_act(f"{phrase} (organo confermato)"))


@pytest.mark.parametrize(
    "phrase",
    [
        "delibera di Giunta n. 9 del 30/09/2022",
        "determina del Segretario Generale n. 5 del 1/2/2022",
        "decreto del Ministro n. 1 del 1/2/2022",
    ],
)
def test_a_body_is_taken_as_it_is(phrase: str) -> None:
    require_body(read_act(phrase))
