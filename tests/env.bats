# dbm env: which .env counts, what is masked, running a command.
bats_require_minimum_version 1.5.0

setup() {
	[ ! -f "$BATS_TEST_DIRNAME/helper.bash" ] || load helper
	PATH=${BUILD:-$BATS_TEST_DIRNAME/../build}/bin:$PATH
	unset "${!DATABASE_@}" "${!DBM_@}" A B C
	mkdir -p "$BATS_TEST_TMPDIR/p" && cd "$BATS_TEST_TMPDIR/p" || return
}

tsv() { printf '%s\t%s\t%s' "$@"; }

@test "env: one record a variable, in the order of the file" {
	printf 'B=1\nA="x y" # c\n' >.env
	run --separate-stderr dbm env
	[ "$status" -eq 0 ]
	[ "$output" = "$(tsv B 1 .env; echo; tsv A 'x y' .env)" ]
	[ -z "$stderr" ]
}

@test "env: no .env is nothing to report" {
	run --separate-stderr dbm env
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$stderr" = "there is no .env file here" ]
}

@test "env: the environment wins" {
	echo A=1 >.env
	A=2 run dbm env
	[ "$output" = "$(tsv A 2 environment)" ]
	A= run dbm env
	[ "$output" = "$(tsv A '' environment)" ]
	A=2 run dbm env -- printenv A
	[ "$output" = 2 ]
}

@test "env: json and tsv carry the same data" {
	printf 'A="1\\t2\n3\\\\"\nE=\nU=\xc3\xa9\n' >.env
	dbm env --json | jq -r '[.name, .value, .file] | @tsv' >json
	dbm env >tsv
	cmp json tsv
	[ "$(dbm env --header | head -1)" = "$(tsv name value file)" ]
}

@test "env: passwords are never printed" {
	cat >.env <<'END'
DATABASE_URL="postgresql://user:s3cr3t@host:5432/db?schema=public"
RAW=postgres://user:s3cr3t/@s3cr3t?s3cr3t@host/db
EMPTY_USER=redis://:s3cr3t@host
ACCELERATE="prisma://accelerate.net/?api_key=s3cr3t&x=1"
CERT=postgresql://u@h/db?sslpassword=s3cr3t&connect_timeout=3
CONNINFO="host=h password = s3cr3t user=u"
QUOTED="host=h password='s3cr3t s3cr3t'"
GIT=https://s3cr3t@github.com/a/b
DB_PASS=s3cr3t
AWS_SECRET=s3cr3t
GITHUB_TOKEN=s3cr3t
StripeApiKey=s3cr3t
PEM="-----BEGIN PRIVATE KEY-----
s3cr3t"
REFERS=${DATABASE_URL}
END
	for options in "" --json --header -v; do
		run dbm env $options
		[ "$status" -eq 0 ]
		[[ $output != *s3cr3t* ]]
	done
	run dbm env
	[[ ${lines[0]} == *'//user:***@host:5432/db?schema=public'* ]]
	[[ $output == *'?api_key=***&x=1'* ]]
	[[ $output == *'//u@h/db?sslpassword=***&connect_timeout=3'* ]]
	[[ $output == *'host=h password=*** user=u'* ]]
	[ "$(dbm env --secrets | grep -c s3cr3t)" -ge 14 ]
}

@test "env: passwords are not shown with errors" {
	printf 'PASSWORD=s3cr3t\0\n' >.env
	run dbm env
	[ "$status" -eq 2 ]
	[[ $output == ".env:1:16: error: NUL byte"* ]]
	[[ $output != *s3cr3t* ]]
}

@test "env: runs a command with the variables, status and all" {
	printf 'A=1\nB=${A}2\n' >.env
	run dbm env -- sh -c 'echo "$A $B"; exit 7'
	[ "$status" -eq 7 ]
	[ "$output" = "1 12" ]
	run dbm env sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
}

@test "env: a command that is not there, or cannot be run" {
	run -127 dbm env -- ./none
	[[ $output == "dbm env: error: cannot run './none': "* ]]
	: >plain
	run dbm env -- ./plain
	[ "$status" -eq 126 ]
}

@test "env: root .env and schema .env, the first wins" {
	mkdir -p prisma sub
	echo '{"name": "x"}' >package.json
	printf 'A=root\n' >.env
	printf 'A=schema\nB=schema\nC=${A}\n' >prisma/.env
	run dbm env
	[ "${lines[0]}" = "$(tsv A root .env)" ]
	[ "${lines[1]}" = "$(tsv B schema prisma/.env)" ]
	[ "${lines[2]}" = "$(tsv C root prisma/.env)" ]
	cd sub
	run dbm env
	[ "$output" = "$(tsv A root ../.env)" ]
}

@test "env: the package.json of the generated client is passed over" {
	mkdir -p a/b
	echo '{"name": "x"}' >package.json
	echo '{"name": ".prisma/client"}' >a/b/package.json
	echo A=1 >.env
	cd a/b
	run dbm env
	[ "$output" = "$(tsv A 1 ../../.env)" ]
}

@test "env: two files that agree are a warning" {
	mkdir prisma
	echo '{}' >package.json
	echo A=same >.env
	echo A=same >prisma/.env
	run --separate-stderr dbm env
	[ "$status" -eq 0 ]
	[ "$output" = "$(tsv A same .env)" ]
	[[ $stderr == *"warning: .env and prisma/.env both set 'A'"* ]]
	run --separate-stderr dbm env -q
	[ -z "$stderr" ]
}

