# Documentation cannot rot: the lines of README.md and of the pages that begin
# with `$ ' are run, in their order, in a fresh copy of the sample project
# with fresh databases.  They end with 0, or as the next line says: `.\" exit
# 1' in a page, `# exit 1' at the end of the line itself in README.md.
bats_require_minimum_version 1.5.0
load helper

setup() {
	ROOT=${BATS_TEST_DIRNAME%/tests}
	unset "${!PG@}" "${!DBM_@}"
	new_db
	new_db LOCAL_DATABASE_URL
	new_db REMOTE_DATABASE_URL
	project shop
	env | grep '_\?DATABASE_URL=' >.env
}

# "STATUS<TAB>COMMAND" for each example of a file, roff's escapes undone.
examples() {
	sed -E 's/^\.Dl //; s/^    \$ /$ /
	    s/\\\(dq/"/g; s/\\e/\\/g; s/\\[&|]//g; s/\\-/-/g' "$1" |
	    awk 'function flush() {
			if (command != "")
				print status "\t" command
			command = ""
		}
		/^\$ / {
			flush()
			command = substr($0, 3)
			status = 0
			if (match(command, /# exit [0-9]+$/))
				status = substr(command, RSTART + 7)
		}
		/^\.\\" exit [0-9]+$/ { status = $NF }
		END { flush() }'
}

# A server that an example starts is the project's own.
teardown() {
	[ ! -d .dbm ] || dbm server destroy --yes --quiet
}

# run_examples FILE
run_examples() {
	local want command rc
	while IFS=$'\t' read -r want command; do
		rc=0
		bash -c "$command" >out 2>err </dev/null || rc=$?
		[ "$rc" -eq "$want" ] && continue
		echo "$1: \$ $command: status $rc, not $want"
		cat out err
		return 1
	done < <(examples "$1")
}

@test "pipes: the examples are found" {
	printf '%s\n' '.Dl $ one \(dqa\(dq' 'two' '.\" no' '$ three \et' \
	    '.\" exit 75' '    $ four # exit 1' >page
	run examples page
	[ "$output" = "$(printf '0\tone "a"\n75\tthree \\t\n1\tfour # exit 1')" ]
}

@test "pipes: README.md" {
	run_examples "$ROOT/README.md"
}

@test "pipes: every page has its test here" {
	diff <(cd "$ROOT/man" && grep -lE '^(\.Dl )?\$ ' * | sort) \
	    <(sed -n 's/^@test "pipes: \(dbm.*\)" .*/\1/p' \
		"$BATS_TEST_FILENAME" | sort)
}

# roff takes quotes in the arguments of a macro for its own.
@test "pipes: no quote is lost from a page" {
	run -1 grep -n '^\.Dl .*"' "$ROOT"/man/*
}

@test "pipes: dbm-backfill.1" { run_examples "$ROOT/man/dbm-backfill.1"; }
@test "pipes: dbm-chunks.1" { run_examples "$ROOT/man/dbm-chunks.1"; }
@test "pipes: dbm-compare.1" { run_examples "$ROOT/man/dbm-compare.1"; }
@test "pipes: dbm-diff.1" { run_examples "$ROOT/man/dbm-diff.1"; }
@test "pipes: dbm-each.1" { run_examples "$ROOT/man/dbm-each.1"; }
@test "pipes: dbm-env.1" { run_examples "$ROOT/man/dbm-env.1"; }
@test "pipes: dbm-exec.1" { run_examples "$ROOT/man/dbm-exec.1"; }
@test "pipes: dbm-init.1" { run_examples "$ROOT/man/dbm-init.1"; }
@test "pipes: dbm-load.1" { run_examples "$ROOT/man/dbm-load.1"; }
@test "pipes: dbm-lock.1" { run_examples "$ROOT/man/dbm-lock.1"; }
@test "pipes: dbm-meter.1" { run_examples "$ROOT/man/dbm-meter.1"; }
@test "pipes: dbm-migrate-deploy.1" { run_examples "$ROOT/man/dbm-migrate-deploy.1"; }
@test "pipes: dbm-migrate-diff.1" { run_examples "$ROOT/man/dbm-migrate-diff.1"; }
@test "pipes: dbm-migrate-reset.1" { run_examples "$ROOT/man/dbm-migrate-reset.1"; }
@test "pipes: dbm-migrate-resolve.1" { run_examples "$ROOT/man/dbm-migrate-resolve.1"; }
@test "pipes: dbm-promote.1" { run_examples "$ROOT/man/dbm-promote.1"; }
@test "pipes: dbm-rows.1" { run_examples "$ROOT/man/dbm-rows.1"; }
@test "pipes: dbm-rows.5" { run_examples "$ROOT/man/dbm-rows.5"; }
@test "pipes: dbm-status.1" { run_examples "$ROOT/man/dbm-status.1"; }
@test "pipes: dbm-sync.1" { run_examples "$ROOT/man/dbm-sync.1"; }
@test "pipes: dbm-tmp.1" { run_examples "$ROOT/man/dbm-tmp.1"; }
@test "pipes: dbm.1" { run_examples "$ROOT/man/dbm.1"; }
