# Every type there is goes through rows, load and sync, and stays what it is;
# so do tables of every kind, whatever their names.
load helper

data=$BATS_TEST_DIRNAME/data/types

# The databases with all of it are made once, and copied for each test:
# types_… with a table for each type, tables_… with tables of every kind.
setup_file() {
	local name
	for name in types_from types_to tables_from tables_to; do
		sql_at "$TEST_SERVER_URL" \
		    "CREATE DATABASE $name TEMPLATE template0"
	done
	filled 1 types_from
	filled 0 types_to
	cat "$data/tables.sql" "$data/rows.sql" | sql_at "$(url_of tables_from)"
	sql_at "$(url_of tables_to)" <"$data/tables.sql"
}

teardown_file() {
	local name
	for name in types_from types_to tables_from tables_to; do
		sql_at "$TEST_SERVER_URL" "DROP DATABASE IF EXISTS $name"
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	local url
	for url in "${FROM:-}" "${TO:-}"; do
		[ -z "$url" ] || drop "$url"
	done
}

drop() {
	local name=${1%%\?*}
	sql_at "$TEST_SERVER_URL" "DROP DATABASE ${name##*/} WITH (FORCE)"
}

# filled DATA DBNAME: the tables of types; with rows where DATA is 1.
filled() {
	{
		cat "$data/types.sql"
		with_lists "$data/fill.sql"
	} | "$(psql_program)" -XAtq -v ON_ERROR_STOP=1 -v data="$1" \
	    -d "$(url_of "$2")"
}

# with_lists FILE: that script, after the two lists it is about.
with_lists() {
	echo "CREATE TEMP TABLE value (n serial, type text, v text);
	    CREATE TEMP TABLE change (n serial, type text, old text, new text);
	    COPY value (type, v) FROM STDIN;"
	cat "$data/values.tsv"
	printf '%s\n' '\.' 'COPY change (type, old, new) FROM STDIN;'
	cat "$data/changes.tsv"
	printf '%s\n' '\.'
	cat "$1"
}

# copy_of DBNAME VARIABLE: a database like that one; its URL.
copy_of() {
	local name=t_${BATS_TEST_NUMBER}_$$_$RANDOM$RANDOM
	sql_at "$TEST_SERVER_URL" "CREATE DATABASE $name TEMPLATE $1"
	export "$2=$(url_of "$name")"
}

# all_types: FROM has rows, TO has none yet.
all_types() {
	copy_of types_from FROM
	copy_of types_to TO
}

# all_tables: the same, of every kind.
all_tables() {
	copy_of tables_from FROM
	copy_of tables_to TO
}

# two_dbs SQL: FROM and TO with the same tables.
two_dbs() {
	new_db FROM
	new_db TO
	sql_at "$FROM" "$1"
	sql_at "$TO" "$1"
}

# empty_changes: of the tables of changes TO has the rows, too.
empty_changes() {
	sql_at "$TO" <<-'END'
	SELECT format('TRUNCATE %I', relname) FROM pg_class
	WHERE relname ~ '^ck? ' AND relkind = 'r' \gexec
	END
}

