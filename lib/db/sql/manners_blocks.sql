-- Who waits for a lock that a session has?
-- $1: its pid
-- Columns: pid; application_name, or NULL; what is locked, as in
-- pg_locks.locktype
SELECT l.pid::text, NULLIF(a.application_name, ''), l.locktype
  FROM pg_catalog.pg_lock_status() l
  LEFT JOIN pg_catalog.pg_stat_get_activity(l.pid) a ON true
 WHERE NOT l.granted
   AND $1::pg_catalog.int4 OPERATOR(pg_catalog.=)
       ANY (pg_catalog.pg_blocking_pids(l.pid))
 LIMIT 1
