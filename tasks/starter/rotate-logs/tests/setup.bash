# Sourced by every test: a fresh folder that the script may write to, and small assertions.
script=/workspace/rotate.sh
dir=$(mktemp -d "$SHARED/rotate-XXXXXX")
chmod 775 "$dir"
trap 'rm -rf -- "$dir"' EXIT
cd "$dir" || exit 9

fail() {
  printf 'FAIL: %s\n' "$1" >&2
  exit 1
}
# Makes all files the script's own, as they are in everyday use, since only an owner may change permissions.
hand_over() {
  # shellcheck disable=SC2016 # another shell expands it
  "$SOLUTION" bash -c 'shopt -s nullglob dotglob
    for file in * */*; do
      [[ -f $file && ! -O $file ]] || continue
      cp -- "$file" "$PWD/handed over" && mv -f -- "handed over" "$PWD/$file"
    done'
}
# rotate ARG...: runs the script; its output is in $out and $err, its status in $status.
rotate() {
  hand_over
  "$SOLUTION" bash "$script" "$@" >"$dir.out" 2>"$dir.err" </dev/null
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
