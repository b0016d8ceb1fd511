"""The tables, and what each is for.

`stored_events` is the record: everything in `PROJECTED` can be dropped and rebuilt from it, to the same ordered rows.
`text`, `receipt` and `preview` are not derived: words that may be redacted one day, the answers given to commands,
files that were sent to be looked at. Nor are
`checkpoint` and `checkpoint_head`: what was signed, and the heads of the streams that it was signed over. `person`,
`access` and `attempt` are of the door, not of the record: names that can be erased, what lets somebody in, who knocked.
`FOLLOWED` is derived too, but after the append: a follower keeps it (projections/across/), and can begin again.

What is of an administration has it as the first column of every key, so that a server can partition a table by it, or
distribute it over several (projections/store/owners.py: whose a stream is). What is of the installation has none: `meta`,
the checkpoints and the heads that they sign, the people and what lets them in, how far a follower has come, and
`plan_owner`, which says whose a plan is to whoever knows its name alone.
"""

from projections.store.owners import OWNER_IN_SQL

SCHEMA_VERSION = 8
"""Raised with every change of these tables; a database of a newer version is refused, untouched."""

KEYED_SINCE = 6
"""The version since which the administration leads the keys of what is not derived, too."""
DERIVED_SINCE = 7
"""The version since which what is derived can be read as it lies: it is rebuilt where a store comes from before.

Tables of another shape are called otherwise, or a column that every question asks of is: on a server a program of before
that began to read before they took the place of the others would find them, and in its snapshot not yet their rows.
A file since then has all that it answers from: it is opened as it is, and is of this version, with the tables that came
since, once something is recorded in it.
"""

WITH_WORDS = {
    "text": "administration, digest",
    "receipt": "administration, command_id",
    "preview": "administration, id",
}
"""The tables that may hold words that are redacted one day, or confirm a guess of them, with their keys."""

WITH_PEOPLE = {"person": "account", "access": "kind, id"}
"""The tables that hold people, who may be erased one day, and what lets them in, with their keys."""

APPLICATION_ID = 0x1717_4E52
"""Marks an SQLite file as ours (PRAGMA application_id)."""

OF_THE_DOOR = ("person", "access", "attempt")
"""The tables of who may come in: no answer about a plan depends on them."""

PROJECTED = ("append", "boundary", "cell", "fact", "annulment", "leaf", "edge", "plan_owner")

FOLLOWED = ("followed", "across_plan", "across_count", "across_change")

SQLITE_FOLLOWED = (
    # How far a follower has come: the last row of the feed whose consequences lie in its tables. `mark` is the
    # transaction of that row, on a server; where it is another one, the database came from elsewhere.
    """CREATE TABLE followed (
        name TEXT PRIMARY KEY, version INTEGER NOT NULL, position BIGINT NOT NULL, mark TEXT NOT NULL,
        recorded_at TEXT NOT NULL) WITHOUT ROWID""",
    # A plan, as of which of its versions it was read; a draft has no `since`, the day from which it is approved.
    """CREATE TABLE across_plan (
        plan TEXT PRIMARY KEY, administration TEXT NOT NULL, first_year INTEGER NOT NULL, last_year INTEGER NOT NULL,
        since TEXT, version INTEGER NOT NULL) WITHOUT ROWID""",
    # So many objectives of a level are planned, or touched for the first time under a variant, from a day on. The
    # empty cause stands for all of them together.
    """CREATE TABLE across_count (
        year INTEGER NOT NULL, plan TEXT NOT NULL, measure TEXT NOT NULL, cause TEXT NOT NULL, level TEXT NOT NULL,
        since TEXT NOT NULL, objectives INTEGER NOT NULL,
        PRIMARY KEY (year, plan, measure, cause, level, since)) WITHOUT ROWID""",
    # One change of an approved plan, as known now.
    """CREATE TABLE across_change (
        plan TEXT NOT NULL, version INTEGER NOT NULL, administration TEXT NOT NULL, recorded_at TEXT NOT NULL,
        effective_on TEXT NOT NULL, year INTEGER, event TEXT NOT NULL, kind TEXT NOT NULL, restored_kind TEXT,
        aspect TEXT NOT NULL, direction TEXT, objectives TEXT NOT NULL, levels TEXT NOT NULL, indicator TEXT,
        before TEXT NOT NULL, after TEXT NOT NULL, act TEXT, cause TEXT, justification TEXT, actor TEXT NOT NULL,
        retrospective INTEGER NOT NULL, PRIMARY KEY (plan, version)) WITHOUT ROWID""",
    "CREATE INDEX across_change_recorded ON across_change (recorded_at, plan, version)",
    "CREATE INDEX across_change_effective ON across_change (effective_on, plan, version)",
    "CREATE INDEX across_change_of ON across_change (administration, recorded_at)",
)

