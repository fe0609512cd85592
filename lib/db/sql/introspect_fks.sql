-- The columns of foreign keys.
-- $1: schemas, as text[]
-- Columns: schema, table, constraint, column; schema, table and column that
-- it refers to; actions on delete and on update, as in pg_constraint; is it
-- deferrable
SELECT n.nspname::text, c.relname::text, con.conname::text, a.attname::text,
       fn.nspname::text, fc.relname::text, fa.attname::text,
       con.confdeltype::text, con.confupdtype::text,
       con.condeferrable OR con.condeferred
  FROM pg_constraint con
  JOIN pg_class c ON c.oid = con.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class fc ON fc.oid = con.confrelid
  JOIN pg_namespace fn ON fn.oid = fc.relnamespace
 CROSS JOIN LATERAL unnest(con.conkey, con.confkey)
       WITH ORDINALITY AS k (key, fkey, i)
  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.key
  JOIN pg_attribute fa ON fa.attrelid = con.confrelid AND fa.attnum = k.fkey
 WHERE n.nspname = ANY ($1::text[])
   AND con.contype = 'f'
 ORDER BY n.nspname, c.relname, con.conname, con.oid, k.i
