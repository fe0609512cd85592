# dbm compare: two real servers, the suite's and one of this file's own.
load helper
load migrate

setup_file() {
	own_server
	sed -i '1i local all locked scram-sha-256' "$own_data/data/pg_hba.conf"
	own_ctl reload
	export OTHER=$DATABASE_URL OTHER_DATA=$own_data
	sql_at "$OTHER" "CREATE ROLE locked LOGIN PASSWORD 'right';
	    CREATE ROLE poor LOGIN"
}

teardown_file() {
	own_data=$OTHER_DATA
	end_all
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!PG@}" DATABASE_URL own_data
	new_db LOCAL_DATABASE_URL
	TEST_SERVER_URL=${OTHER/\?/?} new_db REMOTE_DATABASE_URL
}

teardown() {
	end_all
}

here() { sql_at "$LOCAL_DATABASE_URL" "$@"; }
there() { sql_at "$REMOTE_DATABASE_URL" "$@"; }
# The same statements on both sides.
both() {
	cat >both.sql
	here <both.sql
	there <both.sql
}

# differs TABLE: of all tables that one alone does.
differs() {
	run -1 --separate-stderr dbm compare
	[ "$(awk -F '\t' '$6 == "f" { print $1 }' <<<"$output")" = "$1" ]
}

# keys STATUS [OPTION…]: the records of --keys, sorted, in $output.
keys() {
	local want=$1
	shift
	run "-$want" --separate-stderr dbm compare --keys "$@"
	output=$(LC_ALL=C sort <<<"$output")
}

users() {
	both <<-'END'
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 50) i;
	CREATE TABLE houses (id text PRIMARY KEY);
	END
}

