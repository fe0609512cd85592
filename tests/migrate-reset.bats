# dbm migrate reset: destroys only what it named, and only when told to.
load helper
load migrate

setup() {
	new_db
	empty_project
	migration 1_a "CREATE TABLE a (i int); INSERT INTO a VALUES (1), (2);"
}

teardown() {
	end_all
}

# on_terminal ANSWER COMMAND: $output and $status.
on_terminal() {
	run script -qec "$2" /dev/null <<<"$1"
}

@test "reset: without a terminal and --force nothing is lost" {
	dbm migrate deploy
	run -2 setsid -w dbm migrate reset </dev/null
	has "--force"
	has "schema 'public' with 1 table and 2 rows"
	has "$(sql 'SELECT current_database()')"
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
	[ "$(states)" = "1_a|1|finished" ]
}

@test "reset: --force empties the schema and applies everything" {
	dbm migrate deploy
	sql "CREATE TABLE extra (i int); CREATE TYPE e AS ENUM ('a');
	    CREATE VIEW v AS SELECT 1; INSERT INTO a VALUES (3)"
	migration 2_b "CREATE TABLE b (i int)"
	run -0 --separate-stderr setsid -w dbm migrate reset --force </dev/null
	[ "$(cut -f 1,2 <<<"$output")" = $'applied\t1_a\napplied\t2_b' ]
	[[ $stderr == *"2 tables and 3 rows"* ]]
	[ "$(sql "SELECT to_regclass('extra'), to_regclass('v'),
	    to_regtype('e'), count(*) FROM a")" = "|||2" ]
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
}

@test "reset: on a terminal it asks, and no is no" {
	dbm migrate deploy
	sql "INSERT INTO a VALUES (3)"
	on_terminal n "dbm migrate reset"
	[ "$status" -ne 0 ]
	has "Are you sure you want to reset your database?"
	[ "$(sql "SELECT count(*) FROM a")" = 3 ]
	on_terminal "" "dbm migrate reset"
	[ "$status" -ne 0 ]
	[ "$(sql "SELECT count(*) FROM a")" = 3 ]
	on_terminal y "dbm migrate reset"
	[ "$status" -eq 0 ]
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
}

@test "reset: work on an empty schema asks nothing" {
	run -0 setsid -w dbm migrate reset </dev/null
	[ "$(states)" = "1_a|1|finished" ]
}

@test "reset: what is no table is something too" {
	sql "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one"
	run -2 setsid -w dbm migrate reset </dev/null
	has "--force"
	[ "$(sql "TABLE m")" = 1 ]
	new_db
	sql "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
	run -2 setsid -w dbm migrate reset </dev/null
	[ "$(sql "SELECT f()")" = 1 ]
}

@test "reset: a failed history is no hindrance" {
	migration 2_b "SELECT 1/0"
	run -2 dbm migrate deploy
	migration 2_b "SELECT 1"
	dbm migrate reset --force
	[ "$(states)" = $'1_a|1|finished\n2_b|1|finished' ]
}

@test "reset: nothing is destroyed for migrations that cannot be applied" {
	dbm migrate deploy
	mkdir prisma/migrations/2_b
	run -2 dbm migrate reset --force
	has P3015
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
	migration 2_b "BEGIN; SELECT 1;"
	run -2 dbm migrate reset --force
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
	echo 'provider = "mysql"' >prisma/migrations/migration_lock.toml
	run -2 dbm migrate reset --force
	has P3019
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
}

@test "reset: the schema keeps its owner, grants and default privileges" {
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role; CREATE SCHEMA app AUTHORIZATION $role;
	    GRANT USAGE ON SCHEMA app TO PUBLIC;
	    GRANT CREATE ON SCHEMA app TO pg_monitor WITH GRANT OPTION"
	look="SELECT nspowner::regrole, (SELECT string_agg(x::text, ' ' ORDER BY x::text)
	    FROM unnest(nspacl) x) FROM pg_namespace
	    WHERE nspname IN ('public', 'app') ORDER BY nspname"
	before=$(sql "$look")
	DATABASE_URL="$DATABASE_URL&schema=app" dbm migrate reset --force
	dbm migrate reset --force
	after=$(sql "$look")
	sql "DROP SCHEMA app CASCADE; DROP ROLE $role"
	echo "$before"
	echo "$after"
	[ "$before" = "$after" ]
}

@test "reset: the owner of the database can, though no superuser" {
	role=r_$RANDOM$RANDOM
	name=$(sql "SELECT current_database()")
	sql "CREATE ROLE $role LOGIN; ALTER DATABASE $name OWNER TO $role"
	mine="postgresql://$role@${DATABASE_URL#*@}"
	status=0
	DATABASE_URL=$mine dbm migrate deploy || status=1
	DATABASE_URL=$mine dbm migrate reset --force || status=1
	sql "ALTER DATABASE $name OWNER TO postgres; REASSIGN OWNED BY $role
	    TO postgres; DROP OWNED BY $role; DROP ROLE $role"
	[ "$status" -eq 0 ]
}

@test "reset: a role that is not the owner loses nothing" {
	role=r_$RANDOM$RANDOM
	dbm migrate deploy
	sql "CREATE ROLE $role LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public
	    TO $role"
	DATABASE_URL="postgresql://$role@${DATABASE_URL#*@}" \
	    run -2 dbm migrate reset --force
	sql "DROP OWNED BY $role; DROP ROLE $role"
	has "42501"
	has "OWNER TO"
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
}

