-- dbm.runs: what was done to a database, by whom and when.
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
