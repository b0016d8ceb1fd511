"""What a failure of the database comes to: no room, busy for now, damaged, or not to be used; in words without secrets."""

import re
import sqlite3
from typing import TYPE_CHECKING

from eventsourcing.persistence import PersistenceError

from domain.errors import ConcurrentChange, DomainError, StoreBusy, StoreDamaged, StoreReadOnly, StoreRefused
from domain.patterns import regex
from projections.store.disk_full import store_full
from projections.store.location import is_server, shown_location, without_secrets
from projections.store.server_driver import server_errors

if TYPE_CHECKING:
    import psycopg

REPAIR = "initinere verify, che dice che cosa non torna, o initinere restore, che rimette una copia di sicurezza"
_PRIMARY_CODE = 0xFF
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_MALFORMED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_AWAY = regex(r"57P0[1-5]|53[0-4]00|08\w{3}|55P03|25006|25P0[34]")
"""A server that stops, starts or recovers; has no connection or memory left; a lock; a standby, or one set to read."""
_READ_ONLY = "25006"
_NOT_ALLOWED = "42501"
_OF_ANOTHER_SHAPE = {"42P01", "42703", "23502"}
"""No such table, no such column, a column that is not filled: the tables are those of another program."""
_LOST = regex(r"57P0[1-5]|08\w{3}")
"""The connection ends, and what became of its transaction nobody is told."""
_FOR_GOOD = regex(
    r"authenticat|autenticazione|password|pg_hba|does not exist|non esiste|permission denied|permesso negato|not permitted"
    r"|does not support SSL|certificate|certificato|unsupported frontend protocol|invalid|non valid",
    re.IGNORECASE,
)
"""Why a server lets nobody in, whenever it is asked; it says so before it can be asked for a code (SQLSTATE)."""


def failures(*also: type[Exception]) -> tuple[type[Exception], ...]:
    """What a store fails with, apart from refusals; and what else is said."""
    return (OSError, sqlite3.Error, PersistenceError, *server_errors(), *also)


def refusal_of(error: Exception, location: str) -> DomainError:
    """The refusal that a failure of the store comes to."""
    return store_full(error) or _refusal(_innermost(error), location)


def is_away(error: Exception) -> bool:
    """Whether the same may succeed a little later, with nothing done about it."""
    if isinstance(error, StoreBusy):
        return True
    return isinstance(error, failures()) and store_full(error) is None and _is_away(_innermost(error))


def has_other_tables(error: Exception) -> bool:
    """Whether the tables of a server are no longer those of this program: a later one has migrated them under it."""
    return _sqlstate(_innermost(error)) in _OF_ANOTHER_SHAPE


def takes_readings_only(error: Exception) -> bool:
    """Whether the database takes no writing where it was asked, as a standby."""
    return _sqlstate(_innermost(error)) == _READ_ONLY


def is_lost(error: Exception) -> bool:
    """Whether the connection of a server went while it was in use: what was under way may be committed, or not."""
    cause = _innermost(error)
    if not isinstance(cause, server_errors()) or _waited_for_none(cause):
        return False
    state = _sqlstate(cause)
    return _is_server_away(cause) if state is None else _LOST.fullmatch(state) is not None


def migrated_meanwhile() -> StoreBusy:
    """The refusal of a store whose tables a later program has migrated: this one neither reads nor writes it any more."""
    found = (
        "l'archivio è stato aggiornato da un programma più recente di questo, che non lo legge e non vi registra più"
    )
    return StoreBusy(found, accepted="la stessa richiesta al programma nuovo, appena è avviato al posto di questo")


def rebuilt_elsewhere() -> ConcurrentChange:
    """The refusal to rebuild, or to check, what another process is rebuilding."""
    return ConcurrentChange("un'altra ricostruzione è in corso", accepted="attendere che finisca")


HELD_OPEN = "un processo lo tiene aperto: si fermino il servizio e chi registra"
"""Why a file is not taken that others would go on with."""


