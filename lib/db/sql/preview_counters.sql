-- How far the transaction, and the server, have come.
-- $1: oid of a table
-- Columns: rows of it that were updated so far, those of them that no index
-- has to know of, bytes of WAL that the server has written
SELECT coalesce(sum(pg_stat_get_xact_tuples_updated(t.oid)), 0),
       coalesce(sum(pg_stat_get_xact_tuples_hot_updated(t.oid)), 0),
       pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
  FROM (SELECT $1::oid
         UNION
        SELECT p.relid FROM pg_partition_tree($1::oid) p) AS t (oid)
