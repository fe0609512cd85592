# How a database is named: URLs, short names, poolers, TLS.
load helper
load migrate

# One server of our own, with passwords, TCP and TLS.
setup_file() {
	local bin dir
	port=$(free_port)
	export port
	own_server "listen_addresses = '127.0.0.1'" "port = $port"
	export own_data
	server=$DATABASE_URL
	server="${server/localhost\//localhost:$port\/}"
	export server
	dir=$own_data/tls
	mkdir "$dir"
	make_certificates "$dir"
	[ "$(id -u)" -ne 0 ] || chown -R postgres "$dir"
	chmod a+rx "$own_data" "$dir"
	cat >"$own_data/data/pg_hba.conf" <<-'EOF'
		local all postgres trust
		local all all scram-sha-256
		hostssl all tlsonly all scram-sha-256
		hostnossl all tlsonly all reject
		host all all all scram-sha-256
	EOF
	cat >>"$own_data/data/postgresql.conf" <<-EOF
		ssl = on
		ssl_cert_file = '$dir/server.crt'
		ssl_key_file = '$dir/server.key'
		max_prepared_transactions = 0
	EOF
	has_ipv6 && sed -i "s/^listen_addresses = '127.0.0.1'/listen_addresses = '127.0.0.1,::1'/" \
	    "$own_data/data/postgresql.conf"
	own_ctl restart
	DATABASE_URL=$server sql "CREATE ROLE shop LOGIN PASSWORD 'plain';
	    CREATE ROLE tlsonly LOGIN PASSWORD 'plain'"
	DATABASE_URL=$server sql "CREATE DATABASE shop OWNER shop"
}

teardown_file() {
	end_all
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p prisma/migrations
	unset DATABASE_URL DIRECT_URL
	here=127.0.0.1:$port
}

# own_data is the file's, not the test's.
teardown() {
	local p
	for p in ${bouncer:-}; do
		kill "$p" 2>/dev/null || true
	done
}

free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1,
	    LocalAddr => "127.0.0.1")->sockport'
}

has_ipv6() {
	perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(Listen => 1,
	    LocalHost => "::1", LocalPort => 0)'
}

make_certificates() { # in DIR: our CA, a server `localhost', another CA
	(
		cd "$1"
		for ca in ca other; do
			openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
			    -subj "/CN=Test $ca" -keyout $ca.key -out $ca.crt
		done
		openssl req -newkey rsa:2048 -nodes -subj /CN=localhost \
		    -keyout server.key -out server.csr
		openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key \
		    -CAcreateserial -days 2 -out server.crt \
		    -extfile <(echo "subjectAltName = DNS:localhost")
		chmod 600 server.key
	) 2>/dev/null
}

uri() {
	jq -rn --arg s "$1" '$s | @uri'
}

# who URL: as whom, and in which database, that is.
who() {
	dbm exec -q --url "$1" -c "SELECT current_user, current_database()"
}

# --- the parts of a URL ---

