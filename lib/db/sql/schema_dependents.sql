-- What in other schemas goes with a schema when that is dropped CASCADE.
-- $1: the schema
-- Columns: what it is
SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_rewrite r
       ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  LEFT JOIN pg_catalog.pg_attrdef f
       ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
  LEFT JOIN pg_catalog.pg_trigger t
       ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
  LEFT JOIN pg_catalog.pg_policy p
       ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
  LEFT JOIN pg_catalog.pg_class c
       ON c.oid = coalesce(r.ev_class, f.adrelid, t.tgrelid, p.polrelid)
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
 CROSS JOIN LATERAL
       pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) me
 CROSS JOIN LATERAL
       pg_catalog.pg_identify_object(d.refclassid, d.refobjid, 0) it
 WHERE it.schema = quote_ident($1)
   AND d.deptype IN ('n', 'a', 'x')
   AND d.classid <> 'pg_namespace'::regclass
   AND coalesce(quote_ident(cn.nspname), me.schema) <> quote_ident($1)
   AND coalesce(quote_ident(cn.nspname), me.schema) NOT LIKE 'pg_toast%'
 ORDER BY 1
