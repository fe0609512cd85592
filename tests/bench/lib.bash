# What the parts of the bench share; tests/bench/run has set DBM, PSQL, work,
# BENCH_URL and BENCH_OTHER, two servers.
missed=0

# url_of DBNAME [SERVER-URL]
url_of() {
	local server=${2:-$BENCH_URL}
	printf '%s/%s?%s\n' "${server%/*\?*}" "$1" "${server#*\?}"
}

# fresh DBNAME [SERVER-URL]: an empty database.
fresh() {
	"$PSQL" -Xq "${2:-$BENCH_URL}" -c "DROP DATABASE IF EXISTS $1" \
	    -c "CREATE DATABASE $1 TEMPLATE template0" 2>/dev/null
}

# median FILE: of one number a line
median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# clock FILE COMMAND…: appends its wall time in ms
clock() {
	local file=$1 start=${EPOCHREALTIME/./} end
	shift
	"$@" >/dev/null 2>"$work/err" || {
		echo "failed: $*" >&2
		tail -5 "$work/err" >&2
		exit 2
	}
	end=${EPOCHREALTIME/./}
	awk -v us=$((end - start)) 'BEGIN { printf "%.2f\n", us / 1000 }' \
	    >>"$file"
}

# report WHAT DBM LIMIT AIM-RATIO, or report WHAT DBM - AIM-ABSOLUTE UNIT
report() {
	awk -v what="$1" -v a="$2" -v b="$3" -v aim="$4" -v unit="${5:-ms}" '
	BEGIN {
		if (b == "-") {
			ok = a <= aim
			printf "%-50s %9.2f %-3s  limit %9s  aim <= %g %s", what, a,
			    unit, "-", aim, unit
		} else {
			ok = a / b <= aim
			printf "%-50s %9.2f %-3s  limit %9.2f  ratio %.2f, aim <= %g",
			    what, a, unit, b, a / b, aim
		}
		print ok ? "" : "  MISSED"
		exit !ok
	}' || missed=1
}

# pair WHAT AIM RUNS [SETUP] -- DBM-COMMAND -- LIMIT-COMMAND: in turns, and
# each is the first of the two as often.
pair() {
	local what=$1 aim=$2 runs=$3 setup=$4 i a=() b=()
	shift 5
	while [ "$1" != -- ]; do a+=("$1"); shift; done
	shift
	b=("$@")
	rm -f "$work/a" "$work/b"
	for ((i = 0; i < runs; i++)); do
		[ -z "$setup" ] || $setup
		[ $((i % 2)) -eq 1 ] || clock "$work/a" "${a[@]}"
		clock "$work/b" "${b[@]}"
		[ $((i % 2)) -eq 0 ] || clock "$work/a" "${a[@]}"
	done
	report "$what" "$(median "$work/a")" "$(median "$work/b")" "$aim"
}

# absolute WHAT AIM COMMAND…: a wall time that nothing else limits
absolute() {
	local what=$1 aim=$2 i
	shift 2
	rm -f "$work/a"
	for i in {1..31}; do clock "$work/a" "$@"; done
	report "$what" "$(median "$work/a")" - "$aim"
}

# rss COMMAND…: peak memory of the largest of its processes, in MiB.
cc -O2 -o "$work/maxrss" tests/bench/maxrss.c || exit 2
rss() {
	"$work/maxrss" "$@" 2>/dev/null | awk '{ print $1 / 1024 }'
}
