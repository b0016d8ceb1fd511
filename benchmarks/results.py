"""Writes what was found: `RESULTS.md`, goals first, and the plot beside it.

A goal stands with the worst of the runs, the figure of each of them, and the one of before: of the page that was first
written over.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Findings, Goal, Row
from benchmarks.fixtures import Scale
from benchmarks.plot import svg

FOLDER = Path(__file__).parent
PAGE = FOLDER / "RESULTS.md"
PLOT = FOLDER / "results.svg"
TITLE = "The whole plan as of a date: median time by number of events"
VERDICTS = {True: "reached", False: "**missed**", None: "not measured"}
HEAD = ("question", "what", "goal", "before", "each run", "worst", "")

Run = Sequence[Findings]
"""What one run found, question by question."""


class Before(NamedTuple):
    """The figures of an earlier page by question and goal, and when and on what they were measured."""

    measured: Mapping[tuple[str, str], str]
    words: str


def write(runs: Sequence[Run], machine: Mapping[str, str], scale: Scale, seconds: float) -> None:
    """Writes the page and the plot of some runs over those of before."""
    before = before_of(PAGE.read_text(encoding="utf-8"))
    lines = [line for findings in runs[-1] for line in findings.lines if line.points]
    PLOT.write_text(svg(lines, TITLE), encoding="utf-8")
    PAGE.write_text(page(runs, machine, scale, seconds, before), encoding="utf-8")


def before_of(text: str) -> Before:
    """What a page knows of before: what it keeps of it, else its own figures."""
    if kept := re.search(r"^\| before \| (.*) \|$", text, re.MULTILINE):
        words = kept[1]
    else:
        words = ", ".join(re.findall(r"^\| (?:date|processor|cores) \| (.*) \|$", text, re.MULTILINE)) + " cores"
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:2] == "| "]
    # The fourth column of the goals: what is kept of before, or all that an earlier page had.
    return Before({(row[0], row[1]): row[3] for row in rows if len(row) > 3 and row[2].startswith(("≥", "≤"))}, words)


def page(
    runs: Sequence[Run], machine: Mapping[str, str], scale: Scale, seconds: float, before: Before | None = None
) -> str:
    """The page as Markdown; its tables, but for that of the goals, are of the last run."""
    before = before or Before({}, "")
    arguments = [
        *([] if scale.name == "quick" else [f"--{scale.name}"]),
        *(["--runs", str(len(runs))] if runs[1:] else []),
    ]
    command = " ".join(["make bench", *([f'ARGS="{" ".join(arguments)}"'] if arguments else [])])
    goals = _goals(runs)
    worst = [min(of_goal, key=_how_good) for of_goal in goals.values()]
    counted = {verdict: sum(goal.reached is verdict for goal in worst) for verdict in VERDICTS}
    many = "one run" if len(runs) == 1 else f"{len(runs)} runs, one after the other"
    how = (
        f"Written by `{command}`: {many}, {scale.name}, {seconds / 60:.1f} minutes. Candidates and what they are measured "
        f"by are taken in turns, in at least {scale.rounds} rounds; a figure is the median of the medians of the rounds, "
        "with the least and the greatest of them, and p99 is over every single sample. A virtual machine is noisy: "
        "ratios are of one run, times are not to be compared across runs."
    )
    lines = ["# What was measured", "", how, "", *table(("", ""), [*machine.items(), ("before", before.words)])]
    lines += ["", "## Goals", ""]
    lines += [f"{counted[True]} reached, {counted[False]} missed, {counted[None]} not measured.", ""]
    lines += ["Why those that are missed are: [docs/benchmarks.md](../docs/benchmarks.md#what-is-missed-and-why).", ""]
    lines += table(HEAD, [_goal(named, of_goal, before) for named, of_goal in goals.items()])
    lines += ["", f"![{TITLE}](results.svg)"]
    for findings in runs[-1]:
        if findings.rows:
            lines += ["", f"## {findings.title}", "", findings.words, ""]
            lines += table(
                ("what", "where", "events", "median", "min", "max", "p99", "ratio", ""),
                [_row(row) for row in findings.rows],
            )
    return "\n".join(lines) + "\n"


def _goals(runs: Sequence[Run]) -> dict[tuple[str, str], list[Goal]]:
    """Each goal of every run, by the title of its question and what it is of."""
    goals: dict[tuple[str, str], list[Goal]] = {}
    for run in runs:
        for findings in run:
            for goal in findings.goals:
                goals.setdefault((findings.title, goal.what), []).append(goal)
    return goals


def _how_good(goal: Goal) -> float:
    """The more the better; what was not measured is better than anything that was."""
    if goal.measured is None:
        return float("inf")
    return goal.measured if goal.at_least else -goal.measured


def _goal(named: tuple[str, str], of_runs: Sequence[Goal], before: Before) -> tuple[str, ...]:
    worst = min(of_runs, key=_how_good)
    bound = f"{'≥' if worst.at_least else '≤'} {_number(worst.bound, worst.unit)}"
    each = "; ".join(_figure(goal.measured) for goal in of_runs if goal.measured is not None)
    measured = "" if worst.measured is None else _number(worst.measured, worst.unit)
    verdict = VERDICTS[worst.reached] + (f": {worst.note}" if worst.note else "")
    return *named, bound, before.measured.get(named, ""), each if len(of_runs) > 1 else "", measured, verdict


def _row(row: Row) -> tuple[str, ...]:
    events = f"{row.events:,}" if row.events is not None else ""
    ratio = f"{row.ratio:,.2f} ×" if row.ratio is not None else ""
    if row.spread is None:
        return row.what, row.store, events, "", "", "", "", ratio, row.note
    figures = [_number(figure, row.unit) if figure is not None else "" for figure in row.spread]
    return row.what, row.store, events, *figures, ratio, row.note


def _number(value: float, unit: str) -> str:
    return f"{_figure(value)} {unit}"


def _figure(value: float) -> str:
    digits = 0 if value >= 1_000 else 1 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as Markdown."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells)]
