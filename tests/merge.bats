# What a merge does to a table that has rows: through dbm load.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

teardown() {
	end_all
}

# copy TABLE [ROW...]: a stream of one table; \t and \n are written out.
copy() {
	printf 'COPY %s FROM stdin;\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%b\n' "$@"
	printf '\\.\n\n'
}

# merges TABLE INSERTED UPDATED UNCHANGED [ROW...]: the rows of a stream are
# merged, and told so; a dry run has told the same before, and wrote nothing.
merges() {
	local before
	copy "$1" "${@:5}" >in
	before=$(sql "TABLE ${1%% *}")
	run -0 --separate-stderr dbm load --dry-run <in
	[ "$(cut -f 1-5 <<<"$output")" = "${1%% *}	$2	$3	$4	0" ]
	[ "$before" = "$(sql "TABLE ${1%% *}")" ]
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "${1%% *}	$2	$3	$4	0" ]
}

# refuses TABLE [ROW...]: it does not, and the table is as it was.
refuses() {
	local before
	copy "$@" >in
	before=$(versions "${1%% *}")
	run -2 --separate-stderr dbm load <in
	[ "$before" = "$(versions "${1%% *}")" ]
}

# versions TABLE: where each row lies and who wrote it.
versions() { sql "SELECT ctid, xmin, t.* FROM $1 t ORDER BY ctid"; }

# rows TABLE: by its first column
rows_of() { sql "SELECT * FROM $1 ORDER BY 1"; }

# --- new, changed, the same ---

@test "merge: only what differs is written" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text, n numeric);
	    INSERT INTO t SELECT i, 'a' || i, i FROM generate_series(1, 5) i"
	same=$(sql "SELECT ctid, xmin, t.* FROM t WHERE id IN (1, 3, 5)")
	merges t 2 2 2 '1\ta1\t1' '2\tb\t2' '3\ta3\t3' '4\t\\N\t4' \
	    '6\t\t6' '7\tx\t\\N'
	[ "$(rows_of t)" = "1|a1|1
2|b|2
3|a3|3
4||4
5|a5|5
6||6
7|x|" ]
	[ "$same" = "$(sql "SELECT ctid, xmin, t.* FROM t
	    WHERE id IN (1, 3, 5)")" ]
	[ "$(sql "SELECT id FROM t WHERE a IS NULL")" = 4 ]
	before=$(versions t)
	merges t 0 0 2 '1\ta1\t1' '6\t\t6'
	[ "$before" = "$(versions t)" ]
}

@test "merge: equal is what is written the same" {
	sql "CREATE EXTENSION citext;
	    CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2',
	        deterministic = false);
	    CREATE TABLE t (id int PRIMARY KEY, c citext, n numeric, j json,
	        k text COLLATE ci, f float8, b char(5), i interval, p point);
	    INSERT INTO t VALUES
	        (1, 'A', 1.0, '{\"a\": 1}', 'x', '-0', 'b', '1 day', '(1,2)')"
	merges t 0 0 1 '1\tA\t1.0\t{"a": 1}\tx\t-0\tb\t1 day\t(1,2)'
	for row in 'a\t1.0\t{"a": 1}\tx\t-0\tb\t1 day\t(1,2)' \
	    'a\t1.00\t{"a": 1}\tx\t-0\tb\t1 day\t(1,2)' \
	    'a\t1.00\t{"a":1}\tx\t-0\tb\t1 day\t(1,2)' \
	    'a\t1.00\t{"a":1}\tX\t-0\tb\t1 day\t(1,2)' \
	    'a\t1.00\t{"a":1}\tX\t0\tb\t1 day\t(1,2)' \
	    'a\t1.00\t{"a":1}\tX\t0\tb\t24:00:00\t(1,2)' \
	    'a\t1.00\t{"a":1}\tX\t0\tb\t24:00:00\t(1,3)'; do
		merges t 0 1 0 "1\t$row"
		merges t 0 0 1 "1\t$row"
	done
	[ "$(rows_of t)" = '1|a|1.00|{"a":1}|X|0|b    |24:00:00|(1,3)' ]
}

