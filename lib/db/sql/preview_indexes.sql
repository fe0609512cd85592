-- The indexes that know columns of a table: as a column of theirs, in an
-- expression, or in their predicate.
-- $1: oid of the table; $2: columns, as text[]
-- Columns: the index; does an update of these columns stay HOT in spite of it
SELECT x.relname::text,
       am.amname = 'brin'
           AND current_setting('server_version_num')::int >= 160000
  FROM pg_index i
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am am ON am.oid = x.relam
 WHERE i.indrelid = $1::oid AND i.indislive
   AND EXISTS (
       SELECT FROM pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attname = ANY ($2::text[])
          AND (a.attnum = ANY (i.indkey::int2[])
               OR EXISTS (SELECT FROM pg_depend d
                           WHERE d.classid = 'pg_class'::regclass
                             AND d.objid = i.indexrelid
                             AND d.refclassid = 'pg_class'::regclass
                             AND d.refobjid = i.indrelid
                             AND d.refobjsubid = a.attnum)))
 ORDER BY x.relname COLLATE "C"
