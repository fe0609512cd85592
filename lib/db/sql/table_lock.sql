-- Who has a lock on a table that keeps even readers out.
-- $1: oid of the table
-- Columns: pid, program, state
SELECT l.pid, coalesce(nullif(a.application_name, ''), '?'),
       coalesce(a.state, '?')
  FROM pg_locks l
  LEFT JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.relation = $1::oid
   AND l.granted
   AND l.mode = 'AccessExclusiveLock'
   AND l.database = (SELECT oid FROM pg_database
                      WHERE datname = current_database())
 LIMIT 1
