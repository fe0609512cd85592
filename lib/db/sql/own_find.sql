-- One of dbm's own tables, and what this role may do about it.
-- $1: its name, $2: a column that it has in the newest layout
-- Columns: database, role, is there the schema, may one be made, may it be
-- used, may things be made in it, is there the row about the layout, is there
-- the table, may it be read and written, has it that column
SELECT current_database()::text, current_user::text,
       n.oid IS NOT NULL,
       has_database_privilege(current_database(), 'CREATE'),
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false),
       coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
       EXISTS (SELECT FROM pg_class l
                WHERE l.relnamespace = n.oid AND l.relname = 'layout'),
       c.oid IS NOT NULL,
       coalesce(has_table_privilege(c.oid, 'SELECT')
                AND has_table_privilege(c.oid, 'INSERT')
                AND has_table_privilege(c.oid, 'UPDATE'), false),
       EXISTS (SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = $2)
  FROM (SELECT) one
  LEFT JOIN pg_namespace n ON n.nspname = 'dbm'
  LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = $1
