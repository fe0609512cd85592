# dbm sync: from one server to another, with the tables of a Prisma project.
# The source is a server of this file's own, where transactions can be
# prepared; the destination is the suite's.
load helper
load migrate

setup_file() {
	local url
	own_server "max_prepared_transactions = 9" "timezone = UTC"
	sed -i '1i local all locked scram-sha-256' "$own_data/data/pg_hba.conf"
	own_ctl reload
	export SOURCE=$DATABASE_URL SOURCE_DATA=$own_data
	export TEMPLATE=perfume_$$_$RANDOM
	sql_at "$SOURCE" "CREATE ROLE locked LOGIN PASSWORD 'geheim'"
	cp -R "$BATS_TEST_DIRNAME/data/perfume" "$BATS_FILE_TMPDIR/perfume"
	cd "$BATS_FILE_TMPDIR/perfume" || return 1
	for url in "$(source_of "$TEMPLATE")" "$(url_of "$TEMPLATE")"; do
		sql_at "${url/$TEMPLATE/postgres}" "CREATE DATABASE $TEMPLATE"
		DATABASE_URL=$url dbm db push -q >/dev/null
	done
	sql_at "$(source_of "$TEMPLATE")" <seed.sql
	sql_at "$(source_of "$TEMPLATE")" "VACUUM ANALYZE"
}

teardown_file() {
	sql_at "$TEST_SERVER_URL" "DROP DATABASE $TEMPLATE WITH (FORCE)"
	own_data=$SOURCE_DATA
	end_all
}

# source_of DBNAME: that database of the source's server.
source_of() {
	printf '%s\n' "${SOURCE/\/postgres\?//$1\?}"
}

setup() {
	name=s_${BATS_TEST_NUMBER:-0}_$$_$RANDOM
	LOCAL_DATABASE_URL=$(source_of "$name")
	REMOTE_DATABASE_URL=$(url_of "$name")
	export LOCAL_DATABASE_URL REMOTE_DATABASE_URL
	unset DATABASE_URL own_data
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	end_all
	[ -z "${extra:-}" ] || kill "$extra" 2>/dev/null || true
	sql_at "$SOURCE" "DROP DATABASE IF EXISTS $name WITH (FORCE)" 2>/dev/null
}

# perfume: the project's tables on both servers, its rows at the source.
perfume() {
	sql_at "$SOURCE" "CREATE DATABASE $name TEMPLATE $TEMPLATE"
	sql_at "$TEST_SERVER_URL" "CREATE DATABASE $name TEMPLATE $TEMPLATE"
}

# pair [SQL]: two databases, and this in both.
pair() {
	sql_at "$SOURCE" "CREATE DATABASE $name TEMPLATE template0"
	sql_at "$TEST_SERVER_URL" "CREATE DATABASE $name TEMPLATE template0"
	[ $# -eq 0 ] || {
		here "$1"
		there "$1"
	}
}

here() {
	sql_at "$LOCAL_DATABASE_URL" "$@"
}

there() {
	sql_at "$REMOTE_DATABASE_URL" "$@"
}

# each URL: a query, on stdin, for every table, which it calls %1$s.
each() {
	sql_at "$1" <<-END
		SET TimeZone = 'UTC';
		SELECT format(\$query\$$(cat)\$query\$, c.oid::regclass)
		  FROM pg_class c
		 WHERE relkind IN ('r', 'p') AND NOT relispartition
		   AND relnamespace::regnamespace::text !~ '^(pg_|information)'
		   ${2:-}
		 ORDER BY c.oid::regclass::text COLLATE "C" \gexec
	END
}

# rows_of URL: what there is, the state apart.
rows_of() {
	each "$1" "AND relname !~* 'migration_?state|layout|sync'" <<-'END'
		SELECT $$%1$s$$, count(*), md5(string_agg(t::text, chr(10)
		       ORDER BY t::text COLLATE "C")) FROM %1$s t
	END
}

# tuples_of URL: what there is as it lies there, the state too: who writes a
# row, even as it was, changes this.
tuples_of() {
	each "$1" <<-'END'
		SELECT $$%1$s$$, count(*), md5(string_agg(concat(ctid, xmin, t),
		       chr(10) ORDER BY ctid)) FROM %1$s t
	END
	sql_at "$1" "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
}

same() {
	diff <(rows_of "$LOCAL_DATABASE_URL") <(rows_of "$REMOTE_DATABASE_URL")
}

# did TABLE: what the record in $output says: inserted updated unchanged
# deleted.
did() {
	awk -F '\t' -v t="$1" '$1 == t { print $2, $3, $4, $5 }' <<<"$output"
}

# sums: the same of all tables.
sums() {
	awk -F '\t' '{ i += $2; u += $3; n += $4; d += $5 }
	    END { print i + 0, u + 0, n + 0, d + 0 }' <<<"$output"
}

# wrote: rows that were inserted, updated and deleted, of all tables.
wrote() {
	sums | cut -d ' ' -f 1,2,4
}

# says TEXT: is it in $stderr?
says() {
	[[ $stderr == *"$1"* ]] || {
		printf 'no %s in:\n%s\n' "$1" "$stderr"
		return 1
	}
}

says_not() {
	[[ $stderr != *"$1"* ]] || {
		printf '%s is in:\n%s\n' "$1" "$stderr"
		return 1
	}
}

# sync STATUS [ARGUMENT...]
sync() {
	run --separate-stderr dbm sync "${@:2}" </dev/null
	[ "$status" -eq "$1" ] || {
		printf 'status %s, not %s\n%s\n%s\n' "$status" "$1" "$output" \
		    "$stderr"
		return 1
	}
}

# session NAME URL: a psql that stays; say NAME SQL: it does that.
session() {
	mkfifo "$1"
	sql_at_forever "$2" <>"$1" >"$1.out" 2>&1 3>&- &
	holders="${holders:-} $!"
}

sql_at_forever() {
	exec "$(psql_program)" -XAtq -v ON_ERROR_STOP=1 -d "$1"
}

say() {
	printf '%s\n' "$2;" "\\echo said $((said += 1))" >"$1"
	within 10 grep -q "said $said" "$1.out" || {
		cat "$1.out"
		return 1
	}
}

state() {
	there 'SELECT "tableName", "recordCount" FROM "MigrationState" ORDER BY 1'
}

# --- the guide ---

