-- The tables of a schema, and how much is in them.
-- $1: the schema
-- Columns: quoted name; is it small enough to count its rows (10 MB), and may
-- this role read it; an estimate of its rows
SELECT format('%I.%I', n.nspname, c.relname),
       pg_catalog.pg_relation_size(c.oid) < 10 * 1024 * 1024
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
       greatest(c.reltuples, 0)::bigint::text
  FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
 WHERE n.nspname = $1
   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname <> '_prisma_migrations'
 ORDER BY 1
