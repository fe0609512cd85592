-- The unique indexes of a table that are checked at once, row by row.
-- $1: oid of the table
-- Columns: index; what it indexes, as SQL with bare columns, and the
-- operators by which it calls these equal, as text[]; its predicate or NULL;
-- are its NULLs equal; all columns that it knows of, as text[]; what it
-- indexes as people read it
SELECT x.relname::text,
       (SELECT array_agg('(' || pg_get_indexdef(i.indexrelid, k.i::int, true)
                   || ')' || CASE WHEN co.oid IS NULL THEN '' ELSE
                   format(' COLLATE %I.%I', cn.nspname, co.collname) END
                   ORDER BY k.i)
          FROM unnest(i.indcollation::oid[]) WITH ORDINALITY AS k (coll, i)
          LEFT JOIN pg_collation co ON co.oid = k.coll
          LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
         WHERE k.i <= i.indnkeyatts),
       (SELECT array_agg(format('OPERATOR(%I.%s)', ns.nspname, o.oprname)
                         ORDER BY k.i)
          FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k (class, i)
          JOIN pg_opclass oc ON oc.oid = k.class
          JOIN pg_amop am ON am.amopfamily = oc.opcfamily
               AND am.amoplefttype = oc.opcintype
               AND am.amoprighttype = oc.opcintype
               AND am.amopstrategy = 3 -- = of a btree
          JOIN pg_operator o ON o.oid = am.amopopr
          JOIN pg_namespace ns ON ns.oid = o.oprnamespace),
       pg_get_expr(i.indpred, i.indrelid),
       coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false),
       (SELECT array_agg(DISTINCT a.attname)
          FROM pg_attribute a
         WHERE a.attrelid = i.indrelid AND a.attnum > 0
           AND (a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                OR (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
                   AND EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass
                              AND d.objid = i.indexrelid
                              AND d.refclassid = 'pg_class'::regclass
                              AND d.refobjid = i.indrelid
                              AND d.refobjsubid = a.attnum))),
       (SELECT string_agg(coalesce(a.attname::text,
                   pg_get_indexdef(i.indexrelid, k.i::int, true)), ', '
                   ORDER BY k.i)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (num, i)
          LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid
               AND a.attnum = k.num AND k.num > 0
         WHERE k.i <= i.indnkeyatts)
  FROM pg_index i
  JOIN pg_class x ON x.oid = i.indexrelid
 WHERE i.indrelid = $1::oid
   AND i.indisunique AND i.indisvalid AND i.indimmediate
 ORDER BY x.relname COLLATE "C"
