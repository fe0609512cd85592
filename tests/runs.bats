# dbm backfill --status, --pause, --resume, --cancel: runs, as they are seen and
# steered from elsewhere, and the table that they are kept in.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
	sql "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
	    INSERT INTO t SELECT i FROM generate_series(1, 3000) i;
	    CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (false)"
}

teardown() {
	end_all
}

# backfill [ARGUMENT...]: runs 'r' to its end.
backfill() {
	dbm backfill t --set 'n = 1' --execute --name r -q "$@" >/dev/null
}

# begin [ARGUMENT...]: in the background, and waits where a third is done.
begin() {
	hold "BEGIN; SELECT FROM t WHERE id = 1001 FOR UPDATE;"
	start dbm backfill t --set 'n = 1' --execute --name r --batch-size 100 \
	    --throttle-query 'SELECT yes FROM busy' "$@"
	within 10 is_left 2000
	sql "UPDATE busy SET yes = true"
	within 10 run_has reason throttle
	release
}

free() { sql "UPDATE busy SET yes = false"; }

# run_has COLUMN TEXT: does the newest run's row say so?
run_has() {
	[[ $(sql "SELECT $1 FROM dbm.runs ORDER BY id DESC LIMIT 1") == *"$2"* ]]
}

# told FIELD [RUN]: as --status tells it.
told() {
	dbm backfill --status ${2:+"$2"} --json | jq -r ".$1"
}

told_is() { [ "$(told "$1" r)" = "$2" ]; }

left() { sql "SELECT count(*) FROM t WHERE n = 0"; }

is_left() { [ "$(left)" -eq "$1" ]; }

is_less() { [ "$(left)" -lt "$1" ]; }

# stands_still: it shows signs of life, and writes nothing.
stands_still() {
	local before sign i
	before=$(left)
	for i in 1 2; do
		sign=$(sql "SELECT max(told_at) FROM dbm.runs")
		within 10 is_newer "$sign"
	done
	[ "$(left)" = "$before" ]
}

is_newer() {
	[ "$(sql "SELECT max(told_at) > '$1' FROM dbm.runs")" = t ]
}

# --- what --status tells ---

@test "runs: none" {
	run -0 dbm backfill --status
	[ "$output" = "" ]
	run -2 dbm backfill --status r
	has "error: there is no run 'r'"
	run -2 dbm backfill --pause
	has "error: there is no unfinished run"
	[ "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'dbm'")" = 0 ]
}

@test "runs: one that is done: who, what, how much" {
	backfill --where 'id <= 700'
	run -0 dbm backfill --status
	[ "$(cut -f 1-7 <<<"$output")" = $'1\tbackfill\tr\tdone\t"public"."t"\t100\t700' ]
	[ "$(told outcome)" = "700 rows in $(sql "SELECT batches FROM dbm.runs") batches; 0 left" ]
	[ "$(told seconds_left)" = null ]
	[ "$(told error)" = null ]
	[ "$(told by)" = "$(sql "SELECT session_user") ($(id -un)@$(hostname))" ]
	[[ $(told what) == UPDATE*'n = 1'*'id <= 700'* ]]
	[[ $(told started) == 20??-??-??\ ??:??:??\ UTC ]]
	[ "$(sql "SELECT options FROM dbm.runs")" = "dbm backfill t --set 'n = 1' --name r --quiet --where 'id <= 700' --execute" ]
}

@test "runs: the same data as a record and as JSON" {
	backfill
	sql "UPDATE t SET n = 0"
	begin --name s
	dbm backfill --status --json | jq -r \
	    '[.[] | if . == null then "\\N" else tostring end] | join("\t")' \
	    >json
	dbm backfill --status | cmp - json
	[ "$(wc -l <json)" = 2 ]
	free
	ended 0
}

@test "runs: one at work: state, percent, rate, time left, reason" {
	begin
	within 5 told_is reason "--throttle-query says so"
	told_is state running
	told_is rows 1000
	told_is percent 33
	[ "$(told rows_per_second r)" -gt 0 ]
	[ "$(told seconds_left r)" -ge 0 ]
	told_is finished null
	free
	ended 0
	told_is state done
	told_is percent 100
	told_is reason null
}

@test "runs: the rate is of one pass, also where there were several" {
	backfill
	sql "UPDATE dbm.runs SET active_ms = 60000, pass = 2, examined = 3000,
	    pass_ms = 2000"
	told_is rows_per_second 1500
	sql "UPDATE dbm.runs SET pass_ms = 0"
	told_is rows_per_second null
}

