-- Which running server and database this is, for telling whether two
-- sessions are in the same one.  A copy of a data directory has the system
-- identifier of its original, but was started at another time.
-- Columns: both as one text; system identifier (NULL: this role may not read
-- it), timeline (a backup that was restored has one of its own) and database
-- as one text; is it a standby
SELECT pg_postmaster_start_time()::text || '/' || d.oid,
       CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
             AND has_function_privilege('pg_control_checkpoint()', 'EXECUTE')
            THEN (SELECT system_identifier || '/' || timeline_id
                    FROM pg_control_system(), pg_control_checkpoint())
       END || '/' || d.oid,
       pg_is_in_recovery()
  FROM pg_database d
 WHERE d.datname = current_database()
