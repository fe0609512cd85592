# What `dbm backfill' and `dbm promote' have in common: operands, previews,
# records as they come, and what becomes of a run whose reader has gone.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!PG@}" "${!DBM_@}"
	new_db
	sql "CREATE TABLE cards (id int PRIMARY KEY, rarity text, v2 text);
	    INSERT INTO cards SELECT i, CASE WHEN i % 3 = 0 THEN 'common'
		ELSE 'rare' END FROM generate_series(1, 3000) i;
	    CREATE VIEW seen AS SELECT * FROM cards"
}

# Each row takes a millisecond.
slow() {
	sql "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END';
	    CREATE TRIGGER slow BEFORE UPDATE ON cards
	    FOR EACH ROW EXECUTE FUNCTION slow()"
}

state() { sql "SELECT state FROM dbm.runs ORDER BY id DESC LIMIT 1"; }

@test "perform: what is no table of ours is told" {
	run -2 dbm backfill seen --set "v2 = 'x'"
	[[ $output == *"'seen' is a view"* ]]
	run -2 dbm promote seen rarity --from a --to b
	[[ $output == *"'seen' is a view"* ]]
	run -2 dbm backfill '"cards"' --set "v2 = 'x'"
	[[ $output == *"without quotes"* ]]
	run -2 dbm backfill card --set "v2 = 'x'"
	[[ $output == *"no table 'card'"* ]]
	run -2 dbm backfill cards
	[[ $output == *"a table needs --set"* ]]
	dbm backfill cards --set "v2 = 'x'" --execute >/dev/null
	run -2 dbm backfill dbm.runs --set "what = 'x'"
	[[ $output == *"dbm's own"* ]]
}

@test "perform: a run has a name that can be told" {
	local name
	for name in '' $'a\nb' $'\e[2J'; do
		run -2 dbm backfill cards --set "v2 = 'x'" --name "$name"
		[[ $output == *"--name"* ]]
		run -2 dbm promote cards rarity --from a --to b --name "$name"
		[[ $output == *"--name"* ]]
	done
	run -2 dbm backfill --undo
	[[ $output == *"which run?"* ]]
}

@test "perform: the command of a preview can be taken from a pipe" {
	dbm backfill cards --set "v2 = 'it'" --where "rarity = 'rare'" |
	    sed -n 's/^command\t//p' >command
	[ "$(cat command)" = "dbm backfill cards --set \"v2 = 'it'\" --where\
 \"rarity = 'rare'\" --execute" ]
	bash command >/dev/null
	[ "$(sql "SELECT count(*) FROM cards WHERE v2 = 'it'")" = 2000 ]
}

@test "perform: a value that no row has" {
	run -0 --separate-stderr dbm promote cards rarity --from cmmon --to rare
	[[ $stderr == *"no row has 'cmmon'"*"'rare' (2000), 'common' (1000)"* ]]
}

@test "perform: each batch is told when it is committed" {
	slow
	mkfifo out
	dbm backfill cards --set "v2 = 'x'" --execute --batch-size 200 >out &
	read -r first <out
	[[ $first == '"public"."cards"'* ]]
	wait $! || true
	[ "$(state)" != running ]
}

@test "perform: without a reader a run stops in order, and can be resumed" {
	slow
	run -0 bash -c "dbm backfill cards --set \"v2 = 'x'\" --execute \
	    --batch-size 100 2>err | head -n 1"
	[ "${#lines[@]}" -eq 1 ]
	grep -q "the same command goes on" err
	[ "$(state)" = stopped ]
	run -0 --separate-stderr dbm backfill --resume
	[ "$(state)" = done ]
	[ "$(sql "SELECT count(*) FROM cards WHERE v2 = 'x'")" = 3000 ]
}

@test "perform: a full disk under its output stops a run in order" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	run -2 bash -c "dbm backfill cards --set \"v2 = 'x'\" --execute \
	    --batch-size 100 >/dev/full"
	[ "$(state)" = stopped ]
	run -0 dbm backfill cards --set "v2 = 'x'" --execute
}

@test "perform: what a trigger does not let be is told as such" {
	sql "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN NEW.v2 := ''mine''; RETURN NEW; END';
	    CREATE TRIGGER keep BEFORE UPDATE ON cards
	    FOR EACH ROW EXECUTE FUNCTION keep()"
	run -1 --separate-stderr dbm backfill cards --set "v2 = 'x'" --execute
	[[ $stderr == *"3000 rows are still not as wanted: a trigger"* ]]
}

