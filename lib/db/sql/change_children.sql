-- A table that inherits from another.
-- $1: oid of the other
-- Columns: its name
SELECT c.relname::text
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = $1::oid
 ORDER BY c.relname COLLATE "C"
 LIMIT 1
