"""Whether a revision made a target easier or harder."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.targets.easing import easier_than_baseline, easing
from domain.targets.model import Level, Milestones, Step
from domain.targets.reader import read_one
from domain.vocabulary import Polarity

OPPOSITE = {"easier": "harder", "harder": "easier", "neutral": "neutral", "undetermined": "undetermined"}

REVISIONS: list[tuple[str | None, str | None, Polarity | None, str]] = [
    (">= 70,34%", ">= 68%", None, "easier"),
    ("<= 20", "<= 30", None, "easier"),
    (">= 10", "> 10", None, "harder"),
    ("<= 10", "< 10", None, "harder"),
    ("70,34%", "68%", None, "undetermined"),
    ("70,34%", "68%", "up", "easier"),
    ("70,34%", "68%", "down", "harder"),
    (">= 70%", "68%", "up", "easier"),
    (">= 70%", "68%", None, "undetermined"),
    (">= 5", "<= 5", None, "undetermined"),
    (">= 5", ">= 5 gg", None, "undetermined"),
    (">= 70%", ">= 70,00% (dato 2021)", None, "undetermined"),
    ("<= 20 gg", "<= 20 gg + 5", None, "easier"),
    ("<= 20 gg + 5", "<= 25 gg", None, "undetermined"),
    ("= 100%", ">= 100%", None, "easier"),
    ("tra 5 e 10", "tra 4 e 11", None, "easier"),
    ("tra 5 e 10", "tra 6 e 10", None, "harder"),
    ("tra 5 e 10", "tra 6 e 11", "up", "undetermined"),
    ("entro il 30/6", "entro il 31/12", None, "easier"),
    ("giugno 60%; ottobre 100%", "luglio 60%; ottobre 100%", None, "easier"),
    ("giugno 60%; ottobre 100%", "giugno 50%; ottobre 100%", "up", "easier"),
    ("giugno 60%; ottobre 100%", "giugno 50%; ottobre 100%", None, "undetermined"),
    ("giugno 60%; ottobre 90%", "giugno 50%; ottobre 100%", "up", "undetermined"),
    ("giugno 60%; ottobre 100%", "ottobre 100%", "up", "undetermined"),
    ("Sì", "No", None, "easier"),
    (">= alto", ">= medio", None, "easier"),
    ("medio", "alto", "up", "harder"),
    ("medio", "alto", None, "undetermined"),
    (">= alto", ">= buono", None, "undetermined"),
    ("+10% sul 2018", "+5% sul 2018", None, "easier"),
    ("+10% sul 2018", "+10% sul 2019", None, "undetermined"),
    ("< dato medio nazionale", "<= dato medio nazionale", None, "easier"),
    ("<= dato medio nazionale", "<= baseline", None, "undetermined"),
    ("10%", "5%", "up", "easier"),
    ("= +10% sul 2018", "= +5% sul 2018", "up", "easier"),
    ("= +10% sul 2018", "= +5% sul 2018", None, "undetermined"),
    (">= 5", None, None, "easier"),
    (">= 5", "---", None, "easier"),
    (">= 5", "da definire", None, "easier"),
    (None, ">= 5", None, "harder"),
    ("da definire", ">= 5", None, "harder"),
    ("---", "da definire", None, "neutral"),
    ("15% 20%", ">= 15%", "up", "undetermined"),
    (">= 5", "Sì", "up", "undetermined"),
    ("> 10", "10", "up", "easier"),
    ("< 10", "10", "down", "easier"),
    (">= 10", "10", "up", "neutral"),
    ("<= 10", "10", "down", "neutral"),
    ("= 10", "10", "up", "undetermined"),
    ("<= 10", "= 10", None, "harder"),
    ("< 10", "= 10", None, "undetermined"),
    ("= 10", ">= 12", "up", "harder"),
    ("= 10", "<= 8", "down", "harder"),
    ("<= 20 gg + 0", "<= 20 gg", None, "neutral"),
    ("alto", "medio", "down", "harder"),
    ("alto", "basso", "down", "harder"),
    ("> medio", ">= medio", None, "easier"),
    (">= medio", "medio", "up", "neutral"),
    ("giugno 60%; ottobre 40%", "giugno 50%; ottobre 40%", "down", "harder"),
]


@pytest.mark.parametrize(("before", "after", "polarity", "verdict"), REVISIONS)
def test_a_revision_is_judged_by_comparator_then_polarity(
    before: str | None, after: str | None, polarity: Polarity | None, verdict: str
) -> None:
    one = None if before is None else read_one(before, 2022)
    other = None if after is None else read_one(after, 2022)
    assert easing(one, other, polarity, None) == verdict
    assert easing(other, one, polarity, None) == OPPOSITE[verdict]


def test_the_comparator_implied_on_reading_serves_where_the_polarity_is_not_known() -> None:
    assert easing(read_one("70%", 2022, "up"), read_one("68%", 2022, "up"), None, None) == "easier"


def test_levels_are_placed_on_the_scale_that_they_share() -> None:
    scale = ("c", "b", "a")
    one, other = (Level(text=value, value=value, scale=scale) for value in "ab")
    assert easing(one, other, "up", None) == "easier"
    assert easing(one, other, "down", None) == "harder"
    bare = Level(text="a", value="a")
    assert easing(bare, other, "up", None) == "easier", "what says none is placed on that of the other"
    assert easing(other, bare, "up", None) == "harder"
    assert easing(one, Level(text="b", value="b", scale=("a", "b")), "up", None) == "undetermined"


def test_milestones_in_another_unit_cannot_be_compared() -> None:
    june, december = date(2022, 6, 30), date(2022, 12, 31)
    shares = Milestones(text="giugno 60%", steps=(Step(by=june, value=Decimal(60), unit="%"),))
    days = Milestones(text="dicembre 60 gg", steps=(Step(by=december, value=Decimal(60), unit="days"),))
    assert easing(shares, days, "up", None) == "undetermined"


TEXTS = st.sampled_from([text for row in REVISIONS for text in row[:2] if text is not None])


@given(TEXTS, TEXTS, st.sampled_from([None, "up", "down"]))
def test_undoing_a_revision_has_the_opposite_verdict(before: str, after: str, polarity: Polarity | None) -> None:
    one, other = read_one(before, 2022), read_one(after, 2022)
    assert easing(other, one, polarity, None) == OPPOSITE[easing(one, other, polarity, None)]
    assert easing(one, one, polarity, None) == "neutral"


@pytest.mark.parametrize(
    ("target", "baseline", "polarity", "easier"),
    [
        (">= 75%", "80%", None, True),
        (">= 75%", "80", None, True),
        (">= 75%", "75%", None, False),
        (">= 75%", "70%", None, False),
        ("<= 30 gg", "20 gg", None, True),
        ("<= 30 gg", "30 gg", None, False),
        ("75%", "80%", "up", True),
        ("75%", "80%", "down", False),
        ("75%", "80%", None, False),
        (">= 75%", "80 gg", None, False),
        (">= 75%", "alto", None, False),
        ("Sì", "80%", "up", False),
        (">= 75%", None, "up", False),
    ],
)
def test_a_target_is_easier_than_its_baseline_only_where_they_can_be_compared(
    target: str, baseline: str | None, polarity: Polarity | None, *, easier: bool
) -> None:
    """A bare start value is in the unit of its target; what cannot be compared is not said to be easier."""
    assert easier_than_baseline(read_one(target, 2022), baseline, polarity, None) is easier
