#!/usr/bin/env bash
# The main step of the GitHub Action: gates the prompt of one commit, or its files for agents, against those of another, and leaves reports for later steps.
#
# Reads BENCH_* from the environment (see action.yml). Writes `exit-code`, `comment` and `reports` to GITHUB_OUTPUT and the result to
# GITHUB_STEP_SUMMARY, and ends with the gate's own exit code.
set -euo pipefail
# Suites are a list of words, so no word may be expanded as a pattern.
set -f
umask 077

# Only what is started with them gets these.
readonly token="${BENCH_GITHUB_TOKEN:-}" keys="${BENCH_KEYS:-}"
unset BENCH_GITHUB_TOKEN BENCH_KEYS

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folder="$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/bench-gate.XXXXXXXXXX")"
readonly here folder
readonly output="${GITHUB_OUTPUT:-/dev/null}"
# GitHub shows at most 1 MiB of a summary and 65,536 characters of a comment.
readonly max_summary_bytes=1000000 max_comment_bytes=60000

# The runner obeys lines such as "::add-mask::" in what a step prints, and bench prints texts of models and names of files. One stream, so that all of it comes
# before the runner listens again.
if [ -n "${GITHUB_ACTIONS:-}" ]; then
  exec 2>&1
  marker="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  readonly marker
  echo "::stop-commands::$marker"
  trap 'printf "\n::%s::\n" "$marker"' EXIT
fi

# A value has one line, so that no name can add an output of its own.
set_output() { printf '%s=%s\n' "$1" "${2//[$'\n\r']/}" >>"$output"; }

fail() {
  printf 'bench gate: %s\n' "$1" >&2
  set_output exit-code 2
  rm -rf "$folder"
  exit 2
}

# A name as one line: characters other than printable ASCII as the shell would write them.
shown() {
  local LC_ALL=C
  if [[ "$1" = *[![:print:]]* ]]; then printf '%q' "$1"; else printf '%s' "$1"; fi
}

# shellcheck source=scripts/committed-file.sh
source "$here/scripts/committed-file.sh"

case "${BENCH_PROMPT:+prompt}${BENCH_OVERLAY:+overlay}" in
  prompt | overlay) ;;
  "") fail "Cannot gate anything: neither the input \"prompt\" nor \"overlay\" is set; set one of them" ;;
  *) fail "Cannot gate two changes at once: both inputs \"prompt\" and \"overlay\" are set; use a step for each" ;;
esac
readonly input="${BENCH_OVERLAY:+overlay}" gated="${BENCH_PROMPT:-}${BENCH_OVERLAY:-}"
path="${gated#./}"
path="${path%/}"
name="$(shown "$path")"
[[ "$path" != *[[:cntrl:]]* ]] || fail "Cannot gate \"$name\": the path has a control character; rename the file"
case "/$path/" in
  *//* | */./* | */../*) fail "Cannot gate \"$name\": this is no path inside the repository; set the input \"${input:-prompt}\" to one" ;;
esac
[ -n "${BENCH_BASE_REF:-}" ] || fail "Cannot gate \"$name\": no base commit is known; run on pull requests, or set the input \"base-ref\""
prefix="$(in_checkout rev-parse --show-prefix 2>/dev/null)" || fail "Cannot gate \"$name\": there is no git checkout here; use actions/checkout in an earlier step"

# Prints the commit of the input base-ref or head-ref.
commit_of_input() {
  local ref="$2"
  case "$ref" in -*) fail "Cannot find commit \"$(shown "$ref")\": it is an option; set the input \"$1\" to a commit or branch" ;; esac
  commit_of "$ref" || fail "Cannot find commit \"$(shown "$ref")\"; use actions/checkout with fetch-depth: 0, or set the input \"$1\""
}
base="$(commit_of_input base-ref "$BENCH_BASE_REF")" || exit
head="$(commit_of_input head-ref "${BENCH_HEAD_REF:-HEAD}")" || exit

# With this event the workflow has the keys, whoever opened the pull request. Tasks, models.yaml and the database come from the working tree.
if [ "${GITHUB_EVENT_NAME:-}" = pull_request_target ]; then
  checked_out="$(in_checkout rev-parse --verify HEAD && in_checkout cat-file commit HEAD | sed -n '/^$/q; s/^parent //p')"
  [[ $'\n'"$checked_out"$'\n' != *$'\n'"$head"$'\n'* ]] \
    || fail "Cannot gate \"$name\": on pull_request_target the working tree must be that of the base branch, not of the pull request; remove \"ref\" from actions/checkout"
