# dbm migrate dev: from a changed schema to a migration.
load helper
load migrate

setup() {
	new_db
	empty_project
	rmdir prisma/migrations
	export HOME=$BATS_TEST_TMPDIR/home XDG_CACHE_HOME=
	mkdir -p "$HOME"
}

teardown() {
	end_all
}

# schema [DATASOURCE-LINE...]: the datasource, and what stdin says.
schema() {
	{
		printf 'datasource db {\n  provider = "postgresql"\n'
		printf '  url      = env("DATABASE_URL")\n'
		[ $# -eq 0 ] || printf '  %s\n' "$@"
		printf '}\n\n'
		cat
	} >prisma/schema.prisma
}

users() {
	schema <<-END
	model User {
	  id    Int     @id @default(autoincrement())
	  email String
	  name  String?
	}
	END
}

# dev [ARGUMENT...]: without a terminal.
dev() {
	setsid -w dbm migrate dev "$@" </dev/null
}

# made: the newest folder.
made() {
	ls -d prisma/migrations/*/ | tail -1 | xargs basename
}

tables() {
	sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
	    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
}

# --- the whole way ---

@test "dev: writes and applies what the schema asks for; then nothing" {
	users
	run -0 --separate-stderr dev --name "Add Users & more"
	[[ ${lines[0]} =~ ^created$'\t'[0-9]{14}_add_users_and_more$'\t''\N'$ ]]
	[[ ${lines[1]} =~ ^applied$'\t'[0-9]{14}_add_users_and_more$'\t'[0-9]+$ ]]
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *"in sync with your schema"* ]]
	[ "$(tables)" = "User _prisma_migrations" ]
	grep -q 'CREATE TABLE "User"' "prisma/migrations/$(made)/migration.sql"
	grep -qx 'provider = "postgresql"' prisma/migrations/migration_lock.toml
	run -0 --separate-stderr dev
	[ -z "$output" ]
	[[ $stderr == *"Already in sync"* ]]
	[ "$(states)" = "$(made)|1|finished" ]
	[ -z "$(ls -A prisma | grep -v -e schema -e migrations)" ]
}

@test "dev: deploy and status find nothing left to do" {
	users
	dev -n one
	run -0 dbm migrate deploy
	has "No pending"
	run -0 dbm status
}

@test "dev: --create-only writes it, a second run applies it" {
	users
	run -0 --separate-stderr dev -n one --create-only
	[[ $output == created* ]]
	[ "$(tables)" = "_prisma_migrations" ]
	run -0 --separate-stderr dev
	[[ $output == applied*_one* ]]
	[ "$(tables)" = "User _prisma_migrations" ]
}

@test "dev: --create-only without a change is Prisma's empty migration" {
	users
	dev -n one
	dev -n empty --create-only
	[ "$(cat "prisma/migrations/$(made)/migration.sql")" = \
	    "-- This is an empty migration." ]
	[ "$(wc -l <"prisma/migrations/$(made)/migration.sql")" = 0 ]
	dev
}

@test "dev: without a name the folder is the time alone" {
	users
	dev
	[[ $(made) =~ ^[0-9]{14}$ ]]
}

@test "dev: a clock behind the newest folder still sorts last" {
	users
	migration 29991231235959_far "SELECT 1;"
	dev -n later
	[ "$(made)" = 30000101000000_later ]
}

@test "dev: --json gives the same records" {
	users
	run -0 --separate-stderr dev -n one --json
	[ "$(jq -r .action <<<"$output" | paste -sd,)" = "created,applied" ]
	[ "$(jq -r '.ms | type' <<<"$output" | paste -sd,)" = "null,number" ]
}

@test "dev: a missing database is created here, and seeded" {
	users
	DATABASE_URL=$(url_of "n_$RANDOM$RANDOM")
	cat >package.json <<-'END'
	{ "prisma": { "seed": "sh seed.sh" } }
	END
	echo 'echo "$DATABASE_URL" >seeded; echo noise' >seed.sh
	run -0 --separate-stderr dev -n one
	[[ $stderr == *"created at"* && $stderr == *noise* ]]
	[[ $output != *noise* ]]
	[ "$(cat seeded)" = "$DATABASE_URL" ]
	rm seeded
	dev
	[ ! -e seeded ]
}

@test "dev: --skip-seed does not" {
	users
	DATABASE_URL=$(url_of "n_$RANDOM$RANDOM")
	echo '{ "prisma": { "seed": "touch seeded" } }' >package.json
	dev -n one --skip-seed
	[ ! -e seeded ]
}

@test "dev: a missing database on another host is not created" {
	users
	port=$((20000 + RANDOM))
	own_server "listen_addresses = '127.0.0.1'" "port = $port"
	# by a name that is not this machine's
	run -2 dev --url "postgresql://postgres@0.0.0.0:$port/nowhere"
	has P1003
	has "dbm migrate deploy --url URL --create-database"
	[ ! -e prisma/migrations ]
	run -0 dev --url "postgresql://postgres@127.0.0.1:$port/nowhere"
	has "created at"
}

@test "dev: the generators run, their output on stderr; --skip-generate" {
	users
	printf '\ngenerator client {\n  provider = "prisma-client-js"\n}\n' \
	    >>prisma/schema.prisma
	mkdir -p node_modules/.bin
	printf '#!/bin/sh\necho "ran $*"\n' >node_modules/.bin/prisma
	chmod +x node_modules/.bin/prisma
	run -0 --separate-stderr dev -n one
	[[ $stderr == *"ran generate --schema prisma/schema.prisma"* ]]
	[[ $output != *ran* ]]
	run -0 dev --skip-generate
	has_not ran
	PRISMA_MIGRATE_SKIP_GENERATE=1 run -0 dev
	has_not ran
	printf '#!/bin/sh\nexit 3\n' >node_modules/.bin/prisma
	run -0 dev
	has "generators failed"
}

@test "dev: a schema of its own in the URL, and several schemas" {
	users
	DATABASE_URL="$DATABASE_URL&schema=app"
	dev -n one
	run -0 dev
	has "Already in sync"
	[ "$(sql "SELECT count(*) FROM app.\"User\"")" = 0 ]
	schema 'schemas = ["one", "two"]' <<-'END'
	model A {
	  id Int @id
	  @@schema("one")
	}
	model B {
	  id Int @id
	  @@schema("two")
	}
	END
	rm -r prisma/migrations
	new_db
	dev -n one
	run -0 dev
	has "Already in sync"
	[ "$(sql "SELECT count(*) FROM one.\"A\", two.\"B\"")" = 0 ]
}

# --- what is wrong before anything is done ---

@test "dev: pending migrations are applied first" {
	users
	migration 1_a 'CREATE TABLE "User" (id SERIAL NOT NULL,
	    email TEXT NOT NULL, name TEXT,
	    CONSTRAINT "User_pkey" PRIMARY KEY (id));'
	run -0 --separate-stderr dev
	[[ $output == applied$'\t'1_a* ]]
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
}

@test "dev: a script that does not run is told before it is applied" {
	users
	migration 1_a "CREATE TABLE a (id int);"
	migration 2_b "CREATE TABLE b (id int);
SELECT * FROM nowhere;"
	run -2 dev
	has "prisma/migrations/2_b/migration.sql:2:15: error: P3006"
	[ "$(tables)" = "" ]
}

@test "dev: drift is named, and the ways out work" {
	users
	dev -n one
	sql 'CREATE TABLE extra (id int PRIMARY KEY);
	    ALTER TABLE "User" ADD COLUMN age int'
	users_before=$(cat prisma/schema.prisma)
	run -1 dev -n two
	has "Drift detected"
	has "  - extra"
	has "[+] Added column \`age\`"
	has "nothing was changed"
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
	# kept, as a migration
	grep -A3 'To keep it' <<<"$output" | tail -3 >keep.sh
	bash -e keep.sh
	run -0 dev -n back --no-rename --accept-data-loss
	[ "$(tables)" = "User _prisma_migrations" ]
	# undone
	sql 'CREATE TABLE again (id int PRIMARY KEY)'
	run -1 dev
	grep -A1 'To undo it' <<<"$output" | tail -1 >undo.sh
	bash -e undo.sh
	run -0 dev
	has "Already in sync"
}

@test "dev: drift, and what is not applied is settled before it" {
	users
	dev -n one
	migration 30000101000000_b "CREATE TABLE \"B\" (id int PRIMARY KEY);"
	sql 'ALTER TABLE "User" ADD COLUMN age int'
	run -1 dev
	has "Drift detected"
	has "Not applied, and so not counted in: \`30000101000000_b\`"
	has "dbm migrate resolve --applied NAME"
	has_not "To keep it"
	dbm migrate deploy
	run -1 dev
	has "To keep it"
	has_not "Not applied"
}

@test "dev: drift that may be a rename is said to be" {
	users
	dev -n one
	sql 'ALTER TABLE "User" RENAME name TO title'
	run -1 dev
	has "This may be a rename: User.name=title"
	has "without the data"
}

@test "dev: what a schema cannot say is no drift, and stays" {
	users
	dev -n one
	sql "CREATE VIEW v AS SELECT 1 AS one; CREATE SEQUENCE s;
	    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
	    CREATE INDEX part ON \"User\"(email) WHERE id > 3;
	    CREATE INDEX expr ON \"User\"(lower(email));
	    ALTER TABLE \"User\" ADD CHECK (id > 0), ENABLE ROW LEVEL SECURITY;
	    CREATE POLICY p ON \"User\""
	run -0 dev
	has "Already in sync"
	sed -i 's/  name .*/&\n  age Int?/' prisma/schema.prisma
	dev -n two
	[ "$(sql "SELECT to_regclass('part'), to_regclass('expr'), count(*)
	    FROM pg_policy, v")" = "part|expr|1" ]
}

@test "dev: a database without a history is baselined" {
	users
	sql 'CREATE TABLE "User" (id SERIAL PRIMARY KEY, email TEXT NOT NULL,
	    name TEXT)'
	run -1 dev
	has "a baseline"
	grep -A3 'a baseline' <<<"$output" | tail -3 >keep.sh
	bash -e keep.sh
	run -0 dev
	has "Already in sync"
	# a table without rows is no history either
	sql "DELETE FROM _prisma_migrations"
	rm -r prisma/migrations
	run -1 dev
	has "a baseline"
	has_not "To undo it"
}

