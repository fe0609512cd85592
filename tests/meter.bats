# dbm meter: what goes in comes out, and stderr tells how fast.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# A row stream of two tables; a row that looks like a statement, too.
stream() {
	cat <<-'END'
	--
	SET x = 1;
	COPY "public"."a" ("id", "b") FROM stdin;
	1	x
	COPY "public"."z" ("id") FROM stdin;
	\\.
	\.

	SELECT pg_catalog.setval('"public"."a_id_seq"', 2, true);

	COPY s."B c" FROM stdin;
	2
	\.

	END
}

@test "meter: bytes pass as they are" {
	head -c 3000000 /dev/urandom >in
	dbm meter <in | cmp in -
	cat in | dbm meter --progress 2>/dev/null | cmp in -
	printf 'no end' | dbm meter | cmp - <(printf 'no end')
	[ "$(dbm meter </dev/null 2>&1)" = "" ]
}

@test "meter: nothing on stderr that is no terminal, nor with -q" {
	run -0 --separate-stderr dbm meter <<<x
	[ "$stderr" = "" ]
	run -0 --separate-stderr dbm meter --progress -q <<<x
	[ "$stderr" = "" ]
	run -0 --separate-stderr script -qec 'echo x | dbm meter -q' /dev/null
	[ "$(tr -d '\r' <<<"$output")" = x ]
}

@test "meter: on a terminal one line stays, and time is not waited for" {
	run -0 script -qec 'echo x | dbm meter >/dev/null' /dev/null
	[[ $output == *"1 line, 2 B, "*" in 0."*" s"* ]]
}

@test "meter: the line fits the terminal, and a name cannot steer it" {
	local esc=$'\e'
	mkfifo in
	{
		echo "COPY \"évil${esc}[2J\" FROM stdin;"
		sleep 1.5
		printf '1\n\\.\n'
	} >in &
	script -qec 'stty cols 20; dbm meter <in >/dev/null' /dev/null >out
	wait $!
	tr '\r' '\n' <out | grep -F '[K' >lines
	grep -qF 'évil?[2J: 0 rows,' lines
	! grep -F "$esc[2J" lines
	sed "s/$esc.*//" lines >bare
	[ "$(LC_ALL=C awk '{ print length }' bare | sort -n | tail -1)" = 20 ]
}

@test "meter: rows of a row stream, else lines" {
	stream | dbm meter --progress 2>err >/dev/null
	[[ $(cat err) == "4 rows, $(stream | wc -c) B, "*"rows/s, "*"B/s in 0."*" s" ]]
	seq 10 | dbm meter --progress 2>err >/dev/null
	[[ $(cat err) == "10 lines, 21 B, "* ]]
	printf 'a\nb' | dbm meter --progress 2>err >/dev/null
	[[ $(cat err) == "2 lines, 3 B, "* ]]
}

@test "meter: -v tells the rows of each table" {
	stream | dbm meter -v 2>err >/dev/null
	[ "$(cat err)" = 'a: 3 rows
B c: 1 row' ]
}

@test "meter: however the lines are cut" {
	{
		echo "COPY t (\"$(printf 'c%.0s' {1..300})\") FROM stdin;"
		printf '%s\n' '\\.' x '' 'COPY u FROM stdin;'
		head -c 400000 /dev/zero | tr '\0' y
		printf '\n\\.\n\nnot a row\n'
	} >in
	{
		i=0
		while [ $i -lt 350 ]; do
			dd if=in bs=1 skip=$i count=50 status=none
			i=$((i + 50))
			sleep 0.02
		done
		tail -c +351 in
	} | dbm meter --progress 2>err | cmp in -
	[[ $(cat err) == "5 rows, "* ]]
}

@test "meter: after a second it tells what is at work, and the time left" {
	{
		stream | head -6
		sleep 2.5
		stream | tail -n +7
	} | dbm meter --progress --rows 4 2>err >/dev/null
	grep -qE '^a: 3 of 4 rows, [0-9]+ B, [0-9]+ rows/s, [0-9]+ B/s, about [0-9]+ s left$' err
	[ "$(tail -1 err | cut -d , -f 1)" = '4 of 4 rows' ]
	[ "$(wc -l <err)" -le 4 ]
}

@test "meter: --size, and the size of a file" {
	{ head -c 512 /dev/zero; sleep 1.5; } |
	    dbm meter --progress --size 1K 2>err >/dev/null
	grep -qE '512 B of 1.0 kB, .*about [12] s left$' err
	head -c 2097152 /dev/zero >in
	dbm meter --progress <in 2>err >/dev/null
	grep -q ', 2.0 MB of 2.0 MB, ' err
	{ head -c 1048576 >/dev/null; dbm meter --progress 2>err; } <in >/dev/null
	grep -q ', 1.0 MB of 1.0 MB, ' err
	for size in 1m 2G 3T; do
		dbm meter --progress --size $size </dev/null 2>err
		size=${size^^}
		grep -q ", 0 B of ${size%?}.0 ${size: -1}B, " err
	done
	for size in x '' K 1KB 1.5G -1 99999999999T; do
		run -2 dbm meter --size "$size" </dev/null
		[[ $output == *"--size '$size' is no number of bytes"* ]]
	done
}

@test "meter: passes on at once what comes" {
	mkfifo in
	dbm meter <in >out &
	exec 7>in
	printf 'half a li' >&7
	within 5 test -s out
	[ "$(cat out)" = 'half a li' ]
	exec 7>&-
	wait $!
}

@test "meter: faults" {
	rc=0
	set +o pipefail
	yes | dbm meter 2>err | head -1 >/dev/null
	[ "${PIPESTATUS[1]}" = 141 ]
	[ ! -s err ]
	run -2 --separate-stderr dbm meter <"$BATS_TEST_TMPDIR"
	[[ $stderr == *"cannot read stdin: "* ]]
	run -2 dbm meter file </dev/null
	run -2 bash -c 'exec <&-; dbm meter'
	run -2 script -qec 'dbm meter' /dev/null
	[[ $output == *"a pipe is needed"* ]]
	[ -e /dev/full ] || return 0
	echo x | dbm meter >/dev/full 2>err || rc=$?
	[ $rc = 2 ]
	grep -q 'cannot write to stdout: No space left' err
}
