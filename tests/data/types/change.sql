-- Each old value becomes the new one: as a value, and as a key.
DELETE FROM change WHERE to_regtype(type) IS NULL;
SELECT format('UPDATE %I SET v = %L WHERE id = %s', 'c ' || type, new, n)
FROM change \gexec
SELECT format('UPDATE %I SET k = %L WHERE n = %s', 'ck ' || type, new, n)
FROM change WHERE to_regclass(quote_ident('ck ' || type)) IS NOT NULL
AND old IS NOT NULL AND new IS NOT NULL \gexec
