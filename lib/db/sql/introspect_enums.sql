-- The labels of enums.
-- $1: schemas, as text[]
-- Columns: schema, enum, label; has the enum a comment
SELECT n.nspname::text, t.typname::text, e.enumlabel::text,
       d.objoid IS NOT NULL
  FROM pg_type t
  JOIN pg_enum e ON e.enumtypid = t.oid
  JOIN pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_description d
       ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid
      AND d.objsubid = 0
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY n.nspname, t.typname, e.enumsortorder