@test "url: both schemes, with and without port and parameters" {
	[ "$(who "postgresql://shop:plain@$here/shop")" = "shop	shop" ]
	[ "$(who "postgres://shop:plain@$here/shop?schema=public")" = "shop	shop" ]
	[ "$(who "postgres://shop:plain@$here/shop?")" = "shop	shop" ]
	[ "$(who "postgres://shop:plain@$here")" = "shop	postgres" ]
	[ "$(who "postgres://shop:plain@$here/")" = "shop	postgres" ]
	[ "$(who "postgres://shop:plain@localhost:$port/shop")" = "shop	shop" ]
}

@test "url: names and passwords of every character" {
	nth=0
	for word in 'p@ss:w/rd' '?&=#%' "it's \"quoted\"" 'back\slash' 'ключ☃' \
	    ' blank ' '%41' '***' '+' '$HOME'; do
		nth=$((nth + 1))
		name="role $nth $word"
		DATABASE_URL=$server sql "SET standard_conforming_strings = on;
		    CREATE ROLE \"${name//\"/\"\"}\" LOGIN
		    PASSWORD '${word//\'/\'\'}'"
		DATABASE_URL=$server sql "CREATE DATABASE \"db $nth ${word//\"/\"\"}\""
		DATABASE_URL="postgresql://$(uri "$name"):$(uri "$word")@$here/$(uri "db $nth $word")" \
		    run -0 dbm exec -q --json -c "SELECT current_user AS u,
		    current_database() AS d"
		echo "$output"
		[ "$(jq -r .u <<<"$output")" = "$name" ]
		[ "$(jq -r .d <<<"$output")" = "db $nth $word" ]
	done
}

@test "url: passwords that nobody encoded, as far as they can be told" {
	for word in 'a@b' 'a:b' 'a/b' 'a#b' 'a?b'; do
		DATABASE_URL=$server sql "ALTER ROLE tlsonly PASSWORD '$word'"
		[ "$(who "postgresql://tlsonly:$word@$here/shop?schema=x")" = \
		    "tlsonly	shop" ]
	done
	DATABASE_URL=$server sql "ALTER ROLE tlsonly PASSWORD 'plain'"
}

@test "url: an '@' among the parameters is no end of a password" {
	[ "$(who "postgresql://shop:plain@$here/shop?schema=a@b/c")" = \
	    "shop	shop" ]
	[ "$(who "postgresql://shop@$here/shop?password=plain")" = \
	    "shop	shop" ]
}

@test "url: an IPv6 address" {
	has_ipv6 || skip "no IPv6 here"
	[ "$(who "postgresql://shop:plain@[::1]:$port/shop")" = "shop	shop" ]
}

@test "url: a socket's folder" {
	[ "$(who "postgresql://shop:plain@localhost:$port/shop?host=$own_data")" = \
	    "shop	shop" ]
	[ "$(who "postgresql://shop:plain@$(uri "$own_data"):$port/shop")" = \
	    "shop	shop" ]
	[ "$(who "postgresql://shop:plain@/shop?host=$own_data&port=$port")" = \
	    "shop	shop" ]
	DATABASE_URL="postgresql://shop:wrong@localhost:$port/shop?host=$own_data" \
	    run -2 dbm status
	has P1000
}

@test "url: several hosts, the first that answers" {
	[ "$(who "postgresql://shop:plain@127.0.0.1:1,$here/shop")" = \
	    "shop	shop" ]
}

@test "url: a password from PGPASSFILE, PGPASSWORD, or none" {
	echo "127.0.0.1:$port:*:shop:plain" >pass
	chmod 600 pass
	PGPASSFILE=$PWD/pass run -0 who "postgresql://shop@$here/shop"
	PGPASSWORD=plain run -0 who "postgresql://shop@$here/shop"
	DATABASE_URL="postgresql://shop@$here/shop" \
	    PGPASSFILE=/nonexistent run -2 dbm status
	has P1000
	has "no password supplied"
}

@test "url: what libpq reads from PG... does not turn it elsewhere" {
	PGHOST=/nonexistent PGPORT=1 PGDATABASE=nope PGUSER=nobody \
	    run -0 who "postgresql://shop:plain@$here/shop"
	[ "$output" = "shop	shop" ]
	# a URL without these parts means Prisma's defaults, or libpq's
	PGOPTIONS="-c search_path=evil" run -0 who \
	    "postgresql://shop:plain@$here/shop"
}

# --- parameters ---

@test "url: every parameter of Prisma's is taken" {
	p="connection_limit=5&pool_timeout=0&socket_timeout=30"
	p+="&max_connection_lifetime=60&max_idle_connection_lifetime=60"
	p+="&statement_cache_size=0&pgbouncer=false&connect_timeout=7"
	p+="&application_name=mine&channel_binding=prefer&sslmode=prefer"
	p+="&sslaccept=accept_invalid_certs&single_use_connections=true"
	p+="&nobody_knows=this&options=-c%20geqo%3Doff&schema=public"
	run -0 --separate-stderr dbm exec -q -c "SELECT current_setting('geqo'),
	    current_setting('search_path'), current_user" \
	    --url "postgresql://shop:plain@$here/shop?$p"
	[ "$output" = 'off	"public"	shop' ]
}

@test "url: bad numbers and words are P1013" {
	for p in connection_limit=x connect_timeout= pool_timeout=-1 \
	    socket_timeout=1s statement_cache_size=1e3 pgbouncer=maybe \
	    sslmode=often schema=%zz application_name=%4; do
		DATABASE_URL="postgresql://shop:geheim@$here/shop?$p" \
		    run -2 dbm status
		has P1013
		has_not geheim
	done
}

@test "url: what is no URL is P1013 or a name" {
	for url in mysql://u:geheim@h/d file:./dev.db \
	    sqlserver://h:1433 mongodb+srv://u:geheim@h/d http://h \
	    "postgresql://u:geheim@h:port/d" "postgresql://u:geheim@[::1/d" \
	    "postgresql://u:geheim@h:5432x/d" "postgresql://u:%zz@h/d" \
	    "postgresql:/u:geheim@h/d" "POSTGRESQL//u"; do
		DATABASE_URL=$url run -2 dbm status
		has P1013
		has_not geheim
	done
}

@test "url: schema and connect_timeout do what they say" {
	DATABASE_URL="postgresql://shop:plain@$here/shop?schema=With%20blank" \
	    run -0 dbm migrate deploy
	DATABASE_URL=${server/\/postgres\?/\/shop?} sql \
	    "SELECT count(*) FROM \"With blank\"._prisma_migrations"
	# a port where nobody answers, though it accepts
	perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 1,
	    LocalAddr => "127.0.0.1"); print $s->sockport, "\n";
	    close STDOUT; sleep 60' >silent 3>&- &
	bouncer=$!
	within 5 test -s silent
	SECONDS=0
	DATABASE_URL="postgresql://shop:plain@127.0.0.1:$(<silent)/shop?connect_timeout=1" \
	    run -75 dbm status
	[ "$SECONDS" -lt 4 ]
	has P1001
	has "127.0.0.1:$(<silent)"
}

@test "url: what cannot be reached, or is refused" {
	DATABASE_URL="postgresql://shop:plain@127.0.0.1:1/shop" run -75 dbm status
	has "P1001"
	has "127.0.0.1:1"
	DATABASE_URL="postgresql://shop:plain@no-such-host.invalid/shop" \
	    run -75 dbm status
	has P1001
	DATABASE_URL="postgresql://shop:plain@$here/nope" run -2 dbm status
	has P1003
	has "dbm migrate deploy --create-database"
	DATABASE_URL="postgresql://nobody:plain@$here/shop" run -2 dbm status
	has P1000
	DATABASE_URL="postgresql://shop:plain@localhost/shop?host=/nonexistent" \
	    run -75 dbm status
	has "unix:/nonexistent"
}

@test "url: a password is never shown" {
	mkdir -p prisma/migrations/1_a
	echo "SELECT 1/0" >prisma/migrations/1_a/migration.sql
	secret='g3h€im/+nis'
	encoded=$(uri "$secret")
	for where in "127.0.0.1:1/shop" "$here/shop" "$here/nope" \
	    "no-such-host.invalid/x" "$here/shop?sslmode=verify-full" \
	    "$here/shop?connection_limit=x" "h:x/y" "[::1/shop"; do
		for command in "status -v" "migrate deploy -v" "exec -v -c VACUUM" \
		    "lock x -- true" "migrate resolve --applied 1_a" \
		    "migrate reset --force -v"; do
			for word in "$secret" "$encoded"; do
				DATABASE_URL="postgresql://shop:$word@$where" \
				    run dbm $command
				[ "$status" -ne 0 ]
				has_not "$secret"
				has_not "$encoded"
			done
		done
	done
	DATABASE_URL="postgresql://shop@127.0.0.1:1/x?password=$encoded" \
	    run -75 dbm status
	has_not "$secret"
	has_not "$encoded"
	run dbm status --url "nosuch://shop:$encoded@h/d"
	has_not "$encoded"
}

@test "url: a server's message that quotes the password is redacted" {
	mkdir -p prisma/migrations/1_a
	echo "SELECT 'plain'::int" >prisma/migrations/1_a/migration.sql
	export DATABASE_URL="postgresql://shop:plain@$here/shop?schema=redact"
	run -2 dbm migrate deploy
	has_not plain
	run -1 dbm status
	has_not plain
	[ "$(DATABASE_URL=${server/\/postgres\?/\/shop?} sql "SELECT count(*)
	    FROM redact._prisma_migrations WHERE logs LIKE '%plain%'")" = 0 ]
}

# --- names ---

@test "url: a name stands for its variable" {
	export REMOTE_DATABASE_URL="postgresql://shop:plain@$here/shop"
	export MY_STAGE_DATABASE_URL="postgresql://shop:plain@$here/postgres"
	[ "$(who remote)" = "shop	shop" ]
	[ "$(who Remote)" = "shop	shop" ]
	[ "$(who my-stage)" = "shop	postgres" ]
	[ "$(who my_stage)" = "shop	postgres" ]
	run -2 who elsewhere
	has "ELSEWHERE_DATABASE_URL is not set"
}

@test "url: names in .env, which are told when one is unknown" {
	cat >.env <<-EOF
		DATABASE_URL=postgresql://shop:plain@$here/postgres
		STAGING_DATABASE_URL="postgresql://shop:plain@$here/shop"
	EOF
	[ "$(who staging)" = "shop	shop" ]
	[ "$(dbm exec -q -c "SELECT current_database()")" = postgres ]
	[ "$(DATABASE_URL=postgresql://shop:plain@$here/shop \
	    dbm exec -q -c "SELECT current_database()")" = shop ]
	run -2 who stagin
	has "STAGIN_DATABASE_URL"
	has "staging"
}

@test "url: nothing is set" {
	for command in status "migrate deploy" "exec -c X" "lock x true"; do
		run -2 dbm $command
		has "DATABASE_URL"
	done
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("SHOP_URL")' '}' >prisma/schema.prisma
	run -2 dbm status
	has "P1012"
	has "SHOP_URL"
	has "schema.prisma:3:"
	SHOP_URL= run -2 dbm status
	has "nonempty URL"
	SHOP_URL="postgresql://shop:plain@$here/shop" run -0 dbm exec -c "SELECT 1"
}

@test "url: Prisma's service needs a direct address, which is named" {
	for url in "prisma://accelerate.prisma-data.net/?api_key=geheim" \
	    "prisma+postgres://localhost:51213/?api_key=geheim"; do
		DATABASE_URL=$url run -2 dbm status
		has "DIRECT_URL"
		has_not geheim
		export DIRECT_URL="postgresql://shop:plain@$here/shop"
		DATABASE_URL=$url run -0 dbm exec -c "SELECT 1"
		unset DIRECT_URL
		REMOTE_DATABASE_URL=$url run -2 who remote
		has "REMOTE_DIRECT_URL"
		has_not geheim
		REMOTE_DATABASE_URL=$url \
		    REMOTE_DIRECT_URL="postgresql://shop:plain@$here/shop" \
		    run -0 who remote
	done
}

@test "url: directUrl of the schema is what migrations use" {
	mkdir -p prisma/migrations
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("POOL_URL")' '  directUrl = env("OWN_URL")' '}' \
	    >prisma/schema.prisma
	export POOL_URL="postgresql://shop:plain@127.0.0.1:1/shop?pgbouncer=true"
	export OWN_URL="postgresql://shop:plain@$here/shop?schema=direct"
	dbm migrate deploy
	dbm status
	unset OWN_URL
	run -2 dbm migrate deploy
	has OWN_URL
}

@test "url: what looks like a pooler needs another address for work" {
	for url in "postgresql://shop:plain@127.0.0.1:1/shop?pgbouncer=true" \
	    "postgresql://shop:plain@ep-x-pooler.eu.example.invalid/shop" \
	    "postgresql://shop:plain@127.0.0.1:6543/shop"; do
		export DATABASE_URL=$url
		run -2 dbm migrate deploy
		has "pooler"
		has "DIRECT_URL"
		for name in DIRECT_URL DIRECT_DATABASE_URL DATABASE_URL_UNPOOLED \
		    POSTGRES_URL_NON_POOLING; do
			run -0 env "$name=postgresql://shop:plain@$here/shop" \
			    dbm exec -c "SELECT 1"
		done
	done
	# it is told that it is none
	DATABASE_URL="postgresql://shop:plain@127.0.0.1:6543/shop?pgbouncer=false" \
	    run -75 dbm migrate deploy
}

@test "url: status through a transaction pooler" {
	need_pooler
	pool=$(free_port)
	mkdir bouncer
	echo '"shop" "plain"' >bouncer/users
	cat >bouncer/ini <<-EOF
		[databases]
		shop = host=127.0.0.1 port=$port dbname=shop
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $pool
		unix_socket_dir =
		auth_type = plain
		auth_file = $PWD/bouncer/users
		pool_mode = transaction
		default_pool_size = 1
	EOF
	pooler bouncer
	mkdir -p prisma/migrations/1_a prisma/migrations/2_b
	echo "CREATE TABLE pooled (i int)" >prisma/migrations/1_a/migration.sql
	echo "SELECT 1" >prisma/migrations/2_b/migration.sql
	DATABASE_URL="postgresql://shop:plain@$here/shop?schema=pooled" \
	    dbm migrate deploy --to 1_a
	export DATABASE_URL="postgresql://shop:plain@127.0.0.1:$pool/shop?pgbouncer=true&schema=pooled"
	within 10 through_pool
	run -1 --separate-stderr dbm status
	[ "$(cut -f 1,2 <<<"$output")" = $'applied\t1_a\npending\t2_b' ]
	for _ in 1 2 3; do
		run -1 dbm status
	done
	# and the session in the pool is as it was
	[ "$("$(psql_program)" -XAtq -d "postgresql://shop:plain@127.0.0.1:$pool/shop" \
	    -c "SHOW default_transaction_read_only" -c "SHOW search_path")" = \
	    $'off\n"$user", public' ]
	run -2 dbm migrate deploy
	has pooler
	DIRECT_URL="postgresql://shop:plain@$here/shop?schema=pooled" \
	    dbm migrate deploy
	run -0 dbm status
}

through_pool() {
	"$(psql_program)" -XAtq -d "${DATABASE_URL%%\?*}" -c "SELECT 1"
}

# --- TLS ---

tls() { # PARAMETERS [HOST]
	dbm exec -q --url "postgresql://tlsonly:plain@${2:-localhost}:$port/shop?$1" \
	    -c "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
}

@test "url: sslmode prefer, require, disable" {
	[ "$(tls "")" = t ]
	[ "$(tls "sslmode=prefer")" = t ]
	[ "$(tls "sslmode=require")" = t ]
	[ "$(tls "sslmode=require&sslaccept=accept_invalid_certs")" = t ]
	run -2 tls "sslmode=disable"
	has_not plain
}

@test "url: sslmode=verify-full wants the right CA and the right name" {
	root=$own_data/tls
	[ "$(tls "sslmode=verify-full&sslrootcert=$root/ca.crt")" = t ]
	run -2 tls "sslmode=verify-full&sslrootcert=$root/ca.crt" 127.0.0.1
	has P1011
	run -2 tls "sslmode=verify-full&sslrootcert=$root/other.crt"
	has P1011
	run -2 tls "sslmode=verify-full&sslrootcert=$root/nope.crt"
	has "nope.crt"
	[ "$(tls "sslmode=verify-ca&sslrootcert=$root/ca.crt" 127.0.0.1)" = t ]
	run -2 tls "sslmode=verify-ca&sslrootcert=$root/other.crt"
	has P1011
}

@test "url: Prisma's sslaccept=strict and sslcert, the CA" {
	root=$own_data/tls
	[ "$(tls "sslaccept=strict&sslcert=$root/ca.crt")" = t ]
	[ "$(tls "sslmode=require&sslaccept=strict&sslcert=$root/ca.crt")" = t ]
	run -2 tls "sslmode=require&sslaccept=strict&sslcert=$root/ca.crt" 127.0.0.1
	has P1011
	run -2 tls "sslmode=require&sslaccept=strict&sslcert=$root/other.crt"
	has P1011
	# the system's authorities do not know ours
	run -2 tls "sslmode=require&sslaccept=strict"
	has P1011
	# not strict: a CA that is given is not what is checked, as with Prisma
	[ "$(tls "sslmode=require&sslcert=$root/other.crt")" = t ]
	[ "$(tls "sslmode=prefer&sslcert=$root/nope.crt")" = t ]
}

@test "url: sslcert is relative to the schema's folder" {
	mkdir -p prisma/migrations
	cp "$own_data/tls/ca.crt" prisma/ca.pem
	printf '%s\n' 'datasource db {' '  provider = "postgresql"' \
	    '  url = env("DATABASE_URL")' '}' >prisma/schema.prisma
	DATABASE_URL="postgresql://tlsonly:plain@localhost:$port/shop?sslaccept=strict&sslcert=ca.pem" \
	    run -0 dbm exec -c "SELECT 1"
}

@test "url: sslidentity is dropped with a warning" {
	run -0 dbm exec -c "SELECT 1" --url \
	    "postgresql://tlsonly:plain@localhost:$port/shop?sslidentity=client.p12&sslpassword=geheim"
	has "sslidentity"
	has_not geheim
}

@test "url: what is neither a URL nor a name is not repeated" {
	for text in 'postgresql:/joe:s3cret@h/x' 'joe:s3cret@h/x' ''; do
		run -2 dbm rows --url "$text"
		has "neither the URL of a database nor a short name"
		has_not s3cret
	done
}
