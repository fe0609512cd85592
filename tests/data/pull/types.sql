-- Every type there is a name for, with and without its arguments; domains,
-- arrays, and types that a schema cannot say.
CREATE EXTENSION citext;
CREATE EXTENSION ltree;
CREATE SCHEMA other;
CREATE TYPE other.mood AS ENUM ('a', 'b');
CREATE TYPE shade AS ENUM ('light', 'dark');
CREATE DOMAIN short AS varchar(10);
CREATE DOMAIN numbers AS int[];
CREATE DOMAIN tone AS shade NOT NULL;
CREATE TABLE types (
	id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	a smallint, b bigint, c numeric, d numeric(10), e numeric(10,3),
	f money, g inet, h oid, i citext, j real, k double precision,
	l varchar, m varchar(5), n char, o char(5), p bpchar, q "char",
	r text, s bytea, t timestamp, u timestamp(3), v timestamptz,
	w timestamptz(0), x date, y time, z time(2), aa timetz, ab timetz(4),
	ac boolean, ad bit, ae bit(5), af varbit, ag varbit(7), ah uuid,
	ai xml, aj json, ak jsonb, al shade, am other.mood, an short,
	ao numbers, ap tone, aq decimal(65,30)
);
CREATE TABLE arrays (
	id bigint PRIMARY KEY,
	a smallint[], b numeric[], c numeric(5,2)[], d varchar[],
	e varchar(20)[], f char(3)[], g bit[], h bit(3)[], i timestamp[],
	j timestamp(3)[], k timestamptz(0)[], l shade[], m other.mood[],
	n short[], o ltree[], p point[], q int[][], r uuid[], s jsonb[]
);
CREATE TABLE unsupported (
	id int PRIMARY KEY,
	a interval, b interval(3), c name, d ltree, e int4range, f point,
	g tsvector, h cidr, i macaddr, j regclass, k pg_lsn
);
