-- Views, the oldest first.
-- $1: schemas, as text[]
-- $2: the search_path that definitions are written for
-- $3: are they wanted
-- Columns: schema, view, definition; has it a comment
SELECT n.nspname::text, c.relname::text,
       -- the path is set when this is run, after names have been looked up
       CASE WHEN (SELECT set_config('search_path', $2, true)) IS NOT NULL
            THEN pg_get_viewdef(c.oid) END,
       obj_description(c.oid, 'pg_class') IS NOT NULL
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND c.relkind = 'v'
   AND $3::boolean
 ORDER BY c.oid