@test "sync: the guide's scenario, end to end" {
	perfume
	sync 0 --dry-run
	[ "$(wrote)" = "1944 0 0" ]
	says_not "GRANT"
	[ "$(there 'SELECT count(*) FROM "User"')" = 0 ]
	sync 0
	[ "$(wrote)" = "1944 0 0" ]
	[ "$(did Perfume)" = "300 0 0 0" ]
	same
	[ "$(there 'SELECT count(*), sum("recordCount"), bool_and("updatedAt" >
	    now() - interval $$1 minute$$), count(DISTINCT id)
	    FROM "MigrationState"')" = "10|1944|t|10" ]
	# nothing has changed
	before=$(tuples_of "$REMOTE_DATABASE_URL" | grep -v Migration)
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	[ "$(tuples_of "$REMOTE_DATABASE_URL" | grep -v Migration)" = "$before" ]
	# a working day
	here "INSERT INTO \"User\" VALUES ('new', 'new@example.com', 'N', now(), now());
	    UPDATE \"Perfume\" SET price = 7, \"updatedAt\" = now() WHERE id = 'prf9';
	    UPDATE \"UserPerfume\" SET amount = 5, \"updatedAt\" = now()
	        WHERE \"perfumeId\" = 'prf7';
	    INSERT INTO \"UserPerfume\" VALUES ('new', 'prf9', 1, now(), now());
	    INSERT INTO \"_PerfumeToTag\" VALUES ('prf1', 9), ('prf2', 9)"
	sync 0
	[ "$(wrote)" = "4 2 0" ]
	[ "$(did User)" = "1 0 0 0" ]
	[ "$(did UserPerfume)" = "1 1 0 0" ]
	[ "$(did _PerfumeToTag | cut -d ' ' -f 1,2)" = "2 0" ]
	same
}

@test "sync: a dry run counts exactly, and not one write at the destination" {
	perfume
	sync 0
	here "INSERT INTO \"User\" VALUES ('new', 'new@example.com', 'N', now(), now());
	    UPDATE \"Perfume\" SET price = 7, \"updatedAt\" = now()
	        WHERE id IN ('prf9', 'prf10');
	    DELETE FROM \"_PerfumeToTag\" WHERE \"A\" = 'prf7'"
	before=$(tuples_of "$REMOTE_DATABASE_URL")
	sync 0 -n --full --delete -v
	[ "$(wrote)" = "1 2 1" ]
	says prf10
	says "_PerfumeToTag: would delete (prf7, "
	told=$(cut -f 1-5 <<<"$output" | sort)
	[ "$(tuples_of "$REMOTE_DATABASE_URL")" = "$before" ]
	sync 0 --full --delete
	[ "$(cut -f 1-5 <<<"$output" | sort)" = "$told" ]
	same
	# also where nothing has ever been
	there 'TRUNCATE "User", "PerfumeHouse", "Tag", perfume_notes CASCADE;
	    DROP TABLE "MigrationState"; DROP SCHEMA dbm CASCADE'
	sync 0 -n
	[ "$(wrote)" = "1944 0 0" ]
	[ "$(there "SELECT to_regnamespace('dbm')")" = "" ]
}

@test "sync: without times only --full finds a change" {
	perfume
	sync 0
	here "UPDATE \"Perfume\" SET name = 'silent' WHERE id = 'prf8'"
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	[ "$(there "SELECT count(*) FROM \"Perfume\" WHERE name = 'silent'")" = 0 ]
	sync 0 --full
	[ "$(wrote)" = "0 1 0" ]
	same
	# and it writes nothing that is the same
	before=$(tuples_of "$REMOTE_DATABASE_URL" | grep -v Migration)
	sync 0 --full
	[ "$(tuples_of "$REMOTE_DATABASE_URL" | grep -v Migration)" = "$before" ]
}

