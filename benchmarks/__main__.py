"""`python -m benchmarks [--full]`: asks every question in one run, and writes RESULTS.md and results.svg."""

import sys
from argparse import ArgumentParser
from time import perf_counter

from benchmarks import (
    across_plans,
    append,
    as_of,
    asked_again,
    http_cache,
    http_load,
    machine,
    plan_list,
    rebuilding,
    results,
    servers,
    slow_flush,
    start,
    versus_peers,
    with_log,
    worker_load,
)
from benchmarks.figures import Findings
from benchmarks.fixtures import FULL, QUICK, Fixtures, fixtures
from projections.store.gc_tuning import collect_rarely

QUESTIONS = (
    as_of,
    http_cache,
    append,
    slow_flush,
    asked_again,
    rebuilding,
    http_load,
    worker_load,
    start,
    plan_list,
    versus_peers,
    with_log,
    across_plans,
)


def main(arguments: list[str]) -> None:
    """Runs the questions, all or those that are named; only a run of all is written."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to a million events: half an hour and more")
    parser.add_argument(
        "--only", choices=[_name(question) for question in QUESTIONS], help="one question, printed and not written"
    )
    parser.add_argument("--runs", type=int, default=1, help="so many runs, one after the other: the worst of each goal")
    options = parser.parse_args(arguments)
    collect_rarely()  # as every process of the product
    scale = FULL if options.full else QUICK
    begun = perf_counter()
    asked = [question for question in QUESTIONS if options.only in (None, _name(question))]

    def say(words: str) -> None:
        print(f"{perf_counter() - begun:7.1f} s  {words}", flush=True)

    runs: list[list[Findings]] = []
    stood_on: dict[str, str] = {}
    for _ in range(options.runs):
        with fixtures(scale, say) as ready:
            if not stood_on:
                with servers.mariadb() as socket:
                    stood_on = machine.described(ready.server, socket)
            runs.append([])
            try:
                for question in asked:
                    runs[-1].append(_answer(question, ready))
            except BaseException:
                # Nothing is written, nothing is lost.
                print(results.page(runs, stood_on, scale, perf_counter() - begun))
                raise
    seconds = perf_counter() - begun
    if options.only:
        print(results.page(runs, stood_on, scale, seconds))
    else:
        results.write(runs, stood_on, scale, seconds)
        say(f"written: {results.PAGE.name}, {results.PLOT.name}")


def _name(question: object) -> str:
    return str(getattr(question, "__name__", "")).rpartition(".")[2].replace("_", "-")


def _answer(question: object, ready: Fixtures) -> Findings:
    ready.say(_name(question))
    findings: Findings = question.findings(ready)  # type: ignore[attr-defined]
    return findings


if __name__ == "__main__":
    main(sys.argv[1:])
