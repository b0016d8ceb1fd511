"""Writes what a run found: `RESULTS.md`, goals first, and the plot beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Findings, Goal, Row
from benchmarks.fixtures import Scale
from benchmarks.plot import svg

FOLDER = Path(__file__).parent
PAGE = FOLDER / "RESULTS.md"
PLOT = FOLDER / "results.svg"
TITLE = "The whole plan as of a date: median time by number of events"
VERDICTS = {True: "reached", False: "**missed**", None: "not measured"}


def write(all_findings: Sequence[Findings], machine: Mapping[str, str], scale: Scale, seconds: float) -> None:
    """Writes the page and the plot of one run over those of the run before."""
    lines = [line for findings in all_findings for line in findings.lines if line.points]
    PLOT.write_text(svg(lines, TITLE), encoding="utf-8")
    PAGE.write_text(page(all_findings, machine, scale, seconds), encoding="utf-8")


def page(all_findings: Sequence[Findings], machine: Mapping[str, str], scale: Scale, seconds: float) -> str:
    """The page as Markdown."""
    command = "make bench" if scale.name == "quick" else f"make bench ARGS=--{scale.name}"
    goals = [goal for findings in all_findings for goal in findings.goals]
    counted = {verdict: sum(goal.reached is verdict for goal in goals) for verdict in VERDICTS}
    how = (
        f"Written by `{command}`: one run, {scale.name}, {seconds / 60:.1f} minutes. Candidates and what they are measured "
        f"by are taken in turns, in at least {scale.rounds} rounds; a figure is the median of the medians of the rounds, "
        "with the least and the greatest of them, and p99 is over every single sample. A virtual machine is noisy: "
        "ratios are of one run, times are not to be compared across runs."
    )
    lines = ["# What was measured", "", how, "", *table(("", ""), list(machine.items()))]
    lines += ["", "## Goals", ""]
    lines += [f"{counted[True]} reached, {counted[False]} missed, {counted[None]} not measured in this run.", ""]
    lines += ["Why those that are missed are: [docs/benchmarks.md](../docs/benchmarks.md#what-is-missed-and-why).", ""]
    lines += table(
        ("question", "what", "goal", "measured", ""),
        [_goal(findings.title, g) for findings in all_findings for g in findings.goals],
    )
    lines += ["", f"![{TITLE}](results.svg)"]
    for findings in all_findings:
        if findings.rows:
            lines += ["", f"## {findings.title}", "", findings.words, ""]
            lines += table(
                ("what", "where", "events", "median", "min", "max", "p99", "ratio", ""),
                [_row(row) for row in findings.rows],
            )
    return "\n".join(lines) + "\n"


def _goal(question: str, goal: Goal) -> tuple[str, ...]:
    sign = "≥" if goal.at_least else "≤"
    measured = "" if goal.measured is None else _number(goal.measured, goal.unit)
    verdict = VERDICTS[goal.reached] + (f": {goal.note}" if goal.note else "")
    return question, goal.what, f"{sign} {_number(goal.bound, goal.unit)}", measured, verdict


def _row(row: Row) -> tuple[str, ...]:
    events = f"{row.events:,}" if row.events is not None else ""
    ratio = f"{row.ratio:,.2f} ×" if row.ratio is not None else ""
    if row.spread is None:
        return row.what, row.store, events, "", "", "", "", ratio, row.note
    figures = [_number(figure, row.unit) if figure is not None else "" for figure in row.spread]
    return row.what, row.store, events, *figures, ratio, row.note


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 1_000 else 1 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as Markdown."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells)]
