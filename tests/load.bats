# dbm load: a row stream into a database; what is told is what is there.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

# Not by SIGKILL: runuser hands the other on to pgbouncer.
teardown() {
	local p
	for p in ${bouncer:-} ${writer:-}; do
		kill "$p" 2>/dev/null || true
	done
	end_all
}

# Users, and what refers to them.
shop() {
	sql <<-'END'
	CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL,
	    age int, "createdAt" timestamp(3) NOT NULL DEFAULT now());
	CREATE TABLE houses (id text PRIMARY KEY,
	    "userId" int NOT NULL REFERENCES users, price numeric(10,2));
	END
}

# copy TABLE [ROW...]: a stream of one table; \t and \n are written out.
copy() {
	printf 'COPY %s FROM stdin;\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%b\n' "$@"
	printf '\\.\n\n'
}

# told: the records, without the time.
told() { cut -f 1-5 <<<"$output"; }

# record TABLE INSERTED UPDATED UNCHANGED DELETED
record() { printf '%s\t%s\t%s\t%s\t%s\n' "$@"; }

# versions TABLE: where each row lies and who wrote it.
versions() { sql "SELECT ctid, xmin, * FROM $1 ORDER BY ctid"; }

pg_dump_data() {
	local url
	url=$(sed -E 's/([?&])schema=[^&]*/\1/; s/[?&]$//' <<<"$DATABASE_URL")
	"$(dirname "$(psql_program)")/pg_dump" -a "$@" -d "$url"
}

# --- what is done with rows ---

@test "load: an empty table is filled, and told" {
	shop
	{
		copy 'users (id, email, age)' '1\ta\t3' '2\tb\t\\N'
		copy 'houses (id, "userId", price)' 'h\t2\t1.50'
	} >in
	run -0 --separate-stderr dbm load <in
	[ "$(told)" = "$(record users 2 0 0 0; record houses 1 0 0 0)" ]
	[ -z "$stderr" ]
	[ "$(sql "SELECT id, email, age FROM users ORDER BY id")" = $'1|a|3\n2|b|' ]
	[ "$(sql "TABLE houses")" = "h|2|1.50" ]
}

@test "load: rows that are there are updated, or left alone" {
	shop
	sql "INSERT INTO users SELECT i, 'u' || i, i FROM generate_series(1, 4) i"
	versions users >before
	copy 'users (id, email, age)' '1\tu1\t1' '2\tu2\t22' '9\tu9\t9' >in
	run -0 dbm load <in
	[ "$(told)" = "$(record users 1 1 1 0)" ]
	[ "$(sql "SELECT id, email, age FROM users ORDER BY id")" = \
	    $'1|u1|1\n2|u2|22\n3|u3|3\n4|u4|4\n9|u9|9' ]
	versions users >after
	run -0 dbm load <in
	[ "$(told)" = "$(record users 0 0 3 0)" ]
	versions users | cmp - after
	grep -F "|1|u1|" before | cmp - <(grep -F "|1|u1|" after)
}

@test "load: --mode insert does not touch what is there" {
	shop
	copy 'users (id, email)' '1\ta' | dbm load --mode insert
	copy 'users (id, email)' '2\tb' '1\tc' >in
	run -2 dbm load --mode insert <in
	has "stdin:3: error: table 'users'"
	has "(id)=(1)"
	has "--mode upsert"
	[ "$(sql "SELECT id, email FROM users")" = "1|a" ]
	copy 'users (id, email)' '2\tb' >in
	run -0 dbm load --mode insert <in
	[ "$(told)" = "$(record users 1 0 0 0)" ]
}

@test "load: --mode replace deletes what does not come, children first" {
	shop
	sql "INSERT INTO users SELECT i, 'u' || i, i FROM generate_series(1, 4) i;
	    INSERT INTO houses SELECT 'h' || i, i, i FROM generate_series(1, 4) i"
	{
		copy 'users (id, email, age)' '1\tu1\t1' '2\tu2\t0' '7\tu7\t7'
		copy 'houses (id, "userId", price)' 'h1\t1\t1' 'h7\t7\t7'
	} >in
	run -0 dbm load --mode replace <in
	[ "$(told)" = "$(record users 1 1 1 2; record houses 1 1 0 3)" ] ||
	    [ "$(told)" = "$(record users 1 1 1 2; record houses 1 0 1 3)" ]
	[ "$(sql "SELECT id, age FROM users ORDER BY id")" = $'1|1\n2|0\n7|7' ]
	[ "$(sql "SELECT id FROM houses ORDER BY id")" = $'h1\nh7' ]
}

@test "load: --mode replace is one transaction" {
	shop
	sql "INSERT INTO users VALUES (1, 'u1')"
	{
		copy 'users (id, email)' '2\tu2'
		copy 'houses (id, "userId")' 'h\t99'
	} >in
	run -2 --separate-stderr dbm load --mode replace <in
	[ -z "$output" ]
	[ "$(sql "SELECT id FROM users")" = 1 ]
	# a stream that is torn between two rows is no short one
	printf 'COPY users (id, email) FROM stdin;\n2\tu2\n' >in
	run -2 dbm load --mode replace <in
	[ "$(sql "SELECT id FROM users")" = 1 ]
}

@test "load: --mode replace with nothing in a table empties it" {
	shop
	sql "INSERT INTO users VALUES (1, 'u1'); INSERT INTO houses VALUES ('h', 1)"
	copy 'houses (id, "userId")' >in
	run -0 dbm load --mode replace <in
	[ "$(told)" = "$(record houses 0 0 0 1)" ]
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
}

