# What tests of migrations share: `load migrate' after `load helper'.

# empty_project: a project without migrations; we are in it.
empty_project() {
	mkdir -p "$BATS_TEST_TMPDIR/project/prisma/migrations"
	cd "$BATS_TEST_TMPDIR/project" || return 1
}

# migration NAME [SQL]: with this script, or with what stdin says.
migration() {
	mkdir -p "prisma/migrations/$1"
	if [ $# -gt 1 ]; then
		printf '%s\n' "$2"
	else
		cat
	fi >"prisma/migrations/$1/migration.sql"
}

# states: name|applied_steps_count|state of each row.
states() {
	sql "SELECT migration_name, applied_steps_count,
	    CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled-back'
	    WHEN finished_at IS NOT NULL THEN 'finished'
	    ELSE 'unfinished' END FROM _prisma_migrations ORDER BY started_at"
}

# start COMMAND…: in the background, as $pid, with stdout in ./out and stderr
# in ./err.  A shell's background job would ignore SIGINT.
start() {
	env --default-signal=INT,QUIT "$@" >out 2>err </dev/null 3>&- &
	pid=$!
}

# ended STATUS: it has come to its end, with that status.
ended() {
	local status=0
	wait "$pid" 2>/dev/null || status=$?
	[ "$status" -eq "$1" ] || {
		echo "status $status, not $1"
		cat out err
		return 1
	}
}

# hold SQL: another session, $holder, which runs it and stays idle.
hold() {
	local pipe
	pipe=$(mktemp -u "$BATS_TEST_TMPDIR/hold.XXXXXX")
	mkfifo "$pipe"
	"$(psql_program)" -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_URL" \
	    <>"$pipe" >"$pipe.out" 2>&1 3>&- &
	holder=$!
	holders="${holders:-} $holder"
	printf '%s\n' "$1" '\echo held' >"$pipe"
	within 10 grep -q held "$pipe.out"
}

# release [PID]: ends it; what it had not committed is rolled back.
release() {
	kill "${1:-$holder}"
	wait "${1:-$holder}" 2>/dev/null || true
}

# waits [APPLICATION]: does a session of this database wait for a lock?
waits() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database() AND wait_event_type = 'Lock'
	    AND application_name = '${1:-dbm-migrate-deploy}'")" -gt 0 ]
}

# The pid of dbm's session, or nothing.
backend() {
	sql "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
	    AND application_name = '${1:-dbm-migrate-deploy}'"
}

# has TEXT: is it in $output?  What was there is shown if not.
has() {
	[[ $output == *"$1"* ]] || {
		printf 'no %s in:\n%s\n' "$1" "$output"
		return 1
	}
}

# has_not TEXT
has_not() {
	[[ $output != *"$1"* ]] || {
		printf '%s is in:\n%s\n' "$1" "$output"
		return 1
	}
}

# retry_until_done [TIMES]: `deploy --retry', again while it says 75.
retry_until_done() {
	local i status
	for ((i = 0; i < ${1:-60}; i++)); do
		status=0
		dbm migrate deploy --retry -w 1 >out 2>err || status=$?
		[ "$status" -ne 0 ] || return 0
		[ "$status" -eq 75 ] || break
	done
	echo "deploy --retry ended with status $status"
	cat out err
	return 1
}

# own_server [SETTING...]: a server of this test's own, which can be broken;
# $own_data, and DATABASE_URL.  Its socket is in there too.
own_server() {
	local bin line
	bin=$(dirname "$(psql_program)")
	own_data=$(mktemp -d /tmp/dbm-own.XXXXXX)
	[ "$(id -u)" -ne 0 ] || chown postgres "$own_data"
	own_as "$bin/initdb" -D "$own_data/data" -U postgres -A trust -N \
	    -E UTF8 --locale=C.UTF-8 >/dev/null
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$own_data'"
		echo "fsync = off"
		for line; do
			echo "$line"
		done
	} >>"$own_data/data/postgresql.conf"
	own_ctl start
	export DATABASE_URL="postgresql://postgres@localhost/postgres?host=$own_data"
}

# initdb and postgres refuse to run as root.
own_as() {
	if [ "$(id -u)" -eq 0 ]; then
		(cd / && exec runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

own_ctl() {
	own_as "$(dirname "$(psql_program)")/pg_ctl" -D "$own_data/data" \
	    -l "$own_data/log" -w -t 60 "$@" >/dev/null 3>&-
}

# For teardown: no process and no server stays.
end_all() {
	local p
	for p in ${pid:-} ${holders:-}; do
		kill -9 "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	if [ -n "${own_data:-}" ]; then
		own_ctl -m immediate stop || true
		rm -rf "$own_data"
	fi
}