@test "merge: keys that are equal but written differently are one row" {
	sql "CREATE EXTENSION citext;
	    CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2',
	        deterministic = false);
	    CREATE TABLE c (id citext PRIMARY KEY, a int);
	    CREATE TABLE n (id numeric PRIMARY KEY, a int);
	    CREATE TABLE k (id text COLLATE ci PRIMARY KEY, a int);
	    INSERT INTO c VALUES ('A', 1), ('b', 2);
	    INSERT INTO n VALUES (1.0, 1), (2, 2);
	    INSERT INTO k VALUES ('A', 1), ('b', 2)"
	merges c 1 1 1 'a\t1' 'b\t2' 'C\t3'
	merges n 1 1 1 '1.00\t1' '2\t2' '3\t3'
	merges k 1 1 1 'a\t1' 'b\t2' 'C\t3'
	[ "$(sql "SELECT string_agg(id, '' ORDER BY a) FROM c")" = abC ]
	[ "$(sql "SELECT string_agg(id, '' ORDER BY a) FROM k")" = abC ]
	[ "$(sql "SELECT id FROM n WHERE a = 1")" = 1.00 ]
}

@test "merge: of rows with the same key the last counts" {
	sql "CREATE EXTENSION citext;
	    CREATE TABLE t (a citext, b int, c text, PRIMARY KEY (a, b));
	    INSERT INTO t VALUES ('x', 1, 'old'), ('y', 1, 'same')"
	merges t 1 1 4 'x\t1\tone' 'X\t1\ttwo' 'y\t1\tother' 'y\t1\tsame' \
	    'z\t1\tone' 'z\t1\ttwo'
	[ "$(rows_of t)" = "X|1|two
y|1|same
z|1|two" ]
}

@test "merge: a join table, which is all key" {
	sql "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));
	    INSERT INTO t VALUES (1, 1), (1, 2)"
	merges t 1 0 2 '1\t1' '1\t2' '2\t1'
}

@test "merge: columns in another order, or only some" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'new',
	    b text, \"Odd \"\"name\" int);
	    INSERT INTO t VALUES (1, 'a', 'b', 1)"
	merges 't ("Odd ""name", b, id)' 1 1 0 '2\tb\t1' '3\tc\t2'
	[ "$(rows_of t)" = "1|a|b|2
2|new|c|3" ]
}

@test "merge: the best unique key where there is no primary key" {
	sql "CREATE TABLE t (a int, b text NOT NULL UNIQUE, c int UNIQUE);
	    INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)"
	merges t 1 1 1 '1\tx\t1' '3\ty\t3' '4\tz\t2'
}

@test "merge: a key that is deferrable" {
	sql "CREATE TABLE t (a int PRIMARY KEY DEFERRABLE, b int);
	    INSERT INTO t VALUES (1, 1), (2, 2)"
	merges t 1 1 1 '1\t1' '2\t3' '3\t3'
}

@test "merge: generated columns and identities" {
	sql "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	    a int, b int GENERATED ALWAYS AS (a + 1) STORED);
	    INSERT INTO t (a) VALUES (1), (2);
	    CREATE TABLE u (id int PRIMARY KEY,
	        n int GENERATED ALWAYS AS IDENTITY, a int);
	    INSERT INTO u (id, a) VALUES (1, 1), (2, 2)"
	merges 't (id, a)' 1 1 1 '1\t1' '2\t3' '9\t9'
	[ "$(rows_of t)" = "1|1|2
2|3|4
9|9|10" ]
	merges u 1 1 0 '1\t1\t5' '3\t7\t1'
	refuses u '1\t8\t5'
	[[ $stderr == *"GENERATED ALWAYS AS IDENTITY"* ]]
}

@test "merge: a partitioned table, rows moving between its partitions" {
	sql "CREATE TABLE t (id int, part text, a int, PRIMARY KEY (id, part))
	        PARTITION BY LIST (part);
	    CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');
	    CREATE TABLE t_b PARTITION OF t FOR VALUES IN ('b');
	    INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);
	    CREATE TABLE m (id int NOT NULL, part text, a int)
	        PARTITION BY LIST (part);
	    CREATE TABLE m_a PARTITION OF m FOR VALUES IN ('a');
	    CREATE TABLE m_b PARTITION OF m FOR VALUES IN ('b')"
	before=$(sql "SELECT tableoid, ctid FROM t WHERE id = 1")
	merges t 2 1 1 '1\ta\t1' '2\tb\t3' '3\ta\t3' '3\tb\t4'
	[ "$before" = "$(sql "SELECT tableoid, ctid FROM t WHERE id = 1")" ]
	[ "$(sql "SELECT count(*) FROM ONLY t_b")" = 2 ]
}

