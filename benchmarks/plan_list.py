"""The list of plans of a country: a page of it over HTTP, asked for the first time by a process, and again; what counts them, and what publishes them."""

from contextlib import closing

from api.commands.examples import load_examples
from api.commands.service import Service
from benchmarks.figures import Findings, Goal, Row, milliseconds, spread
from benchmarks.fixtures import Fixtures
from benchmarks.http_cache import Client
from benchmarks.serving import product
from projections.plans import PLANS_AT_A_TIME
from projections.store.cursor import Cursor
from projections.store.owners import OF_STREAM, Owners
from projections.store.store import Store
from projections.streams import ADMINISTRATIONS, PLANS

PLANS_IN_ALL, OF_FULL_SIZE = 20_000, 200
BOUND = 50.0
ROUNDS = 5
MODEL = "brindisi-2022-2024"
FIRST, MIDDLE, AGAIN = "a page, the first time", "a page in the middle, the first time", "the same page again"


def multiply(cursor: Cursor, plans: int, of_full_size: int) -> None:
    """Copies what the list reads of a real plan, and of its administration, under so many names.

    Those of full size are the first by name; of the others there is what the plan says of itself.
    """
    stream = f"{PLANS}{MODEL}"
    key = Owners().key(cursor, stream)
    body = key.administration
    numbers = range(plans)
    names = [(f"ente-{number:05}", f"{PLANS}ente-{number:05}-2022-2024", *key) for number in numbers]
    bodies = [
        (f"ente-{number:05}", f"{ADMINISTRATIONS}ente-{number:05}", body, f"{ADMINISTRATIONS}{body}")
        for number in numbers
    ]
    cursor.executemany(
        "INSERT INTO plan_owner (administration, originator_id) VALUES (?, ?)", [name[:2] for name in names]
    )
    for table, columns in (
        ("append", "recorded_at, first, last, horizon"),
        ("boundary", "day, version"),
    ):
        sql = f"INSERT INTO {table} (administration, originator_id, {columns}) SELECT ?, ?, {columns} FROM {table} WHERE {OF_STREAM}"
        cursor.executemany(sql, [*names, *bodies])
    columns = "id, object, field, day, version, several"
    copied = f"INSERT INTO cell (administration, originator_id, {columns}, fragment) SELECT ?, ?, {columns}, replace(fragment, ?, ?) FROM cell "
    owned = [(*name[:2], f'"{body}"', f'"{name[0]}"', *key) for name in names]
    whole = f"WHERE {OF_STREAM} AND (object = 'plan' OR field IN ('life', 'parent'))"
    cursor.executemany(copied + whole, owned[:of_full_size])
    cursor.executemany(copied + f"WHERE {OF_STREAM} AND object = 'plan'", owned[of_full_size:])
    cursor.executemany(
        copied + f"WHERE {OF_STREAM} AND object = 'administration'",
        [(owner, name, "", "", of, stream_of) for owner, name, of, stream_of in bodies],
    )


def _asked(location: str, query: str, times: int) -> list[float]:
    """How long a service that has just begun takes for a page, each time that it is asked."""
    with closing(Store(location)) as store:
        app = product(location, store)
        client = Client(app, "/v1/plans", "as_of=2022-01-01&limit=1")
        client.get()  # what a process does once is not asked about
        client.close()
        client = Client(app, "/v1/plans", query)
        took = [milliseconds(client.get) for _ in range(times)]
        status, body, _ = client.get()
        client.close()
        assert (status, body.count(b'"status"')) == (200, PLANS_AT_A_TIME)
    return took


OF_ALL = {
    "the status": ("/v1/status", ""),
    "a page of the open data": ("/dati", f"dopo=ente-{PLANS_IN_ALL // 2:05}"),
    "a page of the catalogue": ("/dati/catalogo.rdf", f"after=ente-{PLANS_IN_ALL // 2:05}"),
    "fifty plans of a data set": ("/dati/piani.csv", f"limit=50&after=ente-{PLANS_IN_ALL // 2:05}"),
}
"""What is of all plans, and is no list: its address, and what is asked there."""


def _asked_of_all(location: str, path: str, query: str) -> list[float]:
    with closing(Store(location)) as store:
        app = product(location, store)
        client = Client(app, path, query)
        status, *_ = client.get()
        took = [milliseconds(client.get) for _ in range(ROUNDS)]
        client.close()
        assert status == 200
    return took


def findings(fixtures: Fixtures) -> Findings:
    """A page of each kind of database: the first time, and again."""
    rows: list[Row] = []
    goals: list[Goal] = []
    for kind in fixtures.kinds:
        location = fixtures.place(kind)
        fixtures.say(f"  {kind}: {PLANS_IN_ALL:,} plans")
        with closing(Store(location)) as store:
            load_examples(Service(store))
            with store.datastore.cursor(commit=True) as cursor:
                multiply(cursor, PLANS_IN_ALL, OF_FULL_SIZE)
        middle = f"after=ente-{PLANS_IN_ALL // 2:05}"
        samples: dict[str, list[list[float]]] = {FIRST: [], MIDDLE: [], AGAIN: []}
        for _ in range(ROUNDS):
            first, *again = _asked(location, "after=ente-", 6)
            samples[FIRST].append([first])
            samples[AGAIN].append(again)
            samples[MIDDLE].append(_asked(location, middle, 1))
        for name, asked in OF_ALL.items():
            rows.append(Row(name, kind, spread([_asked_of_all(location, *asked)]), note=f"{PLANS_IN_ALL:,} plans"))
        for name, rounds in samples.items():
            taken = spread(rounds)
            rows.append(Row(name, kind, taken, note=f"{PLANS_IN_ALL:,} plans, {PLANS_AT_A_TIME} a page"))
            goals.append(Goal(f"{name}, {kind}", BOUND, taken.median, "ms"))
    words = (
        "What the list reads of one of the example plans, under twenty thousand names, each with an administration of "
        f"its own; {OF_FULL_SIZE} of them have all its objectives and indicators, and the first pages are of these. Through "
        "the whole application in process, by a service that has read no plan before."
    )
    return Findings("The list of plans", words, rows, goals)
