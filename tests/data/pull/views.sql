-- Views, and what the schema says of them.
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE VIEW z AS SELECT id, name FROM users;
CREATE VIEW people AS SELECT id, name, 'x'::varchar(3) AS x FROM users;
COMMENT ON VIEW z IS 'hello';