@test "merge: rows of inheritance children are not the table's" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a int);
	    CREATE TABLE child () INHERITS (t);
	    INSERT INTO t VALUES (1, 1);
	    INSERT INTO child VALUES (2, 2)"
	merges t 1 0 1 '1\t1' '2\t3'
	[ "$(sql "SELECT id, a FROM child; SELECT id, a FROM ONLY t
	    ORDER BY 1")" = "2|2
1|1
2|3" ]
}

@test "merge: triggers that change rows are told, and statements are spared" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text);
	    CREATE TABLE log (what text);
	    CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS
	        'BEGIN NEW.a := upper(NEW.a); RETURN NEW; END';
	    CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
	        'BEGIN INSERT INTO public.log VALUES (TG_OP); RETURN NULL; END';
	    INSERT INTO t VALUES (1, 'A'), (2, 'B');
	    CREATE TRIGGER up BEFORE INSERT OR UPDATE ON t
	        FOR EACH ROW EXECUTE FUNCTION up();
	    CREATE TRIGGER log AFTER INSERT OR UPDATE ON t
	        FOR EACH STATEMENT EXECUTE FUNCTION log()"
	merges t 0 0 2 '1\tA' '2\tB'
	[ -z "$stderr" ]
	[ "$(sql "SELECT count(*) FROM log")" = 0 ]
	merges t 1 1 0 '2\tc' '3\tD'
	[[ $stderr == *"1 row of table 't'"*"a trigger or rule changes them (log, up)"* ]]
	[ "$(sql "SELECT what FROM log")" = "UPDATE
INSERT" ]
}

@test "merge: a rule that swallows rows is told" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text);
	    INSERT INTO t VALUES (1, 'a');
	    CREATE RULE no AS ON INSERT TO t DO INSTEAD NOTHING"
	copy t '1\tb' '2\tc' >in
	run -0 --separate-stderr dbm load <in
	[ "$(sql "TABLE t")" = "1|b" ]
	[[ $stderr == *"1 row of table 't'"*"rule changes them (no)"* ]]
}

@test "merge: triggers of a partition are told, too" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text) PARTITION BY LIST (id);
	    CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
	    CREATE TABLE t_2 PARTITION OF t DEFAULT;
	    CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS
	        'BEGIN NEW.a := upper(NEW.a); RETURN NEW; END';
	    CREATE TRIGGER up BEFORE INSERT OR UPDATE ON t_1
	        FOR EACH ROW EXECUTE FUNCTION up();
	    INSERT INTO t VALUES (1, 'a'), (2, 'b')"
	merges t 0 2 0 '1\tc' '2\td'
	[[ $stderr == *"1 row of table 't'"*"a trigger or rule changes them (up)"* ]]
}

# theirs TABLE ID: another session inserts that row, and commits when we wait
# for it.
theirs() {
	{
		echo "BEGIN; INSERT INTO $1 (id, a) VALUES ($2, 'theirs');"
		echo "\\! touch go.$1.$2"
		within 20 waits_for "$1.$2" >/dev/null 2>&1
		echo "COMMIT;"
	} | PGAPPNAME=$1.$2 sql
}

waits_for() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity w
	    JOIN pg_stat_activity b ON b.pid = ANY (pg_blocking_pids(w.pid))
	    WHERE w.application_name = 'dbm-load' AND b.application_name = '$1'
	    AND w.datname = current_database()")" = 1 ]
}

@test "merge: rows that other sessions insert meanwhile are updated" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text);
	    INSERT INTO t VALUES (1, 'a');
	    CREATE TABLE r (id int PRIMARY KEY, up int REFERENCES r, a text);
	    INSERT INTO r VALUES (1, 1, 'a')"
	copy t '1\tb' '2\tours' '3\tnew' '4\tours' >t
	copy r '1\t1\tb' '2\t3\tours' '3\t2\tnew' '4\t1\tours' >r
	for table in t r; do
		theirs $table 2 &
		theirs $table 4 &
		within 10 test -e go.$table.2 -a -e go.$table.4
		run -0 --separate-stderr dbm load <$table
		wait
		[ "$(sql "SELECT id, a FROM $table ORDER BY 1")" = "1|b
2|ours
3|new
4|ours" ]
	done
}

@test "merge: without the right to make temporary tables it says which" {
	role=r_$RANDOM$RANDOM
	sql "CREATE TABLE t (id int PRIMARY KEY, a int);
	    INSERT INTO t VALUES (1, 1);
	    REVOKE TEMPORARY ON DATABASE $(sql 'SELECT current_database()')
	        FROM PUBLIC;
	    CREATE ROLE $role LOGIN; GRANT ALL ON t TO $role"
	copy t '1\t2' >in
	DATABASE_URL="postgresql://$role@${DATABASE_URL#*@}" \
	    run -2 --separate-stderr dbm load <in
	sql "DROP OWNED BY $role; DROP ROLE $role"
	[[ $stderr == *"GRANT TEMPORARY ON DATABASE"* ]]
}

