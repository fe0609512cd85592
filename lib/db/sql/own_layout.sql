-- Which layout dbm's own tables have.
CREATE TABLE IF NOT EXISTS dbm.layout (
    version integer NOT NULL
);
INSERT INTO dbm.layout SELECT 1 WHERE NOT EXISTS (SELECT FROM dbm.layout);
