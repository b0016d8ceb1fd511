"""Writes what the rounds came to: `benchmarks/FAILURES.md`."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.cluster.clients import Log
from benchmarks.cluster.machines import LOOP_WAIT, RETRY_TIMEOUT, TTL
from benchmarks.cluster.rounds import FAULTS, Audit, Round
from benchmarks.results import table

PAGE = Path(__file__).parent.parent / "FAILURES.md"


def page(
    rounds: Sequence[Round], log: Log, audit: Audit, told: Sequence[str], machine: dict[str, str], minutes: float
) -> str:
    """The page as Markdown."""
    kinds = [kind for kind in FAULTS if any(one.kind == kind for one in rounds)]
    of_kind = {kind: [one for one in rounds if one.kind == kind] for kind in kinds}
    lines = [
        "# Failure, tried",
        "",
        (
            f"Written by `python -m benchmarks.cluster`: one run of {len(rounds)} rounds, {minutes:.0f} minutes. How, and "
            "what each figure means: [docs/benchmarks.md](../docs/benchmarks.md#failure-tried)."
        ),
        "",
        *table(("", ""), list(machine.items())),
        "",
        "## What was counted",
        "",
    ]
    head = ("", *kinds, "all")

    def counted(what: str, field: str) -> tuple[str, ...]:
        sums = [sum(getattr(one, field) for one in of_kind[kind]) for kind in kinds]
        return what, *(f"{one:,}" for one in sums), f"{sum(sums):,}"

    lines += table(
        head,
        [
            ("rounds", *(str(len(of_kind[kind])) for kind in kinds), str(len(rounds))),
            counted("acts acknowledged during the rounds", "acknowledged"),
            counted("of them after a repetition", "retried"),
            counted("**acknowledged and lost**", "lost"),
            counted("**half acts**", "halves"),
            counted("**recorded twice**", "twice"),
            counted(
                "**answers about what was known a minute before that contradict an earlier one**", "contradictions"
            ),
        ],
    )
    lines += ["", "Seconds, median and worst of the rounds:", ""]

    def spans(what: str, field: str) -> tuple[str, ...]:
        values = [[float(getattr(one, field)) for one in of_kind[kind]] for kind in kinds]
        return what, *(f"{median(some):.1f}, {max(some):.1f}" for some in values)

    lines += table(
        head[:-1],
        [
            spans("without writes", "without_writes"),
            spans("without reads at the primary", "without_reads"),
            spans("without reads at the standby", "without_standby_reads"),
            spans("from its mending to a whole cluster", "until_whole"),
        ],
    )
    acts = log.acknowledged
    lines += ["", "## At the end", ""]
    at_once = median(act.seconds for act in acts if act.attempts == 1)
    lines += [
        f"- An act that was acknowledged at its first attempt took {at_once:.2f} s (median), all of this on one machine.",
        (
            f"- {len(acts):,} acts acknowledged in all, every one looked for in the record: {len(audit.lost)} lost, "
            f"{len(audit.halves)} half, {len(audit.twice)} twice."
        ),
        (
            f"- {sum(map(len, log.read.values())):,} answers about {len(log.answers):,} points of the past: "
            f"{len(log.contradictions)} contradictions."
        ),
        f"- {len(log.unexpected)} answers that nobody should get (neither the answer nor a 503 that says to try again).",
        *(f"- {one.rstrip('.')}." for one in told),
    ]
    lines += ["", "What was refused for the moment, and repeated:", ""]
    lines += table(("", "times"), [(what, f"{times:,}") for what, times in sorted(log.refused.items())])
    lines += ["", f"Patroni: ttl {TTL}, loop_wait {LOOP_WAIT}, retry_timeout {RETRY_TIMEOUT} seconds."]
    return "\n".join(lines) + "\n"