@test "runs: those of dbm each are listed, and steered where they are" {
	dbm chunks t --size 1000 >ranges
	dbm each --run e -c 'UPDATE t SET n = 1 WHERE :range' <ranges >/dev/null
	told_is() { [ "$(told "$1" e)" = "$2" ]; }
	told_is kind each
	told_is state done
	told_is rows 3000
	told_is rows_per_second null
	sql "ALTER TABLE t ADD CHECK (id < 2500 OR n < 2)"
	run -2 dbm each --run f -c 'UPDATE t SET n = 2 WHERE :range' <ranges
	told_is() { [ "$(told "$1" f)" = "$2" ]; }
	told_is state failed
	told_is percent null
	run -2 dbm backfill --resume f
	has "error: run 'f' is one of 'dbm each'"
	run -2 dbm backfill --pause f
	has "hint: it ends when it is interrupted"
	run -0 dbm backfill --cancel f
	told_is state cancelled
}

@test "runs: by id, by name, and the newest first" {
	backfill
	sql "UPDATE t SET n = 0"
	backfill
	dbm backfill t --set 'n = 2' --execute --name other -q >/dev/null
	[ "$(dbm backfill --status | cut -f 1,3 | tr '\t' ' ')" = $'3 other\n2 r\n1 r' ]
	[ "$(dbm backfill --status r | cut -f 1,7)" = $'2\t3000\n1\t3000' ]
	[ "$(dbm backfill --status 3 | cut -f 3)" = other ]
}

@test "runs: of those that are over the last ten" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10 11; do
		dbm backfill t --set "n = 0" --where "id = $i" --execute -q \
		    >/dev/null
	done
	begin
	[ "$(dbm backfill --status | cut -f 1 | tr '\n' ' ')" = "12 11 10 9 8 7 6 5 4 3 2 " ]
	[ "$(dbm backfill --status 1 | cut -f 4)" = "done" ]
	free
	ended 0
}

# --- pause, resume, cancel ---

@test "runs: paused, and gone on with" {
	begin
	run -0 dbm backfill --pause r
	has "run 1 'r': will pause"
	within 10 told_is state paused
	told_is reason "by request"
	free
	stands_still
	is_left 2000
	run -0 dbm backfill --resume
	has "run 1 'r': goes on"
	ended 0
	is_left 0
	told_is state done
	# in one process, and one run
	[ "$(sql "SELECT count(*) FROM dbm.runs")" = 1 ]
}

@test "runs: a pause is told to who watches" {
	begin --progress
	dbm backfill --pause -q
	within 10 grep -q 'waiting: paused by request' err
	kill -USR1 "$pid"
	dbm backfill --resume -q
	free
	ended 0
}

@test "runs: paused while it works, batch by batch" {
	start dbm backfill t --set 'n = n + 1' --once --execute --name r \
	    --batch-size 1
	within 10 is_less 2990
	dbm backfill --pause -q
	within 10 told_is state paused
	stands_still
	is_less 3000
	dbm backfill --resume -q
	ended 0
	[ "$(sql "SELECT DISTINCT n FROM t")" = 1 ]
}

@test "runs: cancelled at work, and the name is free again" {
	begin
	run -0 dbm backfill --cancel r
	has "run 1 'r': will be cancelled"
	ended 1
	grep -q "t: cancelled after 1000 rows (run 1 'r')" err
	told_is state cancelled
	is_left 2000
	run -2 dbm backfill --resume r
	has "error: run 'r' is cancelled"
	free
	backfill
	is_left 0
	[ "$(dbm backfill --status r | cut -f 1,4 | tr '\t' ' ')" = $'2 done\n1 cancelled' ]
}

@test "runs: cancelled while it is paused, and while nobody has it" {
	begin
	dbm backfill --pause -q
	within 10 told_is state paused
	dbm backfill --cancel -q
	ended 1
	told_is state cancelled
	begin
	kill -KILL "$pid"
	ended 137
	run -0 dbm backfill --cancel
	has "run 2 'r': is cancelled"
	[ "$(dbm backfill --status 2 | cut -f 4)" = cancelled ]
	run -2 dbm backfill --cancel 2
	has "error: run 'r' is cancelled"
}

@test "runs: stopped by a signal, resumed by its name alone" {
	begin --where 'id <= 2500'
	kill -INT "$pid"
	ended 130
	told_is state stopped
	told_is reason "a signal"
	free
	run -0 --separate-stderr dbm backfill --resume r
	[[ $stderr == *"run 1 'r' goes on: 1000 rows changed so far"* ]]
	# a record for each batch, as of the same command again
	[ "$(awk -F '\t' '{ n += $5 } END { print n }' <<<"$output")" = 1500 ]
	is_left 500
	told_is state done
	told_is rows 2500
}

