-- The foreign keys by which a row that goes takes others along, or changes
-- them.
-- $1: oid of the table that they refer to
-- Columns: constraint; what it does; oid of the referring table; that table
-- as it stands in FROM; its schema and name; the columns referred to, the
-- operators that compare them with the referring ones, and those, as text[].
-- Names in FROM and of columns are quoted.
SELECT con.conname::text,
       CASE con.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
           ELSE 'SET DEFAULT' END,
       c.oid::text,
       CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END
           || format('%I.%I', n.nspname, c.relname),
       n.nspname::text, c.relname::text,
       (SELECT array_agg(quote_ident(a.attname) ORDER BY k.i)
          FROM unnest(con.confkey) WITH ORDINALITY AS k (num, i)
          JOIN pg_attribute a ON a.attrelid = con.confrelid
               AND a.attnum = k.num),
       (SELECT array_agg(format('OPERATOR(%I.%s)', os.nspname, o.oprname)
                         ORDER BY k.i)
          FROM unnest(con.conpfeqop) WITH ORDINALITY AS k (op, i)
          JOIN pg_operator o ON o.oid = k.op
          JOIN pg_namespace os ON os.oid = o.oprnamespace),
       (SELECT array_agg(quote_ident(a.attname) ORDER BY k.i)
          FROM unnest(con.conkey) WITH ORDINALITY AS k (num, i)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num)
  FROM pg_constraint con
  JOIN pg_class c ON c.oid = con.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE con.contype = 'f'
   AND con.confrelid = $1::oid
   AND con.conparentid = 0
   AND con.confdeltype IN ('c', 'n', 'd')
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C",
       con.conname COLLATE "C"
