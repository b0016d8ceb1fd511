"""Every question about a plan, page and file, asked for the first time and again: the whole way, in process."""

from collections.abc import Iterator
from contextlib import closing

import orjson

from api.commands.examples import load_examples
from api.commands.service import Service
from api.operations.model import Question
from api.operations.table import QUESTIONS
from benchmarks.figures import Findings, Goal, Row, milliseconds, spread
from benchmarks.fixtures import Fixtures
from benchmarks.http_cache import Client
from benchmarks.serving import product
from projections.store.store import Store

PLAN, YEAR = "brindisi-2022-2024", "2022"
BOUND, TIMES = 2.0, 9
SAID = {"from": "2022-01-01", "object": "plan", "year": YEAR}
"""What a question must be told, by the names of its parameters."""
PAGES = ("", "/modifiche", "/punteggi", "/registro", "/documenti", "/confronto", "/monitoraggio", "/segnalazioni")
ASKED_EACH_TIME = frozenset({"list_plan_events", "show_plan_event", "prepare_next_plan"})
"""The record itself, of which each page is a few rows; and what somebody is about to fill in."""


def _addresses(parts: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """The name, the path and the query of every question about a plan that takes no document, and of its pages."""
    for row in QUESTIONS.values():
        if row.scope == "plan" and row.method == "GET" and row.name not in ASKED_EACH_TIME and _is_told(row, parts):
            required = [name for name, field in row.query.model_fields.items() if field.is_required()]
            names = [row.query.model_fields[name].alias or name for name in required]
            query = "&".join(f"{name}={SAID[name]}" for name in names)
            yield row.name, "/v1" + str(row.path).format(**parts), query
    for page in PAGES:
        yield f"page {page or '/'}", f"/piani/{PLAN}{page}", ""


def _is_told(row: Question, parts: dict[str, str]) -> bool:
    placed = {piece[1:-1] for piece in str(row.path).split("/") if piece.startswith("{")}
    required = {field.alias or name for name, field in row.query.model_fields.items() if field.is_required()}
    return placed <= parts.keys() and required <= SAID.keys()


def findings(fixtures: Fixtures) -> Findings:
    """The first time and the median of those after, of each; the goal is the slowest of the latter."""
    rows: list[Row] = []
    goals: list[Goal] = []
    for kind in fixtures.kinds:
        location = fixtures.place(kind)
        with closing(Store(location)) as store:
            load_examples(Service(store))
            app = product(location, store)
            client = Client(app, f"/v1/plans/{PLAN}", "")
            document = orjson.loads(client.get()[1])
            client.close()
            parts = {name: document[f"{name}s"][0]["id"] for name in ("objective", "indicator")} | {"plan": PLAN}
            slowest = 0.0
            for name, path, query in _addresses(parts):
                client = Client(app, path, query)
                first = milliseconds(client.get)
                status, body, _ = client.get()
                again = client.spent([query] * TIMES)
                client.close()
                if status != 200:
                    continue  # there is nothing of it in this plan
                taken = spread([again])
                rows.append(Row(name, kind, taken, note=f"{first:.1f} ms the first time, {len(body):,} bytes"))
                slowest = max(slowest, taken.median)
        goals.append(Goal(f"the slowest question asked again, {kind}", BOUND, slowest, "ms"))
    words = (
        "Each address of an example plan, through the whole application in process: made anew, and then from what is kept, "
        "which is held against the record each time; again in processor time."
    )
    return Findings("Every question asked again", words, rows, goals)
