# dbm format: the bytes of Prisma's formatter, what is written and what not.
bats_require_minimum_version 1.5.0
load helper

setup() {
	GOLDEN=$BATS_TEST_DIRNAME/data/format
	mkdir -p "$BATS_TEST_TMPDIR/p" && cd "$BATS_TEST_TMPDIR/p" || return
}

# schema [NAME]: a valid one that is not in canonical form.
schema() {
	printf 'model %s {\nid Int @id\n}\n' "${1:-A}"
}
canonical() {
	printf 'model %s {\n  id Int @id\n}\n' "${1:-A}"
}
datasource() {
	printf 'datasource db {\n  provider = "postgresql"\n'
	printf '  url      = env("DATABASE_URL")\n}\n\n'
}

@test "format: the golden cases" {
	local file bad=0
	for file in "$GOLDEN"/*.prisma; do
		dbm format - <"$file" >out
		cmp out "${file%.prisma}.formatted" || bad=1
	done
	[ "$bad" = 0 ]
}

@test "format: twice is once" {
	local file bad=0
	for file in "$GOLDEN"/*.formatted; do
		dbm format - <"$file" | cmp - "$file" || bad=1
	done
	[ "$bad" = 0 ]
}

@test "format: the project's schema, in place, with its name on stdout" {
	mkdir prisma
	schema >prisma/schema.prisma
	run --separate-stderr dbm format
	[ "$status" = 0 ]
	[ "$output" = prisma/schema.prisma ]
	[ "$stderr" = "formatted 1 of 1 files" ]
	canonical | cmp - prisma/schema.prisma
	run --separate-stderr dbm format
	[ "$status" = 0 ] && [ -z "$output" ]
	[ "$stderr" = "all files are in canonical form" ]
}

@test "format: no schema is 2" {
	run --separate-stderr dbm format
	[ "$status" = 2 ] && [ -z "$output" ]
	[[ $stderr == *"there is no schema here"* ]]
	run --separate-stderr dbm format no.prisma
	[ "$status" = 2 ] && [[ $stderr == *"cannot open 'no.prisma'"* ]]
}

@test "format: a file that is canonical is not touched" {
	canonical >a.prisma
	touch -d 2020-01-01 a.prisma
	dbm format a.prisma
	[ "$(stat -c %Y a.prisma)" = "$(date -d 2020-01-01 +%s)" ]
}

@test "format: mode and symbolic link stay" {
	schema >real.prisma
	chmod 640 real.prisma
	ln -s real.prisma link.prisma
	[ "$(dbm format link.prisma)" = link.prisma ]
	[ -L link.prisma ]
	canonical | cmp - real.prisma
	[ "$(stat -c %a real.prisma)" = 640 ]
}

@test "format --check: tells, writes nothing, 1" {
	schema >a.prisma
	canonical B >b.prisma
	cp a.prisma before
	run --separate-stderr dbm format --check a.prisma b.prisma
	[ "$status" = 1 ]
	[ "$output" = a.prisma ]
	cmp a.prisma before
	run --separate-stderr dbm format --check b.prisma
	[ "$status" = 0 ] && [ -z "$output" ]
	dbm format --check -q - <b.prisma
	run -1 dbm format --check - <a.prisma
	[ "$output" = - ]
}

@test "format: a schema with errors is left as it is, with each told" {
	{ datasource; echo 'model A {'; echo 'id Strng @id'; echo '}'; } \
	    >a.prisma
	cp a.prisma before
	run --separate-stderr dbm format a.prisma
	[ "$status" = 2 ] && [ -z "$output" ]
	[[ $stderr == "a.prisma:7:4: error: "*Strng* ]]
	[[ $stderr == *"left as it is"* ]]
	cmp a.prisma before
	run -2 dbm format --check a.prisma
}

@test "format: a line that is nothing is an error in any file" {
	{ echo 'what is this'; schema; } >a.prisma
	run --separate-stderr dbm format a.prisma
	[ "$status" = 2 ]
	[[ $stderr == "a.prisma:1:1: error: "* ]]
}

@test "format: what formatting puts right is no error" {
	{ datasource
	    printf 'model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n'
	    printf '  a A\n}\n'; } >a.prisma
	dbm format a.prisma
	grep -qx '  bs B\[\]' a.prisma
	grep -q 'a   A   @relation(fields: \[aId\], references: \[id\])' \
	    a.prisma
}

@test "format: part of a schema is formatted by itself" {
	printf 'model A {\n  id Int @id\n  b B @relation("x")\n}\n' >a.prisma
	dbm format a.prisma
	grep -qx '  b  B   @relation("x")' a.prisma
}

@test "format: files of a folder are one schema" {
	mkdir -p prisma/schema/more
	{ datasource; schema; } >prisma/schema/a.prisma
	printf 'model B {\n  id Int @id\n  a A\n}\n' \
	    >prisma/schema/more/b.prisma
	canonical C >prisma/schema/c.prisma
	run --separate-stderr dbm format
	[ "$status" = 0 ]
	[ "${lines[0]}" = prisma/schema/a.prisma ]
	[ "${lines[1]}" = prisma/schema/more/b.prisma ]
	[ "${#lines[@]}" = 2 ]
	grep -qx '  bs B\[\]' prisma/schema/a.prisma
	grep -qx '  aId Int' prisma/schema/more/b.prisma
}

@test "format: files with a datasource each are schemas of their own" {
	{ datasource; schema; } >a.prisma
	{ datasource; schema; echo 'model B {'; echo '}'; } >b.prisma
	cp b.prisma before
	run --separate-stderr dbm format a.prisma b.prisma
	[ "$status" = 2 ]
	[ "$output" = a.prisma ]
	{ datasource; canonical; } | cmp - a.prisma
	cmp b.prisma before
}

@test "format -: a filter, whatever comes" {
	[ "$(printf 'nonsense {{{\n' | dbm format -)" = 'nonsense {{{' ]
	run --separate-stderr dbm format - a.prisma </dev/null
	[ "$status" = 2 ]
	[[ $stderr == *"exclude each other"* ]]
}

@test "format: NUL bytes and broken UTF-8 are told with their place" {
	printf 'model A {\n  id\0 Int\n}\n' >a.prisma
	run --separate-stderr dbm format a.prisma
	[ "$status" = 2 ] && [[ $stderr == a.prisma:2:5:*"NUL byte"* ]]
	printf 'model A {\n  \xff\n}\n' >a.prisma
	run --separate-stderr dbm format a.prisma
	[ "$status" = 2 ] && [[ $stderr == a.prisma:2:3:*"0xff"* ]]
	printf '\xef\xbb\xbfmodel A {\n  id Int @id\n}\n' >a.prisma
	dbm format --check a.prisma
}

# --- hostile input: told or kept, and at once ---

# repeat N TEXT
repeat() {
	awk -v n="$1" -v s="$2" 'BEGIN { while (n--) printf "%s", s }'
}

@test "format: 100,000 brackets" {
	local open
	for open in '[' 'f(' 'f(a:['; do
		{ echo 'model A {'; echo '  id Int @id'; printf '  a Int @x('
		    repeat 100000 "$open"; echo; echo '}'; } >a
		timeout 10 dbm format - <a >out
		[ "$(wc -l <out)" = 4 ]
	done
	{ printf 'model A {\n  a Int @x('; repeat 400 '['; repeat 400 ']'
	    printf ')\n}\n'; } >a
	dbm format - <a | cmp - a
}

@test "format: blocks and comments that never end cost no more than time" {
	{ repeat 200000 $'model A {\n'; echo '// }'; } >a
	timeout 20 dbm format - <a >out
	[ "$(wc -l <out)" = 200001 ]
	{ repeat 200000 $'a Int /*\n'; echo '*/ x'; } >a
	timeout 20 dbm format - <a >out
	{ repeat 500000 $'/*\n'; } >a
	timeout 20 dbm format - <a | cmp - a
}

@test "format: 10 MB" {
	{ echo 'model A {'; echo '  id Int @id'
	    awk 'BEGIN { for (i = 0; i < 400000; i++)
		printf "  f%d Int @map(\"g%d\")\n", i, i }'; echo '}'; } >a
	timeout 30 dbm format - <a >out
	[ "$(wc -l <out)" = 400003 ]
	{ printf '// '; repeat 10000000 x; echo; } >a
	timeout 30 dbm format - <a | cmp - a
}
