-- Functions whose value is another each time, or in each transaction.
-- $1: schemas as text[], '' where none was said; $2: their names as text[];
-- $3: the schema that is searched beside pg_catalog
-- Columns: name.  Which of several of one name is meant is not asked: one of
-- them is enough.
SELECT DISTINCT p.proname::text
  FROM unnest($1::text[], $2::text[]) AS f (schema, name)
  JOIN pg_proc p ON p.proname = f.name
  JOIN pg_namespace n ON n.oid = p.pronamespace
       AND CASE WHEN f.schema = '' THEN n.nspname IN ('pg_catalog', $3)
           ELSE n.nspname = f.schema END
 WHERE p.provolatile = 'v'
    OR n.nspname = 'pg_catalog' AND p.proname IN (
       'now', 'transaction_timestamp', 'statement_timestamp',
       'txid_current', 'txid_current_if_assigned', 'txid_current_snapshot',
       'pg_current_xact_id', 'pg_current_xact_id_if_assigned',
       'pg_current_snapshot', 'pg_backend_pid')
 ORDER BY 1
