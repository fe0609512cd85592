-- Who, but for us, works on a table in a way that an index build does: a
-- builder holds SHARE UPDATE EXCLUSIVE on it from beginning to end.  So does
-- an autovacuum, which is told by having no role, and gives way by itself.
-- $1: the table, quoted as for regclass
-- Columns: pid
SELECT l.pid::text
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.locktype OPERATOR(pg_catalog.=) 'relation'
   AND l.relation OPERATOR(pg_catalog.=)
       pg_catalog.to_regclass($1)::pg_catalog.oid
   AND l.database OPERATOR(pg_catalog.=)
       (SELECT d.oid FROM pg_catalog.pg_database d
         WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
   AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
   AND l.granted
   AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
   AND a.usesysid IS NOT NULL
 LIMIT 1
