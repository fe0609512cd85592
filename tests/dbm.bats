# dbm, the dispatcher: what is run, what is said where nothing is.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!DBM_@}"
}

# program FILE: one that says what it was called, and with what
program() {
	mkdir -p "$(dirname "$1")"
	printf '#!/bin/sh\necho "${0##*/}:" "$@"\n' >"$1"
	chmod +x "$1"
}

@test "dbm: alone it prints the commands by group on stderr, status 2" {
	run -2 --separate-stderr dbm
	[ -z "$output" ]
	[[ $stderr = 'usage: dbm COMMAND'* ]]
	[[ $stderr = *$'\nMigrate\n  migrate dev     '* ]]
}

@test "dbm: help prints them on stdout, status 0" {
	run -0 --separate-stderr dbm help
	[ -z "$stderr" ]
	[[ $output = 'usage: dbm COMMAND'* ]]
	help=$output
	run -0 dbm --help
	[ "$output" = "$help" ]
	run -0 dbm -h
	[ "$output" = "$help" ]
}

@test "dbm: an unknown option is 2" {
	run -2 --separate-stderr dbm --no-such
	[ -z "$output" ]
	[[ $stderr = "dbm: unknown option '--no-such'"* ]]
}

@test "dbm: help COMMAND shows the page" {
	for pager in '' cat; do
		export MANPAGER=$pager PAGER=$pager
		run -0 dbm help status
		[[ $output = *DBM-STATUS* ]]
		[[ $output = *'tell the state of every migration'* ]]
	done
	run -0 dbm help migrate deploy
	[[ $output = *DBM-MIGRATE-DEPLOY* ]]
	run -0 dbm help dbm
	[[ $output = *'DBM(1)'* ]]
}

@test "dbm: help finds the page of an alias" {
	run -0 dbm help migrate status
	[[ $output = *DBM-STATUS* ]]
	run -0 dbm help db execute
	[[ $output = *DBM-EXEC* ]]
}

@test "dbm: help of what there is not is 127" {
	run -127 --separate-stderr dbm help statsu
	[ -z "$output" ]
	[[ $stderr = *"no page 'dbm-statsu'"* ]]
	[[ $stderr = *'    status'* ]]
}

@test "dbm: DBM_MANDIR is where pages are" {
	mkdir -p man/man5
	printf '.Dd today\n.Dt MINE 5\n.Os\n.Sh NAME\n.Nm mine\n.Nd here\n' \
	    >man/man5/dbm-mine.5
	DBM_MANDIR=$PWD/man run -0 dbm help mine
	[[ $output = *MINE* ]]
	DBM_MANDIR=$PWD/man run -127 dbm help status
}

