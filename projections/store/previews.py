"""Keeps the files that somebody looks at before they are recorded, with what they would do, until they expire."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant


class StoredPreview(NamedTuple):
    """A preview as it is kept; `shown` is None while it is being made, `file` the bytes that were sent."""

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


class Previews:
    """The previews of an installation; those that expired are gone whenever one is looked for or kept."""

    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore

    def keep(self, preview: StoredPreview) -> None:
        """Keeps a new preview."""
        with self.datastore.cursor(commit=True) as cursor:
            cursor.execute("DELETE FROM preview WHERE expires_at <= ?", (write_instant(preview.created_at),))
            cursor.execute(
                "INSERT INTO preview (id, plan, version, created_at, expires_at, state, said, shown, file) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    preview.id,
                    preview.plan,
                    preview.version,
                    write_instant(preview.created_at),
                    write_instant(preview.expires_at),
                    preview.state,
                    preview.said,
                    preview.shown,
                    preview.file,
                ),
            )

    def change(self, id_: str, state: str, content: str | None = None, version: int | None = None) -> None:
        """Says how far a preview is and, once it is made, what it shows."""
        with self.datastore.cursor(commit=True) as cursor:
            cursor.execute(
                "UPDATE preview SET state = ?, shown = coalesce(?, shown), version = coalesce(?, version) WHERE id = ?",
                (state, content, version, id_),
            )

    def find(self, id_: str, now: datetime) -> StoredPreview | None:
        """A preview by its id; None when there is none, or it expired."""
        with self.datastore.cursor() as cursor:
            row = cursor.execute(
                "SELECT id, plan, version, created_at, expires_at, state, said, shown, file FROM preview "
                "WHERE id = ? AND expires_at > ?",
                (id_, write_instant(now)),
            ).fetchone()
        if row is None:
            return None
        preview_id, plan, version, created, expires, state, message, content, file = row
        return StoredPreview(
            preview_id,
            plan,
            version,
            read_instant(created),
            read_instant(expires),
            state,
            message,
            content,
            bytes(file),
        )


def lasting(hours: int) -> timedelta:
    """How long a preview lasts."""
    return timedelta(hours=hours)
