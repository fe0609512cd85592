# dbm diff: the SQL that turns one schema into another.
#
# data/diff/CASE is one rule: from.prisma and to.prisma (or folders from and
# to; a side that is not there is empty), and in expected.sql what Prisma's
# engine 6.19 answers.  Further files, where they are:
#   summary.txt  its summary
#   again.sql    what it still finds once the script has been applied
#   fails        why its script cannot be applied, in one line
# data/diff-valid/CASE is the same where the engine's script is not valid SQL:
# expected.sql is ours, and `why' says what is wrong with the engine's.
load helper
load migrate

setup() {
	DATA=$BATS_TEST_DIRNAME/data
	cd "$BATS_TEST_TMPDIR" || return
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
}

teardown() {
	end_all
}

# list_cases: a line for each: FOLDER/CASE, FROM, TO.
list_cases() {
	local dir side at
	for dir in "$1"/diff{,-valid}/*; do
		printf '%s' "${dir#"$1"/}"
		for side in from to; do
			at=empty
			[ ! -e "$dir/$side.prisma" ] || at=$dir/$side.prisma
			[ ! -d "$dir/$side" ] || at=$dir/$side
			printf '\t%s' "$at"
		done
		echo
	done
}

# for_each CHECK: for each case, as `CHECK CASE FROM TO'; says for which it
# failed.  In a shell of its own, which bats does not slow down: a check may
# not count on `set -e'.
for_each() {
	export DATA
	export -f "$1" list_cases status_of is_empty apply
	CHECK=$1 PSQL=$(psql_program) bash -c 'bad=0
		while IFS=$(printf "\t") read -r name from to; do
			"$CHECK" "$name" "$from" "$to" </dev/null ||
			    { echo "^ $name"; bad=1; }
		done < <(list_cases "$DATA")
		exit $bad'
}

# status_of COMMAND...: what it ends with; its output is in out and err.
status_of() {
	local rc=0
	"$@" >out 2>err || rc=$?
	echo $rc
}

is_empty() { [ "$(<"$1")" = "-- This is an empty migration." ]; }

# schema BODY: a schema, without a url.
schema() {
	printf 'datasource db {\n  provider = "postgresql"\n}\n\n%s\n' "$1"
}

# Two schemas that differ in a column, in $BATS_TEST_TMPDIR.
two_schemas() {
	schema 'model T {
  id Int @id
  a  Int
}' >a.prisma
	schema 'model T {
  id Int @id
  a  Int
  b  Int?
}' >b.prisma
	cat >a-b.sql <<-'END'
	-- AlterTable
	ALTER TABLE "T" ADD COLUMN     "b" INTEGER;
	END
}

# --- the cases ---

@test "diff: there are cases enough, and each is complete" {
	[ "$(ls "$DATA/diff" | wc -l)" -ge 150 ]
	check() {
		[ -s "$DATA/$1/expected.sql" ] && [ "$2 $3" != "empty empty" ]
	}
	for_each check
	check() {
		case $1 in
		diff/*) [ ! -e "$DATA/$1/why" ] ;;
		*) [ "$(wc -l <"$DATA/$1/why")" = 1 ] ;;
		esac
	}
	for_each check
}

@test "diff: the script, and 0 or 1" {
	check() {
		local want=1
		! is_empty "$DATA/$1/expected.sql" || want=0
		[ "$(status_of dbm diff -q "$2" "$3")" = $want ] &&
		    diff "$DATA/$1/expected.sql" out && [ ! -s err ]
	}
	for_each check
}

@test "diff: a schema does not differ from itself" {
	check() {
		local side=$3
		[ "$side" != empty ] || side=$2
		dbm diff "$side" "$side" >out 2>&1 && is_empty out
	}
	for_each check
}

@test "diff: --summary" {
	check() {
		[ -e "$DATA/$1/summary.txt" ] || return 0
		dbm diff -q --summary "$2" "$3" | diff "$DATA/$1/summary.txt" -
	}
	for_each check
}

@test "diff: --json carries the same as the script" {
	check() {
		echo "{\"case\":\"$1\"}" >>json
		echo "=== $1" >>want
		is_empty "$DATA/$1/expected.sql" ||
		    grep . "$DATA/$1/expected.sql" >>want
		dbm diff -q --json "$2" "$3" >>json
		[ $? -lt 2 ]
	}
	for_each check
	jq -r 'if .case then "=== \(.case)"
	    else "-- \(.change)", (.sql[] + ";") end' json | grep . |
	    diff want -
	[ "$(jq -r 'select(.change) | .risk, (.warnings | type)' json |
	    sort -u | tr '\n' ,)" = "array,destructive,may fail,safe," ]
}

# apply CASE FROM: FROM, then the script of the case, in an empty database.
apply() {
	{
		echo 'SET client_min_messages = warning;
		    DROP SCHEMA IF EXISTS public, one, two, three, "One" CASCADE;
		    CREATE SCHEMA public;'
		[ "$2" = empty ] || dbm diff -q empty "$2"
		echo '\echo from'
		cat "$DATA/$1/expected.sql"
		echo '\echo to'
	} | "$PSQL" -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_URL" >applied 2>&1
	grep -qx from applied || cat applied
	grep -qx to applied
}

@test "diff: once applied, nothing is left to do" {
	new_db
	check() {
		local want=0
		if [ -e "$DATA/$1/fails" ]; then
			! apply "$1" "$2" && grep -qx from applied &&
			    grep -qF "$(sed 's/.*: //' "$DATA/$1/fails")" \
				applied
			return
		fi
		apply "$1" "$2" || { cat applied; return 1; }
		[ ! -e "$DATA/$1/again.sql" ] || want=1
		[ "$(status_of dbm diff -q "$DATABASE_URL" "$3")" = $want ] ||
		    { cat out err; return 1; }
		[ $want = 0 ] || diff "$DATA/$1/again.sql" out
	}
	for_each check
}

@test "diff: what is valid here and not in Prisma's engine never fails" {
	run ls "$DATA"/diff-valid/*/fails
	[ "$status" -ne 0 ]
}

