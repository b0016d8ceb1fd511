"""Across administrations: questions over the facts of many plans; measured by `benchmarks.across`."""

from benchmarks import across
from benchmarks.figures import NO_FULL, Findings, Row, Spread
from benchmarks.fixtures import Fixtures

ADMINISTRATIONS = (60,)


def findings(fixtures: Fixtures) -> Findings:
    """Its figures as rows, on each kind of database; only in the full run."""
    rows: list[Row] = []
    for kind in fixtures.kinds:
        for administrations in ADMINISTRATIONS:
            note = f"{administrations:,} administrations"
            if fixtures.scale.name == "quick":
                rows.append(Row(note, kind, None, note=NO_FULL))
                continue
            figures = across.figures(fixtures.place(kind), administrations, fixtures.say)
            rows += [Row(name, kind, Spread(much), unit, note=note) for name, much, unit in figures]
    words = "Synthetic administrations with the statistics of the five example plans; docs/scale.md says what follows."
    return Findings("Across administrations", words, rows)
