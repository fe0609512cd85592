# dbm backfill: what is read of a change, refused, shown, and found to be as
# wanted already.  How it is done: backfill.bats.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

teardown() { end_all; }

# cards N
cards() {
	sql <<-END
	CREATE TABLE cards (id int PRIMARY KEY, name text NOT NULL,
	    rarity text, rarity_v2 text, n int NOT NULL DEFAULT 0,
	    "updatedAt" timestamp(3));
	INSERT INTO cards SELECT i, 'c' || i,
	    CASE WHEN i % 3 > 0 THEN 'common' ELSE 'rare' END
	    FROM generate_series(1, $1) i;
	ANALYZE cards;
	END
}

# changed: the rows of all batches.
changed() { awk -F'\t' '{ n += $5 } END { print n + 0 }' <<<"$output"; }

# item NAME: of a preview.
item() { awk -F'\t' -v i="$1" '$1 == i { print $2 }' <<<"$output"; }

# place WHERE TEXT: an error stands there, and says that.
place() {
	[[ $stderr == *"$1: error: "*"$2"* ]] || {
		printf 'no %s: error: %s in:\n%s\n' "$1" "$2" "$stderr"
		return 1
	}
}

hint() {
	[[ $stderr == *"hint: "*"$1"* ]] || {
		printf 'no hint: %s in:\n%s\n' "$1" "$stderr"
		return 1
	}
}

# counts_ranges: is it at a count of one?
counts_ranges() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
	    datname = current_database() AND application_name = 'dbm-backfill'
	    AND query LIKE 'SELECT pg_catalog.count%ROW(\$%'")" -gt 0 ]
}

# refused WHERE TEXT ARGUMENT…: and nothing is recorded.
refused() {
	local where=$1 text=$2
	shift 2
	run -2 --separate-stderr dbm backfill "$@" --execute
	place "$where" "$text" || return 1
	[ -z "$output" ]
	[ "$(sql "SELECT to_regclass('dbm.runs') IS NULL")" = t ]
}

# --- names ---

@test "change: what is not there, with the nearest name" {
	cards 3
	refused "dbm backfill" "there is no table 'Cards'" Cards --set 'n = 1'
	hint "did you mean 'cards'?"
	refused --set:1:1 "there is no column 'rarityV2' in table 'cards'" \
	    cards --set '"rarityV2" = 1'
	hint "did you mean 'rarity_v2'?"
	echo 'UPDATE Card SET n = 1' >f.sql
	refused f.sql:1:8 "there is no table 'card' in database" f.sql
	echo 'UPDATE no.card SET n = 1' >f.sql
	refused f.sql:1:8 "there is no table 'no.card'" f.sql
	refused --set:1:5 'column "m" does not exist' cards --set 'n = m + 1'
	hint 'stands in single quotes'
	refused --where:1:8 'column "x" does not exist' cards --set 'n = 1' \
	    --where 'name = "x"'
	hint 'stands in single quotes'
	refused --where:1:5 'column "m" does not exist' cards --set 'n = 1' \
	    --where "not m"
}

@test "change: a name with capitals needs quotes, and is told with them" {
	sql 'CREATE TABLE "Card" (id int PRIMARY KEY, "rarityV2" text, n text)'
	refused --set:1:1 "no column 'rarityv2' in table 'Card'" \
	    Card --set 'rarityV2 = n'
	hint 'double quotes: "rarityV2"'
	refused --set:1:5 'column "rarityv2" does not exist' \
	    Card --set 'n = rarityV2'
	hint 'double quotes: "rarityV2"'
	refused --where:1:1 'column Card.rarityv2 does not exist' \
	    Card --set "n = 'x'" --where '"Card".rarityV2 IS NULL'
	hint 'double quotes: "rarityV2"'
	echo 'UPDATE Card SET n = 1' >f.sql
	refused f.sql:1:8 "there is no table 'card'" f.sql
	hint 'double quotes: "Card"'
	# what is not folded is another name
	refused --set:1:1 "no column 'N' in table 'Card'" Card --set '"N" = 1'
	hint "did you mean 'n'?"
}

@test "change: what is the server's own, or dbm's, is left alone" {
	cards 3
	refused "dbm backfill" "'pg_catalog.pg_description' is one of the \
server's own" pg_catalog.pg_description --set "description = 'x'"
	refused "dbm backfill" "is one of the server's own" \
	    pg_catalog.pg_class --set "relname = relname || 'x'" --once
	sql "ALTER TABLE information_schema.sql_features ADD PRIMARY KEY
	    (feature_id, sub_feature_id)"
	refused "dbm backfill" "is one of the server's own" \
	    information_schema.sql_features --set "comments = 'x'"
	echo "UPDATE pg_toast.pg_toast_1255 SET chunk_data = ''" >f.sql
	refused f.sql:1:8 "is one of the server's own" f.sql
	run -0 dbm backfill cards --set 'n = 1' --execute
	echo "UPDATE dbm.runs SET what = ''" >f.sql
	run -2 --separate-stderr dbm backfill f.sql --execute
	place f.sql:1:8 "table 'dbm.runs' is one of dbm's own"
}

