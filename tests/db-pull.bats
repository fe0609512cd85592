# dbm db pull: what a database looks like, as a schema.  The cases in
# data/pull are NAME.sql with the engine's answer in NAME.prisma and, where it
# has any, its warnings in NAME.warn; NAME.from.prisma is the schema there is,
# NAME.args what --schemas says.
load helper

setup() {
	DATA=$BATS_TEST_DIRNAME/data/pull
	new_db
	cd "$BATS_TEST_TMPDIR" || return 1
}

blank_schema() {
	mkdir -p prisma
	cat >prisma/schema.prisma <<-'END'
	datasource db {
	  provider = "postgresql"
	  url      = env("DATABASE_URL")
	}
	END
}

# pull_case NAME: its output goes to out, its warnings to err.
pull_case() {
	local options=() name=$DATA/$1
	[ ! -e "$name.from.prisma" ] || options+=(--schema "$name.from.prisma")
	[ ! -e "$name.args" ] || options+=(--schemas "$(cat "$name.args")")
	sql <"$name.sql" 2>sql.err || { cat sql.err; return 1; }
	dbm db pull --print --url "$DATABASE_URL" "${options[@]}" >out 2>err
}

@test "pull: every case gives the engine's schema and warnings" {
	bad=0
	for file in "$DATA"/*.sql; do
		name=$(basename "$file" .sql)
		new_db
		pull_case "$name" || { cat err; bad=1; }
		diff "$DATA/$name.prisma" out || { echo "^ $name"; bad=1; }
		[ -e "$DATA/$name.warn" ] || : >none
		want=$DATA/$name.warn
		[ -e "$want" ] || want=none
		diff -B "$want" err || { echo "^ warnings of $name"; bad=1; }
	done
	[ $bad = 0 ]
}

@test "pull: what came out is formatted and valid" {
	for file in "$DATA"/*.prisma; do
		case $file in *.from.prisma) continue ;; esac
		dbm format - <"$file" | diff "$file" -
	done
	pull_case relations
	dbm validate out
}

@test "pull: pulled again, nothing changes" {
	for name in relations again views emulated; do
		new_db
		blank_schema
		pull_case "$name"
		cp out prisma/schema.prisma
		dbm db pull -q
		# the engine names many-to-many relations at the second time
		cp prisma/schema.prisma second
		run -0 --separate-stderr dbm db pull
		[ "$output" = $'same\tprisma/schema.prisma' ]
		diff second prisma/schema.prisma
	done
}

@test "pull: the schema file is rewritten" {
	blank_schema
	sql "CREATE TABLE one (id int PRIMARY KEY)"
	run -0 --separate-stderr dbm db pull
	[ "$output" = $'wrote\tprisma/schema.prisma' ]
	[[ $stderr == *"Introspected 1 model and wrote it into prisma/schema.prisma in "*ms ]]
	grep -A2 '^model one {' prisma/schema.prisma
	[ "$(ls prisma)" = schema.prisma ]
	run -0 --separate-stderr dbm db pull --json
	[ "$output" = '{"action":"same","file":"prisma/schema.prisma"}' ]
}

@test "pull: the file keeps its mode, and a link leads to it" {
	blank_schema
	pull_case relations
	chmod 640 prisma/schema.prisma
	mv prisma/schema.prisma real.prisma
	ln -s ../real.prisma prisma/schema.prisma
	dbm db pull
	[ -L prisma/schema.prisma ]
	[ "$(stat -c %a real.prisma)" = 640 ]
	grep -q '^model' real.prisma
}

@test "pull: --print writes nothing, --force starts afresh" {
	blank_schema
	printf '\n/// kept\nmodel Two {\n  id Int @id\n\n  @@map("two")\n}\n' \
	    >>prisma/schema.prisma
	cp prisma/schema.prisma before
	sql "CREATE TABLE two (id int PRIMARY KEY)"
	run -0 --separate-stderr dbm db pull --print
	[[ $output == *'/// kept'$'\n''model Two {'* ]]
	diff before prisma/schema.prisma
	run -0 dbm db pull -q --force
	grep '^model two {' prisma/schema.prisma
	[ "$(grep -c kept prisma/schema.prisma)" = 0 ]
}

@test "pull: an empty database is P4001" {
	blank_schema
	run -2 --separate-stderr dbm db pull
	[ -z "$output" ]
	[[ $stderr == *"P4001"*"hint: "*"--schemas"* ]]
	sql "CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY)"
	run -2 dbm db pull --print
	run -0 --separate-stderr dbm db pull --print --schemas other
	[[ $output == *'@@schema("other")'* ]]
	DATABASE_URL="$DATABASE_URL&schema=other" \
	    run -0 --separate-stderr dbm db pull --print
	[[ $output == *'model t {'* && $output != *'@@schema'* ]]
}

@test "pull: a key out of the schemas is P4002" {
	sql "CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY);
	    CREATE TABLE u (id int PRIMARY KEY REFERENCES other.t)"
	run -2 --separate-stderr dbm db pull --print
	[[ $stderr == *"P4002"*"'u_id_fkey'"*"'other'"* ]]
	run -0 --separate-stderr dbm db pull --print --schemas public,other
}

@test "pull: without a schema there is nothing to write to" {
	sql "CREATE TABLE one (id int PRIMARY KEY)"
	run -2 --separate-stderr dbm db pull
	[[ $stderr == *"there is no schema here"*"--print"* ]]
	run -0 --separate-stderr dbm db pull --print
	[[ $output == 'datasource db {'*'env("DATABASE_URL")'*'model one {'* ]]
}

@test "pull: an invalid schema is told, and --force works with it" {
	blank_schema
	echo 'model Bad { id Nothing @id }' >>prisma/schema.prisma
	sql "CREATE TABLE one (id int PRIMARY KEY)"
	run -2 --separate-stderr dbm db pull
	[[ $stderr == *"prisma/schema.prisma:5:"*"hint: "*"--force"* ]]
	run -0 dbm db pull --force
	grep '^model one {' prisma/schema.prisma
}

@test "pull: of several files each keeps its own, what is new has another" {
	mkdir -p prisma/schema
	blank_schema
	mv prisma/schema.prisma prisma/schema/
	printf 'model One {\n  id Int @id\n\n  @@map("one")\n}\n' \
	    >prisma/schema/one.prisma
	sql "CREATE TABLE one (id int PRIMARY KEY);
	    CREATE TABLE two (id int PRIMARY KEY)"
	run -0 --separate-stderr dbm db pull --schema prisma/schema
	[ "$output" = $'same\tprisma/schema/one.prisma
same\tprisma/schema/schema.prisma
wrote\tprisma/schema/introspected.prisma' ]
	grep '^model One {' prisma/schema/one.prisma
	grep '^model two {' prisma/schema/introspected.prisma
	run -0 --separate-stderr dbm db pull --schema prisma/schema
	[ "$(cut -f 1 <<<"$output" | sort -u)" = same ]
}

@test "pull: extensions stay, and what the preview asks for comes" {
	mkdir prisma
	cat >prisma/schema.prisma <<-'END'
	generator client {
	  provider        = "prisma-client-js"
	  previewFeatures = ["postgresqlExtensions"]
	}

	datasource db {
	  provider   = "postgresql"
	  url        = env("DATABASE_URL")
	  extensions = [ltree(schema: "public"), btree_gin]
	}
	END
	sql 'CREATE EXTENSION ltree; CREATE EXTENSION "uuid-ossp";
	    CREATE TABLE one (id int PRIMARY KEY)'
	run -0 dbm db pull -q
	grep -F 'extensions = [ltree(schema: "public"), uuid_ossp(map: "uuid-ossp", schema: "public")]' \
	    prisma/schema.prisma
}

@test "pull: a reader cannot write, and reads what it may" {
	sql "CREATE TABLE seen (id int PRIMARY KEY, hidden int);
	    CREATE TABLE hidden (id int PRIMARY KEY);
	    CREATE ROLE reader_$$ LOGIN; GRANT SELECT (id) ON seen TO reader_$$"
	url=$(sed -E "s,//[^@/]*@?,//reader_$$@," <<<"$DATABASE_URL")
	url=$(sed -E "s/([?&])user=[^&]*/\1user=reader_$$/" <<<"$url")
	run -0 --separate-stderr dbm db pull --print --url "$url"
	sql "REVOKE ALL ON seen FROM reader_$$; DROP ROLE reader_$$"
	[[ $output == *$'model seen {\n  id Int @id\n}'* ]]
	[[ $output == *'// model hidden {'* ]]
}

@test "pull: full stdout is status 2" {
	sql "CREATE TABLE one (id int PRIMARY KEY)"
	status=0
	dbm db pull --print >/dev/full 2>err || status=$?
	cat err
	[ "$status" -eq 2 ]
}