# --- sides ---

@test "diff: files need no environment, no server and no url" {
	two_schemas
	bare() {
		env -i PATH="$PATH" ASAN_OPTIONS=detect_leaks=0 "$@"
	}
	[ "$(status_of bare dbm diff a.prisma b.prisma)" = 1 ]
	cmp out a-b.sql
	[ ! -s err ]
	# nor what stands in the way of those who need one
	echo "DATABASE_URL='" >.env
	sed -i '3s/^}/  url = env("NOWHERE")\n}/' a.prisma b.prisma
	[ "$(status_of bare dbm diff a.prisma b.prisma)" = 1 ]
	cmp out a-b.sql
	[ ! -s err ]
}

@test "diff: - is the standard input" {
	two_schemas
	run -1 dbm diff - b.prisma <a.prisma
	[ "$output" = "$(<a-b.sql)" ]
	run -1 dbm diff a.prisma - <b.prisma
	[ "$output" = "$(<a-b.sql)" ]
	run -0 dbm diff b.prisma - <b.prisma
	run -2 dbm diff - - <b.prisma # it can be read once
	run -2 dbm diff empty - <<<'model T {'
	[[ $output =~ ^-:[0-9]+:[0-9]+:\ error:\  ]]
}

@test "diff: empty on both sides" {
	run -0 dbm diff empty empty
	[ "$output" = "-- This is an empty migration." ]
	run -0 dbm diff --summary empty empty
	[ "$output" = "No difference detected." ]
	run -0 dbm diff --json empty empty
	[ -z "$output" ]
}

