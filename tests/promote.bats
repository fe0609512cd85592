# dbm promote: one value to another, and back; and what is kept for that.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

teardown() {
	local p
	for p in ${pid:-} ${bouncer:-}; do
		kill "$p" 2>/dev/null || true
	done
	end_all
}

# The guide's cards: 749 common, 374 rare, 124 epic.
cards() {
	project cards
	dbm migrate deploy -q
	sql <seed.sql
}

# small [TYPE [VALUES]]: a table t (id, v) with some values.
small() {
	sql "CREATE TABLE t (id int PRIMARY KEY, v ${1:-text}, note text)"
	sql "INSERT INTO t SELECT row_number() OVER (), v FROM unnest(
	    ARRAY[${2:-"'a','b','a','c',NULL"}]::${1:-text}[]) v"
}

# values [TABLE]: the values by key, NULL as -.
values() { sql "SELECT string_agg(coalesce(v::text, '-'), ' ' ORDER BY id)
    FROM ${1:-t}"; }

# count VALUE: cards of that rarity.
count() { sql "SELECT count(*) FROM cards WHERE rarity = '$1'"; }

# versions TABLE: where each row lies and who wrote it.
versions() { sql "SELECT ctid, xmin, * FROM $1 ORDER BY ctid"; }

# item NAME: its values in a preview.
item() { awk -F'\t' -v n="$1" '$1 == n { print $2 }' <<<"$output"; }

# changed: the sum of the rows of all batches.
changed() { awk -F'\t' '{ n += $5 } END { print n + 0 }' <<<"$output"; }

# slow TABLE [SECONDS]: each row that is written takes its time.
slow() {
	sql "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(${2:-0.005}); RETURN NEW; END';
	    CREATE TRIGGER slow BEFORE UPDATE ON $1 FOR EACH ROW
	    EXECUTE FUNCTION slow()"
}

# has_done ID N: has that run changed so many rows?
has_done() {
	[ "$(sql "SELECT coalesce(max(row_count), 0) FROM dbm.runs
	    WHERE id = $1")" -ge "$2" ]
}

# --- the guide ---

@test "promote: rarity, from the backfill to the undo" {
	cards
	backfill=(dbm backfill cards --set 'rarity_v2 = rarity')
	run -0 --separate-stderr "${backfill[@]}"
	[ "$(item rows)" -eq 1247 ]
	[ "$(sql "SELECT count(rarity_v2) FROM cards")" -eq 0 ]
	run -0 --separate-stderr "${backfill[@]}" --execute
	[ "$(changed)" -eq 1247 ]
	# the guide's verification
	[ "$(sql "SELECT COUNT(*) FROM cards WHERE rarity_v2 IS NULL")" -eq 0 ]
	[ "$(sql "SELECT COUNT(*) FROM cards WHERE rarity != rarity_v2")" -eq 0 ]

	promote=(dbm promote cards rarity --from common --to rare)
	versions cards >before
	run -0 --separate-stderr "${promote[@]}"
	[ "$(item rows)" -eq 749 ]
	[ "$(item sample | wc -l)" -eq 10 ]
	item sample | grep -q 'rarity common -> rare'
	[ "$(item command)" = \
	    "dbm promote cards rarity --from common --to rare --execute" ]
	run -0 --separate-stderr "${promote[@]}" --dry-run
	[ "$(item rows)" -eq 749 ]
	versions cards | cmp - before

	run -0 --separate-stderr "${promote[@]}" --execute --batch-size 100
	[ "$(changed)" -eq 749 ]
	[ "${#lines[@]}" -ge 8 ]
	awk -F'\t' '$5 > 100 { exit 1 }' <<<"$output"
	[ "$(count common) $(count rare) $(count epic)" = "0 1123 124" ]
	run=$(sql "SELECT id FROM dbm.runs WHERE kind = 'promote'")
	[ "$(sql "SELECT count(*) FROM dbm.keep_$run")" -eq 749 ]

	run -0 --separate-stderr dbm promote --undo "$run" --execute
	[ "$(changed)" -eq 749 ]
	[ "$(count common) $(count rare) $(count epic)" = "749 374 124" ]
	[ "$(sql "SELECT COUNT(*) FROM cards WHERE rarity != rarity_v2")" -eq 0 ]
}

@test "promote: who did what, when, and what came of it" {
	cards
	run -0 dbm promote cards rarity --from common --to rare --execute \
	    --name 'spring sale'
	[ "$(sql "SELECT kind, name, state, role = session_user, os_user, host,
	    what, row_count, relation, kept, started_at <= finished_at
	    FROM dbm.runs")" = "promote|spring sale|done|t|$(id -un)|$(hostname)|\
UPDATE \"public\".\"cards\" SET \"rarity\" = 'rare' WHERE \"rarity\" = 'common'\
|749|\"public\".\"cards\"|keep_1|t" ]
	[[ $(sql "SELECT outcome FROM dbm.runs") == "749 rows in "*"; 0 left" ]]
	[[ $(sql "SELECT options FROM dbm.runs") == *"--name 'spring sale'"* ]]
}

# --- what is changed ---

@test "promote: only rows of that value are written, and once" {
	small
	versions t >before
	run -0 dbm promote t v --from a --to c --execute
	[ "$(values)" = "c b c c -" ]
	versions t | grep -c -F -x -f before | grep -qx 3
	versions t >before
	run -0 --separate-stderr dbm promote t v --from a --to c --execute
	[ "$(changed)" -eq 0 ]
	versions t | cmp - before
}

@test "promote: --where, whatever it ends in" {
	small
	run -0 dbm promote t v --from a --to z --where 'id > 1 -- not 1' \
	    --execute
	[ "$(values)" = "a b z c -" ]
	run -2 dbm promote t v --from a --to z --where 'true) OR (true'
	[[ $output == *"--where:1:"* ]]
	run -2 dbm promote t v --from a --to z --where 'nothing = 1'
	[[ $output == *"--where:1:1: error: column \"nothing\" does not"* ]]
	[ "$(values)" = "a b z c -" ]
}

@test "promote: values of any kind" {
	small text "'','it''s','back\\slash',E'two\\nlines'"
	run -0 dbm promote t v --from '' --to "o'clock" --execute
	run -0 dbm promote t v --from 'back\slash' --to '' --execute
	run -0 dbm promote t v --from $'two\nlines' --to '$1' --execute
	[ "$(values)" = "o'clock it's  \$1" ]
	run -0 dbm promote --undo 2 --execute
	run -0 dbm promote --undo 3 --execute
	[ "$(values)" = $'o\'clock it\'s back\\slash two\nlines' ]
}

@test "promote: numbers, booleans, dates, arrays" {
	small numeric 1.0,1.00,2
	run -0 dbm promote t v --from 1 --to 5 --execute
	[ "$(values)" = "5 5 2" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "1.0 1.00 2" ]
	sql "CREATE TABLE u (id int PRIMARY KEY, b bool, d date, a int[]);
	    INSERT INTO u VALUES (1, true, '2024-01-28', '{1,2}')"
	run -0 dbm promote u b --from t --to f --execute
	run -0 dbm promote u d --from 2024-01-28 --to 2024-02-28 --execute
	run -0 dbm promote u a --from '{1,2}' --to '{}' --execute
	[ "$(sql "TABLE u")" = "1|f|2024-02-28|{}" ]
	for i in 5 4 3; do
		run -0 dbm promote --undo "$i" --execute
	done
	[ "$(sql "TABLE u")" = "1|t|2024-01-28|{1,2}" ]
}

@test "promote: types without an equality go by their text" {
	small json "'{\"a\": 1}','{\"a\":1}'"
	run -0 dbm promote t v --from '{"a":1}' --to '{}' --execute
	[ "$(values)" = '{"a": 1} {}' ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = '{"a": 1} {"a":1}' ]
	sql "CREATE TABLE p (id int PRIMARY KEY, v point);
	    INSERT INTO p VALUES (1, '(1,2)'), (2, '(2,1)')"
	run -0 dbm promote p v --from '(1,2)' --to '(0,0)' --execute
	[ "$(values p)" = "(0,0) (2,1)" ]
	run -0 dbm promote --undo 3 --execute
	[ "$(values p)" = "(1,2) (2,1)" ]
}

@test "promote: a label of an enum, whose type can be made anew afterwards" {
	sql "CREATE TYPE \"Rarity\" AS ENUM ('COMMON', 'RARE', 'EPIC')"
	small '"Rarity"' "'COMMON','RARE','COMMON',NULL"
	run -2 dbm promote t v --from common --to RARE --execute
	[[ $output == *"--from: 'common' is no value of the enum "* ]]
	[[ $output == *"did you mean 'COMMON'?"* ]]
	run -2 dbm promote t v --from COMMON --to legendary --execute
	[[ $output == *"it has 'COMMON', 'RARE', 'EPIC'"* ]]
	run -0 dbm promote t v --from COMMON --to RARE --execute
	[ "$(values)" = "RARE RARE RARE -" ]
	# as Prisma takes a label away
	sql "BEGIN; CREATE TYPE \"Rarity_new\" AS ENUM ('COMMON', 'RARE');
	    ALTER TABLE t ALTER COLUMN v TYPE \"Rarity_new\"
	    USING (v::text::\"Rarity_new\");
	    ALTER TYPE \"Rarity\" RENAME TO \"Rarity_old\";
	    ALTER TYPE \"Rarity_new\" RENAME TO \"Rarity\";
	    DROP TYPE \"Rarity_old\"; COMMIT"
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "COMMON RARE COMMON -" ]
}

@test "promote: a domain, and what its column would refuse" {
	sql "CREATE DOMAIN grade AS varchar(6) NOT NULL CHECK (VALUE <> 'x')"
	small grade "'a','b','a'"
	run -2 dbm promote t v --from a --to x --execute
	[[ $output == *'--to: column '*'check constraint "grade_check"'* ]]
	run -2 dbm promote t v --from a --to seventh --execute
	[[ $output == *"too long"* ]]
	run -0 dbm promote t v --from a --to c --execute
	[ "$(values)" = "c b c" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "a b a" ]
}

@test "promote: values of every type come back as they were" {
	sql "CREATE EXTENSION citext;
	    CREATE TYPE mood AS ENUM ('good', 'bad');
	    CREATE TYPE pair AS (a int, b text);
	    CREATE DOMAIN mood_domain AS mood"
	n=0
	while IFS='|' read -r type from to; do
		n=$((n + 1))
		sql "CREATE TABLE v$n (id int PRIMARY KEY, v $type);
		    INSERT INTO v$n VALUES (1, '${from//\'/\'\'}'),
		    (2, '${to//\'/\'\'}'), (3, NULL)"
		values v$n >before
		dbm promote v$n v --from "$from" --to "$to" --execute -q \
		    >out || { echo "$type: promote"; return 1; }
		[ "$(sql "SELECT count(*) FROM v$n a, v$n b WHERE a.id = 1
		    AND b.id = 2 AND a.v::text = b.v::text")" -eq 1 ] ||
		    { echo "$type: $(values v$n)"; return 1; }
		dbm promote --undo $((2 * n - 1)) --execute -q >out ||
		    { echo "$type: undo"; return 1; }
		values v$n | cmp - before || { echo "$type"; return 1; }
	done <<-'END'
	smallint|1|2
	bigint|-9223372036854775808|1
	real|0.1|1e-30
	double precision|NaN|0.30000000000000004
	numeric(10,2)|1.50|-3
	money|1.50|2
	boolean|t|f
	char(5)|ab|abc
	varchar(3)|abc|x
	"char"|a|b
	name|a|b
	bytea|\x00ff|\x
	uuid|00000000-0000-0000-0000-000000000001|00000000-0000-0000-0000-000000000002
	bit(3)|101|010
	varbit|1|01
	date|infinity|2024-02-29
	time|24:00:00|00:00:00.000001
	timetz|12:00:00+05|12:00:00-05
	timestamp(3)|2024-01-01 00:00:00.123|-infinity
	timestamptz|2024-01-01 00:00:00+00|2024-06-01 12:00:00+02
	interval|1 mon -1 day 00:00:01|24:00:00
	json|{"a": [1, null]}|null
	jsonb|{"b": 1, "a": 2}|[]
	xml|<a b="1"/>|<c/>
	point|(1,2)|(0.1,-1)
	box|(1,1),(0,0)|(2,2),(0,0)
	inet|10.0.0.1/8|::1
	macaddr|08:00:2b:01:02:03|08:00:2b:01:02:04
	tsvector|'a':1 'b'|'c'
	int4range|[1,5)|empty
	text[]|{a,NULL,"x y",""}|{}
	int[][]|{{1,2},{3,4}}|[0:1]={1,2}
	citext|Common|RARE
	mood|good|bad
	mood_domain|bad|good
	mood[]|{good,NULL}|{bad}
	pair|(1,"x, y")|(,)
	regtype|integer|text
	END
	[ "$n" -eq 38 ]
}

@test "promote: odd names" {
	sql "CREATE SCHEMA \"My.App\"; CREATE TABLE \"My.App\".\"Kind \"\"Of\"
	    (\"Id,1\" int, \"old_Rarity %s\" text, \"Rarity %s\" text,
	    PRIMARY KEY (\"Id,1\", \"old_Rarity %s\"));
	    INSERT INTO \"My.App\".\"Kind \"\"Of\" VALUES (1, 'x', 'common'),
	    (1, 'y', 'rare'), (2, 'x', 'common')"
	url="$DATABASE_URL&schema=My.App"
	run -0 dbm promote -u "$url" 'Kind "Of' 'Rarity %s' --from common \
	    --to rare --execute
	[ "$(sql "SELECT string_agg(\"Rarity %s\", ' ')
	    FROM \"My.App\".\"Kind \"\"Of\"")" = "rare rare rare" ]
	run -0 dbm promote -u "$url" --undo 1 --execute
	[ "$(sql "SELECT string_agg(\"Rarity %s\", ' ' ORDER BY \"Rarity %s\")
	    FROM \"My.App\".\"Kind \"\"Of\"")" = "common common rare" ]
}

@test "promote: names of 63 bytes that differ at their end" {
	long=$(printf 'ä%.0s' {1..30})
	sql "CREATE TABLE t (id int PRIMARY KEY, \"${long}_11\" text,
	    \"${long}_12\" text); INSERT INTO t VALUES (1, 'a', 'b')"
	run -0 dbm backfill t --keep-before --execute \
	    --set "\"${long}_11\" = 'c'" --set "\"${long}_12\" = 'd'"
	[ "$(sql "TABLE t")" = "1|c|d" ]
	[ "$(sql "SELECT count(DISTINCT attname) FROM pg_attribute
	    WHERE attrelid = 'dbm.keep_1'::regclass AND attnum > 0")" -eq 5 ]
	run -0 dbm promote --undo 1 --execute
	[ "$(sql "TABLE t")" = "1|a|b" ]
}

@test "promote: keys of any kind" {
	sql "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2',
	    deterministic = false);
	    CREATE TABLE a (x text COLLATE \"en-x-icu\", y uuid, v text,
	    PRIMARY KEY (x, y));
	    INSERT INTO a SELECT chr(97 + i % 26) || (CASE i % 2 WHEN 0 THEN 'É'
	    ELSE 'e' END), md5(i::text)::uuid, 'a' FROM generate_series(1, 500) i;
	    CREATE TABLE b (x text COLLATE loose PRIMARY KEY, v text);
	    INSERT INTO b SELECT 'K' || i, 'a' FROM generate_series(1, 300) i;
	    CREATE TABLE c (x timestamptz, y int, v text);
	    CREATE UNIQUE INDEX ON c (x DESC, y DESC);
	    ALTER TABLE c ALTER x SET NOT NULL, ALTER y SET NOT NULL;
	    INSERT INTO c SELECT '2024-01-01'::timestamptz + i % 9 *
	    interval '1.000001 s', i, 'a' FROM generate_series(1, 300) i"
	for t in a b c; do
		run -0 dbm promote $t v --from a --to b --execute
		[ "$(sql "SELECT count(*) FROM $t WHERE v = 'b'")" = \
		    "$(sql "SELECT count(*) FROM $t")" ]
	done
	sql "UPDATE a SET v = 'c' WHERE x > 'm'"
	left=$(sql "SELECT count(*) FROM a WHERE v = 'c'")
	for i in 1 2 3; do
		run -0 dbm promote --undo "$i" --execute
	done
	[ "$(sql "SELECT count(*) FROM a WHERE v = 'c'")" -eq "$left" ]
	for t in a b c; do
		[ "$(sql "SELECT count(*) FROM $t WHERE v = 'b'")" -eq 0 ]
	done
}

@test "promote: a partitioned table, also where rows move" {
	sql "CREATE TABLE p (id int, v text, PRIMARY KEY (id))
	    PARTITION BY RANGE (id);
	    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
	    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (1000);
	    INSERT INTO p SELECT i, 'a' FROM generate_series(1, 300) i;
	    CREATE TABLE q (id int, v text, UNIQUE (id, v))
	    PARTITION BY LIST (v);
	    CREATE TABLE qa PARTITION OF q FOR VALUES IN ('a')"
	run -0 dbm promote p v --from a --to b --execute
	[ "$(sql "SELECT count(*) FROM p WHERE v = 'b'")" -eq 300 ]
	run -0 dbm promote --undo 1 --execute
	[ "$(sql "SELECT count(*) FROM p WHERE v = 'a'")" -eq 300 ]
	run -2 dbm promote q v --from a --to b
	[[ $output == *"has no unique key"* ]]
}

# --- undo ---

@test "promote: the undo leaves alone what is another's by now" {
	small text "'a','a','a','a','b','a','a'"
	run -0 dbm promote t v --from a --to b --execute
	[ "$(values)" = "b b b b b b b" ]
	sql "UPDATE t SET v = 'c' WHERE id = 2; UPDATE t SET v = 'a' WHERE id = 3;
	    DELETE FROM t WHERE id = 4; UPDATE t SET v = NULL WHERE id = 6;
	    UPDATE t SET note = 'x' WHERE id = 7"
	run -0 --separate-stderr dbm promote --undo 1
	[ "$(item kept) $(item rows) $(item restored)" = "6 2 1" ]
	[ "$(item changed_since) $(item gone)" = "2 1" ]
	[ "$(item stays)" = $'id 2: v c\nid 4: gone\nid 6: v NULL' ]
	[ "$(item command)" = "dbm promote --undo 1 --execute" ]
	[ "$(values)" = "b c a b - b" ]
	run -0 --separate-stderr dbm promote --undo 1 --execute
	[ "$(changed)" -eq 2 ]
	[[ $stderr == *"2 rows were changed since, and left so"* ]]
	[[ $stderr == *"1 row is not there any more"* ]]
	[ "$(values)" = "a c a b - a" ]
	[[ $(sql "SELECT outcome FROM dbm.runs WHERE id = 1") == "6 rows in 1 \
"*"; 0 left; undone by run 2: rows as before 3, changed since 2, gone 1" ]]
	[ "$(sql "SELECT kind, name, undoes, state, row_count FROM dbm.runs
	    WHERE id = 2")" = "undo|undo of 1|1|done|2" ]
	# a second time there is nothing to be done
	versions t >before
	run -0 --separate-stderr dbm promote --undo 1 --execute
	[ "$(changed)" -eq 0 ]
	versions t | cmp - before
	[[ $(sql "SELECT outcome FROM dbm.runs WHERE id = 1") == \
	    "6 rows in 1 "*"; 0 left; undone by run 2: "* ]]
	# and it can be promoted again
	run -0 dbm promote t v --from a --to b --execute
	[ "$(values)" = "b c b b - b" ]
}

@test "promote: --undo by name means the last run of it" {
	small
	for i in 1 2; do
		run -0 dbm promote t v --from a --to z --name up --execute
		[ "$(values)" = "z b z c -" ]
		run -0 dbm promote --undo up --execute
		[ "$(values)" = "a b a c -" ]
	done
	[ "$(sql "SELECT string_agg(undoes::text, ' ' ORDER BY id)
	    FROM dbm.runs WHERE kind = 'undo'")" = "1 3" ]
}

@test "promote: a run on top of another is undone first" {
	small
	run -0 dbm promote t v --from a --to b --execute
	run -0 dbm promote t v --from b --to c --execute
	run -0 --separate-stderr dbm promote --undo 1 --execute
	[ "$(changed)" -eq 0 ]
	[ "$(values)" = "c c c c -" ]
	run -0 dbm promote --undo 2 --execute
	[ "$(values)" = "b b b c -" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "a b a c -" ]
}

@test "promote: what cannot be undone is told" {
	small
	run -2 dbm promote --undo 1
	[[ $output == *"there is no run '1'"* ]]
	run -0 dbm backfill t --set "note = 'x'" --execute
	run -2 dbm promote --undo 1
	[[ $output == *"has not kept what was there before"* ]]
	[[ $output == *"--keep-before"* ]]
	run -0 dbm promote t v --from a --to b --execute
	run -0 dbm promote --undo 2 --execute
	run -2 dbm promote --undo 3
	[[ $output == *"run 3 is an undo itself"* ]]
	sql "ALTER TABLE t RENAME v TO w"
	run -2 dbm promote --undo 2
	[[ $output == *"table 't' has no column 'v' any more"* ]]
	sql "ALTER TABLE t RENAME w TO v; ALTER TABLE t ALTER id TYPE bigint"
	run -2 dbm promote --undo 2
	[[ $output == *"column 'id' of table 't' is not any more as it was"* ]]
	sql "ALTER TABLE t ALTER id TYPE int; ALTER TABLE t DROP CONSTRAINT t_pkey"
	run -2 dbm promote --undo 2
	[[ $output == *"table 't' has no unique key 'id' to go by"* ]]
	sql "ALTER TABLE t ADD PRIMARY KEY (id); ALTER TABLE t RENAME TO u"
	run -2 dbm promote --undo 2
	[[ $output == *'there is no table "public"."t" any more'* ]]
	sql "ALTER TABLE u RENAME TO t; DROP TABLE dbm.keep_2"
	run -2 dbm promote --undo 2
	[[ $output == *"there is no table dbm.keep_2"* ]]
	[ "$(sql "SELECT count(*) FROM dbm.runs")" -eq 3 ]
}

@test "promote: the undo does not cut off what was longer" {
	small text "'longer','b'"
	run -0 dbm promote t v --from longer --to b --execute
	sql "ALTER TABLE t ALTER v TYPE varchar(3)"
	run -2 dbm promote --undo 1 --execute
	[[ $output == *"value too long for type character varying(3)"* ]]
	[ "$(values)" = "b b" ]
}

# --- killed, stopped, two at once ---

@test "promote: killed in the middle, the same command goes on" {
	cards
	slow cards
	promote=(dbm promote cards rarity --from common --to rare --execute)
	start "${promote[@]}"
	within 20 has_done 1 50
	kill -9 "$pid"
	wait "$pid" || true
	[ "$(count common)" -gt 0 ]
	sql "DROP TRIGGER slow ON cards"
	run -0 --separate-stderr "${promote[@]}"
	[[ $stderr == *"run 1 "*" goes on"* ]]
	[ "$(count common) $(count rare) $(count epic)" = "0 1123 124" ]
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE old_rarity = 'common'
	    AND new_rarity = 'rare') FROM dbm.keep_1")" = "749|749" ]
	[ "$(sql "SELECT count(*), min(state), min(row_count) FROM dbm.runs")" \
	    = "1|done|749" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(count common) $(count rare) $(count epic)" = "749 374 124" ]
}

@test "promote: an undo killed in the middle goes on, too" {
	cards
	run -0 dbm promote cards rarity --from common --to rare --execute
	slow cards
	start dbm promote --undo 1 --execute
	within 20 has_done 2 50
	kill -9 "$pid"
	wait "$pid" || true
	[ "$(count common)" -gt 0 ]
	[ "$(count common)" -lt 749 ]
	sql "DROP TRIGGER slow ON cards"
	run -0 dbm promote --undo 1 --execute
	[ "$(count common) $(count rare) $(count epic)" = "749 374 124" ]
	[ "$(sql "SELECT id, state, row_count FROM dbm.runs ORDER BY id")" = \
	    $'1|done|749\n2|done|749' ]
	[[ $(sql "SELECT outcome FROM dbm.runs WHERE id = 1") == *"; undone by \
run 2: rows as before 749, changed since 0, gone 0" ]]
}

@test "promote: a run is undone once nobody is at work on it" {
	cards
	slow cards
	promote=(dbm promote cards rarity --from common --to rare --execute)
	start "${promote[@]}"
	within 20 has_done 1 20
	run -75 dbm promote --undo 1 --execute
	[[ $output == *"run 1 '"*"' is at work"* ]]
	kill -INT "$pid"
	ended 130
	some=$(sql "SELECT row_count FROM dbm.runs")
	[ "$some" -lt 749 ]
	[ "$(count common)" -eq $((749 - some)) ]
	sql "DROP TRIGGER slow ON cards"
	run -0 --separate-stderr dbm promote --undo 1 --execute
	[ "$(changed)" -eq "$some" ]
	[ "$(count common)" -eq 749 ]
	# it does not go on, half of it undone: it begins anew
	[ "$(sql "SELECT state FROM dbm.runs WHERE id = 1")" = cancelled ]
	run -0 "${promote[@]}"
	[ "$(sql "SELECT state, row_count FROM dbm.runs ORDER BY id DESC
	    LIMIT 1")" = "done|749" ]
}

@test "promote: a run that is gone on with while its undo counts goes on" {
	cards
	slow cards
	promote=(dbm promote cards rarity --from common --to rare --execute)
	start "${promote[@]}"
	within 20 has_done 1 20
	kill -INT "$pid"
	ended 130
	some=$(sql "SELECT row_count FROM dbm.runs")
	# the undo has found it stopped, and is at its count
	hold 'BEGIN; LOCK TABLE cards;'
	dbm promote --undo 1 --execute >undo.out 2>undo.err 3>&- &
	undo=$!
	within 10 waits dbm-promote
	kill -STOP "$undo"
	release
	start "${promote[@]}"
	within 20 has_done 1 $((some + 5))
	kill -CONT "$undo"
	rc=0
	wait "$undo" || rc=$?
	[ "$rc" -eq 75 ]
	grep -q "run 1 '.*' is at work" undo.err
	[ -z "$(sql "SELECT wanted FROM dbm.runs WHERE id = 1")" ]
	ended 0
	[ "$(sql "SELECT state, row_count FROM dbm.runs")" = "done|749" ]
}

@test "promote: where nothing was changed nothing is kept, nor undone" {
	small
	run -0 dbm promote t v --from x --to y --execute
	[ "$(sql "SELECT state, kept IS NULL FROM dbm.runs")" = "done|t" ]
	[ -z "$(sql "SELECT to_regclass('dbm.keep_1')")" ]
	run -2 dbm promote --undo 1 --execute
	[[ $output == *"run 1 '"*"' has changed nothing"* ]]
	# with --once, both tables
	run -0 dbm backfill t --set "v = v || '!'" --where 'id > 9' --once \
	    --keep-before --execute
	[ "$(sql "SELECT string_agg(tablename, ' ') FROM pg_tables
	    WHERE schemaname = 'dbm' AND tablename ~ '^ke'")" = "" ]
	# one row is enough
	run -0 dbm promote t v --from b --to y --execute
	[ "$(sql "SELECT kept FROM dbm.runs WHERE id = 3")" = keep_3 ]
	run -0 dbm promote --undo 3 --execute
	[ "$(values)" = "a b a c -" ]
}

@test "promote: tables of other runs under the names of ours" {
	small
	run -0 dbm promote t v --from a --to x --execute
	sql "TRUNCATE dbm.runs RESTART IDENTITY CASCADE"
	run -2 --separate-stderr dbm promote t v --from b --to y --execute
	[[ $stderr == *"there is a table dbm.keep_1 already, with rows of \
another run"*"hint: "*"rename it"* ]]
	[ "$(values)" = "x b x c -" ]
	# nor is it in the way of its undo
	run -2 dbm promote --undo 1 --execute
	[[ $output == *"has changed nothing"* ]]
	[ "$(values)" = "x b x c -" ]
	run -2 dbm promote t v --from b --to y --execute
	sql "ALTER TABLE dbm.keep_1 RENAME TO before"
	run -0 dbm promote t v --from b --to y --execute
	[ "$(sql "SELECT old_v, new_v FROM dbm.keep_1")" = "b|y" ]
	# one without rows is made anew, as it has to be
	sql "CREATE TABLE dbm.keep_2 (id int PRIMARY KEY, old_w int, new_w int)"
	run -0 dbm promote t v --from c --to z --execute
	[ "$(sql "SELECT old_v, new_v FROM dbm.keep_2")" = "c|z" ]
	run -0 dbm promote --undo 2 --execute
	[ "$(values)" = "x y x c -" ]
}

@test "promote: keys of another run are not the extent of ours" {
	sql "CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0);
	    INSERT INTO t SELECT generate_series(1, 5)"
	run -0 dbm backfill t --set 'n = 1' --execute
	sql "CREATE TABLE dbm.keys_2 (id int PRIMARY KEY);
	    INSERT INTO dbm.keys_2 VALUES (2), (3), (9)"
	run -0 dbm backfill t --set 'n = n + 1' --once --execute
	[ "$(sql "SELECT DISTINCT n FROM t")" = 2 ]
	[ -z "$(sql "SELECT to_regclass('dbm.keys_2')")" ]
}

@test "promote: killed before there are keys, it begins with them" {
	small
	sql "CREATE FUNCTION nap() RETURNS event_trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(30); END';
	    CREATE EVENT TRIGGER nap ON ddl_command_start
	    WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION nap()"
	start dbm backfill t --set "v = v || '!'" --once --execute
	naps() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
	    datname = current_database() AND wait_event = 'PgSleep'")" -gt 0 ]; }
	within 10 naps
	kill -9 "$pid"
	wait "$pid" || true
	sql "DROP EVENT TRIGGER nap;
	    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND wait_event = 'PgSleep'"
	[ -z "$(sql "SELECT to_regclass('dbm.keys_1')")" ]
	run -0 dbm backfill --resume
	[ "$(values)" = "a! b! a! c! -" ]
	run -2 dbm backfill t --set "v = v || '!'" --once --execute
	[ "$(values)" = "a! b! a! c! -" ]
}

@test "promote: without its table of what was there it does not go on" {
	cards
	slow cards
	promote=(dbm promote cards rarity --from common --to rare --execute)
	start "${promote[@]}"
	within 20 has_done 1 20
	kill -INT "$pid"
	ended 130
	sql "DROP TABLE dbm.keep_1"
	left=$(count common)
	run -2 "${promote[@]}"
	[[ $output == *"table dbm.keep_1 of run 1 is gone"* ]]
	[ "$(count common)" -eq "$left" ]
}

@test "promote: what is kept is what was overwritten, whoever comes between" {
	small numeric 1.0,1.0,1.0,1.0
	hold "BEGIN; UPDATE t SET v = 1.00 WHERE id = 1;
	    UPDATE t SET v = 7 WHERE id = 2; DELETE FROM t WHERE id = 3;"
	start dbm promote t v --from 1 --to 5 --execute --batch-time 20000
	within 10 waits dbm-promote
	printf '%s\n' 'COMMIT;' '\echo committed' >"$(ls hold.?????? | head -1)"
	ended 0
	[ "$(values)" = "5 7 5" ]
	[ "$(sql "SELECT string_agg(id || ' ' || old_v || ' ' || new_v, ', '
	    ORDER BY id) FROM dbm.keep_1")" = "1 1.00 5, 4 1.0 5" ]
	[ "$(sql "SELECT row_count FROM dbm.runs")" -eq 2 ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "1.00 7 1.0" ]
}

@test "promote: a batch is no obstacle to what refers to its rows" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text);
	    CREATE TABLE child (t int REFERENCES t);
	    INSERT INTO t VALUES (1, 'a')"
	slow t 0.7
	start dbm promote t v --from a --to b --execute --batch-time 20000
	busy() { [ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE wait_event = 'PgSleep'")" -gt 0 ]; }
	within 10 busy
	sql "SET lock_timeout = '100ms'; INSERT INTO child VALUES (1)"
	busy
	ended 0
	[ "$(values)" = b ]
}

