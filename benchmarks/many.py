"""Across administrations: questions over the facts of many plans; measured by `benchmarks.across`."""

from benchmarks import across
from benchmarks.figures import Findings, Row, Spread
from benchmarks.ground import SQLITE, Ground

ADMINISTRATIONS = {"quick": (20,), "full": (60, 600)}


def findings(ground: Ground) -> Findings:
    """Its figures as rows, on each kind of database in the full run."""
    rows: list[Row] = []
    for kind in ground.kinds if ground.scale.name == "full" else [SQLITE]:
        for administrations in ADMINISTRATIONS[ground.scale.name]:
            found = across.figures(ground.place(kind), administrations, ground.say)
            note = f"{administrations:,} administrations"
            rows += [Row(what, kind, Spread(much), unit, note=note) for what, much, unit in found]
    words = "Synthetic administrations with the statistics of the five example plans; docs/scale.md says what follows."
    return Findings("Across administrations", words, rows)
