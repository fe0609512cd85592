-- 1,247 cards: 749 common, 374 rare, 124 epic.
INSERT INTO packs (name) SELECT 'pack ' || i FROM generate_series(1, 7) i;
INSERT INTO cards (id, name, rarity, pack_id)
SELECT 'card_' || substr(md5(i::text), 1, 12), 'card ' || i,
       CASE WHEN i % 10 < 6 THEN 'common'
            WHEN i % 10 < 9 THEN 'rare' ELSE 'epic' END,
       i % 7 + 1
  FROM generate_series(1, 1247) i;