@test "change: a lock is waited for, not for ever, and told" {
	local command
	cards 3
	sql "CREATE INDEX ON cards (lower(name)) WHERE n > 0;
	    ALTER TABLE cards ADD CHECK (n < 9), ADD m int
	    GENERATED ALWAYS AS (n + 1) STORED"
	run -0 dbm backfill cards --set 'n = 1' --keep-before --execute
	hold 'BEGIN; LOCK TABLE cards;'
	for command in "cards --set n=2" "cards --set n=2 --execute" \
	    "--undo 1" "--undo 1 --execute"; do
		# shellcheck disable=SC2086
		run -75 --separate-stderr timeout 60 dbm backfill $command \
		    --wait 0.2
		place "dbm backfill" "table 'cards' is locked by pid " ||
		    { echo "$command"; return 1; }
		hint "it was waited for 0.2 seconds: --wait"
	done
	# a longer one is enough
	start dbm backfill cards --set n=2 --wait 3000000
	within 20 waits dbm-backfill
	release
	ended 0
	[ "$(sql "SELECT count(*) FROM cards WHERE n = 1")" -eq 3 ]
}

@test "change: columns that cannot be set" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a int,
	    g int GENERATED ALWAYS AS (a + 1) STORED,
	    i int GENERATED ALWAYS AS IDENTITY)"
	refused --set:1:1 "column 'g' of table 't' is generated" t --set 'g = 1'
	refused --set:1:1 "column 'i' of table 't' is an identity" \
	    t --set 'i = 1'
	refused --set:1:8 "column 'a' is set twice" t --set 'a = 1, a = 2'
	refused "dbm backfill" "has no unique key to go by" t --set 'id = 1'
	hint "column 'id' is set"
}

@test "change: a table without a key names what it has" {
	sql "CREATE TABLE t (id int, a int); CREATE TABLE u (id int, a int);
	    CREATE UNIQUE INDEX u_id ON u (id)"
	refused "dbm backfill" "table 't' has no unique key" t --set 'a = 1'
	hint "no unique index at all"
	refused "dbm backfill" "table 'u' has no unique key" u --set 'a = 1'
	hint "column 'id' may be NULL"
}

@test "change: what is no table, and tables that inherit" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a int);
	    CREATE VIEW v AS TABLE t; CREATE MATERIALIZED VIEW m AS TABLE t;
	    CREATE TABLE child () INHERITS (t); INSERT INTO t VALUES (1);
	    INSERT INTO child VALUES (1)"
	echo 'UPDATE v SET a = 1' >f.sql
	refused f.sql:1:8 "'v' is a view" f.sql
	echo 'UPDATE m SET a = 1' >f.sql
	refused f.sql:1:8 "'m' is a materialized view" f.sql
	echo 'UPDATE t SET a = 1' >f.sql
	refused f.sql:1:8 "table 'child' inherits from table 't'" f.sql
	hint 'UPDATE ONLY "public"."t"'
	echo 'UPDATE ONLY t SET a = 1' >f.sql
	run -0 dbm backfill f.sql --execute
	[ "$(sql "SELECT tableoid::regclass, a FROM t ORDER BY 1")" = \
	    $'t|1\nchild|' ]
}

@test "change: partitioned tables, and one of their partitions" {
	sql "CREATE TABLE p (id int, r text, a int, PRIMARY KEY (id, r))
	    PARTITION BY LIST (r);
	    CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('x');
	    CREATE TABLE p2 PARTITION OF p FOR VALUES IN ('y');
	    INSERT INTO p SELECT i, CASE i % 2 WHEN 0 THEN 'x' ELSE 'y' END
	    FROM generate_series(1, 100) i"
	run -0 --separate-stderr dbm backfill p --set 'a = 1'
	[ "$(item rows)" = 100 ]
	[[ "$(item tried)" == "100 rows"* ]]
	run -0 --separate-stderr dbm backfill p1 --set 'a = 1' --execute
	[ "$(changed)" = 50 ]
	run -0 --separate-stderr dbm backfill p --set 'a = 1' --execute
	[ "$(changed)" = 50 ]
}

@test "change: names that need quotes, and the URL's schema" {
	sql 'CREATE SCHEMA "S p"; CREATE TABLE "S p"."a""b" ("x,y" int
	    PRIMARY KEY, "p)q" text, "where" int);
	    INSERT INTO "S p"."a""b" VALUES (1, NULL, 2)'
	DATABASE_URL="$DATABASE_URL&schema=S%20p" run -0 --separate-stderr \
	    dbm backfill 'a"b' --set $'"p)q" = \'), \' || "where"' \
	    --where '"where" = 2' --execute
	[ "$(sql 'SELECT "p)q" FROM "S p"."a""b"')" = "), 2" ]
	sql 'CREATE TYPE "S p".mood AS ENUM ($$happy$$);
	    ALTER TABLE "S p"."a""b" ADD m "S p".mood'
	echo 'UPDATE "a""b" q SET m = $$happy$$::mood WHERE q.m IS NULL' >f.sql
	DATABASE_URL="$DATABASE_URL&schema=S%20p" run -0 --separate-stderr \
	    dbm backfill f.sql --execute
	[ "$(sql 'SELECT m FROM "S p"."a""b"')" = happy ]
}