# text_of URL: all of a database as text: a line for each row.
text_of() {
	sql_at "$1" <<-'END'
	SET DateStyle = ISO; SET IntervalStyle = postgres; SET TimeZone = UTC;
	SET extra_float_digits = 1; SET bytea_output = hex;
	SET search_path = public; SET client_encoding = UTF8;
	SET standard_conforming_strings = on;
	SELECT format('SELECT %L, replace(replace(x::text, %L, %L), %L, %L)
	    FROM ONLY %s x ORDER BY x::text COLLATE "C"', c.oid::regclass,
	    '\', '\\', E'\n', '\n', c.oid::regclass)
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND n.nspname = 'public'
	ORDER BY c.relname COLLATE "C" \gexec
	END
}

# same: both have the same rows, by psql and by dbm.
same() {
	text_of "$FROM" >from.txt
	text_of "$TO" >to.txt
	diff from.txt to.txt
	dbm compare --from "$FROM" --to "$TO" >compare.txt || {
		cat compare.txt
		return 1
	}
}

# totals: inserted, updated, unchanged and deleted in a report on stdin.
totals() {
	awk -F '\t' '{ i += $2; u += $3; s += $4; d += $5 }
	    END { print i + 0, u + 0, s + 0, d + 0 }'
}

# written URL: tuples written in its public tables, ever.
written() {
	sql_at "$1" "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)
	    FROM pg_stat_user_tables WHERE schemaname = 'public'"
}

rows_of() {
	wc -l <"$1" | tr -d ' '
}

@test "types: the lists know every type of this server" {
	copy_of types_from FROM
	# the others cannot be written into a table at all
	[ "$(sql_at "$FROM" "SELECT format_type(t.oid, NULL) FROM pg_type t
	    WHERE t.typnamespace = 'pg_catalog'::regnamespace
	    AND t.typtype IN ('b', 'r', 'm') AND t.typcategory <> 'A'
	    AND t.typname NOT IN ('pg_node_tree', 'pg_ndistinct', 'gtsvector',
	    'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary',
	    'pg_brin_minmax_multi_summary')
	    AND NOT EXISTS (SELECT FROM pg_attribute a
	    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
	    WHERE a.atttypid = t.oid AND a.attname = 'v'
	    AND c.relnamespace = 'public'::regnamespace)")" = "" ]
}

@test "types: rows | load carries every value, and finds nothing to do again" {
	all_types
	empty_changes
	dbm rows --url "$FROM" >stream
	dbm load --url "$TO" <stream >out
	same
	[ "$(totals <out)" = "$(rows_of from.txt) 0 0 0" ]
	before=$(written "$TO")
	dbm load --url "$TO" <stream >out
	[ "$(totals <out)" = "0 0 $(rows_of from.txt) 0" ]
	[ "$(written "$TO")" = "$before" ]
}

@test "types: tables of every kind, whatever their names" {
	all_tables
	dbm rows --url "$FROM" >stream
	dbm load --url "$TO" <stream >out
	same
	[ "$(totals <out)" = "$(rows_of from.txt) 0 0 0" ]
	before=$(written "$TO")
	dbm load --url "$TO" <stream >out
	[ "$(totals <out)" = "0 0 $(rows_of from.txt) 0" ]
	sync --full --delete >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
	[ "$(written "$TO")" = "$before" ]
	copy_of tables_to TO
	sync >out
	same
	copy_of tables_to TO
	sql_at "$TO" <stream
	same
}

@test "types: psql takes the stream as well" {
	all_types
	empty_changes
	dbm rows --url "$FROM" >stream
	sql_at "$TO" <stream
	text_of "$FROM" >from.txt
	text_of "$TO" >to.txt
	diff from.txt to.txt
}

# sync [OPTION…]: between the two, as a report on stdout.
sync() {
	dbm sync --from "$FROM" --to "$TO" "$@"
}

@test "types: sync carries every value, and writes nothing the second time" {
	all_types
	sync >out
	same
	before=$(written "$TO")
	sync --full >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
	[ "$(written "$TO")" = "$before" ]
	same
}

# odd URL SETTING…: what a database can be set to, and must not matter.
odd() {
	local name=${1%%\?*} setting
	for setting in "${@:2}"; do
		sql_at "$1" "ALTER DATABASE ${name##*/} SET $setting"
	done
}

@test "types: the settings of the two databases do not matter" {
	all_types
	odd "$FROM" "DateStyle = 'SQL, DMY'" "IntervalStyle = sql_standard" \
	    "TimeZone = 'America/St_Johns'" "extra_float_digits = -15" \
	    "bytea_output = escape" "xmloption = document" \
	    "search_path = 'Other One'"
	odd "$TO" "DateStyle = 'German, MDY'" "IntervalStyle = iso_8601" \
	    "TimeZone = 'Asia/Kathmandu'" "xmlbinary = hex" \
	    "standard_conforming_strings = off" "array_nulls = off" \
	    "client_encoding = LATIN1" "transform_null_equals = on" \
	    "search_path = ''"
	sync >/dev/null
	same
	sync --full >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
}

@test "types: a change of text is a change, whatever '=' says" {
	all_types
	sync >/dev/null
	same
	with_lists "$data/change.sql" | sql_at "$FROM"
	text_of "$FROM" >changed.txt
	text_of "$TO" >to.txt
	n=$(diff to.txt changed.txt | grep -c '^>')
	[ "$n" -gt 60 ]
	run -1 dbm compare --from "$FROM" --to "$TO"
	# each of the tables is told
	[ "$(grep -c $'\tf$' <<<"$output")" -eq \
	    "$(diff to.txt changed.txt | sed -n 's/^> \(.*\)|(.*/\1/p' |
	    sort -u | wc -l)" ]
	sync --full --delete --delete-limit 100 >out
	same
	[ "$(totals <out | cut -d ' ' -f 2)" -gt 60 ]
	sync --full --delete >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
}

@test "types: rows | load --mode upsert sees those changes too" {
	all_types
	sync >/dev/null
	with_lists "$data/change.sql" | sql_at "$FROM"
	dbm rows --url "$FROM" -t 'c *' >stream
	dbm load --url "$TO" --dry-run <stream >dry
	dbm load --url "$TO" <stream >out
	n=$(grep -vc '^$' "$data/changes.tsv")
	[ "$(totals <out | cut -d ' ' -f 2)" -eq "$n" ]
	diff <(cut -f 1-4 dry) <(cut -f 1-4 out)
	dbm compare --from "$FROM" --to "$TO" -t 'c *'
}

@test "types: a key that differs in case is the same row" {
	two_dbs "CREATE EXTENSION citext;
	    CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2',
	        deterministic = false);
	    CREATE TABLE c (k citext PRIMARY KEY, v citext);
	    CREATE TABLE n (k text COLLATE nocase PRIMARY KEY,
	        v text COLLATE nocase);
	    CREATE TABLE child (id int PRIMARY KEY,
	        c citext REFERENCES c ON UPDATE CASCADE,
	        n text COLLATE nocase REFERENCES n);"
	sql_at "$FROM" "INSERT INTO c VALUES ('A', 'x'), ('b', 'Y');
	    INSERT INTO n VALUES ('A', 'x'), ('b', 'Y');
	    INSERT INTO child VALUES (1, 'A', 'A')"
	sync >/dev/null
	same
	sql_at "$FROM" "UPDATE c SET k = 'a' WHERE k = 'A';
	    UPDATE c SET v = 'y' WHERE k = 'b';
	    UPDATE n SET k = 'a' WHERE k = 'A';
	    UPDATE n SET v = 'y' WHERE k = 'b'"
	run -1 dbm compare --from "$FROM" --to "$TO"
	sync --delete >out
	same
	[ "$(sql_at "$TO" "SELECT string_agg(k || v, '' ORDER BY k) FROM c")" \
	    = axby ]
	[ "$(totals <out | cut -d ' ' -f 4)" -eq 0 ]
}

