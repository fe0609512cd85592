# The rules of the house.  They loop over every command, so that a new one is
# tested by being there.
bats_require_minimum_version 1.5.0
load helper

setup() {
	ROOT=${BATS_TEST_DIRNAME%/tests}
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!PG@}" "${!DBM_@}" "${!DATABASE_@}" DIRECT_URL
	dbm --complete | grep -v '^help' >commands # name TAB summary
}

version() { sed -n 's/.*DBM_VERSION "\(.*\)"/\1/p' "$ROOT/lib/base/version.h"; }

# each CHECK: for each command, and says for which it failed.  A check may
# not count on `set -e'.
each() {
	local name bad=0
	while IFS= read -r name; do
		"$1" "$name" </dev/null || { echo "^ dbm $name"; bad=1; }
	done < <(cut -f 1 commands)
	return $bad
}

summary() { awk -F '\t' -v n="$1" '$1 == n { print $2 }' commands; }

# The page that has the command in its NAME.
page() { grep -lE "^\.Nm dbm-${1// /-}( ,)?$" "$ROOT"/man/*.1; }

# Both as one line.
synopsis() {
	mandoc -T ascii -O width=500 "$1" | sed 's/.\x08//g' |
	    awk '/^[A-Z]/ { on = $0 == "SYNOPSIS"; next } on' | one_line
}
usage() { sed '/^$/,$d' | one_line | sed 's/usage: //g'; }
one_line() { tr -s ' \n' ' ' | sed 's/^ //; s/ $//'; }

# status_of COMMAND…: what it ends with; its output is in out and err.
status_of() {
	local rc=0
	"$@" >out 2>err </dev/null || rc=$?
	echo $rc
}

# In a pipeline: nothing may come.  (`! grep' would not end a test.)
nothing() { ! grep .; }

# Commands that need a database, one a line.
on_database() {
	cat <<-'END'
	dbm migrate deploy
	dbm migrate resolve --applied 20240105093000_init
	dbm migrate reset --force
	dbm migrate dev
	dbm db push --force-production
	dbm db pull --print
	dbm status
	dbm exec -c TABLE\ pg_class
	dbm lock name true
	dbm rows
	dbm chunks cards
	dbm each --run x -c "SELECT :range"
	dbm backfill cards --set "a = 1"
	dbm promote cards rarity --from common --to rare
	END
}

# --- each command ---

@test "house: every program is a command, every command a program" {
	check() { basename "$(page "$1")" .1 >>pages; }
	each check
	diff <(ls "$BUILD/libexec/dbm") <(sort -u pages)
}

@test "house: -h prints the usage, the summary and nothing on stderr" {
	check() {
		[ "$(status_of dbm $1 -h)" = 0 ] && [ ! -s err ] &&
		    head -1 out | grep -q '^usage: dbm ' &&
		    grep -qxF "$(summary "$1")" out &&
		    dbm $1 --help | cmp out -
	}
	each check
}

@test "house: --version prints one line" {
	[ "$(dbm --version)" = "dbm $(version)" ]
	check() {
		[ "$(status_of dbm $1 --version)" = 0 ] && [ ! -s err ] &&
		    [ "$(cut -d ' ' -f 1 out)" = dbm ] &&
		    [ "$(sed 's/.* //' out)" = "$(version)" ]
	}
	each check
}

# `migrate diff' has the statuses of Prisma, where 2 is an answer.
usage_status() {
	[ "$1" = "migrate diff" ] && echo 1 || echo 2
}

@test "house: an unknown option is wrong usage, with the usage on stderr" {
	check() {
		local option
		for option in -Z --no-such-option; do
			[ "$(status_of dbm $1 $option)" = "$(usage_status "$1")" ] &&
			    [ ! -s out ] &&
			    grep -qF "unknown option '$option'" err &&
			    grep -q "^usage: dbm " err || return 1
		done
	}
	each check
}

@test "house: an option without its argument is wrong usage" {
	check() {
		local option
		for option in $(dbm $1 --complete |
		    awk -F '\t' '$2 != "" { print $1 }'); do
			[ "$(status_of dbm $1 $option)" = "$(usage_status "$1")" ] &&
			    [ ! -s out ] &&
			    grep -qF "'$option' needs an argument" err ||
			    return 1
		done
	}
	each check
}

@test "house: --complete has the options of -h" {
	check() {
		dbm $1 -h | sed -nE 's/^  (-.), (--[a-z-]+).*/\1\n\2/p
		    s/^ +(--?[a-z-]+).*/\1/p' | grep -vx -e -h | sort >help
		dbm $1 --complete | cut -f 1 | sort | diff - help
	}
	each check
}

@test "house: a letter means one thing" {
	cat >letters <<-'END'
	-c --command
	-e --env-file
	-f --force
	-j --jobs
	-m --migrations
	-n --dry-run
	-o --output
	-q --quiet
	-s --schema
	-t --table
	-T --exclude-table
	-u --url
	-v --verbose
	-w --wait
	-y --yes
	END
	check() {
		dbm $1 -h | sed -nE 's/^  (-[^h]), (--[a-z-]+).*/\1 \2/p' |
		    sort >used
		case $1 in # what Prisma calls so
		'migrate dev') sed -i '/^-n --name$/d' used ;;
		esac
		grep -vxFf letters used | nothing
	}
	each check
}