@test "sync: --batch-size=50, and what is no size" {
	perfume
	sync 0 --batch-size=50
	[ "$(wrote)" = "1944 0 0" ]
	same
	# so many transactions, at least
	[ "$(there 'SELECT count(DISTINCT xmin::text) >= 10
	    FROM perfume_note_relations')" = t ]
	for size in 0 -1 x ""; do
		sync 2 --batch-size="$size"
		[ -z "$output" ]
	done
}

@test "sync: two tables at once" {
	perfume
	sync 0 -j 2
	[ "$(wrote)" = "1944 0 0" ]
	same
	[ "$(state | wc -l)" = 10 ]
	here "UPDATE \"Perfume\" SET price = 7, \"updatedAt\" = now();
	    UPDATE \"User\" SET name = 'x', \"updatedAt\" = now();
	    DELETE FROM \"WishlistNotification\" WHERE sent"
	sync 0 --jobs 2 --delete --delete-limit 60
	[ "$(wrote)" = "0 340 25" ]
	same
	sync 2 -j 0
}

@test "sync: -t and -T; a parent that stays out is told before anything is written" {
	perfume
	sync 0 -t User -t 'Perfume*' -T '*Notes' -T '*Relation'
	[ "$(cut -f 1 <<<"$output" | sort | tr '\n' ' ')" = \
	    "Perfume PerfumeHouse User " ]
	[ "$(state | cut -d '|' -f 1 | tr '\n' ' ')" = \
	    "Perfume PerfumeHouse User " ]
	# its rows are there already, or they are not
	before=$(tuples_of "$REMOTE_DATABASE_URL")
	sync 2 -t WishlistNotification
	[ -z "$output" ]
	says UserPerfumeWishlist
	[ "$(tuples_of "$REMOTE_DATABASE_URL")" = "$before" ]
	sync 2 -t Nowhere
	says "Nowhere"
	sync 0 -T 'perfume_note*'
	[ "$(wrote)" = "659 0 0" ]
	sync 0
	same
}

# --- deletes ---

@test "sync: rows that are gone stay, unless --delete; children go first" {
	perfume
	sync 0
	here "DELETE FROM \"User\" WHERE id IN ('usr1', 'usr2');
	    DELETE FROM perfume_note_relations WHERE note_id = 'not3';
	    DELETE FROM perfume_notes WHERE id = 'not3'"
	gone=$((1944 - $(rows_of "$LOCAL_DATABASE_URL" |
	    awk -F '|' '{ n += $2 } END { print n }')))
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	sync 0 --delete
	[ "$(wrote)" = "0 0 $gone" ]
	same
}

@test "sync: more than --delete-limit of a table is refused, nothing is written" {
	perfume
	sync 0
	here "DELETE FROM \"WishlistNotification\" WHERE sent;
	    UPDATE \"User\" SET name = 'x', \"updatedAt\" = now()"
	before=$(tuples_of "$REMOTE_DATABASE_URL")
	sync 2 --delete
	[ -z "$output" ]
	says WishlistNotification
	says 25
	says --delete-limit
	[ "$(tuples_of "$REMOTE_DATABASE_URL")" = "$before" ]
	sync 2 --delete --delete-limit 49
	[ "$(tuples_of "$REMOTE_DATABASE_URL")" = "$before" ]
	sync 0 --delete --delete-limit 50
	[ "$(wrote)" = "0 40 25" ]
	same
	for limit in -1 x; do
		sync 2 --delete --delete-limit "$limit"
	done
	# an empty source is the extreme case of it
	here 'TRUNCATE "User", "PerfumeHouse", "Tag", perfume_notes CASCADE'
	before=$(rows_of "$REMOTE_DATABASE_URL")
	sync 2 --delete
	[ "$(rows_of "$REMOTE_DATABASE_URL")" = "$before" ]
	sync 0 --delete --delete-limit 100
	same
}

@test "sync: a unique value of a row that is gone is free for a new one" {
	perfume
	sync 0
	here "DELETE FROM \"Tag\" WHERE id = 3;
	    INSERT INTO \"Tag\" VALUES (33, 'tag 3');
	    DELETE FROM perfume_notes WHERE false;
	    DELETE FROM \"User\" WHERE id = 'usr3';
	    INSERT INTO \"User\" VALUES ('usr3b', 'u3@example.com', NULL, now(), now())"
	# without --delete both cannot be
	sync 2
	says "tag 3"
	sync 0 --delete --delete-limit 20
	same
}

# --- what is remembered ---

@test "sync: the state of a Prisma model is used whatever its spelling" {
	pair 'CREATE TABLE "User" (id int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL)'
	here "INSERT INTO \"User\" SELECT i, now() - interval '1 day'
	    FROM generate_series(1, 20) i"
	local made
	for made in \
	    'id int PRIMARY KEY, table_name varchar(50) NOT NULL UNIQUE,
	    last_migrated_at timestamptz, record_count bigint,
	    created_at timestamptz NOT NULL, updated_at timestamptz' \
	    'id uuid PRIMARY KEY, "tableName" text, "lastMigratedAt" text' \
	    '"tableName" text PRIMARY KEY, "lastMigratedAt" timestamptz(0)' \
	    'id serial PRIMARY KEY, "TableName" text NOT NULL,
	    "LastMigratedAt" timestamp NOT NULL, note text,
	    must text NOT NULL DEFAULT $$x$$'; do
		there "DROP TABLE IF EXISTS sync_states;
		    CREATE TABLE sync_states ($made); TRUNCATE \"User\""
		sync 0
		[ "$(wrote)" = "20 0 0" ]
		[ "$(there 'SELECT count(*) FROM sync_states')" = 1 ]
		# it counts: what was not touched in time is not looked at
		there 'DELETE FROM "User" WHERE id = 7'
		sync 0
		[ "$(wrote)" = "0 0 0" ]
		# set back by hand it counts, too
		there "UPDATE sync_states SET $(there "SELECT quote_ident(attname)
		    FROM pg_attribute WHERE attrelid = 'sync_states'::regclass
		    AND attname ~* 'migrated'") = '2020-01-01'"
		sync 0
		[ "$(wrote)" = "1 0 0" ]
		[ "$(there 'SELECT count(*) FROM sync_states')" = 1 ]
	done
	there 'ALTER TABLE sync_states ALTER must DROP DEFAULT;
	    TRUNCATE sync_states'
	sync 2
	says "'must'"
}

@test "sync: else the state is dbm's, and no drift to Prisma" {
	perfume
	there 'DROP TABLE "MigrationState"'
	cp -R "$BATS_TEST_DIRNAME/data/perfume" project
	cd project
	sed -i '/^model MigrationState/,$d' prisma/schema.prisma
	sync 0
	[ "$(there 'SELECT count(*), sum("recordCount") FROM dbm."MigrationState"')" = \
	    "10|1944" ]
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	run -0 --separate-stderr dbm db push --url remote
	[ -z "$output" ]
	[ "$(there 'SELECT count(*) FROM dbm."MigrationState"')" = 10 ]
}

@test "sync: a role without rights on schema dbm" {
	pair 'CREATE TABLE t (id int PRIMARY KEY, "updatedAt" timestamp(3))'
	here "INSERT INTO t SELECT i, now() FROM generate_series(1, 5) i"
	role=r_$RANDOM$RANDOM
	there "CREATE ROLE $role LOGIN; GRANT ALL ON t TO $role"
	REMOTE_DATABASE_URL=$(sed "s,//[^@]*@,//$role@," <<<"$REMOTE_DATABASE_URL") \
	    sync 2
	says "GRANT CREATE ON DATABASE"
	[ "$(there 'SELECT count(*) FROM t')" = 0 ]
	# with a Prisma model it gets along, by digests
	there "CREATE TABLE \"MigrationState\" (id serial PRIMARY KEY,
	    \"tableName\" text UNIQUE, \"lastMigratedAt\" timestamp(3));
	    GRANT ALL ON \"MigrationState\", \"MigrationState_id_seq\" TO $role"
	for expected in "5 0 0" "0 0 0" "0 1 0"; do
		REMOTE_DATABASE_URL=$(sed "s,//[^@]*@,//$role@," \
		    <<<"$REMOTE_DATABASE_URL") sync 0
		[ "$(wrote)" = "$expected" ]
		says "GRANT CREATE ON DATABASE"
		[ "$expected" = "5 0 0" ] || here "UPDATE t SET \"updatedAt\" =
		    '2020-01-01' WHERE id = 3"
	done
	same
	there "DROP OWNED BY $role; DROP ROLE $role"
}

@test "sync: another source does not go on where the first one ended" {
	pair 'CREATE TABLE t (id int PRIMARY KEY, "updatedAt" timestamp(3))'
	here "INSERT INTO t VALUES (1, '2020-01-01')"
	sync 0
	sql_at "$SOURCE" "CREATE DATABASE ${name}_2 TEMPLATE $name"
	STAGING_DATABASE_URL=$(source_of "${name}_2")
	export STAGING_DATABASE_URL
	sql_at "$STAGING_DATABASE_URL" "INSERT INTO t VALUES (2, '2020-01-01')"
	sync 0 --from staging
	[ "$(wrote)" = "1 0 0" ]
}

@test "sync: schemas of one database do not share what is remembered" {
	pair 'CREATE SCHEMA a; CREATE SCHEMA "b c";
	    CREATE TABLE a.t (id int PRIMARY KEY, "updatedAt" timestamp(3));
	    CREATE TABLE "b c".t (id int PRIMARY KEY, "updatedAt" timestamp(3))'
	here "INSERT INTO a.t VALUES (1, now()); INSERT INTO \"b c\".t VALUES (1, now())"
	local a=schema=a b=schema=b%20c
	with_schema "$a"
	with_schema "$b"
	here "INSERT INTO \"b c\".t VALUES (2, now())"
	sleep 0.1
	with_schema "$a"
	with_schema "$b"
	[ "$(wrote)" = "1 0 0" ]
	[ "$(there 'SELECT "tableName" FROM dbm."MigrationState" ORDER BY 1' |
	    tr '\n' ',')" = "a.t,b c.t," ]
	# from the one into the other, and back again
	here "INSERT INTO a.t VALUES (3, now())"
	sleep 0.1
	with_schema "$b"
	with_schema "$a" "$b"
	[ "$(wrote)" = "1 0 0" ]
}

with_schema() { # PARAMETER [PARAMETER]
	local from=${LOCAL_DATABASE_URL/schema=public&/} to
	to=${REMOTE_DATABASE_URL/schema=public&/}
	sync 0 --overlap 0 --from "${from%&schema=*}&$1" \
	    --to "${to%&schema=*}&${2:-$1}"
}

@test "sync: without a column that tells of changes, transactions do" {
	pair 'CREATE TABLE t (id int PRIMARY KEY, v text, created_at timestamptz NOT NULL)'
	here "INSERT INTO t SELECT i, 'v', now() - interval '1 day'
	    FROM generate_series(1, 2000) i"
	sync 0
	here "UPDATE t SET v = 'w' WHERE id = 7; INSERT INTO t VALUES (0, 'x', '2020-01-01')"
	sync 0
	[ "$(sums)" = "1 1 0 0" ]
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	same
}

@test "sync: a clock that went back loses nothing" {
	pair 'CREATE TABLE t (id int PRIMARY KEY,
	    "updatedAt" timestamp(3) DEFAULT now())'
	here "INSERT INTO t VALUES (1)"
	sync 0
	# as a run has it whose clock was a day ahead
	there 'UPDATE dbm."MigrationState" SET "lastMigratedAt" =
	    "lastMigratedAt" + $$1 day$$::interval'
	here "INSERT INTO t VALUES (2)"
	sync 0 -v
	[ "$(wrote)" = "1 0 0" ]
	says "went back"
	same
}

