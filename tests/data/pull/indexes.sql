-- Indexes: what is seen, what is passed over, and how they are written.
CREATE EXTENSION btree_gist;
CREATE TABLE t (
	a int, b int, c int, d jsonb, e text, f inet, g int[], h text UNIQUE,
	PRIMARY KEY (a, b)
);
CREATE TABLE down (id int, u int);
CREATE UNIQUE INDEX down_id ON down (id DESC);
CREATE UNIQUE INDEX down_u_key ON down (u DESC);
ALTER TABLE down ALTER id SET NOT NULL;
CREATE INDEX ON t (c);
CREATE INDEX two ON t (b DESC, c);
CREATE INDEX nulls ON t (b NULLS FIRST, c DESC NULLS LAST);
CREATE INDEX expression ON t (lower(e));
CREATE INDEX partial ON t (c) WHERE c > 1;
CREATE INDEX include ON t (c) INCLUDE (a);
CREATE UNIQUE INDEX several ON t (b, c);
CREATE INDEX hash ON t USING hash (c);
CREATE INDEX gin ON t USING gin (d);
CREATE INDEX gin_path ON t USING gin (d jsonb_path_ops);
CREATE INDEX gin_array ON t USING gin (g);
CREATE INDEX gist ON t USING gist (f inet_ops);
CREATE INDEX gist_plain ON t USING gist (b);
CREATE INDEX spgist ON t USING spgist (e);
CREATE INDEX brin ON t USING brin (b int4_bloom_ops, c);
CREATE INDEX pattern ON t (e text_pattern_ops);
ALTER TABLE t ADD EXCLUDE USING gist (a WITH =);
