# dbm server: the lasting private server.
load helper

setup() {
	unset DATABASE_URL
	mkdir "$BATS_TEST_TMPDIR/project"
	cd "$BATS_TEST_TMPDIR/project"
}

teardown() {
	cd "$BATS_TEST_TMPDIR/project"
	dbm server destroy --force
}

field() {
	dbm server status | cut -f "$1"
}

@test "server: start prints a URL that works" {
	url=$(dbm server start)
	[ "$(sql_at "$url" 'SELECT current_database()')" = app ]
	[ "$(dbm server url)" = "$url" ]
	[ "$(<.dbm/url)" = "$url" ]
	[ "$(stat -c %a .dbm/url)" = 600 ]
	[ "$(<.dbm/.gitignore)" = '*' ]
	[ "$(stat -c %a "${url##*host=}")" = 700 ]
}

@test "server: it is durable and has no TCP" {
	url=$(dbm server start)
	run -0 sql_at "$url" "SELECT string_agg(setting, ',' ORDER BY name)
	    FROM pg_settings WHERE name IN ('fsync', 'full_page_writes',
	    'synchronous_commit', 'data_checksums', 'listen_addresses')"
	[ "$output" = "on,on,on,,on" ]
}

@test "server: a second start changes nothing" {
	url=$(dbm server start)
	pid=$(field 2)
	[ "$(dbm server start)" = "$url" ]
	[ "$(field 2)" = "$pid" ]
}

@test "server: two starts at once make one server" {
	dbm server start >one 3>&- &
	dbm server start >two 3>&- &
	wait
	cmp one two
	[ "$(field 1)" = running ]
}

@test "server: data lasts over stop and start" {
	url=$(dbm server start)
	sql_at "$url" 'CREATE TABLE t AS SELECT 7 a'
	run -0 dbm server stop
	[ "$output" = "" ]
	run -2 sql_at "$url" 'SELECT 1'
	[ "$(dbm server start)" = "$url" ]
	[ "$(sql_at "$url" 'SELECT a FROM t')" = 7 ]
}

@test "server: start after the server was killed" {
	url=$(dbm server start)
	sql_at "$url" 'CREATE TABLE t AS SELECT 7 a'
	kill -9 "$(field 2)"
	within 3 test "$(field 1)" = stopped
	[ "$(dbm server start)" = "$url" ]
	[ "$(sql_at "$url" 'SELECT a FROM t')" = 7 ]
}

@test "server: status and its exit status" {
	run -1 dbm server status
	[ "$output" = $'stopped\t\\N\t\\N\t\\N\t\\N' ]
	url=$(dbm server start)
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
	dbm server start
	dbm server stop
	run -0 dbm server stop
}

@test "server: a folder below finds the project's server" {
	url=$(dbm server start)
	mkdir -p src/deep
	cd src/deep
	[ "$(dbm server url)" = "$url" ]
	[ "$(dbm server start)" = "$url" ]
	[ ! -e .dbm ]
}

@test "server: destroy needs a word where it cannot ask" {
	url=$(dbm server start)
	run -2 setsid -w dbm server destroy
	[[ $output == *"no terminal to ask on"* ]]
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	folder=$(field 5)
	run -0 setsid -w dbm server destroy --yes
	[ ! -e "$folder" ]
	[ ! -e .dbm ]
	[ ! -e "${url##*host=}" ]
}

@test "server: destroy asks on the terminal" {
	command -v script >/dev/null || skip "script(1) is not installed"
	url=$(dbm server start)
	run script -qec 'dbm server destroy' /dev/null <<<n
	[[ $output == *"[y/N]"* ]]
	[ "$(sql_at "$url" 'SELECT 1')" = 1 ]
	run -0 script -qec 'dbm server destroy' /dev/null <<<y
	[ ! -e .dbm ]
}

@test "server: a socket folder of somebody else is refused" {
	[ "$(id -u)" -eq 0 ] || skip "only root can make one"
	url=$(dbm server start)
	dbm server stop
	rm -r "${url##*host=}"
	mkdir -m 755 "${url##*host=}"
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rmdir "${url##*host=}"
	ln -s /var "${url##*host=}"
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rm "${url##*host=}"
}

@test "server: a .dbm that is a link is refused" {
	mkdir elsewhere
	chmod 700 elsewhere
	ln -s elsewhere .dbm
	run -2 dbm server start
	[[ $output == *"is not ours alone"* ]]
	rm .dbm
}

@test "server: half a data folder is no harm" {
	dbm server start
	folder=$(field 5)
	dbm server stop
	mv "$folder/data" "$folder/half"
	run -0 dbm server start
	[ ! -e "$folder/half" ]
}

@test "server: any user can, with the data in the project" {
	[ "$(id -u)" -eq 0 ] || skip "this is how all tests here run"
	as_nobody mkdir home/project
	cd home/project
	url=$(as_nobody dbm server start)
	[ -d .dbm/data ]
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
