-- What has to be known before the migrations table is touched.
-- $1: the schema it lies in
-- $2: all schemas of the datasource, as text[]
-- Columns: does the schema exist; does the table; is there any other ordinary
-- table (PostGIS's own do not count); is the server read-only; may this role
-- create in the schema; who it is; may it create a schema in the database
SELECT n.oid IS NOT NULL,
       t.oid IS NOT NULL,
       EXISTS (SELECT 1
                 FROM pg_catalog.pg_class c
                 JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
                WHERE c.relkind = 'r'
                  AND s.nspname = ANY ($2::text[] || $1::text)
                  AND c.relname <> '_prisma_migrations'
                  AND lower(c.relname) NOT IN ('spatial_ref_sys',
                      'geometry_columns', 'geography_columns',
                      'raster_columns', 'raster_overviews')),
       pg_catalog.pg_is_in_recovery()
         OR pg_catalog.current_setting('default_transaction_read_only') = 'on',
       n.oid IS NOT NULL AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'),
       current_user::text,
       pg_catalog.has_database_privilege(pg_catalog.current_database(),
                                         'CREATE')
  FROM (SELECT $1::text AS name) AS wanted
  LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.name
  LEFT JOIN pg_catalog.pg_class t ON t.relnamespace = n.oid
       AND t.relname = '_prisma_migrations' AND t.relkind IN ('r', 'p', 'v')
