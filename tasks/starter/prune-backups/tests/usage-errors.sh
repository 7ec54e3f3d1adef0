. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2}
bad() {
  prune "$@"
  equal "$status" 2 "status of: $*"
  equal "$out" '' "output of: $*"
  [[ -n $err ]] || fail "nothing on standard error: $*"
}
bad
bad -d 1
bad "$work/none"
bad "$dir/db_2026-03-01.tar.gz"
bad "$dir" "$dir"
bad -x "$dir"
bad -d
for value in -1 x 1x 08 10000 '' '1 2' 1.5; do
  bad -d "$value" "$dir"
  bad -m "$value" "$dir"
done
equal "$(left)" 'db_2026-03-01|db_2026-03-02|' 'files left'
