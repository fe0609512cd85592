-- What is open in this database, and the clock.  It is read before the
-- snapshot is taken, and in a transaction that has just begun.
-- $1: seconds taken off the cutoff
-- Columns: cutoff (the earlier of the clock and the start of the oldest open
-- transaction, UTC), session whose transaction cannot be seen and its role
-- (NULL: none), does it hide because track_activities is off, this role, do
-- rows come by logical replication, is it a standby, is UTC the TimeZone of
-- all who do not set another
WITH here AS (
    SELECT oid FROM pg_database WHERE datname = current_database()
), session AS MATERIALIZED (
    SELECT s.pid, s.usename, s.state IS NOT DISTINCT FROM 'disabled' AS mute,
           s.usesysid IS NOT NULL AND -- else it serves the server itself
           (s.query = '<insufficient privilege>' OR s.state = 'disabled')
           AS hidden,
           CASE -- what writes no rows
           WHEN s.backend_type IN ('autovacuum worker', 'parallel worker')
           THEN NULL
           WHEN s.xact_start IS NOT NULL THEN s.xact_start
           -- about to begin; a walsender is active as long as it lives
           WHEN s.state IN ('active', 'fastpath function call')
                AND s.backend_type <> 'walsender' THEN s.query_start
           END AS start
      FROM pg_stat_activity s, here
     WHERE s.datid = here.oid AND s.pid <> pg_backend_pid()
), hidden AS (
    -- every transaction has a lock on itself, which all roles can see
    SELECT s.pid, s.usename, s.mute
      FROM session s
     WHERE s.hidden
       AND EXISTS (SELECT FROM pg_locks l
                    WHERE l.pid = s.pid AND l.locktype = 'virtualxid'
                      AND l.mode = 'ExclusiveLock')
     ORDER BY s.pid LIMIT 1
)
-- MS cuts off what is below: rounded up, it would be later.
SELECT to_char(least(now(), (SELECT min(start) FROM session))
               AT TIME ZONE 'UTC' - make_interval(secs => $1::float8),
               'YYYY-MM-DD HH24:MI:SS.MS'),
       hidden.pid::text, hidden.usename::text, hidden.mute,
       current_user::text,
       EXISTS (SELECT FROM pg_subscription s, here
                WHERE s.subdbid = here.oid AND s.subenabled),
       pg_is_in_recovery(),
       (SELECT bool_and(extract(timezone FROM t) = 0)
          FROM generate_series(now() - interval '1 year',
                               now() + interval '1 year',
                               interval '1 week') t)
       -- what a client asks for says nothing of the others
       AND (SELECT source <> 'client' FROM pg_settings
             WHERE name = 'TimeZone')
       AND NOT EXISTS (
           SELECT FROM here, pg_db_role_setting r
            CROSS JOIN LATERAL unnest(r.setconfig) c
            WHERE r.setdatabase IN (0, here.oid)
              AND c ILIKE 'timezone=%'
              AND c !~* '=(etc/)?(utc|uct|gmt|zulu|universal|greenwich)$')
  FROM (SELECT) one LEFT JOIN hidden ON true
