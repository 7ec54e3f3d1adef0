# Sourced by every test: a fresh folder that the script may write to, and small assertions.
script=/workspace/bin/prune.sh
work=$(mktemp -d "$SHARED/prune-XXXXXX")
dir=$work/backups
mkdir "$dir"
chmod 775 "$work" "$dir"
trap 'chmod u+rwx "$dir"; rm -rf -- "$work"' EXIT
cd "$work" || exit 9

fail() {
  printf 'FAIL: %s\n' "$1" >&2
  exit 1
}
equal() { [[ $1 == "$2" ]] || fail "$3: expected '$2', found '$1'"; }
# make NAME...: writes backups; the ending is added.
make() { local name; for name in "$@"; do printf '%s' "$name" >"$dir/$name.tar.gz"; done; }
# prune ARG...: runs the script on the folder; sets $out, $err and $status.
prune() {
  out=$("$SOLUTION" bash "$script" "$@" 2>"$work/err" </dev/null)
  status=$?
  err=$(cat "$work/err")
}
# left: the files of the folder, one line, without the ending.
left() { (cd "$dir" && LC_ALL=C && shopt -s dotglob nullglob && for f in *; do printf '%s|' "${f%.tar.gz}"; done); }
# says LINE...: exactly these lines were written.
says() { equal "$out" "$(printf '%s\n' "$@")" output; }
