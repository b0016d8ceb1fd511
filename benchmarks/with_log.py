"""The proof: what the tree costs an append, and how long it takes to verify the record; measured by `benchmarks.proof`."""

from benchmarks import proof
from benchmarks.figures import Findings, Row, Spread
from benchmarks.fixtures import SQLITE, Fixtures

EVENTS = {"quick": 2_000, "full": 1_000_000}


def findings(fixtures: Fixtures) -> Findings:
    """Its figures as rows."""
    figures = proof.figures(EVENTS[fixtures.scale.name])
    return Findings(
        "The proof",
        "Appends with the tree of the log and without it, in turns; then checkpoints and the verification of a record.",
        [Row(name, SQLITE, Spread(much), unit) for name, much, unit in figures],
    )
