-- Names of relations and their fields, actions, many-to-many tables.
CREATE TABLE "User" (id int PRIMARY KEY, email text UNIQUE, "bossId" int REFERENCES "User" ON DELETE SET NULL ON UPDATE CASCADE);
CREATE TABLE "Post" (
	id int PRIMARY KEY,
	"authorId" int NOT NULL REFERENCES "User" ON DELETE RESTRICT ON UPDATE CASCADE,
	"editorId" int REFERENCES "User" ON DELETE CASCADE ON UPDATE RESTRICT,
	UNIQUE (id, "authorId")
);
CREATE TABLE "Profile" (
	id int PRIMARY KEY,
	"userId" int NOT NULL UNIQUE CONSTRAINT own_name REFERENCES "User" ON DELETE SET DEFAULT ON UPDATE SET NULL
);
CREATE TABLE "Part" (
	a int, b int, "User" int REFERENCES "User",
	PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES "Post" (id, "authorId")
);
CREATE TABLE "Twice" (
	id int PRIMARY KEY, "postId" int,
	CONSTRAINT one FOREIGN KEY ("postId") REFERENCES "Post" (id),
	CONSTRAINT two FOREIGN KEY ("postId") REFERENCES "Post" (id)
);
CREATE TABLE "Tag" (id int PRIMARY KEY);
CREATE TABLE "_PostToTag" ("A" int NOT NULL REFERENCES "Post" ON DELETE CASCADE ON UPDATE CASCADE, "B" int NOT NULL REFERENCES "Tag" ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A", "B"));
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag" ("B");
CREATE TABLE "_friends" ("A" int NOT NULL REFERENCES "Tag", "B" int NOT NULL REFERENCES "Tag");
CREATE UNIQUE INDEX "_friends_AB_unique" ON "_friends" ("A", "B");
CREATE INDEX "_friends_B_index" ON "_friends" ("B");
CREATE TABLE "_one" ("A" int NOT NULL REFERENCES "Profile", "B" int NOT NULL REFERENCES "Tag", PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_one" ("B");
CREATE TABLE "_two" ("A" int NOT NULL REFERENCES "Profile", "B" int NOT NULL REFERENCES "Tag", PRIMARY KEY ("A", "B"));
CREATE INDEX ON "_two" ("B");
CREATE TABLE "_none" ("A" int NOT NULL REFERENCES "Profile", "B" int NOT NULL REFERENCES "Tag");
CREATE TABLE nokey (id int REFERENCES "Tag", "nullable" int UNIQUE);
CREATE TABLE to_nokey (id int PRIMARY KEY, n int REFERENCES nokey ("nullable"));
