-- The columns of tables, in their order.
-- $1: schemas, as text[]
-- Columns: oid of the table, column, type as it is written, schema and name
-- of the type (of a domain: of what it is made of), its typtype, is it a
-- domain, NOT NULL, has it a default (an identity has), generated (s or
-- empty), identity (a, d or empty), is its collation deterministic, labels
-- of an enum (also of a list of one) as text[] or NULL
WITH RECURSIVE base (oid, typ) AS (
    SELECT t.oid, t.oid FROM pg_type t WHERE t.typtype <> 'd'
     UNION ALL
    SELECT t.oid, b.typ FROM base b
      JOIN pg_type t ON t.typbasetype = b.oid AND t.typtype = 'd'
)
SELECT a.attrelid::text, a.attname::text,
       format_type(a.atttypid, a.atttypmod),
       tn.nspname::text, t.typname::text, t.typtype::text,
       b.typ <> a.atttypid,
       a.attnotnull,
       a.atthasdef AND a.attgenerated = '' OR a.attidentity <> '',
       a.attgenerated::text, a.attidentity::text,
       coalesce(co.collisdeterministic, true),
       CASE WHEN t.typtype = 'e' OR t.typcategory = 'A' THEN
           (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder)
              FROM pg_enum e WHERE e.enumtypid IN (t.oid, t.typelem)) END
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN base b ON b.oid = a.atttypid
  JOIN pg_type t ON t.oid = b.typ
  JOIN pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_collation co ON co.oid = a.attcollation
 WHERE n.nspname = ANY ($1::text[])
   AND c.relkind IN ('r', 'p')
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum
