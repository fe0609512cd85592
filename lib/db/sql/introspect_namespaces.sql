-- Which of the schemas asked for are there.
-- $1: schemas, as text[]
-- Columns: name
SELECT n.nspname::text
  FROM pg_namespace n
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY n.nspname
