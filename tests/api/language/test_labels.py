"""Every closed list of the product is said in Italian, whole."""

from collections.abc import Mapping
from typing import get_args

import pytest

from api.language import labels
from domain.changes.kinds import ChangeKind
from domain.changes.rate import Variant
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES, ActionState, DeviationCause
from domain.formulas.model import Confidence, FormulaKind
from domain.plans.differences import DifferenceType
from domain.plans.history import Direction
from domain.plans.successive import Fate
from domain.targets.model import Target
from domain.vocabulary import Cause, Polarity
from projections.deciding import YearEffect

TARGETS = get_args(get_args(Target)[0]) or get_args(Target)


@pytest.mark.parametrize(
    ("shown", "codes"),
    [
        (labels.KINDS, get_args(ChangeKind)),
        (labels.DIRECTIONS, get_args(Direction)),
        (labels.CAUSES, get_args(Cause)),
        (labels.FATES, get_args(Fate)),
        (labels.VARIANTS, get_args(Variant)),
        (DEVIATION_CAUSES, get_args(DeviationCause)),
        (ACTION_STATES, get_args(ActionState)),
        (labels.DIFFERENCES, get_args(DifferenceType)),
        (labels.POLARITIES, get_args(Polarity)),
        (labels.YEAR_EFFECTS, get_args(YearEffect)),
        (labels.TARGET_FORMS, [kind.model_fields["form"].default for kind in TARGETS]),
        (labels.FORMULA_KINDS, list(FormulaKind)),
        (labels.CONFIDENCES, list(Confidence)),
    ],
)
def test_every_code_of_a_closed_list_has_its_words(shown: Mapping[str, str], codes: list[str]) -> None:
    assert set(shown) == set(codes)
