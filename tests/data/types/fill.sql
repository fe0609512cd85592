-- Of what values.tsv and changes.tsv name (here as tables value and change):
-- tables "v …" (a column of that type), "a …" (arrays of its values), "k …"
-- (it is the key, where it can be one), and for the changes "c …" and "ck …".
-- A type that this server does not know is left out.
DELETE FROM value WHERE to_regtype(type) IS NULL;
DELETE FROM change WHERE to_regtype(type) IS NULL;

SELECT format('CREATE TABLE %I (id int PRIMARY KEY, v %s)', 'v ' || type, type)
FROM (SELECT DISTINCT type FROM value) t \gexec
-- (arrays of arrays and of vectors cannot be built in SQL)
SELECT format('CREATE TABLE %I (id int PRIMARY KEY, v %s[])', 'a ' || type, type)
FROM (SELECT DISTINCT type FROM value) t
WHERE type !~ '\]$|^(int2vector|oidvector|list)$' \gexec
SELECT format('CREATE TABLE %I (id int PRIMARY KEY, v %s)', 'c ' || type, type)
FROM (SELECT DISTINCT type FROM change) t \gexec

-- Whether a type can be a key is best asked of the server.  (It only sees at
-- the second row that there is a json in a nest.)
CREATE PROCEDURE pg_temp.keyed(kind text, name text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %I (k %s PRIMARY KEY, n int, b int)',
	    kind || name, name);
EXCEPTION WHEN undefined_object THEN
END $$;
SELECT format('CALL pg_temp.keyed(%L, %L)', 'k ', type)
FROM (SELECT DISTINCT type FROM value) t WHERE type <> 'nest' \gexec
SELECT format('CALL pg_temp.keyed(%L, %L)', 'ck ', type)
FROM (SELECT DISTINCT type FROM change) t WHERE type <> 'nest' \gexec

\if :data
SELECT format('INSERT INTO %I VALUES (%s, %L)', 'v ' || type, n, v)
FROM value \gexec
SELECT format('INSERT INTO %I SELECT 1, array_agg(v ORDER BY id) FROM %I',
    'a ' || type, 'v ' || type),
    format('INSERT INTO %I SELECT 2, array[v, null] FROM (SELECT v FROM %I
    ORDER BY id LIMIT 1) x UNION ALL SELECT 3, ''{}'' UNION ALL SELECT 4, NULL
    UNION ALL SELECT 5, array[[v], [v]] FROM (SELECT v FROM %2$I
    ORDER BY id LIMIT 1) y', 'a ' || type, 'v ' || type),
    format('UPDATE %I SET v[-3] = v[1] WHERE id = 2', 'a ' || type)
FROM (SELECT DISTINCT type FROM value) t
WHERE type !~ '\]$|^(int2vector|oidvector|list)$' \gexec
SELECT format('INSERT INTO %I VALUES (%L, %s, %s) ON CONFLICT DO NOTHING',
    'k ' || type, v, n, n % 2)
FROM value WHERE to_regclass(quote_ident('k ' || type)) IS NOT NULL
AND v IS NOT NULL \gexec
\endif

SELECT format('INSERT INTO %I VALUES (%s, %L)', 'c ' || type, n, old)
FROM change \gexec
SELECT format('INSERT INTO %I VALUES (%L, %s) ON CONFLICT DO NOTHING',
    'ck ' || type, old, n)
FROM change WHERE to_regclass(quote_ident('ck ' || type)) IS NOT NULL
AND old IS NOT NULL AND new IS NOT NULL \gexec
