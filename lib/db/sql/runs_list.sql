-- Runs of batches, as those who look are told: the newest first.
-- $1: a name or an id; NULL: the unfinished ones, and the last ten others
-- Columns: id, kind, name, state, relation, what, options, role, os_user,
--   host, started, finished, told, row_count, examined, total, batches,
--   active_ms, reason, last_error, outcome, kept, pass,
--   has it a table of keys, undoes
SELECT r.id, r.kind, r.name, r.state, r.relation, r.what, r.options, r.role,
       r.os_user, r.host,
       pg_catalog.to_char(r.started_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       pg_catalog.to_char(r.finished_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       pg_catalog.to_char(r.told_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       coalesce(r.row_count, 0), r.examined, r.total, r.batches, r.active_ms,
       r.reason, r.last_error, r.outcome, r.kept, r.pass,
       pg_catalog.to_regclass('dbm.keys_' || r.id) IS NOT NULL,
       coalesce(r.undoes, 0)
  FROM (SELECT s.*, s.state = ANY ('{done,cancelled}') AS over,
               row_number() OVER (PARTITION BY
                   s.state = ANY ('{done,cancelled}') ORDER BY s.id DESC) AS nth
          FROM dbm.runs s
         WHERE s.kind = ANY ('{backfill,promote,undo}')
           AND ($1::text IS NULL OR s.name = $1 OR s.id::text = $1)) r
 WHERE $1 IS NOT NULL OR NOT r.over OR r.nth <= 10
 ORDER BY r.id DESC
