-- The labels of enums.
-- $1: schemas, as text[]
-- Columns: schema, enum, label; has the enum a comment
SELECT n.nspname::text, t.typname::text, e.enumlabel::text,
       obj_description(t.oid, 'pg_type') IS NOT NULL
  FROM pg_type t
  JOIN pg_enum e ON e.enumtypid = t.oid
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY n.nspname, t.typname, e.enumsortorder
