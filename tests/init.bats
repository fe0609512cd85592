# dbm init: writes what is missing, touches nothing that is there.
bats_require_minimum_version 1.5.0

setup() {
	[ ! -f "$BATS_TEST_DIRNAME/helper.bash" ] || load helper
	PATH=${BUILD:-$BATS_TEST_DIRNAME/../build}/bin:$PATH
	unset "${!DATABASE_@}" "${!DBM_@}"
	mkdir -p "$BATS_TEST_TMPDIR/p" && cd "$BATS_TEST_TMPDIR/p" || return
}

records() { printf '%s\t%s\n' "$@"; }

# Everything that is here, with its contents.
picture() { find . -printf '%p %m %l\n' -type f -exec md5sum {} + | sort; }

@test "init: an empty folder becomes a project" {
	run --separate-stderr dbm init
	[ "$status" -eq 0 ]
	[ "$output" = "$(records created prisma/schema.prisma \
	    created prisma/migrations/migration_lock.toml created .env)" ]
	[ -z "$stderr" ]
	grep -q 'provider = "postgresql"' prisma/schema.prisma
	grep -q 'env("DATABASE_URL")' prisma/schema.prisma
	[ "$(tail -1 prisma/migrations/migration_lock.toml)" = \
	    'provider = "postgresql"' ]
}

@test "init: the second run does nothing" {
	dbm init
	before=$(picture)
	run dbm init
	[ "$status" -eq 0 ]
	[ "$output" = "$(records kept prisma/schema.prisma \
	    kept prisma/migrations/migration_lock.toml kept .env)" ]
	[ "$(picture)" = "$before" ]
}

@test "init: .env is its owner's, whatever the umask" {
	umask 0
	dbm init
	[ "$(stat -c %a .env)" = 600 ]
}

@test "init: env reads what it wrote" {
	dbm init
	run dbm env
	[[ ${lines[0]} == DATABASE_URL*postgres*.env ]]
	[[ ${lines[1]} == LOCAL_DATABASE_URL*postgres*.env ]]
	[ "${#lines[@]}" -eq 2 ]
	# one command's word, and the other's
	[ "$(dbm env -- printenv LOCAL_DATABASE_URL)" = \
	    "$(dbm env -- printenv DATABASE_URL)" ]
}

@test "init: a project of Prisma's is kept" {
	mkdir -p prisma/migrations/1_a
	printf 'datasource db {\n  provider = "postgresql"\n}\n' \
	    >prisma/schema.prisma
	echo 'provider = "postgresql"' >prisma/migrations/migration_lock.toml
	echo A=1 >.env
	before=$(picture)
	run dbm init
	[[ $output != *created* ]]
	[ "$(picture)" = "$before" ]
}

@test "init: migrations go beside a schema that is elsewhere" {
	mkdir db
	echo 'datasource db {}' >db/schema.prisma
	echo '{"prisma": {"schema": "db/schema.prisma"}}' >package.json
	run dbm init
	[ "${lines[0]}" = "$(records kept db/schema.prisma)" ]
	[ "${lines[1]}" = \
	    "$(records created db/migrations/migration_lock.toml)" ]
	[ ! -e prisma ]
}

@test "init: migrations beside the file of a folder that has the datasource" {
	mkdir -p prisma/schema/models
	echo 'model A { id Int @id }' >prisma/schema/models/a.prisma
	echo 'datasource db {}' >prisma/schema/base.prisma
	run dbm init
	[ "${lines[0]}" = "$(records kept prisma/schema)" ]
	[ -f prisma/schema/migrations/migration_lock.toml ]
}

@test "init: two datasources in a folder" {
	mkdir -p prisma/schema
	echo 'datasource a {}' >prisma/schema/a.prisma
	printf '\n  datasource b {}\n' >prisma/schema/b.prisma
	run dbm init
	[ "$status" -eq 2 ]
	[[ $output == *"prisma/schema/b.prisma:2:3: error: a second datasource"* ]]
	[[ $output == *"hint: the first one is at prisma/schema/a.prisma:1"* ]]
	[ ! -e .env ]
}

@test "init: a broken schema is named with its place" {
	printf 'datasource db {\n  url = "postgres://u:s3cr3t@h\n}\n' \
	    >schema.prisma
	run dbm init
	[ "$status" -eq 2 ]
	[[ $output == *"schema.prisma:2:9: error: unterminated string"* ]]
	[[ $output != *s3cr3t* ]]
	printf 'datasource db {\n  provider = "postgresql"\n' >schema.prisma
	run dbm init
	[[ $output == *"schema.prisma:1:15: error: '{' is never closed"* ]]
}

@test "init: no .gitignore outside of git" {
	GIT_CEILING_DIRECTORIES=/ dbm init
	[ ! -e .gitignore ]
}

@test "init: .gitignore in a work tree, and below its top" {
	mkdir -p .git sub
	run dbm init
	[[ $output == *"$(records created .gitignore)"* ]]
	[ "$(cat .gitignore)" = .env ]
	cd sub
	dbm init
	[ "$(cat .gitignore)" = .env ]
}

@test "init: .gitignore gets one line, once" {
	printf 'node_modules\ndist' >.gitignore
	chmod 640 .gitignore
	run dbm init
	[[ $output == *"$(records changed .gitignore)"* ]]
	[ "$(cat .gitignore)" = "$(printf 'node_modules\ndist\n.env')" ]
	[ "$(stat -c %a .gitignore)" = 640 ]
	run dbm init
	[[ $output == *"$(records kept .gitignore)"* ]]
	[ "$(grep -c env .gitignore)" -eq 1 ]
}

@test "init: .gitignore that names .env its own way" {
	for line in /.env '.env*' '*.env' $'.env\r' '.env  '; do
		echo "$line" >.gitignore
		run dbm init
		[ "$(cat .gitignore)" = "$line" ]
	done
	printf '#.env\n.env.local\n!.env\n' >.gitignore
	run dbm init
	[ "$(tail -1 .gitignore)" = .env ]
}

@test "init: a .gitignore that is a link stays one" {
	echo x >real
	ln -s real .gitignore
	dbm init
	[ -L .gitignore ]
	[ "$(tail -1 real)" = .env ]
}

@test "init: a link to nowhere is not followed" {
	ln -s /nowhere/at/all .env
	run dbm init
	[ "$status" -eq 0 ]
	[[ $output == *"$(records kept .env)"* ]]
	[ -L .env ]
}

@test "init: what is in the way is told" {
	: >prisma
	run dbm init
	[ "$status" -eq 2 ]
	[[ $output == *"error: cannot "*"prisma"*": "* ]]
}

@test "init: json" {
	run dbm init --json
	[ "$(jq -r .done <<<"$output" | uniq -c | tr -s ' ')" = " 3 created" ]
}

@test "init: operands are refused" {
	run dbm init x
	[ "$status" -eq 2 ]
	[[ $output == *"'x' is too much"*"usage: dbm init"* ]]
	[ -z "$(ls -A)" ]
}
