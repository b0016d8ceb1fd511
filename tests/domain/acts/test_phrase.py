"""The phrase by which an office cites an act."""

import pytest

from domain.acts.phrase import read_act
from domain.errors import Malformed


@pytest.mark.parametrize(
    ("phrase", "body", "type_", "number", "day"),
    [
        ("delibera di Giunta n. 9 del 30/09/2022", "Giunta", "delibera", "9", "2022-09-30"),
        (
            "Deliberazione della Giunta camerale n. 9/2022 del 30 settembre 2022",
            "Giunta",
            "delibera",
            "9/2022",
            "2022-09-30",
        ),
        ("Giunta camerale, deliberazione n. 9/2022 del 30/09/2022", "Giunta", "delibera", "9/2022", "2022-09-30"),
        (
            "determinazione del Segretario Generale n. 12 del 5 marzo 2023",
            "Segretario Generale",
            "determina",
            "12",
            "2023-03-05",
        ),
        ("decreto del Presidente n. 3 del 2023-02-01", "Presidente", "decreto", "3", "2023-02-01"),
        ("delibera del Consiglio del 1/4/2022", "Consiglio", "delibera", None, "2022-04-01"),
        ("delibera di Giunta n. 10 del 30/11/2022", "Giunta", "delibera", "10", "2022-11-30"),
    ],
)
def test_an_act_is_read_from_its_phrase(phrase: str, body: str, type_: str, number: str | None, day: str) -> None:
    act = read_act(phrase)
    assert (act.body, act.type, act.number, act.date.isoformat()) == (body, type_, number, day)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "delibera",
        "delibera di Giunta n. 9",
        "n. 9 del 30/09/2022",
        "delibera di Giunta n. 9 del 31/02/2022",
        "x" * 500,
    ],
)
def test_what_is_no_act_is_told_with_an_example(phrase: str) -> None:
    with pytest.raises(Malformed, match="delibera di Giunta"):
        read_act(phrase)
