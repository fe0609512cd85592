-- What this role lacks to change a table.
-- $1: oid of the table
-- Columns: the role, quoted; a text where it may not use the schema, else
-- NULL; the rights on the table that are missing, with commas, or NULL
SELECT quote_ident(current_user),
       CASE WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE')
            THEN 'USAGE' END,
       nullif(concat_ws(', ',
           CASE WHEN NOT has_table_privilege(c.oid, 'SELECT')
                THEN 'SELECT' END,
           CASE WHEN NOT has_table_privilege(c.oid, 'UPDATE')
                THEN 'UPDATE' END), '')
  FROM pg_class c
 WHERE c.oid = $1::oid
