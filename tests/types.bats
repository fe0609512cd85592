# Every type there is goes through rows, load and sync, and stays what it is;
# so do tables of every kind, whatever their names.
load helper

data=$BATS_TEST_DIRNAME/data/types

# The databases with all of it are made once, and copied for each test.
setup_file() {
	local name
	for name in types_from types_to; do
		sql_at "$TEST_SERVER_URL" "SET client_min_messages = error;
		    DROP DATABASE IF EXISTS $name"
		sql_at "$TEST_SERVER_URL" \
		    "CREATE DATABASE $name TEMPLATE template0"
	done
	filled 1 types_from
	filled 0 types_to
}

# filled DATA DBNAME: all tables; with rows where DATA is 1.
filled() {
	{
		cat "$data/types.sql" "$data/tables.sql"
		[ "$1" -eq 0 ] || cat "$data/rows.sql"
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

teardown_file() {
	sql_at "$TEST_SERVER_URL" "DROP DATABASE types_from"
	sql_at "$TEST_SERVER_URL" "DROP DATABASE types_to"
}

teardown() {
	local url
	for url in "${FROM:-}" "${TO:-}"; do
		[ -z "$url" ] || drop "$url"
	done
}

drop() {
	local name=${1##*/}
	sql_at "$TEST_SERVER_URL" "DROP DATABASE ${name%%\?*}" || true
}

# all_types: FROM has rows, TO has none yet.
all_types() {
	new_db FROM types_from
	new_db TO types_to
}

# two_dbs SQL: FROM and TO with the same tables.
two_dbs() {
	new_db FROM
	new_db TO
	sql_at "$FROM" "$1"
	sql_at "$TO" "$1"
}

# text_of URL: all of a database as text: table, row.
text_of() {
	sql_at "$1" <<-'END'
	SET bytea_output = hex;
	SELECT format('SELECT %L, x::text FROM ONLY %s x
	    ORDER BY x::text COLLATE "C"', c.oid::regclass, c.oid::regclass)
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND n.nspname IN ('public', 'o.ther')
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
	    FROM pg_stat_user_tables WHERE schemaname IN ('public', 'o.ther')"
}

rows_of() {
	wc -l <"$1" | tr -d ' '
}

@test "types: the lists know every type of this server" {
	new_db FROM types_from
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
	sql_at "$TO" "SELECT format('TRUNCATE %I', relname) FROM pg_class
	    WHERE relname ~ '^ck? ' AND relkind = 'r'" >truncate.sql
	sql_at "$TO" <truncate.sql
	dbm rows --url "$FROM" >stream
	dbm load --url "$TO" <stream >out
	dbm rows --url "$FROM" o.ther.Key.ed >other
	dbm load --url "$TO" <other >>out
	same
	[ "$(totals <out)" = "$(rows_of from.txt) 0 0 0" ]
	before=$(written "$TO")
	cat stream other | dbm load --url "$TO" >out
	[ "$(totals <out)" = "0 0 $(rows_of from.txt) 0" ]
	[ "$(written "$TO")" = "$before" ]
}

@test "types: psql takes the stream as well" {
	all_types
	sql_at "$TO" "SELECT format('TRUNCATE %I', relname) FROM pg_class
	    WHERE relname ~ '^ck? ' AND relkind = 'r'" >truncate.sql
	sql_at "$TO" <truncate.sql
	dbm rows --url "$FROM" >stream
	sql_at "$TO" <stream
	dbm rows --url "$FROM" o.ther.Key.ed | sql_at "$TO"
	text_of "$FROM" >from.txt
	text_of "$TO" >to.txt
	diff from.txt to.txt
}

@test "types: sync carries every value, and writes nothing the second time" {
	all_types
	sync -T always
	sync -T always -T only_unique --full >out
	[ "$(totals <out | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
}