@test "sync: finished tables are not repeated after a failure" {
	perfume
	there "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
	    \$\$BEGIN RAISE 'not today'; END\$\$;
	    CREATE TRIGGER no BEFORE INSERT ON \"WishlistNotification\"
	    EXECUTE FUNCTION no()"
	sync 2
	says "not today"
	[ "$(there 'SELECT count(*) FROM "User"')" = 40 ]
	[ "$(there 'SELECT count(*) FROM "WishlistNotification"')" = 0 ]
	[ "$(state | grep -c Wishlist)" = 1 ]
	there 'DROP TRIGGER no ON "WishlistNotification"'
	sync 0
	[ "$(did User)" = "0 0 0 0" ]
	[ "$(did WishlistNotification)" = "50 0 0 0" ]
	same
}

# --- both sides are looked at first ---

@test "sync: the same database on both ends is refused" {
	perfume
	sync 2 --to local
	[ -z "$output" ]
	says same
	# whatever it is called
	ln -s "$SOURCE_DATA" link
	REMOTE_DATABASE_URL=${LOCAL_DATABASE_URL%host=*}host=$PWD/link sync 2
	says same
}

@test "sync: all that differs is listed with what mends it, nothing is written" {
	pair "CREATE TYPE role AS ENUM ('A', 'B');
	    CREATE TABLE fine (id int PRIMARY KEY);
	    CREATE TABLE missing (id int PRIMARY KEY);
	    CREATE TABLE columns (id int PRIMARY KEY, gone text, r role,
	        kind int, rs role[], \"updatedAt\" timestamp(3), made int);
	    CREATE TABLE keyless (id int);
	    CREATE TABLE keys (a int PRIMARY KEY, b int NOT NULL UNIQUE)"
	here "ALTER TYPE role ADD VALUE 'it''s';
	    ALTER TABLE columns ALTER kind TYPE text;
	    INSERT INTO fine VALUES (1)"
	there "DROP TABLE missing; ALTER TABLE columns DROP gone;
	    ALTER TABLE columns ADD must int NOT NULL,
	        ADD may int NOT NULL DEFAULT 1, ADD could int;
	    ALTER TABLE columns RENAME \"updatedAt\" TO updated_at;
	    ALTER TABLE columns DROP made;
	    ALTER TABLE columns ADD made int GENERATED ALWAYS AS (id) STORED;
	    ALTER TABLE keys DROP CONSTRAINT keys_pkey,
	        DROP CONSTRAINT keys_b_key, ADD c serial PRIMARY KEY"
	before=$(tuples_of "$REMOTE_DATABASE_URL")
	sync 2
	[ -z "$output" ]
	says "table 'missing' is missing in remote"
	says "column 'columns.gone' is missing in remote"
	says "column 'columns.updatedAt' is missing in remote"
	says "it is called 'updated_at'"
	says "column 'columns.kind' is text in local and integer in remote"
	says "value 'it's' of enum 'role' is missing in remote"
	says "ALTER TYPE \"public\".\"role\" ADD VALUE 'it''s';"
	says "column 'columns.must' is NOT NULL without a default in remote"
	says "column 'columns.made' is computed in remote only"
	says "the key of table 'keys' is (a) in local and (c) in remote"
	says "dbm db push --url remote"
	says "dbm migrate deploy --url remote"
	says "table 'keyless' has no key"
	says "--mode replace"
	says_not "columns.may'"
	says_not "columns.could'"
	says_not "'fine'"
	[ "$(grep -c "it's" <<<"$stderr")" -le 2 ]
	[ "$(tuples_of "$REMOTE_DATABASE_URL")" = "$before" ]
	[ "$(there "SELECT to_regnamespace('dbm')")" = "" ]
	# a URL is not repeated, nor its password
	sync 2 --to "${REMOTE_DATABASE_URL/@/:geheim@}"
	says "table 'missing' is missing in the destination"
	says "dbm db push --url URL"
	says_not geheim
	# what it says about a table without a key
	there 'DROP TABLE columns, keys'
	sync 0 -t fine -T keyless
	here 'INSERT INTO keyless VALUES (1), (1)'
	dbm rows --url local keyless | dbm load --url remote --mode replace
	[ "$(there 'SELECT count(*) FROM keyless')" = 2 ]
}

@test "sync: columns in another order, fewer of them, types that cast" {
	pair
	here "CREATE TYPE mood AS ENUM ('sad', 'ok');
	    CREATE TABLE t (id int PRIMARY KEY, a int, b text, c uuid, d date,
	        e mood, f json, g timestamp(3), h varchar(3), \"updatedAt\" timestamp(3));
	    INSERT INTO t SELECT i, i, 'b' || i, gen_random_uuid(), '2026-02-03',
	        'ok', '{\"a\":  1}', '2026-01-02 03:04:05.678', 'abc', now()
	        FROM generate_series(1, 9) i"
	there "CREATE TABLE t (\"updatedAt\" timestamptz, more text DEFAULT 'x',
	    h text, g timestamptz, f jsonb, e text, d timestamp, c text, b varchar,
	    a bigint, id bigint PRIMARY KEY)"
	sync 0
	[ "$(wrote)" = "9 0 0" ]
	[ "$(there "SET TimeZone = 'UTC'; SELECT a, b, d, e, f, g, h, more
	    FROM t WHERE id = 3")" = \
	    '3|b3|2026-02-03 00:00:00|ok|{"a": 1}|2026-01-02 03:04:05.678+00|abc|x' ]
	sync 0
	[ "$(wrote)" = "0 0 0" ]
	here "UPDATE t SET a = 0, \"updatedAt\" = now() WHERE id = 3;
	    INSERT INTO t (id) VALUES (10)"
	sync 0
	[ "$(wrote)" = "1 1 0" ]
	# what does not fit is told when it arrives
	there "ALTER TABLE t ALTER b TYPE varchar(3)"
	here "UPDATE t SET b = 'too long', \"updatedAt\" = now() WHERE id = 4"
	sync 2
	says "too long for type character varying(3)"
	[ "$(there 'SELECT b FROM t WHERE id = 4')" = b4 ]
}

@test "sync: a parent that is missing is named, and --full proposed" {
	pair 'CREATE TABLE p (id int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL);
	    CREATE TABLE c (id int PRIMARY KEY, p int NOT NULL REFERENCES p,
	        "updatedAt" timestamp(3) NOT NULL)'
	here "INSERT INTO p SELECT i, '2026-01-01' FROM generate_series(1, 9) i;
	    INSERT INTO c VALUES (1, 1, '2026-01-01')"
	sync 0
	there 'DELETE FROM p WHERE id = 5'
	here 'INSERT INTO c VALUES (2, 5, now())'
	sync 2
	says "5"
	says "'p'"
	says --full
	sync 0 --full
	same
}

@test "sync: row level security is an error, never an empty source" {
	pair 'CREATE TABLE t (id int PRIMARY KEY)'
	here 'INSERT INTO t VALUES (1), (2)'
	sync 0
	role=r_$RANDOM$RANDOM
	here "CREATE ROLE $role LOGIN; GRANT SELECT ON t TO $role;
	    ALTER TABLE t ENABLE ROW LEVEL SECURITY"
	LOCAL_DATABASE_URL=$(sed "s,//[^@]*@,//$role@," <<<"$LOCAL_DATABASE_URL") \
	    sync 2 --delete --delete-limit 100
	says "row"
	says security
	[ "$(there 'SELECT count(*) FROM t')" = 2 ]
	# its owner sees all of it
	sync 0 --delete --delete-limit 100
	[ "$(wrote)" = "0 0 0" ]
	here "DROP OWNED BY $role; DROP ROLE $role"
}

# --- late commits: with no overlap at all ---

late() {
	pair "CREATE TABLE t (id serial PRIMARY KEY, v text,
	    \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	    \"updatedAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP)"
	here "INSERT INTO t (v, \"createdAt\", \"updatedAt\")
	    SELECT 'old', '2026-01-01', '2026-01-01' FROM generate_series(1, 9)"
	sync 0 --overlap 0
}

add_row="INSERT INTO t (v) VALUES"

@test "sync: a transaction opened before the run and committed after it" {
	late
	session a "$LOCAL_DATABASE_URL"
	say a "BEGIN; $add_row ('late'); UPDATE t SET v = 'u', \"updatedAt\" = now()
	    WHERE id = 2"
	# this one has its time, and has not written yet
	session b "$LOCAL_DATABASE_URL"
	say b "BEGIN; SELECT now()"
	sleep 0.1
	here "$add_row ('in time')"
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	says_not hidden
	say a COMMIT
	sync 0 --overlap 0
	[ "$(wrote)" = "1 1 0" ]
	sleep 0.1
	sync 0 --overlap 0
	say b "$add_row ('later')"
	say b COMMIT
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

@test "sync: one that was open at the very first run" {
	pair "CREATE TABLE t (id serial PRIMARY KEY, v text,
	    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
	    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP)"
	here "INSERT INTO t (v) VALUES ('x')"
	session a "$LOCAL_DATABASE_URL"
	say a "BEGIN; $add_row ('late')"
	sleep 0.1
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	say a COMMIT
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

@test "sync: one of another role that cannot be seen" {
	late
	role=r_$RANDOM$RANDOM
	here "CREATE ROLE $role LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO $role;
	    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO $role"
	seen=$LOCAL_DATABASE_URL
	LOCAL_DATABASE_URL=$(sed "s,//[^@]*@,//$role@," <<<"$seen")
	session a "$seen"
	# idle, it is no matter
	sync 0 --overlap 0
	says_not hidden
	say a "BEGIN; $add_row ('late')"
	sleep 0.1
	sync 0 --overlap 0
	says "is hidden from role '$role'"
	says "GRANT pg_monitor"
	say a COMMIT
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	says_not hidden
	LOCAL_DATABASE_URL=$seen
	same
	here "DROP OWNED BY $role; DROP ROLE $role"
}

@test "sync: a prepared one" {
	late
	here "BEGIN; $add_row ('late'); PREPARE TRANSACTION 'p $name'"
	sleep 0.1
	sync 0 --overlap 0
	says "'p $name' is prepared"
	sync 0 --overlap 0
	here "COMMIT PREPARED 'p $name'"
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

# paused TEXT: in the middle of a run, before that is sent to the source,
# others begin and commit.
paused() {
	late
	perl "$BATS_TEST_DIRNAME/data/pause.pl" "$SOURCE_DATA" "$PWD" "$1" \
	    >proxy.out 2>&1 3>&- &
	extra=$!
	within 10 test -S .s.PGSQL.5432
	direct=$LOCAL_DATABASE_URL
	for one in a b; do
		session $one "$direct"
	done
	say a "BEGIN; $add_row ('begun before, committed between')"
	sleep 0.1
	export LOCAL_DATABASE_URL=${direct/$SOURCE_DATA/$PWD}
	start dbm sync --overlap 0
	within 10 test -e paused
	sleep 0.1
	say a COMMIT
	say b "BEGIN; $add_row ('begun between, committed after')"
	here "$add_row ('between')"
	touch go
	ended 0
	[ "$(there 'SELECT count(*) FROM t')" = 11 ]
	sleep 0.1
	here "$add_row ('after')"
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	say b COMMIT
	export LOCAL_DATABASE_URL=$direct
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

@test "sync: those that begin and commit between the clock and the snapshot" {
	paused pg_export_snapshot
}

@test "sync: those that begin and commit before the clock is read" {
	paused pg_stat_activity
}

@test "sync: one that does not tell of itself" {
	late
	session a "$LOCAL_DATABASE_URL"
	say a "SET track_activities = off; BEGIN; $add_row ('late')"
	sleep 0.1
	sync 0 --overlap 0
	says "track_activities off"
	say a COMMIT
	sync 0 --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

@test "sync: a standby, whose primary has transactions that it cannot see" {
	late
	own_data=$(mktemp -d /tmp/dbm-own.XXXXXX)
	[ "$(id -u)" -ne 0 ] || chown postgres "$own_data"
	own_as "$(dirname "$(psql_program)")/pg_basebackup" -c fast -N -X stream \
	    -R -h "$SOURCE_DATA" -U postgres -D "$own_data/data"
	echo "unix_socket_directories = '$own_data'" \
	    >>"$own_data/data/postgresql.conf"
	own_ctl start
	STANDBY_DATABASE_URL=${LOCAL_DATABASE_URL/$SOURCE_DATA/$own_data}
	export STANDBY_DATABASE_URL
	session a "$LOCAL_DATABASE_URL"
	say a "BEGIN; $add_row ('late')"
	sleep 0.1
	sync 0 --from standby --overlap 0
	says "it is a standby"
	say a COMMIT
	within 10 arrived 10
	sync 0 --from standby --overlap 0
	[ "$(wrote)" = "1 0 0" ]
	same
}

arrived() {
	[ "$(sql_at "$STANDBY_DATABASE_URL" "SELECT count(*) FROM t")" = "$1" ]
}

@test "sync: a source whose TimeZone is not UTC" {
	late
	here "ALTER DATABASE $name SET TimeZone = 'America/New_York'"
	sync 0 --overlap 0
	here "$add_row ('hours ago')"
	sync 0 --overlap 0
	says TimeZone
	[ "$(wrote)" = "1 0 0" ]
	same
	here "UPDATE t SET v = 'x', \"updatedAt\" = CURRENT_TIMESTAMP WHERE id = 3"
	sync 0
	[ "$(wrote)" = "0 1 0" ]
	# with a time zone in the column it does not matter
	here 'ALTER TABLE t ALTER "createdAt" TYPE timestamptz,
	    ALTER "updatedAt" TYPE timestamptz'
	there 'ALTER TABLE t ALTER "createdAt" TYPE timestamptz,
	    ALTER "updatedAt" TYPE timestamptz'
	sync 0 --full
	here "$add_row ('now')"
	sync 0 --overlap 0
	says_not TimeZone
	[ "$(wrote)" = "1 0 0" ]
	same
}

# --- what merging has to solve ---

@test "sync: rows swap unique values, and none is deleted for it" {
	pair 'CREATE TABLE p (id int PRIMARY KEY, slug text UNIQUE, n int NOT NULL UNIQUE,
	        "updatedAt" timestamp(3) NOT NULL DEFAULT now());
	    CREATE TABLE c (id int PRIMARY KEY, p int NOT NULL REFERENCES p ON DELETE CASCADE)'
	here "INSERT INTO p SELECT i, 's' || i, i FROM generate_series(1, 9) i;
	    INSERT INTO c SELECT i, i FROM generate_series(1, 9) i"
	sync 0
	here "UPDATE p SET slug = NULL, n = -id;
	    UPDATE p SET slug = 's' || 10 - id, n = 1 + id % 9, \"updatedAt\" = now()"
	sync 0
	[ "$(did p)" = "0 9 0 0" ]
	[ "$(did c | cut -d ' ' -f 1,2,4)" = "0 0 0" ]
	same
	# across batches, too
	here "UPDATE p SET slug = NULL, n = -id;
	    UPDATE p SET slug = 's' || id, n = 10 - id, \"updatedAt\" = now()"
	sync 0 --batch-size 2
	same
}

@test "sync: cycles of foreign keys, and rows that refer to each other" {
	pair 'CREATE TABLE a (id int PRIMARY KEY, b int, "updatedAt" timestamp(3) NOT NULL DEFAULT now());
	    CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a, boss int REFERENCES b);
	    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
	    CREATE TABLE c (id int PRIMARY KEY, d int NOT NULL);
	    CREATE TABLE d (id int PRIMARY KEY, c int NOT NULL REFERENCES c DEFERRABLE);
	    ALTER TABLE c ADD FOREIGN KEY (d) REFERENCES d DEFERRABLE'
	here "INSERT INTO a SELECT i, NULL FROM generate_series(1, 9) i;
	    INSERT INTO b SELECT i, i, 10 - i FROM generate_series(1, 9) i;
	    UPDATE a SET b = 1 + id % 9;
	    BEGIN; SET CONSTRAINTS ALL DEFERRED;
	    INSERT INTO c VALUES (1, 2); INSERT INTO d VALUES (2, 1); COMMIT"
	sync 0
	same
	here "UPDATE b SET boss = id; UPDATE a SET b = 3, \"updatedAt\" = now();
	    BEGIN; SET CONSTRAINTS ALL DEFERRED;
	    INSERT INTO c VALUES (3, 4); INSERT INTO d VALUES (4, 3); COMMIT"
	sync 0 --batch-size 2
	same
	here 'UPDATE a SET b = NULL; DELETE FROM b WHERE id > 8; DELETE FROM a WHERE id > 8'
	sync 0 --full --delete --delete-limit 20
	same
}

@test "sync: sequences go forward, and never back" {
	pair 'CREATE TABLE t (id serial PRIMARY KEY, u int GENERATED ALWAYS AS IDENTITY);
	    CREATE TABLE s (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);
	    CREATE TABLE never (id serial PRIMARY KEY)'
	here "INSERT INTO t SELECT FROM generate_series(1, 5);
	    INSERT INTO s SELECT FROM generate_series(1, 5)"
	sync 0
	[ "$(there "SELECT last_value FROM t_id_seq UNION ALL
	    SELECT last_value FROM t_u_seq UNION ALL
	    SELECT last_value FROM s_id_seq" | tr '\n' ' ')" = "5 5 5 " ]
	there "SELECT setval('s_id_seq', 40)"
	here "INSERT INTO t SELECT FROM generate_series(1, 5);
	    INSERT INTO s SELECT FROM generate_series(1, 5)"
	sync 0
	[ "$(there "INSERT INTO t DEFAULT VALUES RETURNING id, u")" = "11|11" ]
	[ "$(there "INSERT INTO s DEFAULT VALUES RETURNING id")" = 41 ]
	[ "$(there "INSERT INTO never DEFAULT VALUES RETURNING id")" = 1 ]
	# values taken with no row left of them count as well
	here "SELECT setval('never_id_seq', 70)"
	sync 0
	[ "$(there "INSERT INTO never DEFAULT VALUES RETURNING id")" = 71 ]
}

@test "sync: generated columns, partitions, other schemas' names" {
	pair 'CREATE TABLE g (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED,
	        "updatedAt" timestamp(3));
	    CREATE TABLE part (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	    CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (MINVALUE) TO ($$2026-01-01$$);
	    CREATE TABLE part_2 PARTITION OF part DEFAULT'
	here "INSERT INTO g (id, n, \"updatedAt\")
	    SELECT i, i, now() FROM generate_series(1, 9) i;
	    INSERT INTO part SELECT i, date '2025-12-25' + i FROM generate_series(1, 20) i"
	sync 0
	[ "$(wrote)" = "29 0 0" ]
	same
	[ "$(there 'SELECT sum(twice), (SELECT count(*) FROM part_2) FROM g')" = "90|14" ]
	here "UPDATE g SET n = 5, \"updatedAt\" = now() WHERE id = 1;
	    UPDATE part SET at = '2020-01-01' WHERE id = 20"
	sync 0 --delete
	[ "$(wrote)" = "1 1 1" ]
	same
	# the destination's schema may be another one
	there 'CREATE SCHEMA "Ö x"; SET search_path = "Ö x";
	    CREATE TABLE g (id int PRIMARY KEY, n int, "updatedAt" timestamp(3))'
	here 'ALTER TABLE g DROP twice'
	sync 0 --to "${REMOTE_DATABASE_URL/schema=public/}&schema=%C3%96%20x" -t g
	[ "$(there 'SELECT count(*) FROM "Ö x".g')" = 9 ]
}

@test "sync: identifiers that need quoting" {
	local t=$'a "b"; \'c\'.d\t\\%s$1'
	local c=$'Sp al,te\n"x"'
	quoted=$(here_ident "$t") column=$(here_ident "$c")
	pair "CREATE TABLE $quoted ($column text PRIMARY KEY, \"select\" int,
	    \"updated_At\" timestamptz)"
	here "INSERT INTO $quoted VALUES (E'k\\\\1\\t', 1, now()), ('', 2, now()), ('\\N', NULL, now())"
	sync 0
	[ "$(wrote)" = "3 0 0" ]
	same
	here "UPDATE $quoted SET \"select\" = 9, \"updated_At\" = now() WHERE $column = '';
	    DELETE FROM $quoted WHERE $column = '\\N'"
	sync 0 --delete --delete-limit 50
	[ "$(wrote)" = "0 1 1" ]
	same
	sync 0 --json
	[ "$(jq -r .table <<<"$output")" = "$t" ]
}

here_ident() {
	printf '"%s"' "${1//\"/\"\"}"
}

@test "sync: triggers that change rows are told, and --verify finds it" {
	pair 'CREATE TABLE t (id int PRIMARY KEY, v text, "updatedAt" timestamp(3))'
	here "INSERT INTO t SELECT i, 'v' || i, now() FROM generate_series(1, 9) i"
	sync 0 --verify
	there "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
	    \$\$BEGIN NEW.v := upper(NEW.v); RETURN NEW; END\$\$;
	    CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON t FOR EACH ROW
	    EXECUTE FUNCTION shout()"
	here "UPDATE t SET v = 'loud', \"updatedAt\" = now() WHERE id = 3"
	sync 1 --verify
	says shout
	[ "$(there 'SELECT v FROM t WHERE id = 3')" = LOUD ]
	there 'DROP TRIGGER shout ON t'
	sync 0 --full --verify
	same
}

@test "sync: of a join table only ranges that differ travel" {
	pair 'CREATE TABLE j (a int, b int, note text, PRIMARY KEY (a, b))'
	here "INSERT INTO j SELECT i % 500, i, 'n' FROM generate_series(1, 30000) i"
	sync 0
	[ "$(wrote)" = "30000 0 0" ]
	sync 0
	[ "$(sums)" = "0 0 0 0" ]
	here "UPDATE j SET note = 'x' WHERE b = 7; INSERT INTO j VALUES (1, -1);
	    DELETE FROM j WHERE b = 9"
	sync 0 --delete
	[ "$(wrote)" = "1 1 1" ]
	[ "$(sums | cut -d ' ' -f 3)" -lt 1500 ]
	same
}

# --- interrupted ---

# A run that takes its time, until it is half done.
half_done() {
	start dbm sync --batch-size 10 "$@"
	within 10 is_half_done
}

is_half_done() {
	[ "$(there 'SELECT count(*) FROM two')" -gt 200 ]
}

@test "sync: whoever is killed, running it again converges" {
	pair 'CREATE TABLE one (id int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL);
	    CREATE TABLE two (id int PRIMARY KEY, one int REFERENCES one, v text,
	        "updatedAt" timestamp(3) NOT NULL)'
	here "INSERT INTO one SELECT i, '2026-01-01' FROM generate_series(1, 100) i;
	    INSERT INTO two SELECT i, 1 + i % 100, repeat('x', 100), now()
	    FROM generate_series(1, 20000) i"
	for victim in sync rows load; do
		there 'TRUNCATE one, two; DROP SCHEMA IF EXISTS dbm CASCADE'
		half_done
		case $victim in
		sync) kill -9 "$pid" ;;
		*) kill -9 "$(pgrep -P "$pid" -f "dbm-$victim")" ;;
		esac
		case $victim in
		sync) ended 137 ;;
		*) ended 2 ;;
		esac
		within 10 no_session
		[ "$(there 'SELECT count(*) FROM two')" -lt 20000 ]
		sync 0
		[ "$(did one)" = "0 0 0 0" ]
		same
	done
	sync 0
	[ "$(wrote)" = "0 0 0" ]
}

