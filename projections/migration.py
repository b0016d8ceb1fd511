"""Brings a store to the version of this program, and rebuilds what is derived with it: whole, or not at all."""

from projections.rebuild import Progress, rebuild_within
from projections.store import postgres, sqlite


def migrate(location: str, append_only_role: str | None, progress: Progress) -> tuple[int, int]:
    """Makes or migrates the tables of a store; answers the version before, 0 for none, and the one now."""
    if postgres.is_server(location):
        return postgres.migrate(
            location, append_only_role, lambda cursor: rebuild_within(postgres.Datastore, cursor, progress)
        )
    return sqlite.migrate(location, lambda cursor: rebuild_within(sqlite.Datastore, cursor, progress))
