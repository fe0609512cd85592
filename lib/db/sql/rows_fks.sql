-- The foreign keys of tables, one row a column.
-- $1: schemas, as text[]
-- Columns: oid of the table, constraint, oid of the table that it refers to,
-- its schema and name, is it deferrable, action on delete and kind of match
-- as in pg_constraint, column, column that it refers to, the operator that
-- compares them (the latter on its left), the collation it does so by where
-- theirs differ, or '', the table that it refers to as it stands in FROM
SELECT con.conrelid::text, con.conname::text, con.confrelid::text,
       fn.nspname::text, fc.relname::text, con.condeferrable,
       con.confdeltype::text, con.confmatchtype::text,
       a.attname::text, fa.attname::text,
       format('OPERATOR(%I.%s)', ns.nspname, o.oprname),
       CASE WHEN a.attcollation <> fa.attcollation AND co.oid IS NOT NULL
            THEN format(' COLLATE %I.%I', cn.nspname, co.collname)
            ELSE '' END,
       CASE fc.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END
           || format('%I.%I', fn.nspname, fc.relname)
  FROM pg_constraint con
  JOIN pg_class c ON c.oid = con.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class fc ON fc.oid = con.confrelid
  JOIN pg_namespace fn ON fn.oid = fc.relnamespace
 CROSS JOIN LATERAL unnest(con.conkey, con.confkey, con.conpfeqop)
       WITH ORDINALITY AS k (key, fkey, op, i)
  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.key
  JOIN pg_attribute fa ON fa.attrelid = con.confrelid AND fa.attnum = k.fkey
  JOIN pg_operator o ON o.oid = k.op
  JOIN pg_namespace ns ON ns.oid = o.oprnamespace
  LEFT JOIN pg_collation co ON co.oid = fa.attcollation
  LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND con.contype = 'f'
   AND con.conparentid = 0
 ORDER BY con.conrelid, con.conname COLLATE "C", con.oid, k.i
