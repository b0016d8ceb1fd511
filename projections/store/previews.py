"""Keeps the files that somebody looks at before they are recorded, with what they would do, until they expire.

What is kept has a quota, in all and for the plans of one administration; what expired is deleted, and gives its room back.

No event says what a preview holds: each is sealed, by a secret that is not in the database.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from domain.errors import Refusal
from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant
from projections.store.owners import PLAN, Owners


class StoredPreview(NamedTuple):
    """A preview; `shown` is None, and it is not kept yet, while it is being made; `file` is what was sent."""

    id: str
    plan: str
    version: int
    created_at: datetime
    expires_at: datetime
    state: str
    said: str
    shown: str | None
    file: bytes


class Datastore(Protocol):
    """The database of either kind."""

    def cursor(self, *, commit: bool = False) -> AbstractContextManager[Cursor]:
        """A cursor in a transaction of its own."""
        ...

    def shrink(self) -> None:
        """Gives the room of what was deleted back, where that is worth its time."""
        ...


class PreviewQuota(NamedTuple):
    """How many bytes may be kept, in all and for some plans together."""

    total: int
    of_plans: int
    plans: frozenset[str]


class PreviewsFull(Refusal):
    """As much is kept of files that were looked at, and neither confirmed nor expired, as the installation allows."""

    name = "previews_full"
    title = "Troppe anteprime conservate"
    retry_after = 3_600


class PreviewAltered(Refusal):
    """A kept file, or what it was shown to do, is not the one that was kept: nothing is shown or recorded of it."""

    name = "preview_altered"
    title = "Anteprima alterata"


class Seal(NamedTuple):
    """A secret that does not lie in the database, by which a kept preview is known again; `name` says which it is."""

    name: str
    secret: bytes

    @classmethod
    def of_process(cls) -> "Seal":
        """A secret that dies with the process, and the previews with it."""
        return cls(f"{OF_PROCESS}{secrets.token_hex(4)}", secrets.token_bytes(32))

    def over(self, kept: StoredPreview, file_digest: str) -> str:
        """What stands before what a preview shows: the name of the seal, the digest of the file, an HMAC over all of it."""
        said = [*kept._replace(created_at=write_instant(kept.created_at), expires_at=write_instant(kept.expires_at))]  # type: ignore[arg-type]
        message = orjson.dumps([*said[:-1], file_digest])
        return f"{self.name}:{file_digest}:{hmac.new(self.secret, message, hashlib.sha256).hexdigest()}"


OF_PROCESS = "process-"
"""What the name of a seal begins with that no other process knows."""

_COLUMNS = "id, plan, version, created_at, expires_at, state, said, shown"
_OF_PREVIEW = "administration = ? AND id = ?"
PreviewColumns = Sequence[Any]
"""A row of the table, as the database gives it."""


class Sealed(NamedTuple):
    """A preview as it lies, with the seal that stands before what it shows; the file may be left out."""

    preview: StoredPreview
    seal: str

    @property
    def name(self) -> str:
        """The name of the seal."""
        return self.seal.partition(":")[0]

    @property
    def file_digest(self) -> str:
        """The digest that the file had when it was kept."""
        return self.seal.split(":")[1]

    def is_whole(self, seal: Seal) -> bool:
        """Whether all but the file is what was sealed."""
        return hmac.compare_digest(self.seal.encode(), seal.over(self.preview, self.file_digest).encode())

    def has_its_file(self) -> bool:
        """Whether the file is the one that was sealed."""
        return digest(self.preview.file) == self.file_digest


def digest(file: bytes) -> str:
    """The digest of a file."""
    return hashlib.sha256(file).hexdigest()


def read_sealed(row: PreviewColumns) -> Sealed | None:
    """A row of the table; None where a program kept it that sealed none, ValueError where it is no preview."""
    preview_id, plan, version, created, expires, state, options, column, *file = row
    if column is None or column.startswith("{"):
        return None
    seal, _, shown = column.partition("\n")
    if seal.count(":") != 2:
        raise ValueError(f"nessun sigillo: {column[:40]}")
    preview = StoredPreview(
        preview_id,
        plan,
        version,
        read_instant(created),
        read_instant(expires),
        state,
        options,
        shown or None,
        bytes(file[0]) if file else b"",
    )
    if (write_instant(preview.created_at), write_instant(preview.expires_at)) != (created, expires):
        raise ValueError(f"nessun istante: {created}, {expires}")
    return Sealed(preview, seal)


class Previews:
    """The previews of an installation; those that expired are gone whenever one is looked for or kept.

    `seals` answers the secrets by which previews are known again: the first seals new ones. A preview that is sealed by
    none of them is not found.
    """

    def __init__(self, datastore: Datastore, seals: Callable[[], Sequence[Seal]]) -> None:
        self.datastore = datastore
        self._seals = seals

    def keep(self, kept: StoredPreview, quota: PreviewQuota) -> None:
        """Keeps a new preview; PreviewsFull where there is no room for it."""
        row = self._row(kept)
        with self.datastore.cursor(commit=True) as cursor:
            _delete_expired(cursor, kept.created_at)
            _require_room(cursor, quota, len(kept.file) + len(str(row[-2])))
            _put(cursor, _owner(cursor, kept.plan), row)

    def announce(self, unkept: StoredPreview) -> None:
        """Says to every process how far a preview came that is being made, or that failed; it takes nobody's room."""
        row = self._row(unkept)
        with self.datastore.cursor(commit=True) as cursor:
            _put(cursor, _owner(cursor, unkept.plan), row)

    def _row(self, preview: StoredPreview) -> tuple[str, str, int, str, str, str, str, str, bytes]:
        seal = self._seals()[0].over(preview, digest(preview.file))
        return (
            preview.id,
            preview.plan,
            preview.version,
            write_instant(preview.created_at),
            write_instant(preview.expires_at),
            preview.state,
            preview.said,
            f"{seal}\n{preview.shown or ''}",
            preview.file,
        )

    def require_room(self, quota: PreviewQuota, size: int, now: datetime) -> None:
        """PreviewsFull where a file of this size could not be kept: it is not worth to be looked at."""
        with self.datastore.cursor() as cursor:
            _require_room(cursor, quota, size, now)

    def plans(self) -> set[str]:
        """The plans that something is kept for; empty names those that are not there yet."""
        with self.datastore.cursor() as cursor:
            return {str(plan) for (plan,) in cursor.execute("SELECT DISTINCT plan FROM preview").fetchall()}

    def delete_expired(self, now: datetime) -> None:
        """Deletes what expired, and gives the room back; writes nothing where nothing did."""
        instant = write_instant(now)
        with self.datastore.cursor() as cursor:
            expired = cursor.execute("SELECT 1 FROM preview WHERE expires_at <= ? LIMIT 1", (instant,)).fetchone()
        if expired is not None:
            with self.datastore.cursor(commit=True) as cursor:
                _delete_expired(cursor, now)
        self.datastore.shrink()

    def change(self, id_: str, plan: str, state: str) -> None:
        """Says what became of a preview of a plan; PreviewAltered when it is not as it was kept."""
        with self.datastore.cursor(commit=True) as cursor:
            key = _owner(cursor, plan), id_
            sql = f"SELECT {_COLUMNS} FROM preview WHERE {_OF_PREVIEW}"  # noqa: S608 - our own names
            before = self._known(cursor.execute(sql, key).fetchone())
            if before is None:
                return
            sealed, seal = before
            preview = sealed.preview._replace(state=state)
            column = f"{seal.over(preview, sealed.file_digest)}\n{preview.shown or ''}"
            sql = f"UPDATE preview SET state = ?, shown = ? WHERE {_OF_PREVIEW}"  # noqa: S608 - our own names
            cursor.execute(sql, (state, column, *key))

    def find(self, id_: str, plan: str, now: datetime) -> StoredPreview | None:
        """A preview of a plan by its id; None when there is none, or it expired; PreviewAltered when it is not as it was kept."""
        with self.datastore.cursor() as cursor:
            sql = f"SELECT {_COLUMNS}, file FROM preview WHERE {_OF_PREVIEW} AND expires_at > ?"  # noqa: S608 - our own names
            row = cursor.execute(sql, (_owner(cursor, plan), id_, write_instant(now))).fetchone()
        known = self._known(row)
        if known is None:
            return None
        if not known[0].has_its_file():
            raise _altered(id_)
        return known[0].preview

    def _known(self, row: PreviewColumns | None) -> tuple[Sealed, Seal] | None:
        """A row with the seal that it has; None when there is none, or it has none that is known here."""
        try:
            sealed = None if row is None else read_sealed(row)
        except (AttributeError, TypeError, ValueError):
            raise _altered(str(row and row[0])) from None
        seal = next((seal for seal in self._seals() if sealed is not None and sealed.name == seal.name), None)
        if sealed is None or seal is None:
            return None
        if not sealed.is_whole(seal):
            raise _altered(sealed.preview.id)
        return sealed, seal


