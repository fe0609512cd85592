#!/usr/bin/env bash
# Does dbm leave a database just as the real engine does?
#
#   histories  the engine deploys a project on one fresh database, dbm on
#              another: outcome, schema and history must agree
#   turns      dbm, the engine, dbm again apply a third of a history each
#   handover   what one of them leaves unfinished the other understands
#
# Prints same|better|differs|skipped, entry, migrations, detail, TAB-separated,
# a line a project, then the counts. "better": the engine fails only because
# of how it sends a script, and dbm applies it.
# Status: 0 all agree, 1 something differs (see stderr), 2 could not be run.
#
# Environment:
#   DBM     the program to test; build/bin/dbm if unset
#   ORACLE  folder of the installed engine; if unset a copy of
#           ../shared/oracle is installed with npm in a temporary folder
#   CORPUS  folder of further projects, /tmp/corpus if unset; need not exist
set -u
CORPUS=$(realpath -m -- "${CORPUS:-/tmp/corpus}")
# shellcheck source-path=SCRIPTDIR source=common.bash
. "$(dirname "$0")/common.bash"

# 25001: cannot run inside a transaction block. 55P04: unsafe use of a new enum
# value. P1014: the script moved search_path and the engine lost its own table.
fails_by_sending_whole() { # CODE
  case $1 in
    25001 | 55P04 | P1014) return 0 ;;
    *) return 1 ;;
  esac
}

# dbm has every row that the engine had finished, in the same order.
has_what_engine_has() {
  history_of engine | grep -vF 'unfinished' >"$work/finished"
  history_of dbm | head -n "$(wc -l <"$work/finished")" | cmp -s - "$work/finished"
}

# The engine stopped where dbm went on: to the end, as the engine sees it too,
# or to a later migration.
went_further() { # CODE DBM-STATUS MIGRATIONS
  fails_by_sending_whole "$1" && has_what_engine_has || return 1
  case $2 in
    0) all_done dbm "$3" ;;
    2) [ "$(failed_in dbm)" != "$(failed_in engine)" ] ;;
    *) return 1 ;;
  esac
}

# Both stopped in a script that could never be sent whole: dbm sends it in
# parts, so what it had done before the error stays, and is counted.
stopped_between_parts() { # SCRIPT
  grep -qiE 'CONCURRENTLY|VACUUM|ADD VALUE' "$1" 2>/dev/null &&
    [ "$(steps_of_failed dbm)" -gt 0 ] && has_what_engine_has
}

compare_history() { # ENTRY MIGRATIONS
  local count engine_status dbm_status code at detail
  count=$(migrations_in "$2" | wc -l)
  fresh engine
  fresh dbm
  run engine engine "$2" deploy
  engine_status=$?
  run dbm dbm "$2" deploy
  dbm_status=$?
  code=
  [ "$engine_status" -eq 0 ] || code=$(engine_reason)

  if [ "$engine_status" -eq 0 ] && [ "$dbm_status" -eq 0 ]; then
    detail=applied
    [ "$(history_of engine | wc -l)" -eq "$count" ] || die "cannot read the history of $1"
    printf '%s\t%s\t%s\n' "$count" "$1" "$2" >>"$work/whole"
  elif [ "$engine_status" -eq 0 ]; then
    report differs "$1" "$count" "only dbm stops, with status $dbm_status: $(words_of dbm)"
    return
  elif [ "$dbm_status" -eq 2 ] && says dbm "$code"; then
    at=$(failed_in engine)
    detail="both stop with $code${at:+ at $at}"
    if [ "$at" = "$(failed_in dbm)" ] && stopped_between_parts "$2/$at/migration.sql"; then
      report better "$1" "$count" "$detail, dbm after $(steps_of_failed dbm) steps of a script in parts"
      return
    fi
  elif went_further "$code" "$dbm_status" "$2"; then
    report better "$1" "$count" "the engine stops with $code at $(failed_in engine)"
    return
  else
    report differs "$1" "$count" "the engine stops with $code, dbm has status $dbm_status: $(words_of dbm)"
    return
  fi

  if same_database engine dbm; then
    report same "$1" "$count" "$detail"
  else
    report differs "$1" "$count" "$detail, but $difference"
  fi
}

