-- Which cluster and database this is, for telling whether two sessions are
-- in the same one.
-- Columns: system identifier (NULL: this role may not read it), oid of the
-- database
SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
            THEN (SELECT system_identifier::text FROM pg_control_system())
       END,
       (SELECT oid::text FROM pg_database WHERE datname = current_database())