# --- what is kept ---

@test "promote: a trigger has the last word about what is new" {
	small text "'a','a','b'"
	sql "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
	    IF OLD.id = 1 THEN RETURN NULL; END IF;
	    NEW.v := NEW.v || '!'; RETURN NEW; END \$\$;
	    CREATE TRIGGER f BEFORE UPDATE ON t FOR EACH ROW
	    WHEN (NEW.v = 'z') EXECUTE FUNCTION f()"
	run -1 --separate-stderr dbm promote t v --from a --to z --execute
	[ "$(changed)" -eq 1 ]
	[ "$(sql "SELECT * FROM dbm.keep_1")" = "2|a|z!" ]
	# it finds what it calls by bare names, in the undo as well
	sql "CREATE TABLE log (v text);
	    CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN INSERT INTO log VALUES (NEW.v); RETURN NULL; END';
	    CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g()"
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "a a b" ]
}

@test "promote: backfill --keep-before, of several columns and other tables" {
	small
	sql "CREATE TABLE names (v text, long text, note text);
	    INSERT INTO names VALUES ('a', 'alpha', 'one'), ('b', 'beta', NULL)"
	cat >change.sql <<-'END'
	UPDATE t AS x SET v = n.long, note = n.note || id -- both
	    FROM names n WHERE n.v = x.v;
	END
	run -0 dbm backfill change.sql --keep-before --execute --name both
	[ "$(sql "SELECT string_agg(concat(v, note), ' ' ORDER BY id) FROM t")" \
	    = "alphaone1 beta alphaone3 c " ]
	sql "UPDATE t SET note = 'mine' WHERE id = 3"
	run -0 --separate-stderr dbm promote --undo both --execute
	[ "$(changed)" -eq 2 ]
	[ "$(sql "SELECT string_agg(concat(v, note), ' ' ORDER BY id) FROM t")" \
	    = "a b alphamine c " ]
}