@test "house: a full disk is 2" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	full() {
		local rc=0
		"$@" >/dev/full 2>err || rc=$?
		[ $rc -eq 2 ] && grep -q stdout err || {
			echo "$*: status $rc"
			cat err
			return 1
		}
	}
	check() {
		full dbm $1 -h && full dbm $1 --version &&
		    full dbm $1 --complete
	}
	each check
	full dbm help
	full dbm --complete
	new_db
	project shop
	echo A=1 >.env
	full dbm env
	full dbm migrate deploy --dry-run
	full dbm migrate deploy
	full dbm status --json
	full dbm migrate reset --force
	full dbm exec -c 'SELECT 1'
	full dbm exec -c 'COPY (SELECT 1) TO stdout'
}

@test "house: a stdout that is closed is 2" {
	check() { [ "$(status_of sh -c "exec >&-; dbm $1 -h")" = 2 ]; }
	each check
}

@test "house: no database is 2, and the message names DATABASE_URL" {
	mkdir -p empty/migrations/20240105093000_init
	echo >empty/migrations/20240105093000_init/migration.sql
	cd empty
	while IFS= read -r command; do
		for unset in '' DATABASE_URL=; do
			[ "$(status_of env -i PATH="$PATH" $unset \
			    ASAN_OPTIONS=detect_leaks=0 sh -c "$command")" = 2 ]
			[ ! -s out ]
			grep -q DATABASE_URL err
		done
	done < <(on_database)
}

# --- passwords ---

# secret_is_safe URL: with and without a name for it, quiet and not.
secret_is_safe() {
	echo "SECRET_DATABASE_URL=$1" >.env
	while IFS= read -r command; do
		for option in "--url '$1'" '-v --url secret' '--url secret'; do
			case $command in
			*' lock '*) set -- "${command/ lock / lock $option }" ;;
			*) set -- "$command $option" ;;
			esac
			[ "$(status_of sh -c "$1")" != 0 ]
			[ -s err ]
			cat out err | grep -e s3cr3t -e s%33cr3t | nothing
		done
	done < <(on_database)
}

@test "house: a password does not show when nobody answers" {
	project shop
	secret_is_safe postgresql://joe:s3cr3t@127.0.0.1:1/shop
}

@test "house: nor where the URL cannot be read" {
	project shop
	secret_is_safe postgresql://joe:s3cr3t@127.0.0.1:port/shop
	secret_is_safe 'postgresql://joe:s3cr3t%zz@127.0.0.1/shop'
	secret_is_safe 'postgresql://joe:s3cr3t@127.0.0.1/shop?sslmode=what'
	secret_is_safe 'mysql://joe:s3cr3t@127.0.0.1/shop'
}

@test "house: nor when the server refuses it" {
	project shop
	export -f secret_is_safe on_database status_of nothing psql_program \
	    sql_at sql
	# a server of our own, for it gets another pg_hba.conf
	dbm tmp -- bash -euc '
		hba=$(sql "SHOW hba_file")
		sql "CREATE ROLE joe LOGIN PASSWORD \$\$other\$\$"
		{ echo "local all joe scram-sha-256"; cat "$hba"; } >hba
		cat hba >"$hba"
		sql "SELECT pg_reload_conf()"
		sleep 0.3
		url=${DATABASE_URL/\/\/*@/\/\/joe:s%33cr3t@}
		unset DATABASE_URL
		secret_is_safe "$url"
		[ "$(status_of dbm status -u secret)" = 2 ]
		grep -q "P1000: password authentication failed" err'
}

# --- pages ---

@test "house: pages lint" {
	for file in "$ROOT"/man/*; do
		mandoc -T lint -W warning "$file"
	done
}

@test "house: a page's SYNOPSIS is the usage, its .Nd the summary" {
	check() {
		diff <(synopsis "$(page "$1")") <(dbm $1 -h | usage) &&
		    grep -qxF ".Nd $(summary "$1")" "$(page "$1")"
	}
	each check
	diff <(synopsis "$ROOT/man/dbm.1") <(dbm -h | usage)
}

@test "house: a page tells every option" {
	check() {
		local long bad=0
		for long in $(dbm $1 --complete | sed -n 's/^-\(-[a-z-]*\).*/\1/p' |
		    grep -vx -e -help -e -version); do
			grep -qE "^\.It Fl .*$long( |$)" "$(page "$1")" ||
			    { echo "-$long is not told"; bad=1; }
		done
		return $bad
	}
	each check
}

@test "house: a program's page has 60 to 160 lines" {
	check() {
		local n
		n=$(wc -l <"$(page "$1")")
		[ "$n" -ge 60 ] && [ "$n" -le 160 ] || { echo "$n"; return 1; }
	}
	each check
}