# --- unique values that change hands ---

@test "merge: rows swap unique values, of every type that can be parked" {
	sql "CREATE DOMAIN code AS varchar(2)"
	while IFS='|' read -r type a b; do
		sql "DROP TABLE IF EXISTS t;
		    CREATE TABLE t (id int PRIMARY KEY,
		        u $type NOT NULL UNIQUE, x text);
		    INSERT INTO t VALUES (1, '$a', 'a'), (2, '$b', 'b')"
		merges t 0 2 0 "1\t$b\ta" "2\t$a\tb"
		[ "$(sql "SELECT id FROM t WHERE u = '$a'")" = 2 ]
		[ "$(sql "SELECT id FROM t WHERE u = '$b'")" = 1 ]
	done <<-'END'
	text|a|b
	varchar(5)|a|b
	varchar(40)|a|b
	char(1)|a|b
	varchar(1)|a|b
	code|a|b
	smallint|32767|1
	smallint|32767|-32768
	integer|2147483647|5
	bigint|9223372036854775807|-9223372036854775808
	numeric|1.50|2
	numeric|NaN|2
	numeric(3,1)|99.9|5.0
	uuid|00000000-0000-0000-0000-000000000001|00000000-0000-0000-0000-000000000002
	date|2024-01-01|2024-01-02
	date|infinity|2024-01-02
	timestamp|2024-01-01|2024-01-02
	timestamptz|2024-01-01|-infinity
	bytea|a|b
	END
}

@test "merge: a column that may be NULL is parked there" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u bool UNIQUE,
	        CHECK (u IS NOT NULL OR id < 9));
	    INSERT INTO t VALUES (1, true), (2, false)"
	merges t 0 2 0 '1\tf' '2\tt'
	[ "$(rows_of t)" = "1|f
2|t" ]
}

@test "merge: labels that nobody uses serve meanwhile" {
	sql "CREATE TYPE e AS ENUM ('a', 'b', 'c', 'd');
	    CREATE TABLE t (id int PRIMARY KEY, u e NOT NULL UNIQUE);
	    INSERT INTO t VALUES (1, 'a'), (2, 'b');
	    CREATE TABLE p (n int PRIMARY KEY);
	    INSERT INTO p VALUES (7), (8);
	    CREATE TABLE g (id int PRIMARY KEY, n int NOT NULL REFERENCES p,
	        u e NOT NULL, UNIQUE (n, u));
	    INSERT INTO g VALUES (1, 7, 'a'), (2, 7, 'b'), (3, 8, 'c'),
	        (4, 8, 'd')"
	merges t 0 2 0 '1\tb' '2\ta'
	[ "$(rows_of t)" = "1|b
2|a" ]
	merges g 0 4 0 '1\t7\tb' '2\t7\ta' '3\t8\td' '4\t8\tc'
	[ "$(sql "SELECT string_agg(u::text, '' ORDER BY id) FROM g")" = badc ]
}

@test "merge: a ring of three, and a new row takes what another gives up" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text NOT NULL UNIQUE);
	    INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'),
	        (5, 'e')"
	merges t 1 4 1 '1\tb' '2\tc' '3\ta' '4\tf' '5\te' '6\td'
	[ "$(sql "SELECT string_agg(u, '' ORDER BY id) FROM t")" = bcafed ]
}

@test "merge: a new row takes what cannot be parked, and is given up" {
	sql "CREATE TYPE e AS ENUM ('a', 'b', 'c');
	    CREATE TABLE t (id int PRIMARY KEY, u e NOT NULL UNIQUE);
	    INSERT INTO t VALUES (1, 'a')"
	merges t 1 1 0 '1\tb' '2\ta'
	# also where others have to be parked
	sql "CREATE TABLE s (id int PRIMARY KEY, u e NOT NULL UNIQUE,
	        v text UNIQUE);
	    INSERT INTO s VALUES (1, 'a', 'x'), (3, 'c', 'y')"
	merges s 1 2 0 '1\tb\ty' '3\tc\tx' '2\ta\tz'
	# and where nearly all rows are new
	sql "CREATE TABLE n (id int PRIMARY KEY, u e UNIQUE, x text);
	    INSERT INTO n VALUES (1, 'a'), (20000, NULL);
	    ALTER TABLE n ADD CHECK (id <> 1 OR u IS NOT NULL)"
	{
		echo 'COPY n FROM stdin;'
		printf '1\tb\t\\N\n2\ta\t\\N\n'
		seq -f '%g	\N	x' 3 20000
		echo '\.'
	} >in
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "n	19998	2	0	0" ]
	[ "$(sql "SELECT id, u FROM n WHERE u IS NOT NULL ORDER BY 1")" = "1|b
2|a" ]
}

