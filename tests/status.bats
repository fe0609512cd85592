# dbm status: the state of every migration, and nothing is changed.
load helper
load migrate

setup() {
	new_db
	empty_project
}

teardown() {
	end_all
}

# A history with every state but running.
every_state() {
	for name in 1_applied 2_missing 3_rolled 4_edited; do
		migration $name "SELECT 1; -- $name"
	done
	dbm migrate deploy
	rm -r prisma/migrations/2_missing
	dbm migrate resolve --rolled-back 3_rolled --force
	echo >>prisma/migrations/4_edited/migration.sql
	migration 5_failed "SELECT 1;
SELECT * FROM nowhere"
	dbm migrate deploy --to 3_rolled
	dbm migrate resolve --rolled-back 3_rolled --force
	mv prisma/migrations/3_rolled .
	dbm migrate deploy --to 5_failed || true
	mv 3_rolled prisma/migrations/
	migration 6_pending "SELECT 1"
}

@test "status: a record for each migration, in the order of names" {
	every_state
	run -1 --separate-stderr dbm status
	[ "$(cut -f 1,2 <<<"$output")" = "applied	1_applied
missing	2_missing
rolled-back	3_rolled
applied	4_edited
failed	5_failed
pending	6_pending" ]
	[ "$(awk -F'\t' '{ print NF < 6 }' <<<"$output" | sort -u)" = 0 ]
	[[ $output =~ applied$'\t'1_applied$'\t'20[0-9-]+\ [0-9:.]+$'\t'[0-9]+$'\t'f$'\t''\N' ]]
	[ "$(grep 4_edited <<<"$output" | cut -f 5)" = t ]
	[ "$(grep 6_pending <<<"$output" | cut -f 3-6)" = '\N	\N	f	\N' ]
	grep 5_failed <<<"$output" | grep -F '5_failed/migration.sql:2' |
	    grep -F 'relation "nowhere" does not exist'
	[[ $stderr == *"5_failed"*"deploy --retry"* ]]
	[[ $stderr == *"'2_missing' is applied, but its folder is missing"* ]]
	[[ $stderr == *"'4_edited' was edited"* ]]
}

@test "status: tsv and json carry the same" {
	every_state
	run -1 --separate-stderr dbm status
	tsv=$output
	run -1 --separate-stderr dbm status --json
	[ "$(jq -r '[.state, .name, .started // "\\N", .ms // "\\N",
	    (if .edited then "t" else "f" end), .failure // "\\N"] |
	    map(tostring) | join("\t")' <<<"$output")" = \
	    "$(cut -f 1-6 <<<"$tsv")" ]
	run -1 --separate-stderr dbm status --header
	[[ ${lines[0]} == state$'\t'name$'\t'started$'\t'ms$'\t'edited$'\t'failure* ]]
}

@test "status: loads into a table" {
	every_state
	sql "CREATE TABLE s (state text, name text, started timestamp, ms bigint,
	    edited bool, failure text)"
	dbm status | cut -f 1-6 >out || true
	{
		echo "COPY s FROM stdin;"
		cat out
		echo '\.'
	} | sql
	[ "$(sql "SELECT count(*), count(started) FROM s")" = "6|5" ]
}

@test "status: exit status 0 when there is nothing to do" {
	run -0 --separate-stderr dbm status
	[ -z "$output" ]
	migration 1_a "SELECT 1"
	run -1 dbm status
	has "To apply migrations run 'dbm migrate deploy'."
	dbm migrate deploy
	run -0 dbm status
	has "Database schema is up to date!"
	rm -r prisma/migrations/1_a
	run -0 dbm status # missing and edited are warnings, as with Prisma
}

@test "status: Prisma's own spelling" {
	migration 1_a "SELECT 1"
	run -1 --separate-stderr dbm migrate status
	[[ $output == pending$'\t'1_a* ]]
}

@test "status: changes nothing, whatever is missing" {
	migration 1_a "CREATE TABLE a (i int)"
	DATABASE_URL="$DATABASE_URL&schema=other" run -1 dbm status
	[ "$(sql "SELECT to_regnamespace('other'),
	    to_regclass('_prisma_migrations')")" = "|" ]
	dbm migrate deploy
	before=$(sql "SELECT md5(string_agg(m::text, ',')) FROM _prisma_migrations m")
	dbm status
	[ "$before" = "$(sql "SELECT md5(string_agg(m::text, ','))
	    FROM _prisma_migrations m")" ]
}

@test "status: a reader cannot write" {
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy
	# whatever it reads from tries to write
	sql "ALTER TABLE _prisma_migrations RENAME TO real_one;
	    CREATE FUNCTION sneak() RETURNS SETOF real_one LANGUAGE sql VOLATILE
	    AS 'INSERT INTO public.a VALUES (1); SELECT * FROM public.real_one';
	    CREATE VIEW _prisma_migrations AS SELECT * FROM public.sneak()"
	run -2 dbm status
	has "read-only"
	[ "$(sql "SELECT count(*) FROM a")" = 0 ]
}

@test "status: works for a role that may only read, and on a standby's terms" {
	role=r_$RANDOM$RANDOM
	migration 1_a "SELECT 1"
	dbm migrate deploy
	sql "CREATE ROLE $role LOGIN; GRANT SELECT ON _prisma_migrations TO $role"
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	status=0
	DATABASE_URL="postgresql://$role@${DATABASE_URL#*@}" dbm status ||
	    status=$?
	PGOPTIONS="-c default_transaction_read_only=off" \
	    sql "DROP OWNED BY $role; DROP ROLE $role"
	[ "$status" -eq 0 ]
}

@test "status: running only while the lock is held" {
	migration 1_a "SELECT pg_sleep(60)"
	start dbm migrate deploy
	within 10 runs_now
	run -0 --separate-stderr dbm status
	[[ $output == running$'\t'1_a* ]]
	kill -9 "$pid"
	sql "SELECT pg_terminate_backend($(backend))"
	within 10 runs_not
	run -1 --separate-stderr dbm status
	[[ $output == failed$'\t'1_a* ]]
	[[ $stderr == *"deploy --retry"* ]]
	# somebody else's lock is no run of this database
	new_db
	hold "SELECT pg_advisory_lock(1)"
	run -1 --separate-stderr dbm status
	[[ $output == pending$'\t'1_a* ]]
}

runs_now() {
	dbm status | grep -q ^running
}

runs_not() {
	[ -z "$(backend)" ]
}

@test "status: names and failures with tabs, newlines, quotes" {
	migration $'1_a\tb' "SELECT 1"
	migration "2_c" "SELECT E'a\\n\\tb'::int"
	run -2 dbm migrate deploy
	run -1 --separate-stderr dbm status
	[ "$(wc -l <<<"$output")" = 2 ]
	[ "$(head -1 <<<"$output" | cut -f 2)" = '1_a\tb' ]
	run -1 --separate-stderr dbm status --json
	[ "$(head -1 <<<"$output" | jq -r .name)" = $'1_a\tb' ]
}

@test "status: a password that a script sets is not kept in the logs" {
	migration 1_a "ALTER ROLE no_such_role PASSWORD 'geheim'"
	run -2 dbm migrate deploy
	run -1 dbm status
	has no_such_role
	has_not geheim
	[ "$(sql "SELECT count(*) FROM _prisma_migrations
	    WHERE logs LIKE '%geheim%'")" = 0 ]
}

@test "status: a file that has gone missing counts as edited" {
	migration 1_a "SELECT 1"
	dbm migrate deploy
	rm prisma/migrations/1_a/migration.sql
	run -0 --separate-stderr dbm status
	[ "$(cut -f 5 <<<"$output")" = t ]
}

@test "status: old checksums without zero padding" {
	migration 1_a "SELECT 1"
	dbm migrate deploy
	sql "UPDATE _prisma_migrations SET checksum = '$(sha256sum \
	    <prisma/migrations/1_a/migration.sql | cut -c 1-64 |
	    sed -E 's/(.)(.)/\1\2 /g' | tr ' ' '\n' | sed 's/^0//' |
	    tr -d '\n')'"
	[ "$(sql "SELECT length(checksum) < 64 FROM _prisma_migrations")" = t ] ||
	    skip "no zero byte half in this checksum"
	run -0 --separate-stderr dbm status
	[ "$(cut -f 5 <<<"$output")" = f ]
}

@test "status: baselining is proposed for a database with tables" {
	sql "CREATE TABLE here (i int)"
	migration 1_a "SELECT 1"
	run -1 dbm status
	has "resolve --applied"
}

@test "status: full stdout is status 2, a closed one is no crash" {
	migration 1_a "SELECT 1"
	status=0
	dbm status >/dev/full || status=$?
	[ "$status" -eq 2 ]
	for i in {1..300}; do
		mkdir -p "prisma/migrations/${i}_$(printf 'x%.0s' {1..200})"
	done
	dbm status 2>/dev/null | head -1 | grep -q ^pending
}

@test "status: on a terminal it is a table" {
	migration 1_a "SELECT 1"
	run script -qec "dbm status" /dev/null </dev/null
	has "state"
	has "pending  1_a"
}
