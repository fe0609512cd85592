-- The tables whose rows can be told apart from those of others.
-- $1: schemas, as text[]
-- Columns: oid, schema, table, kind (r or p), is it a partition, does it
-- belong to an extension, does row level security hold for this role, rows
-- as last estimated or counted by the server (-1: never), names of the enabled
-- triggers of its own and of its partitions, and of its rules, bytes as far as
-- that is known without a lock on the table, do triggers do nothing for it but
-- check foreign keys
SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text,
       c.relispartition,
       EXISTS (SELECT FROM pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                  AND d.refclassid = 'pg_extension'::regclass
                  AND d.deptype = 'e'),
       row_security_active(c.oid),
       CASE WHEN c.relkind = 'r' THEN
           CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE
               coalesce(nullif(pg_stat_get_live_tuples(c.oid), 0), -1) END
       ELSE
           coalesce((SELECT sum(greatest(l.reltuples, 0))
                       FROM pg_partition_tree(c.oid) p
                       JOIN pg_class l ON l.oid = p.relid AND p.isleaf), 0)
       END::bigint,
       (SELECT string_agg(x.name, ', ' ORDER BY x.name)
          FROM (SELECT t.tgname
                  FROM pg_trigger t
                 WHERE (t.tgrelid = c.oid OR c.relkind = 'p'
                        AND t.tgparentid = 0
                        AND t.tgrelid IN (SELECT p.relid
                                            FROM pg_partition_tree(c.oid) p))
                   AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
                UNION ALL
                SELECT r.rulename FROM pg_rewrite r
                 WHERE r.ev_class = c.oid AND r.ev_enabled IN ('O', 'A')
               ) AS x (name)),
       CASE WHEN c.relpages > 0 THEN
           c.relpages * current_setting('block_size')::bigint ELSE
           pg_stat_get_live_tuples(c.oid) * 100 END::text,
       c.relkind = 'r' AND NOT EXISTS (
           SELECT FROM pg_trigger t
             LEFT JOIN pg_constraint con ON con.oid = t.tgconstraint
            WHERE t.tgrelid = c.oid AND t.tgenabled <> 'D'
              AND NOT (t.tgisinternal AND con.contype = 'f'))
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND c.relkind IN ('r', 'p')
   AND c.relpersistence <> 't'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
