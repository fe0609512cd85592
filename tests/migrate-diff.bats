# dbm migrate diff: dbm diff with Prisma's options and statuses.  What the
# script says is tested in diff.bats.
load helper
load migrate

setup() {
	DATA=$BATS_TEST_DIRNAME/data
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	mkdir -p "$BATS_TEST_TMPDIR/project/prisma"
	cd "$BATS_TEST_TMPDIR/project" || return
	schema 'model T {
  id Int @id
}' >a.prisma
	schema 'model T {
  id Int  @id
  b  Int?
}' >b.prisma
	cat >a-b.sql <<-'END'
	-- AlterTable
	ALTER TABLE "T" ADD COLUMN     "b" INTEGER;
	END
	printf '\n[*] Changed the `T` table\n  [+] Added column `b`\n' >a-b.txt
}

# schema BODY
schema() {
	printf 'datasource db {\n  provider = "postgresql"\n'
	printf '  url      = env("DATABASE_URL")\n}\n\n%s\n' "$1"
}

# What this prints is what FILE holds, and nothing is said besides.
prints() {
	local rc=0
	"${@:2}" >out 2>err || rc=$?
	diff "$1" out && [ ! -s err ] || { cat err; return 1; }
	return $rc
}

# databases: $A is as a.prisma wants it, $B as b.prisma.
databases() {
	new_db A
	dbm diff empty a.prisma | sql_at "$A"
	new_db B
	dbm diff empty b.prisma | sql_at "$B"
}

@test "migrate diff: schemas, by the names of 5, 6 and 7" {
	for from in --from-schema-datamodel --from-schema; do
		for to in --to-schema-datamodel --to-schema; do
			prints a-b.txt dbm migrate diff $from a.prisma $to b.prisma
			prints a-b.sql dbm migrate diff $from a.prisma \
			    $to b.prisma --script
			prints a-b.sql dbm migrate diff --script \
			    $to=b.prisma $from=a.prisma
		done
	done
	mkdir folder
	mv b.prisma folder/
	prints a-b.sql dbm migrate diff --from-schema a.prisma \
	    --to-schema folder --script
}

@test "migrate diff: schemas alone need no environment and no server" {
	prints a-b.sql env -i PATH="$PATH" ASAN_OPTIONS=detect_leaks=0 \
	    dbm migrate diff --from-schema a.prisma --to-schema b.prisma --script
}

@test "migrate diff: nothing" {
	dbm diff empty b.prisma >want || true
	prints want dbm migrate diff --from-empty --to-schema b.prisma --script
	dbm diff b.prisma empty >want || true
	prints want dbm migrate diff --from-schema b.prisma --to-empty --script
	echo "-- This is an empty migration." >want
	prints want dbm migrate diff --from-schema b.prisma \
	    --to-schema b.prisma --script
	echo "No difference detected." >want
	prints want dbm migrate diff --from-schema b.prisma --to-schema b.prisma
}

@test "migrate diff: databases, by URL" {
	databases
	prints a-b.sql dbm migrate diff --from-url "$A" --to-schema b.prisma \
	    --script
	dbm diff a.prisma "$B" >want || true
	prints want dbm migrate diff --from-schema a.prisma --to-url "$B" \
	    --script
	prints a-b.txt dbm migrate diff --from-url "$A" --to-url "$B"
}

@test "migrate diff: the database that a schema names" {
	databases
	prints a-b.txt env DATABASE_URL="$A" dbm migrate diff \
	    --from-schema-datasource b.prisma --to-schema-datamodel b.prisma
	prints a-b.txt env DATABASE_URL="$B" dbm migrate diff \
	    --from-schema-datamodel a.prisma --to-schema-datasource a.prisma
	sed 's/DATABASE_URL/SECOND_URL/' b.prisma >second.prisma
	prints a-b.txt env DATABASE_URL="$A" SECOND_URL="$B" dbm migrate diff \
	    --from-schema-datasource a.prisma \
	    --to-schema-datasource second.prisma
}

@test "migrate diff: the project's database" {
	databases
	mv b.prisma prisma/schema.prisma
	echo "DATABASE_URL=$A" >.env
	prints a-b.txt dbm migrate diff --from-config-datasource \
	    --to-schema prisma
	echo "DATABASE_URL=$B" >.env
	prints a-b.txt dbm migrate diff --from-schema a.prisma \
	    --to-config-datasource
	echo "DATABASE_URL=$A" >other.env
	prints a-b.txt dbm migrate diff -e other.env \
	    --from-config-datasource --to-schema prisma/schema.prisma
	sed 's/DATABASE_URL/SECOND_URL/' a.prisma >second.prisma
	prints a-b.txt env SECOND_URL="$A" dbm migrate diff -s second.prisma \
	    --from-config-datasource --to-schema prisma/schema.prisma
}

