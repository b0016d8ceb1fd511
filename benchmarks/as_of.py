"""As of: the whole state of a plan on a date, as known at a version, over reading as many ready rows as JSON."""

from collections.abc import Callable
from datetime import date
from statistics import median

import orjson

from benchmarks.figures import NO_FULL, Findings, Goal, Line, Row, Spread, milliseconds, not_collecting, spread
from benchmarks.fixtures import POSTGRES, SQLITE, Fixtures
from benchmarks.workload import BACKDATED, STREAM, Filled, Question, Workload
from projections.store.cursor import Cursor
from projections.store.reader import Known, Reader

ANY = "any date, as known at any"
BOUNDS = {
    SQLITE: {100_000: 1.2, 1_000_000: 1.7},
    POSTGRES: {100_000: 3.0, 1_000_000: 5.0},
}
P99_BOUND = 5
GROWTH_BOUND = 2
SMALL, LARGE = 10_000, 1_000_000


def answer(reader: Reader, as_of: date, known: Known) -> bytes:
    """What is measured: the state as JSON, a row a cell: object, field, effective date, version, value."""
    return reader.state_json(STREAM, as_of, known)


def limit(cursor: Cursor) -> bytes:
    """What cannot be beaten: as many ready rows, read and written as JSON."""
    return orjson.dumps(cursor.execute("SELECT id, fragment FROM ready ORDER BY id").fetchall())


def joined(cursor: Cursor) -> bytes:
    """The same rows, joined as they are."""
    rows = cursor.execute("SELECT fragment FROM ready ORDER BY id").fetchall()
    return b"[" + ",".join(row[0] for row in rows).encode() + b"]"


def make_ready(filled: Filled) -> int:
    """Lays the fragments of the state of today beside the facts, in the same database; how many they are."""
    with filled.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("DROP TABLE IF EXISTS ready")
        cursor.execute("CREATE TABLE ready (id INTEGER PRIMARY KEY, fragment TEXT NOT NULL)")
        rows = orjson.loads(
            answer(filled.store.datastore.reader(cursor), date.max, filled.known(filled.workload.events))
        )
        cursor.executemany(
            "INSERT INTO ready (id, fragment) VALUES (?, ?)",
            [(n, orjson.dumps(row).decode()) for n, row in enumerate(rows)],
        )
    return len(rows)


class Asked(dict[str, Spread]):
    """Of each kind of question how long it took, and under LIMIT and JOINED what it is measured by."""


LIMIT = "the limit: as many ready rows, read and put as JSON"
JOINED = "the same rows, their texts only, joined"


def asked(filled: Filled, points: int, rounds: int) -> Asked:
    """Puts every kind of question in each round, the limit before each one."""
    samples: dict[str, list[list[float]]] = {}
    with filled.store.reading() as reader, not_collecting():
        for number in range(rounds):
            for kind, questions in filled.workload.questions(points, seed=number).items():
                for name in (LIMIT, kind, *([JOINED] if kind == ANY else [])):
                    samples.setdefault(name, []).append([])
                for question in questions:
                    samples[LIMIT][-1].append(milliseconds(lambda: limit(reader.cursor)))
                    samples[kind][-1].append(milliseconds(_asking(reader, filled, question)))
                    if kind == ANY:
                        samples[JOINED][-1].append(milliseconds(lambda: joined(reader.cursor)))
    return Asked({name: spread(of) for name, of in samples.items()})


def _asking(reader: Reader, filled: Filled, question: Question) -> Callable[[], bytes]:
    known = filled.known(question.place)
    return lambda: answer(reader, question.as_of, known)


Measured = dict[tuple[str, int, float], Asked]
"""By kind of database, number of revisions, part of them backdated."""


def findings(fixtures: Fixtures) -> Findings:
    """The table of all kinds of question on all stores, and the goals."""
    rows: list[Row] = []
    measured: Measured = {}
    cells = 0
    for kind in fixtures.kinds:
        for size in fixtures.sizes(kind):
            for backdated in (BACKDATED, 0.0):
                filled = fixtures.filled(kind, Workload(size, backdated))
                cells = make_ready(filled)
                times = asked(filled, fixtures.scale.points, fixtures.scale.rounds)
                measured[kind, size, backdated] = times
                note = f"{backdated:.0%} backdated"
                rows += [Row(n, kind, s, "ms", size, s.per(times[LIMIT]), note) for n, s in times.items()]
    return Findings(
        "As of",
        f"The whole state of a plan of {cells:,} cells as JSON bytes: object, field, effective date, version, value. "
        "The limit reads as many ready rows (number and text) from a table of the same database and gives them to orjson; "
        "it is asked before each question, in the same transaction. Points are drawn from a seed.",
        rows,
        _goals(fixtures, measured),
        [
            *(_line(f"In Itinere, {kind}", kind, ANY, measured) for kind in fixtures.kinds),
            _line(LIMIT, SQLITE, LIMIT, measured),
        ],
    )


def _line(name: str, kind: str, question: str, measured: Measured) -> Line:
    of = {size: times[question].median for (k, size, backdated), times in measured.items() if k == kind and backdated}
    return Line(name, tuple(sorted(of.items())))


def _goals(fixtures: Fixtures, measured: Measured) -> list[Goal]:
    goals: list[Goal] = []
    for kind, bounds in BOUNDS.items():
        reason = NO_FULL if kind in fixtures.kinds else "no server found"
        for size, bound in bounds.items():
            for backdated in (BACKDATED, 0.0):
                label = f"{kind}, {size:,} events, {backdated:.0%} backdated"
                goals += _of_one(label, bound, measured.get((kind, size, backdated)), reason)
        growth = _growth(kind, measured)
        label = f"growth of the ratio from {SMALL:,} to {LARGE:,} events, {kind}"
        goals.append(Goal(label, GROWTH_BOUND, growth, note="" if growth else reason))
    return goals


def _of_one(label: str, bound: float, times: Asked | None, reason: str) -> list[Goal]:
    if times is None:
        return [
            Goal(f"any (D, K), {label}", bound, None, note=reason),
            Goal(f"p99 over the median of the limit, {label}", P99_BOUND, None, note=reason),
        ]
    return [
        Goal(f"any (D, K), {label}", bound, times[ANY].per(times[LIMIT])),
        Goal(f"p99 over the median of the limit, {label}", P99_BOUND, times[ANY].tail_over(times[LIMIT])),
    ]


def _growth(kind: str, measured: Measured) -> float | None:
    """How the ratio grows, and not the time: the sizes are measured minutes apart, each beside its own limit."""
    if (kind, LARGE, BACKDATED) not in measured:
        return None
    small, large = (
        median(
            measured[kind, size, backdated][ANY].per(measured[kind, size, backdated][LIMIT])
            for backdated in (BACKDATED, 0.0)
        )
        for size in (SMALL, LARGE)
    )
    return large / small
