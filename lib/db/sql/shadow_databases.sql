-- Databases that a replay has made beside another and that nobody uses.
-- Columns: name; when it was made, in seconds of the client's clock
SELECT d.datname::text,
       substr(pg_catalog.shobj_description(d.oid, 'pg_database'), 12)
  FROM pg_catalog.pg_database AS d
 WHERE d.datname ~ '^prisma_migrate_shadow_db_'
   AND pg_catalog.shobj_description(d.oid, 'pg_database')
       ~ '^dbm shadow [0-9]{1,18}$'
   AND NOT EXISTS (SELECT
                     FROM pg_catalog.pg_stat_activity AS a
                    WHERE a.datid = d.oid)