@test "diff: a folder is a schema, or a history by what is in it" {
	two_schemas
	mkdir schema
	mv b.prisma schema/
	run -1 dbm diff a.prisma schema
	[ "$output" = "$(<a-b.sql)" ]
	run -1 dbm diff a.prisma schema/
	[ "$output" = "$(<a-b.sql)" ]
	# a folder named so that a name could be meant: it is there, so it is it
	run -1 dbm diff a.prisma ./schema
	mkdir -p history/1_t
	dbm diff empty a.prisma >history/1_t/migration.sql || true
	run -1 --separate-stderr dbm diff history schema
	[ "$output" = "$(<a-b.sql)" ]
	dbm diff a.prisma schema >a-b.sql || true
	mkdir history/2_b
	mv a-b.sql history/2_b/migration.sql
	echo 'provider = "postgresql"' >history/migration_lock.toml
	run -0 --separate-stderr dbm diff history schema
	# a lock alone makes it one
	mkdir new
	cp history/migration_lock.toml new/
	run -1 --separate-stderr dbm diff new schema
	has 'CREATE TABLE "T"'
}

@test "diff: a history, again, and edited" {
	project shop
	run -0 --separate-stderr dbm diff prisma/migrations prisma/schema.prisma
	[ "$output" = "-- This is an empty migration." ]
	run -0 --separate-stderr dbm diff prisma/migrations prisma/schema.prisma
	[ "$output" = "-- This is an empty migration." ]
	echo 'ALTER TABLE customers DROP COLUMN name' \
	    >"$(printf '%s\n' prisma/migrations/2* | tail -1)/migration.sql"
	run -1 --separate-stderr dbm diff prisma/migrations prisma/schema.prisma
	[ "$output" = '-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "name" TEXT;' ]
}

@test "diff: a history that fails is 2, and says where" {
	mkdir -p history/1_bad
	printf 'SELECT 1;\nSELECT * FROM nowhere;\n' \
	    >history/1_bad/migration.sql
	run -2 dbm diff history empty
	has 1_bad
	has 'relation "nowhere" does not exist'
	echo 'provider = "mysql"' >history/migration_lock.toml
	run -2 dbm diff history empty
	has mysql
}

@test "diff: a database by its URL, or by a name from .env" {
	two_schemas
	new_db
	dbm diff empty a.prisma | sql
	run -0 dbm diff "$DATABASE_URL" a.prisma
	run -1 dbm diff "$DATABASE_URL" b.prisma
	[ "$output" = "$(<a-b.sql)" ]
	echo "STAGING_DATABASE_URL=$DATABASE_URL" >.env
	unset DATABASE_URL
	run -1 dbm diff staging b.prisma
	[ "$output" = "$(<a-b.sql)" ]
	mv .env other.env
	run -2 dbm diff staging b.prisma
	has STAGING_DATABASE_URL
	run -1 dbm diff -e other.env staging b.prisma
	[ "$output" = "$(<a-b.sql)" ]
	run -0 dbm diff -e other.env staging staging
}

@test "diff: the schema of the URL is the one that is compared" {
	two_schemas
	new_db
	sql 'CREATE SCHEMA foo; CREATE TABLE other (i int)'
	url="$DATABASE_URL&schema=foo"
	run -1 dbm diff "$url" a.prisma
	has 'CREATE TABLE "T"'
	has_not other
	{ echo 'SET search_path = foo;'; dbm diff "$url" a.prisma; } | sql
	run -0 dbm diff "$url" a.prisma
	run -1 dbm diff "$url" b.prisma
	[ "$output" = "$(<a-b.sql)" ]
}