# --- FILE.sql ---

@test "change: places in a file of several statements" {
	cards 3
	printf '%s\n' '-- first' 'UPDATE cards SET n = 1;' '' \
	    '/* é */ UPDATE cards c' "   SET rarity = 'é'," \
	    '       n = c.nein' " WHERE true;" >f.sql
	run -2 --separate-stderr dbm backfill f.sql
	place f.sql:6:12 "column c.nein does not exist"
	[[ $stderr == *"       n = c.nein"* ]]
	printf 'UPDATE cards SET n = 1;\nUPDATE cards SET n = = 2;\n' >f.sql
	run -2 --separate-stderr dbm backfill f.sql
	place f.sql:2:22 'syntax error at or near "="'
}

@test "change: what batches cannot do is refused with its place" {
	cards 3
	local text at why
	while IFS='|' read -r at why text; do
		echo "$text" >f.sql
		refused "f.sql:$at" "$why" f.sql || return 1
	done <<-'END'
	1:1|this is no UPDATE|DELETE FROM cards
	1:1|WITH|WITH x AS (SELECT 1) UPDATE cards SET n = 1
	1:34|RETURNING|UPDATE cards SET n = 1 RETURNING n
	1:22|DEFAULT|UPDATE cards SET n = DEFAULT
	1:18|a part of a column|UPDATE cards SET name[1] = 2
	1:19|as many values|UPDATE cards SET (n, name) = (SELECT 1, 'x')
	1:22|parameter $1|UPDATE cards SET n = $1
	END
	refused --set:1:6 "';' does not belong here" cards \
	    --set 'n = 1; DROP TABLE x'
	refused --set:1:1 "there is nothing in it" cards --set ' -- n = 1'
	[[ $stderr != *condition* ]]
	refused --set:1:5 "'(' is not closed" cards --set 'n = (1'
	refused --where:1:5 "')' does not belong" cards --set 'n = 1' \
	    --where 'true) OR (true'
}

@test "change: UPDATE FROM, columns set together, comments" {
	cards 10
	sql "CREATE TABLE u (card int, r text, k int);
	    INSERT INTO u SELECT i, 'u' || i, i FROM generate_series(1, 5) i;
	    INSERT INTO u VALUES (5, 'u5', 5)"
	cat >f.sql <<-'END'
	UPDATE cards AS c -- SET nothing
	   SET (rarity_v2, n) = ROW (u.r /* , */, length('FROM, WHERE')), -- why
	       name = name_of.x -- so
	  FROM u JOIN (SELECT card, 'n' || k AS x FROM u) name_of USING (card)
	 WHERE u.card = c.id AND u.k IS DISTINCT FROM 2 -- all but one
	END
	run -0 --separate-stderr dbm backfill f.sql
	[ "$(item rows)" = 4 ]
	[ "$(item sample | head -1)" = \
	    "id 1: rarity_v2 NULL -> u1, n 0 -> 11, name c1 -> n1" ]
	[ "$(item sample | wc -l)" = 4 ]
	run -0 --separate-stderr dbm backfill f.sql --execute
	[ "$(changed)" = 4 ]
	[ "$(sql "SELECT rarity_v2, n, name FROM cards WHERE n > 0
	    ORDER BY id")" = $'u1|11|n1\nu3|11|n3\nu4|11|n4\nu5|11|n5' ]
	run -0 --separate-stderr dbm backfill f.sql --execute
	[ "$(changed)" = 0 ]
}

# --- idempotence ---

# settles COLUMN VALUE [TEXT]: one run sets it, the next has nothing to do.
settles() {
	dbm backfill t --set "$1 = $2" --execute -q >first || return 1
	run -0 --separate-stderr dbm backfill t --set "$1 = $2" --execute
	[ "$(changed)" = 0 ] || {
		echo "$1 = $2: $(changed) rows in the second run"
		return 1
	}
	[ $# -lt 3 ] || [ "$(sql "SELECT DISTINCT $1 FROM t")" = "$3" ] || {
		sql "SELECT DISTINCT $1 FROM t"
		return 1
	}
}

# raises COLUMN VALUE TEXT: also where what is there is what it would be cut
# off to.
raises() {
	run -2 --separate-stderr dbm backfill t --set "$1 = $2" --execute
	[[ $stderr == *"$3"* ]] || {
		echo "$1 = $2: $stderr"
		return 1
	}
}

