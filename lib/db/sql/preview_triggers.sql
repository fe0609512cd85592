-- What fires, or is looked up, where columns of a table are updated.
-- $1: oid of the table; $2: columns, as text[]
-- Columns: what it is, in words
WITH tree (oid) AS (
    SELECT $1::oid
     UNION
    SELECT p.relid FROM pg_partition_tree($1::oid) p
), nums (num) AS (
    SELECT a.attnum FROM pg_attribute a
     WHERE a.attrelid = $1::oid AND a.attname = ANY ($2::text[])
)
SELECT x.what
  FROM (SELECT 1, t.tgname::text
          FROM tree
          JOIN pg_trigger t ON t.tgrelid = tree.oid AND t.tgparentid = 0
         WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
           AND t.tgtype & 16 <> 0 -- UPDATE
           AND (t.tgattr = '' OR EXISTS (
               SELECT FROM pg_attribute a
                WHERE a.attrelid = t.tgrelid
                  AND a.attnum = ANY (t.tgattr::int2[])
                  AND a.attname = ANY ($2::text[])))
        UNION ALL
        SELECT 2, format('rule %s', r.rulename)
          FROM tree
          JOIN pg_rewrite r ON r.ev_class = tree.oid
         WHERE r.ev_type = '2' AND r.ev_enabled IN ('O', 'A')
        UNION ALL
        SELECT 3, format('foreign key %s', c.conname)
          FROM pg_constraint c
         WHERE c.conrelid = $1::oid AND c.contype = 'f'
           AND c.conkey && ARRAY(SELECT num FROM nums)
        UNION ALL
        SELECT 4, format('foreign key %s of %s', c.conname, r.relname)
          FROM pg_constraint c
          JOIN pg_class r ON r.oid = c.conrelid
         WHERE c.confrelid = $1::oid AND c.contype = 'f'
           AND c.conparentid = 0
           AND c.confkey && ARRAY(SELECT num FROM nums)
       ) AS x (rank, what)
 ORDER BY x.rank, x.what COLLATE "C"
