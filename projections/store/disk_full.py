"""Tells a store that has no room left from one that fails otherwise, on either database."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eventsourcing.persistence import PersistenceError

from domain.errors import StoreFull
from projections.store.server_driver import server_errors

if TYPE_CHECKING:
    import psycopg

_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # what a quota, or the greatest size of a file, comes to
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL = "53100"
_NOT_EXTENDED = "could not extend file"
"""What PostgreSQL says of a quota, under no name of its own."""


def store_full(error: BaseException | None) -> StoreFull | None:
    """The refusal that an error comes to when there was no room to write; None when it was something else."""
    while error is not None:
        match error:
            case StoreFull():
                return error
            case sqlite3.Error() if getattr(error, "sqlite_errorcode", None) in _FULL:
                break
            case _ if isinstance(error, server_errors()) and _says_full(error):
                break
            case OSError() if error.errno in _NO_ROOM:
                break
            case _:
                error = error.__cause__
    else:
        return None
    refusal = StoreFull(
        "lo spazio per l'archivio è finito: ciò che c'è resta, e nulla si aggiunge",
        accepted="liberare spazio sul disco dell'archivio, e ripetere lo stesso comando",
    )
    refusal.__cause__ = error
    return refusal


def _says_full(error: "psycopg.Error") -> bool:
    return error.sqlstate == _DISK_FULL or _NOT_EXTENDED in str(error)


@contextmanager
def disk_full_as_refusal() -> Iterator[None]:
    """Within it, a store without room is a StoreFull."""
    try:
        yield
    except (sqlite3.Error, PersistenceError, OSError) as error:
        if (full := store_full(error)) is not None:
            raise full from error
        raise
