# What tests share: `load helper' in each file.
bats_require_minimum_version 1.5.0

# Debian's psql is a wrapper that looks for clusters first.
psql_program() {
	local found
	found=$(printf '%s\n' /usr/lib/postgresql/*/bin/psql | sort -V | tail -1)
	[ -x "$found" ] || found=$(command -v psql)
	echo "$found"
}

# url_of DBNAME: that database of the suite's server.
url_of() {
	printf '%s/%s?%s\n' "${TEST_SERVER_URL%/*\?*}" "$1" \
	    "${TEST_SERVER_URL#*\?}"
}

# sql_at URL [STATEMENTS]: psql; reads stdin where there are none.  libpq
# knows nothing of Prisma's parameters.
sql_at() {
	local url
	url=$(sed -E 's/([?&])(schema|connection_limit|pgbouncer)=[^&]*/\1/g
	    s/([?&])&+/\1/g; s/[?&]$//' <<<"$1")
	if [ $# -gt 1 ]; then
		"$(psql_program)" -XAtq -v ON_ERROR_STOP=1 -d "$url" \
		    -c "${*:2}"
	else
		"$(psql_program)" -XAtq -v ON_ERROR_STOP=1 -d "$url"
	fi
}

# sql [STATEMENTS]: in the test's database.
sql() {
	sql_at "$DATABASE_URL" "$@"
}

# new_db [VARIABLE]: a fresh database; its URL in VARIABLE (DATABASE_URL).
new_db() {
	local name=t_${BATS_TEST_NUMBER:-0}_$$_$RANDOM$RANDOM
	sql_at "$TEST_SERVER_URL" "CREATE DATABASE $name TEMPLATE template0"
	export "${1:-DATABASE_URL}=$(url_of "$name")"
}

# project DIR: a copy of tests/data/DIR, and we are in it.
project() {
	cp -R "$BATS_TEST_DIRNAME/data/$1" "$BATS_TEST_TMPDIR/project"
	cd "$BATS_TEST_TMPDIR/project" || return 1
}

# within SECONDS COMMAND…: becomes true in time.
within() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# as_nobody COMMAND…: as an unprivileged user (ourselves, if we are not
# root), whose home is $BATS_TEST_TMPDIR/home.
as_nobody() {
	local home=$BATS_TEST_TMPDIR/home dir
	mkdir -p "$home"
	if [ "$(id -u)" -ne 0 ]; then
		env -u XDG_CACHE_HOME HOME="$home" "$@"
		return
	fi
	for dir in "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"/.. \
	    "$BATS_TEST_TMPDIR"; do
		chmod a+x "$dir"
	done
	chown nobody "$home"
	runuser -u nobody -- env -u XDG_CACHE_HOME HOME="$home" \
	    PATH="$BUILD/bin:/usr/bin:/bin" "$@"
}

# pooler FOLDER: pgbouncer with FOLDER/ini, as a plain user; its process is
# $bouncer, what it says in bouncer.log.
pooler() {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"/.. "$BATS_TEST_TMPDIR"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R postgres "$1"
		runuser -u postgres -- pgbouncer -q "$PWD/$1/ini" \
		    >bouncer.log 2>&1 3>&- &
	else
		pgbouncer -q "$1/ini" >bouncer.log 2>&1 3>&- &
	fi
	bouncer=$!
}

need_pooler() {
	PATH=$PATH:/usr/sbin # Debian has it there
	command -v pgbouncer >/dev/null || skip "pgbouncer is not installed"
}
