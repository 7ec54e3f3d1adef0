. "$(dirname "$0")/setup.bash"
printf 'a' >a.log
printf 'b' >b.log
mkdir folder
rotate a.log none.log folder b.log
equal "$status" 1 status
equal "$out" "$(printf 'rotated a.log\nrotated b.log')" output
[[ $err == *none.log* ]] || fail "standard error does not name none.log"
[[ $err == *folder* ]] || fail "standard error does not name folder"
holds a.log.1 a
holds b.log.1 b
absent none.log
absent folder.1