@test "runs: killed, it is interrupted, and resumed" {
	begin
	kill -KILL "$pid"
	ended 137
	within 5 told_is state interrupted
	run -0 dbm backfill --pause
	has "run 1 'r': nobody is at work on it"
	free
	run -0 dbm backfill --resume
	told_is state done
	told_is rows 3000
	is_left 0
}

@test "runs: an interrupted one that may touch a row only once" {
	start dbm backfill t --set 'n = n + 1' --once --execute --name r \
	    --batch-size 1
	within 10 is_less 2900
	kill -KILL "$pid"
	ended 137
	within 5 told_is state interrupted
	is_less 3000
	run -0 dbm backfill --resume r
	[ "$(sql "SELECT DISTINCT n FROM t")" = 1 ]
	run -2 dbm backfill --resume r
	has "error: run 'r' is done"
}

@test "runs: one of once that was killed before it had its keys" {
	start dbm backfill t --set 'n = n + 1' --once --execute --name r \
	    --batch-size 1
	within 10 is_less 2990
	kill -KILL "$pid"
	ended 137
	within 5 told_is state interrupted
	sql "DROP TABLE dbm.keys_1; UPDATE t SET n = 0; UPDATE dbm.runs SET
	    batches = 0, row_count = 0, examined = 0, position = NULL"
	run -0 dbm backfill --resume r
	[ "$(sql "SELECT DISTINCT n FROM t")" = 1 ]
}

@test "runs: a promotion is steered by the same commands" {
	sql "ALTER TABLE t ADD rarity text NOT NULL DEFAULT 'common'"
	sql "UPDATE busy SET yes = true"
	start dbm promote t rarity --from common --to rare --execute --name p \
	    --throttle-query 'SELECT yes FROM busy'
	within 10 run_has reason throttle
	dbm backfill --pause p -q
	within 10 run_has state paused
	kill -KILL "$pid"
	ended 137
	free # it is as well-mannered as it was
	run -0 dbm backfill --resume p
	[ "$(sql "SELECT DISTINCT rarity FROM t")" = rare ]
	[ "$(told kind p)" = promote ]
	# what was there before is kept, as it was begun
	run -0 dbm promote --undo p --execute
	[ "$(sql "SELECT DISTINCT rarity FROM t")" = common ]
}

@test "runs: a failed one says where and why, and goes on when put right" {
	sql "ALTER TABLE t ADD CHECK (id <> 2345 OR n = 0)"
	run -2 dbm backfill t --set 'n = 1' --execute --name r --batch-size 100
	has "violates check constraint"
	has 'in the batch id > '
	told_is state failed
	[[ $(told error r) == *'violates check constraint "t_check": in the batch id > '* ]]
	is_less 3000
	sql "ALTER TABLE t DROP CONSTRAINT t_check"
	run -0 dbm backfill --resume r
	is_left 0
	told_is state done
}

@test "runs: which one, where there are two" {
	begin
	kill -INT "$pid"
	ended 130
	begin --name s
	run -2 dbm backfill --resume
	has "error: there are 2 unfinished runs: which one?"
	has "hint: 2 's' (running), 1 'r' (stopped)"
	run -2 dbm backfill --cancel nobody
	has "error: there is no run 'nobody'"
	dbm backfill --cancel s -q
	ended 1
	run -2 dbm backfill --status --pause
	has "exclude each other"
	run -2 dbm backfill --resume r --set 'n = 3'
	has "a run knows itself what it sets"
}

@test "runs: one at work is not begun a second time" {
	begin
	run -75 dbm backfill t --set 'n = 1' --execute --name r --wait 1
	has "error: run 'r' is locked by "
	# another statement of that name
	kill -INT "$pid"
	ended 130
	run -2 dbm backfill t --set 'n = 2' --execute --name r
	has "error: run 'r' is not finished, and does something else: UPDATE"
	has "hint: say another --name, or end that one: dbm backfill --cancel r"
}

# --- the table ---

# older_layout: dbm.runs as the first dbm that had it made it.
older_layout() {
	sql <<-'END'
	CREATE SCHEMA dbm;
	CREATE TABLE dbm.layout (version integer NOT NULL);
	INSERT INTO dbm.layout VALUES (1);
	CREATE TABLE dbm.runs (
	    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	    kind        text NOT NULL,
	    name        text NOT NULL,
	    state       text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
	    what        text NOT NULL,
	    role        text NOT NULL DEFAULT session_user,
	    os_user     text,
	    host        text,
	    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
	    finished_at timestamptz,
	    row_count   bigint,
	    UNIQUE (kind, name)
	);
	INSERT INTO dbm.runs (kind, name, state, what)
	    VALUES ('exec', 'old', 'done', 'SELECT 1');
	END
}

