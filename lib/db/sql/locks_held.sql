-- Which advisory locks (of one bigint key) are held in this database.
-- $1: the keys, text[]
-- Columns: held, in the order of the keys
SELECT EXISTS (SELECT
  FROM pg_catalog.pg_locks l
 WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
   AND l.granted
   AND l.objsubid OPERATOR(pg_catalog.=) 1
   AND l.database OPERATOR(pg_catalog.=)
       (SELECT d.oid FROM pg_catalog.pg_database d
         WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
   AND l.classid::bigint OPERATOR(pg_catalog.=)
       ((k.key::bigint OPERATOR(pg_catalog.>>) 32)
        OPERATOR(pg_catalog.&) 4294967295)
   AND l.objid::bigint OPERATOR(pg_catalog.=)
       (k.key::bigint OPERATOR(pg_catalog.&) 4294967295))
  FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS k (key, n)
 ORDER BY k.n
