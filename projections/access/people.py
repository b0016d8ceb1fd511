"""The people of the accounts: a name to be read in place of an id, and what somebody types to say who it is.

They lie beside the record, and can be erased.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from domain.errors import AlreadyThere
from projections.store.cursor import Cursor


class Person(NamedTuple):
    """The person of an account."""

    account: str
    name: str
    login: str


def enter(cursor: Cursor, person: Person) -> None:
    """Enters the person of a new account; AlreadyThere where another has its login."""
    require_free(cursor, person.login)
    cursor.execute("INSERT INTO person (account, name, login) VALUES (?, ?, ?)", person)


def require_free(cursor: Cursor, login: str) -> None:
    """AlreadyThere where a login is somebody's; whose, and of which administration, is told to nobody."""
    if by_login(cursor, login) is not None:
        found = f"il nome d'accesso {login!r} non è libero"
        raise AlreadyThere(
            found, accepted="un altro, per esempio con la sigla dell'ente: ufficio.cciaa-esempio", where="login"
        )


def by_login(cursor: Cursor, login: str) -> Person | None:
    """The person who types this to come in."""
    row = cursor.execute("SELECT account, name, login FROM person WHERE login = ?", (login,)).fetchone()
    return None if row is None else Person(*row)


def of_accounts(cursor: Cursor, accounts: Collection[str]) -> Mapping[str, Person]:
    """The people of some accounts, by account; none for those that were erased."""
    wanted = sorted(set(accounts))
    people: dict[str, Person] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        sql = f"SELECT account, name, login FROM person WHERE account IN ({', '.join('?' * len(part))})"  # noqa: S608
        people |= {row[0]: Person(*row) for row in cursor.execute(sql, part).fetchall()}
    return people


def erase(cursor: Cursor, account: str) -> None:
    """Deletes the person of an account."""
    cursor.execute("DELETE FROM person WHERE account = ?", (account,))
