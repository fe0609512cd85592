-- Several schemas, and namesakes in them.
CREATE SCHEMA other;
CREATE SCHEMA unseen;
CREATE TYPE public.e AS ENUM ('a');
CREATE TYPE other.e AS ENUM ('b');
CREATE TABLE users (id int PRIMARY KEY, e e);
CREATE TABLE other.users (id int PRIMARY KEY, u int REFERENCES users, v int UNIQUE REFERENCES users, e other.e DEFAULT 'b');
CREATE TABLE other.posts (id int PRIMARY KEY, "userId" int REFERENCES users, e e);
CREATE TABLE unseen.posts (id int PRIMARY KEY);