no_session() {
	[ "$(there "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database() AND application_name LIKE 'dbm%'")" = 0 ]
}

@test "sync: SIGTERM, a connection that is cut" {
	pair 'CREATE TABLE one (id int PRIMARY KEY);
	    CREATE TABLE two (id int PRIMARY KEY, v text, "updatedAt" timestamp(3))'
	here "INSERT INTO one VALUES (1);
	    INSERT INTO two SELECT i, repeat('x', 100), now()
	    FROM generate_series(1, 20000) i"
	half_done
	kill "$pid"
	ended 143
	within 10 no_session
	half_done -j 2
	there "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
	    WHERE datname = current_database() AND application_name LIKE 'dbm%'" >/dev/null
	ended 75
	sync 0 --verify
	same
	# nothing is left running
	! pgrep -f "dbm-(rows|load).*$name"
}

# --- the rest of the world ---

@test "sync: through pgbouncer in transaction mode" {
	need_pooler
	perfume
	mkdir pool
	cat >pool/ini <<-EOF
		[databases]
		$name = host=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"$REMOTE_DATABASE_URL") port=5432
		[pgbouncer]
		listen_port = 6432
		unix_socket_dir = $PWD/pool
		auth_type = any
		pool_mode = transaction
		default_pool_size = 4
		server_round_robin = 1
		server_reset_query_always = 0
	EOF
	user=$(sed 's,.*//\([^@]*\)@.*,\1,' <<<"$REMOTE_DATABASE_URL")
	sed -i "/^$name/s/\$/ user=$user/" pool/ini
	pooler pool
	extra=$bouncer
	direct=$REMOTE_DATABASE_URL
	REMOTE_DATABASE_URL="postgresql://$user@localhost:6432/$name?host=$PWD/pool&pgbouncer=true"
	within 10 through_pool
	sync 0 --batch-size 100
	[ "$(wrote)" = "1944 0 0" ]
	here "UPDATE \"Perfume\" SET price = 7, \"updatedAt\" = now() WHERE id = 'prf9';
	    UPDATE \"User\" SET name = 'silent';
	    DELETE FROM \"_PerfumeToTag\" WHERE \"A\" = 'prf7'"
	sync 0 -j 2
	[ "$(wrote)" = "0 1 0" ]
	sync 0 --dry-run --full --delete
	[ "$(wrote)" = "0 40 1" ]
	sync 0 --full --delete --verify
	[ "$(wrote)" = "0 40 1" ]
	# its sessions are as they were
	[ "$(there "SHOW search_path; SHOW row_security; SHOW TimeZone;
	    SELECT count(*) FROM pg_class WHERE relpersistence = 't'" |
	    tr '\n' ' ')" = "$(sql_at "$direct" "SHOW search_path;
	    SHOW row_security; SHOW TimeZone; SELECT 0" | tr '\n' ' ')" ]
	REMOTE_DATABASE_URL=$direct
	same
}

