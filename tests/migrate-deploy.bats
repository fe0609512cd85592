# dbm migrate deploy: what it reads, and what it leaves in a database.
load helper
load migrate

setup() {
	new_db
	empty_project
}

teardown() {
	end_all
}

as_role() { # a new role, $role; its URL
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN"
	role_url="postgresql://$role@${DATABASE_URL#*@}"
}

drop_role() {
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

# --- the table ---

@test "deploy: the migrations table is Prisma's to the column" {
	dbm migrate deploy
	run -0 sql "SELECT attname, format_type(atttypid, atttypmod),
	    attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute
	    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	    WHERE attrelid = 'public._prisma_migrations'::regclass
	    AND attnum > 0 ORDER BY attnum"
	[ "$output" = "id|character varying(36)|t|
checksum|character varying(64)|t|
finished_at|timestamp with time zone|f|
migration_name|character varying(255)|t|
logs|text|f|
rolled_back_at|timestamp with time zone|f|
started_at|timestamp with time zone|t|now()
applied_steps_count|integer|t|0" ]
	run -0 sql "SELECT conname, contype FROM pg_constraint
	    WHERE conrelid = '_prisma_migrations'::regclass"
	[ "$output" = "_prisma_migrations_pkey|p" ]
	run -0 sql "SELECT count(*) FROM pg_index
	    WHERE indrelid = '_prisma_migrations'::regclass"
	[ "$output" = 1 ]
	run -0 sql "SELECT count(*) FROM pg_class c JOIN pg_namespace n
	    ON n.oid = relnamespace WHERE nspname NOT LIKE 'pg\_%'
	    AND nspname <> 'information_schema' AND relkind = 'r'"
	[ "$output" = 1 ]
}

@test "deploy: a row is as Prisma writes it" {
	migration 1_a "CREATE TABLE a (i int); -- é"
	dbm migrate deploy
	run -0 sql "SELECT migration_name, applied_steps_count, logs IS NULL,
	    rolled_back_at IS NULL, finished_at >= started_at,
	    now() - started_at < interval '1 minute',
	    id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\$'
	    FROM _prisma_migrations"
	[ "$output" = "1_a|1|t|t|t|t|t" ]
	sum=$(sha256sum <prisma/migrations/1_a/migration.sql)
	[ "$(sql "SELECT checksum FROM _prisma_migrations")" = "${sum%% *}" ]
}

@test "deploy: records what it applied; a second run does nothing" {
	migration 1_a "CREATE TABLE a (i int)"
	migration 2_b "CREATE TABLE b (i int)"
	run -0 --separate-stderr dbm migrate deploy
	[[ $output =~ ^applied$'\t'1_a$'\t'[0-9]+$'\n'applied$'\t'2_b$'\t'[0-9]+$ ]]
	[[ $stderr == *"All migrations have been successfully applied."* ]]
	run -0 --separate-stderr dbm migrate deploy --json
	[ -z "$output" ]
	[[ $stderr == *"No pending migrations to apply."* ]]
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
}

@test "deploy: a table that Prisma made and a table of ours are one history" {
	sql "CREATE TABLE _prisma_migrations (
	    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL,
	    finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
	    logs TEXT, rolled_back_at TIMESTAMPTZ,
	    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
	    applied_steps_count INTEGER NOT NULL DEFAULT 0)"
	sql "INSERT INTO _prisma_migrations VALUES ('x', 'y', now(), '1_a')"
	migration 1_a "SELECT 1/0"
	migration 2_b "CREATE TABLE b (i int)"
	run -0 dbm migrate deploy
	has "'1_a' was edited after it was applied"
	[ "$(states)" = $'1_a|0|finished\n2_b|1|finished' ]
}

@test "deploy: --json gives the same records" {
	migration 1_a "SELECT 1"
	run -0 --separate-stderr dbm migrate deploy --json
	[ "$(jq -r '[.action, .name, (.ms | type)] | join(" ")' <<<"$output")" = \
	    "applied 1_a number" ]
}

# --- the folder ---

@test "deploy: applies in the order of bytes, whatever the locale" {
	for name in 2 10 1 a B é _ "with blank" .hidden; do
		migration "$name" "SELECT 1"
	done
	LC_ALL=en_US.UTF-8 run -0 --separate-stderr dbm migrate deploy
	[ "$(cut -f 2 <<<"$output" | paste -sd,)" = \
	    ".hidden,1,10,2,B,_,a,with blank,é" ]
}

@test "deploy: plain files and symbolic links are no migrations" {
	migration 1_a "SELECT 1"
	echo hello >prisma/migrations/README.md
	printf 'provider = "postgresql"\n' >prisma/migrations/migration_lock.toml
	mkdir elsewhere
	echo "SELECT 1/0" >elsewhere/migration.sql
	ln -s ../../elsewhere prisma/migrations/0_link
	dbm migrate deploy
	[ "$(states)" = "1_a|1|finished" ]
}

@test "deploy: other files in a migration's folder do not matter" {
	migration 1_a "SELECT 1"
	echo "SELECT 1/0" >prisma/migrations/1_a/down.sql
	dbm migrate deploy
	[ "$(states)" = "1_a|1|finished" ]
}

@test "deploy: empty scripts and comments are applied" {
	: | migration 1_empty
	printf -- '-- This is an empty migration.' | migration 2_comment
	printf '/* a /* nested */ one; */\n-- x' | migration 3_more
	printf ';;\n;' | migration 4_semicolons
	printf 'SELECT 1 -- no semicolon, no newline' | migration 5_last
	printf '\n\n  \t' | migration 6_blank
	dbm migrate deploy
	[ "$(states | cut -d'|' -f2,3 | sort | uniq -c | tr -s ' ')" = \
	    " 6 1|finished" ]
}

@test "deploy: without any migration the table is made" {
	run -0 dbm migrate deploy
	has "No pending migrations to apply."
	[ "$(states)" = "" ]
}

@test "deploy: P3015 for a missing file, and nothing is applied before" {
	migration 1_a "CREATE TABLE a (i int)"
	mkdir prisma/migrations/2_b
	run -2 dbm migrate deploy
	has "P3015"
	has "prisma/migrations/2_b/migration.sql"
	[ "$(states)" = "" ]
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "deploy: a folder in the file's place is an error" {
	mkdir -p prisma/migrations/1_a/migration.sql
	run -2 dbm migrate deploy
	has "1_a/migration.sql"
	[ "$(states)" = "" ]
}

@test "deploy: a NUL byte is found before anything runs" {
	migration 1_a "CREATE TABLE a (i int)"
	printf 'SELECT 1;\nSELECT \0 2;' | migration 2_b
	run -2 dbm migrate deploy
	has "2_b/migration.sql:2:8: error:"
	[ "$(states)" = "" ]
}

@test "deploy: bad UTF-8 is told with line and column" {
	printf "SELECT 'é';\nSELECT 'é\xff';" | migration 1_a
	run -2 dbm migrate deploy
	has "1_a/migration.sql:2:10: error:"
	has "UTF-8"
	[ "$(states)" = "" ]
}

@test "deploy: a file that cannot be read" {
	own_server
	chmod 755 "$own_data"
	migration 1_a "SELECT 1"
	chmod 000 prisma/migrations/1_a/migration.sql
	chmod -R a+rX "$BATS_TEST_TMPDIR/project" 2>/dev/null || true
	chmod 000 prisma/migrations/1_a/migration.sql
	run -2 as_nobody env DATABASE_URL="$DATABASE_URL" dbm migrate deploy
	has "1_a/migration.sql"
	has "ermission denied"
}

@test "deploy: P3019 for another provider's history" {
	migration 1_a "SELECT 1"
	echo 'provider = "mysql"' >prisma/migrations/migration_lock.toml
	run -2 dbm migrate deploy
	has "P3019"
	has "mysql"
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

# --- baselining and failed rows ---

@test "deploy: P3005 on a database that is not empty" {
	sql "CREATE TABLE here (i int)"
	migration 1_a "CREATE TABLE a (i int)"
	run -2 dbm migrate deploy
	has "P3005"
	has "resolve --applied"
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
	dbm migrate resolve --applied 1_a
	dbm migrate deploy
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "deploy: what does not count as a table in the way" {
	sql "CREATE TYPE e AS ENUM ('a'); CREATE VIEW v AS SELECT 1;
	    CREATE MATERIALIZED VIEW m AS SELECT 1; CREATE SEQUENCE s;
	    CREATE TABLE parted (i int) PARTITION BY LIST (i);
	    CREATE TABLE spatial_ref_sys (i int);
	    CREATE TABLE \"Geometry_Columns\" (i int);
	    CREATE SCHEMA other; CREATE TABLE other.t (i int);
	    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	[ "$(states)" = "1_a|1|finished" ]
}

@test "deploy: tables in any schema of the datasource count" {
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("DATABASE_URL")' '  schemas = ["public", "other"]' '}' \
	    >prisma/schema.prisma
	sql "CREATE SCHEMA other; CREATE TABLE other.t (i int)"
	run -2 dbm migrate deploy
	has "P3005"
}

@test "deploy: P3009 while a row is unfinished, whatever its name" {
	dbm migrate deploy
	sql "INSERT INTO _prisma_migrations (id, checksum, migration_name)
	    VALUES ('x', 'y', '0_gone')"
	migration 1_a "CREATE TABLE a (i int)"
	run -2 dbm migrate deploy
	has "P3009"
	has "\`0_gone\` migration started at 20"
	has "resolve --rolled-back"
	run -2 dbm migrate deploy --retry
	has "P3009"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	dbm migrate resolve --rolled-back 0_gone
	dbm migrate deploy
}

@test "deploy: P3018 leaves nothing of a plain script, and its reason" {
	migration 1_a "CREATE TABLE a (i int)"
	migration 2_b "CREATE TABLE b (i int); INSERT INTO b VALUES (1);
SELECT * FROM nowhere;"
	migration 3_c "CREATE TABLE c (i int)"
	run -2 --separate-stderr dbm migrate deploy
	[[ $output == applied$'\t'1_a* ]]
	[[ $stderr == *"2_b/migration.sql:2:15: error: P3018: migration '2_b' failed: relation \"nowhere\" does not exist (SQLSTATE 42P01)"* ]]
	[[ $stderr == *"    2 | SELECT * FROM nowhere;"$'\n'"      |               ^"* ]]
	[ "$(states)" = $'1_a|1|finished\n2_b|0|unfinished' ]
	[ "$(sql "SELECT to_regclass('b'), to_regclass('c')")" = "|" ]
	run -0 sql "SELECT logs FROM _prisma_migrations
	    WHERE finished_at IS NULL"
	has 'relation "nowhere" does not exist'
	run -2 dbm migrate deploy
	has P3009
	has "deploy --retry"
}

@test "deploy: a rolled-back migration is applied again, with a new row" {
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	sql "DROP TABLE a"
	dbm migrate resolve --rolled-back 1_a --force
	dbm migrate deploy
	[ "$(states)" = $'1_a|1|rolled-back\n1_a|1|finished' ]
	sql "TABLE a"
}

# --- where an error is ---

@test "deploy: the column counts characters, and the caret stands below" {
	migration 1_a "-- é
SELECT 'ééé', 日本, 1;"
	run -2 dbm migrate deploy
	has "1_a/migration.sql:2:15: error:"
	has "    2 | SELECT 'ééé', 日本, 1;
      |               ^"
}

@test "deploy: what cannot be parsed comes through as the server says it" {
	printf 'SELECT 1;\r\n\tFROBNICATE the database;\r\n' | migration 1_a
	run -2 dbm migrate deploy
	has "1_a/migration.sql:2:2: error: P3018"
	has 'syntax error at or near "FROBNICATE"'
	has "SQLSTATE 42601"
	[ "$(states)" = "1_a|0|unfinished" ]
	migration 1_a "CREATE TABLE a (i int);"
	dbm migrate deploy --retry
}

@test "deploy: unterminated text, comment and dollar quote" {
	for text in "SELECT 'abc" "SELECT 1; /* abc" "DO \$\$ BEGIN" \
	    'SELECT "abc' "SELECT 1; -- BEGIN
SELECT 'x;"; do
		printf '%s' "$text" | migration 1_a
		run -2 dbm migrate deploy
		has "1_a/migration.sql:"
		has "unterminated"
		dbm migrate resolve --rolled-back 1_a
	done
	[ "$(sql "SELECT count(*) FROM _prisma_migrations
	    WHERE finished_at IS NOT NULL")" = 0 ]
}

@test "deploy: an error without a position is told by its statement" {
	migration 1_a <<-'EOF'
		CREATE TABLE a (i int CHECK (i > 0));

		-- the second; "one"
		INSERT INTO a VALUES (1);
		/* the third */ INSERT INTO a
		    VALUES (-1);
		INSERT INTO a VALUES (2);
	EOF
	run -2 dbm migrate deploy
	has "1_a/migration.sql:5:17: error:"
	has "a_i_check"
}

@test "deploy: an error inside a block and inside a later unit" {
	migration 1_a <<-'EOF'
		BEGIN; CREATE TABLE a (i int); COMMIT;
		-- é
		BEGIN;
		INSERT INTO a VALUES ('é'); INSERT INTO a VALUES (nothing);
		COMMIT;
	EOF
	run -2 dbm migrate deploy
	has "1_a/migration.sql:4:23: error:"
}

@test "deploy: the error of a COMMIT is told at the COMMIT" {
	migration 1_a <<-'EOF'
		BEGIN;
		CREATE TABLE a (i int UNIQUE DEFERRABLE INITIALLY DEFERRED);
		INSERT INTO a VALUES (1), (1);
		COMMIT;
	EOF
	run -2 dbm migrate deploy
	has "1_a/migration.sql:4:1: error:"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "deploy: a deferred constraint fails the plain script as a whole" {
	migration 1_a <<-'EOF'
		CREATE TABLE a (i int UNIQUE DEFERRABLE INITIALLY DEFERRED);
		INSERT INTO a VALUES (1), (1);
	EOF
	run -2 dbm migrate deploy
	has a_i_key
	[ "$(states)" = "1_a|0|unfinished" ]
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "deploy: COPY data and psql's commands are refused by name" {
	migration 1_a "CREATE TABLE a (i int);
COPY a FROM stdin;"
	run -2 dbm migrate deploy
	has "COPY"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	dbm migrate resolve --rolled-back 1_a
	migration 1_a '\set x 1'
	run -2 dbm migrate deploy
	has "1_a/migration.sql:1:1: error:"
}

# --- transactions ---

@test "deploy: a transaction that stays open is refused before anything" {
	migration 1_a "CREATE TABLE a (i int)"
	migration 2_b "CREATE TABLE b (i int);
-- é
  BEGIN; CREATE TABLE c (i int); COMMIT; /* x */ START TRANSACTION;
CREATE TABLE d (i int);"
	run -2 dbm migrate deploy
	has "2_b/migration.sql:3:50: error: this transaction is never committed"
	[ "$(states)" = "" ]
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "deploy: so is one that a chain opens" {
	migration 1_a "BEGIN; CREATE TABLE a (i int);
COMMIT AND CHAIN; CREATE TABLE b (i int);"
	run -2 dbm migrate deploy
	has "1_a/migration.sql:2:1: error:"
	[ "$(states)" = "" ]
}

@test "deploy: COMMIT AND CHAIN, ROLLBACK, savepoints" {
	migration 1_a <<-'EOF'
		CREATE TABLE a (i int);
		BEGIN;
		INSERT INTO a VALUES (1);
		COMMIT AND CHAIN;
		INSERT INTO a VALUES (2);
		SAVEPOINT s; INSERT INTO a VALUES (3); ROLLBACK TO s;
		ROLLBACK AND CHAIN;
		INSERT INTO a VALUES (4);
		END;
		BEGIN; INSERT INTO a VALUES (5); ABORT;
		INSERT INTO a VALUES (6);
		BEGIN; INSERT INTO a VALUES (7); ROLLBACK;
	EOF
	dbm migrate deploy
	got=$(sql "SELECT string_agg(i::text, ',' ORDER BY i) FROM a")
	[ "$(states)" = "1_a|1|finished" ]
	# as the server has it, when it gets all at once
	new_db
	sql "$(cat prisma/migrations/1_a/migration.sql)"
	[ "$got" = "$(sql "SELECT string_agg(i::text, ',' ORDER BY i) FROM a")" ]
	[ "$got" = 1,4 ]
}

@test "deploy: words that look like transactions are none" {
	migration 1_a <<-'EOF'
		CREATE TABLE "begin" ("commit" text DEFAULT 'BEGIN; COMMIT;');
		/* BEGIN; */ -- ROLLBACK;
		CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$
		BEGIN
		    BEGIN PERFORM 1; END;
		    RETURN 1;
		END $f$;
		CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC
		    SELECT 1; SELECT 2;
		END;
		DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;
		SELECT CASE WHEN true THEN 1 END;
		INSERT INTO "begin" VALUES (E'a\'; COMMIT; --');
		SELECT 1/0;
	EOF
	run -2 dbm migrate deploy
	has "1_a/migration.sql:14:1"
	# one transaction: nothing stays
	[ "$(sql "SELECT to_regclass('begin')")" = "" ]
	sed -i '$d' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT g()")" = 2 ]
}

@test "deploy: statements that refuse a transaction, among others" {
	migration 1_a <<-'EOF'
		CREATE TABLE a (i int);
		INSERT INTO a SELECT generate_series(1, 100);
		CREATE INDEX CONCURRENTLY a_i ON a (i);
		VACUUM ANALYZE a;
		REINDEX (CONCURRENTLY) TABLE a;
		BEGIN;
		INSERT INTO a VALUES (0);
		COMMIT;
		DROP INDEX CONCURRENTLY a_i;
		CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_j ON a (i);
		INSERT INTO a VALUES (-1)
	EOF
	dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM a")" = 102 ]
	[ "$(sql "SELECT indexrelid::regclass, indisvalid FROM pg_index
	    WHERE indrelid = 'a'::regclass")" = "a_j|t" ]
	[ "$(states)" = "1_a|1|finished" ]
	[ "$(sql "SELECT logs FROM _prisma_migrations")" = "" ]
}

@test "deploy: CREATE and DROP DATABASE in a script" {
	name=d_$RANDOM$RANDOM
	migration 1_a "CREATE TABLE a (i int);
CREATE DATABASE $name TEMPLATE template0; COMMENT ON TABLE a IS 'x';"
	migration 2_b "DROP DATABASE $name"
	dbm migrate deploy --to 1_a
	[ "$(sql "SELECT count(*) FROM pg_database
	    WHERE datname = '$name'")" = 1 ]
	dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM pg_database
	    WHERE datname = '$name'")" = 0 ]
}

@test "deploy: a new enum value that is used at once (55P04)" {
	migration 1_a "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (e e)"
	migration 2_b "INSERT INTO t VALUES ('a');
ALTER TYPE e ADD VALUE 'b';
INSERT INTO t VALUES ('b'); INSERT INTO t VALUES ('b')"
	dbm migrate deploy
	[ "$(sql "SELECT string_agg(e::text, '' ORDER BY e) FROM t")" = abb ]
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
}

@test "deploy: a procedure that commits, known only when it runs" {
	migration 1_a <<-'EOF'
		CREATE TABLE t (i int);
		CREATE PROCEDURE p() LANGUAGE plpgsql AS $$
		BEGIN
		    INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2);
		END $$;
	EOF
	migration 2_b "INSERT INTO t VALUES (0); CALL p();"
	migration 3_c "DO \$\$ BEGIN INSERT INTO t VALUES (3); COMMIT; END \$\$;"
	dbm migrate deploy
	[ "$(sql "SELECT string_agg(i::text, '' ORDER BY i) FROM t")" = 0123 ]
	[ "$(states | grep -c '|1|finished')" = 3 ]
}

# --- sessions ---

@test "deploy: what a script sets stays for the next, as with Prisma" {
	migration 1_a "CREATE SCHEMA app; SET search_path TO app;
SET my.setting = 'kept'; CREATE TEMP TABLE temporary (i int);"
	migration 2_b "CREATE TABLE here AS
SELECT current_setting('my.setting') AS s; INSERT INTO temporary VALUES (1);"
	dbm migrate deploy
	[ "$(sql "SELECT s FROM app.here")" = kept ]
	[ "$(sql "SELECT count(*) FROM public._prisma_migrations
	    WHERE finished_at IS NOT NULL")" = 2 ]
}

# Each script does its worst; the next must still be applied and recorded.
survives() {
	migration 1_worst "$1"
	migration 2_première "CREATE TABLE public.after (t text);
BEGIN; INSERT INTO public.after VALUES ('é'); COMMIT;
CREATE INDEX CONCURRENTLY after_t ON public.after (t);"
	dbm migrate deploy
	[ "$(states)" = $'1_worst|1|finished\n2_première|1|finished' ]
	[ "$(sql "TABLE public.after")" = é ]
}

@test "deploy: our own statements are immune to search_path" {
	survives "SELECT pg_catalog.set_config('search_path', '', false);"
}

@test "deploy: ... to standard_conforming_strings" {
	survives "SET standard_conforming_strings = off; SET backslash_quote = on;
SET escape_string_warning = on;"
}

@test "deploy: ... to another _prisma_migrations first on the path" {
	survives "CREATE SCHEMA first; SET search_path = first, public;
CREATE TABLE _prisma_migrations (id int); CREATE TABLE pg_class (id int);"
	[ "$(sql "SELECT count(*) FROM first._prisma_migrations")" = 0 ]
}

@test "deploy: ... to operators and functions of the same name" {
	survives "CREATE SCHEMA evil;
CREATE FUNCTION evil.no(text, text) RETURNS bool LANGUAGE plpgsql
    AS 'BEGIN RAISE ''evil''; END';
CREATE FUNCTION evil.no(varchar, varchar) RETURNS bool LANGUAGE plpgsql
    AS 'BEGIN RAISE ''evil''; END';
CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql
    AS 'BEGIN RAISE ''evil''; END';
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = evil.no);
CREATE OPERATOR evil.= (LEFTARG = varchar, RIGHTARG = varchar,
    PROCEDURE = evil.no);
SET search_path = evil, pg_catalog, public;"
}

# Whoever may create in public must not get code run by whoever deploys.
@test "deploy: functions in public are not taken for the catalogue's" {
	sql "CREATE TABLE spatial_ref_sys (i int)"
	for f in 'lower(name)' 'to_char(timestamp, unknown)' \
	    'has_schema_privilege(oid, unknown)'; do
		sql "CREATE FUNCTION public.${f/unknown/text} RETURNS text
		    LANGUAGE plpgsql AS 'BEGIN RAISE ''evil''; END'"
	done
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	dbm migrate deploy
	dbm migrate resolve --rolled-back 1_a --force
	dbm status || [ $? -eq 1 ]
}

@test "deploy: ... to default_transaction_read_only" {
	migration 1_worst "SET default_transaction_read_only = on;"
	migration 2_b "SELECT 1"
	dbm migrate deploy
	[ "$(states)" = $'1_worst|1|finished\n2_b|1|finished' ]
}

# is_kept STATEMENT: another role stays for the next script, and our row is
# written all the same.
is_kept() {
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role; GRANT CREATE, USAGE ON SCHEMA public TO $role"
	migration 1_a "$1 $role; CREATE TABLE a (i int);"
	migration 2_b "CREATE TABLE b (i int);"
	status=0
	dbm migrate deploy || status=$?
	owners=$(sql "SELECT count(*) FROM pg_tables
	    WHERE tableowner = '$role' AND tablename IN ('a', 'b')")
	drop_role
	[ "$status" -eq 0 ]
	[ "$owners" = 2 ]
}

@test "deploy: ... to a role without rights on our table" {
	is_kept "SET ROLE"
}

@test "deploy: ... to SET SESSION AUTHORIZATION" {
	is_kept "SET SESSION AUTHORIZATION"
}

@test "deploy: ... to client_encoding" {
	survives "SET client_encoding = 'LATIN1';"
}

sleeps() {
	sql "SELECT query FROM pg_stat_activity WHERE wait_event = 'PgSleep'
	    AND datname = current_database()" | grep -q pg_sleep
}

@test "deploy: ... to DISCARD ALL: the lock is held to the end" {
	migration 1_a "CREATE TABLE a (i int);
DISCARD ALL;
SELECT pg_sleep(60);"
	start dbm migrate deploy
	within 20 sleeps
	# Prisma's and dbm's own
	[ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
	    AND database = (SELECT oid FROM pg_database
	    WHERE datname = current_database())")" = 2 ]
}

@test "deploy: the URL's schema, made if it is missing" {
	for schema in other 'Two Words' 'with"quote'; do
		migration 1_a "CREATE TABLE a (i int)"
		DATABASE_URL="$DATABASE_URL&schema=$(jq -rn --arg s "$schema" \
		    '$s | @uri')" run -0 dbm migrate deploy
		[ "$(sql "SELECT count(*) FROM pg_tables WHERE
		    schemaname = '$schema' AND
		    tablename IN ('a', '_prisma_migrations')")" = 2 ]
	done
	[ "$(sql "SELECT count(*) FROM pg_tables
	    WHERE schemaname = 'public'")" = 0 ]
}

@test "deploy: names that need quoting are data" {
	migration "1_o'clock \"x\" \\n; DROP" "CREATE TABLE a (i int)"
	migration "2_\\" "SET standard_conforming_strings = off;
BEGIN; SELECT 1; COMMIT; SELECT 2;"
	migration "3_\\'" "BEGIN; SELECT 1; COMMIT; SELECT 2;"
	dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM _prisma_migrations
	    WHERE finished_at IS NOT NULL")" = 3 ]
	run -0 --separate-stderr dbm status
	[ "$(cut -f 1 <<<"$output" | sort -u)" = applied ]
}

# --- options ---

@test "deploy: --dry-run prints a script and writes nothing" {
	rm -rf "$BATS_TEST_TMPDIR/project"
	project shop
	DATABASE_URL="$DATABASE_URL&schema=shop" \
	    run -0 --separate-stderr dbm migrate deploy --dry-run
	[ "$(grep -c '^-- Migration: ' <<<"$output")" = 8 ]
	[ "$(grep '^-- Migration: ' <<<"$output" | sed 's/.*: //')" = \
	    "$(cd prisma/migrations && ls -d */ | tr -d / | LC_ALL=C sort)" ]
	[ "$(sql "SELECT to_regnamespace('shop'),
	    to_regclass('_prisma_migrations')")" = "|" ]
	dbm migrate deploy -n >plan.sql
	dbm exec plan.sql
	[ "$(sql "SELECT count(*) FROM products")" = 1 ]
}

@test "deploy: --dry-run is fit for psql, and for a read-only server" {
	printf 'CREATE TABLE a (i int)' | migration 1_a
	printf "INSERT INTO a VALUES (1); -- no newline" | migration 2_b
	printf "" | migration 3_c
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	dbm migrate deploy -n >plan.sql
	PGOPTIONS="-c default_transaction_read_only=off" sql <plan.sql
	[ "$(sql "TABLE a")" = 1 ]
}

@test "deploy: --dry-run after a part has been applied" {
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	migration 2_b "CREATE TABLE b (i int)"
	run -0 --separate-stderr dbm migrate deploy --dry-run
	has_not 1_a
	has "-- Migration: 2_b"
	[ "$(states)" = "1_a|1|finished" ]
}

@test "deploy: --to stops after that one" {
	for i in 1 2 3; do
		migration ${i}_m "SELECT $i"
	done
	dbm migrate deploy --to 2_m
	[ "$(states)" = $'1_m|1|finished\n2_m|1|finished' ]
	run -0 dbm migrate deploy --to 1_m
	has "No pending migrations"
	run -2 dbm migrate deploy --to 3
	has P3017
	[ "$(states | wc -l)" = 2 ]
}

@test "deploy: a missing database, and --create-database" {
	missing=m_$RANDOM$RANDOM
	DATABASE_URL=$(url_of $missing)
	migration 1_a "CREATE TABLE a (i int)"
	run -2 dbm migrate deploy
	has P1003
	has "--create-database"
	run -2 dbm migrate deploy --dry-run --create-database
	has P1003
	run -0 --separate-stderr dbm migrate deploy --create-database
	[[ $output == applied$'\t'1_a* ]]
	run -0 dbm migrate deploy --create-database
	has "No pending"
}

@test "deploy: a role that may not create in public is told the GRANT" {
	as_role
	migration 1_a "CREATE TABLE a (i int)"
	DATABASE_URL=$role_url run -2 dbm migrate deploy
	status=0
	has P1010 && has "GRANT USAGE, CREATE ON SCHEMA" || status=1
	sql "$(grep -o 'GRANT .*;' <<<"$output")"
	DATABASE_URL=$role_url dbm migrate deploy || status=1
	drop_role
	[ "$status" -eq 0 ]
}

@test "deploy: a role that may not create the schema is told what helps" {
	as_role
	DATABASE_URL="$role_url&schema=app" run -2 dbm migrate deploy
	status=0
	has P1010 || status=1
	sql "$(grep -o 'CREATE SCHEMA .*;' <<<"$output")"
	DATABASE_URL="$role_url&schema=app" dbm migrate deploy || status=1
	drop_role
	[ "$status" -eq 0 ]
}

@test "deploy: a read-only server is named" {
	migration 1_a "CREATE TABLE a (i int)"
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	run -2 dbm migrate deploy
	has "read-only"
	run -1 dbm status
}

@test "deploy: edited and missing migrations are warned of by name" {
	migration 1_a "SELECT 1;"
	migration 2_b "SELECT 2;"
	migration 3_c "SELECT 3;
SELECT 33;"
	dbm migrate deploy
	echo "-- more" >>prisma/migrations/1_a/migration.sql
	rm -r prisma/migrations/2_b
	sed -i 's/$/\r/' prisma/migrations/3_c/migration.sql
	run -0 dbm migrate deploy
	has "warning: migration '1_a' was edited after it was applied"
	has "warning: migration '2_b' is applied, but its folder is missing"
	has_not 3_c
	run -0 --separate-stderr dbm migrate deploy -q
	[ -z "$output$stderr" ]
}

@test "deploy: the other way round: CRLF applied, LF now" {
	printf 'SELECT 1;\r\nSELECT 2;\r\n' | migration 1_a
	dbm migrate deploy
	sed -i 's/\r//' prisma/migrations/1_a/migration.sql
	run -0 dbm migrate deploy
	has_not edited
}

@test "deploy: stdout that is full is an error, and the work is kept" {
	migration 1_a "CREATE TABLE a (i int)"
	status=0
	dbm migrate deploy >/dev/full || status=$?
	[ "$status" -eq 2 ]
	[ "$(states)" = "1_a|1|finished" ]
}

@test "deploy: a script of 100 MB" {
	[ -z "${SAN:-}" ] || skip "too slow under sanitizers"
	mkdir prisma/migrations/1_big
	perl -e 'print "CREATE TABLE big (id int, t text);\n";
	    $t = ("begin; commit " x 7500);
	    for (1..1000) { print "INSERT INTO big VALUES ($_, \x27$t\x27);\n" }
	    print "-- the end"' >prisma/migrations/1_big/migration.sql
	[ "$(stat -c %s prisma/migrations/1_big/migration.sql)" -gt 100000000 ]
	dbm migrate deploy
	[ "$(sql "SELECT count(*), sum(id) FROM big")" = "1000|500500" ]
	[ "$(states)" = "1_big|1|finished" ]
}

@test "deploy: thousands of statements around CONCURRENTLY" {
	{
		echo "CREATE TABLE t (i int, s text);"
		for i in {1..6000}; do
			echo "INSERT INTO t VALUES ($i, 'a line as seeds have');"
		done
		echo "CREATE INDEX CONCURRENTLY t_i ON t (i);"
	} | migration 1_a
	timeout 60 dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM t")" = 6000 ]
	# the journal must not grow with the square of their number
	[ "$(sql "SELECT pg_total_relation_size('_prisma_migrations')")" -lt \
	    20000000 ]
}

