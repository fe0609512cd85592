-- Tables of keys (lib/batch/keep.h) whose run is done with, and which this
-- role may drop.
-- Columns: name in schema dbm
SELECT c.relname::text
  FROM dbm.runs r
  JOIN pg_class c ON c.relname = 'keys_' || r.id
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'dbm'
 WHERE r.state IN ('done', 'cancelled')
   AND c.relkind = 'r'
   AND pg_has_role(c.relowner, 'USAGE')