take_turns() { # ENTRY MIGRATIONS
  local names name count first part=$work/part
  mapfile -t names < <(migrations_in "$2")
  count=${#names[@]}
  if [ "$count" -lt 3 ]; then
    report skipped "turns: $1" "$count" "too few to share out"
    return
  fi
  fresh engine
  if ! run engine engine "$2" deploy; then
    report skipped "turns: $1" "$count" "the engine does not apply it whole"
    return
  fi

  first=${names[count / 3 - 1]}
  rm -rf "$part"
  mkdir "$part"
  cp "$2"/*.toml "$part" 2>/dev/null
  for name in "${names[@]:0:count * 2 / 3}"; do
    cp -R "$2/$name" "$part"
  done

  fresh dbm
  if ! run dbm dbm "$2" deploy --to "$first"; then
    report differs "turns: $1" "$count" "dbm, first third: $(words_of dbm)"
  elif [ "$(history_of dbm | wc -l)" -ne $((count / 3)) ]; then
    report differs "turns: $1" "$count" "dbm applied $(history_of dbm | wc -l) with --to '$first'"
  elif ! run engine dbm "$part" deploy; then
    report differs "turns: $1" "$count" "the engine, second third: $(words_of engine)"
  elif ! run dbm dbm "$2" deploy; then
    report differs "turns: $1" "$count" "dbm, last third: $(words_of dbm)"
  elif ! all_done dbm "$2"; then
    report differs "turns: $1" "$count" "the engine's status: $(tr -d '\n' <"$work/engine.out")"
  elif ! same_database engine dbm; then
    report differs "turns: $1" "$count" "$difference"
  else
    report same "turns: $1" "$count" "dbm, the engine, dbm"
  fi
}

# Three migrations, the second one broken: its table must not stay.
write_project() { # MIGRATIONS
  rm -rf "$1"
  mkdir -p "$1"/{1_first,2_second,3_third}
  echo 'provider = "postgresql"' >"$1/migration_lock.toml"
  echo 'CREATE TABLE first (id int);' >"$1/1_first/migration.sql"
  echo 'CREATE TABLE second (id int); ALTER TABLE missing ADD x int;' >"$1/2_second/migration.sql"
  echo 'CREATE TABLE third (id int);' >"$1/3_third/migration.sql"
}

mend_project() { # MIGRATIONS
  echo 'CREATE TABLE second (id int);' >"$1/2_second/migration.sql"
}

# Each step is a line: "ok" must succeed, a code must be what it is refused with.
step() { # ok|CODE engine|dbm DATABASE MIGRATIONS COMMAND [NAME]
  local want=$1 status
  shift
  run "$@"
  status=$?
  case $want in
    ok) [ "$status" -eq 0 ] ;;
    *) [ "$status" -ne 0 ] && says "$1" "$want" ;;
  esac && return
  problem="$1 ${*:4}: wanted $want, got status $status: $(words_of "$1")"
  cp "$work/$1.out" "$work/evidence"
  return 1
}

sees_failed() { # engine|dbm DATABASE MIGRATIONS NAME: its status tells that NAME failed
  local status
  run "$1" "$2" "$3" status
  status=$?
  case $1 in
    engine) tr -d '\n' <"$work/engine.out" | grep -qE "\"failedMigrationNames\": \[[^]]*\"$4\"" ;;
    dbm) [ "$status" -eq 1 ] && grep -F -- "$4" "$work/dbm.out" | grep -qF failed ;;
  esac && return
  problem="$1 status $status: does not tell that $4 failed: $(words_of "$1")"
  cp "$work/$1.out" "$work/evidence"
  return 1
}

# ONE fails a migration; OTHER sees it, resolves it; ONE goes on.
resolved() { # ONE OTHER DATABASE applied|rolled-back
  local project=$work/project
  write_project "$project"
  step 42P01 "$1" "$3" "$project" deploy &&
    step P3009 "$2" "$3" "$project" deploy &&
    sees_failed "$2" "$3" "$project" 2_second &&
    step ok "$2" "$3" "$project" "$4" 2_second &&
    mend_project "$project" &&
    step ok "$1" "$3" "$project" deploy &&
    step ok "$2" "$3" "$project" deploy
}

# A database that was there before its history: ONE baselines, OTHER goes on.
baselined() { # ONE OTHER DATABASE
  local project=$work/project
  write_project "$project"
  mend_project "$project"
  psql -Xq "$(url_of "$3")" -c 'CREATE TABLE first (id int)'
  step P3005 "$1" "$3" "$project" deploy &&
    step P3005 "$2" "$3" "$project" deploy &&
    step ok "$1" "$3" "$project" applied 1_first &&
    step ok "$2" "$3" "$project" deploy &&
    step ok "$1" "$3" "$project" deploy
}

# What the engine refuses, ONE refuses after OTHER has deployed.
refused() { # ONE OTHER DATABASE
  local project=$work/project
  write_project "$project"
  mend_project "$project"
  step ok "$2" "$3" "$project" deploy &&
    step P3008 "$1" "$3" "$project" applied 1_first &&
    step P3012 "$1" "$3" "$project" rolled-back 1_first &&
    step P3017 "$1" "$3" "$project" applied unknown &&
    step P3011 "$1" "$3" "$project" rolled-back unknown || return
  mkdir "$project/4_empty"
  step P3015 "$1" "$3" "$project" deploy || return
  echo 'provider = "sqlite"' >"$project/migration_lock.toml"
  step P3019 "$1" "$3" "$project" deploy
}

# The same scene played by the engine alone is what the mixed ones must equal.
play() { # SCENE [applied|rolled-back]
  local pair one other name
  fresh engine
  "$1" engine engine engine "${@:2}" || die "the engine by itself, $*: $problem"
  for pair in dbm:engine engine:dbm dbm:dbm; do
    one=${pair%:*}
    other=${pair#*:}
    name="handover: $*, $one then $other"
    fresh dbm
    if ! "$1" "$one" "$other" dbm "${@:2}"; then
      report differs "$name" 3 "$problem"
    elif ! same_database engine dbm; then
      report differs "$name" 3 "$difference"
    else
      report same "$name" 3 "as the engine alone"
    fi
  done
}

projects() { # FOLDER... -> entry TAB migrations, for each project in it
  local folder entry
  for folder; do
    for entry in "$folder"/*/ "$folder"/_*/*/; do
      entry=${entry%/}
      [ -d "$entry/prisma/migrations" ] || continue
      printf '%s\t%s\n' "${entry#"$folder"/}" "$entry/prisma/migrations"
    done
  done
}

: >"$work/whole"
while IFS=$'\t' read -r entry migrations; do
  compare_history "$entry" "$migrations"
done < <(projects "$top/tests/data" "$CORPUS")

while IFS=$'\t' read -r entry migrations; do
  take_turns "$entry" "$migrations"
done < <(
  projects "$top/tests/data"
  grep -F "$CORPUS/" "$work/whole" | sort -rn | head -n 5 | cut -f 2-
)

play resolved applied
play resolved rolled-back
play baselined
play refused

closing_line