SQLITE_ACCESS = (
    # The person of an account: what people read in place of its id, and what it types to say who it is.
    "CREATE TABLE person (account TEXT PRIMARY KEY, name TEXT NOT NULL, login TEXT NOT NULL UNIQUE) WITHOUT ROWID",
    # What lets an account in, by its kind: a credential, a session, a token, a step of signing in that is under way. Where
    # the secret is all that somebody has, `id` is a digest of it.
    """CREATE TABLE access (
        kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL,
        used_at TEXT, expires_at TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID""",
    "CREATE INDEX access_of ON access (account, kind)",
    "CREATE INDEX access_expired ON access (expires_at)",
    # How often somebody, or something, was counted in a window of time that ends at `until`.
    """CREATE TABLE attempt (
        key TEXT PRIMARY KEY, count INTEGER NOT NULL, until TEXT NOT NULL) WITHOUT ROWID""",
)

EVENTS_ON_SQLITE = """CREATE TABLE stored_events (
        administration TEXT NOT NULL,
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (administration, originator_id, originator_version))"""
"""A file counts its positions by its own key, which is of no column else; it is never partitioned."""
EVENTS_ON_POSTGRES = """CREATE TABLE stored_events (
        administration TEXT NOT NULL,
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (administration, originator_id, originator_version))"""

RECEIPT_INDEX = "receipt_once"
RECEIPT_ONCE = f"CREATE UNIQUE INDEX {RECEIPT_INDEX} ON receipt (command_id)"
"""A key serves once, whoever the command is about: two that come together are of one administration, or of several."""

SQLITE = (
    *SQLITE_FOLLOWED,
    *SQLITE_ACCESS,
    EVENTS_ON_SQLITE,
    """CREATE TABLE text (
        administration TEXT NOT NULL, digest TEXT NOT NULL, salt TEXT NOT NULL, text TEXT,
        PRIMARY KEY (administration, digest)) WITHOUT ROWID""",
    # Of the administration whose streams the command wrote to; of none where these are of several, or there are none.
    """CREATE TABLE receipt (
        administration TEXT NOT NULL, command_id TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL,
        PRIMARY KEY (administration, command_id)) WITHOUT ROWID""",
    RECEIPT_ONCE,
    # A file that somebody looks at before it is recorded: it expires, and nothing is derived from it.
    """CREATE TABLE preview (
        administration TEXT NOT NULL, id TEXT NOT NULL, plan TEXT NOT NULL, version INTEGER NOT NULL,
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL, state TEXT NOT NULL, said TEXT NOT NULL, shown TEXT,
        file BLOB NOT NULL, PRIMARY KEY (administration, id))""",
    # A signed note over the tree of the heads of all streams; `stamped` is an RFC 3161 token over the note, if asked for.
    """CREATE TABLE checkpoint (
        number INTEGER PRIMARY KEY, made_at TEXT NOT NULL, occasion TEXT NOT NULL, root BLOB NOT NULL,
        note TEXT NOT NULL, stamped BLOB)""",
    # Only the heads that moved since the checkpoint before; `positions` is a chain over the places in the log.
    """CREATE TABLE checkpoint_head (
        number INTEGER NOT NULL, stream TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
        positions BLOB NOT NULL, PRIMARY KEY (stream, number)) WITHOUT ROWID""",
)

