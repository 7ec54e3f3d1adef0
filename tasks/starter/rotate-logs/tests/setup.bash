# Sourced by every test: a fresh folder, and small assertions.
script=/workspace/rotate.sh
dir=$(mktemp -d /tmp/rotate-XXXXXX)
trap 'rm -rf -- "$dir"' EXIT
cd "$dir" || exit 9

fail() {
  printf 'FAIL: %s\n' "$1" >&2
  exit 1
}
# rotate ARG...: runs the script; its output is in $dir.out and $dir.err, its status in $status.
rotate() {
  bash "$script" "$@" >"$dir.out" 2>"$dir.err" </dev/null
  status=$?
  out=$(cat "$dir.out")
  err=$(cat "$dir.err")
  rm -f -- "$dir.out" "$dir.err"
}
equal() { [[ $1 == "$2" ]] || fail "$3: expected '$2', found '$1'"; }
holds() {
  [[ -f $1 ]] || fail "$1 is missing"
  equal "$(cat -- "$1")" "$2" "content of $1"
}
absent() { [[ ! -e $1 ]] || fail "$1 should not be there"; }