@test "dev: failed rows, edited files, missing folders: by name" {
	users
	migration 1_a "CREATE TABLE a (id int);"
	migration 2_b "CREATE TABLE b (id int);"
	dbm migrate deploy
	echo "-- more" >>prisma/migrations/1_a/migration.sql
	rm -r prisma/migrations/2_b
	migration 3_c "SELECT 1/0"
	dbm migrate deploy || true
	run -1 dev
	has "\`1_a\` was modified after it was applied"
	has "missing from the local migrations directory: \`2_b\`"
	has "The migration \`3_c\` failed"
	has "resolve --rolled-back 3_c"
	[ "$(tables)" = "_prisma_migrations a b" ]
}

@test "dev: migrations applied from another branch: the histories diverge" {
	users
	migration 1_a "SELECT 1;"
	migration 2_b "SELECT 2;"
	dbm migrate deploy
	mv prisma/migrations/2_b prisma/migrations/2_c
	run -1 dev
	has "diverge"
	has 'Last common migration: `1_a`'
	has '`2_b`'
}

@test "dev: a schema that is not valid is told with its place" {
	schema <<<'model A { id Strng @id }'
	run -2 dev
	has "prisma/schema.prisma:"
	rm prisma/schema.prisma
	run -2 dev
	has "neither a schema nor"
	mkdir prisma/migrations
	run -2 dev
	has "there is no schema here"
}