@test "perform: --pause means the one at work, --undo one that has kept" {
	slow
	sql "ALTER TABLE cards ADD n int CHECK (n < 5)"
	run -2 dbm backfill cards --set 'n = 7' --name bad --execute
	dbm backfill cards --set "v2 = 'y'" --name long --execute \
	    --batch-size 50 >out 2>err &
	within 10 eval '[ "$(sql "SELECT batches > 0 FROM dbm.runs
	    WHERE name = '"'long'"'")" = t ]'
	run -0 dbm backfill --pause
	[[ $output == *"'long'"*"will pause"* ]]
	run -2 dbm backfill --cancel
	[[ $output == *"2 unfinished runs"*"'bad' (failed)"* ]]
	run -0 dbm backfill --cancel long
	wait $! || true
	[ "$(sql "SELECT state FROM dbm.runs WHERE name = 'long'")" = cancelled ]
}

# What would be counted in one query takes a second and more: so it is counted
# range by range, and nobody who waits for the table waits for all of it.
@test "perform: what is left is counted in parts where it takes long" {
	sql "CREATE FUNCTION weigh(text) RETURNS text LANGUAGE plpgsql STABLE AS
	    'BEGIN PERFORM pg_sleep(0.002); RETURN \$1; END';
	    UPDATE cards SET v2 = rarity"
	dbm backfill cards --set 'v2 = weigh(rarity)' --execute >out 2>err &
	counts() {
		[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query LIKE
		    'SELECT pg_catalog.count(*)%\"id\" OPERATOR%'
		    AND state = 'active'")" -gt 0 ]
	}
	within 30 counts
	sql "SET lock_timeout = '3s'; ALTER TABLE cards ADD seen bool"
	wait $!
	grep -q "0 rows left to change" err
}

@test "perform: counted in parts, nothing is passed over" {
	sql "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN IF NEW.id % 100 = 0 THEN RETURN NULL; END IF; RETURN NEW; END';
	    CREATE TRIGGER spoil BEFORE UPDATE ON cards
	    FOR EACH ROW EXECUTE FUNCTION spoil();
	    CREATE FUNCTION weigh(text) RETURNS text LANGUAGE plpgsql STABLE AS
	    'BEGIN PERFORM pg_sleep(0.0007); RETURN \$1; END'"
	run -1 --separate-stderr dbm backfill cards --set 'v2 = weigh(rarity)' \
	    --execute
	[[ $stderr == *"30 rows are still not as wanted"* ]]
}

@test "perform: the command that was given is told as options say it" {
	dbm backfill --head -qn cards --set "v2 = 'x'" |
	    sed -n 's/^command\t//p' >command
	[ "$(cat command)" = "dbm backfill cards --header --quiet --set \"v2 =\
 'x'\" --execute" ]
	dbm promote --dry --from rare --to common -- cards rarity |
	    sed -n 's/^command\t//p' >command
	[ "$(cat command)" = "dbm promote cards rarity --from rare --to common\
 --execute" ]
	bash command >/dev/null
	[ "$(sql "SELECT count(*) FROM cards WHERE rarity = 'common'")" = 3000 ]
}

@test "perform: a run that is resumed keeps the pace and manners it had" {
	slow
	dbm backfill cards --set "v2 = 'x'" --batch-size 20 --execute \
	    --max-time 0.3 >out || [ $? -eq 1 ]
	run -0 --separate-stderr dbm backfill --resume
	[ "$(cut -f 7 <<<"$output" | sort -n | tail -n 1)" = 20 ]
	dbm promote cards rarity --from rare --to epic --execute \
	    --max-time 0.3 >out || [ $? -eq 1 ]
	run -0 --separate-stderr dbm backfill --resume
	[ "$(cut -f 5 <<<"$output" | sort -n | tail -n 1)" -le 50 ]
	dbm backfill cards --set "v2 = 'y'" --execute --max-time 0.3 \
	    --throttle-query 'SELECT NOT EXISTS (SELECT FROM cards
	    WHERE id = 1 AND v2 = '"'x'"')' >out || [ $? -eq 1 ]
	run -1 --separate-stderr dbm backfill --resume -v --max-time 1
	[[ $stderr == *"waiting: --throttle-query"* ]]
}

