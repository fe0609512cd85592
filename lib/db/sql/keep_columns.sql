-- The columns of a table of before images (lib/batch/keep.h), in their order.
-- $1: its name in schema dbm, $2: oid of the table whose rows it keeps
-- Columns: name, is it in its primary key, is it just as the column of that
-- name in the table, the column whose value it keeps (NULL: none)
SELECT a.attname::text,
       coalesce(a.attnum = ANY (i.indkey::int2[]), false),
       t.attnum IS NOT NULL,
       col_description(a.attrelid, a.attnum)
  FROM pg_attribute a
  LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
  LEFT JOIN pg_attribute t ON t.attrelid = $2::oid
       AND t.attname = a.attname AND NOT t.attisdropped
       AND t.atttypid = a.atttypid AND t.attcollation = a.attcollation
 WHERE a.attrelid = (SELECT c.oid FROM pg_class c
                       JOIN pg_namespace d ON d.oid = c.relnamespace
                      WHERE d.nspname = 'dbm' AND c.relname = $1)
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