# --- rows that are in the way ---

@test "dev: a required column on a table with rows: counts, and three steps" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a'), ('b')"
	sed -i 's/  name .*/&\n  phone String/' prisma/schema.prisma
	run -2 dev -n two
	has "There are 2 rows in this table"
	has "give it a \`@default(...)\`, or in three steps"
	has 'make it optional, add `?` to the type, and: dbm migrate dev'
	has "the rows of every other database have to be mended too"
	has 'UPDATE "User" SET "phone" = … WHERE "phone" IS NULL'
	has "nothing was written"
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
	# the three steps
	sed -i 's/phone String/phone String?/' prisma/schema.prisma
	dev -n add_phone
	sed -i 's/phone String?/phone String/' prisma/schema.prisma
	run -2 dev
	has "there are 2 existing NULL values"
	dbm exec -c 'UPDATE "User" SET "phone" = email WHERE "phone" IS NULL'
	dev -n require_phone
}

@test "dev: --create-only writes what rows are in the way of" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a')"
	sed -i 's/  name .*/&\n  phone String/' prisma/schema.prisma
	run -0 dev -n two --create-only
	has "There are 1 rows in this table"
	grep -q "This is not possible if the table is not empty" \
	    "prisma/migrations/$(made)/migration.sql"
}

@test "dev: a unique index over duplicates; without them no word is needed" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a'), ('a'), ('b')"
	sed -i 's/email String/& @unique/' prisma/schema.prisma
	run -2 dev -n two
	has "1 value is there more than once"
	has "GROUP BY"
	sql "DELETE FROM \"User\" WHERE id = 1"
	dev -n two
	grep -q "If there are existing duplicate values, this will fail." \
	    "prisma/migrations/$(made)/migration.sql"
}

@test "dev: a primary key over duplicates is told before it is written" {
	schema <<-'END'
	model T {
	  x Int
	  y Int

	  @@id([x, y])
	}
	END
	dev -n one
	sql 'INSERT INTO "T" VALUES (1, 1), (1, 2)'
	sed -i -e 's/x Int/& @id/' -e '/@@id/d' prisma/schema.prisma
	run -2 dev -n two --accept-data-loss
	has "1 value is there more than once"
	command=$(grep -o 'dbm exec .*' <<<"$output" | head -1)
	run -0 --separate-stderr bash -c "$command"
	[ "$output" = $'1\t2' ] || { echo "$output"; false; }
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
	sql 'DELETE FROM "T" WHERE y = 2'
	dev -n two --accept-data-loss
	run -1 grep -q "more than once\|primary key covering" \
	    "prisma/migrations/$(made)/migration.sql"
}

@test "dev: a primary key where there was none, over duplicates and NULL" {
	schema <<-'END'
	model T {
	  x Int?
	  y Int  @unique
	}
	END
	dev -n one
	sql 'INSERT INTO "T" VALUES (1, 1), (1, 2), (NULL, 3)'
	sed -i 's/x Int?/x Int @id/' prisma/schema.prisma
	run -2 dev -n two --accept-data-loss
	has "1 value is there more than once"
	has "1 existing NULL values"
	sql 'UPDATE "T" SET x = y'
	dev -n two
}

