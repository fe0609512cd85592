-- A schema, what it holds besides tables, and how to make it anew.
-- $1: the schema
-- Columns: owner; its grants as SQL; views, sequences, functions and types of
-- their own (not what an extension or a table brings)
WITH n AS (SELECT * FROM pg_catalog.pg_namespace WHERE nspname = $1),
     other AS (
       SELECT 'pg_class'::regclass AS catalog, c.oid
         FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm', 'S', 'f')
       UNION ALL
       SELECT 'pg_proc'::regclass, p.oid
         FROM pg_catalog.pg_proc p JOIN n ON n.oid = p.pronamespace
       UNION ALL
       SELECT 'pg_type'::regclass, t.oid
         FROM pg_catalog.pg_type t JOIN n ON n.oid = t.typnamespace
         LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
        WHERE t.typelem = 0 AND (t.typrelid = 0 OR c.relkind = 'c'))
SELECT pg_catalog.pg_get_userbyid(n.nspowner)::text,
       (SELECT string_agg(format('GRANT %s ON SCHEMA %I TO %s%s;',
                 a.privilege_type, n.nspname,
                 CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                      ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee))
                 END,
                 CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION'
                      ELSE '' END), ' ')
          FROM pg_catalog.aclexplode(n.nspacl) a),
       (SELECT count(*) FROM other o
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                            WHERE d.classid = o.catalog AND d.objid = o.oid
                              AND d.deptype IN ('e', 'a', 'i')))::text
  FROM n
