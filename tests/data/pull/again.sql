-- The schema there is keeps its names, order and comments.
CREATE TYPE color AS ENUM ('red', 'dark blue', 'green');
CREATE TABLE users (id text PRIMARY KEY, "e-mail" text NOT NULL UNIQUE, "createdAt" timestamp(3) NOT NULL DEFAULT now(), "updatedAt" timestamp(3) NOT NULL, color color DEFAULT 'dark blue', added int, secret text, "bossId" text REFERENCES users);
CREATE TABLE posts (id uuid PRIMARY KEY, slug text NOT NULL, author text NOT NULL CONSTRAINT posts_author_fkey REFERENCES users ON UPDATE CASCADE, CONSTRAINT slug_once UNIQUE (slug, author));
CREATE INDEX posts_slug_idx ON posts (slug);
CREATE INDEX posts_author_idx ON posts (author);
CREATE INDEX new_idx ON posts (slug DESC);
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE "Tag" (id int PRIMARY KEY);
CREATE TABLE "_TagTousers" ("A" int NOT NULL REFERENCES "Tag" ON DELETE CASCADE ON UPDATE CASCADE, "B" text NOT NULL REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE, PRIMARY KEY ("A", "B"));
CREATE INDEX "_TagTousers_B_index" ON "_TagTousers" ("B");
CREATE TABLE a_new (id int PRIMARY KEY, u text REFERENCES users);
CREATE TABLE nokey (a int);