FACT_ON_SQLITE = "CREATE TABLE fact (id INTEGER PRIMARY KEY, fragment TEXT NOT NULL)"
"""One whole number, by which a file finds a row fastest: the cell that it begins with is of one administration."""
FACT_KEY = "PRIMARY KEY (administration, version, cell, day)"
"""The cell stands behind the version, so that no server seeks a fact by its key: it would compare names all the way down."""
FACT_ON_POSTGRES = f"""CREATE TABLE fact (
        administration TEXT NOT NULL, cell BIGINT NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL,
        fragment TEXT NOT NULL, {FACT_KEY})"""
FACT_INDEX = "CREATE INDEX ON fact (cell, day, version)"
"""What a fact is sought by, numbers alone: a cell is of one administration, whoever says which only names its partition."""

SQLITE_PROJECTED = (
    # One append of a stream: its versions, its instant, and the greatest effective date up to it (the clamp).
    """CREATE TABLE append (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, recorded_at TEXT NOT NULL, first INTEGER NOT NULL,
        last INTEGER NOT NULL, horizon INTEGER NOT NULL,
        PRIMARY KEY (administration, originator_id, recorded_at)) WITHOUT ROWID""",
    # A field of an object; its latest fact, by day and then by version, lies in the row, to be read
    # without a seek; `several` says that it has others.
    """CREATE TABLE cell (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, id INTEGER NOT NULL, object TEXT NOT NULL,
        field TEXT NOT NULL, day INTEGER, version INTEGER, fragment TEXT, several INTEGER,
        PRIMARY KEY (administration, originator_id, id), UNIQUE (administration, originator_id, object, field)) WITHOUT ROWID""",
    # From which version on something takes effect on a day: between two of them every answer is the same.
    """CREATE TABLE boundary (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (administration, originator_id, day)) WITHOUT ROWID""",
    # The facts that are not the latest of their cells, appended and never updated: see projections/store/facts.py.
    FACT_ON_SQLITE,
    # From version `since` on, `version` counts or does not; `named` says that the event at `since` names it.
    """CREATE TABLE annulment (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL,
        annulled INTEGER NOT NULL, named INTEGER NOT NULL,
        PRIMARY KEY (administration, originator_id, version, since)) WITHOUT ROWID""",
    # The hash of each event's bytes (RFC 9162), and the right edge of each stream's tree.
    """CREATE TABLE leaf (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (administration, originator_id, version)) WITHOUT ROWID""",
    """CREATE TABLE edge (
        administration TEXT NOT NULL, originator_id TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
        nodes BLOB NOT NULL, PRIMARY KEY (administration, originator_id)) WITHOUT ROWID""",
    # Whose a plan is, by the name of its stream: of the installation, so that two can never draft one of the same name.
    "CREATE TABLE plan_owner (originator_id TEXT PRIMARY KEY, administration TEXT NOT NULL) WITHOUT ROWID",
)

COLUMNS = {
    "append": ("administration", "originator_id", "recorded_at", "first", "last", "horizon"),
    "boundary": ("administration", "originator_id", "day", "version"),
    "cell": ("administration", "originator_id", "id", "object", "field", "day", "version", "fragment", "several"),
    "leaf": ("administration", "originator_id", "version", "hash"),
    "edge": ("administration", "originator_id", "size", "root", "nodes"),
    "plan_owner": ("administration", "originator_id"),
}
"""The tables that hold rows of one stream, with their columns: what a row is of, first."""
ANNULMENT_COLUMNS = ("administration", "originator_id", "version", "since", "annulled", "named")

PLAN_INDEX = "CREATE INDEX IF NOT EXISTS plan_of_administration ON plan_owner (administration, originator_id)"
"""The plans of an administration: whoever asks for them would read those of all."""

KEYED = {
    "stored_events": (
        "administration, originator_id, originator_version",
        ("stored_events_pkey", "stored_events_originator_id_originator_version_key"),
    ),
    "text": ("administration, digest", ("text_pkey",)),
    "receipt": ("administration, command_id", ("receipt_pkey",)),
    "preview": ("administration, id", ("preview_pkey",)),
}
"""The tables that are not derived and are of an administration: their keys, and on a server the constraints of earlier keys."""
UNSAID_INDEX = "stored_events_unsaid"

SHADOW = "next_"
"""What the names of the shadow tables begin with: projections that are being rebuilt while the others answer."""

