-- Whether a throwaway server is in use.
-- Columns: other clients that are connected now; sessions so far, in all
-- databases but the one that the watcher itself connects to (the counter
-- exists from PostgreSQL 14 on, 0 before).
SELECT (SELECT count(*)::text
          FROM pg_catalog.pg_stat_activity
         WHERE backend_type = 'client backend'
           AND pid <> pg_catalog.pg_backend_pid()),
       (SELECT coalesce(sum((to_jsonb(d) ->> 'sessions')::bigint), 0)::text
          FROM pg_catalog.pg_stat_database d
         WHERE d.datname <> 'postgres')
