-- What refers to a table, and would change or be in the way when a row goes.
-- $1: oid of the table that they refer to
-- Columns: constraint; what it does to the rows that refer to it, NULL where
-- it only forbids; the referring table as it stands in
-- FROM, and as people read it; is it the same table; the columns referred to,
-- the operators that compare them with the referring ones, and those, as
-- text[]; where rows of the referring table are staged (rows/merge.h): that
-- stage, and the table's primary key as text[], else NULL; a column of the
-- foreign key that may be NULL, or NULL.  Names are quoted.
SELECT con.conname::text,
       CASE con.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
           WHEN 'd' THEN 'SET DEFAULT' END,
       CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END
           || format('%I.%I', n.nspname, c.relname),
       CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END
           || c.relname,
       c.oid = con.confrelid,
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
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num),
       CASE WHEN s.stage IS NOT NULL AND pk.staged THEN s.stage END,
       CASE WHEN s.stage IS NOT NULL AND pk.staged THEN pk.name END,
       (SELECT quote_ident(a.attname)
          FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = ANY (con.conkey)
           AND NOT a.attnotnull
         ORDER BY a.attnum LIMIT 1)
  FROM pg_constraint con
  JOIN pg_class c ON c.oid = con.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
    SELECT format('pg_temp."dbm stage %s"', c.oid),
           to_regclass(format('pg_temp."dbm stage %s"', c.oid))
  ) AS x (stage, oid)
 CROSS JOIN LATERAL (
    SELECT CASE WHEN x.oid IS NOT NULL THEN x.stage END
  ) AS s (stage)
  LEFT JOIN LATERAL (
    SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum),
           bool_and(EXISTS (SELECT FROM pg_attribute sa
                             WHERE sa.attrelid = x.oid
                               AND sa.attname = a.attname))
      FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = c.oid
           AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
     WHERE i.indrelid = c.oid AND i.indisprimary
  ) AS pk (name, staged) ON true
 WHERE con.contype = 'f'
   AND con.confrelid = $1::oid
   AND con.conparentid = 0
   AND (con.confdeltype IN ('c', 'n', 'd') OR NOT con.condeferrable)
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C",
       con.conname COLLATE "C"
