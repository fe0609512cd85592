# dbm validate: every kind of error at its place, files, folders, streams.
#
# tests/data/validate/NAME.prisma and NAME.expected, what is to be printed: a
# new case is two new files.  The engine was asked what it says to each; where
# its answer differs on purpose the case is one of `own' below.
bats_require_minimum_version 1.5.0
load helper

setup() {
	DATA=$BATS_TEST_DIRNAME/data/validate
	unset "${!DBM_@}" DATABASE_URL
	mkdir "$BATS_TEST_TMPDIR/p" && cd "$BATS_TEST_TMPDIR/p" || return
}

# each CHECK: with the name of every case; all that fail are told.
each() {
	local bad=0 path
	for path in "$DATA"/*.prisma; do
		path=${path##*/}
		"$1" "${path%.prisma}" || { echo "^ $path"; bad=1; }
	done
	return $bad
}

@test "validate: every case gives what is expected" {
	check() {
		local want=0 rc=0
		! grep -q ': error: ' "$DATA/$1.expected" || want=1
		(cd "$DATA" && dbm validate "$1.prisma") >out 2>err || rc=$?
		diff "$DATA/$1.expected" out && [ "$rc" -eq "$want" ]
	}
	[ "$(find "$DATA" -name '*.prisma' | wc -l)" -ge 110 ]
	each check
}

@test "validate: nothing is left over, and valid says what it means" {
	local path
	for path in "$DATA"/*.expected; do
		[ -e "${path%.expected}.prisma" ] || { echo "$path"; false; }
	done
	check() {
		case $1 in
		valid*) ! grep ': error: ' "$DATA/$1.expected" ;;
		*) grep -q ': error: ' "$DATA/$1.expected" ;;
		esac
	}
	each check
}

@test "validate: on purpose: no url is no error, other providers and NUL are" {
	local own='valid-without-url datasource-provider-other string-nul' name
	for name in $own; do
		[ -e "$DATA/$name.prisma" ]
	done
	[ ! -s "$DATA/valid-without-url.expected" ]
	grep -q '^[^:]*:2:14: error: .*PostgreSQL only' \
	    "$DATA/datasource-provider-other.expected"
}

@test "validate: json and the lines carry the same findings" {
	check() {
		(cd "$DATA" && dbm validate -q "$1.prisma" --json || true) |
		    jq -r '"\(.file):\(.line):\(.column): \(.severity): " +
			"\(.text)", (.hint // empty | "    hint: \(.)")' >json
		diff "$DATA/$1.expected" json
	}
	check key-missing
	check type-unknown
	check valid-preview-warnings
	[ "$(dbm validate --json "$DATA/valid.prisma")" = "" ]
}

@test "validate: a valid schema is told to people only" {
	run --separate-stderr dbm validate "$DATA/valid.prisma"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$stderr" = "The schema at $DATA/valid.prisma is valid." ]
	run --separate-stderr dbm validate -q "$DATA/valid.prisma"
	[ -z "$stderr" ]
}

@test "validate: errors are counted on stderr" {
	run --separate-stderr dbm validate "$DATA/enum-empty.prisma"
	[ "$status" -eq 1 ]
	[ "$stderr" = "1 error in $DATA/enum-empty.prisma" ]
}

@test "validate: standard input" {
	run --separate-stderr dbm validate - <"$DATA/valid.prisma"
	[ "$status" -eq 0 ]
	[ "$stderr" = "The schema at standard input is valid." ]
	run dbm validate -q - <"$DATA/enum-empty.prisma"
	[ "$status" -eq 1 ]
	[[ $output == -:6:1:\ error:\ * ]]
}

@test "validate: a folder is one schema, each finding in its file" {
	mkdir -p s/models
	printf 'datasource db {\n  provider = "postgresql"\n}\n' >s/a.prisma
	printf 'model A {\n  id Int @id\n  b B[]\n}\n' >s/models/a.prisma
	printf 'model B {\n  id Int @id\n  a A[]\n  e E\n}\n' >s/models/b.prisma
	run dbm validate -q s
	[ "$status" -eq 1 ]
	[[ $output == s/models/b.prisma:4:5:\ error:\ Type\ \"E\"\ * ]]
	[ "${#lines[@]}" -eq 1 ]
	printf 'enum E {\n  X\n}\n' >s/e.prisma
	dbm validate s
}

@test "validate: without an operand the project's schema" {
	mkdir prisma
	run --separate-stderr dbm validate
	[ "$status" -eq 2 ]
	[[ $stderr == *"no schema here"* ]]
	cp "$DATA/valid.prisma" prisma/schema.prisma
	run --separate-stderr dbm validate
	[ "$status" -eq 0 ]
	[ "$stderr" = "The schema at prisma/schema.prisma is valid." ]
	cp "$DATA/enum-empty.prisma" other.prisma
	run dbm validate -q --schema other.prisma
	[ "$status" -eq 1 ]
	[[ $output == other.prisma:* ]]
}

@test "validate: what cannot be read is trouble" {
	run --separate-stderr dbm validate nowhere.prisma
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	printf 'model A {\n  id Int @id // \xff\n}\n' >bad.prisma
	run --separate-stderr dbm validate bad.prisma
	[ "$status" -eq 2 ]
	[[ $stderr == bad.prisma:2:* ]]
	run dbm validate a b
	[ "$status" -eq 2 ]
}

@test "validate: a finding is one line, whatever is in the names" {
	printf 'model A {\n  id Int @id @default("a\\nb\\u0007")\n}\n' >a.prisma
	run dbm validate -q a.prisma
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "validate: many errors take no time" {
	{
		seq -f 'model M%.0f {' 1 20000 | sed 's/$/\n  a Nope\n}/'
		echo 'model A {'
		seq -f '  f%.0f Int @id @unique @foo @relation(x: 1)' 1 20000
		seq -f '  @@index([g%.0f, f1])' 1 20000
		echo '}'
	} >big.prisma
	run timeout 20 dbm validate -q big.prisma
	[ "$status" -eq 1 ]
}
