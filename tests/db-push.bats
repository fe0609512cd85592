# dbm db push: a database like the schema, unrecorded.
load helper
load migrate

setup() {
	new_db
	empty_project
	rmdir prisma/migrations
	cat >prisma/schema.prisma <<-'END'
	datasource db {
	  provider = "postgresql"
	  url      = env("DATABASE_URL")
	}

	model User {
	  id    Int     @id @default(autoincrement())
	  email String
	  name  String?
	}
	END
}

teardown() {
	end_all
}

push() {
	setsid -w dbm db push "$@" </dev/null
}

@test "push: statement by statement, recorded; then nothing" {
	run -0 --separate-stderr push
	[[ $output == executed$'\t'CreateTable$'\t''CREATE TABLE "User" (\n'* ]]
	[[ $stderr == *"in sync with your Prisma schema. Done in"* ]]
	run -0 --separate-stderr push
	[ -z "$output" ]
	[[ $stderr == *"already in sync"* ]]
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
	[ ! -e prisma/migrations ]
}

@test "push: a missing database is created" {
	DATABASE_URL=$(url_of "n_$RANDOM$RANDOM")
	run -0 push
	has "created at"
}

@test "push: another host only when told outright, by the exact command" {
	export REMOTE_DATABASE_URL=postgresql://u:secret@db.invalid/x
	run -2 push --url remote
	has "its host is not this machine"
	has "dbm db push --url remote --force-production"
	has_not secret
	run -2 push --url "$REMOTE_DATABASE_URL"
	has "dbm db push --url URL --force-production"
	has_not secret
	run push --url remote --force-production
	[ "$status" -ne 0 ]
	has P1001
}

@test "push: what is to be typed leads to the same project" {
	mkdir -p "a b"
	mv prisma/schema.prisma "a b/s.prisma"
	export REMOTE_DATABASE_URL=postgresql://u@db.example.com/x
	run -2 push --url remote --schema "a b/s.prisma"
	has "dbm db push --url remote --schema 'a b/s.prisma' --force-production"
}

@test "push: not where migrations are in charge" {
	migration 1_a "SELECT 1;"
	run -2 push
	has "prisma/migrations has 1 migration"
	dbm migrate deploy
	rm -r prisma/migrations
	run -2 push
	has "_prisma_migrations"
	has "dbm db push --force-production"
	[ "$(sql "SELECT to_regclass('\"User\"')")" = "" ]
	push --force-production
	[ "$(sql "SELECT count(*) FROM _prisma_migrations")" = 1 ]
	sed -i '/name/d' prisma/schema.prisma
	run -0 push --force-production
	has "dbm migrate resolve --applied NAME"
}

@test "push: what would be lost needs a word" {
	push
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i '/name/d' prisma/schema.prisma
	run -2 push
	has "still contains 1 non-null values"
	has "--accept-data-loss"
	[ "$(sql 'SELECT name FROM "User"')" = x ]
	push --accept-data-loss
	run -0 push
	has "already in sync"
}

@test "push: what cannot be executed is 2, with the list" {
	push
	sql "INSERT INTO \"User\" (email) VALUES ('a'), ('a')"
	sed -i -e 's/email String/& @unique/' -e 's/  name .*/&\n  n Int/' \
	    prisma/schema.prisma
	run -2 push --accept-data-loss
	has "There are 2 rows in this table"
	has "more than once"
	has "dbm db push"
	has_not "migrate dev"
}

@test "push: renames are asked for" {
	push
	sql "INSERT INTO \"User\" (email, name) VALUES ('a', 'x')"
	sed -i 's/  name /  fullName /' prisma/schema.prisma
	run -1 push
	has "dbm db push --rename User.name=fullName"
	run -0 --separate-stderr push --rename User.name=fullName
	[[ $output == *RENAME* ]]
	[ "$(sql 'SELECT "fullName" FROM "User"')" = x ]
}

@test "push: --force-reset empties first" {
	push
	sql "INSERT INTO \"User\" (email) VALUES ('a'); CREATE TABLE junk ()"
	run -0 push --force-reset
	has "was successfully reset."
	[ "$(sql 'SELECT count(*) FROM "User"')" = 0 ]
	[ "$(sql "SELECT to_regclass('junk')")" = "" ]
	# and is no way around the other words
	migration 1_a "SELECT 1;"
	sql "CREATE TABLE junk ()"
	run -2 push --force-reset
	has "all its data may be lost"
	run -2 push --force-reset --rename A=B --force-production
	[ "$(sql "SELECT to_regclass('junk')")" = junk ]
}

@test "push: a statement that fails is told, with what was done before it" {
	push
	sql 'CREATE VIEW v AS SELECT email FROM "User"'
	printf 'model New {\n  id Int @id\n}\n' >>prisma/schema.prisma
	sed -i 's/email String/email String @db.VarChar(30)/' \
	    prisma/schema.prisma
	run -2 push --accept-data-loss
	has "in 'ALTER TABLE"
	# beside a hint of the server
	sed -i 's/ @db.VarChar(30)//' prisma/schema.prisma
	printf 'model Zoo {\n  id Int @id @default(dbgenerated("no_()"))\n}\n' \
	    >>prisma/schema.prisma
	run -2 push
	has "No function matches"
	has "done before it, and stays: 1 statement"
}

@test "push: a table that is in use is waited for only so long" {
	push
	hold 'BEGIN; SELECT count(*) FROM "User";'
	sed -i 's/  email String/&\n  more  Int?/' prisma/schema.prisma
	run -75 push
	has "lock timeout"
	release
	push
}

@test "push: two at once exclude each other" {
	hold "SELECT pg_advisory_lock(72707369006);"
	run -75 push -w 0.3
	release
	push
}

@test "push: the generators run; --skip-generate" {
	printf '\ngenerator client {\n  provider = "prisma-client-js"\n}\n' \
	    >>prisma/schema.prisma
	mkdir -p node_modules/.bin
	printf '#!/bin/sh\necho "ran $*"\n' >node_modules/.bin/prisma
	chmod +x node_modules/.bin/prisma
	run -0 --separate-stderr push
	[[ $stderr == *"ran generate"* && $output != *ran* ]]
	run -0 push --skip-generate
	has_not ran
}

@test "push: ^C ends it" {
	push
	sed -i 's/  name .*/&\n  n Int?/' prisma/schema.prisma
	hold 'BEGIN; LOCK TABLE "User" IN SHARE MODE;'
	start dbm db push
	within 10 waits dbm-db-push
	kill -INT "$pid"
	ended 130
	release
	push
}

@test "push: --json, and wrong usage" {
	run -0 --separate-stderr push --json
	[ "$(jq -r .step <<<"$output")" = CreateTable ]
	run -2 push extra
	run -2 push --url nowhere
}