@test "types: keys that are equal but written otherwise take one row" {
	two_dbs "CREATE TABLE k (n numeric PRIMARY KEY, v text);
	    CREATE TABLE f (n float8 PRIMARY KEY, v text);
	    CREATE TABLE i (n interval PRIMARY KEY, v text)"
	sql_at "$FROM" "INSERT INTO k VALUES (1.00, 'from'), ('NaN', 'n');
	    INSERT INTO f VALUES ('-0', 'from'), ('NaN', 'n');
	    INSERT INTO i VALUES ('1 day', 'from')"
	sql_at "$TO" "INSERT INTO k VALUES (1.0, 'to');
	    INSERT INTO f VALUES (0, 'to');
	    INSERT INTO i VALUES ('24:00:00', 'to')"
	sync >out
	[ "$(totals <out)" = "2 3 0 0" ]
	same
	sync --full >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
}

@test "types: a schema of another name, in a URL and as a pattern" {
	all_tables
	dbm sync --from "$FROM&schema=Other%20One" --to "$TO&schema=Other%20One"
	[ "$(sql_at "$TO" 'SELECT count(*) FROM "Other One"."Key.ed"')" -eq 2 ]
	run -0 dbm compare --from "$FROM" --to "$TO" -t 'Other One.*'
	[[ $output == "Other One.Key.ed"$'\t2\t2\t'* ]]
	dbm rows --url "$FROM" "Other One.Key.ed" >stream
	run -2 dbm load --url "$TO" --schema-map "Other One=public" <stream
	sql_at "$TO" 'CREATE TABLE "Key.ed" (id int PRIMARY KEY, v text)'
	dbm load --url "$TO" --schema-map "Other One=public" <stream
	[ "$(sql_at "$TO" 'SELECT count(*) FROM "Key.ed"')" -eq 2 ]
}

@test "types: partitions, and rows that move between them" {
	all_tables
	sync >/dev/null
	sql_at "$FROM" "UPDATE by_range SET day = '2024-12-31' WHERE id = 1;
	    UPDATE by_list SET kind = 'b' WHERE id = 1;
	    UPDATE by_list SET kind = 'zz' WHERE id = 2;
	    UPDATE by_list SET v = 'changed' WHERE id = 3"
	sync --delete --delete-limit 100 >out
	same
	[ "$(sql_at "$TO" "SELECT count(*) FROM by_list_b")" -eq 1 ]
	# only at the destination is the table in one piece
	sql_at "$TO" "CREATE TABLE plain (LIKE by_range INCLUDING ALL);
	    DROP TABLE by_range; ALTER TABLE plain RENAME TO by_range"
	sync -t by_range --full
	[ "$(sql_at "$TO" "SELECT count(*) FROM by_range")" -eq 3 ]
	dbm compare --from "$FROM" --to "$TO" by_range
}