def _owner(cursor: Cursor, plan: str) -> str:
    """Whose the previews of a plan are; those of what is in no plan yet are the installation's."""
    return Owners().key(cursor, f"{PLAN}{plan}").administration


def _put(cursor: Cursor, owner: str, row: PreviewColumns) -> None:
    """Puts a row in the place of the one with its id."""
    cursor.execute(f"DELETE FROM preview WHERE {_OF_PREVIEW}", (owner, row[0]))  # noqa: S608 - our own names
    cursor.execute(
        f"INSERT INTO preview (administration, {_COLUMNS}, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (owner, *row),
    )


def _delete_expired(cursor: Cursor, now: datetime) -> None:
    cursor.execute("DELETE FROM preview WHERE expires_at <= ?", (write_instant(now),))


def _require_room(cursor: Cursor, quota: PreviewQuota, size: int, now: datetime | None = None) -> None:
    sql = "SELECT plan, sum(length(file) + length(shown)) FROM preview WHERE expires_at > ? GROUP BY plan"
    kept = {plan: int(total) for plan, total in cursor.execute(sql, (write_instant(now) if now else "",)).fetchall()}
    held = (
        ("in tutto", sum(kept.values()), quota.total, "INITINERE_MAX_PREVIEWS_BYTES"),
        (
            "per questa amministrazione" if "" not in quota.plans else "per i piani che non ci sono ancora",
            sum(total for plan, total in kept.items() if plan in quota.plans),
            quota.of_plans,
            "INITINERE_MAX_PREVIEWS_BYTES_PER_ADMINISTRATION",
        ),
    )
    for which, taken, limit, setting in held:
        if taken + size > limit:
            found = f"le anteprime conservate {which} occupano {taken} byte: altri {size} passano il limite di {limit}"
            raise PreviewsFull(found, accepted=f"riprovare quando qualcuna è scaduta, o un limite più alto ({setting})")


def _altered(id_: str) -> PreviewAltered:
    problem = f"l'anteprima {id_} non è quella che era stata conservata"
    return PreviewAltered(
        problem, accepted="inviare di nuovo il file; initinere verify, che dice che cosa è stato alterato"
    )
