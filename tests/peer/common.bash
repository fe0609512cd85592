# shellcheck shell=bash
# What deploy.sh stands on: a private server, the real engine, dbm, and the
# questions asked of a database. Source it first: it starts the script again
# with DATABASE_URL naming a throwaway server.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

DBM=$(realpath -m -- "${DBM:-$top/build/bin/dbm}")
[ -x "$DBM" ] || die "no program '$DBM': run make, or set DBM"
export DBM
if [ -z "${PEER_SERVER:-}" ]; then
  PEER_SERVER=1 exec "$DBM" tmp -- "$here/deploy.sh" "$@"
fi

work=$(mktemp -d) || die "no temporary folder"
trap 'rm -rf "$work"' EXIT

# The engine is never installed inside the tree, where it could be committed.
if [ -z "${ORACLE:-}" ]; then
  cp -R "$top/../shared/oracle" "$work/oracle" || die "set ORACLE: no copy of the engine beside the tree"
  ORACLE=$work/oracle
  (cd "$ORACLE" && npm install --ignore-scripts --no-audit --no-fund >&2) || die "cannot install the engine"
fi
ORACLE=$(realpath -m -- "$ORACLE")
[ -d "$ORACLE/node_modules" ] || die "'$ORACLE' is not an installed engine"
export ORACLE

PGUSER=$(psql -XAt "$DATABASE_URL" -c 'SELECT current_user') || die "no server at DATABASE_URL"
export PGUSER # node does not take the login name by itself

# Here neither finds a schema or a .env.
cd "$work" || die "no '$work'"

url_of() { # DATABASE -> its URL on the private server
  local before=${DATABASE_URL%%\?*}
  printf '%s/%s%s\n' "${before%/*}" "$1" "${DATABASE_URL#"$before"}"
}

fresh() { # DATABASE -> empty, whatever it was
  psql -Xq "$DATABASE_URL" -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" \
    -c "CREATE DATABASE $1 TEMPLATE template0" 2>"$work/psql.err" || die "$(cat "$work/psql.err")"
}

# run engine|dbm DATABASE MIGRATIONS deploy|status|applied|rolled-back [ARGUMENT...]
# What it prints goes to engine.out or dbm.out.
run() {
  local who=$1 url migrations=$3
  url=$(url_of "$2")
  shift 3
  case $who:$1 in
    engine:*) set -- node --import "$here/server-errors.mjs" "$ORACLE/oracle.mjs" "$@" --migrations "$migrations" --url "$url" ;;
    dbm:applied | dbm:rolled-back) set -- "$DBM" migrate resolve "--$1" "$2" -m "$migrations" --url "$url" ;;
    dbm:*) set -- "$DBM" migrate "$@" -m "$migrations" --url "$url" ;;
  esac
  timeout 300 "$@" >"$work/$who.out" 2>&1 </dev/null
}

# Why the engine failed: its P-code, else the SQLSTATE of the server's last error.
engine_reason() {
  local code
  code=$(sed -n 's/^Error: \(P[0-9]*\)$/\1/p' "$work/engine.out" | tail -n 1)
  [ -n "$code" ] || code=$(sed -n 's/^server error \([0-9A-Z]*\):.*/\1/p' "$work/engine.out" | tail -n 1)
  printf '%s\n' "$code"
}

says() { # engine|dbm CODE: its last run named that code
  case $1 in
    engine) [ "$(engine_reason)" = "$2" ] ;;
    dbm) grep -qwF -- "$2" "$work/dbm.out" ;;
  esac
}

# The first line of what it said that tells of an error, else its first line.
words_of() { # engine|dbm
  grep -m 1 -iE 'error|P[0-9]{4}' "$work/$1.out" || head -n 1 "$work/$1.out"
}

schema_of() { # DATABASE FILE: dumps it there
  pg_dump --schema-only -f "$2" "$(url_of "$1")" || die "no dump of $1"
  # newer pg_dump writes a random key in these two lines
  sed -i '/^\\restrict /d; /^\\unrestrict /d' "$2"
}

history_of() { # DATABASE -> its history, empty where there is none
  psql -XAt -F $'\t' "$(url_of "$1")" 2>/dev/null <<'SQL'
SELECT migration_name, checksum, finished_at IS NOT NULL AS finished,
       rolled_back_at IS NOT NULL AS rolled_back, applied_steps_count,
       CASE WHEN finished_at IS NULL THEN 'unfinished'
            WHEN logs IS NULL THEN 'no logs'
            WHEN logs = '' THEN 'empty logs'
            ELSE 'logs' END
FROM _prisma_migrations
ORDER BY started_at, migration_name COLLATE "C"
SQL
}

failed_in() { # DATABASE -> the name of the migration that failed
  psql -XAt "$(url_of "$1")" -c 'SELECT migration_name FROM _prisma_migrations
    WHERE finished_at IS NULL AND rolled_back_at IS NULL' 2>/dev/null
}

steps_of_failed() { # DATABASE -> how much of it had been applied
  psql -XAt "$(url_of "$1")" -c 'SELECT applied_steps_count FROM _prisma_migrations
    WHERE finished_at IS NULL AND rolled_back_at IS NULL' 2>/dev/null
}

# Both databases hold the same; if not, say what differs in $difference.
same_database() { # DATABASE DATABASE
  local part
  schema_of "$1" "$work/schema.1"
  schema_of "$2" "$work/schema.2"
  history_of "$1" >"$work/history.1"
  history_of "$2" >"$work/history.2"
  difference=
  cmp -s "$work/schema.1" "$work/schema.2" || difference="schema differs"
  cmp -s "$work/history.1" "$work/history.2" || difference="${difference:+$difference, }history differs"
  [ -n "$difference" ] || return 0
  for part in schema history; do
    diff -u -L "$1 $part" -L "$2 $part" "$work/$part.1" "$work/$part.2" | head -n 40
  done >"$work/evidence"
  return 1
}

# The engine finds nothing pending, failed or edited, and no stray row.
all_done() { # DATABASE MIGRATIONS
  run engine "$1" "$2" status &&
    grep -qF '"editedMigrationNames": []' "$work/engine.out" &&
    grep -qF '"failedMigrationNames": []' "$work/engine.out" &&
    grep -qF '"history": null' "$work/engine.out"
}

migrations_in() { # MIGRATIONS -> names in the order they are applied
  find "$1" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | LC_ALL=C sort
}

same=0 better=0 differ=0
: >"$work/evidence"
report() { # same|better|differs|skipped ENTRY MIGRATIONS DETAIL
  case $1 in
    same) same=$((same + 1)) ;;
    better) better=$((better + 1)) ;;
    differs)
      differ=$((differ + 1))
      [ -s "$work/evidence" ] || tail -n 20 "$work/engine.out" "$work/dbm.out" >"$work/evidence"
      { echo "--- $2: $4" && cat "$work/evidence"; } >&2
      : >"$work/evidence"
      ;;
  esac
  printf '%s\t%s\t%s\t%s\n' "$@"
}

closing_line() { # the status of the whole run, too
  echo "$same same, $better better, $differ differ"
  [ "$differ" -eq 0 ]
}
