# dbm server: the lasting private server.  initdb with fsync takes its time:
# tests share one project, unless they need one without a server.
load helper

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/shared"
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR/shared" && dbm server destroy --force
}

setup() {
	unset DATABASE_URL
	mkdir "$BATS_TEST_TMPDIR/own"
	cd "$BATS_TEST_TMPDIR/own"
}

teardown() {
	cd "$BATS_TEST_TMPDIR/own" && dbm server destroy --force
}

# In the shared project, with its server running: $url.
shared() {
	cd "$BATS_FILE_TMPDIR/shared"
	url=$(dbm server start)
}

field() {
	dbm server status | cut -f "$1"
}

# The folder in a URL of `dbm server'.
socket_of() {
	sed -E 's/.*host=([^&]*).*/\1/' <<<"$1"
}

@test "server: start prints a URL that works" {
	shared
	[ "$(sql_at "$url" 'SELECT current_database()')" = app ]
	[ "$(dbm server url)" = "$url" ]
	[ "$(<.dbm/url)" = "$url" ]
	[ "$(stat -c %a .dbm/url)" = 600 ]
	[ "$(<.dbm/.gitignore)" = '*' ]
	[ "$(stat -c %a "$(socket_of "$url")")" = 700 ]
}

@test "server: it is durable and has no TCP" {
	shared
	run -0 sql_at "$url" "SELECT string_agg(setting, ',' ORDER BY name)
	    FROM pg_settings WHERE name IN ('fsync', 'full_page_writes',
	    'synchronous_commit', 'data_checksums', 'listen_addresses')"
	[ "$output" = "on,on,on,,on" ]
}

@test "server: a second start changes nothing" {
	shared
	pid=$(field 2)
	[ "$(dbm server start)" = "$url" ]
	[ "$(field 2)" = "$pid" ]
}

@test "server: two first starts at once make one server" {
	dbm server start >one 3>&- &
	dbm server start >two 3>&- &
	wait
	[ -s one ]
	cmp one two
	[ "$(field 1)" = running ]
}

@test "server: data lasts over stop and start" {
	shared
	sql_at "$url" 'CREATE TABLE stopped AS SELECT 7 a'
	run -0 dbm server stop
	[ "$output" = "" ]
	run -2 sql_at "$url" 'SELECT 1'
	[ "$(dbm server start)" = "$url" ]
	[ "$(sql_at "$url" 'SELECT a FROM stopped')" = 7 ]
}

@test "server: start after the server was killed" {
	shared
	sql_at "$url" 'CREATE TABLE killed AS SELECT 7 a'
	kill -9 "$(field 2)"
	within 3 is_stopped
	[ "$(dbm server start)" = "$url" ]
	[ "$(sql_at "$url" 'SELECT a FROM killed')" = 7 ]
}

is_stopped() {
	[ "$(field 1)" = stopped ]
}

@test "server: a stale pid file does not make it stop others" {
	shared
	folder=$(field 5)
	kill -9 "$(field 2)"
	within 3 is_stopped
	sleep 60 3>&- &
	other=$!
	sed -i "1s/.*/$other/" "$folder/data/postmaster.pid"
	is_stopped
	run -0 dbm server stop
	kill "$other"
	[ "$(dbm server start)" = "$url" ]
}

@test "server: status and its exit status" {
	run -1 dbm server status
	[ "$output" = $'stopped\t\\N\t\\N\t\\N\t\\N' ]
	shared
	run -0 dbm server status --json
	[ "$(jq -r '[.state, .url] | join(" ")' <<<"$output")" = "running $url" ]
	[ "$(jq -r '.pid | type' <<<"$output")" = number ]
	[ -d "$(jq -r .folder <<<"$output")/data" ]
	dbm server stop
	run -1 dbm server status --header
	[ "${lines[0]}" = $'state\tpid\tversion\turl\tfolder' ]
	[[ ${lines[1]} == $'stopped\t\\N\t'*$'\t'"$url"$'\t'* ]]
}

@test "server: url without a server" {
	run -2 dbm server url
	[[ $output == *"hint: 'dbm server start' makes one"* ]]
}

@test "server: stop without a server, or twice, is done at once" {
	run -0 dbm server stop
	shared
	dbm server stop
	run -0 dbm server stop
}

@test "server: a folder below finds the project's server" {
	shared
	mkdir -p src/deep
	cd src/deep
	[ "$(dbm server url)" = "$url" ]
	[ "$(dbm server start)" = "$url" ]
	[ ! -e .dbm ]
}

@test "server: destroy needs a word where it cannot ask" {
	url=$(dbm server start)
	run -2 setsid -w dbm server destroy
	[[ $output == *"nobody is there to ask"* ]]
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	folder=$(field 5)
	run -0 setsid -w dbm server destroy --yes
	[ ! -e "$folder" ]
	[ ! -e .dbm ]
	[ ! -e "$(socket_of "$url")" ]
}

@test "server: destroy asks on the terminal" {
	command -v script >/dev/null || skip "script(1) is not installed"
	shared
	run script -qec 'dbm server destroy' /dev/null <<<n
	[[ $output == *"[y/N]"* ]]
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	run -0 script -qec 'dbm server destroy' /dev/null <<<y
	[ ! -e .dbm ]
}

@test "server: a socket folder of somebody else is refused" {
	[ "$(id -u)" -eq 0 ] || skip "only root can make one"
	shared
	dbm server stop
	rm -r "$(socket_of "$url")"
	mkdir -m 755 "$(socket_of "$url")"
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rmdir "$(socket_of "$url")"
	ln -s /var "$(socket_of "$url")"
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rm "$(socket_of "$url")"
}

@test "server: a .dbm that is a link is refused" {
	mkdir -m 700 elsewhere
	ln -s elsewhere .dbm
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rm .dbm
}

@test "server: half a data folder is no harm" {
	shared
	folder=$(field 5)
	dbm server stop
	mv "$folder/data" "$folder/half"
	run -0 dbm server start
	[ ! -e "$folder/half" ]
}

@test "server: any user can, with the data in the project" {
	[ "$(id -u)" -eq 0 ] || skip "this is how all tests here run"
	as_nobody mkdir -p "$BATS_TEST_TMPDIR/home/project"
	cd "$BATS_TEST_TMPDIR/home/project"
	url=$(as_nobody dbm server start)
	[ "$(stat -c %U .dbm/data)" = nobody ]
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	as_nobody dbm server destroy -f
	[ ! -e .dbm ]
}

@test "server: usage" {
	run -2 dbm server
	[[ $output == *"usage: dbm server "* ]]
	run -2 dbm server restart
	[[ $output == *"'restart' is none of start, stop"* ]]
}

@test "server: nobody else can play it where its folder was" {
	[ "$(id -u)" -eq 0 ] || skip "needs a second user"
	url=$(dbm server start)
	dbm server stop
	socket=$(socket_of "$url")
	rm -rf "$socket"
	other=$(as_nobody dbm tmp -w 30)
	mkdir -m 777 "$socket"
	ln -s "$(socket_of "$other")/.s.PGSQL.5432" "$socket/.s.PGSQL.5432"
	run dbm exec -c "SELECT 1"
	rm -rf "$socket"
	[ "$status" -ne 0 ]
	[[ $output == *"requirepeer"* ]]
}

@test "server: another address that does not answer: this one is named" {
	dbm server start >url
	echo 'DATABASE_URL=postgresql://joe@127.0.0.1:1/app' >.env
	run -75 --separate-stderr dbm exec -c 'SELECT 1'
	[[ $stderr = *'private server: take DATABASE_URL out of .env'* ]]
	dbm server destroy --yes --quiet
}