@test "compare: equal tables, told with their rows and digests" {
	users
	run -0 --separate-stderr dbm compare
	[ "$(cut -f 1-3,6 <<<"$output")" = "houses	0	0	t
users	50	50	t" ]
	[ "$(awk -F '\t' '$4 == $5 && $4 ~ /^-?[0-9]+$/' <<<"$output" |
	    wc -l)" -eq 2 ]
	[ "$(cut -f 4 <<<"${lines[0]}")" = 0 ]
	[ -z "$stderr" ]
	keys 0
	[ -z "$output" ]
}

@test "compare: tsv, header and json carry the same" {
	users
	there "DELETE FROM users WHERE id = 7"
	run -1 --separate-stderr dbm compare --header
	[ "${lines[0]}" = "table	from_rows	to_rows	from_digest	to_digest	equal" ]
	tsv=$(tail -n +2 <<<"$output")
	run -1 --separate-stderr dbm compare --json
	[ "$(jq -r '[.table, .from_rows, .to_rows, .from_digest, .to_digest,
	    (if .equal then "t" else "f" end)] | map(tostring) |
	    join("\t")' <<<"$output")" = "$tsv" ]
	run -1 --separate-stderr dbm compare --keys --json
	[ "$output" = '{"table":"users","key":"7","state":"missing"}' ]
}

@test "compare: rows that differ, are missing and extra" {
	users
	here "UPDATE users SET name = 'other' WHERE id = 3;
	    DELETE FROM users WHERE id = 4"
	there "DELETE FROM users WHERE id = 5;
	    INSERT INTO users VALUES (60, NULL)"
	differs users
	keys 1
	[ "$output" = "users	3	differs
users	4	extra
users	5	missing
users	60	extra" ]
	run -0 bash -c 'dbm compare --keys users | cut -f2 | sort -n | xargs'
	[ "$output" = "3 4 5 60" ]
}

@test "compare: a side without rows" {
	users
	there "DELETE FROM users WHERE id > 3; INSERT INTO houses VALUES ('h')"
	here "TRUNCATE users"
	keys 1
	[ "$output" = "houses	h	extra
users	1	extra
users	2	extra
users	3	extra" ]
}

@test "compare: nearly every row" {
	users
	there "UPDATE users SET name = name || '!' WHERE id <> 9"
	keys 1
	[ "$(wc -l <<<"$output")" -eq 49 ]
	[[ $output != *"users	9	"* ]]
}

@test "compare: keys of several columns, and of letters that need escapes" {
	both <<-'END'
	CREATE TABLE "AtoB" ("A" int, "B" text, PRIMARY KEY ("B", "A"));
	INSERT INTO "AtoB" VALUES (1, 'x'), (2, 'y');
	CREATE TABLE names (id text PRIMARY KEY);
	END
	here <<-'END'
	INSERT INTO "AtoB" VALUES (3, 'plain'), (4, 'a,b'), (5, 'say "x\"'),
	    (6, ''), (7, 'NULL');
	INSERT INTO names VALUES (E'tab\there'), (E'a\\b'), (''), ('é');
	END
	keys 1
	[ "$output" = 'AtoB	{"",6}	missing
AtoB	{"NULL",7}	missing
AtoB	{"a,b",4}	missing
AtoB	{"say \\"x\\\\\\"",5}	missing
AtoB	{plain,3}	missing
names		missing
names	a\\b	missing
names	tab\there	missing
names	é	missing' ]
	# what stands there is the text[] of the key
	run -0 bash -c "dbm compare --keys --json AtoB | jq -r .key | grep say"
	[ "$(here "SELECT ('$output'::text[])[1]")" = 'say "x\"' ]
}

@test "compare: text decides, not '='" {
	both <<-'END'
	CREATE EXTENSION citext;
	CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2',
	    deterministic = false);
	CREATE TABLE t (id int PRIMARY KEY, a citext, b numeric, c text,
	    d json, e jsonb, f bool, g float8, h interval, i char(4),
	    j text COLLATE ci, k int[], l point, m xml);
	INSERT INTO t SELECT i, 'a', 1.0, NULL, '{"a": 1}', '{"a": 1.0}', true,
	    0, '24:00', 'x', 'y', '{1}', '(1,2)', '<a/>'
	    FROM generate_series(1, 14) i;
	END
	keys 0
	there <<-'END'
	UPDATE t SET a = 'A' WHERE id = 1;
	UPDATE t SET b = 1.00 WHERE id = 2;
	UPDATE t SET c = '' WHERE id = 3;
	UPDATE t SET d = '{"a":1}' WHERE id = 4;
	UPDATE t SET e = '{"a": 1.00}' WHERE id = 5;
	UPDATE t SET f = NULL WHERE id = 6;
	UPDATE t SET g = '-0' WHERE id = 7;
	UPDATE t SET h = '1 day' WHERE id = 8;
	UPDATE t SET j = 'Y' WHERE id = 10;
	UPDATE t SET k = '{1,NULL}' WHERE id = 11;
	UPDATE t SET l = '(1,2.0000001)' WHERE id = 12;
	UPDATE t SET m = '<a />' WHERE id = 13;
	END
	# 9 and 14 are as they were
	keys 1
	[ "$(cut -f 2,3 <<<"$output" | sort -n)" = "$(for i in 1 2 3 4 5 6 7 \
	    8 10 11 12 13; do printf '%d\tdiffers\n' $i; done)" ]
	differs t
}

@test "compare: keys are told apart by their text, too" {
	both <<-'END'
	CREATE EXTENSION citext;
	CREATE TABLE n (id numeric PRIMARY KEY);
	CREATE TABLE c (id citext PRIMARY KEY);
	END
	here "INSERT INTO n VALUES (1.0), (2); INSERT INTO c VALUES ('a')"
	there "INSERT INTO n VALUES (1.00), (2); INSERT INTO c VALUES ('A')"
	keys 1
	[ "$output" = "c	A	extra
c	a	missing
n	1.0	missing
n	1.00	extra" ]
}

@test "compare: values that two rows exchange, or that move to another column" {
	both <<-'END'
	CREATE TABLE t (id int PRIMARY KEY, a text, b text, c point);
	CREATE TABLE u (a text, b text);
	END
	here "INSERT INTO t VALUES (1, 'x', 'y', '(1,1)'), (2, 'z', NULL, NULL),
	    (3, 'p', '', '(2,2)');
	    INSERT INTO u VALUES ('x', 'y'), ('p', 'q')"
	there "INSERT INTO t VALUES (1, 'y', 'x', '(1,1)'), (2, NULL, 'z', NULL),
	    (3, 'p', '', '(2,2)');
	    INSERT INTO u VALUES ('x', 'q'), ('p', 'y')"
	run -1 dbm compare -q
	[ "$(cut -f 1,6 <<<"$output")" = "t	f
u	f" ]
	keys 1 t
	[ "$output" = "t	1	differs
t	2	differs" ]
}

@test "compare: a table without a key: duplicates count, --keys cannot" {
	both <<-'END'
	CREATE TABLE log (line text);
	CREATE TABLE nearly (a int UNIQUE, b int);
	CREATE UNIQUE INDEX ON nearly (b) WHERE b > 0;
	CREATE TABLE users (id int PRIMARY KEY);
	INSERT INTO log VALUES ('a'), ('a'), ('b');
	END
	run -0 dbm compare
	here "INSERT INTO log VALUES ('c'), ('c')"
	there "INSERT INTO log VALUES ('d'), ('d')"
	differs log
	there "TRUNCATE log; INSERT INTO log VALUES ('a'), ('b'), ('b'), ('c'),
	    ('c'); INSERT INTO users VALUES (1)"
	run -1 dbm compare log
	keys 2
	[ "$output" = "users	1	extra" ]
	[[ $stderr == *"'log' has no primary key"*"'nearly' has no"* ]]
}

@test "compare: the best key that both sides have" {
	here "CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL UNIQUE);
	    INSERT INTO t VALUES (1, 'one')"
	there "CREATE TABLE t (id int, code text PRIMARY KEY);
	    INSERT INTO t VALUES (NULL, 'one')"
	keys 1
	[ "$output" = "t	one	differs" ]
	here "CREATE TABLE u (id int, x int, PRIMARY KEY (id, x))"
	there "CREATE TABLE u (id int PRIMARY KEY)"
	keys 2 u
	[[ $stderr == *"'u' has no primary key"* ]]
}

@test "compare: 100,000 rows with three differences: finds them, reads few" {
	both <<-'END'
	CREATE TABLE items (id text PRIMARY KEY, n int);
	INSERT INTO items SELECT md5(i::text), i
	    FROM generate_series(1, 100000) i;
	ANALYZE items;
	END
	here "UPDATE items SET n = -1 WHERE n = 77777;
	    DELETE FROM items WHERE n = 5"
	there "DELETE FROM items WHERE n = 99999"
	keys 1 -v
	[[ $stderr =~ items:\ 99999\ and\ 99999\ rows,\ of\ them\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -lt 1000 ]
	[ "$output" = "$(LC_ALL=C sort <<-END
	items	$(printf 77777 | md5sum | cut -c 1-32)	differs
	items	$(printf 5 | md5sum | cut -c 1-32)	extra
	items	$(printf 99999 | md5sum | cut -c 1-32)	missing
	END
	)" ]
}

@test "compare: ranges, coarse and fine, miss nothing and add nothing" {
	both <<-'END'
	CREATE TABLE items (id int PRIMARY KEY, n int);
	INSERT INTO items SELECT i, i FROM generate_series(1, 60000) i;
	ANALYZE items;
	CREATE TABLE never (id int PRIMARY KEY, n int);
	INSERT INTO never SELECT i, i FROM generate_series(1, 3000) i;
	END
	there "UPDATE items SET n = 0 WHERE id % 299 = 0;
	    UPDATE never SET n = 0 WHERE id % 299 = 0"
	keys 1
	diff <(sort <<<"$output") <({
		seq 299 299 60000 | sed 's/.*/items\t&\tdiffers/'
		seq 299 299 3000 | sed 's/.*/never\t&\tdiffers/'
	} | sort)
	there "UPDATE items SET n = 0 WHERE id % 5 = 0"
	keys 1 items
	[ "$(wc -l <<<"$output")" -eq $((60000 / 5 + 60000 / 299 -
	    60000 / 299 / 5)) ]
}

@test "compare: an estimate of rows that is old does not matter" {
	both <<-'END'
	CREATE TABLE t (id int PRIMARY KEY, n int);
	INSERT INTO t SELECT i, i FROM generate_series(1, 10) i;
	ANALYZE t;
	INSERT INTO t SELECT i, i FROM generate_series(11, 60000) i;
	END
	there "UPDATE t SET n = 0 WHERE id % 500 = 0"
	keys 1 -v
	[ "$(wc -l <<<"$output")" -eq 120 ]
	[[ $stderr =~ of\ them\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -lt 4000 ]
}

@test "compare: the order of columns and types of the same text do not count" {
	here "CREATE TYPE mood AS ENUM ('good', 'bad');
	    CREATE TABLE t (id int PRIMARY KEY, a text, m mood, b bool,
	    s int GENERATED ALWAYS AS (id * 2) STORED, u uuid,
	    g int GENERATED ALWAYS AS (id) STORED);
	    INSERT INTO t VALUES (1, 'x', 'bad', true, DEFAULT,
	    '00000000-0000-0000-0000-000000000001');
	    INSERT INTO t (id) VALUES (2)"
	there "CREATE TABLE t (u text, b text, m text, a varchar(9),
	    id bigint PRIMARY KEY, s text,
	    g int GENERATED ALWAYS AS (7) STORED);
	    INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001', 't',
	    'bad', 'x', 1, '2'), (NULL, NULL, NULL, NULL, 2, '4')"
	run -0 dbm compare
	keys 0
	there "UPDATE t SET s = 5 WHERE id = 2"
	keys 1
	[ "$output" = "t	2	differs" ]
}

@test "compare: columns of one side only are a warning, and never equal" {
	here "CREATE TABLE t (id int PRIMARY KEY, a int, b int);
	    INSERT INTO t VALUES (1, 2, 3)"
	there "CREATE TABLE t (id int PRIMARY KEY, a int, c int);
	    INSERT INTO t VALUES (1, 2, 9)"
	run -1 --separate-stderr dbm compare
	[ "$(cut -f 1-3,6 <<<"$output")" = "t	1	1	f" ]
	[ "$(cut -f 4 <<<"$output")" = "$(cut -f 5 <<<"$output")" ]
	[[ $stderr == *"column 'b' of table 't' is missing in remote"* ]]
	[[ $stderr == *"column 'c' of table 't' is missing in local"* ]]
	keys 1
	[ -z "$output" ]
}

@test "compare: tables that are missing are all told, the others compared" {
	users
	here "CREATE TABLE only_here (id int); CREATE TABLE here_too (id int)"
	there "CREATE TABLE only_there (id int)"
	run -2 --separate-stderr dbm compare
	[ "$(cut -f 1,6 <<<"$output")" = "houses	t
users	t" ]
	[[ $stderr == *"'here_too' of local is missing in remote"* ]]
	[[ $stderr == *"'only_here' of local is missing in remote"* ]]
	[[ $stderr == *"'only_there' of remote is missing in local"* ]]
	run -0 dbm compare users houses
	run -0 dbm compare -T 'only_*' -T here_too
	run -2 dbm compare -t 'only_*'
	[[ $output == *only_there* ]]
	run -2 dbm compare User
	[[ $output == *"there is no table 'User'"* ]]
}

@test "compare: what is not meant without being named" {
	users
	here 'CREATE TABLE _prisma_migrations (id text);
	    CREATE TABLE "MigrationState" ("tableName" text,
	    "lastMigratedAt" timestamp)'
	there 'CREATE SCHEMA dbm; CREATE TABLE dbm.runs (id int)'
	run -0 dbm compare
}

@test "compare: the schemas of the URLs mean each other" {
	here 'CREATE SCHEMA "Old"; CREATE TABLE "Old".t (id int PRIMARY KEY);
	    INSERT INTO "Old".t VALUES (1); CREATE TABLE t (id int)'
	there 'CREATE TABLE t (id int PRIMARY KEY); CREATE SCHEMA x;
	    CREATE TABLE x.y (id int PRIMARY KEY)'
	here 'CREATE SCHEMA x; CREATE TABLE x.y (id int PRIMARY KEY);
	    INSERT INTO x.y VALUES (5)'
	run -1 --separate-stderr dbm compare --from "$LOCAL_DATABASE_URL&schema=Old"
	[ "$(cut -f 1-3,6 <<<"$output")" = "t	1	0	f" ]
	keys 1 --from "$LOCAL_DATABASE_URL&schema=Old" t x.y
	[ "$output" = "t	1	missing
x.y	5	missing" ]
}

@test "compare: names that need quoting" {
	both <<-'END'
	CREATE TABLE "a ""b\" ("select" int, "x.y" text, "r" int, "h" int,
	    PRIMARY KEY ("select", "x.y"));
	INSERT INTO "a ""b\" VALUES (1, 'one', 2, 3);
	END
	run -0 dbm compare
	there 'UPDATE "a ""b\" SET h = 4'
	keys 1
	[ "$output" = 'a "b\\	{1,one}	differs' ]
}

@test "compare: a partitioned table and an ordinary one; children by inheritance" {
	here "CREATE TABLE p (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
	    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
	    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
	    CREATE TABLE parent (id int PRIMARY KEY);
	    CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
	    INSERT INTO child VALUES (1)"
	there "CREATE TABLE p (id int PRIMARY KEY, n int);
	    CREATE TABLE parent (id int PRIMARY KEY);
	    CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
	    INSERT INTO parent VALUES (1)"
	for side in here there; do
		$side "INSERT INTO p SELECT i, i FROM generate_series(1, 19) i"
	done
	run -1 --separate-stderr dbm compare
	[ "$(cut -f 1-3,6 <<<"$output")" = "child	1	0	f
p	19	19	t
parent	0	1	f" ]
	here "UPDATE p SET n = 0 WHERE id IN (3, 13)"
	keys 1 p
	[ "$output" = "p	13	differs
p	3	differs" ]
}

@test "compare: row level security is an error, the others are compared" {
	local url
	users
	there "ALTER TABLE users ENABLE ROW LEVEL SECURITY;
	    GRANT SELECT ON ALL TABLES IN SCHEMA public TO poor"
	url=${REMOTE_DATABASE_URL/postgres@/poor@}
	run -2 --separate-stderr dbm compare --to "$url"
	[ "$(cut -f 1,6 <<<"$output")" = "houses	t" ]
	[[ $stderr == *"row level security would hide rows of table 'users'"* ]]
}

@test "compare: no right to read a table" {
	local url
	users
	url=${REMOTE_DATABASE_URL/postgres@/poor@}
	run -2 --separate-stderr dbm compare --to "$url" users
	[ -z "$output" ]
	[[ $stderr == *"'users' in database 't_"*"$OTHER_DATA: permission denied"* ]]
	[[ $stderr == *"hint: "*"have SELECT on it"* ]]
}

@test "compare: a wrong password, a database that is not there, no such name" {
	run -2 --separate-stderr dbm compare \
	    --to "${REMOTE_DATABASE_URL/postgres@/locked:wrong@}"
	[[ $stderr == *P1000* && $stderr != *wrong* ]]
	run -2 --separate-stderr dbm compare --to "${REMOTE_DATABASE_URL/t_/no_}"
	[[ $stderr == *P1003* ]]
	run -2 --separate-stderr dbm compare --to staging
	[[ $stderr == *STAGING_DATABASE_URL* ]]
	run -75 --separate-stderr dbm compare \
	    --to 'postgresql://u:geheim@127.0.0.1:1/x'
	[[ $stderr != *geheim* ]]
}

@test "compare: other encodings are refused" {
	users
	there "CREATE DATABASE latin_$$ ENCODING LATIN1 LOCALE 'C'
	    TEMPLATE template0"
	run -2 --separate-stderr dbm compare --to "$(sed -E \
	    "s,/t_[^?]*,/latin_$$," <<<"$REMOTE_DATABASE_URL")"
	there "DROP DATABASE latin_$$ WITH (FORCE)"
	[[ $stderr == *"UTF8 in local, LATIN1 in"* ]]
}

@test "compare: writes nothing, and leaves no session behind" {
	users
	there "ALTER DATABASE $(there 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	there "UPDATE users SET name = ''" && return 1
	run -0 dbm compare
	keys 0
	within 5 test "$(here "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name = 'dbm-compare'
	    AND datname = current_database()")" = 0
}

# A table that takes the other side ten seconds to digest: few bytes that are
# many once they are unpacked.
slow() {
	both <<-'END'
	CREATE TABLE slow (id int PRIMARY KEY, v text);
	INSERT INTO slow VALUES (1, repeat('x', 100000000));
	CREATE TABLE a (id int PRIMARY KEY);
	END
	there "INSERT INTO slow SELECT i, v FROM slow,
	    generate_series(2, 100) i"
}

# digesting: is that query at work there?
digesting() {
	[ "$(there "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'
	    AND application_name = 'dbm-compare' AND query LIKE '%sum(%slow%'
	    AND backend_type = 'client backend'")" -gt 0 ]
}

nobody_there() {
	[ "$(there "SELECT count(*) FROM pg_stat_activity WHERE
	    application_name = 'dbm-compare'")" -eq 0 ]
}

@test "compare: a signal ends both sides" {
	local how rc
	slow
	for how in "" --keys; do
		dbm compare $how slow >out 2>err 3>&- &
		pid=$!
		within 5 digesting
		kill -TERM $pid
		rc=0
		wait $pid || rc=$?
		[ $rc -eq 143 ]
		within 3 nobody_there
		[ ! -s out ]
		[ ! -s err ]
	done
}

@test "compare: a server that goes away ends it; what was told before stays" {
	local rc=0
	slow
	dbm compare >out 2>err 3>&- &
	pid=$!
	within 5 digesting
	there "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE application_name = 'dbm-compare'" >/dev/null
	wait $pid || rc=$?
	[ $rc -eq 75 ]
	[ "$(cut -f 1,6 out)" = "a	t" ]
	grep terminating err
}

@test "compare: a side that fails ends the other" {
	local rc=0 began
	slow
	here "INSERT INTO slow SELECT i, v FROM slow,
	    generate_series(2, 100) i"
	dbm compare --from remote --to local >out 2>err 3>&- &
	pid=$!
	within 5 digesting
	there "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
	    WHERE application_name = 'dbm-compare'" >/dev/null
	began=$SECONDS
	wait $pid || rc=$?
	[ $rc -eq 2 ]
	[ $((SECONDS - began)) -lt 5 ]
	grep "canceling statement" err
}

@test "compare: a full disk for the output" {
	users
	run -2 bash -c 'dbm compare >/dev/full'
	there "DELETE FROM users"
	run -2 bash -c 'dbm compare --keys >/dev/full'
}