def busy(location: str, reason: str) -> StoreBusy:
    """The refusal of a store that is to be asked again a little later."""
    found = f"l'archivio {shown_location(location)} non è disponibile adesso: {reason}"
    return StoreBusy(found, accepted=f"riprovare fra {StoreBusy.retry_after} secondi, o più tardi", where="--database")


def read_only(writes_at: str | None = None) -> StoreReadOnly:
    """The refusal of a store that is only read here; where commands are taken, if that is known."""
    seconds = StoreReadOnly.retry_after
    return StoreReadOnly(
        "l'archivio qui si legge soltanto: è una replica, o le scritture sono sospese",
        accepted=f"lo stesso comando a {writes_at}; se il primario sta cambiando, riprovare fra {seconds} secondi"
        if writes_at
        else f"lo stesso comando al server primario; se il primario sta cambiando, riprovare fra {seconds} secondi",
        where="--database" if writes_at is None else "",
    )


def damaged(location: str, reason: str, *, accepted: str = REPAIR) -> StoreDamaged:
    """The refusal of a store that is not whole."""
    return StoreDamaged(f"l'archivio {location} è danneggiato: {reason}", accepted=accepted, where="--database")


def not_ours(location: str) -> StoreRefused:
    """The refusal of a file that is no store."""
    found = f"{shown_location(location)} non è un archivio"
    return StoreRefused(found, accepted="un file nuovo, o un archivio nostro", where="--database")


def _innermost(error: BaseException) -> BaseException:
    """What the driver raised, beneath the names of the library."""
    while isinstance(error, PersistenceError) and (cause := error.__cause__ or _argument(error)) is not None:
        error = cause
    return error


def _argument(error: BaseException) -> BaseException | None:
    return next((part for part in error.args if isinstance(part, BaseException)), None)


def _refusal(error: BaseException, location: str) -> DomainError:
    shown, reason = shown_location(location), _reason(error, location)
    if _sqlstate(error) == _READ_ONLY:
        return read_only()
    if _sqlstate(error) in _OF_ANOTHER_SHAPE:
        return migrated_meanwhile()
    if _is_away(error):
        return busy(location, reason)
    if _code(error) in _MALFORMED:
        if _code(error) == sqlite3.SQLITE_NOTADB:
            return not_ours(location)
        return damaged(shown, reason)
    if _sqlstate(error) == _NOT_ALLOWED:
        found = f"il ruolo con cui si entra non può farlo: {reason}"
        return StoreRefused(found, accepted="il ruolo proprietario delle tabelle", where="--database")
    accepted = (
        "l'indirizzo di una base di dati" if is_server(location) else "un file scrivibile in una cartella scrivibile"
    )
    return StoreRefused(f"l'archivio {shown} non si può usare: {reason}", accepted=accepted, where="--database")


def _is_away(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return _code(error) in _LOCKED
    return isinstance(error, server_errors()) and (_waited_for_none(error) or _is_server_away(error))


def _waited_for_none(error: BaseException) -> bool:
    """Whether the pool had no connection for whoever waited."""
    if not isinstance(error, server_errors()):
        return False
    from psycopg_pool import PoolTimeout  # noqa: PLC0415 - of no use to a file: `server_driver`

    return isinstance(error, PoolTimeout)


def _is_server_away(error: "psycopg.Error") -> bool:
    import psycopg  # noqa: PLC0415 - as above

    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError) and _FOR_GOOD.search(str(error)) is None
    return _AWAY.fullmatch(error.sqlstate) is not None


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error, "sqlstate", None)


def _code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & _PRIMARY_CODE if isinstance(code, int) else None


def _reason(error: BaseException, location: str) -> str:
    """Why, in the words of the system or of the driver, on one line."""
    if _code(error) in _LOCKED:
        return "un altro processo lo tiene occupato"
    if _waited_for_none(error):
        return "nessuna connessione è libera"
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = [line.strip() for line in words.strip().splitlines() if line.strip()]
    # libpq says what happened on its first line, or after the places that it tried.
    told = next((line for line in reversed(lines) if "FATAL" in line), lines[0] if lines else type(error).__name__)
    return without_secrets(told, location)