PROGRESS = f"{SHADOW}progress"
SHADOW_TABLES = (*(SHADOW + table for table in PROJECTED), PROGRESS)


def _shadow(statement: str) -> str:
    return statement.replace("CREATE TABLE ", f"CREATE TABLE {SHADOW}", 1)


_PROGRESS_TABLE = f"""CREATE TABLE {PROGRESS} (
        version INTEGER NOT NULL, administration TEXT NOT NULL, stream TEXT NOT NULL, stream_version INTEGER NOT NULL,
        position BIGINT NOT NULL, cells BIGINT NOT NULL, done BIGINT NOT NULL, in_place_of TEXT NOT NULL,
        in_place TEXT NOT NULL)"""
"""How far a rebuild has come: the last event that was taken in, in the order of administrations and streams; the place in the
log from which on what was recorded meanwhile is; the last cell; how many events; the last stream whose rows answer."""
SQLITE_SHADOW = (_PROGRESS_TABLE, *map(_shadow, SQLITE_PROJECTED))

# -- the same tables on PostgreSQL -------------------------------------------------------------------------------------

PRODUCT = "initinere"
"""Marks a PostgreSQL database as ours (table `meta`)."""

_WORDS = (
    ("id INTEGER NOT NULL", "id BIGINT NOT NULL DEFAULT nextval('cell_number')"),
    (" WITHOUT ROWID", ""),
    ("BLOB", "BYTEA"),
    ("TEXT", 'TEXT COLLATE "C"'),  # sorted by its bytes, as SQLite sorts it
)


def _on_postgres(statement: str) -> str:
    statement = {FACT_ON_SQLITE: FACT_ON_POSTGRES, EVENTS_ON_SQLITE: EVENTS_ON_POSTGRES}.get(statement, statement)
    for sqlite_word, postgres_word in _WORDS:
        statement = statement.replace(sqlite_word, postgres_word)
    return statement


_TABLES = tuple(_on_postgres(statement) for statement in SQLITE_PROJECTED)
_SHADOW_FACT_INDEX = FACT_INDEX.replace(" ON ", f" ON {SHADOW}")
_LOGGED_SHADOW = (_on_postgres(_PROGRESS_TABLE), *map(_shadow, _TABLES), _SHADOW_FACT_INDEX)
_SHADOW_ON_POSTGRES = tuple(
    statement.replace("CREATE TABLE", "CREATE UNLOGGED TABLE", 1) for statement in _LOGGED_SHADOW
)
"""Not in the log of a server, which would hold all twice: where it was killed it finds them empty, and a rebuild begins anew."""

_OF_A_SERVER = (
    # What lies beside the counter of positions in a file: the mark of the instants, and how many texts that were
    # redacted are also gone from the files.
    "CREATE SEQUENCE IF NOT EXISTS last_instant MINVALUE 0",
    "CREATE SEQUENCE IF NOT EXISTS texts_erased MINVALUE 0",
    "CREATE INDEX IF NOT EXISTS text_redacted ON text (digest) WHERE text IS NULL",
    # The statistics of a column hold some of its values: of these, none.
    *(f"ALTER TABLE text ALTER COLUMN {column} SET STATISTICS 0" for column in ("salt", "text")),
    *(f"ALTER TABLE preview ALTER COLUMN {column} SET STATISTICS 0" for column in ("said", "shown", "file")),
    "ALTER TABLE receipt ALTER COLUMN request SET STATISTICS 0",
)

_OF_THE_DOOR_OF_A_SERVER = (
    # How many people were erased, and how many of them are also gone from the files.
    "CREATE SEQUENCE IF NOT EXISTS people_erased",
    "CREATE SEQUENCE IF NOT EXISTS people_gone",
    *(f"ALTER TABLE person ALTER COLUMN {column} SET STATISTICS 0" for column in ("name", "login")),
    *(f"ALTER TABLE access ALTER COLUMN {column} SET STATISTICS 0" for column in ("id", "state")),
)

_STATISTICS = tuple(
    f"CREATE STATISTICS IF NOT EXISTS {table}_of_one (dependencies) ON administration, originator_id FROM {table}"
    for table in (*COLUMNS, "stored_events")
)
"""That a stream is of one administration: a server takes two columns for independent of each other else."""