@test "promote: --once with --keep-before, and back" {
	sql "CREATE TABLE t (id int PRIMARY KEY, n int);
	    INSERT INTO t SELECT i, i FROM generate_series(1, 2000) i"
	run -0 dbm backfill t --set 'n = n + 1' --where 'n > 1000' --once \
	    --keep-before --execute --batch-size 100
	[ "$(sql "SELECT count(*) FROM t WHERE n = id + (id > 1000)::int")" \
	    -eq 2000 ]
	[ "$(sql "SELECT count(*) FROM dbm.keep_1")" -eq 1000 ]
	[ -z "$(sql "SELECT to_regclass('dbm.keys_1')")" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(sql "SELECT count(*) FROM t WHERE n = id")" -eq 2000 ]
}

# Compared all with all, the batch of 20,000 rows would take a minute.
@test "promote: rows are looked up by keys that begin alike" {
	sql "CREATE TABLE t (tenant text, id int, n int, PRIMARY KEY (tenant, id));
	    INSERT INTO t SELECT 'one', i, i FROM generate_series(1, 20000) i;
	    ANALYZE t"
	large=(--execute --batch-size 20000 --batch-time 20000)
	run -0 timeout 20 dbm backfill t --set 'n = 0' --keep-before "${large[@]}"
	run -0 timeout 20 dbm promote --undo 1 "${large[@]}"
	run -0 timeout 20 dbm backfill t --set 'n = n + 1' --once "${large[@]}"
	run -0 timeout 20 dbm backfill t --set 'n = n + 1' --once --name again \
	    --keep-before "${large[@]}"
	[ "$(sql "SELECT count(*) FROM t WHERE n = id + 2")" -eq 20000 ]
}

@test "promote: keys that a killed run has left are swept by the next" {
	sql "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)"
	run -0 dbm backfill t --set 'n = n + 1' --once --name one --execute
	sql "CREATE TABLE dbm.keys_1 (id int); CREATE TABLE dbm.keys_7 (id int)"
	run -0 dbm backfill t --set 'n = n + 1' --once --name two --execute
	[ "$(sql "SELECT string_agg(tablename, ' ') FROM pg_tables
	    WHERE schemaname = 'dbm' AND tablename LIKE 'keys%'")" = keys_7 ]
	[ "$(sql "SELECT n FROM t")" -eq 3 ]
}

@test "promote: killed before there is a table to keep in, it is kept" {
	small
	sql "CREATE FUNCTION nap() RETURNS event_trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(30); END';
	    CREATE EVENT TRIGGER nap ON ddl_command_start
	    WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION nap()"
	start dbm backfill t --set "v = 'z'" --keep-before --execute
	naps() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
	    datname = current_database() AND wait_event = 'PgSleep'")" -gt 0 ]; }
	within 10 naps
	kill -9 "$pid"
	wait "$pid" || true
	sql "DROP EVENT TRIGGER nap;
	    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND wait_event = 'PgSleep'"
	[ -z "$(sql "SELECT to_regclass('dbm.keep_1')")" ]
	run -0 dbm backfill --resume
	[ "$(values)" = "z z z z z" ]
	run -0 dbm promote --undo 1 --execute
	[ "$(values)" = "a b a c -" ]
}

