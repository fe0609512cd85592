# dbm tmp: the throwaway server.
load helper

setup() {
	unset DATABASE_URL
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	[ -z "${pid:-}" ] || kill -9 "$pid" 2>/dev/null || true
}

# The socket folder in a URL, and all that belongs to its server.
socket_of() {
	echo "${1##*host=}"
}

base() {
	if [ "$(id -u)" -eq 0 ]; then
		echo /var/lib/dbm
	else
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/dbm"
	fi
}

run_of() {
	echo "$(base)/tmp/${1##*/dbm-}"
}

is_gone() {
	[ ! -e "$(socket_of "$1")" ] && [ ! -e "$(run_of "$1")" ] &&
	    ! pgrep -f "postgres -D $(run_of "$1")" >/dev/null
}

# Starts `dbm tmp -- COMMAND' in the background: $pid, and $url when ready.
start() {
	dbm tmp -- sh -c 'echo "$DATABASE_URL" >url.new; mv url.new url
	    exec "$@"' - "$@" 3>&- &
	pid=$!
	within 20 test -e url
	url=$(<url)
}

@test "tmp: the command has the URL of a server that works" {
	run -0 dbm tmp -- sh -c '
	    '"$(psql_program)"' -XAtq "$DATABASE_URL" -c "CREATE TABLE t (a int);
	    INSERT INTO t VALUES (41); SELECT a + 1, current_database() FROM t"'
	[ "$output" = "42|test" ]
}

@test "tmp: each server is a fresh one" {
	dbm tmp -- sh -c "$(psql_program)"' -Xq "$DATABASE_URL" -c "
	    CREATE TABLE t AS SELECT generate_series(1, 100000) a" \
	    -c "CREATE DATABASE other" -c CHECKPOINT'
	run -0 dbm tmp -- sh -c "$(psql_program)"' -XAtq "$DATABASE_URL" -c "
	    SELECT to_regclass(chr(116)), count(*) FROM pg_database"'
	[ "$output" = "|4" ]
}

@test "tmp: the command's status is ours" {
	run -0 dbm tmp -- true
	run -7 dbm tmp -- sh -c 'exit 7'
	run -127 dbm tmp -- no-such-command
	[[ $output == *"cannot run 'no-such-command'"* ]]
	run -126 dbm tmp -- /etc/passwd
	run -137 dbm tmp -- sh -c 'kill -9 $$'
}

@test "tmp: options end at the command" {
	run -0 dbm tmp -- echo -w --json
	[ "$output" = "-w --json" ]
	run -0 dbm tmp echo -q
	[ "$output" = "-q" ]
}

@test "tmp: stdin is the command's" {
	run -0 dbm tmp -- cat <<<"through"
	[ "$output" = "through" ]
}

@test "tmp: nothing is left when it returns" {
	url=$(dbm tmp -- sh -c 'echo "$DATABASE_URL"')
	[ -n "$url" ]
	is_gone "$url"
}

@test "tmp: the socket is ours alone, and there is no TCP" {
	start sleep 60
	[ "$(stat -c %a "$(socket_of "$url")")" = 700 ]
	[ "$(sql_at "$url" 'SHOW listen_addresses')" = "" ]
	server=$(sed -n 1p "$(run_of "$url")/data/postmaster.pid")
	[ -z "$(ss -ltnpH 2>/dev/null | grep "pid=$server,")" ]
	[ "$(stat -c %a "$(run_of "$url")")" = 700 ]
}

@test "tmp: the server does not run as root" {
	start sleep 60
	server=$(sed -n 1p "$(run_of "$url")/data/postmaster.pid")
	[ "$(stat -c %u "/proc/$server")" -ne 0 ]
}

@test "tmp: SIGTERM ends command and server, status 143" {
	start sleep 60
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	is_gone "$url"
}

@test "tmp: SIGKILL leaves nothing" {
	start sleep "71.$$"
	kill -9 "$pid"
	within 3 is_gone "$url"
	within 3 bash -c "! pgrep -f '^sleep 71[.]$$$' >/dev/null"
}

@test "tmp: SIGKILL at any moment of the start leaves nothing" {
	before=$(ls "$(base)/tmp")
	for ms in 001 004 008 012 016 020 025 030 040 050 060; do
		dbm tmp -- sleep "72.$$" 3>&- &
		pid=$!
		sleep 0.$ms
		kill -9 "$pid"
		wait "$pid" || true
	done
	# Other servers may run meanwhile: none of the new ones may last.
	within 5 no_new "$before"
	! pgrep -f "^sleep 72[.]$$\$"
}

no_new() {
	local entry
	for entry in $(ls "$(base)/tmp"); do
		grep -qxF "$entry" <<<"$1" && continue
		# A living server of somebody else's has a command below it.
		[ -n "$(pgrep -f "dbm-$entry")" ] || return 1
		pgrep -f '^watcher' >/dev/null || return 1
		sleep 0.2
		[ ! -e "$(base)/tmp/$entry" ] || return 1
	done
}

@test "tmp: what lost its watcher is swept by the next" {
	start sleep 60
	server=$(sed -n 1p "$(run_of "$url")/data/postmaster.pid")
	watcher=$(ps -o ppid= -p "$server")
	kill -9 $watcher "$pid"
	sleep 0.2
	[ -e "$(run_of "$url")" ]
	dbm tmp -- true
	is_gone "$url"
}