POSTGRES = (
    'CREATE TABLE meta (product TEXT COLLATE "C" PRIMARY KEY, version INTEGER NOT NULL)',
    *(_on_postgres(statement) for statement in SQLITE),
    "CREATE SEQUENCE cell_number",
    *_OF_A_SERVER,
    *_OF_THE_DOOR_OF_A_SERVER,
    *_TABLES,
    FACT_INDEX,
    PLAN_INDEX,
    *_SHADOW_ON_POSTGRES,
    "CREATE INDEX stored_events_in_order ON stored_events (transaction, position)",
    "CREATE INDEX stored_events_at ON stored_events (position)",
    *_STATISTICS,
)

# -- from an earlier version -------------------------------------------------------------------------------------------

UNSAID = "!"
"""What stands for the administration of a row of an earlier version until it is said; no administration is called so."""

_DROPPED = tuple(f"DROP TABLE IF EXISTS {table}" for table in PROJECTED)

SHADOW_BEFORE = (
    "CREATE SEQUENCE IF NOT EXISTS cell_number",
    *(f"DROP TABLE IF EXISTS {table}" for table in SHADOW_TABLES),
    *_LOGGED_SHADOW,
)
"""What a server of an earlier version needs for what is derived to be made anew, beside what answers: in the shape of today."""

MIGRATIONS: dict[int, tuple[str, ...]] = {
    2: tuple(_on_postgres(statement) for statement in SQLITE_FOLLOWED),
    3: _OF_A_SERVER,
    4: (*(_on_postgres(statement) for statement in SQLITE_ACCESS), *_OF_THE_DOOR_OF_A_SERVER),
    5: (),
    6: (
        *(
            statement
            for table, (_, was) in KEYED.items()
            for statement in (
                *(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}" for name in was),
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY USING INDEX {table}_of",
                f"ALTER TABLE {table} ALTER COLUMN administration DROP DEFAULT",
            )
        ),
        f"DROP INDEX {UNSAID_INDEX}",
    ),
    7: (
        *_DROPPED,
        *(f"ALTER TABLE {SHADOW}{table} RENAME TO {table}" for table in PROJECTED),
        f"DROP TABLE {PROGRESS}",
        *_SHADOW_ON_POSTGRES,
        PLAN_INDEX,
        *_STATISTICS,
        "DROP INDEX IF EXISTS receipt_of_command",  # the one that takes its place was made beside it
    ),
    8: (),
}
"""What brings the tables of a PostgreSQL database to a version from the one before.

Where what is derived changes its shape it was made anew before, in the shadow tables; where a key changes, its index was
made before, beside the one that serves.
"""


def _sought_by_cell(table: str, index: str) -> tuple[str, ...]:
    """Gives a table of facts the key and the index of today; what its key is called hangs on how it came to be."""
    key = f"SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'p'"  # noqa: S608
    return (
        f"DO $$ BEGIN EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', ({key})); END $$",
        f"ALTER TABLE {table} ADD {FACT_KEY}",
        index,
    )


DERIVED_MIGRATIONS: dict[int, tuple[str, ...]] = {
    8: (*_sought_by_cell("fact", FACT_INDEX), *_sought_by_cell(f"{SHADOW}fact", _SHADOW_FACT_INDEX)),
}
"""The same of what is derived, where it is not made anew: of a database since `DERIVED_SINCE`."""

_IN_EVENT = "json_extract(CAST(state AS TEXT), '$.{}')"
_RENEWED = tuple(statement for statement in SQLITE if statement.startswith(tuple(f"CREATE TABLE {t} " for t in KEYED)))


