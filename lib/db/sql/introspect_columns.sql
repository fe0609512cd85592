-- Columns of tables and views, as far as this role may see them, the way
-- information_schema.columns has it: a domain is seen as its base type.
-- $1: schemas, as text[]
-- $2: the search_path that expressions are written for
-- $3: are columns of views wanted too
-- Columns: schema, table, column; the type's schema and name; what sort it
-- is of: array, built in or other; the name of an array's elements, if that
-- is a base type of these schemas; modifier; required; identity; default;
-- has it a comment
WITH types AS MATERIALIZED (
       SELECT t.oid, tn.nspname::text AS schema, s.typname::text AS name,
              CASE WHEN s.typelem <> 0 AND s.typlen = -1 THEN 'array'
                   WHEN tn.nspname = 'pg_catalog' THEN 'system'
                   ELSE 'user' END AS sort,
              CASE WHEN et.typtype = 'b' AND en.nspname = ANY ($1::text[])
                   THEN et.typname::text END AS element,
              -- of a domain, but not of one over arrays
              CASE WHEN t.typtype = 'd' AND s.typelem = 0 THEN t.typtypmod
                   END AS modifier,
              t.typtype = 'd' AND t.typnotnull AS required
         FROM pg_type t
         JOIN pg_type s ON s.oid =
              CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
         JOIN pg_namespace tn ON tn.oid = s.typnamespace
         LEFT JOIN pg_type et ON et.oid = s.typelem
         LEFT JOIN pg_namespace en ON en.oid = et.typnamespace),
     -- numbered, since thousands of columns are sorted faster by numbers
     tables AS MATERIALIZED (
       SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name,
              pg_has_role(c.relowner, 'USAGE') AS is_ours,
              row_number() OVER (ORDER BY n.nspname, c.relname) AS place
         FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1::text[])
          AND (c.relkind = 'r' AND NOT c.relispartition OR c.relkind = 'p'
               OR $3::boolean AND c.relkind = 'v'))
SELECT c.schema, c.name, a.attname::text,
       t.schema, t.name, t.sort, t.element,
       coalesce(t.modifier, a.atttypmod)::text,
       a.attnotnull OR t.required,
       a.attidentity <> '',
       -- the path is set when this is run, after names have been looked up;
       -- a table is needed for the names of columns only
       CASE WHEN ad.oid IS NOT NULL
             AND (SELECT set_config('search_path', $2, true)) IS NOT NULL
            THEN pg_get_expr(ad.adbin, CASE WHEN a.attgenerated <> ''
                 THEN ad.adrelid ELSE 0 END) END,
       d.objoid IS NOT NULL
  FROM tables c
  JOIN pg_attribute a ON a.attrelid = c.oid
  JOIN types t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  LEFT JOIN pg_description d
       ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid
      AND d.objsubid = a.attnum
 WHERE a.attnum > 0
   AND NOT a.attisdropped
   AND (c.is_ours
        OR has_column_privilege(c.oid, a.attnum,
                                'SELECT, INSERT, UPDATE, REFERENCES'))
 ORDER BY c.place, a.attnum
