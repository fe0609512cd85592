-- The table in which a Prisma model keeps the state of a sync: one with
-- columns tableName and lastMigratedAt in any spelling, and best of that
-- name itself.
-- $1: schema
-- Columns: table, column, schema and name of its type (of a domain: of what
-- it is made of), is it NOT NULL without a default, may a time in it lose its
-- milliseconds, may this role read and write the table.  Generated columns
-- are left out.
WITH RECURSIVE base (oid, typ) AS (
    SELECT t.oid, t.oid FROM pg_type t WHERE t.typtype <> 'd'
     UNION ALL
    SELECT t.oid, b.typ FROM base b
      JOIN pg_type t ON t.typbasetype = b.oid AND t.typtype = 'd'
), place AS (
    SELECT c.oid, c.relname
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE n.nspname = $1 AND n.nspname <> 'dbm'
       AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relpersistence <> 't'
       AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY c.oid, c.relname
    HAVING bool_or(lower(replace(a.attname::text, '_', '') COLLATE "C")
                   = 'tablename')
       AND bool_or(lower(replace(a.attname::text, '_', '') COLLATE "C")
                   = 'lastmigratedat')
     ORDER BY lower(replace(c.relname::text, '_', '') COLLATE "C")
              = 'migrationstate' DESC, c.relname COLLATE "C"
     LIMIT 1
)
SELECT p.relname::text, a.attname::text, tn.nspname::text, t.typname::text,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
       a.atttypmod BETWEEN 0 AND 2 OR b.typ <> a.atttypid,
       has_table_privilege(p.oid, 'SELECT')
       AND has_table_privilege(p.oid, 'INSERT')
       AND has_table_privilege(p.oid, 'UPDATE')
  FROM place p
  JOIN pg_attribute a ON a.attrelid = p.oid
  JOIN base b ON b.oid = a.atttypid
  JOIN pg_type t ON t.oid = b.typ
  JOIN pg_namespace tn ON tn.oid = t.typnamespace
 WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 ORDER BY a.attnum