@test "dev: an id is not advised to be optional" {
	schema <<-'END'
	model T {
	  x Int @unique
	}
	END
	dev -n one
	sql 'INSERT INTO "T" VALUES (1)'
	sed -i 's/x Int/id Int @id\n  &/' prisma/schema.prisma
	run -2 dev -n two
	has 'the id of `T` may not be optional'
	has_not "make it optional"
	has_not "every other database"
}

@test "dev: a table that another session has locked is named, not waited for" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a')"
	sed -i 's/  name .*/&\n  phone String/' prisma/schema.prisma
	hold 'BEGIN; LOCK TABLE "User";'
	SECONDS=0
	run -2 dev -n two
	[ "$SECONDS" -lt 9 ]
	has "table 'User' is locked by another session: its rows were not"
	has "This is not possible if the table is not empty"
	release
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
}

@test "dev: a scalar of an enum becomes a list, and one again" {
	schema <<-'END'
	enum Color {
	  RED
	  BLUE
	}
	model T {
	  id Int    @id
	  c  Color  @default(RED)
	  d  Color?
	}
	END
	dev -n one
	sql "INSERT INTO \"T\" VALUES (1, 'BLUE', NULL), (2, 'RED', 'RED')"
	sed -i -e 's/c  .*/c  Color[] @default([RED])/' -e 's/d  .*/d  Color[]/' \
	    prisma/schema.prisma
	dev -n lists
	[ "$(sql 'SELECT c, d FROM "T" ORDER BY id')" = \
	    $'{BLUE}|\n{RED}|{RED}' ]
	sql "UPDATE \"T\" SET c = '{BLUE,RED}', d = '{}' WHERE id = 1"
	sed -i -e 's/c  .*/c  Color @default(BLUE)/' -e 's/d  .*/d  Color/' \
	    prisma/schema.prisma
	run -2 dev -n scalars --accept-data-loss
	has "Only the first element is kept, and 1 row has more than one"
	has "there are 1 existing NULL values"
	has 'WHERE "d"[1] IS NULL'
	sed -i 's/d  .*/d  Color?/' prisma/schema.prisma
	run -2 dev -n scalars
	has "--accept-data-loss"
	dev -n scalars --accept-data-loss
	[ "$(sql 'SELECT c, d FROM "T" ORDER BY id')" = $'BLUE|\nRED|RED' ]
	run -0 --separate-stderr dev
	[ -z "$output" ]
}

@test "dev: a type that shrinks: what does not fit, what is rounded" {
	schema <<-'END'
	model T {
	  id Int    @id
	  s  String
	  d  Decimal @db.Decimal(10, 3)
	  n  BigInt
	}
	END
	dev -n one
	sql "INSERT INTO \"T\" VALUES (1, 'abc', 1.125, 5), (2, 'abcdef', 2, 6)"
	sed -i 's/s  String/& @db.VarChar(3)/' prisma/schema.prisma
	run -2 dev
	has "1 of them does not fit"
	sed -i 's/VarChar(3)/VarChar(6)/' prisma/schema.prisma
	dev -n fits
	sed -i 's/10, 3/10, 2/' prisma/schema.prisma
	run -2 dev
	has "1 of them would be rounded"
	has "--accept-data-loss"
	dev -n rounded --accept-data-loss
	sed -i 's/BigInt/Int/' prisma/schema.prisma
	sql 'UPDATE "T" SET n = 3000000000 WHERE id = 1'
	run -2 dev
	has "1 of them does not fit"
	sql 'UPDATE "T" SET n = 3'
	dev -n int
}

@test "dev: a removed enum value that is in use" {
	schema <<-'END'
	enum Role {
	  ADMIN
	  GUEST
	  OLD
	}
	model T {
	  id    Int    @id
	  role  Role   @default(GUEST)
	  roles Role[]
	}
	END
	dev -n one
	sql "INSERT INTO \"T\" VALUES (1, 'OLD', '{OLD,ADMIN}'), (2, 'ADMIN', '{}')"
	sed -i '/OLD/d' prisma/schema.prisma
	run -2 dev
	has "2 rows still use them"
	sql "UPDATE \"T\" SET role = 'GUEST', roles = '{}'"
	dev -n two
	[ "$(sql "SELECT enum_range(NULL::\"Role\")")" = "{ADMIN,GUEST}" ]
}

@test "dev: a foreign key for rows that refer to nothing" {
	schema <<-'END'
	model A {
	  id Int @id
	}
	model B {
	  id  Int @id
	  aid Int
	}
	END
	dev -n one
	sql 'INSERT INTO "B" VALUES (1, 7)'
	sed -i -e 's/  aid Int/&\n  a A @relation(fields: [aid], references: [id])/' \
	    -e '0,/  id Int @id/s//&\n  b B[]/' prisma/schema.prisma
	run -2 dev -n two
	has "1 row has no row in"
	# the rows are found by what is said
	command=$(grep -o 'dbm exec .*' <<<"$output" | head -1)
	run -0 --separate-stderr bash -c "$command"
	[ "$output" = $'1\t7' ] || { echo "$output"; false; }
	sql 'DELETE FROM "B"'
	dev -n two
}

@test "dev: data that would be lost needs a word, where nobody can be asked" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i '/name/d' prisma/schema.prisma
	run -2 dev -n two
	has "still contains 1 non-null values"
	has "--accept-data-loss"
	[ "$(sql 'SELECT name FROM "User"')" = x ]
	dev -n two --accept-data-loss
	run -1 sql 'SELECT name FROM "User"'
}

