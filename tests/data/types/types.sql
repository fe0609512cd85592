-- types that a user makes; values.tsv and changes.tsv name them
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE EXTENSION cube;
CREATE EXTENSION isn;
CREATE TYPE mood AS ENUM ('sad', 'A b', 'quo"te', 'it''s', 'com,ma', 'back\slash', '', '{', 'NULL', 'über');
CREATE TYPE pair AS (a int, b text, c numeric[]);
CREATE TYPE nest AS (p pair, m mood, j json);
CREATE DOMAIN price AS numeric(12,4) CHECK (VALUE >= 0);
CREATE DOMAIN word AS citext;
CREATE DOMAIN two AS pair CHECK ((VALUE).a IS DISTINCT FROM 0);
CREATE DOMAIN list AS int[] CHECK (cardinality(VALUE) < 9);
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
CREATE SCHEMA "Other One";
CREATE TYPE "Other One"."MOOD" AS ENUM ('x', 'X');
CREATE TABLE "Other One"."Key.ed" (id int PRIMARY KEY);
