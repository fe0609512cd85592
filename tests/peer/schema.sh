#!/usr/bin/env bash
# Does the schema engine give the same bytes as the real one?
#
#   schema.sh [--seed N] [FAMILY...]
#   schema.sh [--seed N] --show ID FAMILY    one case: the engine's answer against dbm's
#
#   gen, genmulti      random changes, in one and in two database schemas: the script
#   pairs              schemas before and after a migration, out of git histories
#   full               each schema of the corpus out of nothing, and back
#   format, formatset  each schema file; each schema of several files
#   mangle             1,000 schemas with their white space disturbed
#   break              5,000 schemas with a mistake: verdict, and line of the first error
#   validate           every schema there is, as it is
#   pull               databases made from schemas and from histories: introspected
#                      without and with the schema, and compared with it
#   speed              out of nothing to about 2,500 lines; about 7,000 lines unchanged
#
# Prints the score of each family and what differs by cause, the commonest
# first, with one case in brackets; "by design" is a datasource without a url,
# which dbm takes, or for another database, which it refuses; "better" is where the engine's script is not
# valid SQL and dbm writes the valid form. Status: 0 all agree, 1 something differs,
# 2 could not be run.
#
# Environment:
#   DBM             the program to test; build/bin/dbm if unset
#   ORACLE          folder of the installed engine; if unset a copy of
#                   ../shared/oracle is installed with npm in the cache
#   MIRROR          folder of the git mirrors that the corpus is made of
#   CORPUS, PAIRS   folders of the corpus; made from MIRROR if they are not there
#   DBM_PEER_CACHE  where the engine's answers are kept, outside the tree
#   CAUSES          how many causes to print a family; 15 if unset
#   WORDING         if set, prints also where the words of an error differ
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
shared=$top/../shared

die() {
  echo "schema.sh: $*" >&2
  exit 2
}

DBM=$(realpath -m -- "${DBM:-$top/build/bin/dbm}")
[ -x "$DBM" ] || die "no program '$DBM': run make, or set DBM"
export DBM
if [ -z "${PEER_SERVER:-}" ]; then
  PEER_SERVER=1 exec "$DBM" tmp -- "$here/schema.sh" "$@"
fi

SEED=1 show=() families=()
while [ $# -gt 0 ]; do
  case $1 in
    --seed | --show)
      [ $# -gt 1 ] || die "$1 wants a value"
      if [ "$1" = --seed ]; then SEED=$2; else show=(--show "$2"); fi
      shift
      ;;
    gen | genmulti | pairs | full | format | formatset | mangle | break | validate | pull | speed) families+=("$1") ;;
    *) die "'$1' is neither a family nor an option" ;;
  esac
  shift
done
all=(full pairs gen genmulti format formatset mangle validate break pull speed)
[ "${#families[@]}" -gt 0 ] || families=("${all[@]}")
[ "${#show[@]}" -eq 0 ] || [ "${#families[@]}" -eq 1 ] || die "--show wants one family"

CACHE=$(realpath -m -- "${DBM_PEER_CACHE:-/tmp/dbm-peer-$(id -u)}")
case $CACHE/ in "$top"/*) die "the cache '$CACHE' is inside the tree" ;; esac
CORPUS=$(realpath -m -- "${CORPUS:-/tmp/corpus}")
PAIRS=$(realpath -m -- "${PAIRS:-/tmp/pairs}")
mkdir -p "$CACHE" || die "no cache"
PGUSER=$(psql -XAt "$DATABASE_URL" -c 'SELECT current_user') || die "no server at DATABASE_URL"
export SEED CACHE CORPUS PAIRS PGUSER # node does not take the login name by itself

if [ -z "${ORACLE:-}" ]; then
  ORACLE=$CACHE/oracle
  if [ ! -d "$ORACLE/node_modules" ]; then
    mkdir -p "$ORACLE"
    cp -R "$shared/oracle/." "$ORACLE" || die "set ORACLE: no copy of the engine beside the tree"
    chmod -R u+w "$ORACLE"
    (cd "$ORACLE" && npm install --ignore-scripts --no-audit --no-fund >&2) || die "cannot install the engine"
  fi
fi
ORACLE=$(realpath -m -- "$ORACLE")
export ORACLE

# The corpus is other people's work: made where it is missing, never kept in the tree.
if [ -n "${MIRROR:-}" ] && [ ! -d "$CORPUS" ]; then
  bash "$shared/corpus/collect-corpus.sh" >&2 # names what it could not get, and goes on
fi
if [ -n "${MIRROR:-}" ] && [ ! -d "$PAIRS" ]; then
  python3 "$shared/corpus/collect-pairs.py" "$PAIRS" >&2 || die "no pairs"
fi

cases_of() { # FAMILY -> the file that holds its cases, made if it is not there
  local file=$CACHE/$1.jsonl
  case $1-$SEED in
    *-1) ;;
    gen-* | genmulti-* | mangle-* | break-*) file=$CACHE/$1-$SEED.jsonl ;;
  esac
  [ -s "$file" ] || node "$here/schema-cases.mjs" "$1" "$file" >&2 || return
  printf '%s\n' "$file"
}

lacks() { # FAMILY -> the folder it needs and has not
  local needed folder
  case $1 in
    gen | genmulti | break) needed=() ;;
    pairs) needed=("$PAIRS") ;;
    validate) needed=("$CORPUS" "$PAIRS") ;;
    *) needed=("$CORPUS") ;;
  esac
  for folder in "${needed[@]}"; do
    [ -d "$folder" ] || { printf '%s\n' "$folder" && return; }
  done
  return 1
}

status=0
for family in "${families[@]}"; do
  if folder=$(lacks "$family"); then
    printf '%-10s skipped: no %s\n' "$family" "$folder"
    continue
  fi
  if [ "$family" = speed ]; then
    node "$here/schema-speed.mjs"
  else
    file=$(cases_of "$family") || die "no cases of $family"
    node "$here/schema-score.mjs" "$family" "$file" "${show[@]}"
  fi
  case $? in
    0) ;;
    1) status=1 ;;
    *) die "$family could not be run" ;;
  esac
done
exit "$status"
