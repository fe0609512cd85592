-- What stands against giving the columns of a table another value for a
-- while.
-- $1: oid of the table
-- Columns: column; does a foreign key of the table hold it; does one that is
-- MATCH FULL; must it not change at all (rows refer to it, or a partition is
-- chosen by it); how many characters a text may have (NULL: any number)
SELECT a.attname::text,
       EXISTS (SELECT FROM pg_constraint c
                WHERE c.conrelid = a.attrelid AND c.contype = 'f'
                  AND a.attnum = ANY (c.conkey)),
       EXISTS (SELECT FROM pg_constraint c
                WHERE c.conrelid = a.attrelid AND c.contype = 'f'
                  AND a.attnum = ANY (c.conkey) AND c.confmatchtype = 'f'),
       EXISTS (SELECT FROM pg_constraint c
                WHERE c.confrelid = a.attrelid AND c.contype = 'f'
                  AND a.attnum = ANY (c.confkey)
                  AND NOT (c.condeferrable AND c.confupdtype = 'a'))
           OR EXISTS (SELECT FROM pg_partitioned_table p
                       WHERE p.partrelid = a.attrelid
                         AND a.attnum = ANY (p.partattrs::int2[])),
       CASE WHEN coalesce(nullif(a.atttypmod, -1), t.typtypmod) > 4
           THEN coalesce(nullif(a.atttypmod, -1), t.typtypmod) - 4 END
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