through_pool() {
	there "SELECT 1" >/dev/null 2>&1
}

@test "sync: a record for each table, as tsv and json" {
	perfume
	sync 0 --header -T '_*'
	[ "${lines[0]}" = $'table\tinserted\tupdated\tunchanged\tdeleted\tmilliseconds' ]
	[ "$(wc -l <<<"$output")" = 10 ]
	[ "$(awk -F '\t' 'NR > 1 && $6 !~ /^[0-9]+$/' <<<"$output")" = "" ]
	there "CREATE TABLE r (t text, i int, u int, n int, d int, ms int)"
	{
		echo "COPY r FROM stdin;"
		tail -n +2 <<<"$output"
		echo '\.'
	} | there
	[ "$(there 'SELECT count(*), sum(i) FROM r')" = "9|1644" ]
	there 'DROP TABLE r'
	sync 0 --json
	[ "$(jq -s 'map(.inserted) | add' <<<"$output")" = 300 ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output" | sort -u)" = \
	    "table inserted updated unchanged deleted milliseconds" ]
	sync 0 -q
	[ -z "$stderr" ]
}

@test "sync: names of databases, and what is not there" {
	unset LOCAL_DATABASE_URL
	sync 2
	says LOCAL_DATABASE_URL
	LOCAL_DATABASE_URL=$REMOTE_DATABASE_URL REMOTE_DATABASE_URL='' sync 2
	says REMOTE_DATABASE_URL
	sync 2 --from nowhere
	says NOWHERE_DATABASE_URL
	perfume
	printf '%s\n' "OLD_DATABASE_URL=$(source_of "$name")" \
	    "NEW_DATABASE_URL=$REMOTE_DATABASE_URL" >.env
	unset REMOTE_DATABASE_URL
	sync 0 --from old --to new -t User
	[ "$(wrote)" = "40 0 0" ]
	sync 2 --from old --to new User
	sync 2 --frum old
	sync 2 --from old --to new --overlap -1
	sync 2 --from old --to new --overlap soon
	sync 75 --from "postgresql://localhost:1/x" --to new
	says P1001
}