def _renewed(table: str, columns: str, owner: str) -> tuple[str, ...]:
    """Copies a table of a file into one with a key that the administration leads, and puts that in its place."""
    made = next(statement for statement in _RENEWED if statement.startswith(f"CREATE TABLE {table} "))
    return (
        _shadow(made),
        f"INSERT INTO {SHADOW}{table} (administration, {columns}) SELECT {owner}, {columns} FROM {table} ORDER BY 1, 2",  # noqa: S608
        # The positions are counted on from where they were.
        f"DELETE FROM sqlite_sequence WHERE name = '{SHADOW}{table}'",  # noqa: S608
        f"UPDATE sqlite_sequence SET name = '{SHADOW}{table}' WHERE name = '{table}'",  # noqa: S608
        f"DROP TABLE {table}",
        f"ALTER TABLE {SHADOW}{table} RENAME TO {table}",
    )


def _owner_of(stream: str) -> str:
    return OWNER_IN_SQL.format(stream=stream, owners="plan_owner")


def _noted(table: str, key: str, owner: str) -> str:
    return f"coalesce((SELECT n.administration FROM noted n WHERE n.name = {table}.{key}), {owner})"  # noqa: S608


_DERIVED_ON_SQLITE = (
    *(f"DROP TABLE IF EXISTS {table}" for table in (*PROJECTED, *SHADOW_TABLES)),
    *SQLITE_PROJECTED,
)
"""What is derived, in the shape of today and empty: it is rebuilt in the same transaction."""
_KEYED_ON_SQLITE = (
    *_DERIVED_ON_SQLITE,
    f"""INSERT INTO plan_owner (originator_id, administration)
    SELECT originator_id, {_IN_EVENT.format("body.administration")} FROM stored_events
    WHERE originator_version = 1 AND topic = 'plan-drafted' AND originator_id >= 'plan/' AND originator_id < 'plan0'""",  # noqa: S608
    *_renewed(
        "stored_events",
        "position, originator_id, originator_version, topic, state",
        _owner_of("stored_events.originator_id"),
    ),
    # What an event names of what lies beside it: the command, and the texts.
    "CREATE TEMP TABLE noted (name TEXT PRIMARY KEY, administration TEXT NOT NULL) WITHOUT ROWID",
    *(
        f"INSERT INTO noted SELECT {_IN_EVENT.format(name)}, administration FROM stored_events "  # noqa: S608
        f"WHERE {_IN_EVENT.format(name)} IS NOT NULL ON CONFLICT DO UPDATE "
        "SET administration = CASE administration WHEN excluded.administration THEN administration ELSE '' END"
        for name in ("command_id", "justification", "note")
    ),
    *_renewed("text", "digest, salt, text", _noted("text", "digest", "''")),
    *_renewed("receipt", "command_id, request, answer", _noted("receipt", "command_id", "''")),
    RECEIPT_ONCE,
    *_renewed(
        "preview", "id, plan, version, created_at, expires_at, state, said, shown, file", _owner_of("('plan/' || plan)")
    ),
    "DROP TABLE noted",
)

SQLITE_MIGRATIONS: dict[int, tuple[str, ...]] = {
    2: SQLITE_FOLLOWED,
    3: (),
    4: SQLITE_ACCESS,
    5: (),
    6: _KEYED_ON_SQLITE,
    7: (
        *_DERIVED_ON_SQLITE,
        "DROP INDEX IF EXISTS receipt_of_command",
        RECEIPT_ONCE.replace("INDEX", "INDEX IF NOT EXISTS"),
    ),
    8: (),
}
"""The same for a file, which takes it in one transaction."""

RIGHTS = {
    "meta": "SELECT",
    # Not its place in the log, nor its transaction: these the server gives.
    "stored_events": "SELECT, INSERT (administration, originator_id, originator_version, topic, state)",
    "receipt": "SELECT, INSERT, UPDATE (request)",
    "checkpoint_head": "SELECT, INSERT",
    "checkpoint": "SELECT, INSERT, UPDATE (stamped)",
    "text": "SELECT, INSERT, UPDATE (salt, text)",
    **dict.fromkeys(("preview", "person", "access", "attempt"), "SELECT, INSERT, UPDATE, DELETE"),
    **dict.fromkeys((*PROJECTED, *SHADOW_TABLES, *FOLLOWED), "SELECT, INSERT, UPDATE, DELETE"),
}
"""What a role of the service that can only append may do with each table."""

TABLES = frozenset(RIGHTS) - {"meta", *SHADOW_TABLES}
"""The tables that a store has, whichever database it is in."""
