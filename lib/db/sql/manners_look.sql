-- What a run has to be considerate of: standbys that may be late, and an
-- autovacuum at work on the table, one of its partitions, or their TOAST.
-- A walsender without a place up to where it has replayed is none of a
-- standby (pg_basebackup, pg_receivewal), or is hidden from this role.  One
-- with a logical slot tells what its reader has confirmed, which may be long
-- after it was read.  Only a VACUUM has progress to tell of; that it is not
-- at work by command is told by its having no role.
-- The functions below the views: planning these takes three times as long.
-- Where the log ends is asked only if there is a standby: not every server
-- that has none knows.
-- $1: oid of the table
-- Columns: kind ("now", "replica", "autovacuum"); name of the replica, or pid
-- of the autovacuum; lsn that could have been replayed, or has been, in
-- bytes; seconds that the server itself has measured, or NULL
SELECT 'now', NULL::text,
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(),
       '0/0')::text, NULL::text
 WHERE EXISTS (SELECT FROM pg_catalog.pg_stat_get_wal_senders() w
        WHERE w.replay_lsn IS NOT NULL)
 UNION ALL
SELECT 'replica', COALESCE(NULLIF(a.application_name, ''), w.pid::text)
       OPERATOR(pg_catalog.||) COALESCE(' at '
       OPERATOR(pg_catalog.||) pg_catalog.host(a.client_addr), ''),
       pg_catalog.pg_wal_lsn_diff(w.replay_lsn, '0/0')::text,
       pg_catalog.date_part('epoch', w.replay_lag)::text
  FROM pg_catalog.pg_stat_get_wal_senders() w,
       pg_catalog.pg_stat_get_activity(w.pid) a
 WHERE w.replay_lsn IS NOT NULL
   AND w.state OPERATOR(pg_catalog.=) ANY (ARRAY['catchup', 'streaming'])
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_get_replication_slots() s
        WHERE s.active_pid OPERATOR(pg_catalog.=) w.pid
          AND s.slot_type OPERATOR(pg_catalog.=) 'logical')
 UNION ALL
SELECT 'autovacuum', v.pid::text, NULL, NULL
  FROM pg_catalog.pg_stat_get_progress_info('VACUUM') v,
       pg_catalog.pg_stat_get_activity(v.pid) a
 WHERE a.usesysid IS NULL
   AND EXISTS (SELECT FROM pg_catalog.pg_lock_status() l
         JOIN pg_catalog.pg_database d
           ON d.oid OPERATOR(pg_catalog.=) l.database
         JOIN pg_catalog.pg_class c
           ON c.oid OPERATOR(pg_catalog.=) l.relation
           OR c.reltoastrelid OPERATOR(pg_catalog.=) l.relation
        WHERE l.pid OPERATOR(pg_catalog.=) v.pid
          AND l.locktype OPERATOR(pg_catalog.=) 'relation'
          AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
          AND l.granted
          AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND (c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
           OR c.oid OPERATOR(pg_catalog.=) ANY (SELECT t.relid
              FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) t)))