@test "change: values are compared as the column would hold them" {
	sql "CREATE EXTENSION citext; CREATE TYPE r AS ENUM ('common', 'rare');
	    CREATE TABLE t (id int PRIMARY KEY, src text, num numeric(10,2),
	    i2 int2, f4 float4, f8 float8, j json, jb jsonb, ci citext, e r,
	    ea r[], ta text[], na numeric(5,1)[], d date, ts timestamp(3),
	    tz timestamptz(0), iv interval(0), ivd interval day to minute,
	    tm time(1), x xml, p point, u uuid, m money, rg int4range, b bool);
	    INSERT INTO t (id, src) VALUES (1, 'x'), (2, 'x'), (3, NULL)"
	settles num 1.005 1.01
	settles num "'1.5'" 1.50
	settles num NULL ""
	settles i2 1.5 2
	settles f4 0.1::float8 0.1
	settles f8 "'-0'" -0
	settles f8 0 0
	settles f8 "'NaN'" NaN
	settles j "'{\"a\":  1}'"
	settles jb "'{\"a\":  1}'" '{"a": 1}'
	settles ci "'AbC'" AbC
	settles ci "'abc'" abc
	settles e "'rare'" rare
	settles ea "'{rare,common}'" '{rare,common}'
	settles ta 'ARRAY[src, NULL]'
	settles na "'{1.25,2}'" '{1.3,2.0}'
	settles d "'2020-01-02'" 2020-01-02
	settles ts "'2020-01-02 03:04:05.6789'" '2020-01-02 03:04:05.679'
	settles tz "'2020-01-02 03:04:05.6Z'"
	settles iv "'1.7 s'" 00:00:02
	settles ivd "'1 day 02:03:04'" '1 day 02:03:00'
	settles tm "'10:00:00.16'" 10:00:00.2
	settles x "'<a/>'"
	settles p "'(1,2)'"
	settles u "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"
	settles m 1.255
	settles rg "'[1,3]'" '[1,4)'
	settles b "'yes'" t
	settles src id
	settles src NULL ""
}

@test "change: what is too long is an error, not equal to its beginning" {
	sql "CREATE DOMAIN dv AS varchar(3); CREATE DOMAIN ddv AS dv;
	    CREATE DOMAIN dva AS varchar(3)[];
	    CREATE DOMAIN dc AS char(4) CHECK (VALUE <> 'bad');
	    CREATE TABLE t (id int PRIMARY KEY, v varchar(3), c char(5),
	    b bit(3), vb bit varying(4), va varchar(3)[], ca char(3)[],
	    ba bit(3)[], dv dv, dc dc, s text, ddv ddv, dva dva);
	    INSERT INTO t VALUES (1, 'abc', 'abcde', '101', '1010', '{abc}',
	    '{abc}', '{101}', 'abc', 'ab', 'abcd', 'abc', '{abc}')"
	raises v "'abcd'" "--set:1:5: error: value too long for type char"
	raises v s "value too long for type character varying(3)"
	settles v "'abc  '" abc
	settles v id 1
	raises c "'abcdef'" "value too long for type character(5)"
	settles c "'ab'" "ab   "
	settles c "'ab      '" "ab   "
	raises b "'1010'" "bit string length 4 does not match type bit(3)"
	settles b "'101'" 101
	raises vb "'10101'" "bit string too long for type bit varying(4)"
	raises va "'{abcd}'" "value too long for type character varying(3)"
	raises va "ARRAY[s]" "value too long for type character varying(3)"
	settles va "'{ab,NULL}'" '{ab,NULL}'
	raises ca "'{abcd}'" "value too long for type character(3)"
	settles ca "'{ab}'" '{"ab "}'
	raises ba "'{1010}'" "bit string length 4 does not match type bit(3)"
	raises dv "'abcd'" "value too long for type character varying(3)"
	raises dv s "value too long for type character varying(3)"
	raises ddv s "value too long for type character varying(3)"
	raises dva "ARRAY[s]" "value too long for type character varying(3)"
	settles dv "'ab'" ab
	settles ddv id 1
	settles dva "'{x,y}'" '{x,y}'
	raises dc "'bad'" "violates check constraint"
	settles dc "'a'" "a   "
}

@test "change: values that do not go with their column" {
	sql "CREATE TYPE r AS ENUM ('common', 'rare');
	    CREATE TABLE t (id int PRIMARY KEY, e r, b bool, n int, s text)"
	refused --set:1:5 'column "e" is of type r but expression is of type text' \
	    t --set 'e = s'
	hint "cast the expression"
	refused --set:1:5 'invalid input value for enum r: "rara"' \
	    t --set "e = 'rara'"
	refused --set:1:5 'column "b" is of type boolean' t --set 'b = 1'
	refused --set:1:5 'smallint out of range' t --set 'n = 99999::int2'
	refused --where:1:3 "operator does not exist: text > integer" \
	    t --set 'n = 1' --where 's > 1'
	refused --where:1:1 "argument of WHERE must be type boolean" \
	    t --set 'n = 1' --where 'n'
	refused --set:1:1 "column 'n' is set twice" t --set 'n = 1' \
	    --set 'n = 2'
	refused --set:1:13 'operator does not exist: text + integer' \
	    t --set 'n = 1' --set 's = e::text + 1'
}