@test "house: pages that name a version name this one" {
	diff <(version) <(sed -n 's/^\.Os dbm //p' "$ROOT"/man/* | sort -u)
}

@test "house: dbm help and dbm(1) list every command" {
	dbm help >out
	check() {
		grep -qE "^  (.*, )?$1(, .*)?  " out &&
		    grep -qE "^\.It Xr $(basename "$(page "$1")" .1) 1( |$)" \
			"$ROOT/man/dbm.1"
	}
	each check
}

# --- sources ---

# lib/NAME may include: itself and what an arrow leads to from it.
@test "house: the layers hold" {
	cat >layers <<-'END'
	base base
	schema base schema
	catalog base schema catalog
	sql base sql
	db base schema catalog sql db
	server base schema catalog sql db server
	migrate base schema catalog sql db server migrate
	rows base schema catalog sql db rows
	batch base schema catalog sql db rows batch
	vault base schema catalog sql db rows vault
	END
	cd "$ROOT/lib"
	for dir in *; do
		may=$(sed -n "s/^$dir //p" "$BATS_TEST_TMPDIR/layers")
		[ -n "$may" ]
		grep -n '#include "' "$dir"/*.[ch] |
		    grep -vE "#include \"(${may// /|})/" | nothing
	done
	[ "$(grep -l 'libpq-fe\.h' ../*/*.[ch] */*.[ch] | cut -d / -f 1 |
	    sort -u)" = db ]
	[ "$(grep -l 'pg_query\.h' ../*/*.[ch] */*.[ch] | cut -d / -f 1 |
	    sort -u)" = sql ]
}

@test "house: programs do not include each other" {
	grep -n '#include "' "$ROOT"/libexec/*.c |
	    grep -vE '#include "[a-z]+/[a-z0-9_]+\.h"' | nothing
}

@test "house: only base/sig.c calls sigaction, only base/opt.c getopt_long" {
	cd "$ROOT"
	[ "$(grep -rl '\<sigaction(' bin lib libexec)" = lib/base/sig.c ]
	[ "$(grep -rl '\<getopt_long(' bin lib libexec)" = lib/base/opt.c ]
}

@test "house: lines of C are at most 80 columns, and end in no blank" {
	cd "$ROOT"
	files=$(find bin lib libexec tests -name '*.[ch]')
	grep -nE '[[:blank:]]$' $files | nothing
	for file in $files; do
		echo "$(wc -L <"$file") $file"
	done | awk '$1 > 80' | nothing
}

@test "house: texts end in no blank either" {
	cd "$ROOT"
	grep -nE '[[:blank:]]$' Makefile README.md man/* completions/* \
	    tests/*.bats tests/*.bash tests/run | nothing
}

# --- completion ---

@test "house: a completion script is short" {
	for file in "$ROOT"/completions/*; do
		[ "$(wc -l <"$file")" -lt 30 ]
	done
}

# tab WORD…: what bash offers for the last word.
tab() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_dbm
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | tr '\n' ' '
}

@test "house: completion in bash" {
	. "$ROOT/completions/dbm.bash"
	printf '%s\n' DATABASE_URL=x REMOTE_DATABASE_URL=y \
	    'export EU_WEST_DATABASE_URL = z' >.env
	mkdir folder
	touch folder/x 'a b.sql'
	[[ " $(tab dbm '')" = *' db '*' exec '*' migrate '*' status '* ]]
	[ "$(tab dbm mig)" = 'migrate ' ]
	[ "$(tab dbm migrate re)" = 'reset resolve ' ]
	[ "$(tab dbm migrate deploy --ret)" = '--retry ' ]
	[ "$(tab dbm db execute --std)" = '--stdin ' ]
	[ "$(tab dbm status -u '')" = 'eu-west remote ' ]
	[ "$(tab dbm migrate deploy --url r)" = 'remote ' ]
	[ "$(tab dbm status --migrations f)" = 'folder ' ]
	[ "$(tab dbm exec a)" = 'a b.sql ' ]
	[ "$(tab dbm lock -w '')" = ' ' ]
	[ "$(tab dbm help migrate d)" = 'deploy dev diff ' ]
	[ "$(tab dbm help sta)" = 'status ' ]
	[ "$(tab dbm nonsense '')" = ' ' ]
}

@test "house: completion in zsh parses" {
	command -v zsh >/dev/null || skip "there is no zsh here"
	zsh -n "$ROOT/completions/_dbm"
}

@test "house: completion in fish" {
	command -v fish >/dev/null || skip "there is no fish here"
	cd "$BATS_TEST_TMPDIR"
	echo REMOTE_DATABASE_URL=y >.env
	offers() {
		fish -N -c "source $ROOT/completions/dbm.fish
		    complete -C '$1'" | cut -f 1 | tr '\n' ' '
	}
	[ "$(offers 'dbm migrate re')" = 'reset resolve ' ]
	[ "$(offers 'dbm status -u ')" = 'remote ' ]
}