@test "load: a table without a key" {
	sql "CREATE TABLE log (line text, n int)"
	copy 'log (line, n)' 'a\t1' 'a\t1' >in
	run -0 dbm load <in
	[ "$(told)" = "$(record log 2 0 0 0)" ]
	run -2 dbm load <in
	has "table 'log' has rows, and no key"
	has "--mode replace"
	[ "$(sql "SELECT count(*) FROM log")" = 2 ]
	run -0 dbm load --mode insert <in
	[ "$(sql "SELECT count(*) FROM log")" = 4 ]
	run -0 dbm load --mode replace <in
	[ "$(told)" = "$(record log 0 0 2 2)" ] # compared as a whole
	[ "$(sql "SELECT count(*) FROM log")" = 2 ]
}

@test "load: the best key is taken when the primary one does not come" {
	shop
	sql "INSERT INTO users (id, email, age) VALUES (5, 'a', 1)"
	copy 'users (email, age)' 'a\t2' 'b\t3' >in
	run -0 dbm load <in
	[ "$(told)" = "$(record users 1 1 0 0)" ]
	[ "$(sql "SELECT email, age, id = 5 FROM users ORDER BY 1")" = \
	    $'a|2|t\nb|3|f' ]
}

# --- columns and tables ---

@test "load: columns in any order, and not all of them" {
	shop
	copy 'users (email, id)' 'a\t1' | dbm load
	[ "$(sql "SELECT id, email, age, \"createdAt\" IS NULL FROM users")" = \
	    "1|a||f" ]
	sql "UPDATE users SET age = 7"
	copy 'public."users" ("email", "id")' 'z\t1' | dbm load
	[ "$(sql "SELECT id, email, age FROM users")" = "1|z|7" ]
}

@test "load: without a list of columns all but generated ones come" {
	sql "CREATE TABLE g (id int PRIMARY KEY, twice int
	    GENERATED ALWAYS AS (id * 2) STORED, always int
	    GENERATED ALWAYS AS IDENTITY)"
	copy g '1\t41' | dbm load
	copy g '1\t41' '2\t43' | dbm load
	[ "$(sql "TABLE g")" = $'1|2|41\n2|4|43' ]
	copy 'g (id, twice, always)' '1\t2\t1' >in
	run -2 dbm load <in
	has "column 'twice' of table 'g' is generated"
}

@test "load: what is missing is told before the first row" {
	shop
	copy nowhere 1 >in
	run -2 dbm load <in
	has "stdin:1: error: there is no table 'nowhere'"
	copy '"Users"' 1 >in
	run -2 dbm load <in
	has "did you mean 'users'?"
	copy 'users (id, email, created_at)' '1\tx\tx' >in
	run -2 dbm load <in
	has "there is no column 'created_at' in table 'users'"
	has "did you mean 'createdAt'?"
	copy 'users (id)' 1 >in
	run -2 dbm load <in
	has "column 'email' of table 'users' is NOT NULL without a default"
	copy 'users (id, email, id)' '1\tx\t1' >in
	run -2 dbm load <in
	has "column 'id' of table 'users' is named twice"
	[ "$(sql "SELECT count(*) FROM users")" = 0 ]
}

@test "load: an empty table in the stream is not even looked up" {
	copy nowhere >in
	run -0 dbm load <in
	[ "$(told)" = "$(record nowhere 0 0 0 0)" ]
}

@test "load: tables without columns, and of columns that fill themselves" {
	sql "CREATE TABLE none (); CREATE TABLE d (id serial, at int DEFAULT 1)"
	copy 'none ' '' '' >in
	run -0 dbm load <in
	[ "$(told)" = "$(record none 2 0 0 0)" ]
	[ "$(sql "SELECT count(*) FROM none")" = 2 ]
	copy 'd (at)' 7 >in
	run -0 dbm load <in
	[ "$(sql "TABLE d")" = "1|7" ]
}

@test "load: --schema-map, and the URL's schema" {
	sql "CREATE SCHEMA a; CREATE SCHEMA b;
	    CREATE TABLE a.t (id serial PRIMARY KEY);
	    CREATE TABLE b.t (id serial PRIMARY KEY)"
	{
		copy a.t 1
		echo "SELECT pg_catalog.setval('a.t_id_seq', 9, true);"
	} >in
	run -0 dbm load --schema-map c=d --schema-map a=b <in
	[ "$(told)" = "$(record a.t 1 0 0 0)" ]
	[ "$(sql "SELECT count(*) FROM a.t")" = 0 ]
	[ "$(sql "SELECT last_value FROM b.t_id_seq")" = 9 ]
	[ "$(sql "SELECT last_value FROM a.t_id_seq")" = 1 ]
	copy t 5 >in
	DATABASE_URL="$DATABASE_URL&schema=a" run -0 dbm load <in
	[ "$(told)" = "$(record t 1 0 0 0)" ]
	[ "$(sql "TABLE a.t")" = 5 ]
	run -2 dbm load --schema-map a <in
	has "OLD=NEW"
}

@test "load: names that need quoting" {
	sql 'CREATE SCHEMA "S p"; CREATE TABLE "S p"."a""b;
	c" ("x,y" int PRIMARY KEY, "p)q" text)'
	copy '"S p"."a""b;
	c" ("p)q", "x,y")' 'v\t1' >in
	run -0 dbm load <in
	run -0 dbm load <in
	[ "$(told)" = 'S p.a"b;\n\tc	0	0	1	0' ]
	[ "$(sql 'SELECT "p)q", "x,y" FROM "S p"."a""b;
	c"')" = "v|1" ]
}