@test "merge: a child of the row that gives up a value is not touched" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text NOT NULL UNIQUE);
	    CREATE TABLE child (id int PRIMARY KEY,
	        t int REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE);
	    INSERT INTO t VALUES (1, 'a'), (2, 'b');
	    INSERT INTO child VALUES (1, 1), (2, 2)"
	before=$(versions child)
	merges t 0 2 0 '1\tb' '2\ta'
	[ "$before" = "$(versions child)" ]
}

@test "merge: unique over several columns: the one that can be parked is" {
	sql "CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE t (id int PRIMARY KEY, p int NOT NULL REFERENCES p,
	        slot int NOT NULL, UNIQUE (p, slot));
	    INSERT INTO p VALUES (1), (2);
	    INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1)"
	merges t 0 2 1 '1\t1\t2' '2\t1\t1' '3\t2\t1'
	merges t 0 3 0 '1\t2\t1' '2\t1\t2' '3\t1\t1'
}

@test "merge: unique expressions, conditions, and letters of both cases" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, on_ bool,
	        u uuid NOT NULL DEFAULT gen_random_uuid());
	    CREATE UNIQUE INDEX lower_a ON t (lower(a));
	    CREATE UNIQUE INDEX one_on ON t ((1)) WHERE on_;
	    INSERT INTO t VALUES (1, 'A', true), (2, 'b', false)"
	merges 't (id, a, on_)' 0 2 0 '1\tB\tf' '2\ta\tt'
	[ "$(sql "SELECT id, a, on_ FROM t ORDER BY 1")" = "1|B|f
2|a|t" ]
	sql "CREATE EXTENSION citext;
	    CREATE TABLE c (id int PRIMARY KEY, u citext NOT NULL UNIQUE);
	    INSERT INTO c VALUES (1, 'A'), (2, 'b')"
	merges c 0 2 0 '1\tB' '2\ta'
	[ "$(rows_of c)" = "1|B
2|a" ]
}

@test "merge: swaps in two indexes at once, of long names, one with INCLUDE" {
	long=$(printf 'x%.0s' {1..60})
	sql "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL,
	        b int NOT NULL DEFAULT 0, c int);
	    CREATE UNIQUE INDEX ${long}_a ON t (a) INCLUDE (c);
	    CREATE UNIQUE INDEX ${long}_b ON t (b);
	    INSERT INTO t VALUES (1, 1, 10, 0), (2, 2, 20, 0), (3, 3, 30, 0)"
	merges t 0 3 0 '1\t2\t30\t0' '2\t1\t10\t1' '3\t3\t20\t1'
	merges 't (id, a)' 0 2 0 '1\t1' '2\t2'
}

@test "merge: nulls that are equal" {
	[ "$(sql "SHOW server_version_num")" -ge 150000 ] || skip
	sql "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE
	        NULLS NOT DISTINCT);
	    INSERT INTO t VALUES (1, NULL), (2, 5)"
	merges t 0 2 0 '1\t5' '2\t\\N'
	[ "$(rows_of t)" = "1|5
2|" ]
}

@test "merge: where nothing may be parked, both rows are named" {
	sql "CREATE TYPE e AS ENUM ('a', 'b');
	    CREATE TABLE t (id int PRIMARY KEY, x int, u e NOT NULL UNIQUE);
	    INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b');
	    CREATE TABLE p (id int PRIMARY KEY, code text NOT NULL UNIQUE);
	    CREATE TABLE child (code text REFERENCES p (code)
	        ON UPDATE CASCADE);
	    INSERT INTO p VALUES (1, 'a'), (2, 'b');
	    INSERT INTO child VALUES ('a');
	    CREATE TABLE c (id int PRIMARY KEY, n int NOT NULL UNIQUE
	        CHECK (n IN (1, 2)));
	    INSERT INTO c VALUES (1, 1), (2, 2)"
	refuses t '1\t1\tb' '2\t3\ta'
	[[ $stderr == *"(id)=(1)"*"(id)=(2)"*"'t_u_key'"* ]] ||
	    [[ $stderr == *"(id)=(2)"*"(id)=(1)"*"'t_u_key'"* ]]
	[[ $stderr == *"'t'"*"(u)=("* ]]
	refuses p '1\tb' '2\ta'
	[[ $stderr == *"'p'"*"(code)=("*"'p_code_key'"* ]]
	refuses c '1\t2' '2\t1'
	[[ $stderr == *"'c'"*"(n)=("*"'c_n_key'"*"c_n_check"* ]]
	[ "$(sql "TABLE child")" = a ]
}

