-- Who a backend waits for.
-- $1: its pid
-- Columns: pid, application, state, the beginning of its statement
SELECT a.pid::text,
       coalesce(nullif(a.application_name, ''), 'unknown application'),
       coalesce(a.state, 'unknown state'),
       coalesce(left(regexp_replace(a.query, '\s+', ' ', 'g'), 60), '')
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1::int))
 ORDER BY a.xact_start
 LIMIT 1