@test "load: tables that are not for a stream" {
	sql "CREATE TABLE _prisma_migrations (id text PRIMARY KEY);
	    CREATE TABLE \"MigrationState\" (\"tableName\" text PRIMARY KEY,
	    \"lastMigratedAt\" timestamp(3))"
	copy _prisma_migrations x >in
	run -2 dbm load <in
	has "table '_prisma_migrations' tells of the migrations"
	has "--exclude-table"
	copy '"MigrationState"' 'x\t2020-01-01' >in
	run -2 dbm load <in
	has "keeps its state"
	copy dbm.runs x >in
	run -2 dbm load <in
	has "one of dbm's own"
	[ "$(sql "SELECT count(*) FROM _prisma_migrations")" = 0 ]
}

@test "load: row level security is an error, not rows that are not seen" {
	role=r_$RANDOM$RANDOM
	sql "CREATE TABLE t (id int PRIMARY KEY); CREATE ROLE $role LOGIN;
	    GRANT ALL ON t TO $role; ALTER TABLE t ENABLE ROW LEVEL SECURITY"
	copy t 1 >in
	DATABASE_URL="postgresql://$role@${DATABASE_URL#*@}" \
	    run -2 dbm load <in
	sql "DROP OWNED BY $role; DROP ROLE $role"
	has "row level security would hide rows of table 't'"
}

# --- what writes row streams ---

@test "load: pg_dump --data-only, with all that it writes around the data" {
	shop
	sql "INSERT INTO users (email) SELECT E'tab\\t\\\\' || i
	    FROM generate_series(1, 5) i;
	    INSERT INTO houses VALUES ('h', 1, 1.5)"
	pg_dump_data --disable-triggers >dump
	grep -q "DISABLE TRIGGER ALL" dump
	pg_dump_data | dbm load >again
	[ "$(cut -f 1-5 again)" = \
	    "$(record users 0 0 5 0; record houses 0 0 1 0)" ]
	pg_dump_data -t users >users
	new_db
	shop
	run -0 --separate-stderr dbm load <users
	[ "$(told)" = "$(record users 5 0 0 0)" ]
	[ "$(sql "SELECT nextval('users_id_seq')")" = 6 ]
	run -0 --separate-stderr dbm load <dump
	[[ $stderr == *"warning: triggers and foreign keys stay"* ]]
	[ "$(sql "SELECT count(*) FROM houses")" = 1 ]
}

@test "load: dbm rows, with awk on the way" {
	shop
	sql "INSERT INTO users (email) SELECT 'u' || i || '@x'
	    FROM generate_series(1, 20) i"
	dbm rows users >rows
	new_db
	shop
	awk -F'\t' -v OFS='\t' '/@x/ { sub("@x", "@y", $2) } 1' rows | dbm load
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE email LIKE 'u%@y')
	    FROM users")" = "20|20" ]
	run -0 dbm load <rows
	[ "$(told)" = "$(record users 0 20 0 0)" ]
	dbm rows users | cmp - rows
}

# setvals CALL...: the state of sequence s after each.
setvals() {
	local call
	for call; do
		echo "SELECT pg_catalog.setval('\"public\".s', $call);" |
		    dbm load >/dev/null || return 1
		sql "SELECT last_value, is_called FROM s"
	done
}

@test "load: setval goes forward only" {
	sql "CREATE SEQUENCE s INCREMENT 5; SELECT setval('s', 100)"
	[ "$(setvals "50, true" "100, false" "104, false" "105, false" \
	    "104, true" "110, true" "110, true" "9223372036854775807, true")" = \
	    "$(printf '%s\n' '100|t' '100|t' '100|t' '100|t' '104|t' '110|t' \
	    '110|t' '9223372036854775807|t')" ]
}

@test "load: setval of a sequence that descends is mirrored" {
	sql "CREATE SEQUENCE s INCREMENT -1; SELECT setval('s', -10)"
	[ "$(setvals "-5, true" "-11, false" "-12, false" "-20, true")" = \
	    "$(printf '%s\n' '-10|t' '-10|t' '-12|f' '-20|t')" ]
}

@test "load: a sequence that is missing is a warning" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	{
		copy t 1
		echo "SELECT setval('t_id_seq', 1);"
		echo "SELECT setval('no.schema', 1);"
		copy t 2
	} >in
	run -0 dbm load <in
	has 'stdin:5: warning: there is no sequence "public"."t_id_seq"'
	has 'stdin:6: warning: there is no sequence "no"."schema"'
	[ "$(sql "SELECT count(*) FROM t")" = 2 ]
}

# --- what is no row stream ---

# refused TEXT…: for each line of stdin, where and why.
refused() {
	printf '%s\n' "$1" >in
	run -2 --separate-stderr dbm load <in
	shift
	local text
	for text; do
		[[ $stderr == *"$text"* ]] || {
			echo "no $text in $stderr"
			return 1
		}
	done
}

