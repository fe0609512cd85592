-- dbm's own tables, layout 1.  A column is only ever added.  Two who come
-- first at once take turns.
SELECT pg_catalog.pg_advisory_xact_lock(72707369007);
CREATE SCHEMA IF NOT EXISTS dbm;
CREATE TABLE IF NOT EXISTS dbm.layout (
    version integer NOT NULL
);
INSERT INTO dbm.layout SELECT 1 WHERE NOT EXISTS (SELECT FROM dbm.layout);
CREATE TABLE IF NOT EXISTS dbm.runs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    name        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    what        text NOT NULL,
    role        text NOT NULL DEFAULT session_user,
    os_user     text,
    host        text,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    row_count   bigint,
    UNIQUE (kind, name)
);
