-- What has to be known before the migrations table is touched.  Run with the
-- schema on the path, where others may have put functions and operators:
-- whatever pg_catalog does not match exactly is qualified.
-- $1: the schema it lies in
-- $2: all schemas of the datasource, as text[]
-- Columns: does the schema exist; does the table; is there any other ordinary
-- table (PostGIS's own do not count); is the server read-only; may this role
-- create in the schema; who it is; may it create a schema in the database
SELECT n.oid IS NOT NULL,
       t.oid IS NOT NULL,
       EXISTS (SELECT 1
                 FROM pg_catalog.pg_class c
                 JOIN pg_catalog.pg_namespace s
                      ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE c.relkind OPERATOR(pg_catalog.=) 'r'
                  AND s.nspname::text OPERATOR(pg_catalog.=)
                      ANY (pg_catalog.array_append($2::text[], $1::text))
                  AND c.relname::text OPERATOR(pg_catalog.<>)
                      '_prisma_migrations'
                  AND pg_catalog.lower(c.relname::text)
                      OPERATOR(pg_catalog.<>) ALL (ARRAY['spatial_ref_sys',
                      'geometry_columns', 'geography_columns',
                      'raster_columns', 'raster_overviews'])),
       pg_catalog.pg_is_in_recovery()
         OR pg_catalog.current_setting('default_transaction_read_only')
            OPERATOR(pg_catalog.=) 'on',
       n.oid IS NOT NULL AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'),
       current_user::text,
       pg_catalog.has_database_privilege(pg_catalog.current_database(),
                                         'CREATE')
  FROM (SELECT $1::text AS name) AS wanted
  LEFT JOIN pg_catalog.pg_namespace n
       ON n.nspname::text OPERATOR(pg_catalog.=) wanted.name
  LEFT JOIN pg_catalog.pg_class t
       ON t.relnamespace OPERATOR(pg_catalog.=) n.oid
      AND t.relname::text OPERATOR(pg_catalog.=) '_prisma_migrations'
      AND (t.relkind OPERATOR(pg_catalog.=) 'r'
           OR t.relkind OPERATOR(pg_catalog.=) 'p'
           OR t.relkind OPERATOR(pg_catalog.=) 'v')
