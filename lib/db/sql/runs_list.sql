-- Runs of batches, as those who look are told: the newest first.
-- $1: a name or an id; NULL: the unfinished ones, and the last ten others
-- Columns: id, kind, name, state, relation, what, options, role, os_user,
--   host, started, finished, told, row_count, examined, total, batches,
--   ms of this pass (as examined is of it), reason, last_error, outcome, kept,
--   pass, once, undoes, columns of the key with commas between
SELECT r.id, r.kind, r.name, r.state, r.relation, r.what, r.options, r.role,
       r.os_user, r.host,
       pg_catalog.to_char(r.started_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       pg_catalog.to_char(r.finished_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       pg_catalog.to_char(r.told_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS "UTC"'),
       coalesce(r.row_count, 0), r.examined, r.total, r.batches, r.pass_ms,
       r.reason, r.last_error, r.outcome, r.kept, r.pass,
       r.once, coalesce(r.undoes, 0), pg_catalog.array_to_string(r.key, ',')
  FROM (SELECT s.*, s.state = ANY ('{done,cancelled}') AS over,
               row_number() OVER (PARTITION BY
                   s.state = ANY ('{done,cancelled}') ORDER BY s.id DESC) AS nth
          FROM dbm.runs s
         WHERE s.kind = ANY ('{backfill,promote,undo,each}')
           AND ($1::text IS NULL OR s.name = $1 OR s.id::text = $1)) r
 WHERE $1 IS NOT NULL OR NOT r.over OR r.nth <= 10
 ORDER BY r.id DESC
