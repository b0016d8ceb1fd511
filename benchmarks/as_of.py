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
    SQLITE: {100_000: 1.0, 1_000_000: 1.6},
    POSTGRES: {100_000: 1.5, 1_000_000: 3.0},
}
P99_BOUND = 5
GROWTH_BOUND = 2
SMALL, LARGE = 10_000, 1_000_000
NOT_FILLED = "not filled: a server takes minutes to take in a million (benchmarks/fixtures.py has the sizes)"


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
                for one in questions:
                    samples[LIMIT][-1].append(milliseconds(lambda: limit(reader.cursor)))
                    samples[kind][-1].append(milliseconds(_asking(reader, filled, one)))
                    if kind == ANY:
                        samples[JOINED][-1].append(milliseconds(lambda: joined(reader.cursor)))
    return Asked({name: spread(of) for name, of in samples.items()})


def _asking(reader: Reader, filled: Filled, one: Question) -> Callable[[], bytes]:
    known = filled.known(one.place)
    return lambda: answer(reader, one.as_of, known)


Found = dict[tuple[str, int, float], Asked]
"""By kind of database, number of revisions, part of them backdated."""


def findings(fixtures: Fixtures) -> Findings:
    """The table of all kinds of question on all stores, and the goals."""
    rows: list[Row] = []
    found: Found = {}
    cells = 0
    for kind in fixtures.kinds:
        for size in fixtures.sizes(kind):
            for backdated in (BACKDATED, 0.0):
                filled = fixtures.filled(kind, Workload(size, backdated))
                cells = make_ready(filled)
                one = asked(filled, fixtures.scale.points, fixtures.scale.rounds)
                found[kind, size, backdated] = one
                note = f"{backdated:.0%} backdated"
                rows += [Row(n, kind, s, "ms", size, s.per(one[LIMIT]), note) for n, s in one.items()]
    return Findings(
        "As of",
        f"The whole state of a plan of {cells:,} cells as JSON bytes: object, field, effective date, version, value. "
        "The limit reads as many ready rows (number and text) from a table of the same database and gives them to orjson; "
        "it is asked before each question, in the same transaction. Points are drawn from a seed.",
        rows,
        _goals(fixtures, found),
        [
            *(_line(f"In Itinere, {kind}", kind, ANY, found) for kind in fixtures.kinds),
            _line(LIMIT, SQLITE, LIMIT, found),
        ],
    )


def _line(name: str, kind: str, question: str, found: Found) -> Line:
    of = {size: one[question].median for (k, size, backdated), one in found.items() if k == kind and backdated}
    return Line(name, tuple(sorted(of.items())))


def _goals(fixtures: Fixtures, found: Found) -> list[Goal]:
    goals: list[Goal] = []
    for kind, bounds in BOUNDS.items():
        missing = (
            (NO_FULL if fixtures.scale.name == "quick" else NOT_FILLED) if kind in fixtures.kinds else "no server found"
        )
        for size, bound in bounds.items():
            for backdated in (BACKDATED, 0.0):
                what = f"{kind}, {size:,} events, {backdated:.0%} backdated"
                goals += _of_one(what, bound, found.get((kind, size, backdated)), missing)
        growth = _growth(kind, found)
        what = f"growth of the ratio from {SMALL:,} to {LARGE:,} events, {kind}"
        goals.append(Goal(what, GROWTH_BOUND, growth, note="" if growth else missing))
    return goals


def _of_one(what: str, bound: float, one: Asked | None, missing: str) -> list[Goal]:
    if one is None:
        return [
            Goal(f"any (D, K), {what}", bound, None, note=missing),
            Goal(f"p99 over the median of the limit, {what}", P99_BOUND, None, note=missing),
        ]
    return [
        Goal(f"any (D, K), {what}", bound, one[ANY].per(one[LIMIT])),
        Goal(f"p99 over the median of the limit, {what}", P99_BOUND, one[ANY].tail_over(one[LIMIT])),
    ]


def _growth(kind: str, found: Found) -> float | None:
    """How the ratio grows, and not the time: the sizes are measured minutes apart, each beside its own limit."""
    if (kind, LARGE, BACKDATED) not in found:
        return None
    small, large = (
        median(
            found[kind, size, backdated][ANY].per(found[kind, size, backdated][LIMIT]) for backdated in (BACKDATED, 0.0)
        )
        for size in (SMALL, LARGE)
    )
    return large / small