@test "load: other SQL is refused, with its line" {
	refused $'\n-- x\nCREATE TABLE t (id int);' "stdin:3: error:" CREATE \
	    "pg_dump --data-only"
	refused 'INSERT INTO t VALUES (1);' "stdin:1: error: INSERT" --inserts
	refused 'DROP TABLE t' DROP
	refused 'SELECT 1;' "stdin:1: error: a query"
	refused "SELECT pg_catalog.setval('s', 1 + 1);" setval
	refused "SELECT pg_catalog.lo_open('1', 131072);" \
	    "large objects" lo_open --no-blobs
	refused "SELECT pg_catalog.lo_create('1');" "large objects"
	refused "SELECT pg_catalog.lowrite(0, 'x');" "large objects" lowrite
	refused '\lo_import x' "large objects"
	refused '\connect other' "psql" '\connect'
	refused '\.' "has not begun"
	refused 'COPY t TO stdout;' "COPY"
	refused 'COPY t FROM stdin WITH (FORMAT csv);' "options"
	refused 'COPY t FROM stdin; 1' "line of its own"
	refused 'COPY "t FROM stdin;' "inside of this statement"
	refused 'ALTER TABLE t ADD COLUMN c int;' "ALTER"
	refused 'ROLLBACK;' "ROLLBACK"
	refused 'COMMIT;' "COMMIT without a BEGIN"
	refused $'BEGIN;\nBEGIN;' "stdin:2: error: BEGIN inside"
	refused $'BEGIN;' "before COMMIT"
	refused "SET client_encoding = 'LATIN1';" LATIN1 --encoding=UTF8
	refused '(' "statement is expected"
}

@test "load: other formats are named, with the way to read them" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	copy t 1 >stream
	gzip -k stream
	run -2 dbm load <stream.gz
	has gzip
	has "zcat"
	pg_dump_data -Fc >custom
	run -2 dbm load <custom
	has "custom format"
	has "pg_restore"
	pg_dump_data -Ft >tar
	run -2 dbm load <tar
	has "tar format"
	printf '\050\265\057\375xxxx' >zstd
	run -2 dbm load <zstd
	has "zstd -d"
	printf '\357\273\277COPY t FROM stdin;' >bom
	run -2 dbm load <bom
	has "byte order mark"
	run -2 dbm load <"$BATS_TEST_TMPDIR"
	has "cannot read stdin"
}

@test "load: CR LF, NUL bytes, and data without an end" {
	sql "CREATE TABLE t (id text PRIMARY KEY)"
	printf 'COPY t FROM stdin;\r\n1\r\n\\.\r\n' >in
	run -2 dbm load <in
	has "stdin:1: error: this line ends with CR LF"
	printf 'COPY t FROM stdin;\n1\r\n\\.\r\n' >in
	run -2 dbm load <in
	has "stdin:3: error: this line ends with CR LF"
	printf 'COPY t FROM stdin;\n1\na\0b\n\\.\n' >in
	run -2 dbm load <in
	has "stdin:3: error: table 't'"
	has "0x00"
	printf 'COPY t\0 FROM stdin;\n' >in
	run -2 dbm load <in
	has "NUL byte"
	printf 'COPY t FROM stdin;\n1\n\\.x\n' >in
	run -2 dbm load <in
	has "stdin:3: error: a row cannot begin with"
	printf 'COPY t FROM stdin;\n1\\\n\\.\n' >in
	run -2 dbm load <in
	has "stdin:3: error: the data ends inside of a row"
	for end in '' '1' '1\n' '1\n\\'; do
		printf "COPY t FROM stdin;\n$end" >in
		run -2 dbm load <in
		has "the stream ends inside of its data"
	done
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	printf 'COPY t FROM stdin;\n1\n\\.' >in
	run -0 dbm load <in
	run -0 dbm load </dev/null
	[ -z "$output" ]
}

@test "load: data that looks like its end, at the borders of blocks" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text)"
	for size in 262120 262121 262122 262123 262124 262125 262126 262127 \
	    262128 262129 262130; do
		{
			echo "COPY t FROM stdin;"
			printf '1\t%*s\n' $size '' # 20 + 2 + size + 1 bytes
			printf '2\t\\\\.\n3\t\\\\\n\\.\n\n'
			copy t '4\tx'
		} >in
		sql "TRUNCATE t"
		run -0 dbm load <in
		[ "$(told)" = "$(record t 3 0 0 0; record t 1 0 0 0)" ]
		[ "$(sql "SELECT v FROM t WHERE id IN (2, 3) ORDER BY id")" = \
		    $'\\.\n\\' ]
		[ "$(sql "SELECT length(v) FROM t WHERE id = 1")" = $size ]
	done
}

@test "load: a dry run counts a row whose backslashes two blocks share" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text)"
	for size in 262112 262113 262114 262115 262116 262117 262118 262119 \
	    262120 262121 262122 262123; do
		{
			echo "COPY t FROM stdin;"
			printf '1\t%*s\n' $size ''
			printf '2\t\\\\\n\\.\n\n'
		} >in
		run -0 dbm load -n <in
		[ "$(told)" = "$(record t 2 0 0 0)" ]
	done
}

# --- errors of the server ---

@test "load: a wrong value is told with table, column and line" {
	shop
	copy 'users (id, email)' '1\ta' >first
	{
		cat first
		copy 'users (id, email, age)' '2\tb\t1' '3\tc\told' '4\td\t1'
	} >in
	run -2 --separate-stderr dbm load <in
	[ "$(told)" = "$(record users 1 0 0 0)" ] # this one is committed
	[[ $stderr == "stdin:7: error: table 'users', column 'age': invalid input syntax"*'"old"'* ]]
	[[ $stderr != *dbm_* && $stderr != *stage* ]]
	[ "$(sql "SELECT id FROM users")" = 1 ]
	sql "TRUNCATE users CASCADE"
	run -2 --separate-stderr dbm load --batch-size 1 <in
	[[ $stderr == "stdin:7: error: table 'users', column 'age'"* ]]
	[ "$(sql "SELECT count(*) FROM users")" -le 2 ]
	copy 'users (id, email, age)' '2\tb\t1' '3\tc' >in
	run -2 dbm load <in
	has 'stdin:3: error: table '\''users'\'': missing data for column "age"'
	copy 'users (id, email)' '2\tb' '3\t\\N' >in
	run -2 dbm load <in
	has "table 'users'"
	has 'null value in column "email"'
	sql 'CREATE TABLE "a, b 5" ("c, d 7" int)'
	copy '"a, b 5" ("c, d 7")' 1 2 3 x >in
	run -2 dbm load <in
	has "stdin:5: error: table 'a, b 5', column 'c, d 7': invalid input"
}