layout() { sql "SELECT version FROM dbm.layout"; }

@test "runs: a table of an older dbm is made a newer one, and keeps its rows" {
	older_layout
	run -0 dbm backfill --status
	[ "$output" = "" ]
	[ "$(layout)" = 1 ]
	backfill
	[ "$(layout)" = 2 ]
	is_left 0
	sql "UPDATE t SET n = 0"
	backfill
	[ "$(sql "SELECT kind, name, state FROM dbm.runs ORDER BY id")" = \
	    $'exec|old|done\nbackfill|r|done\nbackfill|r|done' ]
	[ "$(dbm backfill --status | wc -l)" = 2 ]
	# a fresh one is the same
	sql "CREATE TABLE was AS SELECT attname, atttypid, attnotnull
	    FROM pg_attribute WHERE attrelid = 'dbm.runs'::regclass
	    AND attnum > 0; DROP SCHEMA dbm CASCADE"
	backfill
	[ "$(sql "SELECT attname, atttypid, attnotnull FROM pg_attribute
	    WHERE attrelid = 'dbm.runs'::regclass AND attnum > 0
	    EXCEPT ALL TABLE was")" = "" ]
}

@test "runs: dbm exec --record, on the older table and on the newer" {
	older_layout
	run -0 dbm exec --record one -c 'SELECT 1'
	run -2 dbm exec --record one -c 'SELECT 1'
	run -2 dbm exec --record old -c 'SELECT 1'
	backfill
	[ "$(layout)" = 2 ]
	run -2 dbm exec --record one -c 'SELECT 1'
	run -2 dbm exec --record old -c 'SELECT 1'
	run -0 dbm exec --record two -c 'SELECT 1'
	run -2 dbm exec --record two -c 'SELECT 1'
	[ "$(sql "SELECT name, state FROM dbm.runs WHERE kind = 'exec'
	    ORDER BY id")" = $'old|done\none|done\ntwo|done' ]
	# also of two at once: the second one's row is refused
	run -1 sql "INSERT INTO dbm.runs (kind, name, state, what)
	    VALUES ('exec', 'two', 'running', '')"
	has "duplicate key value"
}

# worker: a role that may write to t, and DATABASE_URL is its.
worker() {
	role=w_$$_$RANDOM
	sql "CREATE ROLE $role LOGIN PASSWORD 'geheim';
	    GRANT SELECT, UPDATE ON t TO $role; GRANT SELECT ON busy TO $role"
	OWNER=$DATABASE_URL
	DATABASE_URL=$(sed -E "s,//[^@/]*@,//$role:geheim@," <<<"$DATABASE_URL")
}

not_worker() {
	DATABASE_URL=$OWNER
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "runs: who may not make the table is told the GRANT" {
	worker
	run -2 dbm backfill t --set 'n = 1' --execute
	has "error: permission denied for dbm.runs"
	has "GRANT CREATE ON DATABASE"
	has "TO \"$role\""
	is_left 3000
	not_worker
}

@test "runs: who is not its owner is told what to ask for" {
	older_layout
	worker
	sql_at "$OWNER" "GRANT USAGE ON SCHEMA dbm TO $role;
	    GRANT SELECT, INSERT, UPDATE ON dbm.runs TO $role"
	run -2 dbm backfill t --set 'n = 1' --execute
	has "hint: it is of an older dbm: let the owner of schema dbm run this once"
	is_left 3000
	DATABASE_URL=$OWNER backfill --where 'id = 1'
	run -0 dbm backfill t --set 'n = 1' --execute --name r
	is_left 0
	[ "$(sql "SELECT role FROM dbm.runs WHERE name = 'r'
	    ORDER BY id DESC LIMIT 1")" = "$role" ]
	run -0 dbm backfill --status
	not_worker
}

@test "runs: who may not read the table is told the GRANT" {
	backfill
	worker
	run -2 dbm backfill --status
	has "permission denied for"
	has "GRANT"
	has "\"$role\""
	run -2 dbm backfill t --set 'n = 2' --execute
	has "error: permission denied for dbm.runs"
	has "GRANT SELECT, INSERT, UPDATE ON dbm.\"runs\" TO \"$role\""
	# to look it needs no more than to look
	sql_at "$OWNER" "GRANT USAGE ON SCHEMA dbm TO $role;
	    GRANT SELECT ON dbm.runs TO $role"
	run -0 dbm backfill --status
	[ "$(cut -f 3,4 <<<"$output")" = $'r\tdone' ]
	not_worker
}
