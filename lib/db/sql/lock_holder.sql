-- Who holds an advisory lock (of one bigint key) in this database.
-- $1: the key
-- Columns: pid, application, since when it is connected.  Another role's
-- session may show its pid only.
SELECT l.pid::text,
       CASE WHEN a.application_name OPERATOR(pg_catalog.<>) ''
            THEN a.application_name ELSE 'unknown application' END,
       coalesce(pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC',
                                   'YYYY-MM-DD HH24:MI:SS "UTC"'),
                'an unknown time')
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
   AND l.granted
   AND l.objsubid OPERATOR(pg_catalog.=) 1
   AND l.database OPERATOR(pg_catalog.=)
       (SELECT d.oid FROM pg_catalog.pg_database d
         WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
   AND l.classid::bigint OPERATOR(pg_catalog.=)
       (($1::bigint OPERATOR(pg_catalog.>>) 32)
        OPERATOR(pg_catalog.&) 4294967295)
   AND l.objid::bigint OPERATOR(pg_catalog.=)
       ($1::bigint OPERATOR(pg_catalog.&) 4294967295)
 LIMIT 1