@test "load: an error at the beginning does not wait for the end" {
	sql "CREATE TABLE t (id int)"
	mkfifo pipe
	dbm load <pipe >out 2>err 3>&- &
	pid=$!
	{
		printf 'COPY t FROM stdin;\nx\n'
		for _ in {1..100}; do
			echo 1 || exit 0
			sleep 0.1
		done
	} >pipe 2>/dev/null 3>&- &
	writer=$!
	within 5 grep -q "stdin:2: error" err
	ended 2
}

@test "load: a missing parent is named, with what to do" {
	shop
	copy 'users (id, email)' '1\ta' | dbm load
	copy 'houses (id, "userId")' 'h1\t1' 'h9\t99' >in
	run -2 dbm load <in
	has "table 'houses'"
	has '("userId")=(99)' || has "(userId)=(99)"
	has 'not present in table "users"'
	has "load the rows of 'users'"
	run -2 dbm load --state "2026-01-01 00:00:00" <in
	has "dbm sync --full"
	[ "$(sql "SELECT count(*) FROM houses")" = 0 ]
	sql "INSERT INTO houses VALUES ('h1', 1)"
	run -2 dbm load <in
	has "table 'houses'"
	has "load the rows of 'users'"
}

@test "load: a key that is put off is checked all the same" {
	sql "CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p,
	    u int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO p VALUES (1)"
	{
		echo "COPY t FROM stdin;"
		seq 1 50000 | awk '{ print $1 "\t1\t" $1 }'
		printf '50001\t1\t7\n\\.\n'
	} >in
	run -2 dbm load <in
	has "(u)=(7)"
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "load: a key that is put off until what replaces all is there" {
	sql "CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE)"
	{
		echo "COPY c FROM stdin;"
		seq 1 40000 | sed 's/$/\t1/' # more than is read at once
		printf '\\.\n\n'
		copy p 1
	} >in
	run -0 dbm load --mode replace <in
	[ "$(told)" = "$(record c 40000 0 0 0; record p 1 0 0 0)" ]
}

@test "load: a table that is locked is named, and may be free later" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET lock_timeout = '100ms'"
	hold "SET lock_timeout = 0; BEGIN; LOCK TABLE t IN SHARE MODE;"
	copy t 1 >in
	run -75 dbm load <in
	has "error: table 't': canceling statement due to lock timeout"
}

@test "load: wrong password, no server, no database" {
	copy t 1 >in
	DATABASE_URL="postgresql://nobody_here:geheim@127.0.0.1:1/x" \
	    run -75 dbm load <in
	has P1001
	has_not geheim
	DATABASE_URL= run -2 dbm load <in
	has DATABASE_URL
	role=r_$RANDOM$RANDOM
	DATABASE_URL="postgresql://$role:geheim@${DATABASE_URL#*@}" \
	    run -2 dbm load <in
	has P1000
	has_not geheim
}

@test "load: no room for records is an error, and the rows are there" {
	shop
	copy 'users (id, email)' '1\ta' >in
	status=0
	dbm load <in >/dev/full 2>err || status=$?
	[ "$status" -eq 2 ]
	grep -q "cannot write to stdout" err
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
}

@test "load: a terminal is no row stream" {
	run script -qec "dbm load" /dev/null </dev/null
	has "a row stream is expected on stdin"
	run -2 bash -c 'dbm load <&-' # nothing is not an empty stream
	has "a row stream is expected on stdin"
}

@test "load: what a role lacks is named" {
	local role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN; CREATE TABLE t (id int PRIMARY KEY);
	    GRANT INSERT ON t TO $role"
	copy t 1 >in
	DATABASE_URL=${DATABASE_URL/postgres@/$role@} run -2 dbm load <in
	has "permission denied for table t"
	has 'hint: GRANT SELECT, INSERT, UPDATE ON "public"."t" TO the role'
	DATABASE_URL=${DATABASE_URL/postgres@/$role@} \
	    run -2 dbm load --mode replace <in
	has 'UPDATE, DELETE ON "public"."t"'
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "load: a database that is read-only stays as it is" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	copy t 1 2 >in
	for mode in insert upsert replace; do
		run -2 dbm load --mode $mode <in
		has "in a read-only transaction (SQLSTATE 25006)"
		has "hint: the server is a standby, or says default_tr"
	done
	[ "$(sql "SELECT * FROM t")" = 1 ]
}

@test "load: bytes that are no UTF-8" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text)"
	copy t '1\tcaf\xe9' >in
	run -2 dbm load <in
	has "stdin:2: error: table 't': invalid byte sequence"
	has "iconv -f LATIN1 -t UTF-8"
	copy t '1\ta\x00b' >in
	run -2 dbm load <in
	has "a byte of zero"
}

