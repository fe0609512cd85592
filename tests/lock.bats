# dbm lock: a command under an advisory lock.
load helper
load migrate

setup() {
	new_db
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	end_all
}

locked() { # by dbm lock
	[ -n "$(backend dbm-lock)" ] && [ -e begun ]
}

# Holds the lock NAME with a command that writes ./begun.
take() {
	rm -f begun
	start dbm lock "$1" -- sh -c 'touch begun; exec sleep 60'
	within 10 locked
}

@test "lock: runs the command; its status and output are ours" {
	run -0 dbm lock nightly -- echo hello
	[ "$output" = hello ]
	run -7 dbm lock nightly -- sh -c 'exit 7'
	run -127 dbm lock nightly -- no-such-command
	run -126 dbm lock nightly -- /etc/passwd
	run -137 dbm lock nightly -- sh -c 'kill -9 $$'
	[ "$(echo through | dbm lock nightly cat)" = through ]
}

@test "lock: whoever comes second gets 75, and the command is not run" {
	take nightly
	run -75 dbm lock nightly -- touch second
	has "'nightly' is locked by pid $(backend dbm-lock) (dbm-lock"
	[ ! -e second ]
	run -0 dbm lock weekly -- true
}

@test "lock: --wait waits, and goes on when it is free" {
	take nightly
	run -75 dbm lock nightly --wait 0.3 -- touch second
	dbm lock -w 30 nightly -- touch second </dev/null 3>&- &
	second=$!
	sleep 0.5
	[ ! -e second ]
	kill "$pid"
	wait "$second"
	[ -e second ]
}

@test "lock: is free when the command ends" {
	dbm lock nightly -- true
	dbm lock nightly -- true
}

@test "lock: is free when dbm is killed" {
	take nightly
	kill -9 "$pid"
	within 10 is_free
}

is_free() {
	dbm lock nightly -- true
}

@test "lock: other databases have locks of their own" {
	take nightly
	new_db
	dbm lock nightly -- true
}

@test "lock: names differ by every byte, and are not Prisma's" {
	take 72707369
	dbm lock 7270736 -- true
	dbm lock '72707369 ' -- true
	mkdir -p prisma/migrations
	dbm migrate deploy
}

@test "lock: options after the command are the command's" {
	[ "$(dbm lock nightly -- echo --wait 5)" = "--wait 5" ]
	[ "$(dbm lock nightly echo -q)" = "-q" ]
}

@test "lock: a signal goes on to the command" {
	take nightly
	kill -TERM "$pid"
	ended 143
	within 10 is_free
	run -0 ps -eo args
	has_not "touch begun"
}

@test "lock: a lock that was lost meanwhile is told" {
	start dbm lock nightly -- sh -c 'touch begun; sleep 2'
	within 10 locked
	sql "SELECT pg_terminate_backend($(backend dbm-lock))"
	wait "$pid" || true
	run -0 cat err
	has "was not locked all the time"
}

@test "lock: without name or command it is a usage error" {
	run -2 dbm lock
	run -2 dbm lock nightly
	run -2 dbm lock nightly --
}

@test "lock: no database" {
	DATABASE_URL= run -2 dbm lock nightly -- touch ran
	has DATABASE_URL
	DATABASE_URL="postgresql://x@localhost/x?host=$PWD" \
	    run -75 dbm lock nightly -- touch ran
	[ ! -e ran ]
}

@test "lock: a second signal goes on as well" {
	start dbm lock twice -- bash -c 'trap "echo one >got" INT
	    trap "echo two >>got; exit 5" TERM
	    echo ready >got; while :; do sleep 0.05; done'
	within 5 grep -q ready got
	kill -INT "$pid"
	within 5 grep -q one got
	kill -TERM "$pid"
	within 5 grep -q two got
	wait "$pid" || true
}
