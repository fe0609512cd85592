-- The indexes of a table, by its name as the session's search_path sees it.
-- $1: the table, or one of its indexes, quoted as for regclass
-- Columns: oid, schema, name, is it valid, schema of the table, its name
SELECT i.indexrelid::text, s.nspname::text, c.relname::text,
       i.indisvalid AND i.indisready AND i.indislive,
       ts.nspname::text, t.relname::text
  FROM pg_catalog.pg_class asked
  LEFT JOIN pg_catalog.pg_index me
       ON me.indexrelid OPERATOR(pg_catalog.=) asked.oid
  JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=)
       coalesce(me.indrelid, asked.oid)
  JOIN pg_catalog.pg_namespace ts
       ON ts.oid OPERATOR(pg_catalog.=) t.relnamespace
  JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) t.oid
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
  JOIN pg_catalog.pg_namespace s
       ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
 WHERE asked.oid OPERATOR(pg_catalog.=)
       pg_catalog.to_regclass($1)::pg_catalog.oid
 ORDER BY i.indexrelid