@test "deploy: the sample shop" {
	rm -rf "$BATS_TEST_TMPDIR/project"
	project shop
	dbm migrate deploy
	[ "$(states | grep -c '|1|finished')" = 8 ]
	[ "$(sql "SELECT title FROM products")" = "Café moulu — 500 g" ]
	[ "$(sql "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" = 0 ]
}

@test "deploy: standard descriptors that are closed do no harm" {
	migration 1_a "DO \$\$ BEGIN RAISE WARNING 'careful'; END \$\$"
	migration 2_b "CREATE TABLE t (n int)"
	dbm migrate deploy 0<&- 2>&- >out
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
	[ "$(wc -l <out)" -eq 2 ]
}

@test "deploy: the wrong folder is no empty history" {
	mkdir -p elsewhere
	cd elsewhere
	run -2 dbm migrate deploy
	has "--migrations"
	run -2 dbm status
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

@test "deploy: how strings are read may change halfway, as with Prisma" {
	migration 1_a "CREATE TABLE a (t text);"
	migration 2_b "BEGIN; SET standard_conforming_strings = off; COMMIT;
BEGIN; INSERT INTO a VALUES ('x\\ny'); COMMIT;"
	dbm migrate deploy
	# one simple query is lexed as a whole, before the SET
	[ "$(sql "SELECT length(t) FROM a")" = 4 ]
}

@test "deploy: a transaction that is read-only is recorded behind it" {
	migration 1_a "BEGIN TRANSACTION READ ONLY; SELECT 1; COMMIT;"
	migration 2_b "BEGIN TRANSACTION READ ONLY; SELECT 1; COMMIT;
CREATE TABLE t (n int);"
	dbm migrate deploy
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
}

@test "deploy: thousands of statements take no longer than their sending" {
	{
		echo "CREATE TABLE t (i int);"
		seq -f "INSERT INTO t VALUES (%g);" 20000
		echo "VACUUM t;"
	} | migration 1_a
	timeout 60 dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM t")" = 20000 ]
}