@test "change: collations of column and value may be two" {
	sql "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2',
	    deterministic = false);
	    CREATE TABLE t (id int PRIMARY KEY, a text COLLATE \"C\",
	    b text COLLATE \"POSIX\", n text COLLATE ci);
	    INSERT INTO t VALUES (1, 'x', 'y', 'z')"
	settles a b y
	settles a "b || 'ä'" yä
	settles n "'Z'" Z
	settles n "'z'" z
	settles a n z
}

@test "change: a row that the condition keeps out is not looked into" {
	sql "CREATE TABLE t (id int PRIMARY KEY, s text, n int);
	    CREATE FUNCTION slow_check(text) RETURNS bool IMMUTABLE COST 100000
	    LANGUAGE plpgsql AS \$\$BEGIN RETURN \$1 ~ '^[0-9]+\$'; END\$\$;
	    INSERT INTO t VALUES (1, '7', NULL), (2, 'seven', NULL),
	    (3, '9', 9)"
	run -0 --separate-stderr dbm backfill t --set 'n = s::int' \
	    --where 'slow_check(s)'
	[ "$(item rows)" = 1 ]
	run -0 --separate-stderr dbm backfill t --set 'n = s::int' \
	    --where 'slow_check(s)' --execute
	[ "$(changed)" = 1 ]
	[ "$(sql "SELECT string_agg(n::text, ',' ORDER BY id) FROM t")" = 7,9 ]
	run -2 --separate-stderr dbm backfill t --set 'n = s::int'
	[[ $stderr == *'invalid input syntax for type integer: "seven"'* ]]
}

# --- what cannot be done twice ---

@test "change: a value that reads what is set needs --once" {
	cards 10
	refused --set:1:5 "reads column 'n', which is set" cards \
	    --set 'n = n + 1'
	hint "--once does it to each row that is there now"
	refused --set:1:5 "the value of 'n' reads column 'name'" cards \
	    --set 'n = length(name)' --set "name = 'x'"
	refused --set:1:8 "reads column" cards --set 'name = md5(cards::text)'
	refused --set:1:5 "reads column 'n'" cards \
	    --set 'n = (SELECT max(o.n) FROM cards o) + 1'
	refused --set:1:5 "reads column 'n'" cards \
	    --set 'n = (SELECT n FROM pg_class LIMIT 1)'
	hint 'say so: "table.n"'
	echo "UPDATE cards SET n = q.x FROM (SELECT id, n + 1 AS x FROM cards) q
	    WHERE q.id = cards.id" >f.sql
	refused f.sql:1:22 "reads column 'n'" f.sql
	run -0 --separate-stderr dbm backfill cards --set 'n = n + 1' --once \
	    --execute
	[ "$(changed)" = 10 ]
	[ "$(sql "SELECT DISTINCT n FROM cards")" = 1 ]
}

@test "change: a column that is called as the table is no whole row" {
	sql "CREATE TABLE n (id int PRIMARY KEY, n int, m int);
	    INSERT INTO n VALUES (1, 2, 3)"
	run -0 --separate-stderr dbm backfill n --set 'm = n' --execute
	[ "$(sql "SELECT m FROM n")" = 2 ]
}

@test "change: a value that is another each time" {
	cards 10
	sql "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
	    CREATE FUNCTION yours() RETURNS int STABLE LANGUAGE sql
	    AS 'SELECT 1'; CREATE SEQUENCE s"
	local value
	for value in 'random()::int' 'mine()' "nextval('s')" \
	    'extract(day FROM now())' 'extract(day FROM CURRENT_DATE)' \
	    'extract(day FROM age(timestamp '"'2020-01-01'"'))' \
	    'extract(day FROM clock_timestamp())' 'pg_backend_pid()' \
	    '(SELECT random()::int)'; do
		refused --set:1:5 "gives another value each time" cards \
		    --set "n = $value" || return 1
		hint "--once"
	done
	run -0 --separate-stderr dbm backfill cards --set 'n = yours()' \
	    --execute
	[ "$(changed)" = 10 ]
	run -0 --separate-stderr dbm backfill cards \
	    --set '"updatedAt" = now()' --where '"updatedAt" IS NULL' --execute
	[ "$(changed)" = 10 ]
	run -0 --separate-stderr dbm backfill cards \
	    --set '"updatedAt" = now()' --where '"updatedAt" IS NULL' --execute
	[ "$(changed)" = 0 ]
	run -0 --separate-stderr dbm backfill cards --once \
	    --set "n = nextval('s')"
	[ "$(item sample | head -1)" = "id 1: n 1 -> nextval('s')" ]
	[ -z "$(item tried)" ]
	run -0 --separate-stderr dbm backfill cards --once \
	    --set "n = nextval('s')" --execute
	[ "$(sql "SELECT count(DISTINCT n), max(n) FROM cards")" = "10|10" ]
}

# --- what the server says ---

