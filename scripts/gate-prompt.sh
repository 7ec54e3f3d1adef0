#!/usr/bin/env bash
# The heart of the GitHub Action: runs the base branch's prompt against the working tree's, gates, and leaves the reports for the steps after it.
#
# Reads BENCH_* from the environment (see action.yml). Writes `exit-code`, `comment` and `reports` to GITHUB_OUTPUT and the result to
# GITHUB_STEP_SUMMARY, and ends with the gate's own exit code.
set -euo pipefail

readonly here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly folder="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/bench-gate"

fail() { printf 'bench gate: %s\n' "$1" >&2; exit 2; }

[ -f "$BENCH_PROMPT" ] || fail "Cannot gate \"$BENCH_PROMPT\": there is no such file; set the input \"prompt\" to a file of the repository"
[ -n "${BENCH_BASE_REF:-}" ] || fail "Cannot gate \"$BENCH_PROMPT\": there is no base commit; run on pull requests, or set the input \"base-ref\""

rm -rf "$folder"
mkdir -p "$folder"
git cat-file -e "$BENCH_BASE_REF^{commit}" 2>/dev/null || git fetch --quiet --depth=1 origin "$BENCH_BASE_REF" \
  || fail "Cannot find base commit \"$BENCH_BASE_REF\"; use actions/checkout with fetch-depth: 0, or set the input \"base-ref\""
git show "$BENCH_BASE_REF:./$BENCH_PROMPT" >"$folder/base.md" 2>/dev/null \
  || fail "Cannot gate \"$BENCH_PROMPT\": commit $BENCH_BASE_REF has no such file; a new prompt has nothing to be compared with"
cp "$BENCH_PROMPT" "$folder/head.md"

flags=(--sequential --reuse --yes --models "$BENCH_MODELS" --model "$BENCH_MODEL" --prompt "$folder/base.md" --prompt "$folder/head.md")
flags+=(--attempts "${BENCH_ATTEMPTS:-5}" --max-drop "${BENCH_MAX_DROP:-5pp}" --alpha "${BENCH_ALPHA:-0.05}" --db "${BENCH_DB:-results/bench.db}")
for suite in ${BENCH_SUITE:-}; do flags+=(--suite "$suite"); done
[ -z "${BENCH_MAX_COST_INCREASE:-}" ] || flags+=(--max-cost-increase "$BENCH_MAX_COST_INCREASE")
[ -z "${BENCH_ON_INCONCLUSIVE:-}" ] || flags+=(--on-inconclusive "$BENCH_ON_INCONCLUSIVE")
for ending in md html xml json; do flags+=(--output "$folder/report.$ending"); done

code=0
node "$here/dist/cli.js" gate "${flags[@]}" || code=$?

output="${GITHUB_OUTPUT:-/dev/null}"
echo "exit-code=$code" >>"$output"
if [ -f "$folder/report.md" ]; then
  cat "$folder/report.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  { echo "comment=$folder/report.md"; echo "reports=$folder/report.*"; } >>"$output"
fi
exit "$code"