@test "merge: two rows of a stream that want the same are named" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE);
	    INSERT INTO t VALUES (1, 'a')"
	refuses t '7\tx' '8\tx'
	[[ $stderr == *"(id)=(7)"*"(id)=(8)"* ]] ||
	    [[ $stderr == *"(id)=(8)"*"(id)=(7)"* ]]
	[[ $stderr == *"(u)=(x)"*"'t_u_key'"* ]]
}

@test "merge: a value that a row holds which does not come" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE);
	    INSERT INTO t VALUES (1, 'a'), (2, 'b')"
	refuses t '1\tb'
	[[ $stderr == *"row (id)=(1) of 't' is to have (u)=(b), which row (id)=(2) has ('t_u_key')"* ]]
	[[ $stderr == *"--delete"*"--full"* ]]
	# a row that is to be deleted gives it up at once
	printf 't\t2\textra\nt\t7\tdiffers\n' >gone
	copy t '1\tb' >in
	run -0 --separate-stderr dbm load --gone gone <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	0	1	0	0" ]
	[ "$(sql "SELECT u FROM t WHERE id = 1")" = b ]
	[ "$(sql "SELECT count(*) FROM t WHERE id = 2 AND u IS NULL")" = 1 ]
	# but not one that only differs
	printf 't\t1\tdiffers\n' >gone
	copy t '3\tb' >in
	run -2 dbm load --gone gone <in
}

@test "merge: keys of several columns among those that are gone" {
	sql "CREATE TABLE t (a text, b int, u text NOT NULL UNIQUE,
	        PRIMARY KEY (a, b));
	    INSERT INTO t VALUES ('x', 1, 'a'), ('y,\"', 2, 'b')"
	printf 't\t{"y,\\\\"",2}\textra\n' >gone
	copy t 'x\t1\tb' >in
	run -0 --separate-stderr dbm load --gone gone <in
	[ "$(sql "SELECT a FROM t WHERE u = 'b'")" = x ]
}

@test "merge: batches wait for the row that holds a value" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text NOT NULL UNIQUE);
	    INSERT INTO t SELECT i, 'u' || i FROM generate_series(1, 9) i"
	copy t '1\tu2' '2\tu3' '3\tu4' '4\tnew' '5\tu5' '6\tu7' '7\tu6' >in
	run -0 --separate-stderr dbm load --batch-size 1 <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	0	6	1	0" ]
	[ "$(sql "SELECT string_agg(u, ' ' ORDER BY id) FROM t")" = \
	    "u2 u3 u4 new u5 u7 u6 u8 u9" ]
}

# What is undone takes no number of a sequence back.
@test "merge: batches that wait are not merged anew for each of them" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u int NOT NULL UNIQUE,
	        n serial);
	    INSERT INTO t VALUES (0, 1, 0)"
	copy 't (id, u)' $(seq 1 99 | sed 's/.*/&\\t&/') '0\t1000' >in
	run -0 --separate-stderr dbm load --batch-size 1 <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	99	1	0	0" ]
	[ "$(sql "SELECT last_value < 150 FROM t_n_seq")" = t ]
}

@test "merge: nothing is parked where no value changes hands" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u text NOT NULL UNIQUE, x int);
	    INSERT INTO t SELECT i, 'u' || i, i FROM generate_series(1, 9) i;
	    CREATE TABLE log (old text, new text);
	    CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
	        'BEGIN INSERT INTO public.log VALUES (OLD.u, NEW.u);
	        RETURN NULL; END';
	    CREATE TRIGGER log AFTER UPDATE ON t
	        FOR EACH ROW EXECUTE FUNCTION log()"
	merges t 1 2 1 '1\tu1\t7' '2\tother\t2' '3\tu3\t3' '10\tu10\t1'
	[ "$(sql "SELECT * FROM log ORDER BY 1")" = "u1|u1
u2|other" ]
}

