-- Tables: ordinary ones that are no partition, and partitioned ones.
-- $1: schemas, as text[]
-- Columns: schema, table; is it partitioned and has partitions; has it
-- tables that inherit from it; row security; comment
SELECT n.nspname::text, c.relname::text,
       c.relhassubclass AND c.relkind = 'p',
       c.relhassubclass AND c.relkind = 'r',
       c.relrowsecurity,
       d.description
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_description d
       ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
      AND d.objsubid = 0
 WHERE n.nspname = ANY ($1::text[])
   AND (c.relkind = 'r' AND NOT c.relispartition OR c.relkind = 'p')
 ORDER BY n.nspname, c.relname