@test "change: 'now' and 'today' are no constants where they are a time" {
	local set
	sql "CREATE DOMAIN day AS date; CREATE TABLE t (id int PRIMARY KEY,
	    a timestamptz, b timestamp(3), c day, d date[], e tstzrange, f time,
	    g text, n int);
	    INSERT INTO t VALUES (1), (2)"
	for set in "a = 'now'" "b = ' Today '" "c = 'TOMORROW'" \
	    "d = '{yesterday}'" "e = '[now,)'" "f = 'now'" \
	    "a = coalesce(b, 'today 12:00')" "g = 'now'::timestamptz" \
	    "g = to_char(timestamp 'now', 'SS')" \
	    "n = extract(day FROM CAST('yesterday' AS date))"; do
		refused --set:1:5 "the time of day gives another value" t \
		    --set "$set" || { echo "$set"; return 1; }
	done
	run -0 --separate-stderr dbm backfill t --set "a = 'now'" \
	    --where 'a IS NULL' --execute
	[ "$(changed)" = 2 ]
	# a text is a text, and so is a date
	run -0 --separate-stderr dbm backfill t --execute \
	    --set "g = 'now', a = '2020-01-01', f = 'allballs', b = 'epoch'"
	[ "$(changed)" = 2 ]
	[ "$(sql "SELECT DISTINCT g FROM t")" = now ]
	run -0 --separate-stderr dbm backfill t --execute --set 'n = 1' \
	    --where "a < 'now'"
	[ "$(changed)" = 2 ]
}

@test "change: NULL for a column that may not have it is foreseen" {
	cards 100
	sql "UPDATE cards SET rarity = NULL WHERE id = 42"
	refused --set:1:8 "column 'name' of table 'cards' is NOT NULL, and \
would get NULL where id = 42" cards --set 'name = rarity'
	hint "coalesce"
	refused --set:1:8 "would get NULL where id = " cards --set 'name = NULL'
	run -0 --separate-stderr dbm backfill cards --set 'name = rarity' \
	    --where 'rarity IS NOT NULL' --execute
	[ "$(changed)" = 99 ]
}

@test "change: missing rights, with the GRANT" {
	cards 3
	role=r_$RANDOM$RANDOM
	local url="postgresql://$role@${DATABASE_URL#*@}"
	sql "CREATE ROLE $role LOGIN; CREATE SCHEMA s;
	    CREATE TABLE s.t (id int PRIMARY KEY, a int);
	    CREATE TABLE other (x int)"
	DATABASE_URL=$url run -2 --separate-stderr dbm backfill cards \
	    --set 'n = 1'
	[[ $stderr == *"permission denied for table cards"* ]]
	hint "GRANT SELECT, UPDATE ON \"public\".\"cards\" TO $role;"
	sql "GRANT SELECT ON cards TO $role"
	DATABASE_URL=$url run -2 --separate-stderr dbm backfill cards \
	    --set 'n = 1'
	hint "GRANT UPDATE ON \"public\".\"cards\" TO $role;"
	echo 'UPDATE s.t SET a = 1' >f.sql
	DATABASE_URL=$url run -2 --separate-stderr dbm backfill f.sql
	hint "GRANT USAGE ON SCHEMA \"s\" TO $role;"
	sql "GRANT UPDATE (n) ON cards TO $role"
	DATABASE_URL=$url run -0 --separate-stderr dbm backfill cards \
	    --set 'n = 1'
	DATABASE_URL=$url run -2 --separate-stderr dbm backfill cards \
	    --set 'n = (SELECT max(x) FROM other)'
	[[ $stderr == *"permission denied for table other"* ]]
	[[ $stderr != *GRANT* ]]
	sql "ALTER TABLE cards ENABLE ROW LEVEL SECURITY"
	DATABASE_URL=$url run -2 --separate-stderr dbm backfill cards \
	    --set 'n = 1'
	sql "DROP OWNED BY $role; DROP ROLE $role"
	[[ $stderr == *"row level security would hide rows"* ]]
}

@test "change: a read-only database is told before anything else" {
	cards 3
	sql "ALTER DATABASE $(sql "SELECT current_database()")
	    SET default_transaction_read_only = on"
	run -2 --separate-stderr dbm backfill cards --set 'n = 1' --execute
	[[ $stderr == *"the database is read-only"* ]]
	hint default_transaction_read_only
}

@test "change: a standby is told before anything else" {
	own_server
	cards 3
	own_ctl stop
	own_as touch "$own_data/data/standby.signal"
	own_ctl start
	run -2 --separate-stderr dbm backfill cards --set 'n = 1' --execute
	[[ $stderr == *"the server is a standby"* ]]
	hint "its primary"
}

# --- preview ---

