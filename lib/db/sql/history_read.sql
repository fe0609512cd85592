-- The migrations table, as Prisma reads it.  Its name is qualified before it
-- is sent, so that no search_path matters.
-- Columns: id, checksum, name, logs, started and finished and rolled back
-- (UTC), milliseconds it took, applied_steps_count
SELECT id, checksum, migration_name, logs,
       pg_catalog.to_char(started_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS.US'),
       pg_catalog.to_char(finished_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS.US'),
       pg_catalog.to_char(rolled_back_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS.US'),
       (extract(epoch FROM finished_at OPERATOR(pg_catalog.-) started_at)
        ::numeric OPERATOR(pg_catalog.*) 1000::numeric)::bigint::text,
       applied_steps_count::text
  FROM _prisma_migrations
 ORDER BY started_at