@test "diff: from one database to another" {
	two_schemas
	new_db
	dbm diff empty a.prisma | sql
	new_db OTHER
	dbm diff empty b.prisma | sql_at "$OTHER"
	dbm diff "$DATABASE_URL" "$OTHER" | sql
	run -0 dbm diff "$DATABASE_URL" "$OTHER"
	run -1 dbm diff "$DATABASE_URL" empty
	[ "$output" = '-- DropTable
DROP TABLE "public"."T";' ]
}

@test "diff: what a schema cannot say is left alone" {
	two_schemas
	new_db
	dbm diff empty a.prisma | sql
	sql 'CREATE TABLE _prisma_migrations (id text);
	    CREATE SCHEMA other; CREATE TABLE other.t (i int);
	    CREATE INDEX partial ON "T" (a) WHERE a > 0;
	    CREATE UNIQUE INDEX expression ON "T" ((a + 1));
	    ALTER TABLE "T" ADD CHECK (a > 0), ADD EXCLUDE (a WITH =);
	    ALTER TABLE "T" ENABLE ROW LEVEL SECURITY;
	    CREATE POLICY p ON "T" USING (true);
	    CREATE VIEW v AS TABLE "T";
	    CREATE MATERIALIZED VIEW m AS TABLE "T";
	    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql
	    AS $$ BEGIN RETURN NEW; END $$;
	    CREATE TRIGGER t BEFORE INSERT ON "T"
	    FOR EACH ROW EXECUTE FUNCTION f();
	    CREATE DOMAIN d AS int; CREATE TYPE c AS (i int);
	    CREATE SEQUENCE s; COMMENT ON TABLE "T" IS $$x$$'
	run -0 dbm diff "$DATABASE_URL" a.prisma
	run -1 dbm diff "$DATABASE_URL" b.prisma
	[ "$output" = "$(<a-b.sql)" ]
}

@test "diff: extensions count under their preview feature only" {
	two_schemas
	new_db
	dbm diff empty b.prisma | sql
	sql 'CREATE EXTENSION citext'
	run -1 dbm diff a.prisma "$DATABASE_URL"
	[ "$output" = '-- AlterTable
ALTER TABLE "public"."T" ADD COLUMN     "b" INTEGER;' ]
	run -1 dbm diff empty "$DATABASE_URL"
	has_not EXTENSION
	{
		printf 'generator c {\n  provider = "prisma-client-js"\n%s\n}\n' \
		    '  previewFeatures = ["postgresqlExtensions"]'
		cat b.prisma
	} >c.prisma
	run -1 dbm diff c.prisma "$DATABASE_URL"
	has 'CREATE EXTENSION IF NOT EXISTS "citext" WITH SCHEMA "public"'
	# none is dropped for not being told
	run -0 dbm diff "$DATABASE_URL" c.prisma
}

@test "diff: it waits for nobody's lock, and writes nothing" {
	two_schemas
	new_db
	dbm diff empty a.prisma | sql
	hold 'BEGIN; LOCK TABLE "T" IN ACCESS EXCLUSIVE MODE'
	before=$(sql 'SELECT count(*), sum(xmin::text::bigint) FROM pg_class')
	run -0 timeout 20 dbm diff "$DATABASE_URL" a.prisma
	[ "$before" = "$(sql 'SELECT count(*), sum(xmin::text::bigint)
	    FROM pg_class')" ]
}

# --- renames ---

@test "diff: what may be a rename is said, and not done" {
	for case in column-rename:T.name=fullName table-rename:A=B; do
		from=$DATA/diff/${case%:*}/from.prisma
		to=$DATA/diff/${case%:*}/to.prisma
		run -1 --separate-stderr dbm diff "$from" "$to"
		[[ $stderr == *"--rename ${case#*:}"* ]]
		[[ $output == *DROP* ]]
		for option in --no-rename -q; do
			run -1 --separate-stderr dbm diff $option "$from" "$to"
			[ -z "$stderr" ]
			[[ $output == *DROP* ]]
		done
	done
}

@test "diff: of all that may be renames each name is said once" {
	schema 'model T {
  id Int @id
  a  String
  b  String
  c  String
}' >from.prisma
	sed 's/^  a /  x /; s/^  b /  y /; s/^  c /  z /' from.prisma \
	    >to.prisma
	run -1 --separate-stderr dbm diff from.prisma to.prisma
	[ "$stderr" = 'this may be a rename: --rename T.a=x
this may be a rename: --rename T.b=y
this may be a rename: --rename T.c=z' ]
}

@test "diff: where hundreds of columns or tables go nothing is asked" {
	for c in a b; do
		{
			echo 'model Wide {' && echo '  id Int @id'
			printf "  $c%d String\n" {1..2000}
			echo '}'
			printf "model $c%d {\n  id Int @id\n}\n" {1..1000}
		} >$c.prisma
	done
	run -1 --separate-stderr timeout 10 dbm diff a.prisma b.prisma
	[ -z "$stderr" ]
}

@test "diff: --rename keeps the rows" {
	cat >from.prisma <<-'END'
	model User {
	  id    Int    @id @default(autoincrement())
	  name  String @unique
	  posts Post[]
	}

	model Post {
	  id     Int  @id
	  userId Int
	  user   User @relation(fields: [userId], references: [id])

	  @@index([userId])
	}
	END
	sed 's/User\b/Account/g; s/\bname\b/fullName/; s/userId/accountId/g' \
	    from.prisma >to.prisma
	new_db
	dbm diff empty from.prisma | sql
	sql 'INSERT INTO "User" (name) VALUES ($$x$$);
	    INSERT INTO "Post" VALUES (1, 1)'
	renames=(--rename User=Account --rename Account.name=fullName
	    --rename Post.userId=accountId)
	run -1 --separate-stderr dbm diff "${renames[@]}" from.prisma to.prisma
	has 'ALTER TABLE "User" RENAME TO "Account";'
	has_not DROP
	[ -z "$stderr" ]
	sql <<<"$output"
	run -0 dbm diff "$DATABASE_URL" to.prisma
	[ "$(sql 'SELECT "fullName", p.id FROM "Account" a
	    JOIN "Post" p ON a.id = "accountId"')" = "x|1" ]
	# in the summary and as records too
	run -1 dbm diff -q --summary "${renames[@]}" from.prisma to.prisma
	has 'Renamed table `User` to `Account`'
	dbm diff -q --json "${renames[@]}" from.prisma to.prisma >json || true
	[ "$(jq -r 'select(.change | test("^Rename(Table|Column)")) |
	    [.change, .table, .from, .to, .risk] | join(" ")' json)" = \
	    "RenameTable Account User Account safe
RenameColumn Account name fullName safe
RenameColumn Post userId accountId safe" ]
}

@test "diff: a rename that cannot be is 2" {
	from=$DATA/diff/column-rename/from.prisma
	to=$DATA/diff/column-rename/to.prisma
	run -2 dbm diff --rename T.name=nothing "$from" "$to"
	has "'T.name'"
	has fullName
	run -2 dbm diff --rename T.nothing=fullName "$from" "$to"
	has nothing
	run -2 dbm diff --rename T.id=fullName "$from" "$to"
	run -2 dbm diff --rename Nobody=T "$from" "$to"
	run -2 dbm diff --rename nonsense "$from" "$to"
	has User.name=fullName
}

# --- output ---

@test "diff: --json tells what is destroyed and what may fail" {
	schema 'model A {
  id Int @id
}
model T {
  id Int    @id
  a  Int
  b  BigInt
  c  Int?
  d  String
  e  E
}
enum E {
  X
  Y
}' >from.prisma
	schema 'model T {
  id Int    @id
  b  Int    @unique
  c  Int
  d  Int
  e  E
  f  String
}
enum E {
  X
}' >to.prisma
	dbm diff -q --json from.prisma to.prisma >json || true
	risk() { jq -r "select($1) | .risk" json; }
	[ "$(risk '.table == "A"')" = destructive ]
	[ "$(risk '.enum == "E"')" = "may fail" ]
	[ "$(jq -c '.removed // empty' json)" = '["Y"]' ]
	[ "$(risk '.change == "AlterTable"')" = destructive ]
	[ "$(risk '.change == "CreateIndex"')" = "may fail" ]
	[ "$(jq -r 'select(.change == "AlterTable") | .clauses[] |
	    [.clause, .column, .cast // "-", .arity // false] |
	    map(tostring) | join(" ")' json)" = "DropColumn a - false
AddColumn f - false
AlterColumn b risky false
AlterColumn c - true
RecreateColumn d none false" ]
	jq -r '.warnings[]' json | sort >warnings
	cat >want <<-'END'
	A unique constraint covering the columns `[b]` on the table `T` will be added. If there are existing duplicate values, this will fail.
	Added the required column `f` to the `T` table without a default value. This is not possible if the table is not empty.
	Changed the type of `d` on the `T` table. No cast exists, the column would be dropped and recreated, which cannot be done if there is data, since the column is required.
	Made the column `c` on table `T` required. This step will fail if there are existing NULL values in that column.
	The values [Y] on the enum `E` will be removed. If these variants are still used in the database, this will fail.
	You are about to alter the column `b` on the `T` table. The data in that column could be lost. The data in that column will be cast from `BigInt` to `Integer`.
	You are about to drop the `A` table. If the table is not empty, all the data it contains will be lost.
	You are about to drop the column `a` on the `T` table. All the data in the column will be lost.
	END
	diff want warnings
}

@test "diff: -o writes the file, and only when all is well" {
	two_schemas
	run -1 dbm diff -o out.sql a.prisma b.prisma
	[ -z "$output" ]
	cmp out.sql a-b.sql
	echo 'model {' >bad.prisma
	run -2 dbm diff -o out.sql a.prisma bad.prisma
	cmp out.sql a-b.sql
	run -0 dbm diff -o out.sql a.prisma a.prisma
	is_empty out.sql
	run -2 dbm diff -o nowhere/out.sql a.prisma b.prisma
	has nowhere/out.sql
	[ "$(ls -A)" = "$(printf '%s\n' a-b.sql a.prisma b.prisma bad.prisma \
	    out.sql)" ]
}

@test "diff: -o keeps modes, links and what is no file" {
	two_schemas
	umask 027
	run -1 dbm diff -o new.sql a.prisma b.prisma
	[ "$(stat -c %a new.sql)" = 640 ]
	echo old >target.sql
	chmod 604 target.sql
	ln -s target.sql link.sql
	run -1 dbm diff -o link.sql a.prisma b.prisma
	[ -L link.sql ]
	cmp target.sql a-b.sql
	[ "$(stat -c %a target.sql)" = 604 ]
	mkfifo pipe
	timeout 10 cat pipe >read.sql &
	run -1 timeout 10 dbm diff -o pipe a.prisma b.prisma
	wait $!
	[ -p pipe ]
	cmp read.sql a-b.sql
}

@test "diff: a full disk is 2, a closed pipe is no noise" {
	two_schemas
	[ "$(status_of bash -c 'dbm diff a.prisma b.prisma >/dev/full')" = 2 ]
	[ "$(status_of bash -c 'exec >&-; dbm diff a.prisma b.prisma')" = 2 ]
	for ((i = 0; i < 3000; i++)); do
		printf 'model M%d {\n  id Int @id\n}\n' $i
	done >big.prisma
	[ "$(status_of bash -c 'dbm diff empty big.prisma | head -1
	    exit ${PIPESTATUS[0]}')" = 141 ]
	[ "$(<out)" = "-- CreateSchema" ]
	[ ! -s err ]
}

# --- errors ---

@test "diff: wrong usage is 2" {
	for args in '' empty 'empty empty empty' '--summary --json empty empty' \
	    '--rename' '--no-such-option empty empty'; do
		[ "$(status_of dbm diff $args)" = 2 ]
		[ ! -s out ]
		grep -q '^usage: dbm diff ' err
	done
}

@test "diff: a file that is not there is 2" {
	two_schemas
	for args in 'a.prisma none.prisma' './none.prisma a.prisma' \
	    'none/schema.prisma a.prisma'; do
		[ "$(status_of dbm diff $args)" = 2 ]
		[ ! -s out ]
		grep -q none err
	done
	mkdir none
	run -2 dbm diff a.prisma none
	has "'none'"
}

@test "diff: an invalid schema is 2, with file, line and column" {
	two_schemas
	sed 's/Int?/Strng?/' b.prisma >bad.prisma
	for side in 'a.prisma bad.prisma' 'bad.prisma a.prisma' \
	    'bad.prisma bad.prisma' 'empty bad.prisma'; do
		run -2 dbm diff $side
		[[ ${lines[0]} == bad.prisma:8:*": error: "*Strng* ]]
	done
	echo nonsense >>bad.prisma
	run -2 dbm diff a.prisma bad.prisma
	has bad.prisma:
	mkdir folder
	cp a.prisma folder/
	printf 'model X {\n  id Int @id\n  t  Nobody\n}\n' >folder/x.prisma
	run -2 dbm diff empty folder
	[[ ${lines[0]} == folder/x.prisma:3:*": error: "* ]]
	# it is told before any server is asked
	run -2 dbm diff postgresql://joe@127.0.0.1:1/x bad.prisma
	has bad.prisma:
	run -2 dbm diff empty - <<<$'model T {\n  id Int @id\n  a\xff Int\n}'
	[[ ${lines[0]} == -:3:* ]]
}

@test "diff: another database's schema is 2" {
	printf 'datasource db {\n  provider = "mysql"\n  url      = "%s"\n}\n' \
	    mysql://joe:s3cr3t@127.0.0.1/x >my.prisma
	run -2 dbm diff empty my.prisma
	has my.prisma:2:
	has mysql
	has_not s3cr3t
	run -2 dbm diff mysql://joe:s3cr3t@127.0.0.1/x empty
	has_not s3cr3t
}

@test "diff: a server that cannot be reached is 75" {
	two_schemas
	run -75 dbm diff postgresql://joe:s3cr3t@127.0.0.1:1/shop a.prisma
	has P1001
	has_not s3cr3t
	echo STAGING_DATABASE_URL=postgresql://joe:s3cr3t@127.0.0.1:1/shop >.env
	run -75 dbm diff -v a.prisma staging
	has_not s3cr3t
}

@test "diff: a wrong password is 2, and not shown" {
	two_schemas
	export -f status_of psql_program sql_at sql
	dbm tmp -- bash -euc '
		hba=$(sql "SHOW hba_file")
		sql "CREATE ROLE joe LOGIN PASSWORD \$\$other\$\$"
		{ echo "local all joe scram-sha-256"; cat "$hba"; } >hba
		cat hba >"$hba"
		sql "SELECT pg_reload_conf()"
		sleep 0.3
		[ "$(status_of dbm diff -v \
		    "${DATABASE_URL/\/\/*@/\/\/joe:s%33cr3t@}" a.prisma)" = 2 ]
		[ ! -s out ]
		grep -q "P1000: password authentication failed" err
		! grep -q -e s3cr3t -e s%33cr3t err'
}

@test "diff: an index with INCLUDE is compared by its key, and never dropped" {
	new_db
	sql 'CREATE TABLE "T" (id int PRIMARY KEY, a int NOT NULL,
	    b int NOT NULL);
	    CREATE INDEX "T_a_idx" ON "T" (a) INCLUDE (b);
	    CREATE INDEX by_hand ON "T" (b) INCLUDE (a)'
	cat >t.prisma <<-'END'
	datasource db {
	  provider = "postgresql"
	}

	model T {
	  id Int @id
	  a  Int
	  b  Int

	  @@index([a])
	}
	END
	run -0 dbm diff "$DATABASE_URL" t.prisma
	sed -i /@@index/d t.prisma
	run -0 dbm diff "$DATABASE_URL" t.prisma
	sed -i 's/^  b  Int$/&\n  @@index([a, b], map: "T_a_idx")/' t.prisma
	run -0 dbm diff "$DATABASE_URL" t.prisma
}