# --- tables that refer to themselves or to each other ---

@test "merge: a tree, children before their parents" {
	sql "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t);
	    INSERT INTO t VALUES (1, NULL), (2, 1)"
	merges t 3 1 1 '5\t4' '4\t3' '3\t1' '2\t5' '1\t\\N'
	[ "$(rows_of t)" = "1|
2|5
3|1
4|3
5|4" ]
}

# cycle FIRST SECOND: two tables with these constraints, and a row each
cycle() {
	sql "CREATE TABLE a (id int PRIMARY KEY, b int, x text);
	    CREATE TABLE b (id int PRIMARY KEY, a int, x text);
	    ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES b $1;
	    ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a $2;
	    BEGIN; SET CONSTRAINTS ALL DEFERRED;
	    INSERT INTO a VALUES (1, NULL, 'a'); INSERT INTO b VALUES (1, 1, 'b');
	    UPDATE a SET b = 1; COMMIT"
}

cycle_rows() {
	copy a '1\t1\tA' '2\t2\tx' '3\t\\N\ty'
	copy b '1\t1\tb' '2\t3\tz' '4\t2\tz'
}

cycle_comes() {
	cycle_rows >in
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "a	2	1	0	0
b	2	0	1	0" ]
	[ "$(rows_of a)" = "1|1|A
2|2|x
3||y" ]
	[ "$(rows_of b)" = "1|1|b
2|3|z
4|2|z" ]
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "a	0	0	3	0
b	0	0	3	0" ]
}

@test "merge: a cycle of foreign keys that may be NULL" {
	cycle "" ""
	cycle_comes
}

@test "merge: a cycle, one side NOT NULL" {
	cycle "" ""
	sql "ALTER TABLE b ALTER a SET NOT NULL"
	cycle_comes
}

@test "merge: a cycle, the other side NOT NULL" {
	cycle "" ""
	sql "UPDATE a SET b = 1; ALTER TABLE a ALTER b SET NOT NULL"
	{
		copy a '1\t1\tA' '2\t2\tx' '3\t2\ty'
		copy b '1\t1\tb' '2\t3\tz' '4\t\\N\tz'
	} >in
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "a	2	1	0	0
b	2	0	1	0" ]
	[ "$(rows_of b)" = "1|1|b
2|3|z
4||z" ]
}

@test "merge: a cycle that is deferrable, NOT NULL on both sides" {
	cycle DEFERRABLE "DEFERRABLE INITIALLY DEFERRED"
	sql "ALTER TABLE b ALTER a SET NOT NULL"
	cycle_comes
}

@test "merge: a cycle that nothing solves is named, and what is there can change" {
	cycle "" ""
	sql "ALTER TABLE a ALTER b SET NOT NULL; ALTER TABLE b ALTER a SET NOT NULL"
	{
		copy a '1\t1\tA'
		copy b '1\t1\tB'
	} >in
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "a	0	1	0	0
b	0	1	0	0" ]
	before=$(versions a; versions b)
	{
		copy a '1\t1\tA' '2\t2\tx'
		copy b '1\t1\tC' '2\t2\tx'
	} >in
	run -2 --separate-stderr dbm load <in
	[[ $stderr == *"a_b"* ]]
	[[ $stderr == *DEFERRABLE* ]]
	[ "$before" = "$(versions a; versions b)" ]
}

@test "merge: unique values change hands inside of a cycle" {
	cycle "" ""
	sql "ALTER TABLE a ADD UNIQUE (x); INSERT INTO a VALUES (5, NULL, 'five')"
	{
		copy a '1\t1\tfive' '5\t2\ta' '6\t2\tsix'
		copy b '2\t6\tb'
	} >in
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "a	1	2	0	0
b	1	0	0	0" ]
	[ "$(rows_of a)" = "1|1|five
5|2|a
6|2|six" ]
}

# --- replace ---

@test "merge: replace deletes what does not come, children first" {
	sql "CREATE TABLE p (id int PRIMARY KEY, u text UNIQUE);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p
	        ON DELETE CASCADE);
	    INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'c');
	    INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)"
	same=$(sql "SELECT ctid, xmin FROM p WHERE id = 1")
	{
		copy p '1\ta' '4\tb'
		copy c '1\t1' '2\t4'
	} >in
	run -0 --separate-stderr dbm load --mode replace <in
	[ "$(cut -f 1-5 <<<"$output")" = "p	1	0	1	2
c	0	1	1	1" ]
	[ "$(rows_of p; rows_of c)" = "1|a
4|b
1|1
2|4" ]
	[ "$same" = "$(sql "SELECT ctid, xmin FROM p WHERE id = 1")" ]
}

@test "merge: replace takes no row along that it was not told to delete" {
	sql "CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p
	        ON DELETE CASCADE);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p
	        ON DELETE SET NULL);
	    INSERT INTO p VALUES (1, NULL), (2, 1), (3, 2);
	    INSERT INTO c VALUES (1, 3)"
	before=$(versions p; versions c)
	copy p '1\t\\N' >in
	run -2 --separate-stderr dbm load --mode replace <in
	[[ $stderr == *"rows of 'c' that stay refer to them"*"SET NULL"* ]]
	[ "$before" = "$(versions p; versions c)" ]
	{
		copy p '1\t\\N'
		copy c '1\t1'
	} >in
	run -0 --separate-stderr dbm load --mode replace <in
	[ "$(rows_of p; rows_of c)" = "1|
1|1" ]
}

replace_in_cycle() {
	cycle_rows >in
	run -0 --separate-stderr dbm load --mode replace <in
	{
		copy a '1\t1\tA'
		copy b '1\t1\tb'
	} >in
	run -0 --separate-stderr dbm load --mode replace <in
	[ "$(rows_of a; rows_of b)" = "1|1|A
1|1|b" ]
	cycle_rows >in # and an error that was mended is none
	run -0 --separate-stderr dbm load --mode replace <in
	{
		copy a '1\t1\tA'
		copy b '1\t1\tb'
	} >in
	run -0 --separate-stderr dbm load --mode replace \
	    --state "2026-01-01 00:00:00" <in
	[ "$(sql 'SELECT count(*) FROM dbm."MigrationState"')" = 2 ]
}

@test "merge: replace in a cycle" {
	cycle "" ""
	replace_in_cycle
}

@test "merge: replace in a cycle that cascades" {
	cycle "ON DELETE CASCADE" "ON DELETE CASCADE"
	replace_in_cycle
}

# what the server says, without the place
said() { sed -n "s/^.*error: table 't'[^:]*: \(.*SQLSTATE.*\)/\1/p"; }

@test "merge: a dry run refuses what a load would" {
	sql "CREATE DOMAIN d AS int CHECK (VALUE > 0);
	    CREATE TYPE e AS ENUM ('x', 'y'); CREATE TYPE r AS (a int, b text);
	    CREATE TABLE t (id varchar(3) PRIMARY KEY, gone int, c char(3),
	        n numeric(4,2), d d, a varchar(2)[], r r, e e, b bit(3));
	    ALTER TABLE t DROP gone;
	    INSERT INTO t VALUES
	        ('a', 'x', 1, 1, '{a,NULL}', '(1,\"q \"\"\")', 'x', '101')"
	good=$(sql "COPY t TO stdout")
	copy t "${good//\\/\\\\}" >in
	run -0 --separate-stderr dbm load -n <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	0	0	1	0" ]
	for change in 's/^a/abcd/' 's/x  /abcd/' 's/1.00/100/' 's/\t1\t/\t0\t/' \
	    's/{a,/{abc,/' 's/(1,/(x,/' 's/\tx\t1/\tz\t1/' 's/101/1011/' \
	    's/\t101//' 's/101/101\t1/'; do
		sed "$change" in >bad
		run ! cmp -s in bad
		run -2 --separate-stderr dbm load -n <bad
		dry=$stderr
		run -2 --separate-stderr dbm load <bad
		[ -n "$(said <<<"$dry")" ]
		[ "$(said <<<"$dry")" = "$(said <<<"$stderr")" ]
	done
}

@test "merge: COPY's escapes in a dry run" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text);
	    INSERT INTO t VALUES (1, E'\\b\\f\\n\\r\\t\\x0b\\\\'), (2, 'AA'),
	        (3, E'\\\\N'), (4, NULL), (5, ''), (6, '\",(){}'), (7, E'x\ny')"
	{
		echo 'COPY t FROM stdin;'
		printf '%s\t%s\n' 1 '\b\f\n\r\t\v\\' 2 '\x41\101' 3 '\\N' \
		    4 '\N' 5 '' 6 '\"\,(){}' 7 'x\
y'
		echo '\.'
	} >in
	run -0 --separate-stderr dbm load -n <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	0	0	7	0" ]
	run -0 --separate-stderr dbm load <in
	[ "$(cut -f 1-5 <<<"$output")" = "t	0	0	7	0" ]
}
