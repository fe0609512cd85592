-- What a name means that is no table.
-- $1: schema, $2: name
-- Columns: what it is, in words
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
       WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence'
       WHEN 'c' THEN 'composite type'
       WHEN 'r' THEN 'temporary table' WHEN 'p' THEN 'temporary table'
       ELSE 'kind of index' END
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relname = $2
