"""The peers on the same workload, asked the same questions in turns with us and the limit; all must answer alike."""

from collections.abc import Callable
from contextlib import ExitStack

import orjson

from benchmarks import servers
from benchmarks.as_of import LIMIT, answer, limit, make_ready
from benchmarks.figures import Differs, Findings, Line, Row, Spread, milliseconds, not_collecting, spread
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.peers.django_history import DjangoHistory
from benchmarks.peers.folding import Folding
from benchmarks.peers.peer import Given, Peer
from benchmarks.peers.replay import Replay
from benchmarks.peers.versioned import Bitemporal, SystemVersioned
from benchmarks.workload import BACKDATED, EVER, STREAM, Filled, Question, Workload

OURS = "In Itinere, SQLite"
NO_SERVER = "not measured: no MariaDB server found (mariadbd)"


def findings(fixtures: Fixtures) -> Findings:
    """The table of all candidates by size, and their lines for the plot."""
    rows: list[Row] = []
    times: dict[str, dict[int, float]] = {}
    with servers.mariadb() as socket:
        for size in fixtures.scale.peer_sizes:
            for both_dates in (True, False):
                filled = fixtures.filled(SQLITE, Workload(size, BACKDATED if both_dates else 0.0))
                measured = _compared(fixtures, filled, socket, both_dates=both_dates)
                note = "any (D, K), 80% backdated" if both_dates else "any K, none backdated"
                for name, times_of_one in measured.items():
                    rows.append(Row(name, "", times_of_one, "ms", size, times_of_one.per(measured[LIMIT]), note))
                    if name not in (OURS, LIMIT):  # their lines are drawn from many more questions
                        times.setdefault(name, {})[size] = times_of_one.median
    if socket is None:
        rows += [Row(peer.name, "", None, note=NO_SERVER) for peer in (SystemVersioned, Bitemporal)]
    return Findings(
        "The peers",
        "Each is filled with the same revisions and asked for the same points in turns, and every answer must be the "
        "same: object, field, value, of every cell. A peer that knows one date is asked what was recorded last by K, of "
        "revisions that came in the order of their dates, which is the only question that it can take; a peer that knows "
        "both is asked any (D, K) with 80% of the revisions backdated.",
        rows,
        lines=[Line(name, tuple(sorted(of.items()))) for name, of in times.items()],
    )


def _peers(fixtures: Fixtures, filled: Filled, socket: str | None, *, both_dates: bool) -> list[Peer]:
    if both_dates:
        return [Folding(filled), *([Bitemporal(socket)] if socket else [])]
    return [
        DjangoHistory(fixtures.folder),
        Replay(fixtures.folder, snapshots=False),
        Replay(fixtures.folder, snapshots=True),
        *([SystemVersioned(socket)] if socket else []),
    ]


def _compared(fixtures: Fixtures, filled: Filled, socket: str | None, *, both_dates: bool) -> dict[str, Spread]:
    make_ready(filled)
    given = _given(filled)
    samples: dict[str, list[list[float]]] = {}
    with ExitStack() as stack:
        peers = _peers(fixtures, filled, socket, both_dates=both_dates)
        for peer in peers:
            stack.callback(peer.close)
            fixtures.say(f"  filling {peer.name} with {filled.workload.events:,} revisions")
            peer.fill(given)
        reader = stack.enter_context(filled.store.reading())
        stack.enter_context(not_collecting())

        def ours(question: Question) -> Callable[[], bytes]:
            return lambda: answer(reader, question.as_of, filled.known(question.place))

        def theirs(peer: Peer, question: Question) -> Callable[[], bytes]:
            return lambda: peer.ask(question)

        for number in range(fixtures.scale.rounds):
            questions = filled.workload.questions(fixtures.scale.asked, seed=100 + number)["any date, as known at any"]
            for question in questions:
                question_put = question if both_dates else question._replace(as_of=EVER)
                samples.setdefault(LIMIT, []).append([milliseconds(lambda: limit(reader.cursor))])
                expected, elapsed_ms = _timed(ours(question_put))
                samples.setdefault(OURS, []).append([elapsed_ms])
                for peer in peers:
                    peer_answer, elapsed_ms = _timed(theirs(peer, question_put))
                    samples.setdefault(peer.name, []).append([elapsed_ms])
                    agree(peer.name, peer_answer, expected, question_put)
    return {name: spread(of) for name, of in samples.items()}


def _timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    answers: list[bytes] = []
    elapsed_ms = milliseconds(lambda: answers.append(work()))
    return answers[0], elapsed_ms


def _given(filled: Filled) -> Given:
    """The plan as it was approved, before any revision."""
    with filled.store.reading() as reader:
        state = reader.state(STREAM, EVER, filled.known(0))
    return Given({cell: entry.value for cell, entry in state.items()}, filled.workload)


def agree(name: str, actual: bytes, expected: bytes, question: Question) -> None:
    """Refuses an answer that is not ours, cell by cell; `expected` has rows of five."""
    their_values = {(row[0], row[1]): row[2] for row in orjson.loads(actual)}
    our_values = {(row[0], row[1]): row[4] for row in orjson.loads(expected)}
    if their_values != our_values:
        wrong = sorted(
            cell for cell in their_values.keys() | our_values.keys() if their_values.get(cell) != our_values.get(cell)
        )
        cell = wrong[0]
        raise Differs(
            f"{name} at {question}: {len(wrong)} of {len(our_values)} cells differ, the first {cell}: "
            f"{their_values.get(cell)!r} and not {our_values.get(cell)!r}"
        )
