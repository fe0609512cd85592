-- Rows of the perfume schema, made three days ago as Prisma's client would
-- have made them.
BEGIN;
CREATE FUNCTION pg_temp.then(i bigint) RETURNS timestamp(3) LANGUAGE sql AS
    $$SELECT (now() AT TIME ZONE 'UTC') - interval '3 days'
        + i * interval '7.003 seconds'$$;
INSERT INTO "User"
SELECT 'usr' || i, 'u' || i || '@example.com',
       CASE WHEN i % 5 > 0 THEN E'Ada \\ "' || i || E'"\t\n' END,
       pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 40) i;
INSERT INTO "PerfumeHouse"
SELECT 'hse' || i, 'Maison ' || i, CASE WHEN i % 4 > 0 THEN 'hse' || 16 - i
       END, date '1900-01-01' + i::int * 400, pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 15) i;
INSERT INTO "Perfume"
SELECT 'prf' || i, 'eau-' || i, 'Eau ' || chr(200 + i::int % 50) || i,
       'hse' || 1 + i % 15, (ARRAY['PARFUM', 'EDP', 'EDT'])[1 + i % 3]
       ::"Concentration", nullif(i % 7, 0) * 10.5,
       jsonb_build_object('n', i, 'a', ARRAY[1.50, NULL]),
       ARRAY['woody', 'a,"b"'], pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 300) i;
INSERT INTO perfume_notes
SELECT 'not' || i, 'note ' || i, pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 30) i;
INSERT INTO perfume_note_relations
SELECT 'rel' || i || '-' || j, 'prf' || i, 'not' || 1 + (i + j) % 30,
       pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 300) i, generate_series(1, 3) j;
INSERT INTO "UserPerfume"
SELECT 'usr' || 1 + i % 40, 'prf' || i, i, pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 200) i;
INSERT INTO "UserPerfumeWishlist" ("userId", "perfumeId", "createdAt",
       "updatedAt")
SELECT 'usr' || 1 + i % 40, 'prf' || i, pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 100) i;
INSERT INTO "WishlistNotification"
SELECT 'ntf' || i, i, i % 2 = 0, pg_temp.then(i), pg_temp.then(i)
  FROM generate_series(1, 50) i;
INSERT INTO "Tag" (label) SELECT 'tag ' || i FROM generate_series(1, 9) i;
INSERT INTO "_PerfumeToTag"
SELECT 'prf' || i, 1 + i % 9 FROM generate_series(1, 300) i;
COMMIT;
