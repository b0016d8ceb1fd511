"""Targets that are read again and again are one, and what is read is what the model says."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.targets import model
from domain.targets.events import TargetRevised
from domain.targets.model import TARGET, shared_target
from domain.targets.reader import read_target

TEXTS = (
    ">= 90%",
    ">= 90,0%",
    "entro il 31/7/2025",
    "giugno 60%; ottobre 100%",
    "Sì",
    "da def.",
    "---",
    "+10% sul 2018",
)


def _said(text: str) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(TARGET.dump_json(read_target(text, 2025)[0], exclude_none=True))
    return said


@given(before=st.sampled_from(TEXTS), target=st.sampled_from(TEXTS))
def test_an_event_is_read_as_its_model_says(before: str, target: str) -> None:
    body = {"indicator": "incasso", "year": 2025, "before": _said(before), "target": _said(target)}
    assert TargetRevised.of_body(body) == TargetRevised.model_validate(body)


def test_what_says_the_same_is_one() -> None:
    assert shared_target(_said(">= 90%")) is shared_target(_said(">= 90%"))
    assert shared_target(_said(">= 90%")) != shared_target(_said(">= 90,0%"))


def test_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_SHARED", 2)
    for number in range(5):
        shared_target(_said(f">= {number}"))
        assert len(model._shared) <= 2


@pytest.mark.parametrize("said", [{"form": "threshold"}, {"form": "?", "text": "x"}, {}, 3, None, [], "x"])
def test_what_is_no_target_is_refused(said: object) -> None:
    body = {"indicator": "incasso", "year": 2025, "target": _said("Sì"), "before": said}
    with pytest.raises(ValidationError):
        TargetRevised.of_body(body)


@pytest.mark.parametrize("value", [1.0, True])
def test_what_python_takes_for_equal_is_another_target(value: float) -> None:
    """A value that is none is refused, whatever was read before."""
    said = {"form": "threshold", "text": "1"}
    assert shared_target(said | {"value": 1}) == TARGET.validate_python(said | {"value": 1})
    with pytest.raises(ValidationError):
        TARGET.validate_python(said | {"value": value})
    with pytest.raises(ValidationError):
        shared_target(said | {"value": value})