fi

# A pull request could bring a database with results that were never run, or a link in its place that leads anywhere.
refuse_committed_database() {
  local db="$1" name at="$1" real top
  name="$(shown "$db")"
  while [[ "$db" != /* && "$at" != . ]]; do
    [ ! -L "$at" ] || fail "Cannot use the database \"$name\": it is reached by a link; set the input \"db\" to a path without links"
    at="$(dirname -- "$at")"
  done
  real="$(cd -P -- "$(dirname -- "$db")" 2>/dev/null && pwd)" || return 0
  top="$(in_checkout rev-parse --show-toplevel)"
  real="${real#"$top"}/$(basename -- "$db")"
  real="${real#/}"
  [ -z "$(in_checkout ls-tree --full-tree HEAD -- "$real" "$real-wal" "$real-shm" "$real-journal")" ] \
    || fail "Cannot use the database \"$name\": it is a file of the repository, which a pull request can change; remove it there, or set the input \"db\" to another path"
}
refuse_committed_database "${BENCH_DB:-results/bench.db}"

if [ -n "$input" ]; then
  write_overlay "$base" "$prefix$path" "$folder/base"
  write_overlay "$head" "$prefix$path" "$folder/head"
  [ -d "$folder/base" ] || [ -d "$folder/head" ] || fail "Cannot gate \"$name\": neither commit $base nor commit $head has it; set the input \"overlay\" to a file or folder that one of them has"
  arms=()
  for side in base head; do
    # A file that is new, or removed: the other side is the workspace as it is.
    if [ -d "$folder/$side" ]; then arms+=(--overlay "$folder/$side"); else arms+=(--overlay none); fi
  done
else
  write_committed "$base" "$prefix$path" "$folder/base.md"
  write_committed "$head" "$prefix$path" "$folder/head.md"
  arms=(--prompt "$folder/base.md" --prompt "$folder/head.md")
fi

# A fresh machine knows no database; that this one is no stranger's was shown above.
flags=(--sequential --reuse --yes --trust-database --models "$BENCH_MODELS" --model "$BENCH_MODEL" "${arms[@]}")
flags+=(--attempts "${BENCH_ATTEMPTS:-5}" --max-drop "${BENCH_MAX_DROP:-5pp}" --fail-when "${BENCH_FAIL_WHEN:-worse}" --alpha "${BENCH_ALPHA:-0.05}" --db "${BENCH_DB:-results/bench.db}")
for suite in ${BENCH_SUITE:-}; do flags+=(--suite "$suite"); done
[ -z "${BENCH_MAX_COST_INCREASE:-}" ] || flags+=(--max-cost-increase "$BENCH_MAX_COST_INCREASE")
[ -z "${BENCH_ON_INCONCLUSIVE:-}" ] || flags+=(--on-inconclusive "$BENCH_ON_INCONCLUSIVE")
[ -z "${BENCH_MAX_COST:-}" ] || flags+=(--max-cost "$BENCH_MAX_COST")
case "${BENCH_TRUST:-false}" in
  true) flags+=(--trust) ;;
  false) ;;
  *) fail "Cannot read the input \"trust\": it is \"$(shown "$BENCH_TRUST")\"; set it to true or false" ;;
esac
for ending in md html xml json; do flags+=(--output "$folder/report.$ending"); done

export_keys() {
  local line
  while IFS= read -r line; do
    [ -n "${line//[[:space:]]/}" ] || continue
    [[ "$line" =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || fail "Cannot read the input \"keys\": a line is not NAME=value; write one key on each line"
    export "${line?}"
  done <<<"$keys"
}
export_keys

code=0
node "$here/dist/cli.js" gate "${flags[@]}" || code=$?

set_output exit-code "$code"
if [ -f "$folder/report.md" ]; then
  head -c "$max_summary_bytes" "$folder/report.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  # The first line identifies the comment of what is gated, so that it can be updated. No name can end it early.
  mark="$gated"
  case "$mark" in *[!A-Za-z0-9._/\ -]* | *--*) mark="$(printf '%s' "$mark" | in_checkout hash-object --stdin)" ;; esac
  { echo "<!-- bench gate of $mark -->"; head -c "$max_comment_bytes" "$folder/report.md"; } >"$folder/comment.md"
  set_output comment "$folder/comment.md"
  set_output reports "$folder/report.*"
fi
exit "$code"