@test "perform: of a run that does each row once, what it left out is told" {
	sql "ALTER TABLE cards ADD n int DEFAULT 0"
	run -0 --separate-stderr dbm backfill cards --set 'n = n + 1' --once \
	    --name all --execute
	[[ $stderr == *"each of the 3000 rows of the start, once"* ]]
	slow
	dbm backfill cards --set 'n = n + 1' --once --name most --execute \
	    --batch-size 50 >out 2>err &
	begun() { [ "$(sql "SELECT batches > 0 FROM dbm.runs
	    WHERE name = 'most'")" = t ]; }
	within 10 begun
	sql "DELETE FROM cards WHERE id > 2990"
	wait $!
	grep -q "10 of the 3000 rows of the start were left out" err
}

@test "perform: of a file, what was done once is passed over" {
	sql "ALTER TABLE cards ADD n int DEFAULT 0, ADD m int CHECK (m < 2);
	    UPDATE cards SET m = CASE WHEN id = 7 THEN 1 ELSE 0 END"
	printf 'UPDATE cards SET n = n + 1;\nUPDATE cards SET m = m + 1;\n' >two.sql
	run -2 dbm backfill two.sql --once --execute
	sql "UPDATE cards SET m = 0 WHERE id = 7"
	run -0 --separate-stderr dbm backfill two.sql --once --execute
	[[ $stderr == *"was done before, and is passed over"* ]]
	[ "$(sql "SELECT count(*) FROM cards WHERE n = 1 AND m = 1")" = 3000 ]
}

@test "perform: a run that is resumed by its name goes by the key it had" {
	slow
	sql "ALTER TABLE cards ADD slug text; UPDATE cards SET slug = 's' || id;
	    ALTER TABLE cards ALTER slug SET NOT NULL, ADD UNIQUE (slug)"
	dbm backfill cards --set "v2 = 'x'" --by slug --batch-size 100 \
	    --execute --max-time 0.3 >out || [ $? -eq 1 ]
	run -0 --separate-stderr dbm backfill --resume
	[ "$(cut -f 2 <<<"$output" | sort -u)" = '"slug"' ]
	[ "$(sql "SELECT row_count FROM dbm.runs")" = 3000 ]
}

@test "perform: a run of each tells its command, without a password" {
	dbm chunks cards | dbm each --run one --url \
	    "${DATABASE_URL/\/\/postgres@/\/\/postgres:s3cr3t@}" \
	    -c "UPDATE cards SET v2 = 'x' WHERE :range" >out
	[[ $(sql "SELECT options FROM dbm.runs") == "dbm each --run one --url "* ]]
	[ "$(sql "SELECT count(*) FROM dbm.runs WHERE runs::text LIKE
	    '%s3cr3t%'")" = 0 ]
}

@test "perform: rows that the condition does not see are told, too" {
	sql "UPDATE cards SET v2 = 'wrong' WHERE id < 3"
	run -0 --separate-stderr dbm backfill cards --set 'v2 = rarity' \
	    --where 'v2 IS NULL' --execute
	[[ $stderr == *"2 rows that --where leaves out are not as --set says"* ]]
	run -0 --separate-stderr dbm backfill cards --set 'v2 = rarity' --execute
	[[ $output == *$'\t2\t'* ]]
	[[ $stderr != *"leaves out"* ]]
	# a value of its own need not be that of all
	run -0 --separate-stderr dbm backfill cards --set "v2 = 'x'" \
	    --where "v2 = 'rare'" --execute
	[[ $stderr != *"leaves out"* ]]
}

@test "perform: somebody's own operator does not decide what is equal" {
	sql "DROP VIEW seen; ALTER TABLE cards ALTER v2 TYPE varchar(20);
	    CREATE FUNCTION yes(varchar, varchar) RETURNS bool LANGUAGE sql
	    IMMUTABLE AS 'SELECT true';
	    CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar,
	    FUNCTION = yes)"
	run -0 dbm backfill cards --set "v2 = 'x'" --execute
	run -0 dbm backfill cards --set 'v2 = rarity' --execute
	[ "$(sql "SELECT count(*) FROM cards
	    WHERE v2::text OPERATOR(pg_catalog.=) rarity")" = 3000 ]
}

@test "perform: a preview shows the beginning of long values" {
	sql "UPDATE cards SET v2 = repeat('x', 1000000) WHERE id = 1"
	run -0 --separate-stderr dbm backfill cards \
	    --set "v2 = repeat('y', 1000000)" --where 'id = 1'
	[ "${#output}" -lt 3000 ]
	[[ $output == *"v2 xxxxx"*" -> yyyyy"* ]]
}