@test "env: the .env beside --schema" {
	mkdir other
	: >other/x.prisma
	echo A=other >other/.env
	echo A=here >.env
	run dbm env -s other/x.prisma
	[ "$output" = "$(tsv A other other/.env)" ]
}

@test "env: --env-file is the only one" {
	echo A=1 >.env
	echo B=2 >stage
	run dbm env -e stage
	[ "$output" = "$(tsv B 2 stage)" ]
	run dbm env -e /dev/null
	[ -z "${output/there is no .env file here/}" ]
	run dbm env -e none
	[ "$status" -eq 2 ]
	[[ $output == "dbm env: error: cannot open 'none': No such file"* ]]
	[ "$(echo C=3 | dbm env -e -)" = "$(tsv C 3 -)" ]
}

@test "env: prisma.config.ts cannot be read, .env is" {
	echo A=1 >.env
	: >prisma.config.ts
	run --separate-stderr dbm env
	[ "$output" = "$(tsv A 1 .env)" ]
	[[ $stderr == *"prisma.config.ts cannot be read by dbm: name what"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	mkdir .config && mv prisma.config.ts .config/prisma.mjs
	run --separate-stderr dbm env
	[[ $stderr == *".config/prisma.mjs cannot be read"* ]]
}

@test "env: a schema that is not there is named" {
	run dbm env --schema nope.prisma
	[ "$status" -eq 2 ]
	[[ $output == *"error: cannot open schema 'nope.prisma': No such"* ]]
	echo '{"prisma": {"schema": "gone.prisma"}}' >package.json
	run dbm env
	[ "$status" -eq 2 ]
	[[ $output == *"cannot open schema 'gone.prisma'"* ]]
	[[ $output == *"hint: package.json names it"* ]]
}

@test "env: a broken schema does not matter" {
	echo 'datasource db { url = "' >schema.prisma
	echo A=1 >.env
	run dbm env
	[ "$output" = "$(tsv A 1 .env)" ]
}

@test "env: malformed package.json" {
	printf '{\n  "name": x\n}\n' >package.json
	run dbm env
	[ "$status" -eq 2 ]
	[[ $output == "package.json:2:"*": error: malformed JSON: "* ]]
}

@test "env: package.json of surprising shape" {
	echo A=1 >.env
	for json in '[]' '{"prisma": 1}' '{"prisma": {"schema": 1, "seed": []}}'
	do
		echo "$json" >package.json
		run dbm env
		[ "$output" = "$(tsv A 1 .env)" ]
	done
}

@test "env: CRLF, byte order mark, invalid UTF-8" {
	printf '\xef\xbb\xbfA=1\r\nB="x\r\ny"\r\nC=\xff\r\n' >.env
	run dbm env
	[ "${lines[0]}" = "$(tsv A 1 .env)" ]
	[ "${lines[1]}" = "$(tsv B 'x\ny' .env)" ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "env: UTF-16 is refused with a hint" {
	printf '\xff\xfeA\0=\0001\0' >.env
	run dbm env
	[ "$status" -eq 2 ]
	[[ $output == ".env:1:"*"hint: save the file as UTF-8"* ]]
}

@test "env: a value of 1 MB" {
	{ printf A=; head -c 1048576 /dev/zero | tr '\0' x; } >.env
	[ "$(dbm env | wc -c)" -eq $((1048576 + 8)) ]
	# More than one string may be, to the kernel.
	run dbm env -- true
	[ "$status" -eq 126 ]
	[[ $output == *"cannot run 'true': Argument list too long" ]]
}

@test "env: circles end, growth is refused" {
	printf 'A=${B}x\nB=${A}y\n' >.env
	run timeout 10 dbm env
	[ "${lines[0]}" = "$(tsv A yx .env)" ]
	{
		echo V0=xxxxxxxx
		for i in {1..40}; do echo "V$i=\${V$((i - 1))}\${V$((i - 1))}"
		done
	} >.env
	run timeout 10 dbm env
	[ "$status" -eq 2 ]
	[[ $output == ".env:"*": error: variables of this file expand to more"* ]]
}

@test "env: a folder called .env is none of our business" {
	mkdir .env
	run dbm env
	[ "$status" -eq 0 ]
}

@test "env: .env that cannot be read" {
	dir=$(mktemp -d /tmp/dbm-env.XXXXXX)
	chmod 755 "$dir"
	echo A=1 >"$dir/.env"
	chmod 600 "$dir/.env"
	cd "$dir"
	if [ "$(id -u)" -eq 0 ]; then
		as="setpriv --reuid=65534 --clear-groups"
		$as dbm --version >/dev/null 2>&1 ||
			{ rm -r "$dir"; skip "another user cannot run dbm"; }
	else
		chmod 0 .env
	fi
	run $as dbm env
	rm -rf "$dir"
	[ "$status" -eq 2 ]
	[ "$output" = "dbm env: error: cannot open '.env': Permission denied" ]
}

@test "env: a full disk is trouble" {
	echo A=1 >.env
	run sh -c 'dbm env >/dev/full'
	[ "$status" -eq 2 ]
}