@test "change: the preview counts, shows ten rows, tries, and writes nothing" {
	cards 1000
	sql "CREATE INDEX ON cards (rarity_v2); CREATE INDEX ON cards (name);
	    CREATE INDEX expr ON cards (lower(rarity_v2));
	    CREATE INDEX part ON cards (n) WHERE rarity_v2 IS NULL;
	    UPDATE cards SET rarity_v2 = rarity WHERE id <= 100"
	sql "SELECT ctid, xmin, * FROM cards ORDER BY id" >before
	run -0 --separate-stderr dbm backfill cards --set 'rarity_v2 = rarity'
	[ "$(item table)" = cards ]
	[ "$(item rows)" = 900 ]
	[ "$(item sample | wc -l)" = 10 ]
	[ "$(item sample | head -2)" = "id 101: rarity_v2 NULL -> common
id 102: rarity_v2 NULL -> rare" ]
	[ "$(item index)" = $'cards_rarity_v2_idx\nexpr\npart' ]
	[ "$(item triggers)" = none ]
	[[ "$(item tried)" == "900 rows in "*" ms, rolled back" ]]
	[ "$(item hot)" = "0 % of them" ]
	[ "$(item wal_bytes)" -gt 50000 ]
	[ "$(item wal_bytes)" -lt 5000000 ]
	[ "$(item batches)" -ge 1 ]
	[[ "$(item command)" == "dbm backfill "*"--execute" ]]
	sql "SELECT ctid, xmin, * FROM cards ORDER BY id" | cmp - before
	[ "$(sql "SELECT to_regclass('dbm.runs') IS NULL")" = t ]
	eval "$(item command)" >done
	[ "$(sql "SELECT count(*) FROM cards WHERE rarity_v2 = rarity")" = 1000 ]
	run -0 --separate-stderr dbm backfill cards --set 'rarity_v2 = rarity'
	[ "$(item rows)" = 0 ]
	[ -z "$(item sample)$(item tried)" ]
}

# foretold COMMAND…: does it have as many batches as its preview tells, but for
# some?
foretold() {
	local told done
	run -0 --separate-stderr dbm "$@"
	told=$(item batches)
	done=$(dbm "$@" --execute -q | wc -l)
	((told >= done - done / 10 - 2 && told <= done + done / 10 + 2)) || {
		echo "$told told, $done done"
		return 1
	}
}

@test "change: the preview knows what ends a batch" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text, n int DEFAULT 0);
	    INSERT INTO t SELECT i, CASE WHEN i % 4 = 0 THEN 'a' ELSE 'b' END
	    FROM generate_series(1, 8000) i; ANALYZE t"
	# rows that are written, of which 4 times as many are looked at: 40
	foretold promote t v --from a --to c
	foretold backfill t --set "v = 'a'" --where "v = 'c'" --batch-size 10
	# those of the start: 20
	foretold backfill t --set 'n = n + 1' --once --batch-size 100 \
	    --where 'id <= 2000'
	# rows that are looked at, for those of another table say which: 80
	echo "UPDATE t SET v = q.v FROM (VALUES (7, 'x')) q (i, v)
	    WHERE q.i = t.id" >f.sql
	foretold backfill f.sql --batch-size 100
	# one as large as it may be, for each is quick
	run -0 --separate-stderr dbm backfill t --set "n = 5"
	[ "$(item batches)" -lt 20 ]
}

@test "change: a preview that takes long holds nobody up" {
	sql "CREATE TABLE t (a int, b text, n int, PRIMARY KEY (a, b));
	    INSERT INTO t SELECT i % 7, i::text FROM generate_series(1, 1500) i;
	    ANALYZE t"
	start dbm backfill t --set 'n = 1' \
	    --where 'pg_sleep(0.003) IS NOT NULL AND a < 5'
	within 10 counts_ranges
	# not behind all of it: that would be 3 s and more
	sql "SET lock_timeout = '2s'; ALTER TABLE t ADD m int"
	within 10 counts_ranges
	ended 0
	output=$(cat out)
	[ "$(item rows)" -eq "$(sql "SELECT count(*) FROM t WHERE a < 5")" ]
	[ "$(item sample | head -1)" = "a, b 0, 1001: n NULL -> 1" ]
}

@test "change: the preview has what a batch costs whatever its rows" {
	local few many before
	sql "CREATE TABLE t (id int PRIMARY KEY, v text);
	    INSERT INTO t SELECT i, 'a' FROM generate_series(1, 20000) i;
	    ANALYZE t"
	run -0 --separate-stderr dbm promote t v --from a --to b --batch-size 1
	[ "$(item batches)" -eq 20000 ]
	many=$(item seconds)
	run -0 --separate-stderr dbm promote t v --from a --to b \
	    --batch-size 2000
	few=$(item seconds)
	# a round trip is not to be had for less than 20 us
	awk "BEGIN { exit !($many > $few + 0.4) }"
	# before images are written, too
	few=$(item wal_bytes)
	run -0 --separate-stderr dbm backfill t --set "v = 'b'"
	many=$(item wal_bytes)
	[ "$few" -gt $((many + 20000 * 50)) ]
	[ -z "$(sql "SELECT nspname FROM pg_namespace WHERE nspname = 'dbm'")" ]
}