@test "dev: a column without values goes without a word" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a')"
	sed -i '/name/d' prisma/schema.prisma
	dev -n two
}

# --- renames ---

@test "dev: what may be a rename stops, and both ways on work" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i 's/  name /  fullName /' prisma/schema.prisma
	run -1 dev -n two
	has "--rename User.name=fullName"
	has "--no-rename"
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
	grep -A1 'to rename, and keep' <<<"$output" | tail -1 >rename.sh
	setsid -w bash -e rename.sh </dev/null
	[ "$(sql 'SELECT "fullName" FROM "User"')" = x ]
	grep -q RENAME "prisma/migrations/$(made)/migration.sql"
	run -0 dev
	has "Already in sync"
}

@test "dev: a table that is renamed takes keys and indexes along" {
	schema <<-'END'
	model User {
	  id    Int    @id @default(autoincrement())
	  email String @unique
	  posts Post[]
	}
	model Post {
	  id     Int  @id
	  userId Int
	  user   User @relation(fields: [userId], references: [id])
	  @@index([userId])
	}
	END
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a');
	    INSERT INTO \"Post\" VALUES (1, 1)"
	sed -i 's/\bUser\b/Account/g' prisma/schema.prisma
	run -1 dev
	has "--rename User=Account"
	dev -n two --rename User=Account
	[ "$(sql 'SELECT email FROM "Account"')" = a ]
	[ "$(sql "SELECT string_agg(conname, ' ' ORDER BY conname)
	    FROM pg_constraint WHERE conrelid = '\"Account\"'::regclass")" = \
	    "Account_pkey" ]
	[ "$(sql "SELECT to_regclass('\"Account_email_key\"')")" = \
	    '"Account_email_key"' ]
	run -0 dev
	has "Already in sync"
}

@test "dev: table and column renamed in one go, by names of the database" {
	schema <<-'END'
	model User {
	  id    Int    @id
	  first String @map("first_name")
	  @@map("users")
	}
	END
	dev -n one
	sql "INSERT INTO users VALUES (1, 'x')"
	schema <<-'END'
	model Person {
	  id    Int    @id
	  given String @map("given_name")
	  @@map("people")
	}
	END
	dev -n two --rename users=Person --rename Person.first_name=given
	[ "$(sql 'SELECT given_name FROM people')" = x ]
	run -0 dev
	has "Already in sync"
}

@test "dev: a many-to-many table follows its model, step by step" {
	schema <<-'END'
	model User {
	  id   Int    @id
	  name String
	  tags Tag[]
	}
	model Tag {
	  id    Int    @id
	  users User[]
	}
	END
	dev -n one
	sql "INSERT INTO \"User\" VALUES (1, 'x'); INSERT INTO \"Tag\" VALUES (2);
	    INSERT INTO \"_TagToUser\" VALUES (2, 1)"
	sed -i 's/\bUser\b/Users/g' prisma/schema.prisma
	run -1 dev -n two
	has "dbm migrate dev --name two --rename User=Users"
	has_not _TagToUsers
	# what is told next goes on from what was typed
	run -1 dev -n two --rename User=Users
	has "two --rename User=Users --rename _TagToUser=_TagToUsers"
	dev -n two --rename User=Users --rename _TagToUser=_TagToUsers
	[ "$(sql 'SELECT * FROM "_TagToUsers", "Users"')" = "2|1|1|x" ]
	run -0 dev
	has "Already in sync"
}

@test "dev: --no-rename drops and adds; a wrong --rename is told" {
	users
	dev -n one
	sed -i 's/  name /  fullName /' prisma/schema.prisma
	run -2 dev --rename User.nam=fullName
	has "columns that go: name"
	run -2 dev --rename User.name=fulName
	has "columns that come: fullName"
	run -2 dev --rename User.email=fullName
	has "the schema still has it"
	run -2 dev --rename Usr=Account
	run -2 dev --rename nonsense
	dev -n two --no-rename
	grep -q 'DROP COLUMN "name"' "prisma/migrations/$(made)/migration.sql"
}

@test "dev: what comes round a list of an enum, a type, a unique default" {
	users
	cat >>prisma/schema.prisma <<-'END'

	enum Color {
	  RED
	  BLUE
	}
	END
	sed -i 's/  name .*/&\n  tint Color[]\n  code String/' \
	    prisma/schema.prisma
	dev -n one
	sql "INSERT INTO \"User\" (email, code, tint)
	    VALUES ('a', '1', '{RED,BLUE}'), ('b', '2', '{}')"
	sed -i '/^  RED/d' prisma/schema.prisma
	run -2 dev -n two
	has 'array_replace("tint", $$RED$$, …) WHERE $$RED$$ = ANY ("tint")'
	command=$(grep -o 'dbm exec .*' <<<"$output" | head -1)
	bash -c "${command/…/\$\$BLUE\$\$}"
	dev -n two
	sed -i 's/code String/code Int/' prisma/schema.prisma
	run -2 dev -n three
	has "dbm migrate dev --name rename_code --rename User.code_new=code"
	sed -i -e 's/code Int/code String @default("x")/' \
	    -e 's/tint .*/&\n  u Int @unique @default(1)/' prisma/schema.prisma
	run -2 dev -n three
	has "without a default, give each row its own"
}

