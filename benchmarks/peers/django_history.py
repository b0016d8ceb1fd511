"""django-simple-history: a row a cell, a history of it beside, and its `as_of`."""

from pathlib import Path

import django
import orjson
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from benchmarks.peers.peer import Given, instant
from benchmarks.workload import Question

BATCH = 2_000


class DjangoHistory:
    """Knows when a thing was recorded, not from when it holds."""

    name = "django-simple-history, as_of"
    both_dates = False

    def __init__(self, folder: Path) -> None:
        self._file = folder / "django.sqlite"
        self._file.unlink(missing_ok=True)
        base = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(self._file)}
        if not settings.configured:
            settings.configure(
                DATABASES={"default": base},
                INSTALLED_APPS=[
                    "django.contrib.contenttypes",
                    "django.contrib.auth",
                    "simple_history",
                    "benchmarks.peers.history_app",
                ],
                USE_TZ=True,
                DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            )
            django.setup()
        connections.close_all()
        connections["default"].settings_dict["NAME"] = str(self._file)
        call_command("migrate", run_syncdb=True, verbosity=0)

    def fill(self, given: Given) -> None:
        """The rows as they stand at the end, and each state of them in the history."""
        from benchmarks.peers.history_app.models import Cell  # noqa: PLC0415 - there is no model before Django is set up

        last_values = dict(given.cells)
        numbers = {cell: number for number, cell in enumerate(given.cells, start=1)}
        history = Cell.history.model
        rows = [
            history(
                id=numbers[cell], object=cell[0], field=cell[1], value=value, history_date=instant(0), history_type="+"
            )
            for cell, value in given.cells.items()
        ]
        for place, _, cell, value in given.workload.said():
            last_values[cell] = value
            rows.append(
                history(
                    id=numbers[cell],
                    object=cell[0],
                    field=cell[1],
                    value=value,
                    history_date=instant(place),
                    history_type="~",
                )
            )
            if len(rows) >= BATCH:
                history.objects.bulk_create(rows)
                rows = []
        history.objects.bulk_create(rows)
        Cell.objects.bulk_create(
            [Cell(id=numbers[cell], object=cell[0], field=cell[1], value=value) for cell, value in last_values.items()]
        )
        connection.cursor().execute("ANALYZE")

    def ask(self, question: Question) -> bytes:
        """The library's question, without making objects of the rows."""
        from benchmarks.peers.history_app.models import Cell  # noqa: PLC0415

        rows = Cell.history.as_of(instant(question.place)).values_list("object", "field", "value")
        return orjson.dumps(list(rows))

    def close(self) -> None:
        """Closes the connection."""
        connections.close_all()
