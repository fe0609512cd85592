-- The sequences that fill columns: identity, serial, or by a default.
-- $1: schemas of the tables, as text[]
-- Columns: oid of the table, column, schema and name of the sequence, its
-- last value (NULL: none was taken), its increment.  What this role may not
-- read is left out.
WITH t AS (
    SELECT c.oid
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')
), fills (relid, num, seq) AS (
    SELECT d.refobjid, d.refobjsubid, d.objid
      FROM t
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass
           AND d.refobjid = t.oid AND d.refobjsubid > 0
           AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
     UNION
    SELECT ad.adrelid, ad.adnum, d.refobjid
      FROM t
      JOIN pg_attrdef ad ON ad.adrelid = t.oid
      JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass
           AND d.objid = ad.oid
           AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
)
SELECT f.relid::text, a.attname::text, n.nspname::text, s.relname::text,
       pg_sequence_last_value(s.oid)::text, q.seqincrement::text
  FROM fills f
  JOIN pg_class s ON s.oid = f.seq AND s.relkind = 'S'
  JOIN pg_namespace n ON n.oid = s.relnamespace
  JOIN pg_sequence q ON q.seqrelid = s.oid
  JOIN pg_attribute a ON a.attrelid = f.relid AND a.attnum = f.num
 WHERE has_sequence_privilege(s.oid, 'USAGE, SELECT')
 ORDER BY f.relid, a.attnum, n.nspname COLLATE "C", s.relname COLLATE "C"