# typed ANSWERS ARGUMENT...: on a terminal.
typed() {
	run script -qec "dbm migrate dev ${*:2}" /dev/null <<<"$1"
}

@test "dev: on a terminal a rename is asked about, and the name" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i 's/  name /  fullName /' prisma/schema.prisma
	typed $'y\nFull names'
	[ "$status" -eq 0 ]
	has 'Was the column `name` of `User` renamed to `fullName`?'
	[[ $(made) == *_full_names ]]
	[ "$(sql 'SELECT "fullName" FROM "User"')" = x ]
}

@test "dev: on a terminal no rename and no loss is: nothing is done" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i 's/  name /  fullName /' prisma/schema.prisma
	typed $'n\nn' -n two
	[ "$status" -eq 2 ]
	has "Are you sure"
	has "nothing was written"
	[ "$(sql 'SELECT name FROM "User"')" = x ]
	typed $'n\ny' -n two
	[ "$status" -eq 0 ]
	run -1 sql 'SELECT name FROM "User"'
}

@test "dev: on a terminal neither yes nor no is no answer to a rename" {
	users
	dev -n one
	sed -i -e 's/  name /  fullName /' \
	    -e 's/  id .*/&\n  old Int?/' prisma/schema.prisma
	dev -n two --rename User.name=fullName
	sed -i -e 's/  fullName /  title /' -e 's/  old /  new /' \
	    prisma/schema.prisma
	typed '' -n three
	[ "$status" -eq 1 ]
	has "this may be a rename"
	# what was agreed to is typed again
	typed $'y\n\n' -n three
	[ "$status" -eq 1 ]
	has "dbm migrate dev --name three --rename "
	[ "$(grep -c -- '--rename .* --rename ' <<<"$output")" -eq 1 ]
	[ "$(ls -d prisma/migrations/*/ | wc -l)" -eq 2 ]
}

# --- the replay ---

