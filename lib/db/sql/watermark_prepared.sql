-- A prepared transaction of this database; when it had begun is not kept.
-- It is asked after the sessions: who prepares meanwhile was seen as one.
-- Columns: its name; no row: there is none
SELECT gid FROM pg_prepared_xacts
 WHERE database = current_database()
 ORDER BY prepared LIMIT 1