@test "promote: a run goes on by the key that it has kept rows by" {
	cards
	slow cards
	promote=(dbm promote cards rarity --from common --to rare --execute)
	start "${promote[@]}"
	within 20 has_done 1 20
	kill -INT "$pid"
	ended 130
	sql "ALTER TABLE cards DROP CONSTRAINT cards_pkey, ADD PRIMARY KEY (name)"
	left=$(count common)
	run -2 "${promote[@]}"
	[[ $output == *"run 1 has kept rows by the key (\"id\"), not by (\"name\")"* ]]
	[ "$(sql "SELECT state FROM dbm.runs")" = failed ]
	[ "$(count common)" -eq "$left" ]
}

@test "promote: behind a transaction pooler" {
	need_pooler
	port=$((20000 + RANDOM % 20000))
	own_server "listen_addresses = '127.0.0.1'" "port = $port"
	export DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
	sql "CREATE TYPE mood AS ENUM ('good', 'bad')"
	small mood "'good','bad','good'"
	mkdir bouncer
	echo '"postgres" ""' >bouncer/users
	cat >bouncer/ini <<-EOF
		[databases]
		postgres = host=127.0.0.1 port=$port dbname=postgres user=postgres
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $((port + 1))
		unix_socket_dir =
		auth_type = any
		auth_file = $PWD/bouncer/users
		pool_mode = transaction
		default_pool_size = 3
	EOF
	pooler bouncer
	url="postgresql://postgres@127.0.0.1:$((port + 1))/postgres?pgbouncer=true"
	through_pool() { sql_at "$url" 'SELECT 1' >/dev/null 2>&1; }
	within 10 through_pool
	run -0 --separate-stderr dbm promote -u "$url" t v --from good --to bad
	[ "$(item rows)" -eq 2 ]
	run -0 dbm promote -u "$url" t v --from good --to bad --execute
	[ "$(values)" = "bad bad bad" ]
	run -0 dbm promote -u "$url" --undo 1 --execute
	[ "$(values)" = "good bad good" ]
	kill "$bouncer"
	wait "$bouncer" || true
}

