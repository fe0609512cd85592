-- Roles of the server, but for its own and the one it was made by.
-- Columns: name
SELECT r.rolname::text
  FROM pg_catalog.pg_roles AS r
 WHERE r.rolname !~ '^pg_'
   AND r.oid <> 10
 ORDER BY r.rolname