@test "dbm: an unknown command is 127, with what may have been meant" {
	run -127 --separate-stderr dbm statsu
	[ -z "$output" ]
	[ "$stderr" = "dbm: 'statsu' is not a dbm command
did you mean:
    status" ]
	run -127 --separate-stderr dbm deploy
	[[ $stderr = *'    migrate deploy' ]]
	run -127 --separate-stderr dbm xyzzy
	[[ $stderr = *"'dbm help' lists them" ]]
}

@test "dbm: the first of two words lists what begins with it, status 2" {
	run -2 --separate-stderr dbm migrate
	[ -z "$output" ]
	[[ $stderr = *$'\n  migrate deploy\n'* ]]
	[[ $stderr != *'  db execute'* ]]
	run -2 --separate-stderr dbm db
	[[ $stderr = *$'\n  db execute'* ]]
}

@test "dbm: arguments reach the program as they are" {
	program libexec/dbm-migrate-deploy
	program libexec/dbm-status
	export DBM_LIBEXEC=$PWD/libexec
	run -0 dbm migrate deploy --to 'a  b' '' -n
	[ "$output" = 'dbm-migrate-deploy: --to a  b  -n' ]
	run -0 dbm status migrate deploy
	[ "$output" = 'dbm-status: migrate deploy' ]
	run -0 dbm migrate status -q
	[ "$output" = 'dbm-status: -q' ]
}

@test "dbm: the program is dbm itself: same process, same status" {
	mkdir libexec
	printf '#!/bin/sh\necho $$\nexit 42\n' >libexec/dbm-status
	chmod +x libexec/dbm-status
	DBM_LIBEXEC=$PWD/libexec run -42 sh -c 'echo $$; exec dbm status'
	[ "${lines[0]}" = "${lines[1]}" ]
}

@test "dbm: the folder of programs is first on their PATH" {
	mkdir libexec
	printf '#!/bin/sh\necho "${PATH%%%%:*}"\n' >libexec/dbm-status
	chmod +x libexec/dbm-status
	DBM_LIBEXEC=$PWD/libexec run -0 dbm status
	[ "$output" = "$PWD/libexec" ]
}

@test "dbm: a program that is missing or cannot be run is 126" {
	mkdir libexec
	DBM_LIBEXEC=$PWD/libexec run -126 --separate-stderr dbm status
	[[ $stderr = *"$PWD/libexec/dbm-status"* ]]
	[ "$(id -u)" -eq 0 ] || skip "only sure as root"
	touch libexec/dbm-status
	DBM_LIBEXEC=$PWD/libexec run -126 --separate-stderr dbm status
	[[ $stderr = *'Permission denied'* ]]
}

@test "dbm: other people's commands are found on PATH" {
	program mine/dbm-hello
	program mine/dbm-hello-world
	PATH=$PWD/mine:$PATH
	run -0 dbm hello -x you
	[ "$output" = 'dbm-hello: -x you' ]
	run -0 dbm hello you
	[ "$output" = 'dbm-hello: you' ]
	run -0 dbm hello world you
	[ "$output" = 'dbm-hello-world: you' ]
}

@test "dbm: other people's commands do not stand in for ours" {
	program mine/dbm-status
	program mine/dbm-migrate-deploy
	PATH=$PWD/mine:$PATH
	run -0 dbm status --version
	[[ $output = 'dbm status '* ]]
	run -0 dbm migrate deploy --version
	[[ $output = 'dbm migrate deploy '* ]]
}

@test "dbm: only plain words are joined to a name" {
	program mine/dbm-hello-../oops
	program mine/dbm-hello
	program mine/dbm-hello-X
	PATH=$PWD/mine:$PATH
	run -0 dbm hello X
	[ "$output" = 'dbm-hello: X' ]
	run -0 dbm hello ../oops
	[ "$output" = 'dbm-hello: ../oops' ]
	run -127 dbm ../hello
	run -127 dbm ''
}

@test "dbm: works through a symbolic link" {
	ln -s "$(command -v dbm)" there
	run -0 ./there status --version
	[[ $output = 'dbm status '* ]]
	run -0 ./there help status
	[[ $output = *DBM-STATUS* ]]
}

@test "dbm: works where it was moved to" {
	mkdir moved
	cp -R "$BUILD/bin" "$BUILD/libexec" moved/
	PATH=$PWD/moved/bin:/usr/bin:/bin
	run -0 dbm migrate deploy --version
	rm moved/libexec/dbm/dbm-migrate-deploy
	run -126 --separate-stderr dbm migrate deploy --version
	[[ $stderr = *"moved/bin/../libexec/dbm/dbm-migrate-deploy"* ]]
}

@test "dbm: --complete lists commands and summaries" {
	run -0 --separate-stderr dbm --complete
	[ -z "$stderr" ]
	grep -qx "$(printf 'migrate deploy\tapply pending .*')" <<<"$output"
	grep -qx "$(printf 'migrate status\ttell the state .*')" <<<"$output"
	[ "$(cut -f 1 <<<"$output" | sort | uniq -d)" = '' ]
	[ "$(grep -vc "$(printf '^[a-z ]*\t[^\t]*$')" <<<"$output")" = 0 ]
}

@test "dbm: studio is Prisma's own" {
	run -127 --separate-stderr dbm studio
	[[ $stderr = *'npx prisma studio'* ]]
}