@test "load: a time limit for idle sessions does not end the wait for a stream" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET idle_session_timeout = 200"
	{ sleep 0.7; copy t 1; sleep 0.7; copy t 2; } | dbm load | cut -f 1,2 >out
	[ "$(cat out)" = $'t\t1\nt\t1' ]
}

# --- groups and batches ---

@test "load: what stands between BEGIN and COMMIT is one transaction" {
	sql "CREATE TABLE a (id int PRIMARY KEY, b int);
	    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
	    ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES b"
	{
		echo "BEGIN;"
		echo "SET CONSTRAINTS ALL DEFERRED;"
		copy a '1\t1' '2\t2'
		copy b '1\t1' '2\t2'
		echo "COMMIT;"
	} >in
	run -0 dbm load <in
	[ "$(told)" = "$(record a 2 0 0 0; record b 2 0 0 0)" ]
	[ "$(sql "SELECT count(*) FROM a JOIN b ON a.b = b.id AND b.a = a.id")" = 2 ]
	run -0 dbm load <in
	[ "$(told)" = "$(record a 0 0 2 0; record b 0 0 2 0)" ]
	{
		echo "BEGIN;"
		copy a '3\t3'
		copy b '3\t4'
		echo "COMMIT;"
	} >in
	run -2 --separate-stderr dbm load <in
	[ -z "$output" ]
	[ "$(sql "SELECT count(*) FROM a")" = 2 ]
	# an empty one in it is told with the others
	{
		echo "BEGIN;"
		copy a
		copy b '3\t1'
		echo "COMMIT;"
	} >in
	run -0 dbm load <in
	[ "$(told)" = "$(record a 0 0 0 0; record b 1 0 0 0)" ]
}

@test "load: tables of a cycle are one group without being told so" {
	sql "CREATE TABLE a (id int PRIMARY KEY, b int);
	    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
	    ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES b;
	    CREATE TABLE c (id int PRIMARY KEY)"
	{
		copy a '1\t1' '2\t2'
		copy b '1\t1' '2\t2'
		copy c 1
	} >in
	run -0 dbm load <in
	[ "$(told)" = "$(record a 2 0 0 0; record b 2 0 0 0; record c 1 0 0 0)" ]
	run -0 dbm load < <(copy a '1\t1' '2\t2'; copy a '1\t2')
	[ "$(told)" = "$(record a 0 0 2 0; record a 0 1 0 0)" ]
	# c ends the group that a began
	{
		copy a '3\t1'
		copy c 2
		copy b '3\t3'
	} >in
	run -0 dbm load <in
	[ "$(told)" = "$(record a 1 0 0 0; record c 1 0 0 0; record b 1 0 0 0)" ]
}

@test "load: a table that refers to itself, in any order, is not cut" {
	sql "CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t)"
	{
		echo "COPY t FROM stdin;"
		seq 1 99 | awk '{ print $1 "\t" $1 + 1 }'
		printf '100\t\\N\n\\.\n'
	} >in
	run -0 dbm load --batch-size 10 <in
	[ "$(told)" = "$(record t 100 0 0 0)" ]
	sql "DELETE FROM t WHERE id < 50"
	run -0 dbm load --batch-size 10 <in
	[ "$(told)" = "$(record t 49 0 51 0)" ]
}

@test "load: --batch-size commits on the way" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v int)"
	{
		echo "COPY t FROM stdin;"
		seq 1 95 | awk '{ print $1 "\t" $1 }'
		echo '\.'
	} >in
	run -0 dbm load --batch-size 10 <in
	[ "$(told)" = "$(record t 95 0 0 0)" ]
	[ "$(sql "SELECT count(DISTINCT xmin::text) FROM t")" = 10 ]
	sql "UPDATE t SET v = 0 WHERE id % 2 = 0"
	sql "DELETE FROM t WHERE id % 5 = 0"
	run -0 dbm load --batch-size 10 <in
	[ "$(told)" = "$(record t 19 38 38 0)" ]
	[ "$(sql "SELECT count(*), sum(v) FROM t")" = "95|4560" ]
	# an error later does not undo what was committed
	sed 's/^91\t91$/91\tx/' in >bad
	sql "TRUNCATE t"
	run -2 --separate-stderr dbm load --batch-size 10 <bad
	[[ $stderr == "stdin:92: error: table 't', column 'v'"* ]]
	[ -z "$output" ]
	[ "$(sql "SELECT count(*) FROM t")" = 90 ]
	run -0 dbm load --batch-size 10 <in
	[ "$(told)" = "$(record t 5 0 90 0)" ]
}

@test "load: a batch does not end inside of a row" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text)"
	printf 'COPY t FROM stdin;\n1\ta\\\nb\n2\t\\\\\n3\tc\n\\.\n' >in
	run -0 dbm load --batch-size 1 <in
	[ "$(told)" = "$(record t 3 0 0 0)" ]
	[ "$(sql "SELECT v FROM t WHERE id < 3 ORDER BY id")" = $'a\nb\n\\' ]
	run -0 dbm load --batch-size 1 <in
	[ "$(told)" = "$(record t 0 0 3 0)" ]
}

@test "load: a unique value that moves from one row to another" {
	shop
	sql "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b'), (3, 'c');
	    INSERT INTO houses VALUES ('h', 1)"
	copy 'users (id, email)' '1\tb' '2\tc' '3\ta' >in
	run -0 dbm load --batch-size 1 <in
	[ "$(told)" = "$(record users 0 3 0 0)" ]
	[ "$(sql "SELECT id, email FROM users ORDER BY id")" = $'1|b\n2|c\n3|a' ]
	[ "$(sql "SELECT count(*) FROM houses")" = 1 ]
}

