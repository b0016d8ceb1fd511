"""What one server takes in: measurements sent one by one, by several processes, to administrations of their own.

`python -m benchmarks.capacity [SECONDS]` loads a few synthetic administrations a process into a PostgreSQL (and, for one
process, an SQLite file), lets 1, 4 and 8 processes record measurements through the service, each a durable command
that is checked, decided and acknowledged, and prints commands a second and how long one takes.
"""

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep, time

from api.commands.handler import Caller
from api.commands.service import Service
from benchmarks import servers
from benchmarks.synthetic import YEAR, fill, history, opened
from domain.indicators.events import IndicatorAdded
from domain.measurements.commands import RecordMeasurement
from projections.store import postgres
from projections.store.store import Store

PROCESSES = (1, 4, 8)
OF_ONE = 10
"""The administrations of one process."""
SEED = 1
Figure = tuple[str, float, str]


def figures(location: str, processes: tuple[int, ...] = PROCESSES, seconds: float = 5) -> list[Figure]:
    """Commands a second of so many processes at once, and the median and 99th percentile of one command."""
    store, clock = opened(location)
    fill(store, clock, OF_ONE * sum(processes), seed=SEED)
    store.close()
    rows: list[Figure] = []
    first_administration = 0
    for many in processes:
        begin = time() + 3 + many / 2  # when all are ready
        running = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "benchmarks.capacity",
                    "--writer",
                    location,
                    str(first_administration + OF_ONE * n),
                    str(begin),
                    str(seconds),
                ],
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(many)
        ]
        first_administration += OF_ONE * many
        samples_by_process = [json.loads(process.communicate()[0]) for process in running]
        times = [sample for samples in samples_by_process for sample in samples]
        name = f"measurements recorded one by one, {many} {'process' if many == 1 else 'processes'}"
        rows += [
            (name, len(times) / seconds, "/s"),
            (f"{name}, median of one", median(times), "ms"),
            (f"{name}, 99 in 100 within", quantiles(times, n=100)[98], "ms"),
        ]
    return rows


def write(location: str, first_administration: int, begin: float, seconds: float) -> list[float]:
    """One process: records until the time is over; the milliseconds of each command."""
    store = Store(location)
    service = Service(store)
    todo = [
        (administration.plan, series, f"{YEAR + 1}-{month:02}")
        for month in range(1, 13)
        for number in range(first_administration, first_administration + OF_ONE)
        for administration in [history(SEED, number)]
        for step in administration.steps[:1]
        for series in [pending.event.series for pending in step.plan if isinstance(pending.event, IndicatorAdded)]
    ]
    sleep(max(0, begin - time()))
    times: list[float] = []
    deadline = perf_counter() + seconds
    for place, (plan, series, period) in enumerate(todo):
        start = perf_counter()
        if start > deadline:
            break
        month = int(period[-2:])
        fields: dict[str, object] = {
            "series": series,
            "period": period,
            "text": f"{50 + place % 50},5%",
            "data_as_at": date(YEAR + 1, month, 28),
            "confirm_unit": True,
        }
        service.measure(plan, RecordMeasurement.model_validate(fields), Caller("responsabile"))
        times.append(1000 * (perf_counter() - start))
    store.close()
    return times


def main(seconds: float = 5) -> None:
    """Prints the figures of each database."""
    with tempfile.TemporaryDirectory(prefix="banco-") as folder, servers.postgres() as server:
        places: list[tuple[str, str, tuple[int, ...]]] = [("SQLite", str(Path(folder) / "capienza.sqlite"), (1,))]
        if server is not None:
            with servers.database(server, "capienza") as url:
                postgres.migrate(url)
                places.append(("PostgreSQL", url, PROCESSES))
        for kind, place, processes in places:
            print(kind, flush=True)
            for name, value, unit in figures(place, processes, seconds):
                print(f"  {name:<66}{value:>14,.1f} {unit}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--writer"]:
        print(json.dumps(write(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))))
    else:
        main(*map(float, sys.argv[1:2]))