@test "dev: the second run replays nothing, and starts no server" {
	users
	dev -n one
	dev
	[ "$(stat -c %a "$HOME/.cache/dbm/shadow"/* | sort -u)" = 600 ]
	DBM_PGBIN=/nonexistent
	run -0 dev -v
	# a torn file is a miss
	for f in "$HOME/.cache/dbm/shadow"/*; do
		head -c 50 "$f" >x
		cat x >"$f"
	done
	unset DBM_PGBIN
	run -0 dev
	has "Already in sync"
	# and so is a damaged one
	sed -i 's/User/\\N/; s/email/eMAIL/' "$HOME/.cache/dbm/shadow"/*
	run -0 dev
	has "Already in sync"
}

@test "dev: a cache that is not ours alone is not used" {
	users
	mkdir -p "$HOME/.cache/dbm"
	chmod 777 "$HOME/.cache/dbm"
	[ "$(id -u)" -eq 0 ] || skip "the private server needs that folder too"
	run -0 dev -n one
	[ ! -e "$HOME/.cache/dbm/shadow" ]
	run -0 dev
	has "Already in sync"
}

@test "dev: without PostgreSQL here, a database beside; it is dropped" {
	users
	export DBM_PGBIN=/nonexistent
	run -0 dev -n one -v
	has "shadow:"
	migration 99990101000000_bad "SELECT 1/0"
	run -2 dev
	has P3006
	[ "$(sql "SELECT count(*) FROM pg_database
	    WHERE datname LIKE 'prisma_migrate_shadow%'")" = 0 ]
	# what killed runs have left goes, the others are not ours
	for age in 9000 10; do
		left=prisma_migrate_shadow_db_$age
		sql "CREATE DATABASE $left"
		sql "COMMENT ON DATABASE $left IS
		    'dbm shadow $(($(date +%s) - age))'"
	done
	run -2 dev
	[ "$(sql "SELECT datname FROM pg_database
	    WHERE datname LIKE 'prisma_migrate_shadow%'")" = "$left" ]
	sql "DROP DATABASE $left"
}

@test "dev: what a killed run has left beside the migrations goes" {
	users
	mkdir prisma/.new-migration-old prisma/.new-migration-now
	touch -d '10 minutes ago' prisma/.new-migration-old
	dev -n one
	[ ! -e prisma/.new-migration-old ]
	[ -e prisma/.new-migration-now ]
}

@test "dev: where there is no way to replay it is P3014, with what helps" {
	users
	migration 1_a "SELECT 1;"
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT ALL ON SCHEMA public TO $role"
	DBM_PGBIN=/nonexistent run -2 dev \
	    --url "postgresql://$role@${DATABASE_URL#*@}"
	role_output=$output
	run -0 dev --url "postgresql://$role@${DATABASE_URL#*@}"
	sql "DROP OWNED BY $role CASCADE; DROP ROLE $role"
	output=$role_output
	has P3014
	has "permission denied to create database"
	has shadowDatabaseUrl
}

@test "dev: what was done is kept when stdout is full" {
	users
	status=0
	dev -n one >/dev/full || status=$?
	[ "$status" -eq 2 ]
	[ "$(states)" = "$(made)|1|finished" ]
}

@test "dev: shadowDatabaseUrl is emptied and used, never the main one" {
	new_db SHADOW_DATABASE_URL
	schema 'shadowDatabaseUrl = env("SHADOW_DATABASE_URL")' <<-'END'
	model A {
	  id Int @id
	}
	END
	sql_at "$SHADOW_DATABASE_URL" "CREATE TABLE junk (i int)"
	export DBM_PGBIN=/nonexistent
	dev -n one
	migration 99990101000000_more "CREATE TABLE more (id int PRIMARY KEY);"
	printf 'model more {\n  id Int @id\n}\n' >>prisma/schema.prisma
	dev
	[ "$(sql_at "$SHADOW_DATABASE_URL" "SELECT to_regclass('junk'),
	    to_regclass('more')")" = "|more" ]
	# one with a history is no shadow, and stays as it is
	sql_at "$SHADOW_DATABASE_URL" "CREATE TABLE _prisma_migrations AS
	    SELECT 'x' AS id, 'x' AS checksum, now() AS finished_at,
	    'x' AS migration_name, '' AS logs, now() AS rolled_back_at,
	    now() AS started_at, 1 AS applied_steps_count"
	migration 99990102000000_two "SELECT 2;"
	run -0 dev -v
	has "has a migration history"
	[ "$(sql_at "$SHADOW_DATABASE_URL" "SELECT to_regclass('more')")" = more ]
	# the main one by another name of this machine, and asked for by nobody
	sql "DROP TABLE _prisma_migrations"
	export SHADOW_DATABASE_URL=${DATABASE_URL/localhost/127.0.0.1}
	run -2 dbm diff prisma/migrations empty
	has "the same as the main database"
	[ "$(sql "SELECT to_regclass('more')")" = more ]
}

@test "dev: a shadow with a history in our schema is none" {
	new_db SHADOW_DATABASE_URL
	users
	sed -i '/url  /a shadowDatabaseUrl = env("SHADOW_DATABASE_URL")' \
	    prisma/schema.prisma
	DATABASE_URL=$SHADOW_DATABASE_URL\&schema=app dev -n one
	rm -r "$HOME/.cache"
	export DBM_PGBIN=/nonexistent
	dev -v --url "$DATABASE_URL&schema=app" 2>&1 | tee out
	grep -q "has a migration history" out
	[ "$(sql_at "$SHADOW_DATABASE_URL" \
	    'SELECT count(*) FROM app._prisma_migrations')" = 1 ]
}

@test "dev: roles that scripts name need not be on the shadow" {
	role=r_$RANDOM$RANDOM
	users
	sql "CREATE ROLE $role"
	migration 1_a "CREATE TABLE \"User\" (id SERIAL NOT NULL,
	    email TEXT NOT NULL, name TEXT,
	    CONSTRAINT \"User_pkey\" PRIMARY KEY (id));
	    GRANT SELECT ON \"User\" TO $role;"
	migration 2_b "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles
	    WHERE rolname = '$role') THEN CREATE ROLE $role; END IF; END \$\$;
	    ALTER TABLE \"User\" OWNER TO $role;"
	status=0
	dev || status=$?
	sql "DROP OWNED BY $role; DROP ROLE $role"
	[ "$status" -eq 0 ]
}

@test "dev: roles are on the shadow before the script that asks for them" {
	role=r_$RANDOM$RANDOM
	users
	dev -n one
	migration 99990101000000_asks "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM
	    pg_roles WHERE rolname = '$role') THEN RAISE 'no role'; END IF;
	    END \$\$;"
	sql "CREATE ROLE $role"
	rm -r "$HOME/.cache"
	run -0 dev
	sql "DROP ROLE $role"
}

@test "dev: CONCURRENTLY, and values of an enum used at once, are replayed" {
	schema <<-'END'
	enum E {
	  A
	  B
	}
	model T {
	  id Int @id
	  e  E   @default(B)
	  @@index([e])
	}
	END
	migration 1_a "CREATE TYPE \"E\" AS ENUM ('A');
CREATE TABLE \"T\" (id INTEGER NOT NULL, CONSTRAINT \"T_pkey\" PRIMARY KEY (id));"
	migration 2_b "ALTER TYPE \"E\" ADD VALUE 'B';
ALTER TABLE \"T\" ADD COLUMN e \"E\" NOT NULL DEFAULT 'B';"
	migration 3_c "CREATE INDEX CONCURRENTLY \"T_e_idx\" ON \"T\"(e);"
	run -0 dev
	has 3_c
	run -0 dev
	has "Already in sync"
}

# --- others, and accidents ---

@test "dev: two at once exclude each other" {
	users
	start setsid -w dbm migrate dev -n one
	first=$pid
	dbm migrate dev -n two </dev/null >out2 2>err2 || [ $? -eq 75 ]
	pid=$first
	ended 0
	[ "$(ls -d prisma/migrations/*/ | wc -l)" = 1 ]
	[ "$(states | wc -l)" = 1 ]
}

