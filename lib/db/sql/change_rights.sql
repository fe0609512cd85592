-- What this role lacks to change columns of a table.
-- $1: oid of the table; $2: the columns, as text[]
-- Columns: the role, quoted; a text where it may not use the schema, else
-- NULL; the rights on the table that are missing, with commas, or NULL
SELECT quote_ident(current_user),
       CASE WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE')
            THEN 'USAGE' END,
       nullif(concat_ws(', ',
           CASE WHEN NOT has_any_column_privilege(c.oid, 'SELECT')
                THEN 'SELECT' END,
           CASE WHEN EXISTS (SELECT FROM unnest($2::text[]) AS u (name)
                     WHERE NOT has_column_privilege(c.oid, u.name, 'UPDATE'))
                THEN 'UPDATE' END), '')
  FROM pg_class c
 WHERE c.oid = $1::oid