@test "change: the preview tells triggers and foreign keys of these columns" {
	sql "CREATE TABLE u (id int PRIMARY KEY, code text UNIQUE);
	    CREATE TABLE t (id int PRIMARY KEY, u int REFERENCES u,
	    a int UNIQUE, b int);
	    CREATE TABLE v (a int REFERENCES t (a));
	    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN RETURN NEW; END';
	    CREATE TRIGGER each BEFORE UPDATE ON t FOR EACH ROW
	    EXECUTE FUNCTION f();
	    CREATE TRIGGER of_b BEFORE UPDATE OF b ON t FOR EACH ROW
	    EXECUTE FUNCTION f();
	    CREATE TRIGGER off AFTER UPDATE ON t FOR EACH ROW
	    EXECUTE FUNCTION f();
	    ALTER TABLE t DISABLE TRIGGER off;
	    CREATE TRIGGER ins BEFORE INSERT ON t FOR EACH ROW
	    EXECUTE FUNCTION f();
	    INSERT INTO t SELECT i FROM generate_series(1, 10) i"
	run -0 --separate-stderr dbm backfill t --set 'b = 1'
	[ "$(item triggers)" = "each, of_b" ]
	run -0 --separate-stderr dbm backfill t --set 'u = NULL, a = id'
	[ "$(item triggers)" = \
	    "each, foreign key t_u_fkey, foreign key v_a_fkey of v" ]
}

@test "change: the WAL of a preview has that of triggers in it" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a int);
	    INSERT INTO t SELECT i FROM generate_series(1, 2000) i;
	    CREATE TABLE log (what text)"
	run -0 --separate-stderr dbm backfill t --set 'a = 1'
	local bare
	bare=$(item wal_bytes)
	sql "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
	    \$\$BEGIN INSERT INTO public.log VALUES (repeat('x', 1000));
	    RETURN NULL; END\$\$;
	    CREATE TRIGGER log AFTER UPDATE ON t FOR EACH ROW
	    EXECUTE FUNCTION f()"
	run -0 --separate-stderr dbm backfill t --set 'a = 1'
	[ "$(item wal_bytes)" -gt $((bare + 2000000)) ]
	[ "$(sql "SELECT count(*) FROM log")" = 0 ]
}

@test "change: the preview tells what is HOT" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a int, b int)
	    WITH (fillfactor = 40); CREATE INDEX ON t (b);
	    INSERT INTO t SELECT i FROM generate_series(1, 1000) i"
	run -0 --separate-stderr dbm backfill t --set 'a = 1'
	[ "$(item hot)" = "100 % of them" ]
	[ "$(item index)" = none ]
	run -0 --separate-stderr dbm backfill t --set 'b = 1'
	[ "$(item hot)" = "0 % of them" ]
	[ "$(item index)" = t_b_idx ]
}

@test "change: what a batch would fail by shows in the preview" {
	cards 1000
	sql "ALTER TABLE cards ADD CHECK (n < 5)"
	run -2 --separate-stderr dbm backfill cards --set 'n = 7'
	[[ $stderr == *'violates check constraint "cards_n_check"'* ]]
	[ "$(sql "SELECT max(n) FROM cards")" = 0 ]
}

@test "change: a row that is locked keeps the preview from its try only" {
	cards 1000
	sql "BEGIN; SELECT FROM cards WHERE id = 3 FOR UPDATE;
	    SELECT pg_sleep(60)" &
	holder=$!
	within 10 eval '[ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE query LIKE '"'%pg_sleep(60)%'"' AND state = '"'active'"'
	    AND pid <> pg_backend_pid()")" = 1 ]'
	run -0 --separate-stderr dbm backfill cards --set 'rarity_v2 = rarity'
	kill "$holder"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
	[ "$(item rows)" = 1000 ]
	[ -z "$(item tried)" ]
}

@test "change: previews of composite, uuid and text keys" {
	sql "CREATE TABLE c (a int, b text, n int, PRIMARY KEY (a, b));
	    INSERT INTO c SELECT i / 10, 'k' || i % 10
	    FROM generate_series(100, 199) i;
	    CREATE TABLE u (id uuid PRIMARY KEY, n int);
	    INSERT INTO u SELECT gen_random_uuid() FROM generate_series(1, 50);
	    CREATE TABLE s (id text COLLATE \"en-x-icu\" PRIMARY KEY, n int);
	    INSERT INTO s SELECT chr(65 + i) || 'x' FROM generate_series(0, 50) i"
	run -0 --separate-stderr dbm backfill c --set 'n = 1' --where 'a > 12'
	[ "$(item rows)" = 70 ]
	[ "$(item sample | head -1)" = "a, b 13, k0: n NULL -> 1" ]
	[[ "$(item tried)" == "70 rows"* ]]
	run -0 --separate-stderr dbm backfill u --set 'n = 1'
	[[ "$(item tried)" == "50 rows"* ]]
	run -0 --separate-stderr dbm backfill s --set 'n = 1'
	[[ "$(item tried)" == "51 rows"* ]]
}