# --- bad input ---

@test "promote: what is wrong is told before anything is written" {
	small
	sql "CREATE TABLE nokey (v text)"
	run -2 dbm promote cards rarity --from a --to b
	[[ $output == *"there is no table 'cards'"* ]]
	run -2 dbm promote T v --from a --to b
	[[ $output == *"did you mean 't'?"* ]]
	run -2 dbm promote t V --from a --to b
	[[ $output == *"table 't' has no column 'V'"* ]]
	[[ $output == *"did you mean 'v'?"* ]]
	run -2 dbm promote nokey v --from a --to b
	[[ $output == *"table 'nokey' has no unique key to go by"* ]]
	run -2 dbm promote t id --from 1 --to 9
	[[ $output == *"column 'id' is set"* ]]
	run -2 dbm promote t v --from a --to a
	[[ $output == *"--from and --to are the same"* ]]
	run -2 dbm promote t v --from a
	[[ $output == *"--from and --to are needed"* ]]
	run -2 dbm promote t --from a --to b
	[[ $output == *"a table and a column are needed"* ]]
	run -2 dbm promote t v --from a --to b --execute --dry-run
	[[ $output == *"exclude each other"* ]]
	run -2 dbm promote --undo 1 --from a
	[[ $output == *"--undo: a run knows itself"* ]]
	sql "CREATE TABLE u (id int PRIMARY KEY, n int, d date)"
	run -2 dbm promote u n --from 1 --to two
	[[ $output == *"--to: column 'n': invalid input syntax for type integer"* ]]
	run -2 dbm promote u d --from yesterdays --to 2024-01-01
	[[ $output == *"--from: column 'd': invalid input syntax for type date"* ]]
	[ -z "$(sql "SELECT to_regclass('dbm.runs')")" ]
}

