-- Check and exclusion constraints of the tables.
-- $1: schemas, as text[]
-- Columns: schema, table, constraint; c or x
SELECT n.nspname::text, c.relname::text, con.conname::text, con.contype::text
  FROM pg_constraint con
  JOIN pg_class c ON c.oid = con.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND con.contype IN ('c', 'x')
   AND (c.relkind = 'r' AND NOT c.relispartition OR c.relkind = 'p')
 ORDER BY n.nspname, c.relname, con.contype, con.conname