@test "sync: a wrong password is told, and none is shown" {
	perfume
	local bad=${LOCAL_DATABASE_URL/\/\/postgres@//\/locked:wr0ng@}
	sync 2 --from "$bad"
	says P1000
	says_not wr0ng
	sync 2 --to "$bad"
	says P1000
	says_not wr0ng
	# with the right one nobody sees it, in no process' arguments either
	here 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO locked;
	    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO locked'
	LOCAL_DATABASE_URL=${LOCAL_DATABASE_URL/\/\/postgres@//\/locked:geheim@}
	there 'BEGIN; LOCK TABLE "User"; SELECT pg_sleep(1); COMMIT' >/dev/null &
	start dbm sync -v --verify
	sleep 0.4
	ps -eo args | grep dbm- >args
	grep -q dbm-sync args
	ended 0
	cat args err >all
	! grep geheim all
	here 'DROP OWNED BY locked'
}

@test "sync: two runs at once do no harm" {
	perfume
	start dbm sync
	first=$pid
	status=0
	dbm sync >out2 2>err2 </dev/null || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 75 ]
	status=0
	wait "$first" || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 75 ]
	pid=
	sync 0
	same
}

@test "sync: a closed or full stdout is trouble, progress is for people" {
	perfume
	status=0
	dbm sync >/dev/full 2>err || status=$?
	[ "$status" -eq 2 ]
	sync 0 --progress
	says rows
	same
}
