-- Without foreign keys, relations are kept as they are written.
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY);
