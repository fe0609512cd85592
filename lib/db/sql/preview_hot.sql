-- Rows of a table that the transaction has updated so far.
-- $1: oid of the table
-- Columns: all of them, and those of them that no index has to know of
SELECT sum(pg_stat_get_xact_tuples_updated(t.oid)),
       sum(pg_stat_get_xact_tuples_hot_updated(t.oid))
  FROM (SELECT $1::oid
         UNION
        SELECT p.relid FROM pg_partition_tree($1::oid) p) AS t (oid)