@test "types: a partition by name, as a table of its own" {
	all_tables
	dbm rows --url "$FROM" by_list_b | dbm load --url "$TO"
	[ "$(sql_at "$TO" "SELECT id, kind, v FROM by_list")" = "2|b|y" ]
	dbm rows --url "$FROM" old_parent | dbm load --url "$TO"
	[ "$(sql_at "$TO" "SELECT count(*) FROM old_parent")" -eq 1 ]
}

@test "types: identity, sequences and generated columns" {
	all_tables
	sync >/dev/null
	# the next number is one that nobody has
	sql_at "$TO" "INSERT INTO always (v) VALUES ('next');
	    INSERT INTO by_default (v) VALUES ('next');
	    INSERT INTO serial_one (v) VALUES ('next')"
	[ "$(sql_at "$TO" "SELECT id, gen FROM always WHERE v = 'next'")" \
	    = "4|NEXT" ]
	[ "$(sql_at "$TO" "SELECT id FROM serial_one WHERE v = 'next'")" = 3 ]
	# and they never go back
	sql_at "$TO" "SELECT setval('serial_one_id_seq', 1000)"
	sql_at "$FROM" "INSERT INTO serial_one (v) VALUES ('again')"
	sync -t serial_one
	[ "$(sql_at "$TO" "SELECT last_value FROM serial_one_id_seq")" = 1000 ]
	[ "$(sql_at "$TO" "SELECT v FROM serial_one WHERE id = 3")" = again ]
	sql_at "$FROM" "UPDATE always SET v = 'other' WHERE id = 1"
	sync -t always
	[ "$(sql_at "$TO" "SELECT gen FROM always WHERE id = 1")" = OTHER ]
}

@test "types: a table without any key" {
	two_dbs "CREATE TABLE nokey (a int, b text)"
	sql_at "$FROM" "INSERT INTO nokey VALUES (1, 'x'), (1, 'x'), (NULL, '')"
	run -2 sync
	[[ $output == *nokey*"--mode replace"* ]]
	[ "$(sql_at "$TO" "SELECT count(*) FROM nokey")" -eq 0 ]
	dbm rows --url "$FROM" nokey | dbm load --url "$TO" --mode replace
	dbm rows --url "$FROM" nokey | dbm load --url "$TO" --mode replace
	same
	sql_at "$TO" "UPDATE nokey SET b = 'y' WHERE a IS NULL"
	run -1 dbm compare --from "$FROM" --to "$TO"
}

# peak FILE COMMAND…: runs it; its peak memory in KiB goes to FILE.
peak() {
	"$BATS_FILE_TMPDIR/maxrss" -o "$1" "${@:2}"
}

@test "types: one large value takes its own memory, once" {
	[ -z "${SAN:-}" ] || skip "sanitizers hold on to memory"
	local size=$((${TEST_LARGE_MB:-50} * 1000 * 1000))
	cc -O -o "$BATS_FILE_TMPDIR/maxrss" \
	    "$BATS_TEST_DIRNAME/bench/maxrss.c"
	two_dbs "CREATE TABLE large (id int PRIMARY KEY, v text)"
	for url in "$FROM" "$TO"; do # it does not compress
		sql_at "$url" "ALTER TABLE large ALTER v SET STORAGE EXTERNAL"
	done
	sql_at "$FROM" "INSERT INTO large VALUES (1, repeat('0123456789',
	    $size / 10)), (2, 'small')"
	peak rows dbm rows --url "$FROM" large |
	    peak load dbm load --url "$TO" >out
	[ "$(totals <out)" = "2 0 0 0" ]
	# libpq holds the row, and while it grows twice as much
	[ "$(cat rows)" -lt $((24 * 1024 + 3 * size / 1024)) ]
	[ "$(cat load)" -lt $((24 * 1024)) ]
	dbm rows --url "$FROM" large | peak load dbm load --url "$TO" >out
	[ "$(totals <out)" = "0 0 2 0" ]
	[ "$(cat load)" -lt $((24 * 1024)) ]
	sql_at "$FROM" "UPDATE large SET v = v || 'x' WHERE id = 1"
	sync >out
	[ "$(totals <out | cut -d ' ' -f 1,2)" = "0 1" ]
	[ "$(sql_at "$TO" "SELECT length(v) FROM large WHERE id = 1")" -eq \
	    $((size + 1)) ]
	dbm compare --from "$FROM" --to "$TO"
}
