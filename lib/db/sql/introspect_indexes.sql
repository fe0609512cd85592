-- The columns of indexes, primary keys included; partial indexes and those
-- of exclusion constraints are passed over.
-- $1: schemas, as text[]
-- Columns: schema, table, index, column (NULL for an expression); is it
-- unique; is it the primary key; method; operator class; is that the default
-- one; DESC; NULLS FIRST; is the constraint deferrable; how many columns of
-- the index are INCLUDEd
SELECT n.nspname::text, c.relname::text, ic.relname::text, a.attname::text,
       i.indisunique, i.indisprimary, am.amname::text,
       o.opcname::text, coalesce(o.opcdefault, false),
       coalesce(k.option & 1, 0) = 1, coalesce(k.option & 2, 0) = 2,
       coalesce(con.condeferrable OR con.condeferred, false),
       i.indnatts - i.indnkeyatts
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_am am ON am.oid = ic.relam
 CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[],
       i.indoption::int2[]) WITH ORDINALITY AS k (key, class, option, i)
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.key
       AND k.key <> 0
  LEFT JOIN pg_opclass o ON o.oid = k.class
  LEFT JOIN pg_constraint con
       ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u')
 WHERE n.nspname = ANY ($1::text[])
   AND (c.relkind = 'r' AND NOT c.relispartition OR c.relkind = 'p')
   AND i.indpred IS NULL
   AND NOT i.indisexclusion
 ORDER BY n.nspname, c.relname, ic.relname, k.i
