-- The tables of version 5, as a program of then made them: what a migration of today finds.
CREATE TABLE followed (
name TEXT PRIMARY KEY, version INTEGER NOT NULL, position BIGINT NOT NULL, mark TEXT NOT NULL,
recorded_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE across_plan (
plan TEXT PRIMARY KEY, administration TEXT NOT NULL, first_year INTEGER NOT NULL, last_year INTEGER NOT NULL,
since TEXT, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE across_count (
year INTEGER NOT NULL, plan TEXT NOT NULL, measure TEXT NOT NULL, cause TEXT NOT NULL, level TEXT NOT NULL,
since TEXT NOT NULL, objectives INTEGER NOT NULL,
PRIMARY KEY (year, plan, measure, cause, level, since)) WITHOUT ROWID;
CREATE TABLE across_change (
plan TEXT NOT NULL, version INTEGER NOT NULL, administration TEXT NOT NULL, recorded_at TEXT NOT NULL,
effective_on TEXT NOT NULL, year INTEGER, event TEXT NOT NULL, kind TEXT NOT NULL, restored_kind TEXT,
aspect TEXT NOT NULL, direction TEXT, objectives TEXT NOT NULL, levels TEXT NOT NULL, indicator TEXT,
before TEXT NOT NULL, after TEXT NOT NULL, act TEXT, cause TEXT, justification TEXT, actor TEXT NOT NULL,
retrospective INTEGER NOT NULL, PRIMARY KEY (plan, version)) WITHOUT ROWID;
CREATE INDEX across_change_recorded ON across_change (recorded_at, plan, version);
CREATE INDEX across_change_effective ON across_change (effective_on, plan, version);
CREATE INDEX across_change_of ON across_change (administration, recorded_at);
CREATE TABLE person (account TEXT PRIMARY KEY, name TEXT NOT NULL, login TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE access (
kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL,
used_at TEXT, expires_at TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX access_of ON access (account, kind);
CREATE INDEX access_expired ON access (expires_at);
CREATE TABLE attempt (
key TEXT PRIMARY KEY, count INTEGER NOT NULL, until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE stored_events (
position INTEGER PRIMARY KEY AUTOINCREMENT,
originator_id TEXT NOT NULL,
originator_version INTEGER NOT NULL,
topic TEXT NOT NULL,
state BLOB NOT NULL,
UNIQUE (originator_id, originator_version));
CREATE TABLE text (digest TEXT PRIMARY KEY, salt TEXT NOT NULL, text TEXT) WITHOUT ROWID;
CREATE TABLE receipt (
command_id TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE preview (
id TEXT PRIMARY KEY, plan TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL,
expires_at TEXT NOT NULL, state TEXT NOT NULL, said TEXT NOT NULL, shown TEXT, file BLOB NOT NULL);
CREATE TABLE checkpoint (
number INTEGER PRIMARY KEY, made_at TEXT NOT NULL, occasion TEXT NOT NULL, root BLOB NOT NULL,
note TEXT NOT NULL, stamped BLOB);
CREATE TABLE checkpoint_head (
number INTEGER NOT NULL, stream TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
positions BLOB NOT NULL, PRIMARY KEY (stream, number)) WITHOUT ROWID;
CREATE TABLE append (
stream TEXT NOT NULL, recorded_at TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
horizon INTEGER NOT NULL, PRIMARY KEY (stream, recorded_at)) WITHOUT ROWID;
CREATE TABLE cell (
stream TEXT NOT NULL, id INTEGER NOT NULL, object TEXT NOT NULL, field TEXT NOT NULL,
day INTEGER, version INTEGER, fragment TEXT, several INTEGER,
PRIMARY KEY (stream, id), UNIQUE (stream, object, field)) WITHOUT ROWID;
CREATE TABLE boundary (
stream TEXT NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL,
PRIMARY KEY (stream, day)) WITHOUT ROWID;
CREATE TABLE fact (id INTEGER PRIMARY KEY, fragment TEXT NOT NULL);
CREATE TABLE annulment (
stream TEXT NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL, annulled INTEGER NOT NULL,
named INTEGER NOT NULL, PRIMARY KEY (stream, version, since)) WITHOUT ROWID;
CREATE TABLE leaf (
stream TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,
PRIMARY KEY (stream, version)) WITHOUT ROWID;
CREATE TABLE edge (
stream TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, nodes BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS plan_administration ON cell (json_extract(fragment, '$[4]'))
WHERE object = 'plan' AND field = 'administration';
PRAGMA application_id = 387403346;
PRAGMA user_version = 5;
