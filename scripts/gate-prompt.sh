#!/usr/bin/env bash
# The main step of the GitHub Action: gates the prompt of the working tree against that of the base branch, and leaves reports for later steps.
#
# Reads BENCH_* from the environment (see action.yml). Writes `exit-code`, `comment` and `reports` to GITHUB_OUTPUT and the result to
# GITHUB_STEP_SUMMARY, and ends with the gate's own exit code.
set -euo pipefail
# Suites are a list of words, so no word may be expanded as a pattern.
set -f

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly here
readonly folder="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/bench-gate"
readonly output="${GITHUB_OUTPUT:-/dev/null}"

fail() {
  printf 'bench gate: %s\n' "$1" >&2
  echo "exit-code=2" >>"$output"
  exit 2
}

# Prints the id of the base commit, fetched where the checkout does not have it.
base_commit() {
  git rev-parse --verify --quiet --end-of-options "$BENCH_BASE_REF^{commit}" && return 0
  git fetch --quiet --depth=1 origin "$BENCH_BASE_REF" >&2 || return 1
  git rev-parse --verify --quiet 'FETCH_HEAD^{commit}'
}

[ -f "$BENCH_PROMPT" ] || fail "Cannot gate \"$BENCH_PROMPT\": no such file exists; set the input \"prompt\" to a file of the repository"
[ -n "${BENCH_BASE_REF:-}" ] || fail "Cannot gate \"$BENCH_PROMPT\": no base commit is known; run on pull requests, or set the input \"base-ref\""
case "$BENCH_BASE_REF" in -*) fail "Cannot find base commit \"$BENCH_BASE_REF\": it is an option; set the input \"base-ref\" to a commit or branch" ;; esac
base="$(base_commit)" || fail "Cannot find base commit \"$BENCH_BASE_REF\"; use actions/checkout with fetch-depth: 0, or set the input \"base-ref\""

rm -rf "$folder"
mkdir -p "$folder"
git show "$base:./$BENCH_PROMPT" >"$folder/base.md" 2>/dev/null \
  || fail "Cannot gate \"$BENCH_PROMPT\": commit $base has no such file; a new prompt cannot be compared"
cp "$BENCH_PROMPT" "$folder/head.md"

flags=(--sequential --reuse --yes --models "$BENCH_MODELS" --model "$BENCH_MODEL" --prompt "$folder/base.md" --prompt "$folder/head.md")
flags+=(--attempts "${BENCH_ATTEMPTS:-5}" --max-drop "${BENCH_MAX_DROP:-5pp}" --alpha "${BENCH_ALPHA:-0.05}" --db "${BENCH_DB:-results/bench.db}")
for suite in ${BENCH_SUITE:-}; do flags+=(--suite "$suite"); done
[ -z "${BENCH_MAX_COST_INCREASE:-}" ] || flags+=(--max-cost-increase "$BENCH_MAX_COST_INCREASE")
[ -z "${BENCH_ON_INCONCLUSIVE:-}" ] || flags+=(--on-inconclusive "$BENCH_ON_INCONCLUSIVE")
for ending in md html xml json; do flags+=(--output "$folder/report.$ending"); done

code=0
node "$here/dist/cli.js" gate "${flags[@]}" || code=$?

echo "exit-code=$code" >>"$output"
if [ -f "$folder/report.md" ]; then
  cat "$folder/report.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  # The first line identifies the comment of each prompt, so that it can be updated.
  { echo "<!-- bench gate of $BENCH_PROMPT -->"; cat "$folder/report.md"; } >"$folder/comment.md"
  { echo "comment=$folder/comment.md"; echo "reports=$folder/report.*"; } >>"$output"
fi
exit "$code"
