-- dbm.runs: what was done to a database, by whom and when.  A run that can be
-- gone on with has its place here, which is written together with its work.
CREATE TABLE IF NOT EXISTS dbm.runs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    name        text NOT NULL,
    state       text NOT NULL,
    what        text NOT NULL,
    role        text NOT NULL DEFAULT session_user,
    os_user     text,
    host        text,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    row_count   bigint
);
-- Layout 2.  Behind it: columns are only ever added.
ALTER TABLE dbm.runs
    ADD COLUMN IF NOT EXISTS options    text,
    ADD COLUMN IF NOT EXISTS relation   text,
    ADD COLUMN IF NOT EXISTS key        text[],
    ADD COLUMN IF NOT EXISTS position   text[],
    ADD COLUMN IF NOT EXISTS pass       integer NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS batches    bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS batch_size bigint,
    ADD COLUMN IF NOT EXISTS examined   bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS total      bigint,
    ADD COLUMN IF NOT EXISTS active_ms  bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS wanted     text CHECK (wanted IN
                                        ('pause', 'cancel')),
    ADD COLUMN IF NOT EXISTS reason     text,
    ADD COLUMN IF NOT EXISTS last_error text,
    ADD COLUMN IF NOT EXISTS told_at    timestamptz,
    ADD COLUMN IF NOT EXISTS kept       text,
    ADD COLUMN IF NOT EXISTS undoes     bigint,
    ADD COLUMN IF NOT EXISTS outcome    text,
    ADD COLUMN IF NOT EXISTS once       boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS pass_ms    bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT IF EXISTS runs_kind_name_key,
    DROP CONSTRAINT IF EXISTS runs_state_check;
ALTER TABLE dbm.runs ADD CONSTRAINT runs_state_check CHECK (state IN
    ('running', 'paused', 'stopped', 'failed', 'cancelled', 'done'));
-- A script is recorded once.  Of a run that is done with, its row stays as
-- it was, and the name may begin anew.
CREATE UNIQUE INDEX IF NOT EXISTS runs_name ON dbm.runs (kind, name)
    WHERE kind = 'exec' OR state NOT IN ('done', 'cancelled');
-- The key ranges that a run of `dbm each' has finished.
CREATE TABLE IF NOT EXISTS dbm.run_ranges (
    run         bigint NOT NULL REFERENCES dbm.runs ON DELETE CASCADE,
    range       text NOT NULL,
    row_count   bigint NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run, range)
);
UPDATE dbm.layout SET version = 2 WHERE version < 2;
