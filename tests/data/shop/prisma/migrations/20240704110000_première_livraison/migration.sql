-- Données de départ : la première livraison
INSERT INTO "products" ("title", "price") VALUES ('Café moulu — 500 g', 12.50);