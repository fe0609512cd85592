# dbm migrate resolve: settles rows, runs no script.
load helper
load migrate

setup() {
	new_db
	empty_project
	migration 1_a "CREATE TABLE a (i int)"
}

teardown() {
	end_all
}

fail() { # 1_a is left failed
	migration 1_a "SELECT 1/0"
	run -2 dbm migrate deploy
}

@test "resolve: --applied baselines a database that is not empty" {
	sql "CREATE TABLE a (i int)"
	run -0 --separate-stderr dbm migrate resolve --applied 1_a
	[ "$output" = "applied	1_a" ]
	sum=$(sha256sum <prisma/migrations/1_a/migration.sql)
	[ "$(sql "SELECT checksum, applied_steps_count, logs = '',
	    finished_at = started_at, rolled_back_at IS NULL
	    FROM _prisma_migrations")" = "${sum%% *}|0|t|t|t" ]
	run -0 dbm status
	run -0 dbm migrate deploy
	has "No pending"
}

@test "resolve: --applied settles a failed one" {
	fail
	dbm migrate resolve --applied 1_a
	[ "$(states)" = $'1_a|0|rolled-back\n1_a|0|finished' ]
	run -0 dbm status
	dbm migrate deploy
}

@test "resolve: P3008 for one that is applied" {
	dbm migrate deploy
	run -2 dbm migrate resolve --applied 1_a
	has P3008
	[ "$(states)" = "1_a|1|finished" ]
}

@test "resolve: --applied after a roll-back of an applied one" {
	dbm migrate deploy
	dbm migrate resolve --rolled-back 1_a --force
	dbm migrate resolve --applied 1_a
	[ "$(states)" = $'1_a|1|rolled-back\n1_a|0|finished' ]
}

@test "resolve: P3017 for a name without a folder" {
	for name in 1 1_a/ prisma/migrations/1_a 1_A nope ""; do
		run -2 dbm migrate resolve --applied "$name"
		has P3017
	done
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

@test "resolve: P3015 for a folder without its file" {
	mkdir prisma/migrations/2_b
	run -2 dbm migrate resolve --applied 2_b
	has P3015
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

@test "resolve: --rolled-back a failed one, and deploy applies it" {
	fail
	run -0 --separate-stderr dbm migrate resolve --rolled-back 1_a
	[ "$output" = "rolled-back	1_a" ]
	[ "$(states)" = "1_a|0|rolled-back" ]
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	[ "$(states)" = $'1_a|0|rolled-back\n1_a|1|finished' ]
}

@test "resolve: --rolled-back one whose folder is gone" {
	fail
	rm -r prisma/migrations/1_a
	dbm migrate resolve --rolled-back 1_a
	dbm migrate deploy
}

@test "resolve: --rolled-back twice is no error, as with Prisma" {
	fail
	dbm migrate resolve --rolled-back 1_a
	before=$(sql "SELECT rolled_back_at FROM _prisma_migrations")
	dbm migrate resolve --rolled-back 1_a
	[ "$before" = "$(sql "SELECT rolled_back_at FROM _prisma_migrations")" ]
}

@test "resolve: P3011 for one that was never applied" {
	run -2 dbm migrate resolve --rolled-back 1_a
	has P3011
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
	dbm migrate deploy
	run -2 dbm migrate resolve --rolled-back 1
	has P3011
}

@test "resolve: P3012 for one that did not fail; --force says so and does" {
	dbm migrate deploy
	run -2 dbm migrate resolve --rolled-back 1_a
	has P3012
	has "--force"
	[ "$(states)" = "1_a|1|finished" ]
	run -0 dbm migrate resolve --rolled-back 1_a --force
	has "warning: "
	[ "$(states)" = "1_a|1|rolled-back" ]
	sql "TABLE a" # nothing was undone
}

@test "resolve: --force settles only what is not settled" {
	fail
	dbm migrate resolve --rolled-back 1_a
	first=$(sql "SELECT rolled_back_at FROM _prisma_migrations")
	migration 1_a "SELECT 1"
	dbm migrate deploy
	dbm migrate resolve --rolled-back 1_a --force
	[ "$(sql "SELECT rolled_back_at FROM _prisma_migrations
	    ORDER BY started_at LIMIT 1")" = "$first" ]
}

@test "resolve: a role that may not create is told the GRANT" {
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN"
	DATABASE_URL="postgresql://$role@${DATABASE_URL#*@}" \
	    run -2 dbm migrate resolve --applied 1_a
	sql "DROP ROLE $role"
	has "GRANT USAGE, CREATE ON SCHEMA"
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

@test "resolve: the schema of the URL is made for a baseline" {
	DATABASE_URL="$DATABASE_URL&schema=app" \
	    dbm migrate resolve --applied 1_a
	[ "$(sql "SELECT count(*) FROM app._prisma_migrations")" = 1 ]
}

@test "resolve: one of the two words, not both and not none" {
	run -2 dbm migrate resolve
	run -2 dbm migrate resolve --applied 1_a --rolled-back 1_a
	run -2 dbm migrate resolve --applied
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
}

@test "resolve: not while a migration is at work" {
	migration 1_a "SELECT pg_sleep(60)"
	start dbm migrate deploy
	within 10 at_work
	run -75 dbm migrate resolve --rolled-back 1_a --wait 0.2
	has P1002
	has dbm-migrate-deploy
	kill "$pid"
	ended 143
	dbm migrate resolve --rolled-back 1_a
}

at_work() {
	dbm status | grep -q ^running
}