@test "load: a key that comes twice counts with its last row" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (0)"
	copy t '1\ta' '2\tb' '1\tc' >in
	run -0 dbm load <in
	[ "$(sql "SELECT id, v FROM t WHERE id > 0 ORDER BY id")" = $'1|c\n2|b' ]
	sql "TRUNCATE t"
	run -2 dbm load <in
	has "(id)=(1)"
	has "twice"
}

@test "load: a trigger that changes rows is told" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text);
	    CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN NEW.v := upper(NEW.v); RETURN NEW; END';
	    CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON t
	    FOR EACH ROW EXECUTE FUNCTION up()"
	copy t '1\ta' '2\tB' >in
	run -0 dbm load <in
	has "stdin:1: warning: 1 row of table 't' differs from what came: a trigger or rule changes them (shout)"
	[ "$(sql "SELECT v FROM t WHERE id = 1")" = A ]
}

# --- dry run, state, records ---

@test "load: a trigger that swallows rows is told, also where COPY fires it" {
	sql "CREATE TABLE t (id int PRIMARY KEY);
	    CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
	        'BEGIN RETURN CASE WHEN NEW.id > 1 THEN NULL ELSE NEW END; END';
	    CREATE TRIGGER no BEFORE INSERT ON t
	        FOR EACH ROW EXECUTE FUNCTION no()"
	copy t 1 2 3 >in
	run -0 dbm load --mode insert <in
	has "warning: 2 rows of table 't' differ from what came"
	[ "$(sql "TABLE t")" = 1 ]
}

@test "load: a dry run counts, and writes nothing" {
	shop
	sql "INSERT INTO users SELECT i, 'u' || i, i FROM generate_series(1, 4) i"
	{
		copy 'users (id, email, age)' '1\tu1\t1' '2\tu2\t22' '9\tu9\t9'
		copy 'houses (id, "userId")' 'h\t9'
		echo "SELECT setval('users_id_seq', 99);"
	} >in
	versions users >before
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET default_transaction_read_only = on"
	run -0 dbm load -n --state "2026-01-01 00:00:00" <in
	[ "$(told)" = "$(record users 1 1 1 0; record houses 1 0 0 0)" ]
	run -0 dbm load -n --mode replace <in
	[ "$(told)" = "$(record users 1 1 1 2; record houses 1 0 0 0)" ]
	run -2 dbm load -n --mode insert <in
	has "2 rows of table 'users' are there already"
	versions users | cmp - before
	[ "$(sql "SELECT last_value FROM users_id_seq")" = 1 ]
	[ -z "$(sql "SELECT to_regnamespace('dbm')")" ]
	copy 'users (id, email, age)' '1\tu1\tx' >in
	run -2 dbm load -n <in
	has "stdin:"
	has "table 'users'"
}

@test "load: a dry run of replace, and keys that come twice" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (3)"
	copy t 2 2 3 3 >in
	run -0 dbm load -n --mode replace <in
	[ "$(told)" = "$(record t 1 0 3 1)" ]
	run -0 dbm load --mode replace <in
	[ "$(told)" = "$(record t 1 0 3 1)" ]
}

@test "load: --state is remembered with the last rows, or not at all" {
	shop
	{
		copy 'users (id, email)' '1\ta' '2\tb'
		copy 'houses (id, "userId")'
	} >in
	dbm load --state "2026-01-01 00:00:00.125" --mark "some mark" <in
	[ "$(sql 'SELECT "tableName", "lastMigratedAt", "recordCount"
	    FROM dbm."MigrationState" ORDER BY 1')" = \
	    $'houses|2026-01-01 00:00:00.125|0\nusers|2026-01-01 00:00:00.125|2' ]
	copy 'users (id, email)' '1\ta' '2\ta' >in
	run -2 dbm load --state "2027-01-01 00:00:00" <in
	[ "$(sql 'SELECT DISTINCT "lastMigratedAt" FROM dbm."MigrationState"')" = \
	    "2026-01-01 00:00:00.125" ]
	run -2 dbm load --mark x <in
	has "--mark is for --state"
}

@test "load: tsv, json and --header carry the same" {
	shop
	copy 'users (id, email)' '1\ta' >in
	run -0 dbm load --header <in
	[ "${lines[0]}" = $'table\tinserted\tupdated\tunchanged\tdeleted\tmilliseconds' ]
	[[ ${lines[1]} =~ ^users$'\t'1$'\t'0$'\t'0$'\t'0$'\t'[0-9]+$ ]]
	run -0 dbm load --json <in
	[ "$(jq -c 'del(.milliseconds)' <<<"$output")" = \
	    '{"table":"users","inserted":0,"updated":0,"unchanged":1,"deleted":0}' ]
	run -0 dbm load --running --header <in
	[ "${lines[0]}" = $'state\ttable\tinserted\tupdated\tunchanged\tdeleted\tmilliseconds\trows\tbytes' ]
	[[ ${lines[1]} =~ ^done$'\t'users$'\t'.*$'\t'1$'\t'4$ ]]
}

@test "load: --running tells of a COPY while it flows, and done when committed" {
	sql "CREATE TABLE t (id int)"
	mkfifo pipe
	dbm load --running <pipe >out 3>&- &
	pid=$!
	exec 4>pipe
	echo "COPY t FROM stdin;" >&4
	echo 1 >&4
	sleep 1.2
	echo 2 >&4
	within 5 grep -q $'^running\tt\t.*\t2\t4$' out
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	echo '\.' >&4
	within 5 grep -q $'^done\tt\t2\t' out # the stream is still open
	[ "$(sql "SELECT count(*) FROM t")" = 2 ]
	exec 4>&-
	ended 0
}

# --- ends that are none ---

slow_rows() { # COMMAND…: reads from ./pipe; two rows come, and then nothing
	mkfifo pipe
	"$@" <pipe >out 2>err 3>&- &
	pid=$!
	exec 4>pipe
	printf 'COPY t FROM stdin;\n1\n2\n' >&4
	within 5 copies
}

copies() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database() AND query LIKE 'COPY %'
	    AND state = 'active'")" = 1 ]
}

