"""The tables, and what each is for.

`stored_events` is the record: everything in `PROJECTED` can be dropped and rebuilt from it, to the same ordered rows.
`text` and `receipt` are not derived: words that may be redacted one day, and the answers given to commands.
"""

SCHEMA_VERSION = 1
"""Raised with every change of these tables; a database of a newer version is refused, untouched."""

APPLICATION_ID = 0x1717_4E52
"""Marks an SQLite file as ours (PRAGMA application_id)."""

PROJECTED = ("append", "cell", "fact", "annulment")

SQLITE = (
    """CREATE TABLE stored_events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (originator_id, originator_version))""",
    """CREATE TABLE text (digest TEXT PRIMARY KEY, salt TEXT NOT NULL, text TEXT) WITHOUT ROWID""",
    """CREATE TABLE receipt (
        command_id TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID""",
)

SQLITE_PROJECTED = (
    # One append of a stream: its versions, its instant, and the greatest effective date up to it (the clamp).
    """CREATE TABLE append (
        stream TEXT NOT NULL, recorded_at TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        horizon INTEGER NOT NULL, PRIMARY KEY (stream, recorded_at)) WITHOUT ROWID""",
    """CREATE TABLE cell (
        id INTEGER PRIMARY KEY, stream TEXT NOT NULL, object TEXT NOT NULL, field TEXT NOT NULL,
        UNIQUE (stream, object, field))""",
    # Appended and never updated; the dates are YYYYMMDD, the value is JSON.
    """CREATE TABLE fact (
        cell INTEGER NOT NULL, effective_on INTEGER NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (cell, effective_on, version)) WITHOUT ROWID""",
    # From version `since` on, `version` counts or does not; `named` says that the event at `since` names it.
    """CREATE TABLE annulment (
        stream TEXT NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL, annulled INTEGER NOT NULL,
        named INTEGER NOT NULL, PRIMARY KEY (stream, version, since)) WITHOUT ROWID""",
)