@test "dev: while another holds the lock it is 75" {
	users
	hold "SELECT pg_advisory_lock(72707369006);"
	run -75 dev -w 0.3
	has P1002
	release
	dev -n one
}

@test "dev: two at once, and no database yet: one is created" {
	users
	export DATABASE_URL=${DATABASE_URL/t_/u_}
	dev -n one &
	dev -n two
	wait $!
	[ "$(ls -d prisma/migrations/*/ | wc -l)" -eq 1 ]
	[ "$(tables)" = "User _prisma_migrations" ]
}

@test "dev: what is made has the modes that the umask says" {
	users
	(umask 027; dev -n one)
	cd prisma/migrations
	[ "$(stat -c %a . ./*_one ./*_one/migration.sql migration_lock.toml |
	    xargs)" = "750 750 640 640" ]
}

@test "dev: the migrations folder alone can be written to" {
	users
	mkdir prisma/migrations
	chmod a+rwx prisma/migrations
	chmod a-w prisma
	as_nobody dbm tmp -- dbm migrate dev -n one ||
	    { chmod u+w prisma; false; }
	chmod u+w prisma
	[ -s prisma/migrations/*_one/migration.sql ]
}

@test "dev: ^C while it replays leaves nothing, and a second run goes on" {
	users
	migration 1_a "SELECT pg_sleep(20);"
	start dbm migrate dev
	sleep 1
	kill -INT "$pid"
	ended 130
	[ "$(tables)" = "" ]
	migration 1_a "SELECT 1;"
	dev -n one
}

@test "dev: ^C while it replays beside drops that database" {
	users
	export DBM_PGBIN=/nonexistent
	migration 1_a "SELECT pg_sleep(20);"
	start dbm migrate dev
	within 10 waits_in_sleep
	kill -INT "$pid"
	ended 130
	[ "$(sql "SELECT count(*) FROM pg_database
	    WHERE datname LIKE 'prisma_migrate_shadow%'")" = 0 ]
}

waits_in_sleep() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE wait_event = 'PgSleep'
	    AND datname LIKE 'prisma_migrate_shadow%'")" -gt 0 ]
}

@test "dev: killed while it applies, then run again" {
	users
	dev -n one
	migration 99990101000000_slow "SELECT pg_sleep(2);
VACUUM;
SELECT pg_sleep(2);"
	start dbm migrate dev
	within 20 applies
	kill -9 "$pid"
	ended 137
	within 20 settled
	run -1 dev
	has 'The migration `99990101000000_slow` failed'
	has "dbm migrate deploy --retry"
	dbm migrate deploy --retry
	run -0 dev
	has "Already in sync"
}

applies() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
	    datname = current_database() AND wait_event = 'PgSleep'")" -gt 0 ]
}

settled() {
	[ -z "$(backend dbm-migrate-dev)" ]
}

@test "dev: a migration that fails when it is applied is left as failed" {
	users
	dev -n one
	sql "INSERT INTO \"User\" (email) VALUES ('a')"
	migration 99990101000000_c "ALTER TABLE \"User\" ADD COLUMN x int;
UPDATE \"User\" SET x = 1 / (id - 1);"
	run -2 dev
	has "P3018"
	has "migration.sql:2:"
	run -1 dev
	has failed
}

@test "dev: an enum made anew, while columns of it become lists, scalars, enums" {
	cat >prisma/schema.prisma <<-'END'
	datasource db {
	  provider = "postgresql"
	  url      = env("DATABASE_URL")
	}

	enum Color {
	  RED
	  GREEN
	  BLUE
	}

	model A {
	  id   Int     @id
	  many Color[] @default([RED])
	  one  Color   @default(RED)
	  text String  @default("x")
	}
	END
	dbm migrate dev -n one
	sql "INSERT INTO \"A\" VALUES (1, '{RED,GREEN}', 'GREEN', 'hello')"
	sed -i '/BLUE/d
	    s/many Color.*/many Color? @default(GREEN)/
	    s/one  Color.*/one Color[] @default([GREEN])/
	    s/text String.*/text Color @default(RED)/' prisma/schema.prisma
	run -2 dbm migrate dev -n two
	has "1 row has more than one"
	run -0 dbm migrate dev -n two --accept-data-loss
	[ "$(sql 'SELECT many, one, text FROM "A"')" = 'RED|{GREEN}|RED' ]
	run -0 dbm migrate dev
	has "Already in sync"
}

@test "dev: wrong usage" {
	users
	run -2 dbm migrate dev extra
	run -2 dbm migrate dev --nam
	run -2 dbm migrate dev --name
}