@test "migrate diff: histories" {
	mkdir -p from/1_t to/1_t to/2_b
	echo 'provider = "postgresql"' | tee from/migration_lock.toml \
	    >to/migration_lock.toml
	dbm diff empty a.prisma | tee from/1_t/migration.sql \
	    >to/1_t/migration.sql
	cp a-b.sql to/2_b/migration.sql
	prints a-b.sql dbm migrate diff --from-migrations from \
	    --to-schema-datamodel b.prisma --script
	prints a-b.txt dbm migrate diff --from-migrations from \
	    --to-migrations to
	prints a-b.txt dbm migrate diff --from-schema a.prisma \
	    --to-migrations to
}

@test "migrate diff: a shadow database is taken, and emptied" {
	mkdir -p history/1_t
	dbm diff empty a.prisma >history/1_t/migration.sql || true
	new_db
	run -0 dbm migrate diff --from-migrations history \
	    --to-schema b.prisma --shadow-database-url "$DATABASE_URL"
	[ "$output" = "$(<a-b.txt)" ]
}

@test "migrate diff: summaries are Prisma's" {
	n=0
	for dir in "$DATA"/diff/*/; do
		[ -e "$dir/summary.txt" ] || continue
		args=()
		for side in from to; do
			if [ -d "$dir/$side" ]; then
				args+=(--$side-schema "$dir/$side")
			elif [ -e "$dir/$side.prisma" ]; then
				args+=(--$side-schema "$dir/$side.prisma")
			else
				args+=(--$side-empty)
			fi
		done
		prints "$dir/summary.txt" dbm migrate diff "${args[@]}"
		n=$((n + 1))
	done
	[ $n -ge 10 ]
}

@test "migrate diff: 0 unless --exit-code asks for Prisma's 2" {
	for script in '' --script; do
		run -0 dbm migrate diff --from-schema a.prisma \
		    --to-schema b.prisma $script
		run -2 dbm migrate diff --from-schema a.prisma \
		    --to-schema b.prisma $script --exit-code
		run -0 dbm migrate diff --from-schema a.prisma \
		    --to-schema a.prisma $script --exit-code
	done
}

@test "migrate diff: errors are 1, with --exit-code and without" {
	sed 's/Int?/Strng?/' b.prisma >bad.prisma
	for code in '' --exit-code; do
		run -1 dbm migrate diff --from-empty --to-schema bad.prisma $code
		[[ ${lines[0]} == bad.prisma:8:*": error: "*Strng* ]]
		run -1 dbm migrate diff --from-empty --to-schema none.prisma $code
		has none.prisma
		run -1 dbm migrate diff --from-empty --to-schema-datasource \
		    a.prisma $code
		has DATABASE_URL
		run -1 dbm migrate diff --from-empty --to-config-datasource $code
		has DATABASE_URL
		run -1 dbm migrate diff --to-empty --from-migrations none $code
		has none
		run -1 dbm migrate diff --to-empty $code \
		    --from-url postgresql://joe:s3cr3t@127.0.0.1:1/shop
		has P1001
		has_not s3cr3t
	done
	mkdir -p history/1_bad
	echo 'SELECT * FROM nowhere' >history/1_bad/migration.sql
	run -1 dbm migrate diff --from-migrations history --to-empty --exit-code
	has 'relation "nowhere" does not exist'
}

@test "migrate diff: exactly one of each side, else 1 and the usage" {
	while read -r n which args; do
		run -1 --separate-stderr dbm migrate diff $args
		[ -z "$output" ]
		[[ $stderr == *"$n '--$which-...'"*"usage: dbm migrate diff"* ]]
	done <<-'END'
	0 from
	0 from --to-empty
	0 to --from-empty
	0 to --from-schema a.prisma --script
	2 from --from-empty --from-schema a.prisma --to-empty
	2 from --from-schema a.prisma --from-schema-datamodel a.prisma --to-empty
	2 to --from-empty --to-url x --to-migrations y
	3 to --from-empty --to-empty --to-config-datasource --to-schema-datasource a.prisma
	END
}

@test "migrate diff: other wrong usage is 1 too" {
	for args in '--from-empty --to-empty x' '--no-such-option' \
	    '--from-empty --to-schema' '--from-empty --to-empty --json'; do
		run -1 --separate-stderr dbm migrate diff $args
		[ -z "$output" ]
		[[ $stderr == *"usage: dbm migrate diff"* ]]
	done
}

@test "migrate diff: -o, a full disk, a closed pipe" {
	for option in '-o out.sql' '--output out.sql' --output=out.sql; do
		rm -f out.sql
		run -2 dbm migrate diff --from-schema a.prisma \
		    --to-schema b.prisma --script --exit-code $option
		[ -z "$output" ]
		cmp a-b.sql out.sql
	done
	run -1 dbm migrate diff --from-schema a.prisma \
	    --to-schema b.prisma -o nowhere/out.sql --exit-code
	has nowhere/out.sql
	run -1 bash -c 'dbm migrate diff --from-schema a.prisma \
	    --to-schema b.prisma --exit-code >/dev/full'
	for ((i = 0; i < 3000; i++)); do
		printf 'model M%d {\n  id Int @id\n}\n' $i
	done >big.prisma
	run -141 bash -c 'dbm migrate diff --from-empty --to-schema big.prisma \
	    --script | head -1 >/dev/null; exit ${PIPESTATUS[0]}'
	[ -z "$output" ]
}