@test "promote: missing rights are named with their GRANT" {
	small
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT SELECT ON t TO $role"
	url=${DATABASE_URL/postgres@/$role@}
	[ "$url" != "$DATABASE_URL" ]
	run -2 dbm promote -u "$url" t v --from a --to b --execute
	[[ $output == *"hint: GRANT UPDATE ON "*" TO $role;"* ]]
	sql "GRANT UPDATE ON t TO $role"
	run -2 dbm promote -u "$url" t v --from a --to b --execute
	[[ $output == *"GRANT CREATE ON DATABASE "*" TO \"$role\";"* ]]
	run -0 dbm promote t v --from zz --to zy --execute
	sql "GRANT USAGE ON SCHEMA dbm TO $role;
	    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA dbm TO $role"
	run -2 dbm promote -u "$url" t v --from a --to b --execute
	[[ $output == *"GRANT USAGE, CREATE ON SCHEMA dbm TO \"$role\";"* ]]
	[ "$(sql "SELECT count(*) FROM dbm.runs WHERE role = '$role'")" -eq 0 ]
	sql "GRANT CREATE ON SCHEMA dbm TO $role"
	run -0 dbm promote -u "$url" t v --from a --to b --execute
	[ "$(values)" = "b b b c -" ]
	sql "REVOKE UPDATE ON t FROM $role"
	run -2 dbm promote -u "$url" --undo 2
	[[ $output == *"hint: GRANT UPDATE ON "*" TO $role;"* ]]
	sql "GRANT UPDATE (v) ON t TO $role; ALTER TABLE dbm.keep_2 OWNER TO
	    CURRENT_USER; REVOKE ALL ON dbm.keep_2 FROM $role"
	run -2 dbm promote -u "$url" --undo 2
	[[ $output == *"GRANT SELECT, INSERT, UPDATE ON dbm.\"keep_2\" TO"* ]]
	[ "$(sql "SELECT count(*) FROM dbm.runs WHERE kind = 'undo'")" -eq 0 ]
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "promote: a server that is read-only is not written to" {
	small
	sql "DO \$\$ BEGIN EXECUTE format('ALTER DATABASE %I SET
	    default_transaction_read_only = on', current_database()); END \$\$"
	run -2 dbm promote t v --from a --to b --execute
	[[ $output == *"read-only"* ]]
	[ "$(values)" = "a b a c -" ]
}
