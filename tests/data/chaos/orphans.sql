-- Rows whose parent is not there, whatever the server believes.
SELECT count(*) FROM houses c LEFT JOIN users p ON p.id = c.owner
WHERE p.id IS NULL
UNION ALL
SELECT count(*) FROM perfumes c LEFT JOIN houses p ON p.id = c.house
WHERE p.id IS NULL AND c.house IS NOT NULL
UNION ALL
SELECT count(*) FROM perfumes c LEFT JOIN perfumes p ON p.id = c.best_of
WHERE p.id IS NULL AND c.best_of IS NOT NULL
UNION ALL
SELECT count(*) FROM "_PerfumeToTag" c LEFT JOIN perfumes p ON p.id = c."A"
LEFT JOIN tags t ON t.id = c."B" WHERE p.id IS NULL OR t.id IS NULL