@test "reset: other schemas stay" {
	sql "CREATE SCHEMA other; CREATE TABLE other.t AS SELECT 1 AS i"
	dbm migrate reset --force
	[ "$(sql "TABLE other.t")" = 1 ]
}

@test "reset: all schemas of the datasource" {
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("DATABASE_URL")' '  schemas = ["public", "other"]' '}' \
	    >prisma/schema.prisma
	sql "CREATE SCHEMA other; CREATE TABLE other.t AS SELECT 1 AS i"
	run -0 dbm migrate reset --force
	has "schema 'other' with 1 table and 1 row"
	[ "$(sql "SELECT to_regclass('other.t'), to_regnamespace('other')")" = \
	    "|other" ]
}

@test "reset: --schema elsewhere does not apply this folder's migrations" {
	mkdir other
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("DATABASE_URL")' '}' >other/schema.prisma
	dbm migrate reset --force --schema other/schema.prisma
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	mkdir -p other/migrations/1_o
	echo "CREATE TABLE o (i int)" >other/migrations/1_o/migration.sql
	dbm migrate reset --force --schema other/schema.prisma
	[ "$(sql "SELECT to_regclass('a'), to_regclass('o')")" = "|o" ]
	dbm migrate reset --force --migrations other/migrations
	[ "$(sql "SELECT to_regclass('a'), to_regclass('o')")" = "|o" ]
}

@test "reset: a session that uses the schema is waited for, or named" {
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM a;"
	start dbm migrate reset --force
	within 10 waits dbm-migrate-reset
	kill -INT "$pid"
	ended 130
	release
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
}

@test "reset: runs the seed of package.json, without a shell" {
	cat >seed.sh <<-'EOF'
		#!/bin/sh
		echo "$DATABASE_URL" >seen
		printf '%s\n' "$@" >args
	EOF
	chmod +x seed.sh
	cat >package.json <<-'EOF'
		{ "name": "x", "prisma": { "seed": "./seed.sh one two\\ three $HOME;ls" } }
	EOF
	run -0 dbm migrate reset --force
	has "Running seed command"
	has "The seed command has been executed."
	[ "$(<seen)" = "$DATABASE_URL" ]
	[ "$(<args)" = $'one\ntwo three\n$HOME;ls' ]
	rm seen
	dbm migrate reset --force --skip-seed
	[ ! -e seen ]
	sed -i 's,./seed.sh,false,' package.json
	run -2 dbm migrate reset --force
	has "the seed command"
	[ "$(states)" = "1_a|1|finished" ]
}

@test "reset: the seed gets the database that was reset" {
	printf '#!/bin/sh\necho "$DATABASE_URL" >seen\n' >seed.sh
	chmod +x seed.sh
	echo '{ "name": "x", "prisma": { "seed": "./seed.sh" } }' >package.json
	other=$DATABASE_URL
	new_db
	SHOP_DATABASE_URL=$other run -0 dbm migrate reset --force --url shop
	[ "$(<seen)" = "$other" ]
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "reset: a failing migration is told with its own status" {
	migration 2_b "SELECT 1/0"
	run -2 dbm migrate reset --force
	has P3018
	has_not "seed"
}

@test "reset: no password in argv of a child" {
	migration 2_b "SELECT pg_sleep(60)"
	start env DATABASE_URL="${DATABASE_URL/postgres@/postgres:geheimnis@}" \
	    dbm migrate reset --force
	within 10 backend_there
	run -0 ps -eo args
	has_not geheimnis
	kill "$pid"
	ended 143
	within 10 backend_gone
}

backend_gone() {
	[ -z "$(backend)" ]
}

backend_there() {
	[ -n "$(backend)" ]
}

@test "reset: a read-only server" {
	dbm migrate deploy
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	run -2 dbm migrate reset --force
	has "read-only"
}

@test "reset: the seed works on the database that was reset" {
	new_db OTHER_URL
	new_db STAGING_DATABASE_URL
	cat >prisma/schema.prisma <<-'EOF'
		datasource db {
		  provider = "postgresql"
		  url = env("POSTGRES_URL")
		}
	EOF
	printf '%s\n' "POSTGRES_URL=$OTHER_URL" "ADMIN=somebody" >.env
	echo '{"prisma": {"seed": "seed it"}}' >package.json
	mkdir -p node_modules/.bin
	printf '#!/bin/sh\nprintf "%%s\\n" "$POSTGRES_URL" "$DATABASE_URL" "$ADMIN" >seeded\n' \
	    >node_modules/.bin/seed
	chmod +x node_modules/.bin/seed
	dbm migrate reset --force --url staging
	[ "$(<seeded)" = "$(printf '%s\n' "$STAGING_DATABASE_URL" \
	    "$STAGING_DATABASE_URL" somebody)" ]
}

@test "reset: names what goes with it in other schemas" {
	sql "CREATE TYPE public.mood AS ENUM ('a'); CREATE SCHEMA other;
	    CREATE TABLE other.people (m public.mood)"
	run setsid dbm migrate reset </dev/null
	[ "$status" -eq 2 ]
	has "other.people"
	[ "$(sql "SELECT count(*) FROM information_schema.columns
	    WHERE table_schema = 'other'")" = 1 ]
}
