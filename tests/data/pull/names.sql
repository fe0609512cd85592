-- Names that a schema does not take, and enums.
CREATE TABLE "1a" (id int PRIMARY KEY, "2b" int UNIQUE, "-" int, "é" text, "a b" int, "_x" int, "Grüße" text);
CREATE TABLE "class" (id int PRIMARY KEY);
CREATE TABLE "PrismaClient" (id int PRIMARY KEY);
CREATE TABLE "a-b.c" (id int CONSTRAINT "other name" PRIMARY KEY, one int, CONSTRAINT "unique name" UNIQUE (one));
CREATE TABLE a_very_long_table_name_that_goes_on_and_on_until_it_is_too_long (
	id int PRIMARY KEY,
	a_very_long_column_name_that_goes_on_and_on_until_it_is_too_lon int UNIQUE
);
CREATE TYPE "Mixed Case" AS ENUM ('1', 'two words', '-x', 'A', 'class', '', 'ü');
CREATE TYPE "_low" AS ENUM ('x');
CREATE TYPE "enum" AS ENUM ('x');
CREATE TABLE uses (id int PRIMARY KEY, a "Mixed Case" DEFAULT 'two words', b "Mixed Case"[], c "_low", d "enum" NOT NULL DEFAULT 'x', e "Mixed Case" DEFAULT '');
CREATE TABLE "_prisma_migrations" (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0);
