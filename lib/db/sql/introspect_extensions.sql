-- Extensions of the database.
-- Columns: name, schema, version; can it be moved to another schema
SELECT e.extname::text, n.nspname::text, e.extversion, e.extrelocatable
  FROM pg_extension e
  JOIN pg_namespace n ON n.oid = e.extnamespace
 ORDER BY e.extname
