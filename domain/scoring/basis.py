"""On which plan a score stands."""

from typing import Literal

Basis = Literal["in_force", "ex_ante"]
"""The plan as it is in force, or as its year was approved."""
