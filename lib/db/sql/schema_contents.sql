-- A schema, and how to make it anew.
-- $1: the schema
-- Columns: owner; its grants as SQL
SELECT pg_catalog.pg_get_userbyid(n.nspowner)::text,
       (SELECT string_agg(format('GRANT %s ON SCHEMA %I TO %s%s;',
                 a.privilege_type, n.nspname,
                 CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                      ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee))
                 END,
                 CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION'
                      ELSE '' END), ' ')
          FROM pg_catalog.aclexplode(n.nspacl) a)
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname = $1
