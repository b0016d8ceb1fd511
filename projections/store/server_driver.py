"""What the driver of PostgreSQL fails with, for whoever catches it; the driver itself is loaded where a server is asked.

An archive in a file has no use for it: it is 20 MB of each process, and a tenth of a second of each command.
"""

import sqlite3
import sys
from typing import TYPE_CHECKING

from eventsourcing.persistence import PersistenceError

if TYPE_CHECKING:
    import psycopg


def server_errors() -> "tuple[type[psycopg.Error], ...]":
    """What the driver raises; nothing of one that nobody has loaded, for it has raised nothing."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else (driver.Error,)


def database_errors() -> tuple[type[Exception], ...]:
    """What either database raises, and the library over it."""
    return (sqlite3.Error, PersistenceError, *server_errors())