no_session() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database()
	    AND application_name = 'dbm-load'")" = 0 ]
}

@test "load: --running says what is wrong, and not in which line of a pipe" {
	shop
	copy 'houses (id, "userId")' 'h9\t99' >in
	run -2 --separate-stderr dbm load --running <in
	[[ $stderr == "dbm load: error: table 'houses': "* ]]
}

@test "load: signals roll back and are died of" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	for signal in INT TERM HUP; do
		rm -f pipe
		slow_rows env --default-signal=INT,QUIT dbm load
		kill -s "$signal" "$pid"
		ended $((128 + $(kill -l "$signal")))
		exec 4>&-
		[ ! -s out ]
		[ ! -s err ]
		within 5 no_session
		[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	done
}

@test "load: a server that goes is status 75, and nothing is left" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	slow_rows dbm load
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND application_name = 'dbm-load'"
	yes 3 | head -1000 >&4 2>/dev/null || true
	exec 4>&-
	ended 75
	grep -qE "P1017|57P01" err
	[ ! -s out ]
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "load: rows that is killed leaves the table as it was" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text);
	    INSERT INTO t SELECT i, repeat('x', 1000)
	    FROM generate_series(1, 60000) i"
	from=$DATABASE_URL
	new_db
	sql "CREATE TABLE t (id int PRIMARY KEY, v text)"
	for there in 0 1; do
		[ "$there" = 0 ] || sql "INSERT INTO t VALUES (0, 'here')"
		mkfifo "pipe$there"
		dbm rows --url "$from" t >"pipe$there" 3>&- &
		pid=$!
		status=0
		{
			dd bs=64k count=100 status=none # then it waits for us
			kill -9 "$pid"
			cat
		} <"pipe$there" | dbm load >out 2>err || status=$?
		[ "$status" -eq 2 ]
		grep -q "torn" err
		[ "$(sql "SELECT count(*) FROM t")" = "$there" ]
	done
}

@test "load: one row of 100 MB goes through in little memory" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v text)"
	{
		echo "COPY t FROM stdin;"
		printf '1\t'
		head -c 100000000 /dev/zero | tr '\0' x
		printf '\n\\.\n'
	} | if [ -z "${SAN:-}" ]; then
		(ulimit -v 100000 && dbm load)
	else
		dbm load
	fi
	[ "$(sql "SELECT length(v) FROM t")" = 100000000 ]
}

@test "load: behind a transaction pooler" {
	need_pooler
	own_server "listen_addresses = '127.0.0.1'" "port = $((20000 + RANDOM % 20000))"
	port=$(sed -n 's/^port = //p' "$own_data/data/postgresql.conf" | tail -1)
	export DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
	shop
	sql "CREATE TYPE mood AS ENUM ('good', 'bad');
	    ALTER TABLE users ADD mood mood"
	pool=$((port + 1))
	mkdir bouncer
	echo '"postgres" ""' >bouncer/users
	cat >bouncer/ini <<-EOF
		[databases]
		postgres = host=127.0.0.1 port=$port dbname=postgres
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $pool
		unix_socket_dir =
		auth_type = any
		auth_file = $PWD/bouncer/users
		pool_mode = transaction
		default_pool_size = 1
	EOF
	sed -i 's/dbname=postgres$/& user=postgres/' bouncer/ini
	pooler bouncer
	direct=$DATABASE_URL
	export DATABASE_URL="postgresql://postgres@127.0.0.1:$pool/postgres?pgbouncer=true"
	within 10 through_pool
	{
		copy 'users (id, email, mood)' '1\ta\tgood' '2\tb\tbad'
		copy 'houses (id, "userId")' 'h\t2'
		echo "SELECT setval('users_id_seq', 7);"
	} >in
	run -0 dbm load --batch-size 1 --state "2026-01-01 00:00:00" <in
	[ "$(told)" = "$(record users 2 0 0 0; record houses 1 0 0 0)" ]
	sed -i 's/good/bad/' in
	for _ in 1 2; do
		run -0 dbm load --batch-size 1 <in
	done
	[ "$(told)" = "$(record users 0 0 2 0; record houses 0 0 1 0)" ]
	run -0 dbm load -n <in
	[ "$(told)" = "$(record users 0 0 2 0; record houses 0 0 1 0)" ]
	run -0 dbm load --mode replace <in
	# and the session in the pool is as it was
	[ "$("$(psql_program)" -XAtq -d "${DATABASE_URL%%\?*}" \
	    -c "SHOW search_path" -c "SHOW row_security")" = \
	    $'"$user", public\non' ]
	DATABASE_URL=$direct
	[ "$(sql "SELECT last_value FROM users_id_seq")" = 7 ]
}

through_pool() {
	"$(psql_program)" -XAtq -d "${DATABASE_URL%%\?*}" -c "SELECT 1"
}
