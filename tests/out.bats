# Records in their three dresses, through dbm exec.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	new_db
}

rows() { dbm exec -q "$@"; }

# on_terminal COMMAND: what a terminal gets
on_terminal() { script -qec "$1" /dev/null </dev/null | tr -d '\r'; }

@test "out: fields are escaped as COPY does it" {
	rows -c "SELECT E'a\\tb\\nc\\\\d\\re', '', NULL, 'N', E'\\\\N'" >out
	printf '%s\n' 'a\tb\nc\\d\re		\N	N	\\N' | cmp out -
}

@test "out: what is written, COPY reads" {
	sql "CREATE TABLE t (a text, b text, c int);
	    INSERT INTO t VALUES (E'\\\\.', E'\\t\\n', 1), ('', NULL, NULL),
	    (E'\\\\N', 'é €', -5), (E'\\b\\f\\v', '\"', 0)"
	rows -c 'TABLE t' >rows
	{ echo 'CREATE TABLE u (LIKE t); COPY u FROM stdin;'; cat rows
	    echo '\.'; } | dbm exec -q
	[ "$(sql 'SELECT count(*) FROM (TABLE t INTERSECT TABLE u) AS x')" = 4 ]
}

@test "out: --header has the names first, of each result" {
	rows --header -c 'SELECT 1 AS a, 2 AS "B b"; SELECT 3 AS c WHERE false' \
	    >out
	printf 'a\tB b\n1\t2\nc\n' | cmp out -
}

@test "out: --json is an object a line, numbers as the server has them" {
	rows --json -c "SELECT 1 AS i, 1.50 AS n, 'x\"y' AS t, NULL AS nothing,
	    true AS b, E'\\t' AS tab, 'NaN'::float8 AS nan, 1e300 AS big" >out
	jq -e '.i == 1 and .t == "x\"y" and .nothing == null and
	    .tab == "\t" and .nan == "NaN"' out
	grep -q '"n":1\.50' out
	[ "$(wc -l <out)" -eq 1 ]
}

@test "out: json and tsv carry the same data" {
	q="SELECT relname, relkind::text, relnatts FROM pg_class ORDER BY 1"
	rows -c "$q" >tsv
	rows --json -c "$q" | jq -r '[.[]] | @tsv' | cmp tsv -
}

@test "out: a terminal gets a table" {
	run -0 on_terminal "dbm exec -q -c \"SELECT 'é' AS name, 1 AS n
	    UNION ALL SELECT 'long', NULL\""
	[ "$(sed 's/ *$//' <<<"$output")" = 'name  n
é     1
long' ]
}

@test "out: a table of no rows is nothing" {
	run -0 on_terminal "dbm exec -q -c 'SELECT 1 AS a WHERE false'"
	[ -z "$output" ]
}

@test "out: on a terminal --json is still json" {
	run -0 on_terminal "dbm exec -q --json -c 'SELECT 1 AS a'"
	[ "$output" = '{"a":1}' ]
}

@test "out: rows come as they are made, and memory stays small" {
	[ -z "$SAN" ] || skip "sanitizers take memory of their own"
	n=$(ulimit -v 300000; rows -c \
	    "SELECT repeat('x', 1000) FROM generate_series(1, 500000)" | wc -l)
	[ "$n" -eq 500000 ]
}

@test "out: a reader that goes ends the writer by SIGPIPE" {
	run -0 bash -c 'dbm exec -q -c "SELECT generate_series(1, 1000000)" |
	    head -1; echo "${PIPESTATUS[0]}"'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" -eq 141 ]
}

@test "out: a terminal is not steered by what a field holds" {
	run on_terminal "dbm exec -q -c \"SELECT E'a\\\\033[31mb' AS x\""
	[[ $output == *'a?[31mb'* ]]
}
