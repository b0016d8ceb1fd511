-- The tables of version 5, as a program of then made them: what a migration of today finds.
CREATE TABLE meta (product TEXT COLLATE "C" PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE followed (
name TEXT COLLATE "C" PRIMARY KEY, version INTEGER NOT NULL, position BIGINT NOT NULL, mark TEXT COLLATE "C" NOT NULL,
recorded_at TEXT COLLATE "C" NOT NULL);
CREATE TABLE across_plan (
plan TEXT COLLATE "C" PRIMARY KEY, administration TEXT COLLATE "C" NOT NULL, first_year INTEGER NOT NULL, last_year INTEGER NOT NULL,
since TEXT COLLATE "C", version INTEGER NOT NULL);
CREATE TABLE across_count (
year INTEGER NOT NULL, plan TEXT COLLATE "C" NOT NULL, measure TEXT COLLATE "C" NOT NULL, cause TEXT COLLATE "C" NOT NULL, level TEXT COLLATE "C" NOT NULL,
since TEXT COLLATE "C" NOT NULL, objectives INTEGER NOT NULL,
PRIMARY KEY (year, plan, measure, cause, level, since));
CREATE TABLE across_change (
plan TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, administration TEXT COLLATE "C" NOT NULL, recorded_at TEXT COLLATE "C" NOT NULL,
effective_on TEXT COLLATE "C" NOT NULL, year INTEGER, event TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, restored_kind TEXT COLLATE "C",
aspect TEXT COLLATE "C" NOT NULL, direction TEXT COLLATE "C", objectives TEXT COLLATE "C" NOT NULL, levels TEXT COLLATE "C" NOT NULL, indicator TEXT COLLATE "C",
before TEXT COLLATE "C" NOT NULL, after TEXT COLLATE "C" NOT NULL, act TEXT COLLATE "C", cause TEXT COLLATE "C", justification TEXT COLLATE "C", actor TEXT COLLATE "C" NOT NULL,
retrospective INTEGER NOT NULL, PRIMARY KEY (plan, version));
CREATE INDEX across_change_recorded ON across_change (recorded_at, plan, version);
CREATE INDEX across_change_effective ON across_change (effective_on, plan, version);
CREATE INDEX across_change_of ON across_change (administration, recorded_at);
CREATE TABLE person (account TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL UNIQUE);
CREATE TABLE access (
kind TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, account TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL, created_at TEXT COLLATE "C" NOT NULL,
used_at TEXT COLLATE "C", expires_at TEXT COLLATE "C", PRIMARY KEY (kind, id));
CREATE INDEX access_of ON access (account, kind);
CREATE INDEX access_expired ON access (expires_at);
CREATE TABLE attempt (
key TEXT COLLATE "C" PRIMARY KEY, count INTEGER NOT NULL, until TEXT COLLATE "C" NOT NULL);
CREATE TABLE stored_events (
position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
originator_id TEXT COLLATE "C" NOT NULL,
originator_version INTEGER NOT NULL,
topic TEXT COLLATE "C" NOT NULL,
state BYTEA NOT NULL,
UNIQUE (originator_id, originator_version));
CREATE TABLE text (digest TEXT COLLATE "C" PRIMARY KEY, salt TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C");
CREATE TABLE receipt (
command_id TEXT COLLATE "C" PRIMARY KEY, request TEXT COLLATE "C" NOT NULL, answer TEXT COLLATE "C" NOT NULL);
CREATE TABLE preview (
id TEXT COLLATE "C" PRIMARY KEY, plan TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, created_at TEXT COLLATE "C" NOT NULL,
expires_at TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL, said TEXT COLLATE "C" NOT NULL, shown TEXT COLLATE "C", file BYTEA NOT NULL);
CREATE TABLE checkpoint (
number INTEGER PRIMARY KEY, made_at TEXT COLLATE "C" NOT NULL, occasion TEXT COLLATE "C" NOT NULL, root BYTEA NOT NULL,
note TEXT COLLATE "C" NOT NULL, stamped BYTEA);
CREATE TABLE checkpoint_head (
number INTEGER NOT NULL, stream TEXT COLLATE "C" NOT NULL, size INTEGER NOT NULL, root BYTEA NOT NULL,
positions BYTEA NOT NULL, PRIMARY KEY (stream, number));
CREATE SEQUENCE cell_number;
CREATE SEQUENCE IF NOT EXISTS last_instant MINVALUE 0;
CREATE SEQUENCE IF NOT EXISTS texts_erased MINVALUE 0;
CREATE INDEX IF NOT EXISTS text_redacted ON text (digest) WHERE text IS NULL;
ALTER TABLE text ALTER COLUMN salt SET STATISTICS 0;
ALTER TABLE text ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE preview ALTER COLUMN said SET STATISTICS 0;
ALTER TABLE preview ALTER COLUMN shown SET STATISTICS 0;
ALTER TABLE preview ALTER COLUMN file SET STATISTICS 0;
ALTER TABLE receipt ALTER COLUMN request SET STATISTICS 0;
CREATE SEQUENCE IF NOT EXISTS people_erased;
CREATE SEQUENCE IF NOT EXISTS people_gone;
ALTER TABLE person ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE person ALTER COLUMN login SET STATISTICS 0;
ALTER TABLE access ALTER COLUMN id SET STATISTICS 0;
ALTER TABLE access ALTER COLUMN state SET STATISTICS 0;
CREATE TABLE append (
stream TEXT COLLATE "C" NOT NULL, recorded_at TEXT COLLATE "C" NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
horizon INTEGER NOT NULL, PRIMARY KEY (stream, recorded_at));
CREATE TABLE cell (
stream TEXT COLLATE "C" NOT NULL, id BIGINT NOT NULL DEFAULT nextval('cell_number'), object TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL,
day INTEGER, version INTEGER, fragment TEXT COLLATE "C", several INTEGER,
PRIMARY KEY (stream, id), UNIQUE (stream, object, field));
CREATE TABLE boundary (
stream TEXT COLLATE "C" NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL,
PRIMARY KEY (stream, day));
CREATE TABLE fact (
cell BIGINT NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL, fragment TEXT NOT NULL,
PRIMARY KEY (cell, day, version));
CREATE TABLE annulment (
stream TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL, annulled INTEGER NOT NULL,
named INTEGER NOT NULL, PRIMARY KEY (stream, version, since));
CREATE TABLE leaf (
stream TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, hash BYTEA NOT NULL,
PRIMARY KEY (stream, version));
CREATE TABLE edge (
stream TEXT COLLATE "C" PRIMARY KEY, size INTEGER NOT NULL, root BYTEA NOT NULL, nodes BYTEA NOT NULL);
CREATE INDEX IF NOT EXISTS plan_administration ON cell ((fragment::json ->> 4))
WHERE object = 'plan' AND field = 'administration';
CREATE UNLOGGED TABLE next_progress (
version INTEGER NOT NULL, stream TEXT COLLATE "C" NOT NULL, stream_version INTEGER NOT NULL, position BIGINT NOT NULL,
cells BIGINT NOT NULL, done BIGINT NOT NULL, in_place TEXT COLLATE "C" NOT NULL);
CREATE UNLOGGED TABLE next_append (
stream TEXT COLLATE "C" NOT NULL, recorded_at TEXT COLLATE "C" NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
horizon INTEGER NOT NULL, PRIMARY KEY (stream, recorded_at));
CREATE UNLOGGED TABLE next_cell (
stream TEXT COLLATE "C" NOT NULL, id BIGINT NOT NULL DEFAULT nextval('cell_number'), object TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL,
day INTEGER, version INTEGER, fragment TEXT COLLATE "C", several INTEGER,
PRIMARY KEY (stream, id), UNIQUE (stream, object, field));
CREATE UNLOGGED TABLE next_boundary (
stream TEXT COLLATE "C" NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL,
PRIMARY KEY (stream, day));
CREATE UNLOGGED TABLE next_fact (
cell BIGINT NOT NULL, day INTEGER NOT NULL, version INTEGER NOT NULL, fragment TEXT NOT NULL,
PRIMARY KEY (cell, day, version));
CREATE UNLOGGED TABLE next_annulment (
stream TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL, annulled INTEGER NOT NULL,
named INTEGER NOT NULL, PRIMARY KEY (stream, version, since));
CREATE UNLOGGED TABLE next_leaf (
stream TEXT COLLATE "C" NOT NULL, version INTEGER NOT NULL, hash BYTEA NOT NULL,
PRIMARY KEY (stream, version));
CREATE UNLOGGED TABLE next_edge (
stream TEXT COLLATE "C" PRIMARY KEY, size INTEGER NOT NULL, root BYTEA NOT NULL, nodes BYTEA NOT NULL);
CREATE INDEX stored_events_in_order ON stored_events (transaction, position);
INSERT INTO meta VALUES ('initinere', 5);
