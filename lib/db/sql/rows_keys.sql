-- The unique indexes of tables, the primary key first.
-- $1: schemas, as text[]
-- Columns: oid of the table, index, is it the primary key, is it deferrable,
-- has it a predicate, has it expressions, are its NULLs equal, its columns
-- as text[], the operators by which it calls their values equal as text[],
-- the schema of its comparison operators, quoted, where ORDER BY its columns
-- is its own order and a row comparison is a search in it; else NULL
SELECT i.indrelid::text, x.relname::text, i.indisprimary,
       NOT i.indimmediate,
       i.indpred IS NOT NULL, i.indexprs IS NOT NULL,
       coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false),
       (SELECT array_agg(a.attname ORDER BY k.i)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (num, i)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
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
       (SELECT CASE WHEN bool_and(oc.opcdefault
                              AND k.coll = a.attcollation
                              AND k.opt & 1 = i.indoption[0] & 1)
                     AND count(DISTINCT o.oprnamespace) = 1
                    THEN quote_ident(min(ns.nspname::text)) END
          FROM unnest(i.indkey::int2[], i.indclass::oid[],
                      i.indcollation::oid[], i.indoption::int2[])
               AS k (num, class, coll, opt)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
          JOIN pg_opclass oc ON oc.oid = k.class
          JOIN pg_amop am ON am.amopfamily = oc.opcfamily
               AND am.amoplefttype = oc.opcintype
               AND am.amoprighttype = oc.opcintype
               AND am.amopstrategy = 5 -- > of a btree
          JOIN pg_operator o ON o.oid = am.amopopr
          JOIN pg_namespace ns ON ns.oid = o.oprnamespace)
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND c.relkind IN ('r', 'p')
   AND i.indisunique AND i.indisvalid
 ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts,
       x.relname COLLATE "C"
