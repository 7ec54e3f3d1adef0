# Sourced by every test: a fresh folder that the script may read, and small assertions.
script=/workspace/summary.sh
dir=$(mktemp -d "$SHARED/summary-XXXXXX")
chmod 775 "$dir"
trap 'rm -rf -- "$dir"' EXIT
cd "$dir" || exit 9

fail() {
  printf 'FAIL: %s\n' "$1" >&2
  exit 1
}
equal() { [[ $1 == "$2" ]] || fail "$3: expected '$2', found '$1'"; }
# summary ARG...: runs the script with this shell's standard input; sets $out, $err and $status.
summary() {
  "$SOLUTION" bash "$script" "$@" >"$dir.out" 2>"$dir.err"
  status=$?
  out=$(cat "$dir.out")
  err=$(cat "$dir.err")
  rm -f -- "$dir.out" "$dir.err"
}
# gives FILTER EXPECTED: what jq finds in the output, as compact JSON.
gives() {
  equal "$status" 0 status
  equal "$(jq -c -S "$1" <<<"$out" 2>&1)" "$2" "$1"
}
# request PATH [STATUS [MS [METHOD]]]: writes one line.
request() { printf '{"method":"%s","path":"%s","status":%s,"ms":%s}\n' "${4-GET}" "$1" "${2-200}" "${3-null}"; }