@test "tmp: the sweep kills nothing but that postmaster" {
	start sleep 60
	run=$(run_of "$url")
	server=$(sed -n 1p "$run/data/postmaster.pid")
	watcher=$(ps -o ppid= -p "$server")
	kill -9 $watcher "$pid"
	kill -9 "$server"
	# The pid has gone to another process meanwhile.
	sleep 60 3>&- &
	other=$!
	sed -i "1s/.*/$other/" "$run/data/postmaster.pid"
	dbm tmp -- true
	is_gone "$url"
	kill "$other"
}

@test "tmp: several at once" {
	for i in 1 2 3 4; do
		dbm tmp -- sh -c 'echo "$DATABASE_URL" >url.$1
		    '"$(psql_program)"' -XAtq "$DATABASE_URL" \
		    -c "CREATE TABLE t (); SELECT 1" >out.$1' - $i 3>&- &
	done
	wait
	[ "$(cat out.1 out.2 out.3 out.4)" = $'1\n1\n1\n1' ]
	[ "$(sort -u url.1 url.2 url.3 url.4 | wc -l)" -eq 4 ]
	for i in 1 2 3 4; do
		is_gone "$(<url.$i)"
	done
}

@test "tmp: without a command it prints the URL, and goes when idle" {
	url=$(dbm tmp -w 1)
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	within 6 is_gone "$url"
}

@test "tmp: it is not idle while a client is connected" {
	url=$(dbm tmp -w 1)
	[ "$(sql_at "$url" 'SELECT pg_sleep(3), 1')" = '|1' ]
	within 6 is_gone "$url"
}

@test "tmp: a URL that cannot be written leaves no server" {
	before=$(ls "$(base)/tmp")
	run -2 bash -c 'dbm tmp >/dev/full'
	within 5 no_new "$before"
}

@test "tmp: any user can, and half a template is no harm" {
	as_nobody sh -c 'umask 077
	    mkdir -p "$HOME/.cache/dbm/template-15-1/half/base"'
	run -0 as_nobody dbm tmp -- sh -c \
	    "$(psql_program)"' -XAtq "$DATABASE_URL" -c "SELECT 1"'
	[ "$output" = 1 ]
	[ ! -e home/.cache/dbm/template-15-1/half ] ||
	    [ ! -d /usr/lib/postgresql/15 ]
	[ -z "$(ls home/.cache/dbm/tmp)" ]
}

@test "tmp: a killed maker of the template is no harm" {
	as_nobody dbm tmp -- true 3>&- &
	pid=$!
	sleep 0.3
	kill -9 "$pid"
	pkill -9 -f "initdb -D $PWD/home" || true
	run -0 as_nobody dbm tmp -- true
}

@test "tmp: several at once make one template" {
	for i in 1 2 3; do
		as_nobody dbm tmp -- true 3>&- &
	done
	for job in $(jobs -p); do
		wait "$job"
	done
	[ "$(ls home/.cache/dbm | grep -c template)" -eq 1 ]
}

@test "tmp: a template folder that others can enter is refused" {
	as_nobody dbm tmp -- true
	chmod 755 home/.cache/dbm/template-*
	run -2 as_nobody dbm tmp -- true
	[[ $output == *"is not ours alone"* ]]
	[[ $output == *"hint: "*"mode 700"* ]]
}

@test "tmp: a template that others can enter is made again" {
	as_nobody dbm tmp -- true
	chmod 755 home/.cache/dbm/template-*/data
	run -0 as_nobody dbm tmp -- true
	[ "$(stat -c %a home/.cache/dbm/template-*/data)" = 700 ]
}

@test "tmp: a template of somebody else is refused" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	as_nobody dbm tmp -- true
	chown -R daemon home/.cache/dbm/template-*
	run -2 as_nobody dbm tmp -- true
	[[ $output == *"is not ours alone"* ]]
}

@test "tmp: no PostgreSQL is an error that says what to do" {
	mkdir empty
	DBM_PGBIN=$PWD/empty run -2 dbm tmp -- true
	[[ $output == *"DBM_PGBIN: "*"has no initdb and postgres"* ]]
}

@test "tmp: the caller's PG variables do not matter" {
	PGPORT=1 PGHOST=nowhere PGDATA=/nowhere PGOPTIONS=-cbad=1 \
	    run -0 dbm tmp -- sh -c 'unset PGOPTIONS
	    '"$(psql_program)"' -XAtq "$DATABASE_URL" -c "SELECT 1"'
	[ "$output" = 1 ]
}

@test "tmp: 'true' takes at most 250 ms" {
	[ -z "${SAN:-}" ] || skip "built with sanitizers: time says nothing"
	dbm tmp -- true
	best=1000000
	for i in 1 2 3 4 5; do
		start=${EPOCHREALTIME/./}
		dbm tmp -- true
		took=$((${EPOCHREALTIME/./} - start))
		[ "$took" -ge "$best" ] || best=$took
	done
	echo "best of five: $((best / 1000)) ms"
	[ "$best" -le 250000 ]
}
